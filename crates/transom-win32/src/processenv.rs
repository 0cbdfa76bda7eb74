//! `processenv.h`: the environment. (The command line, the standard handles and the current
//! directory, which Microsoft declares there too, have modules of their own.)

use crate::abi::{self, elements, or_else, same_signature, store_string, succeeds};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use transom_kernel::environment::{self, Reader, block};
use transom_kernel::{Result, Win32Error, last_error, text};
use windows_sys::Win32::System::Environment as official;
use windows_sys::core::BOOL;

/// The longest block looked at, in elements: what does not end within it is refused.
const LONGEST_BLOCK: usize = 1 << 24;

/// `GetEnvironmentVariableW`: copies the value of a variable into `buffer`.
///
/// Returns the length without the NUL; or, where `size` units do not hold value and NUL, the
/// size needed, and leaves `buffer` as it is; or 0. An empty value also is 0, with the last error
/// set to 0.
///
/// # Errors
/// `ERROR_ENVVAR_NOT_FOUND`: there is no such variable, or `name` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getenvironmentvariablew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetEnvironmentVariableW(
    name: *const u16,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    let reader = Reader::lock();
    // SAFETY: NULL or a string, by the caller's contract; it is not looked at once its value is
    // found, so that it may lie in `buffer`.
    let value = find(&reader, unsafe { wide(name) });
    // SAFETY: `buffer` is NULL or holds `size` units, by the caller's contract.
    got(value.map(|value| unsafe { store_string(value, buffer, size) }))
}
same_signature!(official::GetEnvironmentVariableW, GetEnvironmentVariableW, fn(_, _, _) -> _);

/// `GetEnvironmentVariableA`: as [`GetEnvironmentVariableW`], in UTF-8; lengths count bytes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getenvironmentvariable>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetEnvironmentVariableA(
    name: *const u8,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    let reader = Reader::lock();
    let mut room = [0; SHORT];
    // SAFETY: NULL or a string, by the caller's contract.
    let value = find(&reader, unsafe { ansi(name, &mut room) });
    got(value.map(|value| {
        let mut room = [0; SHORT];
        let value = narrow(value, &mut room);
        // SAFETY: `buffer` is NULL or holds `size` bytes, by the caller's contract.
        unsafe { store_string(&value, buffer, size) }
    }))
}
same_signature!(official::GetEnvironmentVariableA, GetEnvironmentVariableA, fn(_, _, _) -> _);

/// The two forms of `GetEnvironmentVariable`: the value to store.
fn find<'a>(reader: &'a Reader, name: Result<Option<Cow<'_, [u16]>>>) -> Result<&'a [u16]> {
    reader.value(&name?.ok_or(Win32Error::ENVVAR_NOT_FOUND)?)
}

/// The two forms of `GetEnvironmentVariable`: what they return and leave as the last error.
fn got(length: Result<u32>) -> u32 {
    if length == Ok(0) {
        last_error::set(0);
    }
    or_else(length, 0)
}

/// `SetEnvironmentVariableW`: sets a variable of this process, or deletes it where `value` is
/// NULL; deleting what does not exist succeeds.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: `name` is empty, has a `=` after its first place, or is Transom's
///   own `TRANSOM_INHERIT`; `name` or `value` is longer than 32,767 units.
/// - `ERROR_ENVVAR_NOT_FOUND`: `name` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-setenvironmentvariablew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEnvironmentVariableW(name: *const u16, value: *const u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide(name) };
    // SAFETY: NULL or a string, by the caller's contract.
    let value = unsafe { wide(value) };
    succeeds(set(name, value))
}
same_signature!(official::SetEnvironmentVariableW, SetEnvironmentVariableW, fn(_, _) -> _);

/// `SetEnvironmentVariableA`: as [`SetEnvironmentVariableW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setenvironmentvariablea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEnvironmentVariableA(name: *const u8, value: *const u8) -> BOOL {
    let mut rooms = [[0; SHORT]; 2];
    let [name_room, value_room] = &mut rooms;
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi(name, name_room) };
    // SAFETY: NULL or a string, by the caller's contract.
    let value = unsafe { ansi(value, value_room) };
    succeeds(set(name, value))
}
same_signature!(official::SetEnvironmentVariableA, SetEnvironmentVariableA, fn(_, _) -> _);

/// The two forms of `SetEnvironmentVariable`.
fn set(name: Result<Option<Cow<'_, [u16]>>>, value: Result<Option<Cow<'_, [u16]>>>) -> Result<()> {
    let name = name?.ok_or(Win32Error::ENVVAR_NOT_FOUND)?;
    environment::set(&name, value?.as_deref())
}

/// `ExpandEnvironmentStringsW`: copies `source` into `buffer`, each `%NAME%` in it replaced by
/// the variable's value; unknown names and a lone `%` stay as they are.
///
/// Returns the length of the whole with the NUL. Where that is more than `size` units, the last
/// error is `ERROR_INSUFFICIENT_BUFFER` and `buffer` holds the beginning with a NUL. A NULL
/// `source` counts as an empty one.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: `source` does not end. `ERROR_NOT_ENOUGH_MEMORY`: the result would
/// be longer than any string taken here.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-expandenvironmentstringsw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ExpandEnvironmentStringsW(
    source: *const u16,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let expanded = expand(unsafe { wide(source) });
    // SAFETY: `buffer` is NULL or holds `size` units, by the caller's contract.
    unsafe { store_expanded(expanded, buffer, size) }
}
same_signature!(official::ExpandEnvironmentStringsW, ExpandEnvironmentStringsW, fn(_, _, _) -> _);

/// `ExpandEnvironmentStringsA`: as [`ExpandEnvironmentStringsW`], in UTF-8; lengths count bytes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-expandenvironmentstringsa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ExpandEnvironmentStringsA(
    source: *const u8,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    let mut room = [0; SHORT];
    // SAFETY: NULL or a string, by the caller's contract.
    let expanded = expand(unsafe { ansi(source, &mut room) });
    let expanded = expanded.map(|expanded| text::to_bytes(&expanded));
    // SAFETY: `buffer` is NULL or holds `size` bytes, by the caller's contract.
    unsafe { store_expanded(expanded, buffer, size) }
}
same_signature!(official::ExpandEnvironmentStringsA, ExpandEnvironmentStringsA, fn(_, _, _) -> _);

/// The two forms of `ExpandEnvironmentStrings`: the text to store.
fn expand(source: Result<Option<Cow<'_, [u16]>>>) -> Result<Vec<u16>> {
    source?.map_or(Ok(Vec::new()), |source| environment::expand(&source))
}

/// Stores an expanded text, or as much as fits, with a NUL; its whole length with the NUL, or 0.
///
/// # Safety
/// `buffer` is NULL or points to `size` writable elements.
unsafe fn store_expanded<T: Copy + Default>(
    expanded: Result<Vec<T>>,
    buffer: *mut T,
    size: u32,
) -> u32 {
    let length = expanded.map(|expanded| {
        let length = u32::try_from(expanded.len() + 1).unwrap_or(u32::MAX);
        let kept = if length > size {
            last_error::record(Win32Error::INSUFFICIENT_BUFFER);
            // With no room at all, `store_string` stores nothing.
            &expanded[..size.saturating_sub(1) as usize]
        } else {
            &expanded
        };
        // SAFETY: by this function's own contract.
        unsafe { store_string(kept, buffer, size) };
        length
    });
    or_else(length, 0)
}

/// `GetEnvironmentStringsW`: the whole environment as a block, sorted by name. It is the
/// caller's, until [`FreeEnvironmentStringsW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getenvironmentstringsw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetEnvironmentStringsW() -> *mut u16 {
    let mut block = block::wide(&environment::variables());
    let place = block.as_mut_ptr();
    lend(place.addr(), Lent::Wide(block));
    place
}
same_signature!(official::GetEnvironmentStringsW, GetEnvironmentStringsW, fn() -> _);

/// `GetEnvironmentStrings`: as [`GetEnvironmentStringsW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getenvironmentstrings>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetEnvironmentStrings() -> *mut u8 {
    let mut block = block::bytes(&environment::variables());
    let place = block.as_mut_ptr();
    lend(place.addr(), Lent::Ansi(block));
    place
}
same_signature!(official::GetEnvironmentStrings, GetEnvironmentStrings, fn() -> _);

/// `FreeEnvironmentStringsW`: takes a block of [`GetEnvironmentStringsW`] or
/// [`GetEnvironmentStrings`] back. NULL is no block and nothing to do.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: this is no such block, or it was freed before.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-freeenvironmentstringsw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeEnvironmentStringsW(block: *const u16) -> BOOL {
    succeeds(take_back(block.addr()))
}
same_signature!(official::FreeEnvironmentStringsW, FreeEnvironmentStringsW, fn(_) -> _);

/// `FreeEnvironmentStringsA`: the same as [`FreeEnvironmentStringsW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-freeenvironmentstringsa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeEnvironmentStringsA(block: *const u8) -> BOOL {
    succeeds(take_back(block.addr()))
}
same_signature!(official::FreeEnvironmentStringsA, FreeEnvironmentStringsA, fn(_) -> _);

/// `SetEnvironmentStringsW`: replaces the whole environment of this process by a block.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: `block` is NULL, does not end, or holds a string without a name or
/// a `=`. The old environment stays.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-setenvironmentstringsw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEnvironmentStringsW(block: *const u16) -> BOOL {
    // SAFETY: NULL or a block, by the caller's contract.
    let read = unsafe { environment_block(block) }.ok_or(Win32Error::INVALID_PARAMETER);
    succeeds(read.and_then(|read| block::parse_wide(&read)).and_then(environment::replace))
}
same_signature!(official::SetEnvironmentStringsW, SetEnvironmentStringsW, fn(_) -> _);

/// Reads an environment block through its end; `None` for NULL or for one that does not end.
///
/// # Safety
/// `block` is NULL or points to readable elements up to an empty string that nobody changes
/// during `'a`.
pub(crate) unsafe fn environment_block<'a, T>(block: *const T) -> Option<Cow<'a, [T]>>
where
    T: Copy + Default + PartialEq,
{
    if block.is_null() {
        return None;
    }
    // An empty string is a NUL at the beginning or behind another one.
    let mut string_begins = true;
    let end = (0..LONGEST_BLOCK).find(|&index| {
        // SAFETY: no empty string came before, so this element is still of the block.
        let ends = unsafe { block.wrapping_add(index).read_unaligned() } == T::default();
        std::mem::replace(&mut string_begins, ends) && ends
    })?;
    // SAFETY: the elements through `end` were just read.
    Some(unsafe { elements(block, end + 1) })
}

/// A block in the caller's hands. It stays a `Vec` here, so that only what was lent is freed.
enum Lent {
    Wide(#[expect(dead_code, reason = "owned, not read: the caller reads it")] Vec<u16>),
    Ansi(#[expect(dead_code, reason = "owned, not read: the caller reads it")] Vec<u8>),
}

/// The blocks in callers' hands, by address.
static LENT: Mutex<BTreeMap<usize, Lent>> = Mutex::new(BTreeMap::new());

fn lend(address: usize, block: Lent) {
    LENT.lock().unwrap_or_else(PoisonError::into_inner).insert(address, block);
}

fn take_back(address: usize) -> Result<()> {
    if address == 0 {
        return Ok(());
    }
    let block = LENT.lock().unwrap_or_else(PoisonError::into_inner).remove(&address);
    block.map(drop).ok_or(Win32Error::INVALID_PARAMETER)
}

/// The longest text that is converted without an allocation.
const SHORT: usize = 96;

/// Reads a UTF-16 string; `None` for NULL, an error for one that does not end.
///
/// # Safety
/// As for [`abi::wide_string`].
unsafe fn wide<'a>(string: *const u16) -> Result<Option<Cow<'a, [u16]>>> {
    // SAFETY: the same contract.
    given(string.is_null(), unsafe { abi::wide_string(string) })
}

/// Reads an "ANSI" string as UTF-16, in `room` if it is short; `None` for NULL, an error for one
/// that does not end.
///
/// # Safety
/// As for [`abi::ansi_string`].
unsafe fn ansi(string: *const u8, room: &mut [u16; SHORT]) -> Result<Option<Cow<'_, [u16]>>> {
    if !string.is_null() {
        for (length, place) in room.iter_mut().enumerate() {
            // SAFETY: no earlier byte was the NUL, so this one is still of the string.
            let byte = unsafe { string.wrapping_add(length).read() };
            if byte == 0 {
                return Ok(Some(Cow::Borrowed(&room[..length])));
            }
            if !byte.is_ascii() {
                break;
            }
            *place = byte.into();
        }
    }
    // SAFETY: the same contract.
    given(string.is_null(), unsafe { abi::ansi_string(string) }.map(Cow::Owned))
}

/// A string that cannot be read although there is one does not end.
fn given<T>(is_null: bool, string: Option<T>) -> Result<Option<T>> {
    if string.is_none() && !is_null { Err(Win32Error::INVALID_PARAMETER) } else { Ok(string) }
}

/// Converts a text to UTF-8, in `room` if it is short.
fn narrow<'a>(text: &[u16], room: &'a mut [u8; SHORT]) -> Cow<'a, [u8]> {
    let plain = text.iter().fold(true, |plain, &unit| plain & (unit < 0x80));
    match room.get_mut(..text.len()) {
        Some(bytes) if plain => {
            bytes.iter_mut().zip(text).for_each(|(byte, &unit)| *byte = unit as u8);
            Cow::Borrowed(bytes)
        }
        _ => Cow::Owned(text::to_bytes(text)),
    }
}
