//! Sleeping until one of several objects may be signalled.

use super::Source;
use super::clock::{Alarm, Deadline};
use crate::error::{Result, Win32Error};
use crate::executive::watch_until_ready;
use crate::sync::apc::Apcs;
use crate::sync::dispatcher::Dispatcher;
use crate::sync::identity::{self, Watch};
use crate::sync::machine::Rule;
use crate::sync::{state_word, timer};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use transom_sys::futex::{self, Scope, Sleep};

/// How long a mutex's owner is taken to be alive without a look: hand-overs are quicker.
const TRUST_MS: u32 = 1;
/// How often to look at an owner that cannot be watched.
const LOOK_MS: u32 = 50;

/// Whether the owners of mutexes are watched yet.
#[derive(Debug)]
pub(super) struct Patience {
    /// The states of the mutexes when the last sleep began, if it was short.
    trusted: Option<Vec<u64>>,
}

impl Patience {
    pub(super) const fn new() -> Self {
        Self { trusted: None }
    }
}

/// What a sleep is about.
pub(super) struct Bed<'a> {
    words: Vec<Sleep<'a>>,
    mutexes: Vec<(&'a Dispatcher, u64)>,
    timers: Vec<&'a Dispatcher>,
    descriptors: Vec<BorrowedFd<'a>>,
    apcs: Option<&'a Apcs>,
    always: bool,
    looks: bool,
}

impl<'a> Bed<'a> {
    /// Notes the states as they are now. What changes afterwards ends the sleep.
    pub(super) fn prepare(sources: &[Source<'a>], apcs: Option<&'a Apcs>) -> Self {
        let mut bed = Self {
            words: Vec::with_capacity(sources.len() + 1),
            mutexes: Vec::new(),
            timers: Vec::new(),
            descriptors: Vec::new(),
            apcs,
            always: false,
            looks: false,
        };
        for source in sources {
            match source {
                Source::Dispatcher(dispatcher) => bed.add(dispatcher),
                Source::Readable(fd) => bed.descriptors.push(*fd),
                Source::Always => bed.always = true,
                Source::Looked => bed.looks = true,
            }
        }
        bed.words.extend(apcs.map(Apcs::sleep_while_none));
        bed
    }

    fn add(&mut self, dispatcher: &'a Dispatcher) {
        let state = dispatcher.state();
        self.words.push(dispatcher.sleep_while(state));
        match dispatcher.rule() {
            Rule::Mutex if state_word::owner(state).is_some() => {
                self.mutexes.push((dispatcher, state));
            }
            Rule::ManualTimer | Rule::SynchronizationTimer => self.timers.push(dispatcher),
            _ => {}
        }
    }

    /// Sleeps until something may be signalled, or the time is over.
    pub(super) fn sleep(&mut self, deadline: Deadline, patience: &mut Patience) -> Result<()> {
        if self.always {
            return Ok(());
        }
        let deadline = if self.looks { deadline.or_after(LOOK_MS) } else { deadline };
        let Some(owners) = self.watch_owners(patience)? else { return Ok(()) };
        let mut alarm = Alarm::at(match owners.look_after_ms {
            Some(ms) => deadline.or_after(ms),
            None => deadline,
        });
        let dues = self.timers.iter().filter_map(|timer| timer::next_due(timer));
        dues.chain(self.apcs.iter().flat_map(|apcs| apcs.next_due()))
            .for_each(|due| alarm.add(due));
        if self.words.is_empty() {
            return self.sleep_on_descriptors(alarm);
        }
        // The same descriptor can be watched for one wait at a time: each wait has a duplicate.
        let mut duplicates = owners.pidfds;
        for fd in &self.descriptors {
            duplicates.push(fd.try_clone_to_owned().map_err(Win32Error::from)?);
        }
        let mut bridges = Vec::with_capacity(duplicates.len());
        for duplicate in &duplicates {
            bridges.push(watch_until_ready(duplicate.as_fd())?);
        }
        let mut words = self.words.clone();
        words.extend(bridges.iter().map(|bridge| Sleep {
            word: bridge.word(),
            value: 0,
            scope: Scope::Private,
        }));
        let (clock, end) = alarm.end();
        // Sixty-four objects, as many owners, and the calls are one too many for one sleep.
        if words.len() > futex::MOST_WORDS {
            let end = Alarm::at(deadline.or_after(LOOK_MS)).end().1;
            words.truncate(futex::MOST_WORDS);
            return Ok(futex::sleep(&words, end.as_ref(), futex::ClockId::Monotonic)?);
        }
        Ok(futex::sleep(&words, end.as_ref(), clock)?)
    }

    /// Sees to it that the death of an owner ends the sleep. `None` if one is dead already.
    fn watch_owners(&self, patience: &mut Patience) -> Result<Option<Owners>> {
        let mut owners = Owners { pidfds: Vec::new(), look_after_ms: None };
        if self.mutexes.is_empty() {
            return Ok(Some(owners));
        }
        let states: Vec<u64> = self.mutexes.iter().map(|(_, state)| *state).collect();
        if patience.trusted.as_ref() != Some(&states) {
            patience.trusted = Some(states);
            owners.look_after_ms = Some(TRUST_MS);
            return Ok(Some(owners));
        }
        for (mutex, state) in &self.mutexes {
            let Some(owner) = state_word::owner(*state) else { continue };
            match identity::watch(owner) {
                Watch::Gone => {
                    mutex.abandon_if_dead();
                    return Ok(None);
                }
                Watch::Until(pidfd) => owners.pidfds.push(pidfd),
                Watch::Unwatched => owners.look_after_ms = Some(LOOK_MS),
            }
        }
        Ok(Some(owners))
    }

    fn sleep_on_descriptors(&self, alarm: Alarm) -> Result<()> {
        let mut fds: Vec<PollFd<'_>> = self
            .descriptors
            .iter()
            .map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN))
            .collect();
        match poll(&mut fds, alarm.left().as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

struct Owners {
    pidfds: Vec<OwnedFd>,
    look_after_ms: Option<u32>,
}
