//! Joining: what happens when a program is loaded.

use super::current::{CurrentProcess, Own, current, current_if_joined, own_start_time};
use super::mailbox::{self, Mailbox};
use super::standard::{STANDARD_STREAMS, entry_of, occupy_closed};
use crate::error::Result;
use crate::file::StandardStream;
use crate::handle::inherit::{self, Inheritance};
use crate::handle::published::{MappedRecord, PublishedTable};
use crate::job::membership;
use crate::namespace::{Namespace, mail_name, sweep};
use crate::pipe::named::sweep_pipes;
use crate::process::record::{
    Field, HAS_MAILBOX, MAGIC, MAPPED_BYTES, NewRecord, ProcessRecord, REGISTERED,
};
use rustix::net::sockopt;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::cell::Cell;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use transom_sys::inherited::InheritedFds;
use transom_sys::mapping::SharedWords;
use transom_sys::{signal, startup};

/// More names of dead servers than this are left for a later sweep.
const MOST_PIPES_SWEPT: usize = 16;

/// Joins the namespace, if that has not happened yet.
pub fn join() {
    if current_if_joined().is_some() {
        return;
    }
    signal::remember_start();
    // Before anything is opened: it would become a standard stream.
    let closed = occupy_closed();
    // Its own variable is no part of the program's environment.
    let variable = startup::take_variable(inherit::VARIABLE);
    let mut fds = InheritedFds::claim();
    let inheritance = fds.as_mut().map(|fds| Inheritance::find(fds, variable)).unwrap_or_default();
    if let (Some(fds), Ok(namespace)) = (&mut fds, Namespace::open(inheritance.namespace.clone())) {
        let mailbox = mailbox_of_parent(&namespace, fds);
        STARTED_WITH.with(|place| place.set(Some((namespace, mailbox))));
    }
    let process = current();
    let mut standard = [None; 3];
    if let Some(fds) = &mut fds {
        standard = inheritance.adopt(process.table(), fds, closed);
        process.table().retract_missing();
    }
    for ((which, value), closed) in STANDARD_STREAMS.into_iter().zip(standard).zip(closed) {
        let value = value.or_else(|| {
            if closed {
                return None;
            }
            let entry = entry_of(StandardStream::of(which))?;
            process.table().insert(entry).ok()
        });
        if let Some(value) = value {
            process.set_standard_handle(which, value.get() as isize);
        }
    }
    startup::at_exit(leave);
    startup::at_fork(super::fork::HOOKS);
    // Another process gave us handles, and may ask for them back while we do something else.
    if standard.iter().any(Option::is_some) || process.table().has_inherited() {
        super::service::start();
    }
}

thread_local! {
    /// The namespace our parent is in and the mailbox it made for us, on their way from `join` to
    /// `build`.
    static STARTED_WITH: Cell<Option<(Namespace, Option<OwnedFd>)>> = const { Cell::new(None) };
}

/// Makes this process's state. Also called when something is used before `join`, by code that
/// runs even earlier when the program is loaded.
pub(super) fn build() -> CurrentProcess {
    let open_files = raise_open_files();
    let mut own = Own::default();
    let mut published = PublishedTable::default();
    let mut mailbox = Mailbox::default();
    let (namespace, socket) = match STARTED_WITH.with(Cell::take) {
        Some((namespace, socket)) => (Ok(namespace), socket),
        None => (Namespace::open(None), None),
    };
    if let Ok(namespace) = &namespace {
        if sweep(namespace).served_pipes {
            sweep_pipes(namespace, MOST_PIPES_SWEPT);
        }
        if let Ok(registered) = Registered::join(namespace, socket) {
            published = registered.published();
            mailbox = registered.mailbox.unwrap_or_default();
            own = Own { record: Some(registered.record), header: Some(registered.header) };
        }
    }
    CurrentProcess::new(namespace, own, published, mailbox, open_files)
}

/// This process's place in the namespace.
pub(super) struct Registered {
    pub(super) record: Arc<ProcessRecord>,
    pub(super) header: Arc<MappedRecord>,
    pub(super) mailbox: Option<Mailbox>,
}

impl Registered {
    /// Takes over the record our parent made, or makes one.
    pub(super) fn join(namespace: &Namespace, socket: Option<OwnedFd>) -> Result<Self> {
        let pid = std::process::id();
        let start_time = own_start_time()?;
        let (record, unnamed, job) = match ProcessRecord::open_of(namespace, pid, start_time) {
            Ok(record) if record.header().is_ok_and(|header| !header.has(REGISTERED)) => {
                (record, None, None)
            }
            found => {
                // A registered one is of the program that executed ours in its place.
                let job = membership::taken_over(namespace, found.ok().as_ref());
                let new = NewRecord::create(namespace)?;
                (new.record, Some(new.name), job)
            }
        };
        record.reserve(0, MAPPED_BYTES)?;
        let header = SharedWords::map(record.file(), 0, MAPPED_BYTES as usize / 8)?;
        let words: &MappedRecord = &header;
        let set = |field: Field, value: u64| {
            words.words()[field as usize].store(value, Ordering::Release);
        };
        set(Field::Magic, MAGIC);
        set(Field::Pid, pid.into());
        set(Field::StartTime, start_time);
        if let Some([job, keeper]) = job {
            set(Field::JobKeeper, keeper);
            set(Field::Job, job);
        }
        let socket = match socket {
            Some(socket) => Ok(socket),
            None => {
                let name = mail_name(pid);
                mailbox::make_socket(namespace, &name).or_else(|_| {
                    // What an earlier program of this process listened on is gone with it.
                    namespace.remove_file(name.as_bytes());
                    mailbox::make_socket(namespace, &name)
                })
            }
        };
        let mailbox_flag = if socket.is_ok() { HAS_MAILBOX } else { 0 };
        set(Field::Flags, REGISTERED | mailbox_flag);
        let record = match unnamed {
            Some(name) => NewRecord { record, name }.publish(namespace, pid)?,
            None => record,
        };
        let (record, header) = (Arc::new(record), Arc::new(header));
        let mailbox = socket
            .ok()
            .map(|socket| Mailbox::new(socket, Arc::clone(&header), Arc::clone(&record)));
        Ok(Self { record, header, mailbox })
    }

    pub(super) fn published(&self) -> PublishedTable {
        PublishedTable::new(Arc::clone(&self.record), Arc::clone(&self.header))
    }
}

/// The mailbox our parent made and left open for us, if it did.
fn mailbox_of_parent(namespace: &Namespace, fds: &mut InheritedFds) -> Option<OwnedFd> {
    let pid = std::process::id();
    let header = ProcessRecord::open(namespace, pid).ok()?.header().ok()?;
    let is_ours = header.is_of(pid, own_start_time().ok()?);
    if !is_ours || header.has(REGISTERED) || !header.has(HAS_MAILBOX) {
        return None;
    }
    let number = i32::try_from(header.get(Field::MailboxFd)).ok()?.checked_sub(1)?;
    // A program in between may have closed it and opened something else.
    let listens = sockopt::socket_acceptconn(fds.look(number)?.as_fd()).unwrap_or(false);
    if listens { fds.take(number) } else { None }
}

/// Lets the process open as many files as it may, since each pipe takes some; the limit it had,
/// if that was another. Programs it starts get the old limit back.
fn raise_open_files() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current;
    if before == limit.maximum {
        return None;
    }
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).ok()?;
    before
}

/// The process exits: its code in full, and nothing left behind.
fn leave(status: i32) {
    if let Some(process) = current_if_joined() {
        crate::file::deletion::close_what_is_to_go(process.table());
        crate::object::creation::close_names(process.table());
        crate::pipe::named::leave_all();
        process.leave(status.cast_unsigned());
    }
}

/// `ExitProcess`: ends this process with a full 32-bit code, running what `exit` runs.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-exitprocess>
pub fn exit(code: u32) -> ! {
    std::process::exit(code.cast_signed())
}
