//! Ordinary files: dispositions, share modes within and between processes, positions,
//! attributes, names.

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::os::unix::fs::{PermissionsExt, symlink};
use transom_tests::assistant::{Assistant, program};
use transom_tests::files::{
    ALL, Directory, INVALID, R, RW, W, attributes_of, create, create_inheritable, create_units,
    delete, file_type, open, read_at, refusal, seek, seek_ex, seek_high, set_end, size, size_ex,
    write_at,
};
use transom_tests::win32::{self, SELF, Start, UNTOUCHED};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_ALWAYS, CREATE_NEW, CreateFileA, CreateFileW, DELETE, DeleteFileA, DeleteFileW,
    FILE_APPEND_DATA, FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_READONLY,
    FILE_ATTRIBUTE_REPARSE_POINT, FILE_BEGIN, FILE_CURRENT, FILE_END, FILE_FLAG_BACKUP_SEMANTICS,
    FILE_FLAG_DELETE_ON_CLOSE, FILE_FLAG_NO_BUFFERING, FILE_FLAG_OPEN_REPARSE_POINT,
    FILE_FLAG_OVERLAPPED, FILE_FLAG_RANDOM_ACCESS, FILE_FLAG_SEQUENTIAL_SCAN,
    FILE_FLAG_WRITE_THROUGH, FILE_READ_ATTRIBUTES, GetFileAttributesA, GetFileSizeEx, OPEN_ALWAYS,
    OPEN_EXISTING, SetFilePointerEx, TRUNCATE_EXISTING,
};

/// The assistant for files, started with `CreateProcess`.
fn assistant(inherit: bool) -> Assistant {
    let start = Start { inherit, ..Start::default() };
    Assistant::behind(&start, &format!("\"{}\"", program("file_assistant")))
}

fn length(name: &str) -> i64 {
    std::fs::metadata(name).map_or(-1, |metadata| metadata.len() as i64)
}

fn exists(name: &str) -> bool {
    std::fs::symlink_metadata(name).is_ok()
}

#[test]
fn dispositions_on_what_exists_and_what_does_not() {
    let directory = Directory::new();
    let name = directory.name("d.txt");
    // Disposition, whether the file (of 5 bytes) exists; the error, and the length afterwards.
    let table = [
        (0, false, Err(87), -1),
        (0, true, Err(87), 5),
        (CREATE_NEW, false, Ok(0), 0),
        (CREATE_NEW, true, Err(80), 5),
        (CREATE_ALWAYS, false, Ok(0), 0),
        (CREATE_ALWAYS, true, Ok(183), 0),
        (OPEN_EXISTING, false, Err(2), -1),
        (OPEN_EXISTING, true, Ok(0), 5),
        (OPEN_ALWAYS, false, Ok(0), 0),
        (OPEN_ALWAYS, true, Ok(183), 5),
        (TRUNCATE_EXISTING, false, Err(2), -1),
        (TRUNCATE_EXISTING, true, Ok(0), 0),
        (6, false, Err(87), -1),
        (6, true, Err(87), 5),
        (u32::MAX, true, Err(87), 5),
    ];
    for access in [RW, R, W, 0, FILE_APPEND_DATA] {
        for (disposition, existing, expected, length_after) in table {
            let _ = std::fs::remove_file(&name);
            if existing {
                std::fs::write(&name, "12345").unwrap();
            }
            // Emptying a file needs the right to write it.
            let (expected, length_after) = match disposition {
                TRUNCATE_EXISTING if access & W == 0 => (Err(87), if existing { 5 } else { -1 }),
                _ => (expected, length_after),
            };
            let (handle, error) = create(&name, access, ALL, disposition, 0);
            let result = if handle == INVALID { Err(error) } else { Ok(error) };
            let what = format!("access {access:#x}, disposition {disposition}, {existing}");
            assert_eq!(result, expected, "{what}");
            assert_eq!(length(&name), length_after, "{what}");
            if handle != INVALID {
                assert_eq!(file_type(handle), 1, "{what}");
                assert_eq!(win32::close(handle).0, 1, "{what}");
            }
        }
    }
}

#[test]
fn numbers_are_checked_before_the_name() {
    assert_eq!(create("", R, 0, 0, 0), (INVALID, 87));
    assert_eq!(create("x*", R, 8, OPEN_EXISTING, 0), (INVALID, 87));
    assert_eq!(create("", R, 0, TRUNCATE_EXISTING, 0), (INVALID, 87));
    assert_eq!(create("CONOUT$", W, 0, 0, 0), (INVALID, 87));
}

#[test]
fn linking_to_nowhere_creates_what_the_link_names() {
    let directory = Directory::new();
    symlink(directory.name("target"), directory.name("link")).unwrap();
    assert_eq!(refusal(&directory.name("link"), R, ALL), Some(2));
    assert_eq!(create(&directory.name("link"), W, ALL, CREATE_NEW, 0), (INVALID, 80));
    let (handle, error) = create(&directory.name("link"), W, ALL, OPEN_ALWAYS, 0);
    assert_eq!(error, 0);
    win32::close(handle);
    assert!(exists(&directory.name("target")));
}

/// What the probe prints for each access and share mode, and the file of its results.
const ACCESSES: [(&str, u32); 7] = [
    ("R", R),
    ("W", W),
    ("RW", RW),
    ("D", DELETE),
    ("0", 0),
    ("RA", FILE_READ_ATTRIBUTES),
    ("AP", FILE_APPEND_DATA),
];
const SHARES: [&str; 8] = ["---", "r--", "-w-", "rw-", "--d", "r-d", "-wd", "rwd"];
const MATRIX: &str = include_str!("files/share_matrix.txt");

/// Goes through all combinations; `second` tells the error of opening once more, 56 at a time.
fn share_matrix(name: &str, mut second: impl FnMut(&[(u32, u32)]) -> Vec<u32>) {
    let all: Vec<(u32, u32)> =
        ACCESSES.iter().flat_map(|&(_, access)| (0..8).map(move |share| (access, share))).collect();
    let mut lines = MATRIX.lines();
    for (access_name, access) in ACCESSES {
        for (share, share_name) in (0..).zip(SHARES) {
            let handle = open(name, access, share);
            let mut line = format!("first {access_name}/{share_name}:");
            let results = second(&all);
            for ((second_name, _), results) in ACCESSES.into_iter().zip(results.chunks(8)) {
                line.push_str(&format!("  {second_name} "));
                line.extend(results.iter().map(|error| match error {
                    0 => '.',
                    32 => 'x',
                    _ => '?',
                }));
            }
            assert_eq!(Some(line.as_str()), lines.next().map(str::trim_end));
            assert_eq!(win32::close(handle).0, 1);
        }
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn the_share_matrix_within_a_process() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    share_matrix(&name, |all| {
        all.iter().map(|&(access, share)| refusal(&name, access, share).unwrap_or(0)).collect()
    });
}

#[test]
fn the_share_matrix_between_processes() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    let mut other = assistant(false);
    share_matrix(&name, |all| {
        for (access, share) in all {
            other.tell(&format!("try {access} {share} {OPEN_EXISTING} 0 {name}"));
        }
        let mut answers = all.iter().map(|_| other.hear());
        answers.by_ref().map(|answer| answer.split(' ').nth(1).unwrap().parse().unwrap()).collect()
    });
}

#[test]
fn share_modes_and_the_other_dispositions() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "12345");
    let handle = open(&name, R, 0);
    for disposition in [CREATE_ALWAYS, TRUNCATE_EXISTING, OPEN_ALWAYS] {
        assert_eq!(create(&name, W, ALL, disposition, 0), (INVALID, 32));
    }
    assert_eq!(create(&name, W, ALL, CREATE_NEW, 0), (INVALID, 80));
    assert_eq!(length(&name), 5, "what is refused empties nothing");
    win32::close(handle);
    // Emptying is writing, also for who may only read afterwards.
    let handle = open(&name, R, 1);
    assert_eq!(create(&name, R, ALL, CREATE_ALWAYS, 0), (INVALID, 32));
    assert_eq!(create(&name, 0, ALL, CREATE_ALWAYS, 0), (INVALID, 32));
    assert_eq!(length(&name), 5);
    win32::close(handle);
}

#[test]
fn a_duplicate_keeps_the_share_mode() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    let handle = open(&name, R, 1);
    let ((_, duplicate), _) = win32::duplicate(SELF, handle, SELF, 0, false, 2);
    win32::close(handle);
    assert_eq!(refusal(&name, W, ALL), Some(32));
    assert_eq!(refusal(&name, R, ALL), None);
    win32::close(duplicate);
    assert_eq!(refusal(&name, W, ALL), None);
}

#[test]
fn an_inheriting_child_keeps_the_share_mode_and_the_place() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "");
    let handle = create_inheritable(&name, W, 1, OPEN_EXISTING);
    let mut child = assistant(true);
    assert_eq!(win32::write(handle, b"parent ").0, (1, 7));
    win32::close(handle);
    assert_eq!(refusal(&name, W, ALL), Some(32));
    assert_eq!(child.ask(&format!("write {handle} child")), format!("1 5 {UNTOUCHED}"));
    assert_eq!(std::fs::read_to_string(&name).unwrap(), "parent child");
    assert_eq!(child.ask(&format!("close {handle}")), format!("1 {UNTOUCHED}"));
    assert_eq!(refusal(&name, W, ALL), None);
}

#[test]
fn a_child_appends_through_an_inherited_handle() {
    let directory = Directory::new();
    let name = directory.file("log", "one\n");
    let handle = create_inheritable(&name, FILE_APPEND_DATA, ALL, OPEN_EXISTING);
    let mut child = assistant(true);
    std::fs::write(&name, "one\ntwo\n").unwrap();
    assert_eq!(child.ask(&format!("write {handle} three")), format!("1 5 {UNTOUCHED}"));
    assert_eq!(std::fs::read_to_string(&name).unwrap(), "one\ntwo\nthree");
    win32::close(handle);
}

#[test]
fn a_killed_holder_keeps_nothing() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    for access in [R, W, RW] {
        let mut holder = assistant(false);
        let answer = holder.ask(&format!("open {access} 0 {OPEN_EXISTING} 0 {name}"));
        assert!(answer.ends_with(" 0"), "{answer}");
        assert_eq!(refusal(&name, R, ALL), Some(32));
        assert_eq!(delete(&name), (0, 32));
        holder.kill();
        assert_eq!(refusal(&name, RW, 0), None);
    }
}

#[test]
fn only_one_of_many_gets_an_unshared_file() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    let (name, start, done) =
        (name.as_str(), &std::sync::Barrier::new(4), &std::sync::Barrier::new(4));
    for _ in 0..200 {
        let winners: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(move || {
                        start.wait();
                        let (handle, error) = create(name, RW, 0, OPEN_EXISTING, 0);
                        assert!(handle != INVALID || error == 32);
                        done.wait();
                        win32::close(handle);
                        usize::from(handle != INVALID)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn fact_5_the_wrong_type_before_the_missing_right() {
    let directory = Directory::new();
    let name = directory.file("a.txt", "12345");
    let reader = open(&name, R, ALL);
    let writer = open(&name, W, ALL);
    let looker = open(&name, 0, ALL);
    for handle in [reader, looker] {
        assert_eq!(win32::write(handle, b"x"), ((0, 0), 5));
        assert_eq!(win32::write(handle, b""), ((0, 0), 5));
        assert_eq!(set_end(handle), (0, 5));
    }
    for handle in [writer, looker] {
        assert_eq!(win32::read(handle, 1), ((0, vec![]), 5));
        assert_eq!(win32::read(handle, 0), ((0, vec![]), 5));
    }
    // Whoever may look knows the size and moves the pointer.
    for handle in [reader, writer, looker] {
        assert_eq!(size(handle), (5, UNTOUCHED));
        assert_eq!(seek(handle, 0, FILE_END), (5, UNTOUCHED));
    }
    let ((_, blind), _) = win32::duplicate(SELF, reader, SELF, 0, false, 0);
    assert_eq!(size(blind), (u32::MAX, 5));
    assert_eq!(file_type(blind), 1);
    let event = win32::create_event(false, false, false);
    let (read, write) = win32::create_pipe(0, false);
    for (handle, error) in [(0, 6), (0xdead0, 6), (-1, 6), (event, 6), (read, 1), (write, 1)] {
        assert_eq!(size(handle), (u32::MAX, error));
        assert_eq!(size_ex(handle), ((0, 77), error));
        assert_eq!(seek(handle, 0, FILE_BEGIN), (u32::MAX, error));
        assert_eq!(seek_ex(handle, 0, FILE_BEGIN), ((0, 77), error));
        assert_eq!(set_end(handle), (0, error));
        assert_eq!(seek(handle, 0, 9), (u32::MAX, 87), "the method is looked at first");
    }
    for handle in [reader, writer, looker, blind, event, read, write] {
        win32::close(handle);
    }
}

#[test]
fn a_duplicate_with_more_access_than_the_file_was_opened_with_is_refused_by_it() {
    let directory = Directory::new();
    let name = directory.file("a.txt", "12345");
    let reader = open(&name, R, ALL);
    let ((result, more), _) = win32::duplicate(SELF, reader, SELF, RW, false, 0);
    if result != 0 {
        assert_eq!(win32::write(more, b"x"), ((0, 0), 5));
        assert_eq!(set_end(more), (0, 5));
        win32::close(more);
    }
    win32::close(reader);
    assert_eq!(length(&name), 5);
}

#[test]
fn positions() {
    let directory = Directory::new();
    let name = directory.file("p.txt", "0123456789");
    let handle = open(&name, RW, ALL);
    assert_eq!(seek(handle, 3, FILE_BEGIN), (3, UNTOUCHED));
    assert_eq!(seek(handle, -1, FILE_BEGIN), (u32::MAX, 131));
    assert_eq!(seek(handle, -4, FILE_CURRENT), (u32::MAX, 131));
    assert_eq!(seek(handle, 0, FILE_CURRENT), (3, UNTOUCHED), "it stays");
    assert_eq!(seek(handle, -11, FILE_END), (u32::MAX, 131));
    assert_eq!(seek(handle, -10, FILE_END), (0, UNTOUCHED));
    assert_eq!(seek(handle, 0, 3), (u32::MAX, 87));
    assert_eq!(seek(handle, 0, u32::MAX), (u32::MAX, 87));
    assert_eq!(seek(handle, 100, FILE_END), (110, UNTOUCHED));
    assert_eq!(size(handle), (10, UNTOUCHED));
    // All ones is a place too.
    assert_eq!(seek_high(handle, -1, 0, FILE_BEGIN), ((u32::MAX, 0), 0));
    assert_eq!(seek_high(handle, -1, -1, FILE_CURRENT), ((u32::MAX - 1, 0), UNTOUCHED));
    assert_eq!(seek_high(handle, -5, -1, FILE_BEGIN), ((u32::MAX, -1), 131));
    assert_eq!(seek_high(handle, 0, 1, FILE_BEGIN), ((0, 1), UNTOUCHED));
    // Without a high half, places over 4 GiB cannot be told.
    assert_eq!(seek(handle, i32::MAX, FILE_BEGIN).0, 0x7FFF_FFFF);
    assert_eq!(seek(handle, i32::MAX, FILE_CURRENT), (0xFFFF_FFFE, UNTOUCHED));
    assert_eq!(seek(handle, 1, FILE_CURRENT), (u32::MAX, 0));
    assert_eq!(seek(handle, 1, FILE_CURRENT), (u32::MAX, 87));
    assert_eq!(seek_ex(handle, 0, FILE_CURRENT).0, (1, 0xFFFF_FFFF));
    assert_eq!(seek_ex(handle, -1, FILE_BEGIN), ((0, 77), 131));
    assert_eq!(seek_ex(handle, 5, FILE_BEGIN), ((1, 5), UNTOUCHED));
    assert_eq!(seek_ex(handle, 5, 7), ((0, 77), 87));
    assert_eq!(seek_ex(handle, i64::MAX, FILE_CURRENT), ((0, 77), 87));
    assert_eq!(seek_ex(handle, i64::MIN, FILE_CURRENT), ((0, 77), 131));
    // SAFETY: NULL is allowed for the place.
    assert_eq!(unsafe { SetFilePointerEx(win32::h(handle), 1, std::ptr::null_mut(), 0) }, 1);
    // SAFETY: NULL is refused.
    assert_eq!(unsafe { GetFileSizeEx(win32::h(handle), std::ptr::null_mut()) }, 0);
    win32::close(handle);
}

#[test]
fn the_end_of_a_file_moves_both_ways() {
    let directory = Directory::new();
    let name = directory.file("p.txt", "0123456789");
    let handle = open(&name, RW, ALL);
    for end in [4, 20] {
        assert_eq!(seek(handle, end, FILE_BEGIN).0, end as u32);
        assert_eq!(set_end(handle), (1, UNTOUCHED));
        assert_eq!(size_ex(handle), ((1, end.into()), UNTOUCHED));
    }
    assert_eq!(std::fs::read(&name).unwrap(), b"0123\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    win32::close(handle);
}

#[test]
fn a_size_over_four_gib() {
    let directory = Directory::new();
    let name = directory.file("big", "");
    let handle = open(&name, RW, ALL);
    assert_eq!(seek_ex(handle, 0x1_FFFF_FFFF, FILE_BEGIN).0.0, 1);
    assert_eq!(set_end(handle), (1, UNTOUCHED));
    assert_eq!(size(handle), (u32::MAX, 0), "all ones is a size too");
    assert_eq!(size_ex(handle), ((1, 0x1_FFFF_FFFF), UNTOUCHED));
    win32::close(handle);
}

#[test]
fn reading_and_writing() {
    let directory = Directory::new();
    let name = directory.file("r.txt", "hello");
    let handle = open(&name, RW, ALL);
    assert_eq!(win32::read(handle, 3), ((1, b"hel".to_vec()), UNTOUCHED));
    assert_eq!(win32::read(handle, 10), ((1, b"lo".to_vec()), UNTOUCHED));
    assert_eq!(win32::read(handle, 10), ((1, vec![]), UNTOUCHED), "the end is no error");
    seek(handle, 8, FILE_BEGIN);
    assert_eq!(win32::write(handle, b"!"), ((1, 1), UNTOUCHED));
    assert_eq!(std::fs::read(&name).unwrap(), b"hello\0\0\0!");
    win32::close(handle);
}

#[test]
fn an_overlapped_place_moves_the_pointer_of_a_synchronous_file() {
    let directory = Directory::new();
    let name = directory.file("r.txt", "0123456789");
    let handle = open(&name, RW, ALL);
    assert_eq!(read_at(handle, 5, 3), ((1, b"567".to_vec()), UNTOUCHED));
    assert_eq!(seek(handle, 0, FILE_CURRENT).0, 8);
    assert_eq!(read_at(handle, 8, 10), ((1, b"89".to_vec()), UNTOUCHED));
    assert_eq!(read_at(handle, 10, 10), ((0, vec![]), 38));
    assert_eq!(read_at(handle, 50, 10), ((0, vec![]), 38));
    assert_eq!(seek(handle, 0, FILE_CURRENT).0, 50);
    assert_eq!(read_at(handle, 0, 0), ((1, vec![]), UNTOUCHED));
    assert_eq!(write_at(handle, 3, b"AB"), ((1, 2), UNTOUCHED));
    assert_eq!(seek(handle, 0, FILE_CURRENT).0, 5);
    assert_eq!(write_at(handle, u64::MAX, b"Z"), ((1, 1), UNTOUCHED), "at the end");
    assert_eq!(seek(handle, 0, FILE_CURRENT).0, 11);
    assert_eq!(read_at(handle, 1 << 63, 1), ((0, vec![]), 87));
    assert_eq!(read_at(handle, u64::MAX, 1), ((0, vec![]), 87));
    assert_eq!(std::fs::read(&name).unwrap(), b"012AB56789Z");
    win32::close(handle);
}

#[test]
fn an_overlapped_file_needs_a_place_for_each_operation() {
    let directory = Directory::new();
    let name = directory.file("r.txt", "0123456789");
    let (handle, error) = create(&name, RW, ALL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
    assert_eq!(error, 0);
    assert_eq!(win32::read(handle, 1), ((0, vec![]), 87));
    assert_eq!(win32::write(handle, b"x"), ((0, 0), 87));
    assert_eq!(read_at(handle, 7, 10), ((1, b"789".to_vec()), UNTOUCHED));
    assert_eq!(write_at(handle, 1, b"x"), ((1, 1), UNTOUCHED));
    assert_eq!(seek(handle, 0, FILE_CURRENT).0, 0, "the pointer does not move");
    win32::close(handle);
}

#[test]
fn appending_happens_at_the_end_wherever_the_pointer_is() {
    let directory = Directory::new();
    let name = directory.file("r.txt", "hello");
    let handle = open(&name, FILE_APPEND_DATA, ALL);
    assert_eq!(seek(handle, 0, FILE_BEGIN).0, 0);
    assert_eq!(win32::write(handle, b"!!"), ((1, 2), UNTOUCHED));
    assert_eq!(seek(handle, 0, FILE_CURRENT).0, 7);
    assert_eq!(write_at(handle, 0, b"?"), ((1, 1), UNTOUCHED));
    win32::close(handle);
    // So it does with a handle that was reduced to appending.
    let handle = open(&name, RW, ALL);
    let ((_, appender), _) = win32::duplicate(SELF, handle, SELF, FILE_APPEND_DATA, false, 0);
    assert_eq!(win32::write(appender, b"."), ((1, 1), UNTOUCHED));
    assert_eq!(win32::write(handle, b"H"), ((1, 1), UNTOUCHED), "behind it");
    assert_eq!(std::fs::read_to_string(&name).unwrap(), "hello!!?.H");
    win32::close(handle);
    win32::close(appender);
}

#[test]
fn flags_that_change_how_linux_works_change_nothing_else() {
    let directory = Directory::new();
    for flags in [
        FILE_FLAG_WRITE_THROUGH,
        FILE_FLAG_SEQUENTIAL_SCAN,
        FILE_FLAG_RANDOM_ACCESS,
        FILE_FLAG_WRITE_THROUGH | FILE_FLAG_RANDOM_ACCESS | FILE_FLAG_BACKUP_SEMANTICS,
    ] {
        let name = directory.name("f");
        let (handle, error) = create(&name, RW, ALL, CREATE_ALWAYS, flags);
        assert_ne!(handle, INVALID, "{flags:#x}: {error}");
        assert_eq!(win32::write(handle, b"abc"), ((1, 3), UNTOUCHED));
        assert_eq!(read_at(handle, 0, 9), ((1, b"abc".to_vec()), UNTOUCHED));
        win32::close(handle);
    }
    let name = directory.name("direct");
    let (handle, error) = create(&name, RW, ALL, CREATE_NEW, FILE_FLAG_NO_BUFFERING);
    assert_ne!(handle, INVALID, "{error}");
    win32::close(handle);
}

#[test]
fn attributes() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    let inside = directory.name("sub");
    std::fs::create_dir(&inside).unwrap();
    assert_eq!(attributes_of(&name), (FILE_ATTRIBUTE_ARCHIVE, UNTOUCHED));
    for spelling in [inside.clone(), format!("{inside}\\"), format!("{inside}//"), "C:\\".into()] {
        assert_eq!(attributes_of(&spelling), (FILE_ATTRIBUTE_DIRECTORY, UNTOUCHED), "{spelling}");
    }
    assert_eq!(attributes_of("."), (FILE_ATTRIBUTE_DIRECTORY, UNTOUCHED));
    assert_eq!(attributes_of("NUL"), (FILE_ATTRIBUTE_ARCHIVE, UNTOUCHED));
    for (spelling, error) in [
        (directory.name("nosuch"), 2),
        (directory.name("nodir\\nosuch"), 3),
        (format!("{name}\\x"), 3),
        (format!("{name}\\"), 3),
        (directory.name("x*"), 123),
        (String::new(), 3),
        ("\\\\.\\pipe\\nosuch".into(), 2),
    ] {
        assert_eq!(attributes_of(&spelling), (u32::MAX, error), "{spelling}");
    }
    symlink("sub", directory.name("to-sub")).unwrap();
    symlink("nowhere", directory.name("to-nowhere")).unwrap();
    let link = FILE_ATTRIBUTE_REPARSE_POINT;
    let to_sub = attributes_of(&directory.name("to-sub")).0;
    assert_eq!(to_sub, FILE_ATTRIBUTE_DIRECTORY | link);
    assert_eq!(attributes_of(&directory.name("to-nowhere")).0, FILE_ATTRIBUTE_ARCHIVE | link);
    // SAFETY: a terminated name.
    assert_eq!(unsafe { GetFileAttributesA(c"NUL".as_ptr().cast()) }, FILE_ATTRIBUTE_ARCHIVE);
}

#[test]
fn a_read_only_file_is_neither_written_nor_deleted() {
    let directory = Directory::new();
    let name = directory.name("ro.txt");
    let (handle, _) = create(&name, W, ALL, CREATE_NEW, FILE_ATTRIBUTE_READONLY);
    assert_eq!(win32::write(handle, b"once"), ((1, 4), UNTOUCHED), "who makes it may write it");
    win32::close(handle);
    assert_eq!(attributes_of(&name).0, FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_READONLY);
    assert!(std::fs::metadata(&name).unwrap().permissions().readonly());
    assert_eq!(refusal(&name, W, ALL), Some(5));
    assert_eq!(refusal(&name, FILE_APPEND_DATA, ALL), Some(5));
    assert_eq!(refusal(&name, R, ALL), None);
    assert_eq!(create(&name, R, ALL, CREATE_ALWAYS, 0), (INVALID, 5));
    assert_eq!(create(&name, R, ALL, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE), (INVALID, 5));
    assert_eq!(delete(&name), (0, 5));
    assert_eq!(length(&name), 4);
    std::fs::set_permissions(&name, PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(delete(&name), (1, UNTOUCHED));
    // CREATE_ALWAYS gives an existing file the attributes, too.
    let name = directory.file("rw.txt", "x");
    let (handle, _) = create(&name, W, ALL, CREATE_ALWAYS, FILE_ATTRIBUTE_READONLY);
    win32::close(handle);
    assert_eq!(attributes_of(&name).0, FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_READONLY);
}

#[test]
fn deleting() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    let inside = directory.name("sub");
    std::fs::create_dir(&inside).unwrap();
    for (spelling, error) in [
        (directory.name("nosuch"), 2),
        (directory.name("nodir\\x"), 3),
        (inside, 5),
        (String::new(), 3),
        (directory.name("x*"), 123),
        (format!("{name}\\"), 123),
        (format!("{name}\\x"), 3),
        ("NUL".into(), 87),
        ("\\\\.\\pipe\\nosuch".into(), 2),
        ("\\\\.\\mailslot\\nosuch".into(), 2),
    ] {
        assert_eq!(delete(&spelling), (0, error), "{spelling}");
    }
    for access in [R, W, DELETE] {
        let handle = open(&name, access, 3);
        assert_eq!(delete(&name), (0, 32));
        win32::close(handle);
    }
    let handle = open(&name, R, ALL);
    assert_eq!(delete(&name), (1, UNTOUCHED));
    assert_eq!(attributes_of(&name), (u32::MAX, 2), "the name is gone at once");
    assert_eq!(win32::read(handle, 9), ((1, b"x".to_vec()), UNTOUCHED), "the file is not");
    win32::close(handle);
    // Of a link, the link goes.
    let target = directory.file("target", "x");
    symlink(&target, directory.name("link")).unwrap();
    assert_eq!(delete(&directory.name("link")), (1, UNTOUCHED));
    assert!(exists(&target) && !exists(&directory.name("link")));
}

#[test]
fn delete_on_close_waits_for_the_last_handle() {
    let directory = Directory::new();
    let name = directory.name("doc.txt");
    let (handle, error) = create(&name, RW, ALL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE);
    assert_eq!(error, 0);
    assert_eq!(refusal(&name, R, 3), Some(32), "it is open for deleting");
    assert_eq!(refusal(&name, R, ALL), None);
    let ((_, duplicate), _) = win32::duplicate(SELF, handle, SELF, 0, false, 2);
    win32::close(handle);
    assert!(exists(&name));
    win32::close(duplicate);
    assert!(!exists(&name));
    // An existing one, that was renamed while it was open, and its name used again.
    let name = directory.file("doc.txt", "x");
    let (handle, _) = create(&name, R, ALL, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE);
    std::fs::rename(&name, directory.name("renamed")).unwrap();
    std::fs::write(&name, "another").unwrap();
    win32::close(handle);
    assert!(!exists(&directory.name("renamed")) && exists(&name));
}

#[test]
fn delete_on_close_is_left_to_whoever_still_holds_it() {
    let directory = Directory::new();
    let name = directory.name("doc.txt");
    let (handle, _) = create(&name, RW, ALL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE);
    win32::set_handle_flags(handle, 1, 1);
    let mut child = assistant(true);
    win32::close(handle);
    assert!(exists(&name), "the child has it");
    assert_eq!(child.ask(&format!("close {handle}")), format!("1 {UNTOUCHED}"));
    assert!(!exists(&name));
}

#[test]
fn delete_on_close_at_the_end_of_the_process() {
    let directory = Directory::new();
    let name = directory.name("doc.txt");
    let mut other = assistant(false);
    let flags = FILE_FLAG_DELETE_ON_CLOSE;
    let answer = other.ask(&format!("open {RW} {ALL} {CREATE_NEW} {flags} {name}"));
    assert!(answer.ends_with(" 0"), "{answer}");
    assert!(exists(&name));
    other.tell("return");
    assert_eq!(win32::wait(other.started().process, 10_000).0, 0);
    assert!(!exists(&name));
}

#[test]
fn names() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    let inside = directory.name("sub");
    std::fs::create_dir(&inside).unwrap();
    let backslashes = name.replace('/', "\\");
    for spelling in [
        name.clone(),
        backslashes.clone(),
        format!("C:{backslashes}"),
        format!("c:{name}"),
        format!("\\\\?\\C:{backslashes}"),
        format!("\\\\.\\C:{backslashes}"),
        format!("{inside}\\..\\\\s.txt"),
    ] {
        assert_eq!(refusal(&spelling, R, ALL), None, "{spelling}");
    }
    for (spelling, error) in [
        (String::new(), 3),
        (format!("{name}\\"), 123),
        (format!("{name}/"), 123),
        (directory.name("nodir\\x"), 3),
        (format!("{name}\\x"), 3),
        (directory.name("x*"), 123),
        (directory.name("x?"), 123),
        (directory.name("x<"), 123),
        (directory.name("x|"), 123),
        (directory.name("x\""), 123),
        (directory.name(&"a".repeat(300)), 206),
        (directory.name("nosuch"), 2),
        ("Q:\\x".into(), 3),
        ("C:\\".into(), 5),
        ("\\".into(), 5),
        (".".into(), 5),
        ("..".into(), 5),
        ("\\\\.\\nosuch".into(), 2),
        ("\\\\.\\pipe\\nosuch".into(), 2),
        ("\\\\.\\mailslot\\nosuch".into(), 2),
    ] {
        assert_eq!(refusal(&spelling, R, ALL), Some(error), "{spelling}");
    }
    for (spelling, error) in [("new\\", 123), ("x*", 123), ("sub\\", 80), ("sub", 80)] {
        let spelling = directory.name(spelling);
        assert_eq!(create(&spelling, W, ALL, CREATE_NEW, 0), (INVALID, error), "{spelling}");
    }
    // What Linux has under a name that Windows forbids can be opened, and emptied.
    let odd = directory.file("odd?", "x");
    assert_eq!(refusal(&odd, R, ALL), None);
    // 문서, and what is no UTF-16.
    let korean = directory.file("문서", "x");
    assert_eq!(refusal(&korean, R, ALL), None);
    let lone: Vec<u16> = directory.name("lone").encode_utf16().chain([0xD800]).collect();
    assert_eq!(create_units(&lone, R, ALL, OPEN_EXISTING, 0), (INVALID, 2));
    let (handle, error) = create_units(&lone, R, ALL, CREATE_NEW, 0);
    assert_eq!(error, 0);
    win32::close(handle);
    assert_eq!(create_units(&lone, R, ALL, CREATE_NEW, 0), (INVALID, 80));
}

#[test]
fn bad_names_are_errors() {
    let null = std::ptr::null();
    // SAFETY: NULL names are refused.
    let handle = unsafe { CreateFileW(null, R, ALL, null.cast(), OPEN_EXISTING, 0, win32::h(0)) };
    assert_eq!((win32::v(handle), std::io::Error::last_os_error().raw_os_error()), (-1, Some(3)));
    // SAFETY: as above.
    let handle =
        unsafe { CreateFileA(null.cast(), R, ALL, null.cast(), OPEN_EXISTING, 0, win32::h(0)) };
    assert_eq!((win32::v(handle), std::io::Error::last_os_error().raw_os_error()), (-1, Some(3)));
    // SAFETY: as above.
    assert_eq!(unsafe { DeleteFileW(null) }, 0);
    // SAFETY: as above.
    assert_eq!(unsafe { DeleteFileA(null.cast()) }, 0);
    let huge: Vec<u16> = std::iter::repeat_n(u16::from(b'x'), 1 << 20).collect();
    assert_eq!(create_units(&huge, R, ALL, OPEN_EXISTING, 0), (INVALID, 206));
    // One unit off: an odd address.
    let mut bytes = vec![0_u8];
    bytes.extend("/dev/null\0".encode_utf16().flat_map(u16::to_ne_bytes));
    let odd = bytes[1..].as_ptr().cast::<u16>();
    // SAFETY: a terminated string, at an odd address.
    let handle = unsafe { CreateFileW(odd, R, ALL, null.cast(), OPEN_EXISTING, 0, win32::h(0)) };
    assert_eq!(win32::close(win32::v(handle)).0, 1);
}

#[test]
fn directories() {
    let directory = Directory::new();
    let name = directory.path().to_str().unwrap();
    for access in [R, W, RW, 0] {
        for (disposition, error) in
            [(OPEN_EXISTING, 5), (OPEN_ALWAYS, 5), (CREATE_ALWAYS, 5), (CREATE_NEW, 80)]
        {
            assert_eq!(create(name, access, ALL, disposition, 0), (INVALID, error));
        }
        for name in [name.to_owned(), format!("{name}\\")] {
            let flags = FILE_FLAG_BACKUP_SEMANTICS;
            let (handle, error) = create(&name, access, ALL, OPEN_EXISTING, flags);
            assert_eq!(error, 0, "{access:#x} {name}");
            assert_eq!((file_type(handle), size(handle).0), (1, 0));
            if access & R != 0 {
                assert_eq!(win32::read(handle, 5), ((0, vec![]), 1));
            }
            win32::close(handle);
        }
    }
    let handle = create(name, R, 1, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS).0;
    let second = create(name, W, ALL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    assert_eq!(second, (INVALID, 32), "directories are shared like files");
    win32::close(handle);
}

#[test]
fn a_link_itself_can_be_opened() {
    let directory = Directory::new();
    symlink("nowhere", directory.name("link")).unwrap();
    let flags = FILE_FLAG_OPEN_REPARSE_POINT;
    let (handle, error) = create(&directory.name("link"), 0, ALL, OPEN_EXISTING, flags);
    assert_eq!(error, 0);
    assert_eq!(file_type(handle), 1);
    assert_eq!(seek(handle, 0, FILE_BEGIN), (u32::MAX, 5));
    win32::close(handle);
    assert!(exists(&directory.name("link")));
}

#[test]
fn rights_that_are_none_are_not_granted() {
    let directory = Directory::new();
    let name = directory.file("a", "x");
    let system = create(&name, R | 0x0100_0000, ALL, OPEN_EXISTING, 0);
    assert_eq!(system, (INVALID, 1314));
    for access in [0x0020_0000, 0x0200_0000, 0x1000_0000, 0x2000_0000] {
        assert_eq!(refusal(&name, access, ALL), None, "{access:#x}");
    }
    let all = open(&name, 0x0200_0000, ALL);
    assert_eq!(win32::write(all, b"y"), ((1, 1), UNTOUCHED), "MAXIMUM_ALLOWED");
    win32::close(all);
}

#[test]
fn the_null_device() {
    for disposition in [OPEN_EXISTING, OPEN_ALWAYS, CREATE_ALWAYS, CREATE_NEW, TRUNCATE_EXISTING] {
        let (handle, error) = create("nul", RW, 0, disposition, 0);
        assert_eq!(error, 0, "{disposition}");
        assert_eq!(file_type(handle), 2);
        assert_eq!(win32::read(handle, 10), ((1, vec![]), UNTOUCHED));
        assert_eq!(win32::write(handle, b"0123456789"), ((1, 10), UNTOUCHED));
        assert_eq!(seek(handle, 5, FILE_BEGIN), (5, UNTOUCHED));
        assert_eq!(size(handle), (u32::MAX, 1));
        assert_eq!(set_end(handle), (0, 6));
        let (second, error) = create("\\\\.\\NUL", R, 0, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE);
        assert_eq!(error, 0);
        win32::close(second);
        win32::close(handle);
    }
    assert!(exists("/dev/null"));
}

#[test]
fn consoles_are_the_terminal_if_there_is_one() {
    let mut other = assistant(false);
    assert_eq!(other.ask("leave-terminal"), "left");
    let mut open = |name: &str, access: u32, disposition: u32| {
        other.ask(&format!("open {access} {ALL} {disposition} 0 {name}"))
    };
    for name in ["CONIN$", "conin$", "CONOUT$", "CON", "\\\\.\\CON"] {
        for access in [R, W, RW, 0] {
            assert_eq!(open(name, access, OPEN_EXISTING), "-1 6", "{name}");
            assert_eq!(open(name, access, CREATE_NEW), "-1 6", "{name}");
        }
    }
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let theirs = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    assert_eq!(other.ask(&format!("take-terminal {theirs}")), "0");
    let answer = other.ask(&format!("open {W} {ALL} {OPEN_EXISTING} 0 CONOUT$"));
    let (handle, error) = answer.split_once(' ').unwrap();
    assert_eq!(error, "0");
    other.ask(&format!("write {handle} seen"));
    let mut seen = [0; 4];
    rustix::io::read(&ours, &mut seen).unwrap();
    assert_eq!(&seen, b"seen");
}

#[test]
fn a_thousand_open_files_and_no_descriptor_left_behind() {
    let directory = Directory::new();
    let name = directory.file("many", "x");
    // Others of these tests open and close files meanwhile: only those of this file count.
    let count = || {
        let fds = std::fs::read_dir("/proc/self/fd").unwrap();
        let links = fds.flatten().filter_map(|fd| std::fs::read_link(fd.path()).ok());
        links.filter(|link| link.to_str() == Some(&name)).count()
    };
    let handles: Vec<isize> = (0..1000).map(|_| open(&name, RW, ALL)).collect();
    assert_eq!(count(), 1000);
    assert_eq!(refusal(&name, R, 0), Some(32));
    for handle in handles {
        assert_eq!(win32::close(handle).0, 1);
    }
    assert_eq!(refusal(&name, R, 0), None);
    assert_eq!(count(), 0);
}

#[test]
fn children_being_started_do_not_keep_what_was_closed() {
    let directory = Directory::new();
    let name = directory.file("s.txt", "x");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let started = Start::default().run("/bin/true").unwrap();
                win32::close(started.process);
                win32::close(started.thread);
            }
        });
        let refused = (0..20_000).find(|_| {
            // Nothing here panics: the other thread waits to be told to stop.
            refusal(&name, RW, 0).is_some()
        });
        let document = directory.name("doc.txt");
        let kept = (0..2_000).find(|_| {
            let flags = FILE_FLAG_DELETE_ON_CLOSE;
            win32::close(create(&document, RW, ALL, CREATE_ALWAYS, flags).0);
            exists(&document)
        });
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!((refused, kept), (None, None));
    });
}
