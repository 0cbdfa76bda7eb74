//! Being called when the program is loaded, when it exits, and when it forks.

use std::ffi::{OsString, c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// An ELF note: how long its name and its content are, its type, and its name.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C, align(4))]
pub struct Note {
    /// With the NUL.
    pub name_bytes: u32,
    /// None here.
    pub content_bytes: u32,
    /// The reader's to define.
    pub kind: u32,
    /// With the NUL.
    pub name: [u8; 8],
}

/// Calls a `fn()` when the program or library that contains it is loaded, before `main`, and
/// marks the file with an ELF note of this eight-byte name.
#[macro_export]
macro_rules! at_load {
    ($function:path, $note:expr) => {
        const _: () = {
            #[used]
            #[unsafe(link_section = ".note.transom")]
            static NOTE: $crate::startup::Note =
                $crate::startup::Note { name_bytes: 8, content_bytes: 0, kind: 1, name: *$note };
            extern "C" fn entry() {
                $function();
            }
            #[used]
            #[unsafe(link_section = ".init_array")]
            static ENTRY: extern "C" fn() = entry;
        };
    };
}

/// Makes a `fn() -> i32` the program's `main`, in a crate that is `#![no_main]`. Rust's own
/// `main` first prepares the program for stack overflows and closed standard streams, which costs
/// a tenth of what starting a small program does.
#[macro_export]
macro_rules! entry {
    ($function:path) => {
        #[unsafe(no_mangle)]
        extern "C" fn main(
            _count: std::ffi::c_int,
            _arguments: *const *const std::ffi::c_char,
        ) -> std::ffi::c_int {
            $crate::startup::run($function)
        }
    };
}

/// Runs a program's `main` and ends the program with what it returns.
#[doc(hidden)]
pub fn run(function: fn() -> i32) -> ! {
    crate::signal::survive_broken_pipes();
    // A panic has been told of by its hook, and ends the program as it would any other.
    let status = std::panic::catch_unwind(function).unwrap_or(101);
    std::process::exit(status)
}

unsafe extern "C" {
    /// glibc: registers a function that is called by `exit` with the full status.
    fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
}

static AT_EXIT: OnceLock<fn(i32)> = OnceLock::new();

extern "C" fn exiting(status: c_int, _argument: *mut c_void) {
    if let Some(function) = AT_EXIT.get() {
        function(status);
    }
}

/// Has `function` called with the exit status when the program calls `exit` or returns from
/// `main`: all 32 bits of it, of which Linux then keeps eight. Only the first call counts.
pub fn at_exit(function: fn(i32)) {
    if AT_EXIT.set(function).is_ok() {
        // SAFETY: the function has the signature `on_exit` documents and uses no argument.
        unsafe { on_exit(exiting, std::ptr::null_mut()) };
    }
}

/// What to do around a `fork` of the program's own.
#[derive(Clone, Copy, Debug)]
pub struct AtFork {
    /// In the forking thread, before.
    pub before: fn(),
    /// In the forking thread, after.
    pub in_parent: fn(),
    /// In the only thread of the new process.
    pub in_child: fn(),
}

static AT_FORK: OnceLock<AtFork> = OnceLock::new();

extern "C" fn before_fork() {
    if let Some(hooks) = AT_FORK.get() {
        (hooks.before)();
    }
}

extern "C" fn after_fork_in_parent() {
    if let Some(hooks) = AT_FORK.get() {
        (hooks.in_parent)();
    }
}

extern "C" fn after_fork_in_child() {
    if let Some(hooks) = AT_FORK.get() {
        (hooks.in_child)();
    }
}

/// Registers what is done around every `fork`. Only the first call counts.
pub fn at_fork(hooks: AtFork) {
    if AT_FORK.set(hooks).is_ok() {
        // SAFETY: the three functions have the signature `pthread_atfork` documents and live as
        // long as the program.
        unsafe {
            libc::pthread_atfork(
                Some(before_fork),
                Some(after_fork_in_parent),
                Some(after_fork_in_child),
            )
        };
    }
}

/// Takes a variable out of the Linux environment. To be called while the program is being
/// loaded.
#[must_use]
pub fn take_variable(name: &str) -> Option<OsString> {
    let value = std::env::var_os(name)?;
    // SAFETY: at load time no other thread of the program runs that could read the environment.
    unsafe { std::env::remove_var(name) };
    Some(value)
}

/// Whether the program runs with more rights than its starter (set-user-id and the like), so
/// that what the starter handed over must not be believed.
#[must_use]
pub fn is_privileged() -> bool {
    // SAFETY: reads a value the kernel placed in the process; any argument is fine.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

/// Ends the process at once, without running exit handlers.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: ends the process; there is nothing after it.
    unsafe { libc::_exit(status) }
}

/// Starts a thread that no signal interrupts and that has the smallest stack that does.
///
/// # Errors
/// What starting a thread reports.
pub fn spawn_service_thread(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> std::io::Result<()> {
    const STACK_BYTES: usize = 128 * 1024;
    // The new thread inherits the mask.
    let _blocked = crate::signal::BlockedSignals::all();
    let noted = move || {
        let own = rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned();
        let free = |place: &&AtomicU32| {
            place.compare_exchange(0, own, Ordering::SeqCst, Ordering::Relaxed).is_ok()
        };
        let place = SERVICE_THREADS.iter().find(free);
        work();
        if let Some(place) = place {
            place.store(0, Ordering::SeqCst);
        }
    };
    std::thread::Builder::new().name(name.into()).stack_size(STACK_BYTES).spawn(noted)?;
    Ok(())
}

/// The threads of [`spawn_service_thread`]; a process starts one or two, and one or two for each
/// child whose standard streams are ends of named pipes.
static SERVICE_THREADS: [AtomicU32; 512] = [const { AtomicU32::new(0) }; 512];

/// Whether a thread is one of [`spawn_service_thread`]'s, and none of the program's own.
#[must_use]
pub fn is_service_thread(tid: u32) -> bool {
    SERVICE_THREADS.iter().any(|place| place.load(Ordering::SeqCst) == tid)
}

/// Forgets the service threads, in a process that `fork` has just made.
pub fn forget_service_threads() {
    for place in &SERVICE_THREADS {
        place.store(0, Ordering::SeqCst);
    }
}
