//! Waiting for all of several objects: nothing is taken unless all can be.

use super::sleeper::{Bed, Patience};
use super::{Deadline, Source, Waited};
use crate::error::{Result, Win32Error};
use crate::executive::catch_up;
use crate::io::worker;
use crate::object::KernelObject;
use crate::sync::apc::Apcs;
use crate::sync::dispatcher::{Dispatcher, Lock};
use crate::sync::identity;
use crate::sync::machine::{Enlisted, Take};
use crate::sync::state_word::Identity;
use std::sync::Arc;

/// Waits for all of several objects, or for asynchronous procedure calls.
pub(super) fn all(
    objects: &[Arc<dyn KernelObject>],
    deadline: Deadline,
    apcs: Option<&Apcs>,
) -> Result<Waited> {
    // Some of them may be mutexes.
    let me = identity::owner();
    let set = Set::of(objects)?;
    let mut enlisted = None;
    let mut patience = Patience::new();
    let mut may_catch_up = deadline.has_passed();
    loop {
        let missing = match set.take(me) {
            Ok(Take::Abandoned) => return Ok(Waited::Abandoned(0)),
            Ok(_) => return Ok(Waited::Object(0)),
            Err(Some(missing)) => missing,
            Err(None) => continue,
        };
        if let Some(apcs) = apcs.filter(|apcs| apcs.has_some()) {
            // While it makes calls it waits for nothing.
            drop(enlisted);
            apcs.deliver();
            return Ok(Waited::Alerted);
        }
        let source = set.members[missing].source;
        if deadline.has_passed() {
            if source.dispatcher().is_some_and(Dispatcher::abandon_if_dead) {
                continue;
            }
            if std::mem::take(&mut may_catch_up) {
                catch_up();
                continue;
            }
            return Ok(Waited::TimedOut);
        }
        if enlisted.is_none() {
            enlisted = Some((Lists::of(&set), worker::pause()));
        }
        let mut bed = Bed::prepare(&[source], apcs);
        // Signalled since the look: the bed does not know that there is something to wake up for.
        if !source.is_ready() && !apcs.is_some_and(Apcs::has_some) {
            bed.sleep(deadline, &mut patience)?;
        }
    }
}

struct Member<'a> {
    object: &'a dyn KernelObject,
    source: Source<'a>,
}

/// Several different objects, in the order of their ids.
struct Set<'a> {
    members: Vec<Member<'a>>,
}

impl<'a> Set<'a> {
    fn of(objects: &'a [Arc<dyn KernelObject>]) -> Result<Self> {
        let mut members = Vec::with_capacity(objects.len());
        for object in objects {
            let source = object.waitable().ok_or(Win32Error::INVALID_HANDLE)?.source();
            members.push(Member { object: &**object, source });
        }
        members.sort_unstable_by_key(|member| member.object.header().id());
        let same =
            |pair: &[Member<'_>]| pair[0].object.header().id() == pair[1].object.header().id();
        if members.windows(2).any(same) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        Ok(Self { members })
    }

    fn dispatchers(&self) -> impl Iterator<Item = &'a Dispatcher> {
        self.members.iter().filter_map(|member| member.source.dispatcher())
    }

    /// The number of one that is not signalled.
    fn missing(&self) -> Option<usize> {
        let is_signalled = |member: &Member<'_>| match member.source.dispatcher() {
            Some(dispatcher) => dispatcher.is_signalled(),
            None => member.object.waitable().is_some_and(|object| object.is_signalled()),
        };
        self.members.iter().position(|member| !is_signalled(member))
    }

    /// Takes all if all are signalled at one moment, else none; the number of one that is not, or
    /// `None` if one was reset and signalled again meanwhile.
    fn take(&self, me: Identity) -> Result<Take, Option<usize>> {
        if let Some(missing) = self.missing() {
            return Err(Some(missing));
        }
        let mut locked = Locked { dispatchers: Vec::new(), me };
        let mut looked = Vec::new();
        for (index, member) in self.members.iter().enumerate() {
            let Some(dispatcher) = member.source.dispatcher() else { continue };
            looked.push(dispatcher.state());
            match dispatcher.lock(me) {
                Lock::Held => locked.dispatchers.push(dispatcher),
                Lock::Needless => {}
                Lock::Unsignalled => return Err(Some(index)),
            }
        }
        // What needs no lock may have changed since it was looked at. If it has not, all were
        // signalled at once.
        if let Some(missing) = self.missing() {
            return Err(Some(missing));
        }
        let now = self.dispatchers().map(Dispatcher::state);
        let unlocked = |dispatcher: &Dispatcher| {
            !locked.dispatchers.iter().any(|locked| std::ptr::eq(*locked, dispatcher))
        };
        for ((dispatcher, before), now) in self.dispatchers().zip(looked).zip(now) {
            if unlocked(dispatcher) && before != now {
                return Err(None);
            }
        }
        let mut outcome = Take::Taken;
        for dispatcher in self.dispatchers().filter(|dispatcher| unlocked(dispatcher)) {
            // A mutex that is ours once more.
            dispatcher.take(None);
        }
        for dispatcher in std::mem::take(&mut locked.dispatchers) {
            if dispatcher.unlock(me, true) == Take::Abandoned {
                outcome = Take::Abandoned;
            }
        }
        Ok(outcome)
    }
}

/// Locked words, unlocked when it turns out that not all can be taken.
struct Locked<'a> {
    dispatchers: Vec<&'a Dispatcher>,
    me: Identity,
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        for dispatcher in &self.dispatchers {
            dispatcher.unlock(self.me, false);
        }
    }
}

/// A thread's places in the lists of several objects' waiters.
struct Lists<'a> {
    places: Vec<(&'a Dispatcher, Enlisted)>,
}

impl<'a> Lists<'a> {
    fn of(set: &Set<'a>) -> Self {
        let enlist = |dispatcher: &'a Dispatcher| (dispatcher, dispatcher.enlist(true));
        Self { places: set.dispatchers().map(enlist).collect() }
    }
}

impl Drop for Lists<'_> {
    fn drop(&mut self) {
        for (dispatcher, enlisted) in &self.places {
            dispatcher.leave(enlisted, true);
        }
    }
}
