//! The service thread: one loop over everything of this process that others can touch.
//!
//! It exists only where there is something to serve: children to collect, handles that another
//! process gave to this one, a wait that mixes futex words with descriptors, or objects that want
//! to be called when a descriptor is ready or at a time.

use super::current::current;
use crate::error::{Result, Win32Error};
use crate::process::subject::Subject;
use crate::sync::sleep::{lock_soon, wait_a_moment};
use crate::sync::wait::clock::{AT_ONCE, now, timespec};
use crate::thread::present;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use transom_sys::futex::{self, Scope};

static SERVICE: Mutex<Option<Service>> = Mutex::new(None);
/// Whether objects have asked to be called.
static CALLS: AtomicBool = AtomicBool::new(false);
/// Whether the service thread is at work, and not asleep.
static AT_WORK: AtomicBool = AtomicBool::new(false);
/// One thread at a time does some of the service thread's work.
static HELPING: Mutex<()> = Mutex::new(());

/// What the thread and those who give it work share.
#[derive(Debug)]
struct Service {
    epoll: Arc<OwnedFd>,
    watched: HashMap<u64, Watched>,
    next: u64,
    /// What is to be called when, in nanoseconds of the monotonic clock.
    alarms: BTreeMap<(u64, u64), Weak<dyn Ready>>,
    /// Ready when the first of them is due.
    timer: OwnedFd,
}

/// What the service thread calls.
pub(crate) trait Ready: std::fmt::Debug + Send + Sync {
    /// A descriptor has become ready for these (errors and hanging up included), or, if there are
    /// none, it is the time that was asked for. It holds the service thread up: it must not block.
    fn on_ready(self: Arc<Self>, events: EventFlags);
}

#[derive(Debug)]
enum Watched {
    Mailbox,
    Child(Arc<Subject>),
    /// The word becomes 1 when the descriptor is ready, and its waiters are woken.
    Word(Arc<AtomicU64>),
    Object(Weak<dyn Ready>),
    /// The time of the first alarm.
    Alarms,
}

fn lock() -> MutexGuard<'static, Option<Service>> {
    SERVICE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    fn add(&mut self, fd: BorrowedFd<'_>, watched: Watched, once: EventFlags) -> Result<u64> {
        let token = self.next;
        self.next += 1;
        self.add_at(token, fd, watched, EventFlags::IN | once)?;
        Ok(token)
    }

    fn add_at(
        &mut self,
        token: u64,
        fd: BorrowedFd<'_>,
        watched: Watched,
        flags: EventFlags,
    ) -> Result<()> {
        epoll::add(&*self.epoll, fd, EventData::new_u64(token), flags)?;
        self.watched.insert(token, watched);
        Ok(())
    }

    /// Has the timer ready when the first alarm is due.
    fn set_timer(&self) -> Result<()> {
        let first = self.alarms.keys().next().map_or(0, |(ns, _)| (*ns).max(1));
        let never = Timespec { tv_sec: 0, tv_nsec: 0 };
        let time = Itimerspec { it_interval: never, it_value: timespec(first) };
        timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &time)?;
        Ok(())
    }
}

/// The running service, started if need be.
fn running() -> Result<MutexGuard<'static, Option<Service>>> {
    // Asked for before: the table's lock comes before this one.
    let mailbox = current().table().mailbox();
    let mut service = lock();
    if service.is_some() {
        return Ok(service);
    }
    let epoll = Arc::new(epoll::create(CreateFlags::CLOEXEC)?);
    let timer_flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
    let timer = timerfd_create(TimerfdClockId::Monotonic, timer_flags)?;
    let mut new = Service {
        epoll: Arc::clone(&epoll),
        watched: HashMap::new(),
        next: 1,
        alarms: BTreeMap::new(),
        timer,
    };
    epoll::add(&*epoll, &new.timer, EventData::new_u64(ALARMS), EventFlags::IN)?;
    new.watched.insert(ALARMS, Watched::Alarms);
    if let Some(socket) = mailbox.socket() {
        new.add(socket, Watched::Mailbox, EventFlags::empty())?;
    }
    transom_sys::startup::spawn_service_thread("transom", move || serve(&epoll))
        .map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
    *service = Some(new);
    Ok(service)
}

/// Starts the service thread, if it does not run. Without it the process still serves requests
/// whenever it uses a handle, so that it cannot be started is no error.
pub(super) fn start() {
    drop(running());
}

/// Collects a child when it ends, so that no zombie stays.
pub(crate) fn watch_child(child: &Arc<Subject>) -> Result<()> {
    let mut service = running()?;
    let service = service.as_mut().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    service.add(child.pidfd(), Watched::Child(Arc::clone(child)), EventFlags::ONESHOT)?;
    Ok(())
}

/// Collects a child that has ended, if the service thread has not come to it yet.
pub(crate) fn collect_child(pid: u32) {
    let find = |watched: &Watched| match watched {
        Watched::Child(child) if child.pid() == pid => Some(Arc::clone(child)),
        _ => None,
    };
    let child = lock().as_ref().and_then(|service| service.watched.values().find_map(find));
    if let Some(child) = child {
        child.collect();
    }
}

/// A descriptor whose readiness shows in a word for as long as this lives.
#[derive(Debug)]
pub(crate) struct ReadyWord<'a> {
    fd: BorrowedFd<'a>,
    token: u64,
    word: Arc<AtomicU64>,
}

impl ReadyWord<'_> {
    /// 0 until the descriptor was ready once, then 1.
    pub(crate) fn word(&self) -> &AtomicU64 {
        &self.word
    }
}

impl Drop for ReadyWord<'_> {
    fn drop(&mut self) {
        if let Some(service) = lock().as_mut() {
            service.watched.remove(&self.token);
            // It is registered under its own duplicate's number; gone already is fine.
            let _ = epoll::delete(&*service.epoll, self.fd);
        }
    }
}

/// Turns the readiness of a descriptor into a futex word. The descriptor must be the caller's
/// own, so that two waits do not share a registration.
pub(crate) fn watch_until_ready(fd: BorrowedFd<'_>) -> Result<ReadyWord<'_>> {
    let word = Arc::new(AtomicU64::new(0));
    let mut service = running()?;
    let service = service.as_mut().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    let token = service.add(fd, Watched::Word(Arc::clone(&word)), EventFlags::ONESHOT)?;
    Ok(ReadyWord { fd, token, word })
}

/// A descriptor that an object is called for, for as long as this lives: a call that has begun
/// when it is dropped goes on, and holds the object alive.
#[derive(Debug)]
pub(crate) struct Watch {
    fd: Arc<OwnedFd>,
    token: u64,
    epoll: Arc<OwnedFd>,
    age: u32,
}

impl Watch {
    /// Whether it is of this process, and not of the one this was forked from.
    pub(crate) fn is_current(&self) -> bool {
        self.age == present::age()
    }

    /// Watches for these from now on; if they include `ONESHOT`, until the next call. What is ready
    /// already is called for.
    ///
    /// # Errors
    /// What `epoll_ctl` reports.
    pub(crate) fn rearm(&self, events: EventFlags) -> Result<()> {
        Ok(epoll::modify(&*self.epoll, &*self.fd, EventData::new_u64(self.token), events)?)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.is_current() {
            return;
        }
        if let Some(service) = lock().as_mut() {
            service.watched.remove(&self.token);
        }
        // What it was registered with may be gone already.
        let _ = epoll::delete(&*self.epoll, &*self.fd);
    }
}

/// Has an object called whenever a descriptor is ready for some of these events. A descriptor can
/// be watched once.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for a regular file, which is always ready; `ERROR_NO_SYSTEM_RESOURCES`
/// when there is no service thread.
pub(crate) fn watch(fd: Arc<OwnedFd>, events: EventFlags, call: Weak<dyn Ready>) -> Result<Watch> {
    let mut service = running()?;
    let service = service.as_mut().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    let token = service.next;
    service.next += 1;
    service.add_at(token, fd.as_fd(), Watched::Object(call), events)?;
    CALLS.store(true, Ordering::Relaxed);
    Ok(Watch { fd, token, epoll: Arc::clone(&service.epoll), age: present::age() })
}

/// A time at which an object is called, unless this is dropped before.
#[derive(Debug)]
pub(crate) struct Appointment {
    key: (u64, u64),
    age: u32,
}

impl Drop for Appointment {
    fn drop(&mut self) {
        if self.age == present::age()
            && let Some(service) = lock().as_mut()
        {
            // The timer may ring for nothing.
            service.alarms.remove(&self.key);
        }
    }
}

/// Has an object called once at a time of the monotonic clock, in nanoseconds.
///
/// # Errors
/// `ERROR_NO_SYSTEM_RESOURCES` when there is no service thread.
pub(crate) fn call_at(ns: u64, call: Weak<dyn Ready>) -> Result<Appointment> {
    let mut service = running()?;
    let service = service.as_mut().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    let key = (ns, service.next);
    service.next += 1;
    service.alarms.insert(key, call);
    CALLS.store(true, Ordering::Relaxed);
    if service.alarms.keys().next() == Some(&key) {
        service.set_timer()?;
    }
    Ok(Appointment { key, age: present::age() })
}

/// Calls whose time has come.
fn ring() {
    let mut due = Vec::new();
    if let Some(service) = lock().as_mut() {
        // Setting it below makes it unready.
        let later = service.alarms.split_off(&(now() + 1, 0));
        due.extend(std::mem::replace(&mut service.alarms, later).into_values());
        // If it cannot be set, nothing can be done but to go on.
        let _ = service.set_timer();
    }
    for object in due.iter().filter_map(Weak::upgrade) {
        object.on_ready(EventFlags::empty());
    }
}

thread_local! {
    static IN_SERVICE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is the service thread, which lives as long as its process.
pub(crate) fn in_service() -> bool {
    IN_SERVICE.get()
}

/// How much the thread does before it asks what else there is.
const MOST_EVENTS: usize = 64;
/// How long somebody who only asks whether something has happened waits for the service thread.
const MOST_PATIENCE_NS: u64 = 20_000_000;
/// How often he lets it run before he sleeps.
const MOST_YIELDS: u32 = 100;
/// What the timer of the alarms is registered as.
const ALARMS: u64 = 0;
const NO_EVENT: Event = Event { flags: EventFlags::empty(), data: EventData::new_u64(0) };

/// Does what the service thread is about to do: for a thread that has nothing else to do, and waits
/// for what comes of that. So it need not wait until the processor is that thread's.
pub(crate) fn lend_a_hand() {
    let epoll = lock().as_ref().map(|service| Arc::clone(&service.epoll));
    if let Some(epoll) = epoll {
        let mut events = [NO_EVENT; MOST_EVENTS];
        for event in ready_now(&epoll, &mut events) {
            // A sender that is about to write is waited for by the service thread.
            act(event.data.u64(), event.flags);
        }
    }
}

fn ready_now<'a>(epoll: &OwnedFd, events: &'a mut [Event]) -> &'a [Event] {
    let count = epoll::wait(epoll.as_fd(), &mut *events, Some(&AT_ONCE)).unwrap_or(0);
    &events[..count]
}

/// Before a caller is told that nothing has happened yet: has that done which the service thread is
/// about to do, or is just doing. So what another thread or process has done before is seen, as it
/// is where the system's kernel does it at once.
pub(crate) fn catch_up() {
    if CALLS.load(Ordering::Relaxed) && !in_service() {
        catch_up_with(now() + MOST_PATIENCE_NS);
    }
}

#[cold]
fn catch_up_with(deadline: u64) {
    let epoll = lock().as_ref().map(|service| Arc::clone(&service.epoll));
    let Some(epoll) = epoll else { return };
    // Where another thread helps for long, it was stopped in the midst of it.
    let Some(_helping) = lock_soon(&HELPING) else { return };
    let mut events = [NO_EVENT; MOST_EVENTS];
    let mut rounds = 0;
    while now() < deadline {
        let ready = ready_now(&epoll, &mut events);
        // It is at work as long as what it took is not done: this is asked after that was gone.
        if ready.is_empty() && !AT_WORK.load(Ordering::SeqCst) {
            return;
        }
        let mut helped = false;
        // Objects have alarms for what the service thread alone may do.
        for event in ready.iter().filter(|event| event.data.u64() != ALARMS) {
            act(event.data.u64(), event.flags);
            helped = true;
        }
        if !helped {
            wait_a_moment(rounds, MOST_YIELDS);
            rounds += 1;
        }
    }
}

fn serve(epoll: &OwnedFd) {
    IN_SERVICE.set(true);
    let mut events = [NO_EVENT; MOST_EVENTS];
    // How often to look again for a sender that has connected and not written yet.
    let mut patience = 0_u32;
    let again = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
    loop {
        let timeout = (patience > 0).then_some(&again);
        AT_WORK.store(false, Ordering::SeqCst);
        let count = match epoll::wait(epoll.as_fd(), &mut events, timeout) {
            Ok(count) => count,
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return,
        };
        // Before anything that is ready is taken.
        AT_WORK.store(true, Ordering::SeqCst);
        if count == 0 {
            patience = if current().table().collect_requests() { patience - 1 } else { 0 };
        }
        for event in &events[..count] {
            let (token, flags) = (event.data.u64(), event.flags);
            if act(token, flags) {
                patience = 400;
            }
        }
    }
}

/// Serves one ready descriptor; whether a sender is still about to write.
fn act(token: u64, events: EventFlags) -> bool {
    let work = {
        let mut service = lock();
        let Some(service) = service.as_mut() else { return false };
        match service.watched.get(&token) {
            Some(Watched::Mailbox) => Watched::Mailbox,
            Some(Watched::Word(word)) => Watched::Word(Arc::clone(word)),
            Some(Watched::Object(object)) => Watched::Object(Weak::clone(object)),
            Some(Watched::Alarms) => Watched::Alarms,
            Some(Watched::Child(child)) => Watched::Child(Arc::clone(child)),
            None => return false,
        }
    };
    match work {
        Watched::Mailbox => return current().table().collect_requests(),
        Watched::Child(child) => {
            child.collect();
            if let Some(service) = lock().as_mut() {
                service.watched.remove(&token);
                // Closing the last duplicate would do this too.
                let _ = epoll::delete(&*service.epoll, child.pidfd());
            }
        }
        Watched::Word(word) => {
            word.store(1, Ordering::SeqCst);
            futex::wake(&word, Scope::Private, futex::ALL);
        }
        Watched::Object(object) => {
            if let Some(object) = object.upgrade() {
                object.on_ready(events);
            }
        }
        Watched::Alarms => ring(),
    }
    false
}

/// The service's state, locked around a `fork`.
pub(super) struct Frozen(MutexGuard<'static, Option<Service>>);

pub(super) fn freeze() -> Frozen {
    Frozen(lock())
}

impl Frozen {
    /// In the new process there is no service thread, and no child of its parent's is its own.
    pub(super) fn start_anew(&mut self) {
        *self.0 = None;
        AT_WORK.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Appointment, Ready, call_at, watch};
    use super::{EventFlags, now};
    use rustix::io::{read, write};
    use rustix::pipe::{PipeFlags, pipe_with};
    use std::os::fd::OwnedFd;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Mutex, Weak};

    #[derive(Debug)]
    struct Called(Mutex<Sender<EventFlags>>);

    impl Called {
        fn new() -> (Arc<Self>, Weak<dyn Ready>, Receiver<EventFlags>) {
            let (tell, told) = channel();
            let called = Arc::new(Self(Mutex::new(tell)));
            let ready: Arc<dyn Ready> = Arc::<Self>::clone(&called);
            (called, Arc::downgrade(&ready), told)
        }
    }

    impl Ready for Called {
        fn on_ready(self: Arc<Self>, events: EventFlags) {
            self.0.lock().unwrap().send(events).expect("somebody listens");
        }
    }

    #[test]
    fn an_object_is_called_for_its_descriptor_as_often_as_it_asks() {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        let (called, weak, told) = Called::new();
        let reader: Arc<OwnedFd> = Arc::new(reader);
        let once = EventFlags::IN | EventFlags::ONESHOT;
        let watch_it = || watch(Arc::clone(&reader), once, Weak::clone(&weak));
        let first = watch_it().unwrap();
        assert!(watch_it().is_err(), "it is watched already");
        write(&writer, b"ab").unwrap();
        assert_eq!(told.recv().unwrap(), EventFlags::IN);
        // Not again until it asks; then also for what is there already.
        first.rearm(once).unwrap();
        assert_eq!(told.recv().unwrap(), EventFlags::IN);
        read(&*reader, &mut [0; 2]).unwrap();
        first.rearm(once).unwrap();
        assert!(told.try_recv().is_err());
        drop(writer);
        assert_eq!(told.recv().unwrap(), EventFlags::HUP);
        drop(first);
        // It can be watched anew; and who is gone is not called.
        let again = watch_it().unwrap();
        assert_eq!(told.recv().unwrap(), EventFlags::HUP);
        drop(called);
        again.rearm(once).unwrap();
        assert!(told.recv().is_err(), "nobody is left who could say something");
    }

    #[test]
    fn objects_are_called_at_their_times() {
        let (called, weak, told) = Called::new();
        let (late, late_weak, late_told) = Called::new();
        let in_ms = |ms: u64| now() + ms * 1_000_000;
        let _late: Appointment = call_at(in_ms(30), late_weak).unwrap();
        let cancelled = call_at(in_ms(1), Weak::clone(&weak)).unwrap();
        drop(cancelled);
        let _soon = call_at(in_ms(2), Weak::clone(&weak)).unwrap();
        assert_eq!(told.recv().unwrap(), EventFlags::empty());
        assert_eq!(late_told.recv().unwrap(), EventFlags::empty());
        let _past = call_at(0, weak).unwrap();
        assert_eq!(told.recv().unwrap(), EventFlags::empty());
        assert!(told.try_recv().is_err());
        drop((called, late));
    }
}
