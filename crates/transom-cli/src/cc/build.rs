//! Running compiler and linker, and finding out how a source wants to be compiled.
//!
//! **Wide or narrow.** A source that defines `UNICODE` itself is compiled as it is. Otherwise what it
//! does decides: both builds are looked at (`-fsyntax-only`), and the one in which fewer pointers to
//! characters meet the wrong kind is taken. If both are right, wide text in the source makes it
//! wide, and narrow is the rest, as with `cl`.
//!
//! **C++ or C.** A `.cpp` that is no C++ is tried as C.

use super::includes::{Changes, Seen, Translator};
use super::layout::Layout;
use super::options::{Build, Options, SourceFile, Stop};
use crate::language::{Language, say};
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::{env, fs};

/// What every source is compiled with. Sources of Windows look at memory through any pointer, count on
/// signed numbers that wrap, and define a variable in several files.
const FLAGS: [&str; 6] =
    ["-fshort-wchar", "-fno-strict-aliasing", "-fwrapv", "-fcommon", "-pthread", "-D_WIN32=1"];
/// What gcc believes to know of functions that mean something else here.
const NO_BUILTINS: [&str; 12] = [
    "-fno-builtin-printf",
    "-fno-builtin-fprintf",
    "-fno-builtin-sprintf",
    "-fno-builtin-snprintf",
    "-fno-builtin-vprintf",
    "-fno-builtin-vfprintf",
    "-fno-builtin-vsprintf",
    "-fno-builtin-vsnprintf",
    "-fno-builtin-wcslen",
    "-fno-builtin-iswalpha",
    "-U_FORTIFY_SOURCE",
    "-D_FORTIFY_SOURCE=0",
];
/// What is an error to newer compilers and was none to those that the sources were written for.
const LENIENT_C: [&str; 4] = [
    "-Wno-implicit-int",
    "-Wno-implicit-function-declaration",
    "-Wno-int-conversion",
    "-Wno-incompatible-pointer-types",
];

/// Runs `transom cc` with these arguments; its exit code.
#[must_use]
pub fn main(arguments: &[OsString], language: Language) -> u32 {
    let options = match Options::read(arguments) {
        Ok(options) => options,
        Err(text) => {
            eprintln!("transom cc: {text}");
            return 1;
        }
    };
    if options.help {
        print!("{}", help(language));
        return 0;
    }
    let layout = match Layout::find() {
        Ok(layout) => layout,
        Err(missing) => {
            let text = say!(
                language,
                "the headers and libraries are not there ({missing}); `cargo build --release` makes them, \
                 TRANSOM_HOME says where they are installed",
                "헤더와 라이브러리가 없다({missing}). `cargo build --release`로 만들고, 설치된 곳은 TRANSOM_HOME으로 알린다"
            );
            eprintln!("transom cc: {text}");
            return 1;
        }
    };
    match Job::new(&options, &layout).and_then(|mut job| job.run()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("transom cc: {error}");
            1
        }
    }
}

fn help(language: Language) -> String {
    say!(
        language,
        "Usage: transom cc [OPTION]... FILE...\n\n\
         Compiles C and C++ sources of Windows programs. Options are gcc's, and:\n\
         \x20 --unicode   TCHAR is wide (also -DUNICODE)\n\
         \x20 --mbcs      TCHAR is char, in UTF-8\n\
         \x20 --static    Transom becomes part of the program\n\
         \x20 --no-rpath  the program does not know where the library is: start it with `transom run`\n\
         \x20 --lp64      long keeps its 64 bits\n\
         \x20 --clang     uses clang\n\
         \x20 -v          shows the commands\n",
        "사용법: transom cc [옵션]... 파일...\n\n\
         Windows 프로그램의 C와 C++ 소스를 컴파일한다. 옵션은 gcc와 같고, 더하여:\n\
         \x20 --unicode   TCHAR가 넓은 문자이다 (-DUNICODE도 같다)\n\
         \x20 --mbcs      TCHAR가 char이고 UTF-8이다\n\
         \x20 --static    Transom이 프로그램의 일부가 된다\n\
         \x20 --no-rpath  프로그램이 라이브러리의 위치를 모른다: `transom run`으로 실행한다\n\
         \x20 --lp64      long이 64비트로 남는다\n\
         \x20 --clang     clang을 쓴다\n\
         \x20 -v          명령을 보인다\n"
    )
}

/// A directory that goes away.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        for attempt in 0..1000 {
            let name = format!("transom-cc-{}-{attempt}", std::process::id());
            let path = env::temp_dir().join(name);
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::from(io::ErrorKind::AlreadyExists))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One way of compiling a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    as_cpp: bool,
    build: Option<Build>,
    long_is_int: bool,
}

/// What the compiler said.
struct Outcome {
    status: ExitStatus,
    messages: Vec<u8>,
}

struct Job<'a> {
    options: &'a Options,
    layout: &'a Layout,
    scratch: Scratch,
    copies: usize,
}

impl<'a> Job<'a> {
    fn new(options: &'a Options, layout: &'a Layout) -> io::Result<Self> {
        Ok(Self { options, layout, scratch: Scratch::new()?, copies: 0 })
    }

    fn run(&mut self) -> io::Result<u32> {
        let options = self.options;
        if options.sources.is_empty() {
            if options.link_order.is_empty() {
                // Only questions: --version and the like.
                return Ok(code_of(&self.compiler(false).args(&options.compile).status()?));
            }
            return self.link(&[], false);
        }
        let build = self.choose_build()?;
        let mut objects = Vec::new();
        let mut any_cpp = false;
        let mut worst = 0;
        for (number, source) in options.sources.iter().enumerate() {
            let output = match options.stop {
                Stop::Linked => Some(self.scratch.0.join(format!("{number}.o"))),
                Stop::Objects => {
                    Some(options.output.clone().unwrap_or_else(|| object_of(&source.path)))
                }
                Stop::Compiler => options.output.clone(),
            };
            let (code, as_cpp) = self.compile(source, build, output.as_deref())?;
            any_cpp |= as_cpp;
            if code != 0 {
                worst = code;
            }
            objects.extend(output);
        }
        if worst != 0 || options.stop != Stop::Linked {
            return Ok(worst);
        }
        self.link(&objects, any_cpp)
    }

    /// The build of all sources; `None` is what they say themselves.
    fn choose_build(&mut self) -> io::Result<Option<Build>> {
        if self.options.build.is_some() {
            return Ok(self.options.build);
        }
        let mut seen = Seen::default();
        for source in &self.options.sources {
            let (_, found) = self.translate(source, true)?;
            seen.unicode |= found.unicode;
            seen.wide_entry |= found.wide_entry;
            seen.wide_words |= found.wide_words;
            seen.windows |= found.windows;
        }
        if seen.unicode {
            return Ok(None);
        }
        if seen.wide_entry {
            return Ok(Some(Build::Unicode));
        }
        if !seen.windows {
            return Ok(Some(Build::Mbcs));
        }
        let mut doubts = [0, 0];
        for source in &self.options.sources {
            let (file, _) = self.translate(source, true)?;
            for (doubt, build) in doubts.iter_mut().zip([Build::Mbcs, Build::Unicode]) {
                *doubt += self.doubts(source, &file, build)?;
            }
        }
        Ok(Some(match doubts[0].cmp(&doubts[1]) {
            std::cmp::Ordering::Less => Build::Mbcs,
            std::cmp::Ordering::Greater => Build::Unicode,
            std::cmp::Ordering::Equal if seen.wide_words => Build::Unicode,
            std::cmp::Ordering::Equal => Build::Mbcs,
        }))
    }

    /// How many things the compiler finds strange about a source in a build.
    fn doubts(&self, source: &SourceFile, file: &Path, build: Build) -> io::Result<usize> {
        let way = Way { as_cpp: source.is_cpp, build: Some(build), long_is_int: true };
        let mut command = self.compiler(source.is_cpp);
        self.flags(&mut command, source, way, true);
        command.args(["-fsyntax-only", "-DTRANSOM_PROBE", "-Wformat", "-fdiagnostics-color=never"]);
        command.args(["-Wincompatible-pointer-types", "-fmax-errors=0"]);
        command.arg("-x").arg(if way.as_cpp { "c++" } else { "c" }).arg(file);
        command.env("LC_ALL", "C").stdin(Stdio::null());
        let said = command.output()?;
        let text = String::from_utf8_lossy(&said.stderr);
        Ok(text
            .lines()
            .map(|line| {
                // A pointer to the wrong kind of character may be one of many errors in C++, and a
                // warning in C.
                if line.contains(": error:") || line.contains("[-Wincompatible-pointer-types]") {
                    2
                } else {
                    usize::from(line.contains("[-Wformat="))
                }
            })
            .sum())
    }

    fn translate(&mut self, source: &SourceFile, long_is_int: bool) -> io::Result<(PathBuf, Seen)> {
        self.copies += 1;
        let copies = self.scratch.0.join(format!("c{}", self.copies));
        let changes = Changes { long_is_int: long_is_int && !self.options.lp64, void_main: true };
        let mut translator =
            Translator::new(self.layout, &self.options.directories, &copies, changes);
        let file = translator.translate(&source.path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", source.path.display()))
        })?;
        Ok((file, translator.seen))
    }

    /// Compiles a source in the first way that works; the exit code, and whether as C++.
    fn compile(
        &mut self,
        source: &SourceFile,
        build: Option<Build>,
        output: Option<&Path>,
    ) -> io::Result<(u32, bool)> {
        let mut ways = vec![Way { as_cpp: source.is_cpp, build, long_is_int: true }];
        if source.is_cpp {
            ways.push(Way { as_cpp: true, build, long_is_int: false });
            ways.push(Way { as_cpp: false, build, long_is_int: true });
        }
        // The other build only where nothing says which, and the compiler cannot do with this one.
        if self.options.build.is_none()
            && let Some(chosen) = build
        {
            let other = if chosen == Build::Mbcs { Build::Unicode } else { Build::Mbcs };
            ways.push(Way { as_cpp: source.is_cpp, build: Some(other), long_is_int: true });
        }
        let mut first: Option<Outcome> = None;
        for way in ways {
            let outcome = self.attempt(source, way, output)?;
            if outcome.status.success() {
                io::stderr().write_all(&outcome.messages)?;
                return Ok((0, way.as_cpp));
            }
            first.get_or_insert(outcome);
        }
        let Some(outcome) = first else { return Ok((1, source.is_cpp)) };
        io::stderr().write_all(&outcome.messages)?;
        Ok((code_of(&outcome.status), source.is_cpp))
    }

    fn attempt(
        &mut self,
        source: &SourceFile,
        way: Way,
        output: Option<&Path>,
    ) -> io::Result<Outcome> {
        let (file, _) = self.translate(source, way.long_is_int)?;
        let mut command = self.compiler(way.as_cpp);
        self.flags(&mut command, source, way, self.options.warnings);
        if self.options.stop != Stop::Compiler {
            command.arg("-c");
        }
        if self.options.stop == Stop::Linked && self.is_shared() {
            command.arg("-fPIC");
        }
        command.arg("-x").arg(if way.as_cpp { "c++" } else { "c" }).arg(&file);
        if let Some(output) = output {
            command.arg("-o").arg(output);
        }
        if io::IsTerminal::is_terminal(&io::stderr()) {
            command.arg("-fdiagnostics-color=always");
        }
        self.show(&command);
        command.stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(Stdio::piped());
        let said = command.spawn()?.wait_with_output()?;
        self.mend_dependencies(source, &file, output)?;
        Ok(Outcome { status: said.status, messages: said.stderr })
    }

    /// A file of dependencies names the user's source, not the copy.
    fn mend_dependencies(
        &self,
        source: &SourceFile,
        file: &Path,
        output: Option<&Path>,
    ) -> io::Result<()> {
        if file == source.path {
            return Ok(());
        }
        let given = self.options.compile.iter().position(|option| option == "-MF");
        let dependencies = match given {
            Some(at) => self.options.compile.get(at + 1).map(PathBuf::from),
            None if self
                .options
                .compile
                .iter()
                .any(|option| option == "-MD" || option == "-MMD") =>
            {
                output.map(|output| output.with_extension("d"))
            }
            None => None,
        };
        let Some(path) = dependencies.filter(|path| path.is_file()) else { return Ok(()) };
        let text = fs::read_to_string(&path)?;
        let ours = self.scratch.0.display().to_string();
        let copy = file.display().to_string();
        let kept: Vec<_> = text
            .replace(&copy, &source.path.display().to_string())
            .split_inclusive(' ')
            .filter(|word| !word.starts_with(&ours))
            .map(str::to_owned)
            .collect();
        fs::write(path, kept.concat())
    }

    fn is_shared(&self) -> bool {
        self.options.link_order.iter().flatten().any(|option| option == "-shared")
    }

    fn compiler(&self, cpp: bool) -> Command {
        let (variable, gcc, clang) =
            if cpp { ("TRANSOM_CXX", "g++", "clang++") } else { ("TRANSOM_CC", "gcc", "clang") };
        let program = env::var_os(variable).filter(|name| !name.is_empty());
        let plain = if self.options.clang { clang } else { gcc };
        Command::new(program.as_deref().unwrap_or(OsStr::new(plain)))
    }

    /// The flags of a way; with warnings where they are asked for, or looked at.
    fn flags(&self, command: &mut Command, source: &SourceFile, way: Way, warnings: bool) {
        command.args(FLAGS);
        if !self.options.clang {
            command.args(NO_BUILTINS).arg("-fms-extensions");
        } else {
            command.args([
                "-fno-builtin",
                "-U_FORTIFY_SOURCE",
                "-Wno-unused-command-line-argument",
            ]);
        }
        if way.build == Some(Build::Unicode) {
            command.args(["-DUNICODE=", "-D_UNICODE="]);
        }
        if way.long_is_int && !self.options.lp64 {
            // For limits.h.
            command.arg("-DTRANSOM_LONG_32=1");
        }
        if !warnings {
            command.arg("-w");
        }
        if way.as_cpp {
            // With its checks, libstdc++ compiles std::wstring here, where wchar_t has 16 bits.
            command.args(["-fpermissive", "-D_GLIBCXX_ASSERTIONS"]);
        } else if !warnings {
            command.args(LENIENT_C);
        }
        // The source's own directory, for a copy elsewhere.
        let home = source.path.parent().filter(|home| !home.as_os_str().is_empty());
        command.arg("-iquote").arg(home.unwrap_or(Path::new(".")));
        // A standard for C++ is no standard for C.
        let given_for_cpp = |option: &OsStr| option.to_string_lossy().contains("++");
        command.args(self.options.compile.iter().filter(|option| {
            !option.to_string_lossy().starts_with("-std=") || given_for_cpp(option) == way.as_cpp
        }));
        command.arg("-I").arg(&self.layout.include);
    }

    fn link(&self, objects: &[PathBuf], cpp: bool) -> io::Result<u32> {
        let options = self.options;
        let mut command = self.compiler(cpp);
        let mut objects = objects.iter();
        // What the compiler was told may be for the linker too: -g, -O2, -fsanitize=...
        command.args(options.compile.iter().filter(|option| {
            let text = option.to_string_lossy();
            ["-g", "-O", "-f", "-m", "--sysroot"].iter().any(|prefix| text.starts_with(prefix))
        }));
        for item in &options.link_order {
            match item {
                Some(option) => command.arg(option),
                None => match objects.next() {
                    Some(object) => command.arg(object),
                    None => &mut command,
                },
            };
        }
        command.arg("-o").arg(options.output.clone().unwrap_or_else(|| "a.out".into()));
        let library = &self.layout.library;
        command.arg(library.join("libtransom-crt.a"));
        if options.link_static {
            command.arg(library.join("libtransom.a")).args(["-lm", "-ldl", "-lgcc_s"]);
        } else {
            // Who calls nothing of it does not load it.
            command.arg("-Wl,--as-needed").arg("-L").arg(library).arg("-ltransom");
            if options.rpath {
                let mut rpath = OsString::from("-Wl,-rpath,");
                rpath.push(library);
                command.arg(rpath);
            }
        }
        // What the library has is taken from there; this is the rest of what the headers declare.
        command.arg(library.join("libtransom-absent.a"));
        if !options.link_static {
            command.arg("-ltransom");
        }
        // Microsoft's library has the functions of math.h in it.
        command.args(["-pthread", "-lm"]);
        self.show(&command);
        Ok(code_of(&command.status()?))
    }

    fn show(&self, command: &Command) {
        if self.options.verbose {
            let words: Vec<_> = std::iter::once(command.get_program())
                .chain(command.get_args())
                .map(|word| word.to_string_lossy().into_owned())
                .collect();
            eprintln!("{}", words.join(" "));
        }
    }
}

/// Where gcc puts the object of a source.
fn object_of(source: &Path) -> PathBuf {
    PathBuf::from(source.file_name().unwrap_or_default()).with_extension("o")
}

fn code_of(status: &ExitStatus) -> u32 {
    status.code().and_then(|code| u32::try_from(code).ok()).unwrap_or(1)
}
