//! Where headers and libraries are.

use std::env;
use std::path::{Path, PathBuf};

/// The variable that says where Transom is installed.
pub const HOME: &str = "TRANSOM_HOME";

/// The directories that programs are compiled and linked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The headers.
    pub include: PathBuf,
    /// `libtransom.so`, `libtransom.a` and `libtransom-crt.a`.
    pub library: PathBuf,
}

impl Layout {
    /// Finds them: where `TRANSOM_HOME` says; else beside this program, where cargo has built it, or
    /// in the tree it was installed into.
    ///
    /// # Errors
    /// What was missing where, as a sentence.
    pub fn find() -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| error.to_string())?;
        Self::of(
            env::var_os(HOME).filter(|home| !home.is_empty()).map(PathBuf::from).as_deref(),
            &program,
        )
    }

    /// As [`Self::find`], for a program elsewhere.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn of(home: Option<&Path>, program: &Path) -> Result<Self, String> {
        let beside = program.parent().unwrap_or(Path::new("/"));
        let mut missing = Vec::new();
        let candidates = match home {
            Some(home) => vec![Self::installed(home)],
            None => vec![
                // cargo's: the libraries beside the program, the headers in the source tree.
                Self { include: Self::source_tree(beside), library: beside.to_owned() },
                Self::installed(beside.parent().unwrap_or(Path::new("/"))),
            ],
        };
        for candidate in candidates {
            let needed = [
                candidate.include.join("windows.h"),
                candidate.library.join("libtransom.so"),
                candidate.library.join("libtransom-crt.a"),
            ];
            match needed.into_iter().find(|file| !file.is_file()) {
                None => return Ok(candidate),
                Some(file) => missing.push(file.display().to_string()),
            }
        }
        Err(missing.join(", "))
    }

    fn installed(prefix: &Path) -> Self {
        Self { include: prefix.join("include/transom"), library: prefix.join("lib") }
    }

    /// The headers above a directory of built programs, or of the tree this program was built from.
    fn source_tree(built: &Path) -> PathBuf {
        built
            .ancestors()
            .map(|directory| directory.join("include"))
            .find(|include| {
                include.join("winternl.h").is_file() && include.join("_transom.h").is_file()
            })
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include"))
    }
}
