//! `transom run`: starts a program with the library in reach.

use super::layout::Layout;
use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Becomes the program; the exit code if it cannot.
#[must_use]
pub fn main(arguments: &[OsString]) -> u32 {
    let [program, arguments @ ..] = arguments else {
        eprintln!("transom run: which program?");
        return 1;
    };
    let layout = match Layout::find() {
        Ok(layout) => layout,
        Err(missing) => {
            eprintln!("transom run: {missing}: not there");
            return 1;
        }
    };
    // A name in the current directory is enough, as on Windows.
    let path = Path::new(program);
    let path = if path.components().count() == 1 && path.is_file() {
        Path::new(".").join(path)
    } else {
        path.to_owned()
    };
    let mut libraries = vec![layout.library];
    libraries.extend(
        env::var_os("LD_LIBRARY_PATH").iter().flat_map(env::split_paths).collect::<Vec<PathBuf>>(),
    );
    let mut command = Command::new(&path);
    command.args(arguments);
    if let Ok(joined) = env::join_paths(libraries) {
        command.env("LD_LIBRARY_PATH", joined);
    }
    let error = command.exec();
    eprintln!("transom run: {}: {error}", path.display());
    126
}
