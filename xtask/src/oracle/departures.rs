//! The lines in which Wine is wrong, and how that is known.

use crate::probes::Trouble;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A line in which Transom does not follow Wine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Departure {
    /// What Wine says.
    pub(super) wine: String,
    /// The fact of the specification, or Microsoft's page, that says otherwise.
    pub(super) why: String,
}

impl Departure {
    /// Whether it is a question that is not settled.
    pub(super) fn is_open(&self) -> bool {
        self.why.starts_with(OPEN)
    }
}

/// Departures by their area and name.
#[derive(Debug, Default)]
pub(super) struct Departures(BTreeMap<(String, String), Departure>);

/// The highest number of a fact in the specification.
const LAST_FACT: u32 = 45;

/// What the reason of a question begins with that is not settled.
const OPEN: &str = "open:";

fn is_reason(why: &str) -> bool {
    if why.starts_with(OPEN) {
        return why.len() > OPEN.len();
    }
    let fact = why.split("fact ").nth(1).and_then(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<u32>().ok()
    });
    fact.is_some_and(|number| (1..=LAST_FACT).contains(&number))
        || why.contains("https://learn.microsoft.com/")
}

impl Departures {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self, Trouble> {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::parse(&text).map_err(|trouble| format!("{}: {trouble}", path.display()))
    }

    /// Each line is `area name | what Wine says | why`; `#` begins a remark.
    fn parse(text: &str) -> Result<Self, Trouble> {
        let mut departures = BTreeMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            // What Wine says may have bars in it.
            let fields = line
                .split_once(" | ")
                .and_then(|(probe, rest)| Some((probe, rest.rsplit_once(" | ")?)));
            let Some((probe, (wine, why))) = fields else {
                return Err(format!("not area name | Wine | why: {line}"));
            };
            let (area, name) = probe.split_once(' ').ok_or(format!("no area: {line}"))?;
            if !is_reason(why) {
                return Err(format!("neither a fact nor a page: {line}"));
            }
            let departure = Departure { wine: wine.to_owned(), why: why.to_owned() };
            if departures.insert((area.to_owned(), name.to_owned()), departure).is_some() {
                return Err(format!("twice: {line}"));
            }
        }
        Ok(Self(departures))
    }

    /// The departure of a probe.
    pub(super) fn of(&self, area: &str, name: &str) -> Option<&Departure> {
        self.0.get(&(area.to_owned(), name.to_owned()))
    }

    /// The names of an area's probes that have one.
    pub(super) fn names<'a>(&'a self, area: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().filter(move |(of, _)| of == area).map(|(_, name)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Departures, is_reason};
    use crate::probes::{area, directory, lines, sources};
    use std::collections::BTreeSet;
    use std::fs;

    #[test]
    fn every_departure_is_of_a_probe_and_says_why() {
        let departures = Departures::read(&directory().join("departures.txt")).unwrap();
        let mut probes = BTreeSet::new();
        for source in sources(&directory()).unwrap() {
            let area = area(&source);
            let expected = fs::read_to_string(source.with_extension("expected")).unwrap();
            for line in lines(&expected) {
                assert!(!line.name.is_empty(), "{area}: {}", line.found);
                assert!(probes.insert((area.clone(), line.name.clone())), "{area} {}", line.name);
                if let Some(departure) = departures.of(&area, &line.name) {
                    assert_ne!(departure.wine, line.found, "{area} {}: no departure", line.name);
                }
            }
        }
        for probe in departures.0.keys() {
            assert!(probes.contains(probe), "{probe:?} is no probe");
        }
        assert!(probes.len() > 1000, "{}", probes.len());
    }

    #[test]
    fn what_is_no_departure_is_refused() {
        for line in ["a", "a b | c", "a | b | fact 1", "a b | c | because", "a b | c | fact 99"] {
            assert!(Departures::parse(line).is_err(), "{line}");
        }
        let twice = "a b | c | fact 1\na b | c | fact 1";
        assert!(Departures::parse(twice).is_err());
        let departures = Departures::parse("# x\n\na b | 1|2 - | fact 24: the first\n").unwrap();
        assert_eq!(departures.of("a", "b").unwrap().wine, "1|2 -");
        assert_eq!(departures.names("a").collect::<Vec<_>>(), ["b"]);
        assert!(is_reason("https://learn.microsoft.com/x") && is_reason("open: who knows"));
        assert!(!is_reason("fact ") && !is_reason("open:"));
    }
}
