//! Initialisation files: sections with keys and values, as `GetPrivateProfileString` reads them.
//!
//! The text is UTF-8, or UTF-16 behind a byte order mark, and stays what it is. What is not looked at stays too:
//! comments, empty lines, keys that are there twice.
//!
//! ```
//! use transom_kernel::profile;
//! let wide = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
//! let path = std::env::temp_dir().join(format!("transom-doc-profile-{}.ini", std::process::id()));
//! let file = wide(path.to_str().unwrap());
//! profile::set(&file, &wide("colours"), Some(&wide("sky")), Some(&wide("blue")))?;
//! assert_eq!(profile::value(&file, &wide("Colours"), &wide("SKY"))?, Some(wide("blue")));
//! std::fs::remove_file(path).unwrap();
//! # Ok::<(), transom_kernel::Win32Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprivateprofilestringw>

mod document;
mod file;

pub use file::{keys, sections, set, value};
