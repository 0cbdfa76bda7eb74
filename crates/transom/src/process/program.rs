//! Finding programs.

use crate::error::Result;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use transom_kernel::environment;
use transom_kernel::file::path::to_linux;
use transom_kernel::process::program_search::{SearchPlaces, find_program, split_search_path};
use transom_kernel::text;

/// The file that `CreateProcess` runs for an application name: its absolute Linux path. `.exe` may
/// be left out, or added. Nothing is searched.
///
/// ```
/// use transom::process;
/// assert!(process::program_at("/bin/sh.exe")?.ends_with("sh"));
/// assert_eq!(process::program_at("/etc/passwd").unwrap_err().code(), 193); // no program
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: it, or its directory, is not there.
/// `ERROR_ACCESS_DENIED`: it is a directory, or the way is closed. `ERROR_BAD_EXE_FORMAT`: it may
/// not be executed.
pub fn program_at(application: impl AsRef<OsStr>) -> Result<PathBuf> {
    let name = text::to_wide(application.as_ref().as_bytes());
    find_program(Some(&name), None, SearchPlaces { application_directory: None, path: None })
}

/// The directories of the variable `PATH`, as Linux paths, in their order.
///
/// ```
/// transom::env::set_var("PATH", r"C:\usr\bin;/opt/tools:/bin")?;
/// let directories: Vec<_> = transom::process::search_path().collect();
/// assert_eq!(directories, ["/usr/bin", "/opt/tools", "/bin"].map(std::path::PathBuf::from));
/// # Ok::<(), transom::Win32Error>(())
/// ```
pub fn search_path() -> impl Iterator<Item = PathBuf> {
    let path = environment::get(&text::to_wide(b"PATH")).unwrap_or_default();
    let directories: Vec<PathBuf> = split_search_path(&path)
        .filter_map(|directory| to_linux(directory).ok()?.into_file())
        .collect();
    directories.into_iter()
}
