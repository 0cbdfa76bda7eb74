//! `tlhelp32.h`: pictures of the machine's processes.
//!
//! The structures carry their own size: `dwSize` below the structure's is
//! `ERROR_INSUFFICIENT_BUFFER`. Past the end of a list, and in a list that was not asked for, is
//! `ERROR_NO_MORE_FILES`. A name that is longer than its array is cut off between characters.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/toolhelp/tool-help-functions>

use crate::abi::{from_handle, to_handle};
use crate::abi::{load, or_else, same_signature, store, succeeds};
use std::sync::Arc;
use transom_kernel::executive::current;
use transom_kernel::object::ObjectType;
use transom_kernel::{
    Result, Win32Error,
    file::path::to_win32,
    process::{
        modules::ModuleEntry,
        snapshot::{ProcessEntry, Snapshot, ThreadEntry},
    },
    text,
};
use windows_sys::{
    Win32::{
        Foundation::{HANDLE, INVALID_HANDLE_VALUE},
        System::Diagnostics::ToolHelp::{
            self as official, CREATE_TOOLHELP_SNAPSHOT_FLAGS, MODULEENTRY32, MODULEENTRY32W,
            PROCESSENTRY32, PROCESSENTRY32W, THREADENTRY32,
        },
    },
    core::BOOL,
};

/// Puts a snapshot into the handle table.
fn insert_snapshot(snapshot: Snapshot) -> Result<HANDLE> {
    let inherit = snapshot.inheritable();
    let access = ObjectType::Snapshot.all_access();
    let value = current().table().create(Arc::new(snapshot), access, inherit)?;
    Ok(to_handle(value))
}

/// The snapshot behind a handle.
fn snapshot_of(handle: HANDLE) -> Result<Arc<Snapshot>> {
    current().table().object(from_handle(handle)?, 0)
}

/// `CreateToolhelp32Snapshot`: takes a picture of the processes and threads of the machine, and
/// of the modules of one process.
///
/// `process_id` matters to `TH32CS_SNAPMODULE` and `TH32CS_SNAPMODULE32` only; 0 is the calling
/// process. The list of heaps is empty. With `TH32CS_INHERIT` the handle is inheritable.
///
/// `INVALID_HANDLE_VALUE` with `ERROR_INVALID_PARAMETER` if the flags ask for nothing or there is
/// no such process, with `ERROR_ACCESS_DENIED` if its modules are not the caller's to see.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/tlhelp32/nf-tlhelp32-createtoolhelp32snapshot>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateToolhelp32Snapshot(
    flags: CREATE_TOOLHELP_SNAPSHOT_FLAGS,
    process_id: u32,
) -> HANDLE {
    or_else(Snapshot::take(flags, process_id).and_then(insert_snapshot), INVALID_HANDLE_VALUE)
}
same_signature!(official::CreateToolhelp32Snapshot, CreateToolhelp32Snapshot, fn(_, _) -> _);

/// Defines the exports that walk a list: name, structure, step of the cursor, how the structure
/// is made of the entry, and the page.
macro_rules! walks {
    ($($name:ident($structure:ident) = $step:ident, $describe:ident, $what:literal, $page:literal;)*) => {
        $(#[doc = concat!("`", stringify!($name), "`: goes to the ", $what, " of a snapshot.")]
        ///
        /// FALSE with `ERROR_NO_MORE_FILES` if there is none, `ERROR_INSUFFICIENT_BUFFER` if
        /// `dwSize` is too small, `ERROR_INVALID_HANDLE` if the handle is no snapshot's,
        /// `ERROR_NOACCESS` for NULL.
        ///
        #[doc = concat!("Reference: <https://learn.microsoft.com/windows/win32/api/tlhelp32/nf-tlhelp32-", $page, ">")]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $name(snapshot: HANDLE, entry: *mut $structure) -> BOOL {
            let walk = |size: u32| {
                let snapshot = snapshot_of(snapshot)?;
                snapshot.$step().map(|found| $describe(found, size))
            };
            // SAFETY: the caller's structure, of the size that its first field tells.
            succeeds(unsafe { fill(entry, walk) })
        }
        same_signature!(official::$name, $name, fn(_, _) -> _);)*
    };
}

walks! {
    Process32First(PROCESSENTRY32) = first_process, process_a, "first process", "process32first";
    Process32FirstW(PROCESSENTRY32W) = first_process, process_w, "first process", "process32firstw";
    Process32Next(PROCESSENTRY32) = next_process, process_a, "next process", "process32next";
    Process32NextW(PROCESSENTRY32W) = next_process, process_w, "next process", "process32nextw";
    Thread32First(THREADENTRY32) = first_thread, thread, "first thread", "thread32first";
    Thread32Next(THREADENTRY32) = next_thread, thread, "next thread", "thread32next";
    Module32First(MODULEENTRY32) = first_module, module_a, "first module", "module32first";
    Module32FirstW(MODULEENTRY32W) = first_module, module_w, "first module", "module32firstw";
    Module32Next(MODULEENTRY32) = next_module, module_a, "next module", "module32next";
    Module32NextW(MODULEENTRY32W) = next_module, module_w, "next module", "module32nextw";
}

/// Writes what `walk` finds into a structure whose first field tells its size, which is kept.
///
/// # Safety
/// `place` is NULL or points to a writable structure of the size that its first field, a `u32`,
/// tells.
unsafe fn fill<T>(place: *mut T, walk: impl FnOnce(u32) -> Result<T>) -> Result<()> {
    // SAFETY: the first field is there whatever it says.
    let size = unsafe { load(place.cast::<u32>()) }.ok_or(Win32Error::NOACCESS)?;
    if (size as usize) < size_of::<T>() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let entry = walk(size)?;
    // SAFETY: the structure is as large as it says, so a whole `T` is writable.
    unsafe { store(place, entry) }
}

fn process_w(entry: &ProcessEntry, size: u32) -> PROCESSENTRY32W {
    PROCESSENTRY32W {
        dwSize: size,
        th32ProcessID: entry.id,
        cntThreads: entry.threads,
        th32ParentProcessID: entry.parent_id,
        pcPriClassBase: entry.base_priority,
        szExeFile: wide_array(&text::to_wide(entry.name.as_bytes())),
        ..Default::default()
    }
}

fn process_a(entry: &ProcessEntry, size: u32) -> PROCESSENTRY32 {
    PROCESSENTRY32 {
        dwSize: size,
        th32ProcessID: entry.id,
        cntThreads: entry.threads,
        th32ParentProcessID: entry.parent_id,
        pcPriClassBase: entry.base_priority,
        szExeFile: ansi_array(entry.name.as_bytes()),
        ..Default::default()
    }
}

fn thread(entry: &ThreadEntry, size: u32) -> THREADENTRY32 {
    THREADENTRY32 {
        dwSize: size,
        th32ThreadID: entry.id,
        th32OwnerProcessID: entry.process_id,
        tpBasePri: entry.base_priority,
        ..Default::default()
    }
}

/// Windows no longer counts the uses of modules, and gives every one of them this number.
const USES_UNTOLD: u32 = 0xFFFF;

fn module_w(entry: &ModuleEntry, size: u32) -> MODULEENTRY32W {
    let base = address(entry);
    MODULEENTRY32W {
        dwSize: size,
        th32ModuleID: 1,
        th32ProcessID: entry.process_id,
        GlblcntUsage: USES_UNTOLD,
        ProccntUsage: USES_UNTOLD,
        modBaseAddr: base,
        modBaseSize: u32::try_from(entry.size).unwrap_or(u32::MAX),
        hModule: base.cast(),
        szModule: wide_array(&text::to_wide(entry.name())),
        szExePath: wide_array(&to_win32(&entry.path)),
    }
}

fn module_a(entry: &ModuleEntry, size: u32) -> MODULEENTRY32 {
    let base = address(entry);
    MODULEENTRY32 {
        dwSize: size,
        th32ModuleID: 1,
        th32ProcessID: entry.process_id,
        GlblcntUsage: USES_UNTOLD,
        ProccntUsage: USES_UNTOLD,
        modBaseAddr: base,
        modBaseSize: u32::try_from(entry.size).unwrap_or(u32::MAX),
        hModule: base.cast(),
        szModule: ansi_array(entry.name()),
        szExePath: ansi_array(&text::to_bytes(&to_win32(&entry.path))),
    }
}

/// The address in the other process, which is a number here.
fn address(entry: &ModuleEntry) -> *mut u8 {
    std::ptr::without_provenance_mut(usize::try_from(entry.base).unwrap_or(usize::MAX))
}

/// As many units as fit with a NUL; a surrogate pair stays whole or away.
fn wide_array<const SIZE: usize>(wide: &[u16]) -> [u16; SIZE] {
    let mut length = wide.len().min(SIZE - 1);
    let splits_pair = |length: usize| {
        matches!(wide.get(length), Some(0xDC00..=0xDFFF))
            && matches!(wide.get(length.wrapping_sub(1)), Some(0xD800..=0xDBFF))
    };
    length -= usize::from(splits_pair(length));
    let mut array = [0; SIZE];
    array[..length].copy_from_slice(&wide[..length]);
    array
}

/// As many bytes as fit with a NUL; a character of UTF-8 stays whole or away.
fn ansi_array<const SIZE: usize>(bytes: &[u8]) -> [i8; SIZE] {
    let mut length = bytes.len().min(SIZE - 1);
    let is_continuation = |index: usize| bytes.get(index).is_some_and(|byte| byte & 0xC0 == 0x80);
    // A character has at most three continuation bytes; more are no character's.
    for shorter in (length.saturating_sub(3)..=length).rev() {
        if !is_continuation(shorter) {
            length = shorter;
            break;
        }
    }
    let mut array = [0; SIZE];
    for (place, &byte) in array.iter_mut().zip(&bytes[..length]) {
        *place = byte.cast_signed();
    }
    array
}

#[cfg(test)]
mod tests {
    use super::{
        MODULEENTRY32W, PROCESSENTRY32, PROCESSENTRY32W, THREADENTRY32, ansi_array, fill, module_a,
        module_w, process_a, process_w, thread, wide_array,
    };
    use std::{cell::Cell, ptr};
    use transom_kernel::{Win32Error, process::snapshot::Snapshot};
    use windows_sys::Win32::System::Diagnostics::ToolHelp::{
        TH32CS_SNAPMODULE, TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD,
    };

    const EVERYTHING: u32 = TH32CS_SNAPMODULE | TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD;

    #[test]
    fn the_structures_are_as_large_as_the_c_headers() {
        assert_eq!(size_of::<PROCESSENTRY32W>(), 568);
        assert_eq!(size_of::<PROCESSENTRY32>(), 304);
        assert_eq!(size_of::<THREADENTRY32>(), 28);
        assert_eq!(size_of::<MODULEENTRY32W>(), 1080);
    }

    #[test]
    fn fact_18_sizes_are_checked_before_anything_else_and_unused_fields_are_zero() {
        let snapshot = Snapshot::take(EVERYTHING, 0).expect("/proc is mounted");
        let mut entry = PROCESSENTRY32W { dwSize: 567, ..Default::default() };
        let walked = Cell::new(false);
        let walk = |size| {
            walked.set(true);
            snapshot.first_process().map(|found| process_w(found, size))
        };
        // SAFETY: a structure that is as large as it says, or larger.
        let filled = unsafe { fill(&raw mut entry, walk) };
        assert_eq!((filled, walked.get()), (Err(Win32Error::INSUFFICIENT_BUFFER), false));
        let mut entry =
            [PROCESSENTRY32W { dwSize: 600, cntUsage: 9, dwFlags: 9, ..Default::default() }; 2];
        // SAFETY: as above.
        assert_eq!(unsafe { fill(entry.as_mut_ptr(), walk) }, Ok(()));
        assert_eq!((entry[0].dwSize, entry[0].cntUsage, entry[0].dwFlags), (600, 0, 0));
        assert_eq!((entry[0].th32DefaultHeapID, entry[0].th32ModuleID), (0, 0));
        assert_eq!(entry[1].cntUsage, 9);
        // SAFETY: NULL is what is tried.
        assert_eq!(unsafe { fill(ptr::null_mut(), walk) }, Err(Win32Error::NOACCESS));
    }

    #[test]
    fn both_forms_describe_the_same() {
        let snapshot = Snapshot::take(EVERYTHING, 0).expect("/proc is mounted");
        let own = snapshot.processes().iter().find(|entry| entry.id == std::process::id());
        let own = own.expect("this process runs");
        let (wide, ansi) = (process_w(own, 568), process_a(own, 304));
        assert_eq!(wide.th32ParentProcessID, ansi.th32ParentProcessID);
        assert_eq!(
            text_of(&wide.szExeFile),
            ansi.szExeFile
                .map(|byte| byte as u8 as char)
                .into_iter()
                .take_while(|&c| c != '\0')
                .collect::<String>()
        );
        let first = thread(&snapshot.threads()[0], 28);
        assert_eq!((first.tpDeltaPri, first.dwFlags, first.cntUsage), (0, 0, 0));
        let program = &snapshot.modules()[0];
        let (wide, ansi) = (module_w(program, 1080), module_a(program, 568));
        assert_eq!(wide.modBaseAddr, ansi.modBaseAddr);
        assert!(text_of(&wide.szExePath).starts_with(r"C:\"));
        assert!(text_of(&wide.szExePath).ends_with(&text_of(&wide.szModule)));
    }

    fn text_of(array: &[u16]) -> String {
        let length = array.iter().position(|&unit| unit == 0).expect("terminated");
        String::from_utf16(&array[..length]).expect("valid")
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(wide_array::<4>(&[1, 2, 3, 4]), [1, 2, 3, 0]);
        assert_eq!(wide_array::<4>(&[1, 2, 0xD83D, 0xDE00]), [1, 2, 0, 0]);
        assert_eq!(wide_array::<4>(&[1, 0xD83D, 0xDE00, 5]), [1, 0xD83D, 0xDE00, 0]);
        let bytes = |text: &str| ansi_array::<5>(text.as_bytes()).map(i8::cast_unsigned);
        assert_eq!(bytes("abcd"), *b"abcd\0");
        assert_eq!(bytes("abcde"), *b"abcd\0");
        assert_eq!(bytes("ab문"), *b"ab\0\0\0");
        assert_eq!(bytes("a문"), *b"a\xEB\xAC\xB8\0");
        assert_eq!(ansi_array::<5>(&[0x80; 9]).map(i8::cast_unsigned), [0x80, 0x80, 0x80, 0x80, 0]);
    }
}
