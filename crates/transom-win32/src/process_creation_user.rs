//! `processthreadsapi.h`: starting programs as the user of a token.

use crate::abi::{from_handle, same_signature, succeeds};
use crate::process_creation::{CreateProcessA, CreateProcessW};
use std::ffi::c_void;
use transom_kernel::security::token;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading::{
    self as official, PROCESS_CREATION_FLAGS, PROCESS_INFORMATION, STARTUPINFOA, STARTUPINFOW,
};
use windows_sys::core::BOOL;

/// `CreateProcessAsUser`: starts a program with a token, which must be of this process's user; as
/// [`CreateProcessW`].
///
/// # Errors
/// Those of [`token::check_startable`] and of [`CreateProcessW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessasuserw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateProcessAsUserW(
    token: HANDLE,
    application: *const u16,
    command_line: *mut u16,
    process_attributes: *const SECURITY_ATTRIBUTES,
    thread_attributes: *const SECURITY_ATTRIBUTES,
    inherit: BOOL,
    flags: PROCESS_CREATION_FLAGS,
    environment: *const c_void,
    directory: *const u16,
    startup: *const STARTUPINFOW,
    information: *mut PROCESS_INFORMATION,
) -> BOOL {
    if let Err(error) = from_handle(token).and_then(token::check_startable) {
        return succeeds(Err(error));
    }
    // SAFETY: the caller's contract is that of this function.
    unsafe {
        CreateProcessW(
            application,
            command_line,
            process_attributes,
            thread_attributes,
            inherit,
            flags,
            environment,
            directory,
            startup,
            information,
        )
    }
}
same_signature!(
    official::CreateProcessAsUserW,
    CreateProcessAsUserW,
    fn(_, _, _, _, _, _, _, _, _, _, _) -> _
);

/// `CreateProcessAsUserA`: as [`CreateProcessAsUserW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessasusera>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateProcessAsUserA(
    token: HANDLE,
    application: *const u8,
    command_line: *mut u8,
    process_attributes: *const SECURITY_ATTRIBUTES,
    thread_attributes: *const SECURITY_ATTRIBUTES,
    inherit: BOOL,
    flags: PROCESS_CREATION_FLAGS,
    environment: *const c_void,
    directory: *const u8,
    startup: *const STARTUPINFOA,
    information: *mut PROCESS_INFORMATION,
) -> BOOL {
    if let Err(error) = from_handle(token).and_then(token::check_startable) {
        return succeeds(Err(error));
    }
    // SAFETY: the caller's contract is that of this function.
    unsafe {
        CreateProcessA(
            application,
            command_line,
            process_attributes,
            thread_attributes,
            inherit,
            flags,
            environment,
            directory,
            startup,
            information,
        )
    }
}
same_signature!(
    official::CreateProcessAsUserA,
    CreateProcessAsUserA,
    fn(_, _, _, _, _, _, _, _, _, _, _) -> _
);
