//! The tree that a line becomes.

use super::words::{Word, split_words};

/// A piece of a line that can be run.
///
/// As the parser builds it, a list has two parts or more, and its parts bind tighter than the
/// list itself: a [`Sequence`](Node::Sequence) inside an [`And`](Node::And) always stands in a
/// [`Group`]. Such trees print to a line that parses to the same tree. A tree built otherwise
/// prints with the parentheses that keep its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `a & b`, or lines in parentheses: one after the other, whatever the result.
    Sequence(Vec<Node>),
    /// `a || b`: the next only if all before it failed.
    Or(Vec<Node>),
    /// `a && b`: the next only if all before it succeeded.
    And(Vec<Node>),
    /// `a | b`: side by side, each one's output being the next one's input.
    Pipeline(Vec<Node>),
    /// `( ... )` with its redirections.
    Group(Group),
    /// A program or a built-in command.
    Command(Command),
    /// `rem ...`, `:: ...`, `:label`, or a lone `@`: nothing to do. The text is not kept.
    Comment {
        /// Whether `@` stood before it.
        quiet: bool,
    },
}

/// Commands in parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Whether `@` stood before the parenthesis.
    pub quiet: bool,
    /// What stands between the parentheses.
    pub body: Box<Node>,
    /// The redirections before and after the parentheses, in their order.
    pub redirections: Vec<Redirection>,
}

/// One command: a program's name, the text after it, and the redirections taken out of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Whether `@` stood before it.
    pub quiet: bool,
    /// The first word, never empty. [`split_builtin`](super::split_builtin) finds a built-in
    /// command in its raw text, [`Word::text`] is the name to look a program up by.
    pub program: Word,
    /// Everything after the first word, as typed: with its quotes and its leading and trailing
    /// blanks, without carets and redirections. Empty, or begins with a delimiter.
    pub arguments: String,
    /// The redirections in their order; the executor applies them from left to right.
    pub redirections: Vec<Redirection>,
}

/// One redirection of one standard handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// Which of the command's handles changes: 0 input, 1 output, 2 error, up to 9.
    pub handle: u8,
    /// What it becomes.
    pub target: Target,
}

/// What a redirected handle becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `< file`.
    Read(Word),
    /// `> file`: created, or emptied first.
    Write(Word),
    /// `>> file`: created, or continued at its end.
    Append(Word),
    /// `>&1` (`input` false) or `<&1` (`input` true): what this other handle is at this point of
    /// the list.
    Duplicate {
        /// The handle that is duplicated, 0 to 9.
        handle: u8,
        /// Whether it was written with `<`; of consequence only to how it is printed.
        input: bool,
    },
}

impl Node {
    /// Whether the line is not to be echoed: `@` stands before its first command.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        match self {
            Self::Sequence(parts) | Self::Or(parts) | Self::And(parts) | Self::Pipeline(parts) => {
                parts.first().is_some_and(Self::is_quiet)
            }
            Self::Group(group) => group.quiet,
            Self::Command(command) => command.quiet,
            Self::Comment { quiet } => *quiet,
        }
    }
}

impl Command {
    /// The arguments as words, split at spaces and tabs outside quotes.
    #[must_use]
    pub fn words(&self) -> Vec<Word> {
        split_words(&self.arguments)
    }

    /// The text for `CreateProcess`' lpCommandLine: the program and its arguments exactly as
    /// typed. Only a name whose blanks were escaped by carets gets quotes, since without them the
    /// child would take a part of it for its arguments.
    #[must_use]
    pub fn command_line(&self) -> String {
        let program = self.program.raw();
        if program.contains([' ', '\t', '\n']) && !program.contains('"') {
            return format!("\"{program}\"{}", self.arguments);
        }
        format!("{program}{}", self.arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Node};
    use crate::grammar::parse;

    fn command(line: &str) -> Command {
        match parse(line) {
            Ok(Some(Node::Command(command))) => command,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_command_line_is_what_was_typed() {
        assert_eq!(command(r#"x  "a  b" c^&d "^" "#).command_line(), r#"x  "a  b" c&d "^" "#);
        assert_eq!(command(r#""my prog" \"a\""#).command_line(), r#""my prog" \"a\""#);
        assert_eq!(command("my^ prog a").command_line(), "\"my prog\" a");
        assert_eq!(command("x a>f b").command_line(), "x a b");
    }

    #[test]
    fn words_are_split_outside_quotes_only() {
        let words = command("kp \"a b\"  c\td=e").words();
        let texts: Vec<_> = words.iter().map(|word| word.text()).collect();
        assert_eq!(texts, ["a b", "c", "d=e"]);
        assert_eq!(
            words.iter().map(|word| word.is_quoted()).collect::<Vec<_>>(),
            [true, false, false]
        );
    }

    #[test]
    fn a_line_is_as_quiet_as_its_first_command() {
        for (line, quiet) in [
            ("@a & b", true),
            ("a & @b", false),
            ("@(a) | b", true),
            ("(@a)", false),
            ("@rem x", true),
            ("@", true),
            ("@@ a", true),
        ] {
            assert_eq!(parse(line).unwrap().unwrap().is_quiet(), quiet, "{line}");
        }
    }
}
