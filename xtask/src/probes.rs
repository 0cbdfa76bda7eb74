//! The programs of `tests/oracle`, compiled with `transom cc`, and what they print.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How long one program may run, in seconds.
const PATIENCE: &str = "120";

/// What is wrong, in words.
pub(crate) type Trouble = String;

/// A line of a probe: its name, and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) found: String,
}

/// The lines of an output; a line without a name is one of its own.
pub(crate) fn lines(output: &str) -> Vec<Line> {
    let line = |line: &str| {
        let (name, found) = line.split_once(": ").unwrap_or(("", line));
        Line { name: name.to_owned(), found: found.to_owned() }
    };
    output.lines().map(line).collect()
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// The directory of the probes.
pub(crate) fn directory() -> PathBuf {
    root().join("tests/oracle")
}

/// The C sources of a directory, sorted.
pub(crate) fn sources(directory: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let entries =
        fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut sources: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("c")))
        .collect();
    sources.sort();
    Ok(sources)
}

/// What a source is called: its area.
pub(crate) fn area(source: &Path) -> String {
    source.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Builds `transom` and its libraries; the program, beside which the libraries are.
pub(crate) fn build() -> Result<PathBuf, Trouble> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    succeeds(Command::new(cargo).args(["build", "--quiet"]).current_dir(root()))?;
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(own.with_file_name("transom"))
}

/// A directory in the target directory, made anew and readable to nobody else.
pub(crate) fn place(name: &str) -> Result<PathBuf, Trouble> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = own.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let place = target.join("oracle").join(name);
    let told = |error: io::Error| format!("{}: {error}", place.display());
    match fs::remove_dir_all(&place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(told(error)),
        _ => {}
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&place).map_err(told)?;
    Ok(place)
}

/// Runs a command, which must succeed.
pub(crate) fn succeeds(command: &mut Command) -> Result<(), Trouble> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{}: {error}", command.get_program().display())),
    }
}

/// Runs a program in a directory, with nothing to read, to its end; what it prints, without the CR
/// that Windows' lines end with. How it ended, if not well, is the last line.
pub(crate) fn run(
    program: &mut Command,
    input: Option<&Path>,
    place: &Path,
) -> Result<String, Trouble> {
    let input = match input {
        Some(path) => fs::File::open(path).map_err(|error| error.to_string())?.into(),
        None => Stdio::null(),
    };
    let mut command = Command::new("timeout");
    command.arg(PATIENCE).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let done = command.current_dir(place).stdin(input).output().map_err(|e| e.to_string())?;
    let mut output = String::from_utf8_lossy(&done.stdout).replace('\r', "");
    if !done.status.success() {
        output.push_str(&format!("ended with {}\n", done.status));
        output.push_str(&String::from_utf8_lossy(&done.stderr));
    }
    Ok(output)
}

/// Compiles a source with `transom cc` and runs it, in a directory and a namespace of its own; a sanitizer
/// among the flags looks for `leaks` or not.
pub(crate) fn on_transom(
    transom: &Path,
    source: &Path,
    flags: &[&str],
    place: &Path,
    leaks: bool,
) -> Result<String, Trouble> {
    let program = place.join(format!("{}.exe", area(source)));
    let mut compiler = Command::new(transom);
    succeeds(compiler.arg("cc").args(flags).arg(source).arg("-o").arg(&program))?;
    let namespace = place.join("namespace");
    fs::DirBuilder::new().mode(0o700).create(&namespace).map_err(|error| error.to_string())?;
    let input = source.with_extension("in");
    run(
        Command::new(&program)
            .env("TRANSOM_NAMESPACE", &namespace)
            .env("ASAN_OPTIONS", if leaks { "detect_leaks=1" } else { "detect_leaks=0" })
            // cargo's own would find every library.
            .env_remove("LD_LIBRARY_PATH"),
        input.is_file().then_some(&*input),
        place,
    )
}
