//! Finding pipes by the names they have: `FindFirstFile` on `\\.\pipe\`.

use crate::{DONE, name};
use std::ptr::null_mut;
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{Pipe, client, path};
use transom_tests::win32::{call, close, v, wide};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_NORMAL, FindClose, FindExInfoStandard, FindExSearchLimitToDirectories,
    FindFirstFileExW, FindFirstFileW, FindNextFileW, WIN32_FIND_DATAW,
};

type Found = Vec<(String, u32, u32)>;

/// The pipes of a pattern with their attributes and sizes, and the error it ended with.
fn find(pattern: &str) -> (Found, u32) {
    let pattern = wide(pattern);
    let mut data = WIN32_FIND_DATAW::default();
    let mut found = Vec::new();
    // SAFETY: terminated text and a live place.
    let (search, mut error) =
        call(|| unsafe { v(FindFirstFileW(pattern.as_ptr(), &raw mut data)) });
    if search == -1 {
        return (found, error);
    }
    loop {
        let length = data.cFileName.iter().position(|&unit| unit == 0).unwrap();
        let name = String::from_utf16_lossy(&data.cFileName[..length]);
        found.push((name, data.dwFileAttributes, data.nFileSizeLow));
        let next;
        // SAFETY: the search is open and the place lives.
        (next, error) =
            call(|| unsafe { FindNextFileW(transom_tests::win32::h(search), &raw mut data) });
        if next == 0 {
            break;
        }
    }
    // SAFETY: a number.
    let closed = call(|| unsafe { FindClose(transom_tests::win32::h(search)) });
    assert_eq!(closed, DONE);
    (found, error)
}

#[test]
fn pipes_of_other_processes_are_found_by_their_names() {
    let _alone = alone();
    let (first, second) = (name("Found"), name("Found"));
    let mut other = Assistant::unrelated();
    other.ask(&format!("pipe-create 3 6 255 4096 0 {first}"));
    other.ask(&format!("pipe-create 3 6 255 4096 0 {first}"));
    let here = Pipe::bytes(&second).server();
    let client = client(&second);
    let entry = |name: &str, instances| (name.to_owned(), FILE_ATTRIBUTE_NORMAL, instances);
    let both = vec![entry(&first, 2), entry(&second, 1)];
    let own = std::process::id();
    for pattern in [format!("found-{own}-*"), format!(r"\FOUND-{own}-*"), format!("*ound-{own}-?*")]
    {
        let (mut found, error) = find(&path(&pattern));
        found.sort();
        let mut both = both.clone();
        both.sort();
        assert_eq!((found, error), (both, 18), "{pattern}");
    }
    for all in ["*", r"\*", "*.*"] {
        let (found, error) = find(&path(all));
        assert!(error == 18 && both.iter().all(|pipe| found.contains(pipe)), "{all}: {found:?}");
    }
    // One name, in any case.
    assert_eq!(find(&path(&first.to_uppercase())), (vec![entry(&first, 2)], 18));
    assert_eq!(find(&path(&format!("{first}-none*"))), (Vec::new(), 2));
    assert_eq!(find(&path("")), (Vec::new(), 2));
    // None of them is a directory.
    let pattern = wide(&path("*"));
    let mut data = WIN32_FIND_DATAW::default();
    // SAFETY: terminated text and a live place; NULL for what is not used.
    let directories = call(|| unsafe {
        v(FindFirstFileExW(
            pattern.as_ptr(),
            FindExInfoStandard,
            (&raw mut data).cast(),
            FindExSearchLimitToDirectories,
            null_mut(),
            0,
        ))
    });
    assert_eq!(directories, (-1, 2));
    // What is killed is found no more.
    other.kill();
    assert_eq!(find(&path(&format!("found-{own}-*"))), (vec![entry(&second, 1)], 18));
    close(client);
    close(here);
    assert_eq!(find(&path(&format!("found-{own}-*"))), (Vec::new(), 2));
}
