//! What a caller leaves with a request: an `OVERLAPPED` and a buffer, which stay its own, and which
//! it must leave alone until the request is done.

use crate::abi::{from_handle, load};
use std::ffi::c_void;
use std::mem::{MaybeUninit, offset_of};
use std::ops::Range;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use transom_kernel::file::{ReadTarget, Transfer, WriteSource};
use transom_kernel::io::{Completion, NtStatus, Started, StatusBlock};
use transom_kernel::{Result, Win32Error};
use transom_sys::reachable::{Use, is_reachable};
use transom_sys::shared_bytes::Target;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::IO::{IO_STATUS_BLOCK, OVERLAPPED};

/// A caller's `OVERLAPPED`, at any alignment.
struct Block(*mut OVERLAPPED);

// SAFETY: the caller leaves it to whichever thread completes the request.
unsafe impl Send for Block {}

impl Block {
    /// Stores a number in one of the first two fields, so that who sees it sees what was stored
    /// before it.
    fn set(&self, offset: usize, value: usize) {
        let place: *mut usize = self.0.wrapping_byte_add(offset).cast();
        if place.is_aligned() {
            // SAFETY: a field of a structure that is valid until the request is done, and aligned;
            // whoever else looks at it meanwhile only reads.
            let place = unsafe { AtomicUsize::from_ptr(place) };
            place.store(value, Ordering::Release);
        } else {
            // SAFETY: as above; an unaligned write asks no alignment.
            unsafe { place.write_unaligned(value) };
        }
    }
}

impl StatusBlock for Block {
    fn address(&self) -> usize {
        self.0.expose_provenance()
    }

    fn set_pending(&self) {
        self.set(offset_of!(OVERLAPPED, Internal), bits(NtStatus::PENDING));
    }

    fn store(&self, status: NtStatus, information: usize) {
        self.set(offset_of!(OVERLAPPED, InternalHigh), information);
        self.set(offset_of!(OVERLAPPED, Internal), bits(status));
    }
}

/// A status, as `Internal` has it.
pub(crate) const fn bits(status: NtStatus) -> usize {
    status.code().cast_unsigned() as usize
}

/// How the request of an `OVERLAPPED` does.
///
/// # Safety
/// `overlapped` points to a readable `OVERLAPPED`, at any alignment.
pub(crate) unsafe fn status_of(overlapped: *const OVERLAPPED) -> NtStatus {
    let place: *const usize = overlapped.wrapping_byte_add(offset_of!(OVERLAPPED, Internal)).cast();
    let bits = if place.is_aligned() {
        // SAFETY: a readable field, aligned, that others only store atomically.
        let place = unsafe { AtomicUsize::from_ptr(place.cast_mut()) };
        place.load(Ordering::Acquire)
    } else {
        // SAFETY: readable by the contract; an unaligned read asks no alignment.
        unsafe { place.read_unaligned() }
    };
    // The upper half means nothing.
    NtStatus::from_code(((bits & 0xFFFF_FFFF) as u32).cast_signed())
}

/// Whether a caller's buffer is there to be read.
#[inline]
pub(crate) fn is_readable(buffer: *const u8, size: u32) -> bool {
    is_reachable(buffer, size as usize, Use::Reading)
}

/// Whether a caller's buffer is there to be written.
#[inline]
pub(crate) fn is_writable(buffer: *mut u8, size: u32) -> bool {
    is_reachable(buffer, size as usize, Use::Writing)
}

/// A caller's buffer.
pub(crate) struct Buffer {
    place: *mut u8,
    size: usize,
}

// SAFETY: the caller leaves it to whichever thread does the request.
unsafe impl Send for Buffer {}

impl Buffer {
    /// # Safety
    /// `place` holds `size` bytes that are the request's until it is done; or it is Linux that is to
    /// find out that it does not.
    pub(crate) const unsafe fn new(place: *mut u8, size: u32) -> Self {
        Self { place, size: size as usize }
    }
}

// SAFETY: the place is as long as said, by the contract of `new`.
unsafe impl Target for Buffer {
    fn place(&mut self) -> (*mut u8, usize) {
        (self.place, self.size)
    }
}

impl ReadTarget for Buffer {
    fn len(&self) -> usize {
        self.size
    }

    fn fill(
        &mut self,
        part: Range<usize>,
        fd: BorrowedFd<'_>,
        offset: Option<u64>,
    ) -> rustix::io::Result<usize> {
        let mut all: &mut [MaybeUninit<u8>] = match self.size {
            0 => &mut [],
            // SAFETY: by the contract of `new`; nothing here looks into it.
            size => unsafe { std::slice::from_raw_parts_mut(self.place.cast(), size) },
        };
        ReadTarget::fill(&mut all, part, fd, offset)
    }
}

impl WriteSource for Buffer {
    fn bytes(&self) -> &[u8] {
        match self.size {
            0 => &[],
            // SAFETY: by the contract of `new`; nobody changes it until the request is done.
            size => unsafe { std::slice::from_raw_parts(self.place, size) },
        }
    }
}

/// What an `OVERLAPPED` asks for: how the request's end is told, and at which place of a file it
/// happens.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL; `ERROR_INVALID_HANDLE` and `ERROR_ACCESS_DENIED` for its event, if
/// that counts.
///
/// # Safety
/// `overlapped` is NULL or points to an `OVERLAPPED`, at any alignment, that is the request's until
/// it is done.
pub(crate) unsafe fn completion(
    overlapped: *mut OVERLAPPED,
    with_event: bool,
) -> Result<(Completion, u64)> {
    // SAFETY: the same contract.
    let request = unsafe { load(overlapped.cast_const()) }.ok_or(Win32Error::NOACCESS)?;
    // SAFETY: all bits of the union may be read as two numbers.
    let offset = unsafe { request.Anonymous.Anonymous };
    let offset = u64::from(offset.OffsetHigh) << 32 | u64::from(offset.Offset);
    let mut completion = Completion::new(Box::new(Block(overlapped)));
    if with_event {
        let event = request.hEvent;
        if event.addr() & !1 != 0 {
            completion = completion.and_event(from_handle(event.map_addr(|bits| bits & !1))?)?;
        }
        if event.addr() & 1 != 0 {
            completion = completion.without_packet();
        }
    }
    Ok((completion, offset))
}

/// As [`completion`], for the status block of a native call: the first two fields of an `OVERLAPPED`
/// are one. A packet is sent only where the context is the block, as for Win32's calls.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL; `ERROR_INVALID_HANDLE` and `ERROR_ACCESS_DENIED` for the event.
///
/// # Safety
/// `block` is NULL or points to a status block, at any alignment, that is the request's until it is
/// done.
pub(crate) unsafe fn native_completion(
    block: *mut IO_STATUS_BLOCK,
    event: HANDLE,
    context: *const c_void,
) -> Result<Completion> {
    const { assert!(offset_of!(IO_STATUS_BLOCK, Information) == offset_of!(OVERLAPPED, InternalHigh)) };
    if block.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    let mut completion = Completion::new(Box::new(Block(block.cast())));
    if !event.is_null() {
        completion = completion.and_event(from_handle(event)?)?;
    }
    let wants_packet = context == block.cast_const().cast();
    Ok(if wants_packet { completion } else { completion.without_packet() })
}

/// What a call gives that began a request: how many bytes, where it is done with success.
///
/// # Errors
/// `ERROR_IO_PENDING` for one that goes on.
pub(crate) fn started(started: Started) -> Result<Transfer> {
    match started {
        Started::Done(transfer) => Ok(transfer),
        Started::Pending => Err(Win32Error::IO_PENDING),
    }
}
