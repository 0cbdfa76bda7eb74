//! Whole programs.

use crate::{Place, here, run, sources, text};
use std::fs;
use std::path::Path;

/// Samples of what the library does not have yet; each must fail, or it belongs to the others.
const LATER: [&str; 0] = [];

fn sample(source: &Path, flags: &[&str]) {
    let place = Place::new();
    let mut arguments: Vec<_> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    arguments.push(source.display().to_string());
    let program = place.compiles(&arguments);
    let input = source.with_extension("in");
    let said = run(&program, &[], input.is_file().then_some(&*input), &place);
    let expected = fs::read(source.with_extension("out")).expect("what it prints");
    let name = source.file_stem().and_then(|name| name.to_str()).expect("a name");
    let as_expected = said.status.success() && said.stdout == expected;
    if LATER.contains(&name) {
        assert!(!as_expected, "{name} works: take it out of LATER");
        return;
    }
    assert!(
        as_expected,
        "{} {flags:?}: {}\n{}{}",
        source.display(),
        said.status,
        text(&said.stdout),
        text(&said.stderr)
    );
}

#[test]
fn samples_print_what_they_should_in_the_narrow_build() {
    for source in sources(&here("../../samples/c")) {
        sample(&source, &["--mbcs"]);
    }
}

#[test]
fn samples_print_what_they_should_in_the_wide_build() {
    for source in sources(&here("../../samples/c")) {
        sample(&source, &["--unicode"]);
    }
}

#[test]
fn the_address_sanitizer_finds_nothing_in_the_samples() {
    for source in sources(&here("../../samples/c")) {
        sample(&source, &["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
    }
}

fn checks_itself(build: &[&str]) {
    for source in sources(&here("tests/c/run")) {
        let place = Place::new();
        let mut arguments: Vec<_> = build.iter().map(|flag| (*flag).to_owned()).collect();
        arguments.push(source.display().to_string());
        let program = place.compiles(&arguments);
        let given = fs::read_to_string(source.with_extension("args")).unwrap_or_default();
        let given: Vec<String> = given.lines().map(str::to_owned).collect();
        let said = run(&program, &given, None, &place);
        assert!(
            said.status.success(),
            "{} {build:?}: {}\n{}{}",
            source.display(),
            said.status,
            text(&said.stdout),
            text(&said.stderr)
        );
    }
}

#[test]
fn the_runtime_is_right_in_the_narrow_build() {
    checks_itself(&["--mbcs", "-DNONAMELESSUNION"]);
}

#[test]
fn the_runtime_is_right_in_the_wide_build() {
    checks_itself(&["--unicode"]);
}

#[test]
fn the_address_sanitizer_finds_nothing_in_the_runtime() {
    checks_itself(&[
        "-g",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "--unicode",
    ]);
}

#[test]
fn programs_of_books_compile_and_link() {
    for source in sources(&here("tests/c/link")) {
        let place = Place::new();
        place.compiles([source]);
    }
}
