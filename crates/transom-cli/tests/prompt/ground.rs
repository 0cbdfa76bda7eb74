//! A place for a prompt to run in: a directory and a namespace of its own, removed afterwards.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The program.
pub(crate) const TRANSOM: &str = env!("CARGO_BIN_EXE_transom");

/// A directory of a test's own.
pub(crate) struct Ground {
    path: PathBuf,
    sleeper: String,
}

impl Ground {
    pub(crate) fn new(test: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("transom-{test}-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(path.join("work")).expect("a directory of our own");
        std::fs::create_dir(path.join("namespace")).expect("a namespace of our own");
        let sleeper = format!("sleep{}x{count}", std::process::id());
        std::fs::copy("/bin/sleep", path.join("work").join(&sleeper)).expect("a copy of sleep");
        Self { path, sleeper }
    }

    /// The name of a program in the directory that sleeps; no other process has it.
    pub(crate) fn sleeper(&self) -> &str {
        &self.sleeper
    }

    /// Where the prompt runs.
    pub(crate) fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    /// The namespace directory.
    pub(crate) fn namespace(&self) -> PathBuf {
        self.path.join("namespace")
    }

    /// The prompt with these arguments.
    pub(crate) fn transom(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(TRANSOM);
        command
            .args(arguments)
            .current_dir(self.work())
            .env("TRANSOM_NAMESPACE", self.namespace())
            .env("TRANSOM_HISTORY", self.path.join("history"))
            .env("LC_ALL", "C")
            .env("SELF", TRANSOM)
            .env("SLEEPER", &self.sleeper)
            .env_remove("NOTHING")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end: its exit code, and what it wrote to both outputs, in order.
    pub(crate) fn run(&self, command: &mut Command) -> (Option<i32>, String) {
        let path = self.path.join("output");
        let output = File::create(&path).expect("a file for the output");
        let status = command
            .stdout(output.try_clone().expect("the file again"))
            .stderr(output)
            .status()
            .expect("the prompt runs");
        let text = std::fs::read(&path).expect("what it wrote");
        (status.code(), String::from_utf8_lossy(&text).into_owned())
    }

    /// Runs lines as the argument of `-c`.
    pub(crate) fn line(&self, line: &str) -> (Option<i32>, String) {
        self.run(&mut self.transom(&["-c", line]))
    }

    /// What processes have left in the namespace.
    pub(crate) fn left(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.namespace().join("process")).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
