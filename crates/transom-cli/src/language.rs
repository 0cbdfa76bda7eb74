//! The languages the program speaks, and its words for Win32 errors.

use clap::ValueEnum;
use transom::Win32Error;

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English.
    En,
    /// Korean.
    Ko,
}

impl Language {
    /// What the environment asks for, as gettext reads it.
    #[must_use]
    pub fn of_environment() -> Self {
        let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(std::env::var_os)
            .find(|value| !value.is_empty());
        match asked {
            Some(value) if value.to_string_lossy().starts_with("ko") => Self::Ko,
            _ => Self::En,
        }
    }

    /// What went wrong, with the error's name and number.
    #[must_use]
    pub fn error(self, error: Win32Error) -> String {
        let korean = match self {
            Self::En => None,
            Self::Ko => ERRORS.iter().find(|(known, _)| *known == error).map(|(_, korean)| *korean),
        };
        match (korean, error.describe()) {
            (Some(korean), Some((name, _))) => format!("{korean} ({name}, {})", error.code()),
            _ => error.to_string(),
        }
    }
}

/// The same in both languages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    english: &'static str,
    korean: &'static str,
}

impl Words {
    pub(crate) const fn of(self, language: Language) -> &'static str {
        match language {
            Language::En => self.english,
            Language::Ko => self.korean,
        }
    }
}

pub(crate) const fn words(english: &'static str, korean: &'static str) -> Words {
    Words { english, korean }
}

/// A sentence with values in it, in the language that is asked for.
macro_rules! say {
    ($language:expr, $english:literal, $korean:literal $(, $($value:tt)*)?) => {
        match $language {
            $crate::language::Language::En => format!($english $(, $($value)*)?),
            $crate::language::Language::Ko => format!($korean $(, $($value)*)?),
        }
    };
}
pub(crate) use say;

/// The errors that somebody at the prompt meets.
const ERRORS: [(Win32Error, &str); 18] = [
    (Win32Error::FILE_NOT_FOUND, "그런 파일이나 프로그램, 이름이 없다"),
    (Win32Error::PATH_NOT_FOUND, "경로에 있는 디렉터리가 없다"),
    (Win32Error::TOO_MANY_OPEN_FILES, "프로세스에 남은 파일 디스크립터가 없다"),
    (Win32Error::ACCESS_DENIED, "접근이 거부되었다"),
    (Win32Error::INVALID_HANDLE, "핸들이 올바르지 않다"),
    (Win32Error::NOT_ENOUGH_MEMORY, "메모리가 모자란다"),
    (Win32Error::SHARING_VIOLATION, "다른 프로세스가 이를 허용하지 않는 공유 모드로 파일을 열었다"),
    (Win32Error::NOT_SUPPORTED, "지원하지 않는 요청이다"),
    (Win32Error::FILE_EXISTS, "파일이 이미 있다"),
    (Win32Error::INVALID_PARAMETER, "매개 변수가 올바르지 않다"),
    (Win32Error::BROKEN_PIPE, "파이프의 반대쪽이 닫혔다"),
    (Win32Error::DISK_FULL, "디스크에 공간이 없다"),
    (Win32Error::INVALID_NAME, "이름의 형식이 올바르지 않다"),
    (Win32Error::BAD_EXE_FORMAT, "이 컴퓨터에서 실행할 수 있는 프로그램이 아니다"),
    (Win32Error::FILENAME_EXCED_RANGE, "이름이나 경로가 너무 길다"),
    (Win32Error::NO_DATA, "파이프를 읽는 쪽이 없다"),
    (Win32Error::DIRECTORY, "디렉터리가 아니다"),
    (Win32Error::NO_SYSTEM_RESOURCES, "시스템에 남은 자원이 없다"),
];

#[cfg(test)]
mod tests {
    use super::{ERRORS, Language};
    use transom::Win32Error;

    #[test]
    fn an_error_has_its_name_and_number_in_both_languages() {
        for (error, _) in ERRORS {
            for language in [Language::En, Language::Ko] {
                let text = language.error(error);
                let name = error.describe().expect("a name").0;
                assert!(text.ends_with(&format!("({name}, {})", error.code())), "{text}");
            }
            assert_ne!(Language::En.error(error), Language::Ko.error(error));
        }
        let unknown = Win32Error::from_code(77_777);
        assert_eq!(Language::Ko.error(unknown), "Win32 error 77777");
    }
}
