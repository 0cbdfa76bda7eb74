//! From the tree back to a line that parses to the same tree.
//!
//! Blanks before an operator would belong to the arguments before it, so none are added there.
//! The line is for [`parse`](super::parse): expanding it once more would touch its percent signs.

use super::parser::RESERVED;
use super::tree::{Command, Group, Node, Redirection, Target};
use super::words::is_delimiter;
use std::fmt::{self, Display, Formatter, Write};

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence(parts) => self.write_list(parts, "& ", f),
            Self::Or(parts) => self.write_list(parts, "|| ", f),
            Self::And(parts) => self.write_list(parts, "&& ", f),
            Self::Pipeline(parts) => self.write_list(parts, "| ", f),
            Self::Group(group) => group.fmt(f),
            Self::Command(command) => command.fmt(f),
            Self::Comment { quiet } => f.write_str(if *quiet { "@rem" } else { "rem" }),
        }
    }
}

impl Node {
    fn write_list(&self, parts: &[Self], operator: &str, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(operator)?;
            }
            if part.tightness() > self.tightness() {
                part.fmt(f)?;
            } else {
                write!(f, "({part})")?;
            }
        }
        Ok(())
    }

    fn tightness(&self) -> u8 {
        match self {
            Self::Sequence(_) => 0,
            Self::Or(_) => 1,
            Self::And(_) => 2,
            Self::Pipeline(_) => 3,
            Self::Group(_) | Self::Command(_) | Self::Comment { .. } => 4,
        }
    }
}

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.quiet { "@(" } else { "(" })?;
        write!(f, "{})", self.body)?;
        self.redirections.iter().try_for_each(|redirection| write!(f, " {redirection}"))
    }
}

impl Display for Command {
    /// Redirections are printed behind the command where no blank is needed before them, since
    /// that would become an argument's; otherwise before it.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.quiet { "@" } else { "" })?;
        let end = self.arguments.chars().next_back();
        let end = end.or_else(|| self.program.raw().chars().next_back());
        let behind = self.redirections.iter().all(Redirection::is_usual)
            && !end.is_some_and(|end| end.is_ascii_digit());
        if !behind {
            self.redirections.iter().try_for_each(|redirection| write!(f, "{redirection} "))?;
        }
        write_program(self.program.raw(), f)?;
        write_text(&self.arguments, is_never, f)?;
        if behind {
            self.redirections.iter().try_for_each(|redirection| redirection.fmt(f))?;
        }
        Ok(())
    }
}

impl Redirection {
    /// Whether the handle is the sign's own, and needs no digit.
    fn is_usual(&self) -> bool {
        self.handle == u8::from(!self.target.is_input())
    }
}

impl Target {
    fn is_input(&self) -> bool {
        matches!(self, Self::Read(_) | Self::Duplicate { input: true, .. })
    }
}

impl Display for Redirection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.is_usual() {
            write!(f, "{}", self.handle)?;
        }
        let file = match &self.target {
            Target::Duplicate { handle, input } => {
                return write!(f, "{}&{handle}", if *input { '<' } else { '>' });
            }
            Target::Read(file) => {
                f.write_char('<')?;
                file
            }
            Target::Write(file) => {
                f.write_char('>')?;
                file
            }
            Target::Append(file) => {
                f.write_str(">>")?;
                file
            }
        };
        write_text(file.raw(), is_delimiter, f)
    }
}

fn write_program(raw: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let reserved = RESERVED.iter().any(|word| raw.eq_ignore_ascii_case(word));
    if reserved || raw.starts_with(['@', ':']) {
        f.write_char('^')?;
    }
    write_text(raw, is_delimiter, f)
}

/// Writes text so that it is read as one piece: quoted spans as they are, and a caret before
/// everything else that has a meaning, and before what `separates` where it must not.
fn write_text(text: &str, separates: fn(char) -> bool, f: &mut Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let (piece, after) = match quoted_span(rest) {
            Some(end) => rest.split_at(end),
            None => rest.split_at(character.len_utf8()),
        };
        if piece == "\n" {
            // The only way to a line feed: a caret joins an empty line.
            f.write_str("^\n")?;
        } else if piece.chars().count() == 1
            && ("&|<>()^\"".contains(character) || separates(character))
        {
            f.write_char('^')?;
        }
        f.write_str(piece)?;
        rest = after;
    }
    Ok(())
}

/// Where the quotes that begin the text close again, if they do so on their line.
fn quoted_span(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('"')?;
    let end = inside.find(['"', '\n'])?;
    inside[end..].starts_with('"').then_some(end + 2)
}

fn is_never(_: char) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Command, Group, Node, Redirection, Target};
    use super::super::words::Word;
    use super::super::{label, parse};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::ops::Range;

    /// Text that is heavy on what has a meaning. No NUL and no carriage return: never in a tree.
    fn text(length: Range<usize>) -> impl Strategy<Value = String> {
        let special: Vec<_> = "&|<>()^\"@:%,;= \t\n0129ab한/.+".chars().collect();
        let character = prop_oneof![
            6 => proptest::sample::select(special),
            1 => proptest::char::range('\u{E}', char::MAX),
        ];
        vec(character, length).prop_map(String::from_iter)
    }

    fn word() -> impl Strategy<Value = Word> {
        let reserved = proptest::sample::select(vec!["rem", "IF", "for", "rem.", "2", "\"\""]);
        let raw = prop_oneof![
            8 => text(1..8),
            1 => reserved.prop_map(str::to_owned),
        ];
        raw.prop_map(Word::new)
    }

    fn arguments() -> impl Strategy<Value = String> {
        let delimiter = proptest::sample::select(vec![' ', '\t', ',', ';', '=']);
        prop_oneof![
            1 => Just(String::new()),
            4 => (delimiter, text(0..8)).prop_map(|(first, rest)| format!("{first}{rest}")),
        ]
    }

    fn redirections() -> impl Strategy<Value = Vec<Redirection>> {
        let target = prop_oneof![
            word().prop_map(Target::Read),
            word().prop_map(Target::Write),
            word().prop_map(Target::Append),
            (0..10_u8, any::<bool>())
                .prop_map(|(handle, input)| Target::Duplicate { handle, input }),
        ];
        vec((0..10_u8, target).prop_map(|(handle, target)| Redirection { handle, target }), 0..3)
    }

    fn command() -> impl Strategy<Value = Node> {
        (any::<bool>(), word(), arguments(), redirections()).prop_map(
            |(quiet, program, arguments, redirections)| {
                Node::Command(Command { quiet, program, arguments, redirections })
            },
        )
    }

    /// Lists as the parser builds them: parts bind tighter, and there are two or more.
    fn lists(leaf: BoxedStrategy<Node>) -> BoxedStrategy<Node> {
        [Node::Pipeline, Node::And, Node::Or, Node::Sequence].into_iter().fold(
            leaf,
            |tighter, make: fn(Vec<Node>) -> Node| {
                prop_oneof![
                    3 => tighter.clone(),
                    1 => vec(tighter, 2..4).prop_map(make),
                ]
                .boxed()
            },
        )
    }

    fn node() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            8 => command(),
            1 => any::<bool>().prop_map(|quiet| Node::Comment { quiet }),
        ];
        let tree = leaf.prop_recursive(3, 24, 4, |inner| {
            (any::<bool>(), lists(inner.boxed()), redirections()).prop_map(
                |(quiet, body, redirections)| {
                    Node::Group(Group { quiet, body: Box::new(body), redirections })
                },
            )
        });
        lists(tree.boxed())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn print_then_parse_gives_the_same_tree(tree in node()) {
            let line = tree.to_string();
            prop_assert_eq!(parse(&line), Ok(Some(tree)), "{:?}", line);
        }

        #[test]
        fn parse_then_print_then_parse_gives_the_same_tree(
            line in "([&|<>()^\"@:,;= \t\n\r0-3a-c한]|rem|2>&1| && | \\|\\| ){0,24}"
        ) {
            if let Ok(Some(tree)) = parse(&line) {
                let printed = tree.to_string();
                prop_assert_eq!(parse(&printed), Ok(Some(tree)), "{:?} {:?}", line, printed);
            }
        }

        #[test]
        fn any_text_parses_or_is_refused_inside_itself(text in any::<String>()) {
            prop_assert!(label(&text).is_none_or(|name| text.contains(name)));
            if let Err(error) = parse(&text) {
                prop_assert!(text.is_char_boundary(error.position()));
            }
        }
    }

    #[test]
    fn lines_print_as_people_type_them() {
        for line in [
            "type big.txt | sort>out.txt",
            "a& b&& c|| d| e",
            "@(a& b) >x 2>&1",
            "echo \"a & b\" ^& c",
            "2>&1 a",
        ] {
            assert_eq!(parse(line).unwrap().unwrap().to_string(), line);
        }
    }

    #[test]
    fn a_loose_list_in_a_tight_one_prints_in_parentheses() {
        let part = |line| parse(line).unwrap().unwrap();
        let tree = Node::And(vec![part("a& b"), part("c&& d"), part("e| f")]);
        assert_eq!(tree.to_string(), "(a& b)&& (c&& d)&& e| f");
    }
}
