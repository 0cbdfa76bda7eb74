//! Locks in the program's own memory, as programs use them: from many threads, and from one that
//! makes mistakes.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};
use transom_tests::win32::UNTOUCHED;
use transom_win32 as _;
use windows_sys::Win32::Foundation::{GetLastError, SetLastError};
use windows_sys::Win32::System::Threading::{
    AcquireSRWLockExclusive, AcquireSRWLockShared, CONDITION_VARIABLE, CRITICAL_SECTION,
    DeleteCriticalSection, EnterCriticalSection, GetCurrentThreadId, INFINITE, INIT_ONCE,
    InitOnceBeginInitialize, InitOnceComplete, InitOnceExecuteOnce, InitOnceInitialize,
    InitializeConditionVariable, InitializeCriticalSection, InitializeCriticalSectionAndSpinCount,
    InitializeCriticalSectionEx, InitializeSRWLock, LeaveCriticalSection, ReleaseSRWLockExclusive,
    ReleaseSRWLockShared, SRWLOCK, SetCriticalSectionSpinCount, SleepConditionVariableCS,
    SleepConditionVariableSRW, TryAcquireSRWLockExclusive, TryAcquireSRWLockShared,
    TryEnterCriticalSection, WaitOnAddress, WakeAllConditionVariable, WakeByAddressAll,
    WakeByAddressSingle, WakeConditionVariable,
};

/// Makes a call with a known last error before it.
macro_rules! call {
    ($call:expr) => {{
        // SAFETY: sets a thread-local number.
        unsafe { SetLastError(UNTOUCHED) };
        // SAFETY: all pointers of these tests are to places that live as long as the test.
        let result = unsafe { $call };
        // SAFETY: reads a thread-local number.
        (result, unsafe { GetLastError() })
    }};
}

const TRUE: (i32, u32) = (1, UNTOUCHED);
const THREADS: usize = 4;
const TURNS: u32 = 20_000;

/// Something of the program's that threads share.
struct Shared<T>(UnsafeCell<T>);

// SAFETY: what is in it is used through the functions under test, which is what they are for.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    const fn get(&self) -> *mut T {
        self.0.get()
    }
}

/// Adds to a plain number from many threads, each time under a lock.
fn count_up(lock: impl Fn() + Sync, unlock: impl Fn() + Sync) {
    let total = Shared::new(0_u32);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..TURNS {
                    lock();
                    // SAFETY: the lock under test.
                    unsafe { *total.get() += 1 };
                    unlock();
                }
            });
        }
    });
    assert_eq!(total.0.into_inner(), TURNS * THREADS as u32);
}

fn section() -> Shared<CRITICAL_SECTION> {
    let section = Shared::new(CRITICAL_SECTION::default());
    // Memory that held something else.
    // SAFETY: the section's own bytes.
    unsafe { section.get().cast::<u8>().write_bytes(0x55, 40) };
    call!(InitializeCriticalSection(section.get()));
    section
}

/// `LockCount`, `RecursionCount`, whether this thread owns it.
fn look(section: &Shared<CRITICAL_SECTION>) -> (i32, i32, bool) {
    // SAFETY: a live section; nobody changes it at this moment.
    let fields = unsafe { section.get().read() };
    // SAFETY: takes nothing.
    let own = unsafe { GetCurrentThreadId() } as usize;
    (fields.LockCount, fields.RecursionCount, fields.OwningThread.addr() == own)
}

#[test]
fn a_critical_section_lets_one_thread_in() {
    let section = section();
    let place = &section;
    count_up(
        || _ = call!(EnterCriticalSection(place.get())),
        || _ = call!(LeaveCriticalSection(place.get())),
    );
    assert_eq!(look(&section), (-1, 0, false));
}

#[test]
fn the_fields_of_a_critical_section() {
    let section = section();
    assert_eq!(look(&section), (-1, 0, false));
    call!(EnterCriticalSection(section.get()));
    assert_eq!(look(&section), (-2, 1, true));
    assert_eq!(call!(TryEnterCriticalSection(section.get())), TRUE);
    assert_eq!(look(&section), (-2, 2, true));
    std::thread::scope(|scope| {
        let place = &section;
        let tried = scope.spawn(move || call!(TryEnterCriticalSection(place.get())));
        assert_eq!(tried.join().unwrap(), (0, UNTOUCHED));
        let waits = scope.spawn(move || {
            call!(EnterCriticalSection(place.get()));
            call!(LeaveCriticalSection(place.get()));
        });
        while look(&section).0 != -6 {
            std::thread::yield_now();
        }
        call!(LeaveCriticalSection(section.get()));
        assert_eq!(look(&section), (-6, 1, true));
        call!(LeaveCriticalSection(section.get()));
        waits.join().unwrap();
    });
    assert_eq!(look(&section), (-1, 0, false));
    // One leaving too many.
    call!(LeaveCriticalSection(section.get()));
    assert_eq!(look(&section), (-1, 0, false));
    assert_eq!(call!(SetCriticalSectionSpinCount(section.get(), 4000)), (0, UNTOUCHED));
    assert_eq!(call!(SetCriticalSectionSpinCount(section.get(), 1)), (4000, UNTOUCHED));
    assert_eq!(call!(InitializeCriticalSectionAndSpinCount(section.get(), 0x8000_0400)), TRUE);
    assert_eq!(call!(SetCriticalSectionSpinCount(section.get(), 1)), (0x400, UNTOUCHED));
    assert_eq!(call!(InitializeCriticalSectionEx(section.get(), 10, 0x0100_0000)), TRUE);
    assert_eq!(call!(InitializeCriticalSectionEx(section.get(), 10, 1)), (0, 87));
    assert_eq!(call!(InitializeCriticalSectionEx(section.get(), 1 << 24, 0)), (0, 87));
    call!(DeleteCriticalSection(section.get()));
}

fn slim() -> Shared<SRWLOCK> {
    Shared::new(SRWLOCK::default())
}

/// Whether nobody is inside or waits: the lower half is zero; the upper one counts wakings.
fn is_free(lock: &Shared<SRWLOCK>) -> bool {
    // SAFETY: a live lock that nobody uses at this moment.
    unsafe { lock.get().cast::<u32>().read() == 0 }
}

#[test]
fn a_slim_lock_lets_one_writer_in() {
    let lock = slim();
    let place = &lock;
    count_up(
        || _ = call!(AcquireSRWLockExclusive(place.get())),
        || _ = call!(ReleaseSRWLockExclusive(place.get())),
    );
    assert!(is_free(&lock));
}

#[test]
fn readers_see_no_half_of_a_change() {
    let (lock, pair) = (slim(), Shared::new([0_u32; 2]));
    std::thread::scope(|scope| {
        for number in 0..4 {
            let (lock, pair) = (&lock, &pair);
            scope.spawn(move || {
                for _ in 0..TURNS {
                    if number < 2 {
                        call!(AcquireSRWLockExclusive(lock.get()));
                        // SAFETY: the lock under test.
                        unsafe { (*pair.get())[0] += 1 };
                        // SAFETY: as above.
                        unsafe { (*pair.get())[1] += 1 };
                        call!(ReleaseSRWLockExclusive(lock.get()));
                    } else {
                        call!(AcquireSRWLockShared(lock.get()));
                        // SAFETY: the lock under test.
                        let [first, second] = unsafe { pair.get().read() };
                        assert_eq!(first, second);
                        call!(ReleaseSRWLockShared(lock.get()));
                    }
                }
            });
        }
    });
    assert_eq!(pair.0.into_inner(), [2 * TURNS; 2]);
    assert!(is_free(&lock));
}

#[test]
fn who_may_be_inside_a_slim_lock_together() {
    let lock = slim();
    call!(InitializeSRWLock(lock.get()));
    assert!(call!(TryAcquireSRWLockShared(lock.get())).0);
    assert!(call!(TryAcquireSRWLockShared(lock.get())).0);
    assert_eq!(call!(TryAcquireSRWLockExclusive(lock.get())), (false, UNTOUCHED));
    call!(ReleaseSRWLockShared(lock.get()));
    call!(ReleaseSRWLockShared(lock.get()));
    assert!(is_free(&lock));
    assert!(call!(TryAcquireSRWLockExclusive(lock.get())).0);
    assert_eq!(call!(TryAcquireSRWLockShared(lock.get())), (false, UNTOUCHED));
    assert_eq!(call!(TryAcquireSRWLockExclusive(lock.get())), (false, UNTOUCHED));
    // Released in the wrong way: nothing happens.
    call!(ReleaseSRWLockShared(lock.get()));
    assert!(!call!(TryAcquireSRWLockShared(lock.get())).0);
    call!(ReleaseSRWLockExclusive(lock.get()));
    assert!(is_free(&lock));
    call!(ReleaseSRWLockShared(lock.get()));
    call!(ReleaseSRWLockExclusive(lock.get()));
    assert!(is_free(&lock));
}

#[test]
fn sleeping_on_a_condition_ends_in_time() {
    let (condition, lock, section) =
        (Shared::new(CONDITION_VARIABLE::default()), slim(), section());
    call!(InitializeConditionVariable(condition.get()));
    // Nobody sleeps: nothing happens.
    call!(WakeConditionVariable(condition.get()));
    call!(WakeAllConditionVariable(condition.get()));
    call!(AcquireSRWLockExclusive(lock.get()));
    for milliseconds in [0, 5] {
        let slept = call!(SleepConditionVariableSRW(condition.get(), lock.get(), milliseconds, 0));
        assert_eq!(slept, (0, 1460));
        assert!(!call!(TryAcquireSRWLockShared(lock.get())).0, "it is held again");
    }
    assert_eq!(call!(SleepConditionVariableSRW(condition.get(), lock.get(), 5, 2)), (0, 87));
    call!(ReleaseSRWLockExclusive(lock.get()));
    call!(AcquireSRWLockShared(lock.get()));
    assert_eq!(call!(SleepConditionVariableSRW(condition.get(), lock.get(), 5, 1)), (0, 1460));
    assert!(!call!(TryAcquireSRWLockExclusive(lock.get())).0);
    call!(ReleaseSRWLockShared(lock.get()));
    call!(EnterCriticalSection(section.get()));
    assert_eq!(call!(SleepConditionVariableCS(condition.get(), section.get(), 5)), (0, 1460));
    assert_eq!(look(&section), (-2, 1, true));
    call!(LeaveCriticalSection(section.get()));
}

/// A queue of bounded length between two producers and two consumers.
#[test]
fn conditions_hand_over_everything_that_is_produced() {
    let (room, goods) =
        (Shared::new(CONDITION_VARIABLE::default()), Shared::new(CONDITION_VARIABLE::default()));
    let (lock, queue) = (slim(), Shared::new(Vec::<u32>::new()));
    let sum = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for number in 1..=5000 {
                    call!(AcquireSRWLockExclusive(lock.get()));
                    // SAFETY: the lock is held.
                    while unsafe { (*queue.get()).len() } == 3 {
                        call!(SleepConditionVariableSRW(room.get(), lock.get(), INFINITE, 0));
                    }
                    // SAFETY: the lock is held.
                    unsafe { (*queue.get()).push(number) };
                    call!(ReleaseSRWLockExclusive(lock.get()));
                    call!(WakeConditionVariable(goods.get()));
                }
            });
            scope.spawn(|| {
                for _ in 0..5000 {
                    call!(AcquireSRWLockExclusive(lock.get()));
                    let number = loop {
                        // SAFETY: the lock is held.
                        if let Some(number) = unsafe { (*queue.get()).pop() } {
                            break number;
                        }
                        call!(SleepConditionVariableSRW(goods.get(), lock.get(), INFINITE, 0));
                    };
                    call!(ReleaseSRWLockExclusive(lock.get()));
                    call!(WakeConditionVariable(room.get()));
                    sum.fetch_add(number, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(sum.into_inner(), 2 * (1..=5000).sum::<u32>());
}

#[test]
fn everybody_on_a_condition_is_woken() {
    let (condition, section) = (Shared::new(CONDITION_VARIABLE::default()), section());
    let (go, asleep) = (Shared::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                call!(EnterCriticalSection(section.get()));
                asleep.fetch_add(1, Ordering::SeqCst);
                // SAFETY: inside the section.
                while unsafe { !*go.get() } {
                    call!(SleepConditionVariableCS(condition.get(), section.get(), INFINITE));
                }
                call!(LeaveCriticalSection(section.get()));
            });
        }
        while asleep.load(Ordering::SeqCst) < 8 {
            std::thread::yield_now();
        }
        call!(EnterCriticalSection(section.get()));
        // SAFETY: inside the section.
        unsafe { *go.get() = true };
        call!(LeaveCriticalSection(section.get()));
        call!(WakeAllConditionVariable(condition.get()));
    });
}

unsafe extern "system" fn succeed(
    _once: *mut INIT_ONCE,
    calls: *mut c_void,
    context: *mut *mut c_void,
) -> i32 {
    // SAFETY: the tests pass a counter.
    unsafe { &*calls.cast::<AtomicU32>() }.fetch_add(1, Ordering::SeqCst);
    if !context.is_null() {
        // SAFETY: room for a context.
        unsafe { *context = std::ptr::without_provenance_mut(0x40) };
    }
    1
}

unsafe extern "system" fn fail(
    _once: *mut INIT_ONCE,
    _parameter: *mut c_void,
    _context: *mut *mut c_void,
) -> i32 {
    // SAFETY: sets a thread-local number.
    unsafe { SetLastError(1234) };
    0
}

unsafe extern "system" fn leave_bad_context(
    _once: *mut INIT_ONCE,
    _parameter: *mut c_void,
    context: *mut *mut c_void,
) -> i32 {
    // SAFETY: room for a context.
    unsafe { *context = std::ptr::without_provenance_mut(0x41) };
    1
}

#[test]
fn one_call_of_many_threads_initialises() {
    for _ in 0..50 {
        let (once, calls) = (Shared::new(INIT_ONCE::default()), AtomicU32::new(0));
        let start = std::sync::Barrier::new(THREADS);
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let mut context = null_mut();
                    let parameter = (&raw const calls).cast_mut().cast();
                    start.wait();
                    let done = call!(InitOnceExecuteOnce(
                        once.get(),
                        Some(succeed),
                        parameter,
                        &raw mut context
                    ));
                    assert_eq!((done, context.addr()), (TRUE, 0x40));
                });
            }
        });
        assert_eq!(calls.into_inner(), 1);
    }
}

#[test]
fn an_initialisation_that_fails_is_begun_again() {
    let (once, calls) = (Shared::new(INIT_ONCE::default()), AtomicU32::new(0));
    let parameter: *mut c_void = (&raw const calls).cast_mut().cast();
    let mut context = null_mut();
    let mut run = |function| {
        let place = &raw mut context;
        (call!(InitOnceExecuteOnce(once.get(), function, parameter, place)), context.addr())
    };
    assert_eq!(run(None).0, (0, 87));
    assert_eq!(run(Some(fail)).0, (0, 1234));
    assert_eq!(run(Some(leave_bad_context)).0, (0, 87));
    assert_eq!(run(Some(succeed)), (TRUE, 0x40));
    assert_eq!(run(Some(fail)), (TRUE, 0x40));
    call!(InitOnceInitialize(once.get()));
    let without = call!(InitOnceExecuteOnce(once.get(), Some(succeed), parameter, null_mut()));
    assert_eq!((without, calls.into_inner()), (TRUE, 2));
}

#[test]
fn the_phases_of_an_initialisation_have_their_errors() {
    let once = Shared::new(INIT_ONCE::default());
    let begin = |flags| {
        let (mut pending, mut context) = (7, null_mut());
        let result =
            call!(InitOnceBeginInitialize(once.get(), flags, &raw mut pending, &raw mut context));
        (result, pending, context.addr())
    };
    let complete = |flags, context| {
        call!(InitOnceComplete(once.get(), flags, std::ptr::without_provenance(context)))
    };
    // Not begun.
    assert_eq!((complete(0, 0), complete(2, 0), complete(4, 0)), ((0, 31), (0, 31), (0, 31)));
    assert_eq!((begin(1).0, begin(3).0, begin(8).0), ((0, 31), (0, 87), (0, 87)));
    // Begun by one.
    assert_eq!(begin(0), (TRUE, 1, 0));
    assert_eq!((begin(1).0, begin(2).0), ((0, 31), (0, 87)));
    for (flags, context) in [(6, 0), (8, 0), (0, 1), (4, 8)] {
        assert_eq!(complete(flags, context), (0, 87));
    }
    assert_eq!(complete(4, 0), TRUE);
    // Begun by several: the first wins.
    assert_eq!((begin(2), begin(2)), ((TRUE, 1, 0), (TRUE, 1, 0)));
    assert_eq!((begin(0).0, complete(0, 0), complete(4, 0)), ((0, 87), (0, 87), (0, 87)));
    assert_eq!((complete(2, 0x40), complete(2, 0x48)), (TRUE, (0, 31)));
    for flags in [0, 1, 2] {
        assert_eq!(begin(flags), (TRUE, 0, 0x40));
    }
}

/// Waits on a value of any size; the result and the last error.
fn wait_on<T>(place: *const T, undesired: &T, milliseconds: u32) -> (i32, u32) {
    let undesired = std::ptr::from_ref(undesired).cast();
    call!(WaitOnAddress(place.cast(), undesired, size_of::<T>(), milliseconds))
}

#[test]
fn waiting_on_an_address_looks_at_the_value_first() {
    let bytes = Shared::new([7_u8; 16]);
    for offset in 0..8 {
        let place = bytes.get().cast::<u8>().wrapping_add(offset);
        assert_eq!(wait_on(place, &7_u8, 2), (0, 1460));
        assert_eq!(wait_on(place, &8_u8, INFINITE), TRUE);
        assert_eq!(wait_on(place.cast(), &[7_u8; 2], 2), (0, 1460));
        assert_eq!(wait_on(place.cast(), &[7_u8, 6], INFINITE), TRUE);
        assert_eq!(wait_on(place.cast(), &[7_u8; 4], 2), (0, 1460));
        assert_eq!(wait_on(place.cast(), &[7_u8; 8], 0), (0, 1460));
        assert_eq!(wait_on(place.cast(), &[7_u8, 7, 7, 7, 7, 7, 7, 9], INFINITE), TRUE);
    }
    assert_eq!(wait_on(bytes.get().cast(), &[7_u8; 3], 2), (0, 87));
    assert_eq!(wait_on(bytes.get().cast(), &[7_u8; 16], 2), (0, 87));
    assert_eq!(wait_on(null::<u32>(), &0, 2), (0, 87));
    // Addresses that nobody waits on, and that need not exist.
    call!(WakeByAddressSingle(null()));
    call!(WakeByAddressAll(std::ptr::without_provenance(13)));
}

/// Whether a thread of this process sleeps on a word.
fn sleeps(tid: u32) -> bool {
    // In `futex` or `futex_waitv`, which /proc shows by number.
    std::fs::read_to_string(format!("/proc/self/task/{tid}/syscall")).is_ok_and(|call| {
        let number = call.split(' ').next().unwrap_or_default();
        number == libc::SYS_futex.to_string() || number == libc::SYS_futex_waitv.to_string()
    })
}

/// Two bytes of one word: who waits on one is not woken for the other, and neither is missed.
#[test]
fn neighbours_in_a_word_are_woken_apart() {
    let bytes = Shared::new([0_u8; 8]);
    let woken = [const { AtomicU32::new(0) }; 2];
    let tids = [const { AtomicU32::new(0) }; 2];
    std::thread::scope(|scope| {
        for (offset, (woken, tid)) in woken.iter().zip(&tids).enumerate() {
            let place = &bytes;
            scope.spawn(move || {
                let place = place.get().cast::<u8>().wrapping_add(offset);
                // SAFETY: no arguments.
                tid.store(unsafe { GetCurrentThreadId() }, Ordering::SeqCst);
                // Once: the value stays the same, so only a waking ends the wait.
                assert_eq!(wait_on(place, &0, INFINITE), TRUE);
                woken.store(1, Ordering::SeqCst);
            });
        }
        while !tids.iter().all(|tid| sleeps(tid.load(Ordering::SeqCst))) {
            std::thread::yield_now();
        }
        let place = |offset| bytes.get().cast::<u8>().wrapping_add(offset).cast_const().cast();
        // Again and again: it may have slept on another word, before this one.
        while woken[1].load(Ordering::SeqCst) == 0 {
            call!(WakeByAddressSingle(place(1)));
            std::thread::yield_now();
        }
        assert_eq!(woken[0].load(Ordering::SeqCst), 0);
        while woken[0].load(Ordering::SeqCst) == 0 {
            call!(WakeByAddressAll(place(0)));
            std::thread::yield_now();
        }
    });
}

/// The upper half of eight bytes changes, and the waking is for their address.
#[test]
fn a_change_of_any_byte_is_seen() {
    for offset in [0, 4, 3] {
        let bytes = Shared::new([0_u8; 16]);
        std::thread::scope(|scope| {
            let place = &bytes;
            scope.spawn(move || {
                let value = place.get().cast::<u8>().wrapping_add(offset).cast::<[u8; 8]>();
                // SAFETY: eight of the sixteen bytes; a byte that just changes is read as one or
                // the other.
                while unsafe { value.read_volatile() } == [0; 8] {
                    wait_on(value.cast_const(), &[0_u8; 8], INFINITE);
                }
            });
            let last = bytes.get().cast::<u8>().wrapping_add(offset + 7);
            // SAFETY: one of the sixteen bytes.
            unsafe { last.write_volatile(1) };
            call!(WakeByAddressSingle(last.wrapping_sub(7).cast()));
        });
    }
}
