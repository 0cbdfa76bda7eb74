//! `transom cc`: C and C++ programs are compiled, and do what they should.
//!
//! - `samples/c/`: a program for each idea, with the output it has in both builds.
//! - `tests/c/run/`: programs that check the runtime themselves; their exit code is 0.
//! - `tests/c/link/`: programs in the style of books and of Microsoft's pages, which must compile and
//!   link, though not everything they call is there yet.

mod headers;
mod layouts;
mod options;
mod oracle;
mod programs;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory of a test's own.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cc-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("the directory for tests");
        Self(path)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(&path, text).expect("it can be written");
        path
    }

    /// Runs `transom cc` here.
    fn cc<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        Command::new(env!("CARGO_BIN_EXE_transom"))
            .arg("cc")
            .args(arguments)
            .current_dir(&self.0)
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("the program starts")
    }

    /// As [`Self::cc`], which must succeed.
    fn compiles<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> PathBuf {
        let arguments: Vec<_> = arguments.into_iter().map(|a| a.as_ref().to_owned()).collect();
        let said = self.cc(&arguments);
        assert!(said.status.success(), "{arguments:?}: {}", text(&said.stderr));
        self.0.join("a.out")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a program to its end, within a minute.
fn run(program: &Path, arguments: &[String], input: Option<&Path>, place: &Place) -> Output {
    let input =
        input.map_or(Stdio::null(), |path| fs::File::open(path).expect("it is there").into());
    Command::new("timeout")
        .arg("60")
        .arg(program)
        .args(arguments)
        .current_dir(&place.0)
        // cargo's own would find every library.
        .env_remove("LD_LIBRARY_PATH")
        .env("ASAN_OPTIONS", "detect_leaks=1")
        .stdin(input)
        .output()
        .expect("the program starts")
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The C and C++ files of a directory.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .expect("the directory is there")
        .map(|entry| entry.expect("a directory entry").path())
        .filter(|path| matches!(path.extension().and_then(OsStr::to_str), Some("c" | "cpp")))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}", directory.display());
    files
}
