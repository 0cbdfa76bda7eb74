//! Who may use a pipe: the security descriptor, checked with real users. Needs root.

use transom_tests::pipes::BOTH;
use transom_tests::users::{FIRST, SECOND, Shared, THIRD};
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn by_default_others_may_read_and_no_more() {
    if !is_root() {
        return;
    }
    let shared = Shared::new("pipes");
    let (mut first, mut second) = (shared.assistant(FIRST), shared.assistant(SECOND));
    let server = first.number("pipe-create 3 6 255 4096 0 default");
    assert_eq!(second.ask(&format!("pipe-open {BOTH} default")), "-1 5");
    assert_eq!(second.ask(&format!("pipe-open {GENERIC_WRITE} default")), "-1 5");
    // A name that is taken cannot be stolen.
    assert_eq!(second.ask("pipe-create 3 6 255 4096 0 default"), "-1 5");
    let reader = second.number(&format!("pipe-open {GENERIC_READ} default"));
    first.ask(&format!("pipe-write {server} 616263"));
    assert!(second.ask(&format!("pipe-read {reader} 10")).starts_with("1 616263 "));
    // Root may do everything.
    let again = first.number("pipe-create 3 6 255 4096 0 default");
    assert_ne!(again, -1);
    let mut root = shared.assistant(0);
    let client = root.number(&format!("pipe-open {BOTH} default"));
    root.ask(&format!("pipe-write {client} 01"));
    assert!(first.ask(&format!("pipe-read {again} 10")).starts_with("1 01 "));
}

#[test]
fn allow_and_deny_entries_on_users_and_groups() {
    if !is_root() {
        return;
    }
    let shared = Shared::new("pipes-acl");
    let mut first = shared.assistant(FIRST);
    let (mut second, mut third) = (shared.assistant(SECOND), shared.assistant(THIRD));
    // The second may do everything, the third's group is denied, everyone else may.
    let sddl = format!("D:(D;;GA;;;S-1-22-2-{THIRD})(A;;GA;;;S-1-22-1-{SECOND})(A;;GA;;;WD)");
    for _ in 0..2 {
        assert_ne!(first.number(&format!("pipe-create 3 6 255 4096 0 listed {sddl}")), -1);
    }
    assert_eq!(third.ask(&format!("pipe-open {BOTH} listed")), "-1 5");
    assert_ne!(second.number(&format!("pipe-open {BOTH} listed")), -1);
    // Who may make instances makes them, of the same pipe.
    assert_ne!(second.number("pipe-create 3 6 255 4096 0 listed"), -1);
    assert_eq!(third.ask("pipe-create 3 6 255 4096 0 listed"), "-1 5");
    // An owner that the list does not name has no access by it.
    let private = format!("D:(A;;GA;;;S-1-22-1-{SECOND})");
    assert_ne!(first.number(&format!("pipe-create 3 6 255 4096 0 private {private}")), -1);
    assert_eq!(first.ask(&format!("pipe-open {BOTH} private")), "-1 5");
    assert_eq!(third.ask(&format!("pipe-open {GENERIC_READ} private")), "-1 5");
    assert_ne!(second.number(&format!("pipe-open {BOTH} private")), -1);
}

#[test]
fn a_server_that_is_root_becomes_its_client() {
    if !is_root() {
        return;
    }
    let shared = Shared::new("pipes-who");
    let (mut root, mut second) = (shared.assistant(0), shared.assistant(SECOND));
    let server = root.number("pipe-create 3 6 255 4096 0 who D:(A;;GA;;;WD)");
    let client = second.number(&format!("pipe-open {BOTH} who"));
    assert_eq!(root.ask(&format!("pipe-impersonate {server}")), "0 1368");
    second.ask(&format!("pipe-write {client} 01"));
    root.ask(&format!("pipe-read {server} 10"));
    assert_eq!(root.ask(&format!("pipe-impersonate {server}")), format!("1 57005 {SECOND} 0"));
    // A server that is not root cannot.
    let own = second.number("pipe-create 3 6 255 4096 0 other D:(A;;GA;;;WD)");
    let theirs = root.number(&format!("pipe-open {BOTH} other"));
    root.ask(&format!("pipe-write {theirs} 01"));
    second.ask(&format!("pipe-read {own} 10"));
    assert_eq!(second.ask(&format!("pipe-impersonate {own}")), "0 1314");
}
