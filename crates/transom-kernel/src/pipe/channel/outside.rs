//! What a segment looks like to somebody who has neither end. It is read like a file and not
//! mapped, and nothing is written, so that a segment which is none, or is spoilt, does no harm.

use super::layout::{
    self, HEADER_BYTES, MAGIC, MAGIC_AT, QUOTAS_AT, STATE_AT, VERSION, VERSION_AT,
};
use super::segment::MESSAGES;
use super::state::{Side, State};
use rustix::fs::{SealFlags, fcntl_get_seals};
use rustix::io::pread;
use std::os::fd::AsFd;

/// A connection, as it was at one moment, or nearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outside {
    /// How it looks to the side that was asked for.
    pub(crate) state: State,
    /// Whether messages are kept apart.
    pub(crate) messages: bool,
    /// How many bytes are on the way to that side, those of writes that still wait included.
    pub(crate) incoming: u64,
    /// How many are on the way from it.
    pub(crate) outgoing: u64,
}

/// Looks at a segment; `None` when it is none.
pub(crate) fn look(file: impl AsFd, side: Side) -> Option<Outside> {
    let file = file.as_fd();
    fcntl_get_seals(file).ok().filter(|seals| seals.contains(SealFlags::SHRINK))?;
    let mut bytes = vec![0; HEADER_BYTES];
    (pread(file, &mut bytes, 0) == Ok(HEADER_BYTES)).then_some(())?;
    let get = |place: usize| {
        let word = bytes.get(place * 8..place * 8 + 8)?;
        word.try_into().ok().map(u64::from_ne_bytes)
    };
    (get(MAGIC_AT) == Some(MAGIC) && get(VERSION_AT) == Some(VERSION)).then_some(())?;
    let on_the_way = |writer: Side| {
        let at = |place: usize| get(layout::QUEUES_AT[writer as usize] + place);
        let void = at(layout::VOIDED)?.saturating_sub(at(layout::SKIPPED)?);
        let unread = at(layout::WRITTEN)?.saturating_sub(at(layout::PASSED)?).saturating_sub(void);
        Some(unread.saturating_add(at(layout::WAITING)?))
    };
    Some(Outside {
        state: State::seen(get(STATE_AT)?, side),
        messages: get(QUOTAS_AT)? & MESSAGES != 0,
        incoming: on_the_way(side.other())?,
        outgoing: on_the_way(side)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{End, Patience, Segment, Settings};
    use super::{Side, State, look};

    #[test]
    fn a_connection_from_outside() {
        let settings = Settings { messages: true, to_client_quota: 100, to_server_quota: 100 };
        let server = End::new(Segment::create(settings).unwrap(), Side::Server);
        let file = server.segment().fd().try_clone_to_owned().unwrap();
        assert_eq!(look(&file, Side::Server).unwrap().state, State::Listening);
        server.segment().connect().unwrap();
        server.write(b"to the client", Patience::FOREVER).unwrap();
        let seen = look(&file, Side::Client).unwrap();
        assert_eq!((seen.state, seen.incoming, seen.outgoing), (State::Connected, 13, 0));
        assert!(seen.messages);
        server.close();
        assert_eq!(look(&file, Side::Client).unwrap().state, State::Closing);
    }

    #[test]
    fn what_is_no_segment_is_nothing() {
        let file: std::os::fd::OwnedFd = std::fs::File::open("/proc/self/exe").unwrap().into();
        assert_eq!(look(&file, Side::Server), None);
        let flags = rustix::fs::MemfdFlags::CLOEXEC | rustix::fs::MemfdFlags::ALLOW_SEALING;
        let empty = rustix::fs::memfd_create("empty", flags).unwrap();
        rustix::fs::fcntl_add_seals(&empty, rustix::fs::SealFlags::SHRINK).unwrap();
        assert_eq!(look(&empty, Side::Server), None);
    }
}
