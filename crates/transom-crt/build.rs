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

    absent(&out, &profile.join("libtransom-absent.a"));

    // The libraries under the names that programs ask for: where cargo leaves them in any case.
    for (name, built) in
        [("libtransom.so", "deps/libtransom_win32.so"), ("libtransom.a", "deps/libtransom_win32.a")]
    {
        let link = profile.join(name);
        if fs::read_link(&link).is_ok_and(|target| target == Path::new(built)) {
            continue;
        }
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(built, &link).expect("the directory can be written");
    }
}

/// One object for each function of `absent.txt`, since a linker takes whole objects: what the library
/// has must not come from here.
fn absent(out: &Path, archive: &Path) {
    println!("cargo::rerun-if-changed=absent.txt");
    println!("cargo::rerun-if-changed={}", archive.display());
    let directory = out.join("absent");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("the directory can be written");
    let names = fs::read_to_string("absent.txt").expect("the list is there");
    let mut sources = Vec::new();
    let mut objects = Vec::new();
    for line in names.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, result) = line.split_once(' ').unwrap_or((line, "0"));
        let source = directory.join(name).with_extension("s");
        let code = format!(
            "\t.text\n\t.globl {name}\n\t.type {name}, @function\n{name}:\n\tsubq $8, %rsp\n\tmovl $120, %edi\n\
             \tcall SetLastError@PLT\n\tmovq ${result}, %rax\n\taddq $8, %rsp\n\tret\n\t.size {name}, . - {name}\n\
             \t.section .note.GNU-stack,\"\",@progbits\n"
        );
        fs::write(&source, code).expect("the directory can be written");
        objects.push(source.with_extension("o"));
        sources.push(source);
    }
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    run(Command::new(compiler).current_dir(&directory).arg("-c").args(&sources));
    let _ = fs::remove_file(archive);
    run(Command::new("ar").arg("rcs").arg(archive).args(&objects));
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
