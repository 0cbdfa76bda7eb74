//! `namedpipeapi.h` and `winbase.h`: named pipes.

use crate::abi::{
    from_handle, or_else, same_signature, store, store_optional, succeeds, to_handle,
};
use crate::overlapped::{Buffer, completion, is_readable, is_writable, started};
use crate::processthreadsapi::session_of;
use crate::security::{Attributes, attributes};
use crate::strings::{ansi, wide};
use std::borrow::Cow;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use transom_kernel::pipe::channel::{Side, Taken};
use transom_kernel::pipe::named::{self, NewPipe};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::FILE_FLAGS_AND_ATTRIBUTES;
use windows_sys::Win32::System::IO::OVERLAPPED;
use windows_sys::Win32::System::Pipes::{self as official, NAMED_PIPE_MODE};
use windows_sys::core::BOOL;

type Name<'a> = Result<Option<Cow<'a, [u16]>>>;

/// The numbers of `CreateNamedPipe`.
#[derive(Clone, Copy)]
struct Numbers {
    open_mode: u32,
    pipe_mode: u32,
    most_instances: u32,
    out_quota: u32,
    in_quota: u32,
    default_timeout_ms: u32,
}

/// `CreateNamedPipeW`: makes an instance of a named pipe, which listens from now on.
///
/// `open_mode` has the direction (`PIPE_ACCESS_INBOUND`, `_OUTBOUND`, `_DUPLEX`), which all
/// instances share, and `FILE_FLAG_FIRST_PIPE_INSTANCE`, `FILE_FLAG_OVERLAPPED`,
/// `FILE_FLAG_WRITE_THROUGH`, `WRITE_DAC` and `WRITE_OWNER`. `pipe_mode` says whether messages are kept apart
/// (`PIPE_TYPE_MESSAGE`), how this end reads them and whether it waits. `most_instances` is 1 to 255;
/// 255 is no limit. The sizes are quotas in bytes: a write that leaves more unread waits until so
/// much is read, with 0 until all is. `default_timeout` is what `WaitNamedPipe` waits if it is told to take
/// that, in milliseconds; 0 is 50.
///
/// # Errors
/// `INVALID_HANDLE_VALUE`, with
/// - `ERROR_PATH_NOT_FOUND`: no name. `ERROR_INVALID_NAME`: it does not begin with `\\.\pipe\`, or is
///   too long.
/// - `ERROR_INVALID_PARAMETER`: no direction, unknown bits, reading of messages from bytes, or a
///   number of instances that is none.
/// - `ERROR_ACCESS_DENIED`: there are instances, and this one must be the first, has another
///   direction, or may not be made by this user.
/// - `ERROR_PIPE_BUSY`: there are as many as there may be.
/// - `ERROR_INVALID_SECURITY_DESCR` and the like: the descriptor is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-createnamedpipew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateNamedPipeW(
    name: *const u16,
    open_mode: FILE_FLAGS_AND_ATTRIBUTES,
    pipe_mode: NAMED_PIPE_MODE,
    most_instances: u32,
    out_quota: u32,
    in_quota: u32,
    default_timeout_ms: u32,
    security: *const SECURITY_ATTRIBUTES,
) -> HANDLE {
    let numbers =
        Numbers { open_mode, pipe_mode, most_instances, out_quota, in_quota, default_timeout_ms };
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide(name) };
    // SAFETY: NULL or such a structure, by the caller's contract.
    create(name, numbers, unsafe { attributes(security) })
}
same_signature!(official::CreateNamedPipeW, CreateNamedPipeW, fn(_, _, _, _, _, _, _, _) -> _);

/// `CreateNamedPipeA`: as [`CreateNamedPipeW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createnamedpipea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateNamedPipeA(
    name: *const u8,
    open_mode: FILE_FLAGS_AND_ATTRIBUTES,
    pipe_mode: NAMED_PIPE_MODE,
    most_instances: u32,
    out_quota: u32,
    in_quota: u32,
    default_timeout_ms: u32,
    security: *const SECURITY_ATTRIBUTES,
) -> HANDLE {
    let numbers =
        Numbers { open_mode, pipe_mode, most_instances, out_quota, in_quota, default_timeout_ms };
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi(name) };
    // SAFETY: NULL or such a structure, by the caller's contract.
    create(name, numbers, unsafe { attributes(security) })
}
same_signature!(official::CreateNamedPipeA, CreateNamedPipeA, fn(_, _, _, _, _, _, _, _) -> _);

fn create(name: Name<'_>, numbers: Numbers, attributes: Result<Attributes>) -> HANDLE {
    let made = name.and_then(|name| {
        let Attributes { inherit, descriptor } = attributes?;
        let new = NewPipe {
            open_mode: numbers.open_mode,
            pipe_mode: numbers.pipe_mode,
            most_instances: numbers.most_instances,
            out_quota: numbers.out_quota,
            in_quota: numbers.in_quota,
            default_timeout_ms: numbers.default_timeout_ms,
            security: descriptor.as_deref(),
            inherit,
        };
        named::create(name.as_deref(), &new)
    });
    or_else(made.map(to_handle), INVALID_HANDLE_VALUE)
}

/// `WaitNamedPipeW`: waits until an instance of a pipe listens, at most `timeout` milliseconds,
/// `NMPWAIT_WAIT_FOREVER`, or as the server has said (`NMPWAIT_USE_DEFAULT_WAIT`). It reserves
/// nothing: somebody else may be faster.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is no such pipe. `ERROR_SEM_TIMEOUT`: the time is over.
/// `ERROR_PATH_NOT_FOUND`, `ERROR_INVALID_NAME`, `ERROR_BAD_NETPATH`: no pipe of this machine can
/// have that name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitNamedPipeW(name: *const u16, timeout_ms: u32) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide(name) };
    succeeds(name.and_then(|name| named::wait(name.as_deref(), timeout_ms)))
}
same_signature!(official::WaitNamedPipeW, WaitNamedPipeW, fn(_, _) -> _);

/// `WaitNamedPipeA`: as [`WaitNamedPipeW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-waitnamedpipea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitNamedPipeA(name: *const u8, timeout_ms: u32) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi(name) };
    succeeds(name.and_then(|name| named::wait(name.as_deref(), timeout_ms)))
}
same_signature!(official::WaitNamedPipeA, WaitNamedPipeA, fn(_, _) -> _);

/// Memory to write from.
///
/// # Safety
/// `buffer` holds `size` readable bytes, or is NULL.
unsafe fn input<'a>(buffer: *const c_void, size: u32) -> Result<&'a [u8]> {
    match (size, is_readable(buffer.cast(), size)) {
        (0, _) => Ok(&[]),
        (_, false) => Err(Win32Error::NOACCESS),
        // SAFETY: not NULL, so as long as said, by the contract.
        _ => Ok(unsafe { std::slice::from_raw_parts(buffer.cast(), size as usize) }),
    }
}

/// Memory to read into.
///
/// # Safety
/// `buffer` holds `size` writable bytes, or is NULL.
unsafe fn output<'a>(buffer: *mut c_void, size: u32) -> Result<&'a mut [MaybeUninit<u8>]> {
    match (size, is_writable(buffer.cast(), size)) {
        (0, _) => Ok(&mut []),
        (_, false) => Err(Win32Error::NOACCESS),
        // SAFETY: not NULL, so as long as said, by the contract; nobody else uses it meanwhile.
        _ => Ok(unsafe { std::slice::from_raw_parts_mut(buffer.cast(), size as usize) }),
    }
}

/// Tells how much of an answer came; `ERROR_MORE_DATA` if that was not all.
///
/// # Safety
/// `read` is NULL or writable.
unsafe fn answered(taken: Result<Taken>, read: *mut u32) -> Result<()> {
    let taken = taken?;
    // SAFETY: NULL or writable, by the contract.
    unsafe { store_optional(read, u32::try_from(taken.bytes).unwrap_or(u32::MAX)) };
    if taken.more { Err(Win32Error::MORE_DATA) } else { Ok(()) }
}

/// `CallNamedPipeW`: connects to a pipe of messages, writes one, reads the answer, and closes.
///
/// `timeout` is for the connecting: milliseconds, `NMPWAIT_NOWAIT`, `NMPWAIT_WAIT_FOREVER` or
/// `NMPWAIT_USE_DEFAULT_WAIT`.
///
/// # Errors
/// - `ERROR_FILE_NOT_FOUND`: there is no such pipe. `ERROR_SEM_TIMEOUT`: no instance was free.
/// - `ERROR_INVALID_PARAMETER`: it is a pipe of bytes.
/// - `ERROR_MORE_DATA`: the answer is longer than `out`, which is filled; the rest is lost.
/// - `ERROR_NOACCESS`: a buffer is not there. `ERROR_BROKEN_PIPE`: the server has closed its end.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-callnamedpipew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CallNamedPipeW(
    name: *const u16,
    request: *const c_void,
    request_size: u32,
    answer: *mut c_void,
    answer_size: u32,
    read: *mut u32,
    timeout_ms: u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide(name) };
    // SAFETY: a buffer as long as said, by the caller's contract.
    let request = unsafe { input(request, request_size) };
    // SAFETY: a buffer as long as said, by the caller's contract.
    let answer = unsafe { output(answer, answer_size) };
    // SAFETY: `read` is writable or NULL, by the caller's contract.
    succeeds(unsafe { answered(call(name, (request, answer), timeout_ms), read) })
}
same_signature!(official::CallNamedPipeW, CallNamedPipeW, fn(_, _, _, _, _, _, _) -> _);

/// `CallNamedPipeA`: as [`CallNamedPipeW`], with a name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-callnamedpipea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CallNamedPipeA(
    name: *const u8,
    request: *const c_void,
    request_size: u32,
    answer: *mut c_void,
    answer_size: u32,
    read: *mut u32,
    timeout_ms: u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi(name) };
    // SAFETY: a buffer as long as said, by the caller's contract.
    let request = unsafe { input(request, request_size) };
    // SAFETY: a buffer as long as said, by the caller's contract.
    let answer = unsafe { output(answer, answer_size) };
    // SAFETY: `read` is writable or NULL, by the caller's contract.
    succeeds(unsafe { answered(call(name, (request, answer), timeout_ms), read) })
}
same_signature!(official::CallNamedPipeA, CallNamedPipeA, fn(_, _, _, _, _, _, _) -> _);

type Buffers<'a> = (Result<&'a [u8]>, Result<&'a mut [MaybeUninit<u8>]>);

fn call(name: Name<'_>, (request, answer): Buffers<'_>, timeout_ms: u32) -> Result<Taken> {
    named::call(name?.as_deref(), request?, answer?, timeout_ms)
}

/// `TransactNamedPipe`: writes a message to a pipe and reads the answer.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_ACCESS_DENIED`: the handle may not read and write.
/// - `ERROR_BAD_PIPE`: it does not go both ways, or does not read messages.
/// - `ERROR_PIPE_BUSY`: there is something to read already.
/// - `ERROR_MORE_DATA`: the answer is longer than the buffer, which is filled; the rest can be read.
/// - `ERROR_NOACCESS`: a buffer is not there. And those of `ReadFile` and `WriteFile`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-transactnamedpipe>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TransactNamedPipe(
    pipe: HANDLE,
    request: *const c_void,
    request_size: u32,
    answer: *mut c_void,
    answer_size: u32,
    read: *mut u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    let are_there =
        is_readable(request.cast(), request_size) && is_writable(answer.cast(), answer_size);
    if !overlapped.is_null() && are_there {
        // SAFETY: as long as said until the request is done, by the caller's contract; what is
        // written is only read.
        let request = unsafe { Buffer::new(request.cast_mut().cast(), request_size) };
        // SAFETY: as long as said until the request is done, by the caller's contract.
        let answer = unsafe { Buffer::new(answer.cast(), answer_size) };
        // SAFETY: not NULL, so valid until the request is done, by the caller's contract.
        let completion = unsafe { completion(overlapped, true) };
        let begun = from_handle(pipe).and_then(|pipe| {
            let (completion, _) = completion?;
            let (request, answer) = (Box::new(request), Box::new(answer));
            started(named::transact_overlapped(pipe, request, answer, completion)?)
        });
        let taken = begun.map(|done| Taken { bytes: done.bytes, more: done.more });
        // SAFETY: `read` is writable or NULL, by the caller's contract.
        return succeeds(unsafe { answered(taken, read) });
    }
    // SAFETY: a buffer as long as said, by the caller's contract.
    let request = unsafe { input(request, request_size) };
    // SAFETY: a buffer as long as said, by the caller's contract.
    let answer = unsafe { output(answer, answer_size) };
    let taken = from_handle(pipe).and_then(|pipe| named::transact(pipe, request?, answer?));
    // SAFETY: `read` is writable or NULL, by the caller's contract.
    succeeds(unsafe { answered(taken, read) })
}
same_signature!(official::TransactNamedPipe, TransactNamedPipe, fn(_, _, _, _, _, _, _) -> _);

/// Stores an id that was asked for.
///
/// # Safety
/// `id` is NULL or writable, at any alignment.
unsafe fn place(id: *mut u32, found: u32) -> Result<()> {
    if id.is_null() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    // SAFETY: the same contract.
    unsafe { store(id, found) }
}

/// `GetNamedPipeClientProcessId`: the process that has connected.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no named pipe.
/// `ERROR_NOT_FOUND`: there is no client. `ERROR_PIPE_NOT_CONNECTED`: this client was disconnected.
/// `ERROR_INSUFFICIENT_BUFFER`: no place for it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeclientprocessid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeClientProcessId(pipe: HANDLE, id: *mut u32) -> BOOL {
    let found = from_handle(pipe).and_then(|pipe| named::process_id(pipe, Side::Client));
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { place(id, found) }))
}
same_signature!(official::GetNamedPipeClientProcessId, GetNamedPipeClientProcessId, fn(_, _) -> _);

/// `GetNamedPipeServerProcessId`: the process that hands out the instances.
///
/// # Errors
/// As for [`GetNamedPipeClientProcessId`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeserverprocessid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeServerProcessId(pipe: HANDLE, id: *mut u32) -> BOOL {
    let found = from_handle(pipe).and_then(|pipe| named::process_id(pipe, Side::Server));
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { place(id, found) }))
}
same_signature!(official::GetNamedPipeServerProcessId, GetNamedPipeServerProcessId, fn(_, _) -> _);

/// `GetNamedPipeClientSessionId`: the session of the client's process: the id of its Linux
/// session.
///
/// # Errors
/// As for [`GetNamedPipeClientProcessId`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeclientsessionid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeClientSessionId(pipe: HANDLE, id: *mut u32) -> BOOL {
    let found = from_handle(pipe).and_then(|pipe| named::process_id(pipe, Side::Client));
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(found.and_then(session_of).and_then(|found| unsafe { place(id, found) }))
}
same_signature!(official::GetNamedPipeClientSessionId, GetNamedPipeClientSessionId, fn(_, _) -> _);

/// `GetNamedPipeServerSessionId`: as [`GetNamedPipeClientSessionId`], of the server's process.
///
/// # Errors
/// As for that.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeserversessionid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeServerSessionId(pipe: HANDLE, id: *mut u32) -> BOOL {
    let found = from_handle(pipe).and_then(|pipe| named::process_id(pipe, Side::Server));
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(found.and_then(session_of).and_then(|found| unsafe { place(id, found) }))
}
same_signature!(official::GetNamedPipeServerSessionId, GetNamedPipeServerSessionId, fn(_, _) -> _);

/// `GetNamedPipeClientComputerNameW`: fails, since all clients are on this machine.
///
/// # Errors
/// `ERROR_PIPE_LOCAL`; `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no server's end.
/// `ERROR_PIPE_NOT_CONNECTED`: no client is there.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipeclientcomputernamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeClientComputerNameW(
    pipe: HANDLE,
    _name: *mut u16,
    _size: u32,
) -> BOOL {
    succeeds(from_handle(pipe).and_then(named::client_computer).map(drop))
}
same_signature!(
    official::GetNamedPipeClientComputerNameW,
    GetNamedPipeClientComputerNameW,
    fn(_, _, _) -> _
);

/// `GetNamedPipeClientComputerNameA`: as [`GetNamedPipeClientComputerNameW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeclientcomputernamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeClientComputerNameA(
    pipe: HANDLE,
    _name: *mut u8,
    _size: u32,
) -> BOOL {
    succeeds(from_handle(pipe).and_then(named::client_computer).map(drop))
}
same_signature!(
    official::GetNamedPipeClientComputerNameA,
    GetNamedPipeClientComputerNameA,
    fn(_, _, _) -> _
);

/// `ImpersonateNamedPipeClient`: the calling thread acts as the client's user, until
/// `RevertToSelf`.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no server's end.
/// - `ERROR_CANNOT_IMPERSONATE`: nothing was read yet. `ERROR_PIPE_NOT_CONNECTED`: no client.
/// - `ERROR_PRIVILEGE_NOT_HELD`: the client is another user, and this process is not root.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-impersonatenamedpipeclient>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ImpersonateNamedPipeClient(pipe: HANDLE) -> BOOL {
    succeeds(from_handle(pipe).and_then(named::impersonate))
}
same_signature!(official::ImpersonateNamedPipeClient, ImpersonateNamedPipeClient, fn(_) -> _);
