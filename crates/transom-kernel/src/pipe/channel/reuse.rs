//! A segment that serves one connection after the other between the same two processes.
//!
//! Making, sending and mapping a segment costs many times what a short conversation does. So a
//! client that closes its end may **keep** its side of the segment, and the server, when it listens
//! again after a disconnection, may **offer** it: the segment is emptied and listens once more. The
//! client of before **claims** it, in one step and without asking. A server that gives the
//! instance to somebody else **withdraws** the offer first, also in one step; one that makes a new
//! segment **retires** this one.
//!
//! Whoever keeps or offers must be the only user of its side: nobody may be within an operation on
//! the connection of before. What a client of before could still do to the segment is what it could
//! do as the client that it becomes.

use super::end::{End, KEPT_BYTES};
use super::layout::{self, AWAITED_AT, DOORBELLS_AT, OFFERED_AT, QUEUES_AT, SHARED_AT, STATE_AT};
use super::segment::Segment;
use super::state::{BROKEN, CONNECTED, DISCONNECTED, KEPT, RETIRED, Side, State};
use std::sync::atomic::Ordering;

impl Segment {
    /// `Segment::retire`: the server does not use it again.
    pub fn retire(&self) {
        self.words()[STATE_AT].fetch_or(RETIRED, Ordering::SeqCst);
    }

    /// `Segment::withdraw`: takes an offer back; `false` if the client has claimed it.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        let over = DISCONNECTED | RETIRED;
        let word = &self.words()[STATE_AT];
        let is_ours = word.compare_exchange(0, over, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if is_ours {
            self.note_left();
        }
        is_ours
    }

    /// Whether it holds no more memory than an idle connection may.
    fn is_small(&self) -> bool {
        let touched = |queue: usize| self.words()[queue + layout::TOUCHED].load(Ordering::Relaxed);
        QUEUES_AT.into_iter().all(|queue| touched(queue) <= KEPT_BYTES)
    }

    /// Makes both queues as they were at first, but for the memory that they use.
    fn empty_queues(&self) {
        let set = |place: usize, value| self.words()[place].store(value, Ordering::Relaxed);
        for queue in QUEUES_AT {
            for place in layout::QUEUE_WORDS.filter(|place| *place != layout::TOUCHED) {
                set(queue + place, 0);
            }
            self.begin_queue(queue);
        }
        DOORBELLS_AT.into_iter().for_each(|place| set(place, 0));
    }
}

impl End {
    /// `End::close_keeping`: the client closes its end as [`close`](End::close) does, and keeps its
    /// side; `false` if the segment cannot be used again, and the end is only closed.
    #[must_use]
    pub fn close_keeping(&self) -> bool {
        let segment = &self.segment;
        let shared = segment.words()[SHARED_AT[Side::Client as usize]].load(Ordering::SeqCst) != 0;
        if self.side != Side::Client || shared || segment.is_spoilt() || !segment.is_small() {
            self.close();
            return false;
        }
        let before = segment.words()[STATE_AT].fetch_or(KEPT, Ordering::SeqCst);
        self.close();
        before & (BROKEN | RETIRED | Side::Server.closed_bit()) == 0
    }

    /// `End::offer`: the server listens again, since a time that is not 0, for the client of before;
    /// `false` if that has not kept its side.
    #[must_use]
    pub fn offer(&self, since: u64) -> bool {
        let word = self.state_word();
        let wanted = DISCONNECTED | KEPT | Side::Client.closed_bit();
        let now = word.load(Ordering::SeqCst);
        let is_kept = now & wanted == wanted && now & (BROKEN | RETIRED) == 0;
        if self.side != Side::Server || !is_kept || self.lifeline().is_none() {
            return false;
        }
        if self.is_shared() || self.segment.is_spoilt() || !self.segment.is_small() {
            return false;
        }
        self.segment.empty_queues();
        self.forget_seen();
        self.segment.words()[OFFERED_AT].store(since, Ordering::Relaxed);
        self.segment.words()[AWAITED_AT].store(0, Ordering::Relaxed);
        self.segment.forget_known();
        word.store(0, Ordering::SeqCst);
        true
    }

    /// Whether it will not be offered any more.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        let over = BROKEN | RETIRED | Side::Server.closed_bit();
        self.segment.is_spoilt() || self.state_word().load(Ordering::SeqCst) & over != 0
    }

    /// `End::claim`: the client takes the offer up, if it stands since `since`; whether it does. It must
    /// then [tell](End::tell_of_claim) the server.
    #[must_use]
    pub fn claim(&self, since: u64) -> bool {
        if self.segment.words()[OFFERED_AT].load(Ordering::Relaxed) != since || self.is_retired() {
            return false;
        }
        let (word, order) = (self.state_word(), Ordering::SeqCst);
        let is_claimed = word.compare_exchange(0, CONNECTED, order, order).is_ok();
        if is_claimed {
            self.forget_seen();
        }
        is_claimed
    }

    /// `End::tell_of_claim`: wakes the threads that wait for a client, and rings.
    pub fn tell_of_claim(&self) {
        if self.segment.words()[AWAITED_AT].load(Ordering::SeqCst) != 0 {
            self.segment.announce();
        }
        self.ring();
    }

    /// Whether it listens for the client of before, and perhaps for others.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        self.side == Side::Server && self.lifeline().is_some() && self.state() == State::Listening
    }

    /// What was seen of the other side's counters was about the connection of before.
    fn forget_seen(&self) {
        let seen = &self.seen;
        for place in [&seen.tail, &seen.freed, &seen.passed] {
            place.store(0, Ordering::Relaxed);
        }
        seen.jump.store(u64::MAX, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{End, Patience, ReadMode, Segment, Settings, Side, State};
    use crate::Win32Error;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    /// Both ends of a connection, with their lifelines.
    fn connected() -> (End, End) {
        let settings = Settings { messages: true, to_client_quota: 100, to_server_quota: 100 };
        let server = End::new(Segment::create(settings).unwrap(), Side::Server);
        let memory = server.segment().fd().try_clone_to_owned().unwrap();
        let client = End::new(Segment::open(memory).unwrap(), Side::Client);
        let (one, other) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .unwrap();
        server.tie(one).unwrap();
        client.tie(other).unwrap();
        server.segment().connect().unwrap();
        (server, client)
    }

    fn talk(server: &End, client: &End, data: &[u8]) {
        let mut buffer = [0; 100];
        for (from, to) in [(client, server), (server, client)] {
            from.write(data, Patience::FOREVER).unwrap();
            let taken = to.read(&mut buffer[..], ReadMode::Message, Patience::FOREVER).unwrap();
            assert_eq!(&buffer[..taken.bytes], data);
        }
    }

    #[test]
    fn one_connection_follows_the_other_and_nothing_of_the_first_is_left() {
        let (server, client) = connected();
        for round in 1..20 {
            talk(&server, &client, &[round; 77]);
            // Nobody reads these.
            client.write(b"unread", Patience::FOREVER).unwrap();
            server.write(b"unread", Patience::FOREVER).unwrap();
            assert!(!client.claim(1) && !client.is_retired());
            assert!(client.close_keeping());
            assert!(!server.offer(1), "it is not disconnected yet");
            server.disconnect().unwrap();
            assert!(!client.claim(1) && !client.is_retired());
            assert!(server.offer(u64::from(round)));
            assert!(server.is_offered());
            assert_eq!(server.disconnect(), Err(Win32Error::PIPE_LISTENING));
            assert!(!client.claim(99) && !client.is_retired());
            assert!(client.claim(u64::from(round)));
            assert_eq!([server.state(), client.state()], [State::Connected; 2]);
            assert!(!server.segment().withdraw());
        }
    }

    #[test]
    fn an_offer_that_was_withdrawn_cannot_be_claimed() {
        let (server, client) = connected();
        assert!(client.close_keeping());
        server.disconnect().unwrap();
        assert!(server.offer(7));
        assert!(server.segment().withdraw());
        assert!(!client.claim(7) && client.is_retired());
        assert!(!server.offer(8));
    }

    #[test]
    fn what_one_side_does_not_want_is_not_offered() {
        let (server, client) = connected();
        client.close();
        server.disconnect().unwrap();
        assert!(!server.offer(1), "the client has not kept it");
        let (server, client) = connected();
        server.disconnect().unwrap();
        server.segment().retire();
        assert!(!client.close_keeping());
        let (server, client) = connected();
        client.set_shared();
        assert!(!client.close_keeping(), "another process has it, too");
        server.disconnect().unwrap();
        assert!(!server.offer(1));
        let (server, client) = connected();
        assert!(client.close_keeping());
        server.disconnect().unwrap();
        assert!(server.offer(1));
        server.close();
        assert!(!client.claim(1) && client.is_retired());
    }
}
