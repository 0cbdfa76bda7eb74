//! `namedpipeapi.h`: what works on the ends of pipes, anonymous or named.

use crate::abi::{
    from_handle, load, same_signature, store, store_optional, store_string, succeeds, to_handle,
};
use crate::overlapped::{completion, is_writable, started};
use crate::security;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use transom_kernel::handle::Handle;
use transom_kernel::pipe::{self, named, state};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::IO::OVERLAPPED;
use windows_sys::Win32::System::Pipes::{
    self as official, NAMED_PIPE_MODE, PIPE_CLIENT_END, PIPE_SERVER_END, PIPE_TYPE_BYTE,
    PIPE_TYPE_MESSAGE,
};
use windows_sys::core::BOOL;

/// `CreatePipe`: makes an anonymous pipe, and a handle to each end.
///
/// `size` is the quota in bytes; 0 means 4096. It is a hint: the pipe holds more.
///
/// # Errors
/// `ERROR_NOACCESS`: a place for a handle is NULL. `ERROR_INVALID_SECURITY_DESCR`,
/// `ERROR_INVALID_ACL`, `ERROR_INVALID_SID`: the descriptor is none. `ERROR_TOO_MANY_OPEN_FILES`,
/// `ERROR_NO_SYSTEM_RESOURCES`: there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-createpipe>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreatePipe(
    reader: *mut HANDLE,
    writer: *mut HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    size: u32,
) -> BOOL {
    if reader.is_null() || writer.is_null() {
        return succeeds(Err(Win32Error::NOACCESS));
    }
    // SAFETY: NULL or readable, by the caller's contract.
    let pipe = unsafe { security::attributes(attributes) }.and_then(|attributes| {
        pipe::create(size, attributes.inherit, attributes.descriptor.as_deref())
    });
    succeeds(pipe.and_then(|[read_end, write_end]| {
        // SAFETY: writable, by the caller's contract.
        unsafe { store(reader, to_handle(read_end)) }?;
        // SAFETY: writable, by the caller's contract.
        unsafe { store(writer, to_handle(write_end)) }
    }))
}
same_signature!(official::CreatePipe, CreatePipe, fn(_, _, _, _) -> _);

/// `PeekNamedPipe`: copies what can be read from a pipe, and leaves it there.
///
/// Without a `buffer` nothing is copied, and `*read` is what would have been. A failure leaves
/// the numbers alone.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no pipe.
/// - `ERROR_ACCESS_DENIED`: the handle may not read.
/// - `ERROR_BROKEN_PIPE`: the pipe is empty and nobody is left to write.
/// - `ERROR_NOACCESS`: the buffer is not there.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-peeknamedpipe>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PeekNamedPipe(
    pipe: HANDLE,
    buffer: *mut c_void,
    size: u32,
    read: *mut u32,
    available: *mut u32,
    left_this_message: *mut u32,
) -> BOOL {
    let room: &mut [MaybeUninit<u8>] = match (size, buffer.is_null()) {
        (0, _) | (_, true) => &mut [],
        // SAFETY: `buffer` holds `size` bytes, by the caller's contract. Where it does not, it
        // is Linux that finds out: nothing here looks into it.
        _ => unsafe { std::slice::from_raw_parts_mut(buffer.cast(), size as usize) },
    };
    let is_there = buffer.is_null() || is_writable(buffer.cast(), size);
    let peeked = from_handle(pipe).and_then(|pipe| match is_there {
        true => pipe::peek(pipe, room),
        false => pipe::peek(pipe, &mut []).and(Err(Win32Error::NOACCESS)),
    });
    succeeds(peeked.map(|peeked| {
        let whole = u32::try_from(peeked.available).unwrap_or(u32::MAX);
        let copied = u32::try_from(peeked.copied).unwrap_or(u32::MAX);
        let copied = if buffer.is_null() { size.min(whole) } else { copied };
        let left = u32::try_from(peeked.left).unwrap_or(u32::MAX);
        for (place, number) in [(read, copied), (available, whole), (left_this_message, left)] {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, number) };
        }
    }))
}
same_signature!(official::PeekNamedPipe, PeekNamedPipe, fn(_, _, _, _, _, _) -> _);

/// `SetNamedPipeHandleState`: sets whether operations on the end of a pipe wait.
///
/// The collection parameters are for pipes to other machines, which there are not.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no pipe. `ERROR_ACCESS_DENIED`: the handle lacks
/// `FILE_WRITE_ATTRIBUTES`. `ERROR_INVALID_PARAMETER`: `*mode` has unknown bits, or is
/// `PIPE_READMODE_MESSAGE` for a pipe of bytes; or a collection parameter is given.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetNamedPipeHandleState(
    pipe: HANDLE,
    mode: *const NAMED_PIPE_MODE,
    most_collected: *const u32,
    collect_timeout: *const u32,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let mode = unsafe { load(mode) };
    if !most_collected.is_null() || !collect_timeout.is_null() {
        return succeeds(from_handle(pipe).and_then(state::refuse_collecting));
    }
    succeeds(from_handle(pipe).and_then(|pipe| state::set_mode(pipe, mode)))
}
same_signature!(official::SetNamedPipeHandleState, SetNamedPipeHandleState, fn(_, _, _, _) -> _);

/// `GetNamedPipeHandleStateW`: the mode of the end of a pipe, and how many server ends there are.
/// Each place may be NULL.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no pipe.
/// - `ERROR_ACCESS_DENIED`: the handle lacks `FILE_READ_ATTRIBUTES`.
/// - `ERROR_INVALID_PARAMETER`: a collection parameter is asked for, which only pipes to other
///   machines have.
/// - `ERROR_CANNOT_IMPERSONATE`: the client's user is asked for, and nothing was read yet.
///   `ERROR_INVALID_FUNCTION`: he is asked for at the client's end.
/// - `ERROR_INSUFFICIENT_BUFFER`: his name does not fit.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipehandlestatew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeHandleStateW(
    pipe: HANDLE,
    mode: *mut NAMED_PIPE_MODE,
    instances: *mut u32,
    most_collected: *mut u32,
    collect_timeout: *mut u32,
    user_name: *mut u16,
    user_name_size: u32,
) -> BOOL {
    let found = state_of(pipe, !user_name.is_null(), [most_collected, collect_timeout]);
    succeeds(found.and_then(|(found, user)| {
        if let Some(user) = user {
            let user: Vec<u16> = user.encode_utf16().collect();
            // SAFETY: as long as said, by the caller's contract.
            if unsafe { store_string(&user, user_name, user_name_size) } > user.len() as u32 {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
        }
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_state(&found, [mode, instances]) };
        Ok(())
    }))
}
same_signature!(
    official::GetNamedPipeHandleStateW,
    GetNamedPipeHandleStateW,
    fn(_, _, _, _, _, _, _) -> _
);

/// `GetNamedPipeHandleStateA`: as [`GetNamedPipeHandleStateW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipehandlestatea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeHandleStateA(
    pipe: HANDLE,
    mode: *mut NAMED_PIPE_MODE,
    instances: *mut u32,
    most_collected: *mut u32,
    collect_timeout: *mut u32,
    user_name: *mut u8,
    user_name_size: u32,
) -> BOOL {
    let found = state_of(pipe, !user_name.is_null(), [most_collected, collect_timeout]);
    succeeds(found.and_then(|(found, user)| {
        if let Some(user) = user {
            let user = user.as_bytes();
            // SAFETY: as long as said, by the caller's contract.
            if unsafe { store_string(user, user_name, user_name_size) } > user.len() as u32 {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
        }
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_state(&found, [mode, instances]) };
        Ok(())
    }))
}
same_signature!(
    official::GetNamedPipeHandleStateA,
    GetNamedPipeHandleStateA,
    fn(_, _, _, _, _, _, _) -> _
);

/// The state of a pipe, and its client's user if he is asked for. Pipes of this machine collect
/// nothing.
fn state_of(
    pipe: HANDLE,
    wants_user: bool,
    collecting: [*mut u32; 2],
) -> Result<(state::State, Option<String>)> {
    let pipe = from_handle(pipe)?;
    let found = state::state(pipe)?;
    if collecting.iter().any(|place| !place.is_null()) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok((found, wants_user.then(|| named::client_user(pipe)).transpose()?))
}

/// # Safety
/// The places are NULL or writable.
unsafe fn store_state(found: &state::State, places: [*mut u32; 2]) {
    for (place, number) in places.into_iter().zip([found.mode, found.instances]) {
        // SAFETY: NULL or writable, by the contract.
        unsafe { store_optional(place, number) };
    }
}

/// `GetNamedPipeInfo`: which end of a pipe this is, and the pipe's sizes. Each place may be NULL.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no pipe. `ERROR_ACCESS_DENIED`: the
/// handle lacks `FILE_READ_ATTRIBUTES`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipeinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedPipeInfo(
    pipe: HANDLE,
    flags: *mut NAMED_PIPE_MODE,
    out_size: *mut u32,
    in_size: *mut u32,
    most_instances: *mut u32,
) -> BOOL {
    succeeds(from_handle(pipe).and_then(state::information).map(|found| {
        let end = if found.server_end { PIPE_SERVER_END } else { PIPE_CLIENT_END };
        let kind = if found.messages { PIPE_TYPE_MESSAGE } else { PIPE_TYPE_BYTE };
        let numbers = [end | kind, found.out_quota, found.in_quota, found.most_instances];
        let places = [flags, out_size, in_size, most_instances];
        for (place, number) in places.into_iter().zip(numbers) {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, number) };
        }
    }))
}
same_signature!(official::GetNamedPipeInfo, GetNamedPipeInfo, fn(_, _, _, _, _) -> _);

/// `ConnectNamedPipe`: waits until a client has come. With an `OVERLAPPED`, on an overlapped handle,
/// it does not wait itself.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no server's end of a named pipe.
/// - `ERROR_PIPE_CONNECTED`: a client is there already, which is as good.
/// - `ERROR_IO_PENDING`: the `OVERLAPPED` will tell.
/// - `ERROR_NO_DATA`: the last client has gone, and was not disconnected.
/// - `ERROR_PIPE_LISTENING`: nobody has come, and the pipe does not wait.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConnectNamedPipe(pipe: HANDLE, overlapped: *mut OVERLAPPED) -> BOOL {
    if overlapped.is_null() {
        return succeeds(with_pipe(pipe, state::connect));
    }
    succeeds(with_pipe(pipe, |pipe| {
        // SAFETY: not NULL, so valid until the request is done, by the caller's contract.
        let (completion, _) = unsafe { completion(overlapped, true) }?;
        started(named::connect_overlapped(pipe, completion)?).map(drop)
    }))
}
same_signature!(official::ConnectNamedPipe, ConnectNamedPipe, fn(_, _) -> _);

/// `DisconnectNamedPipe`: takes a pipe from its client. What is unread is lost.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: a client's end, or no pipe.
/// - `ERROR_PIPE_LISTENING`: no client has come. `ERROR_PIPE_NOT_CONNECTED`: it was done already.
/// - `ERROR_NOT_SUPPORTED`: an anonymous pipe.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DisconnectNamedPipe(pipe: HANDLE) -> BOOL {
    succeeds(with_pipe(pipe, state::disconnect))
}
same_signature!(official::DisconnectNamedPipe, DisconnectNamedPipe, fn(_) -> _);

fn with_pipe(pipe: HANDLE, act: impl FnOnce(Handle) -> Result<()>) -> Result<()> {
    act(from_handle(pipe)?)
}
