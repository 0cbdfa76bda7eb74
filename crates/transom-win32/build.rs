//! Makes the table of all exported functions, which `GetProcAddress` looks into, and names the
//! shared library as C programs ask for it.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

include!("build/exports.rs");

fn main() -> std::io::Result<()> {
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libtransom.so");
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
