//! Waiting for one object, or for one of several.

use super::sleeper::{Bed, Patience};
use super::{Deadline, Source, Waitable, Waited};
use crate::error::{Result, Win32Error};
use crate::executive::catch_up;
use crate::io::worker;
use crate::sync::apc::Apcs;
use crate::sync::dispatcher::Dispatcher;
use crate::sync::machine::{Enlisted, Rule, Take};
use transom_sys::futex;

/// How taking the object of this number ended the wait, if it did.
fn ended(take: Take, index: u32) -> Result<Option<Waited>> {
    match take {
        Take::Taken => Ok(Some(Waited::Object(index))),
        Take::Abandoned => Ok(Some(Waited::Abandoned(index))),
        Take::Unavailable | Take::Locked(_) => Ok(None),
        Take::Exhausted => Err(Win32Error::MUTANT_LIMIT_EXCEEDED),
    }
}

fn take(
    waitable: &dyn Waitable,
    index: u32,
    enlisted: Option<&mut Enlisted>,
) -> Result<Option<Waited>> {
    match waitable.source() {
        Source::Dispatcher(dispatcher) => ended(dispatcher.take(enlisted), index),
        _ if waitable.is_signalled() => Ok(Some(Waited::Object(index))),
        _ => Ok(None),
    }
}

/// Whether nothing but a change of its state can make the object signalled.
pub(super) const fn is_plain(dispatcher: &Dispatcher) -> bool {
    matches!(dispatcher.rule(), Rule::ManualEvent | Rule::AutoEvent | Rule::Semaphore(_))
}

/// Waits for an object that is plain: as [`any`] would, without its lists.
pub(super) fn one_word(dispatcher: &Dispatcher, deadline: Deadline) -> Result<Waited> {
    if deadline.has_passed() {
        let mut waited = ended(dispatcher.take(None), 0)?;
        if waited.is_none() {
            catch_up();
            waited = ended(dispatcher.take(None), 0)?;
        }
        while waited.is_none() && dispatcher.settle() {
            waited = ended(dispatcher.take(None), 0)?;
        }
        return Ok(waited.unwrap_or(Waited::TimedOut));
    }
    // Whoever is going to signal it may be waiting for this very processor. To let it run first
    // costs less than to fall asleep and be woken by it.
    std::thread::yield_now();
    if let Some(waited) = ended(dispatcher.take(None), 0)? {
        return Ok(waited);
    }
    let _pause = worker::pause();
    let mut list = List { dispatcher, enlisted: dispatcher.enlist(false) };
    let end = deadline.ns().map(super::clock::timespec);
    loop {
        let state = dispatcher.state();
        if let Some(waited) = ended(dispatcher.take(Some(&mut list.enlisted)), 0)? {
            return Ok(waited);
        }
        if deadline.has_passed() {
            return Ok(Waited::TimedOut);
        }
        let sleep = [dispatcher.sleep_while(state)];
        futex::sleep(&sleep, end.as_ref(), futex::ClockId::Monotonic)?;
    }
}

/// A thread's place in the list of one object's waiters.
struct List<'a> {
    dispatcher: &'a Dispatcher,
    enlisted: Enlisted,
}

impl Drop for List<'_> {
    fn drop(&mut self) {
        self.dispatcher.leave(&self.enlisted, false);
    }
}

/// Waits for one of several objects, or for asynchronous procedure calls.
pub(crate) fn any(
    waitables: &[&dyn Waitable],
    deadline: Deadline,
    apcs: Option<&Apcs>,
) -> Result<Waited> {
    for (index, waitable) in (0..).zip(waitables) {
        if let Some(waited) = take(*waitable, index, None)? {
            return Ok(waited);
        }
    }
    if apcs.is_some_and(Apcs::deliver) {
        return Ok(Waited::Alerted);
    }
    if deadline.has_passed() && !settle_some(waitables) {
        catch_up();
        for (index, waitable) in (0..).zip(waitables) {
            if let Some(waited) = take(*waitable, index, None)? {
                return Ok(waited);
            }
        }
        let alerted = apcs.is_some_and(Apcs::deliver);
        return Ok(if alerted { Waited::Alerted } else { Waited::TimedOut });
    }
    let _pause = worker::pause();
    let sources: Vec<Source<'_>> = waitables.iter().map(|waitable| waitable.source()).collect();
    let mut lists: Vec<Option<List<'_>>> = sources
        .iter()
        .map(|source| {
            let dispatcher = source.dispatcher()?;
            Some(List { dispatcher, enlisted: dispatcher.enlist(false) })
        })
        .collect();
    let mut patience = Patience::new();
    loop {
        // What it is before the look: a change after it is one to wake up for.
        let mut bed = Bed::prepare(&sources, apcs);
        for (index, waitable) in (0..).zip(waitables) {
            let enlisted = lists[index as usize].as_mut().map(|list| &mut list.enlisted);
            if let Some(waited) = take(*waitable, index, enlisted)? {
                return Ok(waited);
            }
        }
        if let Some(apcs) = apcs.filter(|apcs| apcs.has_some()) {
            // While it makes calls it waits for nothing.
            drop(lists);
            apcs.deliver();
            return Ok(Waited::Alerted);
        }
        if deadline.has_passed() {
            if settle_some(waitables) {
                continue;
            }
            return Ok(Waited::TimedOut);
        }
        bed.sleep(deadline, &mut patience)?;
    }
}

/// Before a wait gives up: frees mutexes whose owner has died, and lets those run that an event
/// has released. Whether something may be signalled now.
fn settle_some(waitables: &[&dyn Waitable]) -> bool {
    let settle = |waitable: &&dyn Waitable| {
        let settled = |dispatcher: &Dispatcher| dispatcher.abandon_if_dead() || dispatcher.settle();
        waitable.source().dispatcher().is_some_and(settled)
    };
    waitables.iter().filter(|waitable| settle(waitable)).count() > 0
}

/// Waits for asynchronous procedure calls alone; whether some were made.
pub(crate) fn for_apcs(apcs: &Apcs, deadline: Deadline) -> Result<bool> {
    if deadline.has_passed() && !apcs.has_some() {
        catch_up();
    }
    let _pause = worker::pause();
    loop {
        let mut bed = Bed::prepare(&[], Some(apcs));
        if apcs.deliver() {
            return Ok(true);
        }
        if deadline.has_passed() {
            return Ok(false);
        }
        bed.sleep(deadline, &mut Patience::new())?;
    }
}
