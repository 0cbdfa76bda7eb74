//! Processes: facts 15 to 17 between real processes.

use transom_tests::assistant::{Assistant, program};
use transom_tests::win32::{self, Start, UNTOUCHED};
use windows_sys::Win32::System::Threading::{
    CREATE_NEW_PROCESS_GROUP, CREATE_SUSPENDED, DEBUG_PROCESS, DETACHED_PROCESS,
    IDLE_PRIORITY_CLASS, PROCESS_ALL_ACCESS, PROCESS_QUERY_LIMITED_INFORMATION,
    PROCESS_SYNCHRONIZE, PROCESS_TERMINATE,
};

fn plain() -> Start<'static> {
    Start::default()
}

/// Runs a command line and returns its output and exit code.
fn output_of(start: &Start<'_>, line: &str) -> (String, u32) {
    let (output, theirs) = win32::create_pipe(0, false);
    let start = Start { standard: Some([0, theirs, 0]), ..start.clone() };
    let started = start.run(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    win32::close(theirs);
    let mut text = Vec::new();
    while let ((1, bytes), _) = win32::read(output, 4096) {
        text.extend(bytes);
    }
    assert_eq!(win32::wait(started.process, 10_000).0, 0);
    let ((_, code), _) = win32::exit_code(started.process);
    for handle in [output, started.process, started.thread] {
        win32::close(handle);
    }
    (String::from_utf8_lossy(&text).into_owned(), code)
}

#[test]
fn fact_15_what_does_not_exist_is_found_out_before_createprocess_returns() {
    let _alone = transom_tests::alone();
    assert_eq!(plain().run("no-such-program --flag"), Err(2));
    assert_eq!(plain().run("/no/such/program"), Err(2));
    assert_eq!(Start { directory: Some("/no/such"), ..plain() }.run("/bin/true"), Err(267));
}

#[test]
fn fact_15_the_command_line_arrives_as_it_is() {
    let _alone = transom_tests::alone();
    for arguments in
        ["a  b \"c d\" \\\\\\\"e\\\" 'f g'  ", "\"\" x\"y z\"w", "한글 \"두 낱말\"", "tab\there"]
    {
        let mut child = Assistant::started_by(&plain(), arguments);
        let expected = format!("\"{}\" {arguments}", program("assistant"));
        assert_eq!(child.ask("command-line"), expected);
    }
    let mut child = Assistant::started_by(&plain(), "a \"b c\" \\\"d");
    assert_eq!(child.ask("arguments"), r#"["a", "b c", "\"d"]"#);
}

#[test]
fn fact_16_exit_codes_have_32_bits() {
    let _alone = transom_tests::alone();
    for (command, code) in [
        ("exit 300", 300),
        ("exit 4294967295", u32::MAX),
        ("exit 0", 0),
        ("return 300", 300),
        ("return -2", u32::MAX - 1),
        ("abort", 3),
        ("crash", 0xC000_0005),
    ] {
        let mut child = Assistant::started_by(&plain(), "");
        let process = child.started().process;
        assert_eq!(win32::exit_code(process), ((1, 259), UNTOUCHED));
        child.tell(command);
        assert_eq!(win32::wait(process, 10_000).0, 0);
        assert_eq!(win32::exit_code(process).0, (1, code), "{command}");
    }
}

#[test]
fn fact_16_terminateprocess_keeps_the_first_code() {
    let _alone = transom_tests::alone();
    for line in [format!("\"{}\"", program("assistant")), "sleep 100".into()] {
        let started = plain().run(&line).unwrap();
        assert_eq!(win32::exit_code(started.process).0, (1, 259));
        assert_eq!(win32::terminate(started.process, 0x1234_5642), (1, UNTOUCHED));
        assert_eq!(win32::wait(started.process, 10_000).0, 0);
        assert_eq!(win32::exit_code(started.process).0, (1, 0x1234_5642));
        assert_eq!(win32::terminate(started.process, 7), (0, 5));
        assert_eq!(win32::exit_code(started.process).0, (1, 0x1234_5642));
        assert_eq!(win32::wait(started.thread, 0).0, 0, "its thread has ended too");
        win32::close(started.process);
        win32::close(started.thread);
    }
}

#[test]
fn fact_16_a_process_that_others_started_can_be_ended_with_a_full_code() {
    let _alone = transom_tests::alone();
    let mut stranger =
        std::process::Command::new("sleep").arg("100").spawn().expect("sleep exists");
    let process = win32::open_process(PROCESS_ALL_ACCESS, false, stranger.id()).0;
    let watcher = win32::open_process(PROCESS_QUERY_LIMITED_INFORMATION, false, stranger.id()).0;
    assert_eq!(win32::terminate(process, 70_001), (1, UNTOUCHED));
    assert_eq!(win32::wait(process, 10_000).0, 0);
    assert_eq!(win32::exit_code(process).0, (1, 70_001));
    assert_eq!(win32::exit_code(watcher).0, (1, 70_001));
    stranger.wait().expect("it is our child");
    assert_eq!(win32::exit_code(watcher).0, (1, 70_001), "also when it was collected");
    win32::close(process);
    win32::close(watcher);
}

#[test]
fn fact_17_openprocess() {
    let _alone = transom_tests::alone();
    assert_eq!(win32::open_process(PROCESS_ALL_ACCESS, false, 0), (0, 87));
    assert_eq!(win32::open_process(PROCESS_ALL_ACCESS, false, 0x7FFF_FFF0), (0, 87));
    let started = plain().run("sleep 100").unwrap();
    let weak = win32::open_process(PROCESS_QUERY_LIMITED_INFORMATION, false, started.pid).0;
    assert_eq!(win32::terminate(weak, 1), (0, 5));
    assert_eq!(win32::wait(weak, 0), (u32::MAX, 5));
    let mute = win32::open_process(PROCESS_TERMINATE | PROCESS_SYNCHRONIZE, false, started.pid).0;
    assert_eq!(win32::exit_code(mute).1, 5);
    win32::terminate(mute, 3);
    assert_eq!(win32::wait(mute, 10_000).0, 0);
    // Gone, yet it can be opened while a handle to it is open anywhere.
    let again = win32::open_process(PROCESS_ALL_ACCESS, false, started.pid).0;
    assert_eq!(win32::exit_code(again).0, (1, 3));
    for handle in [weak, mute, again, started.process] {
        win32::close(handle);
    }
    assert_eq!(win32::open_process(PROCESS_ALL_ACCESS, false, started.pid), (0, 87));
    win32::close(started.thread);
}

#[test]
fn fact_17_a_dead_process_opens_while_another_process_holds_it() {
    let _alone = transom_tests::alone();
    let started = plain().run("sleep 100").unwrap();
    let mut holder = Assistant::unrelated();
    let held = holder.number(&format!("open {PROCESS_ALL_ACCESS} {}", started.pid));
    assert!(held > 0);
    win32::terminate(started.process, 88);
    assert_eq!(win32::wait(started.process, 10_000).0, 0);
    win32::close(started.process);
    win32::close(started.thread);
    let again = win32::open_process(PROCESS_ALL_ACCESS, false, started.pid).0;
    assert_ne!(again, 0);
    assert_eq!(win32::exit_code(again).0, (1, 88));
    win32::close(again);
    holder.ask(&format!("close {held}"));
    assert_eq!(win32::open_process(PROCESS_ALL_ACCESS, false, started.pid), (0, 87));
}

#[test]
fn any_linux_program_can_be_the_child() {
    let _alone = transom_tests::alone();
    assert_eq!(output_of(&plain(), "echo one two"), ("one two\n".into(), 0));
    assert_eq!(output_of(&plain(), "echo.exe three"), ("three\n".into(), 0));
    assert_eq!(output_of(&plain(), "sh -c \"exit 7\""), (String::new(), 7));
    assert_eq!(output_of(&plain(), "sh -c \"kill -9 $$\"").1, 137);
    let directory = Start { directory: Some("C:\\usr\\bin"), ..plain() };
    assert_eq!(output_of(&directory, "pwd").0, "/usr/bin\n");
}

#[test]
fn a_given_environment_replaces_the_whole_one() {
    let _alone = transom_tests::alone();
    let given = Start { environment: Some(&["B=2", "a=1"]), ..plain() };
    let (text, _) = output_of(&given, "/usr/bin/env");
    let mut lines: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("TRANSOM_INHERIT=")).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["B=2", "a=1"]);
    // It still finds its handles and its namespace.
    let mut child = Assistant::started_by(&given, "");
    assert_eq!(child.ask("linux-env TRANSOM_INHERIT"), "Err(NotPresent)");
    assert_eq!(child.ask("linux-env B"), "Ok(\"2\")");
    assert!(transom_kernel::handle::published::of_process(child.pid).is_ok());
}

#[test]
fn creation_flags_do_what_they_say() {
    let _alone = transom_tests::alone();
    let stat = |start: &Start<'_>| -> Vec<String> {
        // pid (comm) state ppid pgrp session ... nice is field 19.
        let (text, _) = output_of(start, "cat /proc/self/stat");
        text.split(' ').map(str::to_owned).collect()
    };
    let ours = stat(&plain());
    let group = stat(&Start { flags: CREATE_NEW_PROCESS_GROUP, ..plain() });
    assert_ne!(ours[4], ours[0], "in the parent's group");
    assert_eq!(group[4], group[0], "leads a group");
    assert_eq!(group[5], ours[5], "in the same session");
    let detached = stat(&Start { flags: DETACHED_PROCESS, ..plain() });
    assert_eq!(detached[5], detached[0], "leads a session");
    let idle = stat(&Start { flags: IDLE_PRIORITY_CLASS, ..plain() });
    assert!(idle[18].parse::<i32>().unwrap() > ours[18].parse::<i32>().unwrap());
    assert_eq!(Start { flags: DETACHED_PROCESS | 0x10, ..plain() }.run("true"), Err(87));
    assert_eq!(Start { flags: DEBUG_PROCESS, ..plain() }.run("true"), Err(50));
}

#[test]
fn a_suspended_process_runs_when_it_is_resumed() {
    let _alone = transom_tests::alone();
    let (output, theirs) = win32::create_pipe(0, false);
    let start =
        Start { flags: CREATE_SUSPENDED, standard: Some([0, theirs, 0]), ..Start::default() };
    let started = start.run("echo ran").unwrap();
    win32::close(theirs);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", started.pid)).unwrap();
    assert!(stat.contains("(echo) T"), "{stat}");
    assert_eq!(win32::peek(output, 10).0, (1, vec![], 0));
    assert_eq!(win32::wait(started.process, 0).0, 258);
    assert_eq!(win32::resume(started.thread), (1, UNTOUCHED));
    assert_eq!(win32::read(output, 10).0, (1, b"ran\n".to_vec()));
    assert_eq!(win32::wait(started.process, 10_000).0, 0);
    assert_eq!(win32::resume(started.thread).0, 0);
    for handle in [output, started.process, started.thread] {
        win32::close(handle);
    }
}

#[test]
fn waits_mix_processes_and_events() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, false);
    let started = plain().run("sleep 100").unwrap();
    let both = [event, started.process];
    assert_eq!(win32::wait_many(&both, false, 0).0, 258);
    assert_eq!(win32::wait_many(&both, false, 20).0, 258);
    let setter = std::thread::spawn(move || win32::set_event(event));
    assert_eq!(win32::wait_many(&both, false, 10_000).0, 0);
    setter.join().unwrap();
    // All, or nothing is taken.
    win32::set_event(event);
    assert_eq!(win32::wait_many(&both, true, 20).0, 258);
    assert_eq!(win32::wait(event, 0).0, 0, "the event was not eaten");
    win32::set_event(event);
    let process = started.process;
    let killer = std::thread::spawn(move || win32::terminate(process, 1));
    assert_eq!(win32::wait_many(&both, true, 10_000).0, 0);
    killer.join().unwrap();
    assert_eq!(win32::wait(event, 0).0, 258, "now it was");
    assert_eq!(win32::wait_many(&both, false, 10_000).0, 1);
    for handle in [event, started.process, started.thread] {
        win32::close(handle);
    }
}

#[test]
fn an_idle_process_has_no_service_thread() {
    let _alone = transom_tests::alone();
    let mut stranger = Assistant::unrelated();
    assert_eq!(stranger.number("threads"), 1);
    stranger.ask("event 1 1 1");
    assert_eq!(stranger.number("threads"), 1);
}

#[test]
fn the_soft_limit_of_open_files_is_the_childs_as_it_was_ours() {
    let _alone = transom_tests::alone();
    let line = "sh -c \"ulimit -n\"";
    let (text, _) = output_of(&plain(), line);
    let expected = std::process::Command::new("sh")
        .args(["-c", "grep 'open files' /proc/$PPID/limits"])
        .output()
        .unwrap();
    let limits = String::from_utf8_lossy(&expected.stdout).into_owned();
    let hard: Vec<&str> = limits.split_whitespace().collect();
    let (soft, hard) = (hard[3], hard[4]);
    // This process raised its own to the hard limit; the child's is not above what ours was.
    assert_eq!(soft, hard);
    assert!(text.trim().parse::<u64>().unwrap() <= hard.parse().unwrap());
}
