//! `ioapiset.h`: results of overlapped requests, cancelling them, and completion ports.

use crate::abi::{
    from_handle, or_else, same_signature, store, store_optional, succeeds, to_handle,
};
use crate::overlapped::{bits, status_of};
use std::mem::offset_of;
use std::ptr::{null_mut, with_exposed_provenance_mut};
use transom_kernel::io::{self, Got, NtStatus, Packet};
use transom_kernel::sync::wait::{self, INFINITE, Waited};
use transom_kernel::{Result, Win32Error, executive};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE, WAIT_IO_COMPLETION};
use windows_sys::Win32::System::IO::{self as official, OVERLAPPED, OVERLAPPED_ENTRY};
use windows_sys::core::BOOL;

/// `GetOverlappedResult`: how a request has ended; how many bytes it moved is stored where `count`
/// points. If it is in flight, and `wait` is not 0, waits for its event, or for the file if it has
/// none.
///
/// # Errors
/// What became of the request, also `ERROR_OPERATION_ABORTED` if it was cancelled;
/// `ERROR_IO_INCOMPLETE`: it is in flight. `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`: what is to
/// be waited for cannot be.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-getoverlappedresult>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetOverlappedResult(
    file: HANDLE,
    overlapped: *const OVERLAPPED,
    count: *mut u32,
    wait: BOOL,
) -> BOOL {
    let timeout_ms = if wait == 0 { 0 } else { INFINITE };
    // SAFETY: the caller's contract is the same.
    succeeds(unsafe { result(file, overlapped, count, timeout_ms, false) })
}
same_signature!(official::GetOverlappedResult, GetOverlappedResult, fn(_, _, _, _) -> _);

/// `GetOverlappedResultEx`: as [`GetOverlappedResult`], waiting so many milliseconds at most, and, if
/// alertable, until asynchronous procedure calls were made.
///
/// # Errors
/// As for [`GetOverlappedResult`], with `ERROR_IO_INCOMPLETE` only where the time is 0;
/// `WAIT_TIMEOUT` when it is over; `WAIT_IO_COMPLETION`: calls were made.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-getoverlappedresultex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetOverlappedResultEx(
    file: HANDLE,
    overlapped: *const OVERLAPPED,
    count: *mut u32,
    milliseconds: u32,
    alertable: BOOL,
) -> BOOL {
    // SAFETY: the caller's contract is the same.
    succeeds(unsafe { result(file, overlapped, count, milliseconds, alertable != 0) })
}
same_signature!(official::GetOverlappedResultEx, GetOverlappedResultEx, fn(_, _, _, _, _) -> _);

/// # Safety
/// `overlapped` is NULL or points to a readable `OVERLAPPED`, `count` is NULL or writable, both at
/// any alignment.
unsafe fn result(
    file: HANDLE,
    overlapped: *const OVERLAPPED,
    count: *mut u32,
    timeout_ms: u32,
    alertable: bool,
) -> Result<()> {
    if overlapped.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, so readable.
    let mut status = unsafe { status_of(overlapped) };
    if status == NtStatus::PENDING && timeout_ms == 0 {
        io::catch_up();
        // SAFETY: not NULL, so readable.
        status = unsafe { status_of(overlapped) };
    }
    if status == NtStatus::PENDING {
        if timeout_ms == 0 {
            return Err(Win32Error::IO_INCOMPLETE);
        }
        let event: *const HANDLE =
            overlapped.wrapping_byte_add(offset_of!(OVERLAPPED, hEvent)).cast();
        // SAFETY: a field of the readable structure; an unaligned read asks no alignment.
        let event = unsafe { event.read_unaligned() };
        let object = if event.is_null() { file } else { event };
        match wait::one_ex(from_handle(object)?, timeout_ms, alertable)? {
            Waited::TimedOut => return Err(Win32Error::WAIT_TIMEOUT),
            Waited::Alerted => return Err(Win32Error::from_code(WAIT_IO_COMPLETION)),
            Waited::Object(_) | Waited::Abandoned(_) => {}
        }
        // SAFETY: not NULL, so readable.
        status = unsafe { status_of(overlapped) };
    }
    let bytes: *const usize =
        overlapped.wrapping_byte_add(offset_of!(OVERLAPPED, InternalHigh)).cast();
    // SAFETY: a field of the readable structure; an unaligned read asks no alignment.
    let bytes = unsafe { bytes.read_unaligned() };
    // SAFETY: NULL or writable, by the contract.
    unsafe { store_optional(count, u32::try_from(bytes).unwrap_or(u32::MAX)) };
    if status.is_success() { Ok(()) } else { Err(status.to_win32()) }
}

/// `CancelIo`: cancels the requests that the calling thread has begun on a file. They complete with
/// `ERROR_OPERATION_ABORTED`, unless they are done already.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/cancelio>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CancelIo(file: HANDLE) -> BOOL {
    succeeds(from_handle(file).and_then(io::cancel))
}
same_signature!(official::CancelIo, CancelIo, fn(_) -> _);

/// `CancelIoEx`: cancels the request on a file that has this `OVERLAPPED`, or, with NULL, all of this
/// process's, whichever thread began them.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no file. `ERROR_NOT_FOUND`: there is no such request.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/cancelioex-func>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CancelIoEx(file: HANDLE, overlapped: *const OVERLAPPED) -> BOOL {
    let address = (!overlapped.is_null()).then(|| overlapped.addr());
    succeeds(from_handle(file).and_then(|file| io::cancel_all(file, address)))
}
same_signature!(official::CancelIoEx, CancelIoEx, fn(_, _) -> _);

/// `CancelSynchronousIo`: ends the call in which a thread waits for a file, device or pipe; the call
/// gives `ERROR_OPERATION_ABORTED`.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
///   `THREAD_TERMINATE`.
/// - `ERROR_NOT_FOUND`: it makes no such call.
/// - `ERROR_NOT_SUPPORTED`: it is another process's.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/cancelsynchronousio-func>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CancelSynchronousIo(thread: HANDLE) -> BOOL {
    succeeds(from_handle(thread).and_then(io::cancel_synchronous))
}
same_signature!(official::CancelSynchronousIo, CancelSynchronousIo, fn(_) -> _);

/// `CreateIoCompletionPort`: makes a completion port, or has the requests on a file told to one, or
/// both: a handle to the port, NULL on failure.
///
/// With `INVALID_HANDLE_VALUE` as the file it only makes a port. `threads` is how many threads are
/// to be at work on its packets at once, 0 for as many as there are processors; it counts only when
/// the port is made.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no file, or no port. `ERROR_INVALID_PARAMETER`: the file is not
/// overlapped, or has a port; or there is a port and no file. `ERROR_ACCESS_DENIED`: the port's
/// handle lacks `IO_COMPLETION_MODIFY_STATE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/createiocompletionport>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateIoCompletionPort(
    file: HANDLE,
    existing: HANDLE,
    key: usize,
    threads: u32,
) -> HANDLE {
    or_else(port(file, existing, key, threads), null_mut())
}
same_signature!(official::CreateIoCompletionPort, CreateIoCompletionPort, fn(_, _, _, _) -> _);

fn port(file: HANDLE, existing: HANDLE, key: usize, threads: u32) -> Result<HANDLE> {
    if file == INVALID_HANDLE_VALUE {
        if !existing.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        return io::create_port(threads).map(to_handle);
    }
    let file = from_handle(file)?;
    if !existing.is_null() {
        io::associate(file, from_handle(existing)?, key)?;
        return Ok(existing);
    }
    let port = io::create_port(threads)?;
    match io::associate(file, port.into(), key) {
        Ok(()) => Ok(to_handle(port)),
        Err(error) => {
            // Nobody else knows it.
            let _ = executive::current().table().close(port.into());
            Err(error)
        }
    }
}

/// `PostQueuedCompletionStatus`: queues a packet with these three numbers, whatever they mean.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no port. `ERROR_ACCESS_DENIED`: the handle lacks
/// `IO_COMPLETION_MODIFY_STATE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/postqueuedcompletionstatus>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PostQueuedCompletionStatus(
    port: HANDLE,
    bytes: u32,
    key: usize,
    overlapped: *const OVERLAPPED,
) -> BOOL {
    let address = overlapped.expose_provenance();
    let packet = Packet { key, address, status: NtStatus::SUCCESS, bytes: bytes as usize };
    succeeds(from_handle(port).and_then(|port| io::post(port, packet)))
}
same_signature!(
    official::PostQueuedCompletionStatus,
    PostQueuedCompletionStatus,
    fn(_, _, _, _) -> _
);

fn overlapped_of(packet: &Packet) -> *mut OVERLAPPED {
    with_exposed_provenance_mut(packet.address)
}

fn bytes_of(packet: &Packet) -> u32 {
    u32::try_from(packet.bytes).unwrap_or(u32::MAX)
}

/// `GetQueuedCompletionStatus`: takes a packet from a completion port, and waits until there is one:
/// how many bytes, the key, and the `OVERLAPPED`.
///
/// When it fails and `*overlapped` is not NULL, the packet is of a request that failed, and the last
/// error says why; else there is no packet.
///
/// # Errors
/// - `WAIT_TIMEOUT`: no packet has come in so many milliseconds.
/// - `ERROR_ABANDONED_WAIT_0`: the port was closed meanwhile.
/// - `ERROR_INVALID_HANDLE`: no port. `ERROR_ACCESS_DENIED`: the handle lacks
///   `IO_COMPLETION_MODIFY_STATE`. `ERROR_NOACCESS`: a place for the results is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatus>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetQueuedCompletionStatus(
    port: HANDLE,
    bytes: *mut u32,
    key: *mut usize,
    overlapped: *mut *mut OVERLAPPED,
    milliseconds: u32,
) -> BOOL {
    if bytes.is_null() || key.is_null() || overlapped.is_null() {
        return succeeds(Err(Win32Error::NOACCESS));
    }
    // SAFETY: not NULL, so writable, by the caller's contract.
    unsafe { store_optional(overlapped, null_mut()) };
    let mut packet = Packet::default();
    let got = from_handle(port)
        .and_then(|port| io::get(port, 1, milliseconds, false, |taken| packet = taken));
    let done = match got {
        Ok(Got::Packets(_)) => {
            // SAFETY: not NULL, so writable, by the caller's contract.
            unsafe { store_optional(bytes, bytes_of(&packet)) };
            // SAFETY: as above.
            unsafe { store_optional(key, packet.key) };
            // SAFETY: as above.
            unsafe { store_optional(overlapped, overlapped_of(&packet)) };
            match packet.status.is_success() {
                true => Ok(()),
                false => Err(packet.status.to_win32()),
            }
        }
        Ok(Got::TimedOut | Got::Alerted) => Err(Win32Error::WAIT_TIMEOUT),
        Err(error) => Err(error),
    };
    succeeds(done)
}
same_signature!(
    official::GetQueuedCompletionStatus,
    GetQueuedCompletionStatus,
    fn(_, _, _, _, _) -> _
);

/// `GetQueuedCompletionStatusEx`: takes up to `count` packets from a completion port, and waits until
/// there is one; if alertable, also until asynchronous procedure calls were made. How many it took
/// is stored where `taken` points; how each request ended is in its `OVERLAPPED` (and in the entry's
/// `Internal`).
///
/// # Errors
/// As for [`GetQueuedCompletionStatus`], without those of requests; `WAIT_IO_COMPLETION`: calls were
/// made. `ERROR_INVALID_PARAMETER`: `count` is 0.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/getqueuedcompletionstatusex-func>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetQueuedCompletionStatusEx(
    port: HANDLE,
    entries: *mut OVERLAPPED_ENTRY,
    count: u32,
    taken: *mut u32,
    milliseconds: u32,
    alertable: BOOL,
) -> BOOL {
    if entries.is_null() || taken.is_null() {
        return succeeds(Err(Win32Error::NOACCESS));
    }
    if count == 0 {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    let mut place = entries;
    let take = |packet: Packet| {
        let entry = OVERLAPPED_ENTRY {
            lpCompletionKey: packet.key,
            lpOverlapped: overlapped_of(&packet),
            Internal: bits(packet.status),
            dwNumberOfBytesTransferred: bytes_of(&packet),
        };
        // SAFETY: one of the `count` entries: no more packets are taken. It may not be aligned.
        let _ = unsafe { store(place, entry) };
        place = place.wrapping_add(1);
    };
    let got = from_handle(port)
        .and_then(|port| io::get(port, count as usize, milliseconds, alertable != 0, take));
    let done = match &got {
        Ok(Got::Packets(count)) => {
            // SAFETY: not NULL, so writable, by the caller's contract.
            unsafe { store_optional(taken, u32::try_from(*count).unwrap_or(u32::MAX)) };
            return succeeds(Ok(()));
        }
        Ok(Got::TimedOut) => Err(Win32Error::WAIT_TIMEOUT),
        Ok(Got::Alerted) => Err(Win32Error::from_code(WAIT_IO_COMPLETION)),
        Err(error) => Err(*error),
    };
    // Windows says so of a wait that was over, too.
    let untaken = u32::from(got.is_ok());
    // SAFETY: as above.
    unsafe { store_optional(taken, untaken) };
    succeeds(done)
}
same_signature!(
    official::GetQueuedCompletionStatusEx,
    GetQueuedCompletionStatusEx,
    fn(_, _, _, _, _, _) -> _
);
