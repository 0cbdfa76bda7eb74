//! Command lines: one string in, arguments out, and back.
//!
//! A Win32 program gets one string. How it becomes arguments is an agreement, made by
//! Microsoft's C runtime:
//!
//! - The first argument is the program's name. Quotes around (parts of) it are removed, and
//!   backslashes mean nothing.
//! - Spaces and tabs separate the other arguments, unless quoted.
//! - Before a quote, 2n backslashes are n backslashes and the quote counts; 2n+1 are n backslashes
//!   and a quote of the text. Elsewhere a backslash is a backslash.
//! - Two quotes within quotes are a quote of the text. The C runtime stays within quotes after
//!   them, `CommandLineToArgvW` does not: see [`Dialect`].
//!
//! References: <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>,
//! <https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw>

use crate::error::{Result, Win32Error};

const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;

/// Whose rules to parse by. They differ only where quotes are doubled or stand within a word;
/// what [`join`] writes means the same to both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The C runtime's, by which a program gets its `argv`: `""` within quotes is a quote and
    /// what follows is still quoted. Quotes within the program's name are removed.
    CRuntime,
    /// `CommandLineToArgvW`'s: `""` within quotes is a quote and ends the quoting. The program's
    /// name ends at its closing quote, or at the first blank if it does not begin with one.
    Shell,
}

/// Splits a command line into arguments, of which the first is the program's name. An empty
/// line gives one empty argument, as the name is always there.
///
/// ```
/// use transom_kernel::process::command_line::{Dialect, parse};
/// use transom_kernel::text::to_wide;
/// let line = to_wide(br#""C:\a b\c.exe" "d e" f\"g"#);
/// let arguments = [r"C:\a b\c.exe", "d e", "f\"g"].map(|word| to_wide(word.as_bytes()));
/// assert_eq!(parse(&line, Dialect::CRuntime), arguments);
/// ```
#[must_use]
pub fn parse(line: &[u16], dialect: Dialect) -> Vec<Vec<u16>> {
    let (program, mut rest) = match dialect {
        Dialect::CRuntime => program_of_c_runtime(line),
        Dialect::Shell => program_of_shell(line),
    };
    let mut arguments = vec![program];
    loop {
        while let Some((&unit, after)) = rest.split_first()
            && is_blank(unit)
        {
            rest = after;
        }
        if rest.is_empty() {
            return arguments;
        }
        let (argument, after) = next_argument(rest, dialect);
        arguments.push(argument);
        rest = after;
    }
}

/// Writes arguments, of which the first is the program's name, as one command line that
/// [`parse`]s back to them by either dialect.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: no argument at all, one with a NUL, or a quote in the program's
/// name, which cannot be written.
pub fn join<A: AsRef<[u16]>>(arguments: &[A]) -> Result<Vec<u16>> {
    let (program, others) = arguments.split_first().ok_or(Win32Error::INVALID_PARAMETER)?;
    let program = program.as_ref();
    if program.contains(&QUOTE) || arguments.iter().any(|argument| argument.as_ref().contains(&0)) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut line = Vec::new();
    if program.is_empty() || program.iter().copied().any(is_blank) {
        line.push(QUOTE);
        line.extend_from_slice(program);
        line.push(QUOTE);
    } else {
        line.extend_from_slice(program);
    }
    for argument in others {
        line.push(b' '.into());
        quote(argument.as_ref(), &mut line);
    }
    Ok(line)
}

/// Appends one argument (not the program's name) in the form that parses back.
pub fn quote(argument: &[u16], line: &mut Vec<u16>) {
    let quoted = argument.is_empty() || argument.iter().copied().any(is_blank);
    if quoted {
        line.push(QUOTE);
    }
    let mut backslashes = 0;
    for &unit in argument {
        if unit == QUOTE {
            // Twice the backslashes before it, and one for the quote itself.
            line.extend(std::iter::repeat_n(BACKSLASH, backslashes + 1));
        }
        backslashes = if unit == BACKSLASH { backslashes + 1 } else { 0 };
        line.push(unit);
    }
    if quoted {
        line.extend(std::iter::repeat_n(BACKSLASH, backslashes));
        line.push(QUOTE);
    }
}

/// Whether this unit separates arguments.
pub(super) fn is_blank(unit: u16) -> bool {
    unit == u16::from(b' ') || unit == u16::from(b'\t')
}

fn program_of_c_runtime(line: &[u16]) -> (Vec<u16>, &[u16]) {
    let mut quoted = false;
    let end = line.iter().position(|&unit| {
        quoted ^= unit == QUOTE;
        !quoted && is_blank(unit)
    });
    let (program, rest) = line.split_at(end.unwrap_or(line.len()));
    (program.iter().copied().filter(|&unit| unit != QUOTE).collect(), rest)
}

fn program_of_shell(line: &[u16]) -> (Vec<u16>, &[u16]) {
    if let Some((&QUOTE, inner)) = line.split_first() {
        let end = inner.iter().position(|&unit| unit == QUOTE).unwrap_or(inner.len());
        return (inner[..end].to_vec(), inner.get(end + 1..).unwrap_or_default());
    }
    let end = line.iter().position(|&unit| is_blank(unit)).unwrap_or(line.len());
    (line[..end].to_vec(), &line[end..])
}

/// Takes one argument from the start of `line`, which is not blank there.
fn next_argument(line: &[u16], dialect: Dialect) -> (Vec<u16>, &[u16]) {
    let mut argument = Vec::new();
    let mut quoted = false;
    let mut rest = line;
    while let Some((&unit, after)) = rest.split_first() {
        if unit == BACKSLASH {
            let count = rest.iter().take_while(|&&unit| unit == BACKSLASH).count();
            rest = &rest[count..];
            let before_quote = rest.first() == Some(&QUOTE);
            let written = if before_quote { count / 2 } else { count };
            argument.extend(std::iter::repeat_n(BACKSLASH, written));
            if before_quote && count % 2 == 1 {
                argument.push(QUOTE);
                rest = &rest[1..];
            }
        } else if unit == QUOTE {
            if quoted && after.first() == Some(&QUOTE) {
                argument.push(QUOTE);
                quoted = dialect == Dialect::CRuntime;
                rest = &after[1..];
            } else {
                quoted = !quoted;
                rest = after;
            }
        } else if !quoted && is_blank(unit) {
            break;
        } else {
            argument.push(unit);
            rest = after;
        }
    }
    (argument, rest)
}

#[cfg(test)]
mod tests {
    use super::{Dialect, join, parse};
    use crate::text::{to_bytes, to_wide};
    use proptest::prelude::*;

    fn split(line: &str, dialect: Dialect) -> Vec<String> {
        parse(&to_wide(line.as_bytes()), dialect)
            .iter()
            .map(|argument| String::from_utf8(to_bytes(argument)).expect("the input was UTF-8"))
            .collect()
    }

    #[test]
    fn the_examples_of_the_c_runtimes_page() {
        for (line, expected) in [
            (r#"p "abc" d e"#, &["p", "abc", "d", "e"][..]),
            (r#"p a\\b d"e f"g h"#, &["p", r"a\\b", "de fg", "h"]),
            (r#"p a\\\"b c d"#, &["p", r#"a\"b"#, "c", "d"]),
            (r#"p a\\\\"b c" d e"#, &["p", r"a\\b c", "d", "e"]),
            (r#"p a"b"" c d"#, &["p", r#"ab" c d"#]),
        ] {
            assert_eq!(split(line, Dialect::CRuntime), expected, "{line}");
        }
    }

    #[test]
    fn doubled_quotes_tell_the_dialects_apart() {
        let line = r#"p "a""b c" d"#;
        assert_eq!(split(line, Dialect::CRuntime), ["p", r#"a"b c"#, "d"]);
        assert_eq!(split(line, Dialect::Shell), ["p", r#"a"b"#, "c d"]);
        assert_eq!(split(r#"p """ x"#, Dialect::CRuntime), ["p", "\" x"]);
        assert_eq!(split(r#"p """ x"#, Dialect::Shell), ["p", "\"", "x"]);
        assert_eq!(split(r#"p "" x"#, Dialect::CRuntime), ["p", "", "x"]);
    }

    #[test]
    fn the_programs_name_has_rules_of_its_own() {
        assert_eq!(split(r#""c:\a b\" x"#, Dialect::CRuntime), [r"c:\a b\", "x"]);
        assert_eq!(split(r#""c:\a b\" x"#, Dialect::Shell), [r"c:\a b\", "x"]);
        assert_eq!(split(r#""a b"c d"#, Dialect::CRuntime), ["a bc", "d"]);
        assert_eq!(split(r#""a b"c d"#, Dialect::Shell), ["a b", "c", "d"]);
        assert_eq!(split(r#"a"b c"d e"#, Dialect::CRuntime), ["ab cd", "e"]);
        assert_eq!(split(" a", Dialect::CRuntime), ["", "a"]);
        assert_eq!(split(" a", Dialect::Shell), ["", "a"]);
        assert_eq!(split("", Dialect::CRuntime), [""]);
        assert_eq!(split("\"open", Dialect::Shell), ["open"]);
        assert_eq!(split("a\t \tb \t", Dialect::CRuntime), ["a", "b"]);
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let none: [&[u16]; 0] = [];
        assert!(join(&none).is_err());
        assert!(join(&[to_wide(b"a\"b")]).is_err());
        assert!(join(&[to_wide(b"a"), vec![0]]).is_err());
        let line = join(&[to_wide(b"a"), to_wide(br"b\"), to_wide(br"c d\")]);
        assert_eq!(line, Ok(to_wide(br#"a b\ "c d\\""#)));
    }

    fn units() -> impl Strategy<Value = Vec<u16>> {
        let unit = prop_oneof![
            Just(u16::from(b'"')),
            Just(u16::from(b'\\')),
            Just(u16::from(b' ')),
            Just(u16::from(b'\t')),
            Just(u16::from(b'a')),
            1_u16..,
        ];
        proptest::collection::vec(unit, 0..12)
    }

    proptest! {
        #[test]
        fn arguments_survive_the_round_trip(
            program in units(),
            others in proptest::collection::vec(units(), 0..6),
        ) {
            let mut arguments = vec![program];
            arguments[0].retain(|&unit| unit != u16::from(b'"'));
            arguments.extend(others);
            let line = join(&arguments).expect("no NUL, no quote in the name");
            prop_assert_eq!(&parse(&line, Dialect::CRuntime), &arguments);
            prop_assert_eq!(&parse(&line, Dialect::Shell), &arguments);
        }

        #[test]
        fn any_line_has_a_name_and_loses_nothing_but_syntax(line in units()) {
            for dialect in [Dialect::CRuntime, Dialect::Shell] {
                let arguments = parse(&line, dialect);
                prop_assert!(!arguments.is_empty());
                let plain = |unit: &u16| ![32, 9, 34, 92].contains(unit);
                let kept: Vec<u16> = arguments.concat().into_iter().filter(plain).collect();
                let given: Vec<u16> = line.iter().copied().filter(plain).collect();
                prop_assert_eq!(kept, given);
            }
        }
    }
}
