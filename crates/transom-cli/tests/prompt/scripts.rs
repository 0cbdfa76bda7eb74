//! The scripts of `tests/prompt/scripts`, with the expected output beside each line.
//!
//! A line `:: > text`, a comment to the prompt, is what the lines before it write, to either
//! output. `[..]` in it stands for any text; `%SLEEPER%` is a program that sleeps, of a name that
//! no other process has. Each script is run as a script, from the standard
//! input, and as the argument of `-c`; a script that uses what only scripts have says so with
//! `:: script only`.

use crate::ground::Ground;
use std::fs::File;
use std::path::Path;

/// What a script is expected to write.
fn expected(script: &str, ground: &Ground) -> Vec<String> {
    script
        .lines()
        .filter_map(|line| line.strip_prefix(":: >"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).replace("%SLEEPER%", ground.sleeper()))
        .collect()
}

/// Whether a line is what a pattern says.
fn is_like(pattern: &str, line: &str) -> bool {
    let mut pieces = pattern.split("[..]");
    let Some(mut rest) = pieces.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
        last = Some(piece);
    }
    rest.is_empty() || last.is_some_and(|piece| piece.is_empty() || line.ends_with(piece))
}

fn check(name: &str, way: &str, script: &str, ground: &Ground, output: &str) {
    let expected = expected(script, ground);
    let lines: Vec<&str> = output.lines().collect();
    let same = expected.len() == lines.len()
        && expected.iter().zip(&lines).all(|(pattern, line)| is_like(pattern, line));
    assert!(
        same,
        "{name}, {way}:\n--- expected\n{}\n--- written\n{}",
        expected.join("\n"),
        lines.join("\n")
    );
}

fn run(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prompt/scripts").join(name);
    let script = std::fs::read_to_string(&path).expect("the script");
    let ground = Ground::new("script");
    assert!(!expected(&script, &ground).is_empty(), "{name} expects nothing");
    let path = path.to_str().expect("a path in UTF-8");
    let (_, output) = ground.run(&mut ground.transom(&[path, "one", "two words", "3"]));
    check(name, "as a script", &script, &ground, &output);
    if script.contains(":: script only") {
        return;
    }
    let ground = Ground::new("script");
    let input = File::open(path).expect("the script");
    let (_, output) = ground.run(ground.transom(&[]).stdin(input));
    check(name, "from the standard input", &script, &ground, &output);

    let ground = Ground::new("script");
    let (_, output) = ground.line(&script);
    check(name, "as an argument", &script, &ground, &output);
    assert_eq!(ground.left(), Vec::<std::path::PathBuf>::new(), "{name} leaves nothing");
}

macro_rules! scripts {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(concat!(stringify!($name), ".cmd"));
        })*

        #[test]
        fn every_script_is_run() {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prompt/scripts");
            for entry in std::fs::read_dir(directory).expect("the scripts") {
                let name = entry.expect("an entry").file_name();
                let known = [$(concat!(stringify!($name), ".cmd")),*];
                assert!(known.iter().any(|known| name == *known), "{name:?}");
            }
        }
    };
}

scripts! {
    background
    control
    directories
    echo
    errorlevel
    files
    help
    inspectors
    mailslots
    named_pipes
    operators
    pipelines
    processes
    programs
    quoting
    recursion
    redirection
    variables
}

#[test]
fn patterns_match_whole_lines() {
    assert!(is_like("a[..]b[..]", "a x b y"));
    assert!(is_like("[..]b", "b b"));
    assert!(is_like("[..]", ""));
    assert!(!is_like("a", "ab"));
    assert!(!is_like("a[..]b", "a x b y"));
}
