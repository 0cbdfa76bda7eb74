//! Named pipes as somebody sees them who has no part in them: the ends in the tables of all
//! processes, the states of their connections, and what they are called. Nobody is asked, nothing
//! is changed.

use super::object::{FLAVOUR, Traits};
use crate::error::Result;
use crate::handle::published::{self, PublishedHandle};
use crate::object::{ObjectId, ObjectType};
use crate::pipe::channel::outside::look;
use crate::pipe::channel::{Side, State};
use crate::sync::inspect::open_memory;
use std::collections::BTreeMap;
use std::fmt;

/// What an end of a named pipe looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipeState {
    /// Which end.
    pub side: Side,
    /// The connection, as this end sees it.
    pub state: State,
    /// Whether it keeps messages apart.
    pub messages: bool,
    /// How many bytes this end has not read.
    pub incoming: u64,
    /// How many bytes the other end has not read.
    pub outgoing: u64,
}

/// In few words, for a table.
impl fmt::Display for PipeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Server => "server",
            Side::Client => "client",
        };
        write!(f, "{side}, {}", state_word(self.state))?;
        match self.incoming {
            0 => Ok(()),
            bytes => write!(f, ", {bytes} unread"),
        }
    }
}

const fn state_word(state: State) -> &'static str {
    match state {
        State::Listening => "listening",
        State::Connected => "connected",
        State::Closing => "closing",
        State::Disconnected => "disconnected",
        State::Broken => "broken",
    }
}

impl PipeState {
    /// The state in a word, as Microsoft's documentation calls it; "broken" for a connection that
    /// the other side has spoilt.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        state_word(self.state)
    }
}

/// The traits of a line, if it is an end of a named pipe.
fn traits_of(handle: &PublishedHandle) -> Option<Traits> {
    let [first, _] = handle.details;
    let is_pipe = handle.kind == ObjectType::File && !handle.arriving && first & 0xFF == FLAVOUR;
    is_pipe.then(|| Traits::from_bits_retain(first & !0xFF))
}

/// The state of an end of a named pipe, as a line of a process's table leads to it; `None` for
/// something else, and where this user may not look.
#[must_use]
pub fn state_of(pid: u32, handle: &PublishedHandle) -> Option<PipeState> {
    let traits = traits_of(handle)?;
    let side = if traits.contains(Traits::CLIENT) { Side::Client } else { Side::Server };
    let seen = look(&open_memory(pid, handle.descriptors[0]?)?, side)?;
    let (incoming, outgoing) = (seen.incoming, seen.outgoing);
    Some(PipeState { side, state: seen.state, messages: seen.messages, incoming, outgoing })
}

/// What the end of a named pipe is called, with `\\.\pipe\`. `None` for something else, and when
/// nobody serves the name any more.
pub(crate) fn name_of(handle: &PublishedHandle) -> Option<String> {
    traits_of(handle)?;
    let name = super::list::name_of_file(handle.details[1])?;
    Some(format!(r"\\.\pipe\{}", String::from_utf16_lossy(&name)))
}

/// An instance of a pipe: a server's end, its holders, and the client that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The object.
    pub object: ObjectId,
    /// What state it is in.
    pub state: PipeState,
    /// The processes with handles to the server's end.
    pub servers: Vec<u32>,
    /// The processes with handles to the client's end.
    pub clients: Vec<u32>,
}

/// The instances of every name, by the file of the name: what the tables of the processes tell
/// that this user may look into.
///
/// # Errors
/// What reading the namespace directory reports.
pub fn instances() -> Result<BTreeMap<Vec<u16>, Vec<Instance>>> {
    // A client's end belongs to the instance whose memory it has.
    let mut servers: BTreeMap<u64, BTreeMap<MemoryId, Instance>> = BTreeMap::new();
    let mut clients: Vec<(u64, MemoryId, u32)> = Vec::new();
    for pid in published::processes()? {
        let Ok(table) = published::of_process(pid) else { continue };
        for handle in &table {
            let (Some(state), Some(memory)) = (state_of(pid, handle), memory_of(pid, handle))
            else {
                continue;
            };
            let name = handle.details[1];
            if state.side == Side::Client {
                clients.push((name, memory, pid));
                continue;
            }
            let instance = servers.entry(name).or_default().entry(memory).or_insert(Instance {
                object: handle.object,
                state,
                servers: Vec::new(),
                clients: Vec::new(),
            });
            if !instance.servers.contains(&pid) {
                instance.servers.push(pid);
            }
        }
    }
    for (name, memory, pid) in clients {
        let found = servers.get_mut(&name).and_then(|instances| instances.get_mut(&memory));
        if let Some(instance) = found.filter(|instance| !instance.clients.contains(&pid)) {
            instance.clients.push(pid);
        }
    }
    let named = servers.into_iter().filter_map(|(file, instances)| {
        Some((super::list::name_of_file(file)?, instances.into_values().collect()))
    });
    Ok(named.collect())
}

/// Which memory it is, to whoever has it open.
type MemoryId = (u64, u64);

fn memory_of(pid: u32, handle: &PublishedHandle) -> Option<MemoryId> {
    let stat = rustix::fs::fstat(open_memory(pid, handle.descriptors[0]?)?).ok()?;
    Some((stat.st_dev, stat.st_ino))
}
