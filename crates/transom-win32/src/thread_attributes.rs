//! `processthreadsapi.h`: attribute lists for `CreateProcess`.
//!
//! The list lies in the caller's memory: a header of 24 bytes and 24 bytes for each attribute,
//! at any alignment. As on Windows it holds the caller's pointers, and what they point to is read
//! when the process is created.

use crate::abi::{load, same_signature, store, succeeds};
use std::ffi::c_void;
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Threading::{
    self as official, LPPROC_THREAD_ATTRIBUTE_LIST, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
    PROC_THREAD_ATTRIBUTE_PARENT_PROCESS,
};
use windows_sys::core::BOOL;

/// The longest list of handles looked at.
const MOST_HANDLES: usize = 1 << 20;

/// What a list begins with.
#[repr(C)]
#[derive(Clone, Copy)]
struct Header {
    mark: u64,
    capacity: u32,
    used: u32,
    reserved: u64,
}

/// One attribute of a list.
#[repr(C)]
#[derive(Clone, Copy)]
struct Attribute {
    attribute: usize,
    size: usize,
    value: *const c_void,
}

const _: () = assert!(size_of::<Header>() == 24 && size_of::<Attribute>() == 24);

/// The first bytes of a list that was initialised and not deleted.
const MARK: u64 = u64::from_le_bytes(*b"AttrList");
const HANDLE_LIST: usize = PROC_THREAD_ATTRIBUTE_HANDLE_LIST as usize;
const PARENT_PROCESS: usize = PROC_THREAD_ATTRIBUTE_PARENT_PROCESS as usize;

/// `InitializeProcThreadAttributeList`: makes an empty list with room for `count` attributes, in
/// `*size` bytes of the caller's. `*size` becomes what such a list needs.
///
/// # Errors
/// - `ERROR_INSUFFICIENT_BUFFER`: `list` is NULL or `*size` is too small.
/// - `ERROR_INVALID_PARAMETER`: `flags` is not 0.
/// - `ERROR_NOACCESS`: `size` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-initializeprocthreadattributelist>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeProcThreadAttributeList(
    list: LPPROC_THREAD_ATTRIBUTE_LIST,
    count: u32,
    flags: u32,
    size: *mut usize,
) -> BOOL {
    // SAFETY: `size` is NULL or valid, and `list` has as many bytes as it says, by the caller's
    // contract.
    succeeds(unsafe { initialise(list, count, flags, size) })
}
same_signature!(
    official::InitializeProcThreadAttributeList,
    InitializeProcThreadAttributeList,
    fn(_, _, _, _) -> _
);

/// # Safety
/// `size` is NULL or points to a number; `list` is NULL or points to so many writable bytes.
unsafe fn initialise(
    list: LPPROC_THREAD_ATTRIBUTE_LIST,
    count: u32,
    flags: u32,
    size: *mut usize,
) -> Result<()> {
    if flags != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: NULL or readable, by the contract.
    let given = unsafe { load(size) }.ok_or(Win32Error::NOACCESS)?;
    let needed = size_of::<Header>() + count as usize * size_of::<Attribute>();
    // SAFETY: writable, by the contract.
    unsafe { store(size, needed) }?;
    if list.is_null() || given < needed {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let header = Header { mark: MARK, capacity: count, used: 0, reserved: 0 };
    // SAFETY: at least `needed` bytes, which hold a header.
    unsafe { store(list.cast(), header) }
}

/// `UpdateProcThreadAttribute`: adds an attribute to a list: `PROC_THREAD_ATTRIBUTE_HANDLE_LIST`
/// or `PROC_THREAD_ATTRIBUTE_PARENT_PROCESS`. `value` must stay valid until the process was
/// created.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: `list` is no list, or a reserved parameter is set.
/// - `ERROR_GEN_FAILURE`: the list is full.
/// - `ERROR_NOT_SUPPORTED`: Transom does not know the attribute.
/// - `ERROR_BAD_LENGTH`: `size` does not fit the attribute.
/// - `ERROR_OBJECT_NAME_EXISTS`: the list has this attribute already.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-updateprocthreadattribute>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn UpdateProcThreadAttribute(
    list: LPPROC_THREAD_ATTRIBUTE_LIST,
    flags: u32,
    attribute: usize,
    value: *const c_void,
    size: usize,
    previous_value: *mut c_void,
    return_size: *const usize,
) -> BOOL {
    if flags != 0 || !previous_value.is_null() || !return_size.is_null() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    // SAFETY: `list` is NULL or a list, by the caller's contract.
    succeeds(unsafe { add(list, Attribute { attribute, size, value }) })
}
same_signature!(
    official::UpdateProcThreadAttribute,
    UpdateProcThreadAttribute,
    fn(_, _, _, _, _, _, _) -> _
);

/// # Safety
/// `list` is NULL or points to memory of a list, initialised or not.
unsafe fn add(list: LPPROC_THREAD_ATTRIBUTE_LIST, new: Attribute) -> Result<()> {
    // SAFETY: the same contract.
    let header = unsafe { header_of(list) }?;
    if header.used >= header.capacity {
        return Err(Win32Error::GEN_FAILURE);
    }
    let fits = match new.attribute {
        HANDLE_LIST => new.size != 0 && new.size.is_multiple_of(size_of::<HANDLE>()),
        PARENT_PROCESS => new.size == size_of::<HANDLE>(),
        _ => return Err(Win32Error::NOT_SUPPORTED),
    };
    if !fits {
        return Err(Win32Error::BAD_LENGTH);
    }
    // SAFETY: an initialised list, as its header says.
    if unsafe { find(list, header, new.attribute) }.is_some() {
        return Err(Win32Error::OBJECT_NAME_EXISTS);
    }
    // SAFETY: below the capacity, so inside the list.
    unsafe { store(attribute_at(list, header.used), new) }?;
    // SAFETY: the header is inside the list.
    unsafe { store(list.cast(), Header { used: header.used + 1, ..header }) }
}

/// `DeleteProcThreadAttributeList`: ends the use of a list; its memory is the caller's. NULL is
/// no list and nothing to do.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-deleteprocthreadattributelist>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteProcThreadAttributeList(list: LPPROC_THREAD_ATTRIBUTE_LIST) {
    // SAFETY: `list` is NULL or a list, by the caller's contract.
    if let Ok(header) = unsafe { header_of(list) } {
        // SAFETY: the list was found to be one. It is not NULL, so storing cannot fail.
        let _ = unsafe { store(list.cast(), Header { mark: 0, ..header }) };
    }
}
same_signature!(official::DeleteProcThreadAttributeList, DeleteProcThreadAttributeList, fn(_));

/// The header of an initialised list.
///
/// # Safety
/// `list` is NULL or points to memory of a list, initialised or not.
unsafe fn header_of(list: LPPROC_THREAD_ATTRIBUTE_LIST) -> Result<Header> {
    // SAFETY: NULL or readable for a header, by the contract.
    let header = unsafe { load(list.cast_const().cast::<Header>()) };
    header
        .filter(|header| header.mark == MARK && header.used <= header.capacity)
        .ok_or(Win32Error::INVALID_PARAMETER)
}

fn attribute_at(list: LPPROC_THREAD_ATTRIBUTE_LIST, index: u32) -> *mut Attribute {
    let offset = size_of::<Header>() + index as usize * size_of::<Attribute>();
    list.wrapping_byte_add(offset).cast()
}

/// The attribute of this kind.
///
/// # Safety
/// `list` is an initialised list with this header.
unsafe fn find(
    list: LPPROC_THREAD_ATTRIBUTE_LIST,
    header: Header,
    attribute: usize,
) -> Option<Attribute> {
    (0..header.used).find_map(|index| {
        // SAFETY: below the number of attributes, so inside the list.
        let found = unsafe { load(attribute_at(list, index).cast_const()) };
        found.filter(|found| found.attribute == attribute)
    })
}

/// What a list says about a new process.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) handle_list: Option<Vec<isize>>,
    pub(crate) parent: Option<isize>,
}

impl Attributes {
    /// Reads a list and what its pointers lead to. NULL has no attributes.
    ///
    /// # Safety
    /// `list` is NULL or a list whose values are readable.
    pub(crate) unsafe fn read(list: LPPROC_THREAD_ATTRIBUTE_LIST) -> Result<Self> {
        if list.is_null() {
            return Ok(Self::default());
        }
        // SAFETY: the same contract.
        let header = unsafe { header_of(list) }?;
        let handles = |attribute| {
            // SAFETY: an initialised list, as its header says.
            let found = unsafe { find(list, header, attribute) };
            // SAFETY: its value is readable, by the contract.
            found.map(|found| unsafe { handles_at(found) }).transpose()
        };
        let handle_list = handles(HANDLE_LIST)?;
        let parent = handles(PARENT_PROCESS)?.and_then(|list| list.first().copied());
        Ok(Self { handle_list, parent })
    }
}

/// The handles an attribute points to.
///
/// # Safety
/// The attribute's value is NULL or points to as many bytes as the attribute says.
unsafe fn handles_at(attribute: Attribute) -> Result<Vec<isize>> {
    let count = attribute.size / size_of::<HANDLE>();
    if attribute.value.is_null() || count > MOST_HANDLES {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let first: *const HANDLE = attribute.value.cast();
    // SAFETY: `count` handles are readable, by the contract.
    let handles = unsafe { crate::abi::elements(first, count) };
    Ok(handles.iter().map(|handle| handle.addr().cast_signed()).collect())
}
