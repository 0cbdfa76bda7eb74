//! The prompt's speeds: starting it, against `sh`; and `lp`, against opening and reading every
//! `/proc/<pid>/stat` and looking at nothing that is read.

use std::hint::black_box;
use std::process::{Child, Command, Stdio};
use transom::snapshot;
use transom_benches::{Harness, Limit, Size, each, linux};
use transom_cli::builtins;
use transom_cli::language::Language;

const STARTS: Size = Size { rounds: 101, iterations: 10 };
const LISTS: Size = Size { rounds: 101, iterations: 2 };
const PROCESSES: usize = 500;

fn run(program: &str, line: &str) {
    let mut command = Command::new(program);
    command.args(["-c", line]).stdin(Stdio::null()).stdout(Stdio::null());
    assert!(command.status().expect("it runs").success());
}

fn main() {
    // A test runner that asks which tests there are: none that it could run one by one.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let mut harness = Harness::from_arguments();
    let transom = env!("CARGO_BIN_EXE_transom");
    harness.row(
        "transom-c-exit",
        Limit::Ratio(1.5),
        STARTS,
        &mut |n| each(n, || run(transom, "exit")),
        &mut |n| each(n, || run("sh", "exit")),
    );
    harness.row(
        "transom-c-pipeline-of-three",
        Limit::Ratio(2.0),
        STARTS,
        &mut |n| each(n, || run(transom, "true|true|true")),
        &mut |n| each(n, || run("sh", "/bin/true|/bin/true|/bin/true")),
    );
    lists(&mut harness);
    harness.finish();
}

fn lists(harness: &mut Harness) {
    const NAME: &str = "lp-500-processes";
    if !harness.wants(NAME) {
        return;
    }
    let mut children: Vec<Child> = (0..PROCESSES)
        .map(|_| {
            let mut command = Command::new("sleep");
            command.arg("1000").stdin(Stdio::null()).spawn().expect("sleep is installed")
        })
        .collect();
    let list = || {
        let processes = snapshot::processes().expect("a snapshot");
        let text = builtins::process_table(Language::En, &processes);
        assert!(black_box(text).lines().count() > PROCESSES);
    };
    harness.row(NAME, Limit::Ratio(1.5), LISTS, &mut |n| each(n, list), &mut |n| {
        each(n, || assert!(black_box(linux::scan_processes()) >= PROCESSES))
    });
    for child in &mut children {
        // It sleeps still.
        let _ = child.kill();
        let _ = child.wait();
    }
}
