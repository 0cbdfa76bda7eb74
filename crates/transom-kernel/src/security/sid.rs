//! Security identifiers.

use crate::error::{Result, Win32Error};
use std::fmt;

/// A security identifier: an authority and up to fifteen numbers, as in `S-1-5-32-544`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sid {
    authority: u64,
    numbers: Vec<u32>,
}

const REVISION: u8 = 1;
const MOST_NUMBERS: usize = 15;
const LARGEST_AUTHORITY: u64 = (1 << 48) - 1;
/// Bytes before the numbers.
const HEADER: usize = 8;

/// Samba's authority for Unix users and groups.
const UNIX: u64 = 22;
const UNIX_USER: u32 = 1;
const UNIX_GROUP: u32 = 2;
const NT: u64 = 5;
const BUILTIN: u32 = 32;

/// An identifier that means the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WellKnown {
    /// Its two letters in SDDL; empty where it has none.
    pub letters: &'static str,
    /// Its number in `WELL_KNOWN_SID_TYPE`.
    pub number: i32,
    authority: u64,
    numbers: &'static [u32],
}

const fn known(
    letters: &'static str,
    number: i32,
    authority: u64,
    numbers: &'static [u32],
) -> WellKnown {
    WellKnown { letters, number, authority, numbers }
}

impl WellKnown {
    /// Those that are known here.
    pub const ALL: [Self; 32] = [
        known("", 0, 0, &[0]),
        known("WD", 1, 1, &[0]),
        known("", 2, 2, &[0]),
        known("CO", 3, 3, &[0]),
        known("CG", 4, 3, &[1]),
        known("", 5, 3, &[2]),
        known("", 6, 3, &[3]),
        known("", 8, NT, &[1]),
        known("NU", 9, NT, &[2]),
        known("", 10, NT, &[3]),
        known("IU", 11, NT, &[4]),
        known("SU", 12, NT, &[6]),
        known("AN", 13, NT, &[7]),
        known("", 14, NT, &[8]),
        known("ED", 15, NT, &[9]),
        known("PS", 16, NT, &[10]),
        known("AU", 17, NT, &[11]),
        known("RC", 18, NT, &[12]),
        known("SY", 22, NT, &[18]),
        known("LS", 23, NT, &[19]),
        known("NS", 24, NT, &[20]),
        known("BA", 26, NT, &[BUILTIN, 544]),
        known("BU", 27, NT, &[BUILTIN, 545]),
        known("BG", 28, NT, &[BUILTIN, 546]),
        known("PU", 29, NT, &[BUILTIN, 547]),
        known("BO", 33, NT, &[BUILTIN, 551]),
        known("LW", 66, 16, &[4096]),
        known("ME", 67, 16, &[8192]),
        known("HI", 68, 16, &[12288]),
        known("SI", 69, 16, &[16384]),
        known("OW", 71, 3, &[4]),
        known("AC", 84, 15, &[2, 1]),
    ];

    /// The identifier.
    #[must_use]
    pub fn sid(self) -> Sid {
        Sid { authority: self.authority, numbers: self.numbers.to_vec() }
    }
}

impl Sid {
    /// An identifier of its parts.
    ///
    /// # Errors
    /// `ERROR_INVALID_SID` for more than fifteen numbers or an authority over 48 bits.
    pub fn new(authority: u64, numbers: &[u32]) -> Result<Self> {
        if numbers.len() > MOST_NUMBERS || authority > LARGEST_AUTHORITY {
            return Err(Win32Error::INVALID_SID);
        }
        Ok(Self { authority, numbers: numbers.to_vec() })
    }

    /// Linux' user of this id.
    #[must_use]
    pub fn of_user(uid: u32) -> Self {
        Self { authority: UNIX, numbers: vec![UNIX_USER, uid] }
    }

    /// Linux' group of this id.
    #[must_use]
    pub fn of_group(gid: u32) -> Self {
        Self { authority: UNIX, numbers: vec![UNIX_GROUP, gid] }
    }

    /// `WinWorldSid`: everyone.
    #[must_use]
    pub fn everyone() -> Self {
        Self { authority: 1, numbers: vec![0] }
    }

    /// `WinBuiltinAdministratorsSid`.
    #[must_use]
    pub fn administrators() -> Self {
        Self { authority: NT, numbers: vec![BUILTIN, 544] }
    }

    /// The user that it is, if it is one of Linux'.
    #[must_use]
    pub fn user(&self) -> Option<u32> {
        match (self.authority, &*self.numbers) {
            (UNIX, &[UNIX_USER, uid]) => Some(uid),
            _ => None,
        }
    }

    /// The group that it is, if it is one of Linux'.
    #[must_use]
    pub fn group(&self) -> Option<u32> {
        match (self.authority, &*self.numbers) {
            (UNIX, &[UNIX_GROUP, gid]) => Some(gid),
            _ => None,
        }
    }

    /// Its well-known meaning, if it has one.
    #[must_use]
    pub fn well_known(&self) -> Option<WellKnown> {
        WellKnown::ALL
            .into_iter()
            .find(|known| (known.authority, known.numbers) == (self.authority, &*self.numbers))
    }

    /// Reads `S-1-5-32-544`, or two letters such as `BA`.
    ///
    /// # Errors
    /// `ERROR_INVALID_SID` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let known = WellKnown::ALL.into_iter();
        let mut by_letters = known.filter(|known| !known.letters.is_empty());
        if let Some(known) = by_letters.find(|known| known.letters.eq_ignore_ascii_case(text)) {
            return Ok(known.sid());
        }
        let mut parts = text.split('-');
        let begins = parts.next().is_some_and(|first| first.eq_ignore_ascii_case("S"))
            && parts.next() == Some("1");
        let authority = parts.next().and_then(number);
        let numbers: Option<Vec<u32>> =
            parts.map(|part| u32::try_from(number(part)?).ok()).collect();
        match (begins, authority, numbers) {
            (true, Some(authority), Some(numbers)) if !numbers.is_empty() => {
                Self::new(authority, &numbers)
            }
            _ => Err(Win32Error::INVALID_SID),
        }
    }

    /// How many bytes an identifier with so many numbers takes.
    #[must_use]
    pub const fn length_with(numbers: u8) -> usize {
        HEADER + 4 * numbers as usize
    }

    /// How many bytes an identifier takes, by its first two.
    ///
    /// # Errors
    /// `ERROR_INVALID_SID` if they are none's.
    pub fn length_by(start: [u8; 2]) -> Result<usize> {
        if start[0] & 0xF != REVISION || usize::from(start[1]) > MOST_NUMBERS {
            return Err(Win32Error::INVALID_SID);
        }
        Ok(Self::length_with(start[1]))
    }

    /// Reads the identifier at the beginning of some bytes.
    ///
    /// # Errors
    /// `ERROR_INVALID_SID` if there is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let start = *bytes.first_chunk().ok_or(Win32Error::INVALID_SID)?;
        let whole = bytes.get(..Self::length_by(start)?).ok_or(Win32Error::INVALID_SID)?;
        let authority = whole[2..HEADER].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        let numbers = whole[HEADER..].as_chunks().0.iter().map(|four| u32::from_le_bytes(*four));
        Ok(Self { authority, numbers: numbers.collect() })
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn length(&self) -> usize {
        HEADER + 4 * self.numbers.len()
    }

    /// Its bytes: a `SID`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![REVISION, self.numbers.len() as u8];
        bytes.extend(&self.authority.to_be_bytes()[2..]);
        bytes.extend(self.numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }
}

/// A number, decimal or with `0x`.
pub(super) fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u64::from_str_radix(digits, 16).ok()
        }
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

/// `S-1-5-32-544`; an authority over 32 bits is hexadecimal.
impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.authority > u64::from(u32::MAX) {
            write!(f, "S-1-{:#014x}", self.authority)?;
        } else {
            write!(f, "S-1-{}", self.authority)?;
        }
        self.numbers.iter().try_for_each(|number| write!(f, "-{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Sid, WellKnown, Win32Error};
    use proptest::prelude::*;

    #[test]
    fn identifiers_are_read_as_windows_writes_them() {
        let administrators = Sid::parse("S-1-5-32-544").unwrap();
        assert_eq!(administrators, Sid::administrators());
        assert_eq!(Sid::parse("BA").unwrap(), administrators);
        assert_eq!(administrators.to_bytes(), b"\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0");
        assert_eq!(Sid::of_user(1000).to_string(), "S-1-22-1-1000");
        assert_eq!(Sid::parse("S-1-22-2-100").unwrap().group(), Some(100));
        for wrong in ["", "X", "S-1-1", "S-2-1-0", "S-1--0", "S-1-1-0-", "S-1-1-+1", "ZZ"] {
            assert_eq!(Sid::parse(wrong), Err(Win32Error::INVALID_SID), "{wrong}");
        }
        let many = format!("S-1-1{}", "-1".repeat(16));
        assert_eq!(Sid::parse(&many), Err(Win32Error::INVALID_SID));
    }

    #[test]
    fn every_well_known_one_is_one() {
        for known in WellKnown::ALL {
            assert_eq!(known.sid().well_known(), Some(known));
        }
    }

    proptest! {
        #[test]
        fn text_and_bytes_say_the_same(
            authority in 0_u64..1 << 48,
            numbers in prop::collection::vec(any::<u32>(), 1..=15),
        ) {
            let sid = Sid::new(authority, &numbers).unwrap();
            prop_assert_eq!(Sid::from_bytes(&sid.to_bytes()), Ok(sid.clone()));
            prop_assert_eq!(Sid::parse(&sid.to_string()), Ok(sid));
        }

        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(sid) = Sid::from_bytes(&bytes) {
                prop_assert!(sid.length() <= bytes.len());
            }
        }
    }
}
