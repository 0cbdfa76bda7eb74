//! Whether a file or port is signalled.

use super::gate::Inside;
use crate::error::Result;
use crate::object::ObjectId;
use crate::sync::arena;
use crate::sync::dispatcher::Dispatcher;
use crate::sync::machine::Rule;
use crate::sync::state_word::SIGNALLED;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A flag that can be waited for. It takes a slot of the arena when somebody first does.
#[derive(Debug)]
pub(super) struct Signal {
    signalled: Mutex<bool>,
    dispatcher: OnceLock<Dispatcher>,
}

impl Signal {
    pub(super) const fn new(signalled: bool) -> Self {
        Self { signalled: Mutex::new(signalled), dispatcher: OnceLock::new() }
    }

    /// Whether somebody has waited for it.
    pub(super) fn is_used(&self) -> bool {
        self.dispatcher.get().is_some()
    }

    pub(super) fn is_signalled(&self, _inside: &Inside) -> bool {
        *self.signalled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, signalled: bool, _inside: &Inside) {
        let mut now = self.signalled.lock().unwrap_or_else(PoisonError::into_inner);
        if *now == signalled {
            return;
        }
        *now = signalled;
        match self.dispatcher.get() {
            Some(dispatcher) if signalled => dispatcher.signal(),
            Some(dispatcher) => dispatcher.reset(),
            None => {}
        }
    }

    /// What waits for it dispatch on.
    pub(super) fn dispatcher(&self, id: ObjectId, _inside: &Inside) -> Result<&Dispatcher> {
        // Nobody changes the flag meanwhile.
        let now = self.signalled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dispatcher) = self.dispatcher.get() {
            return Ok(dispatcher);
        }
        let slot = arena::allocate(id, if *now { SIGNALLED } else { 0 }, [0; 3], None)?;
        Ok(self.dispatcher.get_or_init(|| Dispatcher::new(slot, Rule::ManualEvent)))
    }
}
