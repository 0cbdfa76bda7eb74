//! Where other processes leave requests: the listening socket `process/<pid>.mail`.
//!
//! A sender connects, writes one message with its descriptors, and goes. The kernel holds the
//! connection until this process looks: so a handle can be put into a process that is stopped,
//! or that has not run its first instruction yet, and nothing is lost when the sender dies. The
//! sender then raises [`Field::News`] in this process's record, which every look-up in the
//! handle table notices; where there is a service thread, it is woken as well.

use crate::error::{Result, Win32Error};
use crate::handle::published::MappedRecord;
use crate::handle::table::HandleTable;
use crate::handle::{Entry, HandleValue, INCOMING_SLOTS, Slot};
use crate::mailslot::delivery;
use crate::namespace::{Namespace, mail_name, may_open};
use crate::object::record::{BYTES, Record, State, WORDS, bytes_of, words_of};
use crate::object::{ObjectId, arrival, with_shape};
use crate::process::record::{
    Field, HAS_MAILBOX, Header, INCOMING_LINES, LockedRecord, ProcessRecord, incoming_line,
};
use crate::process::task;
use crate::security::Subject;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{AtFlags, Mode, chmodat};
use rustix::io::{Errno, IoSlice, IoSliceMut};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind,
    connect, listen, recvmsg, sendmsg, socket_with, sockopt,
};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// As many requests as may wait for a process that does not look.
const BACKLOG: i32 = 4096;
/// Senders that have connected and not written yet.
const MOST_PENDING: usize = 64;
const MESSAGE_BYTES: usize = 8 + BYTES;
const GIVE: u64 = 1;
const CLOSE: u64 = 2;
const FETCH: u64 = 3;
/// The memory of a named object: one of the two requests that other users may make.
const OPEN: u64 = 4;
/// A message for a mailslot: the other one.
const DELIVER: u64 = 5;
/// How long a process may take to answer; one that is stopped never does.
const ANSWER_PATIENCE: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// This process's mailbox; empty, if the process has no record.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    open: Option<OpenMailbox>,
}

#[derive(Debug)]
struct OpenMailbox {
    socket: OwnedFd,
    header: Arc<MappedRecord>,
    record: Arc<ProcessRecord>,
    /// The value of [`Field::News`] up to which requests were collected.
    seen: AtomicU64,
    /// How often requests were collected.
    collections: AtomicU64,
    /// Accepted connections whose message has not come yet. Also keeps two threads from
    /// collecting at once.
    pending: Mutex<Vec<Sender>>,
}

/// Somebody who has connected.
#[derive(Debug)]
struct Sender {
    connection: OwnedFd,
    /// Whether it is this user or root: nobody else may change our table.
    is_trusted: bool,
}

/// Makes the socket of a process that is about to be: its parent makes it, the child finds it
/// open.
pub(crate) fn make_socket(namespace: &Namespace, name: &str) -> Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    bind(&socket, &address(namespace.processes(), name)?)?;
    listen(&socket, BACKLOG)?;
    Ok(socket)
}

/// A name in a directory as a socket address: short, however long the directory's path is.
fn address(directory: BorrowedFd<'_>, name: &str) -> Result<SocketAddrUnix> {
    let path = format!("/proc/self/fd/{}/{name}", directory.as_raw_fd());
    Ok(SocketAddrUnix::new(path)?)
}

impl Mailbox {
    pub(crate) fn new(
        socket: OwnedFd,
        header: Arc<MappedRecord>,
        record: Arc<ProcessRecord>,
    ) -> Self {
        // Requests may have come before we ran: the first look collects.
        let pending = Mutex::new(Vec::new());
        let (seen, collections) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { open: Some(OpenMailbox { socket, header, record, seen, collections, pending }) }
    }

    /// Whether requests have come since the last collection.
    #[inline]
    pub(crate) fn has_news(&self) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.header.words()[Field::News as usize].load(Ordering::Relaxed)
                != open.seen.load(Ordering::Relaxed)
        })
    }

    /// The socket, for whoever waits for requests.
    pub(crate) fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.open.as_ref().map(|open| open.socket.as_fd())
    }

    /// Carries out all requests that have come; whether a sender has connected that is still to
    /// write.
    pub(crate) fn collect(&self, table: &HandleTable) -> bool {
        let Some(open) = &self.open else { return false };
        let mut pending = open.pending.lock().unwrap_or_else(PoisonError::into_inner);
        // Read before accepting: a request that comes later raises it again.
        let news = open.header.words()[Field::News as usize].load(Ordering::Acquire);
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        loop {
            match accept_with(&open.socket, flags) {
                Ok(connection) => {
                    let is_trusted = is_trusted(&connection);
                    pending.push(Sender { connection, is_trusted });
                }
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                Err(_) => break,
            }
            pending.retain(|sender| matches!(receive(sender, table), Received::NotYet));
            if pending.len() > MOST_PENDING {
                // Strangers first.
                let stranger = pending.iter().position(|sender| !sender.is_trusted);
                pending.remove(stranger.unwrap_or(0));
            }
        }
        pending.retain(|sender| matches!(receive(sender, table), Received::NotYet));
        open.free_abandoned_slots(table);
        open.seen.store(news, Ordering::Release);
        !pending.is_empty()
    }
}

impl OpenMailbox {
    /// Frees numbers whose sender died after it chose them and before it sent.
    fn free_abandoned_slots(&self, table: &HandleTable) {
        let Ok(header) = self.record.header() else { return };
        let used = header.get(Field::IncomingLines).min(INCOMING_SLOTS.into()) as usize;
        // Rarely needed, and it reads every line: where there are many, not each time.
        if used > 64 && !self.collections.fetch_add(1, Ordering::Relaxed).is_multiple_of(64) {
            return;
        }
        let Ok(bytes) = self.record.read(incoming_line(0), used * BYTES) else { return };
        for (slot, words) in (0..).zip(words_of(&bytes)) {
            let Some(record) = Record::from_words(&words) else { continue };
            let (_, sender) = record.origin.parts();
            if record.state == State::Arriving
                && !task::exists(sender)
                && !table.lock().has_incoming(slot)
            {
                // If it cannot be freed now, the next collection tries again.
                let _ = self.record.write(incoming_line(slot), &[0; 8]);
            }
        }
    }
}

fn is_trusted(connection: &OwnedFd) -> bool {
    sockopt::socket_peercred(connection)
        .is_ok_and(|peer| peer.uid.is_root() || peer.uid == rustix::process::geteuid())
}

enum Received {
    /// Done with this connection.
    Done,
    /// The sender has not written yet.
    NotYet,
}

fn receive(sender: &Sender, table: &HandleTable) -> Received {
    let connection = &sender.connection;
    match read_message(connection) {
        Ok(Some((OPEN, words, _))) => {
            // Who may not have it gets no answer.
            let _ = hand_memory(ObjectId::from_bits(words[1]), table, connection);
            Received::Done
        }
        Ok(Some((DELIVER, words, [message, _]))) => {
            let code = match accept_message(&words, message, table, connection) {
                Ok(()) => 0,
                Err(error) => error.code(),
            };
            let mut answer = [0; WORDS];
            answer[0] = code.into();
            // Who does not wait for the answer has gone.
            let _ = write_message(connection, DELIVER, &answer, &[]);
            Received::Done
        }
        Ok(Some((kind, words, fds))) if sender.is_trusted => {
            // A request that no longer applies (its handle was closed) is forgotten.
            let _ = carry_out(kind, &words, fds, table, connection);
            Received::Done
        }
        Ok(Some(_)) => Received::Done,
        Ok(None) => Received::NotYet,
        Err(_) => Received::Done,
    }
}

type Message = (u64, [u64; WORDS], [Option<OwnedFd>; 2]);

/// Reads a message; `None` while there is none.
fn read_message(connection: &OwnedFd) -> Result<Option<Message>> {
    let mut bytes = [0; MESSAGE_BYTES];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let length = loop {
        match recvmsg(connection, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, flags) {
            Ok(message) => break message.bytes,
            Err(Errno::INTR) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    };
    let mut fds = ancillary.drain().flat_map(|message| match message {
        RecvAncillaryMessage::ScmRights(fds) => fds.collect(),
        _ => Vec::new(),
    });
    let fds = [fds.next(), fds.next()];
    let kind = bytes[..8].try_into().map_or(0, u64::from_ne_bytes);
    match words_of(&bytes[8..]).next() {
        Some(words) if length == MESSAGE_BYTES => Ok(Some((kind, words, fds))),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

fn write_message(
    connection: &OwnedFd,
    kind: u64,
    words: &[u64; WORDS],
    fds: &[BorrowedFd<'_>],
) -> Result<()> {
    let mut bytes = [0; MESSAGE_BYTES];
    bytes[..8].copy_from_slice(&kind.to_ne_bytes());
    bytes[8..].copy_from_slice(&bytes_of(words));
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let flags = SendFlags::NOSIGNAL;
    loop {
        match sendmsg(connection, &[IoSlice::new(&bytes)], &mut ancillary, flags) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The handle a request names.
fn named_handle(words: &[u64; WORDS]) -> Result<HandleValue> {
    HandleValue::new((words[6] & 0xFFFF_FFFF) as u32).ok_or(Win32Error::INVALID_PARAMETER)
}

fn carry_out(
    kind: u64,
    words: &[u64; 8],
    fds: [Option<OwnedFd>; 2],
    table: &HandleTable,
    connection: &OwnedFd,
) -> Result<()> {
    match kind {
        GIVE => {
            let record = Record::from_words(words).ok_or(Win32Error::INVALID_PARAMETER)?;
            let value = HandleValue::new(record.value).ok_or(Win32Error::INVALID_PARAMETER)?;
            let Slot::Incoming(slot) = value.slot() else {
                return Err(Win32Error::INVALID_PARAMETER);
            };
            if slot >= INCOMING_SLOTS {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let object = arrival::object(&record, fds)?;
            let Record { access, flags, origin, .. } = record;
            table.lock().insert_incoming(slot, Entry { object, access, flags, origin })
        }
        CLOSE => {
            let value = named_handle(words)?;
            let id = ObjectId::from_bits(words[1]);
            table.close_requested(value, id)
        }
        FETCH => {
            let value = named_handle(words)?;
            let entry = table.lock().get(value).cloned().ok_or(Win32Error::INVALID_HANDLE)?;
            entry.object.leaving();
            let record = Record::of_entry(value, &entry);
            with_shape(&*entry.object, |shape| {
                if !shape.portable {
                    return Err(Win32Error::NOT_SUPPORTED);
                }
                let fds: Vec<_> = shape.fds.into_iter().flatten().collect();
                write_message(connection, FETCH, &record.to_words(), &fds)
            })
            .unwrap_or(Err(Win32Error::NOT_SUPPORTED))
        }
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// Puts somebody's message into a mailslot that this process reads.
fn accept_message(
    words: &[u64; WORDS],
    message: Option<OwnedFd>,
    table: &HandleTable,
    connection: &OwnedFd,
) -> Result<()> {
    let id = ObjectId::from_bits(words[1]);
    let held = |entry: &Entry| entry.object.header().id() == id;
    let entry = table.lock().iter().map(|(_, entry)| entry).find(|entry| held(entry)).cloned();
    let entry = entry.ok_or(Win32Error::FILE_NOT_FOUND)?;
    let peer = sockopt::socket_peercred(connection)?;
    let subject = Subject::of_process(peer.pid, peer.uid, peer.gid);
    delivery::accept(&*entry.object, &subject, words[2], message)
}

/// Asks a process, which may be another user's, to put a message into a mailslot it reads.
///
/// # Errors
/// What that process says; `ERROR_FILE_NOT_FOUND` when it is gone or does not read it,
/// `ERROR_SEM_TIMEOUT` when it does not answer.
pub(crate) fn deliver(
    namespace: &Namespace,
    pid: u32,
    id: ObjectId,
    length: u64,
    message: BorrowedFd<'_>,
) -> Result<()> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    match connect(&socket, &address(namespace.processes(), &mail_name(pid))?) {
        Ok(()) => {}
        Err(Errno::CONNREFUSED | Errno::NOENT) => return Err(Win32Error::FILE_NOT_FOUND),
        Err(Errno::AGAIN) => return Err(Win32Error::NO_SYSTEM_RESOURCES),
        Err(error) => return Err(error.into()),
    }
    let mut words = [0; WORDS];
    (words[1], words[2]) = (id.get(), length);
    write_message(&socket, DELIVER, &words, &[message])?;
    match answer(&socket) {
        Ok(Some((DELIVER, words, _))) if words[0] == 0 => Ok(()),
        Ok(Some((DELIVER, words, _))) => {
            Err(Win32Error::from_code(u32::try_from(words[0]).unwrap_or(u32::MAX)))
        }
        Ok(_) => Err(Win32Error::SEM_TIMEOUT),
        // It has closed the connection: it ended.
        Err(_) => Err(Win32Error::FILE_NOT_FOUND),
    }
}

/// Hands somebody the memory of an object that has a name, if its security descriptor grants them
/// anything.
fn hand_memory(id: ObjectId, table: &HandleTable, connection: &OwnedFd) -> Result<()> {
    let held = |entry: &Entry| entry.object.header().id() == id;
    let entry = table.lock().iter().map(|(_, entry)| entry).find(|entry| held(entry)).cloned();
    let entry = entry.ok_or(Win32Error::FILE_NOT_FOUND)?;
    let [Some(memory), Some(name)] = entry.object.shape().fds else {
        return Err(Win32Error::INVALID_HANDLE);
    };
    let peer = sockopt::socket_peercred(connection)?;
    let subject = Subject::of_process(peer.pid, peer.uid, peer.gid);
    if !may_open(name, &subject)? {
        return Err(Win32Error::ACCESS_DENIED);
    }
    entry.object.leaving();
    write_message(connection, OPEN, &[0; WORDS], &[memory])
}

/// Lets other users ask this process for named objects that they may open.
///
/// # Errors
/// What changing the socket's mode reports.
pub(crate) fn welcome_others(namespace: &Namespace) -> Result<()> {
    let everyone = Mode::from_raw_mode(0o666);
    let name = mail_name(std::process::id());
    chmodat(namespace.processes(), &*name, everyone, AtFlags::empty())?;
    super::service::start();
    Ok(())
}

/// Asks a process, which may be another user's, for the memory of a named object.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when it does not answer.
pub(crate) fn ask_for_memory(namespace: &Namespace, pid: u32, id: ObjectId) -> Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    connect(&socket, &address(namespace.processes(), &mail_name(pid))?)?;
    let mut words = [0; WORDS];
    words[1] = id.get();
    write_message(&socket, OPEN, &words, &[])?;
    match answer(&socket)? {
        Some((OPEN, _, [Some(memory), _])) => Ok(memory),
        _ => Err(Win32Error::ACCESS_DENIED),
    }
}

/// Waits for the answer to a request.
fn answer(socket: &OwnedFd) -> Result<Option<Message>> {
    let mut fds = [PollFd::new(socket, PollFlags::IN)];
    while let Err(error) = poll(&mut fds, Some(&ANSWER_PATIENCE)) {
        if error != Errno::INTR {
            return Err(error.into());
        }
    }
    read_message(socket)
}

/// Sends a request to a process and raises its news. The record is locked and its header was
/// read since, so no other sender has changed it.
fn send(
    namespace: &Namespace,
    (record, header): (&LockedRecord<'_>, &Header),
    pid: u32,
    kind: u64,
    words: &[u64; 8],
    fds: &[BorrowedFd<'_>],
) -> Result<OwnedFd> {
    if !header.has(HAS_MAILBOX) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    match connect(&socket, &address(namespace.processes(), &mail_name(pid))?) {
        Ok(()) => {}
        // Nobody holds the other end: the process is gone, or was never one of ours.
        Err(Errno::CONNREFUSED | Errno::NOENT) => return Err(Win32Error::ACCESS_DENIED),
        Err(Errno::AGAIN) => return Err(Win32Error::NO_SYSTEM_RESOURCES),
        Err(error) => return Err(error.into()),
    }
    write_message(&socket, kind, words, fds)?;
    record.set(Field::News, header.get(Field::News).wrapping_add(1))?;
    Ok(socket)
}

/// Puts a handle into another process; the number it has there. The process need not run.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when the process is gone or has no mailbox,
/// `ERROR_NO_SYSTEM_RESOURCES` when too many requests wait for it.
pub(crate) fn give(
    namespace: &Namespace,
    target: &ProcessRecord,
    pid: u32,
    record: Record,
    fds: &[BorrowedFd<'_>],
) -> Result<HandleValue> {
    let locked = target.lock()?;
    let header = locked.header()?;
    let slot = free_slot(&locked, &header)?;
    let value = HandleValue::of_incoming(slot);
    let record = Record { value: value.get(), state: State::Arriving, ..record };
    // The line first: from here on the usage count is right, and the number is ours.
    locked.write_line(incoming_line(slot), &record.to_words())?;
    let sent = Record { state: State::Open, ..record };
    if let Err(error) = send(namespace, (&locked, &header), pid, GIVE, &sent.to_words(), fds) {
        locked.write(incoming_line(slot), &[0; 8])?;
        return Err(error);
    }
    Ok(value)
}

/// Finds a free slot, beginning where the last sender stopped; what was freed since moves the
/// beginning back.
fn free_slot(target: &LockedRecord<'_>, header: &Header) -> Result<u32> {
    let capacity = u64::from(INCOMING_SLOTS);
    let used = header.get(Field::IncomingLines).min(capacity);
    let begin = header.get(Field::IncomingBegin).min(used);
    let mut slot = first_free(target, begin, used)?;
    if slot >= capacity {
        // The beginning is a hint: a sender and the owner may have set it at once.
        slot = first_free(target, 0, used)?;
    }
    if slot >= capacity {
        return Err(Win32Error::NO_SYSTEM_RESOURCES);
    }
    target.set(Field::IncomingBegin, slot + 1)?;
    if slot == used {
        target.set(Field::IncomingLines, slot + 1)?;
    }
    u32::try_from(slot).map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)
}

/// The first free line from `begin` on; `end` when all before it are taken.
fn first_free(target: &ProcessRecord, begin: u64, end: u64) -> Result<u64> {
    const AT_ONCE: u64 = 64;
    let mut slot = begin;
    while slot < end {
        let count = AT_ONCE.min(end - slot);
        let bytes = target.read(INCOMING_LINES + slot * BYTES as u64, count as usize * BYTES)?;
        let free = |words: [u64; WORDS]| words[0] >> 32 & 0xFF == State::Free as u64;
        if let Some(index) = words_of(&bytes).position(free) {
            return Ok(slot + index as u64);
        }
        slot += count;
    }
    Ok(end)
}

/// Asks another process to close a handle. Its table shows the handle as closed at once; the
/// process lets go of the object when it next runs.
///
/// # Errors
/// As for [`give`].
pub(crate) fn ask_to_close(
    namespace: &Namespace,
    target: &ProcessRecord,
    pid: u32,
    value: HandleValue,
    id: ObjectId,
) -> Result<()> {
    let locked = target.lock()?;
    let mut words = [0; 8];
    words[1] = id.get();
    words[6] = value.get().into();
    let line = match value.slot() {
        Slot::Own(slot) => crate::process::record::own_line(slot),
        Slot::Incoming(slot) => incoming_line(slot),
    };
    let header = locked.header()?;
    drop(send(namespace, (&locked, &header), pid, CLOSE, &words, &[])?);
    // Word 7 of the line: "asked to close", valid for this object only.
    locked.write(line + 7 * 8, &id.get().to_ne_bytes())
}

/// Asks another process for a handle, where the kernel does not let us take its descriptors: the
/// handle as it is there, and the descriptors.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when the process does not answer (it is stopped, or does nothing that
/// looks into its mailbox) or has no such handle any more.
pub(crate) fn ask_for(
    namespace: &Namespace,
    source: &ProcessRecord,
    pid: u32,
    value: HandleValue,
) -> Result<(Record, [Option<OwnedFd>; 2])> {
    let mut words = [0; WORDS];
    words[6] = value.get().into();
    let socket = {
        let locked = source.lock()?;
        let header = locked.header()?;
        send(namespace, (&locked, &header), pid, FETCH, &words, &[])?
    };
    match answer(&socket) {
        Ok(Some((FETCH, words, fds))) => {
            let record = Record::from_words(&words).ok_or(Win32Error::ACCESS_DENIED)?;
            Ok((record, fds))
        }
        _ => Err(Win32Error::ACCESS_DENIED),
    }
}
