//! Jobs: the Win32 calls, and what the assistant does with them.

use crate::win32::{Outcome, SELF, Start, call, close, h, open_process, v, wide};
use crate::words::number;
use std::ptr::null;
use windows_sys::Win32::System::JobObjects as job;
use windows_sys::Win32::System::Threading::{
    PROCESS_ALL_ACCESS, PROCESS_QUERY_LIMITED_INFORMATION,
};

pub use job::{
    JOBOBJECT_BASIC_LIMIT_INFORMATION as Basic, JOBOBJECT_EXTENDED_LIMIT_INFORMATION as Extended,
};

/// A program that does nothing, and knows nothing of Transom.
pub const IDLE: &str = "/bin/sleep 1000";

/// `CreateJobObjectW`.
#[must_use]
pub fn create(name: Option<&str>) -> Outcome<isize> {
    let name = name.map(wide);
    let name = name.as_ref().map_or(null(), |name| name.as_ptr());
    // SAFETY: NULL or terminated text.
    call(|| unsafe { v(job::CreateJobObjectW(null(), name)) })
}

/// `OpenJobObjectW`, for everything.
#[must_use]
pub fn open(name: &str) -> Outcome<isize> {
    let name = wide(name);
    // SAFETY: terminated text.
    call(|| unsafe { v(job::OpenJobObjectW(0x1F_003F, 0, name.as_ptr())) })
}

/// `AssignProcessToJobObject`.
pub fn assign(job: isize, process: isize) -> Outcome<i32> {
    // SAFETY: numbers.
    call(|| unsafe { job::AssignProcessToJobObject(h(job), h(process)) })
}

/// `IsProcessInJob`; 0 is any job.
#[must_use]
pub fn contains(job: isize, process: isize) -> Outcome<(i32, i32)> {
    let mut found = -1;
    // SAFETY: a live place.
    let (result, error) =
        call(|| unsafe { job::IsProcessInJob(h(process), h(job), &raw mut found) });
    ((result, found), error)
}

/// `TerminateJobObject`.
pub fn terminate(job: isize, code: u32) -> Outcome<i32> {
    // SAFETY: numbers.
    call(|| unsafe { job::TerminateJobObject(h(job), code) })
}

/// Limits with these flags.
#[must_use]
pub fn limits(flags: u32) -> Extended {
    let mut limits = Extended::default();
    limits.BasicLimitInformation.LimitFlags = flags;
    limits
}

/// `SetInformationJobObject` with the extended limits.
pub fn set(job: isize, limits: &Extended) -> Outcome<i32> {
    set_class(job, job::JobObjectExtendedLimitInformation, limits)
}

/// `SetInformationJobObject`.
pub fn set_class<T>(job: isize, class: i32, value: &T) -> Outcome<i32> {
    let size = size_of::<T>() as u32;
    let place = std::ptr::from_ref(value).cast();
    // SAFETY: a live structure of that size.
    call(|| unsafe { job::SetInformationJobObject(h(job), class, place, size) })
}

/// `QueryInformationJobObject`.
pub fn query<T: Default>(job: isize, class: i32) -> (Outcome<i32>, T) {
    let mut value = T::default();
    let mut length = 0;
    let size = size_of::<T>() as u32;
    let place = (&raw mut value).cast();
    // SAFETY: a live structure of that size, and a live place.
    let outcome = call(|| unsafe {
        job::QueryInformationJobObject(h(job), class, place, size, &raw mut length)
    });
    (outcome, value)
}

/// The ids of the processes, with room for so many.
pub fn ids(job: isize, most: usize) -> (Outcome<i32>, Vec<usize>) {
    let mut words = vec![0_usize; most + 1];
    let size = size_of_val(&words[..]) as u32;
    let place = words.as_mut_ptr().cast();
    let mut length = 0;
    // SAFETY: as many bytes as said, and a live place.
    let outcome = call(|| unsafe {
        let class = job::JobObjectBasicProcessIdList;
        job::QueryInformationJobObject(h(job), class, place, size, &raw mut length)
    });
    let count = words[0] >> 32;
    (outcome, words[1..=count].to_vec())
}

/// The assistant's answer to a command about jobs.
#[must_use]
pub fn answer(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let words = &mut words;
    match words.next()? {
        // Limits, name.
        "job-create" => {
            let flags = number(words)?;
            let (job, error) = create(Some(words.next()?));
            set(job, &limits(flags));
            Some(format!("{job} {error}"))
        }
        // Job, process id.
        "job-assign" => {
            let job = number(words)?;
            let (process, _) = open_process(PROCESS_ALL_ACCESS, false, number(words)?);
            let (result, error) = assign(job, process);
            close(process);
            Some(format!("{result} {error}"))
        }
        // Flags: starts an idle program, whose id it is.
        "job-spawn" => {
            let start = Start { flags: number(words)?, ..Start::default() };
            Some(match start.run(IDLE) {
                Ok(started) => started.pid.to_string(),
                Err(error) => format!("error {error}"),
            })
        }
        "job-own" => Some(contains(0, SELF).0.1.to_string()),
        // Process id.
        "job-any" => {
            let (process, _) =
                open_process(PROCESS_QUERY_LIMITED_INFORMATION, false, number(words)?);
            let ((_, found), _) = contains(0, process);
            close(process);
            Some(found.to_string())
        }
        _ => None,
    }
}
