//! Which file `CreateProcess` runs.
//!
//! With an application name, that path and nothing else. Without one, the first word of the
//! command line: in quotes, or without, in which case every blank may be part of the path and
//! the shortest piece that is a program wins. A word without a separator is looked for in the
//! application's directory, the current directory, the system directory, the Windows directory
//! and along `PATH`, in this order.
//!
//! `.exe` is optional everywhere: `sort`, `sort.exe` and `SORT.EXE`'s last four letters may be
//! written or left out, the rest must match in case. A file that exists but is not executable does
//! not end the search; it is the error only if nothing better turns up.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw>

use crate::{
    error::{Result, Win32Error},
    file::path::{Win32Path, is_separator, to_linux},
    process::command_line::is_blank,
};
use rustix::{
    fs::{Access, AtFlags, CWD, FileType},
    io::Errno,
};
use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

/// The system directory, as `GetSystemDirectory` tells it: where the system's programs are.
pub const SYSTEM_DIRECTORY: &str = "/usr/bin";

/// The Windows directory, as `GetWindowsDirectory` tells it.
pub const WINDOWS_DIRECTORY: &str = "/usr";

/// The longest file name, and the longest path, of Linux: nothing longer need be looked for.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 4095;

const QUOTE: u16 = b'"' as u16;

/// Where to look for a word without a separator.
#[derive(Clone, Copy, Debug)]
pub struct SearchPlaces<'a> {
    /// The directory of the running program; `None` if it is not known.
    pub application_directory: Option<&'a Path>,
    /// `PATH` of the Win32 environment: directories in Linux or Win32 form, between `;` or `:`
    /// (the colon of `C:\` or `c:/` belongs to the directory).
    pub path: Option<&'a [u16]>,
}

/// Finds the program that `CreateProcess` runs, as an absolute Linux path: the child may start
/// in another directory than the one that a relative path is meant from.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: neither a name nor a command line that is not blank.
/// - `ERROR_FILE_NOT_FOUND`: no such file.
/// - `ERROR_PATH_NOT_FOUND`: the application name is empty, or names a file of a directory that
///   does not exist.
/// - `ERROR_ACCESS_DENIED`: a directory stands there, or a directory on the way is closed.
/// - `ERROR_BAD_EXE_FORMAT`: the file is not one that the caller may execute.
/// - `ERROR_INVALID_NAME`: the name contains a NUL.
pub fn find_program(
    application_name: Option<&[u16]>,
    command_line: Option<&[u16]>,
    places: SearchPlaces<'_>,
) -> Result<PathBuf> {
    let program = match application_name {
        Some(name) => at_path(name)?,
        // A search says only that it found nothing, also where one place it looked in is absent.
        None => of_command_line(command_line, places).map_err(|error| match error {
            Win32Error::PATH_NOT_FOUND => Win32Error::FILE_NOT_FOUND,
            other => other,
        })?,
    };
    // Where the current directory was removed, what is found without it still is.
    Ok(std::path::absolute(&program).unwrap_or(program))
}

fn of_command_line(command_line: Option<&[u16]>, places: SearchPlaces<'_>) -> Result<PathBuf> {
    let line = command_line.ok_or(Win32Error::INVALID_PARAMETER)?;
    let start =
        line.iter().position(|&unit| !is_blank(unit)).ok_or(Win32Error::INVALID_PARAMETER)?;
    let line = &line[start..];
    if let Some((&QUOTE, inner)) = line.split_first() {
        let end = inner.iter().position(|&unit| unit == QUOTE).unwrap_or(inner.len());
        return find_word(&inner[..end], places);
    }
    let mut failure = Failure::default();
    for end in piece_ends(line) {
        match find_word(&line[..end], places) {
            Ok(program) => return Ok(program),
            Err(error) => failure.note(error),
        }
    }
    Err(failure.into_error())
}

/// The directories to look in, in order.
fn directories(places: SearchPlaces<'_>) -> impl Iterator<Item = PathBuf> {
    let fixed = [
        places.application_directory.map(Path::to_path_buf),
        Some(PathBuf::new()),
        Some(PathBuf::from(SYSTEM_DIRECTORY)),
        Some(PathBuf::from(WINDOWS_DIRECTORY)),
    ];
    let path = places.path.unwrap_or_default();
    fixed.into_iter().flatten().chain(
        split_search_path(path)
            .filter_map(|directory| to_linux(directory).ok().and_then(Win32Path::into_file)),
    )
}

/// Splits a search path into its directories, without the empty ones.
///
/// Windows' lists have `;` between directories, Linux' have `:`; the one variable `PATH` is
/// read by both kinds of programs, so both are understood, and mixed.
pub fn split_search_path(path: &[u16]) -> impl Iterator<Item = &[u16]> {
    let mut rest = path;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let drive = usize::from(begins_with_drive(rest)) * 2;
            let end = rest[drive..]
                .iter()
                .position(|&unit| unit == u16::from(b';') || unit == u16::from(b':'))
                .map_or(rest.len(), |index| drive + index);
            let directory = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            if !directory.is_empty() {
                return Some(directory);
            }
        }
    })
}

fn begins_with_drive(path: &[u16]) -> bool {
    match path {
        &[letter, colon, separator, ..] => {
            (letter | 0x20) == u16::from(b'c')
                && colon == u16::from(b':')
                && is_separator(separator)
        }
        _ => false,
    }
}

/// Where the first word of an unquoted line may end: before each run of blanks, and at the end.
fn piece_ends(line: &[u16]) -> impl Iterator<Item = usize> {
    (1..=line.len().min(LONGEST_PATH + 1))
        .filter(move |&end| !is_blank(line[end - 1]) && line.get(end).copied().is_none_or(is_blank))
}

fn find_word(word: &[u16], places: SearchPlaces<'_>) -> Result<PathBuf> {
    let has_drive = word.get(1) == Some(&u16::from(b':'));
    if word.is_empty() || has_drive || word.iter().copied().any(is_separator) {
        return at_path(word);
    }
    let name = match to_linux(word)? {
        Win32Path::File(name) => name.into_os_string().into_vec(),
        // The devices' names are no programs'.
        _ => return Err(Win32Error::FILE_NOT_FOUND),
    };
    if name.len() > LONGEST_NAME + SUFFIX.len() {
        return Err(Win32Error::FILE_NOT_FOUND);
    }
    let mut failure = Failure::default();
    for directory in directories(places) {
        for name in spellings(&name) {
            match executable(directory.join(OsStr::from_bytes(&name))) {
                Ok(program) => return Ok(program),
                Err(Win32Error::BAD_EXE_FORMAT) => failure.note(Win32Error::BAD_EXE_FORMAT),
                // A directory of that name, or one that is closed, is passed over.
                Err(_) => failure.note(Win32Error::FILE_NOT_FOUND),
            }
        }
    }
    Err(failure.into_error())
}

/// The program at a path, without a search.
fn at_path(path: &[u16]) -> Result<PathBuf> {
    let Win32Path::File(path) = to_linux(path)? else {
        return Err(Win32Error::FILE_NOT_FOUND);
    };
    let mut failure = Failure::default();
    for spelling in spellings(path.as_os_str().as_bytes()) {
        match executable(OsString::from_vec(spelling).into()) {
            Ok(program) => return Ok(program),
            Err(error) => failure.note(error),
        }
    }
    Err(match failure.into_error() {
        Win32Error::FILE_NOT_FOUND => missing(&path),
        error => error,
    })
}

const SUFFIX: &[u8] = b".exe";

/// The name as it is, then with `.exe` or, where it has that already, in lower case or without.
fn spellings(name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let stem = name.len().checked_sub(SUFFIX.len()).and_then(|length| {
        let (stem, suffix) = name.split_at(length);
        let named = stem.last().is_some_and(|&byte| byte != b'/');
        (named && suffix.eq_ignore_ascii_case(SUFFIX)).then_some(stem)
    });
    // What ends in a separator or in dots names a directory.
    let is_name = !name.ends_with(b"/") && !name.ends_with(b".");
    let others = match stem {
        Some(stem) => [Some(stem), Some(stem)],
        None => [is_name.then_some(name), None],
    };
    let suffixes = match stem {
        Some(_) => [SUFFIX, b""],
        None => [SUFFIX, SUFFIX],
    };
    std::iter::once(name.to_vec()).chain(others.into_iter().zip(suffixes).filter_map(
        move |(stem, suffix)| {
            stem.map(|stem| [stem, suffix].concat()).filter(|spelling| spelling != name)
        },
    ))
}

/// Gives the path back if the caller may execute the file there.
fn executable(path: PathBuf) -> Result<PathBuf> {
    match rustix::fs::stat(&path) {
        Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => {}
            FileType::Directory => return Err(Win32Error::ACCESS_DENIED),
            _ => return Err(Win32Error::BAD_EXE_FORMAT),
        },
        Err(errno) => return Err(errno.into()),
    }
    match rustix::fs::accessat(CWD, &path, Access::EXEC_OK, AtFlags::EACCESS) {
        Ok(()) => Ok(path),
        Err(Errno::ACCESS | Errno::PERM) => Err(Win32Error::BAD_EXE_FORMAT),
        Err(errno) => Err(errno.into()),
    }
}

/// What is missing: the file, or a directory on the way to it.
fn missing(path: &Path) -> Win32Error {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() && rustix::fs::stat(parent).is_err() => {
            Win32Error::PATH_NOT_FOUND
        }
        _ => Win32Error::FILE_NOT_FOUND,
    }
}

/// Which of several failures to tell: the first of something that is there but cannot be run,
/// else the first of all.
#[derive(Default)]
struct Failure(Option<Win32Error>);

impl Failure {
    fn note(&mut self, error: Win32Error) {
        let absent = |error| {
            matches!(error, None | Some(Win32Error::FILE_NOT_FOUND | Win32Error::PATH_NOT_FOUND))
        };
        if self.0.is_none() || (absent(self.0) && !absent(Some(error))) {
            self.0 = Some(error);
        }
    }

    fn into_error(self) -> Win32Error {
        self.0.unwrap_or(Win32Error::FILE_NOT_FOUND)
    }
}

#[cfg(test)]
mod tests {
    use super::{SearchPlaces, find_program, piece_ends, spellings, split_search_path};
    use crate::{
        error::Win32Error,
        file::path::to_win32,
        text::{to_bytes, to_wide},
    };
    use proptest::prelude::*;
    use std::{
        fs,
        os::unix::{ffi::OsStrExt, fs::PermissionsExt},
        path::{Path, PathBuf},
        sync::atomic::{AtomicU32, Ordering},
    };

    /// A directory of this test's own, removed afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new() -> Self {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("transom-search-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir(&path).expect("the temporary directory is writable");
            Self(path)
        }

        fn file(&self, name: &str, mode: u32) -> PathBuf {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("writable");
            fs::write(&path, "#!/bin/sh\n").expect("writable");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
            path
        }

        fn win32(&self, name: &str) -> String {
            let path = self.0.join(name);
            String::from_utf8(to_bytes(&to_win32(path.as_os_str().as_bytes()))).expect("UTF-8")
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn wide(text: &str) -> Vec<u16> {
        to_wide(text.as_bytes())
    }

    const NOWHERE: SearchPlaces<'static> = SearchPlaces { application_directory: None, path: None };

    fn named(name: &str) -> Result<PathBuf, u32> {
        find_program(Some(&wide(name)), Some(&wide("ignored")), NOWHERE).map_err(Win32Error::code)
    }

    fn line(line: &str, places: SearchPlaces<'_>) -> Result<PathBuf, u32> {
        find_program(None, Some(&wide(line)), places).map_err(Win32Error::code)
    }

    #[test]
    fn the_systems_programs_are_found_with_and_without_exe() {
        for word in ["sort", "sort.exe", "sort.EXE", "\"sort\" x", "sort /r", " \tsort.exe\tx"] {
            assert_eq!(line(word, NOWHERE), Ok("/usr/bin/sort".into()), "{word}");
        }
        assert_eq!(line("SORT", NOWHERE), Err(2));
        assert_eq!(line(r"C:\usr\bin\sort.exe a", NOWHERE), Ok("/usr/bin/sort".into()));
        assert_eq!(named(r"C:\usr\bin\sort"), Ok("/usr/bin/sort".into()));
    }

    #[test]
    fn an_application_name_is_not_searched_for() {
        assert_eq!(named("sort"), Err(2));
        assert_eq!(named(""), Err(3));
        let scratch = Scratch::new();
        let program = scratch.file("a b.exe", 0o755);
        assert_eq!(named(&scratch.win32("a b")), Ok(program.clone()));
        assert_eq!(named(&scratch.win32("a b.EXE")), Ok(program.clone()));
        // A relative path is meant from the current directory, and comes out absolute.
        let here = std::env::current_dir().expect("it exists");
        let up = r"..\".repeat(here.components().count() - 1);
        let found =
            named(&format!("{up}{}", &scratch.win32("a b")[r"C:\".len()..])).expect("found");
        assert!(found.is_absolute());
        assert_eq!(fs::canonicalize(found).ok(), fs::canonicalize(program).ok());
        assert_eq!(named(&scratch.win32("a")), Err(2));
    }

    #[test]
    fn fact_15_what_does_not_exist_is_error_2_by_name_and_by_command_line() {
        assert_eq!(named(r"C:\usr\bin\there-is-no-such-program"), Err(2));
        assert_eq!(line("there-is-no-such-program with arguments", NOWHERE), Err(2));
        assert_eq!(line("\"there-is-no-such-program\"", NOWHERE), Err(2));
        assert_eq!(line("nul", NOWHERE), Err(2));
    }

    #[test]
    fn each_failure_has_its_error() {
        let scratch = Scratch::new();
        scratch.file("plain", 0o644);
        fs::create_dir(scratch.0.join("directory")).expect("writable");
        assert_eq!(named(&scratch.win32("plain")), Err(193));
        assert_eq!(named(&scratch.win32("directory")), Err(5));
        assert_eq!(named(&scratch.win32("no/such/directory")), Err(3));
        assert_eq!(named(&scratch.win32("plain/x")), Err(3));
        assert_eq!(named("/dev/null"), Err(193));
        assert_eq!(named("a\0b"), Err(123));
        for blank in ["", "  \t"] {
            assert_eq!(line(blank, NOWHERE), Err(87));
        }
        assert_eq!(find_program(None, None, NOWHERE), Err(Win32Error::INVALID_PARAMETER));
    }

    #[test]
    fn an_unquoted_path_may_contain_blanks_and_the_shortest_piece_wins() {
        let scratch = Scratch::new();
        let long = scratch.file("program files/a b", 0o755);
        let text = scratch.win32("program files\\a b");
        assert_eq!(line(&format!("{text} c"), NOWHERE), Ok(long.clone()));
        assert_eq!(line(&format!("\"{text}\" c"), NOWHERE), Ok(long));
        let middle = scratch.file("program files/a.exe", 0o755);
        assert_eq!(line(&format!("{text} c"), NOWHERE), Ok(middle));
        let short = scratch.file("program", 0o755);
        assert_eq!(line(&format!("{text} c"), NOWHERE), Ok(short));
        // What is there but is no program does not hide a longer one.
        scratch.file("program", 0o644);
        assert!(line(&format!("{text} c"), NOWHERE).is_ok());
        assert_eq!(line(&scratch.win32("program x"), NOWHERE), Err(193));
    }

    #[test]
    fn places_are_searched_in_windows_order() {
        let (application, path) = (Scratch::new(), Scratch::new());
        let directory = to_win32(path.0.as_os_str().as_bytes());
        let places =
            SearchPlaces { application_directory: Some(&application.0), path: Some(&directory) };
        let last = path.file("sort-of-a-program.exe", 0o755);
        assert_eq!(line("sort-of-a-program x", places), Ok(last.clone()));
        application.file("sort-of-a-program", 0o644);
        assert_eq!(line("sort-of-a-program x", places), Ok(last));
        let first = application.file("sort-of-a-program", 0o755);
        assert_eq!(line("sort-of-a-program x", places), Ok(first));
        // A name with a separator is no name to search for.
        assert_eq!(line(r".\sort-of-a-program", places), Err(2));
        // The system's sort comes before PATH's, the application's before both.
        path.file("sort", 0o755);
        assert_eq!(line("sort", places), Ok("/usr/bin/sort".into()));
        let own = application.file("sort", 0o755);
        assert_eq!(line("sort", places), Ok(own));
    }

    #[test]
    fn a_search_path_may_be_written_either_way() {
        let split = |path: &str| -> Vec<String> {
            split_search_path(&wide(path))
                .map(|part| String::from_utf8(to_bytes(part)).expect("UTF-8"))
                .collect()
        };
        assert_eq!(split("/usr/bin::/bin:"), ["/usr/bin", "/bin"]);
        assert_eq!(split(r"C:\a b;c:/d;;/e:f"), [r"C:\a b", "c:/d", "/e", "f"]);
        assert!(split("").is_empty());
    }

    #[test]
    fn spellings_add_or_remove_one_suffix() {
        let of = |name: &str| -> Vec<String> {
            spellings(name.as_bytes()).map(|s| String::from_utf8(s).expect("UTF-8")).collect()
        };
        assert_eq!(of("a"), ["a", "a.exe"]);
        assert_eq!(of("a.exe"), ["a.exe", "a"]);
        assert_eq!(of("A.EXE"), ["A.EXE", "A.exe", "A"]);
        assert_eq!(of(".exe"), [".exe", ".exe.exe"]);
        assert_eq!(of("d/"), ["d/"]);
        assert_eq!(of(".."), [".."]);
    }

    proptest! {
        #[test]
        fn any_line_is_a_program_or_an_error(
            units in proptest::collection::vec(prop_oneof![Just(34_u16), Just(32), Just(92),
                Just(58), Just(97), any::<u16>()], 0..40),
        ) {
            let absent = Path::new("/nonexistent-directory");
            let places = SearchPlaces { application_directory: Some(absent), path: Some(&units) };
            let _ = find_program(None, Some(&units), places);
            let _ = find_program(Some(&units), None, places);
            for end in piece_ends(&units) {
                prop_assert!(end > 0 && end <= units.len());
            }
        }
    }
}
