//! Code pages: UTF-16 and everything else.
//!
//! The tables are those of the crate `encoding_rs`.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/intl/code-page-identifiers>

use crate::error::{Result, Win32Error};
use encoding_rs::{EncoderResult, Encoding};
use windows_sys::Win32::Globalization as win;

/// The code page of this system, for "ANSI" and "OEM" text alike: UTF-8.
pub const SYSTEM: u32 = win::CP_UTF8;

/// A code page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePage {
    number: u32,
    table: Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Utf8,
    /// The first 128 or 256 characters as they are.
    Direct(u16),
    Other(&'static Encoding),
}

/// The numbers and what they are called.
const NAMES: [(u32, &str); 21] = [
    (866, "Russian (DOS)"),
    (874, "Thai"),
    (932, "Japanese (Shift-JIS)"),
    (936, "Chinese, simplified (GBK)"),
    (949, "Korean (UHC)"),
    (950, "Chinese, traditional (Big5)"),
    (1250, "Central European"),
    (1251, "Cyrillic"),
    (1252, "Western European"),
    (1253, "Greek"),
    (1254, "Turkish"),
    (1255, "Hebrew"),
    (1256, "Arabic"),
    (1257, "Baltic"),
    (1258, "Vietnamese"),
    (20127, "ASCII"),
    (20866, "Russian (KOI8-R)"),
    (28591, "Latin 1 (ISO 8859-1)"),
    (51932, "Japanese (EUC)"),
    (54936, "Chinese (GB18030)"),
    (65001, "UTF-8"),
];

impl CodePage {
    /// The code page of a number; `CP_ACP`, `CP_OEMCP` and `CP_THREAD_ACP` are the system's.
    #[must_use]
    pub fn find(number: u32) -> Option<Self> {
        let number = match number {
            win::CP_ACP | win::CP_OEMCP | win::CP_THREAD_ACP => SYSTEM,
            number => number,
        };
        let table = match number {
            win::CP_UTF8 => Table::Utf8,
            20127 => Table::Direct(0x7F),
            28591 => Table::Direct(0xFF),
            866 => Table::Other(encoding_rs::IBM866),
            874 => Table::Other(encoding_rs::WINDOWS_874),
            932 => Table::Other(encoding_rs::SHIFT_JIS),
            936 => Table::Other(encoding_rs::GBK),
            949 => Table::Other(encoding_rs::EUC_KR),
            950 => Table::Other(encoding_rs::BIG5),
            1250 => Table::Other(encoding_rs::WINDOWS_1250),
            1251 => Table::Other(encoding_rs::WINDOWS_1251),
            1252 => Table::Other(encoding_rs::WINDOWS_1252),
            1253 => Table::Other(encoding_rs::WINDOWS_1253),
            1254 => Table::Other(encoding_rs::WINDOWS_1254),
            1255 => Table::Other(encoding_rs::WINDOWS_1255),
            1256 => Table::Other(encoding_rs::WINDOWS_1256),
            1257 => Table::Other(encoding_rs::WINDOWS_1257),
            1258 => Table::Other(encoding_rs::WINDOWS_1258),
            20866 => Table::Other(encoding_rs::KOI8_R),
            51932 => Table::Other(encoding_rs::EUC_JP),
            54936 => Table::Other(encoding_rs::GB18030),
            _ => return None,
        };
        Some(Self { number, table })
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(number, _)| *number == self.number).map_or("", |(_, name)| name)
    }

    /// Whether it is UTF-8.
    #[must_use]
    pub fn is_utf8(self) -> bool {
        self.table == Table::Utf8
    }

    /// The most bytes a character has.
    #[must_use]
    pub const fn longest(self) -> u32 {
        match self.number {
            win::CP_UTF8 | 54936 => 4,
            51932 => 3,
            932 | 936 | 949 | 950 => 2,
            _ => 1,
        }
    }

    /// The ranges of bytes that begin a character of two.
    #[must_use]
    pub const fn lead_bytes(self) -> &'static [(u8, u8)] {
        match self.number {
            932 => &[(0x81, 0x9F), (0xE0, 0xFC)],
            936 | 949 | 950 => &[(0x81, 0xFE)],
            _ => &[],
        }
    }

    /// Whether a byte begins a character of two.
    #[must_use]
    pub fn is_lead_byte(self, byte: u8) -> bool {
        self.lead_bytes().iter().any(|&(first, last)| (first..=last).contains(&byte))
    }

    /// What stands for bytes that are no character.
    #[must_use]
    pub const fn unicode_default(self) -> u16 {
        match self.number {
            win::CP_UTF8 | 54936 => 0xFFFD,
            932 => 0x30FB,
            _ => b'?' as u16,
        }
    }

    /// `MultiByteToWideChar`: bytes as UTF-16.
    ///
    /// # Errors
    /// `ERROR_INVALID_FLAGS` for flags this code page does not know, `ERROR_NOT_SUPPORTED` for
    /// composite and glyph characters, `ERROR_NO_UNICODE_TRANSLATION` for bytes that are no character
    /// if `MB_ERR_INVALID_CHARS` asks.
    pub fn decode(self, flags: u32, bytes: &[u8]) -> Result<Vec<u16>> {
        let known = if self.is_utf8() || self.number == 54936 {
            win::MB_ERR_INVALID_CHARS
        } else {
            win::MB_ERR_INVALID_CHARS
                | win::MB_PRECOMPOSED
                | win::MB_COMPOSITE
                | win::MB_USEGLYPHCHARS
        };
        let both = win::MB_PRECOMPOSED | win::MB_COMPOSITE;
        if flags & !known != 0 || flags & both == both {
            return Err(Win32Error::INVALID_FLAGS);
        }
        if flags & (win::MB_COMPOSITE | win::MB_USEGLYPHCHARS) != 0 {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        let (wide, wrong) = match self.table {
            Table::Direct(last) => {
                let default = self.unicode_default();
                let unit = |&byte: &u8| match u16::from(byte) {
                    unit if unit > last => default,
                    unit => unit,
                };
                let wrong = bytes.iter().any(|&byte| u16::from(byte) > last);
                (bytes.iter().map(unit).collect(), wrong)
            }
            Table::Utf8 => {
                let text = String::from_utf8_lossy(bytes);
                let wrong = matches!(text, std::borrow::Cow::Owned(_));
                (text.encode_utf16().collect::<Vec<u16>>(), wrong)
            }
            Table::Other(encoding) => {
                let (text, wrong) = encoding.decode_without_bom_handling(bytes);
                let default = self.unicode_default();
                let unit = |unit| if unit == 0xFFFD { default } else { unit };
                (text.encode_utf16().map(unit).collect(), wrong)
            }
        };
        if wrong && flags & win::MB_ERR_INVALID_CHARS != 0 {
            return Err(Win32Error::NO_UNICODE_TRANSLATION);
        }
        Ok(wide)
    }

    /// `WideCharToMultiByte`: UTF-16 as bytes, with `default` (or `?`) for what the code page does
    /// not have; whether that was needed.
    ///
    /// # Errors
    /// `ERROR_INVALID_FLAGS` for flags this code page does not know, `ERROR_NOT_SUPPORTED` for those
    /// about composite characters, `ERROR_INVALID_PARAMETER` for a default character of UTF-8's,
    /// `ERROR_NO_UNICODE_TRANSLATION` for half a surrogate pair if `WC_ERR_INVALID_CHARS` asks.
    pub fn encode(
        self,
        flags: u32,
        wide: &[u16],
        default: Option<&[u8]>,
    ) -> Result<(Vec<u8>, bool)> {
        const COMPOSITE: u32 =
            win::WC_COMPOSITECHECK | win::WC_DISCARDNS | win::WC_SEPCHARS | win::WC_DEFAULTCHAR;
        let unicode = self.is_utf8() || self.number == 54936;
        let known =
            if unicode { win::WC_ERR_INVALID_CHARS } else { COMPOSITE | win::WC_NO_BEST_FIT_CHARS };
        if flags & !known != 0 {
            return Err(Win32Error::INVALID_FLAGS);
        }
        if unicode && default.is_some() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if flags & COMPOSITE != 0 {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        let mut lone = false;
        let text: String = char::decode_utf16(wide.iter().copied())
            .map(|unit| {
                unit.unwrap_or_else(|_| {
                    lone = true;
                    char::REPLACEMENT_CHARACTER
                })
            })
            .collect();
        if lone && flags & win::WC_ERR_INVALID_CHARS != 0 {
            return Err(Win32Error::NO_UNICODE_TRANSLATION);
        }
        let default = default.unwrap_or(b"?");
        let mut used = false;
        let bytes = match self.table {
            Table::Utf8 => text.into_bytes(),
            Table::Direct(last) => text.chars().fold(Vec::new(), |mut bytes, character| {
                match u8::try_from(u32::from(character)) {
                    Ok(byte) if u16::from(byte) <= last => bytes.push(byte),
                    _ => {
                        used = true;
                        bytes.extend_from_slice(default);
                    }
                }
                bytes
            }),
            Table::Other(encoding) => {
                let mut encoder = encoding.new_encoder();
                let (mut bytes, mut rest) = (Vec::new(), text.as_str());
                loop {
                    let room = encoder
                        .max_buffer_length_from_utf8_without_replacement(rest.len())
                        .ok_or(Win32Error::NOT_ENOUGH_MEMORY)?;
                    let start = bytes.len();
                    bytes.resize(start + room, 0);
                    let (result, read, written) = encoder.encode_from_utf8_without_replacement(
                        rest,
                        &mut bytes[start..],
                        true,
                    );
                    bytes.truncate(start + written);
                    rest = &rest[read..];
                    match result {
                        EncoderResult::InputEmpty => break,
                        EncoderResult::OutputFull => {}
                        EncoderResult::Unmappable(_) => {
                            used = true;
                            bytes.extend_from_slice(default);
                        }
                    }
                }
                bytes
            }
        };
        Ok((bytes, used))
    }
}

#[cfg(test)]
mod tests {
    use super::{CodePage, NAMES};
    use crate::error::Win32Error;
    use proptest::prelude::*;

    #[test]
    fn korean_goes_both_ways() {
        let page = CodePage::find(949).expect("there is one");
        assert_eq!(page.decode(8, &[0xB0, 0xA1, b'a']), Ok(vec![0xAC00, 0x61]));
        assert_eq!(page.encode(0, &[0xAC00, 0x61], None), Ok((vec![0xB0, 0xA1, b'a'], false)));
        assert_eq!(
            page.encode(0, &[0x00E9, 0xD83D, 0xDE00], Some(b"!")),
            Ok((b"!!".to_vec(), true))
        );
        assert_eq!(page.decode(8, &[0xFF]), Err(Win32Error::NO_UNICODE_TRANSLATION));
        assert_eq!(page.decode(0, &[0xFF, b'a']), Ok(vec![b'?'.into(), b'a'.into()]));
        assert!(page.is_lead_byte(0xB0) && !page.is_lead_byte(b'a'));
    }

    #[test]
    fn utf8_knows_few_flags() {
        let page = CodePage::find(0).expect("there is one");
        assert_eq!(page.number(), 65001);
        assert_eq!(page.decode(1, b"a"), Err(Win32Error::INVALID_FLAGS));
        assert_eq!(page.encode(0x400, &[97], None).err(), Some(Win32Error::INVALID_FLAGS));
        assert_eq!(page.encode(0, &[97], Some(b"?")).err(), Some(Win32Error::INVALID_PARAMETER));
        assert_eq!(
            page.encode(0x80, &[0xD800], None).err(),
            Some(Win32Error::NO_UNICODE_TRANSLATION)
        );
        assert_eq!(page.encode(0, &[0xD800], None), Ok(("\u{FFFD}".into(), false)));
        assert_eq!(page.decode(0, &[0xE0, 0x80, b'a']), Ok(vec![0xFFFD, 0xFFFD, 97]));
    }

    #[test]
    fn every_named_page_is_there() {
        for (number, name) in NAMES {
            assert_eq!(CodePage::find(number).map(CodePage::name), Some(name));
        }
        assert_eq!(CodePage::find(437), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..30),
                          wide in proptest::collection::vec(any::<u16>(), 0..30)) {
            for (number, _) in NAMES {
                let page = CodePage::find(number).expect("just listed");
                prop_assert!(page.decode(0, &bytes).is_ok());
                prop_assert!(page.encode(0, &wide, None).is_ok());
            }
        }
    }
}
