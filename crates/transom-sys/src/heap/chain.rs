//! The blocks of the process's heap: sixteen chains, each with a lock of its own, so that threads
//! seldom meet.

use super::blocks::Header;
use super::gate::{Entered, Gate};
use std::ptr::null_mut;

const CHAINS: usize = 16;

/// Blocks, each of which knows the ones before and behind.
#[derive(Debug)]
pub(super) struct Chain {
    first: *mut Header,
}

// SAFETY: the headers are reached by whoever has the chain, which is one thread at a time.
unsafe impl Send for Chain {}

static ALL: [Gate<Chain>; CHAINS] = [const { Gate::new(Chain { first: null_mut() }) }; CHAINS];

/// The chain of a block.
fn number_of(header: *const Header) -> usize {
    (header.addr() >> 5) % CHAINS
}

/// Goes into the chain of a block.
pub(super) fn enter(header: *const Header) -> Entered<'static, Chain> {
    ALL[number_of(header)].enter()
}

/// Keeps all chains.
pub(super) fn keep_all() {
    ALL.iter().for_each(Gate::keep);
}

/// Keeps all chains once less; whether the calling thread had them.
pub(super) fn leave_all() -> bool {
    ALL.iter().all(Gate::leave)
}

impl Chain {
    /// Puts a block in.
    ///
    /// # Safety
    /// It is one whose header is written, and in no chain; the chain is its own.
    pub(super) unsafe fn insert(&mut self, header: *mut Header) {
        // SAFETY: the block's header, by the contract.
        unsafe { (*header).previous = null_mut() };
        // SAFETY: as above.
        unsafe { (*header).next = self.first };
        if !self.first.is_null() {
            // SAFETY: the first one of the chain, which is a block as long as it is in there.
            unsafe { (*self.first).previous = header };
        }
        self.first = header;
    }

    /// Takes a block out.
    ///
    /// # Safety
    /// It is in this chain.
    pub(super) unsafe fn remove(&mut self, header: *mut Header) {
        // SAFETY: a block of the chain, by the contract.
        let Header { previous, next, .. } = unsafe { header.read() };
        if previous.is_null() {
            self.first = next;
        } else {
            // SAFETY: the one before is in the chain too.
            unsafe { (*previous).next = next };
        }
        if !next.is_null() {
            // SAFETY: so is the one behind.
            unsafe { (*next).previous = previous };
        }
    }
}

/// The header of the first block of all, or of the one behind a block.
///
/// # Safety
/// `header` is NULL or a block's that is in its chain, and stays there during the call.
pub(super) unsafe fn behind(header: *const Header) -> Option<*mut Header> {
    let mut rest = 0;
    if !header.is_null() {
        let chain = enter(header);
        // SAFETY: it is in the chain, which nobody else changes.
        let next = unsafe { (*header).next };
        drop(chain);
        if !next.is_null() {
            return Some(next);
        }
        rest = number_of(header) + 1;
    }
    ALL[rest..].iter().map(|gate| gate.enter().first).find(|first| !first.is_null())
}

/// Whether something is so of all blocks.
pub(super) fn all(mut is_so: impl FnMut(&Header) -> bool) -> bool {
    ALL.iter().all(|gate| {
        let chain = gate.enter();
        let mut header = chain.first;
        while !header.is_null() {
            // SAFETY: what is in the chain is a block, and nobody else changes it.
            let block = unsafe { &*header };
            if !is_so(block) {
                return false;
            }
            header = block.next;
        }
        true
    })
}
