//! The memory of another process, by a handle to it.

use std::ffi::c_void;
use std::ptr::with_exposed_provenance;
use transom_tests::assistant::Assistant;
use transom_tests::win32::{call, close, h, v};
use windows_sys::Win32::System::Diagnostics::Debug::{ReadProcessMemory, WriteProcessMemory};
use windows_sys::Win32::System::Threading::{
    OpenProcess, PROCESS_VM_OPERATION, PROCESS_VM_READ, PROCESS_VM_WRITE, TerminateProcess,
};

/// Where a mapping of a process begins and ends that is called so.
fn mapping(pid: u32, is_it: impl Fn(&str) -> bool) -> (usize, usize) {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("it runs");
    let line = maps.lines().find(|line| is_it(line)).expect("it has one");
    let (start, end) = line.split(' ').next().and_then(|range| range.split_once('-')).unwrap();
    let number = |digits| usize::from_str_radix(digits, 16).unwrap();
    (number(start), number(end))
}

fn open(pid: u32, rights: u32) -> isize {
    // SAFETY: numbers.
    let process = unsafe { OpenProcess(rights, 0, pid) };
    assert!(!process.is_null());
    v(process)
}

fn read(process: isize, address: usize, buffer: &mut [u8]) -> (i32, usize, u32) {
    let mut count = 77;
    let place = buffer.as_mut_ptr().cast::<c_void>();
    let address = with_exposed_provenance(address);
    // SAFETY: a buffer of that length, and a place for a number.
    let (result, error) = call(|| unsafe {
        ReadProcessMemory(h(process), address, place, buffer.len(), &raw mut count)
    });
    (result, count, error)
}

#[test]
fn a_childs_memory_is_read_and_written() {
    let mut child = Assistant::child();
    let pid = u32::try_from(child.number("pid")).expect("an id");
    let reader = open(pid, PROCESS_VM_READ);
    let (program, _) =
        mapping(pid, |line| line.contains("assistant") && line.contains(" 00000000 "));
    let mut start = [0; 4];
    assert_eq!(read(reader, program, &mut start).0, 1);
    assert_eq!(start, *b"\x7FELF");
    // Beyond the end of what is there, only a part is read.
    let (_, end) = mapping(pid, |line| line.ends_with("[stack]"));
    let mut page = [0; 8192];
    let (result, count, error) = read(reader, end - 4096, &mut page);
    assert_eq!((result, error), (0, 299));
    assert!(count <= 4096, "{count}");

    // The last bytes of the stack are the program's path once more, which nobody looks at.
    let place = end - 64;
    let mut before = [0; 16];
    assert_eq!(read(reader, place, &mut before), (1, 16, transom_tests::win32::UNTOUCHED));
    let write = |process: isize, bytes: &[u8; 16]| {
        let mut count = 77;
        let place = with_exposed_provenance(place);
        // SAFETY: sixteen bytes, which another process gets where nothing relies on them.
        let (result, error) = call(|| unsafe {
            WriteProcessMemory(h(process), place, bytes.as_ptr().cast(), 16, &raw mut count)
        });
        (result, count, error)
    };
    assert_eq!(write(reader, b"sixteen bytes...").2, 5);
    let half = open(pid, PROCESS_VM_WRITE);
    assert_eq!(write(half, b"sixteen bytes...").2, 5, "PROCESS_VM_OPERATION is missing");
    let writer = open(pid, PROCESS_VM_WRITE | PROCESS_VM_OPERATION);
    let (result, count, _) = write(writer, b"sixteen bytes...");
    assert_eq!((result, count), (1, 16));
    let mut after = [0; 16];
    assert_eq!(read(reader, place, &mut after).0, 1);
    assert_eq!(after, *b"sixteen bytes...");

    let ender = open(pid, 1);
    // SAFETY: a handle with the right to it.
    assert_eq!(unsafe { TerminateProcess(h(ender), 0) }, 1);
    child.kill();
    assert_eq!(read(reader, place, &mut after), (0, 0, 5));
    for process in [reader, half, writer, ender] {
        assert_eq!(close(process).0, 1);
    }
}
