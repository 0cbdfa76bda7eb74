//! Completion ports: queues from which a few threads take what is done.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/fileio/i-o-completion-ports>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use crate::wait::milliseconds;
use std::time::Duration;
use transom_kernel::executive::current;
use transom_kernel::io::{self, Got, NtStatus};

/// A completion port.
///
/// ```
/// use std::time::Duration;
/// use transom::CompletionPort;
/// let port = CompletionPort::new()?;
/// let packets = std::thread::scope(|scope| {
///     let worker = scope.spawn(|| port.get(None));
///     port.post(7, 100)?;
///     worker.join().expect("it ends")
/// })?;
/// let packet = packets.expect("no time-out");
/// assert_eq!((packet.key, packet.bytes), (7, 100));
/// assert_eq!(port.get(Duration::ZERO)?, None);
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct CompletionPort {
    handle: OwnedHandle,
}

/// What a completion port tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The key of the file it is about, or what was posted.
    pub key: usize,
    /// How many bytes were moved, or what was posted.
    pub bytes: usize,
    /// Why the request failed.
    pub error: Option<Win32Error>,
    /// The address of the request's `OVERLAPPED`, or what was posted.
    pub address: usize,
}

impl Packet {
    fn of(packet: io::Packet) -> Self {
        let io::Packet { key, address, status, bytes } = packet;
        let error = (!status.is_success()).then(|| status.to_win32());
        Self { key, bytes, error, address }
    }
}

impl CompletionPort {
    /// `CreateIoCompletionPort`: a port on whose packets as many threads are at work at once as
    /// there are processors.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES`: there is no room.
    pub fn new() -> Result<Self> {
        Self::with_concurrency(0)
    }

    /// `CreateIoCompletionPort`: a port on whose packets so many threads are to be at work at once.
    /// A thread is at work from when it gets a packet until it asks for another, ends, or waits for
    /// something.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/fileio/createiocompletionport>
    pub fn with_concurrency(threads: u32) -> Result<Self> {
        Ok(Self { handle: OwnedHandle::of(io::create_port(threads)?) })
    }

    /// The port of a handle.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no completion port. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        let kernel = handle.as_handle().kernel();
        let object = current().table().object::<io::CompletionPort>(kernel, 0);
        object.map(|_| Self { handle })
    }

    /// `CreateIoCompletionPort`: has the overlapped requests on a file told to the port, with a
    /// key.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: the file was not opened for such, or has a port already.
    /// `ERROR_INVALID_HANDLE`: it is no file.
    pub fn associate(&self, file: &dyn AsHandle, key: usize) -> Result<()> {
        io::associate(file.as_handle().kernel(), self.as_handle().kernel(), key)
    }

    /// `PostQueuedCompletionStatus`: queues a packet with these numbers, whatever they mean.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `IO_COMPLETION_MODIFY_STATE`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/fileio/postqueuedcompletionstatus>
    pub fn post(&self, key: usize, bytes: usize) -> Result<()> {
        let packet = io::Packet { key, bytes, address: 0, status: NtStatus::SUCCESS };
        io::post(self.as_handle().kernel(), packet)
    }

    /// `GetQueuedCompletionStatus`: the next packet, or `None` when none has come for so long.
    ///
    /// # Errors
    /// `ERROR_ABANDONED_WAIT_0`: the port was closed meanwhile. `ERROR_ACCESS_DENIED`: the handle
    /// has no `IO_COMPLETION_MODIFY_STATE`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatus>
    pub fn get(&self, timeout: impl Into<Option<Duration>>) -> Result<Option<Packet>> {
        let mut got = None;
        self.take(1, timeout.into(), |packet| got = Some(packet))?;
        Ok(got)
    }

    /// `GetQueuedCompletionStatusEx`: the next packets, at most so many; none when none has come for
    /// so long.
    ///
    /// ```
    /// use transom::CompletionPort;
    /// let port = CompletionPort::new()?;
    /// for key in 0..3 {
    ///     port.post(key, 0)?;
    /// }
    /// let keys: Vec<usize> = port.get_many(2, None)?.iter().map(|packet| packet.key).collect();
    /// assert_eq!(keys, [0, 1]);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`get`](Self::get), and `ERROR_INVALID_PARAMETER`: at most none.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/fileio/getqueuedcompletionstatusex-func>
    pub fn get_many(
        &self,
        most: usize,
        timeout: impl Into<Option<Duration>>,
    ) -> Result<Vec<Packet>> {
        if most == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut got = Vec::new();
        self.take(most, timeout.into(), |packet| got.push(packet))?;
        Ok(got)
    }

    fn take(
        &self,
        most: usize,
        timeout: Option<Duration>,
        mut take: impl FnMut(Packet),
    ) -> Result<Got> {
        let take = |packet| take(Packet::of(packet));
        io::get(self.as_handle().kernel(), most, milliseconds(timeout), false, take)
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for CompletionPort {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
