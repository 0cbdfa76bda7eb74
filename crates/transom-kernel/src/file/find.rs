//! `FindFirstFile`: the files of a directory that match a name.
//!
//! A search is not an object of the handle table: only `FindClose` ends it. All its answers are
//! taken at once, sorted as Windows does it.

use super::attributes;
use super::open::{directory_of, is_directory, without_trailing_separators};
use super::path::{self, Win32Path};
use super::wildcard::{has_wildcards, matches};
use crate::error::{Result, Win32Error};
use crate::pipe::named;
use crate::text;
use rustix::fs::{AtFlags, CWD, FileType, Statx, StatxFlags, statx};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is told of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// `FILE_ATTRIBUTE_...`.
    pub attributes: u32,
    /// When it was made, as a file time.
    pub created: u64,
    /// When it was last read.
    pub accessed: u64,
    /// When it was last written.
    pub written: u64,
    /// When anything of it last changed.
    pub changed: u64,
    /// Its size in bytes.
    pub size: u64,
    /// How many bytes of a disk it takes.
    pub allocated: u64,
    /// How many names it has.
    pub links: u32,
    /// Which file system it is in.
    pub volume: u64,
    /// Its number there.
    pub number: u64,
    /// Its name, without the directories.
    pub name: Vec<u16>,
}

impl Description {
    /// What `statx` says.
    pub(super) fn of(stat: &Statx, is_link: bool) -> Self {
        let time = |time: rustix::fs::StatxTimestamp| {
            crate::time::from_unix(time.tv_sec, i64::from(time.tv_nsec))
        };
        let (written, changed) = (time(stat.stx_mtime), time(stat.stx_ctime));
        let mask = StatxFlags::from_bits_retain(stat.stx_mask);
        let has_birth = mask.contains(StatxFlags::BTIME);
        let mode = u32::from(stat.stx_mode);
        let is_directory = FileType::from_raw_mode(mode).is_dir();
        Self {
            attributes: attributes::of_mode(mode, is_link),
            created: if has_birth { time(stat.stx_btime) } else { written.min(changed) },
            accessed: time(stat.stx_atime),
            written,
            changed,
            size: if is_directory { 0 } else { stat.stx_size },
            allocated: if is_directory { 0 } else { stat.stx_blocks * 512 },
            links: stat.stx_nlink,
            volume: u64::from(stat.stx_dev_major) << 20 | u64::from(stat.stx_dev_minor),
            number: stat.stx_ino,
            name: Vec::new(),
        }
    }
}

/// What `statx` is asked for.
pub(super) const EVERYTHING: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::BTIME);

/// What there is to tell of a file by its Linux path.
fn describe(path: &Path) -> Option<Description> {
    let look = |flags| statx(CWD, path, flags, EVERYTHING).ok();
    let stat = look(AtFlags::SYMLINK_NOFOLLOW)?;
    let is_link = FileType::from_raw_mode(u32::from(stat.stx_mode)).is_symlink();
    let target = if is_link { look(AtFlags::empty()).unwrap_or(stat) } else { stat };
    Some(Description::of(&target, is_link))
}

/// `GetFileAttributesEx`: tells of a file by its name.
///
/// # Errors
/// Those of [`attributes::attributes`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileattributesexw>
pub fn description(name: &[u16]) -> Result<Description> {
    // It finds out what is wrong with the name.
    let attributes = attributes::attributes(name)?;
    let Win32Path::File(path) = path::to_linux(name)? else {
        return Ok(Description { attributes, ..Description::default() });
    };
    describe(&path).ok_or(Win32Error::FILE_NOT_FOUND)
}

/// Searches that have begun, and what they have not given yet, the last first.
static SEARCHES: Mutex<Searches> = Mutex::new(Searches { open: BTreeMap::new(), next: FIRST });

struct Searches {
    open: BTreeMap<u64, Vec<Description>>,
    next: u64,
}

/// Numbers of searches look like no handle of the table.
const FIRST: u64 = 0x7EA1_0000_0000;
const STEP: u64 = 16;

fn searches() -> MutexGuard<'static, Searches> {
    SEARCHES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins a search that gives these answers: its number, and the first.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` for no answers.
pub(crate) fn begin(mut answers: Vec<Description>) -> Result<(u64, Description)> {
    answers.reverse();
    let first = answers.pop().ok_or(Win32Error::FILE_NOT_FOUND)?;
    let mut searches = searches();
    let number = searches.next;
    searches.next += STEP;
    searches.open.insert(number, answers);
    Ok((number, first))
}

/// `FindFirstFile`: begins a search: its number, and the first file.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when no file matches, or the name ends with a separator;
/// `ERROR_PATH_NOT_FOUND` when the directory is not there; `ERROR_DIRECTORY` when it is none;
/// `ERROR_INVALID_NAME` for wildcards in the name of a directory; what Linux says about looking
/// there.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findfirstfilew>
pub fn first(name: &[u16], directories_only: bool) -> Result<(u64, Description)> {
    let path = match path::to_linux(name)? {
        Win32Path::File(path) => path,
        Win32Path::Nul | Win32Path::Con | Win32Path::ConIn | Win32Path::ConOut => {
            let attributes = attributes::attributes(name)?;
            return begin(vec![Description {
                attributes,
                name: name.to_vec(),
                ..Description::default()
            }]);
        }
        Win32Path::Pipe(pattern) if !directories_only => return begin(pipes(&pattern)?),
        // Mailslots have no directory, on Windows neither; pipes are none.
        Win32Path::Pipe(_) | Win32Path::Mailslot(_) => return Err(Win32Error::FILE_NOT_FOUND),
    };
    let (path, separator) = without_trailing_separators(&path);
    let Some(pattern) = path.file_name().filter(|_| !separator) else {
        return Err(Win32Error::FILE_NOT_FOUND);
    };
    let directory = directory_of(path);
    if has_wildcards(&text::to_wide(directory.as_os_str().as_bytes())) && !directory.exists() {
        return Err(Win32Error::INVALID_NAME);
    }
    let stat = rustix::fs::stat(&directory).map_err(|_| Win32Error::PATH_NOT_FOUND)?;
    if !is_directory(&stat) {
        return Err(Win32Error::DIRECTORY);
    }
    let pattern = text::to_wide(pattern.as_bytes());
    let mut answers = if has_wildcards(&pattern) {
        matching(&directory, &pattern)?
    } else {
        let name = pattern.clone();
        describe(path).map(|found| Description { name, ..found }).into_iter().collect()
    };
    if directories_only {
        let directory = windows_sys::Win32::Storage::FileSystem::FILE_ATTRIBUTE_DIRECTORY;
        answers.retain(|found| found.attributes & directory != 0);
    }
    begin(answers)
}

/// The pipes whose names match: `\\.\pipe\` is a directory without directories. A pipe's size is how
/// many instances it has, what it takes of a disk how many it may have, as on Windows.
fn pipes(pattern: &[u16]) -> Result<Vec<Description>> {
    // `\\.\pipe\\*` is as usual as `\\.\pipe\*`.
    let without = pattern.strip_prefix(&[u16::from(b'\\')]).unwrap_or(pattern);
    let pattern = if has_wildcards(without) { without } else { pattern };
    if pattern.is_empty() {
        return Err(Win32Error::FILE_NOT_FOUND);
    }
    let is_wanted = |name: &[u16]| {
        if has_wildcards(pattern) {
            matches(pattern, name)
        } else {
            text::equal_folded(pattern, name)
        }
    };
    let found = named::pipes()?.into_iter().filter(|pipe| is_wanted(&pipe.name));
    let described = found.map(|pipe| Description {
        attributes: windows_sys::Win32::Storage::FileSystem::FILE_ATTRIBUTE_NORMAL,
        size: pipe.instances.into(),
        allocated: pipe.most_instances.into(),
        links: 1,
        name: pipe.name,
        ..Description::default()
    });
    Ok(described.collect())
}

/// The files of a directory whose names match.
fn matching(directory: &Path, pattern: &[u16]) -> Result<Vec<Description>> {
    let mut names: Vec<Vec<u16>> = Vec::new();
    let is_root = std::fs::canonicalize(directory).is_ok_and(|path| path == Path::new("/"));
    if !is_root {
        names.extend([".", ".."].map(|name| name.encode_utf16().collect()));
    }
    for entry in std::fs::read_dir(directory)? {
        names.push(text::to_wide(entry?.file_name().as_bytes()));
    }
    names.retain(|name| matches(pattern, name));
    names.sort_by_cached_key(|name| {
        name.iter().map(|&unit| text::fold_unit(unit)).collect::<Vec<_>>()
    });
    let found = names.into_iter().filter_map(|name| {
        let bytes = text::to_bytes(&name);
        let path: PathBuf = directory.join(std::ffi::OsStr::from_bytes(&bytes));
        // What has gone meanwhile is not there.
        describe(&path).map(|found| Description { name, ..found })
    });
    Ok(found.collect())
}

/// `FindNextFile`: the next file of a search.
///
/// # Errors
/// `ERROR_NO_MORE_FILES` at the end, `ERROR_INVALID_HANDLE` for what is no search.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findnextfilew>
pub fn next(number: u64) -> Result<Description> {
    let mut searches = searches();
    let search = searches.open.get_mut(&number).ok_or(Win32Error::INVALID_HANDLE)?;
    search.pop().ok_or(Win32Error::NO_MORE_FILES)
}

/// `FindClose`: ends a search.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findclose>
pub fn close(number: u64) -> Result<()> {
    searches().open.remove(&number).map(drop).ok_or(Win32Error::INVALID_HANDLE)
}
