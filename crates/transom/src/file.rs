//! Files, and reading and writing through any handle.
//!
//! ```
//! use std::io::{Read, Write};
//! use transom::file::File;
//! # let path = std::env::temp_dir().join(format!("transom-doctest-{}", std::process::id()));
//! File::create(&path)?.write_all(b"one\n")?;
//! File::append(&path)?.write_all(b"two\n")?;
//! let mut text = String::new();
//! File::open(&path)?.read_to_string(&mut text)?;
//! assert_eq!(text, "one\ntwo\n");
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/fileio/file-management>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use transom_kernel::file::{self, open, path};
use transom_kernel::text;
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem as win;

pub use transom_kernel::file::FileType;

/// `ReadFile`: reads bytes through a handle to a file, a console or a pipe; how many. 0 is the
/// end of a file; of a pipe that nobody writes to any more, it is `ERROR_BROKEN_PIPE`.
///
/// ```
/// use std::io::Write;
/// use transom::{file, pipe::anonymous};
/// let (reader, mut writer) = anonymous::pipe()?;
/// writer.write_all(b"abc")?;
/// drop(writer);
/// let mut buffer = [0; 8];
/// assert_eq!(file::read(&reader, &mut buffer)?, 3);
/// assert_eq!(file::read(&reader, &mut buffer).unwrap_err().code(), 109);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: the handle is not open, or of an object without bytes.
/// `ERROR_ACCESS_DENIED`: it may not read. `ERROR_BROKEN_PIPE`: see above. What else Linux reports.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfile>
pub fn read(handle: &dyn AsHandle, buffer: &mut [u8]) -> Result<usize> {
    Ok(file::read_bytes(handle.as_handle().kernel(), buffer, None)?.bytes)
}

/// `WriteFile`: writes bytes through a handle to a file, a console or a pipe; how many.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: the handle is not open, or of an object without bytes.
/// `ERROR_ACCESS_DENIED`: it may not write. `ERROR_NO_DATA`: nobody reads the pipe any more.
/// What else Linux reports.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefile>
pub fn write(handle: &dyn AsHandle, bytes: &[u8]) -> Result<usize> {
    file::write(handle.as_handle().kernel(), bytes, None)
}

/// `WriteFile` until everything is written.
///
/// # Errors
/// As for [`write`]; some bytes may be written by then. `ERROR_WRITE_FAULT`: no more are taken.
pub fn write_all(handle: &dyn AsHandle, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match write(handle, bytes)? {
            0 => return Err(Win32Error::WRITE_FAULT),
            written => bytes = &bytes[written..],
        }
    }
    Ok(())
}

/// `GetFileType`: what is behind a handle.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it is not open, or of an object without bytes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfiletype>
pub fn kind(handle: &dyn AsHandle) -> Result<FileType> {
    file::file_type(handle.as_handle().kernel())
}

/// The Linux path that a Win32 path means; whether anything is there is not looked at.
///
/// ```
/// use transom::file;
/// assert_eq!(file::linux_path(r"C:\usr\bin")?, std::path::Path::new("/usr/bin"));
/// assert_eq!(file::linux_path("nul")?, std::path::Path::new("/dev/null"));
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_NAME`: it contains a NUL. `ERROR_PATH_NOT_FOUND`: it is empty, or on a drive
/// other than C. `ERROR_BAD_NETPATH`: it is on another machine. `ERROR_FILE_NOT_FOUND`: it means
/// a console, a named pipe or a mailslot.
pub fn linux_path(path: impl AsRef<OsStr>) -> Result<PathBuf> {
    let path = path::to_linux(&text::to_wide(path.as_ref().as_bytes()))?;
    path.into_file().ok_or(Win32Error::FILE_NOT_FOUND)
}

/// An open file, console or device.
#[derive(Debug)]
pub struct File {
    handle: OwnedHandle,
}

/// How a file is to be opened; from [`File::options`].
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is opened before `open`"]
pub struct OpenOptions {
    request: open::Request,
}

impl File {
    /// `CreateFile` with `OPEN_EXISTING`: opens a file for reading. Others may do with it what they
    /// like.
    ///
    /// ```
    /// use transom::file::File;
    /// assert_eq!(File::open(r"C:\no such directory\file").unwrap_err().code(), 3);
    /// ```
    ///
    /// # Errors
    /// As for [`OpenOptions::open`].
    pub fn open(path: impl AsRef<OsStr>) -> Result<Self> {
        Self::options().open(path)
    }

    /// `CreateFile` with `CREATE_ALWAYS`: makes a file, or empties the one that is there, for
    /// writing.
    ///
    /// # Errors
    /// As for [`OpenOptions::open`].
    pub fn create(path: impl AsRef<OsStr>) -> Result<Self> {
        Self::options().access(GENERIC_WRITE).disposition(win::CREATE_ALWAYS).open(path)
    }

    /// `CreateFile` with `OPEN_ALWAYS` and `FILE_APPEND_DATA`: makes a file if there is none, and
    /// writes at its end whatever others write.
    ///
    /// # Errors
    /// As for [`OpenOptions::open`].
    pub fn append(path: impl AsRef<OsStr>) -> Result<Self> {
        let access = win::FILE_APPEND_DATA | win::FILE_READ_ATTRIBUTES | win::SYNCHRONIZE;
        Self::options().access(access).disposition(win::OPEN_ALWAYS).open(path)
    }

    /// A file to be opened for reading, sharing everything, until said otherwise.
    pub const fn options() -> OpenOptions {
        let share = win::FILE_SHARE_READ | win::FILE_SHARE_WRITE | win::FILE_SHARE_DELETE;
        OpenOptions {
            request: open::Request {
                access: GENERIC_READ,
                share,
                inherit: false,
                disposition: win::OPEN_EXISTING,
                flags: win::FILE_ATTRIBUTE_NORMAL,
                mode: None,
            },
        }
    }

    /// The file of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it has no bytes. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        kind(&handle)?;
        Ok(Self { handle })
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl OpenOptions {
    /// `dwDesiredAccess`, generic rights included.
    pub const fn access(mut self, access: u32) -> Self {
        self.request.access = access;
        self
    }

    /// `dwShareMode`: what others may open the file for meanwhile.
    pub const fn share(mut self, share: u32) -> Self {
        self.request.share = share;
        self
    }

    /// `dwCreationDisposition`: what to do if the file is there, and if it is not.
    pub const fn disposition(mut self, disposition: u32) -> Self {
        self.request.disposition = disposition;
        self
    }

    /// `dwFlagsAndAttributes`.
    pub const fn flags(mut self, flags: u32) -> Self {
        self.request.flags = flags;
        self
    }

    /// Whether children inherit the handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.request.inherit = inheritable;
        self
    }

    /// `CreateFile`: opens it. The path is Win32's or Linux'.
    ///
    /// ```
    /// use transom::file::File;
    /// use windows_sys::Win32::Foundation::GENERIC_WRITE;
    /// use windows_sys::Win32::Storage::FileSystem::CREATE_NEW;
    /// # let path = std::env::temp_dir().join(format!("transom-doctest-new-{}", std::process::id()));
    /// let new = File::options().access(GENERIC_WRITE).disposition(CREATE_NEW);
    /// new.open(&path)?;
    /// assert_eq!(new.open(&path).unwrap_err().code(), 80); // it exists by now
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: it, or its directory, is not there.
    /// `ERROR_ACCESS_DENIED`: Linux refuses, or it is a directory. `ERROR_SHARING_VIOLATION`:
    /// it is open in a way that excludes this. The others are those of the kernel's
    /// [`create`](open::create).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>
    pub fn open(self, path: impl AsRef<OsStr>) -> Result<File> {
        let name = text::to_wide(path.as_ref().as_bytes());
        let opened = open::create(&name, &self.request)?;
        Ok(File { handle: OwnedHandle::of(opened.handle) })
    }
}

impl AsHandle for File {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

/// As everywhere in Rust, the end of a pipe is a read of 0 bytes too.
impl io::Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match read(self, buffer) {
            Err(Win32Error::BROKEN_PIPE) => Ok(0),
            other => Ok(other?),
        }
    }
}

impl io::Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(write(self, bytes)?)
    }

    /// Nothing is held back in the process.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
