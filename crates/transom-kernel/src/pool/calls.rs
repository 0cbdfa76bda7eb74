//! Counting calls that are to be made and that are being made, so that somebody can wait for them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct State {
    pending: usize,
    running: usize,
    /// Counts how often what was pending was called off.
    round: u64,
}

/// The calls of one thing.
#[derive(Debug, Default)]
pub struct Calls {
    state: Mutex<State>,
    changed: Condvar,
}

/// A call that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Ticket(u64);

impl Calls {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call that is to be made.
    #[must_use]
    pub fn announce(&self) -> Ticket {
        let mut state = self.state();
        state.pending += 1;
        Ticket(state.round)
    }

    /// Takes the announcement back: the call cannot be made.
    pub fn withdraw(&self, ticket: Ticket) {
        let mut state = self.state();
        if ticket.0 == state.round {
            state.pending -= 1;
            self.changed.notify_all();
        }
    }

    /// Makes a call, unless it was called off.
    pub fn make(&self, ticket: Ticket, call: impl FnOnce()) {
        {
            let mut state = self.state();
            if ticket.0 != state.round {
                return;
            }
            state.pending -= 1;
            state.running += 1;
        }
        call();
        self.state().running -= 1;
        self.changed.notify_all();
    }

    /// Calls off what was announced; how many calls.
    pub fn cancel(&self) -> usize {
        let mut state = self.state();
        state.round += 1;
        std::mem::take(&mut state.pending)
    }

    /// Whether a call is being made or to be made.
    #[must_use]
    pub fn are_outstanding(&self) -> bool {
        let state = self.state();
        state.pending + state.running != 0
    }

    /// Waits until no call is being made or to be made.
    pub fn wait(&self) {
        let mut state = self.state();
        while state.pending + state.running != 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Calls;

    #[test]
    fn what_is_called_off_is_not_made() {
        let calls = Calls::default();
        let (first, second) = (calls.announce(), calls.announce());
        let mut made = 0;
        calls.make(first, || made += 1);
        assert_eq!(calls.cancel(), 1);
        calls.make(second, || made += 1);
        assert_eq!((made, calls.are_outstanding()), (1, false));
        calls.wait();
        let third = calls.announce();
        calls.withdraw(third);
        assert!(!calls.are_outstanding());
    }
}
