//! The file functions, with slices and tuples for pointers.

use crate::win32::{Outcome, attributes, call, h, v, wide};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use windows_sys::Win32::Storage::FileSystem as file;
use windows_sys::Win32::System::IO::{OVERLAPPED, OVERLAPPED_0, OVERLAPPED_0_0};

/// `GENERIC_READ`.
pub const R: u32 = 0x8000_0000;
/// `GENERIC_WRITE`.
pub const W: u32 = 0x4000_0000;
/// `GENERIC_READ | GENERIC_WRITE`.
pub const RW: u32 = R | W;
/// All of `FILE_SHARE_*`.
pub const ALL: u32 = 7;
/// `INVALID_HANDLE_VALUE`.
pub const INVALID: isize = -1;

/// A directory of a test's own, removed with what is in it.
#[derive(Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// Makes an empty one.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes something on the disk")]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("transom-files-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a new directory");
        Self(path)
    }

    /// A name in it.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("the temporary directory's name is text").to_owned()
    }

    /// A file in it.
    #[must_use]
    pub fn file(&self, name: &str, content: &str) -> String {
        let name = self.name(name);
        std::fs::write(&name, content).expect("a new file");
        name
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A test that fails may leave it in any state.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `CreateFileW` on any units; a NUL is added.
pub fn create_units(
    name: &[u16],
    access: u32,
    share: u32,
    disposition: u32,
    flags: u32,
) -> Outcome<isize> {
    let name: Vec<u16> = name.iter().copied().chain([0]).collect();
    // SAFETY: the name is terminated and lives across the call.
    call(|| unsafe {
        v(file::CreateFileW(
            name.as_ptr(),
            access,
            share,
            std::ptr::null(),
            disposition,
            flags,
            h(0),
        ))
    })
}

/// `CreateFileW`.
pub fn create(name: &str, access: u32, share: u32, disposition: u32, flags: u32) -> Outcome<isize> {
    let units: Vec<u16> = name.encode_utf16().collect();
    create_units(&units, access, share, disposition, flags)
}

/// `CreateFileA`, with an inheritable handle.
pub fn create_inheritable(name: &str, access: u32, share: u32, disposition: u32) -> isize {
    let name = std::ffi::CString::new(name).expect("no NUL");
    let attributes = attributes(true);
    // SAFETY: name and attributes live across the call.
    v(unsafe {
        file::CreateFileA(
            name.as_ptr().cast(),
            access,
            share,
            &raw const attributes,
            disposition,
            0,
            h(0),
        )
    })
}

/// Opens an existing file that must be there.
#[must_use]
pub fn open(name: &str, access: u32, share: u32) -> isize {
    let (handle, error) = create(name, access, share, file::OPEN_EXISTING, 0);
    assert_ne!(handle, INVALID, "{name}: error {error}");
    handle
}

/// The error of opening an existing file; `None` if it works.
pub fn refusal(name: &str, access: u32, share: u32) -> Option<u32> {
    let (handle, error) = create(name, access, share, file::OPEN_EXISTING, 0);
    if handle == INVALID {
        return Some(error);
    }
    assert_eq!(error, 0, "success sets the last error");
    crate::win32::close(handle);
    None
}

/// `DeleteFileW`.
pub fn delete(name: &str) -> Outcome<i32> {
    let name = wide(name);
    // SAFETY: the name is terminated and lives across the call.
    call(|| unsafe { file::DeleteFileW(name.as_ptr()) })
}

/// `GetFileAttributesW`.
pub fn attributes_of(name: &str) -> Outcome<u32> {
    let name = wide(name);
    // SAFETY: the name is terminated and lives across the call.
    call(|| unsafe { file::GetFileAttributesW(name.as_ptr()) })
}

/// `SetFilePointer` with `lpDistanceToMoveHigh` NULL.
pub fn seek(handle: isize, distance: i32, method: u32) -> Outcome<u32> {
    // SAFETY: NULL is allowed.
    call(|| unsafe { file::SetFilePointer(h(handle), distance, std::ptr::null_mut(), method) })
}

/// `SetFilePointer` with the high half: the result, and what the high half is then.
pub fn seek_high(handle: isize, distance: i32, high: i32, method: u32) -> Outcome<(u32, i32)> {
    let mut high = high;
    // SAFETY: the number lives across the call.
    let (result, error) =
        call(|| unsafe { file::SetFilePointer(h(handle), distance, &raw mut high, method) });
    ((result, high), error)
}

/// `SetFilePointerEx`: the result and the new place (77 where none was stored).
pub fn seek_ex(handle: isize, distance: i64, method: u32) -> Outcome<(i32, i64)> {
    let mut place = 77;
    // SAFETY: the number lives across the call.
    let (result, error) =
        call(|| unsafe { file::SetFilePointerEx(h(handle), distance, &raw mut place, method) });
    ((result, place), error)
}

/// `GetFileSize` with `lpFileSizeHigh` NULL.
pub fn size(handle: isize) -> Outcome<u32> {
    // SAFETY: NULL is allowed.
    call(|| unsafe { file::GetFileSize(h(handle), std::ptr::null_mut()) })
}

/// `GetFileSizeEx`: the result and the size (77 where none was stored).
pub fn size_ex(handle: isize) -> Outcome<(i32, i64)> {
    let mut size = 77;
    // SAFETY: the number lives across the call.
    let (result, error) = call(|| unsafe { file::GetFileSizeEx(h(handle), &raw mut size) });
    ((result, size), error)
}

/// `SetEndOfFile`.
pub fn set_end(handle: isize) -> Outcome<i32> {
    // SAFETY: takes a number.
    call(|| unsafe { file::SetEndOfFile(h(handle)) })
}

/// `GetFileType`.
pub fn file_type(handle: isize) -> u32 {
    // SAFETY: takes a number.
    unsafe { file::GetFileType(h(handle)) }
}

fn overlapped(place: u64) -> OVERLAPPED {
    let place = OVERLAPPED_0_0 { Offset: place as u32, OffsetHigh: (place >> 32) as u32 };
    OVERLAPPED { Anonymous: OVERLAPPED_0 { Anonymous: place }, ..Default::default() }
}

/// `ReadFile` with an `OVERLAPPED`, up to so many bytes.
pub fn read_at(handle: isize, place: u64, most: usize) -> Outcome<(i32, Vec<u8>)> {
    let mut buffer = vec![0; most];
    let (mut count, mut overlapped) = (0, overlapped(place));
    // SAFETY: the buffer is as long as said, the other pointers are to live variables.
    let (result, error) = call(|| unsafe {
        file::ReadFile(
            h(handle),
            buffer.as_mut_ptr(),
            most as u32,
            &raw mut count,
            &raw mut overlapped,
        )
    });
    buffer.truncate(count as usize);
    ((result, buffer), error)
}

/// `WriteFile` with an `OVERLAPPED`: the result and how many bytes.
pub fn write_at(handle: isize, place: u64, bytes: &[u8]) -> Outcome<(i32, u32)> {
    let (mut count, mut overlapped) = (0, overlapped(place));
    // SAFETY: the buffer is as long as said, the other pointers are to live variables.
    let (result, error) = call(|| unsafe {
        file::WriteFile(
            h(handle),
            bytes.as_ptr(),
            bytes.len() as u32,
            &raw mut count,
            &raw mut overlapped,
        )
    });
    ((result, count), error)
}
