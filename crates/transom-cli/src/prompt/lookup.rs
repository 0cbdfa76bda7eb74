//! Which file a command's name means.
//!
//! A name without a separator is looked for in the current directory and then along `PATH`, as cmd
//! does; each place may have a program (`.exe` may be written or left out) or a script (`.cmd` or
//! `.bat`, which may be left out).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use transom::{Win32Error, file, process};

/// What a command's name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A program.
    Program(PathBuf),
    /// A file of lines for the prompt.
    Script(PathBuf),
    /// Nothing.
    Nothing,
    /// A file that cannot be run.
    Refused(Win32Error),
}

const SCRIPTS: [&str; 2] = ["cmd", "bat"];

/// Finds what a name means.
#[must_use]
pub fn find(name: &str) -> Found {
    let directories = if name.contains(['/', '\\']) || is_drive(name) {
        Vec::new()
    } else {
        process::search_path().collect()
    };
    let here = std::iter::once(OsString::from(name));
    // `./` keeps a name from being read as a drive or device.
    let places = here.chain(directories.iter().map(|directory| directory.join(name).into()));
    let mut refused = None;
    for place in places {
        match at(&place) {
            Ok(Some(found)) => return found,
            Ok(None) => {}
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or(Found::Nothing, Found::Refused)
}

/// What is at a place; an error for a file that cannot be run.
fn at(place: &OsString) -> Result<Option<Found>, Win32Error> {
    let script = |path: &Path| {
        let extension = path.extension()?.to_str()?;
        SCRIPTS.iter().any(|known| extension.eq_ignore_ascii_case(known)).then_some(())
    };
    match process::program_at(place) {
        Ok(path) if script(&path).is_some() => return Ok(Some(Found::Script(path))),
        Ok(path) => return Ok(Some(Found::Program(path))),
        Err(Win32Error::BAD_EXE_FORMAT) => {
            // A script need not be executable.
            let path = file::linux_path(place)?;
            if script(&path).is_some() {
                return Ok(Some(Found::Script(path)));
            }
            return Err(Win32Error::ACCESS_DENIED);
        }
        Err(Win32Error::ACCESS_DENIED) => {
            let is_directory = file::linux_path(place).is_ok_and(|path| path.is_dir());
            if !is_directory {
                return Err(Win32Error::ACCESS_DENIED);
            }
        }
        Err(_) => {}
    }
    for extension in SCRIPTS {
        let mut with_extension = place.clone();
        with_extension.push(".");
        with_extension.push(extension);
        if let Ok(path) = file::linux_path(&with_extension)
            && path.is_file()
        {
            return Ok(Some(Found::Script(path)));
        }
    }
    Ok(None)
}

fn is_drive(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && characters.next() == Some(':')
}
