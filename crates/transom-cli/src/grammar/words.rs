//! Words: what quotes hold together.

/// What separates words for cmd: blanks, and `,` `;` `=`.
pub(super) fn is_delimiter(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{B}' | '\u{C}' | ',' | ';' | '=')
}

/// A word as typed, quotes included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Word(String);

impl Word {
    /// Makes a word of its raw text, with whatever quotes it has.
    pub fn new(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// The text as typed, quotes included, carets removed.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The text without its quotes: a name to look up.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.replace('"', "")
    }

    /// Whether any part of it is in quotes.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.0.contains('"')
    }
}

/// Splits text at blanks (spaces, tabs, line feeds) outside quotes: how built-in commands and
/// programs see their arguments.
#[must_use]
pub fn split_words(text: &str) -> Vec<Word> {
    split(text, is_blank)
}

/// Splits text at blanks, `,`, `;` and `=` outside quotes: how cmd counts `%1` to `%9`.
#[must_use]
pub fn split_parameters(text: &str) -> Vec<Word> {
    split(text, |character| is_delimiter(character) || character == '\n')
}

/// Takes the first word, split at blanks, off a text: the word and the text from its end on. For
/// commands whose argument is a command itself, such as `start`.
#[must_use]
pub fn split_first_word(text: &str) -> Option<(Word, &str)> {
    let (word, rest) = first_word(text, is_blank)?;
    Some((Word::new(word), rest))
}

/// Finds a built-in command at the beginning of a command's raw first word.
///
/// A name counts if it is the whole word or if one of `. ( / \ , ; = [ ] : +` follows, as in
/// `echo.`, `echo(`, `cd..` or `cd/`; the case of ASCII letters is ignored. The answer is the
/// name as it stands in `names` and the rest of the word, that separator included, which belongs
/// before the arguments. A quoted name is a program's, never a built-in command's.
///
/// ```
/// use transom_cli::grammar::split_builtin;
/// assert_eq!(split_builtin("CD..", &["cd", "echo"]), Some(("cd", "..")));
/// assert_eq!(split_builtin("cdrom", &["cd", "echo"]), None);
/// ```
#[must_use]
pub fn split_builtin<'name, 'raw>(
    raw: &'raw str,
    names: &[&'name str],
) -> Option<(&'name str, &'raw str)> {
    names.iter().find_map(|name| {
        let (head, rest) = raw.split_at_checked(name.len())?;
        let ends = rest.is_empty()
            || rest.starts_with(['.', '(', '/', '\\', ',', ';', '=', '[', ']', ':', '+']);
        (!name.is_empty() && ends && head.eq_ignore_ascii_case(name)).then_some((*name, rest))
    })
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n')
}

fn split(mut text: &str, separates: impl Fn(char) -> bool + Copy) -> Vec<Word> {
    let mut words = Vec::new();
    while let Some((word, rest)) = first_word(text, separates) {
        words.push(Word::new(word));
        text = rest;
    }
    words
}

fn first_word(text: &str, separates: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(&separates);
    if text.is_empty() {
        return None;
    }
    let mut quoted = false;
    let end = text.find(|character| {
        quoted ^= character == '"';
        !quoted && separates(character)
    });
    Some(text.split_at(end.unwrap_or(text.len())))
}

#[cfg(test)]
mod tests {
    use super::{Word, split_builtin, split_first_word, split_parameters, split_words};
    use proptest::prelude::*;

    fn raw(words: &[Word]) -> Vec<&str> {
        words.iter().map(Word::raw).collect()
    }

    #[test]
    fn quotes_hold_a_word_together() {
        assert_eq!(raw(&split_words(r#" a "b c"d,e  "f g"#)), ["a", r#""b c"d,e"#, r#""f g"#]);
        assert_eq!(raw(&split_parameters(r#",a=b;"c=d" "#)), ["a", "b", r#""c=d""#]);
        assert!(split_words(" \t ").is_empty());
        assert_eq!(Word::new(r#"a"b c"d"#).text(), "ab cd");
    }

    #[test]
    fn the_first_word_leaves_the_rest_as_typed() {
        let (word, rest) = split_first_word(r#"  "a b"  c "d""#).unwrap();
        assert_eq!((word.raw(), rest), (r#""a b""#, r#"  c "d""#));
        assert_eq!(split_first_word("  "), None);
    }

    #[test]
    fn builtins_split_at_cmds_separators() {
        let names = ["cd", "echo", "type"];
        for separator in ['.', '(', '/', '\\', ',', ';', '=', '[', ']', ':', '+'] {
            let line = format!("ECHO{separator}x");
            assert_eq!(split_builtin(&line, &names), Some(("echo", &line[4..])), "{line}");
        }
        assert_eq!(split_builtin("echo", &names), Some(("echo", "")));
        assert_eq!(split_builtin("cd..", &names), Some(("cd", "..")));
        assert_eq!(split_builtin("type/etc/passwd", &names), Some(("type", "/etc/passwd")));
        for other in ["echox", "ech", "\"echo\"", "echo\"x\"", "echo-x", "", "에코"] {
            assert_eq!(split_builtin(other, &names), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_builtin_and_its_rest_make_up_the_word(raw in "(cd|에|EcHo)?[.a-z한/]{0,4}") {
            if let Some((name, rest)) = split_builtin(&raw, &["cd", "echo"]) {
                let joined = format!("{name}{rest}");
                prop_assert!(raw.eq_ignore_ascii_case(&joined));
            }
        }
    }
}
