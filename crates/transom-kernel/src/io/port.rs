//! Completion ports: queues of what is done, from which a few threads work.
//!
//! A packet goes straight to the thread that began to wait last, whose memory is still near; it is
//! queued when nobody waits, or when as many threads as the port wants are at work on its packets
//! already. A thread is at work from when it gets a packet until it asks for another, ends, or
//! waits for something in one of Transom's ways. How else a thread may be held up is not seen: so
//! a packet that has waited for some time for one of them is given to another thread.

use super::gate::{self, Inside};
use super::signal::Signal;
use super::{NtStatus, worker};
use crate::error::{Result, Win32Error};
use crate::executive::{catch_up, current, lend_a_hand};
use crate::handle::{Handle, HandleValue};
use crate::object::{IO_COMPLETION_MODIFY_STATE, KernelObject, ObjectHeader, ObjectType, Shape};
use crate::sync::apc::{self, Apcs};
use crate::sync::wait::clock::{Alarm, timespec};
use crate::sync::wait::{Deadline, Source, Waitable};
use crate::thread::{current_thread_id, present};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use transom_sys::futex::{self, ClockId, Scope, Sleep};

/// How long a packet waits for a thread that is at work.
const PATIENCE_MS: u32 = 20;

/// What a completion port tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// The key of the file it is about, or what was posted.
    pub key: usize,
    /// Where the request's status block is, or what was posted.
    pub address: usize,
    /// How the request ended.
    pub status: NtStatus,
    /// How many bytes it moved.
    pub bytes: usize,
}

/// How asking a port for packets ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// So many packets.
    Packets(usize),
    /// `WAIT_TIMEOUT`.
    TimedOut,
    /// `WAIT_IO_COMPLETION`: calls were made.
    Alerted,
}

/// A completion port.
#[derive(Debug)]
pub struct CompletionPort {
    header: ObjectHeader,
    /// How many threads are to be at work at once.
    concurrency: usize,
    signal: Signal,
    /// Whether files were associated with it.
    has_files: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Which process of those forked from each other this is of.
    age: u32,
    packets: VecDeque<Packet>,
    /// The last one began to wait last.
    sleepers: Vec<Arc<Sleeper>>,
    /// The threads that are at work.
    working: Vec<u32>,
    /// How many of the sleepers will look again soon.
    standing_by: usize,
    closed: bool,
}

impl State {
    fn leave_work(&mut self, tid: u32) {
        if let Some(at) = self.working.iter().position(|other| *other == tid) {
            self.working.swap_remove(at);
        }
    }
}

/// A thread that waits.
#[derive(Debug)]
struct Sleeper {
    tid: u32,
    /// 1 when there is reason to look.
    word: AtomicU64,
    parcel: Mutex<Option<Packet>>,
}

impl Sleeper {
    fn new() -> Arc<Self> {
        let tid = current_thread_id();
        Arc::new(Self { tid, word: AtomicU64::new(0), parcel: Mutex::new(None) })
    }

    fn parcel(&self) -> MutexGuard<'_, Option<Packet>> {
        self.parcel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        self.word.store(1, Ordering::SeqCst);
        futex::wake(&self.word, Scope::Private, 1);
    }
}

/// `CreateIoCompletionPort` without a file: makes a port; a handle to it. With a concurrency of 0,
/// as many threads are at work as there are processors.
///
/// # Errors
/// `ERROR_NO_SYSTEM_RESOURCES` when there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/createiocompletionport>
pub fn create_port(concurrency: u32) -> Result<HandleValue> {
    let access = ObjectType::IoCompletion.all_access();
    current().table().create(Arc::new(CompletionPort::new(concurrency)), access, false)
}

/// `CreateIoCompletionPort` with a file: has the requests on a file told to a port, with a key.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file or no port, `ERROR_ACCESS_DENIED` for a port that may
/// not be changed, `ERROR_INVALID_PARAMETER` for a file that is not overlapped or has a port.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/createiocompletionport>
pub fn associate(file: Handle, port: Handle, key: usize) -> Result<()> {
    let port = port_of(port)?;
    let object = current().table().entry(file)?.object;
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    let io = stream.io().ok_or(Win32Error::INVALID_PARAMETER)?;
    port.has_files.store(true, Ordering::Relaxed);
    io.associate(port, key)
}

/// `PostQueuedCompletionStatus`: queues a packet.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no port, `ERROR_ACCESS_DENIED` for one that may not be
/// changed.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/postqueuedcompletionstatus>
pub fn post(port: Handle, packet: Packet) -> Result<()> {
    port_of(port)?.post(packet, &gate::enter());
    Ok(())
}

/// `GetQueuedCompletionStatusEx`: takes up to so many packets, and waits until there is one.
/// `take` is called with each; it must not block.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no port, `ERROR_ACCESS_DENIED` for one that may not be
/// changed, `ERROR_ABANDONED_WAIT_0` when its last handle is closed meanwhile.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/getqueuedcompletionstatusex-func>
pub fn get(
    port: Handle,
    most: usize,
    timeout_ms: u32,
    alertable: bool,
    take: impl FnMut(Packet),
) -> Result<Got> {
    let port = port_of(port)?;
    let apcs = alertable.then(apc::of_this_thread);
    port.get(most, Deadline::after(timeout_ms), apcs.as_deref(), take)
}

fn port_of(handle: Handle) -> Result<Arc<CompletionPort>> {
    current().table().object(handle, IO_COMPLETION_MODIFY_STATE)
}

fn processors() -> usize {
    static PROCESSORS: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, Into::into))
}

impl CompletionPort {
    pub(super) fn new(concurrency: u32) -> Self {
        Self {
            header: ObjectHeader::new(ObjectType::IoCompletion),
            concurrency: if concurrency == 0 { processors() } else { concurrency as usize },
            signal: Signal::new(false),
            has_files: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    fn state(&self, _inside: &Inside) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let age = present::age();
        if state.age != age {
            // The packets are about requests of the parent's, and its threads are not here.
            *state = State { age, ..State::default() };
        }
        state
    }

    /// Says whether there are packets, after there are more or fewer.
    fn note_packets(&self, state: &State, inside: &Inside) {
        if self.signal.is_used() {
            self.signal.set(!state.packets.is_empty(), inside);
        }
    }

    /// Queues a packet.
    pub(super) fn post(&self, packet: Packet, inside: &Inside) {
        let mut state = self.state(inside);
        if state.closed {
            // Nobody can ask for it.
            return;
        }
        state.packets.push_back(packet);
        let woken = self.hand_out(&mut state);
        self.note_packets(&state, inside);
        drop(state);
        if let Some(sleeper) = woken {
            sleeper.wake();
        }
    }

    /// Gives a packet to a thread that waits, if one may be at work; else has one stand by. Who is
    /// to be woken.
    fn hand_out(&self, state: &mut State) -> Option<Arc<Sleeper>> {
        if state.packets.is_empty() {
            return None;
        }
        if state.working.len() < self.concurrency {
            let sleeper = state.sleepers.pop()?;
            *sleeper.parcel() = state.packets.pop_front();
            state.working.push(sleeper.tid);
            return Some(sleeper);
        }
        (state.standing_by == 0).then(|| state.sleepers.pop())?
    }

    /// The calling thread was at work and is not any more.
    pub(super) fn rest(&self, inside: &Inside) {
        let mut state = self.state(inside);
        state.leave_work(current_thread_id());
        let woken = self.hand_out(&mut state);
        self.note_packets(&state, inside);
        drop(state);
        if let Some(sleeper) = woken {
            sleeper.wake();
        }
    }

    /// The calling thread goes on with its work, whoever else has begun some meanwhile.
    pub(super) fn go_on(&self, inside: &Inside) {
        self.state(inside).working.push(current_thread_id());
    }

    /// A thread was terminated, whatever it was doing.
    pub(super) fn forget(&self, tid: u32) {
        let inside = gate::enter();
        let mut state = self.state(&inside);
        state.leave_work(tid);
        state.sleepers.retain(|sleeper| sleeper.tid != tid);
        let woken = self.hand_out(&mut state);
        self.note_packets(&state, &inside);
        drop(state);
        if let Some(sleeper) = woken {
            sleeper.wake();
        }
    }

    pub(super) fn get(
        self: &Arc<Self>,
        most: usize,
        deadline: Deadline,
        apcs: Option<&Apcs>,
        mut take: impl FnMut(Packet),
    ) -> Result<Got> {
        let mut is_at_work = worker::leave(self);
        let mut impatient = false;
        // What the files of this port wait for may have come, and not been seen yet.
        let mut may_help = self.has_files.load(Ordering::Relaxed);
        loop {
            let inside = gate::enter();
            let mut state = self.state(&inside);
            if std::mem::take(&mut is_at_work) {
                state.leave_work(current_thread_id());
            }
            if state.closed {
                return Err(Win32Error::ABANDONED_WAIT_0);
            }
            let is_late = deadline.has_passed();
            let may_work = state.working.len() < self.concurrency || impatient || is_late;
            if may_work && !state.packets.is_empty() {
                state.working.push(current_thread_id());
                let count = Self::take_some(&mut state, most, &mut take);
                let woken = self.hand_out(&mut state);
                self.note_packets(&state, &inside);
                worker::begin(self);
                drop(state);
                drop(inside);
                if let Some(sleeper) = woken {
                    sleeper.wake();
                }
                return Ok(Got::Packets(count));
            }
            if is_late && may_help {
                may_help = false;
                drop(state);
                drop(inside);
                catch_up();
                continue;
            }
            if is_late {
                drop(state);
                drop(inside);
                let alerted = apcs.is_some_and(Apcs::deliver);
                return Ok(if alerted { Got::Alerted } else { Got::TimedOut });
            }
            let stands_by = !state.packets.is_empty();
            if may_help && !stands_by {
                may_help = false;
                drop(state);
                drop(inside);
                lend_a_hand();
                continue;
            }
            let sleeper = Sleeper::new();
            state.sleepers.push(Arc::clone(&sleeper));
            state.standing_by += usize::from(stands_by);
            drop(state);
            drop(inside);
            if let Some(apcs) = apcs.filter(|apcs| apcs.has_some()) {
                if let count @ 1.. = self.get_up(&sleeper, stands_by, most, &mut take) {
                    return Ok(Got::Packets(count));
                }
                apcs.deliver();
                return Ok(Got::Alerted);
            }
            let until = if stands_by { deadline.or_after(PATIENCE_MS) } else { deadline };
            // Whoever is about to post may be waiting for this very processor.
            std::thread::yield_now();
            let slept = sleeper.sleep(until, apcs);
            if let count @ 1.. = self.get_up(&sleeper, stands_by, most, &mut take) {
                return Ok(Got::Packets(count));
            }
            slept?;
            impatient = stands_by && until.has_passed();
        }
    }

    fn take_some(state: &mut State, most: usize, take: &mut impl FnMut(Packet)) -> usize {
        let count = state.packets.len().min(most);
        state.packets.drain(..count).for_each(take);
        count
    }

    /// A thread that waited does not any more; how many packets it got.
    fn get_up(
        self: &Arc<Self>,
        sleeper: &Arc<Sleeper>,
        stands_by: bool,
        most: usize,
        take: &mut impl FnMut(Packet),
    ) -> usize {
        let inside = gate::enter();
        let mut state = self.state(&inside);
        state.standing_by = state.standing_by.saturating_sub(usize::from(stands_by));
        let Some(packet) = sleeper.parcel().take() else {
            if let Some(at) = state.sleepers.iter().rposition(|other| Arc::ptr_eq(other, sleeper)) {
                state.sleepers.remove(at);
            }
            return 0;
        };
        take(packet);
        let count = 1 + Self::take_some(&mut state, most.saturating_sub(1), take);
        self.note_packets(&state, &inside);
        worker::begin(self);
        count
    }
}

impl Sleeper {
    /// Sleeps until there is reason to look.
    fn sleep(&self, until: Deadline, apcs: Option<&Apcs>) -> Result<()> {
        let end = until.ns().map(timespec);
        loop {
            let own = Sleep { word: &self.word, value: 0, scope: Scope::Private };
            let slept = match apcs {
                None => futex::sleep(&[own], end.as_ref(), ClockId::Monotonic),
                Some(apcs) => {
                    let calls = apcs.sleep_while_none();
                    if apcs.has_some() {
                        return Ok(());
                    }
                    // A timer's call may be due before anything else happens.
                    let mut alarm = Alarm::at(until);
                    apcs.next_due().into_iter().for_each(|due| alarm.add(due));
                    let (clock, end) = alarm.end();
                    futex::sleep(&[own, calls], end.as_ref(), clock)
                }
            };
            if self.word.load(Ordering::SeqCst) != 0 || until.has_passed() {
                return Ok(slept?);
            }
            slept?;
        }
    }
}

impl KernelObject for CompletionPort {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    /// Its packets are about memory of this process.
    fn shape(&self) -> Shape<'_> {
        Shape::LOCAL
    }

    fn last_handle_closed(&self) {
        let inside = gate::enter();
        let mut state = self.state(&inside);
        state.closed = true;
        state.packets.clear();
        let sleepers = std::mem::take(&mut state.sleepers);
        drop(state);
        drop(inside);
        sleepers.iter().for_each(|sleeper| sleeper.wake());
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Waitable for CompletionPort {
    fn is_signalled(&self) -> bool {
        !self.state(&gate::enter()).packets.is_empty()
    }

    fn source(&self) -> Source<'_> {
        let inside = gate::enter();
        let state = self.state(&inside);
        self.signal.set(!state.packets.is_empty(), &inside);
        match self.signal.dispatcher(self.header.id(), &inside) {
            Ok(dispatcher) => Source::Dispatcher(dispatcher),
            // There is no room for another object: whoever waits looks again.
            Err(_) => Source::Always,
        }
    }
}
