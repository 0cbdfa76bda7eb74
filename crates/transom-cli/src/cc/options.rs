//! What is asked for on the command line. Options are gcc's; what is not known here goes to the
//! compiler as it is.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Wide or narrow `TCHAR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// `TCHAR` is `WCHAR`: `UNICODE` and `_UNICODE` are defined.
    Unicode,
    /// `TCHAR` is `char`, and its text UTF-8.
    Mbcs,
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A program or library.
    Linked,
    /// `-c`: object files.
    Objects,
    /// `-E`, `-S`, `-M`, `-fsyntax-only`: whatever the compiler writes.
    Compiler,
}

/// A source and its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As given.
    pub path: PathBuf,
    /// `-x c++`, or the name says so.
    pub is_cpp: bool,
}

/// A command line, read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The sources.
    pub sources: Vec<SourceFile>,
    /// Where the linker has something else in the order of the command line: objects and
    /// libraries; `None` is the next source's object.
    pub link_order: Vec<Option<OsString>>,
    /// For the compiler.
    pub compile: Vec<OsString>,
    /// `-I`.
    pub directories: Vec<PathBuf>,
    /// `-o`.
    pub output: Option<PathBuf>,
    /// `--unicode`, `--mbcs`, `-DUNICODE`.
    pub build: Option<Build>,
    /// How far.
    pub stop: Stop,
    /// `-v`: commands are shown.
    pub verbose: bool,
    /// `-W...`: warnings are asked for.
    pub warnings: bool,
    /// `--static`: Transom is part of the program.
    pub link_static: bool,
    /// `--no-rpath`: the program does not say where the library is.
    pub rpath: bool,
    /// `--lp64`: `long` keeps its 64 bits.
    pub lp64: bool,
    /// `--clang`.
    pub clang: bool,
    /// `--help`.
    pub help: bool,
}

/// gcc's options whose value is the next argument.
const WITH_VALUE: [&str; 22] = [
    "-D",
    "-U",
    "-include",
    "-imacros",
    "-isystem",
    "-iquote",
    "-idirafter",
    "-MF",
    "-MT",
    "-MQ",
    "-L",
    "-l",
    "-Xlinker",
    "-Xpreprocessor",
    "-Xassembler",
    "-T",
    "-u",
    "-z",
    "-e",
    "-aux-info",
    "--param",
    "-arch",
];
/// Those of them that the linker reads.
const LINKERS: [&str; 7] = ["-L", "-l", "-Xlinker", "-T", "-u", "-z", "-e"];
/// Libraries of Windows whose functions are in Transom.
const WINDOWS_LIBRARIES: [&str; 8] =
    ["kernel32", "user32", "advapi32", "ntdll", "psapi", "shell32", "msvcrt", "ucrt"];

impl Options {
    /// Reads the arguments behind `transom cc`.
    ///
    /// # Errors
    /// What is wrong, in gcc's words.
    pub fn read(arguments: &[OsString]) -> Result<Self, String> {
        let mut options = Self {
            sources: Vec::new(),
            link_order: Vec::new(),
            compile: Vec::new(),
            directories: Vec::new(),
            output: None,
            build: None,
            stop: Stop::Linked,
            verbose: false,
            warnings: false,
            link_static: false,
            rpath: true,
            lp64: false,
            clang: false,
            help: false,
        };
        let mut language: Option<bool> = None;
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let Some(text) = argument.to_str() else {
                options.file(argument, language);
                continue;
            };
            let mut value = |name: &str| {
                rest.next().cloned().ok_or_else(|| format!("missing argument to '{name}'"))
            };
            match text {
                "--unicode" => options.build = Some(Build::Unicode),
                "--mbcs" => options.build = Some(Build::Mbcs),
                "--static" => options.link_static = true,
                "--no-rpath" => options.rpath = false,
                "--lp64" => options.lp64 = true,
                "--clang" => options.clang = true,
                "--help" | "-h" => options.help = true,
                "-c" => {
                    options.stop = Stop::Objects;
                }
                "-E" | "-S" | "-M" | "-MM" | "-fsyntax-only" => {
                    options.stop = Stop::Compiler;
                    options.compile.push(argument.clone());
                }
                "-v" | "--verbose" => options.verbose = true,
                "-o" => options.output = Some(value("-o")?.into()),
                "-x" => {
                    let name = value("-x")?;
                    language = match name.to_str() {
                        Some("c") => Some(false),
                        Some("c++") => Some(true),
                        Some("none") => None,
                        _ => {
                            return Err(format!(
                                "language {} not recognized",
                                name.to_string_lossy()
                            ));
                        }
                    };
                }
                "-I" => options.directory(value("-I")?),
                _ if text.starts_with("-I") => options.directory(text[2..].into()),
                _ if text.starts_with("-o") => options.output = Some(text[2..].into()),
                _ if WITH_VALUE.contains(&text) => {
                    let given = value(text)?;
                    if text == "-D" {
                        options.defines(&given);
                    }
                    let mut joined = argument.clone();
                    if text == "-l" || text == "-L" {
                        joined.push(&given);
                        options.option(joined);
                    } else if LINKERS.contains(&text) {
                        options.link_order.extend([Some(argument.clone()), Some(given)]);
                    } else {
                        options.compile.extend([argument.clone(), given]);
                    }
                }
                "-" => return Err("sources are read from files".to_owned()),
                _ if text.starts_with('-') => {
                    if let Some(name) = text.strip_prefix("-D") {
                        options.defines(OsStr::new(name));
                    }
                    let gcc_only = ["-Wl,", "-Wa,", "-Wp,"].iter().any(|p| text.starts_with(p));
                    options.warnings |= (text.starts_with("-W") && !gcc_only)
                        || text == "-pedantic"
                        || text == "-pedantic-errors";
                    options.option(argument.clone());
                }
                _ => options.file(argument, language),
            }
        }
        if options.output.is_some() && options.stop != Stop::Linked && options.sources.len() > 1 {
            return Err(
                "cannot specify '-o' with '-c', '-S' or '-E' with multiple files".to_owned()
            );
        }
        Ok(options)
    }

    fn directory(&mut self, directory: OsString) {
        let mut option = OsString::from("-I");
        option.push(&directory);
        self.compile.push(option);
        self.directories.push(directory.into());
    }

    fn defines(&mut self, definition: &OsStr) {
        let name = definition.to_string_lossy();
        if matches!(name.split('=').next(), Some("UNICODE" | "_UNICODE")) {
            self.build = Some(Build::Unicode);
        }
    }

    /// An option of one word.
    fn option(&mut self, option: OsString) {
        let text = option.to_string_lossy();
        if let Some(library) = text.strip_prefix("-l") {
            if !WINDOWS_LIBRARIES.contains(&library.to_ascii_lowercase().as_str()) {
                self.link_order.push(Some(option));
            }
        } else if text.starts_with("-L")
            || text.starts_with("-Wl,")
            || matches!(
                &*text,
                "-shared"
                    | "-static"
                    | "-s"
                    | "-pie"
                    | "-no-pie"
                    | "-rdynamic"
                    | "-static-libgcc"
                    | "-static-libstdc++"
                    | "-nostdlib"
                    | "-r"
            )
        {
            self.link_order.push(Some(option));
        } else if matches!(&*text, "-municode" | "-mconsole" | "-mwindows") {
            // MinGW's: which entry a program has is seen.
            if text == "-municode" {
                self.build = Some(Build::Unicode);
            }
        } else {
            self.compile.push(option);
        }
    }

    fn file(&mut self, argument: &OsStr, language: Option<bool>) {
        let path = Path::new(argument);
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        let is_cpp = match extension {
            "C" => Some(true),
            _ => match extension.to_ascii_lowercase().as_str() {
                "c" => Some(false),
                "cpp" | "cxx" | "cc" | "c++" | "cp" => Some(true),
                _ => None,
            },
        };
        match language.or(is_cpp) {
            Some(is_cpp) => {
                self.sources.push(SourceFile { path: path.to_owned(), is_cpp });
                self.link_order.push(None);
            }
            // Libraries of Windows by their file names, as `cl` takes them.
            None if extension.eq_ignore_ascii_case("lib") => {
                let stem =
                    path.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
                self.option(format!("-l{stem}").into());
            }
            None => self.link_order.push(Some(argument.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Build, Options, Stop};
    use std::path::Path;

    fn read(line: &str) -> Options {
        let words: Vec<_> = line.split(' ').map(Into::into).collect();
        Options::read(&words).expect("it is right")
    }

    #[test]
    fn gcc_options_are_understood() {
        let options = read(
            "server.c util.CPP x.o -o server -Iinc -I lib -DX=1 -lm -lkernel32 user32.lib -L/l -O2 -v -Wl,-z,now",
        );
        assert_eq!(options.sources.len(), 2);
        assert!(!options.sources[0].is_cpp && options.sources[1].is_cpp);
        assert_eq!(options.output.as_deref(), Some(Path::new("server")));
        assert_eq!(options.compile, ["-Iinc", "-Ilib", "-DX=1", "-O2"]);
        let order: Vec<_> =
            options.link_order.iter().map(|o| o.as_deref().and_then(|o| o.to_str())).collect();
        assert_eq!(order, [None, None, Some("x.o"), Some("-lm"), Some("-L/l"), Some("-Wl,-z,now")]);
        assert!(options.verbose && !options.warnings && options.stop == Stop::Linked);
    }

    #[test]
    fn the_build_can_be_said_in_several_ways() {
        for line in ["--unicode a.c", "-DUNICODE a.c", "-D _UNICODE a.c", "-municode a.c"] {
            assert_eq!(read(line).build, Some(Build::Unicode), "{line}");
        }
        assert_eq!(read("--mbcs a.c").build, Some(Build::Mbcs));
        assert_eq!(read("a.c").build, None);
        assert!(read("-Wall a.c").warnings && !read("-Wl,-x a.c").warnings);
    }

    #[test]
    fn wrong_command_lines_are_told() {
        for line in ["-o", "a.c -I", "-x ada a.c", "-c a.c b.c -o x", "-"] {
            let words: Vec<_> = line.split(' ').map(Into::into).collect();
            assert!(Options::read(&words).is_err(), "{line}");
        }
    }
}
