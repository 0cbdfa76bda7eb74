//! `%NAME%`: variables, and a script's arguments, replaced before the line is parsed.
//!
//! A value may bring operators and quotes, as with cmd; it cannot bring a new line: a line feed
//! in it becomes a space. Text that comes out of a replacement is not searched again.
//!
//! In both places `%NAME:~start,length%` takes a part of the value (negative numbers count from
//! its end) and `%NAME:old=new%` replaces text in it, whatever its case (`*old` also takes all
//! before it).

use super::words::{Word, split_parameters};
use std::fmt::Write;

/// The arguments of a script: `%0` to `%9` and `%*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptArguments {
    name: Word,
    text: String,
    words: Vec<Word>,
}

impl ScriptArguments {
    /// Takes the script's name as it was called (`%0`), and the text after it.
    #[must_use]
    pub fn new(name: Word, text: &str) -> Self {
        Self { name, text: text.trim_start().to_owned(), words: split_parameters(text) }
    }

    /// Argument 1 to 9, or the script's name for 0.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Word> {
        match number.checked_sub(1) {
            None => Some(&self.name),
            Some(index) => self.words.get(index),
        }
    }

    /// All arguments as they were typed: `%*`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Expands a line that was typed. What `lookup` does not know stays as it is, percent signs
/// included, and so does `%%`. Names reach `lookup` as typed: that case does not matter is its
/// affair, and so are the names without a variable, such as `ERRORLEVEL` or `CD`.
///
/// ```
/// use transom_cli::grammar::expand_interactive;
/// let expand = |line| expand_interactive(line, |name| (name == "A").then(|| "1".into()));
/// assert_eq!(expand("%A% %B% 100%"), "1 %B% 100%");
/// ```
pub fn expand_interactive(line: &str, mut lookup: impl FnMut(&str) -> Option<String>) -> String {
    let mut expanded = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('%') {
        expanded.push_str(before);
        if let Some((name, after)) = variable(after)
            && let Some(value) = value(name, &mut lookup)
        {
            push_value(&mut expanded, &value);
            rest = after;
        } else {
            expanded.push('%');
            rest = after;
        }
    }
    expanded.push_str(rest);
    expanded
}

/// Expands a line of a script. `%%` is a percent sign, `%0` to `%9` and `%*` are the script's
/// arguments (`%~1` without quotes), unknown names are empty, and a percent sign without a
/// partner is dropped.
///
/// ```
/// use transom_cli::grammar::{ScriptArguments, Word, expand_script};
/// let arguments = ScriptArguments::new(Word::new("x.cmd"), " \"a b\" c");
/// let expand = |line| expand_script(line, &arguments, |_| None);
/// assert_eq!(expand("%2 %1 %~1 %3. 100%% %B%"), "c \"a b\" a b . 100% ");
/// ```
pub fn expand_script(
    line: &str,
    arguments: &ScriptArguments,
    mut lookup: impl FnMut(&str) -> Option<String>,
) -> String {
    let mut expanded = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('%') {
        expanded.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('%') {
            expanded.push('%');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('*') {
            push_value(&mut expanded, arguments.text());
            rest = after;
        } else if let Some((number, unquoted, after)) = argument(rest) {
            if let Some(word) = arguments.get(number) {
                let text = if unquoted { &word.text() } else { word.raw() };
                push_value(&mut expanded, text);
            }
            rest = after;
        } else if let Some((name, after)) = variable(rest) {
            push_value(&mut expanded, &value(name, &mut lookup).unwrap_or_default());
            rest = after;
        }
    }
    expanded.push_str(rest);
    expanded
}

/// The name up to the closing percent sign on the same line, and what follows that.
fn variable(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.split_once('%')?;
    (!name.is_empty() && !name.contains('\n')).then_some((name, after))
}

/// The number of `%1` or `%~1`, whether it is the second form, and what follows.
fn argument(text: &str) -> Option<(usize, bool, &str)> {
    let plain = text.strip_prefix('~');
    let digits = plain.unwrap_or(text);
    let digit = digits.bytes().next().filter(u8::is_ascii_digit)?;
    Some((usize::from(digit - b'0'), plain.is_some(), &digits[1..]))
}

fn push_value(expanded: &mut String, value: &str) {
    expanded.extend(value.chars().map(|character| if character == '\n' { ' ' } else { character }));
}

fn value(name: &str, lookup: &mut impl FnMut(&str) -> Option<String>) -> Option<String> {
    if let Some(value) = lookup(name) {
        return Some(value);
    }
    let (name, modifier) = name.split_once(':')?;
    if name.is_empty() || modifier.is_empty() {
        return None;
    }
    let value = lookup(name)?;
    match modifier.strip_prefix('~') {
        Some(range) => part(&value, range),
        None => replaced(&value, modifier),
    }
}

/// `start` or `start,length`, in characters.
fn part(value: &str, range: &str) -> Option<String> {
    let (start, length) = match range.split_once(',') {
        Some((start, length)) => (start, Some(length.trim().parse::<isize>().ok()?)),
        None => (range, None),
    };
    let start = match start.trim() {
        "" => 0,
        number => number.parse::<isize>().ok()?,
    };
    let count = value.chars().count();
    // Counts from the end where negative, and stays inside the value.
    let place = |number: isize| match number.unsigned_abs() {
        back if number < 0 => count.saturating_sub(back),
        forward => forward.min(count),
    };
    let start = place(start);
    let end = match length {
        None => count,
        Some(length) if length < 0 => place(length),
        Some(length) => start.saturating_add(length.unsigned_abs()),
    };
    Some(value.chars().take(end).skip(start).collect())
}

/// `old=new` or `*old=new`.
fn replaced(value: &str, modifier: &str) -> Option<String> {
    let (old, new) = modifier.split_once('=')?;
    let through = old.strip_prefix('*');
    let old = through.unwrap_or(old);
    if old.is_empty() {
        return None;
    }
    let mut result = String::new();
    let mut rest = value;
    while let Some((before, after)) = split_folded(rest, old) {
        rest = after;
        if through.is_some() {
            result.push_str(new);
            break;
        }
        // Writing to a string cannot fail.
        let _ = write!(result, "{before}{new}");
    }
    result.push_str(rest);
    Some(result)
}

/// Splits at the first occurrence of `needle`, whatever its case.
fn split_folded<'text>(text: &'text str, needle: &str) -> Option<(&'text str, &'text str)> {
    text.char_indices().find_map(|(start, _)| {
        let mut rest = text[start..].chars();
        let same = needle.chars().all(|wanted| {
            rest.next().is_some_and(|found| found.to_lowercase().eq(wanted.to_lowercase()))
        });
        same.then(|| (&text[..start], rest.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::{ScriptArguments, expand_interactive, expand_script};
    use crate::grammar::Word;
    use proptest::prelude::*;

    fn lookup(name: &str) -> Option<String> {
        let value = match name.to_ascii_uppercase().as_str() {
            "A" => "one",
            "PATH" => "/bin:/usr/bin",
            "ERRORLEVEL" => "9009",
            "AMP" => "x & %A%",
            "LINES" => "a\nb",
            "EMPTY" => "",
            "한" => "가나다",
            "O:D" => "odd",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn script(line: &str) -> String {
        let arguments = ScriptArguments::new(Word::new("\"my s.cmd\""), "  \"a b\",c=d ");
        expand_script(line, &arguments, lookup)
    }

    #[test]
    fn a_typed_line_keeps_what_is_unknown() {
        for (line, expanded) in [
            ("echo %a% %ERRORLEVEL%", "echo one 9009"),
            ("%no% %a%", "%no% one"),
            ("%no%a%", "%noone"),
            ("%%a%%", "%one%"),
            ("100% of %%", "100% of %%"),
            ("%empty%.", "."),
            ("%amp%", "x & %A%"),
            ("%lines%", "a b"),
            ("%한%^%a%", "가나다^one"),
            ("\"%a%\"", "\"one\""),
            ("%1 %*", "%1 %*"),
            ("%\na%", "%\na%"),
            ("", ""),
        ] {
            assert_eq!(expand_interactive(line, lookup), expanded, "{line:?}");
        }
    }

    #[test]
    fn a_script_line_has_arguments_and_empty_unknowns() {
        for (line, expanded) in [
            ("%0|%~0", "\"my s.cmd\"|my s.cmd"),
            ("%1|%~1|%2|%3|%4|", "\"a b\"|a b|c|d||"),
            ("%10", "\"a b\"0"),
            ("%*|", "\"a b\",c=d |"),
            ("%%a%% %%1", "%a% %1"),
            ("%no%x %a%", "x one"),
            ("100% of", "100 of"),
            ("a%", "a"),
            ("%~x%", ""),
        ] {
            assert_eq!(script(line), expanded, "{line:?}");
        }
    }

    #[test]
    fn values_can_be_cut_and_changed() {
        for (line, expanded) in [
            ("%path:~1,3%", "bin"),
            ("%path:~-3%", "bin"),
            ("%path:~0,-4%", "/bin:/usr"),
            ("%path:~99%", ""),
            ("%path:~-99,2%", "/b"),
            ("%path:~5,-9%", ""),
            ("%path:~,4%", "/bin"),
            ("%한:~1,1%", "나"),
            ("%path:BIN=x%", "/x:/usr/x"),
            ("%path:*:=%", "/usr/bin"),
            ("%path:zz=x%", "/bin:/usr/bin"),
            ("%path:/=%", "bin:usrbin"),
            ("%o:d%", "odd"),
        ] {
            assert_eq!(expand_interactive(line, lookup), expanded, "{line}");
            assert_eq!(script(line), expanded, "{line}");
        }
        for line in ["%path:~x%", "%path:abc%", "%path:=x%", "%path:%", "%no:~1%", "%:~1%"] {
            assert_eq!(expand_interactive(line, lookup), line);
            assert_eq!(script(line), "", "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_expands(line in "([%:~,*=\\-0-9aA한 \n]|path|%a%){0,24}") {
            let typed = expand_interactive(&line, lookup);
            prop_assert_eq!(typed.matches('\n').count(), line.matches('\n').count());
            script(&line);
            // Without variables a typed line stays as it is.
            prop_assert_eq!(expand_interactive(&line, |_| None), line);
        }
    }
}
