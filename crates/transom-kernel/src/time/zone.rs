//! Time zones: how far a place's clocks are from the world's, and when that changes.
//!
//! The zone of this system is that of the environment variable `TZ` or the file `/etc/localtime`.
//! Like Windows, only the rule that holds now is looked at, also for other years.

use super::SystemTime;
use super::calendar::days_of;
use crate::error::{Result, Win32Error};
use std::path::Path;

const MINUTE: i64 = 600_000_000;
const DAY: u64 = 864_000_000_000;

/// A time zone, as `TIME_ZONE_INFORMATION` has it. Biases are minutes from local time to the world's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// For all of the year.
    pub bias: i32,
    /// What standard time is called.
    pub standard_name: String,
    /// When it begins; no month where there is no other time.
    pub standard_date: SystemTime,
    /// Added in standard time.
    pub standard_bias: i32,
    /// What daylight saving time is called.
    pub daylight_name: String,
    /// When it begins.
    pub daylight_date: SystemTime,
    /// Added in daylight saving time.
    pub daylight_bias: i32,
}

/// Which of a zone's times it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneState {
    /// There is only one (`TIME_ZONE_ID_UNKNOWN`).
    Only = 0,
    /// Standard time.
    Standard = 1,
    /// Daylight saving time.
    Daylight = 2,
}

impl Zone {
    /// The zone of this system; the world's time where it has none.
    #[must_use]
    pub fn current() -> Self {
        let variable = std::env::var("TZ").ok();
        let file = |path: &Path| std::fs::read(path).ok().and_then(|file| footer(&file));
        let rule = match variable.as_deref() {
            None => file(Path::new("/etc/localtime")),
            Some("") => None,
            Some(text) => {
                let name = text.strip_prefix(':').unwrap_or(text);
                // What is no rule is a file; a name must not lead out of the directory.
                parse(text).map(|_| text.to_owned()).or_else(|| {
                    let path = Path::new(name);
                    let inside = path.is_absolute() || !name.contains("..");
                    file(&Path::new("/usr/share/zoneinfo").join(path)).filter(|_| inside)
                })
            }
        };
        let world = || Self { standard_name: "UTC".into(), ..Self::default() };
        rule.as_deref().and_then(parse).unwrap_or_else(world)
    }

    /// Which of its times it is at a moment of the world's.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for a rule that names no day.
    pub fn state_at(&self, time: u64) -> Result<ZoneState> {
        if self.standard_date.month == 0 || self.daylight_date.month == 0 {
            return Ok(ZoneState::Only);
        }
        let standard = self.bias + self.standard_bias;
        let daylight = self.bias + self.daylight_bias;
        let year = SystemTime::from_file_time(shifted(time, -standard)?)?.year;
        let begins = shifted(moment(self.daylight_date, year)?, standard)?;
        let ends = shifted(moment(self.standard_date, year)?, daylight)?;
        let is_daylight = if begins < ends {
            (begins..ends).contains(&time)
        } else {
            !(ends..begins).contains(&time)
        };
        Ok(if is_daylight { ZoneState::Daylight } else { ZoneState::Standard })
    }

    fn bias_in(&self, state: ZoneState) -> i32 {
        match state {
            ZoneState::Only => self.bias,
            ZoneState::Standard => self.bias + self.standard_bias,
            ZoneState::Daylight => self.bias + self.daylight_bias,
        }
    }

    /// The zone's time of a moment of the world's.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for a rule that names no day, or a time out of range.
    pub fn to_local(&self, time: u64) -> Result<u64> {
        shifted(time, -self.bias_in(self.state_at(time)?))
    }

    /// The world's time of a moment of the zone's. Of two, the earlier; of none, as if daylight time
    /// had begun.
    ///
    /// # Errors
    /// As for [`to_local`](Self::to_local).
    pub fn to_world(&self, local: u64) -> Result<u64> {
        let candidate = |state| shifted(local, self.bias_in(state));
        if self.state_at(local)? == ZoneState::Only {
            return candidate(ZoneState::Only);
        }
        let daylight = candidate(ZoneState::Daylight)?;
        if self.state_at(daylight)? == ZoneState::Daylight {
            return Ok(daylight);
        }
        let standard = candidate(ZoneState::Standard)?;
        let exists = self.state_at(standard)? == ZoneState::Standard;
        Ok(if exists { standard } else { daylight })
    }

    /// The zone's time of a moment, with the bias that holds now, as file times are shown.
    ///
    /// # Errors
    /// As for [`to_local`](Self::to_local).
    pub fn to_local_as_now(&self, time: u64) -> Result<u64> {
        shifted(time, -self.bias_in(self.state_at(super::now())?))
    }

    /// The way back from [`to_local_as_now`](Self::to_local_as_now).
    ///
    /// # Errors
    /// As for [`to_local`](Self::to_local).
    pub fn to_world_as_now(&self, local: u64) -> Result<u64> {
        shifted(local, self.bias_in(self.state_at(super::now())?))
    }
}

/// A time and so many minutes.
fn shifted(time: u64, minutes: i32) -> Result<u64> {
    let shifted = i64::try_from(time)
        .ok()
        .and_then(|time| time.checked_add(i64::from(minutes) * MINUTE))
        .and_then(|time| u64::try_from(time).ok());
    shifted.ok_or(Win32Error::INVALID_PARAMETER)
}

/// When a rule's day begins to hold in a year: a date, or the first to fourth or last such day of the
/// week in a month.
fn moment(rule: SystemTime, year: u16) -> Result<u64> {
    if rule.year != 0 {
        return SystemTime { year, ..rule }.to_file_time();
    }
    if !(1..=5).contains(&rule.day) || rule.day_of_week > 6 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let first = SystemTime { year, day: 1, ..rule }.to_file_time()?;
    let first_day = SystemTime::from_file_time(first)?.day_of_week;
    let mut day = (7 + rule.day_of_week - first_day) % 7 + 7 * (rule.day - 1);
    while day >= days_of(year, rule.month) {
        day -= 7;
    }
    Ok(first + u64::from(day) * DAY)
}

/// The rule at the end of a zone file.
fn footer(file: &[u8]) -> Option<String> {
    if !file.starts_with(b"TZif") {
        return None;
    }
    let file = file.strip_suffix(b"\n")?;
    let start = file.iter().rposition(|&byte| byte == b'\n')? + 1;
    String::from_utf8(file[start..].to_vec()).ok()
}

/// A rule as POSIX writes it: `KST-9`, `EST5EDT,M3.2.0,M11.1.0`.
fn parse(text: &str) -> Option<Zone> {
    let (standard_name, rest) = name(text)?;
    let (standard, rest) = clock(rest)?;
    let bias = i32::try_from(standard / 60).ok()?;
    let mut zone = Zone { bias, standard_name, ..Zone::default() };
    if rest.is_empty() {
        zone.daylight_name.clone_from(&zone.standard_name);
        return Some(zone);
    }
    let (daylight_name, rest) = name(rest)?;
    let (daylight, rest) = match rest {
        rest if rest.is_empty() || rest.starts_with(',') => (standard - 3600, rest),
        rest => clock(rest)?,
    };
    // What the United States do, where nothing is said.
    let rules = rest.strip_prefix(',').unwrap_or("M3.2.0,M11.1.0");
    let (begins, ends) = rules.split_once(',')?;
    zone.daylight_name = daylight_name;
    zone.daylight_bias = i32::try_from((daylight - standard) / 60).ok()?;
    zone.daylight_date = day(begins)?;
    zone.standard_date = day(ends)?;
    Some(zone)
}

/// A name, in angle brackets or of letters.
fn name(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('<') {
        let (name, rest) = rest.split_once('>')?;
        return Some((name.to_owned(), rest));
    }
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    (end >= 3).then(|| (text[..end].to_owned(), &text[end..]))
}

/// A time as hours, minutes and seconds: in seconds.
fn clock(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || "+-:".contains(c)));
    let (clock, rest) = text.split_at(end.unwrap_or(text.len()));
    let (sign, clock) = match clock.strip_prefix('-') {
        Some(clock) => (-1, clock),
        None => (1, clock.strip_prefix('+').unwrap_or(clock)),
    };
    let mut seconds = 0;
    let mut parts = clock.splitn(3, ':');
    for unit in [3600, 60, 1] {
        match parts.next() {
            Some(part) => seconds += part.parse::<i64>().ok().filter(|&n| n < 168)? * unit,
            None if unit == 3600 => return None,
            None => {}
        }
    }
    Some((sign * seconds, rest))
}

/// A day: `M` month `.` week `.` day of the week, and `/` time. Other forms have no place in Win32.
fn day(text: &str) -> Option<SystemTime> {
    let (date, time) = text.split_once('/').unwrap_or((text, "2"));
    let mut numbers = date.strip_prefix('M')?.splitn(3, '.').map(|part| part.parse::<u16>().ok());
    let (month, week, weekday) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (seconds, _) = clock(time)?;
    // Times before midnight or on the next day are as near as a clock can show.
    let seconds = u16::try_from(seconds.clamp(0, 86_399) / 60).ok()?;
    ((1..=12).contains(&month) && (1..=5).contains(&week) && weekday <= 6).then_some(SystemTime {
        year: 0,
        month,
        day_of_week: weekday,
        day: week,
        hour: seconds / 60,
        minute: seconds % 60,
        second: 0,
        millisecond: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::{SystemTime, ZoneState, footer, parse};
    use proptest::prelude::*;

    fn at(year: u16, month: u16, day: u16, hour: u16) -> u64 {
        SystemTime { year, month, day, hour, ..SystemTime::default() }.to_file_time().unwrap()
    }

    #[test]
    fn zones_know_their_times() {
        let seoul = parse("KST-9").unwrap();
        assert_eq!((seoul.bias, seoul.state_at(0)), (-540, Ok(ZoneState::Only)));
        assert_eq!(seoul.to_local(at(2024, 1, 1, 20)), Ok(at(2024, 1, 2, 5)));
        let york = parse("EST5EDT,M3.2.0,M11.1.0").unwrap();
        assert_eq!((york.bias, york.daylight_bias), (300, -60));
        // The second Sunday of March 2024 is the tenth, 2 o'clock is 7 in London.
        assert_eq!(york.state_at(at(2024, 3, 10, 7) - 1), Ok(ZoneState::Standard));
        assert_eq!(york.state_at(at(2024, 3, 10, 7)), Ok(ZoneState::Daylight));
        assert_eq!(york.state_at(at(2024, 11, 3, 6)), Ok(ZoneState::Standard));
        assert_eq!(york.to_local(at(2024, 7, 1, 12)), Ok(at(2024, 7, 1, 8)));
        assert_eq!(york.to_world(at(2024, 7, 1, 8)), Ok(at(2024, 7, 1, 12)));
        let sydney = parse("AEST-10AEDT,M10.1.0,M4.1.0/3").unwrap();
        assert_eq!(sydney.state_at(at(2024, 1, 1, 0)), Ok(ZoneState::Daylight));
        assert_eq!(sydney.state_at(at(2024, 7, 1, 0)), Ok(ZoneState::Standard));
        assert_eq!(parse("<+0330>-3:30").map(|zone| zone.bias), Some(-210));
        assert_eq!(parse("X"), None);
        assert_eq!(footer(b"TZif2....\nKST-9\n").as_deref(), Some("KST-9"));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[A-Z<>+0-9:,./M-]{0,30}", time in any::<u64>()) {
            if let Some(zone) = parse(&text) {
                let _ = (zone.to_local(time), zone.to_world(time));
            }
            let _ = footer(text.as_bytes());
        }
    }
}
