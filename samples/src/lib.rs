//! Programs that show Transom at work; they are in `src/bin`.

/// The programs of the front page.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct FrontPage;

/// The programs of the Korean front page.
#[cfg(doctest)]
#[doc = include_str!("../../README.ko.md")]
pub struct KoreanFrontPage;
