//! What a process was started with: its exact command line, and its start-up information.
//!
//! Linux hands a program its arguments one by one, so the string that `GetCommandLine` promises
//! travels in the process's record. It is believed if it splits into the arguments Linux gave;
//! otherwise (a shell stood in between, or nobody of Transom's started us) one is made from them.

use super::command_line::{self, Dialect};
use super::record::{PARAMETERS, PARAMETERS_BYTES, ProcessRecord};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::text;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

/// The fields of `STARTUPINFO` that mean something to the started program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartupInformation {
    /// `lpDesktop`.
    pub desktop: Vec<u16>,
    /// `lpTitle`, if one was given.
    pub title: Option<Vec<u16>>,
    /// `dwX`, `dwY`, `dwXSize`, `dwYSize`, `dwXCountChars`, `dwYCountChars`, `dwFillAttribute`.
    pub numbers: [u32; 7],
    /// `dwFlags`.
    pub flags: u32,
    /// `wShowWindow`.
    pub show_window: u16,
}

/// What the record of a process says it was started with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) command_line: Vec<u16>,
    pub(crate) startup: StartupInformation,
}

const NUMBERS: usize = 9;
/// In place of the length of a text that was not given.
const NONE: u32 = u32::MAX;

impl Parameters {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let title = self.startup.title.as_ref();
        let texts = [Some(&self.command_line), Some(&self.startup.desktop), title];
        let mut bytes = Vec::with_capacity(64 + self.command_line.len() * 2);
        for text in texts {
            let length = text.map_or(NONE, |text| u32::try_from(text.len()).unwrap_or(0));
            bytes.extend(length.to_ne_bytes());
        }
        let last = [self.startup.flags, self.startup.show_window.into()];
        for number in self.startup.numbers.iter().chain(&last) {
            bytes.extend(number.to_ne_bytes());
        }
        for text in texts.into_iter().flatten() {
            bytes.extend(text.iter().flat_map(|unit| unit.to_ne_bytes()));
        }
        bytes
    }

    /// Reads what anybody may have written.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let numbers = |at: usize| -> Option<u32> {
            Some(u32::from_ne_bytes(bytes.get(at * 4..at * 4 + 4)?.try_into().ok()?))
        };
        let mut rest = bytes.get((3 + NUMBERS) * 4..)?;
        let mut texts = [const { Vec::new() }; 3];
        for (index, text) in texts.iter_mut().enumerate() {
            let length = match numbers(index)? {
                NONE => continue,
                length => (length as usize).checked_mul(2)?,
            };
            let (mine, others) = rest.split_at_checked(length)?;
            text.extend(mine.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]])));
            rest = others;
        }
        let mut startup = StartupInformation::default();
        for (index, number) in startup.numbers.iter_mut().enumerate() {
            *number = numbers(3 + index)?;
        }
        startup.flags = numbers(10)?;
        startup.show_window = (numbers(11)? & 0xFFFF) as u16;
        let [command_line, desktop, title] = texts;
        let title = (numbers(2)? != NONE).then_some(title);
        Some(Self { command_line, startup: StartupInformation { desktop, title, ..startup } })
    }

    fn of_record(record: &ProcessRecord) -> Option<Self> {
        Self::from_bytes(&record.read(PARAMETERS, PARAMETERS_BYTES as usize).ok()?)
    }

    /// Writes them into the record of a process that is about to be.
    pub(crate) fn write(&self, record: &ProcessRecord) -> Result<()> {
        let bytes = self.to_bytes();
        if bytes.len() as u64 > PARAMETERS_BYTES {
            return Err(Win32Error::FILENAME_EXCED_RANGE);
        }
        record.write(PARAMETERS, &bytes)
    }
}

fn own() -> &'static Parameters {
    static OWN: OnceLock<Parameters> = OnceLock::new();
    OWN.get_or_init(|| {
        let arguments: Vec<Vec<u16>> =
            std::env::args_os().map(|argument| text::to_wide(argument.as_bytes())).collect();
        let recorded = current().record().ok().and_then(|record| Parameters::of_record(&record));
        recorded
            .filter(|parameters| {
                command_line::parse(&parameters.command_line, Dialect::CRuntime) == arguments
            })
            .unwrap_or_else(|| Parameters {
                command_line: command_line::join(&arguments).unwrap_or_default(),
                startup: StartupInformation::default(),
            })
    })
}

/// `GetCommandLine`: the string this process was started with.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getcommandlinew>
#[must_use]
pub fn command_line() -> &'static [u16] {
    &own().command_line
}

/// `GetStartupInfo`: how this process was to be started.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getstartupinfow>
#[must_use]
pub fn startup_information() -> &'static StartupInformation {
    &own().startup
}

#[cfg(test)]
mod tests {
    use super::{Parameters, StartupInformation};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parameters_survive_the_journey(
            command_line in proptest::collection::vec(any::<u16>(), 0..50),
            title in proptest::option::of(proptest::collection::vec(any::<u16>(), 0..50)),
            numbers in any::<[u32; 7]>(),
            flags in any::<u32>(),
            show_window in any::<u16>(),
        ) {
            let startup =
                StartupInformation { title, numbers, flags, show_window, ..Default::default() };
            let parameters = Parameters { command_line, startup };
            prop_assert_eq!(Parameters::from_bytes(&parameters.to_bytes()), Some(parameters));
        }

        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Parameters::from_bytes(&bytes);
        }
    }
}
