//! The page `docs/compatibility.md` names every exported function, and claims no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

include!("../build/exports.rs");

/// Reads a file of the repository.
fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The functions of the page, and what it says of each.
fn claims(page: &str) -> BTreeMap<String, String> {
    let mut claims = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.split('|').skip(1).map(str::trim);
        let (functions, status) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        assert!(["full", "partial", "planned"].contains(&status), "no status: {line}");
        let notes = cells.next().unwrap_or("");
        assert!(status != "partial" || !notes.is_empty(), "nothing said to be missing: {line}");
        for name in functions.split(',').map(|name| name.trim().trim_matches('`')) {
            let earlier = claims.insert(name.to_owned(), status.to_owned());
            assert!(earlier.is_none(), "{name} is on the page twice");
        }
    }
    claims
}

#[test]
fn every_export_is_on_the_page_and_every_claim_is_exported() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut exported = BTreeSet::new();
    for file in fs::read_dir(here.join("src")).expect("the sources are there") {
        exported.extend(exports(&read(file.expect("a directory entry").path())));
    }
    assert!(exported.contains("CloseHandle"), "the sources were not understood");

    let claims = claims(&read(here.join("../../docs/compatibility.md")));
    let claimed: BTreeSet<String> = claims
        .iter()
        .filter(|(_, status)| *status != "planned")
        .map(|(name, _)| name.clone())
        .collect();
    let missing: Vec<_> = exported.difference(&claimed).collect();
    assert!(missing.is_empty(), "exported, and not on the page as full or partial: {missing:?}");
    let untrue: Vec<_> = claimed.difference(&exported).collect();
    assert!(untrue.is_empty(), "on the page, and not exported: {untrue:?}");
}

#[test]
fn exports_of_macros_are_found() {
    let source = "
pub unsafe extern \"system\" fn Plain(x: u32) {}
macro_rules! both {
    ($($w:ident, $a:ident = $d:ident;)*) => {
        $(pub unsafe extern \"system\" fn $w() {})*
    };
}

both! {
    OneW, OneA = ONE;
    TwoW, TwoA = TWO;
}
";
    let found = exports(source);
    let expected = ["OneA", "OneW", "Plain", "TwoA", "TwoW"];
    assert!(found.iter().map(String::as_str).eq(expected), "{found:?}");
}
