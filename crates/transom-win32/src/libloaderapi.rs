//! `libloaderapi.h`: modules: the program, Transom under the names of Windows' libraries, and shared
//! libraries of Linux.
//!
//! `kernel32`, `kernelbase`, `ntdll`, `advapi32`, `user32`, `shell32`, `psapi` and `msvcrt`, with or without
//! `.dll`, are one module each, and each has all of Transom's functions. Their handles are never
//! closed.

use crate::abi::{
    Unit, ansi_string, or_else, same_signature, store, store_string, succeeds, wide_string,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_void};
use std::ptr::{NonNull, null_mut, with_exposed_provenance_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use transom_kernel::file::path::{Win32Path, is_separator, to_linux, to_win32};
use transom_kernel::process::own_image;
use transom_kernel::thread::end;
use transom_kernel::{Result, Win32Error, last_error, text};
use transom_sys::library::{self, Library};
use windows_sys::Win32::Foundation::{self, FARPROC, HANDLE, HMODULE};
use windows_sys::Win32::System::LibraryLoader::{self as official, LOAD_LIBRARY_FLAGS};
use windows_sys::core::BOOL;

/// The libraries of Windows that Transom stands for.
const OWN: [&str; 12] = [
    "kernel32",
    "kernelbase",
    "ntdll",
    "advapi32",
    "user32",
    "shell32",
    "psapi",
    "msvcrt",
    "ucrtbase",
    "sechost",
    "secur32",
    "userenv",
];

/// The address of a function.
#[derive(Clone, Copy)]
struct Address(*const ());

// SAFETY: functions are where they are, for every thread.
unsafe impl Sync for Address {}

/// Every exported function, sorted by its name. The build script makes this table.
static EXPORTS: &[(&str, Address)] = &include!(concat!(env!("OUT_DIR"), "/exports.rs"));

/// Handles of modules look like none of the table's.
const FIRST: usize = 0x7EA2_0000_0000;
const STEP: usize = 0x1_0000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Module {
    /// The program itself.
    Program,
    /// One of Transom's.
    Own(usize),
    /// A shared library, by the number it was opened under.
    Library(usize),
}

/// Libraries that were loaded here: how often, and by which path.
struct Loaded {
    open: BTreeMap<usize, (Library, u32, CString)>,
    next: usize,
}

static LOADED: Mutex<Loaded> = Mutex::new(Loaded { open: BTreeMap::new(), next: OWN.len() + 1 });

fn loaded() -> MutexGuard<'static, Loaded> {
    LOADED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Module {
    fn handle(self) -> HMODULE {
        let number = match self {
            // Known from where it begins, as in the lists of modules.
            Self::Program => match library::program_base() {
                0 => 0,
                base => return with_exposed_provenance_mut(base),
            },
            Self::Own(place) => place + 1,
            Self::Library(number) => number,
        };
        with_exposed_provenance_mut(FIRST + number * STEP)
    }

    fn of(handle: HMODULE) -> Result<Self> {
        if handle == Self::Program.handle() {
            return Ok(Self::Program);
        }
        let number = handle.addr().checked_sub(FIRST).filter(|at| at.is_multiple_of(STEP));
        match number.map(|at| at / STEP) {
            _ if handle.is_null() => Ok(Self::Program),
            Some(number) if number <= OWN.len() => Ok(Self::Own(number - 1)),
            Some(number) if loaded().open.contains_key(&number) => Ok(Self::Library(number)),
            _ => Err(Win32Error::INVALID_HANDLE),
        }
    }

    /// The path of its file, as Win32 has it.
    fn path(self) -> Result<Vec<u16>> {
        match self {
            Self::Program => own_image(),
            Self::Own(_) => {
                // Where these functions are: in a library, or in the program.
                let here = Self::path as *const () as usize;
                let (path, _) = library::file_of(here).ok_or(Win32Error::MOD_NOT_FOUND)?;
                absolute(&path)
            }
            Self::Library(number) => {
                let path = loaded().open.get(&number).map(|(.., path)| path.clone());
                absolute(&path.ok_or(Win32Error::MOD_NOT_FOUND)?)
            }
        }
    }
}

fn absolute(path: &CStr) -> Result<Vec<u16>> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
    match std::fs::canonicalize(path) {
        Ok(path) => Ok(to_win32(path.as_os_str().as_bytes())),
        Err(_) => own_image(),
    }
}

/// The place of a library of Windows' that Transom stands for.
fn own_place(name: &[u16]) -> Option<usize> {
    let last = name.rsplit(|&unit| is_separator(unit)).next().unwrap_or_default();
    let last = String::from_utf16_lossy(last).to_lowercase();
    let stem = last.strip_suffix(".dll").or(last.strip_suffix('.')).unwrap_or(&last);
    // API sets are names for parts of these.
    if stem.starts_with("api-ms-win-") {
        return Some(1);
    }
    OWN.iter().position(|&own| own == stem)
}

/// The Linux path or name of a library, as the dynamic linker wants it.
fn linux_name(name: &[u16]) -> Result<CString> {
    let has_directory = name.iter().copied().any(is_separator);
    let bytes = match to_linux(name)? {
        Win32Path::File(path) if has_directory => {
            let bytes = path.into_os_string().into_encoded_bytes();
            if bytes.contains(&b'/') { bytes } else { [b"./", &bytes[..]].concat() }
        }
        Win32Path::File(path) => path.into_os_string().into_encoded_bytes(),
        _ => return Err(Win32Error::MOD_NOT_FOUND),
    };
    CString::new(bytes).map_err(|_| Win32Error::INVALID_NAME)
}

/// The names a library may have: as it is said, and with `.so`.
fn candidates(name: &[u16]) -> Result<Vec<CString>> {
    let plain = linux_name(name)?;
    let with_suffix = CString::new([plain.to_bytes(), b".so"].concat());
    let local = CString::new([b"./", plain.to_bytes()].concat());
    let local = local.ok().filter(|local| {
        use std::os::unix::ffi::OsStrExt;
        std::path::Path::new(std::ffi::OsStr::from_bytes(local.to_bytes())).is_file()
    });
    Ok([Some(plain), with_suffix.ok(), local].into_iter().flatten().collect())
}

fn load(name: Result<Cow<'_, [u16]>>, flags: u32) -> Result<Module> {
    const HARMLESS: u32 = official::LOAD_WITH_ALTERED_SEARCH_PATH
        | official::LOAD_IGNORE_CODE_AUTHZ_LEVEL
        | official::LOAD_LIBRARY_SEARCH_APPLICATION_DIR
        | official::LOAD_LIBRARY_SEARCH_DEFAULT_DIRS
        | official::LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR
        | official::LOAD_LIBRARY_SEARCH_SYSTEM32
        | official::LOAD_LIBRARY_SEARCH_USER_DIRS;
    let name = name?;
    if flags & !HARMLESS != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    if name.is_empty() {
        return Err(Win32Error::MOD_NOT_FOUND);
    }
    if let Some(place) = own_place(&name) {
        return Ok(Module::Own(place));
    }
    for path in candidates(&name)? {
        if let Some(library) = Library::open(&path) {
            return Ok(enter(library, path));
        }
    }
    Err(Win32Error::MOD_NOT_FOUND)
}

/// Notes a library that was opened once more.
fn enter(library: Library, path: CString) -> Module {
    let mut loaded = loaded();
    let known = loaded.open.iter_mut().find(|(_, (known, ..))| *known == library);
    if let Some((&number, (_, count, _))) = known {
        *count += 1;
        return Module::Library(number);
    }
    let number = loaded.next;
    loaded.next += 1;
    loaded.open.insert(number, (library, 1, path));
    Module::Library(number)
}

fn given<T>(is_null: bool, name: Option<T>) -> Result<T> {
    name.ok_or(if is_null {
        Win32Error::INVALID_PARAMETER
    } else {
        Win32Error::FILENAME_EXCED_RANGE
    })
}

/// # Safety
/// As for [`wide_string`].
unsafe fn name_wide<'a>(name: *const u16) -> Result<Cow<'a, [u16]>> {
    // SAFETY: the same contract.
    given(name.is_null(), unsafe { wide_string(name) })
}

/// # Safety
/// As for [`ansi_string`].
unsafe fn name_ansi<'a>(name: *const u8) -> Result<Cow<'a, [u16]>> {
    // SAFETY: the same contract.
    given(name.is_null(), unsafe { ansi_string(name) }.map(Cow::Owned))
}

/// `LoadLibrary`: loads a shared library of Linux, by its path or by a name the dynamic linker
/// searches for, also without `.so`; or gives the module of one of Windows' libraries that Transom
/// stands for. NULL on failure. A library's `DllMain` is not called.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`: there is none, or it cannot be loaded. `ERROR_INVALID_PARAMETER`: no name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-loadlibraryw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LoadLibraryW(name: *const u16) -> HMODULE {
    // SAFETY: NULL or a string, by the caller's contract.
    or_else(load(unsafe { name_wide(name) }, 0).map(Module::handle), null_mut())
}
same_signature!(official::LoadLibraryW, LoadLibraryW, fn(_) -> _);

/// The name of a library in UTF-8, which NULL is too: one that nothing has.
///
/// # Safety
/// As for [`name_ansi`].
unsafe fn library_ansi<'a>(name: *const u8) -> Result<Cow<'a, [u16]>> {
    if name.is_null() {
        return Err(Win32Error::MOD_NOT_FOUND);
    }
    // SAFETY: the same contract.
    unsafe { name_ansi(name) }
}

/// `LoadLibraryA`: as [`LoadLibraryW`], in UTF-8; no name is `ERROR_MOD_NOT_FOUND`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-loadlibrarya>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LoadLibraryA(name: *const u8) -> HMODULE {
    // SAFETY: NULL or a string, by the caller's contract.
    or_else(load(unsafe { library_ansi(name) }, 0).map(Module::handle), null_mut())
}
same_signature!(official::LoadLibraryA, LoadLibraryA, fn(_) -> _);

/// `LoadLibraryEx`: as [`LoadLibraryW`]; flags about where to search change nothing.
///
/// # Errors
/// As for [`LoadLibraryW`]; `ERROR_NOT_SUPPORTED` for loading something as data only.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-loadlibraryexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LoadLibraryExW(
    name: *const u16,
    _file: HANDLE,
    flags: LOAD_LIBRARY_FLAGS,
) -> HMODULE {
    // SAFETY: NULL or a string, by the caller's contract.
    or_else(load(unsafe { name_wide(name) }, flags).map(Module::handle), null_mut())
}
same_signature!(official::LoadLibraryExW, LoadLibraryExW, fn(_, _, _) -> _);

/// `LoadLibraryExA`: as [`LoadLibraryExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-loadlibraryexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LoadLibraryExA(
    name: *const u8,
    _file: HANDLE,
    flags: LOAD_LIBRARY_FLAGS,
) -> HMODULE {
    // SAFETY: NULL or a string, by the caller's contract.
    or_else(load(unsafe { library_ansi(name) }, flags).map(Module::handle), null_mut())
}
same_signature!(official::LoadLibraryExA, LoadLibraryExA, fn(_, _, _) -> _);

/// Counts a library down.
fn free(module: HMODULE) -> Result<()> {
    if module.is_null() {
        return Err(Win32Error::INVALID_HANDLE);
    }
    let Module::Library(number) = Module::of(module)? else { return Ok(()) };
    let mut loaded = loaded();
    let Some((library, count, _)) = loaded.open.get_mut(&number) else {
        return Err(Win32Error::INVALID_HANDLE);
    };
    let library = *library;
    *count -= 1;
    if *count == 0 {
        loaded.open.remove(&number);
    }
    drop(loaded);
    // SAFETY: the caller gives the module up, once for each time it was loaded.
    unsafe { library.close() };
    Ok(())
}

/// `FreeLibrary`: gives a module up, which is unloaded with the last.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-freelibrary>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeLibrary(module: HMODULE) -> BOOL {
    succeeds(free(module))
}
same_signature!(Foundation::FreeLibrary, FreeLibrary, fn(_) -> _);

/// `FreeLibraryAndExitThread`: gives a module up and ends the calling thread.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-freelibraryandexitthread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeLibraryAndExitThread(module: HMODULE, code: u32) -> ! {
    // A module that is none keeps no thread from ending.
    let _ = free(module);
    end::exit(code)
}
same_signature!(official::FreeLibraryAndExitThread, FreeLibraryAndExitThread, fn(_, _) -> _);

/// `DisableThreadLibraryCalls`: succeeds: no library is told of threads.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`: `module` is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-disablethreadlibrarycalls>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DisableThreadLibraryCalls(module: HMODULE) -> BOOL {
    succeeds(Module::of(module).map(drop).map_err(|_| Win32Error::MOD_NOT_FOUND))
}
same_signature!(official::DisableThreadLibraryCalls, DisableThreadLibraryCalls, fn(_) -> _);

/// The module of a name, if it is loaded.
fn find(name: &[u16], counts: bool) -> Result<Module> {
    if let Some(place) = own_place(name) {
        return Ok(Module::Own(place));
    }
    let own = own_image()?;
    let last = |path: &[u16]| path.rsplit(|&unit| is_separator(unit)).next().map(<[u16]>::to_vec);
    let stem = |name: Vec<u16>| {
        let dot = name.iter().rposition(|&unit| unit == u16::from(b'.'));
        name[..dot.unwrap_or(name.len())].to_vec()
    };
    let own_stem = last(&own).map(stem);
    if text::equal_folded(name, &own) || last(name).map(stem) == own_stem {
        return Ok(Module::Program);
    }
    for path in candidates(name)? {
        if let Some(library) = Library::find(&path) {
            let module = enter(library, path);
            if !counts {
                // It stays known, and is not counted.
                // SAFETY: whoever loaded it still holds it.
                unsafe { library.close() };
                uncount(module);
            }
            return Ok(module);
        }
    }
    Err(Win32Error::MOD_NOT_FOUND)
}

/// Takes one off a library's count without forgetting it.
fn uncount(module: Module) {
    if let Module::Library(number) = module
        && let Some((_, count, _)) = loaded().open.get_mut(&number)
        && *count > 1
    {
        *count -= 1;
    }
}

/// `GetModuleHandle`: the module of a name that is loaded, or the program (NULL).
///
/// # Errors
/// NULL, with `ERROR_MOD_NOT_FOUND`: it is not loaded.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulehandlew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleHandleW(name: *const u16) -> HMODULE {
    if name.is_null() {
        return Module::Program.handle();
    }
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { name_wide(name) };
    or_else(name.and_then(|name| find(&name, false)).map(Module::handle), null_mut())
}
same_signature!(official::GetModuleHandleW, GetModuleHandleW, fn(_) -> _);

/// `GetModuleHandleA`: as [`GetModuleHandleW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulehandlea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleHandleA(name: *const u8) -> HMODULE {
    if name.is_null() {
        return Module::Program.handle();
    }
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { name_ansi(name) };
    or_else(name.and_then(|name| find(&name, false)).map(Module::handle), null_mut())
}
same_signature!(official::GetModuleHandleA, GetModuleHandleA, fn(_) -> _);

/// The module that an address is in.
fn module_at(address: usize, counts: bool) -> Result<Module> {
    let (path, base) = library::file_of(address).ok_or(Win32Error::MOD_NOT_FOUND)?;
    if library::file_of(Module::of as *const () as usize).is_some_and(|(_, own)| own == base) {
        return Ok(Module::Program);
    }
    let library = Library::find(&path).ok_or(Win32Error::MOD_NOT_FOUND)?;
    let module = enter(library, path);
    if !counts {
        // SAFETY: whoever loaded it still holds it.
        unsafe { library.close() };
        uncount(module);
    }
    Ok(module)
}

const PIN: u32 = official::GET_MODULE_HANDLE_EX_FLAG_PIN;
const UNCHANGED: u32 = official::GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
const FROM_ADDRESS: u32 = official::GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;

/// # Safety
/// `place` is NULL or writable.
unsafe fn handle_ex(
    flags: u32,
    address: usize,
    name: impl FnOnce() -> Result<Vec<u16>>,
    place: *mut HMODULE,
) -> Result<()> {
    if place.is_null() || flags & !(PIN | UNCHANGED | FROM_ADDRESS) != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if flags & (PIN | UNCHANGED) == PIN | UNCHANGED {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: the same contract.
    unsafe { store(place, null_mut()) }?;
    let counts = flags & UNCHANGED == 0;
    let module = match address {
        0 => Module::Program,
        address if flags & FROM_ADDRESS != 0 => module_at(address, counts)?,
        _ => find(&name()?, counts)?,
    };
    // SAFETY: the same contract.
    unsafe { store(place, module.handle()) }
}

/// `GetModuleHandleEx`: the module of a name or address that is loaded; counted, unless the flags say
/// otherwise.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`: it is not loaded. `ERROR_INVALID_PARAMETER`: the flags, or `place` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulehandleexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleHandleExW(
    flags: u32,
    name: *const u16,
    place: *mut HMODULE,
) -> BOOL {
    // SAFETY: a string, where it is not an address, by the caller's contract.
    let string = || unsafe { name_wide(name) }.map(Cow::into_owned);
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { handle_ex(flags, name.expose_provenance(), string, place) })
}
same_signature!(official::GetModuleHandleExW, GetModuleHandleExW, fn(_, _, _) -> _);

/// `GetModuleHandleExA`: as [`GetModuleHandleExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulehandleexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleHandleExA(
    flags: u32,
    name: *const u8,
    place: *mut HMODULE,
) -> BOOL {
    // SAFETY: a string, where it is not an address, by the caller's contract.
    let string = || unsafe { name_ansi(name) }.map(Cow::into_owned);
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { handle_ex(flags, name.expose_provenance(), string, place) })
}
same_signature!(official::GetModuleHandleExA, GetModuleHandleExA, fn(_, _, _) -> _);

/// `GetProcAddress`: the address of a module's function.
///
/// # Errors
/// NULL, with `ERROR_PROC_NOT_FOUND`: there is none of this name, or it is a number;
/// `ERROR_INVALID_HANDLE`: it is no module.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getprocaddress>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcAddress(module: HMODULE, name: *const u8) -> FARPROC {
    const LAST_ORDINAL: usize = 0xFFFF;
    let find = || {
        let module = Module::of(module)?;
        if name.addr() <= LAST_ORDINAL {
            return Err(Win32Error::PROC_NOT_FOUND);
        }
        // SAFETY: not a number, so a string by the caller's contract.
        let name = unsafe { CStr::from_ptr(name.cast()) };
        symbol(module, name).ok_or(Win32Error::PROC_NOT_FOUND)
    };
    or_else(find().map(Some), None).map(|address| {
        // SAFETY: the address of what the caller says is a function.
        unsafe {
            std::mem::transmute::<*mut c_void, unsafe extern "system" fn() -> isize>(
                address.as_ptr(),
            )
        }
    })
}
same_signature!(official::GetProcAddress, GetProcAddress, fn(_, _) -> _);

/// A function of a module's.
fn symbol(module: Module, name: &CStr) -> Option<NonNull<c_void>> {
    match module {
        Module::Library(number) => {
            let library = loaded().open.get(&number).map(|(library, ..)| *library);
            library?.symbol(name)
        }
        Module::Program => Library::program()?.symbol(name),
        Module::Own(_) => {
            let name = name.to_str().ok()?;
            let place = EXPORTS.binary_search_by_key(&name, |(known, _)| known).ok()?;
            let Address(address) = EXPORTS[place].1;
            NonNull::new(address.cast_mut().cast())
        }
    }
}

/// `GetModuleFileName`: copies the path of a module's file, or of the program's (NULL).
///
/// Returns the length without the NUL; or, where `size` characters do not hold the path and NUL,
/// `size`, with the beginning of the path and a NUL in `buffer` and `ERROR_INSUFFICIENT_BUFFER`.
/// Success sets the last error to 0.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`: `module` is none. `ERROR_INSUFFICIENT_BUFFER`: see above; with a
/// `size` of 0 or no `buffer` the result is 0.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulefilenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleFileNameW(
    module: HMODULE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: `buffer` is NULL or holds `size` characters, by the caller's contract.
    unsafe { store_path(path_of(module).map(|path| <u16 as Unit>::encode(&path)), buffer, size) }
}
same_signature!(official::GetModuleFileNameW, GetModuleFileNameW, fn(_, _, _) -> _);

/// `GetModuleFileNameA`: as [`GetModuleFileNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulefilenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleFileNameA(
    module: HMODULE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: `buffer` is NULL or holds `size` characters, by the caller's contract.
    unsafe { store_path(path_of(module).map(|path| <u8 as Unit>::encode(&path)), buffer, size) }
}
same_signature!(official::GetModuleFileNameA, GetModuleFileNameA, fn(_, _, _) -> _);

pub(crate) fn path_of(module: HMODULE) -> Result<Vec<u16>> {
    Module::of(module).map_err(|_| Win32Error::MOD_NOT_FOUND)?.path()
}

/// Stores a path, or as much of it as fits.
///
/// # Safety
/// `buffer` is NULL or points to `size` writable elements.
unsafe fn store_path<T: Copy + Default>(path: Result<Vec<T>>, buffer: *mut T, size: u32) -> u32 {
    let stored = path.and_then(|path| {
        if size == 0 || buffer.is_null() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let fits = path.len() < size as usize;
        let kept = if fits { &path[..] } else { &path[..size as usize - 1] };
        // SAFETY: by this function's own contract.
        let length = unsafe { store_string(kept, buffer, size) };
        last_error::set(if fits { 0 } else { Win32Error::INSUFFICIENT_BUFFER.code() });
        Ok(if fits { length } else { size })
    });
    or_else(stored, 0)
}
