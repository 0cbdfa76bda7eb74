//! Mailslots: whole messages from many writers to one reader, who is never waited for.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/ipc/mailslots>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use std::time::Duration;
use transom_kernel::file;
use transom_kernel::mailslot::{self, Settings, WAIT_FOREVER};
use transom_kernel::security::SecurityDescriptor;
use windows_sys::Win32::Foundation::GENERIC_WRITE;
use windows_sys::Win32::Storage::FileSystem::{FILE_SHARE_READ, FILE_SHARE_WRITE, OPEN_EXISTING};

pub use transom_kernel::mailslot::{Information, Listed, Waiting, list};

/// The reading end of a mailslot.
///
/// ```
/// use transom::mailslot::{Mailslot, MailslotWriter};
/// let name = format!(r"\\.\mailslot\transom-doc\{}", std::process::id());
/// let mailslot = Mailslot::create(&name)?;
/// // Any process of this user can do this:
/// let writer = MailslotWriter::open(&name)?;
/// writer.send(b"first")?;
/// writer.send(b"")?;
/// assert_eq!(mailslot.information()?.waiting.messages, 2);
/// assert_eq!(mailslot.receive()?, b"first");
/// assert_eq!(mailslot.receive()?, b"");
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Mailslot {
    handle: OwnedHandle,
}

/// A mailslot that is to be made; from [`Mailslot::builder`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "there is no mailslot before `create`"]
pub struct Builder<'a> {
    settings: Settings<'a>,
}

/// One who writes to a mailslot.
#[derive(Debug)]
pub struct MailslotWriter {
    handle: OwnedHandle,
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn milliseconds(timeout: Option<Duration>) -> u32 {
    let whole = timeout.map(|timeout| timeout.as_nanos().div_ceil(1_000_000));
    whole.map_or(WAIT_FOREVER, |whole| u32::try_from(whole).unwrap_or(WAIT_FOREVER - 1))
}

impl<'a> Builder<'a> {
    /// The largest message in bytes; 0 for any.
    pub const fn maximum(mut self, bytes: u32) -> Self {
        self.settings.maximum = bytes;
        self
    }

    /// How long a read waits for a message; `None` for ever.
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.read_timeout_ms = milliseconds(timeout.into());
        self
    }

    /// Whether children inherit the handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.settings.inherit = inheritable;
        self
    }

    /// Who may write to it; otherwise this user, and root.
    pub const fn security(mut self, security: &'a SecurityDescriptor) -> Self {
        self.settings.security = Some(security);
        self
    }

    /// `CreateMailslot`: makes the mailslot of a name, `\\.\mailslot\...`.
    ///
    /// # Errors
    /// `ERROR_ALREADY_EXISTS`: there is one. `ERROR_INVALID_NAME`: the name does not begin so.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createmailslotw>
    pub fn create(self, name: &str) -> Result<Mailslot> {
        let handle = mailslot::create(Some(&wide(name)), &self.settings)?;
        Ok(Mailslot { handle: OwnedHandle::of(handle) })
    }
}

impl Mailslot {
    /// A mailslot to be made: for messages of any size, whose reads wait without end, private
    /// until said otherwise.
    pub fn builder<'a>() -> Builder<'a> {
        Builder::default().read_timeout(None)
    }

    /// `CreateMailslot`: the mailslot of a name, for messages of any size; reads wait without end.
    ///
    /// # Errors
    /// As for [`Builder::create`].
    pub fn create(name: &str) -> Result<Self> {
        Self::builder().create(name)
    }

    /// The reading end of a handle that was inherited or duplicated.
    ///
    /// ```
    /// use transom::{AsHandle, mailslot::Mailslot};
    /// let name = format!(r"\\.\mailslot\transom-doc\same\{}", std::process::id());
    /// let mailslot = Mailslot::create(&name)?;
    /// let same = Mailslot::from_handle(mailslot.duplicate()?)?;
    /// drop(mailslot); // the name is still taken
    /// assert_eq!(Mailslot::create(&name).unwrap_err().code(), 183);
    /// drop(same);
    /// assert!(Mailslot::create(&name).is_ok());
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no such end. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        let mailslot = Self { handle };
        mailslot.information().map(|_| mailslot)
    }

    /// `ReadFile`: takes the next message, waiting as long as was said when the mailslot was made.
    ///
    /// ```
    /// use std::time::Duration;
    /// use transom::{Win32Error, mailslot::Mailslot};
    /// let name = format!(r"\\.\mailslot\transom-doc\none\{}", std::process::id());
    /// let mailslot = Mailslot::builder().read_timeout(Duration::ZERO).create(&name)?;
    /// assert_eq!(mailslot.receive(), Err(Win32Error::SEM_TIMEOUT));
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_SEM_TIMEOUT`: none came in time.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfile>
    pub fn receive(&self) -> Result<Vec<u8>> {
        let mut message = vec![0; 424];
        loop {
            match self.receive_into(&mut message) {
                Ok(count) => {
                    message.truncate(count);
                    return Ok(message);
                }
                Err(Win32Error::INSUFFICIENT_BUFFER) => {
                    // Another reader may have taken it meanwhile; then the next may be larger still.
                    let next = self.information()?.waiting.next.unwrap_or(0);
                    message.resize(message.len().max(next as usize), 0);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// `ReadFile`: takes the next message into a buffer; its length.
    ///
    /// # Errors
    /// As for [`receive`](Self::receive), and `ERROR_INSUFFICIENT_BUFFER`: it does not fit, and
    /// stays.
    pub fn receive_into(&self, buffer: &mut [u8]) -> Result<usize> {
        file::read_bytes(self.as_handle().kernel(), buffer, None).map(|read| read.bytes)
    }

    /// `GetMailslotInfo`: its settings, and what there is to read.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: somebody closed the handle by its number.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getmailslotinfo>
    pub fn information(&self) -> Result<Information> {
        mailslot::information(self.as_handle().kernel())
    }

    /// `SetMailslotInfo`: how long reads wait that begin from now on, in whatever process.
    ///
    /// # Errors
    /// As for [`information`](Self::information).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setmailslotinfo>
    pub fn set_read_timeout(&self, timeout: impl Into<Option<Duration>>) -> Result<()> {
        mailslot::set_read_timeout(self.as_handle().kernel(), milliseconds(timeout.into()))
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl MailslotWriter {
    /// `CreateFile`: a writer to the mailslot of a name; `\\*\mailslot\...` writes to every one of
    /// that name on this machine, also to none.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_ACCESS_DENIED`: it is another user's, who has
    /// not allowed it.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>
    pub fn open(name: &str) -> Result<Self> {
        let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
        let request = file::open::Request {
            access: GENERIC_WRITE,
            share,
            inherit: false,
            disposition: OPEN_EXISTING,
            flags: 0,
            mode: None,
        };
        let opened = file::create(&wide(name), &request)?;
        Ok(Self { handle: OwnedHandle::of(opened.handle) })
    }

    /// A writer of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it cannot be written to. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        file::check_writable(handle.as_handle().kernel())?;
        Ok(Self { handle })
    }

    /// `WriteFile`: sends one message. It waits for nobody.
    ///
    /// ```
    /// use transom::mailslot::{Mailslot, MailslotWriter};
    /// let name = format!(r"\\.\mailslot\transom-doc\closed\{}", std::process::id());
    /// let mailslot = Mailslot::builder().maximum(4).create(&name)?;
    /// let writer = MailslotWriter::open(&name)?;
    /// assert_eq!(writer.send(b"large").unwrap_err().code(), 87);
    /// drop(mailslot);
    /// assert_eq!(writer.send(b"late").unwrap_err().code(), 38);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_HANDLE_EOF`: nobody reads any more. `ERROR_INVALID_PARAMETER`: the message is larger
    /// than the mailslot takes. `ERROR_NOT_ENOUGH_QUOTA`: too much waits there;
    /// see [`CAPACITY`](transom_kernel::mailslot::CAPACITY).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefile>
    pub fn send(&self, message: &[u8]) -> Result<()> {
        file::write(self.as_handle().kernel(), message, None).map(drop)
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for Mailslot {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

impl AsHandle for MailslotWriter {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
