//! What the calls should say: a model of pipes that only knows the rules, and no memory that is
//! shared, no sockets and no threads.

use crate::actions::Terms;
use crate::queue::{Number, Queue};
use std::collections::VecDeque;

pub(crate) const SERVER: usize = 0;
pub(crate) const CLIENT: usize = 1;
/// Pipes of such quotas have messages that are carried over bit by bit, after the call.
const CARRIED: usize = 50_000;

/// How a call or a request ends: the error, or 0, the count, and what was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) error: u32,
    pub(crate) count: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Outcome {
    fn fails(error: u32) -> Self {
        Self { error, ..Self::default() }
    }

    fn written(count: usize) -> Self {
        Self { count, ..Self::default() }
    }

    fn read((bytes, more): (Vec<u8>, bool)) -> Self {
        Self { error: if more { 234 } else { 0 }, count: bytes.len(), bytes }
    }
}

/// What a call should answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Now(Outcome),
    /// At once, or, as a request, in a moment.
    Soon(Outcome),
    /// The request goes on.
    Later,
    /// It is not called: it would block, or nobody says what comes of it.
    Unasked,
}

const fn refused(error: u32) -> Answer {
    Answer::Now(Outcome { error, count: 0, bytes: Vec::new() })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Listening,
    Connected,
    /// The other end is closed.
    Closing,
    Disconnected,
}

/// A read that waits.
#[derive(Debug)]
struct Reading {
    number: Number,
    size: usize,
}

/// What a server's end and perhaps a client's have in common.
#[derive(Debug)]
struct Connection {
    /// Since when, if no client has come.
    listens: Option<usize>,
    disconnected: bool,
    open: [bool; 2],
    /// By who writes.
    queues: [Queue; 2],
    /// By who reads.
    reads: [VecDeque<Reading>; 2],
    connects: Vec<Number>,
}

impl Connection {
    fn state(&self, side: usize) -> State {
        match self {
            Self { listens: Some(_), .. } => State::Listening,
            Self { disconnected: true, .. } => State::Disconnected,
            Self { open, .. } if !open[1 - side] => State::Closing,
            _ => State::Connected,
        }
    }

    fn carries(&self) -> bool {
        self.queues[SERVER].quota() >= CARRIED
    }
}

/// What a handle refers to.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) side: usize,
    pub(crate) overlapped: bool,
    pub(crate) is_open: bool,
    connection: usize,
    terms: Terms,
    reads: bool,
    writes: bool,
    reads_attributes: bool,
    writes_attributes: bool,
    by_message: bool,
    no_wait: bool,
    /// Which of the pipes that had the name one after the other.
    age: usize,
}

/// A request that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) number: Number,
    pub(crate) outcome: Outcome,
    /// Its own end was closed.
    pub(crate) by_own_close: bool,
}

/// All there is of one name.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) ends: Vec<End>,
    pub(crate) ended: Vec<Ended>,
    connections: Vec<Connection>,
    clock: usize,
    terms: Option<Terms>,
    age: usize,
}

impl World {
    pub(crate) fn has_instances(&self) -> bool {
        self.terms.is_some()
    }

    fn instances(&self) -> usize {
        self.ends.iter().filter(|end| end.is_open && end.side == SERVER).count()
    }

    fn end(&mut self, number: Number, outcome: Outcome) {
        self.ended.push(Ended { number, outcome, by_own_close: false });
    }

    fn listen(&mut self, terms: Terms) -> usize {
        self.clock += 1;
        let queue = || Queue::new(terms.quota, terms.messages);
        self.connections.push(Connection {
            listens: Some(self.clock),
            disconnected: false,
            open: [true, false],
            queues: [queue(), queue()],
            reads: [VecDeque::new(), VecDeque::new()],
            connects: Vec::new(),
        });
        self.connections.len() - 1
    }

    /// `CreateNamedPipe`: the error, or 0 and there is one more end.
    pub(crate) fn create(&mut self, terms: Terms, first: bool, mode: u32, overlapped: bool) -> u32 {
        if mode & 2 != 0 && !terms.messages {
            return 87;
        }
        let count = self.instances();
        match self.terms {
            Some(_) if first => return 5,
            Some(existing) if count >= existing.most => return 231,
            Some(existing) if existing.direction != terms.direction => return 5,
            Some(_) => {}
            None => {
                self.age += 1;
                self.terms = Some(terms);
            }
        }
        let terms = self.terms.unwrap_or(terms);
        let connection = self.listen(terms);
        let (reads, writes) = (terms.direction & 1 != 0, terms.direction & 2 != 0);
        self.ends.push(End {
            side: SERVER,
            overlapped,
            is_open: true,
            connection,
            terms,
            reads,
            writes,
            reads_attributes: reads,
            writes_attributes: writes,
            by_message: mode & 2 != 0,
            no_wait: mode & 1 != 0,
            age: self.age,
        });
        0
    }

    /// `CreateFile`: the error, or 0 and there is one more end.
    pub(crate) fn open(&mut self, access: u32, overlapped: bool) -> u32 {
        let Some(terms) = self.terms else { return 2 };
        let (reads, writes) = (access & 0x8000_0000 != 0, access & 0x4000_0000 != 0);
        if reads && terms.direction == 1 || writes && terms.direction == 2 {
            return 5;
        }
        let listening = self.connections.iter().enumerate();
        let first = listening
            .filter(|(_, connection)| connection.open[SERVER])
            .filter_map(|(index, connection)| Some((connection.listens?, index)))
            .min();
        let Some((_, index)) = first else { return 231 };
        let connection = &mut self.connections[index];
        connection.listens = None;
        connection.open[CLIENT] = true;
        for number in std::mem::take(&mut connection.connects) {
            self.end(number, Outcome::default());
        }
        self.ends.push(End {
            side: CLIENT,
            overlapped,
            is_open: true,
            connection: index,
            terms,
            reads,
            writes,
            reads_attributes: true,
            writes_attributes: writes,
            by_message: false,
            no_wait: false,
            age: self.age,
        });
        0
    }

    /// `WaitNamedPipe` for a moment.
    pub(crate) fn wait(&self) -> u32 {
        let listens =
            |connection: &Connection| connection.open[SERVER] && connection.listens.is_some();
        match self.terms {
            None => 2,
            Some(_) if self.connections.iter().any(listens) => 0,
            Some(_) => 121,
        }
    }

    /// `ConnectNamedPipe`.
    pub(crate) fn connect(&mut self, end: usize, number: Number) -> Answer {
        let &End { side, connection: index, no_wait, overlapped, terms, .. } = &self.ends[end];
        if side == CLIENT {
            return refused(1);
        }
        let state = self.connections[index].state(side);
        match state {
            State::Connected => return refused(535),
            State::Closing => return refused(232),
            State::Listening if no_wait => return refused(536),
            State::Disconnected if !no_wait && !overlapped => return Answer::Unasked,
            State::Disconnected => {
                let new = self.listen(terms);
                self.ends[end].connection = new;
                if no_wait {
                    return refused(0);
                }
            }
            State::Listening if !overlapped => return Answer::Unasked,
            State::Listening => {}
        }
        let index = self.ends[end].connection;
        self.connections[index].connects.push(number);
        Answer::Later
    }

    /// `DisconnectNamedPipe`.
    pub(crate) fn disconnect(&mut self, end: usize) -> u32 {
        let &End { side, connection: index, .. } = &self.ends[end];
        if side == CLIENT {
            return 1;
        }
        let connection = &mut self.connections[index];
        match connection.state(side) {
            State::Listening => return 536,
            State::Disconnected => return 233,
            State::Connected | State::Closing => {}
        }
        connection.disconnected = true;
        for number in connection.lose_all() {
            self.end(number, Outcome::fails(233));
        }
        0
    }

    /// `CloseHandle`.
    pub(crate) fn close(&mut self, end: usize) {
        let End { side, connection: index, is_open, .. } = &mut self.ends[end];
        *is_open = false;
        let (side, index) = (*side, *index);
        let connection = &mut self.connections[index];
        let mut own = std::mem::take(&mut connection.connects);
        own.extend(connection.reads[side].drain(..).map(|read| read.number));
        own.extend(connection.queues[side].take_all_back());
        for number in own {
            let outcome = Outcome::fails(109);
            self.ended.push(Ended { number, outcome, by_own_close: true });
        }
        let connection = &mut self.connections[index];
        connection.open[side] = false;
        let mut others: Vec<Number> = connection.queues[1 - side].clear();
        others.extend(connection.reads[1 - side].drain(..).map(|read| read.number));
        for number in others {
            self.end(number, Outcome::fails(109));
        }
        if self.instances() == 0 {
            self.terms = None;
        }
    }

    /// `ReadFile`.
    pub(crate) fn read(&mut self, end: usize, number: Number, size: usize) -> Answer {
        let &End { side, connection: index, reads, overlapped, by_message, no_wait, .. } =
            &self.ends[end];
        let connection = &mut self.connections[index];
        if !reads {
            return refused(5);
        }
        let state = connection.state(side);
        let carries = connection.carries();
        match state {
            State::Listening => return refused(536),
            State::Disconnected => return refused(233),
            State::Connected | State::Closing => {}
        }
        let queue = &mut connection.queues[1 - side];
        if queue.is_empty() {
            return match state {
                // Something that was taken back may be in front.
                State::Closing if carries && overlapped => Answer::Soon(Outcome::fails(109)),
                State::Closing => refused(109),
                _ if no_wait => refused(232),
                _ if !overlapped || carries && !by_message => Answer::Unasked,
                _ => {
                    connection.reads[side].push_back(Reading { number, size });
                    Answer::Later
                }
            };
        }
        if carries && (no_wait || !overlapped || !by_message) {
            return Answer::Unasked;
        }
        let Some(taken) = queue.take(size, by_message) else { return Answer::Unasked };
        self.settle(index);
        let outcome = Outcome::read(taken);
        if carries { Answer::Soon(outcome) } else { Answer::Now(outcome) }
    }

    /// `WriteFile`.
    pub(crate) fn write(&mut self, end: usize, number: Number, data: Vec<u8>) -> Answer {
        let &End { side, connection: index, writes, overlapped, no_wait, .. } = &self.ends[end];
        let connection = &mut self.connections[index];
        if !writes {
            return refused(5);
        }
        match connection.state(side) {
            State::Listening => return refused(536),
            State::Disconnected => return refused(233),
            State::Closing => return refused(232),
            State::Connected => {}
        }
        let carries = connection.carries();
        let has_readers = !connection.reads[1 - side].is_empty();
        let queue = &mut connection.queues[side];
        let (length, room, messages) = (data.len(), queue.room(), queue.keeps_messages);
        if length == 0 && !messages {
            return Answer::Now(Outcome::written(0));
        }
        if carries && (no_wait || !overlapped || length == 0 && !queue.is_empty()) {
            return Answer::Unasked;
        }
        // What waiting reads take does not count; how much of it does, nobody says.
        if (no_wait || !overlapped) && length > room && has_readers {
            return Answer::Unasked;
        }
        if no_wait {
            let count = match messages {
                true if length > room => 0,
                true => length,
                false => length.min(room),
            };
            if count == length || !messages && count > 0 {
                queue.append(data[..count].to_vec(), None);
                self.settle(index);
            }
            return Answer::Now(Outcome::written(count));
        }
        if !overlapped && length > room {
            return Answer::Unasked;
        }
        let waits = length > room;
        queue.append(data, waits.then_some(number));
        self.settle(index);
        let is_done = self.ended.iter().position(|ended| ended.number == number);
        match is_done {
            _ if !waits && carries => Answer::Soon(Outcome::written(length)),
            _ if !waits => Answer::Now(Outcome::written(length)),
            Some(place) => Answer::Soon(self.ended.remove(place).outcome),
            None => Answer::Later,
        }
    }

    /// `TransactNamedPipe`.
    pub(crate) fn transact(
        &mut self,
        end: usize,
        number: Number,
        data: Vec<u8>,
        size: usize,
    ) -> Answer {
        let &End { side, connection: index, reads, writes, overlapped, by_message, .. } =
            &self.ends[end];
        if !reads || !writes {
            return refused(5);
        }
        let connection = &mut self.connections[index];
        if !by_message || connection.state(side) != State::Connected {
            return refused(230);
        }
        if !connection.queues[1 - side].is_empty() {
            return refused(231);
        }
        let busy = !connection.reads[side].is_empty() || connection.carries();
        let queue = &mut connection.queues[side];
        if !overlapped || busy || data.len() > queue.room() {
            return Answer::Unasked;
        }
        queue.append(data, None);
        connection.reads[side].push_back(Reading { number, size });
        self.settle(index);
        Answer::Later
    }

    /// `PeekNamedPipe`: the error, or what is copied, there, and left.
    pub(crate) fn peek(&self, end: usize, size: usize) -> Result<(Vec<u8>, usize, usize), u32> {
        let End { side, connection, reads, terms, .. } = &self.ends[end];
        let (side, index) = (*side, *connection);
        if !reads {
            return Err(5);
        }
        let connection = &self.connections[index];
        let queue = &connection.queues[1 - side];
        match (connection.state(side), side) {
            (State::Disconnected, CLIENT) => Err(233),
            (State::Listening | State::Disconnected, _) => Err(230),
            (State::Closing, _) if queue.is_empty() => Err(109),
            (State::Connected | State::Closing, _) => Ok(queue.look(size, terms.messages)),
        }
    }

    /// Whether what is written comes bit by bit.
    pub(crate) fn carries(&self, end: usize) -> bool {
        self.connections[self.ends[end].connection].carries()
    }

    /// Whether something waits behind what is carried: until there is room for it nobody sees it.
    pub(crate) fn hides(&self, end: usize) -> bool {
        let &End { side, connection: index, .. } = &self.ends[end];
        let connection = &self.connections[index];
        connection.carries() && connection.queues[1 - side].len() > 1
    }

    /// Whether a request is a write.
    pub(crate) fn is_write(&self, number: Number) -> bool {
        let mut queues = self.connections.iter().flat_map(|connection| &connection.queues);
        queues.any(|queue| queue.waiting().any(|write| write == number))
    }

    /// `SetNamedPipeHandleState`.
    pub(crate) fn set_mode(&mut self, end: usize, mode: u32) -> u32 {
        let end = &mut self.ends[end];
        if !end.writes_attributes {
            return 5;
        }
        if mode & !3 != 0 || mode & 2 != 0 && !end.terms.messages {
            return 87;
        }
        end.by_message = mode & 2 != 0;
        end.no_wait = mode & 1 != 0;
        0
    }

    /// `GetNamedPipeHandleState`: the error, or mode and instances. `None`: its name is another
    /// pipe's now, or nobody's.
    pub(crate) fn state(&self, end: usize) -> Option<Result<[usize; 2], u32>> {
        let end = &self.ends[end];
        if !end.reads_attributes {
            return Some(Err(5));
        }
        if self.terms.is_none() || end.age != self.age {
            return None;
        }
        let mode = usize::from(end.by_message) << 1 | usize::from(end.no_wait);
        Some(Ok([mode, self.instances()]))
    }

    /// `GetNamedPipeInfo`: the error, or flags, both sizes, and most instances.
    pub(crate) fn information(&self, end: usize) -> Result<[usize; 4], u32> {
        let &End { side, terms, reads_attributes, .. } = &self.ends[end];
        if !reads_attributes {
            return Err(5);
        }
        let flags = usize::from(side == SERVER) | usize::from(terms.messages) << 2;
        Ok([flags, terms.quota, terms.quota, terms.most])
    }

    /// `FlushFileBuffers`, where it has nothing to wait for.
    pub(crate) fn flush(&self, end: usize) -> Answer {
        let &End { side, connection: index, writes, .. } = &self.ends[end];
        let connection = &self.connections[index];
        match connection.state(side) {
            _ if !writes => refused(5),
            State::Listening => refused(536),
            State::Disconnected => refused(if side == SERVER { 0 } else { 233 }),
            State::Connected if connection.queues[side].is_empty() => refused(0),
            State::Connected | State::Closing => Answer::Unasked,
        }
    }

    /// `CancelIoEx` of a request that waits.
    pub(crate) fn cancel(&mut self, number: Number) {
        for index in 0..self.connections.len() {
            let connection = &mut self.connections[index];
            let mut found = false;
            for side in [SERVER, CLIENT] {
                let reads = &mut connection.reads[side];
                let before = reads.len();
                reads.retain(|read| read.number != number);
                found |= reads.len() != before;
                found |= connection.queues[side].take_back(number);
            }
            let before = connection.connects.len();
            connection.connects.retain(|&connect| connect != number);
            if found || connection.connects.len() != before {
                self.end(number, Outcome::fails(995));
                self.settle(index);
                return;
            }
        }
    }

    /// The requests that wait.
    pub(crate) fn waiting(&self) -> Vec<Number> {
        let mut numbers = Vec::new();
        for connection in &self.connections {
            numbers.extend(&connection.connects);
            for side in [SERVER, CLIENT] {
                numbers.extend(connection.reads[side].iter().map(|read| read.number));
                numbers.extend(connection.queues[side].waiting());
            }
        }
        numbers
    }

    /// Gives what was written to who waits for it, and finds the writes that are done.
    fn settle(&mut self, index: usize) {
        for side in [SERVER, CLIENT] {
            let by_message = self
                .ends
                .iter()
                .any(|end| end.connection == index && end.side == side && end.by_message);
            let connection = &mut self.connections[index];
            let queue = &mut connection.queues[1 - side];
            let mut ended = Vec::new();
            while !queue.is_empty()
                && let Some(read) = connection.reads[side].pop_front()
            {
                ended.extend(
                    queue
                        .take(read.size, by_message)
                        .map(|taken| (read.number, Outcome::read(taken))),
                );
            }
            let written = queue.completed().into_iter();
            ended.extend(written.map(|(number, length)| (number, Outcome::written(length))));
            for (number, outcome) in ended {
                self.end(number, outcome);
            }
        }
    }
}

impl Connection {
    fn lose_all(&mut self) -> Vec<Number> {
        let mut numbers = Vec::new();
        for side in [SERVER, CLIENT] {
            numbers.extend(self.reads[side].drain(..).map(|read| read.number));
            numbers.extend(self.queues[side].clear());
        }
        numbers
    }
}
