//! The reading end: `CreateMailslot`, reading, and what a mailslot tells of itself.

use super::overlapped::{NEVER, Read, Watcher};
use super::queue::Waiting;
use super::segment::Segment;
use super::{SERVER_FLAVOUR, WAIT_FOREVER};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::executive::mailbox::welcome_others;
use crate::file::{FileType, ReadTarget, Stream, Transfer};
use crate::handle::{Handle, HandleValue};
use crate::io::synchronous::interruptible;
use crate::io::{FileIo, Operation};
use crate::namespace::device_name::{Device, DeviceName};
use crate::namespace::{ObjectName, Rendezvous, Turn, begin, describe, look, note_keeper};
use crate::object::{
    KernelObject, ObjectHeader, ObjectId, ObjectType, SYNCHRONIZE, Shape, downcast,
};
use crate::pipe::channel::Patience;
use crate::security::SecurityDescriptor;
use crate::sync::wait::{Source, Waitable, clock};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use windows_sys::Win32::Storage::FileSystem as file;

/// The access of the handle that `CreateMailslot` gives.
const ACCESS: u32 = file::FILE_GENERIC_READ | SYNCHRONIZE | file::WRITE_DAC;

/// How a mailslot is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings<'a> {
    /// The largest message in bytes; 0 for any.
    pub maximum: u32,
    /// How many milliseconds a read waits for a message; [`WAIT_FOREVER`] for ever.
    pub read_timeout_ms: u32,
    /// Whether children inherit the handle.
    pub inherit: bool,
    /// Who may write; otherwise the user who made it, and root.
    pub security: Option<&'a SecurityDescriptor>,
}

/// What `GetMailslotInfo` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Information {
    /// The largest message in bytes; 0 for any.
    pub maximum: u32,
    /// How many milliseconds a read waits.
    pub read_timeout_ms: u32,
    /// What there is to read.
    pub waiting: Waiting,
}

/// The reading end of a mailslot, as a process holds it.
#[derive(Debug)]
pub struct MailslotServer {
    header: ObjectHeader,
    segment: Segment,
    /// There until it is dropped.
    name: Option<Rendezvous>,
    /// The last handle was closed, and reads that still wait end.
    is_closed: AtomicBool,
    /// Whether users who ask this process are heard.
    is_open_to_others: AtomicBool,
    io: FileIo,
    /// Whether there ever were overlapped requests.
    has_requests: AtomicBool,
    watcher: Watcher,
}

/// `CreateMailslot`: makes a mailslot and a handle that reads from it.
///
/// # Errors
/// - `ERROR_PATH_NOT_FOUND` without a name, `ERROR_INVALID_NAME` for one that does not begin with
///   `\\.\mailslot\` or has nothing behind it.
/// - `ERROR_ALREADY_EXISTS` when somebody has a mailslot of that name, in whatever case.
/// - `ERROR_NO_SYSTEM_RESOURCES`, `ERROR_TOO_MANY_OPEN_FILES` when there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createmailslotw>
pub fn create(name: Option<&[u16]>, settings: &Settings<'_>) -> Result<HandleValue> {
    let name = ObjectName::of_device(&DeviceName::of_server(Device::Mailslot, name)?);
    let default = SecurityDescriptor::default();
    let security = settings.security.unwrap_or(&default);
    let turn = Turn::wait(&name)?;
    match look(&turn, &name) {
        Ok(None) => {}
        // Somebody has the name whom we may not ask about it.
        Ok(Some(_)) | Err(Win32Error::ACCESS_DENIED) => return Err(Win32Error::ALREADY_EXISTS),
        Err(error) => return Err(error),
    }
    let header = ObjectHeader::new(ObjectType::File);
    let segment = Segment::create(header.id(), settings.maximum, settings.read_timeout_ms)?;
    let rendezvous = begin(&turn, &name, security)?;
    let server = Arc::new(MailslotServer::new(header, segment, rendezvous));
    describe(&turn, &name, &*server, security)?;
    // `describe` has opened the mailbox, where that is needed.
    server.is_open_to_others.store(true, Ordering::Relaxed);
    current().table().create(server, ACCESS, settings.inherit)
}

/// `GetMailslotInfo`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is not the reading end of a mailslot.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getmailslotinfo>
pub fn information(handle: Handle) -> Result<Information> {
    let server: Arc<MailslotServer> = current().table().object(handle, 0)?;
    server.information()
}

/// `SetMailslotInfo`: sets how long reads wait that begin from now on.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is not the reading end of a mailslot.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setmailslotinfo>
pub fn set_read_timeout(handle: Handle, read_timeout_ms: u32) -> Result<()> {
    let server: Arc<MailslotServer> = current().table().object(handle, 0)?;
    server.segment.set_timeout_ms(read_timeout_ms);
    Ok(())
}

impl MailslotServer {
    fn new(header: ObjectHeader, segment: Segment, name: Rendezvous) -> Self {
        let name = Some(name);
        let (is_closed, is_open_to_others) = (AtomicBool::new(false), AtomicBool::new(false));
        let (io, has_requests) = (FileIo::new(true), AtomicBool::new(false));
        let watcher = Watcher::default();
        Self { header, segment, name, is_closed, is_open_to_others, io, has_requests, watcher }
    }

    /// The reading end that another process has given us.
    pub(super) fn arrived(id: ObjectId, memory: OwnedFd, name: OwnedFd) -> Result<Self> {
        let segment = Segment::open(memory, Some(id)).map_err(|_| Win32Error::INVALID_PARAMETER)?;
        let name = Rendezvous::arrived(name).ok_or(Win32Error::INVALID_PARAMETER)?;
        note_keeper(name.file(), segment.as_fd());
        Ok(Self::new(ObjectHeader::with_id(ObjectType::File, id), segment, name))
    }

    pub(super) const fn segment(&self) -> &Segment {
        &self.segment
    }

    /// The file of its name.
    pub(super) fn name_file(&self) -> Option<BorrowedFd<'_>> {
        self.name.as_ref().map(Rendezvous::file)
    }

    fn information(&self) -> Result<Information> {
        self.hear_others();
        let queue = self.segment.queue()?;
        let _held = queue.lock_readers(Patience::FOREVER)?;
        Ok(Information {
            maximum: self.segment.maximum(),
            read_timeout_ms: self.segment.timeout_ms(),
            waiting: queue.waiting()?,
        })
    }

    /// Other users' messages come through this process from the first time on that it uses a
    /// mailslot that was given to it. (The one who made it hears them from the start.)
    #[inline]
    fn hear_others(&self) {
        if !self.is_open_to_others.swap(true, Ordering::Relaxed)
            && self.name.as_ref().is_some_and(Rendezvous::is_for_others)
        {
            // Who cannot be asked is only not asked.
            let _ = current().namespace().and_then(welcome_others);
        }
    }

    fn patience(&self) -> Patience<'static> {
        match self.segment.timeout_ms() {
            WAIT_FOREVER => Patience::FOREVER,
            timeout_ms => Patience::milliseconds(timeout_ms),
        }
    }

    /// When a read that begins now has waited long enough, on the monotonic clock.
    pub(super) fn deadline_ns(&self) -> u64 {
        match self.segment.timeout_ms() {
            WAIT_FOREVER => NEVER,
            timeout_ms => clock::now() + u64::from(timeout_ms) * 1_000_000,
        }
    }

    /// Where its requests are.
    pub(super) const fn requests(&self) -> &FileIo {
        &self.io
    }

    pub(super) const fn watcher(&self) -> &Watcher {
        &self.watcher
    }

    /// Waits until there may be something to read.
    pub(super) fn wait(&self, patience: Patience<'_>) -> Result<()> {
        self.segment.queue()?.wait(patience, || self.is_closed.load(Ordering::SeqCst))
    }

    /// Wakes whoever waits, so that they look again.
    pub(super) fn wake(&self) {
        if let Ok(queue) = self.segment.queue() {
            queue.wake_readers();
        }
    }

    /// Reads the first message if there is one.
    #[inline]
    pub(super) fn read_now(&self, buffer: &mut dyn ReadTarget) -> Result<Option<usize>> {
        let queue = self.segment.queue()?;
        let held = queue.lock_readers(Patience::FOREVER)?;
        queue.take(&held, |length, ring, at| match length <= buffer.len() {
            true => Ok(ring.copy_out(at, buffer, 0, length)),
            false => Err(Win32Error::INSUFFICIENT_BUFFER),
        })
    }

    /// Reads the first message, waiting for one if there is none.
    fn read_patiently(&self, buffer: &mut dyn ReadTarget, patience: Patience<'_>) -> Result<usize> {
        self.hear_others();
        loop {
            self.wait(patience)?;
            if let Some(count) = self.read_now(buffer)? {
                return Ok(count);
            }
            if self.is_closed.load(Ordering::SeqCst) {
                return Err(Win32Error::OPERATION_ABORTED);
            }
        }
    }
}

impl KernelObject for MailslotServer {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let fds = [Some(self.segment.as_fd()), self.name_file()];
        Shape { portable: true, fds, payload: [SERVER_FLAVOUR, 0] }
    }

    fn leaving(&self) {
        if let Some(name) = &self.name {
            name.note_given();
        }
    }

    fn last_handle_closed(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.io.close();
        self.wake();
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn has_name(&self) -> bool {
        true
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Drop for MailslotServer {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            name.close();
        }
        // Now writers find out whether it was the last one.
        self.segment.note_closing();
    }
}

impl Stream for MailslotServer {
    /// As [`Stream::read`]: one whole message.
    ///
    /// # Errors
    /// `ERROR_SEM_TIMEOUT` when none came in time, `ERROR_INSUFFICIENT_BUFFER` when it is larger
    /// than the buffer, and stays.
    #[inline]
    fn read(&self, buffer: &mut dyn ReadTarget, _offset: Option<u64>) -> Result<Transfer> {
        let count = match self.read_now(buffer)? {
            Some(count) => count,
            None => interruptible(|cancel| {
                self.read_patiently(buffer, self.patience().or_until(cancel))
            })?,
        };
        Ok(count.into())
    }

    fn write(&self, _buffer: &[u8], _offset: Option<u64>) -> Result<usize> {
        Err(Win32Error::ACCESS_DENIED)
    }

    fn flush(&self) -> Result<()> {
        Err(Win32Error::ACCESS_DENIED)
    }

    /// Windows knows disks, devices and pipes; a mailslot is none.
    fn file_type(&self) -> FileType {
        FileType::Unknown
    }

    fn io(&self) -> Option<&FileIo> {
        Some(&self.io)
    }

    /// As long as nobody makes overlapped requests, readers need not stand in line with them.
    fn takes_turns(&self) -> bool {
        self.has_requests.load(Ordering::SeqCst)
    }

    fn read_operation(
        &self,
        object: Arc<dyn KernelObject>,
        target: Box<dyn ReadTarget + Send>,
        _offset: u64,
    ) -> Result<Box<dyn Operation>> {
        self.hear_others();
        self.has_requests.store(true, Ordering::SeqCst);
        Ok(Box::new(Read::new(downcast(object)?, target)))
    }
}

impl Waitable for MailslotServer {
    /// The handle is signalled while no overlapped operation runs on it.
    fn is_signalled(&self) -> bool {
        self.io.is_signalled()
    }

    fn source(&self) -> Source<'_> {
        self.io.source(&self.header)
    }
}
