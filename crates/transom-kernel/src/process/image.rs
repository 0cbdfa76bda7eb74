//! Whether a program file is a Transom program: one that will join the namespace when it runs.
//!
//! A program that contains the kernel carries a note in its ELF file; one that uses the shared
//! library names it. Only such a program collects what is left in its mailbox, so only to such a
//! one can a handle be given before it has run.

use object::read::ReadCache;
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, elf};
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// The name in the ELF note that `at_load` leaves in every program that contains the kernel.
pub const NOTE_NAME: &[u8] = b"Transom";
/// What the shared library is called.
const LIBRARY: &[u8] = b"libtransom";

/// A file that has not changed is not read again.
type Identity = (u64, u64, u64, Option<SystemTime>);
static KNOWN: Mutex<Option<HashMap<Identity, bool>>> = Mutex::new(None);
/// What is known of files, locked around a `fork`.
pub(crate) struct Frozen {
    _known: MutexGuard<'static, Option<HashMap<Identity, bool>>>,
}

/// Keeps what is known as it is, so that a new process finds its lock free.
pub(crate) fn freeze() -> Frozen {
    Frozen { _known: KNOWN.lock().unwrap_or_else(PoisonError::into_inner) }
}

/// Enough for any program; bounds what is kept of a parent that starts ever new files.
const MOST_KNOWN: usize = 1024;

/// Whether this program joins the namespace when it is started.
pub(crate) fn joins(program: &Path) -> bool {
    let Ok(file) = File::open(program) else { return false };
    let Ok(metadata) = file.metadata() else { return false };
    let identity = (metadata.dev(), metadata.ino(), metadata.size(), metadata.modified().ok());
    let known = |answer: Option<bool>| {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let map = known.get_or_insert_default();
        match answer {
            None => map.get(&identity).copied(),
            Some(answer) => {
                if map.len() >= MOST_KNOWN {
                    map.clear();
                }
                map.insert(identity, answer)
            }
        }
    };
    if let Some(answer) = known(None) {
        return answer;
    }
    let answer = names_transom(&ReadCache::new(file)).unwrap_or(false);
    known(Some(answer));
    answer
}

/// Looks into the notes and the needed libraries of a 64-bit ELF file.
fn names_transom(data: &ReadCache<File>) -> Option<bool> {
    let header = elf::FileHeader64::<Endianness>::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, data).ok()?;
    for segment in segments {
        let Ok(Some(mut notes)) = segment.notes(endian, data) else { continue };
        while let Ok(Some(note)) = notes.next() {
            if note.name() == NOTE_NAME {
                return Some(true);
            }
        }
    }
    for segment in segments {
        let Ok(Some(entries)) = segment.dynamic(endian, data) else { continue };
        let value = |tag: elf::DynamicTag| {
            entries
                .iter()
                .find(|entry| entry.d_tag.get(endian) == tag)
                .map(|entry| entry.d_val.get(endian))
        };
        let (address, size) = (value(elf::DT_STRTAB)?, value(elf::DT_STRSZ)?);
        let strings = segments
            .iter()
            .find_map(|segment| segment.data_range(endian, data, address, size).ok().flatten())?;
        return Some(entries.iter().any(|entry| {
            entry.d_tag.get(endian) == elf::DT_NEEDED
                && strings
                    .get(entry.d_val.get(endian) as usize..)
                    .is_some_and(|name| name.starts_with(LIBRARY))
        }));
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::joins;
    use std::path::Path;

    #[test]
    fn this_test_is_a_transom_program_and_a_shell_is_not() {
        assert!(joins(&std::env::current_exe().expect("tests have a program file")));
        assert!(!joins(Path::new("/bin/sh")));
        assert!(!joins(Path::new("/etc/passwd")));
        assert!(!joins(Path::new("/nonexistent")));
    }
}
