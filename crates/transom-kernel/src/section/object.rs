//! Making and opening sections.

use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::file::position::file_of;
use crate::file::{FileType, Stream};
use crate::handle::{Handle, HandleValue};
use crate::namespace::Rendezvous;
use crate::object::creation::{self, Created, Creation};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use rustix::fs::{
    FileType as LinuxType, MemfdFlags, Mode, OFlags, SealFlags, fcntl_add_seals, fcntl_get_seals,
    fstat, ftruncate, memfd_create,
};
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{FILE_READ_DATA, FILE_WRITE_DATA};
use windows_sys::Win32::System::Memory as win;

/// The second number of a section's shape, above the protection: it is memory alone.
const MEMORY_ALONE: u64 = 1 << 32;
/// The largest section that is tried.
const LARGEST: u64 = 1 << 46;

/// A section.
#[derive(Debug)]
pub struct Section {
    header: ObjectHeader,
    file: OwnedFd,
    size: u64,
    protection: u32,
    is_memory: bool,
    /// Taken out when it is dropped.
    name: Option<Rendezvous>,
}

/// What the flags of `CreateFileMapping` ask for: the protection.
fn protection_of(flags: u32) -> Result<u32> {
    if flags & win::SEC_LARGE_PAGES != 0 {
        return Err(Win32Error::PRIVILEGE_NOT_HELD);
    }
    if flags & (win::SEC_IMAGE | win::SEC_NOCACHE | win::SEC_WRITECOMBINE) != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let both = win::SEC_COMMIT | win::SEC_RESERVE;
    let protection = flags & !both;
    let known = matches!(
        protection,
        win::PAGE_READONLY
            | win::PAGE_READWRITE
            | win::PAGE_WRITECOPY
            | win::PAGE_EXECUTE_READ
            | win::PAGE_EXECUTE_READWRITE
            | win::PAGE_EXECUTE_WRITECOPY
    );
    if known && flags & both != both { Ok(protection) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// Whether mapped pages of it can be written for all to see.
const fn is_writable(protection: u32) -> bool {
    protection & (win::PAGE_READWRITE | win::PAGE_EXECUTE_READWRITE) != 0
}

/// Whether mapped pages of it can be executed.
pub(super) const fn is_executable(protection: u32) -> bool {
    const EXECUTE: u32 =
        win::PAGE_EXECUTE_READ | win::PAGE_EXECUTE_READWRITE | win::PAGE_EXECUTE_WRITECOPY;
    protection & EXECUTE != 0
}

/// The rights of a handle to a new section with this protection.
fn access_of(protection: u32) -> u32 {
    const REQUIRED: u32 = 0x000F_0000;
    let mut access = REQUIRED | win::SECTION_QUERY | win::SECTION_MAP_READ;
    if is_writable(protection) {
        access |= win::SECTION_MAP_WRITE;
    }
    if is_executable(protection) {
        access |= win::SECTION_MAP_EXECUTE;
    }
    access
}

/// `CreateFileMapping`: makes a section, or opens the one of its name. `file` is nothing for memory
/// alone; a `size` of 0 is the file's. Of `new` the access does not count.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: the flags, or no size for memory alone.
/// - `ERROR_INVALID_HANDLE`: no file, or an object of another type has the name.
/// - `ERROR_ACCESS_DENIED`: the file's handle may not read, or not write where that is asked for.
/// - `ERROR_BAD_EXE_FORMAT`: a pipe, device or directory. `ERROR_FILE_INVALID`: the file is empty,
///   and no size is given. `ERROR_NOT_ENOUGH_MEMORY`: it is shorter, and cannot be made longer.
/// - `ERROR_COMMITMENT_LIMIT`: there is not so much memory.
/// - `ERROR_NOT_SUPPORTED` for images and uncached memory, `ERROR_PRIVILEGE_NOT_HELD` for large pages.
/// - Those of [`creation::create`] for the name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-createfilemappingw>
pub fn create(file: Option<Handle>, flags: u32, size: u64, new: &Creation<'_>) -> Result<Created> {
    let protection = protection_of(flags)?;
    let backing = match file {
        None if size == 0 => return Err(Win32Error::INVALID_PARAMETER),
        None => None,
        Some(handle) => Some(reopened(handle, protection)?),
    };
    let new = Creation { access: access_of(protection), ..*new };
    creation::create(ObjectType::Section, &new, |name| {
        let header = ObjectHeader::new(ObjectType::Section);
        let is_memory = backing.is_none();
        let (file, size) = match backing {
            None => (memory(size)?, size),
            Some(file) => {
                let size = fitted(&file, size, protection)?;
                (file, size)
            }
        };
        Ok(Section { header, file, size, protection, is_memory, name })
    })
}

/// `OpenFileMapping`: opens the section of a name.
///
/// # Errors
/// As for [`creation::open`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-openfilemappingw>
pub fn open(name: &[u16], access: u32, inherit: bool) -> Result<HandleValue> {
    creation::open(ObjectType::Section, name, access, inherit)
}

/// Memory of so many bytes that stays as large as it is.
fn memory(size: u64) -> Result<OwnedFd> {
    if size > LARGEST {
        return Err(Win32Error::COMMITMENT_LIMIT);
    }
    let file = memfd_create(c"transom-section", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    ftruncate(&file, size).map_err(|error| match error {
        Errno::FBIG | Errno::NOSPC | Errno::NOMEM | Errno::INVAL => Win32Error::COMMITMENT_LIMIT,
        error => error.into(),
    })?;
    fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(file)
}

/// The file of a handle, opened once more: the section does not keep what the handle's share mode
/// keeps.
fn reopened(handle: Handle, protection: u32) -> Result<OwnedFd> {
    let file = file_of(handle, 0).map_err(|error| match error {
        Win32Error::INVALID_FUNCTION => Win32Error::BAD_EXE_FORMAT,
        error => error,
    })?;
    let mut needed = FILE_READ_DATA;
    if is_writable(protection) {
        needed |= FILE_WRITE_DATA;
    }
    let granted = current().table().entry(handle)?.access;
    if granted & needed != needed {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let stat = fstat(file.fd())?;
    let is_regular = LinuxType::from_raw_mode(stat.st_mode) == LinuxType::RegularFile;
    if file.file_type() != FileType::Disk || !is_regular {
        return Err(Win32Error::BAD_EXE_FORMAT);
    }
    let way = if is_writable(protection) { OFlags::RDWR } else { OFlags::RDONLY };
    let path = format!("/proc/self/fd/{}", file.fd().as_raw_fd());
    match rustix::fs::open(path, way | OFlags::CLOEXEC, Mode::empty()) {
        Ok(fd) => Ok(fd),
        // Its permissions have changed since; the handle has what it has.
        Err(Errno::ACCESS | Errno::PERM) => {
            file.fd().try_clone_to_owned().map_err(Win32Error::from)
        }
        Err(error) => Err(error.into()),
    }
}

/// The size of a section over a file, which is made as long as need be.
fn fitted(file: &OwnedFd, size: u64, protection: u32) -> Result<u64> {
    let length = fstat(file)?.st_size.cast_unsigned();
    match size {
        0 if length == 0 => Err(Win32Error::FILE_INVALID),
        0 => Ok(length),
        size if size <= length => Ok(size),
        _ if !is_writable(protection) => Err(Win32Error::NOT_ENOUGH_MEMORY),
        size => match ftruncate(file, size) {
            Ok(()) => Ok(size),
            Err(Errno::FBIG | Errno::NOSPC | Errno::INVAL) => Err(Win32Error::DISK_FULL),
            Err(error) => Err(error.into()),
        },
    }
}

impl Section {
    /// A section that another process made.
    pub(crate) fn arrived(
        id: ObjectId,
        payload: [u64; 2],
        file: OwnedFd,
        name: Option<OwnedFd>,
    ) -> Result<Self> {
        let [size, details] = payload;
        let is_memory = details & MEMORY_ALONE != 0;
        let protection = protection_of((details & 0xFFFF_FFFF) as u32)?;
        let stat = fstat(&file)?;
        // Memory that nobody can cut short under our feet.
        let sealed = fcntl_get_seals(&file).is_ok_and(|seals| seals.contains(SealFlags::SHRINK));
        let whole = stat.st_size.cast_unsigned() >= size;
        if LinuxType::from_raw_mode(stat.st_mode) != LinuxType::RegularFile
            || is_memory && !(sealed && whole)
        {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let header = ObjectHeader::with_id(ObjectType::Section, id);
        let name = name.and_then(Rendezvous::arrived);
        Ok(Self { header, file, size, protection, is_memory, name })
    }

    /// Its size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// How it was protected when it was made.
    #[must_use]
    pub const fn protection(&self) -> u32 {
        self.protection
    }

    /// Whether its pages can be written for all to see.
    pub(super) const fn is_writable(&self) -> bool {
        is_writable(self.protection)
    }

    pub(super) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// The section of a handle, and what the handle may do.
    pub(super) fn of(handle: Handle) -> Result<(Arc<Self>, u32)> {
        let entry = current().table().entry(handle)?;
        Ok((crate::object::downcast(entry.object)?, entry.access))
    }
}

impl KernelObject for Section {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let kind = if self.is_memory { MEMORY_ALONE } else { 0 };
        Shape {
            portable: true,
            fds: [Some(self.file.as_fd()), self.name.as_ref().map(Rendezvous::file)],
            payload: [self.size, u64::from(self.protection) | kind],
        }
    }

    fn leaving(&self) {
        if let Some(name) = &self.name {
            name.note_given();
        }
    }

    fn has_name(&self) -> bool {
        self.name.is_some()
    }
}

impl Drop for Section {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            // Whether others hold it matters to nobody here.
            let _ = name.close();
        }
    }
}
