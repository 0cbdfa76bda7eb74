//! Threads: how they begin, stop and end, in this process and seen from another.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};
use transom_tests::assistant::{Assistant, program};
use transom_tests::threads::{self, SUSPENDED};
use transom_tests::win32::{self, SELF, Start, UNTOUCHED};
use windows_sys::Win32::Foundation::DUPLICATE_SAME_ACCESS;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading::{
    CreateMutexW, INFINITE, PROCESS_ALL_ACCESS, STACK_SIZE_PARAM_IS_A_RESERVATION,
    THREAD_ALL_ACCESS, THREAD_QUERY_INFORMATION, TlsSetValue,
};

unsafe extern "system" fn give_back(code: *mut c_void) -> u32 {
    code.addr() as u32
}

unsafe extern "system" fn exit_within(code: *mut c_void) -> u32 {
    threads::exit(code.addr() as u32)
}

unsafe extern "system" fn await_event(event: *mut c_void) -> u32 {
    win32::wait(event.addr().cast_signed(), INFINITE);
    17
}

/// An assistant of threads, started with `CreateProcess` and what is inheritable here.
fn assistant() -> Assistant {
    let start = Start { inherit: true, ..Start::default() };
    Assistant::behind(&start, &format!("\"{}\"", program("thread_assistant")))
}

fn ended(thread: isize) -> u32 {
    assert_eq!(win32::wait(thread, 10_000), (0, UNTOUCHED));
    let ((result, code), error) = threads::exit_code(thread);
    assert_eq!((result, error), (1, UNTOUCHED));
    code
}

#[test]
fn a_thread_ends_with_all_bits_of_its_code() {
    let _alone = transom_tests::alone();
    for routine in [give_back, exit_within] {
        for code in [0, 7, 259, 0xDEAD_BEEF] {
            let (thread, _) = threads::start(routine, code);
            assert_eq!(ended(thread), code as u32);
            win32::close(thread);
        }
    }
}

#[test]
fn a_running_thread_has_code_259_and_an_id() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, false);
    let (thread, id) = threads::start(await_event, event as usize);
    assert_eq!(threads::exit_code(thread), ((1, 259), UNTOUCHED));
    assert_eq!(win32::wait(thread, 0).0, 258);
    assert_eq!(threads::id_of(thread), (id, UNTOUCHED));
    let opened = threads::open(THREAD_ALL_ACCESS, id).0;
    assert_eq!(win32::same_object(thread, opened), (1, UNTOUCHED));
    win32::set_event(event);
    assert_eq!(ended(thread), 17);
    // While somebody holds it, it can be opened; then no more.
    let again = threads::open(THREAD_ALL_ACCESS, id).0;
    assert_eq!(win32::same_object(thread, again), (1, UNTOUCHED));
    for handle in [thread, opened, again, event] {
        win32::close(handle);
    }
    assert_eq!(threads::open(THREAD_ALL_ACCESS, id), (0, 87));
    assert_eq!(threads::open(THREAD_ALL_ACCESS, 0), (0, 87));
}

#[test]
fn a_suspended_thread_does_not_run_before_it_is_resumed() {
    static RAN: AtomicU32 = AtomicU32::new(0);
    unsafe extern "system" fn note(_parameter: *mut c_void) -> u32 {
        RAN.store(1, Ordering::SeqCst);
        3
    }
    let _alone = transom_tests::alone();
    let ((thread, id), error) = threads::create(note, 0, 0x1_0000, SUSPENDED, false);
    assert_eq!((id != 0, error), (true, UNTOUCHED));
    assert_eq!(threads::suspend(thread), (1, UNTOUCHED));
    assert_eq!(threads::resume(thread), (2, UNTOUCHED));
    assert_eq!(win32::wait(thread, 20).0, 258);
    assert_eq!(RAN.load(Ordering::SeqCst), 0);
    assert_eq!(threads::resume(thread), (1, UNTOUCHED));
    assert_eq!(ended(thread), 3);
    assert_eq!(threads::resume(thread), (0, UNTOUCHED));
    assert_eq!(threads::suspend(thread), (u32::MAX, 5));
    assert_eq!(threads::terminate(thread, 9), (0, 5));
    assert_eq!(threads::exit_code(thread).0, (1, 3));
    win32::close(thread);
}

#[test]
fn a_thread_is_suspended_at_most_127_times() {
    let _alone = transom_tests::alone();
    let ((thread, _), _) = threads::create(give_back, 5, 0, SUSPENDED, false);
    for before in 1..127 {
        assert_eq!(threads::suspend(thread).0, before);
    }
    assert_eq!(threads::suspend(thread), (u32::MAX, 156));
    for before in (1..=127).rev() {
        assert_eq!(threads::resume(thread).0, before);
    }
    assert_eq!(ended(thread), 5);
    win32::close(thread);
}

/// A thread that opens and closes handles without end is stopped again and again: it never
/// stops while it holds the table, or the next call here would hang.
#[test]
fn a_thread_that_works_with_handles_stops_outside_of_transom() {
    static STOP: AtomicU32 = AtomicU32::new(0);
    static TURNS: AtomicU32 = AtomicU32::new(0);
    unsafe extern "system" fn work(_parameter: *mut c_void) -> u32 {
        while STOP.load(Ordering::SeqCst) == 0 {
            win32::close(win32::create_event(false, false, false));
            TURNS.fetch_add(1, Ordering::SeqCst);
        }
        0
    }
    let _alone = transom_tests::alone();
    let (thread, _) = threads::start(work, 0);
    for _ in 0..300 {
        assert_eq!(threads::suspend(thread).0, 0);
        let turns = TURNS.load(Ordering::SeqCst);
        win32::close(win32::create_event(false, false, false));
        assert_eq!(TURNS.load(Ordering::SeqCst), turns);
        assert_eq!(threads::resume(thread).0, 1);
        while TURNS.load(Ordering::SeqCst) == turns {
            std::thread::yield_now();
        }
    }
    STOP.store(1, Ordering::SeqCst);
    assert_eq!(ended(thread), 0);
    win32::close(thread);
}

#[test]
fn a_thread_is_terminated_running_waiting_or_suspended() {
    unsafe extern "system" fn run_for_ever(running: *mut c_void) -> u32 {
        win32::set_event(running.addr().cast_signed());
        loop {
            std::hint::spin_loop();
        }
    }
    unsafe extern "system" fn wait_for_ever(running: *mut c_void) -> u32 {
        let never = win32::create_event(false, false, false);
        win32::set_event(running.addr().cast_signed());
        win32::wait(never, INFINITE);
        0
    }
    let _alone = transom_tests::alone();
    let running = win32::create_event(false, false, false);
    for routine in [run_for_ever as threads::Routine, wait_for_ever] {
        for suspended in [false, true] {
            let (thread, id) = threads::start(routine, running as usize);
            assert_eq!(win32::wait(running, 10_000).0, 0);
            if suspended {
                assert_eq!(threads::suspend(thread).0, 0);
            }
            assert_eq!(threads::terminate(thread, 77), (1, UNTOUCHED));
            assert_eq!(ended(thread), 77);
            assert!(!std::path::Path::new(&format!("/proc/self/task/{id}")).exists());
            win32::close(thread);
        }
    }
    // One that never began.
    let ((thread, _), _) = threads::create(run_for_ever, 0, 0, SUSPENDED, false);
    assert_eq!(threads::terminate(thread, 78), (1, UNTOUCHED));
    assert_eq!(ended(thread), 78);
    win32::close(thread);
    win32::close(running);
}

#[test]
fn bad_arguments_of_create_thread() {
    let _alone = transom_tests::alone();
    let ((none, _), error) = threads::create(give_back, 0, 0, 0x100, false);
    assert_eq!((none, error), (0, 87));
    for flags in [0, STACK_SIZE_PARAM_IS_A_RESERVATION] {
        let ((none, _), error) = threads::create(give_back, 0, 1 << 50, flags, false);
        assert_eq!((none, error), (0, 8));
    }
    let ((small, _), _) =
        threads::create(give_back, 6, 1, STACK_SIZE_PARAM_IS_A_RESERVATION, false);
    assert_eq!(ended(small), 6);
    win32::close(small);
}

#[test]
fn a_handle_without_the_right_is_refused() {
    let _alone = transom_tests::alone();
    let ((thread, id), _) = threads::create(give_back, 1, 0, SUSPENDED, false);
    let (limited, _) = threads::open(THREAD_QUERY_INFORMATION, id);
    assert_eq!(threads::suspend(limited), (u32::MAX, 5));
    assert_eq!(threads::resume(limited), (u32::MAX, 5));
    assert_eq!(threads::terminate(limited, 0), (0, 5));
    assert_eq!(win32::wait(limited, 0), (u32::MAX, 5));
    assert_eq!(threads::exit_code(limited), ((1, 259), UNTOUCHED));
    let event = win32::create_event(false, false, false);
    assert_eq!(threads::suspend(event), (u32::MAX, 6));
    assert_eq!(threads::exit_code(event).0.0, 0);
    threads::resume(thread);
    ended(thread);
    for handle in [thread, limited, event] {
        win32::close(handle);
    }
}

fn lines_of(file: &str) -> usize {
    std::fs::read_to_string(file).unwrap().lines().count()
}

#[test]
fn a_thousand_threads_leave_nothing_behind() {
    unsafe extern "system" fn use_everything(parameter: *mut c_void) -> u32 {
        // SAFETY: takes numbers.
        unsafe { TlsSetValue(1000, parameter) };
        win32::close(win32::create_event(false, false, false));
        parameter.addr() as u32
    }
    let _alone = transom_tests::alone();
    let round = || {
        for batch in 0..20 {
            let started: Vec<_> =
                (0..50).map(|number| threads::start(use_everything, batch * 50 + number)).collect();
            for (number, &(thread, id)) in started.iter().enumerate() {
                assert_eq!(ended(thread) as usize, batch * 50 + number);
                win32::close(thread);
                // It tells its end a moment before its stack is given back.
                while std::path::Path::new(&format!("/proc/self/task/{id}")).exists() {
                    std::thread::yield_now();
                }
            }
        }
    };
    // The C library keeps some stacks for later, and memory in an arena per processor.
    round();
    let count = || {
        let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().count();
        (win32::handle_count(SELF), descriptors, lines_of("/proc/self/maps"))
    };
    let before = count();
    round();
    let after = count();
    assert_eq!((before.0, before.1), (after.0, after.1));
    // Neighbouring mappings merge and part by chance; a thousand stacks would be two thousand.
    assert!(after.2 <= before.2 + 64, "{} mappings, then {}", before.2, after.2);
}

#[test]
fn a_handle_to_a_thread_works_in_another_process() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, true);
    let ((inherited, id), _) = threads::create(await_event, event as usize, 0, 0, true);
    let mut child = assistant();
    let process = child.started().process;
    let ((result, given), _) =
        win32::duplicate(SELF, inherited, process, 0, false, DUPLICATE_SAME_ACCESS);
    assert_eq!(result, 1);
    for handle in [inherited, given] {
        assert_eq!(child.ask(&format!("id {handle}")), format!("{id} {UNTOUCHED}"));
        assert_eq!(child.ask(&format!("wait {handle} 0")), format!("258 {UNTOUCHED}"));
        assert_eq!(child.ask(&format!("code {handle}")), format!("1 259 {UNTOUCHED}"));
    }
    // The child waits while the thread ends.
    child.tell(&format!("wait {given} 10000"));
    win32::set_event(event);
    assert_eq!(child.hear(), format!("0 {UNTOUCHED}"));
    for handle in [inherited, given] {
        assert_eq!(child.ask(&format!("code {handle}")), format!("1 17 {UNTOUCHED}"));
        assert_eq!(child.ask(&format!("wait {handle} 0")), format!("0 {UNTOUCHED}"));
    }
    win32::close(inherited);
    win32::close(event);
}

#[test]
fn a_thread_of_another_process_is_opened_and_waited_for() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, true);
    let mut child = assistant();
    let started = child.ask(&format!("start 4660 {event}"));
    let words: Vec<isize> = started.split(' ').map(|word| word.parse().unwrap()).collect();
    let (theirs, id) = (words[0], words[1] as u32);
    let (opened, _) = threads::open(THREAD_ALL_ACCESS, id);
    let ((_, taken), _) =
        win32::duplicate(child.started().process, theirs, SELF, 0, false, DUPLICATE_SAME_ACCESS);
    assert_eq!(win32::same_object(opened, taken), (1, UNTOUCHED));
    assert_eq!(threads::id_of(opened).0, id);
    assert_eq!(threads::exit_code(opened).0, (1, 259));
    // Another process's thread: its end is not ours to bring about.
    assert_eq!(threads::terminate(opened, 1), (0, 50));
    win32::set_event(event);
    assert_eq!((ended(opened), ended(taken)), (4660, 4660));
    for handle in [opened, taken, event] {
        win32::close(handle);
    }
}

#[test]
fn a_killed_process_ends_its_threads_and_leaves_nothing() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, true);
    let mut child = assistant();
    assert_eq!(child.ask("many 100"), "100");
    let started = child.ask(&format!("start 5 {event}"));
    let words: Vec<isize> = started.split(' ').map(|word| word.parse().unwrap()).collect();
    let process = child.started().process;
    let ((_, taken), _) =
        win32::duplicate(process, words[0], SELF, 0, false, DUPLICATE_SAME_ACCESS);
    let first = child.started().thread;
    let handles = win32::handle_count(SELF);
    assert_eq!(win32::wait(taken, 0).0, 258);
    child.kill();
    // The threads have the code of their process: that of the signal.
    let code = win32::exit_code(process).0.1;
    assert_eq!((ended(taken), ended(first)), (code, code));
    assert_eq!(win32::handle_count(SELF), handles);
    win32::close(taken);
    assert_eq!(threads::open(THREAD_ALL_ACCESS, words[1] as u32), (0, 87));
    win32::close(event);
}

#[test]
fn the_last_thread_ends_the_process_with_its_code() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, true);
    // The first thread is the last one.
    let mut child = assistant();
    let process = child.started().process;
    assert_eq!(child.ask("exit-thread 70000"), "exiting");
    assert_eq!(win32::wait(process, 10_000).0, 0);
    assert_eq!(win32::exit_code(process).0, (1, 70_000));
    drop(child);
    // Others go on: one of ours, and one Transom knows nothing of.
    for (start, code) in [("start 80000", 80_000), ("std-thread", 0)] {
        let mut child = assistant();
        let process = child.started().process;
        child.ask(&format!("{start} {event}"));
        assert_eq!(child.ask("exit-thread 70000"), "exiting");
        assert_eq!(win32::wait(process, 50).0, 258);
        win32::set_event(event);
        assert_eq!(win32::wait(process, 10_000).0, 0);
        assert_eq!(win32::exit_code(process).0, (1, code), "{start}");
        win32::reset_event(event);
    }
    win32::close(event);
}

#[test]
fn the_first_thread_is_terminated_and_the_last_ends_the_process() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, true);
    let mut child = assistant();
    let process = child.started().process;
    assert_eq!(child.ask(&format!("end-the-first 90000 {event}")), "1 0 5");
    assert_eq!(win32::wait(process, 50).0, 258);
    win32::set_event(event);
    assert_eq!(win32::wait(process, 10_000).0, 0);
    assert_eq!(win32::exit_code(process).0, (1, 90_000));
    win32::close(event);
}

#[test]
fn a_first_thread_that_ends_abandons_its_mutexes() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(true, false, true);
    let mutex = {
        let attributes = SECURITY_ATTRIBUTES { bInheritHandle: 1, ..Default::default() };
        // SAFETY: the attributes live across the call.
        win32::v(unsafe { CreateMutexW(&raw const attributes, 0, std::ptr::null()) })
    };
    let mut child = assistant();
    child.ask(&format!("start 3 {event}"));
    assert_eq!(child.ask(&format!("own {mutex}")), format!("0 {UNTOUCHED}"));
    assert_eq!(win32::wait(mutex, 0).0, 258);
    assert_eq!(child.ask("exit-thread 1"), "exiting");
    assert_eq!(win32::wait(mutex, 10_000).0, 0x80, "WAIT_ABANDONED");
    assert_eq!(win32::wait(child.started().process, 0).0, 258, "it runs on");
    win32::set_event(event);
    win32::close(mutex);
    win32::close(event);
}

#[test]
fn a_forked_thread_returns_as_the_last_of_its_process() {
    let _alone = transom_tests::alone();
    let mut child = assistant();
    assert_eq!(child.ask("fork-in-thread"), "7");
    assert_eq!(child.ask("fork-in-thread"), "7");
}

#[test]
fn a_suspended_process_is_one_whose_thread_is_suspended() {
    let _alone = transom_tests::alone();
    let mut child = assistant();
    let thread = child.started().thread;
    assert_eq!(threads::suspend(thread), (0, UNTOUCHED));
    assert_eq!(threads::suspend(thread), (1, UNTOUCHED));
    child.tell("hello");
    assert_eq!(threads::resume(thread), (2, UNTOUCHED));
    assert_eq!(threads::resume(thread), (1, UNTOUCHED));
    assert_eq!(child.hear(), "hello");
    // The only thread of a process ends with it.
    let id = child.pid;
    let (process, _) = win32::open_process(PROCESS_ALL_ACCESS, false, id);
    child.kill();
    assert_eq!(ended(thread), win32::exit_code(process).0.1);
    win32::close(process);
}

#[test]
fn a_thread_of_the_standard_library_can_be_suspended_and_waited_for() {
    static TURNS: AtomicU32 = AtomicU32::new(0);
    static STOP: AtomicU32 = AtomicU32::new(0);
    let _alone = transom_tests::alone();
    let (sender, receiver) = std::sync::mpsc::channel();
    let worker = std::thread::spawn(move || {
        // GetCurrentThread as a real handle.
        let ((_, itself), _) = win32::duplicate(SELF, -2, SELF, 0, false, DUPLICATE_SAME_ACCESS);
        sender.send(itself).unwrap();
        while STOP.load(Ordering::SeqCst) == 0 {
            TURNS.fetch_add(1, Ordering::SeqCst);
        }
    });
    let thread = receiver.recv().unwrap();
    assert_eq!(threads::suspend(thread).0, 0);
    let turns = TURNS.load(Ordering::SeqCst);
    std::thread::yield_now();
    assert_eq!(TURNS.load(Ordering::SeqCst), turns);
    assert_eq!(threads::resume(thread).0, 1);
    assert_eq!(win32::wait(thread, 0).0, 258);
    STOP.store(1, Ordering::SeqCst);
    assert_eq!(ended(thread), 0);
    worker.join().unwrap();
    win32::close(thread);
}
