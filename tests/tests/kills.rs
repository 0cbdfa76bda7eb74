//! Processes killed at random moments: nothing of them stays, and the survivors are told.

use rustix::process::{Pid, Signal, kill_process};
use transom_kernel::handle::{Origin, published};
use transom_tests::assistant::Assistant;
use transom_tests::descriptors;
use transom_tests::random::Numbers;
use transom_tests::win32::{self, Start};
use windows_sys::Win32::System::Threading::PROCESS_ALL_ACCESS;

/// The files of the namespace that belong to a process of this id.
fn files_of(pid: u32) -> Vec<String> {
    published::processes().unwrap();
    let directory = transom_kernel::executive::namespace_directory().unwrap().join("process");
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            name == &pid.to_string()
                || name == &format!("{pid}.mail")
                || name.starts_with(&format!("new-{pid}-"))
        })
        .collect()
}

fn children() -> usize {
    let pid = std::process::id();
    std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .count()
}

/// Ends the processes that have inherited from a process that is gone; which.
fn end_orphans_of(parent: u32) -> Vec<u32> {
    let mut ended = Vec::new();
    for pid in published::processes().unwrap() {
        let lines = published::of_process(pid).unwrap_or_default();
        if lines.iter().any(|line| line.origin == Origin::Inherited(parent)) {
            let process = win32::open_process(PROCESS_ALL_ACCESS, false, pid).0;
            if process != 0 {
                // It may have ended meanwhile.
                win32::terminate(process, 0);
                assert_eq!(win32::wait(process, 10_000).0, 0);
                win32::close(process);
                ended.push(pid);
            }
        }
    }
    ended
}

/// Two hundred children, killed while they start, work with pipes and events, or start children
/// of their own.
#[test]
fn two_hundred_random_kills_leave_nothing_behind() {
    let _alone = transom_tests::alone();
    let mut numbers = Numbers(std::process::id().into());
    // What is made once: the service thread and its descriptors, and the arena of the events.
    drop(Assistant::child());
    win32::close(win32::create_event(false, false, false));
    let (before_fds, before_handles) = (descriptors(), win32::handle_count(win32::SELF));
    let mut pids = Vec::new();
    for round in 0..200 {
        let (read, write) = win32::create_pipe(0, true);
        let event = win32::create_event(false, false, true);
        let suspended = if round % 10 == 0 { 4 } else { 0 };
        let start = Start { inherit: true, flags: suspended, ..Start::default() };
        let mut child = Assistant::started_silently(&start, "");
        pids.push(child.pid);
        // It is the last writer as soon as we are none.
        win32::close(write);
        if numbers.below(2) == 0 {
            child.tell(&format!("set {event}"));
            child.tell(&format!("write {write} hello"));
            child.tell(&format!("spawn 1 {read} {write}"));
        }
        for _ in 0..numbers.below(2000) {
            std::hint::spin_loop();
        }
        std::thread::sleep(std::time::Duration::from_micros(numbers.below(3000)));
        let pid = Pid::from_raw(i32::try_from(child.pid).unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        // A grandchild holds both ends of its input, so it would wait for ever: it is found by its
        // handle table.
        assert_eq!(win32::wait(child.started().process, 10_000).0, 0);
        // Whatever it wrote, then the end: when the last grandchild that holds the pipe is gone. One
        // whose parent was killed while it started it may yet appear.
        let mut text = Vec::new();
        let error = loop {
            pids.extend(end_orphans_of(child.pid));
            match win32::peek(read, 100) {
                ((1, bytes, _), _) if bytes.is_empty() => std::thread::yield_now(),
                ((1, bytes, _), _) => text.extend(win32::read(read, bytes.len()).0.1),
                (_, error) => break error,
            }
        };
        assert_eq!(error, 109, "round {round}");
        assert!(text.is_empty() || text == b"hello", "{text:?}");
        win32::close(read);
        win32::close(event);
    }
    assert_eq!(win32::handle_count(win32::SELF), before_handles);
    for pid in pids {
        assert_eq!(files_of(pid), Vec::<String>::new());
    }
    // The service thread collects a child in its own time.
    while children() > 0 {
        std::thread::yield_now();
    }
    // The service thread lets go of a child just after it has collected it; at the beginning it may
    // not have let go of the last test's yet.
    while descriptors() > before_fds {
        std::thread::yield_now();
    }
}

#[test]
fn a_writer_whose_reader_was_killed_gets_232() {
    let _alone = transom_tests::alone();
    let (read, write) = win32::create_pipe(0, true);
    let mut child = Assistant::child();
    win32::close(read);
    assert_eq!(win32::write(write, b"x").0, (1, 1));
    child.kill();
    assert_eq!(win32::write(write, b"x"), ((0, 0), 232));
    assert_eq!(win32::write(write, b""), ((0, 0), 232));
    win32::close(write);
}

/// The parent is killed, at any moment of starting children; what it started goes on, and cleans
/// up after it.
#[test]
fn parents_killed_while_they_start_children() {
    let _alone = transom_tests::alone();
    let mut numbers = Numbers(u64::from(std::process::id()) << 20);
    for _ in 0..40 {
        let (read, write) = win32::create_pipe(0, true);
        let mut parent = Assistant::child();
        for _ in 0..5 {
            // Grandchildren read from a pipe that only we and they hold.
            parent.tell(&format!("spawn 1 {read} {write}"));
        }
        std::thread::sleep(std::time::Duration::from_micros(numbers.below(4000)));
        let parent_pid = parent.pid;
        parent.kill();
        drop(parent);
        // The grandchildren hold both ends of their input: they would wait for ever.
        win32::close(write);
        while win32::peek(read, 1).0.0 == 1 {
            for pid in end_orphans_of(parent_pid) {
                assert_eq!(files_of(pid), Vec::<String>::new());
            }
        }
        assert_eq!(files_of(parent_pid), Vec::<String>::new());
        win32::close(read);
    }
}
