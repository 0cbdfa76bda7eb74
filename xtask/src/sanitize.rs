//! `cargo xtask sanitize`: the samples and the probes with the address sanitizer, which must find
//! nothing, and the same output as without.

use crate::probes::{self, Trouble, area, on_transom, place};
use std::fs;

/// The probe must end at what the sanitizers find.
const FLAGS: [&str; 4] =
    ["--mbcs", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// Programs that end a thread from outside, which leaves behind what it had.
const LEAVES_MEMORY: [&str; 1] = ["threads"];

/// Whether nothing was found.
pub(crate) fn run() -> Result<bool, Trouble> {
    let transom = probes::build()?;
    let mut clean = true;
    let samples = probes::root().join("samples/c");
    for (directory, expected) in [(samples, "out"), (probes::directory(), "expected")] {
        for source in probes::sources(&directory)? {
            let name = area(&source);
            let leaks = !LEAVES_MEMORY.contains(&&*name);
            let place = place(&format!("sanitize/{name}"))?;
            let printed = on_transom(&transom, &source, &FLAGS, &place, leaks)?;
            let expected = source.with_extension(expected);
            let expected = fs::read_to_string(&expected)
                .map_err(|error| format!("{}: {error}", expected.display()))?;
            if printed == expected {
                println!("{name}: clean");
                continue;
            }
            clean = false;
            println!("{name}: not as expected");
            let known: Vec<_> = expected.lines().collect();
            for line in printed.lines().filter(|line| !known.contains(line)) {
                println!("  {line}");
            }
        }
    }
    Ok(clean)
}
