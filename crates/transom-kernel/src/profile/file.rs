//! Initialisation files on the disk.

use super::document::Document;
use crate::error::{Result, Win32Error};
use crate::file::open::why_not;
use crate::file::path::{Win32Path, is_separator, to_linux, to_win32};
use crate::process::program_search::WINDOWS_DIRECTORY;
use crate::text;
use rustix::fs::{CWD, FlockOperation, Mode, OFlags, flock, ftruncate, openat};
use rustix::io::{Errno, pwrite};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// How a file's text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Utf8 { marked: bool },
    Utf16,
}

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF16_MARK: &[u8] = b"\xFF\xFE";

fn decode(bytes: &[u8]) -> (Form, Vec<u16>) {
    if let Some(units) = bytes.strip_prefix(UTF16_MARK) {
        let unit = |pair: &[u8]| u16::from_le_bytes([pair[0], pair[1]]);
        return (Form::Utf16, units.chunks_exact(2).map(unit).collect());
    }
    match bytes.strip_prefix(UTF8_MARK) {
        Some(rest) => (Form::Utf8 { marked: true }, text::to_wide(rest)),
        None => (Form::Utf8 { marked: false }, text::to_wide(bytes)),
    }
}

fn encode(form: Form, text: &[u16]) -> Vec<u8> {
    match form {
        Form::Utf16 => {
            let units = text.iter().flat_map(|unit| unit.to_le_bytes());
            UTF16_MARK.iter().copied().chain(units).collect()
        }
        Form::Utf8 { marked } => {
            let mark = if marked { UTF8_MARK } else { &[] };
            [mark, &text::to_bytes(text)].concat()
        }
    }
}

/// The Linux path of a file. A name without a directory is in the Windows directory.
fn path_of(name: &[u16]) -> Result<PathBuf> {
    let has_directory = name.iter().any(|&unit| is_separator(unit) || unit == b':'.into());
    let name = if has_directory {
        name.to_vec()
    } else {
        [to_win32(WINDOWS_DIRECTORY.as_bytes()), vec![b'\\'.into()], name.to_vec()].concat()
    };
    match to_linux(&name)? {
        Win32Path::File(path) => Ok(path),
        _ => Err(Win32Error::FILE_NOT_FOUND),
    }
}

fn open(path: &PathBuf, flags: OFlags) -> Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY;
    openat(CWD, path, flags, Mode::from_raw_mode(0o666))
        .map_err(|error| why_not(path, false, error))
}

/// Waits for the lock of a file, which those who change it have alone.
fn lock(file: &OwnedFd, operation: FlockOperation) {
    // A file system without locks does without.
    while flock(file, operation) == Err(Errno::INTR) {}
}

fn contents(file: &OwnedFd) -> Result<(Form, Document)> {
    let mut bytes = Vec::new();
    std::fs::File::from(file.try_clone()?).read_to_end(&mut bytes)?;
    let (form, text) = decode(&bytes);
    Ok((form, Document::parse(&text)))
}

fn document(name: &[u16]) -> Result<Document> {
    let file = open(&path_of(name)?, OFlags::RDONLY)?;
    lock(&file, FlockOperation::LockShared);
    Ok(contents(&file)?.1)
}

/// The names of a file's sections.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`, `ERROR_ACCESS_DENIED`.
pub fn sections(file: &[u16]) -> Result<Vec<Vec<u16>>> {
    Ok(document(file)?.sections())
}

/// The keys of a section; `None` if there is no such section.
///
/// # Errors
/// As for [`sections`].
pub fn keys(file: &[u16], section: &[u16]) -> Result<Option<Vec<Vec<u16>>>> {
    Ok(document(file)?.keys(section))
}

/// A value, without the blanks and quotation marks around it; `None` if there is no such key.
///
/// # Errors
/// As for [`sections`].
pub fn value(file: &[u16], section: &[u16], key: &[u16]) -> Result<Option<Vec<u16>>> {
    Ok(document(file)?.value(section, key))
}

/// Gives a key a value; without a value takes it away, without a key the whole section. The file is made if it is
/// missing.
///
/// # Errors
/// As for [`sections`].
pub fn set(
    file: &[u16],
    section: &[u16],
    key: Option<&[u16]>,
    value: Option<&[u16]>,
) -> Result<()> {
    let file = open(&path_of(file)?, OFlags::RDWR | OFlags::CREATE)?;
    lock(&file, FlockOperation::LockExclusive);
    let (form, mut document) = contents(&file)?;
    if !document.set(section, key, value) {
        return Ok(());
    }
    let bytes = encode(form, &document.text());
    let mut done = 0;
    while done < bytes.len() {
        done += pwrite(&file, &bytes[done..], done as u64)?;
    }
    Ok(ftruncate(&file, bytes.len() as u64)?)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn a_text_stays_in_its_form() {
        for bytes in [b"[a]\r\nk=\xED\x95\x9C".as_slice(), b"\xEF\xBB\xBF[a]", b"\xFF\xFE[\0a\0]\0"]
        {
            let (form, text) = decode(bytes);
            assert_eq!(encode(form, &text), bytes);
        }
    }
}
