//! The two things Transom asks of signals: no death by `SIGPIPE`, and children that start with
//! the dispositions a fresh program expects.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The highest signal number.
const LAST_SIGNAL: i32 = 64;

static IGNORED_AT_START: OnceLock<u64> = OnceLock::new();
/// What the program decided since then: signals its children are to ignore, and not to.
static TO_IGNORE: AtomicU64 = AtomicU64::new(0);
static NOT_TO_IGNORE: AtomicU64 = AtomicU64::new(0);

/// Has programs that are started from here ignore a signal, or not.
pub fn let_children_ignore(signal: i32, ignored: bool) {
    let bit = 1 << (signal - 1);
    let (set, clear) =
        if ignored { (&TO_IGNORE, &NOT_TO_IGNORE) } else { (&NOT_TO_IGNORE, &TO_IGNORE) };
    set.fetch_or(bit, Ordering::Relaxed);
    clear.fetch_and(!bit, Ordering::Relaxed);
}

/// Takes the highest real-time signal that the program has left alone, for a handler of ours.
///
/// # Safety
/// The handler may run at any instruction of any thread.
pub(crate) unsafe fn take_free(
    handler: extern "C" fn(i32),
    flags: i32,
    block_others: bool,
) -> Option<i32> {
    static CHOICE: Mutex<()> = Mutex::new(());
    let _choice = CHOICE.lock().unwrap_or_else(PoisonError::into_inner);
    let free = |&signal: &i32| disposition(signal) == libc::SIG_DFL;
    let signal = (libc::SIGRTMIN()..=libc::SIGRTMAX()).rev().find(free)?;
    // SAFETY: the structure is integers and an optional pointer, for which zero is a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = flags;
    if block_others {
        // SAFETY: a live set.
        unsafe { libc::sigfillset(&raw mut action.sa_mask) };
    }
    // SAFETY: the handler may run, by the caller's contract; the action lives across the call.
    let result = unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
    (result == 0).then_some(signal)
}

extern "C" fn do_nothing(_signal: i32) {}

/// The signals whose disposition is as asked, one bit each (bit 0 is signal 1).
fn signals_where(wanted: impl Fn(libc::sighandler_t) -> bool) -> u64 {
    (1..=LAST_SIGNAL)
        .filter(|&signal| wanted(disposition(signal)))
        .fold(0, |signals, signal| signals | 1 << (signal - 1))
}

pub(crate) fn disposition(signal: i32) -> libc::sighandler_t {
    // SAFETY: the structure is plain integers and an optional pointer, for which zero is a value.
    let mut current: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: asks only; the out-pointer is to a live structure.
    let result = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut current) };
    if result == 0 { current.sa_sigaction } else { libc::SIG_DFL }
}

/// Remembers which signals the program was started with ignored (under `nohup`, say): programs
/// it starts shall ignore them too. To be called while the program is being loaded; what is
/// ignored later, as the Rust runtime does with `SIGPIPE`, is the program's own affair.
pub fn remember_start() {
    IGNORED_AT_START.get_or_init(|| signals_where(|disposition| disposition == libc::SIG_IGN));
}

/// Signals that this program handles or has set to be ignored, and that a program it starts
/// finds at their default; one bit each.
pub(crate) fn to_be_reset() -> u64 {
    let at_start = IGNORED_AT_START.get().copied().unwrap_or(0);
    let inherited =
        (at_start | TO_IGNORE.load(Ordering::Relaxed)) & !NOT_TO_IGNORE.load(Ordering::Relaxed);
    signals_where(|disposition| disposition != libc::SIG_DFL) & !inherited
}

/// Lets writes to a pipe nobody reads fail with `EPIPE` instead of killing the process, unless
/// the program has decided about `SIGPIPE` itself.
///
/// An empty handler is installed, not "ignore": `exec` resets a handler to the default, so
/// programs started from here, by whatever means, find `SIGPIPE` as they expect it.
pub fn survive_broken_pipes() {
    if disposition(libc::SIGPIPE) != libc::SIG_DFL {
        return;
    }
    // SAFETY: the structure is plain integers and an optional pointer, for which zero is a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = do_nothing as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the handler does nothing, so it is safe at any instruction of any thread; the
    // action lives across the call.
    unsafe { libc::sigaction(libc::SIGPIPE, &raw const action, std::ptr::null_mut()) };
}

/// All signals blocked in this thread, until dropped.
pub(crate) struct BlockedSignals {
    before: libc::sigset_t,
}

impl BlockedSignals {
    pub(crate) fn all() -> Self {
        // SAFETY: zeroed is a value of the type.
        let mut every: libc::sigset_t = unsafe { std::mem::zeroed() };
        let mut before = every;
        // SAFETY: a live set.
        unsafe { libc::sigfillset(&raw mut every) };
        // SAFETY: two live sets.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const every, &raw mut before) };
        Self { before }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        // SAFETY: a live set; the old mask is not asked for.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut())
        };
    }
}
