//! The state machine of waitable objects: what happens to the words of a slot.
//!
//! The [state word](super::state_word) holds all that must change in one step.
//!
//! The machine knows nothing of futexes or threads, so that a model checker can drive it.

use super::state_word::{
    ABANDONED, COUNT, EPOCHS, GRANT, Identity, LOCKED, LOW_HALF, MARK_SHIFT, MOST_RECURSIONS,
    OWNER, SHARED, SIGNALLED, WAITER, count, grant, grants, is_abandoned, is_crowded, is_shared,
    next_epoch, waiters,
};
use std::sync::atomic::{AtomicU64, Ordering};

/// A word that several threads and processes change.
pub(crate) trait Word {
    fn load(&self) -> u64;
    fn store(&self, value: u64);
    /// Replaces `old` by `new`, or gives what the word is instead.
    fn exchange(&self, old: u64, new: u64) -> Result<u64, u64>;
    fn add(&self, value: u64) -> u64;
    fn subtract(&self, value: u64) -> u64;
}

impl Word for AtomicU64 {
    #[inline]
    fn load(&self) -> u64 {
        Self::load(self, Ordering::SeqCst)
    }

    #[inline]
    fn store(&self, value: u64) {
        Self::store(self, value, Ordering::SeqCst);
    }

    #[inline]
    fn exchange(&self, old: u64, new: u64) -> Result<u64, u64> {
        self.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst)
    }

    #[inline]
    fn add(&self, value: u64) -> u64 {
        self.fetch_add(value, Ordering::SeqCst)
    }

    #[inline]
    fn subtract(&self, value: u64) -> u64 {
        self.fetch_sub(value, Ordering::SeqCst)
    }
}

/// What kind of object the words are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// An event that stays signalled until it is reset.
    ManualEvent,
    /// An event of which each signal releases one waiter.
    AutoEvent,
    /// A semaphore with this maximum.
    Semaphore(u32),
    /// A mutex.
    Mutex,
    /// A timer that stays signalled until it is set again.
    ManualTimer,
    /// A timer of which each signal releases one waiter.
    SynchronizationTimer,
}

/// How an attempt to take an object went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    /// It is ours.
    Taken,
    /// It is ours, and its last owner died with it.
    Abandoned,
    /// It is not signalled.
    Unavailable,
    /// It is signalled, and a wait for all is just looking at it.
    Locked(u64),
    /// The mutex is ours too often.
    Exhausted,
}

/// How many sleepers a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    Nobody,
    /// So many of this process's: what one of them does not take it passes on.
    Some(u32),
    /// All, since one that other processes have might be killed before it takes its part.
    All,
}

/// That a thread is enlisted as a waiter: what the word was then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Enlisted {
    state: u64,
    /// Counted within the state, and may take what is granted to the enlisted.
    counted: bool,
}

/// The words of an object.
#[derive(Debug)]
pub(crate) struct Machine<'a, W> {
    pub(crate) state: &'a W,
    /// How many sleep or are about to, apart from those counted in the state.
    pub(crate) sleepers: &'a W,
    /// How often a mutex's owner owns it.
    pub(crate) recursion: &'a W,
    pub(crate) rule: Rule,
}

impl<W: Word> Machine<'_, W> {
    /// Changes the state as `change` says, until nobody interferes; what it was before, and what
    /// it is now. `None` leaves it.
    #[inline]
    fn update(&self, change: impl Fn(u64) -> Option<u64>) -> Result<(u64, u64), u64> {
        let mut now = self.state.load();
        loop {
            let Some(new) = change(now) else { return Err(now) };
            match self.state.exchange(now, new) {
                Ok(_) => return Ok((now, new)),
                Err(other) => now = other,
            }
        }
    }

    /// Whether a wait that begins now would find it signalled; of a timer, only whether it is
    /// for good.
    #[inline]
    pub(crate) fn is_signalled(&self, state: u64) -> bool {
        match self.rule {
            Rule::Semaphore(_) => state & COUNT != 0,
            Rule::Mutex => state & OWNER == 0,
            _ => state & SIGNALLED != 0,
        }
    }

    /// Takes an event or semaphore, if it is signalled: for a thread that is not enlisted, or that
    /// is.
    #[inline]
    pub(crate) fn take(&self, enlisted: Option<&mut Enlisted>) -> Take {
        match self.rule {
            Rule::ManualEvent => self.look_at_manual(enlisted.as_deref()),
            Rule::AutoEvent => self.take_signal(enlisted),
            Rule::Semaphore(_) => {
                self.take_with(|state| (state & COUNT != 0).then(|| state - 1), || ())
            }
            // Mutexes need to know who asks; what the clock says is the timers' own affair.
            Rule::Mutex | Rule::ManualTimer | Rule::SynchronizationTimer => Take::Unavailable,
        }
    }

    fn look_at_manual(&self, enlisted: Option<&Enlisted>) -> Take {
        let state = self.state.load();
        let released = enlisted
            .is_some_and(|enlisted| enlisted.counted && (enlisted.state ^ state) & EPOCHS != 0);
        if state & SIGNALLED != 0 || released { Take::Taken } else { Take::Unavailable }
    }

    /// Takes what `taken` makes of a state, unless it makes nothing or the word is locked.
    #[inline]
    fn take_with(&self, taken: impl Fn(u64) -> Option<u64>, then: impl FnOnce()) -> Take {
        let mut now = self.state.load();
        loop {
            let Some(new) = taken(now) else { return Take::Unavailable };
            if now & LOCKED != 0 {
                return Take::Locked(now);
            }
            match self.state.exchange(now, new) {
                Ok(_) => {
                    then();
                    return Take::Taken;
                }
                Err(other) => now = other,
            }
        }
    }

    #[inline]
    fn take_signal(&self, enlisted: Option<&mut Enlisted>) -> Take {
        let Some(enlisted) = enlisted.filter(|enlisted| enlisted.counted) else {
            return self.take_with(|state| (state & 1 != 0).then_some(state & !SIGNALLED), || ());
        };
        let leaves = |state: u64| if is_crowded(state) { state } else { state - WAITER };
        let taken = |state: u64| {
            if waiters(state) == 0 {
                // Somebody has scribbled over it.
                None
            } else if grants(state) != 0 {
                Some(leaves(state - GRANT))
            } else {
                (state & SIGNALLED != 0).then(|| leaves(state & !SIGNALLED))
            }
        };
        self.take_with(taken, || enlisted.counted = false)
    }

    /// Takes a mutex, if it is free or this thread's.
    #[inline]
    pub(crate) fn take_mutex(&self, me: Identity) -> Take {
        let mut now = self.state.load();
        loop {
            if now & OWNER != 0 {
                return self.take_again(now, me);
            }
            if now & LOCKED != 0 {
                return Take::Locked(now);
            }
            match self.state.exchange(now, now & SHARED | me.owner()) {
                Ok(_) => {
                    self.recursion.store(1);
                    return if is_abandoned(now) { Take::Abandoned } else { Take::Taken };
                }
                Err(other) => now = other,
            }
        }
    }

    /// Takes a mutex that has an owner, if that is us.
    fn take_again(&self, state: u64, me: Identity) -> Take {
        if state & !SHARED != me.owner() {
            return Take::Unavailable;
        }
        let times = self.recursion.load();
        if times >= MOST_RECURSIONS {
            return Take::Exhausted;
        }
        self.recursion.store(times + 1);
        Take::Taken
    }

    /// Whether this thread owns the mutex.
    pub(crate) fn is_owned_by(&self, me: Identity) -> bool {
        self.state.load() & !SHARED == me.owner()
    }

    /// Gives a mutex back once; `None` if it is not ours.
    #[inline]
    pub(crate) fn release_mutex(&self, me: Identity) -> Option<Wake> {
        if !self.is_owned_by(me) {
            return None;
        }
        let times = self.recursion.load();
        if times > 1 {
            self.recursion.store(times - 1);
            return Some(Wake::Nobody);
        }
        self.recursion.store(0);
        let free = |state: u64| (state & !SHARED == me.owner()).then_some(state & SHARED);
        let (_, new) = self.update(free).ok()?;
        Some(self.wake_for(new, 1))
    }

    /// Frees a mutex whose owner, as `seen` in its state, has died.
    pub(crate) fn abandon(&self, seen: u64) -> Wake {
        let freed = |state: u64| {
            ((state ^ seen) & !SHARED == 0 && state & OWNER != 0)
                .then_some(state & SHARED | ABANDONED)
        };
        match self.update(freed) {
            Ok((_, new)) => self.wake_for(new, 1),
            Err(_) => Wake::Nobody,
        }
    }

    /// Adds to a semaphore; the count before and who is to be woken, or `None` if that were more
    /// than its maximum.
    pub(crate) fn release_semaphore(&self, times: u32, maximum: u32) -> Option<(u32, Wake)> {
        let added = |state: u64| {
            let sum = count(state).checked_add(times).filter(|&sum| sum <= maximum)?;
            Some(state & !COUNT | u64::from(sum))
        };
        let (before, new) = self.update(added).ok()?;
        let wake = if times == 0 { Wake::Nobody } else { self.wake_for(new, times) };
        Some((count(before), wake))
    }

    /// Whom to wake when so many can go on.
    #[inline]
    fn wake_for(&self, state: u64, most: u32) -> Wake {
        if self.sleepers.load() == 0 {
            Wake::Nobody
        } else if is_shared(state) {
            Wake::All
        } else {
            Wake::Some(most)
        }
    }

    fn wake_all(&self) -> Wake {
        if self.sleepers.load() == 0 { Wake::Nobody } else { Wake::All }
    }

    /// Signals an event.
    #[inline]
    pub(crate) fn signal(&self) -> Wake {
        if self.rule == Rule::ManualEvent {
            let signalled =
                |state: u64| (state & SIGNALLED == 0).then(|| next_epoch(state) | SIGNALLED);
            return match self.update(signalled) {
                Ok(_) => self.wake_all(),
                Err(_) => Wake::Nobody,
            };
        }
        let signalled = |state: u64| match grant(state) {
            Some(granted) => Some(granted),
            None => (state & SIGNALLED == 0).then_some(state | SIGNALLED),
        };
        match self.update(signalled) {
            Ok((before, new)) => self.wake_for_signal(before, new),
            Err(_) => Wake::Nobody,
        }
    }

    #[inline]
    fn wake_for_signal(&self, before: u64, new: u64) -> Wake {
        // Those in a wait for all get nothing granted; one of them alone would not do.
        if self.sleepers.load() != 0 {
            return Wake::All;
        }
        if grants(new) != grants(before) {
            return Wake::Some(1);
        }
        if waiters(new) > grants(new) { Wake::All } else { Wake::Nobody }
    }

    /// Makes an event unsignalled. Those that it has released stay released.
    #[inline]
    pub(crate) fn reset(&self) {
        let reset = |state: u64| (state & SIGNALLED != 0).then_some(state & !SIGNALLED);
        // One that is not signalled stays so.
        let _ = self.update(reset);
    }

    /// `PulseEvent`: releases who waits now, and leaves the event unsignalled. Whom to wake; and
    /// whether, if nobody was there to be woken, the event is to be reset.
    pub(crate) fn pulse(&self) -> (Wake, bool) {
        if self.rule == Rule::ManualEvent {
            let pulsed = |state: u64| {
                Some(if state & SIGNALLED == 0 { next_epoch(state) } else { state & !SIGNALLED })
            };
            // `pulsed` always changes it.
            let _ = self.update(pulsed);
            return (self.wake_all(), false);
        }
        let pulsed = |state: u64| {
            let unsignalled = state & !SIGNALLED;
            Some(match grant(unsignalled) {
                Some(granted) => granted,
                None if is_shared(state) && waiters(state) != 0 => state | SIGNALLED,
                None => unsignalled,
            })
        };
        match self.update(pulsed) {
            Ok((before, new)) if new & SIGNALLED != 0 && before & SIGNALLED == 0 => {
                (Wake::All, true)
            }
            Ok((before, new)) if before != new => (self.wake_for_signal(before, new), false),
            _ => (Wake::Nobody, false),
        }
    }

    /// Enlists a thread as a waiter: for this object alone or among others, or for all of several.
    pub(crate) fn enlist(&self, for_all: bool) -> Enlisted {
        if self.rule == Rule::AutoEvent && !for_all {
            let enlisted =
                |state: u64| Some(if is_crowded(state) { state } else { state + WAITER });
            let state = self.update(enlisted).map_or_else(|state| state, |(_, new)| new);
            return Enlisted { state, counted: true };
        }
        self.sleepers.add(1);
        Enlisted { state: self.state.load(), counted: !for_all && self.rule == Rule::ManualEvent }
    }

    /// Takes a thread from the list. If it leaves something that another could take, whom to
    /// wake for that.
    pub(crate) fn leave(&self, enlisted: &Enlisted, for_all: bool) -> Wake {
        if self.rule != Rule::AutoEvent || for_all {
            let others = self.sleepers.subtract(1) > 1;
            let state = self.state.load();
            let one_at_a_time = !matches!(self.rule, Rule::ManualEvent | Rule::ManualTimer);
            let passes_on = one_at_a_time && !is_shared(state) && self.is_signalled(state);
            // The others may be in the state's own count.
            let others = others || self.rule == Rule::AutoEvent && waiters(state) != 0;
            return if passes_on && others { Wake::Some(1) } else { Wake::Nobody };
        }
        if !enlisted.counted {
            return Wake::Nobody;
        }
        let left = |state: u64| {
            if is_crowded(state) || waiters(state) == 0 {
                return None;
            }
            let left = state - WAITER;
            // What was granted to somebody who is not there any more is a signal again.
            let too_much = grants(left) > waiters(left);
            Some(if too_much { (left - GRANT) | SIGNALLED } else { left })
        };
        match self.update(left) {
            Ok((_, new)) if is_shared(new) => Wake::Nobody,
            Ok((_, new)) => {
                let something = new & SIGNALLED != 0 || grants(new) != 0;
                let somebody = waiters(new) != 0 || self.sleepers.load() != 0;
                if something && somebody { Wake::Some(1) } else { Wake::Nobody }
            }
            Err(_) => Wake::Nobody,
        }
    }

    /// Locks the word for a wait for all, if the object is signalled.
    pub(crate) fn lock(&self, me: Identity) -> Take {
        self.take_with(
            |state| self.is_signalled(state).then(|| state & LOW_HALF | me.lock()),
            || (),
        )
    }

    /// Locks the word, signalled or not.
    pub(crate) fn lock_anyway(&self, me: Identity) -> Take {
        self.take_with(|state| Some(state & LOW_HALF | me.lock()), || ())
    }

    /// Unlocks the word that this thread has locked, and takes the object or not.
    pub(crate) fn unlock(&self, me: Identity, take: bool) -> Take {
        let unlocked = |state: u64| {
            if state & !LOW_HALF != me.lock() {
                // Somebody has scribbled over it.
                return None;
            }
            let low = state & LOW_HALF;
            Some(match self.rule {
                Rule::AutoEvent if take => low & !SIGNALLED,
                Rule::Semaphore(_) if take && low & COUNT != 0 => low - 1,
                Rule::Mutex if take => low & SHARED | me.owner(),
                _ => low,
            })
        };
        if self.rule == Rule::Mutex && take {
            self.recursion.store(1);
        }
        match self.update(unlocked) {
            Ok((before, _)) if self.rule == Rule::Mutex && is_abandoned(before) => Take::Abandoned,
            _ => Take::Taken,
        }
    }

    /// Unlocks the word of a timer that this thread has locked and changed, and counts the
    /// change; its number.
    pub(crate) fn unlock_changed(&self, me: Identity, signalled: bool) -> u64 {
        let unlocked = |state: u64| {
            if state & !LOW_HALF != me.lock() {
                return None;
            }
            let next = next_epoch(state) & LOW_HALF & !SIGNALLED;
            Some(if signalled { next | SIGNALLED } else { next })
        };
        self.update(unlocked).map_or_else(|state| state, |(_, new)| new) & EPOCHS
    }

    /// The number of a timer's last change.
    pub(crate) fn sequence(&self) -> u64 {
        self.state.load() & EPOCHS
    }

    /// Unlocks a word whose locker, as `seen` in it, has died.
    pub(crate) fn break_lock(&self, seen: u64) {
        // Its signals may have changed since; its lock has not, or is not the dead one's.
        let broken =
            |state: u64| (state >> MARK_SHIFT == seen >> MARK_SHIFT).then_some(state & LOW_HALF);
        let _ = self.update(broken);
    }
}
