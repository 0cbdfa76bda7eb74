//! `DuplicateHandle` between real processes: facts 8 to 12 in every direction.

use std::os::unix::process::CommandExt;
use transom_kernel::handle::{Handle, published};
use transom_tests::assistant::{Assistant, copy_program};
use transom_tests::win32::{self, SELF, Start, UNTOUCHED};
use windows_sys::Win32::System::Threading::{
    CREATE_SUSPENDED, PROCESS_ALL_ACCESS, PROCESS_DUP_HANDLE, PROCESS_QUERY_LIMITED_INFORMATION,
};

const CLOSE_SOURCE: u32 = 1;
const SAME_ACCESS: u32 = 2;

fn id_of(handle: isize) -> transom_kernel::object::ObjectId {
    published::of_own_handle(Handle::from_raw(handle).unwrap()).unwrap().object
}

fn usage_count(handle: isize) -> usize {
    published::holders(id_of(handle)).unwrap().len()
}

/// Puts a handle of ours into a process.
fn give(process: isize, handle: isize) -> isize {
    let ((result, value), error) = win32::duplicate(SELF, handle, process, 0, false, SAME_ACCESS);
    assert_eq!(result, 1, "error {error}");
    value
}

#[test]
fn fact_12_into_a_child_and_an_unrelated_process() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, false);
    let mut child = Assistant::child();
    let mut stranger = Assistant::unrelated();
    let opened = win32::open_process(PROCESS_DUP_HANDLE, false, stranger.pid).0;
    for (assistant, process) in [(&mut child, None), (&mut stranger, Some(opened))] {
        let process = process.unwrap_or_else(|| assistant.started().process);
        let before = usage_count(event);
        let value = give(process, event);
        assert_ne!(value, event, "another table, another number");
        assert_eq!(usage_count(event), before + 1);
        assert_eq!(assistant.ask(&format!("set {value}")), format!("1 {UNTOUCHED}"));
        assert_eq!(win32::wait(event, 0).0, 0);
        // The duplicate is closed on its own.
        assert_eq!(assistant.ask(&format!("close {value}")), format!("1 {UNTOUCHED}"));
        assert_eq!(usage_count(event), before);
    }
    win32::close(event);
    win32::close(opened);
}

#[test]
fn out_of_another_process_and_from_one_to_another() {
    let _alone = transom_tests::alone();
    let mut first = Assistant::unrelated();
    let mut second = Assistant::unrelated();
    let [one, two] = [&first, &second]
        .map(|assistant| win32::open_process(PROCESS_ALL_ACCESS, false, assistant.pid).0);
    let theirs = first.number("event 1 0 0") as isize;
    // From another process into this one.
    let ((result, ours), error) = win32::duplicate(one, theirs, SELF, 0, true, SAME_ACCESS);
    assert_eq!((result, error), (1, UNTOUCHED));
    assert_eq!(win32::handle_flags(ours).0, (1, 1), "inheritable, as asked");
    first.ask(&format!("set {theirs}"));
    assert_eq!(win32::wait(ours, 0).0, 0);
    // From one into the other.
    let ((result, value), error) = win32::duplicate(one, theirs, two, 0, false, SAME_ACCESS);
    assert_eq!((result, error), (1, UNTOUCHED));
    assert_eq!(second.ask(&format!("wait {value} 0")), format!("0 {UNTOUCHED}"));
    assert_eq!(usage_count(ours), 3);
    // It outlives the process that made it.
    first.kill();
    assert_eq!(second.ask(&format!("reset {value}")), format!("1 {UNTOUCHED}"));
    assert_eq!(win32::wait(ours, 0).0, 258);
    assert_eq!(usage_count(ours), 2);
    // What is not open there cannot be had.
    assert_eq!(win32::duplicate(two, 0x7000, SELF, 0, false, SAME_ACCESS), ((0, 0), 6));
    // The other process's pseudo handle is that process.
    let ((result, process), _) = win32::duplicate(two, SELF, SELF, 0, false, SAME_ACCESS);
    assert_eq!(result, 1);
    assert_eq!(win32::same_object(process, two).0, 1);
    for handle in [ours, one, two, process] {
        win32::close(handle);
    }
}

#[test]
fn a_handle_that_came_back_is_the_same_object() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, false);
    let mut child = Assistant::child();
    let process = child.started().process;
    let value = give(process, event);
    assert_eq!(child.number(&format!("set {value}")), 1);
    let ((result, back), error) = win32::duplicate(process, value, SELF, 0, false, SAME_ACCESS);
    assert_eq!((result, error), (1, UNTOUCHED));
    assert_eq!(win32::same_object(event, back).0, 1);
    assert_eq!(win32::wait(back, 0).0, 0);
    // Closing the first does not take the state away from the second.
    win32::close(event);
    for _ in 0..1000 {
        win32::close(win32::create_event(true, true, false));
    }
    assert_eq!(win32::wait(back, 0).0, 258);
    child.ask(&format!("set {value}"));
    assert_eq!(win32::wait(back, 0).0, 0);
    win32::close(back);
}

#[test]
fn fact_9_close_source_in_another_process() {
    let _alone = transom_tests::alone();
    let mut child = Assistant::child();
    let process = child.started().process;
    let (read, write) = win32::create_pipe(0, false);
    let theirs = give(process, write);
    win32::close(write);
    // Out of the other process, and gone there.
    let ((result, ours), error) =
        win32::duplicate(process, theirs, SELF, 0, false, SAME_ACCESS | CLOSE_SOURCE);
    assert_eq!((result, error), (1, UNTOUCHED));
    assert_eq!(child.ask(&format!("close {theirs}")), "0 6");
    // Also when the call fails.
    let theirs = give(process, ours);
    assert_eq!(win32::duplicate(process, theirs, 0x7000, 0, false, CLOSE_SOURCE).0.0, 0);
    assert_eq!(child.ask(&format!("close {theirs}")), "0 6");
    // Without a target it only closes, in a process that does nothing but wait in Linux.
    let theirs = give(process, ours);
    assert_eq!(child.number(&format!("write {theirs} x")), 1);
    child.tell("hang");
    win32::close(ours);
    assert_eq!(win32::duplicate_unseen(process, theirs, 0, CLOSE_SOURCE), (1, UNTOUCHED));
    assert_eq!(win32::read(read, 10).0, (1, b"x".to_vec()));
    assert_eq!(win32::read(read, 10), ((0, vec![]), 109), "the last writer is gone");
    win32::close(read);
}

#[test]
fn into_a_child_that_has_not_run_yet() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, false);
    let start = Start { flags: CREATE_SUSPENDED, ..Start::default() };
    let mut child = Assistant::started_silently(&start, "");
    let value = give(child.started().process, event);
    assert_eq!(usage_count(event), 2);
    // Whoever gave it may close his own: the kernel holds the object for the child.
    win32::set_event(event);
    win32::close(event);
    assert_eq!(win32::resume(child.started().thread), (1, UNTOUCHED));
    child.greet();
    assert_eq!(child.ask(&format!("wait {value} 0")), format!("0 {UNTOUCHED}"));
    assert_eq!(win32::resume(child.started().thread).0, 0, "it runs");
}

#[test]
fn into_and_out_of_a_stopped_process() {
    let _alone = transom_tests::alone();
    let mut child = Assistant::child();
    let process = child.started().process;
    let theirs = child.number("event 1 1 0") as isize;
    let pid = i32::try_from(child.pid).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    let event = win32::create_event(true, false, false);
    let values: Vec<isize> = (0..100).map(|_| give(process, event)).collect();
    assert_eq!(usage_count(event), 101);
    let ((result, ours), error) = win32::duplicate(process, theirs, SELF, 0, false, SAME_ACCESS);
    assert_eq!((result, error), (1, UNTOUCHED));
    assert_eq!(win32::wait(ours, 0).0, 0);
    // Its table can be read all the while.
    assert!(published::of_process(child.pid).unwrap().len() >= 100);
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    for value in values {
        assert_eq!(child.ask(&format!("set {value}")), format!("1 {UNTOUCHED}"));
        assert_eq!(child.ask(&format!("close {value}")), format!("1 {UNTOUCHED}"));
    }
    assert_eq!(win32::wait(event, 0).0, 0);
    assert_eq!(usage_count(event), 1);
    win32::close(event);
    win32::close(ours);
}

#[test]
fn a_program_that_is_not_transoms_is_refused() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, false);
    for flags in [0, CREATE_SUSPENDED] {
        let started = Start { flags, ..Start::default() }.run("sleep 100").unwrap();
        let refused = win32::duplicate(SELF, event, started.process, 0, false, SAME_ACCESS);
        assert_eq!(refused, ((0, 0), 5));
        assert_eq!(usage_count(event), 1);
        win32::terminate(started.process, 0);
        win32::wait(started.process, 10_000);
        win32::close(started.process);
        win32::close(started.thread);
    }
    win32::close(event);
}

#[test]
fn fact_10_and_11_rights_and_targets_that_have_gone() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, false);
    let mut stranger = Assistant::unrelated();
    let weak = win32::open_process(PROCESS_QUERY_LIMITED_INFORMATION, false, stranger.pid).0;
    assert_eq!(win32::duplicate(SELF, event, weak, 0, false, SAME_ACCESS), ((0, 0), 5));
    assert_eq!(win32::duplicate(weak, 4, SELF, 0, false, SAME_ACCESS), ((0, 0), 5));
    assert_eq!(win32::duplicate(SELF, event, event, 0, false, SAME_ACCESS), ((0, 0), 6));
    assert_eq!(win32::duplicate(event, event, SELF, 0, false, SAME_ACCESS), ((0, 0), 6));
    let strong = win32::open_process(PROCESS_ALL_ACCESS, false, stranger.pid).0;
    stranger.kill();
    assert_eq!(win32::duplicate(SELF, event, strong, 0, false, SAME_ACCESS), ((0, 0), 5));
    for handle in [event, weak, strong] {
        win32::close(handle);
    }
}

#[test]
fn nothing_is_lost_when_the_sender_is_killed_right_after() {
    let _alone = transom_tests::alone();
    let mut target = Assistant::child();
    let process = target.started().process;
    for _ in 0..20 {
        let mut sender = Assistant::child();
        let access = PROCESS_ALL_ACCESS;
        let opened = sender.number(&format!("open {access} {}", target.pid));
        let event = sender.number("event 1 1 0");
        let value = sender.number(&format!("duplicate -1 {event} {opened} 0 0 2"));
        sender.kill();
        assert_eq!(target.ask(&format!("wait {value} 0")), format!("0 {UNTOUCHED}"));
        let ((result, ours), _) = win32::duplicate(process, value as isize, SELF, 0, false, 2);
        assert_eq!(result, 1);
        assert_eq!(usage_count(ours), 2);
        win32::close(ours);
        assert_eq!(target.ask(&format!("close {value}")), format!("1 {UNTOUCHED}"));
    }
}

#[test]
fn handles_to_processes_and_pipes_travel_too() {
    let _alone = transom_tests::alone();
    let mut child = Assistant::child();
    let process = child.started().process;
    let sleeper = Start::default().run("sleep 100").unwrap();
    let value = give(process, sleeper.process);
    assert_eq!(child.ask(&format!("wait {value} 0")), format!("258 {UNTOUCHED}"));
    assert_eq!(child.ask(&format!("terminate {value} 70000")), format!("1 {UNTOUCHED}"));
    assert_eq!(win32::wait(sleeper.process, 10_000).0, 0);
    assert_eq!(win32::exit_code(sleeper.process).0, (1, 70_000));
    let (read, write) = win32::create_pipe(0, false);
    let theirs = give(process, write);
    win32::close(write);
    assert_eq!(child.ask(&format!("write {theirs} across")), format!("1 {UNTOUCHED} 6"));
    assert_eq!(win32::read(read, 100).0, (1, b"across".to_vec()));
    // A pseudo handle arrives as a real one: this very process.
    let value = give(process, SELF);
    assert_eq!(child.ask(&format!("wait {value} 0")), format!("258 {UNTOUCHED}"));
    for handle in [sleeper.process, sleeper.thread, read] {
        win32::close(handle);
    }
}

#[test]
fn a_thousand_handles_given_to_a_process_and_closed_leave_room() {
    let _alone = transom_tests::alone();
    let mut child = Assistant::child();
    let process = child.started().process;
    let event = win32::create_event(false, false, false);
    let before = child.number("count");
    for round in 0..3 {
        let values: Vec<isize> = (0..1000).map(|_| give(process, event)).collect();
        assert_eq!(child.number("count"), before + 1000, "round {round}");
        assert_eq!(usage_count(event), 1001);
        for value in values {
            assert_eq!(win32::duplicate_unseen(process, value, 0, CLOSE_SOURCE).0, 1);
        }
        assert_eq!(usage_count(event), 1);
        assert_eq!(child.number("count"), before);
    }
    win32::close(event);
}

#[test]
fn fork_gives_the_new_process_a_table_of_its_own() {
    let _alone = transom_tests::alone();
    let mut child = Assistant::child();
    let event = child.number("event 1 0 0");
    let before = child.number("count");
    // The fork closes one handle and makes one.
    assert_eq!(child.number(&format!("fork {event}")), before - 1);
    assert_eq!(child.ask(&format!("set {event}")), format!("1 {UNTOUCHED}"));
    assert_eq!(child.number("count"), before);
}

/// Where a process may not be traced (Yama's default, or one that is not dumpable), it is asked
/// for the handle instead. Root may trace everything, so this happens as another user.
#[test]
fn out_of_a_process_that_may_not_be_traced() {
    let _alone = transom_tests::alone();
    let directory = std::env::temp_dir().join(format!("transom-untraced-{}", std::process::id()));
    std::fs::create_dir(&directory).unwrap();
    let copy = directory.join("assistant");
    copy_program("assistant", &copy);
    let mut command = std::process::Command::new(&copy);
    command.env("TRANSOM_NAMESPACE", directory.join("namespace")).current_dir("/");
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&directory, Some(65_534), Some(65_534)).unwrap();
        command.uid(65_534).gid(65_534);
    }
    let mut source = Assistant::unrelated_as(&mut command);
    let mut taker = Assistant::unrelated_as(&mut command);
    assert_eq!(source.number("undumpable"), 0);
    let event = source.number("event 1 1 0");
    // Starting a child is one of the things that start the service thread, which answers.
    source.ask("spawn 0 0 0");
    let opened = taker.number(&format!("open {PROCESS_DUP_HANDLE} {}", source.pid));
    let taken = taker.number(&format!("duplicate {opened} {event} -1 0 0 2"));
    assert!(taken > 0, "{taken}");
    assert_eq!(taker.ask(&format!("wait {taken} 0")), format!("0 {UNTOUCHED}"));
    source.ask(&format!("reset {event}"));
    assert_eq!(taker.ask(&format!("wait {taken} 0")), format!("258 {UNTOUCHED}"));
    // A process that does not look into its mailbox does not answer: an error, not a hang.
    let mut silent = Assistant::unrelated_as(&mut command);
    silent.ask("undumpable");
    let event = silent.number("event 1 1 0");
    silent.tell("hang");
    let opened = taker.number(&format!("open {PROCESS_DUP_HANDLE} {}", silent.pid));
    assert_eq!(taker.ask(&format!("duplicate {opened} {event} -1 0 0 2")), "0 0 5");
    drop((source, taker, silent));
    std::fs::remove_dir_all(&directory).unwrap();
}
