//! Shared libraries.

use std::ffi::{CStr, CString, c_void};
use std::ptr::NonNull;

/// A library that was opened, or the program itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Library(NonNull<c_void>);

// SAFETY: the dynamic linker's functions take handles from any thread.
unsafe impl Send for Library {}

impl Library {
    /// Opens a library, or counts it once more. Its initialisers run.
    #[must_use]
    pub fn open(path: &CStr) -> Option<Self> {
        // SAFETY: a string that lives across the call. What the library's initialisers do is the
        // program's affair, which names it.
        NonNull::new(unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW) }).map(Self)
    }

    /// The library, if it is open already; counted once more.
    #[must_use]
    pub fn find(path: &CStr) -> Option<Self> {
        // SAFETY: a string that lives across the call; nothing is loaded.
        let found = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_NOLOAD) };
        NonNull::new(found).map(Self)
    }

    /// The program, and all libraries that came with it.
    #[must_use]
    pub fn program() -> Option<Self> {
        // SAFETY: no name stands for the program.
        NonNull::new(unsafe { libc::dlopen(std::ptr::null(), libc::RTLD_NOW) }).map(Self)
    }

    /// The address of a function or variable.
    #[must_use]
    pub fn symbol(self, name: &CStr) -> Option<NonNull<c_void>> {
        // SAFETY: an open library, and a string that lives across the call.
        NonNull::new(unsafe { libc::dlsym(self.0.as_ptr(), name.as_ptr()) })
    }

    /// Counts the library down, and closes it with the last.
    ///
    /// # Safety
    /// Nobody uses what is in it any more, if this was the last.
    pub unsafe fn close(self) {
        // SAFETY: an open library, by the same contract.
        unsafe { libc::dlclose(self.0.as_ptr()) };
    }

    /// A number for it.
    #[must_use]
    pub fn address(self) -> usize {
        self.0.as_ptr().addr()
    }
}

/// Where the program itself begins in memory; 0 if Linux does not say.
#[must_use]
pub fn program_base() -> usize {
    // SAFETY: asks for a number.
    let headers = unsafe { libc::getauxval(libc::AT_PHDR) };
    // They are on the first page, behind the file's own header.
    headers as usize & !0xFFF
}

/// The file that an address of code or data is of, and where it begins in memory.
#[must_use]
pub fn file_of(address: usize) -> Option<(CString, usize)> {
    // SAFETY: the structure is plain pointers, for which zero is a value.
    let mut found: libc::Dl_info = unsafe { std::mem::zeroed() };
    let address = std::ptr::with_exposed_provenance::<c_void>(address);
    // SAFETY: the address is only looked for among those of libraries.
    if unsafe { libc::dladdr(address, &raw mut found) } == 0 || found.dli_fname.is_null() {
        return None;
    }
    // SAFETY: the name of a library that is open.
    let name = unsafe { CStr::from_ptr(found.dli_fname) };
    Some((name.to_owned(), found.dli_fbase.addr()))
}
