//! Mailslots between processes: order, inheritance, kills, other users.

use rustix::process::{Pid, Signal, kill_process};
use transom_kernel::handle::published::{self, ObjectState, holders};
use transom_kernel::mailslot::{self, CAPACITY, CAPACITY_FOR_OTHERS, Waiting};
use transom_tests::assistant::Assistant;
use transom_tests::mailslots::{
    FOREVER, LONGEST, Received, count, create, create_secured, drain, information, message, name,
    open, set_timeout, whose,
};
use transom_tests::random::Numbers;
use transom_tests::users::{FIRST, SECOND, Shared, THIRD};
use transom_tests::win32::{self, Start};

/// The path of the file that stands for a name, if it is there.
fn files_of(label: &str) -> usize {
    let directory = transom_kernel::executive::namespace_directory().unwrap().join("object");
    let mine = format!("M-TRANSOM-TEST\\{}\\{}", std::process::id(), label.to_uppercase());
    let entries = std::fs::read_dir(directory).into_iter().flatten();
    entries
        .filter(|entry| {
            let file = entry.as_ref().unwrap().file_name();
            file.to_string_lossy().to_uppercase() == mine
        })
        .count()
}

#[test]
fn fact_39_messages_of_all_sizes_between_processes() {
    let _alone = transom_tests::alone();
    let name = name("sizes");
    let (reader, _) = create(&name, 0, FOREVER, false);
    let mut other = Assistant::unrelated();
    let writer = other.number(&format!("mailslot-open {name}"));
    let sizes = [0, 1, 7, 8, 424, 425, 4096, 65_536, 1 << 20, 64 << 20, 0];
    for size in sizes {
        let answer = other.ask(&format!("mailslot-write {writer} {size}"));
        assert!(answer.starts_with("1 ") && answer.ends_with(&format!(" {size}")), "{answer}");
    }
    assert_eq!(information(reader).0, (1, [0, 0, sizes.len() as u32, FOREVER]));
    for size in sizes {
        if size > 0 {
            // It stays until it fits.
            assert_eq!(win32::read(reader, size - 1), ((0, Vec::new()), 122));
        }
        let ((result, bytes), error) = win32::read(reader, size + 5);
        assert_eq!((result, bytes.len()), (1, size), "{error}");
        assert!(bytes.iter().all(|&byte| byte == 7));
    }
    assert_eq!(information(reader).0.1[1..3], [FOREVER, 0]);
    win32::close(reader);
    // It has gone, and that is said; also to one who comes now.
    assert_eq!(other.ask(&format!("mailslot-write {writer} 1")), "0 38 0");
    assert_eq!(other.ask(&format!("mailslot-open {name}")), "-1 2");
    assert_eq!(files_of("sizes"), 0);
}

#[test]
fn readers_wait_and_are_woken_from_another_process() {
    let _alone = transom_tests::alone();
    let name = name("waits");
    let mut reader = Assistant::unrelated();
    let slot = reader.number(&format!("mailslot {name} 0 {FOREVER}"));
    let (writer, _) = open(&name);
    for round in 0..50 {
        reader.tell(&format!("read {slot} 10"));
        if round % 2 == 0 {
            // It sleeps by now, or will not.
            while state_of_task(reader.pid) != 'S' {
                std::thread::yield_now();
            }
        }
        assert_eq!(win32::write(writer, b"wake").0, (1, 4));
        assert!(reader.hear().ends_with(" wake"));
    }
    win32::close(writer);
}

fn state_of_task(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(')').next().unwrap().trim().chars().next().unwrap()
}

#[test]
fn messages_of_one_writer_are_in_order_and_so_are_writes_that_follow_each_other() {
    let _alone = transom_tests::alone();
    const MESSAGES: u64 = 2000;
    let name = name("order");
    let (reader, _) = create(&name, 0, 0, false);
    let mut writers: Vec<_> = (0..4).map(|_| Assistant::unrelated()).collect();
    let handles: Vec<i64> =
        writers.iter_mut().map(|writer| writer.number(&format!("mailslot-open {name}"))).collect();
    let mut received = Received::default();
    for (number, (writer, handle)) in writers.iter_mut().zip(&handles).enumerate() {
        writer.tell(&format!("mailslot-send {handle} {number} {MESSAGES}"));
    }
    // All at once, while somebody reads.
    while received.count < MESSAGES * 4 {
        drain(reader, &mut received);
    }
    for writer in &mut writers {
        assert!(writer.hear().starts_with(&format!("{MESSAGES} ")));
    }
    // One after the other, through processes: each write has returned before the next begins.
    for round in 0..100_u64 {
        let which = (round * 7 % 4) as usize;
        let answer =
            writers[which].ask(&format!("mailslot-send {} {} 1", handles[which], 10 + round));
        assert!(answer.starts_with("1 "), "{answer}");
    }
    for round in 0..100 {
        assert_eq!(whose(&win32::read(reader, 1 << 20).0.1), (10 + round, 0));
    }
    win32::close(reader);
}

#[test]
fn a_reading_handle_goes_on_in_a_child_after_the_parent_is_gone() {
    let _alone = transom_tests::alone();
    const MESSAGES: u64 = 300;
    let name = name("inherited");
    let mut parent = Assistant::unrelated();
    let slot = parent.number(&format!("mailslot {name} 0 {FOREVER}"));
    parent.number(&format!("set-flags {slot} 1 1"));
    let (writer, _) = open(&name);
    let mut number = 0;
    let mut send = |messages: u64| {
        for which in number..number + messages {
            assert_eq!(win32::write(writer, &message(1, which)).0.0, 1);
        }
        number += messages;
    };
    send(MESSAGES);
    assert_eq!(parent.ask(&format!("mailslot-receive {slot} 100")), "100 0");
    // The child passes what it reads on to a mailslot of ours: its standard streams are the
    // parent's.
    let back = format!("{name}-back");
    let (ours, _) = create(&back, 0, FOREVER, false);
    let pipe = parent.ask("pipe 1");
    let (input, questions) = pipe.split_once(' ').unwrap();
    let child = parent.number(&format!("spawn 1 {input} 0"));
    // The assistant of the tests takes one word after another; so the line goes in parts.
    for part in ["mailslot-pass-on", &slot.to_string(), &back] {
        assert!(parent.ask(&format!("write {questions} {part}")).starts_with("1 "));
        assert!(parent.ask(&format!("write-byte {questions} 32")).starts_with("1 "));
    }
    assert!(parent.ask(&format!("write-byte {questions} 10")).starts_with("1 "));
    parent.kill();
    drop(parent);
    // The name is held by the child alone, and works for those who have it open and for those who
    // open it now.
    send(50);
    let (again, error) = open(&name);
    assert_ne!(again, -1, "{error}");
    let child = u32::try_from(child).unwrap();
    let wide: Vec<u16> = name.encode_utf16().collect();
    let listed = mailslot::list().unwrap();
    let listed = listed.iter().find(|listed| listed.name == wide).unwrap();
    assert_eq!(listed.readers, [child]);
    for which in 100..MESSAGES + 50 {
        let ((result, bytes), error) = win32::read(ours, 1 << 20);
        assert_eq!(result, 1, "{error}");
        assert_eq!(whose(&bytes), (1, which));
    }
    kill(child);
    for handle in [writer, again, ours] {
        win32::close(handle);
    }
    while open(&name) != (-1, 2) {
        std::thread::yield_now();
    }
}

#[test]
fn both_ends_are_inherited_and_duplicated_and_nothing_is_read_twice() {
    let _alone = transom_tests::alone();
    let name = name("both");
    let (reader, _) = create(&name, 0, FOREVER, true);
    let (writer, _) = open(&name);
    win32::set_handle_flags(writer, 1, 1);
    let mut child = Assistant::child();
    assert_eq!(count(reader), 0);
    // Two processes read, one of them writes too: each message comes to one of them.
    assert_eq!(child.ask(&format!("mailslot-send {writer} 5 400")), "400 57005");
    let mut seen = vec![0; 400];
    while count(reader) > 200 {
        let (_, which) = whose(&win32::read(reader, 1 << 20).0.1);
        seen[which as usize] += 1;
    }
    // What is left begins where we stopped.
    for which in 200..400 {
        let words = child.ask(&format!("mailslot-next {reader}"));
        assert_eq!(words, format!("5 {which}"));
        seen[which as usize] += 1;
    }
    assert!(seen.iter().all(|&times| times == 1));
    // Duplicated into an unrelated process, and used there after it is closed here.
    let mut other = Assistant::unrelated();
    let (process, _) = win32::open_process(0x40, false, other.pid);
    let into = |handle: isize| win32::duplicate(-1, handle, process, 0, false, 2).0.1;
    let (their_reader, their_writer) = (into(reader), into(writer));
    child.kill();
    win32::close(reader);
    assert_eq!(win32::write(writer, b"hello").0.0, 1);
    win32::close(writer);
    assert_eq!(other.ask(&format!("mailslot-write {their_writer} 3")), "1 57005 3");
    assert_eq!(other.ask(&format!("read {their_reader} 10")), "1 57005 hello");
    assert_eq!(other.ask(&format!("mailslot-count {their_reader}")), "1");
    assert_eq!(other.ask(&format!("close {their_reader}")), "1 57005");
    assert_eq!(other.ask(&format!("mailslot-write {their_writer} 3")), "0 38 0");
    win32::close(process);
}

fn kill(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

#[test]
fn writers_killed_at_any_moment_leave_whole_messages_only() {
    let _alone = transom_tests::alone();
    let name = name("killed-writers");
    let (reader, _) = create(&name, 0, 0, false);
    let mut numbers = Numbers(std::process::id().into());
    let mut received = Received::default();
    for round in 0..100_u64 {
        let mut writers = [Assistant::unrelated(), Assistant::unrelated()];
        for (index, writer) in writers.iter_mut().enumerate() {
            let handle = writer.number(&format!("mailslot-open {name}"));
            writer.tell(&format!("mailslot-flood {handle} {}", round * 2 + index as u64));
        }
        // They write faster than we read: what waits is read when they are gone.
        set_timeout(reader, FOREVER);
        for _ in 0..20 + numbers.below(100) {
            received.note(&win32::read(reader, LONGEST + 16).0.1);
        }
        set_timeout(reader, 0);
        for _ in 0..numbers.below(3000) {
            std::hint::spin_loop();
        }
        kill(writers[0].pid);
        // The other one may have nothing there just now.
        match win32::read(reader, LONGEST + 16) {
            ((1, bytes), _) => received.note(&bytes),
            (_, error) => assert_eq!(error, 121),
        }
        kill(writers[1].pid);
        drop(writers);
        drain(reader, &mut received);
        assert_eq!(information(reader).0, (1, [0, FOREVER, 0, 0]));
    }
    win32::close(reader);
    assert_eq!(files_of("killed-writers"), 0);
}

#[test]
fn a_reader_killed_at_any_moment_frees_the_name_at_once_and_its_writers_are_told() {
    let _alone = transom_tests::alone();
    let name = name("killed-readers");
    let mut numbers = Numbers(u64::from(std::process::id()) << 8);
    for round in 0..100 {
        let mut reader = Assistant::unrelated();
        let slot = reader.number(&format!("mailslot {name} 0 {FOREVER}"));
        assert_ne!(slot, -1, "round {round}: the name is free");
        let (writer, _) = open(&name);
        reader.tell(&format!("mailslot-receive {slot} 1000000"));
        let before = numbers.below(500);
        for which in 0..before {
            assert_eq!(win32::write(writer, &message(0, which)).0.0, 1);
        }
        kill(reader.pid);
        drop(reader);
        assert_eq!(win32::write(writer, b"late"), ((0, 0), 38), "round {round}");
        assert_eq!(open(&name), (-1, 2));
        win32::close(writer);
    }
    assert_eq!(files_of("killed-readers"), 0);
}

#[test]
fn a_thousand_writers() {
    let _alone = transom_tests::alone();
    const WRITERS: usize = 1000;
    let name = name("thousand");
    let (reader, _) = create(&name, 0, 0, false);
    let writers: Vec<isize> = (0..WRITERS).map(|_| open(&name).0).collect();
    std::thread::scope(|scope| {
        for (part, writers) in writers.chunks(WRITERS / 4).enumerate() {
            scope.spawn(move || {
                for which in 0..5 {
                    for (index, &writer) in writers.iter().enumerate() {
                        let number = (part * WRITERS + index) as u64;
                        assert_eq!(win32::write(writer, &message(number, which)).0.0, 1);
                    }
                }
            });
        }
    });
    assert_eq!(count(reader), 5000);
    let mut received = Received::default();
    drain(reader, &mut received);
    assert_eq!(received.count, 5000);
    // One system call each for those that are left, and none of them is in the way.
    win32::close(reader);
    for writer in writers {
        assert_eq!(win32::write(writer, b"late"), ((0, 0), 38));
        win32::close(writer);
    }
}

#[test]
fn what_waits_is_limited_exactly_and_room_comes_back() {
    let _alone = transom_tests::alone();
    let name = name("limit");
    let (reader, _) = create(&name, 0, 0, false);
    let mut other = Assistant::unrelated();
    let writer = other.number(&format!("mailslot-open {name}"));
    let length = CAPACITY / 4 - 24;
    assert_eq!(other.ask(&format!("mailslot-fill {writer} {length}")), "4 1816");
    assert_eq!(other.ask(&format!("mailslot-write {writer} 0")), "0 1816 0");
    assert_eq!(win32::read(reader, length as usize).0.0, 1);
    assert_eq!(other.ask(&format!("mailslot-fill {writer} {length}")), "1 1816");
    assert_eq!(count(reader), 4);
    win32::close(reader);
}

#[test]
fn a_broadcast_reaches_the_mailslot_of_the_name_or_nobody() {
    let _alone = transom_tests::alone();
    let name = name("broadcast");
    let everywhere = name.replacen(r"\\.\", r"\\*\", 1);
    let (sender, error) = open(&everywhere);
    assert_ne!(sender, -1, "{error}");
    assert_eq!(win32::write(sender, b"nobody").0, (1, 6));
    let mut reader = Assistant::unrelated();
    let slot = reader.number(&format!("mailslot {name} 0 0"));
    assert_eq!(win32::write(sender, b"somebody").0, (1, 8));
    assert_eq!(reader.ask(&format!("read {slot} 10")), "1 57005 somebody");
    // It passes on, too.
    let (process, _) = win32::open_process(0x40, false, reader.pid);
    let theirs = win32::duplicate(-1, sender, process, 0, false, 2).0.1;
    assert_eq!(reader.ask(&format!("mailslot-write {theirs} 2")), "1 57005 2");
    assert_eq!(reader.ask(&format!("mailslot-count {slot}")), "1");
    assert_eq!(win32::read(sender, 1), ((0, Vec::new()), 5));
    win32::close(sender);
    win32::close(process);
}

#[test]
fn tables_show_the_name_and_what_waits() {
    let _alone = transom_tests::alone();
    let name = name("shown");
    let mut other = Assistant::unrelated();
    let slot = other.number(&format!("mailslot {name} 100 0"));
    let (writer, _) = open(&name);
    win32::write(writer, b"12345");
    win32::write(writer, b"");
    let lines = published::of_process(other.pid).unwrap();
    let line = lines.iter().find(|line| i64::from(line.value.get()) == slot).unwrap();
    let waiting = Waiting { messages: 2, bytes: 5, next: Some(5) };
    assert_eq!(published::state_of(other.pid, line), Some(ObjectState::Mailslot(waiting)));
    assert_eq!(
        transom_kernel::handle::names::name_of(other.pid, line).unwrap().to_str(),
        Some(&*name)
    );
    assert_eq!(holders(line.object).unwrap().len(), 1);
    let listed = mailslot::list().unwrap();
    let wide: Vec<u16> = name.encode_utf16().collect();
    let listed = listed.iter().find(|listed| listed.name == wide).unwrap();
    assert_eq!((listed.maximum, listed.read_timeout_ms), (100, 0));
    assert_eq!((listed.waiting, &*listed.readers), (waiting, &[other.pid][..]));
    win32::close(writer);
}

#[test]
fn other_users_write_where_the_descriptor_lets_them() {
    // Only root can be several users.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let _alone = transom_tests::alone();
    let shared = Shared::new("mailslots");
    let [mut first, mut second, mut third] =
        [FIRST, SECOND, THIRD].map(|user| shared.assistant(user));
    let name = r"\\.\mailslot\users";
    // Without a descriptor it is the owner's, and root's.
    let private = first.number(&format!("mailslot {name}\\private 0 0"));
    assert_ne!(private, -1);
    assert_eq!(second.ask(&format!("mailslot-open {name}\\private")), "-1 5");
    assert_eq!(second.ask(&format!("mailslot {name}\\private 0 0")), "-1 183");
    let mut root = shared.assistant(0);
    let writer = root.number(&format!("mailslot-open {name}\\private"));
    assert_eq!(root.ask(&format!("mailslot-write {writer} 3")), "1 57005 3");
    assert_eq!(first.ask(&format!("mailslot-count {private}")), "1");

    // One user's, who may write; the third may not.
    let grants = format!("D:(A;;GA;;;S-1-22-1-{FIRST})(A;;GW;;;S-1-22-1-{SECOND})(A;;GR;;;WD)");
    let slot = first.number(&format!("mailslot-secured {grants} {name}\\shared"));
    assert_ne!(slot, -1);
    let theirs = second.number(&format!("mailslot-open {name}\\shared"));
    assert_ne!(theirs, -1);
    assert_eq!(third.ask(&format!("mailslot-open {name}\\shared")), "-1 5");
    // Everything arrives in order, large and empty messages too, also among the owner's own.
    let own = first.number(&format!("mailslot-open {name}\\shared"));
    assert_eq!(second.ask(&format!("mailslot-send {theirs} 1 50")), "50 57005");
    assert_eq!(first.ask(&format!("mailslot-send {own} 2 50")), "50 57005");
    assert_eq!(second.ask(&format!("mailslot-send {theirs} 3 50")), "50 57005");
    for writer in 1..4 {
        for which in 0..50 {
            assert_eq!(first.ask(&format!("mailslot-next {slot}")), format!("{writer} {which}"));
        }
    }
    assert_eq!(second.ask(&format!("mailslot-write {theirs} 0")), "1 57005 0");
    assert_eq!(second.ask(&format!("mailslot-write {theirs} 5000000")), "1 57005 5000000");
    assert_eq!(first.ask(&format!("mailslot-count {slot}")), "2");
    // A flood of theirs ends at the limit, and leaves room for the owner's own.
    let length = CAPACITY_FOR_OTHERS / 4 - 24;
    assert_eq!(second.ask(&format!("mailslot-fill {theirs} {length}")), "3 1816");
    assert_eq!(first.ask(&format!("mailslot-send {own} 4 10")), "10 57005");
    // The owner is gone: that is said.
    first.kill();
    assert_eq!(second.ask(&format!("mailslot-write {theirs} 1")), "0 38 0");
    // The name of one who was killed is nobody else's to remove in a directory of all; it is his
    // again.
    let mut again = shared.assistant(FIRST);
    assert_ne!(again.number(&format!("mailslot {name}\\shared 0 0")), -1);
}

#[test]
fn a_child_started_with_the_handle_list_reads_on() {
    let _alone = transom_tests::alone();
    let name = name("list");
    let (reader, _) = create(&name, 0, FOREVER, true);
    let (writer, _) = open(&name);
    assert_eq!(win32::write(writer, b"before").0.0, 1);
    let mut child = Assistant::started_by(&Start { inherit: true, ..Start::default() }, "");
    win32::close(reader);
    assert_eq!(win32::write(writer, b"after").0.0, 1);
    assert_eq!(child.ask(&format!("read {reader} 10")), "1 57005 before");
    assert_eq!(child.ask(&format!("read {reader} 10")), "1 57005 after");
    child.kill();
    assert_eq!(win32::write(writer, b"late"), ((0, 0), 38));
    win32::close(writer);
    let (secured, _) = create_secured("D:(A;;GA;;;WD)", &name);
    assert_eq!(set_timeout(secured, 0).0, 1);
    assert_eq!(win32::read(secured, 1), ((0, Vec::new()), 121));
    win32::close(secured);
}
