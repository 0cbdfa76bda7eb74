//! The headers: clean under every warning, and no function without a home.

use crate::{Place, here, text};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Includes every header there is.
fn everything() -> String {
    let mut all = String::new();
    for directory in ["../../include", "../../include/sys"] {
        let mut names: Vec<_> = fs::read_dir(here(directory))
            .expect("the headers are there")
            .map(|entry| {
                entry.expect("a directory entry").file_name().into_string().expect("a name")
            })
            .filter(|name| name.ends_with(".h"))
            .collect();
        names.sort();
        let prefix = if directory.ends_with("sys") { "sys/" } else { "" };
        for name in names {
            all.push_str(&format!("#include <{prefix}{name}>\n"));
        }
    }
    // What one changes, the other takes back.
    let packed = "#include <poppack.h>\n";
    let mut all = all.replace(packed, "");
    for bytes in [1, 2, 4, 8] {
        let push = format!("#include <pshpack{bytes}.h>\n");
        all = all.replace(&push, &format!("{push}{packed}"));
    }
    // ntstatus.h repeats what winnt.h has.
    all.replace("#include <ntstatus.h>\n", "")
}

#[test]
fn no_header_warns_in_any_standard_and_either_union_style() {
    let place = Place::new();
    let text_of_all = format!("{}int main(void) {{ return 0; }}\n", everything());
    place.file("all.c", &text_of_all);
    place.file("all.cpp", &text_of_all);
    let include = here("../../include");
    for unicode in [&[][..], &["-DUNICODE", "-D_UNICODE"]] {
        for unions in [&[][..], &["-DNONAMELESSUNION"]] {
            for (compiler, standard, source) in
                [("gcc", "c11", "all.c"), ("gcc", "gnu89", "all.c"), ("g++", "c++17", "all.cpp")]
            {
                let said = Command::new(compiler)
                    .args([
                        "-fsyntax-only",
                        "-fshort-wchar",
                        "-Wall",
                        "-Wextra",
                        "-pedantic",
                        "-Werror",
                    ])
                    .arg(format!("-std={standard}"))
                    .args(unicode)
                    .args(unions)
                    .arg("-I")
                    .arg(&include)
                    .arg(source)
                    .current_dir(&place.0)
                    .output()
                    .expect("the compiler starts");
                assert!(said.status.success(), "{compiler} {standard}: {}", text(&said.stderr));
            }
        }
    }
}

/// The global symbols that a library or archive defines.
fn defined(library: &Path, dynamic: bool) -> BTreeSet<String> {
    let mut command = Command::new("nm");
    if dynamic {
        command.arg("-D");
    }
    let said = command.arg("--defined-only").arg(library).output().expect("binutils are there");
    assert!(said.status.success(), "{}: {}", library.display(), text(&said.stderr));
    text(&said.stdout)
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2).map(str::to_owned))
        .collect()
}

#[test]
fn every_declared_function_is_in_a_library_and_every_exported_one_declared() {
    let place = Place::new();
    place.file("all.c", everything());
    let include = fs::canonicalize(here("../../include")).expect("it is there");
    let said = Command::new("gcc")
        .args(["-fsyntax-only", "-fshort-wchar", "-w", "-aux-info", "all.txt", "-I"])
        .arg(&include)
        .arg("all.c")
        .current_dir(&place.0)
        .output()
        .expect("gcc starts");
    assert!(said.status.success(), "{}", text(&said.stderr));
    // Lines as: /* file.h:1:NC */ extern int name (int);
    let prefix = format!("/* {}", include.display());
    let listed = fs::read_to_string(place.0.join("all.txt")).expect("gcc wrote it");
    let declared: BTreeSet<String> = listed
        .lines()
        .filter(|line| line.starts_with(&prefix) && !line.contains(" static "))
        .filter_map(|line| {
            let declaration = line.split("*/").nth(1)?;
            let name = declaration.split(" (").next()?.rsplit([' ', '*']).next()?;
            Some(name.to_owned())
        })
        .collect();
    assert!(declared.len() > 1000 && declared.contains("CloseHandle"), "{}", declared.len());

    let built = Path::new(env!("CARGO_BIN_EXE_transom")).parent().expect("a directory");
    let library = defined(&built.join("libtransom.so"), true);
    let runtime = defined(&built.join("libtransom-crt.a"), false);
    let absent = defined(&built.join("libtransom-absent.a"), false);
    let headers: String = fs::read_dir(&include)
        .expect("it is there")
        .map(|entry| fs::read_to_string(entry.expect("an entry").path()).unwrap_or_default())
        .collect();
    // What the program has itself, and what the headers give another name for the linker.
    let program = ["WinMain", "wWinMain", "transom_fstat64", "transom_wstat64"];
    let missing: Vec<_> = declared
        .iter()
        .filter(|name| {
            let ours = format!("transom_{name}");
            let label =
                headers.contains(&format!("{name}(")) && !name.starts_with(char::is_uppercase);
            !library.contains(*name)
                && !runtime.contains(*name)
                && !runtime.contains(&ours)
                && !absent.contains(*name)
                && !program.contains(&name.as_str())
                && !label
        })
        .collect();
    assert!(missing.is_empty(), "declared, and in no library (absent.txt?): {missing:?}");
    // What programs cannot call otherwise: Win32's names begin with a capital, but for some.
    let is_win32 =
        |name: &&String| name.starts_with(char::is_uppercase) || name.starts_with("lstr");
    let undeclared: Vec<_> = library.difference(&declared).filter(is_win32).collect();
    assert!(undeclared.is_empty(), "exported, and in no header: {undeclared:?}");
    let here_now: Vec<_> = absent.intersection(&library).collect();
    assert!(here_now.is_empty(), "take these out of crates/transom-crt/absent.txt: {here_now:?}");
}

#[test]
fn what_headers_call_by_another_name_links() {
    // Functions that are the C library's under MSVC's names.
    let place = Place::new();
    let names = [
        "_strdup",
        "_stricmp",
        "_strnicmp",
        "_fileno",
        "_fdopen",
        "_popen",
        "_pclose",
        "_unlink",
        "_dup",
        "_close",
        "_lseek",
        "_isatty",
        "_getpid",
        "_atoi64",
        "_strtoi64",
        "_aligned_free",
        "_msize",
        "_fseeki64",
        "_ftelli64",
        "getch",
        "kbhit",
        "itoa",
        "strlwr",
        "strupr",
        "stricmp",
        "_wcsicoll",
        "_umask",
        "_lseeki64",
        "_wunlink",
        "printf",
        "wprintf",
        "swprintf",
        "wcslen",
        "wcsdup",
        "fgetws",
        "_getwch",
        "_wspawnvp",
        "strtok_s",
        "_read",
    ];
    let mut source = everything();
    source.push_str("void *all[] = {");
    for name in names {
        source.push_str(&format!("(void *){name}, "));
    }
    source.push_str("0};\nint main(void) { return all[0] == 0; }\n");
    place.file("names.c", source);
    place.compiles(["names.c"]);
}
