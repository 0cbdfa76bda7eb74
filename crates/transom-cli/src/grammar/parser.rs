//! From tokens to the tree: recursive descent, one function per precedence.

use super::error::{SyntaxError, SyntaxErrorKind};
use super::lexer::{Lexer, Spanned, Token};
use super::tree::{Command, Group, Node, Redirection};
use super::words::{Word, is_delimiter};

/// How deep parentheses can be nested. Deeper ones are an error, so that no line can exhaust the
/// stack of the parser or of whoever walks the tree.
pub const MAXIMUM_DEPTH: usize = 128;

/// `parse`: makes a tree of an expanded line, or nothing of a blank one.
///
/// Text of several lines is parsed as if `&` joined them; a caller who wants each line's
/// variables expanded after the line before has run gives one line at a time, and more only on
/// an error that [`is_incomplete`](SyntaxError::is_incomplete).
///
/// # Errors
/// cmd's messages with the position: see [`SyntaxErrorKind`].
pub fn parse(text: &str) -> Result<Option<Node>, SyntaxError> {
    let mut parser = Parser { lexer: Lexer::new(text), ahead: None };
    parser.sequence()
}

/// The name of the label that a script's line is, as in `:name`. A `::` comment has none.
///
/// ```
/// use transom_cli::grammar::label;
/// assert_eq!(label("  :again and this is a comment"), Some("again"));
/// assert_eq!(label(":: a comment"), None);
/// ```
#[must_use]
pub fn label(line: &str) -> Option<&str> {
    let name = line.trim_start_matches(is_delimiter).strip_prefix(':')?;
    let name = name.trim_start_matches([' ', '\t']);
    let ends = |c: char| is_delimiter(c) || c.is_control() || ":+&|<>()^\"".contains(c);
    let name = &name[..name.find(ends).unwrap_or(name.len())];
    (!name.is_empty()).then_some(name)
}

/// Words that have a meaning of their own where a command begins, unless escaped or quoted.
pub(super) const RESERVED: [&str; 3] = ["rem", "if", "for"];

struct Parser<'text> {
    lexer: Lexer<'text>,
    /// The token that ended the last command.
    ahead: Option<Spanned>,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<Spanned, SyntaxError> {
        match self.ahead.take() {
            Some(spanned) => Ok(spanned),
            None => self.lexer.command_start(),
        }
    }

    /// Takes the next token if it is this one.
    fn take(&mut self, token: &Token) -> Result<bool, SyntaxError> {
        let next = self.next()?;
        let same = next.token == *token;
        if !same {
            self.ahead = Some(next);
        }
        Ok(same)
    }

    /// `a & b`, up to the end of the text or of the group, which is taken too.
    fn sequence(&mut self) -> Result<Option<Node>, SyntaxError> {
        let mut parts = Vec::new();
        loop {
            let next = self.next()?;
            match next.token {
                Token::Newline => continue,
                Token::End if self.lexer.depth == 0 => break,
                Token::End => {
                    return Err(SyntaxError::new(SyntaxErrorKind::Incomplete, next.position));
                }
                Token::Close if self.lexer.depth > 0 && !parts.is_empty() => break,
                _ => self.ahead = Some(next),
            }
            parts.push(self.or()?);
            // Without `&` what follows is a line's or a group's end: nothing else ends a command.
            self.take(&Token::Then)?;
        }
        Ok(match parts.len() {
            0 => None,
            _ => Some(list(parts, Node::Sequence)),
        })
    }

    fn or(&mut self) -> Result<Node, SyntaxError> {
        let mut parts = vec![self.and()?];
        while self.take(&Token::Or)? {
            parts.push(self.and()?);
        }
        Ok(list(parts, Node::Or))
    }

    fn and(&mut self) -> Result<Node, SyntaxError> {
        let mut parts = vec![self.pipeline()?];
        while self.take(&Token::And)? {
            parts.push(self.pipeline()?);
        }
        Ok(list(parts, Node::And))
    }

    fn pipeline(&mut self) -> Result<Node, SyntaxError> {
        let mut parts = vec![self.stage()?];
        while self.take(&Token::Pipe)? {
            parts.push(self.stage()?);
        }
        Ok(list(parts, Node::Pipeline))
    }

    /// A command, a group or a comment. Leaves the token that ends it in `ahead`.
    fn stage(&mut self) -> Result<Node, SyntaxError> {
        let mut quiet = false;
        let mut redirections = Vec::new();
        loop {
            let Spanned { token, position } = self.next()?;
            match token {
                Token::Quiet => quiet = true,
                Token::Redirection(redirection) => redirections.push(redirection),
                Token::Open => return self.group(quiet, redirections, position),
                Token::Word { raw, plain } => {
                    let reserved = RESERVED.iter().find(|word| raw.eq_ignore_ascii_case(word));
                    return match reserved.filter(|_| plain) {
                        None => self.command(quiet, Word::new(raw), redirections),
                        Some(&"rem") => {
                            self.lexer.comment();
                            comment(quiet, &redirections, position)
                        }
                        Some(name) => {
                            let kind = SyntaxErrorKind::Unsupported(name);
                            Err(SyntaxError::new(kind, position))
                        }
                    };
                }
                Token::Label => return comment(quiet, &redirections, position),
                // A lone `@`.
                Token::End | Token::Newline if quiet && redirections.is_empty() => {
                    self.ahead = Some(Spanned { token, position });
                    return Ok(Node::Comment { quiet });
                }
                Token::End | Token::Newline => return Err(SyntaxError::incorrect(position)),
                Token::Then | Token::And | Token::Or | Token::Pipe | Token::Close => {
                    return Err(SyntaxError::unexpected(token.text(), position));
                }
            }
        }
    }

    fn command(
        &mut self,
        quiet: bool,
        program: Word,
        mut redirections: Vec<Redirection>,
    ) -> Result<Node, SyntaxError> {
        let mut arguments = String::new();
        loop {
            let next = self.lexer.arguments(&mut arguments)?;
            if let Token::Redirection(redirection) = next.token {
                redirections.push(redirection);
            } else {
                self.ahead = Some(next);
                return Ok(Node::Command(Command { quiet, program, arguments, redirections }));
            }
        }
    }

    fn group(
        &mut self,
        quiet: bool,
        mut redirections: Vec<Redirection>,
        open: usize,
    ) -> Result<Node, SyntaxError> {
        if self.lexer.depth == MAXIMUM_DEPTH {
            return Err(SyntaxError::new(SyntaxErrorKind::TooDeep, open));
        }
        self.lexer.depth += 1;
        // `sequence` refuses an empty group at its parenthesis, so there is a body.
        let body = self.sequence()?.ok_or_else(|| SyntaxError::incorrect(open))?;
        self.lexer.depth -= 1;
        loop {
            let Spanned { token, position } = self.lexer.command_start()?;
            match token {
                Token::Redirection(redirection) => redirections.push(redirection),
                Token::Open | Token::Quiet | Token::Label | Token::Word { .. } => {
                    return Err(SyntaxError::unexpected(token.text(), position));
                }
                token => {
                    self.ahead = Some(Spanned { token, position });
                    return Ok(Node::Group(Group { quiet, body: Box::new(body), redirections }));
                }
            }
        }
    }
}

/// A comment whose text the lexer has skipped. A redirection before it would be ignored, so it is
/// refused.
fn comment(
    quiet: bool,
    redirections: &[Redirection],
    position: usize,
) -> Result<Node, SyntaxError> {
    if redirections.is_empty() {
        Ok(Node::Comment { quiet })
    } else {
        Err(SyntaxError::incorrect(position))
    }
}

/// A list of one part is that part.
fn list(mut parts: Vec<Node>, make: fn(Vec<Node>) -> Node) -> Node {
    if parts.len() == 1 { parts.remove(0) } else { make(parts) }
}

#[cfg(test)]
mod tests {
    use super::super::error::SyntaxErrorKind;
    use super::super::tree::{Command, Node, Redirection, Target};
    use super::{MAXIMUM_DEPTH, label, parse};

    /// A tree in a form that shows its shape: lists in brackets, commands as they are kept.
    fn shape(node: &Node) -> String {
        let list = |name: &str, parts: &[Node]| {
            let parts: Vec<_> = parts.iter().map(shape).collect();
            format!("{name}[{}]", parts.join(", "))
        };
        let redirected = |redirections: &[Redirection]| -> String {
            redirections.iter().map(redirection).collect()
        };
        match node {
            Node::Sequence(parts) => list("seq", parts),
            Node::Or(parts) => list("or", parts),
            Node::And(parts) => list("and", parts),
            Node::Pipeline(parts) => list("pipe", parts),
            Node::Group(group) => format!(
                "{}({}){}",
                if group.quiet { "@" } else { "" },
                shape(&group.body),
                redirected(&group.redirections)
            ),
            Node::Command(Command { quiet, program, arguments, redirections }) => format!(
                "{}<{}>{arguments}{}",
                if *quiet { "@" } else { "" },
                program.raw(),
                redirected(redirections)
            ),
            Node::Comment { quiet } => if *quiet { "@rem" } else { "rem" }.into(),
        }
    }

    fn redirection(redirection: &Redirection) -> String {
        let handle = redirection.handle;
        match &redirection.target {
            Target::Read(file) => format!("{{{handle} reads {}}}", file.raw()),
            Target::Write(file) => format!("{{{handle} writes {}}}", file.raw()),
            Target::Append(file) => format!("{{{handle} appends {}}}", file.raw()),
            Target::Duplicate { handle: source, .. } => format!("{{{handle} is {source}}}"),
        }
    }

    #[track_caller]
    fn parses(line: &str, expected: &str) {
        let tree = parse(line).unwrap_or_else(|error| panic!("{line}: {error:?}"));
        assert_eq!(tree.as_ref().map_or(String::new(), shape), expected, "{line}");
    }

    #[track_caller]
    fn refuses(line: &str, message: &str, position: usize) {
        let error = parse(line).expect_err(line);
        assert_eq!((error.to_string().as_str(), error.position()), (message, position), "{line}");
    }

    #[test]
    fn pipes_bind_tightest_then_and_then_or_then_ampersand() {
        parses("a|b&&c||d&e", "seq[or[and[pipe[<a>, <b>], <c>], <d>], <e>]");
        parses("a&b||c&&d|e", "seq[<a>, or[<b>, and[<c>, pipe[<d>, <e>]]]]");
        parses("a | b | c |d", "pipe[<a> , <b> , <c> , <d>]");
        parses("(a & b) && c", "and[(seq[<a> , <b>]), <c>]");
        parses("a & b &", "seq[<a> , <b> ]");
        parses("a &", "<a> ");
        parses("((a))", "((<a>))");
    }

    #[test]
    fn blank_lines_are_nothing() {
        for line in ["", "  ", "\n\n", " ,;= \t", "\r\n"] {
            assert_eq!(parse(line), Ok(None), "{line:?}");
        }
    }

    #[test]
    fn redirections_stand_anywhere_in_a_command() {
        parses("sort < in > out", "<sort>  {0 reads in}{1 writes out}");
        parses(">out 2>&1 a b", "<a> b{1 writes out}{2 is 1}");
        parses("a>x b 2>>y c", "<a> b  c{1 writes x}{2 appends y}");
        parses("a 1>&2", "<a> {1 is 2}");
        parses("a <&3", "<a> {0 is 3}");
        parses("type<file", "<type>{0 reads file}");
        parses(r#"a > "b c"d e"#, r#"<a>  e{1 writes "b c"d}"#);
        parses("a >^&1", "<a> {1 writes &1}");
        parses("(a) >x 2>&1", "(<a>){1 writes x}{2 is 1}");
        parses("<x (a) >y", "(<a>){0 reads x}{1 writes y}");
        parses("(a)2>x", "(<a>){2 writes x}");
        parses("a >&2b", "<a> b{1 is 2}");
        parses("a>&2b", "<a> b{1 is 2}");
        parses("a>x>y", "<a>{1 writes x}{1 writes y}");
    }

    #[test]
    fn a_digit_is_a_handle_only_after_a_delimiter() {
        parses("a 2>x", "<a> {2 writes x}");
        parses("a2>x", "<a2>{1 writes x}");
        parses("a b2>x", "<a> b2{1 writes x}");
        parses("a ^2>x", "<a> 2{1 writes x}");
        parses("a \"\"2>x", "<a> \"\"2{1 writes x}");
        parses("a =2>x", "<a> ={2 writes x}");
        parses("a 12>x", "<a> 12{1 writes x}");
        parses("a 2 >x", "<a> 2 {1 writes x}");
        parses("2>x a", "<a>{2 writes x}");
        parses("2", "<2>");
    }

    #[test]
    fn parentheses_mean_something_only_where_a_command_begins_or_a_group_ends() {
        parses("echo (a", "<echo> (a");
        parses("echo a)", "<echo> a)");
        parses("(echo a)", "(<echo> a)");
        parses("(echo a^))", "(<echo> a))");
        parses("(echo \")\")", "(<echo> \")\")");
        parses("(echo>x)", "(<echo>{1 writes x})");
        parses("(\n a\n\n b & c\n)", "(seq[<a>, <b> , <c>])");
        parses("(a) | (b)", "pipe[(<a>), (<b>)]");
    }

    #[test]
    fn comments_take_their_line() {
        parses("rem a & b > c | d \"", "rem");
        parses("a & rem b & c", "seq[<a> , rem]");
        parses("rem & b", "seq[rem, <b>]");
        parses(":: a & b", "rem");
        parses(":label", "rem");
        parses("a & :: b | c", "seq[<a> , rem]");
        parses("@ReM x", "@rem");
        parses("(a\nrem b)\n:: c)\nd)", "(seq[<a>, rem, rem, <d>])");
        parses("remark x", "<remark> x");
        parses("\"rem\" x & b", "seq[<\"rem\"> x , <b>]");
        refuses(">x rem y", "The syntax of the command is incorrect.", 3);
    }

    #[test]
    fn at_signs_are_taken_before_commands_only() {
        parses("@a @b", "@<a> @b");
        parses("@@ (a) & @b", "seq[@(<a>), @<b>]");
        parses("a@b", "<a@b>");
        parses("@", "@rem");
        parses("@>x a", "@<a>{1 writes x}");
    }

    #[test]
    fn what_is_wrong_is_said_in_cmds_words() {
        let incorrect = "The syntax of the command is incorrect.";
        for (line, token, position) in [
            ("| a", "|", 0),
            ("a || | b", "|", 5),
            ("a & & b", "&", 4),
            ("a && && b", "&&", 5),
            ("& a", "&", 0),
            (")", ")", 0),
            ("()", ")", 1),
            ("(a |)", ")", 4),
            ("(a) b", "b", 4),
            ("(a) (b)", "(", 4),
            ("a > | b", "|", 4),
            ("a > > b", ">", 4),
            ("a < < b", "<", 4),
            ("a >>&1", "&", 4),
            ("a >&b", "&", 3),
            ("(a > )", ")", 5),
            ("한 & & b", "&", 6),
        ] {
            refuses(line, &format!("{token} was unexpected at this time."), position);
        }
        for (line, position) in
            [("a |", 3), ("a &&", 4), ("a ||\nb", 4), ("a >", 3), (">x", 2), ("a\0b", 1)]
        {
            refuses(line, incorrect, position);
        }
    }

    #[test]
    fn unfinished_lines_ask_for_more() {
        for line in ["(a", "(a\n", "(", "(a & (b)", "a ^", "a^\n", "a > ^", "(rem x)"] {
            assert!(parse(line).expect_err(line).is_incomplete(), "{line}");
        }
        for line in ["a ^^", "a \"^", "a |", "a ^\nb"] {
            assert!(!parse(line).is_err_and(|error| error.is_incomplete()), "{line}");
        }
    }

    #[test]
    fn if_and_for_are_refused() {
        refuses("if exist x del x", "'if' is not supported by this prompt.", 0);
        let error = parse("a & FOR %i in (x) do y").unwrap_err();
        assert_eq!(error.kind(), &SyntaxErrorKind::Unsupported("for"));
        assert_eq!(error.position(), 4);
        parses("iffy", "<iffy>");
        parses("\"if\" x", "<\"if\"> x");
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parse(&nested(MAXIMUM_DEPTH)).is_ok());
        let error = parse(&nested(MAXIMUM_DEPTH + 1)).unwrap_err();
        assert_eq!(error.kind(), &SyntaxErrorKind::TooDeep);
        assert_eq!(error.position(), MAXIMUM_DEPTH);
        assert!(parse(&"(".repeat(1_000_000)).is_err());
    }

    #[test]
    fn labels_are_told_from_comments() {
        assert_eq!(label(" : end:x"), Some("end"));
        assert_eq!(label(":한글"), Some("한글"));
        assert_eq!(label("::x"), None);
        assert_eq!(label(":"), None);
        assert_eq!(label("a :b"), None);
    }
}
