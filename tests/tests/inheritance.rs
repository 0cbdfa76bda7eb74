//! Inheritance between real processes: fact 13, generation after generation.

use transom_kernel::handle::published;
use transom_tests::assistant::{Assistant, program};
use transom_tests::win32::{self, Start};
use windows_sys::Win32::System::Threading::{CREATE_SUSPENDED, PROCESS_ALL_ACCESS};

fn inheriting() -> Start<'static> {
    Start { inherit: true, ..Start::default() }
}

#[test]
fn fact_13_inheritable_handles_keep_value_and_flags() {
    let _alone = transom_tests::alone();
    let inheritable = win32::create_event(true, false, true);
    let private = win32::create_event(true, false, false);
    let mut child = Assistant::child();
    assert_eq!(child.ask(&format!("flags {inheritable}")), format!("1 1 {}", win32::UNTOUCHED));
    assert_eq!(child.ask(&format!("flags {private}")), "0 119 6");
    // It is the same object, not a copy.
    assert_eq!(child.ask(&format!("wait {inheritable} 0")), format!("258 {}", win32::UNTOUCHED));
    win32::set_event(inheritable);
    assert_eq!(child.ask(&format!("wait {inheritable} 0")), format!("0 {}", win32::UNTOUCHED));
    child.ask(&format!("reset {inheritable}"));
    assert_eq!(win32::wait(inheritable, 0).0, 258);
    win32::close(inheritable);
    win32::close(private);
}

#[test]
fn fact_13_without_binherithandles_nothing_is_inherited() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, true, true);
    let mut child = Assistant::started_by(&Start::default(), "");
    assert_eq!(child.ask(&format!("wait {event} 0")), "4294967295 6");
    win32::close(event);
}

#[test]
fn fact_13_generation_after_generation() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, true);
    let (questions, to_grandchild) = win32::create_pipe(0, true);
    let (from_grandchild, answers) = win32::create_pipe(0, true);
    let mut child = Assistant::child();
    let spawned = child.ask(&format!("spawn 1 {questions} {answers}"));
    let grandchild: u32 = spawned.split(' ').next().unwrap().parse().expect(&spawned);
    win32::write(to_grandchild, format!("set {event}\nflags {event}\n").as_bytes());
    let mut text = String::new();
    while text.lines().count() < 2 || !text.ends_with('\n') {
        let ((result, bytes), error) = win32::read(from_grandchild, 100);
        assert_eq!(result, 1, "error {error}");
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert_eq!(text, format!("1 {0}\n1 1 {0}\n", win32::UNTOUCHED));
    assert_eq!(win32::wait(event, 0).0, 0, "the grandchild has set the grandparent's event");
    let line = published::of_process(grandchild)
        .unwrap()
        .into_iter()
        .find(|line| line.value.get() as isize == event)
        .unwrap();
    assert_eq!(line.origin, transom_kernel::handle::Origin::Inherited(child.pid));
    drop(child);
    // It holds both ends of its own input, so it would never see the end of it.
    let process = win32::open_process(PROCESS_ALL_ACCESS, false, grandchild).0;
    assert_eq!(win32::terminate(process, 0).0, 1);
    assert_eq!(win32::wait(process, 10_000).0, 0);
    for handle in [process, questions, to_grandchild, from_grandchild, answers, event] {
        win32::close(handle);
    }
}

#[test]
fn a_shell_in_between_passes_handles_on() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, true);
    let line = format!("sh -c \"true; '{}'; true\"", program("assistant"));
    let mut behind = Assistant::behind(&inheriting(), &line);
    assert_eq!(behind.ask(&format!("set {event}")), format!("1 {}", win32::UNTOUCHED));
    assert_eq!(win32::wait(event, 1000).0, 0);
    assert_ne!(behind.number("pid"), i64::from(behind.pid), "the shell is still there");
    win32::close(event);
}

#[test]
fn a_shell_that_closed_or_reused_a_number_takes_only_that_handle_away() {
    let _alone = transom_tests::alone();
    let (read, write) = win32::create_pipe(0, true);
    let event = win32::create_event(false, false, true);
    // Every descriptor from 3 to 9 becomes another file: whatever stood there is gone.
    let reuse: String = (3..10).map(|fd| format!("exec {fd}</dev/null; ")).collect();
    let line = format!("sh -c \"{reuse} exec '{}'\"", program("assistant"));
    let mut behind = Assistant::behind(&inheriting(), &line);
    for handle in [read, write, event] {
        let answer = behind.ask(&format!("flags {handle}"));
        assert!(answer == "0 119 6" || answer.starts_with("1 1"), "{answer}");
    }
    assert_eq!(behind.ask("hello"), "hello");
    for handle in [read, write, event] {
        win32::close(handle);
    }
}

#[test]
fn fact_13_a_handle_list_limits_what_is_inherited() {
    let _alone = transom_tests::alone();
    let listed = win32::create_event(true, true, true);
    let other = win32::create_event(true, true, true);
    let private = win32::create_event(true, true, false);
    let (input, questions) = win32::create_pipe(0, false);
    win32::set_handle_flags(input, 1, 1);
    let list = [listed, input];
    let start = Start { handle_list: Some(&list), ..inheriting() };
    let mut child = Assistant::started_by(&start, "");
    assert_eq!(child.ask(&format!("wait {listed} 0")), format!("0 {}", win32::UNTOUCHED));
    assert_eq!(child.ask(&format!("wait {other} 0")), "4294967295 6");
    let refused = |start: Start<'_>| start.run("/bin/true").unwrap_err();
    assert_eq!(refused(Start { inherit: false, ..start.clone() }), 87);
    assert_eq!(refused(Start { handle_list: Some(&[private]), ..inheriting() }), 87);
    assert_eq!(refused(Start { handle_list: Some(&[0x7000]), ..inheriting() }), 87);
    assert_eq!(refused(Start { handle_list: Some(&[win32::SELF]), ..inheriting() }), 87);
    for handle in [listed, other, private, input, questions] {
        win32::close(handle);
    }
}

#[test]
fn fact_13_a_substitute_parent_gives_its_own_handles() {
    let _alone = transom_tests::alone();
    let mut substitute = Assistant::unrelated();
    let theirs = substitute.number("event 1 1 1");
    let process = win32::open_process(PROCESS_ALL_ACCESS, false, substitute.pid).0;
    // More handles than the substitute has, so that ours cannot be mistaken for theirs.
    let ours: Vec<isize> = (0..40).map(|_| win32::create_event(false, false, true)).collect();
    // It has nobody to ask it anything, and must not have ended when it is looked at.
    let start = Start { parent: Some(process), flags: CREATE_SUSPENDED, ..inheriting() };
    let line = format!("\"{}\"", program("assistant"));
    let started = start.run(&line).unwrap();
    let lines = published::of_process(started.pid).unwrap();
    let values: Vec<isize> = lines.iter().map(|line| line.value.get() as isize).collect();
    assert!(values.contains(&(theirs as isize)), "{values:?}");
    assert!(!values.contains(&ours[39]), "{values:?}");
    win32::terminate(started.process, 0);
    assert_eq!(win32::wait(started.process, 10_000).0, 0);
    for handle in ours.into_iter().chain([process, started.process, started.thread]) {
        win32::close(handle);
    }
}

#[test]
fn nothing_but_what_is_inherited_reaches_the_child() {
    let _alone = transom_tests::alone();
    // Opened by other code of this program, without close-on-exec.
    // SAFETY: a plain system call; the descriptor is closed below.
    let stray = unsafe { libc::open(c"/dev/zero".as_ptr(), libc::O_RDONLY) };
    assert!(stray > 2);
    let event = win32::create_event(false, false, true);
    let mut with = Assistant::child();
    let mut without = Assistant::started_by(&Start::default(), "");
    for child in [&mut with, &mut without] {
        let open = child.ask("descriptors");
        assert!(!open.contains("/dev/zero"), "{open}");
    }
    // SAFETY: our own descriptor, closed once.
    unsafe { libc::close(stray) };
    win32::close(event);
    // A program that knows nothing of Transom has its standard streams and nothing else.
    let (output, theirs) = win32::create_pipe(0, false);
    win32::set_handle_flags(theirs, 1, 1);
    let start = Start { standard: Some([0, theirs, 0]), ..Start::default() };
    let started = start.run("ls /proc/self/fd").unwrap();
    win32::close(theirs);
    let mut listed = Vec::new();
    while let ((1, bytes), _) = win32::read(output, 1000) {
        listed.extend(bytes);
    }
    // The fourth is the directory that `ls` reads.
    assert_eq!(String::from_utf8_lossy(&listed), "0\n1\n2\n3\n");
    for handle in [output, started.process, started.thread] {
        win32::close(handle);
    }
}

#[test]
fn signals_in_the_child_are_as_a_fresh_program_expects() {
    let _alone = transom_tests::alone();
    // SAFETY: zeroed is a value of the type.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: a live set.
    unsafe { libc::sigaddset(&raw mut set, libc::SIGUSR2) };
    // SAFETY: a live set; blocks a signal of this thread only.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) };
    // SAFETY: ignoring needs no handler.
    unsafe { libc::signal(libc::SIGUSR1, libc::SIG_IGN) };
    let (output, theirs) = win32::create_pipe(0, false);
    let start = Start { standard: Some([0, theirs, 0]), ..Start::default() };
    let started = start.run("grep -E SigBlk|SigIgn /proc/self/status").unwrap();
    win32::close(theirs);
    let mut text = Vec::new();
    while let ((1, bytes), _) = win32::read(output, 1000) {
        text.extend(bytes);
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    let set = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("grep finds it");
        u64::from_str_radix(line.trim(), 16).expect("a signal set")
    };
    assert_eq!(set("SigBlk:"), 0);
    let ours = 1 << (libc::SIGUSR1 - 1) | 1 << (libc::SIGPIPE - 1);
    assert_eq!(set("SigIgn:") & ours, 0, "what this program ignores by its own choice");
    for handle in [output, started.process, started.thread] {
        win32::close(handle);
    }
}

#[test]
fn the_usage_count_is_right_the_moment_createprocess_returns() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, true);
    let id = published::of_own_handle(transom_kernel::handle::Handle::from_raw(event).unwrap())
        .unwrap()
        .object;
    let count = || published::holders(id).unwrap().len();
    assert_eq!(count(), 1);
    let started = inheriting().run("sleep 100").unwrap();
    assert_eq!(count(), 2, "also in a program that knows nothing of Transom");
    win32::terminate(started.process, 0);
    assert_eq!(win32::wait(started.process, 10_000).0, 0);
    assert_eq!(count(), 1);
    for handle in [event, started.process, started.thread] {
        win32::close(handle);
    }
}

#[test]
fn standard_handles_that_are_given_count_also_without_inheritance() {
    let _alone = transom_tests::alone();
    let (read, write) = win32::create_pipe(0, false);
    let id = published::of_own_handle(transom_kernel::handle::Handle::from_raw(read).unwrap())
        .unwrap()
        .object;
    let start = Start { standard: Some([read, 0, 0]), ..Start::default() };
    let started = start.run("cat").unwrap();
    let holders = published::holders(id).unwrap();
    assert_eq!(holders.len(), 2);
    assert!(holders.iter().any(|(pid, _)| *pid == started.pid));
    win32::close(write);
    assert_eq!(win32::wait(started.process, 10_000).0, 0, "it read the end of its input");
    for handle in [read, started.process, started.thread] {
        win32::close(handle);
    }
}
