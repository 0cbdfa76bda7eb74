//! Anonymous pipes: `pipe(2)`, so that any Linux program can be at the other end.
//!
//! The descriptors are never made non-blocking, since that would change them for every process
//! that holds them; a handle in `PIPE_NOWAIT` mode asks first instead.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/ipc/anonymous-pipes>

use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::file::{Descriptor, FileType, ReadTarget, Stream, Transfer};
use crate::handle::{Entry, Handle, HandleFlags, HandleValue, Origin};
use crate::io::synchronous::in_system_call;
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::pipe::channel::Cancel;
use crate::security::{SecurityDescriptor, of_objects};
use crate::sync::wait::clock::AT_ONCE;
use crate::sync::wait::{Source, Waitable};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionread};
use rustix::pipe::{PipeFlags, fcntl_getpipe_size, fcntl_setpipe_size, pipe_with};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use windows_sys::Win32::Storage::FileSystem as file;

/// What makes this object among those of type "File" (the first number of its shape).
pub(crate) const FLAVOUR: u64 = 2;

/// The quota that a size of 0 stands for.
const DEFAULT_QUOTA: u32 = 4096;
/// What a Linux pipe holds if it is not asked for more.
const LINUX_DEFAULT: u32 = 65_536;
const WRITE_END: u64 = 1 << 32;

/// The access of the read handle: the read end is the server's end, which may change the mode.
const READ_ACCESS: u32 = file::FILE_GENERIC_READ | file::FILE_WRITE_ATTRIBUTES;
/// The access of the write handle.
const WRITE_ACCESS: u32 = file::FILE_GENERIC_WRITE | file::FILE_READ_ATTRIBUTES;

/// The access of the handle to one end.
pub(crate) const fn access_of_end(writes: bool) -> u32 {
    if writes { WRITE_ACCESS } else { READ_ACCESS }
}

/// One end of an anonymous pipe.
#[derive(Debug)]
pub struct PipeEnd {
    header: ObjectHeader,
    descriptor: Descriptor,
    writes: bool,
    quota: u32,
    nowait: AtomicBool,
}

/// `CreatePipe`: makes an anonymous pipe; its read handle and its write handle.
///
/// `size` is the quota in bytes that `GetNamedPipeInfo` reports and that `PIPE_NOWAIT` writes
/// keep to; 0 means 4096. The pipe holds at least 64 KiB, so a small hint never breaks a program
/// that writes more. `security` is kept with both ends; it concerns nobody who has a handle.
///
/// # Errors
/// `ERROR_TOO_MANY_OPEN_FILES` or `ERROR_NO_SYSTEM_RESOURCES` when there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-createpipe>
pub fn create(
    size: u32,
    inherit: bool,
    security: Option<&SecurityDescriptor>,
) -> Result<[HandleValue; 2]> {
    static SURVIVE: Once = Once::new();
    SURVIVE.call_once(transom_sys::signal::survive_broken_pipes);
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    if size > LINUX_DEFAULT {
        // More than the system allows one user is not given; the pipe works with less.
        let _ = fcntl_setpipe_size(&writer, size as usize);
    }
    let quota = if size == 0 { DEFAULT_QUOTA } else { size };
    let flags = if inherit { HandleFlags::INHERIT } else { HandleFlags::empty() };
    let entry = |descriptor, writes, access| {
        let header = ObjectHeader::new(ObjectType::File);
        if let Some(security) = security {
            of_objects::keep(&header, security);
        }
        let nowait = AtomicBool::new(false);
        let object = Arc::new(PipeEnd { header, descriptor, writes, quota, nowait });
        Entry { object, access, flags, origin: Origin::Created }
    };
    current().table().insert_pair(
        entry(Descriptor::Own(reader), false, READ_ACCESS),
        entry(Descriptor::Own(writer), true, WRITE_ACCESS),
    )
}

/// What `PeekNamedPipe` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peeked {
    /// How many bytes were copied.
    pub copied: usize,
    /// How many bytes could be read now.
    pub available: usize,
    /// How many bytes of the first message were not copied; 0 where there are no messages.
    pub left: usize,
}

/// `PeekNamedPipe` on an end that can be read: of an anonymous pipe, or of a named one. The bytes
/// stay in the pipe.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_INVALID_FUNCTION` for a file that is no
/// pipe, `ERROR_ACCESS_DENIED` for a handle that may not read, `ERROR_BROKEN_PIPE` when the pipe
/// is empty and has no writer left; for a named pipe without a client `ERROR_BAD_PIPE`, and
/// `ERROR_PIPE_NOT_CONNECTED` to a client that was disconnected.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-peeknamedpipe>
pub fn peek(handle: Handle, mut buffer: &mut [MaybeUninit<u8>]) -> Result<Peeked> {
    peek_into(handle, &mut buffer)
}

/// `PeekNamedPipe` into memory that is initialised.
///
/// # Errors
/// As for [`peek`].
pub fn peek_bytes(handle: Handle, mut buffer: &mut [u8]) -> Result<Peeked> {
    peek_into(handle, &mut buffer)
}

fn peek_into(handle: Handle, buffer: &mut dyn ReadTarget) -> Result<Peeked> {
    if let Some(pipe) = super::named::end_of(handle, file::FILE_READ_DATA)? {
        let found = pipe.peek(buffer)?;
        let count = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let (available, left) = (count(found.available), count(found.left));
        return Ok(Peeked { copied: found.copied, available, left });
    }
    super::state::end_of(handle, file::FILE_READ_DATA)?.peek(buffer)
}

impl PipeEnd {
    /// An end that another process made, or that this program was started with.
    pub(crate) fn arrived(id: ObjectId, descriptor: Descriptor, payload: u64) -> Self {
        static SURVIVE: Once = Once::new();
        SURVIVE.call_once(transom_sys::signal::survive_broken_pipes);
        Self {
            header: ObjectHeader::with_id(ObjectType::File, id),
            descriptor,
            writes: payload & WRITE_END != 0,
            quota: (payload & 0xFFFF_FFFF) as u32,
            nowait: AtomicBool::new(false),
        }
    }

    /// The second number of the shape of an end that is only known as a descriptor.
    pub(crate) fn payload_of(fd: BorrowedFd<'_>, writes: bool) -> u64 {
        let size = fcntl_getpipe_size(fd).unwrap_or(LINUX_DEFAULT as usize);
        let quota = u32::try_from(size).unwrap_or(LINUX_DEFAULT);
        u64::from(quota) | if writes { WRITE_END } else { 0 }
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// Whether this is the write end.
    #[must_use]
    pub const fn writes(&self) -> bool {
        self.writes
    }

    /// The quota in bytes.
    #[must_use]
    pub const fn quota(&self) -> u32 {
        self.quota
    }

    /// Whether the end is in `PIPE_NOWAIT` mode.
    #[must_use]
    pub fn nowait(&self) -> bool {
        self.nowait.load(Ordering::Relaxed)
    }

    /// Sets the end's waiting mode, which all its handles in this process share.
    pub fn set_nowait(&self, nowait: bool) {
        self.nowait.store(nowait, Ordering::Relaxed);
    }

    /// Bytes that wait in the pipe.
    fn queued(&self) -> Result<usize> {
        Ok(usize::try_from(ioctl_fionread(self.fd())?).unwrap_or(usize::MAX))
    }

    /// Waits until the pipe can be read; whether it can, and whether all writers are gone.
    fn wait_readable(&self, cancel: &Cancel) -> Result<(bool, bool)> {
        self.poll(None, cancel)
    }

    /// Whether the pipe can be read, and whether all writers are gone.
    fn look_readable(&self) -> Result<(bool, bool)> {
        self.poll(Some(&AT_ONCE), &Cancel::new())
    }

    fn poll(&self, timeout: Option<&Timespec>, cancel: &Cancel) -> Result<(bool, bool)> {
        let fd = self.fd();
        let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
        loop {
            match poll(&mut fds, timeout) {
                Err(Errno::INTR) => not_cancelled(cancel)?,
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    let ready = fds[0].revents();
                    return Ok((ready.contains(PollFlags::IN), ready.contains(PollFlags::HUP)));
                }
            }
        }
    }

    pub(super) fn has_readers(&self) -> Result<bool> {
        let fd = self.fd();
        let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::OUT)];
        poll(&mut fds, Some(&AT_ONCE))?;
        Ok(!fds[0].revents().contains(PollFlags::ERR))
    }

    /// How many bytes are in the pipe, and whether the other end is open.
    pub(super) fn queued_and_alive(&self) -> Result<(u64, bool)> {
        let alive = if self.writes { self.has_readers()? } else { !self.look_readable()?.1 };
        Ok((self.queued()? as u64, alive))
    }

    fn peek(&self, buffer: &mut dyn ReadTarget) -> Result<Peeked> {
        let available = self.queued()?;
        if available == 0 {
            let (_, hung_up) = self.look_readable()?;
            // A last writer may have written and gone between the two questions.
            let available = self.queued()?;
            return match (available, hung_up) {
                (0, true) => Err(Win32Error::BROKEN_PIPE),
                (0, false) => Ok(Peeked { copied: 0, available: 0, left: 0 }),
                _ => self.peek(buffer),
            };
        }
        let copied = if buffer.is_empty() { 0 } else { self.copy_without_taking(buffer)? };
        Ok(Peeked { copied, available, left: 0 })
    }

    /// Copies what waits in the pipe by way of `tee` into a second pipe.
    fn copy_without_taking(&self, buffer: &mut dyn ReadTarget) -> Result<usize> {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
        let wanted = buffer.len().min(fcntl_getpipe_size(self.fd())?);
        if wanted > LINUX_DEFAULT as usize {
            fcntl_setpipe_size(&writer, wanted)?;
        }
        let flags = rustix::pipe::SpliceFlags::NONBLOCK;
        let count = match rustix::pipe::tee(self.fd(), &writer, wanted, flags) {
            Err(Errno::AGAIN) => 0,
            other => other?,
        };
        drop(writer);
        let mut copied = 0;
        while copied < count {
            match buffer.fill(copied..count, reader.as_fd(), None) {
                Ok(0) => break,
                Ok(read) => copied += read,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(copied)
    }

    /// Reads without waiting for data.
    fn read_now(&self, buffer: &mut dyn ReadTarget) -> Result<usize> {
        match self.look_readable()? {
            (false, false) => Err(Win32Error::NO_DATA),
            (false, true) => Err(Win32Error::BROKEN_PIPE),
            (true, _) if buffer.is_empty() => Ok(0),
            (true, _) => in_system_call(|cancel| self.read_waiting(buffer, cancel)),
        }
    }

    fn read_waiting(&self, buffer: &mut dyn ReadTarget, cancel: &Cancel) -> Result<usize> {
        loop {
            match buffer.fill(0..buffer.len(), self.fd(), None) {
                Ok(0) => return Err(Win32Error::BROKEN_PIPE),
                Ok(read) => return Ok(read),
                Err(Errno::INTR) => not_cancelled(cancel)?,
                // Somebody else made the descriptor non-blocking.
                Err(Errno::AGAIN) => drop(self.wait_readable(cancel)?),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Writes if the quota has room for all of it.
    fn write_now(&self, buffer: &[u8]) -> Result<usize> {
        if !self.has_readers()? {
            return Err(Win32Error::NO_DATA);
        }
        let room = (self.quota as usize).saturating_sub(self.queued()?);
        if buffer.len() > room {
            return Ok(0);
        }
        in_system_call(|cancel| self.write_waiting(buffer, cancel))
    }

    fn write_waiting(&self, buffer: &[u8], cancel: &Cancel) -> Result<usize> {
        let mut written = 0;
        while written < buffer.len() {
            match rustix::io::write(self.fd(), &buffer[written..]) {
                Ok(count) if written + count < buffer.len() => {
                    written += count;
                    // It may have been interrupted in the middle.
                    not_cancelled(cancel)?;
                }
                Ok(count) => written += count,
                Err(Errno::INTR) => not_cancelled(cancel)?,
                Err(Errno::AGAIN) => self.wait_writable(cancel)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(written)
    }

    fn wait_writable(&self, cancel: &Cancel) -> Result<()> {
        let fd = self.fd();
        match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::OUT)], None) {
            Err(Errno::INTR) => not_cancelled(cancel),
            other => Ok(other.map(drop)?),
        }
    }
}

fn not_cancelled(cancel: &Cancel) -> Result<()> {
    if cancel.is_cancelled() { Err(Win32Error::OPERATION_ABORTED) } else { Ok(()) }
}

impl KernelObject for PipeEnd {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let end = u64::from(self.quota) | if self.writes { WRITE_END } else { 0 };
        Shape { portable: true, fds: [Some(self.fd()), None], payload: [FLAVOUR, end] }
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Stream for PipeEnd {
    #[inline]
    fn read(&self, buffer: &mut dyn ReadTarget, _offset: Option<u64>) -> Result<Transfer> {
        let bytes = if self.nowait() {
            self.read_now(buffer)?
        } else if buffer.is_empty() {
            // Linux would not wait; Windows does, and then takes nothing.
            match in_system_call(|cancel| self.wait_readable(cancel))? {
                (false, true) => return Err(Win32Error::BROKEN_PIPE),
                _ => 0,
            }
        } else {
            in_system_call(|cancel| self.read_waiting(buffer, cancel))?
        };
        Ok(bytes.into())
    }

    #[inline]
    fn write(&self, buffer: &[u8], _offset: Option<u64>) -> Result<usize> {
        if self.nowait() {
            return self.write_now(buffer);
        }
        if buffer.is_empty() {
            return if self.has_readers()? { Ok(0) } else { Err(Win32Error::NO_DATA) };
        }
        in_system_call(|cancel| self.write_waiting(buffer, cancel))
    }

    /// Waits until the reader has taken everything.
    fn flush(&self) -> Result<()> {
        if !self.writes {
            return Err(Win32Error::ACCESS_DENIED);
        }
        in_system_call(|cancel| {
            let mut pause_us = 50;
            while self.queued()? > 0 {
                if !self.has_readers()? {
                    return Err(Win32Error::BROKEN_PIPE);
                }
                not_cancelled(cancel)?;
                // Linux has no event for "the pipe became empty".
                std::thread::sleep(std::time::Duration::from_micros(pause_us));
                pause_us = (pause_us * 2).min(5_000);
            }
            Ok(())
        })
    }

    fn file_type(&self) -> FileType {
        FileType::Pipe
    }
}

impl Waitable for PipeEnd {
    /// A pipe's handle is always signalled while no overlapped operation runs on it.
    fn is_signalled(&self) -> bool {
        true
    }

    fn source(&self) -> Source<'_> {
        Source::Always
    }
}
