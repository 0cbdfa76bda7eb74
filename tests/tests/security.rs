//! Security descriptors of objects: what they grant the same user, and others; how they change.

use transom_tests::assistant::Assistant;
use transom_tests::objects::{ALL_ACCESS, Kind, SYNCHRONIZE, create_secured, list_of, set_list};
use transom_tests::pipes;
use transom_tests::users::{FIRST, SECOND, Shared, THIRD};
use transom_tests::win32;

const MUTEX_ALL_ACCESS: u32 = 0x1F_0001;

fn name(label: &str) -> String {
    format!("transom-security-{}-{label}", std::process::id())
}

#[test]
fn a_name_gives_what_the_descriptor_grants() {
    let mut other = Assistant::unrelated();
    let open = |access: u32, name: &str| Kind::Mutex.open(access, name);

    let denied = name("denied");
    let (mutex, error) = create_secured("D:(D;;GA;;;WD)", &denied);
    assert!(mutex != 0 && error == 0, "who makes it has every access: {error}");
    assert_eq!(open(SYNCHRONIZE, &denied), (0, 5));
    assert_eq!(other.ask(&format!("create Mutex {denied}")), "0 5");
    assert_eq!(Kind::Event.open(SYNCHRONIZE, &denied), (0, 6), "the type comes first");

    let to_wait_for = name("synchronize");
    let (waited, _) = create_secured("D:(A;;0x100000;;;WD)", &to_wait_for);
    let (opened, _) = open(SYNCHRONIZE, &to_wait_for);
    assert_eq!(win32::wait(opened, 0).0, 0);
    assert_eq!(open(MUTEX_ALL_ACCESS, &to_wait_for), (0, 5));
    assert_eq!(Kind::Mutex.create(&to_wait_for), (0, 5));

    // Everything that is granted: of an owner, reading and changing the descriptor too.
    let (most, _) = open(ALL_ACCESS, &to_wait_for);
    assert_ne!(most, 0);
    let everyone = name("everyone");
    let (free, _) = create_secured("D:NO_ACCESS_CONTROL", &everyone);
    let (again, error) = Kind::Mutex.create(&everyone);
    assert_eq!(error, 183);
    for handle in [mutex, waited, opened, most, free, again] {
        assert_eq!(win32::close(handle).0, 1);
    }
}

#[test]
fn other_users_have_what_the_descriptor_grants_them() {
    // Only root can be several users; what one user can see is tested above.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let shared = Shared::new("security");
    let [mut first, mut second, mut third] =
        [FIRST, SECOND, THIRD].map(|user| shared.assistant(user));
    let ask = |who: &mut Assistant, what: &str| {
        let answer = who.ask(what);
        let mut words = answer.split(' ').map(|word| word.parse::<i64>().expect("a number"));
        (words.next().expect("a result"), words.next().expect("an error"))
    };

    // Without a descriptor it is the owner's, and root's.
    assert_ne!(ask(&mut first, "create Mutex private").0, 0);
    assert_eq!(ask(&mut second, &format!("open-named Mutex {SYNCHRONIZE} private")), (0, 5));
    assert_eq!(ask(&mut second, "create Mutex private"), (0, 5));

    // Everyone's: the same object, with its owner and its abandonment.
    let (mine, _) = ask(&mut first, "create-secured D:(A;;GA;;;WD) everyones");
    let (theirs, error) = ask(&mut second, "create Mutex everyones");
    assert!(theirs != 0 && error == 183, "{error}");
    let (last, _) = ask(&mut third, &format!("open-named Mutex {MUTEX_ALL_ACCESS} everyones"));
    assert_ne!(last, 0);
    assert_eq!(ask(&mut first, &format!("wait {mine} 0")).0, 0);
    assert_eq!(ask(&mut second, &format!("wait {theirs} 0")).0, 258);
    assert_eq!(ask(&mut first, &format!("release-mutex {mine}")).0, 1);
    assert_eq!(ask(&mut second, &format!("wait {theirs} 1000")).0, 0);
    second.kill();
    assert_eq!(ask(&mut third, &format!("wait {last} 10000")).0, 0x80);
    assert_eq!(ask(&mut third, &format!("release-mutex {last}")).0, 1);
    // It lives on without who made it.
    first.kill();
    let mut fourth = shared.assistant(SECOND);
    let (again, _) = ask(&mut fourth, &format!("open-named Mutex {SYNCHRONIZE} everyones"));
    assert_eq!(ask(&mut fourth, &format!("wait {again} 0")).0, 0);

    // One user's alone, though their group is denied elsewhere; and only to wait for.
    let grants = format!("D:(A;;0x100000;;;S-1-22-1-{SECOND})(A;;0x100000;;;WD)");
    assert_ne!(ask(&mut third, &format!("create-secured {grants} some")).0, 0);
    assert_ne!(ask(&mut fourth, &format!("open-named Mutex {SYNCHRONIZE} some")).0, 0);
    assert_eq!(ask(&mut fourth, &format!("open-named Mutex {MUTEX_ALL_ACCESS} some")), (0, 5));
}

#[test]
fn a_list_that_is_changed_counts_from_then_on_for_everybody() {
    let mut other = Assistant::unrelated();
    let name = name("changed");
    let (mutex, _) = Kind::Mutex.create(&name);
    let open = format!("open-named Mutex {MUTEX_ALL_ACCESS} {name}");
    let theirs = other.number(&open);
    assert_ne!(theirs, 0);
    assert_eq!(set_list(mutex, "D:(A;;0x120000;;;WD)").0, 1);
    assert_eq!(other.ask(&open), "0 5");
    // Who has a handle has what it grants, and sees the same list.
    assert_eq!(other.ask(&format!("list-of {theirs}")), "1 D:(A;;0x120000;;;WD) 57005");
    assert_eq!(other.ask(&format!("set-list {theirs} D:(A;;GA;;;WD)")), "1 57005");
    assert_eq!(list_of(mutex).0, (1, "D:(A;;0x1f0001;;;WD)".into()));
    assert_ne!(other.number(&open), 0);
    // A handle that may not cannot.
    let (waits, _) = Kind::Mutex.open(SYNCHRONIZE, &name);
    assert_eq!(set_list(waits, "D:"), (0, 5));
    assert_eq!(list_of(waits), ((0, String::new()), 5));
    for handle in [mutex, waits] {
        assert_eq!(win32::close(handle).0, 1);
    }
}

#[test]
fn a_pipes_list_is_for_all_instances() {
    let mut other = Assistant::unrelated();
    let name = name("pipe");
    let write_dac = 0x4_0000;
    let create = |dac: u32| format!("pipe-create {} 0 255 4096 0 {name}", 3 | dac);
    let (first, second) = (other.number(&create(write_dac)), other.number(&create(0)));
    let open = || pipes::open(&name, pipes::BOTH);
    let (client, _) = open();
    assert_ne!(client, -1);
    assert_eq!(other.ask(&format!("set-list {second} D:(A;;GR;;;WD)")), "0 5");
    assert_eq!(other.ask(&format!("set-list {first} D:(A;;GR;;;WD)")), "1 57005");
    assert_eq!(open(), (-1, 5));
    assert_eq!(list_of(client).0, (1, "D:(A;;FR;;;WD)".into()));
    let mut third = Assistant::unrelated();
    assert_eq!(third.ask(&create(0)), "-1 5");
    assert_eq!(other.ask(&format!("set-list {first} D:(A;;GA;;;WD)")), "1 57005");
    // Another process that serves the name hears of changes too.
    let theirs = third.number(&create(write_dac));
    assert_ne!(theirs, -1);
    assert_eq!(third.ask(&format!("set-list {theirs} D:(A;;GR;;;WD)")), "1 57005");
    assert_eq!(open(), (-1, 5));
    assert_eq!(other.ask(&create(0)), "-1 5");
    assert_eq!(win32::close(client).0, 1);
}

#[test]
fn only_owners_and_root_change_what_is_another_users() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let shared = Shared::new("security-changes");
    let (mut first, mut second) = (shared.assistant(FIRST), shared.assistant(SECOND));
    let mutex = first.number("create-secured D:(A;;GA;;;WD) common");
    let theirs = second.number("open-named Mutex 983041 common");
    assert_ne!(theirs, 0);
    // The file of the name would have to be closed to others, which only its owner can.
    assert_eq!(second.ask(&format!("set-list {theirs} D:(A;;GA;;;S-1-22-1-{SECOND})")), "0 5");
    assert_eq!(second.ask(&format!("set-list {theirs} D:(A;;0x160001;;;WD)")), "1 57005");
    assert_eq!(first.ask(&format!("list-of {mutex}")), "1 D:(A;;0x160001;;;WD) 57005");
    assert_eq!(first.ask(&format!("set-list {mutex} D:(A;;GA;;;S-1-22-1-{FIRST})")), "1 57005");
    assert_eq!(second.ask(&format!("open-named Mutex {SYNCHRONIZE} common")), "0 5");
    let mut root = shared.assistant(0);
    assert_eq!(root.ask(&format!("open-named Mutex {SYNCHRONIZE} common")), "0 5");
    assert_eq!(first.ask(&format!("set-list {mutex} D:(A;;GA;;;WD)")), "1 57005");
    assert_ne!(second.number("open-named Mutex 983041 common"), 0);
    // With one that was not made for others they would get all others of its maker.
    let private = first.number("create Mutex private");
    assert_eq!(first.ask(&format!("set-list {private} D:(A;;GA;;;WD)")), "0 50");
    assert_eq!(first.ask(&format!("set-list {private} D:(A;;GA;;;S-1-22-1-{SECOND})")), "1 57005");
    assert_eq!(second.ask("open-named Mutex 983041 private"), "0 5");
}

#[test]
fn who_is_killed_while_changing_a_list_leaves_one_of_the_two() {
    let (mutex_name, pipe_name) = (name("killed"), name("killed-pipe"));
    let (mutex, _) = create_secured("D:(A;;GA;;;WD)", &mutex_name);
    let mut server = Assistant::unrelated();
    let pipe = server.number(&format!("pipe-create {} 0 255 4096 0 {pipe_name}", 3 | 0x4_0000));
    assert_eq!(server.ask(&format!("set-list {pipe} D:(A;;GA;;;WD)")), "1 57005");
    for round in 0..20 {
        let mut changer = Assistant::unrelated();
        let theirs = changer.number(&format!("open-named Mutex {MUTEX_ALL_ACCESS} {mutex_name}"));
        let instance =
            changer.number(&format!("pipe-create {} 0 255 4096 0 {pipe_name}", 3 | 0x4_0000));
        assert!(theirs != 0 && instance != -1);
        // More than it gets done.
        for list in ["D:(A;;GA;;;WD)", "D:(D;;0x8;;;AN)(A;;GA;;;WD)"].iter().cycle().take(40) {
            changer.tell(&format!("set-list {theirs} {list}"));
            changer.tell(&format!("set-list {instance} {list}"));
        }
        for _ in 0..round {
            changer.hear();
        }
        changer.kill();
        let known = |list: &str| list.ends_with("(A;;0x1f0001;;;WD)") && list.len() < 50;
        let ((result, list), error) = list_of(mutex);
        assert!(result == 1 && known(&list), "{list} {error}");
        let (client, error) = pipes::open(&pipe_name, pipes::BOTH);
        assert_ne!(client, -1, "{error}");
        let ((_, list), error) = list_of(client);
        assert!(list.ends_with("(A;;FA;;;WD)") && list.len() < 50, "{list} {error}");
        assert_eq!(win32::close(client).0, 1);
        // One instance is the client's until the server disconnects it.
        assert_ne!(server.number(&format!("pipe-create 3 0 255 4096 0 {pipe_name}")), -1);
    }
    assert_eq!(win32::close(mutex).0, 1);
}
