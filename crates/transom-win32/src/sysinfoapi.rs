//! `sysinfoapi.h`: where the system's programs are.

use crate::abi::{same_signature, store_string};
use transom_kernel::file::path::to_win32;
use transom_kernel::process::program_search::{SYSTEM_DIRECTORY, WINDOWS_DIRECTORY};
use transom_kernel::text;
use windows_sys::Win32::System::SystemInformation as official;

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
}
