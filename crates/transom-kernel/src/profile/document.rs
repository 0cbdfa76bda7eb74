//! The text of an initialisation file.

use crate::text::equal_folded;

const fn unit(character: char) -> u16 {
    character as u16
}

const LINE_END: [u16; 2] = [unit('\r'), unit('\n')];

/// A file's lines, without their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    lines: Vec<Vec<u16>>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'a> {
    /// `[name]`
    Section(&'a [u16]),
    /// `key=value`
    Key(&'a [u16], &'a [u16]),
    Other,
}

fn is_blank(unit: u16) -> bool {
    unit <= b' '.into()
}

/// A text without the blanks around it.
fn trimmed(text: &[u16]) -> &[u16] {
    let start = text.iter().position(|&unit| !is_blank(unit)).unwrap_or(text.len());
    let end = text.iter().rposition(|&unit| !is_blank(unit)).map_or(start, |last| last + 1);
    &text[start..end]
}

fn read(line: &[u16]) -> Line<'_> {
    let text = trimmed(line);
    if text.first() == Some(&unit(';')) {
        return Line::Other;
    }
    if text.first() == Some(&unit('[')) {
        let end = text.iter().position(|&at| at == unit(']')).unwrap_or(text.len());
        return Line::Section(trimmed(&text[1..end]));
    }
    match text.iter().position(|&at| at == unit('=')) {
        Some(at) => Line::Key(trimmed(&text[..at]), trimmed(&text[at + 1..])),
        None => Line::Other,
    }
}

/// A value without the quotation marks around it.
fn unquoted(value: &[u16]) -> &[u16] {
    match value {
        [first, inner @ .., last]
            if first == last && (*first == unit('"') || *first == unit('\'')) =>
        {
            inner
        }
        other => other,
    }
}

impl Document {
    /// Reads a text.
    pub(super) fn parse(text: &[u16]) -> Self {
        let mut lines: Vec<Vec<u16>> = text
            .split(|&at| at == unit('\n'))
            .map(|line| line.strip_suffix(&[unit('\r')]).unwrap_or(line).to_vec())
            .collect();
        if lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        Self { lines }
    }

    /// The text.
    pub(super) fn text(&self) -> Vec<u16> {
        self.lines.iter().flat_map(|line| line.iter().chain(&LINE_END)).copied().collect()
    }

    /// The lines of the first section of a name, without its own.
    fn section(&self, name: &[u16]) -> Option<std::ops::Range<usize>> {
        let name = trimmed(name);
        let is_it = |line: &Vec<u16>| matches!(read(line), Line::Section(found) if equal_folded(found, name));
        let start = self.lines.iter().position(is_it)? + 1;
        let is_section = |line: &Vec<u16>| matches!(read(line), Line::Section(_));
        let length = self.lines[start..].iter().position(is_section);
        Some(start..length.map_or(self.lines.len(), |length| start + length))
    }

    /// Where a key is in a section.
    fn key(&self, section: std::ops::Range<usize>, key: &[u16]) -> Option<usize> {
        let key = trimmed(key);
        section.into_iter().find(|&line| {
            matches!(read(&self.lines[line]), Line::Key(found, _) if equal_folded(found, key))
        })
    }

    /// The names of all sections.
    pub(super) fn sections(&self) -> Vec<Vec<u16>> {
        let name = |line| match read(line) {
            Line::Section(name) => Some(name.to_vec()),
            _ => None,
        };
        self.lines.iter().filter_map(|line| name(line)).collect()
    }

    /// The keys of a section.
    pub(super) fn keys(&self, section: &[u16]) -> Option<Vec<Vec<u16>>> {
        let lines = &self.lines[self.section(section)?];
        let key = |line| match read(line) {
            Line::Key(key, _) => Some(key.to_vec()),
            _ => None,
        };
        Some(lines.iter().filter_map(|line| key(line)).collect())
    }

    /// A value.
    pub(super) fn value(&self, section: &[u16], key: &[u16]) -> Option<Vec<u16>> {
        let line = self.key(self.section(section)?, key)?;
        match read(&self.lines[line]) {
            Line::Key(_, value) => Some(unquoted(value).to_vec()),
            _ => None,
        }
    }

    /// Gives a key a value, or takes it away, or the whole section; whether the text is another then.
    pub(super) fn set(
        &mut self,
        section: &[u16],
        key: Option<&[u16]>,
        value: Option<&[u16]>,
    ) -> bool {
        let before = self.lines.len();
        let Some(key) = key else {
            if let Some(lines) = self.section(section) {
                self.lines.drain(lines.start - 1..lines.end);
            }
            return self.lines.len() != before;
        };
        let found = self.section(section);
        let line = found.clone().and_then(|lines| self.key(lines, key));
        let Some(value) = value else {
            if let Some(line) = line {
                self.lines.remove(line);
            }
            return self.lines.len() != before;
        };
        let new = [trimmed(key), &[unit('=')], value].concat();
        match (line, found) {
            (Some(line), _) => {
                let changes = self.lines[line] != new;
                self.lines[line] = new;
                return changes;
            }
            (None, Some(lines)) => {
                // Behind the section's last line that has something.
                let last =
                    self.lines[lines.clone()].iter().rposition(|line| !trimmed(line).is_empty());
                let at = last.map_or(lines.start, |last| lines.start + last + 1);
                self.lines.insert(at, new);
            }
            (None, None) => {
                self.lines.push([&[unit('[')], trimmed(section), &[unit(']')]].concat());
                self.lines.push(new);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Document;
    use proptest::prelude::*;

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    const TEXT: &str = "; comment\r\n[A]\r\nk = v ; c\r\nq=\"quoted\"\nempty=\r\nnoeq\r\n\r\n[b ]\r\nx=1\r\n[A]\r\nz=2";

    #[test]
    fn values_are_found_in_the_first_section_of_the_name() {
        let document = Document::parse(&wide(TEXT));
        let value = |section, key| {
            document
                .value(&wide(section), &wide(key))
                .map(|value| String::from_utf16(&value).unwrap())
        };
        assert_eq!(value("a", "K").as_deref(), Some("v ; c"));
        assert_eq!(value("A", "q").as_deref(), Some("quoted"));
        assert_eq!(value("A", "empty").as_deref(), Some(""));
        assert_eq!(value("A", "noeq"), None);
        assert_eq!(value("A", "z"), None);
        assert_eq!(value("B", "x").as_deref(), Some("1"));
        assert_eq!(document.sections(), ["A", "b", "A"].map(wide));
        assert_eq!(document.keys(&wide("a")), Some(["k", "q", "empty"].map(wide).to_vec()));
        assert_eq!(document.keys(&wide("c")), None);
    }

    #[test]
    fn changes_leave_the_rest_as_it_is() {
        let mut document = Document::parse(&wide("[A]\r\na=1\r\n\r\n[B]\r\n; c\r\n"));
        assert!(document.set(&wide("a"), Some(&wide("b")), Some(&wide(" 2 "))));
        assert!(document.set(&wide("C"), Some(&wide("c")), Some(&wide("3"))));
        let text = "[A]\r\na=1\r\nb= 2 \r\n\r\n[B]\r\n; c\r\n[C]\r\nc=3\r\n";
        assert_eq!(String::from_utf16(&document.text()).unwrap(), text);
        assert!(!document.set(&wide("a"), Some(&wide("x")), None));
        assert!(document.set(&wide("A"), Some(&wide("A")), None));
        assert!(document.set(&wide("c"), None, None));
        assert!(!document.set(&wide("c"), None, None));
        let text = "[A]\r\nb= 2 \r\n\r\n[B]\r\n; c\r\n";
        assert_eq!(String::from_utf16(&document.text()).unwrap(), text);
    }

    proptest! {
        #[test]
        fn what_is_set_is_found(
            text in prop::collection::vec(prop::sample::select("[]=;ab \r\n\"".encode_utf16().collect::<Vec<_>>()), 0..60),
            section in "[a-c]{1,2}",
            key in "[a-c]{1,2}",
            value in "[a-c]{0,3}",
        ) {
            let mut document = Document::parse(&text);
            let (section, key, value) = (wide(&section), wide(&key), wide(&value));
            document.set(&section, Some(&key), Some(&value));
            prop_assert_eq!(document.value(&section, &key), Some(value));
            let again = Document::parse(&document.text());
            prop_assert_eq!(&again, &document);
            document.set(&section, None, None);
            prop_assert_eq!(document.lines.len() + 2 <= again.lines.len(), true);
        }
    }
}
