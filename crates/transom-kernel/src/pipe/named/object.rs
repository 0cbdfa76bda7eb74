//! One end of a named pipe: what handles refer to.

use super::client::ClientRequest;
use super::connection::Connection;
use super::listening::Instance;
use super::registry::{FileIdentity, Terms};
use super::reserve::Opened;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::file::Stream;
use crate::handle::HandleValue;
use crate::io::{FileIo, Lane, Outcome};
use crate::namespace::device_name::DeviceName;
use crate::namespace::forks;
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::pipe::channel::{ReadMode, Segment, Side, State};
use crate::sync::wait::Waitable;
use bitflags::bitflags;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};
use windows_sys::Win32::Storage::FileSystem as win;

/// What makes this object among those of type "File": the low byte of the first number of its
/// shape. The bits behind it are [`Traits`]; the second number says which file has its name.
pub(crate) const FLAVOUR: u64 = 3;

bitflags! {
    /// What an end of a pipe is like, as it travels to other processes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Traits: u64 {
        /// The client's end.
        const CLIENT = 1 << 8;
        /// `PIPE_READMODE_MESSAGE`.
        const READ_MESSAGES = 1 << 9;
        /// `PIPE_NOWAIT`.
        const NO_WAIT = 1 << 10;
        /// `FILE_FLAG_OVERLAPPED`.
        const OVERLAPPED = 1 << 11;
        /// What the server's end reads can be written by the client.
        const INBOUND = 1 << 12;
        /// The other way round.
        const OUTBOUND = 1 << 13;
        /// `FILE_FLAG_WRITE_THROUGH`.
        const WRITE_THROUGH = 1 << 14;
        /// Where the most instances begin.
        const _ = 0xFF << 16;
    }
}

const MOST_INSTANCES_SHIFT: u32 = 16;

/// One end of a named pipe.
#[derive(Debug)]
pub struct NamedPipe {
    header: ObjectHeader,
    me: Weak<Self>,
    side: Side,
    /// [`Traits`] that do not change.
    traits: Traits,
    /// [`Traits`] that `SetNamedPipeHandleState` changes.
    mode: AtomicU64,
    name_file: FileIdentity,
    connection: RwLock<Arc<Connection>>,
    pub(super) server: Option<Instance>,
    /// What a client's end was opened with, if it was by this process.
    opened: Option<Opened>,
    /// How often the process had been forked when it got this end, or [`SHARED`].
    forks: AtomicU32,
    /// Whether this process has let go of it.
    closed: AtomicBool,
    /// The handles together are one holder; each pump for a child is another.
    guests: AtomicUsize,
    /// Whether something was read since the client came, as impersonation asks.
    has_read: AtomicBool,
    /// Requests that go on while their caller does something else.
    io: FileIo,
    /// The handle it was made with, 0 if it came from elsewhere.
    handle: AtomicU32,
}

/// Other processes have the end too.
const SHARED: u32 = u32::MAX;

fn direction_bits(direction: u32) -> Traits {
    let mut traits = Traits::empty();
    traits.set(Traits::INBOUND, direction & 1 != 0);
    traits.set(Traits::OUTBOUND, direction & 2 != 0);
    traits
}

/// The bits of what the first instance has fixed.
pub(super) fn traits_of(terms: Terms) -> Traits {
    let most = u64::from(terms.most_instances & 0xFF) << MOST_INSTANCES_SHIFT;
    direction_bits(terms.direction) | Traits::from_bits_retain(most)
}

impl NamedPipe {
    const MODE: Traits = Traits::READ_MESSAGES.union(Traits::NO_WAIT);

    fn build(
        header: ObjectHeader,
        traits: Traits,
        name_file: FileIdentity,
        connection: Arc<Connection>,
        (server, opened): (Option<Instance>, Option<Opened>),
        forks: u32,
    ) -> Arc<Self> {
        let side = connection.end().side();
        let pipe = Arc::new_cyclic(|me| Self {
            header,
            me: Weak::clone(me),
            side,
            traits: traits - Self::MODE,
            mode: AtomicU64::new((traits & Self::MODE).bits()),
            name_file,
            connection: RwLock::new(connection),
            server,
            opened,
            forks: AtomicU32::new(forks),
            closed: AtomicBool::new(false),
            guests: AtomicUsize::new(0),
            has_read: AtomicBool::new(false),
            io: FileIo::new(traits.contains(Traits::OVERLAPPED)),
            handle: AtomicU32::new(0),
        });
        pipe.borrow().belong_to(&pipe.me);
        pipe
    }

    /// A server's end.
    pub(super) fn server(
        traits: Traits,
        name_file: FileIdentity,
        connection: Arc<Connection>,
        instance: Instance,
    ) -> Arc<Self> {
        let header = ObjectHeader::new(ObjectType::File);
        Self::build(header, traits, name_file, connection, (Some(instance), None), forks())
    }

    /// The client's end of a connection that has just begun.
    pub(super) fn client(
        connection: Arc<Connection>,
        name: &DeviceName,
        request: &ClientRequest,
        terms: Terms,
        name_file: FileIdentity,
    ) -> Arc<Self> {
        let mut traits = traits_of(terms) | Traits::CLIENT;
        traits.set(Traits::OVERLAPPED, request.flags & win::FILE_FLAG_OVERLAPPED != 0);
        traits.set(Traits::WRITE_THROUGH, request.flags & win::FILE_FLAG_WRITE_THROUGH != 0);
        connection.note_alive();
        let header = ObjectHeader::new(ObjectType::File);
        let opened = Opened { name: name.file().to_owned(), access: request.access };
        Self::build(header, traits, name_file, connection, (None, Some(opened)), forks())
    }

    /// An end that came from another process.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` when the descriptors do not make up one.
    pub(crate) fn arrived(
        id: ObjectId,
        payload: [u64; 2],
        memory: OwnedFd,
        lifeline: Option<OwnedFd>,
    ) -> Result<Arc<Self>> {
        let traits = Traits::from_bits_retain(payload[0] & !0xFF);
        let segment = Segment::open(memory).map_err(|_| Win32Error::INVALID_PARAMETER)?;
        let settings = segment.settings();
        let is_client = traits.contains(Traits::CLIENT);
        let side = if is_client { Side::Client } else { Side::Server };
        let connection = Connection::new(segment, side, lifeline);
        // Who it was taken from may not know of it.
        connection.end().set_shared();
        let device = super::list::device().unwrap_or(0);
        let name_file = FileIdentity { device, inode: payload[1] };
        let server = (!is_client).then(|| Instance::new(None, settings));
        let header = ObjectHeader::with_id(ObjectType::File, id);
        let pipe = Self::build(header, traits, name_file, connection, (server, None), SHARED);
        if !is_client {
            super::heir::arrive(&pipe);
        }
        Ok(pipe)
    }

    /// Which end it is.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.side
    }

    pub(super) const fn traits(&self) -> Traits {
        self.traits
    }

    /// `nMaxInstances` of the first instance.
    pub(super) const fn most_instances(&self) -> u32 {
        (self.traits.bits() >> MOST_INSTANCES_SHIFT & 0xFF) as u32
    }

    pub(super) const fn name_file(&self) -> FileIdentity {
        self.name_file
    }

    /// The connection as it is now: a server's end has one after the other.
    pub(super) fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.borrow())
    }

    /// The connection, for as long as it is looked at.
    #[inline]
    pub(super) fn borrow(&self) -> RwLockReadGuard<'_, Arc<Connection>> {
        self.connection.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mode it is read in, and whether it does not wait.
    #[inline]
    pub(super) fn mode(&self) -> (ReadMode, bool) {
        let mode = Traits::from_bits_retain(self.mode.load(Ordering::Relaxed));
        let read = match mode.contains(Traits::READ_MESSAGES) {
            true => ReadMode::Message,
            false => ReadMode::Byte,
        };
        (read, mode.contains(Traits::NO_WAIT))
    }

    /// Changes the mode, for this process's handles.
    pub(super) fn set_mode(&self, mode: Traits) {
        self.mode.store((mode & Self::MODE).bits(), Ordering::Relaxed);
        self.publish_again();
    }

    /// Whether messages are kept apart.
    pub(crate) fn has_messages(&self) -> bool {
        self.borrow().end().segment().settings().messages
    }

    /// The connection, to go on to another.
    pub(super) fn exchange(&self) -> RwLockWriteGuard<'_, Arc<Connection>> {
        self.connection.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Steps the requests that wait.
    pub(super) fn pump(&self) {
        if self.note_claim() {
            // Before anybody is told, and talks to the client.
            self.silence_doorbell();
        }
        self.io.pump();
        self.silence_doorbell();
    }

    /// The other side need not ring any more, unless a request waits for that.
    fn silence_doorbell(&self) {
        let is_idle = || [Lane::Read, Lane::Write].into_iter().all(|lane| self.io.is_idle(lane));
        let connection = self.borrow();
        let end = connection.end();
        if !end.wants_doorbell() || end.is_offered() || !is_idle() {
            return;
        }
        end.want_doorbell(false);
        // One may have come meanwhile, and asked for it before.
        if !is_idle() {
            end.want_doorbell(true);
            drop(connection);
            self.io.pump();
        }
    }

    /// Where its requests are.
    pub(super) const fn requests(&self) -> &FileIo {
        &self.io
    }

    /// This object, for who does not keep it.
    pub(super) const fn weak(&self) -> &Weak<Self> {
        &self.me
    }

    /// This object, for who keeps it longer.
    pub(super) fn this(&self) -> Option<Arc<Self>> {
        self.me.upgrade()
    }

    /// Notes the handle that the end was made with.
    pub(super) fn note_handle(&self, value: HandleValue) {
        self.handle.store(value.get(), Ordering::Relaxed);
    }

    /// Shows others the descriptors and mode as they are now.
    pub(super) fn publish_again(&self) {
        let first = HandleValue::new(self.handle.load(Ordering::Relaxed));
        // If it cannot be published, it is as it was for those who look.
        let _ = current().table().publish_object(&self.header, first);
    }

    /// Whether other processes may have this end, too.
    pub(super) fn is_shared(&self) -> bool {
        self.forks.load(Ordering::SeqCst) != forks() || self.borrow().end().is_shared()
    }

    /// One more holder within this process, besides the handles.
    pub(super) fn add_guest(&self) {
        self.guests.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether there is such a holder.
    pub(super) fn has_guests(&self) -> bool {
        self.guests.load(Ordering::SeqCst) > 0
    }

    /// Such a holder is done.
    pub(super) fn drop_guest(&self) {
        if self.guests.fetch_sub(1, Ordering::SeqCst) == 1 && self.header.handles() == 0 {
            self.let_go();
        }
    }

    /// This process has neither a handle to it nor another use for it.
    pub(super) fn let_go(&self) {
        let connection = self.connection();
        let segment = connection.end().segment();
        let is_ours = segment.acceptor() == std::process::id();
        let is_left =
            self.server.is_some() && self.is_shared() && is_ours && super::heir::bequeath(self);
        let listens = connection.end().state() == State::Listening;
        if !is_left && self.is_shared() && listens && is_ours && super::heir::keep(&self.me) {
            // Another process has it, and clients find it through this one until that runs.
            return;
        }
        if self.closed.swap(true, Ordering::SeqCst) {
            return;
        }
        self.io.close_with(Outcome { error: Some(Win32Error::BROKEN_PIPE), bytes: 0 });
        self.stop_serving(!self.is_shared() || is_ours);
        if !self.is_shared() {
            self.close(connection);
        }
    }

    /// Closes the end. A client keeps its side of the connection, to use it again, if nobody is within
    /// an operation on it.
    fn close(&self, connection: Arc<Connection>) {
        let Some(opened) = &self.opened else {
            connection.end().close();
            // A client of this process may have kept it.
            return super::reserve::tidy();
        };
        // The service thread does not find this object any more.
        connection.belong_to(&Weak::new());
        // This one, and the one that is about to be dropped.
        let is_alone = Weak::strong_count(&self.me) == 1 && Arc::strong_count(&connection) == 2;
        if !is_alone || !connection.has_peer() {
            connection.end().close();
        } else if connection.end().close_keeping() {
            super::reserve::keep(opened, self.name_file, connection);
        }
    }

    /// From now on the end counts as one that other processes have, if it does now.
    pub(super) fn keep_shared(&self) {
        if self.is_shared() {
            self.forks.store(SHARED, Ordering::SeqCst);
        }
    }

    /// Notes that something was read.
    #[inline]
    pub(super) fn note_read(&self) {
        if !self.has_read.load(Ordering::Relaxed) {
            self.has_read.store(true, Ordering::Relaxed);
        }
    }

    /// Nothing was read of the next client.
    pub(super) fn forget_read(&self) {
        self.has_read.store(false, Ordering::Relaxed);
    }

    /// Whether impersonating the client is possible: something was read.
    pub(super) fn has_read(&self) -> bool {
        self.has_read.load(Ordering::Relaxed)
    }
}

impl KernelObject for NamedPipe {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    /// Nothing: a server's end changes its descriptors, so they are shown by
    /// [`show`](KernelObject::show) only.
    fn shape(&self) -> Shape<'_> {
        Shape::LOCAL
    }

    fn show(&self, look: &mut dyn FnMut(Shape<'_>)) {
        let connection = self.borrow();
        let bits =
            (self.traits | Traits::from_bits_retain(self.mode.load(Ordering::Relaxed))).bits();
        look(Shape {
            portable: true,
            fds: connection.descriptors(),
            payload: [FLAVOUR | bits, self.name_file.inode],
        });
    }

    fn leaving(&self) {
        if let Some(served) = self.server.as_ref().and_then(Instance::served) {
            served.share();
        }
        self.forks.store(SHARED, Ordering::SeqCst);
        self.borrow().end().set_shared();
    }

    fn last_handle_closed(&self) {
        if self.guests.load(Ordering::SeqCst) == 0 {
            self.let_go();
        }
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}
