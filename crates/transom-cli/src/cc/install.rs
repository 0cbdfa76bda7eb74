//! `transom install`: the tree that others compile with.
//!
//! ```text
//! PREFIX/bin/transom
//! PREFIX/include/transom/    the headers
//! PREFIX/lib/                libtransom.so, libtransom.a, libtransom-crt.a, libtransom-absent.a
//! PREFIX/lib/pkgconfig/      transom.pc
//! PREFIX/share/transom/      transom.cmake, a toolchain file
//! ```

use super::layout::Layout;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const PKG_CONFIG: &str = include_str!("transom.pc.in");
const TOOLCHAIN: &str = include_str!("transom.cmake.in");

/// Runs `transom install [--prefix] DIR`; its exit code.
#[must_use]
pub fn main(arguments: &[OsString]) -> u32 {
    let prefix = match arguments {
        [prefix] if !prefix.to_string_lossy().starts_with('-') => PathBuf::from(prefix),
        [option, prefix] if option == "--prefix" => PathBuf::from(prefix),
        _ => {
            eprintln!("Usage: transom install --prefix DIRECTORY");
            return 1;
        }
    };
    let layout = match Layout::find() {
        Ok(layout) => layout,
        Err(missing) => {
            eprintln!("transom install: {missing}: not there");
            return 1;
        }
    };
    match install(&layout, &prefix) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("transom install: {}: {error}", prefix.display());
            1
        }
    }
}

fn install(layout: &Layout, prefix: &Path) -> io::Result<()> {
    let [bin, include, lib, pkgconfig, share] =
        ["bin", "include/transom", "lib", "lib/pkgconfig", "share/transom"]
            .map(|part| prefix.join(part));
    for directory in [&bin, &include, &lib, &pkgconfig, &share] {
        fs::create_dir_all(directory)?;
    }
    let prefix = fs::canonicalize(prefix)?;
    copy(&env::current_exe()?, &bin.join("transom"))?;
    copy_headers(&layout.include, &include)?;
    for library in ["libtransom.so", "libtransom.a", "libtransom-crt.a", "libtransom-absent.a"] {
        // A static library is there only if somebody has built one.
        let from = layout.library.join(library);
        if from.is_file() {
            copy(&from, &lib.join(library))?;
        }
    }
    let filled = |template: &str| {
        template
            .replace("@PREFIX@", &prefix.display().to_string())
            .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
    };
    fs::write(pkgconfig.join("transom.pc"), filled(PKG_CONFIG))?;
    fs::write(share.join("transom.cmake"), filled(TOOLCHAIN))
}

/// Copies a file over one that may be in use.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if fs::canonicalize(from).ok() == fs::canonicalize(to).ok() {
        return Ok(());
    }
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = to.with_file_name(name);
    fs::copy(from, &fresh)?;
    fs::rename(fresh, to)
}

fn copy_headers(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_headers(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}
