//! `winbase.h`: `FormatMessage`.

use crate::abi::{load, or_else, same_signature, store, wide_string};
use crate::winbase_heap::allocate;
use std::ffi::{CStr, c_void};
use std::ptr::null_mut;
use transom_kernel::message::{self, Arguments, Language, Options, Target};
use transom_kernel::{Result, Win32Error, text};
use windows_sys::Win32::System::Diagnostics::Debug::{
    self as official, FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_ARGUMENT_ARRAY,
    FORMAT_MESSAGE_FROM_HMODULE, FORMAT_MESSAGE_FROM_STRING, FORMAT_MESSAGE_FROM_SYSTEM,
    FORMAT_MESSAGE_IGNORE_INSERTS, FORMAT_MESSAGE_OPTIONS,
};

const ERROR_RESOURCE_TYPE_NOT_FOUND: u32 = 1813;
const WIDTH: u32 = 0xFF;

/// A C function's argument list, as the x86-64 convention has it.
#[derive(Clone, Copy)]
#[repr(C)]
struct List {
    general: u32,
    floating: u32,
    overflow: *const usize,
    saved: *const u8,
}

/// The arguments of the caller.
struct Given {
    place: *const c_void,
    is_array: bool,
}

impl Arguments for Given {
    fn get(&mut self, index: usize) -> Result<usize> {
        /// How many bytes of registers are saved.
        const SAVED: u32 = 48;
        if self.is_array {
            let argument = self.place.cast::<usize>().wrapping_add(index);
            // SAFETY: the array has what the message asks for, by the caller's contract.
            return unsafe { load(argument) }
                .filter(|_| !self.place.is_null())
                .ok_or(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: NULL or an argument list, by the caller's contract.
        let list = unsafe { load(self.place.cast::<List>()) };
        let list = list.ok_or(Win32Error::INVALID_PARAMETER)?;
        let left = (SAVED.saturating_sub(list.general) / 8) as usize;
        let argument = if index < left {
            list.saved.wrapping_add(list.general as usize + index * 8).cast()
        } else {
            list.overflow.wrapping_add(index - left)
        };
        // SAFETY: the list has what the message asks for, by the caller's contract.
        unsafe { load(argument) }.ok_or(Win32Error::INVALID_PARAMETER)
    }

    fn string(&mut self, pointer: usize, target: Target, most: Option<usize>) -> Result<Vec<u16>> {
        let string = std::ptr::with_exposed_provenance::<c_void>(pointer);
        match (target, most) {
            (Target::Wide, None) => {
                // SAFETY: a string, by the caller's contract.
                let string = unsafe { wide_string(string.cast()) };
                string.map(|string| string.into_owned()).ok_or(Win32Error::INVALID_PARAMETER)
            }
            (Target::Wide, Some(most)) => {
                let unit = |index| {
                    // SAFETY: no earlier unit was the NUL, and so many may be read.
                    unsafe { load(string.cast::<u16>().wrapping_add(index)) }
                };
                Ok((0..most).map_while(unit).take_while(|&unit| unit != 0).collect())
            }
            (Target::Ansi, None) => {
                // SAFETY: a string, by the caller's contract.
                Ok(text::to_wide(unsafe { CStr::from_ptr(string.cast()) }.to_bytes()))
            }
            (Target::Ansi, Some(most)) => {
                let byte = |index| {
                    // SAFETY: no earlier byte was the NUL, and so many may be read.
                    unsafe { load(string.cast::<u8>().wrapping_add(index)) }
                };
                let bytes: Vec<u8> =
                    (0..most).map_while(byte).take_while(|&byte| byte != 0).collect();
                Ok(text::to_wide(&bytes))
            }
        }
    }
}

/// The text of a message, made from what the flags name.
///
/// # Safety
/// `arguments` is NULL or what the flags say.
unsafe fn made(
    flags: u32,
    string: impl FnOnce() -> Result<Vec<u16>>,
    code: u32,
    language: u32,
    target: Target,
    arguments: *const c_void,
) -> Result<Vec<u16>> {
    let source = if flags & FORMAT_MESSAGE_FROM_STRING != 0 {
        string()?
    } else if flags & FORMAT_MESSAGE_FROM_SYSTEM != 0 {
        message::system_text(code, Language::of_id(language))?
    } else if flags & FORMAT_MESSAGE_FROM_HMODULE != 0 {
        return Err(Win32Error::from_code(ERROR_RESOURCE_TYPE_NOT_FOUND));
    } else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    let options = Options {
        ignore_inserts: flags & FORMAT_MESSAGE_IGNORE_INSERTS != 0,
        width: (flags & WIDTH) as u8,
        target,
    };
    let is_array = flags & FORMAT_MESSAGE_ARGUMENT_ARRAY != 0;
    message::format(&source, options, &mut Given { place: arguments, is_array })
}

/// Hands a message over; its length.
///
/// # Safety
/// `buffer` is NULL, or points to `size` writable elements, or to a pointer if one is asked for.
unsafe fn deliver<T: Copy + Default>(
    flags: u32,
    message: &[T],
    buffer: *mut T,
    size: u32,
) -> Result<u32> {
    if buffer.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let length = u32::try_from(message.len()).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    let place = if flags & FORMAT_MESSAGE_ALLOCATE_BUFFER != 0 {
        if message.is_empty() {
            // SAFETY: room for a pointer, by the same contract.
            unsafe { store(buffer.cast::<*mut T>(), null_mut()) }?;
            return Err(Win32Error::NO_WORK_DONE);
        }
        let bytes = message.len().saturating_add(1).max(size as usize) * size_of::<T>();
        let block = allocate(bytes, false)?.cast::<T>();
        // SAFETY: room for a pointer, by the same contract.
        unsafe { store(buffer.cast::<*mut T>(), block) }?;
        block
    } else if length >= size {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    } else {
        buffer
    };
    for (index, &element) in message.iter().chain([&T::default()]).enumerate() {
        // SAFETY: there is room for the message and a NUL.
        unsafe { place.wrapping_add(index).write_unaligned(element) };
    }
    if length == 0 { Err(Win32Error::NO_WORK_DONE) } else { Ok(length) }
}

/// `FormatMessageW`: makes a message from the text of an error code, or from `source`, and copies it
/// to `buffer` (or to a block for `LocalFree`); its length.
///
/// Error codes have texts in English, and many in Korean (language 0x12); without a language it is
/// the user's. The texts are our own.
///
/// # Errors
/// 0, with `ERROR_INVALID_PARAMETER`: nothing says where the message is, or it cannot be read;
/// `ERROR_INSUFFICIENT_BUFFER`; `ERROR_NO_WORK_DONE` (235): it is empty; `ERROR_MR_MID_NOT_FOUND`: the code has no text;
/// `ERROR_RESOURCE_LANG_NOT_FOUND`: not in that language; `ERROR_RESOURCE_TYPE_NOT_FOUND` (1813): no
/// module has messages.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-formatmessagew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FormatMessageW(
    flags: FORMAT_MESSAGE_OPTIONS,
    source: *const c_void,
    code: u32,
    language: u32,
    buffer: *mut u16,
    size: u32,
    arguments: *const *const i8,
) -> u32 {
    let string = || {
        // SAFETY: NULL or a string, by the caller's contract.
        let string = unsafe { wide_string(source.cast()) };
        string.map(|string| string.into_owned()).ok_or(Win32Error::INVALID_PARAMETER)
    };
    // SAFETY: by the caller's contract.
    let message = unsafe { made(flags, string, code, language, Target::Wide, arguments.cast()) };
    // SAFETY: by the caller's contract.
    or_else(message.and_then(|text| unsafe { deliver(flags, &text, buffer, size) }), 0)
}
same_signature!(official::FormatMessageW, FormatMessageW, fn(_, _, _, _, _, _, _) -> _);

/// `FormatMessageA`: as [`FormatMessageW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-formatmessagea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FormatMessageA(
    flags: FORMAT_MESSAGE_OPTIONS,
    source: *const c_void,
    code: u32,
    language: u32,
    buffer: *mut u8,
    size: u32,
    arguments: *const *const i8,
) -> u32 {
    let string = || {
        if source.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: not NULL, so a string by the caller's contract.
        Ok(text::to_wide(unsafe { CStr::from_ptr(source.cast()) }.to_bytes()))
    };
    // SAFETY: by the caller's contract.
    let message = unsafe { made(flags, string, code, language, Target::Ansi, arguments.cast()) };
    let delivered = message.map(|text| text::to_bytes(&text)).and_then(|text| {
        // SAFETY: by the caller's contract.
        unsafe { deliver(flags, &text, buffer, size) }
    });
    or_else(delivered, 0)
}
same_signature!(official::FormatMessageA, FormatMessageA, fn(_, _, _, _, _, _, _) -> _);
