// What functions a source file exports: for the table that `GetProcAddress` looks into, and for the
// test that compares sources and documentation.

const DECLARATION: &str = "pub unsafe extern \"system\" fn ";

/// The identifier a text begins with.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The functions that a source file exports: those it declares, and those that its macros do.
///
/// A macro that declares `fn $name` is called with one function, or its two forms, per row:
/// `Name(...) ...`, `NameW, NameA = ...`. Rows end with `;`.
fn exports(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in source.match_indices(DECLARATION) {
        let name = identifier(&source[at + DECLARATION.len()..]);
        if !name.is_empty() {
            names.insert(name.to_owned());
        }
    }
    for definition in source.split("\nmacro_rules! ").skip(1) {
        let body = definition.split("\n}").next().unwrap_or_default();
        if !body.contains(&format!("{DECLARATION}$")) {
            continue;
        }
        let call = format!("\n{}! {{", identifier(definition));
        let before = names.len();
        for rows in source.split(&call).skip(1) {
            let rows = rows.split("\n}").next().unwrap_or_default();
            for row in rows.split(';').map(str::trim).filter(|row| !row.is_empty()) {
                let heads = row.split('=').next().unwrap_or_default();
                let heads = heads.split('(').next().unwrap_or_default();
                names.extend(heads.split(',').map(|head| identifier(head.trim()).to_owned()));
            }
        }
        assert!(names.len() > before, "{call} exports nothing that this test understands");
    }
    names
}
