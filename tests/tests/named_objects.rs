//! Named objects between real processes: facts 5, 41 and 42.

use transom_tests::assistant::Assistant;
use transom_tests::objects::{
    ALL_ACCESS, Kind, SYNCHRONIZE, create_mutex, create_semaphore, release_mutex, release_semaphore,
};
use transom_tests::win32::{self, SELF, Start, UNTOUCHED};

/// A name that no other test has.
fn name(label: &str) -> String {
    format!("transom-test-{}-{label}", std::process::id())
}

fn opened(outcome: win32::Outcome<isize>) -> isize {
    assert_ne!(outcome.0, 0, "error {}", outcome.1);
    outcome.0
}

/// The file of a name.
fn file_of(name: &str) -> std::path::PathBuf {
    let namespace = transom_kernel::executive::namespace_directory().unwrap();
    namespace.join("object").join(format!("l-{name}"))
}

#[test]
fn fact_41_the_same_name_is_the_same_object_until_the_last_handle_closes() {
    let mut other = Assistant::unrelated();
    for kind in Kind::ALL {
        let name = name(&format!("{kind:?}"));
        let (mine, error) = kind.create(&name);
        assert!(mine != 0 && error == 0, "{kind:?}: {error}");
        let (again, error) = kind.create(&format!("Local\\{name}"));
        assert!(again != 0 && error == 183);
        assert_eq!(win32::same_object(mine, again).0, 1);
        let theirs = other.ask(&format!("create {kind:?} {name}"));
        assert!(theirs.ends_with(" 183") && !theirs.starts_with("0 "), "{theirs}");
        let theirs = theirs.split(' ').next().unwrap().to_owned();
        for wrong in Kind::ALL.into_iter().filter(|other| *other != kind) {
            assert_eq!(wrong.create(&name), (0, 6));
            assert_eq!(wrong.open(SYNCHRONIZE, &name), (0, 6));
            assert_eq!(other.ask(&format!("create {wrong:?} {name}")), "0 6");
        }
        assert_eq!(kind.open(SYNCHRONIZE, &name.to_uppercase()), (0, 2));
        assert_eq!(kind.open(SYNCHRONIZE, &format!("Global\\{name}")), (0, 2));
        assert_eq!(win32::close(mine).0 + win32::close(again).0, 2);
        // The other process holds it still.
        let mine = opened(kind.open(SYNCHRONIZE, &name));
        win32::close(mine);
        assert!(file_of(&name).exists());
        assert_eq!(other.ask(&format!("close {theirs}")), format!("1 {UNTOUCHED}"));
        assert_eq!(kind.open(SYNCHRONIZE, &name), (0, 2));
        assert!(!file_of(&name).exists());
    }
}

#[test]
fn fact_41_names_that_are_none() {
    for kind in Kind::ALL {
        for bad in ["a\\b", "Global\\a\\b", "local\\a"] {
            assert_eq!(kind.create(bad), (0, 3));
            assert_eq!(kind.open(SYNCHRONIZE, bad), (0, 3));
        }
        assert_eq!(kind.create("Global\\"), (0, 123));
        assert_eq!(kind.open(SYNCHRONIZE, "absent"), (0, 2));
    }
}

#[test]
fn names_of_260_characters_in_any_script() {
    let mut other = Assistant::unrelated();
    for letter in ["a", "핸", "/", "%", "ß"] {
        let long = letter.repeat(258 - name("").len()) + &name("");
        let (mine, error) = Kind::Event.create(&long);
        assert_eq!((mine != 0, error), (true, 0), "{letter}");
        let theirs = other.number(&format!("open-named event {ALL_ACCESS} {long}"));
        other.number(&format!("set {theirs}"));
        assert_eq!(win32::wait(mine, 10_000).0, 0);
        assert_eq!(Kind::Event.open(SYNCHRONIZE, &format!("{long}.")), (0, 2));
        other.number(&format!("close {theirs}"));
        win32::close(mine);
    }
}

#[test]
fn fact_05_rights_are_those_asked_for() {
    let name = name("rights");
    let semaphore = opened(create_semaphore(Some(&name), 1, 2));
    let waits = opened(Kind::Semaphore.open(SYNCHRONIZE, &name));
    let modifies = opened(Kind::Semaphore.open(2, &name));
    assert_eq!(Kind::Semaphore.open(0, &name), (0, 5));
    assert_eq!(Kind::Semaphore.open(0x0100_0000, &name), (0, 1314));
    assert_eq!(release_semaphore(waits, 1), ((0, -77), 5));
    assert_eq!(release_semaphore(modifies, 1), ((1, 1), UNTOUCHED));
    assert_eq!(win32::wait(modifies, 0), (u32::MAX, 5));
    assert_eq!(win32::wait(waits, 0).0, 0);
    assert_eq!(Kind::Semaphore.open(0x10, &name), (0, 5));
    for handle in [semaphore, waits, modifies] {
        win32::close(handle);
    }
}

#[test]
fn an_object_outlives_its_killed_creator_and_not_its_last_holder() {
    let (mut creator, mut holder) = (Assistant::unrelated(), Assistant::unrelated());
    let name = name("killed");
    creator.number(&format!("create-semaphore 2 5 {name}"));
    let theirs = holder.number(&format!("open-named semaphore {ALL_ACCESS} {name}"));
    creator.kill();
    // Nobody has its memory open where the file says, but the holder's table does.
    let mine = opened(Kind::Semaphore.open(ALL_ACCESS, &name));
    assert_eq!(release_semaphore(mine, 1), ((1, 2), UNTOUCHED));
    assert_eq!(holder.ask(&format!("release-semaphore {theirs} 1")), format!("1 3 {UNTOUCHED}"));
    win32::close(mine);
    holder.kill();
    // What the killed one left is found to be nobody's.
    assert_eq!(Kind::Semaphore.open(ALL_ACCESS, &name), (0, 2));
    assert!(!file_of(&name).exists());
    let (fresh, error) = create_mutex(Some(&name), false);
    assert_eq!((fresh != 0, error), (true, 0), "of another type, too");
    win32::close(fresh);
}

#[test]
fn a_name_is_held_by_inheritors_and_by_whom_it_was_duplicated_to() {
    let _alone = transom_tests::alone();
    let name = name("inherited");
    let mine = opened(create_semaphore(Some(&name), 2, 5));
    assert_eq!(win32::set_handle_flags(mine, 1, 1).0, 1);
    let mut child = Assistant::child();
    win32::set_handle_flags(mine, 1, 0);
    win32::close(mine);
    // Whoever was started knows it under its number, and holds its name.
    let again = opened(Kind::Semaphore.open(ALL_ACCESS, &name));
    assert_eq!(child.ask(&format!("release-semaphore {mine} 1")), format!("1 2 {UNTOUCHED}"));
    assert_eq!(release_semaphore(again, 1), ((1, 3), UNTOUCHED));
    // One that does not run has it all the same.
    let start = Start { flags: 4, ..Start::default() };
    let sleeper = Assistant::started_silently(&start, "");
    let process = sleeper.started().process;
    let ((given, _), error) = win32::duplicate(SELF, again, process, 0, false, 2);
    assert_eq!(given, 1, "error {error}");
    child.kill();
    win32::close(again);
    assert!(file_of(&name).exists());
    assert_eq!(Kind::Semaphore.create(&format!("{name}2")).1, 0);
    assert!(file_of(&name).exists(), "sweeping takes nothing that is held");
    drop(sleeper);
    assert_eq!(Kind::Semaphore.open(ALL_ACCESS, &name), (0, 2));
}

#[test]
fn who_took_a_handle_out_of_us_holds_the_name() {
    let _alone = transom_tests::alone();
    let name = name("taken");
    let mut child = Assistant::child();
    let us = win32::open_process(0x40, false, std::process::id()).0;
    let ((given, us_there), _) = win32::duplicate(SELF, us, child.started().process, 0, false, 2);
    assert_eq!(given, 1);
    let mine = opened(create_semaphore(Some(&name), 2, 5));
    // We do not notice that it takes one.
    let theirs = child.number(&format!("duplicate {us_there} {mine} -1 0 0 2"));
    win32::close(mine);
    let again = opened(Kind::Semaphore.open(ALL_ACCESS, &name));
    assert_eq!(child.ask(&format!("release-semaphore {theirs} 1")), format!("1 2 {UNTOUCHED}"));
    assert_eq!(release_semaphore(again, 1), ((1, 3), UNTOUCHED));
    win32::close(again);
    // Nothing new is put where the old one is.
    let others: Vec<isize> = (0..100).map(|_| create_semaphore(None, 0, 9).0).collect();
    assert_eq!(child.ask(&format!("release-semaphore {theirs} 1")), format!("1 4 {UNTOUCHED}"));
    for other in others {
        win32::close(other);
    }
    assert_eq!(child.ask(&format!("close {theirs}")), format!("1 {UNTOUCHED}"));
    assert_eq!(Kind::Semaphore.open(ALL_ACCESS, &name), (0, 2));
    win32::close(us);
}

#[test]
fn one_that_may_not_be_traced_is_asked_for_its_object() {
    let mut other = Assistant::unrelated();
    other.ask("undumpable");
    let name = name("undumpable");
    let theirs = other.number(&format!("create-semaphore 1 5 {name}"));
    let mine = std::thread::spawn({
        let name = name.clone();
        move || Kind::Semaphore.open(ALL_ACCESS, &name)
    });
    // It answers when it next uses a handle.
    while !mine.is_finished() {
        other.ask(&format!("same {theirs} {theirs}"));
    }
    let mine = opened(mine.join().unwrap());
    assert_eq!(release_semaphore(mine, 1).0, (1, 1));
    assert_eq!(other.ask(&format!("release-semaphore {theirs} 1")), format!("1 2 {UNTOUCHED}"));
    win32::close(mine);
}

#[test]
fn every_type_works_in_the_process_it_was_duplicated_into() {
    let _alone = transom_tests::alone();
    let mut child = Assistant::child();
    let process = child.started().process;
    let mut give = |handle| win32::duplicate(SELF, handle, process, 0, false, 2).0.1;
    let [event, pulsed] = [0; 2].map(|_| win32::create_event(true, false, false));
    let (mutex, semaphore) = (create_mutex(None, true).0, create_semaphore(None, 0, 9).0);
    let timer = transom_tests::objects::create_timer(None, false).0;
    let [event_there, mutex_there, semaphore_there, timer_there, pulsed_there] =
        [event, mutex, semaphore, timer, pulsed].map(&mut give);
    assert_eq!(child.ask(&format!("wait {mutex_there} 0")), format!("258 {UNTOUCHED}"));
    // A wait there for all of them, which takes nothing until it can take everything.
    child.tell(&format!(
        "wait-many 1 20000 {event_there} {mutex_there} {semaphore_there} {timer_there}"
    ));
    win32::set_event(event);
    assert_eq!(release_semaphore(semaphore, 1).0.0, 1);
    assert_eq!(transom_tests::objects::set_timer(timer, 0, 0).0, 1);
    assert_eq!(win32::wait(semaphore, 0).0, 0, "it is still there");
    assert_eq!(win32::wait(timer, 0).0, 0, "so is the timer's signal");
    assert_eq!(release_semaphore(semaphore, 1).0.0, 1);
    assert_eq!(release_mutex(mutex).0, 1);
    assert_eq!(transom_tests::objects::set_timer(timer, -1, 0).0, 1);
    assert_eq!(child.hear(), format!("0 {UNTOUCHED}"));
    assert_eq!([semaphore, timer].map(|taken| win32::wait(taken, 0).0), [258; 2]);
    assert_eq!(win32::wait(mutex, 0).0, 258);
    assert_eq!(child.ask(&format!("release-mutex {mutex_there}")), format!("1 {UNTOUCHED}"));
    assert_eq!(win32::wait(mutex, 0).0, 0);
    // A pulse releases who waits elsewhere.
    child.tell(&format!("wait {pulsed_there} 20000"));
    let answer = std::thread::spawn(move || child.hear());
    while !answer.is_finished() {
        assert_eq!(transom_tests::objects::pulse(pulsed).0, 1);
    }
    assert_eq!(answer.join().unwrap(), format!("0 {UNTOUCHED}"));
    assert_eq!(win32::wait(pulsed, 0).0, 258);
    for handle in [event, pulsed, mutex, semaphore, timer] {
        win32::close(handle);
    }
}

#[test]
fn fact_42_a_mutex_that_was_abandoned_says_so_once() {
    let mut other = Assistant::unrelated();
    let name = name("abandoned");
    let theirs = other.ask(&format!("create-owned {name}"));
    assert!(theirs.ends_with(" 0"), "{theirs}");
    let mine = opened(Kind::Mutex.open(ALL_ACCESS, &name));
    assert_eq!(win32::wait(mine, 0).0, 258);
    assert_eq!(release_mutex(mine), (0, 288));
    // A wait that has begun is told, too.
    let waiter = std::thread::spawn(move || win32::wait_many(&[mine], false, 10_000).0);
    other.kill();
    assert_eq!(waiter.join().unwrap(), 0x80);
    // The thread that was told has ended with it in turn.
    assert_eq!(win32::wait(mine, 10_000).0, 0x80);
    assert_eq!(win32::wait(mine, 0).0, 0, "owned, and not abandoned any more");
    assert_eq!(release_mutex(mine).0 + release_mutex(mine).0, 2);
    assert_eq!(release_mutex(mine), (0, 288));
    win32::close(mine);
}

#[test]
fn a_spoiled_file_is_an_error() {
    for spoil in 0..6 {
        let name = name(&format!("spoiled-{spoil}"));
        let (mine, error) = Kind::Event.create(&name);
        assert_eq!((mine != 0, error), (true, 0));
        let path = file_of(&name);
        let mut content = std::fs::read(&path).unwrap();
        match spoil {
            0 => content.clear(),
            1 => content.truncate(60),
            2 => content[0] ^= 1,
            3 => content[16] ^= 1,
            4 => content[40..56].fill(0xFF),
            _ => content.fill(0xA5),
        }
        std::fs::write(&path, content).unwrap();
        let mut other = Assistant::unrelated();
        assert_eq!(other.ask(&format!("open-named event {SYNCHRONIZE} {name}")), "0 1392");
        assert_eq!(Kind::Event.create(&name), (0, 1392));
        // Who holds it has it still.
        assert_eq!(win32::set_event(mine).0, 1);
        assert_eq!(win32::wait(mine, 0).0, 0);
        win32::close(mine);
        let (fresh, error) = Kind::Event.create(&name);
        assert_eq!((fresh != 0, error), (true, 0), "with its last handle the name is free again");
        win32::close(fresh);
    }
}

/// The names in the directory that begin so.
fn names_beginning(prefix: &str) -> Vec<String> {
    let directory = file_of("x").parent().unwrap().to_owned();
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(prefix))
        .collect()
}

#[test]
fn neither_one_that_exits_nor_one_that_is_killed_leaves_names() {
    let _alone = transom_tests::alone();
    let prefix = name("left");
    for round in 0..2 {
        let mut child = Assistant::child();
        for index in 0..3 {
            child.number(&format!("create mutex {prefix}-{round}-{index}"));
        }
        assert_eq!(names_beginning(&prefix).len(), 3);
        if round == 0 {
            child.tell("exit 7");
            assert_eq!(win32::wait(child.started().process, 10_000).0, 0);
            assert_eq!(names_beginning(&prefix), Vec::<String>::new());
        } else {
            child.kill();
        }
    }
    // Whoever makes names, or collects a child, finds what is nobody's.
    while !names_beginning(&prefix).is_empty() {
        let (other, _) = Kind::Event.create(&format!("{}-other", name("sweeper")));
        win32::close(other);
    }
}

#[test]
fn a_fork_shares_a_name_and_either_side_may_close_it() {
    let _alone = transom_tests::alone();
    let name = name("forked");
    let mut other = Assistant::unrelated();
    let theirs = other.number(&format!("create semaphore {name}"));
    // The new process closes it, and has a table of its own while it runs.
    other.number(&format!("fork {theirs}"));
    let mine = opened(Kind::Semaphore.open(ALL_ACCESS, &name));
    assert_eq!(release_semaphore(mine, 1).0, (1, 0));
    assert_eq!(other.ask(&format!("wait {theirs} 0")), format!("0 {UNTOUCHED}"));
    win32::close(mine);
    drop(other);
    assert_eq!(Kind::Semaphore.open(ALL_ACCESS, &name), (0, 2));
}
