//! Times, dates and time zones; the machine and its names.

use crate::{TRUE, UNTOUCHED, win32};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_BUFFER_OVERFLOW, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER, ERROR_MORE_DATA,
    ERROR_NOACCESS, FILETIME, SYSTEMTIME,
};
use windows_sys::Win32::Storage::FileSystem::{
    CompareFileTime, FileTimeToLocalFileTime, LocalFileTimeToFileTime,
};
use windows_sys::Win32::System::Performance::{QueryPerformanceCounter, QueryPerformanceFrequency};
use windows_sys::Win32::System::SystemInformation::{
    ComputerNameDnsHostname, GetComputerNameExW, GetNativeSystemInfo, GetSystemTimeAsFileTime,
    GetSystemTimePreciseAsFileTime, GetTickCount, GetTickCount64, GetVersion, GetVersionExW,
    GlobalMemoryStatusEx, MEMORYSTATUSEX, OSVERSIONINFOEXW, OSVERSIONINFOW, SYSTEM_INFO,
};
use windows_sys::Win32::System::Threading::GetSystemTimes;
use windows_sys::Win32::System::Time::{
    FileTimeToSystemTime, GetTimeZoneInformation, SystemTimeToFileTime,
    SystemTimeToTzSpecificLocalTime, TIME_ZONE_INFORMATION, TzSpecificLocalTimeToSystemTime,
};
use windows_sys::Win32::System::WindowsProgramming::{
    GetComputerNameW, GetUserNameA, GetUserNameW,
};

fn number(time: FILETIME) -> u64 {
    u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime)
}

#[test]
fn clocks_go_forward() {
    let (first, low) = (win32!(GetTickCount64()).0, win32!(GetTickCount()).0);
    assert!(win32!(GetTickCount64()).0 >= first && low.wrapping_sub(first as u32) < 1000);
    let (mut before, mut after, mut frequency) = (0, 0, 0);
    assert_eq!(win32!(QueryPerformanceFrequency(&raw mut frequency)), TRUE);
    assert_eq!(win32!(QueryPerformanceCounter(&raw mut before)), TRUE);
    assert_eq!(win32!(QueryPerformanceCounter(&raw mut after)), TRUE);
    assert!(frequency == 10_000_000 && after >= before);
    assert_eq!(win32!(QueryPerformanceCounter(null_mut())), (0, ERROR_NOACCESS));
    let (mut coarse, mut precise) = (FILETIME::default(), FILETIME::default());
    win32!(GetSystemTimeAsFileTime(&raw mut coarse));
    win32!(GetSystemTimePreciseAsFileTime(&raw mut precise));
    assert_eq!(win32!(CompareFileTime(&raw const coarse, &raw const precise)).0, -1);
    let mut times = [FILETIME::default(); 3];
    let [idle, kernel, user] = times.each_mut().map(std::ptr::from_mut);
    assert_eq!(win32!(GetSystemTimes(idle, kernel, user)), TRUE);
    assert!(number(times[1]) >= number(times[0]) && number(times[2]) > 0);
}

#[test]
fn dates_and_file_times_are_converted() {
    let date = SYSTEMTIME { wYear: 2024, wMonth: 2, wDay: 29, wHour: 12, ..Default::default() };
    let (mut time, mut back) = (FILETIME::default(), SYSTEMTIME::default());
    assert_eq!(win32!(SystemTimeToFileTime(&raw const date, &raw mut time)), TRUE);
    assert_eq!(win32!(FileTimeToSystemTime(&raw const time, &raw mut back)), TRUE);
    assert_eq!((back.wYear, back.wMonth, back.wDay, back.wDayOfWeek), (2024, 2, 29, 4));
    let wrong = SYSTEMTIME { wDay: 30, ..date };
    let refused = win32!(SystemTimeToFileTime(&raw const wrong, &raw mut time));
    assert_eq!(refused, (0, ERROR_INVALID_PARAMETER));
    let negative = FILETIME { dwLowDateTime: 0, dwHighDateTime: 1 << 31 };
    let refused = win32!(FileTimeToSystemTime(&raw const negative, &raw mut back));
    assert_eq!(refused, (0, ERROR_INVALID_PARAMETER));

    let mut local = FILETIME::default();
    assert_eq!(win32!(FileTimeToLocalFileTime(&raw const time, &raw mut local)), TRUE);
    let mut world = FILETIME::default();
    assert_eq!(win32!(LocalFileTimeToFileTime(&raw const local, &raw mut world)), TRUE);
    assert_eq!(number(world), number(time));
}

#[test]
fn zones_shift_times() {
    let mut own = TIME_ZONE_INFORMATION::default();
    assert!(win32!(GetTimeZoneInformation(&raw mut own)).0 <= 2);
    assert_eq!(win32!(GetTimeZoneInformation(null_mut())), (u32::MAX, ERROR_NOACCESS));
    // Los Angeles: the second Sunday of March and the first of November.
    let rule =
        |month, week| SYSTEMTIME { wMonth: month, wDay: week, wHour: 2, ..Default::default() };
    let zone = TIME_ZONE_INFORMATION {
        Bias: 480,
        StandardDate: rule(11, 1),
        DaylightDate: rule(3, 2),
        DaylightBias: -60,
        ..Default::default()
    };
    let summer = SYSTEMTIME { wYear: 2024, wMonth: 7, wDay: 1, wHour: 20, ..Default::default() };
    let mut local = SYSTEMTIME::default();
    let zone = &raw const zone;
    assert_eq!(
        win32!(SystemTimeToTzSpecificLocalTime(zone, &raw const summer, &raw mut local)),
        TRUE
    );
    assert_eq!((local.wDay, local.wHour), (1, 13));
    let mut back = SYSTEMTIME::default();
    assert_eq!(
        win32!(TzSpecificLocalTimeToSystemTime(zone, &raw const local, &raw mut back)),
        TRUE
    );
    assert_eq!((back.wDay, back.wHour), (1, 20));
    let winter = SYSTEMTIME { wMonth: 12, ..summer };
    assert_eq!(
        win32!(SystemTimeToTzSpecificLocalTime(zone, &raw const winter, &raw mut local)),
        TRUE
    );
    assert_eq!(local.wHour, 12);
    let none = win32!(SystemTimeToTzSpecificLocalTime(null(), null(), &raw mut local));
    assert_eq!(none, (0, ERROR_NOACCESS));
}

#[test]
fn the_system_is_described() {
    let mut system = SYSTEM_INFO::default();
    win32!(GetNativeSystemInfo(&raw mut system));
    assert_eq!((system.dwPageSize, system.dwAllocationGranularity), (4096, 65536));
    assert!(system.dwNumberOfProcessors >= 1);
    let mut memory = MEMORYSTATUSEX { dwLength: 64, ..Default::default() };
    assert_eq!(win32!(GlobalMemoryStatusEx(&raw mut memory)), TRUE);
    assert!(memory.ullTotalPhys > memory.ullAvailPhys && memory.dwMemoryLoad <= 100);
    memory.dwLength = 63;
    assert_eq!(win32!(GlobalMemoryStatusEx(&raw mut memory)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(GetVersion()).0 & 0xFFFF, 10);
    let mut version = OSVERSIONINFOEXW { dwOSVersionInfoSize: 284, ..Default::default() };
    let place = (&raw mut version).cast::<OSVERSIONINFOW>();
    assert_eq!(win32!(GetVersionExW(place)), TRUE);
    assert_eq!((version.dwMajorVersion, version.dwPlatformId, version.wProductType), (10, 2, 1));
    version.dwOSVersionInfoSize = 20;
    let place = (&raw mut version).cast::<OSVERSIONINFOW>();
    assert_eq!(win32!(GetVersionExW(place)), (0, ERROR_INSUFFICIENT_BUFFER));
}

#[test]
fn names_say_how_long_they_are() {
    let (mut name, mut size) = ([0_u16; 64], 64);
    assert_eq!(win32!(GetComputerNameW(name.as_mut_ptr(), &raw mut size)), (1, UNTOUCHED));
    let length = size;
    assert!(length > 0 && name[length as usize] == 0);
    size = length;
    let short = win32!(GetComputerNameW(name.as_mut_ptr(), &raw mut size));
    assert_eq!((short, size), ((0, ERROR_BUFFER_OVERFLOW), length + 1));
    size = 0;
    let asked = win32!(GetComputerNameExW(ComputerNameDnsHostname, null_mut(), &raw mut size));
    assert_eq!(asked, (0, ERROR_MORE_DATA));
    assert!(size > 1);

    let mut size = 64;
    assert_eq!(win32!(GetUserNameW(name.as_mut_ptr(), &raw mut size)), TRUE);
    assert_eq!(name[size as usize - 1], 0);
    let mut needed = 0;
    let short = win32!(GetUserNameA(null_mut(), &raw mut needed));
    assert_eq!((short, needed), ((0, ERROR_INSUFFICIENT_BUFFER), size));
}
