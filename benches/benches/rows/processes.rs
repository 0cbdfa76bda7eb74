//! Starting processes, and what being a Transom program costs at the start.

use rustix::process::{Resource, getrlimit, setrlimit};
use std::ffi::CString;
use transom_benches::{Harness, Limit, Size, each, linux, win32};

const STARTS: Size = Size { rounds: 61, iterations: 10 };
const MIB: usize = 1 << 20;

pub(crate) fn rows(harness: &mut Harness) {
    for heap in [8, 256, 1024] {
        for open_files in [1024, 20_000] {
            let name = format!("process-create-wait-{heap}MiB-{open_files}-files");
            if harness.wants(&name) {
                create(harness, &name, heap, open_files);
            }
        }
    }
    let [with, without] = [env!("CARGO_BIN_EXE_start_with"), env!("CARGO_BIN_EXE_start_without")]
        .map(|program| CString::new(program).expect("a path has no NUL"));
    harness.row(
        "process-start-up",
        Limit::ExtraMicros(200.0),
        STARTS,
        &mut |n| each(n, || linux::run(&with)),
        &mut |n| each(n, || linux::run(&without)),
    );
}

fn create(harness: &mut Harness, name: &str, heap_mib: usize, open_files: u64) {
    let before = getrlimit(Resource::Nofile);
    let mut limit = before.clone();
    limit.current = Some(open_files.min(before.maximum.unwrap_or(u64::MAX)));
    setrlimit(Resource::Nofile, limit).expect("below the hard limit");
    // Touched: every page is there.
    let heap = vec![1_u8; heap_mib * MIB];
    let (application, mut line) = (win32::wide("/bin/true"), win32::wide("true"));
    harness.row(
        name,
        Limit::Ratio(1.1),
        STARTS,
        &mut |n| {
            each(n, || {
                let [process, thread] = win32::create_process(&application, &mut line, false);
                win32::wait(process, win32::FOREVER);
                win32::close(process);
                win32::close(thread);
            })
        },
        &mut |n| each(n, || linux::run(c"/bin/true")),
    );
    drop(std::hint::black_box(heap));
    setrlimit(Resource::Nofile, before).expect("it was so before");
}
