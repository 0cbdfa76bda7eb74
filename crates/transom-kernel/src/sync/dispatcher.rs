//! What events, mutexes, semaphores and timers have in common: a slot and the rule it follows.

use super::arena::Slot;
use super::identity;
use super::machine::{Enlisted, Machine, Rule, Take, Wake};
use super::state_word::{self, Identity};
use super::timer;
use crate::error::{Result, Win32Error};
use crate::object::Shape;
use std::sync::atomic::{AtomicU64, Ordering};
use transom_sys::futex::{self, Scope, Sleep};

/// The detail of a slot that counts how often a mutex is owned.
pub(super) const RECURSION: usize = 0;

/// The state that waits dispatch on.
#[derive(Debug)]
pub struct Dispatcher {
    slot: Slot,
    rule: Rule,
}

impl Dispatcher {
    pub(crate) const fn new(slot: Slot, rule: Rule) -> Self {
        Self { slot, rule }
    }

    pub(crate) const fn slot(&self) -> &Slot {
        &self.slot
    }

    pub(crate) const fn rule(&self) -> Rule {
        self.rule
    }

    #[inline]
    pub(super) fn machine(&self) -> Machine<'_, AtomicU64> {
        Machine {
            state: self.slot.state(),
            sleepers: self.slot.sleepers(),
            recursion: self.slot.detail(RECURSION),
            rule: self.rule,
        }
    }

    /// What makes it up; `detail` is the type's own number.
    pub(super) fn shape(&self, detail: u64) -> Shape<'_> {
        Shape {
            portable: true,
            fds: [Some(self.slot.file()), self.slot.rendezvous()],
            payload: [self.slot.number().into(), detail],
        }
    }

    /// Wakes whom a change concerns. A system call, unless that is nobody.
    #[inline]
    pub(crate) fn wake(&self, wake: Wake) -> usize {
        let most = match wake {
            Wake::Nobody => return 0,
            Wake::Some(most) => most.min(futex::ALL),
            Wake::All => futex::ALL,
        };
        futex::wake(self.slot.state(), self.scope(), most)
    }

    /// Signals an event.
    pub(crate) fn signal(&self) {
        self.wake(self.machine().signal());
    }

    /// Makes an event unsignalled.
    pub(crate) fn reset(&self) {
        self.machine().reset();
    }

    fn scope(&self) -> Scope {
        scope_of(self.slot.state().load(Ordering::SeqCst))
    }

    /// Whether a wait that begins now would succeed, as long as the owner of a mutex is alive.
    pub(crate) fn is_signalled(&self) -> bool {
        let state = self.slot.state().load(Ordering::SeqCst);
        match self.rule {
            Rule::Mutex => {
                self.machine().is_signalled(state)
                    || self.machine().is_owned_by(identity::current())
            }
            Rule::ManualTimer | Rule::SynchronizationTimer => timer::is_due(self),
            _ => self.machine().is_signalled(state),
        }
    }

    /// Takes it, if it is signalled. Does not wait for a lock.
    #[inline]
    pub(crate) fn take_at_once(&self, enlisted: Option<&mut Enlisted>) -> Take {
        match self.rule {
            Rule::ManualTimer | Rule::SynchronizationTimer => timer::take(self),
            Rule::Mutex => self.machine().take_mutex(identity::owner()),
            _ => self.machine().take(enlisted),
        }
    }

    /// Takes it, if it is signalled.
    #[inline]
    pub(crate) fn take(&self, mut enlisted: Option<&mut Enlisted>) -> Take {
        loop {
            match self.take_at_once(enlisted.as_deref_mut()) {
                Take::Locked(state) => self.await_unlock(state),
                other => return other,
            }
        }
    }

    /// Whether it is a mutex whose owner has died with it.
    pub(super) fn is_abandoned(&self) -> bool {
        let state = self.state();
        state_word::is_abandoned(state)
            || state_word::owner(state).is_some_and(|owner| !identity::is_alive(owner))
    }

    /// Frees a mutex that the calling thread owns and leaves behind.
    pub(crate) fn abandon_own(&self) {
        let me = identity::current();
        while self.rule == Rule::Mutex && self.machine().is_owned_by(me) {
            self.wake(self.machine().abandon(self.state()));
        }
    }

    /// Frees a mutex whose owner has died; whether it had.
    pub(crate) fn abandon_if_dead(&self) -> bool {
        if self.rule != Rule::Mutex {
            return false;
        }
        let state = self.slot.state().load(Ordering::SeqCst);
        match state_word::owner(state) {
            Some(owner) if !identity::is_alive(owner) => {
                self.wake(self.machine().abandon(state));
                true
            }
            _ => false,
        }
    }

    /// Waits until those that an auto-reset event has released have noticed, which they do as soon
    /// as they run; whether it is signalled then. One that was satisfied by another object in the
    /// meantime gives its signal back.
    #[cold]
    pub(super) fn settle(&self) -> bool {
        if self.rule != Rule::AutoEvent {
            return false;
        }
        for round in 0..400 {
            let state = self.state();
            if state_word::grants(state) == 0 || state & state_word::SIGNALLED != 0 {
                return state & state_word::SIGNALLED != 0;
            }
            if round < 200 {
                std::thread::yield_now();
            } else {
                std::thread::sleep(std::time::Duration::from_micros(100));
            }
        }
        // They have waited for a processor for a long time; the signals are theirs.
        false
    }

    /// Waits for the holder of the word's lock, who holds it for some instructions only; and
    /// breaks the lock of one that died.
    #[cold]
    pub(crate) fn await_unlock(&self, seen: u64) {
        for round in 0_u32.. {
            let now = self.slot.state().load(Ordering::SeqCst);
            if state_word::locker(now) != state_word::locker(seen)
                || state_word::locker(now).is_none()
            {
                return;
            }
            if round < 64 {
                std::thread::yield_now();
                continue;
            }
            // It was stopped or killed in between.
            if state_word::locker(now).is_some_and(|locker| !identity::is_alive(locker)) {
                self.machine().break_lock(now);
                return;
            }
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
    }

    /// Locks it for a wait for all, if it is signalled; whether it is. A mutex that this thread
    /// owns needs no lock: nobody else can take it.
    pub(super) fn lock(&self, me: Identity) -> Lock {
        if self.rule == Rule::Mutex && self.machine().is_owned_by(me) {
            return Lock::Needless;
        }
        let is_timer = matches!(self.rule, Rule::ManualTimer | Rule::SynchronizationTimer);
        if self.rule == Rule::ManualEvent || self.rule == Rule::ManualTimer {
            return if self.is_signalled() { Lock::Needless } else { Lock::Unsignalled };
        }
        loop {
            let locked =
                if is_timer { self.machine().lock_anyway(me) } else { self.machine().lock(me) };
            match locked {
                Take::Locked(state) => self.await_unlock(state),
                Take::Unavailable if self.abandon_if_dead() => {}
                Take::Taken if is_timer && !timer::is_due(self) => {
                    self.machine().unlock(me, false);
                    return Lock::Unsignalled;
                }
                Take::Taken => return Lock::Held,
                _ => return Lock::Unsignalled,
            }
        }
    }

    /// Unlocks it, taking it or not.
    pub(super) fn unlock(&self, me: Identity, take: bool) -> Take {
        if take && self.rule == Rule::SynchronizationTimer {
            timer::consume(self);
        }
        self.machine().unlock(me, take)
    }

    /// Locks the words of the slot for a change of several of them.
    pub(super) fn lock_for_change(&self, me: Identity) {
        while let Take::Locked(state) = self.machine().lock_anyway(me) {
            self.await_unlock(state);
        }
    }

    pub(super) fn enlist(&self, for_all: bool) -> Enlisted {
        self.machine().enlist(for_all)
    }

    pub(super) fn leave(&self, enlisted: &Enlisted, for_all: bool) {
        self.wake(self.machine().leave(enlisted, for_all));
    }

    /// How to sleep until the state is no longer `state`.
    pub(super) fn sleep_while(&self, state: u64) -> Sleep<'_> {
        let (value, scope) = (state_word::compared(state), scope_of(state));
        Sleep { word: self.slot.state(), value, scope }
    }

    pub(super) fn state(&self) -> u64 {
        self.slot.state().load(Ordering::SeqCst)
    }
}

/// How a wait for all found an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// Signalled, and locked.
    Held,
    /// Signalled; taking it needs no lock.
    Needless,
    /// Not signalled.
    Unsignalled,
}

const fn scope_of(state: u64) -> Scope {
    if state_word::is_shared(state) { Scope::Shared } else { Scope::Private }
}

/// The slot of an object that another process made, checked against what its kind may say of
/// itself.
pub(super) fn number_of(payload: [u64; 2]) -> Result<u32> {
    u32::try_from(payload[0]).map_err(|_| Win32Error::INVALID_PARAMETER)
}
