//! A Toolhelp snapshot of at least 100 processes, against opening and reading every
//! `/proc/<pid>/stat` and looking at nothing that is read.

use std::hint::black_box;
use std::process::{Child, Command, Stdio};
use transom_benches::{Harness, Limit, Size, each, linux, win32};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, TH32CS_SNAPPROCESS,
};

const SIZE: Size = Size { rounds: 101, iterations: 4 };
const PROCESSES: usize = 100;

fn snapshot() {
    // SAFETY: takes numbers.
    let snapshot = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
    win32::close(snapshot);
}

pub(crate) fn rows(harness: &mut Harness) {
    const NAME: &str = "snapshot-100-processes";
    if !harness.wants(NAME) {
        return;
    }
    let mut children: Vec<Child> = (0..PROCESSES)
        .map(|_| {
            let mut command = Command::new("sleep");
            command.arg("1000").stdin(Stdio::null()).spawn().expect("sleep is installed")
        })
        .collect();
    harness.row(NAME, Limit::Ratio(1.2), SIZE, &mut |n| each(n, snapshot), &mut |n| {
        each(n, || assert!(black_box(linux::scan_processes()) >= PROCESSES))
    });
    for child in &mut children {
        // It sleeps still.
        let _ = child.kill();
        let _ = child.wait();
    }
}
