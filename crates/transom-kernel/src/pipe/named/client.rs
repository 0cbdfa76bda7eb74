//! The client's side: `CreateFile` on a pipe, and waiting for one that is free.

use super::connection::Connection;
use super::door::{self, Answer, Enclosed, What, Wish};
use super::object::NamedPipe;
use super::registry::{FileIdentity, Listing, NameFile, Server, wait_a_moment};
use super::reserve;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::HandleValue;
use crate::namespace::Namespace;
use crate::namespace::device_name::{Device, DeviceName};
use crate::pipe::channel::{Segment, Side};
use crate::sync::wait::clock::{self, Deadline};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem as win;
use windows_sys::Win32::System::Pipes::{NMPWAIT_USE_DEFAULT_WAIT, NMPWAIT_WAIT_FOREVER};

/// How long a server's process may take to answer before it counts as busy: it does so from a
/// thread of its own, unless it is stopped.
const ANSWER_PATIENCE_MS: u32 = 5000;
/// The same for another holder of an instance.
const HOLDERS_PATIENCE_MS: u32 = 1000;
/// How often servers that are just going, or taking over, are looked at again.
const MOST_TRIES: u32 = 100;

/// How a client's end is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientRequest {
    /// Specific rights.
    pub(crate) access: u32,
    pub(crate) inherit: bool,
    /// `dwFlagsAndAttributes`.
    pub(crate) flags: u32,
}

/// What came of looking for an instance.
enum Sought {
    Connected(Arc<NamedPipe>),
    Busy,
    /// Nobody serves the name.
    Absent,
    /// The servers that the file names were just going.
    Again,
}

/// `CreateFile` on a pipe: connects to the instance that has listened for longest.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when nobody serves the name, `ERROR_PIPE_BUSY` when no instance listens
/// (or its process does not answer), `ERROR_ACCESS_DENIED` for a direction that the pipe does not
/// have or rights that its security descriptor does not grant.
pub(crate) fn open(name: &DeviceName, request: &ClientRequest) -> Result<HandleValue> {
    let pipe = open_end(name, request)?;
    let value =
        current().table().create(Arc::clone(&pipe) as _, request.access, request.inherit)?;
    pipe.note_handle(value);
    Ok(value)
}

/// The client's end of a new connection.
pub(super) fn open_end(name: &DeviceName, request: &ClientRequest) -> Result<Arc<NamedPipe>> {
    let namespace = current().namespace()?;
    for attempt in 0..MOST_TRIES {
        match seek(namespace, name, request)? {
            Sought::Connected(pipe) => return Ok(pipe),
            Sought::Busy => return Err(Win32Error::PIPE_BUSY),
            Sought::Absent => return Err(Win32Error::FILE_NOT_FOUND),
            Sought::Again => wait_a_moment(attempt * 4),
        }
    }
    // Nobody takes over what those had who are gone. Where this user may, they are forgotten, so that
    // the next client need not wait.
    if let Ok(Some(file)) = NameFile::open(namespace, name.file(), true) {
        file.forget_dead();
    }
    let Some(file) = NameFile::open(namespace, name.file(), false)? else {
        return Err(Win32Error::FILE_NOT_FOUND);
    };
    // Somebody may have an instance that he does not hand out.
    let is_served = file.listing()?.servers.iter().any(Server::is_alive);
    if is_served || super::list::is_held(namespace, file.identity(), None) {
        return Err(Win32Error::PIPE_BUSY);
    }
    Err(Win32Error::FILE_NOT_FOUND)
}

fn seek(namespace: &Namespace, name: &DeviceName, request: &ClientRequest) -> Result<Sought> {
    if let Some(pipe) = reserve::open(name, request) {
        return Ok(Sought::Connected(pipe));
    }
    let Some(file) = NameFile::open(namespace, name.file(), false)? else {
        return Ok(Sought::Absent);
    };
    let Ok(mut listing) = file.listing() else {
        // It is just being made.
        return Ok(if file.is_linked() { Sought::Again } else { Sought::Absent });
    };
    check_direction(listing.terms.direction, request.access)?;
    listing.servers.sort_unstable_by_key(|server| server.listening_since);
    let mut busy = false;
    let mut gone = false;
    for server in &listing.servers {
        if server.listening_since == 0 {
            continue;
        }
        match ask(namespace, (name, &file), &listing, server, request) {
            Ok(pipe) => return Ok(Sought::Connected(pipe)),
            Err(Win32Error::PIPE_BUSY) => busy = true,
            // It has ended, or does not serve the name any more.
            Err(Win32Error::FILE_NOT_FOUND) => gone = true,
            Err(error) => return Err(error),
        }
    }
    let others = || listing.servers.iter().filter(|server| server.listening_since == 0);
    // Unless one has just gone: another that is there may be about to take over what it had.
    if busy || !gone && others().any(Server::is_alive) {
        return Ok(Sought::Busy);
    }
    let was_linked = file.is_linked();
    drop(file);
    Ok(match was_linked {
        // Somebody may be taking over what a process that ended had. Otherwise nobody is left.
        true if gone && listing.servers.iter().any(Server::is_alive) => Sought::Again,
        true => absent(namespace, name),
        false => Sought::Again,
    })
}

/// Nobody answers: the name of dead servers goes, if this user may take it away.
fn absent(namespace: &Namespace, name: &DeviceName) -> Sought {
    match NameFile::open(namespace, name.file(), true) {
        Ok(Some(file)) if file.remove_if_dead(namespace, name.file()) => Sought::Absent,
        Ok(Some(_)) => Sought::Again,
        _ => Sought::Absent,
    }
}

/// Whether the pipe has the directions that are asked for, as the client sees them.
pub(super) fn check_direction(direction: u32, access: u32) -> Result<()> {
    let reads = access & win::FILE_READ_DATA != 0;
    let writes = access & win::FILE_WRITE_DATA != 0;
    if reads && direction == win::PIPE_ACCESS_INBOUND
        || writes && direction == win::PIPE_ACCESS_OUTBOUND
    {
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok(())
}

/// Asks a process for a connection.
fn ask(
    namespace: &Namespace,
    (name, file): (&DeviceName, &NameFile),
    listing: &Listing,
    server: &Server,
    request: &ClientRequest,
) -> Result<Arc<NamedPipe>> {
    let wish = Wish { file: file.identity(), what: What::Connection(request.access) };
    let socket = visit(namespace, server.pid, &wish)?;
    let memory = await_answer(&socket)?;
    let connection = Connection::new(Segment::open(memory)?, Side::Client, Some(socket));
    Ok(NamedPipe::client(connection, name, request, listing.terms, file.identity()))
}

/// Goes to a process's door and says what is wanted there.
fn visit(namespace: &Namespace, pid: u32, wish: &Wish) -> Result<OwnedFd> {
    visit_with(namespace, pid, wish, &[])
}

/// Goes to a process's door, says what is wanted there, and hands descriptors over.
fn visit_with(
    namespace: &Namespace,
    pid: u32,
    wish: &Wish,
    fds: &[BorrowedFd<'_>],
) -> Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    match connect(&socket, &door::address(namespace, pid)?) {
        Ok(()) => {}
        Err(Errno::CONNREFUSED | Errno::NOENT) => return Err(Win32Error::FILE_NOT_FOUND),
        // So many wait to be let in.
        Err(Errno::AGAIN) => return Err(Win32Error::PIPE_BUSY),
        Err(error) => return Err(error.into()),
    }
    match door::send_words(&socket, &wish.to_words(), fds) {
        Ok(()) => Ok(socket),
        Err(Errno::PIPE | Errno::CONNRESET) => Err(Win32Error::FILE_NOT_FOUND),
        Err(error) => Err(error.into()),
    }
}

/// Asks another holder of an instance for something, or tells it; what it answers with.
///
/// # Errors
/// What it answers; `ERROR_FILE_NOT_FOUND` when it is not there, `ERROR_PIPE_BUSY` when it does not
/// answer.
pub(super) fn ask_holder(pid: u32, wish: &Wish, fds: &[BorrowedFd<'_>]) -> Result<Enclosed> {
    let socket = visit_with(current().namespace()?, pid, wish, fds)?;
    match answer_within(&socket, HOLDERS_PATIENCE_MS)? {
        (0, enclosed) => Ok(enclosed),
        (error, _) => Err(Win32Error::from_code(error)),
    }
}

/// Waits for the server's answer: the memory of the connection, or why there is none.
pub(super) fn await_answer(socket: &OwnedFd) -> Result<OwnedFd> {
    match answer_within(socket, ANSWER_PATIENCE_MS)? {
        (0, [Some(memory), _]) => Ok(memory),
        (0, _) => Err(Win32Error::TOO_MANY_OPEN_FILES),
        (error, _) => Err(Win32Error::from_code(error)),
    }
}

/// Waits for an answer.
fn answer_within(socket: &OwnedFd, patience_ms: u32) -> Result<(u32, Enclosed)> {
    let deadline = Deadline::after(patience_ms);
    loop {
        match door::receive_words(socket) {
            Ok(Some((words, enclosed))) => {
                let answer = Answer::from_words(&words).ok_or(Win32Error::BROKEN_PIPE)?;
                return Ok((answer.error, enclosed));
            }
            // It has ended, or thought nothing of us.
            Ok(None) | Err(Errno::CONNRESET | Errno::PIPE) => {
                return Err(Win32Error::FILE_NOT_FOUND);
            }
            Err(Errno::AGAIN) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        if deadline.has_passed() {
            return Err(Win32Error::PIPE_BUSY);
        }
        wait_readable(socket, PollFlags::IN, deadline)?;
    }
}

fn wait_readable(fd: &OwnedFd, flags: PollFlags, deadline: Deadline) -> Result<()> {
    let left = clock::Alarm::at(deadline).left();
    match poll(&mut [PollFd::new(fd, flags)], left.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// `WaitNamedPipe`: waits until an instance listens. It reserves nothing.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when nobody serves the name, `ERROR_SEM_TIMEOUT` when the time is over,
/// `ERROR_ACCESS_DENIED` where another user does not let us look, `ERROR_PATH_NOT_FOUND` for a path
/// that is no pipe's, `ERROR_INVALID_PARAMETER` for `\\.\pipe\` alone, `ERROR_INVALID_NAME` for a name
/// that is too long, `ERROR_BAD_NETPATH` for another machine.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew>
pub fn wait(path: Option<&[u16]>, timeout_ms: u32) -> Result<()> {
    wait_for(&DeviceName::of_client(Device::Pipe, path)?, timeout_ms)
}

pub(super) fn wait_for(name: &DeviceName, timeout_ms: u32) -> Result<()> {
    let namespace = current().namespace()?;
    let mut deadline = None;
    // The processes that are to tell us, by the name's file.
    let mut asked: Vec<(FileIdentity, u32, OwnedFd)> = Vec::new();
    for attempt in 0_u32.. {
        let Some(file) = NameFile::open(namespace, name.file(), false)? else {
            return Err(Win32Error::FILE_NOT_FOUND);
        };
        let Ok(listing) = file.listing() else {
            // It is just being made, or spoilt.
            if attempt > MOST_TRIES {
                return Err(Win32Error::FILE_NOT_FOUND);
            }
            wait_a_moment(attempt);
            continue;
        };
        let deadline = *deadline.get_or_insert_with(|| match timeout_ms {
            NMPWAIT_WAIT_FOREVER => Deadline::after(u32::MAX),
            NMPWAIT_USE_DEFAULT_WAIT => Deadline::after(listing.terms.default_timeout_ms),
            ms => Deadline::after(ms),
        });
        // Then nobody need be asked, however short the time is.
        if listing.servers.iter().any(|server| server.listening_since != 0 && server.is_alive()) {
            return Ok(());
        }
        let identity = file.identity();
        asked.retain(|(file, ..)| *file == identity);
        for server in &listing.servers {
            if asked.iter().all(|(_, pid, _)| *pid != server.pid) {
                let wish = Wish { file: identity, what: What::Word };
                let socket = visit(namespace, server.pid, &wish);
                asked.extend(socket.ok().map(|socket| (identity, server.pid, socket)));
            }
        }
        if asked.is_empty() && file.is_linked() {
            match absent(namespace, name) {
                Sought::Absent => return Err(Win32Error::FILE_NOT_FOUND),
                // It is being taken over, or does not let anybody in.
                _ => wait_a_moment(attempt),
            }
        }
        if await_word(&mut asked, deadline) {
            return Ok(());
        }
        if deadline.has_passed() {
            return Err(Win32Error::SEM_TIMEOUT);
        }
    }
    Err(Win32Error::SEM_TIMEOUT)
}

/// Waits until one of the servers says that an instance listens, or has ended; whether one has
/// said so. Not for long: another process may begin to serve the name.
fn await_word(asked: &mut Vec<(FileIdentity, u32, OwnedFd)>, deadline: Deadline) -> bool {
    const LOOK_AGAIN_MS: u32 = 50;
    let soon = deadline.or_after(LOOK_AGAIN_MS);
    let mut fds: Vec<PollFd<'_>> =
        asked.iter().map(|(_, _, socket)| PollFd::new(socket, PollFlags::IN)).collect();
    // An interrupted wait is looked at as one that is over.
    let _ = poll(&mut fds, clock::Alarm::at(soon).left().as_ref());
    let mut told = false;
    asked.retain(|(_, _, socket)| match door::receive_words(socket) {
        Ok(Some((words, _))) => {
            told |= Answer::from_words(&words) == Some(Answer { error: 0 });
            false
        }
        Ok(None) => false,
        Err(error) => matches!(error, Errno::AGAIN | Errno::INTR),
    });
    told
}
