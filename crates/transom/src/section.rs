//! Sections: memory that processes share.
//!
//! Here it is read and written by copying. Who wants it in a process's own memory maps it with
//! `MapViewOfFile`, which Rust can only call unsafe: others change that memory at any moment.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/memory/sharing-files-and-memory>

use crate::error::Result;
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use crate::named;
use transom_kernel::object::ObjectType;
use transom_kernel::section;
use transom_kernel::security::SecurityDescriptor;
use windows_sys::Win32::System::Memory::PAGE_READWRITE;

/// A section of memory alone.
///
/// ```
/// use transom::Section;
/// let shared = Section::builder(4096).create()?;
/// shared.write_at(100, b"for everyone")?;
/// let mut text = [0; 8];
/// shared.read_at(104, &mut text)?;
/// assert_eq!(&text, b"everyone");
/// assert_eq!(shared.size()?, 4096);
/// assert_eq!(shared.write_at(4090, b"too much").unwrap_err().code(), 87);
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Section {
    handle: OwnedHandle,
}

/// A section that is to be made; from [`Section::builder`].
#[derive(Clone, Copy, Debug)]
#[must_use = "there is no section before `create`"]
pub struct Builder<'a> {
    size: u64,
    new: named::New<'a>,
}

impl<'a> Builder<'a> {
    /// Whether children inherit its handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.new.inheritable = inheritable;
        self
    }

    /// Who may open it by its name; otherwise this user, and root.
    pub const fn security(mut self, security: &'a SecurityDescriptor) -> Self {
        self.new.security = Some(security);
        self
    }

    /// Its name, by which other processes open it.
    pub const fn name(mut self, name: &'a str) -> Self {
        self.new.name = Some(name);
        self
    }

    /// `CreateFileMapping`: makes the section, all zeros, or opens the one of its name, as it is.
    ///
    /// # Errors
    /// As for [`event::Builder::create`](crate::event::Builder::create), and
    /// `ERROR_INVALID_PARAMETER`: it has no size; `ERROR_COMMITMENT_LIMIT`: there is not so much
    /// memory.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-createfilemappingw>
    pub fn create(self) -> Result<Section> {
        self.make(false)
    }

    /// `CreateFileMapping`: makes the section, which must not be there yet.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and `ERROR_ALREADY_EXISTS`: there is one of its name.
    pub fn create_new(self) -> Result<Section> {
        self.make(true)
    }

    fn make(self, only_new: bool) -> Result<Section> {
        Ok(Section {
            handle: self.new.make(ObjectType::Section, only_new, |new| {
                section::create(None, PAGE_READWRITE, self.size, new)
            })?,
        })
    }
}

impl Section {
    /// A section of so many bytes to be made, private until said otherwise.
    pub fn builder<'a>(size: u64) -> Builder<'a> {
        Builder { size, new: named::New::default() }
    }

    /// `OpenFileMapping`: the section of a name, which some process has made.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`: there is none. Else as for [`Builder::create`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-openfilemappingw>
    pub fn open(name: &str) -> Result<Self> {
        Ok(Self { handle: named::open(name, ObjectType::Section, section::open)? })
    }

    /// The section of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no section. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        section::size(handle.as_handle().kernel()).map(|_| Self { handle })
    }

    /// Its size in bytes.
    ///
    /// # Errors
    /// None, as long as it is open.
    pub fn size(&self) -> Result<u64> {
        section::size(self.as_handle().kernel())
    }

    /// Copies bytes out of it.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: they are not all in it. `ERROR_ACCESS_DENIED`: the handle may not
    /// read.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        section::read(self.as_handle().kernel(), offset, buffer)
    }

    /// Copies bytes into it, where all who share it see them at once.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: they are not all in it. `ERROR_ACCESS_DENIED`: the handle may not
    /// write.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        section::write(self.as_handle().kernel(), offset, bytes)
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for Section {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
