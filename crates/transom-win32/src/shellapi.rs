//! `shellapi.h`: the command line as arguments.

use crate::{
    abi::{or_else, same_signature, store, wide_string},
    winbase_heap::allocate,
};
use std::{ffi::c_void, os::unix::ffi::OsStrExt, ptr};
use transom_kernel::{
    Result, Win32Error,
    file::path::to_win32,
    process::command_line::{Dialect, parse},
};
use windows_sys::{
    Win32::UI::Shell as official,
    core::{PCWSTR, PWSTR},
};

/// `CommandLineToArgvW`: splits a command line into arguments, in the way of `argv`.
///
/// The result is an array of `*argument_count` strings and a NULL, all in one block that
/// `LocalFree` frees. An empty command line gives the path of the running program.
///
/// NULL with `ERROR_INVALID_PARAMETER` for a NULL pointer or a string without an end,
/// `ERROR_NOT_ENOUGH_MEMORY` if there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CommandLineToArgvW(
    command_line: PCWSTR,
    argument_count: *mut i32,
) -> *mut PWSTR {
    // SAFETY: the caller's pointers, as the official signature has them.
    or_else(unsafe { split(command_line, argument_count) }, ptr::null_mut())
}
same_signature!(official::CommandLineToArgvW, CommandLineToArgvW, fn(_, _) -> _);

/// # Safety
/// `command_line` is NULL or a terminated string, `argument_count` NULL or writable.
unsafe fn split(command_line: PCWSTR, argument_count: *mut i32) -> Result<*mut PWSTR> {
    if argument_count.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: NULL or terminated by the contract.
    let line = unsafe { wide_string(command_line) }.ok_or(Win32Error::INVALID_PARAMETER)?;
    let arguments = if line.is_empty() {
        let program = std::env::current_exe()?;
        vec![to_win32(program.as_os_str().as_bytes())]
    } else {
        parse(&line, Dialect::Shell)
    };
    let count = i32::try_from(arguments.len()).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    let block = in_one_block(&arguments)?;
    // SAFETY: not NULL, so writable by the contract.
    unsafe { store(argument_count, count) }?;
    Ok(block)
}

/// Lays the pointers, a NULL, and the terminated strings out in one block.
fn in_one_block(arguments: &[Vec<u16>]) -> Result<*mut PWSTR> {
    let pointers = (arguments.len() + 1) * size_of::<PWSTR>();
    let units: usize = arguments.iter().map(|argument| argument.len() + 1).sum();
    let block: *mut c_void = allocate(pointers + units * size_of::<u16>(), true)?;
    let array = block.cast::<PWSTR>();
    // SAFETY: the block is longer than the pointers.
    let mut string = unsafe { block.byte_add(pointers) }.cast::<u16>();
    for (index, argument) in arguments.iter().enumerate() {
        // SAFETY: one of the `arguments.len() + 1` pointers at the start of the block.
        let place = unsafe { array.add(index) };
        // SAFETY: inside the block, which malloc aligned for pointers.
        unsafe { place.write(string) };
        // SAFETY: the block has room for every argument and its NUL (which is there already, as
        // all is zeroed); the two do not overlap, as the block is new; units are 2-aligned after
        // whole pointers.
        unsafe { ptr::copy_nonoverlapping(argument.as_ptr(), string, argument.len()) };
        // SAFETY: past this string and its NUL: inside the block, or at its end.
        string = unsafe { string.add(argument.len() + 1) };
    }
    Ok(array)
}

#[cfg(test)]
mod tests {
    use super::CommandLineToArgvW;
    use crate::{abi::wide_string, winbase_heap::LocalFree};
    use std::ptr;
    use transom_kernel::{last_error, text};

    fn arguments(line: &str) -> Vec<String> {
        let line: Vec<u16> = line.encode_utf16().chain([0]).collect();
        let mut count = -1;
        // SAFETY: a terminated string and a place for the number.
        let array = unsafe { CommandLineToArgvW(line.as_ptr(), &raw mut count) };
        assert!(!array.is_null());
        let count = usize::try_from(count).expect("a number of arguments");
        let strings = (0..count).map(|index| {
            // SAFETY: the array has `count` pointers.
            let place = unsafe { array.add(index) };
            // SAFETY: that place is one of them.
            let string = unsafe { place.read() };
            // SAFETY: each leads to a terminated string.
            let wide = unsafe { wide_string(string) }.expect("not NULL");
            String::from_utf8(text::to_bytes(&wide)).expect("the input was UTF-8")
        });
        let strings = strings.collect();
        // SAFETY: one more follows the `count` pointers.
        let end = unsafe { array.add(count) };
        // SAFETY: as above.
        assert!(unsafe { end.read() }.is_null());
        // SAFETY: the block is not used after this.
        unsafe { LocalFree(array.cast()) };
        strings
    }

    #[test]
    fn a_line_becomes_an_array_in_one_block() {
        assert_eq!(arguments(r#""a b" c\"d "" 문"#), ["a b", "c\"d", "", "문"]);
        assert_eq!(arguments(" x"), ["", "x"]);
    }

    #[test]
    fn an_empty_line_is_the_programs_path() {
        let program = std::env::current_exe().expect("/proc is mounted");
        let name = program.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        let [path] = &arguments("")[..] else { panic!("one argument") };
        assert!(path.starts_with(r"C:\") && path.ends_with(&format!(r"\{name}")), "{path}");
    }

    #[test]
    fn null_pointers_are_refused() {
        let mut count = 7;
        // SAFETY: NULL is what is tried.
        assert!(unsafe { CommandLineToArgvW(ptr::null(), &raw mut count) }.is_null());
        assert_eq!((count, last_error::get()), (7, 87));
        last_error::set(0);
        // SAFETY: NULL is what is tried.
        assert!(unsafe { CommandLineToArgvW([0].as_ptr(), ptr::null_mut()) }.is_null());
        assert_eq!(last_error::get(), 87);
    }
}
