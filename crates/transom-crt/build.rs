//! Compiles the C runtime, and leaves it in the directory of built programs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const FLAGS: [&str; 9] = [
    "-std=gnu11",
    "-O2",
    "-g",
    "-fPIC",
    "-fshort-wchar",
    "-ffunction-sections",
    "-Wall",
    "-Wextra",
    "-Werror=implicit-function-declaration",
];

fn main() {
    let sources = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says")).join("crt");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says"));
    // OUT_DIR is <profile>/build/<package>-<hash>/out.
    let profile = out.ancestors().nth(3).expect("cargo's layout").to_owned();
    let archive = profile.join("libtransom-crt.a");
    println!("cargo::rerun-if-changed=crt");
    println!("cargo::rerun-if-env-changed=CC");
    println!("cargo::rerun-if-changed={}", archive.display());

    let mut objects = Vec::new();
    for entry in fs::read_dir(&sources).expect("the sources are there") {
        let source = entry.expect("a directory entry").path();
        if source.extension().is_some_and(|extension| extension == "c") {
            let object = out.join(source.file_stem().expect("a name")).with_extension("o");
            compile(&source, &object);
            objects.push(object);
        }
    }
    objects.sort();
    let made = out.join("libtransom-crt.a");
    let _ = fs::remove_file(&made);
    run(Command::new("ar").arg("rcs").arg(&made).args(&objects));
    fs::copy(&made, &archive).expect("the directory of built programs can be written");

    // The libraries under the names that programs ask for.
    for (name, built) in
        [("libtransom.so", "libtransom_win32.so"), ("libtransom.a", "libtransom_win32.a")]
    {
        let link = profile.join(name);
        if fs::read_link(&link).is_ok_and(|target| target == Path::new(built)) {
            continue;
        }
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(built, &link).expect("the directory can be written");
    }
}

fn compile(source: &Path, object: &Path) {
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    run(Command::new(compiler).args(FLAGS).arg("-c").arg(source).arg("-o").arg(object));
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(
        status.as_ref().is_ok_and(std::process::ExitStatus::success),
        "{command:?}: {status:?}"
    );
}
