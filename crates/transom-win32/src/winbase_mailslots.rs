//! `winbase.h`: mailslots. They are read from and written to with `ReadFile` and `WriteFile`.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/ipc/mailslots>

use crate::abi::{from_handle, or_else, same_signature, store_optional, succeeds, to_handle};
use crate::security::{self, Attributes};
use crate::strings;
use std::borrow::Cow;
use transom_kernel::mailslot::{self, Settings};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Mailslots as official;
use windows_sys::Win32::System::SystemServices::MAILSLOT_NO_MESSAGE;
use windows_sys::core::BOOL;

/// `CreateMailslotW`: makes a mailslot; the handle reads from it.
///
/// The name is `\\.\mailslot\name`, in which more `\` may be; case does not matter. `maximum` is
/// the largest message in bytes, 0 for any; `read_timeout` how many milliseconds a read waits
/// for a message, 0 or `MAILSLOT_WAIT_FOREVER`. The security descriptor says which other users may
/// write.
///
/// # Errors
/// `INVALID_HANDLE_VALUE`, with the errors of [`mailslot::create`]; in particular
/// `ERROR_ALREADY_EXISTS`, `ERROR_INVALID_NAME`, and `ERROR_PATH_NOT_FOUND` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createmailslotw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMailslotW(
    name: *const u16,
    maximum: u32,
    read_timeout: u32,
    attributes: *const SECURITY_ATTRIBUTES,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    create(name, maximum, read_timeout, unsafe { security::attributes(attributes) })
}
same_signature!(official::CreateMailslotW, CreateMailslotW, fn(_, _, _, _) -> _);

/// `CreateMailslotA`: as [`CreateMailslotW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createmailslota>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMailslotA(
    name: *const u8,
    maximum: u32,
    read_timeout: u32,
    attributes: *const SECURITY_ATTRIBUTES,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::ansi(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    create(name, maximum, read_timeout, unsafe { security::attributes(attributes) })
}
same_signature!(official::CreateMailslotA, CreateMailslotA, fn(_, _, _, _) -> _);

/// The two forms of `CreateMailslot`.
fn create(
    name: Result<Option<Cow<'_, [u16]>>>,
    maximum: u32,
    read_timeout_ms: u32,
    attributes: Result<Attributes>,
) -> HANDLE {
    // A name that does not end is too long for one.
    let made = name.map_err(|_| Win32Error::INVALID_NAME).and_then(|name| {
        let Attributes { inherit, descriptor } = attributes?;
        let security = descriptor.as_deref();
        let settings = Settings { maximum, read_timeout_ms, inherit, security };
        mailslot::create(name.as_deref(), &settings)
    });
    let made = made.map(|handle| {
        last_error::set(0);
        to_handle(handle)
    });
    or_else(made, INVALID_HANDLE_VALUE)
}

/// `GetMailslotInfo`: the largest message (0 for any), the size of the next one
/// (`MAILSLOT_NO_MESSAGE` if there is none), how many there are, and how long a read waits. Each
/// place may be NULL.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it is not the reading end of a mailslot.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getmailslotinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetMailslotInfo(
    mailslot: HANDLE,
    maximum: *mut u32,
    next: *mut u32,
    count: *mut u32,
    read_timeout: *mut u32,
) -> BOOL {
    let found = from_handle(mailslot).and_then(mailslot::information);
    succeeds(found.map(|found| {
        let waiting = found.waiting;
        let messages = u32::try_from(waiting.messages).unwrap_or(u32::MAX);
        let next_size = waiting.next.unwrap_or(MAILSLOT_NO_MESSAGE);
        let places = [
            (maximum, found.maximum),
            (next, next_size),
            (count, messages),
            (read_timeout, found.read_timeout_ms),
        ];
        for (place, value) in places {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, value) };
        }
    }))
}
same_signature!(official::GetMailslotInfo, GetMailslotInfo, fn(_, _, _, _, _) -> _);

/// `SetMailslotInfo`: sets how many milliseconds reads wait that begin from now on, in whatever
/// process.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it is not the reading end of a mailslot.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setmailslotinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetMailslotInfo(mailslot: HANDLE, read_timeout: u32) -> BOOL {
    let done = from_handle(mailslot)
        .and_then(|mailslot| mailslot::set_read_timeout(mailslot, read_timeout));
    succeeds(done)
}
same_signature!(official::SetMailslotInfo, SetMailslotInfo, fn(_, _) -> _);
