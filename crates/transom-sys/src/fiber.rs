//! Stacks between which a thread switches: what fibers are made of.
//!
//! A switch keeps what the C calling convention says a function keeps: some registers and the modes
//! of floating point. Everything else is on the stack that is left, or was given up by the caller.

use std::cell::{Cell, RefCell};
use std::io;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// What a fiber without a size of its own gets; pages cost nothing before they are touched.
const USUAL_STACK: usize = 8 << 20;
const SMALLEST_STACK: usize = 64 << 10;
const PAGE: usize = 4096;

/// Some thread runs it.
const RUNNING: u8 = 0;
/// It can be switched to.
const SUSPENDED: u8 = 1;

type Main = Box<dyn Fn() + Send + Sync>;

/// A stack and the place where it is left; or that of a thread which became a fiber.
pub struct Fiber {
    stack: Option<Stack>,
    /// Where the stack ends, with the registers on it, while the fiber is suspended.
    saved: AtomicUsize,
    state: AtomicU8,
    number: AtomicUsize,
    /// Lies here and not on the stack, which may be given up with all that is on it.
    main: Option<Main>,
}

impl std::fmt::Debug for Fiber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let suspended = self.state.load(Ordering::Relaxed) == SUSPENDED;
        f.debug_struct("Fiber").field("suspended", &suspended).finish_non_exhaustive()
    }
}

/// Memory with a page at its lower end that nobody may touch.
struct Stack {
    base: NonNull<u8>,
    length: usize,
}

// SAFETY: memory of this process; it is used by who runs the fiber.
unsafe impl Send for Stack {}
// SAFETY: as above.
unsafe impl Sync for Stack {}

impl Stack {
    fn new(bytes: usize) -> io::Result<Self> {
        let bytes = if bytes == 0 { USUAL_STACK } else { bytes.max(SMALLEST_STACK) };
        let length = bytes
            .checked_next_multiple_of(PAGE)
            .and_then(|bytes| bytes.checked_add(PAGE))
            .ok_or(io::ErrorKind::OutOfMemory)?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK | libc::MAP_NORESERVE;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: new memory, wherever there is room.
        let base = unsafe { libc::mmap(null_mut(), length, access, flags, -1, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let stack = Self { base, length };
        // SAFETY: the first page of what was just mapped.
        if unsafe { libc::mprotect(stack.base.as_ptr().cast(), PAGE, libc::PROT_NONE) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(stack)
    }

    fn has(&self, address: usize) -> bool {
        (self.base.addr().get()..self.base.addr().get() + self.length).contains(&address)
    }

    /// Lays out what [`exchange`] takes off a stack, so that it goes to [`begin`]; where it lies.
    fn prepare(&self, fiber: *const Fiber) -> usize {
        let frame = first_frame(fiber);
        // SAFETY: within the stack, which is larger, and whose end is that of a page.
        let place = unsafe { self.base.as_ptr().add(self.length - size_of_val(&frame)) };
        // SAFETY: room for the frame, aligned as pages are and a multiple of 16 bytes from there.
        unsafe { place.cast::<[usize; FRAME]>().write(frame) };
        place.expose_provenance()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: mapped by us; nobody runs on it, since who runs a fiber holds it.
        unsafe { libc::munmap(self.base.as_ptr().cast(), self.length) };
    }
}

/// The fiber that a thread runs; let go of when the thread ends, unless that happens on its stack, as when
/// the program ends there.
struct Own(RefCell<Option<Arc<Fiber>>>);

impl Drop for Own {
    fn drop(&mut self) {
        let here = std::ptr::from_ref(&self).addr();
        if let Some(fiber) = self.0.take()
            && fiber.stack.as_ref().is_some_and(|stack| stack.has(here))
        {
            std::mem::forget(fiber);
        }
    }
}

thread_local! {
    /// The fiber that this thread runs.
    static CURRENT: Own = const { Own(RefCell::new(None)) };
    /// The fiber that this thread has just left.
    static LEFT: Cell<Option<Arc<Fiber>>> = const { Cell::new(None) };
}

/// The fiber that the calling thread runs. Not inlined, nor are the others here: between two calls the
/// caller may have come to another thread, which has variables of its own.
#[inline(never)]
#[must_use]
pub fn current() -> Option<Arc<Fiber>> {
    CURRENT.try_with(|current| current.0.borrow().clone()).ok().flatten()
}

/// Has the calling thread run a fiber; the one before.
#[inline(never)]
fn set_current(fiber: Option<Arc<Fiber>>) -> Option<Arc<Fiber>> {
    CURRENT.try_with(|current| current.0.replace(fiber)).ok().flatten()
}

/// Makes the calling thread a fiber; `None` if it is one.
#[must_use]
pub fn convert() -> Option<Arc<Fiber>> {
    if current().is_some() {
        return None;
    }
    let fiber = Arc::new(Fiber {
        stack: None,
        saved: AtomicUsize::new(0),
        state: AtomicU8::new(RUNNING),
        number: AtomicUsize::new(0),
        main: None,
    });
    set_current(Some(Arc::clone(&fiber)));
    Some(fiber)
}

/// Makes a fiber a thread again, which keeps the stack it is on; the fiber, if it was one.
#[must_use]
pub fn convert_back() -> Option<Arc<Fiber>> {
    let fiber = set_current(None)?;
    if fiber.has_stack() {
        // The thread goes on there.
        std::mem::forget(Arc::clone(&fiber));
    }
    Some(fiber)
}

/// A fiber that nobody runs and nobody else can switch to.
#[derive(Debug)]
pub struct Claimed(Option<Arc<Fiber>>);

impl Drop for Claimed {
    fn drop(&mut self) {
        if let Some(fiber) = &self.0 {
            fiber.state.store(SUSPENDED, Ordering::Release);
        }
    }
}

impl Claimed {
    /// Leaves the fiber that the calling thread runs for this one; returns when some thread comes back.
    /// What belongs to a thread must not be held across it. The fiber itself, if the thread is none.
    ///
    /// # Errors
    /// The thread is no fiber.
    pub fn enter(mut self) -> Result<(), Self> {
        let Some(left) = current() else { return Err(self) };
        // It runs from now on.
        let Some(to) = self.0.take() else { return Err(self) };
        let from = left.saved.as_ptr();
        let place = to.saved.load(Ordering::Acquire);
        LEFT.set(Some(left));
        set_current(Some(to));
        // SAFETY: the fiber was claimed: its frame is at `place`, nobody else switches to it, and its stack
        // stays while it is a thread's current fiber. The one that is left is held by `LEFT`.
        unsafe { exchange(from, place) };
        arrived();
        Ok(())
    }
}

impl Fiber {
    /// A fiber that calls `main` when it is first switched to, with a stack of about so many bytes (0:
    /// the usual size). If `main` returns the process is aborted: nothing is there to return to.
    ///
    /// # Errors
    /// There is no memory for the stack.
    pub fn new(bytes: usize, main: Main) -> io::Result<Arc<Self>> {
        let fiber = Arc::new(Self {
            stack: Some(Stack::new(bytes)?),
            saved: AtomicUsize::new(0),
            state: AtomicU8::new(SUSPENDED),
            number: AtomicUsize::new(0),
            main: Some(main),
        });
        if let Some(stack) = &fiber.stack {
            fiber.saved.store(stack.prepare(Arc::as_ptr(&fiber)), Ordering::Release);
        }
        Ok(fiber)
    }

    /// A number of who made it, 0 at first.
    #[must_use]
    pub const fn number(&self) -> &AtomicUsize {
        &self.number
    }

    /// Whether it has a stack of its own, and not a thread's.
    #[must_use]
    pub const fn has_stack(&self) -> bool {
        self.stack.is_some()
    }

    /// Keeps others from switching to it; `None` if somebody runs it.
    #[must_use]
    pub fn claim(self: &Arc<Self>) -> Option<Claimed> {
        self.state
            .compare_exchange(SUSPENDED, RUNNING, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
            .then(|| Claimed(Some(Arc::clone(self))))
    }
}

/// The fiber that was left may be switched to: its registers are saved now.
#[inline(never)]
fn arrived() {
    if let Some(left) = LEFT.take() {
        left.state.store(SUSPENDED, Ordering::Release);
    }
}

/// What a fiber begins with.
extern "C" fn begin(fiber: *const Fiber) -> ! {
    arrived();
    // SAFETY: the fiber that a thread runs is held by it.
    if let Some(main) = &unsafe { &*fiber }.main {
        main();
    }
    // There is nothing to go back to.
    std::process::abort()
}

#[cfg(target_arch = "x86_64")]
const FRAME: usize = 8;

/// Modes of floating point as a program starts with, then r15, r14, r13, r12, rbx, rbp, and where to go.
#[cfg(target_arch = "x86_64")]
fn first_frame(fiber: *const Fiber) -> [usize; FRAME] {
    let begin: extern "C" fn(*const Fiber) -> ! = begin;
    [
        0x1F80 | 0x037F << 32,
        0,
        0,
        begin as usize,
        fiber.expose_provenance(),
        0,
        0,
        enter as *const () as usize,
    ]
}

/// Saves the registers on this stack and where it ends, and goes on where another stack was left.
///
/// # Safety
/// `to` is where a frame lies that this function or [`first_frame`] has made, on a stack nobody runs on;
/// `save` is writable.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn exchange(save: *mut usize, to: usize) {
    core::arch::naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "stmxcsr [rsp]",
        "fnstcw [rsp + 4]",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "ldmxcsr [rsp]",
        "fldcw [rsp + 4]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// The first function on a new stack, whose frame is the last.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
extern "C" fn enter() {
    core::arch::naked_asm!("xor ebp, ebp", "mov rdi, r12", "call r13", "ud2")
}

#[cfg(target_arch = "aarch64")]
const FRAME: usize = 22;

/// x19 to x30, d8 to d15 and the modes of floating point.
#[cfg(target_arch = "aarch64")]
fn first_frame(fiber: *const Fiber) -> [usize; FRAME] {
    let begin: extern "C" fn(*const Fiber) -> ! = begin;
    let mut frame = [0; FRAME];
    frame[0] = fiber.expose_provenance();
    frame[1] = begin as usize;
    frame[11] = enter as *const () as usize;
    frame
}

/// Saves the registers on this stack and where it ends, and goes on where another stack was left.
///
/// # Safety
/// `to` is where a frame lies that this function or [`first_frame`] has made, on a stack nobody runs on;
/// `save` is writable.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn exchange(save: *mut usize, to: usize) {
    core::arch::naked_asm!(
        "sub sp, sp, #176",
        "stp x19, x20, [sp, #0]",
        "stp x21, x22, [sp, #16]",
        "stp x23, x24, [sp, #32]",
        "stp x25, x26, [sp, #48]",
        "stp x27, x28, [sp, #64]",
        "stp x29, x30, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mrs x9, fpcr",
        "str x9, [sp, #160]",
        "mov x9, sp",
        "str x9, [x0]",
        "mov sp, x1",
        "ldr x9, [sp, #160]",
        "msr fpcr, x9",
        "ldp x19, x20, [sp, #0]",
        "ldp x21, x22, [sp, #16]",
        "ldp x23, x24, [sp, #32]",
        "ldp x25, x26, [sp, #48]",
        "ldp x27, x28, [sp, #64]",
        "ldp x29, x30, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "add sp, sp, #176",
        "ret",
    )
}

/// The first function on a new stack, whose frame is the last.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
extern "C" fn enter() {
    core::arch::naked_asm!("mov x29, xzr", "mov x0, x19", "blr x20", "brk 1")
}

#[cfg(test)]
mod tests {
    use super::{Fiber, convert, convert_back, current};
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, Mutex};

    /// A fiber that adds to a sum and goes back to whatever is at home, again and again.
    fn adder(home: Arc<Mutex<Option<Arc<Fiber>>>>, sum: Arc<AtomicU64>) -> Arc<Fiber> {
        let main = Box::new(move || {
            let mut value = 1.5_f64;
            loop {
                sum.fetch_add(value as u64, Ordering::SeqCst);
                value *= 2.0;
                let home = home.lock().unwrap().clone().unwrap();
                home.claim().unwrap().enter().unwrap();
            }
        });
        Fiber::new(1, main).unwrap()
    }

    #[test]
    fn threads_take_turns_with_a_fiber_that_keeps_its_numbers() {
        let home = Arc::new(Mutex::new(None));
        let sum = Arc::new(AtomicU64::new(0));
        let fiber = adder(Arc::clone(&home), Arc::clone(&sum));
        let (mut expected, mut value) = (0, 1.5_f64);
        for _ in 0..4 {
            let turns = || {
                assert!(current().is_none() && fiber.claim().unwrap().enter().is_err());
                *home.lock().unwrap() = convert();
                assert!(convert().is_none(), "it is one");
                for _ in 0..10 {
                    expected += value as u64;
                    value *= 2.0;
                    let claimed = fiber.claim().unwrap();
                    assert!(fiber.claim().is_none(), "somebody has it");
                    claimed.enter().unwrap();
                    assert_eq!(sum.load(Ordering::SeqCst), expected);
                }
                assert!(convert_back().is_some_and(|fiber| !fiber.has_stack()));
                assert!(convert_back().is_none());
            };
            std::thread::scope(|scope| scope.spawn(turns).join().unwrap());
        }
        assert!(fiber.has_stack() && fiber.claim().is_some());
    }

    #[test]
    fn a_stack_larger_than_memory_is_refused() {
        assert!(Fiber::new(usize::MAX, Box::new(|| ())).is_err());
        assert!(Fiber::new(1 << 60, Box::new(|| ())).is_err());
    }
}
