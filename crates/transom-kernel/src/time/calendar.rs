//! Dates.

use crate::error::{Result, Win32Error};

/// Tenths of a microsecond in a second.
const SECOND: u64 = 10_000_000;
const DAY: u64 = 86_400;
/// Seconds from 1601 to 1970.
const UNIX: i64 = 11_644_473_600;
/// Days of four hundred, one hundred and four years.
const DAYS_400: u64 = 146_097;
const DAYS_100: u64 = 36_524;
const DAYS_4: u64 = 1461;

/// A moment of Linux' as a file time; the beginning or the end of what there is for what is beyond.
#[must_use]
pub fn from_unix(seconds: i64, nanoseconds: i64) -> u64 {
    let seconds = seconds.saturating_add(UNIX);
    let Ok(seconds) = u64::try_from(seconds) else { return 0 };
    let fraction = nanoseconds.clamp(0, 999_999_999).cast_unsigned() / 100;
    seconds.saturating_mul(SECOND).saturating_add(fraction).min(i64::MAX.cast_unsigned())
}

/// A file time as seconds and nanoseconds since 1970.
#[must_use]
pub const fn to_unix(time: u64) -> (i64, i64) {
    let seconds = (time / SECOND).cast_signed() - UNIX;
    (seconds, (time % SECOND * 100).cast_signed())
}

/// A date and time of day, as `SYSTEMTIME` has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemTime {
    /// From 1601 to 30827.
    pub year: u16,
    /// From 1 to 12.
    pub month: u16,
    /// Days since Sunday.
    pub day_of_week: u16,
    /// From 1 to 31.
    pub day: u16,
    /// From 0 to 23.
    pub hour: u16,
    /// From 0 to 59.
    pub minute: u16,
    /// From 0 to 59.
    pub second: u16,
    /// From 0 to 999.
    pub millisecond: u16,
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// How many days a month has; 0 for what is none.
pub(super) const fn days_of(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days from the beginning of 1601 to that of a month.
fn days_before(year: u16, month: u16) -> u64 {
    let years = u64::from(year) - 1601;
    let before = years * 365 + years / 4 - years / 100 + years / 400;
    before + (1..month).map(|month| u64::from(days_of(year, month))).sum::<u64>()
}

impl SystemTime {
    /// `FileTimeToSystemTime`: the date of a file time.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for a time that is negative when signed.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-filetimetosystemtime>
    pub fn from_file_time(time: u64) -> Result<Self> {
        if i64::try_from(time).is_err() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let (seconds, fraction) = (time / SECOND, time % SECOND);
        let (days, seconds) = (seconds / DAY, seconds % DAY);
        let mut rest = days;
        let mut year = 1601 + rest / DAYS_400 * 400;
        rest %= DAYS_400;
        let hundreds = (rest / DAYS_100).min(3);
        year += hundreds * 100;
        rest -= hundreds * DAYS_100;
        year += rest / DAYS_4 * 4;
        rest %= DAYS_4;
        let single = (rest / 365).min(3);
        year += single;
        rest -= single * 365;
        let (year, mut month, mut day) = (year as u16, 1, rest as u16);
        while day >= days_of(year, month) {
            day -= days_of(year, month);
            month += 1;
        }
        Ok(Self {
            year,
            month,
            // The first day of 1601 was a Monday.
            day_of_week: ((days + 1) % 7) as u16,
            day: day + 1,
            hour: (seconds / 3600) as u16,
            minute: (seconds / 60 % 60) as u16,
            second: (seconds % 60) as u16,
            millisecond: (fraction / 10_000) as u16,
        })
    }

    /// `SystemTimeToFileTime`: the file time of a date; the day of the week does not count.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for a date that does not exist or is out of range.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-systemtimetofiletime>
    pub fn to_file_time(self) -> Result<u64> {
        let Self { year, month, day, hour, minute, second, millisecond, .. } = self;
        let is_time = hour < 24 && minute < 60 && second < 60 && millisecond < 1000;
        let is_date = (1601..=30827).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_of(year, month)).contains(&day);
        if !is_time || !is_date {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let days = days_before(year, month) + u64::from(day) - 1;
        let minutes = u64::from(hour) * 60 + u64::from(minute);
        let seconds = days * DAY + minutes * 60 + u64::from(second);
        let time = seconds * SECOND + u64::from(millisecond) * 10_000;
        if i64::try_from(time).is_ok() { Ok(time) } else { Err(Win32Error::INVALID_PARAMETER) }
    }
}

#[cfg(test)]
mod tests {
    use super::{SystemTime, from_unix, to_unix};
    use proptest::prelude::*;

    #[test]
    fn known_dates_are_right() {
        let date = SystemTime::from_file_time(from_unix(951_782_400, 0)).unwrap();
        assert_eq!((date.year, date.month, date.day, date.day_of_week), (2000, 2, 29, 2));
        let first = SystemTime::from_file_time(0).unwrap();
        assert_eq!((first.year, first.month, first.day, first.day_of_week), (1601, 1, 1, 1));
        let last = SystemTime::from_file_time(i64::MAX.cast_unsigned()).unwrap();
        assert_eq!((last.year, last.month, last.day), (30828, 9, 14));
        assert!(SystemTime::from_file_time(1 << 63).is_err());
        let bad = SystemTime { year: 2023, month: 2, day: 29, ..SystemTime::default() };
        assert!(bad.to_file_time().is_err());
        assert_eq!(to_unix(from_unix(-5, 100)), (-5, 100));
        assert_eq!(from_unix(i64::MIN, 0), 0);
    }

    proptest! {
        #[test]
        fn dates_come_back(time in 0..910_670_515_199_999_u64) {
            let time = time * 10_000;
            let date = SystemTime::from_file_time(time).unwrap();
            prop_assert_eq!(date.to_file_time(), Ok(time));
        }
    }
}
