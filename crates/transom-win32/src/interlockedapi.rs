//! `interlockedapi.h`: lists that several threads push to and pop from.
//!
//! A header is sixteen bytes: the first entry, and a word that counts the entries and the changes, and
//! has a lock in its lowest bit. (Windows changes both at once; what a program sees is the same.)

use crate::abi::same_signature;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};
use windows_sys::Win32::System::Kernel::{SLIST_ENTRY, SLIST_HEADER};
use windows_sys::Win32::System::Threading as official;

/// The header as it is kept here. Where windows-sys' structure has eight bytes (it is that of 32-bit
/// Windows), C's and Windows' have sixteen, and so must the caller's.
#[repr(C)]
struct Header {
    first: *mut SLIST_ENTRY,
    /// Bit 0: locked; bits 1 to 16: how many entries.
    state: AtomicU64,
}

const LOCKED: u64 = 1;
const ONE: u64 = 2;

/// Changes a list while nobody else does.
///
/// # Safety
/// `head` points to a header that was initialised.
unsafe fn with<T>(
    head: *mut SLIST_HEADER,
    act: impl FnOnce(&mut *mut SLIST_ENTRY, &mut u64) -> T,
) -> T {
    let head = head.cast::<Header>();
    // SAFETY: by the same contract; the word is only reached as an atomic.
    let state = unsafe { &(*head).state };
    let mut rounds = 0_u32;
    while state.fetch_or(LOCKED, Ordering::Acquire) & LOCKED != 0 {
        rounds += 1;
        if rounds.is_multiple_of(64) {
            std::thread::yield_now();
        } else {
            std::hint::spin_loop();
        }
    }
    let mut count = state.load(Ordering::Relaxed) & !LOCKED;
    // SAFETY: only who has the lock reaches the first entry.
    let result = act(unsafe { &mut (*head).first }, &mut count);
    state.store(count, Ordering::Release);
    result
}

/// `InitializeSListHead`: makes an empty list. The header has sixteen bytes and is aligned to them.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/interlockedapi/nf-interlockedapi-initializeslisthead>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeSListHead(head: *mut SLIST_HEADER) {
    let header = Header { first: null_mut(), state: AtomicU64::new(0) };
    // SAFETY: a header of the caller's, aligned by its contract.
    unsafe { head.cast::<Header>().write(header) };
}
same_signature!(official::InitializeSListHead, InitializeSListHead, fn(_));

/// `InterlockedPushEntrySList`: puts an entry in front; what was the first.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/interlockedapi/nf-interlockedapi-interlockedpushentryslist>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InterlockedPushEntrySList(
    head: *mut SLIST_HEADER,
    entry: *mut SLIST_ENTRY,
) -> *mut SLIST_ENTRY {
    let push = |first: &mut *mut SLIST_ENTRY, count: &mut u64| {
        // SAFETY: an entry of the caller's that is in no list.
        unsafe { (*entry).Next = *first };
        *count += ONE;
        std::mem::replace(first, entry)
    };
    // SAFETY: by the caller's contract.
    unsafe { with(head, push) }
}
same_signature!(official::InterlockedPushEntrySList, InterlockedPushEntrySList, fn(_, _) -> _);

/// `InterlockedPopEntrySList`: takes the first entry off; NULL if there is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/interlockedapi/nf-interlockedapi-interlockedpopentryslist>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InterlockedPopEntrySList(
    head: *mut SLIST_HEADER,
) -> *mut SLIST_ENTRY {
    let pop = |first: &mut *mut SLIST_ENTRY, count: &mut u64| {
        let entry = *first;
        if !entry.is_null() {
            // SAFETY: an entry that was pushed.
            *first = unsafe { (*entry).Next };
            *count -= ONE;
        }
        entry
    };
    // SAFETY: by the caller's contract.
    unsafe { with(head, pop) }
}
same_signature!(official::InterlockedPopEntrySList, InterlockedPopEntrySList, fn(_) -> _);

/// `InterlockedFlushSList`: takes all entries off, the first leading to the others.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/interlockedapi/nf-interlockedapi-interlockedflushslist>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InterlockedFlushSList(head: *mut SLIST_HEADER) -> *mut SLIST_ENTRY {
    // SAFETY: by the caller's contract.
    unsafe {
        with(head, |first, count| {
            *count = 0;
            std::mem::replace(first, null_mut())
        })
    }
}
same_signature!(official::InterlockedFlushSList, InterlockedFlushSList, fn(_) -> _);

/// `QueryDepthSList`: how many entries there are, as 16 bits count them.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/interlockedapi/nf-interlockedapi-querydepthslist>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryDepthSList(head: *const SLIST_HEADER) -> u16 {
    // SAFETY: a header of the caller's; the word is only reached as an atomic.
    let state = unsafe { &(*head.cast::<Header>()).state };
    (state.load(Ordering::Acquire) / ONE) as u16
}
same_signature!(official::QueryDepthSList, QueryDepthSList, fn(_) -> _);
