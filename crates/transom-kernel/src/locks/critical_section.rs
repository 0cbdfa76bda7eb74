//! Critical sections: locks of one thread, which may enter as often as it likes.

use super::gate;
use crate::thread::current_thread_id;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// The bits of a spin count that count; the others are flags of Windows' own.
const SPIN_BITS: usize = 0x00FF_FFFF;
/// How often one that was given no spin count looks.
const USUAL_SPINS: u32 = 40;

/// A `CRITICAL_SECTION`'s words, under Windows' names.
#[derive(Clone, Copy, Debug)]
pub struct CriticalSection<'a> {
    /// -1 while nobody is inside, -2 while somebody is, and -6 while others wait.
    pub lock_count: &'a AtomicU32,
    /// How often the owner has entered.
    pub recursion_count: &'a AtomicU32,
    /// The id of the thread inside; 0 for none.
    pub owning_thread: &'a AtomicUsize,
    /// How often to look before sleeping.
    pub spin_count: &'a AtomicUsize,
}

impl CriticalSection<'_> {
    /// `InitializeCriticalSectionAndSpinCount`: makes one of memory that may hold anything.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initializecriticalsectionandspincount>
    pub fn initialize(&self, spin_count: u32) {
        self.recursion_count.store(0, Ordering::Relaxed);
        self.owning_thread.store(0, Ordering::Relaxed);
        self.spin_count.store(spin_count as usize & SPIN_BITS, Ordering::Relaxed);
        self.lock_count.store(gate::FREE, Ordering::Release);
    }

    /// `SetCriticalSectionSpinCount`: the count before.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setcriticalsectionspincount>
    #[must_use]
    pub fn set_spin_count(&self, spin_count: u32) -> u32 {
        let before = self.spin_count.swap(spin_count as usize & SPIN_BITS, Ordering::Relaxed);
        (before & SPIN_BITS) as u32
    }

    fn spins(&self) -> u32 {
        match (self.spin_count.load(Ordering::Relaxed) & SPIN_BITS) as u32 {
            0 => USUAL_SPINS,
            count => count,
        }
    }

    /// Enters once more, if this thread is inside.
    #[inline]
    fn enter_again(&self, own: usize) -> bool {
        // Only this thread could have stored its own id.
        if self.owning_thread.load(Ordering::Relaxed) != own {
            return false;
        }
        let count = self.recursion_count.load(Ordering::Relaxed);
        self.recursion_count.store(count.wrapping_add(1), Ordering::Relaxed);
        true
    }

    #[inline]
    fn take_over(&self, own: usize) {
        self.owning_thread.store(own, Ordering::Relaxed);
        self.recursion_count.store(1, Ordering::Relaxed);
    }

    /// `EnterCriticalSection`: waits until no other thread is inside.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-entercriticalsection>
    #[inline]
    pub fn enter(&self) {
        let own = current_thread_id() as usize;
        if !gate::try_pass(self.lock_count) {
            if self.enter_again(own) {
                return;
            }
            gate::pass(self.lock_count, self.spins());
        }
        self.take_over(own);
    }

    /// `TryEnterCriticalSection`: enters unless another thread is inside; whether it did.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-tryentercriticalsection>
    #[inline]
    #[must_use]
    pub fn try_enter(&self) -> bool {
        let own = current_thread_id() as usize;
        if !gate::try_pass(self.lock_count) {
            return self.enter_again(own);
        }
        self.take_over(own);
        true
    }

    /// `LeaveCriticalSection`: undoes one entry. Nothing happens when nobody is inside.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-leavecriticalsection>
    #[inline]
    pub fn leave(&self) {
        match self.recursion_count.load(Ordering::Relaxed) {
            0 => {}
            1 => {
                self.recursion_count.store(0, Ordering::Relaxed);
                self.owning_thread.store(0, Ordering::Relaxed);
                gate::leave(self.lock_count);
            }
            count => self.recursion_count.store(count - 1, Ordering::Relaxed),
        }
    }
}
