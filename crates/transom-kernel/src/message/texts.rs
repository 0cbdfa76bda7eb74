//! The texts of error codes, in our own words.

use super::korean;
use crate::environment;
use crate::error::{Result, Win32Error};
use crate::text;

/// A language that texts are asked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The user's: that of `LC_ALL`, `LC_MESSAGES` or `LANG`, or English.
    User,
    /// English.
    English,
    /// Korean.
    Korean,
    /// One that has no texts here.
    Other,
}

const PRIMARY: u32 = 0x3FF;
const NEUTRAL: u32 = 0x00;
const ENGLISH: u32 = 0x09;
const KOREAN: u32 = 0x12;

impl Language {
    /// The language of a `LANGID`.
    #[must_use]
    pub const fn of_id(id: u32) -> Self {
        match id & PRIMARY {
            NEUTRAL => Self::User,
            ENGLISH => Self::English,
            KOREAN => Self::Korean,
            _ => Self::Other,
        }
    }

    /// The user's language.
    #[must_use]
    pub fn of_user() -> Self {
        let variable = |name: &str| {
            environment::get(&name.encode_utf16().collect::<Vec<_>>())
                .ok()
                .filter(|v| !v.is_empty())
        };
        let found = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
        match found {
            Some(value) if text::to_bytes(&value).starts_with(b"ko") => Self::Korean,
            _ => Self::English,
        }
    }
}

/// What `HRESULT_FROM_WIN32` adds to an error code.
const HRESULT: u32 = 0x8007_0000;

fn english(code: u32) -> Option<String> {
    if code == 0 {
        return Some("the operation has succeeded".into());
    }
    let (_, text) = Win32Error::from_code(code).describe()?;
    Some(text.into())
}

/// The text of an error code, as a sentence and with a line break behind it.
///
/// # Errors
/// `ERROR_MR_MID_NOT_FOUND` for a code without a text, `ERROR_RESOURCE_LANG_NOT_FOUND` for one that
/// has none in this language.
pub fn system_text(code: u32, language: Language) -> Result<Vec<u16>> {
    let code = if code & 0xFFFF_0000 == HRESULT { code & 0xFFFF } else { code };
    let english = english(code).ok_or(Win32Error::MR_MID_NOT_FOUND)?;
    let chosen = match language {
        Language::User => match Language::of_user() {
            Language::Korean => korean::text(code).map_or(english, String::from),
            _ => english,
        },
        Language::English => english,
        Language::Korean => {
            korean::text(code).map(String::from).ok_or(Win32Error::RESOURCE_LANG_NOT_FOUND)?
        }
        Language::Other => return Err(Win32Error::RESOURCE_LANG_NOT_FOUND),
    };
    let mut letters = chosen.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    Ok(format!("{first}{}.\r\n", letters.as_str()).encode_utf16().collect())
}

#[cfg(test)]
mod tests {
    use super::{Language, Win32Error, korean, system_text};

    #[test]
    fn texts_are_sentences() {
        let text =
            |code, language| system_text(code, language).map(|t| String::from_utf16_lossy(&t));
        assert_eq!(text(5, Language::English).as_deref(), Ok("Access is denied.\r\n"));
        assert_eq!(text(0x8007_0005, Language::English), text(5, Language::English));
        assert!(text(5, Language::Korean).is_ok_and(|text| text.ends_with("다.\r\n")));
        assert_eq!(text(5, Language::of_id(0x407)), Err(Win32Error::RESOURCE_LANG_NOT_FOUND));
        assert_eq!(text(77_777, Language::User), Err(Win32Error::MR_MID_NOT_FOUND));
    }

    #[test]
    fn korean_texts_are_for_codes_that_have_english_ones() {
        for code in (0..2000).filter(|&code| korean::text(code).is_some()) {
            assert!(code == 0 || Win32Error::from_code(code).describe().is_some(), "{code}");
        }
    }
}
