//! What the state and the name of an object in another process's table look like from outside.

use transom_kernel::handle::published::{self, ObjectState, PublishedHandle};
use transom_tests::assistant::Assistant;
use transom_tests::win32;

fn line(pid: u32, handle: i64) -> PublishedHandle {
    let lines = published::of_process(pid).unwrap();
    *lines.iter().find(|line| i64::from(line.value.get()) == handle).unwrap()
}

#[test]
fn states_and_names_of_anothers_objects() {
    let mut other = Assistant::unrelated();
    let pid = other.pid;
    let name = format!("transom-state-{}-{pid}", std::process::id());
    let state = |handle| published::state_of(pid, &line(pid, handle));

    let event = other.number("event 1 1 0");
    assert_eq!(state(event), Some(ObjectState::Event { manual_reset: true, signalled: true }));
    other.number(&format!("reset {event}"));
    assert_eq!(state(event), Some(ObjectState::Event { manual_reset: true, signalled: false }));
    assert_eq!(published::name_of(pid, &line(pid, event)), None);

    let mutex = other.number(&format!("create-owned {name}"));
    let owned = |times| Some(ObjectState::OwnedMutex { process_id: pid, thread_id: pid, times });
    assert_eq!(state(mutex), owned(1));
    other.number(&format!("wait {mutex} 0"));
    assert_eq!(state(mutex), owned(2));
    assert_eq!(state(mutex).unwrap().to_string(), format!("owned by {pid}/{pid}, 2 times"));
    assert_eq!(published::name_of(pid, &line(pid, mutex)), Some(name));
    other.number(&format!("release-mutex {mutex}"));
    other.number(&format!("release-mutex {mutex}"));
    assert_eq!(state(mutex), Some(ObjectState::FreeMutex { abandoned: false }));
    other.number(&format!("take-and-end {mutex}"));
    while state(mutex) != Some(ObjectState::FreeMutex { abandoned: true }) {
        std::thread::yield_now();
    }

    let semaphore = other.number(&format!("create-semaphore 2 5 Global\\transom-{pid}"));
    assert_eq!(state(semaphore), Some(ObjectState::Semaphore { count: 2, maximum: 5 }));
    assert_eq!(state(semaphore).unwrap().to_string(), "2 of 5");
    let global = published::name_of(pid, &line(pid, semaphore));
    assert_eq!(global, Some(format!("Global\\transom-{pid}")));

    let timer = other.number(&format!("create timer transom-timer-{pid}"));
    let timer_state = |signalled, set, period_ms| {
        Some(ObjectState::Timer { manual_reset: true, signalled, set, period_ms })
    };
    assert_eq!(state(timer), timer_state(false, false, 0));
    other.number(&format!("set-timer {timer} -1000000000 50"));
    assert_eq!(state(timer), timer_state(false, true, 50));
    other.number(&format!("set-timer {timer} 0 0"));
    assert_eq!(state(timer), timer_state(true, true, 0));
    assert!(state(timer).unwrap().is_signalled());

    // Neither a stopped process nor one that is gone is asked anything.
    let event_line = line(pid, event);
    let process = rustix::process::Pid::from_raw(pid.cast_signed()).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::STOP).unwrap();
    assert!(published::state_of(pid, &event_line).is_some());
    other.kill();
    assert_eq!(published::state_of(pid, &event_line), None);
    // A process has no such state.
    let own = win32::duplicate(win32::SELF, win32::SELF, win32::SELF, 0, false, 2).0.1;
    assert_eq!(
        published::state_of(std::process::id(), &line(std::process::id(), own as i64)),
        None
    );
    win32::close(own);
}

#[test]
fn states_and_names_of_anothers_pipe() {
    let mut other = Assistant::unrelated();
    let mut third = Assistant::unrelated();
    let pid = other.pid;
    let name = format!("transom-state-{}-{pid}", std::process::id());
    let server = other.number(&format!("pipe-create 3 6 2 4096 0 {name}"));
    let state = |pid, handle| published::state_of(pid, &line(pid, handle)).map(|it| it.to_string());
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(state(pid, server), said("server, listening"));
    let called = transom_kernel::handle::names::name_of(pid, &line(pid, server)).unwrap();
    assert_eq!(called, *format!(r"\\.\pipe\{name}"));

    let client = third.number(&format!("pipe-open {} {name}", 0xC000_0000_u32));
    assert_eq!(state(pid, server), said("server, connected"));
    assert_eq!(state(third.pid, client), said("client, connected"));
    third.ask(&format!("pipe-write {client} 616263"));
    assert_eq!(state(pid, server), said("server, connected, 3 unread"));
    let wide: Vec<u16> = name.encode_utf16().collect();
    let instances = transom_kernel::pipe::named::instances().unwrap().remove(&wide).unwrap();
    assert_eq!(instances.len(), 1);
    assert_eq!((&instances[0].servers, &instances[0].clients), (&vec![pid], &vec![third.pid]));
    assert_eq!((instances[0].state.incoming, instances[0].state.messages), (3, true));

    third.ask(&format!("close {client}"));
    assert_eq!(state(pid, server), said("server, closing, 3 unread"));
    other.ask(&format!("pipe-disconnect {server}"));
    assert!(state(pid, server).unwrap().starts_with("server, disconnected"));
}
