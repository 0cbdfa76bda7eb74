//! `timezoneapi.h`, `profileapi.h` and the times of `sysinfoapi.h` and `fileapi.h`.

use crate::abi::{
    file_time, from_file_time, load, or_else, same_signature, store, store_optional, succeeds,
};
use transom_kernel::time::{self, SystemTime, Zone};
use transom_kernel::{Result, Win32Error, system};
use windows_sys::Win32::Foundation::{FILETIME, SYSTEMTIME};
use windows_sys::Win32::Storage::FileSystem as storage;
use windows_sys::Win32::System::Performance as performance;
use windows_sys::Win32::System::SystemInformation as information;
use windows_sys::Win32::System::Threading as threading;
use windows_sys::Win32::System::Time::{
    self as official, DYNAMIC_TIME_ZONE_INFORMATION, TIME_ZONE_INFORMATION,
};
use windows_sys::core::BOOL;

const TIME_ZONE_ID_INVALID: u32 = u32::MAX;
/// A tick of the performance counter is a tenth of a microsecond.
const FREQUENCY: i64 = 10_000_000;

const fn to_system(time: SystemTime) -> SYSTEMTIME {
    SYSTEMTIME {
        wYear: time.year,
        wMonth: time.month,
        wDayOfWeek: time.day_of_week,
        wDay: time.day,
        wHour: time.hour,
        wMinute: time.minute,
        wSecond: time.second,
        wMilliseconds: time.millisecond,
    }
}

const fn from_system(time: SYSTEMTIME) -> SystemTime {
    SystemTime {
        year: time.wYear,
        month: time.wMonth,
        day_of_week: time.wDayOfWeek,
        day: time.wDay,
        hour: time.wHour,
        minute: time.wMinute,
        second: time.wSecond,
        millisecond: time.wMilliseconds,
    }
}

/// # Safety
/// `time` is NULL or readable.
unsafe fn file_time_at(time: *const FILETIME) -> Result<u64> {
    // SAFETY: the same contract.
    unsafe { load(time) }.map(from_file_time).ok_or(Win32Error::NOACCESS)
}

/// # Safety
/// `time` is NULL or readable.
unsafe fn system_time_at(time: *const SYSTEMTIME) -> Result<SystemTime> {
    // SAFETY: the same contract.
    unsafe { load(time) }.map(from_system).ok_or(Win32Error::NOACCESS)
}

/// `GetTickCount`: milliseconds since the machine was started, as 32 bits count them.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-gettickcount>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTickCount() -> u32 {
    time::ticks_ms() as u32
}
same_signature!(information::GetTickCount, GetTickCount, fn() -> _);

/// `GetTickCount64`: milliseconds since the machine was started.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-gettickcount64>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTickCount64() -> u64 {
    time::ticks_ms()
}
same_signature!(information::GetTickCount64, GetTickCount64, fn() -> _);

/// `QueryPerformanceCounter`: tenths of a microsecond on a clock that never goes back.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/profileapi/nf-profileapi-queryperformancecounter>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryPerformanceCounter(place: *mut i64) -> BOOL {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { store(place, now.tv_sec * FREQUENCY + now.tv_nsec / 100) })
}
same_signature!(performance::QueryPerformanceCounter, QueryPerformanceCounter, fn(_) -> _);

/// `QueryPerformanceFrequency`: how often [`QueryPerformanceCounter`] counts in a second.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/profileapi/nf-profileapi-queryperformancefrequency>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryPerformanceFrequency(place: *mut i64) -> BOOL {
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { store(place, FREQUENCY) })
}
same_signature!(performance::QueryPerformanceFrequency, QueryPerformanceFrequency, fn(_) -> _);

/// `GetSystemTimeAsFileTime`: the time of day, as of the clock's last tick.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getsystemtimeasfiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSystemTimeAsFileTime(place: *mut FILETIME) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, file_time(time::now())) };
}
same_signature!(information::GetSystemTimeAsFileTime, GetSystemTimeAsFileTime, fn(_));

/// `GetSystemTimePreciseAsFileTime`: the time of day, as exactly as Linux has it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getsystemtimepreciseasfiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSystemTimePreciseAsFileTime(place: *mut FILETIME) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, file_time(time::precise_now())) };
}
same_signature!(information::GetSystemTimePreciseAsFileTime, GetSystemTimePreciseAsFileTime, fn(_));

/// `GetSystemTime`: the world's date and time.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getsystemtime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSystemTime(place: *mut SYSTEMTIME) {
    let now = SystemTime::from_file_time(time::now()).unwrap_or_default();
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, to_system(now)) };
}
same_signature!(information::GetSystemTime, GetSystemTime, fn(_));

/// `GetLocalTime`: the date and time of this system's zone.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getlocaltime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLocalTime(place: *mut SYSTEMTIME) {
    let now = Zone::current().to_local(time::now()).and_then(SystemTime::from_file_time);
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, to_system(now.unwrap_or_default())) };
}
same_signature!(information::GetLocalTime, GetLocalTime, fn(_));

/// `FileTimeToSystemTime`: the date of a file time.
///
/// # Errors
/// Those of [`SystemTime::from_file_time`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-filetimetosystemtime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FileTimeToSystemTime(
    from: *const FILETIME,
    to: *mut SYSTEMTIME,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    succeeds(unsafe { file_time_at(from) }.and_then(SystemTime::from_file_time).and_then(|time| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(to, to_system(time)) }
    }))
}
same_signature!(official::FileTimeToSystemTime, FileTimeToSystemTime, fn(_, _) -> _);

/// `SystemTimeToFileTime`: the file time of a date.
///
/// # Errors
/// Those of [`SystemTime::to_file_time`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-systemtimetofiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SystemTimeToFileTime(
    from: *const SYSTEMTIME,
    to: *mut FILETIME,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    succeeds(unsafe { system_time_at(from) }.and_then(SystemTime::to_file_time).and_then(|time| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(to, file_time(time)) }
    }))
}
same_signature!(official::SystemTimeToFileTime, SystemTimeToFileTime, fn(_, _) -> _);

/// `FileTimeToLocalFileTime`: a file time as this system's clocks show it, with the bias of today.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: out of range; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-filetimetolocalfiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FileTimeToLocalFileTime(
    from: *const FILETIME,
    to: *mut FILETIME,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let time = unsafe { file_time_at(from) };
    succeeds(time.and_then(|time| Zone::current().to_local_as_now(time)).and_then(|time| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(to, file_time(time)) }
    }))
}
same_signature!(storage::FileTimeToLocalFileTime, FileTimeToLocalFileTime, fn(_, _) -> _);

/// `LocalFileTimeToFileTime`: the way back from [`FileTimeToLocalFileTime`].
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: out of range; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-localfiletimetofiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalFileTimeToFileTime(
    from: *const FILETIME,
    to: *mut FILETIME,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let time = unsafe { file_time_at(from) };
    succeeds(time.and_then(|time| Zone::current().to_world_as_now(time)).and_then(|time| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(to, file_time(time)) }
    }))
}
same_signature!(storage::LocalFileTimeToFileTime, LocalFileTimeToFileTime, fn(_, _) -> _);

/// `CompareFileTime`: -1, 0 or 1 for an earlier, equal or later time.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-comparefiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CompareFileTime(
    left: *const FILETIME,
    right: *const FILETIME,
) -> i32 {
    // SAFETY: readable, by the caller's contract.
    let left = unsafe { load(left) }.map(from_file_time);
    // SAFETY: readable, by the caller's contract.
    left.cmp(&unsafe { load(right) }.map(from_file_time)) as i32
}
same_signature!(storage::CompareFileTime, CompareFileTime, fn(_, _) -> _);

/// A name as it stands in a zone.
fn name(text: &str) -> [u16; 32] {
    let mut name = [0; 32];
    for (to, from) in name.iter_mut().take(31).zip(text.encode_utf16()) {
        *to = from;
    }
    name
}

fn information_of(zone: &Zone) -> TIME_ZONE_INFORMATION {
    TIME_ZONE_INFORMATION {
        Bias: zone.bias,
        StandardName: name(&zone.standard_name),
        StandardDate: to_system(zone.standard_date),
        StandardBias: zone.standard_bias,
        DaylightName: name(&zone.daylight_name),
        DaylightDate: to_system(zone.daylight_date),
        DaylightBias: zone.daylight_bias,
    }
}

/// `GetTimeZoneInformation`: the zone of this system, and which of its times it is: 0 if it has one
/// only, 1 for standard time, 2 for daylight saving time. Names are those of the rule, such as `KST`.
///
/// # Errors
/// `0xFFFFFFFF`, with `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-gettimezoneinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTimeZoneInformation(place: *mut TIME_ZONE_INFORMATION) -> u32 {
    let zone = Zone::current();
    let state = zone.state_at(time::now()).and_then(|state| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, information_of(&zone)) }?;
        Ok(state as u32)
    });
    or_else(state, TIME_ZONE_ID_INVALID)
}
same_signature!(official::GetTimeZoneInformation, GetTimeZoneInformation, fn(_) -> _);

/// `GetDynamicTimeZoneInformation`: as [`GetTimeZoneInformation`]; there is no registry that the zone
/// could have a key in.
///
/// # Errors
/// As for [`GetTimeZoneInformation`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-getdynamictimezoneinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetDynamicTimeZoneInformation(
    place: *mut DYNAMIC_TIME_ZONE_INFORMATION,
) -> u32 {
    let zone = Zone::current();
    let plain = information_of(&zone);
    let dynamic = DYNAMIC_TIME_ZONE_INFORMATION {
        Bias: plain.Bias,
        StandardName: plain.StandardName,
        StandardDate: plain.StandardDate,
        StandardBias: plain.StandardBias,
        DaylightName: plain.DaylightName,
        DaylightDate: plain.DaylightDate,
        DaylightBias: plain.DaylightBias,
        TimeZoneKeyName: [0; 128],
        DynamicDaylightTimeDisabled: false,
    };
    let state = zone.state_at(time::now()).and_then(|state| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, dynamic) }?;
        Ok(state as u32)
    });
    or_else(state, TIME_ZONE_ID_INVALID)
}
same_signature!(official::GetDynamicTimeZoneInformation, GetDynamicTimeZoneInformation, fn(_) -> _);

/// The zone of the caller, or of this system for NULL.
///
/// # Safety
/// `zone` is NULL or readable.
unsafe fn zone_at(zone: *const TIME_ZONE_INFORMATION) -> Zone {
    // SAFETY: the same contract.
    match unsafe { load(zone) } {
        None => Zone::current(),
        Some(zone) => Zone {
            bias: zone.Bias,
            standard_date: from_system(zone.StandardDate),
            standard_bias: zone.StandardBias,
            daylight_date: from_system(zone.DaylightDate),
            daylight_bias: zone.DaylightBias,
            ..Zone::default()
        },
    }
}

/// `SystemTimeToTzSpecificLocalTime`: the time in a zone; NULL is this system's.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: a date does not exist; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-systemtimetotzspecificlocaltime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SystemTimeToTzSpecificLocalTime(
    zone: *const TIME_ZONE_INFORMATION,
    world: *const SYSTEMTIME,
    local: *mut SYSTEMTIME,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let zone = unsafe { zone_at(zone) };
    // SAFETY: NULL or readable, by the caller's contract.
    let time = unsafe { system_time_at(world) };
    let time = time.and_then(SystemTime::to_file_time).and_then(|time| zone.to_local(time));
    succeeds(time.and_then(SystemTime::from_file_time).and_then(|time| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(local, to_system(time)) }
    }))
}
same_signature!(
    official::SystemTimeToTzSpecificLocalTime,
    SystemTimeToTzSpecificLocalTime,
    fn(_, _, _) -> _
);

/// `TzSpecificLocalTimeToSystemTime`: the way back from [`SystemTimeToTzSpecificLocalTime`].
///
/// # Errors
/// As for [`SystemTimeToTzSpecificLocalTime`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/timezoneapi/nf-timezoneapi-tzspecificlocaltimetosystemtime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TzSpecificLocalTimeToSystemTime(
    zone: *const TIME_ZONE_INFORMATION,
    local: *const SYSTEMTIME,
    world: *mut SYSTEMTIME,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let zone = unsafe { zone_at(zone) };
    // SAFETY: NULL or readable, by the caller's contract.
    let time = unsafe { system_time_at(local) };
    let time = time.and_then(SystemTime::to_file_time).and_then(|time| zone.to_world(time));
    succeeds(time.and_then(SystemTime::from_file_time).and_then(|time| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(world, to_system(time)) }
    }))
}
same_signature!(
    official::TzSpecificLocalTimeToSystemTime,
    TzSpecificLocalTimeToSystemTime,
    fn(_, _, _) -> _
);

/// `GetSystemTimes`: how long all processors together did nothing, ran the kernel (doing nothing
/// included), and ran programs.
///
/// # Errors
/// Those of [`system::times`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getsystemtimes>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSystemTimes(
    idle: *mut FILETIME,
    kernel: *mut FILETIME,
    user: *mut FILETIME,
) -> BOOL {
    succeeds(system::times().map(|times| {
        for (place, time) in [(idle, times.idle), (kernel, times.kernel), (user, times.user)] {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, file_time(time)) };
        }
    }))
}
same_signature!(threading::GetSystemTimes, GetSystemTimes, fn(_, _, _) -> _);
