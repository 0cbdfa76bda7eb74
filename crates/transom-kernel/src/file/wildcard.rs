//! Names with `*` and `?`, as `FindFirstFile` matches them.
//!
//! `*.*` is every name, also one without a dot; `*.` at the end is a name without one; `?` is one
//! character, and before a dot or at the end also none. Case does not count.

use crate::text::fold_unit;

const STAR: u16 = b'*' as u16;
const QUESTION: u16 = b'?' as u16;
const DOT: u16 = b'.' as u16;

/// Whether a name has wildcards.
pub(super) fn has_wildcards(name: &[u16]) -> bool {
    name.iter().any(|&unit| unit == STAR || unit == QUESTION)
}

/// Whether a name is of a pattern.
pub(super) fn matches(pattern: &[u16], name: &[u16]) -> bool {
    if pattern == [STAR, DOT, STAR] {
        return true;
    }
    if let Some(stem) = pattern.strip_suffix(&[DOT])
        && stem.last() == Some(&STAR)
        && !name.is_empty()
    {
        return !name.contains(&DOT) && matches_rest(stem, name);
    }
    matches_rest(pattern, name)
}

fn matches_rest(pattern: &[u16], name: &[u16]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to go on if what follows the last star does not match here.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match pattern.get(p) {
            Some(&STAR) => {
                retry = Some((p, n));
                p += 1;
                continue;
            }
            Some(&QUESTION) if name.get(n).is_none_or(|&unit| unit == DOT) => {
                p += 1;
                continue;
            }
            Some(&QUESTION) => {
                (p, n) = (p + 1, n + 1);
                continue;
            }
            Some(&unit) if name.get(n).is_some_and(|&own| fold_unit(own) == fold_unit(unit)) => {
                (p, n) = (p + 1, n + 1);
                continue;
            }
            // `.*` at the end needs no dot.
            Some(&DOT) if n == name.len() && pattern[p + 1..].iter().all(|&u| u == STAR) => {
                let has_rest = p + 1 < pattern.len();
                return has_rest;
            }
            None if n == name.len() => return true,
            _ => {}
        }
        match retry {
            Some((star, start)) if start < name.len() => {
                retry = Some((star, start + 1));
                (p, n) = (star + 1, start + 1);
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;
    use crate::text::to_wide;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_as_on_windows() {
        let is = |pattern: &str, name: &str| {
            matches(&to_wide(pattern.as_bytes()), &to_wide(name.as_bytes()))
        };
        for (pattern, name) in [
            ("*", "a.b"),
            ("*.*", "a"),
            ("*.TXT", "a.txt"),
            ("a*c", "abbc"),
            ("a?c", "abc"),
            ("ab?", "ab"),
            ("ab???.t", "abc.t"),
            ("*.", "a"),
            ("a.*", "a"),
            ("a.*", "a.b.c"),
            ("*b*d", "abcbd"),
            ("가*", "가나"),
        ] {
            assert!(is(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.txt", "a.tx"),
            ("*.", "a.b"),
            ("a", "b"),
            ("a?c", "abbc"),
            ("a.", "a"),
            ("", "a"),
            ("?", "ab"),
        ] {
            assert!(!is(pattern, name), "{pattern} {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_matches_itself_and_every_match_ends(name in "[ab.*?]{0,20}", other in "[ab.]{1,20}") {
            let (name, other) = (to_wide(name.as_bytes()), to_wide(other.as_bytes()));
            let _ = matches(&name, &other);
            prop_assert!(matches(&other, &other) || other.last() == Some(&46));
        }
    }
}
