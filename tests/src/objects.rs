//! Mutexes, semaphores, timers and named objects, with slices and tuples for pointers; and what the
//! assistant does with them.

use crate::win32::{self, Outcome, call, h, v, wide};
use crate::words::{number, said};
use std::ptr::{null, null_mut};
use transom_kernel::security::SecurityDescriptor;
use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::ConvertStringSecurityDescriptorToSecurityDescriptorW;
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetKernelObjectSecurity, SECURITY_ATTRIBUTES,
    SetKernelObjectSecurity,
};
use windows_sys::Win32::System::Threading as threading;

/// `MAXIMUM_ALLOWED`: everything an object allows.
pub const ALL_ACCESS: u32 = 0x0200_0000;
/// `SYNCHRONIZE`.
pub const SYNCHRONIZE: u32 = 0x10_0000;

fn units(name: Option<&str>) -> Option<Vec<u16>> {
    name.map(wide)
}

fn pointer(name: &Option<Vec<u16>>) -> *const u16 {
    name.as_ref().map_or(null(), |name| name.as_ptr())
}

/// `CreateEventW` with a name.
pub fn create_event(name: Option<&str>, manual: bool, signalled: bool) -> Outcome<isize> {
    let name = units(name);
    // SAFETY: the name is NULL or terminated, and lives across the call.
    call(|| unsafe {
        v(threading::CreateEventW(null(), manual.into(), signalled.into(), pointer(&name)))
    })
}

/// `CreateMutexW`; an inheritable handle if there is no name.
pub fn create_mutex(name: Option<&str>, owned: bool) -> Outcome<isize> {
    let attributes = win32::attributes(name.is_none());
    let name = units(name);
    // SAFETY: the name is NULL or terminated; both live across the call.
    call(|| unsafe {
        v(threading::CreateMutexW(&raw const attributes, owned.into(), pointer(&name)))
    })
}

/// `CreateMutexW` with a security descriptor, given as text.
pub fn create_secured(sddl: &str, name: &str) -> Outcome<isize> {
    let name = wide(name);
    with_security(sddl, |attributes| {
        // SAFETY: the name is terminated; the attributes are valid and live across the call.
        call(|| unsafe { v(threading::CreateMutexW(attributes, 0, name.as_ptr())) })
    })
}

/// Makes something with a security descriptor that is given as text.
pub(crate) fn with_security<T>(sddl: &str, make: impl FnOnce(&SECURITY_ATTRIBUTES) -> T) -> T {
    let sddl = wide(sddl);
    let mut attributes = win32::attributes(false);
    // SAFETY: terminated text and a live place.
    let made = call(|| unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            sddl.as_ptr(),
            1,
            &raw mut attributes.lpSecurityDescriptor,
            null_mut(),
        )
    });
    assert_eq!(made.0, 1, "error {}", made.1);
    let made = make(&attributes);
    // SAFETY: nobody uses the descriptor any more.
    unsafe { LocalFree(attributes.lpSecurityDescriptor) };
    made
}

/// `SetKernelObjectSecurity` for the list, given as text.
pub fn set_list(handle: isize, sddl: &str) -> Outcome<i32> {
    with_security(sddl, |attributes| {
        let descriptor = attributes.lpSecurityDescriptor;
        // SAFETY: the descriptor is valid and lives across the call.
        call(|| unsafe {
            SetKernelObjectSecurity(h(handle), DACL_SECURITY_INFORMATION, descriptor)
        })
    })
}

/// `GetKernelObjectSecurity`: the list as text, and the result and error.
#[must_use]
pub fn list_of(handle: isize) -> Outcome<(i32, String)> {
    let (mut descriptor, mut needed) = ([0_u64; 128], 0);
    let place = descriptor.as_mut_ptr().cast();
    let size = u32::try_from(size_of_val(&descriptor)).expect("small");
    // SAFETY: a buffer of so many bytes, and a place for a number.
    let (result, error) = call(|| unsafe {
        GetKernelObjectSecurity(h(handle), DACL_SECURITY_INFORMATION, place, size, &raw mut needed)
    });
    if result == 0 {
        return ((result, String::new()), error);
    }
    // SAFETY: so many bytes were written.
    let bytes = unsafe { std::slice::from_raw_parts(place.cast::<u8>(), needed as usize) };
    let descriptor = SecurityDescriptor::from_self_relative(bytes).expect("a descriptor");
    ((result, descriptor.to_sddl()), error)
}

/// `CreateSemaphoreW`; an inheritable handle if there is no name.
pub fn create_semaphore(name: Option<&str>, count: i32, maximum: i32) -> Outcome<isize> {
    let attributes = win32::attributes(name.is_none());
    let name = units(name);
    // SAFETY: the name is NULL or terminated; both live across the call.
    call(|| unsafe {
        v(threading::CreateSemaphoreW(&raw const attributes, count, maximum, pointer(&name)))
    })
}

/// `CreateWaitableTimerW`.
pub fn create_timer(name: Option<&str>, manual: bool) -> Outcome<isize> {
    let name = units(name);
    // SAFETY: the name is NULL or terminated, and lives across the call.
    call(|| unsafe { v(threading::CreateWaitableTimerW(null(), manual.into(), pointer(&name))) })
}

/// The types of objects that can have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An event.
    Event,
    /// A mutex.
    Mutex,
    /// A semaphore.
    Semaphore,
    /// A waitable timer.
    Timer,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Event, Self::Mutex, Self::Semaphore, Self::Timer];

    /// Makes one: unsignalled, and with the name.
    pub fn create(self, name: &str) -> Outcome<isize> {
        match self {
            Self::Event => create_event(Some(name), true, false),
            Self::Mutex => create_mutex(Some(name), false),
            Self::Semaphore => create_semaphore(Some(name), 0, 5),
            Self::Timer => create_timer(Some(name), true),
        }
    }

    /// Opens one.
    pub fn open(self, access: u32, name: &str) -> Outcome<isize> {
        let name = wide(name);
        let open = match self {
            Self::Event => threading::OpenEventW,
            Self::Mutex => threading::OpenMutexW,
            Self::Semaphore => threading::OpenSemaphoreW,
            Self::Timer => threading::OpenWaitableTimerW,
        };
        // SAFETY: the name is terminated and lives across the call.
        call(|| v(unsafe { open(access, 0, name.as_ptr()) }))
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| format!("{kind:?}").eq_ignore_ascii_case(word))
    }
}

/// `ReleaseMutex`.
pub fn release_mutex(handle: isize) -> Outcome<i32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::ReleaseMutex(h(handle)) })
}

/// `ReleaseSemaphore`: the result and the count before (-77 where none was stored).
pub fn release_semaphore(handle: isize, times: i32) -> Outcome<(i32, i32)> {
    let mut before = -77;
    let (result, error) =
        // SAFETY: the out-pointer is to a live variable.
        call(|| unsafe { threading::ReleaseSemaphore(h(handle), times, &raw mut before) });
    ((result, before), error)
}

/// `SetWaitableTimer` without a routine.
pub fn set_timer(handle: isize, due: i64, period_ms: i32) -> Outcome<i32> {
    // SAFETY: the number lives across the call.
    call(|| unsafe {
        threading::SetWaitableTimer(h(handle), &raw const due, period_ms, None, null(), 0)
    })
}

/// `CancelWaitableTimer`.
pub fn cancel_timer(handle: isize) -> Outcome<i32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::CancelWaitableTimer(h(handle)) })
}

/// `PulseEvent`.
pub fn pulse(handle: isize) -> Outcome<i32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::PulseEvent(h(handle)) })
}

/// The assistant's answer to a command about these objects.
#[must_use]
pub fn answer(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let words = &mut words;
    match words.next()? {
        "create" => said(Kind::of(words.next()?)?.create(words.next()?)),
        "create-secured" => said(create_secured(words.next()?, words.next()?)),
        "set-list" => said(set_list(number(words)?, words.next()?)),
        "list-of" => {
            let ((result, list), error) = list_of(number(words)?);
            Some(format!("{result} {list} {error}"))
        }
        "create-owned" => said(create_mutex(words.next(), true)),
        "create-semaphore" => {
            let (count, maximum) = (number(words)?, number(words)?);
            said(create_semaphore(words.next(), count, maximum))
        }
        "open-named" => {
            let kind = Kind::of(words.next()?)?;
            said(kind.open(number(words)?, words.next()?))
        }
        "release-mutex" => said(release_mutex(number(words)?)),
        "release-semaphore" => {
            let ((result, before), error) = release_semaphore(number(words)?, number(words)?);
            Some(format!("{result} {before} {error}"))
        }
        "set-timer" => said(set_timer(number(words)?, number(words)?, number(words)?)),
        "pulse" => said(pulse(number(words)?)),
        "wait-many" => {
            let (all, timeout) = (number::<u8>(words)? != 0, number(words)?);
            let handles: Option<Vec<isize>> = words.map(|word| word.parse().ok()).collect();
            said(win32::wait_many(&handles?, all, timeout))
        }
        // A thread takes it and ends.
        "take-and-end" => {
            let handle = number(words)?;
            said(std::thread::spawn(move || win32::wait(handle, 0)).join().ok()?)
        }
        // Takes and gives back mutexes without end.
        "churn" => {
            let handles: Option<Vec<isize>> = words.map(|word| word.parse().ok()).collect();
            churn(&handles?);
            None
        }
        _ => None,
    }
}

/// Takes and gives back: each mutex alone, any of them, and all of them.
fn churn(mutexes: &[isize]) {
    const FOREVER: u32 = u32::MAX;
    loop {
        for &mutex in mutexes {
            win32::wait(mutex, FOREVER);
            release_mutex(mutex);
        }
        let (one, _) = win32::wait_many(mutexes, false, FOREVER);
        release_mutex(mutexes[(one & 0x7F) as usize]);
        win32::wait_many(mutexes, true, FOREVER);
        for &mutex in mutexes {
            release_mutex(mutex);
        }
    }
}
