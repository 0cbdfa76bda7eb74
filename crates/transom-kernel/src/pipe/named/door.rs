//! Where clients come in: one listening socket for all pipes of this process, `process/<pid>.door`.
//!
//! A client connects and says which pipe it wants and with which access. It is answered with the
//! memory of the connection, and the socket stays as the connection's lifeline. Everything that
//! comes in here may be hostile.

use super::object::NamedPipe;
use super::registry::FileIdentity;
use super::served::{self, ServedName};
use crate::error::{Result, Win32Error};
use crate::executive::{Ready, Watch, current, watch};
use crate::namespace::{Namespace, door_name, forks};
use crate::object::{ObjectId, ObjectType};
use crate::pipe::channel::State;
use crate::security::Subject;
use rustix::event::epoll::EventFlags;
use rustix::fs::{AtFlags, Mode, chmodat, unlinkat};
use rustix::io::{Errno, IoSlice, IoSliceMut};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind,
    listen, recvmsg, sendmsg, socket_with, sockopt,
};
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

const BACKLOG: i32 = 4096;
const WORDS: usize = 8;
const BYTES: usize = WORDS * 8;
/// Says which protocol this is.
const HELLO: u64 = u64::from_le_bytes(*b"TransomD");
const CONNECT: u64 = 1;
const WAIT: u64 = 2;
const BEQUEATH: u64 = 3;
const CLAIM: u64 = 4;
/// How many clients may have connected without having said what they want.
const MOST_PENDING: usize = 1024;

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) file: FileIdentity,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A connection, with these specific rights.
    Connection(u32),
    /// To be told when an instance listens.
    Word,
    /// That we hand out, from now on, the instance of this id, which we have too: who did so closes
    /// it. Its connection comes along.
    Bequest(ObjectId),
    /// The instance of this id, which we have closed and keep for others; its connection is the
    /// answer.
    Claim(ObjectId),
}

/// What it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// 0, or why not.
    pub(super) error: u32,
}

impl Wish {
    pub(super) const fn to_words(self) -> [u64; WORDS] {
        let (what, detail) = match self.what {
            What::Connection(access) => (CONNECT, access as u64),
            What::Word => (WAIT, 0),
            What::Bequest(id) => (BEQUEATH, id.get()),
            What::Claim(id) => (CLAIM, id.get()),
        };
        [HELLO, self.file.device, self.file.inode, what, detail, 0, 0, 0]
    }

    /// Reads what anybody may have written.
    pub(super) fn from_words(words: &[u64; WORDS]) -> Option<Self> {
        let [HELLO, device, inode, what, detail, ..] = *words else { return None };
        let what = match what {
            CONNECT => What::Connection(u32::try_from(detail).ok()?),
            WAIT => What::Word,
            BEQUEATH => What::Bequest(ObjectId::from_bits(detail)),
            CLAIM => What::Claim(ObjectId::from_bits(detail)),
            _ => return None,
        };
        Some(Self { file: FileIdentity { device, inode }, what })
    }
}

impl Answer {
    pub(super) const fn to_words(self) -> [u64; WORDS] {
        [HELLO, self.error as u64, 0, 0, 0, 0, 0, 0]
    }

    /// Reads what anybody may have written.
    pub(super) fn from_words(words: &[u64; WORDS]) -> Option<Self> {
        let [HELLO, error, ..] = *words else { return None };
        Some(Self { error: u32::try_from(error).ok()? })
    }
}

/// The name of a process's door as a socket address: short, however long the directory's path is.
pub(super) fn address(namespace: &Namespace, pid: u32) -> Result<SocketAddrUnix> {
    let directory = namespace.processes();
    let path = format!("/proc/self/fd/{}/{}", directory.as_raw_fd(), door_name(pid));
    Ok(SocketAddrUnix::new(path)?)
}

/// Sends eight words and up to two descriptors.
pub(super) fn send_words(
    socket: &OwnedFd,
    words: &[u64; WORDS],
    fds: &[BorrowedFd<'_>],
) -> Result<(), Errno> {
    let mut bytes = [0; BYTES];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
        chunk.copy_from_slice(&word.to_ne_bytes());
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(fds));
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    match sendmsg(socket, &[IoSlice::new(&bytes)], &mut ancillary, flags)? {
        BYTES => Ok(()),
        _ => Err(Errno::MSGSIZE),
    }
}

/// What comes over a socket before it is a lifeline.
pub(super) type Letter = ([u64; WORDS], Enclosed);

/// What comes with the words: the memory of a connection, then its lifeline.
pub(super) type Enclosed = [Option<OwnedFd>; 2];

/// Receives eight words and up to two descriptors; `None` when what came is something else.
pub(super) fn receive_words(socket: &OwnedFd) -> Result<Option<Letter>, Errno> {
    let mut bytes = [0; BYTES];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let received = recvmsg(socket, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, flags)?;
    let mut enclosed = [None, None];
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(mut fds) = message {
            enclosed = [fds.next(), fds.next()];
        }
    }
    if received.bytes != BYTES {
        return Ok(None);
    }
    let mut words = [0; WORDS];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.try_into().map_or(0, u64::from_ne_bytes);
    }
    Ok(Some((words, enclosed)))
}

/// This process's door.
#[derive(Debug)]
struct Door {
    socket: Arc<OwnedFd>,
    forks: u32,
    me: Weak<Self>,
    visitors: Mutex<VecDeque<Arc<Visitor>>>,
    _watch: Mutex<Option<Watch>>,
}

/// Somebody who has connected and not said yet what he wants.
#[derive(Debug)]
struct Visitor {
    door: Weak<Door>,
    seat: Mutex<Option<(Arc<OwnedFd>, Watch)>>,
}

/// How long the service thread rests when the process has no descriptor left for a client.
const NO_ROOM: Duration = Duration::from_millis(10);

static DOOR: Mutex<Option<Arc<Door>>> = Mutex::new(None);

/// Opens the door, if that has not been done.
///
/// # Errors
/// What the file system reports; `ERROR_NO_SYSTEM_RESOURCES` when there is no service thread.
pub(super) fn open() -> Result<()> {
    let mut door = DOOR.lock().unwrap_or_else(PoisonError::into_inner);
    if door.as_ref().is_some_and(|door| door.forks == forks()) {
        return Ok(());
    }
    let namespace = current().namespace()?;
    let pid = std::process::id();
    let name = door_name(pid);
    // What an earlier program of this process listened on is gone with it.
    let _ = unlinkat(namespace.processes(), &*name, AtFlags::empty());
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    bind(&socket, &address(namespace, pid)?)?;
    // Who may use a pipe is found out inside.
    chmodat(namespace.processes(), &*name, Mode::from_raw_mode(0o666), AtFlags::empty())?;
    listen(&socket, BACKLOG)?;
    let new = Arc::new_cyclic(|me| Door {
        socket: Arc::new(socket),
        forks: forks(),
        me: Weak::clone(me),
        visitors: Mutex::new(VecDeque::new()),
        _watch: Mutex::new(None),
    });
    let target: Weak<dyn Ready> = Weak::clone(&new.me) as _;
    let watching = watch(Arc::clone(&new.socket), EventFlags::IN, target)?;
    *new._watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(watching);
    *door = Some(new);
    Ok(())
}

impl Ready for Door {
    fn on_ready(self: Arc<Self>, _events: EventFlags) {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // One at a time: the thread is told again as long as somebody stands there.
        match accept_with(&self.socket, flags) {
            Ok(visitor) => self.welcome(visitor),
            Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                // Those who say nothing make room; the others wait in the kernel until there is.
                let oldest =
                    self.visitors.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                match oldest {
                    Some(oldest) => drop(oldest.stand_up()),
                    None => std::thread::sleep(NO_ROOM),
                }
            }
            Err(_) => {}
        }
    }
}

impl Door {
    fn welcome(self: &Arc<Self>, visitor: OwnedFd) {
        let Some(visitor) = serve(visitor) else { return };
        // It has still to say what it wants.
        let seated = Arc::new(Visitor { door: Weak::clone(&self.me), seat: Mutex::new(None) });
        let target: Weak<dyn Ready> = Arc::downgrade(&seated) as _;
        {
            let mut seat = seated.seat.lock().unwrap_or_else(PoisonError::into_inner);
            let visitor = Arc::new(visitor);
            let Ok(watching) = watch(Arc::clone(&visitor), EventFlags::IN, target) else { return };
            *seat = Some((visitor, watching));
        }
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        visitors.push_back(seated);
        let oldest = if visitors.len() > MOST_PENDING { visitors.pop_front() } else { None };
        drop(visitors);
        if let Some(oldest) = oldest {
            drop(oldest.stand_up());
        }
    }
}

impl Visitor {
    fn stand_up(&self) -> Option<OwnedFd> {
        let seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (socket, watching) = seat?;
        drop(watching);
        Arc::into_inner(socket)
    }
}

impl Ready for Visitor {
    fn on_ready(self: Arc<Self>, _events: EventFlags) {
        if let Some(door) = self.door.upgrade() {
            let mut visitors = door.visitors.lock().unwrap_or_else(PoisonError::into_inner);
            visitors.retain(|visitor| !Arc::ptr_eq(visitor, &self));
        }
        if let Some(socket) = self.stand_up() {
            // Woken, and still nothing to read: it has gone.
            drop(serve(socket));
        }
    }
}

/// Serves a client; gives it back if it has not said yet what it wants.
pub(super) fn serve(visitor: OwnedFd) -> Option<OwnedFd> {
    let (wish, enclosed) = match receive_words(&visitor) {
        Err(Errno::AGAIN | Errno::INTR) => return Some(visitor),
        Ok(Some((words, enclosed))) => (Wish::from_words(&words)?, enclosed),
        Ok(None) | Err(_) => return None,
    };
    let passed = match wish.what {
        What::Bequest(id) => {
            Some(super::heir::accept_bequest(&visitor, id, enclosed).map(|()| None))
        }
        What::Claim(id) => Some(super::heir::give_up(&visitor, id).map(Some)),
        What::Connection(_) | What::Word => None,
    };
    if let Some(passed) = passed {
        let error = passed.as_ref().err().map_or(0, |error| error.code());
        let connection = passed.ok().flatten();
        let fds = connection.as_ref().map(|connection| connection.descriptors());
        let fds: Vec<_> = fds.into_iter().flatten().flatten().collect();
        let _ = send_words(&visitor, &Answer { error }.to_words(), &fds);
        return None;
    }
    let (error, visitor) = match let_in(&wish, visitor) {
        Ok(()) => return None,
        Err(refused) => refused,
    };
    let answer = Answer { error: error.code() };
    // One that has gone needs no answer.
    let _ = send_words(&visitor, &answer.to_words(), &[]);
    None
}

/// Gives a client its connection, or says why not.
fn let_in(wish: &Wish, visitor: OwnedFd) -> Result<(), (Win32Error, OwnedFd)> {
    let served = match served::find(wish.file) {
        Some(served) => served,
        None => return Err((Win32Error::FILE_NOT_FOUND, visitor)),
    };
    let access = match wish.what {
        What::Connection(access) => access,
        What::Word => {
            if let Some(visitor) = served.seat(visitor) {
                tell_listening(&visitor);
            }
            return Ok(());
        }
        What::Bequest(_) | What::Claim(_) => return Err((Win32Error::NOT_SUPPORTED, visitor)),
    };
    if let Err(error) = check(&served, access, &visitor) {
        return Err((error, visitor));
    }
    let mut visitor = visitor;
    while let Some(instance) = served.take_listening() {
        match connect(&instance, visitor) {
            Ok(()) => return Ok(()),
            Err((None, back)) => visitor = back,
            Err((Some(error), back)) => {
                instance.listen_still(&served);
                return Err((error, back));
            }
        }
    }
    Err((Win32Error::PIPE_BUSY, visitor))
}

/// Tells somebody who waits that an instance listens.
pub(super) fn tell_listening(visitor: &OwnedFd) {
    // One that does not wait any more has gone.
    let _ = send_words(visitor, &Answer { error: 0 }.to_words(), &[]);
}

/// Whether a client may have what it wants.
fn check(served: &ServedName, access: u32, visitor: &OwnedFd) -> Result<()> {
    let peer = sockopt::socket_peercred(visitor)?;
    let access = ObjectType::File.specific_access(access)?;
    let is_owner = peer.uid.as_raw() == served.owner();
    let subject = match is_owner {
        // The groups of the owner matter only where the list does not name him.
        true => Subject { uid: peer.uid.as_raw(), gids: vec![peer.gid.as_raw()] },
        false => Subject::of_process(peer.pid, peer.uid, peer.gid),
    };
    let mut granted = served.granted(&subject);
    if access & !granted != 0 && is_owner {
        let subject = Subject::of_process(peer.pid, peer.uid, peer.gid);
        granted = served.granted(&subject);
    }
    if access & !granted == 0 { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// Connects a client to an instance; gives it back if the instance does not listen after all, or with
/// what keeps it from being let in.
fn connect(
    instance: &Arc<NamedPipe>,
    visitor: OwnedFd,
) -> Result<(), (Option<Win32Error>, OwnedFd)> {
    let mut connection = instance.connection();
    // Another process of the server's may have taken it over.
    let listens = connection.end().state() == State::Listening;
    if !listens || !super::heir::is_handed_out_here(instance, connection.end()) {
        instance.note_claim();
        super::heir::forget(instance);
        return Err((None, visitor));
    }
    if !super::heir::is_held(instance) {
        // It was kept for others, and they have gone.
        instance.stop_serving(true);
        super::heir::forget(instance);
        return Err((None, visitor));
    }
    if connection.end().is_offered() {
        connection = match instance.withdraw(&connection) {
            Ok(Some(new)) => new,
            Ok(None) => {
                instance.pump();
                return Err((None, visitor));
            }
            Err(error) => return Err((Some(error), visitor)),
        };
    }
    let end = connection.end();
    if end.segment().connect().is_err() {
        return Err((None, visitor));
    }
    // Nobody else ties it: an instance is taken from the list of those that listen once.
    let _ = end.tie(visitor);
    connection.note_alive();
    instance.show_connected();
    let answer = Answer { error: 0 };
    if let Some(lifeline) = end.lifeline() {
        // A client that has gone meanwhile is found out by its end of the lifeline.
        let _ = send_words(lifeline, &answer.to_words(), &[end.segment().fd()]);
    }
    end.segment().announce();
    instance.connected();
    Ok(())
}

/// The door, locked around a `fork`.
pub(crate) struct Frozen {
    _door: std::sync::MutexGuard<'static, Option<Arc<Door>>>,
}

/// Takes the lock of this room.
pub(crate) fn freeze() -> Frozen {
    Frozen { _door: DOOR.lock().unwrap_or_else(PoisonError::into_inner) }
}

#[cfg(test)]
mod tests {
    use super::{Answer, FileIdentity, What, Wish};

    #[test]
    fn what_is_said_is_what_is_heard() {
        let file = FileIdentity { device: 3, inode: u64::MAX };
        for what in [What::Word, What::Connection(0), What::Connection(u32::MAX)] {
            let wish = Wish { file, what };
            assert_eq!(Wish::from_words(&wish.to_words()), Some(wish));
        }
        let answer = Answer { error: 231 };
        assert_eq!(Answer::from_words(&answer.to_words()), Some(answer));
    }
}
