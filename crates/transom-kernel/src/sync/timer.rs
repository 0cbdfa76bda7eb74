//! Waitable timers: signalled when a time has come.
//!
//! A timer takes no descriptor and nobody's attention. Its slot holds when it is due; who waits
//! for it sleeps until then at most, and looks at the clock. So a timer that nobody waits for
//! costs nothing, and one that is shared works alike in every process.
//!
//! Times relative to now are kept on the clock that is never set, absolute ones on the system's.

use super::apc::{self, Routine};
use super::arena;
use super::dispatcher::{Dispatcher, number_of};
use super::identity;
use super::machine::{Rule, Take, Wake};
use super::state_word::SIGNALLED;
use super::wait::clock::{Due, now, system_now};
use super::wait::{Source, Waitable};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, HandleValue};
use crate::namespace::Rendezvous;
use crate::object::creation::{self, Created, Creation};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use windows_sys::Win32::System::Threading::TIMER_MODIFY_STATE;

/// The detail of a slot that says when the timer is due; 0 for never.
pub(super) const DUE: usize = 0;
/// The detail that holds the period, in milliseconds.
pub(super) const PERIOD: usize = 1;
/// Marks a due time of the system's clock.
const SYSTEM: u64 = 1 << 63;
/// The year 1601, from where absolute times count, in units of 100 ns before 1970.
const YEAR_1601: i64 = 116_444_736_000_000_000;

/// A waitable timer.
#[derive(Debug)]
pub struct Timer {
    header: ObjectHeader,
    dispatcher: Dispatcher,
}

/// What is called when a timer has become signalled, with the time that was, in units of 100 ns
/// since 1601.
pub type Completion = Arc<dyn Fn(u64) + Send + Sync>;

/// `CreateWaitableTimerEx`: makes a timer that is not set, or opens the one of that name.
///
/// # Errors
/// As for [`creation::create`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerexw>
pub fn create_ex(manual_reset: bool, new: &Creation<'_>) -> Result<Created> {
    creation::create(ObjectType::Timer, new, |name| Timer::new(manual_reset, name))
}

/// `OpenWaitableTimer`: opens the timer of a name.
///
/// # Errors
/// As for [`creation::open`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openwaitabletimerw>
pub fn open(name: &[u16], access: u32, inherit: bool) -> Result<HandleValue> {
    creation::open(ObjectType::Timer, name, access, inherit)
}

/// `SetWaitableTimer`: makes a timer unsignalled until a time comes: after so many units of 100 ns
/// if negative, else at that time since 1601; and from then on with this period, unless it is 0.
/// The completion is called in this thread, when it waits and lets itself be interrupted.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no timer, `ERROR_ACCESS_DENIED` without
/// `TIMER_MODIFY_STATE`, `ERROR_INVALID_PARAMETER` for a negative period.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setwaitabletimer>
pub fn set(handle: Handle, due: i64, period_ms: i32, call: Option<Completion>) -> Result<()> {
    let period_ms = u32::try_from(period_ms).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    let timer: Arc<Timer> = current().table().object(handle, TIMER_MODIFY_STATE)?;
    let due = if due < 0 {
        Due::Monotonic(now().saturating_add(due.unsigned_abs().saturating_mul(100)))
    } else {
        let since_1970 = u64::try_from(due.saturating_sub(YEAR_1601)).unwrap_or(0);
        Due::System(since_1970.saturating_mul(100))
    };
    let sequence = timer.change(Some((due, period_ms)));
    if let Some(completion) = call {
        let appointment = Appointment { timer, sequence, due: Some(due), period_ms, completion };
        apc::of_this_thread().appoint(appointment);
    }
    Ok(())
}

/// `CancelWaitableTimer`: a timer will not become signalled any more. If it is, it stays so.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no timer, `ERROR_ACCESS_DENIED` without
/// `TIMER_MODIFY_STATE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-cancelwaitabletimer>
pub fn cancel(handle: Handle) -> Result<()> {
    let timer: Arc<Timer> = current().table().object(handle, TIMER_MODIFY_STATE)?;
    timer.change(None);
    Ok(())
}

const fn encode(due: Due) -> u64 {
    // 0 is "never"; the first nanosecond of either clock is as good as the second.
    let (ns, flag) = match due {
        Due::Monotonic(ns) => (ns, 0),
        Due::System(ns) => (ns, SYSTEM),
    };
    let ns = if ns >= SYSTEM { SYSTEM - 1 } else { ns };
    flag | if ns == 0 { 1 } else { ns }
}

/// What the detail says.
pub(super) const fn decode(word: u64) -> Option<Due> {
    match (word & !SYSTEM, word & SYSTEM != 0) {
        (0, _) => None,
        (ns, false) => Some(Due::Monotonic(ns)),
        (ns, true) => Some(Due::System(ns)),
    }
}

/// When a timer will be signalled, or was; `None` if it is not set, or stays signalled for good.
fn due(dispatcher: &Dispatcher) -> Option<Due> {
    decode(dispatcher.slot().detail(DUE).load(Ordering::SeqCst))
}

/// When a timer that is not signalled becomes so.
pub(super) fn next_due(dispatcher: &Dispatcher) -> Option<Due> {
    due(dispatcher)
}

/// Whether a timer is signalled.
pub(super) fn is_due(dispatcher: &Dispatcher) -> bool {
    dispatcher.state() & SIGNALLED != 0 || due(dispatcher).is_some_and(Due::has_passed)
}

/// Takes a timer, if it is signalled.
pub(super) fn take(dispatcher: &Dispatcher) -> Take {
    if !is_due(dispatcher) {
        return Take::Unavailable;
    }
    if dispatcher.rule() == Rule::ManualTimer {
        return Take::Taken;
    }
    let me = identity::current();
    if let locked @ Take::Locked(_) = dispatcher.machine().lock_anyway(me) {
        return locked;
    }
    let is_due = is_due(dispatcher);
    dispatcher.unlock(me, is_due);
    if is_due { Take::Taken } else { Take::Unavailable }
}

/// Makes a synchronization timer that is signalled unsignalled. Its words are locked.
pub(super) fn consume(dispatcher: &Dispatcher) {
    if dispatcher.state() & SIGNALLED != 0 {
        dispatcher.machine().reset();
        return;
    }
    let Some(due) = due(dispatcher) else { return };
    let period_ms = dispatcher.slot().detail(PERIOD).load(Ordering::SeqCst);
    let next = next_after(due, period_ms).map_or(0, encode);
    dispatcher.slot().detail(DUE).store(next, Ordering::SeqCst);
}

/// The first multiple of the period after `due` that is still to come.
fn next_after(due: Due, period_ms: u64) -> Option<Due> {
    let period = period_ms.saturating_mul(1_000_000);
    if period == 0 {
        return None;
    }
    Some(Due::Monotonic(now().saturating_add(period - due.elapsed_ns() % period)))
}

impl Timer {
    fn rule(manual_reset: bool) -> Rule {
        if manual_reset { Rule::ManualTimer } else { Rule::SynchronizationTimer }
    }

    fn new(manual_reset: bool, name: Option<Rendezvous>) -> Result<Self> {
        let header = ObjectHeader::new(ObjectType::Timer);
        let slot = arena::allocate(header.id(), 0, [0; 3], name)?;
        Ok(Self { header, dispatcher: Dispatcher::new(slot, Self::rule(manual_reset)) })
    }

    /// A timer that another process made.
    pub(crate) fn arrived(
        id: ObjectId,
        payload: [u64; 2],
        file: OwnedFd,
        name: Option<OwnedFd>,
    ) -> Result<Self> {
        let slot = arena::arrived(file, number_of(payload)?, id, name)?;
        let header = ObjectHeader::with_id(ObjectType::Timer, id);
        Ok(Self { header, dispatcher: Dispatcher::new(slot, Self::rule(payload[1] & 1 != 0)) })
    }

    /// Whether it stays signalled until it is set again.
    #[must_use]
    pub fn is_manual_reset(&self) -> bool {
        self.dispatcher.rule() == Rule::ManualTimer
    }

    /// Sets it, or cancels it; the number of this change.
    fn change(&self, to: Option<(Due, u32)>) -> u64 {
        let me = identity::current();
        let dispatcher = &self.dispatcher;
        dispatcher.lock_for_change(me);
        let signalled = to.is_none() && is_due(dispatcher);
        let slot = dispatcher.slot();
        let (due, period) = to.map_or((0, 0), |(due, period_ms)| (encode(due), period_ms.into()));
        slot.detail(PERIOD).store(period, Ordering::SeqCst);
        slot.detail(DUE).store(due, Ordering::SeqCst);
        let sequence = dispatcher.machine().unlock_changed(me, signalled);
        // Whoever waits for it has to look at its new time.
        dispatcher.wake(Wake::All);
        sequence
    }
}

/// A call that a thread is to make when a timer is due.
pub(super) struct Appointment {
    timer: Arc<Timer>,
    /// It holds until the timer is set again or cancelled.
    sequence: u64,
    due: Option<Due>,
    period_ms: u32,
    completion: Completion,
}

impl Appointment {
    /// Whether it was not replaced or cancelled.
    pub(super) fn holds(&self) -> bool {
        self.due.is_some() && self.timer.dispatcher.machine().sequence() == self.sequence
    }

    pub(super) fn is_over(&self) -> bool {
        self.due.is_none()
    }

    pub(super) fn is_due(&self) -> bool {
        self.holds() && self.due.is_some_and(Due::has_passed)
    }

    pub(super) fn is_of_same_timer(&self, other: &Self) -> bool {
        self.timer.header.id() == other.timer.header.id()
    }

    pub(super) fn due(&self) -> Due {
        self.due.unwrap_or(Due::Monotonic(u64::MAX))
    }

    /// The call, if it is due; and goes on to the next period.
    pub(super) fn keep(&mut self) -> Option<Routine> {
        let due = self.due.filter(|due| due.has_passed())?;
        self.due = next_after(due, self.period_ms.into());
        let completion = Arc::clone(&self.completion);
        let since_1970 = system_now().saturating_sub(due.elapsed_ns()) / 100;
        let time = since_1970.saturating_add(YEAR_1601.unsigned_abs());
        Some(Box::new(move || completion(time)))
    }
}

impl KernelObject for Timer {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        self.dispatcher.shape(self.is_manual_reset().into())
    }

    fn leaving(&self) {
        self.dispatcher.slot().give();
    }

    #[inline]
    fn dispatcher(&self) -> Option<&Dispatcher> {
        Some(&self.dispatcher)
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Waitable for Timer {
    fn is_signalled(&self) -> bool {
        self.dispatcher.is_signalled()
    }

    #[inline]
    fn source(&self) -> Source<'_> {
        Source::Dispatcher(&self.dispatcher)
    }
}
