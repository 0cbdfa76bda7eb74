//! Threads of the C library with what the standard library does not offer: a start without a
//! return to wait for, an end from anywhere, and being joined by whoever ends them.
//!
//! Everything is a thread of glibc's, so thread-local variables, C++ ones included, work and are
//! destroyed.

use std::ffi::{c_int, c_void};
use std::io;
use std::mem::MaybeUninit;

/// The stack of a thread that asked for less.
const SMALLEST_STACK: usize = 64 * 1024;
/// A stack that is refused as too small (the thread-local variables of a program lie on it) is
/// doubled up to this.
const LARGEST_CORRECTION: usize = 64 * 1024 * 1024;

/// A thread that was started and neither detached nor joined.
#[derive(Clone, Copy, Debug)]
pub struct NativeThread(libc::pthread_t);

/// What a new thread takes over.
struct Start<T> {
    value: T,
    main: fn(T),
}

extern "C" fn entry<T>(start: *mut c_void) -> *mut c_void {
    // SAFETY: the pointer `start` made for this thread, which alone has it.
    let start = unsafe { Box::from_raw(start.cast::<Start<T>>()) };
    // The box is gone before the thread runs: one that leaves from within leaves nothing. A box that
    // is moved out of goes at the end of its scope, so it has one of its own.
    let unboxed = |start: Box<Start<T>>| *start;
    let Start { value, main } = unboxed(start);
    main(value);
    std::ptr::null_mut()
}

/// The attributes of a thread to be, destroyed when dropped.
struct Attributes(libc::pthread_attr_t);

impl Attributes {
    fn new() -> io::Result<Self> {
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: the out-pointer is to room for the attributes.
        checked(unsafe { libc::pthread_attr_init(attributes.as_mut_ptr()) })?;
        // SAFETY: initialised by the call that succeeded.
        Ok(Self(unsafe { attributes.assume_init() }))
    }

    fn set_stack(&mut self, bytes: usize) -> io::Result<()> {
        // SAFETY: initialised attributes.
        checked(unsafe { libc::pthread_attr_setstacksize(&raw mut self.0, bytes) })
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised attributes that are not used again.
        unsafe { libc::pthread_attr_destroy(&raw mut self.0) };
    }
}

fn checked(error: c_int) -> io::Result<()> {
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// Starts a thread that runs `main(value)`, with a stack of so many bytes or of the usual size.
///
/// # Errors
/// What `pthread_create(3)` reports: `EAGAIN` for too many threads or too large a stack.
pub fn start<T: Send + 'static>(
    stack_bytes: Option<usize>,
    value: T,
    main: fn(T),
) -> io::Result<NativeThread> {
    let mut attributes = Attributes::new()?;
    let mut stack = stack_bytes.map(|bytes| bytes.max(SMALLEST_STACK).next_multiple_of(4096));
    let start = Box::into_raw(Box::new(Start { value, main }));
    loop {
        let prepared = stack.map_or(Ok(()), |bytes| attributes.set_stack(bytes));
        let mut thread = 0;
        let created = prepared.and_then(|()| {
            // SAFETY: attributes and out-pointer are live; `entry` gets the box of its type.
            checked(unsafe {
                libc::pthread_create(
                    &raw mut thread,
                    &raw const attributes.0,
                    entry::<T>,
                    start.cast(),
                )
            })
        });
        match created {
            Ok(()) => return Ok(NativeThread(thread)),
            Err(error) => {
                let small = stack.filter(|&bytes| bytes < LARGEST_CORRECTION);
                if error.raw_os_error() == Some(libc::EINVAL) && small.is_some() {
                    stack = small.map(|bytes| bytes * 2);
                    continue;
                }
                // SAFETY: no thread has taken the box over.
                drop(unsafe { Box::from_raw(start) });
                return Err(error);
            }
        }
    }
}

impl NativeThread {
    /// The thread's Linux id; `None` once it has ended. Only for a thread that is neither
    /// detached nor joined.
    ///
    /// The C library tells the id of another thread only within the number of its clock, which
    /// the kernel defines as the id's complement over three bits of flags.
    #[must_use]
    pub fn id(self) -> Option<u32> {
        let mut clock = 0;
        // SAFETY: by the contract of this type the thread's descriptor exists; the out-pointer
        // is live.
        let error = unsafe { libc::pthread_getcpuclockid(self.0, &raw mut clock) };
        let id = u32::try_from(!(clock >> 3)).ok()?;
        (error == 0 && id != 0).then_some(id)
    }

    /// Lets the thread's resources go when it ends.
    pub fn detach(self) {
        // SAFETY: neither detached nor joined before.
        unsafe { libc::pthread_detach(self.0) };
    }

    /// Waits until the thread has ended, and gives back its stack.
    pub fn join(self) {
        // SAFETY: neither detached nor joined before; its result is not asked for.
        unsafe { libc::pthread_join(self.0, std::ptr::null_mut()) };
    }
}

/// Lets the calling thread's resources go when it ends; it must be one of [`start`]'s that
/// nobody joins or detaches.
pub fn detach_this() {
    // SAFETY: the calling thread exists.
    let own = unsafe { libc::pthread_self() };
    NativeThread(own).detach();
}

/// Ends the calling thread from wherever it is: its thread-local variables are destroyed, the
/// frames of its functions are not.
///
/// `pthread_exit` unwinds the stack, which runs destructors and stops the program where a frame
/// forbids it, as those of Rust's threads do. It begins with its own caller: one without
/// unwinding information, as the function below, is the end of the stack to it, and so it
/// leaves at once.
pub fn leave() -> ! {
    leave_without_unwinding()
}

#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
extern "C" fn leave_without_unwinding() -> ! {
    // The call leaves a return address on a stack that was aligned before this one was pushed.
    core::arch::naked_asm!("push rbp", "xor edi, edi", "call {exit}", "ud2", exit = sym libc::pthread_exit)
}

#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
extern "C" fn leave_without_unwinding() -> ! {
    core::arch::naked_asm!("mov x0, xzr", "bl {exit}", "brk 1", exit = sym libc::pthread_exit)
}

/// How long the calling thread ran in user mode and in the kernel, in microseconds.
#[must_use]
pub fn processor_times() -> Option<[u64; 2]> {
    // SAFETY: the structure is integers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the out-pointer is to a live structure.
    let result = unsafe { libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage) };
    let microseconds = |time: libc::timeval| {
        let whole = u64::try_from(time.tv_sec).unwrap_or(0).saturating_mul(1_000_000);
        whole.saturating_add(u64::try_from(time.tv_usec).unwrap_or(0))
    };
    (result == 0).then(|| [usage.ru_utime, usage.ru_stime].map(microseconds))
}

/// The most keys glibc has: `PTHREAD_KEYS_MAX`.
const KEYS: libc::pthread_key_t = 1024;

/// Ends the calling thread with nothing but the system call: nothing of it is destroyed. May be
/// called in a signal handler.
///
/// Its values of the C library's keys are forgotten: they are kept beside the stack, which is used
/// again, and glibc takes it that who ended has cleared them.
pub(crate) fn vanish() -> ! {
    for key in 0..KEYS {
        // SAFETY: any number may be asked for, and glibc only looks at this thread's own array.
        if unsafe { libc::pthread_getspecific(key) }.is_null() {
            continue;
        }
        // SAFETY: a key that has a value; setting NULL allocates nothing.
        unsafe { libc::pthread_setspecific(key, std::ptr::null()) };
    }
    loop {
        // SAFETY: ends this thread; the kernel tells whoever joins it.
        unsafe { libc::syscall(libc::SYS_exit, 0) };
    }
}

#[cfg(test)]
mod tests {
    use super::{detach_this, leave, start};
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc::{Sender, channel};

    thread_local! {
        static LEAVING: Cell<Option<Told>> = const { Cell::new(None) };
    }

    struct Told(Sender<&'static str>);

    impl Drop for Told {
        fn drop(&mut self) {
            // The test may have failed already.
            let _ = self.0.send("thread-local destroyed");
        }
    }

    struct Frame(Sender<&'static str>);

    impl Drop for Frame {
        fn drop(&mut self) {
            let _ = self.0.send("frame destroyed");
        }
    }

    #[test]
    fn a_thread_leaves_from_within_its_frames() {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        fn main(told: Sender<&'static str>) {
            LEAVING.set(Some(Told(told.clone())));
            STARTED.store(rustix::thread::gettid().as_raw_nonzero().get() as u32, Ordering::SeqCst);
            std::panic::catch_unwind(|| {
                let _frame = Frame(told);
                leave()
            })
            .unwrap_or(());
        }
        let (sender, receiver) = channel();
        let thread = start(None, sender, main).expect("a thread starts");
        let id = thread.id();
        thread.join();
        assert!(id.is_none_or(|id| id == STARTED.load(Ordering::SeqCst)));
        assert_eq!(receiver.recv(), Ok("thread-local destroyed"));
        assert!(receiver.try_recv().is_err());
    }

    #[test]
    fn a_thread_of_the_standard_library_leaves_too() {
        let (sender, receiver) = channel::<()>();
        std::thread::spawn(move || {
            let _kept = &sender;
            LEAVING.set(None);
            leave()
        });
        // The frame that has the sender is never destroyed: nothing comes, and nothing breaks.
        let waited = receiver.recv_timeout(std::time::Duration::from_millis(50));
        assert_eq!(waited, Err(std::sync::mpsc::RecvTimeoutError::Timeout));
    }

    #[test]
    fn small_and_large_stacks() {
        let (sender, receiver) = channel();
        let small = sender.clone();
        start(Some(1), small, |told| {
            detach_this();
            let _ = told.send(());
        })
        .expect("a small stack is made large enough");
        assert_eq!(receiver.recv(), Ok(()));
        assert!(start(Some(usize::MAX / 2), sender, |_| {}).is_err());
    }
}
