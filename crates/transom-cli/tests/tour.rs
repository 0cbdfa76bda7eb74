//! The tour as its visitors run it: a process, its output, its exit code.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A namespace directory of a test's own, removed when it goes.
struct Namespace(PathBuf);

impl Namespace {
    fn new(test: &str) -> Self {
        let name = format!("transom-tour-{}-{test}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a directory of our own");
        Self(path)
    }

    /// What the processes of the tour have left in it.
    fn left(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.0.join("process")).expect("the processes' directory");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the tour to its end. Its children inherit the pipe it prints to, so that this returns
/// shows that they have ended as well.
fn tour(namespace: &Path, arguments: &[&str], language: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_transom"))
        .arg("tour")
        .args(arguments)
        .env("TRANSOM_NAMESPACE", namespace)
        .env("LC_ALL", language)
        .stdin(Stdio::null())
        .output()
        .expect("the tour runs")
}

/// Runs the tour, expects every check to hold, and nothing to be left; what it printed.
fn successful_tour(test: &str, arguments: &[&str], language: &str) -> String {
    let namespace = Namespace::new(test);
    let output = tour(&namespace.0, arguments, language);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{text}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(!text.contains("FAILED"), "{text}");
    assert!(!text.contains('\u{1B}'), "no colour without a terminal: {text}");
    assert_eq!(namespace.left(), Vec::<PathBuf>::new());
    assert_eq!(text.lines().filter(|line| line.starts_with("   ok ")).count(), 58, "{text}");
    text
}

#[test]
fn the_tour_holds_in_english() {
    let text = successful_tour("english", &[], "C.UTF-8");
    for line in [
        "2. Parent and child after CreateProcess(bInheritHandles = TRUE)",
        "   ok     the child has the Y event: same number, same address",
        "   ok     the count went 1 2 3 4 3 2 1",
        "     through sort: pipe handle table event -> event handle pipe table",
        "     exit codes: [300, 300]",
        "Every check held: 58 / 58",
    ] {
        assert!(text.lines().any(|printed| printed == line), "{line:?} is not in\n{text}");
    }
    // The event, joined with the child's; its number is the first after the standard handles.
    let row = text.lines().find(|line| line.contains("~~~~~~~~~") && line.ends_with("Event"));
    let words: Vec<&str> = row.expect("a joined row").split_whitespace().collect();
    let [handle, address, "Y", "~~~~~~~~~", same_handle, same_address, "Y", "Event"] = words[..]
    else {
        panic!("not a row of two tables: {words:?}");
    };
    assert_eq!((handle, address), (same_handle, same_address));
    assert!(handle.parse::<u32>().is_ok() && address.starts_with("0x"), "{words:?}");
}

#[test]
fn the_tour_holds_in_korean() {
    let text = successful_tour("korean", &[], "ko_KR.UTF-8");
    for line in [
        "1. 프로세스의 핸들 테이블",
        "   ok     자식에게 Y 이벤트가 있다: 같은 번호, 같은 주소",
        "     종료 코드: [300, 300]",
        "모든 확인이 맞았다: 58 / 58",
    ] {
        assert!(text.lines().any(|printed| printed == line), "{line:?} is not in\n{text}");
    }
}

#[test]
fn the_option_outranks_the_environment() {
    let text = successful_tour("option", &["--lang", "ko"], "en_US.UTF-8");
    assert!(text.contains("모든 확인이 맞았다"));
    let text = successful_tour("option-2", &["--lang", "en"], "ko_KR.UTF-8");
    assert!(text.contains("Every check held"));
}

#[test]
fn what_does_not_hold_is_said_and_fails_the_tour() {
    // Where the namespace cannot be used, no table can be read.
    let output = tour(Path::new("/dev/null"), &[], "C.UTF-8");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("   FAILED "), "{text}");
    assert!(text.contains("Not every check held"), "{text}");
    // What needs no table is shown all the same.
    assert!(text.contains("   ok     it is changed in the child only"), "{text}");
}

#[test]
fn a_tour_that_nobody_watches_ends() {
    let namespace = Namespace::new("unwatched");
    let mut tour = Command::new(env!("CARGO_BIN_EXE_transom"))
        .arg("tour")
        .env("TRANSOM_NAMESPACE", &namespace.0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tour starts");
    drop(tour.stdout.take());
    assert_eq!(tour.wait().expect("it ends").code(), Some(1));
    assert_eq!(namespace.left(), Vec::<PathBuf>::new());
}
