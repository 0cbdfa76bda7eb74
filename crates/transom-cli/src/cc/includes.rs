//! Which file an `#include` means: Windows does not mind the case of a name, nor which way its
//! slashes lean.

use super::encoding::decode;
use super::layout::Layout;
use super::source::{Edit, Include, Scan, edited, scan};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// How a text is changed beyond its includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// `long` becomes `int`.
    pub long_is_int: bool,
    /// `void main` becomes `int main`.
    pub void_main: bool,
}

/// Where sources find their includes, and what became of those that were looked at.
#[derive(Debug)]
pub struct Translator<'a> {
    layout: &'a Layout,
    directories: &'a [PathBuf],
    copies: &'a Path,
    changes: Changes,
    /// The file to read instead of each, and what was found in it.
    done: HashMap<PathBuf, PathBuf>,
    /// What all texts have together.
    pub seen: Seen,
}

/// What the texts of a program say about it.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// `UNICODE` or `_UNICODE` is defined or undefined.
    pub unicode: bool,
    /// There is a `wmain` or `wWinMain`.
    pub wide_entry: bool,
    /// Wide text is written out.
    pub wide_words: bool,
    /// Windows' headers are included.
    pub windows: bool,
}

impl<'a> Translator<'a> {
    /// Looks for includes in `directories`, and puts copies into `copies`.
    #[must_use]
    pub fn new(
        layout: &'a Layout,
        directories: &'a [PathBuf],
        copies: &'a Path,
        changes: Changes,
    ) -> Self {
        Self { layout, directories, copies, changes, done: HashMap::new(), seen: Seen::default() }
    }

    /// The file to compile instead of this one: itself, or a copy with what has to be different.
    ///
    /// # Errors
    /// What reading the file or writing the copy reports.
    pub fn translate(&mut self, path: &Path) -> io::Result<PathBuf> {
        self.translated(path, true)
    }

    fn translated(&mut self, path: &Path, own: bool) -> io::Result<PathBuf> {
        let real = fs::canonicalize(path)?;
        if let Some(known) = self.done.get(&real) {
            return Ok(known.clone());
        }
        // Headers that include each other: whoever comes again gets the file as it is.
        self.done.insert(real.clone(), real.clone());
        let (text, mut changed) = decode(&fs::read(path)?);
        let scan = scan(&text);
        self.note(&scan);
        let mut edits = Vec::new();
        if own && self.changes.long_is_int {
            edits.extend(scan.longs.iter().cloned());
        }
        if self.changes.void_main {
            edits.extend(scan.void_mains.iter().cloned());
        }
        changed |= !edits.is_empty();
        let home = real.parent().unwrap_or(Path::new("/"));
        let mut found = Vec::new();
        for include in &scan.includes {
            match self.find(include, home) {
                Meaning::File { file, ours } => {
                    let other = self.translated(&file, own && ours)?;
                    let as_written = home.join(&include.name);
                    let same = other == fs::canonicalize(&file)?
                        && (as_written.exists() || !include.quoted);
                    changed |= !same || include.name.contains('\\') || !names(&file, &include.name);
                    found.push((include.range.clone(), format!("\"{}\"", other.display())));
                }
                Meaning::Named(name) => {
                    changed |= name != include.name;
                    found.push((include.range.clone(), format!("<{name}>")));
                }
                Meaning::Compilers => {}
            }
        }
        if !changed {
            let path = if own { path.to_owned() } else { real.clone() };
            self.done.insert(real, path.clone());
            return Ok(path);
        }
        edits.extend(found.into_iter().map(|(range, text)| Edit { range, text }));
        let shown = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!("#line 1 \"{shown}\"\n{}", edited(&text, &mut edits));
        let name = path.file_name().map_or_else(|| OsString::from("source"), OsString::from);
        let directory = self.copies.join(self.done.len().to_string());
        fs::create_dir_all(&directory)?;
        let copy = directory.join(name);
        fs::write(&copy, text)?;
        self.done.insert(real, copy.clone());
        Ok(copy)
    }

    fn note(&mut self, scan: &Scan) {
        self.seen.unicode |=
            scan.defined.iter().any(|name| name == "UNICODE" || name == "_UNICODE");
        self.seen.wide_entry |= scan.wide_entry;
        self.seen.wide_words |= scan.wide_words;
        self.seen.windows |= scan.windows;
    }

    fn find(&self, include: &Include, home: &Path) -> Meaning {
        let name = include.name.replace('\\', "/");
        if include.quoted
            && let Some(file) = look_up(home, &name)
        {
            return Meaning::File { file, ours: true };
        }
        for directory in self.directories {
            if let Some(file) = look_up(directory, &name) {
                // Headers of other software keep their types.
                let ours = !directory.is_absolute()
                    || home.starts_with(directory)
                    || directory.starts_with(home);
                return Meaning::File { file, ours };
            }
        }
        let small = name.to_ascii_lowercase();
        if self.layout.include.join(&small).is_file() {
            return Meaning::Named(small);
        }
        if name != small && !system_has(&name) && (system_has(&small) || !small.contains('.')) {
            return Meaning::Named(small);
        }
        if name == include.name { Meaning::Compilers } else { Meaning::Named(name) }
    }
}

/// What an include is.
enum Meaning {
    /// A file of the program, or of other software (whose types are not ours to change).
    File { file: PathBuf, ours: bool },
    /// A header under this name.
    Named(String),
    /// Whatever the compiler finds.
    Compilers,
}

/// Whether a path ends with exactly this name.
fn names(path: &Path, name: &str) -> bool {
    path.ends_with(Path::new(name).components().as_path()) || name.contains("..")
}

fn system_has(name: &str) -> bool {
    ["/usr/include", "/usr/local/include", "/usr/include/x86_64-linux-gnu"]
        .iter()
        .any(|directory| Path::new(directory).join(name).is_file())
}

/// The file of a name below a directory; each part in whatever case it is there.
fn look_up(directory: &Path, name: &str) -> Option<PathBuf> {
    let exact = directory.join(name);
    if exact.is_file() {
        return Some(exact);
    }
    let mut at = directory.to_owned();
    for part in name.split('/').filter(|part| !part.is_empty()) {
        let next = at.join(part);
        if next.exists() {
            at = next;
            continue;
        }
        let entry = fs::read_dir(&at)
            .ok()?
            .filter_map(Result::ok)
            .find(|entry| entry.file_name().to_string_lossy().eq_ignore_ascii_case(part))?;
        at = entry.path();
    }
    at.is_file().then_some(at)
}
