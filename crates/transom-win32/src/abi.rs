//! What crosses the ABI: pointers in, pointers out, results into `BOOL` and last error.

use std::borrow::Cow;
use transom_kernel::executive::{StandardHandle, current};
use transom_kernel::handle::Handle;
use transom_kernel::{Result, Win32Error, last_error, text};
use windows_sys::Win32::Foundation::{FILETIME, HANDLE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::core::BOOL;

/// The longest string looked at, in units: what has no terminator within it is refused.
const LONGEST_STRING: usize = 1 << 24;

/// Proves at compile time that an export has the signature `windows-sys` declares for it:
/// `same_signature!(windows_sys::Win32::Foundation::CloseHandle, CloseHandle, fn(_) -> _);`
macro_rules! same_signature {
    ($official:path, $ours:path, fn($($argument:ty),*) -> $result:ty) => {
        const _: () = {
            let _ = [$official as unsafe extern "system" fn($($argument),*) -> $result, $ours as _];
        };
    };
    ($official:path, $ours:path, fn($($argument:ty),*)) => {
        same_signature!($official, $ours, fn($($argument),*) -> ());
    };
}
pub(crate) use same_signature;

/// Turns a result into a `BOOL`, recording the error of a failure.
pub(crate) fn succeeds(result: Result<()>) -> BOOL {
    i32::from(or_else(result.map(|()| true), false))
}

/// Turns a result into a value, recording the error and giving `failure` otherwise.
pub(crate) fn or_else<T>(result: Result<T>, failure: T) -> T {
    result.unwrap_or_else(|error| {
        last_error::record(error);
        failure
    })
}

/// Stores a result where the caller wants it; NULL is `ERROR_NOACCESS`.
///
/// # Safety
/// `place` is NULL or points to writable memory of a `T`, at any alignment.
pub(crate) unsafe fn store<T>(place: *mut T, value: T) -> Result<()> {
    if place.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, so writable by the contract; an unaligned write asks no alignment.
    unsafe { place.write_unaligned(value) };
    Ok(())
}

/// Stores a result where the caller wants it, if the caller wants it.
///
/// # Safety
/// As for [`store`].
pub(crate) unsafe fn store_optional<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: not NULL, so writable by the contract; an unaligned write asks no alignment.
        unsafe { place.write_unaligned(value) };
    }
}

/// Reads a structure of the caller's; `None` for NULL.
///
/// # Safety
/// `place` is NULL or points to a readable `T`, at any alignment.
pub(crate) unsafe fn load<T: Copy>(place: *const T) -> Option<T> {
    // SAFETY: not NULL, so readable by the contract; an unaligned read asks no alignment.
    (!place.is_null()).then(|| unsafe { place.read_unaligned() })
}

/// Counts the elements before the terminating zero.
///
/// # Safety
/// `string` points to readable elements up to and including a zero.
unsafe fn length_of<T: Copy + Default + PartialEq>(string: *const T) -> Option<usize> {
    (0..LONGEST_STRING).find(|&index| {
        // SAFETY: no earlier element was the terminator, so this one is still of the string.
        unsafe { string.wrapping_add(index).read_unaligned() == T::default() }
    })
}

/// Reads `length` elements at any alignment: borrowed where aligned, copied where not.
///
/// # Safety
/// `elements` points to `length` readable elements that nobody changes during `'a`.
pub(crate) unsafe fn elements<'a, T: Copy>(elements: *const T, length: usize) -> Cow<'a, [T]> {
    if length == 0 {
        return Cow::Borrowed(&[]);
    }
    if elements.is_aligned() {
        // SAFETY: readable and stable by the contract, aligned by the test, and not empty, so not
        // NULL.
        return Cow::Borrowed(unsafe { std::slice::from_raw_parts(elements, length) });
    }
    Cow::Owned(
        (0..length)
            // SAFETY: within the `length` readable elements; unaligned reads ask no alignment.
            .map(|index| unsafe { elements.wrapping_add(index).read_unaligned() })
            .collect(),
    )
}

/// Reads a NUL-terminated UTF-16 string (without the NUL); `None` for NULL or for one that does
/// not end.
///
/// # Safety
/// `string` is NULL or points to readable units up to a NUL that nobody changes during `'a`.
pub(crate) unsafe fn wide_string<'a>(string: *const u16) -> Option<Cow<'a, [u16]>> {
    if string.is_null() {
        return None;
    }
    // SAFETY: not NULL, so terminated by the contract.
    let length = unsafe { length_of(string) }?;
    // SAFETY: `length` units before the terminator were just read.
    Some(unsafe { elements(string, length) })
}

/// Reads a NUL-terminated "ANSI" string, which is UTF-8 here, as UTF-16.
///
/// # Safety
/// `string` is NULL or points to readable bytes up to a NUL.
pub(crate) unsafe fn ansi_string(string: *const u8) -> Option<Vec<u16>> {
    if string.is_null() {
        return None;
    }
    // SAFETY: not NULL, so terminated by the contract.
    let length = unsafe { length_of(string) }?;
    // SAFETY: `length` bytes before the terminator were just read.
    let bytes = unsafe { elements(string, length) };
    Some(text::to_wide(&bytes))
}

/// Writes a string and its NUL into a caller's buffer of `capacity` elements, in the way of most
/// Win32 functions: the length without the NUL if it fits, else the length needed with the NUL
/// and the buffer untouched.
///
/// # Safety
/// `buffer` is NULL (then nothing fits) or points to `capacity` writable elements.
pub(crate) unsafe fn store_string<T: Copy + Default>(
    string: &[T],
    buffer: *mut T,
    capacity: u32,
) -> u32 {
    let length = u32::try_from(string.len()).unwrap_or(u32::MAX - 1);
    if buffer.is_null() || length >= capacity {
        return length + 1;
    }
    let string = &string[..length as usize];
    let source = string.as_ptr().cast::<u8>();
    // SAFETY: both have room for `length` elements, the buffer by the contract as `length` is less
    // than `capacity`; as bytes they need no alignment, and `copy` lets them overlap.
    unsafe { std::ptr::copy(source, buffer.cast(), size_of_val(string)) };
    // SAFETY: the element after the `length` first is within `capacity`; no alignment is asked.
    unsafe { buffer.wrapping_add(string.len()).write_unaligned(T::default()) };
    length
}

/// What a caller passed as `HANDLE`.
pub(crate) fn from_handle(handle: HANDLE) -> Result<Handle> {
    Handle::from_raw(handle.addr().cast_signed())
}

/// What a caller passed where the id of a standard handle (`STD_OUTPUT_HANDLE` and the like) stands for
/// that handle.
#[inline]
pub(crate) fn from_standard_or_handle(handle: HANDLE) -> Result<Handle> {
    let id = handle.addr() as u32;
    match u32::MAX - id {
        9..=11 => from_standard(id),
        _ => from_handle(handle),
    }
}

#[cold]
fn from_standard(id: u32) -> Result<Handle> {
    let standard = StandardHandle::from_id(id).ok_or(Win32Error::INVALID_HANDLE)?;
    Handle::from_raw(current().standard_handle(standard))
}

/// A handle as the caller holds it.
pub(crate) fn to_handle(handle: impl Into<Handle>) -> HANDLE {
    raw_to_handle(handle.into().raw())
}

/// A number as the caller holds it, where any number may stand.
pub(crate) fn raw_to_handle(raw: isize) -> HANDLE {
    std::ptr::without_provenance_mut(raw.cast_unsigned())
}

/// Whether a `SECURITY_ATTRIBUTES` asks for an inheritable handle; NULL does not.
///
/// # Safety
/// `attributes` is NULL or points to a readable `SECURITY_ATTRIBUTES`, at any alignment.
pub(crate) unsafe fn asks_to_inherit(attributes: *const SECURITY_ATTRIBUTES) -> bool {
    // SAFETY: the caller's contract is this function's.
    unsafe { load(attributes) }.is_some_and(|attributes| attributes.bInheritHandle != 0)
}

/// A file time as the two halves that Win32 keeps it in.
pub(crate) const fn file_time(time: u64) -> FILETIME {
    FILETIME { dwLowDateTime: time as u32, dwHighDateTime: (time >> 32) as u32 }
}

/// The number of a file time.
pub(crate) const fn from_file_time(time: FILETIME) -> u64 {
    (time.dwHighDateTime as u64) << 32 | time.dwLowDateTime as u64
}

/// A string in either form.
pub(crate) trait Unit: Copy + Default {
    /// UTF-16 in this form.
    fn encode(wide: &[u16]) -> Vec<Self>;
}

impl Unit for u16 {
    fn encode(wide: &[u16]) -> Vec<Self> {
        wide.to_vec()
    }
}

impl Unit for u8 {
    fn encode(wide: &[u16]) -> Vec<Self> {
        text::to_bytes(wide)
    }
}

/// Gives a string in either form, in the way of [`store_string`]; 0 for an error.
///
/// # Safety
/// As for [`store_string`].
pub(crate) unsafe fn store_text<T: Unit>(
    text: Result<Vec<u16>>,
    buffer: *mut T,
    capacity: u32,
) -> u32 {
    let stored = text.map(|text| {
        // SAFETY: the same contract.
        unsafe { store_string(&T::encode(&text), buffer, capacity) }
    });
    or_else(stored, 0)
}
