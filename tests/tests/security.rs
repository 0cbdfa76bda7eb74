//! Security descriptors of named objects: what they grant the same user, and others.

use transom_tests::assistant::Assistant;
use transom_tests::objects::{ALL_ACCESS, Kind, SYNCHRONIZE, create_secured};
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
