//! The requests that wait, first come, first served.

use super::gate::Inside;
use super::{Completion, FileIo, Operation, Outcome, Progress};
use crate::thread::{current_thread_id, present};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use transom_sys::futex::{self, Scope};

/// Which requests wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Reads, and what reads after it wrote.
    Read,
    /// Writes.
    Write,
    /// Whatever is neither: connecting.
    Control,
}

impl Lane {
    pub(super) const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Control];
}

/// A request that waits.
pub(super) struct Request {
    pub(super) operation: Box<dyn Operation>,
    pub(super) completion: Completion,
    pub(super) thread: u32,
}

/// Somebody in the queue.
enum Place {
    Request(Box<Request>),
    /// A thread that sleeps on the word until its turn comes.
    Turn(Arc<AtomicU64>, u32),
}

/// A queue.
#[derive(Default)]
pub(super) struct Queue {
    /// Which process of those forked from each other the requests are of.
    age: u32,
    next: u64,
    /// Requests of lower numbers have [taken their places](Progress::Placed).
    unplaced: u64,
    places: BTreeMap<u64, Place>,
    by_address: BTreeSet<(usize, u64)>,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("waiting", &self.places.len()).finish_non_exhaustive()
    }
}

/// What was taken out of a queue. It is dropped after the locks: it may be all that holds its
/// object.
pub(super) type Leftovers = Vec<Box<dyn Operation>>;

/// Locks a queue. A process that was forked finds it empty.
pub(super) fn lock<'a>(queue: &'a Mutex<Queue>, _inside: &Inside) -> MutexGuard<'a, Queue> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    if queue.age != present::age() {
        // What the parent began is the parent's; its status blocks are here as copies only.
        *queue = Queue { age: present::age(), ..Queue::default() };
    }
    queue
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self { age: 0, next: 0, unplaced: 0, places: BTreeMap::new(), by_address: BTreeSet::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether one that comes now may be stepped.
    pub(super) fn is_open(&self) -> bool {
        self.places.last_key_value().is_none_or(|(last, _)| *last < self.unplaced)
    }

    fn append(&mut self, place: Place) -> u64 {
        let number = self.next;
        self.next += 1;
        self.places.insert(number, place);
        number
    }

    /// Adds a request at the end, which has [taken its place](Progress::Placed) or has not.
    pub(super) fn add(&mut self, request: Request, is_placed: bool) {
        let address = request.completion.address();
        let number = self.append(Place::Request(Box::new(request)));
        self.by_address.insert((address, number));
        if is_placed {
            self.unplaced = number + 1;
        }
    }

    /// Adds a thread at the end; its number, and the word that becomes 1 when it is in front.
    pub(super) fn add_turn(&mut self) -> (u64, Arc<AtomicU64>) {
        let word = Arc::new(AtomicU64::new(self.is_empty().into()));
        (self.append(Place::Turn(Arc::clone(&word), current_thread_id())), word)
    }

    /// A thread has had its turn, or does not want it any more.
    pub(super) fn end_turn(&mut self, number: u64) {
        self.places.remove(&number);
    }

    /// A thread that was terminated does not want its turn any more.
    pub(super) fn end_turns_of(&mut self, tid: u32) {
        self.places.retain(|_, place| !matches!(place, Place::Turn(_, of) if *of == tid));
    }

    /// Does what can be done, from the front.
    pub(super) fn pump(&mut self, io: &FileIo, leftovers: &mut Leftovers, inside: &Inside) {
        let mut from = 0;
        while let Some((&number, place)) = self.places.range_mut(from..).next() {
            let request = match place {
                Place::Request(request) => request,
                Place::Turn(word, _) => {
                    if from == 0 && word.swap(1, Ordering::SeqCst) == 0 {
                        futex::wake(word, Scope::Private, futex::ALL);
                    }
                    return;
                }
            };
            let outcome = match request.operation.step() {
                Progress::Done(outcome) => outcome,
                Progress::Blocked => return,
                Progress::Placed => {
                    // Those that have their places, too, will not be over before this one.
                    self.unplaced = self.unplaced.max(number + 1);
                    from = self.unplaced;
                    continue;
                }
            };
            if let Some(Place::Request(request)) = self.places.remove(&number) {
                self.finish(number, *request, outcome, io, leftovers, inside);
            }
        }
    }

    fn finish(
        &mut self,
        number: u64,
        request: Request,
        outcome: Outcome,
        io: &FileIo,
        leftovers: &mut Leftovers,
        inside: &Inside,
    ) {
        self.by_address.remove(&(request.completion.address(), number));
        leftovers.push(request.operation);
        request.completion.tell(Some(io), outcome, false, inside);
    }

    /// Ends the requests that `which` chooses, this way where nothing of them was done; how many.
    pub(super) fn end(
        &mut self,
        which: Which,
        how: Outcome,
        io: &FileIo,
        leftovers: &mut Leftovers,
        inside: &Inside,
    ) -> usize {
        let numbers: Vec<u64> = match which {
            Which::At(address) => self
                .by_address
                .range((address, 0)..=(address, u64::MAX))
                .map(|(_, number)| *number)
                .collect(),
            Which::All => self.places.keys().copied().collect(),
            Which::None => Vec::new(),
            Which::OfThread(tid) => {
                let of_thread = |place: &Place| match place {
                    Place::Request(request) => request.thread == tid,
                    Place::Turn(..) => false,
                };
                let places = self.places.iter().filter(|(_, place)| of_thread(place));
                places.map(|(number, _)| *number).collect()
            }
        };
        let mut chosen = Vec::new();
        for number in numbers {
            match self.places.remove(&number) {
                Some(Place::Request(request)) => chosen.push((number, request)),
                Some(turn) => drop(self.places.insert(number, turn)),
                None => {}
            }
        }
        // The last ones first: what an earlier one takes back must not let a later one succeed.
        let take_back = |(number, mut request): (u64, Box<Request>)| {
            let outcome = request.operation.cancel().unwrap_or(how);
            (number, request, outcome)
        };
        let mut taken_back: Vec<_> = chosen.into_iter().rev().map(take_back).collect();
        taken_back.reverse();
        let cancelled = taken_back.len();
        for (number, request, outcome) in taken_back {
            self.finish(number, *request, outcome, io, leftovers, inside);
        }
        cancelled
    }
}

/// Which requests are cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Those with the status block at this address.
    At(usize),
    /// Those that this thread began.
    OfThread(u32),
    /// All.
    All,
    /// None.
    None,
}
