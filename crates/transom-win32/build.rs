//! Makes the table of all exported functions, which `GetProcAddress` looks into, and names the
//! shared library as C programs ask for it.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

include!("build/exports.rs");

fn main() -> std::io::Result<()> {
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libtransom.so");
    // Its own functions are its own: looking 650 of them up at each start would be to find no other.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-Bsymbolic");
    // gcc's unwinder becomes part of it: loading `libgcc_s.so` takes a tenth of a small program's start.
    println!("cargo::rustc-link-lib=dylib:+verbatim=libgcc_eh.a");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=build/exports.rs");
    let mut table = BTreeSet::new();
    for file in fs::read_dir("src")? {
        let path = file?.path();
        let module = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for name in exports(&fs::read_to_string(&path)?) {
            table.insert((name, module.clone()));
        }
    }
    let rows: String = table
        .iter()
        .map(|(name, module)| {
            format!("(\"{name}\", Address(crate::{module}::{name} as *const ())),\n")
        })
        .collect();
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("exports.rs"), format!("[\n{rows}]"))
}
