//! From characters to tokens: carets, quotes, operators, redirections.
//!
//! What a character means depends on where it stands (`(` opens a group only where a command may
//! begin, `)` closes one only inside one), so the parser says which of the two places it is at.

use super::error::{SyntaxError, SyntaxErrorKind};
use super::tree::{Redirection, Target};
use super::words::{Word, is_delimiter};

/// A token and the byte offset where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) position: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `&`
    Then,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `(` where a command may begin.
    Open,
    /// `)` inside a group, or where a command may begin.
    Close,
    /// `@` where a command may begin.
    Quiet,
    /// `:` where a command may begin: a label or comment, already skipped to the end of the line.
    Label,
    /// `2>&1` and the like, with its file.
    Redirection(Redirection),
    /// A command's first word.
    Word {
        raw: String,
        /// Whether no caret or quote took part: only then it can be a reserved word.
        plain: bool,
    },
    Newline,
    End,
}

impl Token {
    /// How an error message names it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Then => "&",
            Self::And => "&&",
            Self::Or => "||",
            Self::Pipe => "|",
            Self::Open => "(",
            Self::Close => ")",
            Self::Quiet => "@",
            Self::Label => ":",
            Self::Redirection(redirection) => match redirection.target {
                Target::Write(_) | Target::Duplicate { input: false, .. } => ">",
                Target::Append(_) => ">>",
                Target::Read(_) | Target::Duplicate { input: true, .. } => "<",
            },
            Self::Word { raw, .. } => raw,
            Self::Newline | Self::End => "",
        }
    }
}

/// One character after carets and quotes have had their say.
#[derive(Clone, Copy)]
struct Glyph {
    character: char,
    /// Escaped or quoted (or a quote itself): it stands for itself, never for an operator.
    literal: bool,
}

impl Glyph {
    fn is(self, character: char) -> bool {
        !self.literal && self.character == character
    }

    fn delimits(self) -> bool {
        !self.literal && is_delimiter(self.character)
    }

    fn digit(self) -> Option<u8> {
        let digit = self.character.to_digit(10).filter(|_| !self.literal)?;
        u8::try_from(digit).ok()
    }
}

/// A place in the text. Small, so that looking ahead is a copy.
#[derive(Clone, Copy)]
pub(super) struct Lexer<'text> {
    text: &'text str,
    position: usize,
    quoted: bool,
    /// How many groups are open.
    pub(super) depth: usize,
}

impl<'text> Lexer<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, position: 0, quoted: false, depth: 0 }
    }

    /// The next token where a command may begin, or after a group.
    pub(super) fn command_start(&mut self) -> Result<Spanned, SyntaxError> {
        while self.peek()?.is_some_and(Glyph::delimits) {
            self.next()?;
        }
        let position = self.position;
        if let Some(token) = self.special(true)? {
            return Ok(Spanned { token, position });
        }
        // Not a special character, so there is one: the word has at least it.
        let single = match self.peek()? {
            Some(glyph) if glyph.is('(') => Some(Token::Open),
            Some(glyph) if glyph.is(')') => Some(Token::Close),
            Some(glyph) if glyph.is('@') => Some(Token::Quiet),
            Some(glyph) if glyph.is(':') => {
                self.skip_line();
                return Ok(Spanned { token: Token::Label, position });
            }
            _ => None,
        };
        let token = if let Some(token) = single {
            self.next()?;
            token
        } else {
            let (raw, plain) = self.word()?;
            Token::Word { raw, plain }
        };
        Ok(Spanned { token, position })
    }

    /// Appends what belongs to a command's arguments to `text`, up to the next token.
    pub(super) fn arguments(&mut self, text: &mut String) -> Result<Spanned, SyntaxError> {
        let mut after_delimiter = false;
        loop {
            let position = self.position;
            if let Some(token) = self.special(after_delimiter)? {
                return Ok(Spanned { token, position });
            }
            let Some(glyph) = self.next()? else {
                return Ok(Spanned { token: Token::End, position });
            };
            if text.is_empty() && !is_delimiter(glyph.character) {
                // As in `echo>&2x`: the arguments stay apart from the program.
                text.push(' ');
            }
            text.push(glyph.character);
            after_delimiter = glyph.delimits();
        }
    }

    /// Skips the text of a comment. An operator right after the word `rem` still counts.
    pub(super) fn comment(&mut self) {
        let rest = &self.text[self.position..];
        let rest = rest.trim_start_matches(|c| is_delimiter(c) || c == '\r');
        if !(rest.starts_with(['&', '|', '\n']) || self.depth > 0 && rest.starts_with(')')) {
            self.skip_line();
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.position..];
        self.position += rest.find('\n').unwrap_or(rest.len());
        self.quoted = false;
    }

    /// Takes an operator, a redirection, a line's end or a group's end, if one comes next.
    fn special(&mut self, digit_may_begin: bool) -> Result<Option<Token>, SyntaxError> {
        let Some(glyph) = self.peek()? else { return Ok(Some(Token::End)) };
        if glyph.literal {
            return Ok(None);
        }
        if let Some(handle) = glyph.digit().filter(|_| digit_may_begin) {
            let mut ahead = *self;
            ahead.next()?;
            if !matches!(ahead.peek()?, Some(sign) if sign.is('<') || sign.is('>')) {
                return Ok(None);
            }
            *self = ahead;
            return self.redirection(Some(handle)).map(|r| Some(Token::Redirection(r)));
        }
        let token = match glyph.character {
            '<' | '>' => {
                return self.redirection(None).map(|r| Some(Token::Redirection(r)));
            }
            '\n' => Token::Newline,
            ')' if self.depth > 0 => Token::Close,
            '&' => Token::Then,
            '|' => Token::Pipe,
            _ => return Ok(None),
        };
        self.next()?;
        Ok(Some(match token {
            Token::Then if self.take('&')? => Token::And,
            Token::Pipe if self.take('|')? => Token::Or,
            token => token,
        }))
    }

    fn redirection(&mut self, handle: Option<u8>) -> Result<Redirection, SyntaxError> {
        let input = self.take('<')?;
        let append = !input && self.take('>')? && self.take('>')?;
        let handle = handle.unwrap_or(u8::from(!input));
        if !append {
            let mut ahead = *self;
            if ahead.take('&')?
                && let Some(source) = ahead.next()?.and_then(Glyph::digit)
            {
                *self = ahead;
                let target = Target::Duplicate { handle: source, input };
                return Ok(Redirection { handle, target });
            }
        }
        while self.peek()?.is_some_and(Glyph::delimits) {
            self.next()?;
        }
        let position = self.position;
        let (raw, _) = self.word()?;
        if raw.is_empty() {
            return Err(self.missing_target(position));
        }
        let file = Word::new(raw);
        let target = match (input, append) {
            (true, _) => Target::Read(file),
            (_, true) => Target::Append(file),
            _ => Target::Write(file),
        };
        Ok(Redirection { handle, target })
    }

    /// The error for what stands where a file name should.
    fn missing_target(self, position: usize) -> SyntaxError {
        let rest = &self.text[position..];
        let found = ["&&", "||", ">>", "&", "|", ">", "<", ")"];
        match found.into_iter().find(|token| rest.starts_with(token)) {
            Some(token) => SyntaxError::unexpected(token, position),
            None => SyntaxError::incorrect(position),
        }
    }

    /// Takes a word: up to a delimiter or a special character. Empty if one of them comes next.
    fn word(&mut self) -> Result<(String, bool), SyntaxError> {
        let mut raw = String::new();
        let mut plain = true;
        while let Some(glyph) = self.peek()? {
            let ends = glyph.delimits()
                || ['&', '|', '<', '>', '\n'].into_iter().any(|special| glyph.is(special))
                || self.depth > 0 && glyph.is(')');
            if ends {
                break;
            }
            plain &= !glyph.literal;
            raw.push(glyph.character);
            self.next()?;
        }
        Ok((raw, plain))
    }

    fn take(&mut self, character: char) -> Result<bool, SyntaxError> {
        let taken = self.peek()?.is_some_and(|glyph| glyph.is(character));
        if taken {
            self.next()?;
        }
        Ok(taken)
    }

    fn peek(&self) -> Result<Option<Glyph>, SyntaxError> {
        let mut ahead = *self;
        ahead.next()
    }

    fn next(&mut self) -> Result<Option<Glyph>, SyntaxError> {
        let position = self.position;
        let Some(character) = self.next_character()? else { return Ok(None) };
        if self.quoted {
            let newline = character == '\n';
            self.quoted = character != '"' && !newline;
            return Ok(Some(Glyph { character, literal: !newline }));
        }
        let (character, literal) = match character {
            '"' => {
                self.quoted = true;
                (character, true)
            }
            '^' => (self.escaped(position)?, true),
            other => (other, false),
        };
        Ok(Some(Glyph { character, literal }))
    }

    /// The character after a caret. A caret at a line's end joins the next line, whose first
    /// character is escaped too: so an empty next line gives a line feed.
    fn escaped(&mut self, caret: usize) -> Result<char, SyntaxError> {
        let incomplete = || SyntaxError::new(SyntaxErrorKind::Incomplete, caret);
        match self.next_character()?.ok_or_else(incomplete)? {
            '\n' => self.next_character()?.ok_or_else(incomplete),
            other => Ok(other),
        }
    }

    /// The next character; carriage returns are skipped everywhere, as cmd does. A NUL cannot be
    /// in a command line, and is refused rather than left to cut it short.
    fn next_character(&mut self) -> Result<Option<char>, SyntaxError> {
        for character in self.text[self.position..].chars() {
            if character == '\0' {
                return Err(SyntaxError::incorrect(self.position));
            }
            self.position += character.len_utf8();
            if character != '\r' {
                return Ok(Some(character));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexer, Spanned, Token};

    /// The first word and the argument text of a line without operators.
    fn command(line: &str) -> (String, bool, String) {
        let mut lexer = Lexer::new(line);
        let Ok(Spanned { token: Token::Word { raw, plain }, .. }) = lexer.command_start() else {
            panic!("{line}: no word");
        };
        let mut text = String::new();
        let end = lexer.arguments(&mut text).unwrap();
        assert_eq!(end.token, Token::End, "{line}");
        (raw, plain, text)
    }

    #[test]
    fn carets_escape_and_quotes_protect() {
        for (line, program, plain, arguments) in [
            ("echo a^&b", "echo", true, " a&b"),
            ("echo a^^b^|^<^>", "echo", true, " a^b|<>"),
            (r#"echo "a^&|<>b" c"#, "echo", true, r#" "a^&|<>b" c"#),
            (r#"echo ^"a"#, "echo", true, " \"a"),
            (r#"echo "open & more"#, "echo", true, " \"open & more"),
            (r#""a b"c d"#, r#""a b"c"#, false, " d"),
            ("e^cho x", "echo", false, " x"),
            ("  ,;=echo,x", "echo", true, ",x"),
            ("echo (a)", "echo", true, " (a)"),
            ("echo(", "echo(", true, ""),
            ("echo\r x\r", "echo", true, " x"),
            ("echo a^\r\nb", "echo", true, " ab"),
            ("echo a^\n&b", "echo", true, " a&b"),
            ("echo a^\n\nb", "echo", true, " a\nb"),
        ] {
            let expected = (program.to_owned(), plain, arguments.to_owned());
            assert_eq!(command(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_newline_ends_a_quote() {
        let mut lexer = Lexer::new("echo \"a\n& b");
        lexer.command_start().unwrap();
        let newline = lexer.arguments(&mut String::new()).unwrap();
        assert_eq!((newline.token, newline.position), (Token::Newline, 7));
        assert_eq!(lexer.command_start().unwrap().token, Token::Then);
    }
}
