//! The driver: what it makes of a command line and of a source's text.

use crate::{Place, here, run, text};
use std::process::Command;

const HELLO: &str = "#include <stdio.h>\n#include <tchar.h>\nint _tmain(void)\n{\n    /* 주석 */\n    \
                     _tprintf(_T(\"%s 핸들\\n\"), _T(\"한글\"));\n    return 0;\n}\n";

fn output_of(place: &Place, program: &std::path::Path) -> String {
    let said = run(program, &[], None, place);
    assert!(said.status.success(), "{}: {}", said.status, text(&said.stderr));
    text(&said.stdout)
}

#[test]
fn sources_in_every_encoding_print_the_same() {
    let utf16 =
        |bytes: fn(u16) -> [u8; 2]| HELLO.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let korean = "\u{D55C}\u{AE00}";
    assert!(HELLO.contains(korean));
    let cp949 = cp949(HELLO);
    let encodings = [
        HELLO.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", HELLO.as_bytes()].concat(),
        [b"\xFF\xFE".as_slice(), &utf16(u16::to_le_bytes)].concat(),
        [b"\xFE\xFF".as_slice(), &utf16(u16::to_be_bytes)].concat(),
        cp949,
        HELLO.replace('\n', "\r\n").into_bytes(),
    ];
    for bytes in encodings {
        for build in ["--mbcs", "--unicode"] {
            let place = Place::new();
            place.file("hello.c", &bytes);
            let program = place.compiles([build, "hello.c"]);
            assert_eq!(output_of(&place, &program), "한글 핸들\n");
        }
    }
}

/// The few Korean characters of `HELLO`, as CP949 has them.
fn cp949(source: &str) -> Vec<u8> {
    let known: [(char, [u8; 2]); 6] = [
        ('한', [0xC7, 0xD1]),
        ('글', [0xB1, 0xDB]),
        ('핸', [0xC7, 0xDA]),
        ('들', [0xB5, 0xE9]),
        ('주', [0xC1, 0xD6]),
        ('석', [0xBC, 0xAE]),
    ];
    let mut bytes = Vec::new();
    for c in source.chars() {
        match known.iter().find(|(known, _)| *known == c) {
            Some((_, two)) => bytes.extend(two),
            None => bytes.push(u8::try_from(c).expect("ASCII")),
        }
    }
    bytes
}

#[test]
fn errors_name_the_users_file_and_line() {
    let place = Place::new();
    // A copy is compiled, since the names of its headers are not as the files are.
    place.file("sub/wrong.c", "#include <Windows.h>\n#include \"Parts\\My.H\"\nint main(void)\n{\n    long x = nowhere;\n}\n");
    place.file("sub/parts/my.h", "#define MY 1\n");
    let said = place.cc(["sub/wrong.c"]);
    let complaint = text(&said.stderr);
    assert!(!said.status.success());
    assert!(complaint.contains("sub/wrong.c:5:") && complaint.contains("nowhere"), "{complaint}");
    assert!(!complaint.contains("transom-cc-"), "{complaint}");
    let said = place.cc(["absent.c"]);
    assert!(!said.status.success() && text(&said.stderr).contains("absent.c"));
}

#[test]
fn an_error_in_a_header_names_the_header() {
    let place = Place::new();
    place.file("a.c", "#include \"Header.h\"\nint main(void) { return 0; }\n");
    place.file("header.h", "long good;\nint bad bad;\n");
    let complaint = text(&place.cc(["a.c"]).stderr);
    assert!(complaint.contains("header.h:2:"), "{complaint}");
}

#[test]
fn headers_are_found_whatever_their_case_and_slashes() {
    let place = Place::new();
    place.file("main.c", "#include <WINDOWS.H>\n#include <TlHelp32.h>\n#include <Psapi.h>\n#include <Math.h>\n\
                          #include \"INC\\Deep\\Value.H\"\n#include <other.H>\nint main(void) { return VALUE - OTHER; }\n");
    place.file("inc/deep/value.h", "#include \"..\\More.h\"\n#define VALUE MORE\n");
    place.file("inc/more.h", "#define MORE 4\n");
    place.file("elsewhere/Other.h", "#define OTHER 4\n");
    let program = place.compiles(["main.c", "-Ielsewhere", "-lm"]);
    output_of(&place, &program);
}

#[test]
fn the_build_is_what_the_source_needs() {
    let tell = "printf(\"%d\\n\", (int)sizeof(TCHAR)); return 0; }\n";
    let cases = [
        ("1", "int main(void) { CreateEvent(NULL, 1, 0, \"name\"); "),
        ("2", "int main(void) { CreateEvent(NULL, 1, 0, L\"name\"); "),
        ("1", "int main(void) { CreateEvent(NULL, 1, 0, TEXT(\"name\")); "),
        ("2", "int main(void) { wprintf(L\"\"); CreateEvent(NULL, 1, 0, TEXT(\"name\")); "),
        ("2", "int wmain(void) { "),
        ("1", "int main(void) { char name[9]; TCHAR wide[9]; wide[0] = 0; printf(\"%s\", wide); "),
        ("1", "/* #define UNICODE */ int main(void) { char b[99]; GetCurrentDirectory(99, b); "),
        ("2", "int main(void) { wchar_t b[99]; GetCurrentDirectory(99, b); "),
    ];
    for (expected, body) in cases {
        for name in ["a.c", "a.cpp"] {
            let place = Place::new();
            place.file(name, format!("#include <windows.h>\n#include <stdio.h>\n{body}{tell}"));
            let program = place.compiles([name]);
            assert_eq!(output_of(&place, &program).trim(), expected, "{name}: {body}");
        }
    }
    let place = Place::new();
    place.file(
        "a.c",
        format!(
            "#define UNICODE\n#include <windows.h>\n#include <stdio.h>\nint main(void) {{ {tell}"
        ),
    );
    let program = place.compiles(["a.c"]);
    assert_eq!(output_of(&place, &program), "2\n");
}

#[test]
fn options_are_gccs() {
    let place = Place::new();
    place.file("one.c", "#include <windows.h>\nLONG shared;\nint two(void);\nint main(void) { shared = VALUE; return two(); }\n");
    place.file(
        "two.c",
        "#include <windows.h>\nLONG shared;\nint two(void) { return shared - 7; }\n",
    );
    place.compiles(["-c", "-DVALUE=7", "one.c", "two.c"]);
    let said = place.cc(["-v", "one.o", "two.o", "-o", "both", "kernel32.lib", "-luser32"]);
    assert!(
        said.status.success() && text(&said.stderr).contains("-ltransom"),
        "{}",
        text(&said.stderr)
    );
    output_of(&place, &place.0.join("both"));
    place.compiles(["-DVALUE=7", "one.c", "two.c", "-o", "again", "-O2", "-g"]);
    output_of(&place, &place.0.join("again"));
    place.compiles(["-shared", "two.c", "-o", "libtwo.so"]);
    assert!(place.0.join("libtwo.so").is_file());
    place.compiles(["-c", "two.c", "-o", "x.o", "-MD", "-MF", "x.d"]);
    let dependencies = std::fs::read_to_string(place.0.join("x.d")).expect("it was written");
    assert!(
        dependencies.contains("two.c") && !dependencies.contains("transom-cc-"),
        "{dependencies}"
    );
    let said = place.cc(["-Wall", "one.c", "-c"]);
    assert!(!said.status.success() && text(&said.stderr).contains("VALUE"));
    place.file("w.c", "int main(void) { int unused; return 0; }\n");
    assert!(text(&place.cc(["-Wall", "-c", "w.c"]).stderr).contains("unused"));
    assert!(place.cc(["-c", "w.c"]).stderr.is_empty());
    for wrong in [["-o"].as_slice(), &["-x", "ada", "w.c"], &["-c", "w.c", "one.c", "-o", "y"]] {
        assert!(!place.cc(wrong).status.success());
    }
}

#[test]
fn a_static_program_needs_no_library_and_an_unaware_one_is_run() {
    let place = Place::new();
    place.file(
        "a.c",
        "#include <windows.h>\nint main(void) { return GetCurrentProcessId() == 0; }\n",
    );
    place.compiles(["--static", "a.c", "-o", "static"]);
    output_of(&place, &place.0.join("static"));
    place.compiles(["--no-rpath", "a.c", "-o", "unaware"]);
    assert!(!run(&place.0.join("unaware"), &[], None, &place).status.success());
    let said = Command::new(env!("CARGO_BIN_EXE_transom"))
        .args(["run", "unaware"])
        .env_remove("LD_LIBRARY_PATH")
        .current_dir(&place.0)
        .output()
        .expect("it starts");
    assert!(said.status.success(), "{}", text(&said.stderr));
}

#[test]
fn an_installed_tree_compiles_by_itself_and_with_pkg_config() {
    let place = Place::new();
    let installed = Command::new(env!("CARGO_BIN_EXE_transom"))
        .args(["install", "--prefix", "tree"])
        .current_dir(&place.0)
        .status()
        .expect("it starts");
    assert!(installed.success());
    let source = here("../../samples/c/handle_table.c");
    let compiled = Command::new(place.0.join("tree/bin/transom"))
        .arg("cc")
        .arg(&source)
        .current_dir(&place.0)
        .status()
        .expect("it starts");
    assert!(compiled.success());
    assert!(output_of(&place, &place.0.join("a.out")).contains("다르다: 1"));

    let flags = Command::new("pkg-config")
        .args(["--cflags", "--libs", "transom"])
        .env("PKG_CONFIG_PATH", place.0.join("tree/lib/pkgconfig"))
        .output()
        .expect("pkg-config is there");
    assert!(flags.status.success(), "{}", text(&flags.stderr));
    let flags = text(&flags.stdout);
    let compiled = Command::new("gcc")
        .args(["-w", "-DUNICODE", "-D_UNICODE", "-o", "b.out"])
        .arg(&source)
        .args(flags.split_whitespace())
        .current_dir(&place.0)
        .status()
        .expect("gcc is there");
    assert!(compiled.success());
    assert!(output_of(&place, &place.0.join("b.out")).contains("다르다: 1"));
    let toolchain = std::fs::read_to_string(place.0.join("tree/share/transom/transom.cmake"))
        .expect("it is there");
    assert!(!toolchain.contains('@'), "{toolchain}");
}

#[test]
fn structured_exceptions_are_an_error_that_says_so() {
    let place = Place::new();
    place.file("seh.c", "#include <windows.h>\nint main(void)\n{\n    __try {\n        Sleep(0);\n    } __except (1) {\n    }\n    return 0;\n}\n");
    let said = place.cc(["seh.c"]);
    let complaint = text(&said.stderr);
    assert!(!said.status.success() && complaint.contains("seh.c:4:"), "{complaint}");
    assert!(complaint.contains("structured exceptions need Microsoft's compiler"), "{complaint}");
}
