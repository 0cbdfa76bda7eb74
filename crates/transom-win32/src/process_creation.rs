//! `processthreadsapi.h`: `CreateProcess`.

use crate::abi::{asks_to_inherit, load, same_signature, store, succeeds, to_handle};
use crate::processenv::environment_block;
use crate::strings;
use crate::thread_attributes::Attributes;
use std::borrow::Cow;
use std::ffi::c_void;
use transom_kernel::environment::Source;
use transom_kernel::process::{Created, Creation, StartupInformation, create};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading::{
    self as official, CREATE_UNICODE_ENVIRONMENT, EXTENDED_STARTUPINFO_PRESENT,
    PROCESS_CREATION_FLAGS, PROCESS_INFORMATION, STARTF_USESTDHANDLES, STARTUPINFOA,
    STARTUPINFOEXA, STARTUPINFOEXW, STARTUPINFOW,
};
use windows_sys::core::BOOL;

/// A string of the caller's, or none.
type Text<'a> = Option<Cow<'a, [u16]>>;

/// What both forms are told, converted.
struct Request<'a> {
    application: Result<Text<'a>>,
    command_line: Result<Text<'a>>,
    process_attributes: *const SECURITY_ATTRIBUTES,
    thread_attributes: *const SECURITY_ATTRIBUTES,
    inherit: bool,
    flags: u32,
    environment: *const c_void,
    directory: Result<Text<'a>>,
    startup: Result<Startup>,
    information: *mut PROCESS_INFORMATION,
}

/// What a `STARTUPINFO` and the attribute list behind it say.
struct Startup {
    information: StartupInformation,
    standard: Option<[isize; 3]>,
    attributes: Attributes,
}

/// Defines how a form's start-up structure is read.
macro_rules! reads_startup {
    ($($name:ident($structure:ident, $extended:ident) = $text:path;)*) => {
        $(/// Reads the start-up information; `ERROR_INVALID_PARAMETER` for NULL, and where the
        /// extended structure was announced and this is none.
        ///
        /// # Safety
        /// `startup` is NULL or points to the structure, the extended one if `flags` and its size
        /// say so.
        unsafe fn $name(startup: *const $structure, flags: u32) -> Result<Startup> {
            // SAFETY: NULL or readable, by the contract.
            let given = unsafe { load(startup) }.ok_or(Win32Error::INVALID_PARAMETER)?;
            let mut attributes = Attributes::default();
            if flags & EXTENDED_STARTUPINFO_PRESENT != 0 {
                if given.cb as usize != size_of::<$extended>() {
                    return Err(Win32Error::INVALID_PARAMETER);
                }
                // SAFETY: the size says that it is the extended one.
                let extended = unsafe { load(startup.cast::<$extended>()) };
                if let Some(extended) = extended {
                    // SAFETY: NULL or a list, by the caller's contract.
                    attributes = unsafe { Attributes::read(extended.lpAttributeList) }?;
                }
            }
            // SAFETY: NULL or a string, by the caller's contract.
            let desktop = unsafe { $text(given.lpDesktop) }?;
            // SAFETY: NULL or a string, by the caller's contract.
            let title = unsafe { $text(given.lpTitle) }?;
            let handles = [given.hStdInput, given.hStdOutput, given.hStdError];
            let uses_handles = given.dwFlags & STARTF_USESTDHANDLES != 0;
            Ok(Startup {
                information: StartupInformation {
                    desktop: desktop.unwrap_or_default().into_owned(),
                    title: title.map(Cow::into_owned),
                    numbers: [
                        given.dwX,
                        given.dwY,
                        given.dwXSize,
                        given.dwYSize,
                        given.dwXCountChars,
                        given.dwYCountChars,
                        given.dwFillAttribute,
                    ],
                    flags: given.dwFlags,
                    show_window: given.wShowWindow,
                },
                standard: uses_handles.then(|| handles.map(|handle| handle.addr().cast_signed())),
                attributes,
            })
        })*
    };
}

reads_startup! {
    wide_startup(STARTUPINFOW, STARTUPINFOEXW) = strings::wide;
    ansi_startup(STARTUPINFOA, STARTUPINFOEXA) = strings::ansi;
}

/// `CreateProcessW`: starts a program and gives handles to it and to its first thread.
///
/// With `application` the program is that very file; without, it is the first word of
/// `command_line`, looked for in the program's directory, the current one, the system's and
/// `PATH`, with `.exe` or without. `environment` is a block in UTF-16 with
/// `CREATE_UNICODE_ENVIRONMENT`, else in UTF-8; NULL is the caller's environment.
/// The security descriptors of the attributes, `lpReserved` and `lpReserved2` are not looked at.
///
/// # Errors
/// - `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: there is no such program.
/// - `ERROR_BAD_EXE_FORMAT`: the file is no program.
/// - `ERROR_ACCESS_DENIED`: the file may not be executed.
/// - `ERROR_DIRECTORY`: `directory` is none.
/// - `ERROR_INVALID_PARAMETER`: `startup` or `information` is NULL; flags exclude each other; a
///   handle list without `inherit`, or with a handle that is not inheritable; the size of an
///   extended start-up structure is not in it.
/// - `ERROR_FILENAME_EXCED_RANGE`: `command_line` is over 32,766 units long.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateProcessW(
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
    let request = Request {
        // SAFETY: NULL or a string, by the caller's contract.
        application: unsafe { strings::wide(application) },
        // SAFETY: NULL or a string, by the caller's contract.
        command_line: unsafe { strings::wide(command_line) },
        process_attributes,
        thread_attributes,
        inherit: inherit != 0,
        flags,
        environment,
        // SAFETY: NULL or a string, by the caller's contract.
        directory: unsafe { strings::wide(directory) },
        // SAFETY: NULL or the structure, by the caller's contract.
        startup: unsafe { wide_startup(startup, flags) },
        information,
    };
    // SAFETY: the pointers that are left are as the caller's contract wants them.
    succeeds(unsafe { start(request) })
}
same_signature!(official::CreateProcessW, CreateProcessW, fn(_, _, _, _, _, _, _, _, _, _) -> _);

/// `CreateProcessA`: as [`CreateProcessW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateProcessA(
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
    let request = Request {
        // SAFETY: NULL or a string, by the caller's contract.
        application: unsafe { strings::ansi(application) },
        // SAFETY: NULL or a string, by the caller's contract.
        command_line: unsafe { strings::ansi(command_line) },
        process_attributes,
        thread_attributes,
        inherit: inherit != 0,
        flags,
        environment,
        // SAFETY: NULL or a string, by the caller's contract.
        directory: unsafe { strings::ansi(directory) },
        // SAFETY: NULL or the structure, by the caller's contract.
        startup: unsafe { ansi_startup(startup, flags) },
        information,
    };
    // SAFETY: the pointers that are left are as the caller's contract wants them.
    succeeds(unsafe { start(request) })
}
same_signature!(official::CreateProcessA, CreateProcessA, fn(_, _, _, _, _, _, _, _, _, _) -> _);

/// The two forms of `CreateProcess`.
///
/// # Safety
/// The pointers of the request are NULL or lead to what they say.
unsafe fn start(request: Request<'_>) -> Result<()> {
    if request.information.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: not NULL, so writable, by the contract.
    unsafe { store(request.information, PROCESS_INFORMATION::default()) }?;
    let startup = request.startup?;
    let application = request.application?;
    let command_line = request.command_line?;
    let directory = request.directory?;
    let environment = request.environment;
    // The blocks live until the process was created.
    let (wide, bytes): (Cow<'_, [u16]>, Cow<'_, [u8]>);
    let source = if environment.is_null() {
        Source::Inherited
    } else if request.flags & CREATE_UNICODE_ENVIRONMENT != 0 {
        // SAFETY: a block of this kind, by the contract.
        let block = unsafe { environment_block(environment.cast()) };
        wide = block.ok_or(Win32Error::INVALID_PARAMETER)?;
        Source::Wide(&wide)
    } else {
        // SAFETY: a block of this kind, by the contract.
        let block = unsafe { environment_block(environment.cast()) };
        bytes = block.ok_or(Win32Error::INVALID_PARAMETER)?;
        Source::Bytes(&bytes)
    };
    let Created { process, thread, process_id, thread_id } = create(&Creation {
        application: application.as_deref(),
        command_line: command_line.as_deref(),
        // SAFETY: NULL or readable, by the contract.
        process_inheritable: unsafe { asks_to_inherit(request.process_attributes) },
        // SAFETY: NULL or readable, by the contract.
        thread_inheritable: unsafe { asks_to_inherit(request.thread_attributes) },
        inherit_handles: request.inherit,
        flags: request.flags,
        environment: source,
        directory: directory.as_deref(),
        standard: startup.standard,
        startup: startup.information,
        handle_list: startup.attributes.handle_list,
        parent: startup.attributes.parent,
    })?;
    if application.is_none() {
        // The search for the program leaves this trace on Windows too.
        last_error::set(0);
    }
    let information = PROCESS_INFORMATION {
        hProcess: to_handle(process),
        hThread: to_handle(thread),
        dwProcessId: process_id,
        dwThreadId: thread_id,
    };
    // SAFETY: writable, by the contract.
    unsafe { store(request.information, information) }
}
