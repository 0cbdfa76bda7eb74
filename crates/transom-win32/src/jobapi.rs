//! `jobapi.h` and `jobapi2.h`: jobs.

use crate::abi::{from_handle, load, same_signature, store, store_optional, succeeds};
use crate::named_objects::{Name, ansi_name, create, open};
use crate::{security, strings};
use std::ffi::c_void;
use std::mem::offset_of;
use transom_kernel::handle::Handle;
use transom_kernel::job::{self, Limits};
use transom_kernel::object::MAXIMUM_ALLOWED;
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::JobObjects::{
    self as official, JOBOBJECT_BASIC_ACCOUNTING_INFORMATION, JOBOBJECT_BASIC_LIMIT_INFORMATION,
    JOBOBJECT_BASIC_PROCESS_ID_LIST, JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JOBOBJECTINFOCLASS,
};
use windows_sys::core::BOOL;

/// `CreateJobObjectW`: makes a job, or opens the one of its name; NULL on failure.
///
/// Success sets the last error to 0, or to 183 if there was one of this name already.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: an object of another type has the name. `ERROR_ACCESS_DENIED`: it is
/// another user's. `ERROR_PATH_NOT_FOUND`, `ERROR_INVALID_NAME`: that cannot be a name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-createjobobjectw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateJobObjectW(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    make(name, unsafe { security::attributes(attributes) })
}
same_signature!(official::CreateJobObjectW, CreateJobObjectW, fn(_, _) -> _);

/// `CreateJobObjectA`: as [`CreateJobObjectW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createjobobjecta>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateJobObjectA(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    make(name, unsafe { security::attributes(attributes) })
}
same_signature!(official::CreateJobObjectA, CreateJobObjectA, fn(_, _) -> _);

fn make(name: Name<'_>, attributes: Result<security::Attributes>) -> HANDLE {
    create(name, MAXIMUM_ALLOWED, attributes, job::create)
}

/// `OpenJobObjectW`: opens the job of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateJobObjectW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-openjobobjectw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenJobObjectW(
    access: u32,
    inherit: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    open(name, |name| job::open(name, access, inherit != 0))
}
same_signature!(official::OpenJobObjectW, OpenJobObjectW, fn(_, _, _) -> _);

/// `OpenJobObjectA`: as [`OpenJobObjectW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-openjobobjecta>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenJobObjectA(
    access: u32,
    inherit: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    open(name, |name| job::open(name, access, inherit != 0))
}
same_signature!(official::OpenJobObjectA, OpenJobObjectA, fn(_, _, _) -> _);

/// `AssignProcessToJobObject`: puts a process into a job, and the processes it starts from now on.
///
/// Jobs are not nested.
///
/// # Errors
/// Those of [`job::assign`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-assignprocesstojobobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AssignProcessToJobObject(job: HANDLE, process: HANDLE) -> BOOL {
    succeeds(from_handle(job).and_then(|job| job::assign(job, from_handle(process)?)))
}
same_signature!(official::AssignProcessToJobObject, AssignProcessToJobObject, fn(_, _) -> _);

/// NULL is the job of the calling process.
fn or_own(job: HANDLE) -> Result<Option<Handle>> {
    if job.is_null() { Ok(None) } else { from_handle(job).map(Some) }
}

/// `IsProcessInJob`: whether a process is in a job; NULL is any job.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_NOACCESS`: no place for the answer.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi/nf-jobapi-isprocessinjob>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsProcessInJob(
    process: HANDLE,
    job: HANDLE,
    result: *mut BOOL,
) -> BOOL {
    let found = or_own(job).and_then(|job| job::contains(job, from_handle(process)?));
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { store(result, found.into()) }))
}
same_signature!(official::IsProcessInJob, IsProcessInJob, fn(_, _, _) -> _);

/// `TerminateJobObject`: ends all processes of a job.
///
/// # Errors
/// Those of [`job::terminate`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-terminatejobobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TerminateJobObject(job: HANDLE, exit_code: u32) -> BOOL {
    succeeds(from_handle(job).and_then(|job| job::terminate(job, exit_code)))
}
same_signature!(official::TerminateJobObject, TerminateJobObject, fn(_, _) -> _);

/// What a class without support here, or of nobody, fails with.
fn refusal(class: JOBOBJECTINFOCLASS) -> Win32Error {
    if (1..official::MaxJobObjectInfoClass).contains(&class) {
        Win32Error::NOT_SUPPORTED
    } else {
        Win32Error::INVALID_PARAMETER
    }
}

/// Stores a structure that must fit.
///
/// # Safety
/// `place` is NULL or points to `size` writable bytes, `length` is NULL or writable.
unsafe fn put<T>(place: *mut c_void, size: u32, length: *mut u32, value: T) -> Result<()> {
    if (size as usize) < size_of::<T>() {
        return Err(Win32Error::BAD_LENGTH);
    }
    // SAFETY: the same contract.
    unsafe { store(place.cast(), value) }?;
    // SAFETY: the same contract.
    unsafe { store_optional(length, size_of::<T>() as u32) };
    Ok(())
}

fn basic(limits: &Limits) -> JOBOBJECT_BASIC_LIMIT_INFORMATION {
    JOBOBJECT_BASIC_LIMIT_INFORMATION {
        PerProcessUserTimeLimit: limits.process_time.cast_signed(),
        LimitFlags: limits.flags,
        ActiveProcessLimit: limits.most_processes,
        PriorityClass: limits.priority_class,
        ..Default::default()
    }
}

/// `QueryInformationJobObject`: tells of a job, NULL being that of the calling process: what its
/// processes have used (class 1), its limits (2, 9), who they are (3).
///
/// Times are those of the processes that run.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; `ERROR_ACCESS_DENIED`, also for NULL in a process of no job;
/// `ERROR_BAD_LENGTH`: the structure does not fit; `ERROR_MORE_DATA`: not all ids do;
/// `ERROR_NOT_SUPPORTED`: another class; `ERROR_INVALID_PARAMETER`: there is no such class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-queryinformationjobobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryInformationJobObject(
    job: HANDLE,
    class: JOBOBJECTINFOCLASS,
    place: *mut c_void,
    size: u32,
    length: *mut u32,
) -> BOOL {
    let query = || -> Result<()> {
        let job = or_own(job)?;
        match class {
            official::JobObjectBasicAccountingInformation => {
                let told = job::accounting(job)?;
                let information = JOBOBJECT_BASIC_ACCOUNTING_INFORMATION {
                    TotalUserTime: told.user_time.cast_signed(),
                    TotalKernelTime: told.kernel_time.cast_signed(),
                    ThisPeriodTotalUserTime: told.user_time.cast_signed(),
                    ThisPeriodTotalKernelTime: told.kernel_time.cast_signed(),
                    TotalProcesses: told.total,
                    ActiveProcesses: told.active,
                    TotalTerminatedProcesses: told.terminated,
                    ..Default::default()
                };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            official::JobObjectBasicLimitInformation => {
                let information = basic(&job::limits(job)?);
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            official::JobObjectExtendedLimitInformation => {
                let limits = job::limits(job)?;
                let information = JOBOBJECT_EXTENDED_LIMIT_INFORMATION {
                    BasicLimitInformation: basic(&limits),
                    ProcessMemoryLimit: limits.process_memory as usize,
                    ..Default::default()
                };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            official::JobObjectBasicProcessIdList => {
                let ids = job::process_ids(job)?;
                // SAFETY: by the caller's contract.
                unsafe { put_ids(place, size, length, &ids) }
            }
            class => Err(refusal(class)),
        }
    };
    succeeds(query())
}
same_signature!(
    official::QueryInformationJobObject,
    QueryInformationJobObject,
    fn(_, _, _, _, _) -> _
);

/// Stores as many ids as fit, and how many there are.
///
/// # Safety
/// `place` is NULL or points to `size` writable bytes, `length` is NULL or writable.
unsafe fn put_ids(place: *mut c_void, size: u32, length: *mut u32, ids: &[u32]) -> Result<()> {
    const HEAD: usize = offset_of!(JOBOBJECT_BASIC_PROCESS_ID_LIST, ProcessIdList);
    // The structure has one.
    const LEAST: usize = size_of::<JOBOBJECT_BASIC_PROCESS_ID_LIST>();
    if (size as usize) < LEAST {
        return Err(Win32Error::BAD_LENGTH);
    }
    let room = size as usize - HEAD;
    let fitting = ids.len().min(room / size_of::<usize>());
    // SAFETY: there is room for both numbers, by the same contract.
    unsafe { store(place.cast::<[u32; 2]>(), [ids.len() as u32, fitting as u32]) }?;
    for (index, &id) in ids.iter().take(fitting).enumerate() {
        let at = place.wrapping_byte_add(HEAD + index * size_of::<usize>());
        // SAFETY: so many fit, by the same contract.
        unsafe { store(at.cast(), id as usize) }?;
    }
    // SAFETY: the same contract.
    unsafe { store_optional(length, (HEAD + fitting * size_of::<usize>()) as u32) };
    if fitting < ids.len() { Err(Win32Error::MORE_DATA) } else { Ok(()) }
}

fn wanted(basic: &JOBOBJECT_BASIC_LIMIT_INFORMATION, memory: usize) -> Limits {
    Limits {
        flags: basic.LimitFlags,
        process_time: basic.PerProcessUserTimeLimit.cast_unsigned(),
        most_processes: basic.ActiveProcessLimit,
        priority_class: basic.PriorityClass,
        process_memory: memory as u64,
    }
}

/// `SetInformationJobObject`: sets a job's limits (classes 2 and 9).
///
/// What counts are `JOB_OBJECT_LIMIT_ACTIVE_PROCESS`, `_PROCESS_TIME` (in whole seconds, and with the
/// time that Linux uses), `_PRIORITY_CLASS`, `_BREAKAWAY_OK`, `_SILENT_BREAKAWAY_OK`, and in the extended
/// structure `_PROCESS_MEMORY` (private memory that can be written) and `_KILL_ON_JOB_CLOSE`.
///
/// # Errors
/// Those of [`job::set_limits`]; `ERROR_BAD_LENGTH`: that is no such structure; `ERROR_NOACCESS`: it is
/// not there; `ERROR_NOT_SUPPORTED`: another class; `ERROR_INVALID_PARAMETER`: there is no such class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-setinformationjobobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetInformationJobObject(
    job: HANDLE,
    class: JOBOBJECTINFOCLASS,
    place: *const c_void,
    size: u32,
) -> BOOL {
    let set = || -> Result<()> {
        let job = from_handle(job)?;
        match class {
            official::JobObjectBasicLimitInformation => {
                if size as usize != size_of::<JOBOBJECT_BASIC_LIMIT_INFORMATION>() {
                    return Err(Win32Error::BAD_LENGTH);
                }
                // SAFETY: as long as said or NULL, by the caller's contract.
                let basic = unsafe { load(place.cast::<JOBOBJECT_BASIC_LIMIT_INFORMATION>()) };
                job::set_limits(job, wanted(&basic.ok_or(Win32Error::NOACCESS)?, 0), false)
            }
            official::JobObjectExtendedLimitInformation => {
                type Extended = JOBOBJECT_EXTENDED_LIMIT_INFORMATION;
                if size as usize != size_of::<Extended>() {
                    return Err(Win32Error::BAD_LENGTH);
                }
                // SAFETY: as long as said or NULL, by the caller's contract.
                let given = unsafe { load(place.cast::<Extended>()) };
                let given = given.ok_or(Win32Error::NOACCESS)?;
                let limits = wanted(&given.BasicLimitInformation, given.ProcessMemoryLimit);
                job::set_limits(job, limits, true)
            }
            class => Err(refusal(class)),
        }
    };
    succeeds(set())
}
same_signature!(official::SetInformationJobObject, SetInformationJobObject, fn(_, _, _, _) -> _);
