//! The Win32 environment of this process.
//!
//! It is what `GetEnvironmentVariable` reads and what children inherit: names fold case, a value
//! may be empty. It begins as a copy of the Linux environment and is apart from it afterwards, so
//! that [`mod@std::env`], which goes on showing the Linux one, sees nothing that is set here.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/procthread/environment-variables>

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use transom_kernel::process::current_directory;
use transom_kernel::{Result, environment, text};

/// `GetEnvironmentVariable`: the value of a variable.
///
/// ```
/// use transom::env;
/// env::set_var("Greeting", "안녕")?;
/// assert_eq!(env::var("GREETING")?, "안녕");
/// assert_eq!(env::var("no such name").unwrap_err().code(), 203);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `ERROR_ENVVAR_NOT_FOUND`: there is no such variable.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getenvironmentvariablew>
pub fn var(name: impl AsRef<OsStr>) -> Result<OsString> {
    environment::with_value(&wide(name), linux)
}

/// `SetEnvironmentVariable`: sets a variable. One that exists keeps the case of its name.
///
/// ```
/// use transom::env;
/// env::set_var("Empty", "")?;
/// assert_eq!(env::var("empty")?, "");
/// assert_eq!(env::set_var("a=b", "x").unwrap_err().code(), 87);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the name is empty, has a `=` after its first place, or is
/// `TRANSOM_INHERIT`; name or value is longer than 32,767 UTF-16 units or contains a NUL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-setenvironmentvariablew>
pub fn set_var(name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Result<()> {
    environment::set(&wide(name), Some(&wide(value)))
}

/// `SetEnvironmentVariable` with NULL: deletes a variable. That there is none is no error.
///
/// ```
/// use transom::env;
/// env::set_var("Passing", "1")?;
/// env::remove_var("PASSING")?;
/// assert!(env::var("Passing").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: as for [`set_var`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-setenvironmentvariablew>
pub fn remove_var(name: impl AsRef<OsStr>) -> Result<()> {
    environment::set(&wide(name), None)
}

/// `GetEnvironmentStrings`: every variable at this moment, sorted by upper-cased name.
///
/// ```
/// use transom::env;
/// env::set_var("b2", "second")?;
/// env::set_var("B1", "first")?;
/// let ours: Vec<_> = env::vars().filter(|(name, _)| name.len() == 2).collect();
/// assert!(ours.is_sorted_by_key(|(name, _)| name.to_ascii_uppercase()));
/// assert!(ours.contains(&("b2".into(), "second".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getenvironmentstringsw>
pub fn vars() -> impl Iterator<Item = (OsString, OsString)> {
    environment::variables()
        .into_iter()
        .map(|variable| (linux(&variable.name), linux(&variable.value)))
}

/// `ExpandEnvironmentStrings`: replaces each `%NAME%` by the variable's value. Unknown names and
/// a lone `%` stay as they are.
///
/// ```
/// use transom::env;
/// env::set_var("Planet", "Earth")?;
/// assert_eq!(env::expand("Hello %PLANET%, %unknown%, 100%")?, "Hello Earth, %unknown%, 100%");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`: the result would be longer than 16 million UTF-16 units.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-expandenvironmentstringsw>
pub fn expand(source: impl AsRef<OsStr>) -> Result<OsString> {
    Ok(linux(&environment::expand(&wide(source))?))
}

/// `GetCurrentDirectory`: the path of the current directory, in Win32 form.
///
/// ```
/// use transom::env;
/// env::set_current_dir("/usr/bin")?;
/// assert!(env::current_dir()?.to_str().unwrap().ends_with("bin"));
/// env::set_current_dir(r"C:\")?;
/// assert_eq!(env::current_dir()?, r"C:\");
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: it was removed. `ERROR_ACCESS_DENIED`: the way to it is closed.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getcurrentdirectory>
pub fn current_dir() -> Result<OsString> {
    Ok(linux(&current_directory::get()?))
}

/// `SetCurrentDirectory`: changes the current directory; the path is Win32's or Linux'.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: it, or what it should be in, is not there.
/// `ERROR_DIRECTORY`: it is a file. `ERROR_INVALID_NAME`: the path is empty or has wildcards.
/// `ERROR_ACCESS_DENIED`: it may not be entered.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setcurrentdirectory>
pub fn set_current_dir(path: impl AsRef<OsStr>) -> Result<()> {
    current_directory::set(&wide(path))
}

fn wide(string: impl AsRef<OsStr>) -> Vec<u16> {
    text::to_wide(string.as_ref().as_bytes())
}

fn linux(units: &[u16]) -> OsString {
    OsString::from_vec(text::to_bytes(units))
}
