//! A Toolhelp snapshot of at least 100 processes against the floor: opening and reading every
//! `/proc/<pid>/stat` with raw system calls, and looking at nothing that is read.
//!
//! The two alternate, round by round; the ratio is that of the medians.

use rustix::fs::{Mode, OFlags, RawDir};
use std::{
    hint::black_box,
    mem::MaybeUninit,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use transom_kernel::process::snapshot::Snapshot;
use windows_sys::Win32::System::Diagnostics::ToolHelp::{TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD};

const ROUNDS: usize = 401;

/// Reads every process' line; gives the number of processes.
fn raw_scan() -> usize {
    let read_only = OFlags::RDONLY | OFlags::CLOEXEC;
    let proc = rustix::fs::open(c"/proc", read_only | OFlags::DIRECTORY, Mode::empty())
        .expect("/proc is mounted");
    let mut buffer = [MaybeUninit::uninit(); 32 * 1024];
    let mut line = [MaybeUninit::uninit(); 1536];
    let mut entries = RawDir::new(&proc, &mut buffer);
    let mut count = 0;
    while let Some(Ok(entry)) = entries.next() {
        let name = entry.file_name().to_bytes();
        if !name[0].is_ascii_digit() {
            continue;
        }
        let mut path = [0_u8; 32];
        path[..name.len()].copy_from_slice(name);
        path[name.len()..name.len() + 5].copy_from_slice(b"/stat");
        let path = &path[..name.len() + 5];
        if let Ok(file) = rustix::fs::openat(&proc, path, read_only, Mode::empty()) {
            count += usize::from(black_box(rustix::io::read(&file, &mut line)).is_ok());
        }
    }
    count
}

fn snapshot(flags: u32) -> usize {
    let snapshot = Snapshot::take(flags, 0).expect("/proc is mounted");
    black_box(snapshot).processes().len()
}

fn timed(scan: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    black_box(scan());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let missing = 100_usize.saturating_sub(raw_scan());
    let mut children: Vec<Child> = (0..missing)
        .map(|_| {
            let mut command = Command::new("sleep");
            command.arg("1000").stdin(Stdio::null()).spawn().expect("sleep is installed")
        })
        .collect();
    let everything = TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD;
    let (mut raw, mut ours, mut threads) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        raw.push(timed(raw_scan));
        ours.push(timed(|| snapshot(TH32CS_SNAPPROCESS)));
        threads.push(timed(|| snapshot(everything)));
    }
    let (count, listed) = (raw_scan(), snapshot(TH32CS_SNAPPROCESS));
    let (raw, ours, threads) = (median(raw), median(ours), median(threads));
    println!("processes in /proc {count}, in the snapshot {listed}");
    println!("raw openat+read scan      {raw:>10.1?}");
    let ratio = ours.as_secs_f64() / raw.as_secs_f64();
    println!("snapshot of the processes {ours:>10.1?}   ratio {ratio:.3} (limit 1.2)");
    let ratio = threads.as_secs_f64() / raw.as_secs_f64();
    println!("... and of all threads    {threads:>10.1?}   ratio {ratio:.3}");
    for child in &mut children {
        let _ = child.kill();
        let _ = child.wait();
    }
}
