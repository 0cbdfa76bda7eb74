//! `cargo xtask oracle`: what Wine says, beside what Transom says.
//!
//! Each program of `tests/oracle` is compiled once by MinGW for Wine and once by `transom cc`. Where
//! a line differs, one of the two is wrong: `departures.txt` lists the lines in which it is Wine,
//! with the fact or page that says so. What Transom prints is kept in the `.expected` file beside each
//! source, so that the tests compare with it where there is no Wine.

mod compare;
mod departures;
mod wine;

use crate::probes::{self, Trouble, area, lines, on_transom, place};
use compare::Verdict;
use departures::Departures;
use std::fs;
use wine::Wine;

/// What may be asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only these areas (names of sources without .c)
    areas: Vec<String>,
    /// Keep what Transom prints now as what is expected
    #[arg(long)]
    bless: bool,
}

/// Runs the probes on both; whether all is as it should be.
pub(crate) fn run(options: &Options) -> Result<bool, Trouble> {
    let directory = probes::directory();
    let departures = Departures::read(&directory.join("departures.txt"))?;
    let sources: Vec<_> = probes::sources(&directory)?
        .into_iter()
        .filter(|source| options.areas.is_empty() || options.areas.contains(&area(source)))
        .collect();
    if sources.is_empty() {
        return Err("there are no such probes".to_owned());
    }
    let transom = probes::build()?;
    let wine = Wine::prepare()?;
    let (mut right, mut all, mut apart, mut open) = (true, 0, 0, 0);
    for source in sources {
        let name = area(&source);
        let theirs = wine.run(&source, &place(&format!("{name}/wine"))?)?;
        let ours =
            on_transom(&transom, &source, &["--mbcs"], &place(&format!("{name}/transom"))?, true)?;
        let expected = source.with_extension("expected");
        if options.bless {
            fs::write(&expected, &ours)
                .map_err(|error| format!("{}: {error}", expected.display()))?;
        }
        let known = fs::read_to_string(&expected).unwrap_or_default();
        let compared =
            compare::compare(&name, &lines(&theirs), &lines(&ours), &lines(&known), &departures);
        all += compared.lines;
        for verdict in compared.verdicts {
            println!("{verdict}");
            match verdict {
                Verdict::Departure { open: true, .. } => open += 1,
                Verdict::Departure { .. } => apart += 1,
                _ => right = false,
            }
        }
    }
    let rest = if right { "the same" } else { "not as it should be" };
    println!("{all} lines; in {apart} Wine is wrong, {open} are open, and the rest is {rest}.");
    Ok(right)
}
