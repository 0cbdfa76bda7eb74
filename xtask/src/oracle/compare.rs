//! Line by line: Wine, Transom, and what is expected.

use super::departures::Departures;
use crate::probes::Line;
use std::fmt;

/// What is to be said of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They differ, and it is known why.
    Departure { probe: String, wine: String, ours: String, why: String, open: bool },
    /// They differ.
    Difference { probe: String, wine: String, ours: String },
    /// Wine is listed with something else than it says.
    OtherWine { probe: String, wine: String, listed: String },
    /// A departure that is none.
    Stale { probe: String },
    /// Not what is kept as expected.
    Unexpected { probe: String, expected: String, ours: String },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Departure { probe, wine, ours, why, .. } => {
                write!(f, "{probe}: Wine {wine}, Transom {ours}: {why}")
            }
            Self::Difference { probe, wine, ours } => {
                write!(f, "DIFFERENT {probe}: Wine {wine}, Transom {ours}")
            }
            Self::OtherWine { probe, wine, listed } => {
                write!(f, "DIFFERENT {probe}: Wine {wine}, but {listed} in the list of departures")
            }
            Self::Stale { probe } => write!(f, "STALE {probe}: listed as a departure, and is none"),
            Self::Unexpected { probe, expected, ours } => {
                write!(f, "UNEXPECTED {probe}: Transom {ours}, expected {expected}")
            }
        }
    }
}

/// What comparing an area has shown.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) lines: usize,
    pub(super) verdicts: Vec<Verdict>,
}

/// Compares what an area's program printed on both with each other and with what is expected.
pub(super) fn compare(
    area: &str,
    wine: &[Line],
    ours: &[Line],
    expected: &[Line],
    departures: &Departures,
) -> Compared {
    let mut verdicts = Vec::new();
    let probe = |name: &str| format!("{area} {name}");
    let find = |lines: &[Line], name: &str| {
        let line = lines.iter().find(|line| line.name == name);
        line.map_or_else(|| "nothing".to_owned(), |line| line.found.clone())
    };
    let mut names: Vec<&str> = ours.iter().map(|line| &*line.name).collect();
    for line in wine.iter().chain(expected) {
        if !names.contains(&&*line.name) {
            names.push(&line.name);
        }
    }
    for name in &names {
        let (wine, found, known) = (find(wine, name), find(ours, name), find(expected, name));
        match departures.of(area, name) {
            None if wine == found => {}
            None => {
                verdicts.push(Verdict::Difference { probe: probe(name), wine, ours: found.clone() })
            }
            Some(_) if wine == found => verdicts.push(Verdict::Stale { probe: probe(name) }),
            Some(departure) if departure.wine != wine => verdicts.push(Verdict::OtherWine {
                probe: probe(name),
                wine,
                listed: departure.wine.clone(),
            }),
            Some(departure) => verdicts.push(Verdict::Departure {
                probe: probe(name),
                wine,
                ours: found.clone(),
                why: departure.why.clone(),
                open: departure.is_open(),
            }),
        }
        if found != known {
            verdicts.push(Verdict::Unexpected { probe: probe(name), expected: known, ours: found });
        }
    }
    let gone = departures.names(area).filter(|name| !names.contains(name));
    verdicts.extend(gone.map(|name| Verdict::Stale { probe: probe(name) }));
    Compared { lines: ours.len(), verdicts }
}

#[cfg(test)]
mod tests {
    use super::{Departures, Verdict, compare};
    use crate::probes::lines;
    use std::io::Write;

    fn departures(text: &str) -> Departures {
        let path = std::env::temp_dir().join(format!("departures-{}", std::process::id()));
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        let read = Departures::read(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        read
    }

    #[test]
    fn every_difference_is_told_unless_it_is_listed() {
        let listed = departures(
            "x b | TRUE - | fact 3\nx c | FALSE 6 | fact 3\nx d | TRUE - | fact 3\nx gone | 1 - | fact 3\n",
        );
        let wine = lines("a: TRUE -\nb: TRUE -\nc: TRUE -\nd: TRUE -\ne: FALSE 5\n");
        let ours = lines("a: TRUE -\nb: FALSE 6\nc: FALSE 5\nd: TRUE -\nf: TRUE -\n");
        let compared = compare("x", &wine, &ours, &ours, &listed);
        let kinds: Vec<_> = compared
            .verdicts
            .iter()
            .map(|verdict| match verdict {
                Verdict::Departure { probe, .. } => ("departure", &**probe),
                Verdict::Difference { probe, .. } => ("difference", &**probe),
                Verdict::OtherWine { probe, .. } => ("other", &**probe),
                Verdict::Stale { probe } => ("stale", &**probe),
                Verdict::Unexpected { probe, .. } => ("unexpected", &**probe),
            })
            .collect();
        assert_eq!(
            kinds,
            [
                ("departure", "x b"),
                ("other", "x c"),
                ("stale", "x d"),
                ("difference", "x f"),
                ("difference", "x e"),
                ("stale", "x gone"),
            ]
        );
        let expected = lines("a: FALSE 1\n");
        let compared = compare("y", &ours[..1], &ours[..1], &expected, &listed);
        assert!(matches!(&compared.verdicts[..], [Verdict::Unexpected { .. }]));
    }
}
