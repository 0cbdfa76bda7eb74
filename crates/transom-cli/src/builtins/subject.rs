//! Which processes a name or a number at the prompt means.

use crate::language::{Language, say};
use crate::prompt::Failure;
use std::ffi::OsStr;
use transom::Win32Error;
use transom::snapshot::{self, ProcessEntry};

/// The exit code where no process is meant, as `taskkill` has it.
const NOBODY: u32 = 128;

/// Whether a process has this name, or this process id.
pub(super) fn is_meant(process: &ProcessEntry, name_or_id: &str) -> bool {
    match name_or_id.parse::<u32>() {
        Ok(id) => process.id == id,
        Err(_) => snapshot::same_name(&process.name, name_or_id),
    }
}

/// Nobody has this name, or this process id.
pub(super) fn nobody(language: Language, name_or_id: &str) -> Failure {
    if name_or_id.parse::<u32>().is_ok() {
        let error = language.error(Win32Error::INVALID_PARAMETER);
        let text = say!(
            language,
            "{name_or_id}: there is no process of this id: {error}",
            "{name_or_id}: 이 ID를 가진 프로세스가 없다: {error}"
        );
        return Failure::new(Win32Error::INVALID_PARAMETER.code(), text);
    }
    let text = say!(
        language,
        "{name_or_id}: no process has this name",
        "{name_or_id}: 이 이름을 가진 프로세스가 없다"
    );
    Failure::new(NOBODY, text)
}

/// The ids of the processes that are meant.
///
/// # Errors
/// That there are none, or that nobody can know.
pub(super) fn ids(language: Language, name_or_id: &str) -> Result<Vec<u32>, Failure> {
    if let Ok(id) = name_or_id.parse() {
        return Ok(vec![id]);
    }
    let found = snapshot::find_by_name(name_or_id)
        .map_err(|error| Failure::of(language, "CreateToolhelp32Snapshot", error))?;
    if found.is_empty() {
        return Err(nobody(language, name_or_id));
    }
    Ok(found.iter().map(|process| process.id).collect())
}

/// A name that cannot disturb the terminal it is printed on.
pub(super) fn printable(name: impl AsRef<OsStr>) -> String {
    let name = name.as_ref().to_string_lossy();
    name.chars()
        .map(|character| if character.is_control() { '\u{FFFD}' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn control_characters_are_not_printed() {
        assert_eq!(printable("a\u{1B}[2Jb\nc"), "a\u{FFFD}[2Jb\u{FFFD}c");
        assert_eq!(printable("한글 name"), "한글 name");
    }
}
