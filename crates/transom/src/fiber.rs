//! Fibers: functions that a thread leaves in their middle, and goes on with when it likes.
//!
//! Windows' fibers can be switched between at will, also by several threads, and can be given up with
//! all that is on their stacks; nothing of that is safe in Rust. Here a fiber belongs to the thread that
//! made it, runs while somebody [resumes](Fiber::resume) it, and gives control back when it
//! [suspends](Suspender::suspend) itself or returns.
//!
//! ```
//! use std::cell::Cell;
//! use std::rc::Rc;
//! use transom::fiber::{Fiber, Progress};
//! let number = Rc::new(Cell::new(0));
//! let squares = Fiber::new({
//!     let number = Rc::clone(&number);
//!     move |fiber| {
//!         for root in 1..=3 {
//!             number.set(root * root);
//!             fiber.suspend().expect("it runs");
//!         }
//!     }
//! })?;
//! let mut seen = Vec::new();
//! while squares.resume()? == Progress::Suspended {
//!     seen.push(number.get());
//! }
//! assert_eq!(seen, [1, 4, 9]);
//! # Ok::<(), transom::Win32Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/procthread/fibers>

use crate::error::{Result, Win32Error};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use transom_kernel::thread::fiber;

/// What became of a fiber that was resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has suspended itself and can be resumed.
    Suspended,
    /// Its function has returned.
    Returned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It waits to be resumed, for the first time or again.
    Suspended,
    /// It runs, or waits for one that it has resumed.
    Resumed,
    Returned,
}

/// What a fiber and who resumes it know of each other.
struct Shared {
    state: Cell<State>,
    /// The fiber that is to go on when this one stops.
    resumer: Cell<usize>,
    panic: Cell<Option<Box<dyn Any + Send>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("state", &self.state).finish_non_exhaustive()
    }
}

type Main = Box<dyn FnOnce(&Suspender)>;

/// What fibers of this thread are to do that have not begun.
struct ToDo {
    next: usize,
    mains: BTreeMap<usize, (Main, Rc<Shared>)>,
}

thread_local! {
    static TO_DO: RefCell<ToDo> = const { RefCell::new(ToDo { next: 1, mains: BTreeMap::new() }) };
}

/// A fiber. It cannot leave its thread.
///
/// One that is dropped before its function has returned is never resumed, and its stack stays as it is
/// until the process ends: others may rely on what is on it.
#[derive(Debug)]
pub struct Fiber {
    address: usize,
    number: usize,
    shared: Rc<Shared>,
}

/// What a fiber's function suspends itself with.
#[derive(Debug)]
pub struct Suspender {
    shared: Rc<Shared>,
    address: usize,
}

/// What a fiber does: its function, and then nothing ever again.
fn run(number: usize) {
    let entry = TO_DO.with_borrow_mut(|to_do| to_do.mains.remove(&number));
    let Some((main, shared)) = entry else { return };
    let resumer = {
        let address = fiber::current().unwrap_or(0);
        let suspender = Suspender { shared, address };
        // Who resumed it goes on with the panic, as if its own call had.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| main(&suspender))) {
            suspender.shared.panic.set(Some(panic));
        }
        suspender.shared.state.set(State::Returned);
        suspender.shared.resumer.get()
    };
    // Nothing is left on this stack that would have to be dropped.
    loop {
        let _ = fiber::switch(resumer);
    }
}

impl Fiber {
    /// `CreateFiber`: a fiber that calls a function when it is resumed for the first time, on a stack of
    /// 8 MiB, of which pages are taken when they are touched.
    ///
    /// ```
    /// use transom::fiber::{Fiber, Progress};
    /// let greeter = Fiber::new(|_| println!("hello"))?;
    /// assert_eq!(greeter.resume()?, Progress::Returned);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`: there is none for the stack.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createfiber>
    pub fn new(main: impl FnOnce(&Suspender) + 'static) -> Result<Self> {
        Self::with_stack(0, main)
    }

    /// As [`Fiber::new`], with a stack of about so many bytes, 64 KiB at least; 0 is the usual size.
    ///
    /// ```
    /// use transom::fiber::Fiber;
    /// let small = Fiber::with_stack(64 << 10, |fiber| fiber.suspend().expect("it runs"))?;
    /// small.resume()?;
    /// assert!(!small.has_returned());
    /// small.resume()?;
    /// assert!(small.has_returned());
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Fiber::new`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createfiberex>
    pub fn with_stack(bytes: usize, main: impl FnOnce(&Suspender) + 'static) -> Result<Self> {
        let shared = Rc::new(Shared {
            state: Cell::new(State::Suspended),
            resumer: Cell::new(0),
            panic: Cell::new(None),
        });
        let number = TO_DO.with_borrow_mut(|to_do| {
            let number = to_do.next;
            to_do.next += 1;
            to_do.mains.insert(number, (Box::new(main), Rc::clone(&shared)));
            number
        });
        match fiber::create(bytes, number, Box::new(run)) {
            Ok(address) => Ok(Self { address, number, shared }),
            Err(error) => {
                forget_main(number);
                Err(error)
            }
        }
    }

    /// `SwitchToFiber`: goes on with the fiber until it suspends itself or returns. A panic of its function
    /// goes on here. The thread is a fiber meanwhile, if it was none.
    ///
    /// ```
    /// use transom::fiber::Fiber;
    /// let fiber = Fiber::new(|_| ())?;
    /// fiber.resume()?;
    /// assert_eq!(fiber.resume().unwrap_err().code(), 87); // it has returned
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: it has returned, or it runs and this is called from within it.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-switchtofiber>
    pub fn resume(&self) -> Result<Progress> {
        if self.shared.state.get() != State::Suspended {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let (own, converted) = match fiber::current() {
            Some(own) => (own, false),
            None => (fiber::convert(0)?, true),
        };
        self.shared.resumer.set(own);
        self.shared.state.set(State::Resumed);
        let switched = fiber::switch(self.address);
        if switched.is_err() {
            self.shared.state.set(State::Suspended);
        }
        if converted {
            fiber::convert_back()?;
        }
        switched?;
        if let Some(panic) = self.shared.panic.take() {
            resume_unwind(panic);
        }
        Ok(if self.has_returned() { Progress::Returned } else { Progress::Suspended })
    }

    /// Whether its function has returned.
    #[must_use]
    pub fn has_returned(&self) -> bool {
        self.shared.state.get() == State::Returned
    }
}

/// Drops what a fiber would have done.
fn forget_main(number: usize) -> bool {
    let main = TO_DO.try_with(|to_do| to_do.borrow_mut().mains.remove(&number));
    // Dropped when the list is free again: it may have fibers itself.
    main.is_ok_and(|main| main.is_some())
}

impl Drop for Fiber {
    fn drop(&mut self) {
        // One that has not begun has nothing on its stack, nor has one that has returned.
        if forget_main(self.number) || self.has_returned() {
            // Nobody runs it, so it can be given up.
            let _ = fiber::delete(self.address);
        }
    }
}

impl Suspender {
    /// `SwitchToFiber`, back: leaves the fiber's function here; returns when the fiber is resumed.
    ///
    /// ```
    /// use transom::fiber::Fiber;
    /// let fiber = Fiber::new(|fiber| {
    ///     let inner = Fiber::new(|inner| inner.suspend().expect("it runs")).expect("room");
    ///     inner.resume().expect("it has not returned"); // comes back here
    ///     fiber.suspend().expect("it runs"); // goes on outside
    ///     inner.resume().expect("it has not returned");
    /// })?;
    /// fiber.resume()?;
    /// fiber.resume()?;
    /// assert!(fiber.has_returned());
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: it is not this fiber that runs; or a panic is on its way through it.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-switchtofiber>
    pub fn suspend(&self) -> Result<()> {
        let runs = fiber::current() == Some(self.address);
        if !runs || std::thread::panicking() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.shared.state.set(State::Suspended);
        let switched = fiber::switch(self.shared.resumer.get());
        self.shared.state.set(State::Resumed);
        switched
    }
}

#[cfg(test)]
mod tests {
    use super::{Fiber, Progress};
    use std::cell::Cell;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::rc::Rc;

    #[test]
    fn a_panic_goes_on_where_the_fiber_was_resumed() {
        let fiber = Fiber::new(|fiber| {
            fiber.suspend().unwrap();
            std::panic::resume_unwind(Box::new(7));
        })
        .unwrap();
        assert_eq!(fiber.resume(), Ok(Progress::Suspended));
        let panic = catch_unwind(AssertUnwindSafe(|| fiber.resume())).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&7));
        assert!(fiber.has_returned() && fiber.resume().is_err());
    }

    #[test]
    fn what_a_fiber_has_is_dropped_if_it_has_not_begun_or_has_returned() {
        let kept = Rc::new(Cell::new(0));
        let make = |suspends: bool| {
            let kept = Rc::clone(&kept);
            Fiber::new(move |fiber| {
                kept.set(kept.get() + 1);
                if suspends {
                    fiber.suspend().unwrap();
                }
            })
            .unwrap()
        };
        drop(make(true));
        assert_eq!((kept.get(), Rc::strong_count(&kept)), (0, 1));
        let fiber = make(false);
        fiber.resume().unwrap();
        assert_eq!((kept.get(), Rc::strong_count(&kept)), (1, 1));
        drop(fiber);
        // One that is in the middle stays there.
        let fiber = make(true);
        fiber.resume().unwrap();
        drop(fiber);
        assert_eq!((kept.get(), Rc::strong_count(&kept)), (2, 2));
    }

    #[test]
    fn a_fiber_that_waits_for_another_is_not_resumed() {
        let outer = Rc::new(Cell::new(None::<Rc<Fiber>>));
        let fiber = Rc::new(
            Fiber::new({
                let outer = Rc::clone(&outer);
                move |_| {
                    let own = outer.take().unwrap();
                    assert!(own.resume().is_err(), "it runs");
                    let inner = Fiber::new(move |_| assert!(own.resume().is_err())).unwrap();
                    assert_eq!(inner.resume(), Ok(Progress::Returned));
                }
            })
            .unwrap(),
        );
        outer.set(Some(Rc::clone(&fiber)));
        assert_eq!(fiber.resume(), Ok(Progress::Returned));
    }
}
