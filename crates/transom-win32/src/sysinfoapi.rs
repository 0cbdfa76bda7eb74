//! `sysinfoapi.h`: the system, and where its programs are.

use crate::abi::{Unit, load, same_signature, store, store_optional, store_string, succeeds};
use transom_kernel::file::path::to_win32;
use transom_kernel::process::program_search::{SYSTEM_DIRECTORY, WINDOWS_DIRECTORY};
use transom_kernel::{Result, Win32Error, memory, system, text};
use windows_sys::Win32::System::SystemInformation::{
    self as official, COMPUTER_NAME_FORMAT, MEMORYSTATUS, MEMORYSTATUSEX, OSVERSIONINFOA,
    OSVERSIONINFOEXA, OSVERSIONINFOEXW, OSVERSIONINFOW, SYSTEM_INFO, SYSTEM_INFO_0,
    SYSTEM_INFO_0_0,
};
use windows_sys::Win32::System::WindowsProgramming as programming;
use windows_sys::core::BOOL;

/// Defines the two forms of a function that copies a directory's path.
macro_rules! directories {
    ($($wide:ident, $ansi:ident = $directory:ident, $what:literal, $page:literal;)*) => {
        $(#[doc = concat!("`", stringify!($wide), "`: copies the path of the ", $what, " into `buffer`.")]
        ///
        /// Returns the length without the NUL; or, where `size` units do not hold the path and
        /// NUL, the size needed, and leaves `buffer` as it is.
        ///
        #[doc = concat!("Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-", $page, "w>")]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $wide(buffer: *mut u16, size: u32) -> u32 {
            // SAFETY: `buffer` is NULL or holds `size` units, by the caller's contract.
            unsafe { store_string(&to_win32($directory.as_bytes()), buffer, size) }
        }
        same_signature!(official::$wide, $wide, fn(_, _) -> _);

        #[doc = concat!("`", stringify!($ansi), "`: as [`", stringify!($wide), "`], in UTF-8; lengths count bytes.")]
        ///
        #[doc = concat!("Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-", $page, "a>")]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $ansi(buffer: *mut u8, size: u32) -> u32 {
            let path = text::to_bytes(&to_win32($directory.as_bytes()));
            // SAFETY: `buffer` is NULL or holds `size` bytes, by the caller's contract.
            unsafe { store_string(&path, buffer, size) }
        }
        same_signature!(official::$ansi, $ansi, fn(_, _) -> _);)*
    };
}

directories! {
    GetSystemDirectoryW, GetSystemDirectoryA = SYSTEM_DIRECTORY,
        "system directory, `C:\\usr\\bin`", "getsystemdirectory";
    GetWindowsDirectoryW, GetWindowsDirectoryA = WINDOWS_DIRECTORY,
        "Windows directory, `C:\\usr`", "getwindowsdirectory";
    GetSystemWindowsDirectoryW, GetSystemWindowsDirectoryA = WINDOWS_DIRECTORY,
        "Windows directory, `C:\\usr`, which all users share", "getsystemwindowsdirectory";
}

/// `GetSystemInfo`: page size, addresses and processors.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getsysteminfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSystemInfo(place: *mut SYSTEM_INFO) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, information()) };
}
same_signature!(official::GetSystemInfo, GetSystemInfo, fn(_));

/// `GetNativeSystemInfo`: as [`GetSystemInfo`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getnativesysteminfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNativeSystemInfo(place: *mut SYSTEM_INFO) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, information()) };
}
same_signature!(official::GetNativeSystemInfo, GetNativeSystemInfo, fn(_));

fn information() -> SYSTEM_INFO {
    const ARCHITECTURE: u16 = if cfg!(target_arch = "aarch64") {
        official::PROCESSOR_ARCHITECTURE_ARM64
    } else {
        official::PROCESSOR_ARCHITECTURE_AMD64
    };
    const PROCESSOR_TYPE: u32 = if cfg!(target_arch = "aarch64") { 0 } else { 8664 };
    let processors = system::processors();
    let mask = if processors >= usize::BITS { usize::MAX } else { (1 << processors) - 1 };
    SYSTEM_INFO {
        Anonymous: SYSTEM_INFO_0 {
            Anonymous: SYSTEM_INFO_0_0 { wProcessorArchitecture: ARCHITECTURE, wReserved: 0 },
        },
        dwPageSize: memory::PAGE as u32,
        lpMinimumApplicationAddress: std::ptr::without_provenance_mut(memory::GRANULARITY),
        lpMaximumApplicationAddress: std::ptr::without_provenance_mut((1 << 47) - 65537),
        dwActiveProcessorMask: mask,
        dwNumberOfProcessors: processors,
        dwProcessorType: PROCESSOR_TYPE,
        dwAllocationGranularity: memory::GRANULARITY as u32,
        wProcessorLevel: 6,
        wProcessorRevision: 0,
    }
}

/// `GlobalMemoryStatusEx`: how much memory there is.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: `dwLength` is not the structure's size, or `place` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-globalmemorystatusex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalMemoryStatusEx(place: *mut MEMORYSTATUSEX) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let length = unsafe { load(place.cast::<u32>()) };
    if length.is_none_or(|length| length as usize != size_of::<MEMORYSTATUSEX>()) {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    let memory = system::memory();
    let used = memory.total.saturating_sub(memory.available);
    let status = MEMORYSTATUSEX {
        dwLength: size_of::<MEMORYSTATUSEX>() as u32,
        dwMemoryLoad: (used * 100 / memory.total.max(1)) as u32,
        ullTotalPhys: memory.total,
        ullAvailPhys: memory.available,
        ullTotalPageFile: memory.commit_total,
        ullAvailPageFile: memory.commit_available,
        ullTotalVirtual: SPACE,
        ullAvailVirtual: SPACE.saturating_sub(own_space()),
        ullAvailExtendedVirtual: 0,
    };
    // SAFETY: not NULL, so writable by the caller's contract.
    succeeds(unsafe { store(place, status) })
}
same_signature!(official::GlobalMemoryStatusEx, GlobalMemoryStatusEx, fn(_) -> _);

/// `GlobalMemoryStatus`: as [`GlobalMemoryStatusEx`], whatever `dwLength` says.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalmemorystatus>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalMemoryStatus(place: *mut MEMORYSTATUS) {
    let memory = system::memory();
    let used = memory.total.saturating_sub(memory.available);
    let status = MEMORYSTATUS {
        dwLength: size_of::<MEMORYSTATUS>() as u32,
        dwMemoryLoad: (used * 100 / memory.total.max(1)) as u32,
        dwTotalPhys: memory.total as usize,
        dwAvailPhys: memory.available as usize,
        dwTotalPageFile: memory.commit_total as usize,
        dwAvailPageFile: memory.commit_available as usize,
        dwTotalVirtual: SPACE as usize,
        dwAvailVirtual: SPACE.saturating_sub(own_space()) as usize,
    };
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { store_optional(place, status) };
}
same_signature!(official::GlobalMemoryStatus, GlobalMemoryStatus, fn(_));

/// How many bytes of addresses a process has.
const SPACE: u64 = (1 << 47) - 131_072;

/// How many bytes of addresses this process uses.
fn own_space() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    pages.unwrap_or(0) * memory::PAGE as u64
}

/// `GetVersion`: that of Windows 10, build 19045, as 32 bits have it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getversion>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetVersion() -> u32 {
    let (major, minor, build) = system::version();
    major | minor << 8 | build << 16
}
same_signature!(official::GetVersion, GetVersion, fn() -> _);

/// `GetVersionEx`: that of Windows 10, build 19045, a workstation.
///
/// # Errors
/// `ERROR_INSUFFICIENT_BUFFER`: the structure's size is neither that of `OSVERSIONINFO` nor of
/// `OSVERSIONINFOEX`. `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getversionexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetVersionExW(place: *mut OSVERSIONINFOW) -> BOOL {
    const WORKSTATION: u8 = 1;
    let (major, minor, build) = system::version();
    // SAFETY: NULL or readable, by the caller's contract.
    let Some(size) = (unsafe { load(place.cast::<u32>()) }) else {
        return succeeds(Err(Win32Error::NOACCESS));
    };
    if size as usize == size_of::<OSVERSIONINFOEXW>() {
        let version = OSVERSIONINFOEXW {
            dwOSVersionInfoSize: size,
            dwMajorVersion: major,
            dwMinorVersion: minor,
            dwBuildNumber: build,
            dwPlatformId: 2,
            wProductType: WORKSTATION,
            ..Default::default()
        };
        // SAFETY: not NULL and so large, by the caller's contract.
        return succeeds(unsafe { store(place.cast(), version) });
    }
    if size as usize != size_of::<OSVERSIONINFOW>() {
        return succeeds(Err(Win32Error::INSUFFICIENT_BUFFER));
    }
    let version = OSVERSIONINFOW {
        dwOSVersionInfoSize: size,
        dwMajorVersion: major,
        dwMinorVersion: minor,
        dwBuildNumber: build,
        dwPlatformId: 2,
        ..Default::default()
    };
    // SAFETY: not NULL and so large, by the caller's contract.
    succeeds(unsafe { store(place, version) })
}
same_signature!(official::GetVersionExW, GetVersionExW, fn(_) -> _);

/// `GetVersionExA`: as [`GetVersionExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getversionexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetVersionExA(place: *mut OSVERSIONINFOA) -> BOOL {
    const WORKSTATION: u8 = 1;
    let (major, minor, build) = system::version();
    // SAFETY: NULL or readable, by the caller's contract.
    let Some(size) = (unsafe { load(place.cast::<u32>()) }) else {
        return succeeds(Err(Win32Error::NOACCESS));
    };
    if size as usize == size_of::<OSVERSIONINFOEXA>() {
        let version = OSVERSIONINFOEXA {
            dwOSVersionInfoSize: size,
            dwMajorVersion: major,
            dwMinorVersion: minor,
            dwBuildNumber: build,
            dwPlatformId: 2,
            wProductType: WORKSTATION,
            ..Default::default()
        };
        // SAFETY: not NULL and so large, by the caller's contract.
        return succeeds(unsafe { store(place.cast(), version) });
    }
    if size as usize != size_of::<OSVERSIONINFOA>() {
        return succeeds(Err(Win32Error::INSUFFICIENT_BUFFER));
    }
    let version = OSVERSIONINFOA {
        dwOSVersionInfoSize: size,
        dwMajorVersion: major,
        dwMinorVersion: minor,
        dwBuildNumber: build,
        dwPlatformId: 2,
        ..Default::default()
    };
    // SAFETY: not NULL and so large, by the caller's contract.
    succeeds(unsafe { store(place, version) })
}
same_signature!(official::GetVersionExA, GetVersionExA, fn(_) -> _);

/// Gives a name to a buffer whose room, with the NUL, is in `size`, which then is the length: without
/// the NUL, or with it if `counts_nul`. What does not fit is `refusal`, with the room needed in `size`.
///
/// # Safety
/// `buffer` is NULL or points to so many elements as `size` says, and `size` to a number.
unsafe fn give_name<T: Unit>(
    name: &[u16],
    buffer: *mut T,
    size: *mut u32,
    counts_nul: bool,
    refusal: Win32Error,
) -> Result<()> {
    // SAFETY: the same contract.
    let room = unsafe { load(size) }.ok_or(Win32Error::INVALID_PARAMETER)?;
    let name = T::encode(name);
    // SAFETY: the same contract.
    let length = unsafe { store_string(&name, buffer, room) };
    let fits = length as usize == name.len();
    let told = if fits && !counts_nul { length } else { name.len() as u32 + 1 };
    // SAFETY: the same contract.
    unsafe { store(size, told) }?;
    if fits { Ok(()) } else { Err(refusal) }
}

/// `GetComputerName`: the machine's name up to its first dot, at most 15 characters, in capitals.
///
/// # Errors
/// `ERROR_BUFFER_OVERFLOW`: `size` is too small, and then says what is needed.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getcomputernamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetComputerNameW(buffer: *mut u16, size: *mut u32) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_name(&short_name(), buffer, size, false, Win32Error::BUFFER_OVERFLOW) })
}
same_signature!(programming::GetComputerNameW, GetComputerNameW, fn(_, _) -> _);

/// `GetComputerNameA`: as [`GetComputerNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getcomputernamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetComputerNameA(buffer: *mut u8, size: *mut u32) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_name(&short_name(), buffer, size, false, Win32Error::BUFFER_OVERFLOW) })
}
same_signature!(programming::GetComputerNameA, GetComputerNameA, fn(_, _) -> _);

fn short_name() -> Vec<u16> {
    let (_, name) = system::computer_name();
    name.into_iter().take(15).map(text::fold_unit).collect()
}

/// `GetComputerNameEx`: the machine's name in one of its forms.
///
/// # Errors
/// `ERROR_MORE_DATA`: `size` is too small, and then says what is needed. `ERROR_INVALID_PARAMETER`:
/// there is no such form.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getcomputernameexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetComputerNameExW(
    form: COMPUTER_NAME_FORMAT,
    buffer: *mut u16,
    size: *mut u32,
) -> BOOL {
    let (whole, first) = system::computer_name();
    let name = match form {
        official::ComputerNameNetBIOS | official::ComputerNamePhysicalNetBIOS => Ok(short_name()),
        official::ComputerNameDnsHostname | official::ComputerNamePhysicalDnsHostname => Ok(first),
        official::ComputerNameDnsDomain | official::ComputerNamePhysicalDnsDomain => {
            Ok(whole.get(first.len() + 1..).unwrap_or_default().to_vec())
        }
        official::ComputerNameDnsFullyQualified
        | official::ComputerNamePhysicalDnsFullyQualified => Ok(whole),
        _ => Err(Win32Error::INVALID_PARAMETER),
    };
    succeeds(name.and_then(|name| {
        // SAFETY: by the caller's contract.
        unsafe { give_name(&name, buffer, size, false, Win32Error::MORE_DATA) }
    }))
}
same_signature!(official::GetComputerNameExW, GetComputerNameExW, fn(_, _, _) -> _);

/// `GetComputerNameExA`: as [`GetComputerNameExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getcomputernameexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetComputerNameExA(
    form: COMPUTER_NAME_FORMAT,
    buffer: *mut u8,
    size: *mut u32,
) -> BOOL {
    let (whole, first) = system::computer_name();
    let name = match form {
        official::ComputerNameNetBIOS | official::ComputerNamePhysicalNetBIOS => Ok(short_name()),
        official::ComputerNameDnsHostname | official::ComputerNamePhysicalDnsHostname => Ok(first),
        official::ComputerNameDnsDomain | official::ComputerNamePhysicalDnsDomain => {
            Ok(whole.get(first.len() + 1..).unwrap_or_default().to_vec())
        }
        official::ComputerNameDnsFullyQualified
        | official::ComputerNamePhysicalDnsFullyQualified => Ok(whole),
        _ => Err(Win32Error::INVALID_PARAMETER),
    };
    succeeds(name.and_then(|name| {
        // SAFETY: by the caller's contract.
        unsafe { give_name(&name, buffer, size, false, Win32Error::MORE_DATA) }
    }))
}
same_signature!(official::GetComputerNameExA, GetComputerNameExA, fn(_, _, _) -> _);

/// `GetUserName`: the name of the user this thread runs as, or their number where they have none.
///
/// # Errors
/// `ERROR_INSUFFICIENT_BUFFER`: `size` is too small, and then says what is needed.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getusernamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetUserNameW(buffer: *mut u16, size: *mut u32) -> BOOL {
    let uid = rustix::process::geteuid().as_raw();
    let name = system::user(uid).map_or_else(|| uid.to_string(), |user| user.name);
    let name = text::to_wide(name.as_bytes());
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_name(&name, buffer, size, true, Win32Error::INSUFFICIENT_BUFFER) })
}
same_signature!(programming::GetUserNameW, GetUserNameW, fn(_, _) -> _);

/// `GetUserNameA`: as [`GetUserNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getusernamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetUserNameA(buffer: *mut u8, size: *mut u32) -> BOOL {
    let uid = rustix::process::geteuid().as_raw();
    let name = system::user(uid).map_or_else(|| uid.to_string(), |user| user.name);
    let name = text::to_wide(name.as_bytes());
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_name(&name, buffer, size, true, Win32Error::INSUFFICIENT_BUFFER) })
}
same_signature!(programming::GetUserNameA, GetUserNameA, fn(_, _) -> _);
