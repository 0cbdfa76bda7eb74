//! Windows' priority classes and Linux' nice values.
//!
//! Each class has one nice value that it sets and a range of nice values that read as it. Both
//! directions go through the one table below, so that a class that was set is the class that
//! is read.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/procthread/scheduling-priorities>

use windows_sys::Win32::System::Threading::{
    ABOVE_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, HIGH_PRIORITY_CLASS,
    IDLE_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS, REALTIME_PRIORITY_CLASS,
};

/// A priority class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorityClass {
    /// `IDLE_PRIORITY_CLASS`: nice 19.
    Idle,
    /// `BELOW_NORMAL_PRIORITY_CLASS`: nice 10.
    BelowNormal,
    /// `NORMAL_PRIORITY_CLASS`: nice 0.
    Normal,
    /// `ABOVE_NORMAL_PRIORITY_CLASS`: nice -5.
    AboveNormal,
    /// `HIGH_PRIORITY_CLASS`: nice -10.
    High,
    /// `REALTIME_PRIORITY_CLASS`: nice -20.
    Realtime,
}

struct Row {
    class: PriorityClass,
    flag: u32,
    base: i32,
    nice: i32,
    /// The lowest nice value that reads as this class.
    lowest_nice: i32,
}

/// From the nicest class to the least nice one.
const TABLE: [Row; 6] = [
    row(PriorityClass::Idle, IDLE_PRIORITY_CLASS, 4, 19, 15),
    row(PriorityClass::BelowNormal, BELOW_NORMAL_PRIORITY_CLASS, 6, 10, 5),
    row(PriorityClass::Normal, NORMAL_PRIORITY_CLASS, 8, 0, -4),
    row(PriorityClass::AboveNormal, ABOVE_NORMAL_PRIORITY_CLASS, 10, -5, -9),
    row(PriorityClass::High, HIGH_PRIORITY_CLASS, 13, -10, -15),
    row(PriorityClass::Realtime, REALTIME_PRIORITY_CLASS, 24, -20, i32::MIN),
];

const fn row(class: PriorityClass, flag: u32, base: i32, nice: i32, lowest_nice: i32) -> Row {
    Row { class, flag, base, nice, lowest_nice }
}

impl PriorityClass {
    /// The class that a nice value reads as.
    #[must_use]
    pub fn of_nice(nice: i32) -> Self {
        TABLE.iter().find(|row| nice >= row.lowest_nice).map_or(Self::Realtime, |row| row.class)
    }

    /// The nice value that this class sets.
    #[must_use]
    pub fn nice(self) -> i32 {
        self.row().nice
    }

    /// The class that a `..._PRIORITY_CLASS` constant names; `None` for any other number.
    #[must_use]
    pub fn from_flag(flag: u32) -> Option<Self> {
        TABLE.iter().find(|row| row.flag == flag).map(|row| row.class)
    }

    /// The `..._PRIORITY_CLASS` constant of this class.
    #[must_use]
    pub fn flag(self) -> u32 {
        self.row().flag
    }

    /// The base priority of a thread of normal priority in this class.
    #[must_use]
    pub fn base_priority(self) -> i32 {
        self.row().base
    }

    fn row(self) -> &'static Row {
        // The variants stand in the order of the rows, which a test checks.
        &TABLE[self as usize]
    }
}

/// The class flag that a nice value reads as (for `GetPriorityClass`).
#[must_use]
pub fn class_of_nice(nice: i32) -> u32 {
    PriorityClass::of_nice(nice).flag()
}

/// The nice value that a class flag sets (for `SetPriorityClass` and `CreateProcess`); `None`
/// for a number that is no class.
#[must_use]
pub fn nice_of_class(flag: u32) -> Option<i32> {
    PriorityClass::from_flag(flag).map(PriorityClass::nice)
}

#[cfg(test)]
mod tests {
    use super::{PriorityClass, TABLE, class_of_nice, nice_of_class};

    #[test]
    fn a_class_that_was_set_is_the_class_that_is_read() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.class as usize, index);
            assert_eq!(row.class.row().flag, row.flag);
            assert_eq!(nice_of_class(row.flag).map(class_of_nice), Some(row.flag));
        }
        assert_eq!(nice_of_class(0), None);
        assert_eq!(nice_of_class(0x60), None);
    }

    #[test]
    fn every_nice_value_has_a_class_and_less_nice_is_never_lower() {
        let bases: Vec<i32> =
            (-20..=19).rev().map(|nice| PriorityClass::of_nice(nice).base_priority()).collect();
        assert!(bases.is_sorted());
        let mut distinct = bases;
        distinct.dedup();
        assert_eq!(distinct, [4, 6, 8, 10, 13, 24]);
    }
}
