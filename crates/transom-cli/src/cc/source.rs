//! What must change in a source's text before gcc reads it.
//!
//! - `#include` lines name files as Windows finds them.
//! - `long` has 32 bits: it becomes `int`, but for `long long` and `long double`.
//! - `void main` becomes `int main`, which MSVC takes for the same: C++ has no other, and C no exit code.
//!
//! Lines stay lines, and columns columns wherever a name is not longer.

use std::ops::Range;

/// A place in the text, and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that are replaced.
    pub range: Range<usize>,
    /// By what.
    pub text: String,
}

/// An `#include` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The name with its delimiters.
    pub range: Range<usize>,
    /// The name.
    pub name: String,
    /// `"name"`, and not `<name>`.
    pub quoted: bool,
}

/// What a look at the text finds.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The includes.
    pub includes: Vec<Include>,
    /// Names that `#define` and `#undef` have.
    pub defined: Vec<String>,
    /// Where `long` means 32 bits.
    pub longs: Vec<Edit>,
    /// Where `void` stands before a program's entry.
    pub void_mains: Vec<Edit>,
    /// Whether there is a word that only programs of wide text have.
    pub wide_entry: bool,
    /// Whether wide text is written out in the source.
    pub wide_words: bool,
    /// Whether the header that `transom cc` is for is included, or `tchar.h`.
    pub windows: bool,
}

#[derive(Clone, Debug)]
struct Word {
    range: Range<usize>,
    /// Nothing but white space before it, back to the previous word.
    adjoins: bool,
}

const TYPE_WORDS: [&str; 8] =
    ["long", "int", "unsigned", "signed", "double", "const", "volatile", "register"];

/// Reads a source's text.
#[must_use]
pub fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut words: Vec<Word> = Vec::new();
    let (mut at, mut line_start, mut adjoins) = (0, true, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => {
                line_start = true;
                at += 1;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = end_of_line(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text[at + 2..].find("*/").map_or(bytes.len(), |end| at + 2 + end + 2);
            }
            quote @ (b'"' | b'\'') => {
                at = end_of_literal(bytes, at, quote);
                (line_start, adjoins) = (false, false);
            }
            b'#' if line_start => {
                at = directive(text, at, &mut scan);
                (line_start, adjoins) = (false, false);
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let start = at;
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                    at += 1;
                }
                if bytes.get(at) == Some(&b'"') && &text[start..at] == "L" {
                    scan.wide_words = true;
                }
                words.push(Word { range: start..at, adjoins });
                (line_start, adjoins) = (false, true);
            }
            byte if byte.is_ascii_digit() => {
                // A number with its suffix is one thing: 10L is no word.
                while at < bytes.len()
                    && (bytes[at].is_ascii_alphanumeric()
                        || matches!(bytes[at], b'_' | b'.' | b'\''))
                {
                    at += 1;
                }
                (line_start, adjoins) = (false, false);
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    (line_start, adjoins) = (false, false);
                }
                at += 1;
            }
        }
    }
    judge(text, &words, &mut scan);
    scan
}

/// Decides about the words of a text.
fn judge(text: &str, words: &[Word], scan: &mut Scan) {
    let word = |index: usize| words.get(index).map(|word: &Word| &text[word.range.clone()]);
    let mut index = 0;
    while index < words.len() {
        match word(index) {
            Some("wmain" | "wWinMain") => scan.wide_entry = true,
            Some(
                "wprintf" | "fwprintf" | "swprintf" | "wcout" | "wcscpy" | "wcslen" | "wcscat"
                | "fgetws" | "fputws" | "_putws" | "wscanf",
            ) => scan.wide_words = true,
            Some("void" | "VOID")
                if words.get(index + 1).is_some_and(|next| next.adjoins)
                    && matches!(word(index + 1), Some("main" | "wmain" | "_tmain"))
                    && text[words[index + 1].range.end..].trim_start().starts_with('(') =>
            {
                let range = words[index].range.clone();
                scan.void_mains.push(Edit { range, text: "int ".to_owned() });
            }
            Some("long" | "unsigned" | "signed" | "int" | "const" | "volatile" | "register") => {
                // All type words that follow each other are one type.
                let end = (index + 1..words.len())
                    .find(|&next| {
                        !words[next].adjoins || !word(next).is_some_and(|w| TYPE_WORDS.contains(&w))
                    })
                    .unwrap_or(words.len());
                let run = &words[index..end];
                let count = |name: &str| {
                    run.iter().filter(|word| &text[word.range.clone()] == name).count()
                };
                if count("long") == 1 && count("double") == 0 {
                    let with_int = count("int") > 0;
                    for word in run.iter().filter(|word| &text[word.range.clone()] == "long") {
                        let text = if with_int { "    " } else { "int " };
                        scan.longs.push(Edit { range: word.range.clone(), text: text.to_owned() });
                    }
                }
                index = end - 1;
            }
            _ => {}
        }
        index += 1;
    }
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| from + end)
}

/// Behind a string or character; an unfinished one ends with its line.
fn end_of_literal(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Reads a directive's name and operand; where the scan goes on.
fn directive(text: &str, start: usize, scan: &mut Scan) -> usize {
    let line = &text[start..end_of_line(text.as_bytes(), start)];
    let rest = line[1..].trim_start();
    let name_end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (name, operand) = rest.split_at(name_end);
    let operand = operand.trim_start();
    let operand_at = start + line.len() - operand.len();
    match name {
        "include" => {
            let closing = match operand.as_bytes().first() {
                Some(b'"') => '"',
                Some(b'<') => '>',
                _ => return operand_at,
            };
            let Some(length) = operand[1..].find(closing) else { return operand_at };
            let included = &operand[1..=length];
            scan.includes.push(Include {
                range: operand_at..operand_at + length + 2,
                name: included.to_owned(),
                quoted: closing == '"',
            });
            let plain = included.to_ascii_lowercase();
            scan.windows |=
                matches!(plain.as_str(), "windows.h" | "tchar.h" | "stdafx.h" | "strsafe.h");
            operand_at + length + 2
        }
        "define" | "undef" => {
            let end = operand
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(operand.len());
            scan.defined.push(operand[..end].to_owned());
            operand_at + end
        }
        _ => operand_at,
    }
}

/// A text with edits made.
#[must_use]
pub fn edited(text: &str, edits: &mut [Edit]) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.range.start]);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{Edit, edited, scan};

    fn long_is_int(text: &str) -> String {
        edited(text, &mut scan(text).longs)
    }

    #[test]
    fn long_has_32_bits_and_long_long_64() {
        for (given, expected) in [
            ("long x;", "int  x;"),
            ("unsigned long x;", "unsigned int  x;"),
            ("long int x;", "     int x;"),
            ("long long x;", "long long x;"),
            ("unsigned long long int x;", "unsigned long long int x;"),
            ("long double x; long y;", "long double x; int  y;"),
            ("f(long, long)", "f(int , int )"),
            ("const long\n volatile x;", "const int \n volatile x;"),
            (
                "// long\n/* long */ \"long\" 'l' 10L longer",
                "// long\n/* long */ \"long\" 'l' 10L longer",
            ),
            ("(long)x; \"\\\"\" long", "(int )x; \"\\\"\" int "),
            ("#define T long\nT x;", "#define T int \nT x;"),
        ] {
            assert_eq!(long_is_int(given), expected, "{given}");
        }
    }

    #[test]
    fn includes_and_definitions_are_found_where_they_are_none_they_are_not() {
        let text = "#include <Windows.h>\n # include \"sub\\My.h\" // x\n// #include <no.h>\n/*\n#define NO\n*/\n\
                    #define UNICODE\n#undef X(y)\n";
        let found = scan(text);
        let names: Vec<_> = found.includes.iter().map(|i| (i.name.as_str(), i.quoted)).collect();
        assert_eq!(names, [("Windows.h", false), ("sub\\My.h", true)]);
        assert_eq!(&text[found.includes[1].range.clone()], "\"sub\\My.h\"");
        assert_eq!(found.defined, ["UNICODE", "X"]);
        assert!(found.windows);
    }

    #[test]
    fn entries_are_seen() {
        let text = "void main()\n{ wprintf(L\"x\"); }\nvoid mainly(void);";
        let found = scan(text);
        assert_eq!(found.void_mains, [Edit { range: 0..4, text: "int ".into() }]);
        assert!(found.wide_words && !found.wide_entry);
        assert!(scan("int wmain(void)").wide_entry);
        assert!(!scan("\"wmain\" 'L\"'").wide_entry);
    }

    #[test]
    fn broken_texts_end() {
        for text in ["\"", "'", "/*", "#include", "#include <x", "#", "\\", "\"\\", "#define"] {
            let _ = scan(text);
        }
    }
}
