//! Messages with inserts: `%1` to `%99`, each with a format of `printf`'s where `!` follows.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-formatmessagew>

use crate::error::{Result, Win32Error};

/// Which strings a format means that says nothing about it: those of the function's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// UTF-16.
    Wide,
    /// UTF-8.
    Ansi,
}

/// What fills the inserts.
pub trait Arguments {
    /// The argument of a number, counted from 0.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` where there is none.
    fn get(&mut self, index: usize) -> Result<usize>;

    /// The string an argument points to, of at most so many characters.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for one that does not end.
    fn string(&mut self, pointer: usize, target: Target, most: Option<usize>) -> Result<Vec<u16>>;
}

/// How a message is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Inserts stay as they are.
    pub ignore_inserts: bool,
    /// 0: line breaks are those of the message; 255: only `%n` breaks lines; else the longest line.
    pub width: u8,
    /// What strings of the inserts are.
    pub target: Target,
}

const fn unit(byte: u8) -> u16 {
    byte as u16
}

/// Makes a message.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a `%` at the end, or a format that is none; what the arguments
/// report.
pub fn format(
    message: &[u16],
    options: Options,
    arguments: &mut dyn Arguments,
) -> Result<Vec<u16>> {
    let mut out = Output { text: Vec::new(), width: options.width, line: 0, space: None };
    let mut rest = message;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == unit(b'\r') || first == unit(b'\n') {
            if first == unit(b'\r') && rest.first() == Some(&unit(b'\n')) {
                rest = &rest[1..];
            }
            out.soft_break();
            continue;
        }
        if first != unit(b'%') {
            out.push(first);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else {
            return Err(Win32Error::INVALID_PARAMETER);
        };
        let before = rest;
        rest = after;
        match u8::try_from(escape).unwrap_or(0) {
            b'0' => return Ok(out.text),
            b'1'..=b'9' => {
                let insert = Insert::parse(before)?;
                rest = &before[insert.length..];
                if options.ignore_inserts {
                    out.push(unit(b'%'));
                    out.extend(&before[..insert.length]);
                } else {
                    out.extend(&insert.text(options.target, arguments)?);
                }
            }
            b'n' => out.hard_break(),
            b'r' => out.push(unit(b'\r')),
            b't' => out.push(unit(b'\t')),
            b'b' => out.push(unit(b' ')),
            _ => out.push(escape),
        }
    }
    Ok(out.text)
}

/// The message so far.
struct Output {
    text: Vec<u16>,
    width: u8,
    /// Where the line began.
    line: usize,
    /// The last space in it.
    space: Option<usize>,
}

impl Output {
    fn push(&mut self, unit_: u16) {
        if unit_ == unit(b' ') {
            self.space = Some(self.text.len());
        }
        self.text.push(unit_);
        let wraps = !matches!(self.width, 0 | 255);
        if wraps
            && self.text.len() - self.line > self.width.into()
            && let Some(space) = self.space.take()
        {
            self.text.splice(space..=space, [unit(b'\r'), unit(b'\n')]);
            self.line = space + 2;
        }
    }

    fn extend(&mut self, units: &[u16]) {
        for &unit in units {
            self.push(unit);
        }
    }

    fn soft_break(&mut self) {
        if self.width == 0 { self.hard_break() } else { self.push(unit(b' ')) }
    }

    fn hard_break(&mut self) {
        self.text.extend([unit(b'\r'), unit(b'\n')]);
        self.line = self.text.len();
        self.space = None;
    }
}

/// What stands between `%` and the end of an insert.
#[derive(Debug)]
struct Insert {
    /// Counted from 0.
    index: usize,
    /// How many units of the message it takes.
    length: usize,
    format: Vec<u8>,
}

impl Insert {
    fn parse(text: &[u16]) -> Result<Self> {
        let digit = |unit: u16| u8::try_from(unit).ok().filter(u8::is_ascii_digit);
        let digits: Vec<u8> = text.iter().take(2).map_while(|&unit| digit(unit)).collect();
        let number = digits.iter().fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
        let mut length = digits.len();
        let mut format = b"s".to_vec();
        if text.get(length) == Some(&unit(b'!')) {
            let body = &text[length + 1..];
            let end = body.iter().position(|&unit_| unit_ == unit(b'!'));
            let end = end.ok_or(Win32Error::INVALID_PARAMETER)?;
            format = body[..end].iter().map(|&unit| u8::try_from(unit).unwrap_or(b'?')).collect();
            length += end + 2;
        }
        let index = number.checked_sub(1).ok_or(Win32Error::INVALID_PARAMETER)?;
        Ok(Self { index, length, format })
    }

    fn text(&self, target: Target, arguments: &mut dyn Arguments) -> Result<Vec<u16>> {
        let mut index = self.index;
        let mut format = Format::default();
        let mut rest = &self.format[..];
        let mut next = |index: &mut usize| {
            let value = arguments.get(*index);
            *index += 1;
            value
        };
        while let Some((&flag @ (b'-' | b'0' | b'+' | b' ' | b'#'), after)) = rest.split_first() {
            match flag {
                b'-' => format.left = true,
                b'0' => format.zeros = true,
                b'#' => format.alternate = true,
                b'+' => format.sign = b"+",
                _ if format.sign.is_empty() => format.sign = b" ",
                _ => {}
            }
            rest = after;
        }
        let mut number = |rest: &mut &[u8], index: &mut usize| -> Result<Option<usize>> {
            if let Some(after) = rest.strip_prefix(b"*") {
                *rest = after;
                return next(index).map(Some);
            }
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, after) = rest.split_at(count);
            *rest = after;
            let digits = str::from_utf8(digits).unwrap_or_default();
            if digits.is_empty() { Ok(None) } else { Ok(digits.parse().ok()) }
        };
        if let Some(width) = number(&mut rest, &mut index)? {
            let width = width as u32 as i32;
            format.left |= width < 0;
            format.width = width.unsigned_abs() as usize;
        }
        if let Some(after) = rest.strip_prefix(b".") {
            rest = after;
            let precision = number(&mut rest, &mut index)?.unwrap_or(0) as u32 as i32;
            format.precision = usize::try_from(precision).ok();
        }
        if format.width.max(format.precision.unwrap_or(0)) > LONGEST {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let (size, conversion) = match rest {
            [b'I', b'6', b'4', last] | [b'l', b'l', last] | [b'I', last] => (Size::Huge, *last),
            [b'I', b'3', b'2', last] => (Size::Usual, *last),
            [b'h', b'h', last] => (Size::Byte, *last),
            [b'h', last] => (Size::Short, *last),
            [b'l' | b'w', last] => (Size::Long, *last),
            [last] => (Size::Usual, *last),
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        let value = arguments.get(index)?;
        let other = if target == Target::Wide { Target::Ansi } else { Target::Wide };
        let strings = |usual| match size {
            Size::Long => Target::Wide,
            Size::Short => Target::Ansi,
            _ => usual,
        };
        match conversion {
            b's' => format.string(value, strings(target), arguments),
            b'S' => format.string(value, strings(other), arguments),
            b'c' | b'C' => Ok(format.padded(Vec::new(), vec![value as u16])),
            b'd' | b'i' => Ok(format.signed(size.extended(value))),
            b'u' => Ok(format.unsigned(size.cut(value).to_string(), "")),
            b'o' => Ok(format.unsigned(format!("{:o}", size.cut(value)), "0")),
            b'x' => Ok(format.unsigned(format!("{:x}", size.cut(value)), "0x")),
            b'X' => Ok(format.unsigned(format!("{:X}", size.cut(value)), "0X")),
            b'p' => Ok(format.unsigned(format!("{value:016X}"), "")),
            _ => Err(Win32Error::INVALID_PARAMETER),
        }
    }
}

/// The most characters an insert is padded to.
const LONGEST: usize = 1 << 16;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    Byte,
    Short,
    Usual,
    /// 32 bits in Windows' C; wide, of strings.
    Long,
    Huge,
}

impl Size {
    const fn cut(self, value: usize) -> u64 {
        match self {
            Self::Byte => value as u8 as u64,
            Self::Short => value as u16 as u64,
            Self::Usual | Self::Long => value as u32 as u64,
            Self::Huge => value as u64,
        }
    }

    const fn extended(self, value: usize) -> i64 {
        match self {
            Self::Byte => value as i8 as i64,
            Self::Short => value as i16 as i64,
            Self::Usual | Self::Long => value as i32 as i64,
            Self::Huge => value as i64,
        }
    }
}

#[derive(Default)]
struct Format {
    left: bool,
    zeros: bool,
    alternate: bool,
    sign: &'static [u8],
    width: usize,
    precision: Option<usize>,
}

impl Format {
    fn string(
        &self,
        pointer: usize,
        target: Target,
        arguments: &mut dyn Arguments,
    ) -> Result<Vec<u16>> {
        let text = if pointer == 0 {
            "(null)".encode_utf16().collect()
        } else {
            arguments.string(pointer, target, self.precision)?
        };
        Ok(self.padded(Vec::new(), text))
    }

    fn signed(&self, value: i64) -> Vec<u16> {
        let sign = if value < 0 { b"-" } else { self.sign };
        self.number(sign.to_vec(), value.unsigned_abs().to_string())
    }

    fn unsigned(&self, digits: String, prefix: &str) -> Vec<u16> {
        let shown = self.alternate && digits != "0";
        self.number(if shown { prefix.into() } else { Vec::new() }, digits)
    }

    fn number(&self, prefix: Vec<u8>, digits: String) -> Vec<u16> {
        let missing = self.precision.unwrap_or(0).saturating_sub(digits.len());
        let digits = "0".repeat(missing) + &digits;
        let prefix: Vec<u16> = prefix.into_iter().map(u16::from).collect();
        self.padded(prefix, digits.encode_utf16().collect())
    }

    fn padded(&self, mut prefix: Vec<u16>, text: Vec<u16>) -> Vec<u16> {
        let missing = self.width.saturating_sub(prefix.len() + text.len());
        let fill = |byte| std::iter::repeat_n(unit(byte), missing);
        if self.left {
            prefix.into_iter().chain(text).chain(fill(b' ')).collect()
        } else if self.zeros && self.precision.is_none() {
            prefix.extend(fill(b'0'));
            prefix.into_iter().chain(text).collect()
        } else {
            fill(b' ').chain(prefix).chain(text).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Options, Result, Target, Win32Error, format};
    use crate::text::{to_bytes, to_wide};
    use proptest::prelude::*;

    struct Some3([usize; 3]);

    impl Arguments for Some3 {
        fn get(&mut self, index: usize) -> Result<usize> {
            self.0.get(index).copied().ok_or(Win32Error::INVALID_PARAMETER)
        }

        fn string(&mut self, pointer: usize, _: Target, most: Option<usize>) -> Result<Vec<u16>> {
            let text = to_wide(format!("<{pointer}>").as_bytes());
            Ok(text.into_iter().take(most.unwrap_or(usize::MAX)).collect())
        }
    }

    fn made(message: &str, arguments: [usize; 3], width: u8, ignore_inserts: bool) -> String {
        let options = Options { ignore_inserts, width, target: Target::Wide };
        match format(&to_wide(message.as_bytes()), options, &mut Some3(arguments)) {
            Ok(text) => String::from_utf8(to_bytes(&text)).unwrap(),
            Err(error) => format!("error {}", error.code()),
        }
    }

    #[test]
    fn inserts_are_formatted() {
        let args = [7, usize::MAX, 0];
        for (message, expected) in [
            ("%1 %2!d! %3", "<7> -1 (null)"),
            (
                "%1!05d!|%1!-4u!|%1!#x!|%2!X!|%2!I64u!",
                "00007|7   |0x7|FFFFFFFF|18446744073709551615",
            ),
            ("%1!*.*s!", " (null)"),
            ("%1!*d!", "     -1"),
            ("100%% %!done%! %.%b|%n%t%r", "100% !done! . |\r\n\t\r"),
            ("stop%0 here", "stop"),
            ("%1!.2s!|%1!+d!|%1!3.2d!", "<7|+7| 07"),
            ("%4", "error 87"),
            ("%", "error 87"),
            ("%1!q!", "error 87"),
            ("%1!d", "error 87"),
            ("a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd"),
        ] {
            assert_eq!(made(message, args, 0, false), expected, "{message}");
        }
        assert_eq!(made("%1!d! %2%n", args, 0, true), "%1!d! %2\r\n");
    }

    #[test]
    fn lines_break_where_asked() {
        assert_eq!(made("one two\nthree%nfour", [0; 3], 255, false), "one two three\r\nfour");
        assert_eq!(made("one two three", [0; 3], 8, false), "one two\r\nthree");
    }

    proptest! {
        #[test]
        fn no_message_does_harm(message in "[%0-9!*.sdxuI64 a\n-]{0,30}", args in any::<[usize; 3]>(),
                                width in any::<u8>()) {
            let _ = made(&message, args, width, false);
            let _ = made(&message, args, width, true);
        }
    }
}
