//! What state a connection is in. It only ever goes on, until the segment is used again for
//! another connection of the same two processes ([`reuse`](super::reuse)).

use crate::error::{Result, Win32Error};

/// The server's end or the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The end that `CreateNamedPipe` makes.
    Server = 0,
    /// The end that `CreateFile` makes.
    Client = 1,
}

impl Side {
    /// The side across.
    #[must_use]
    #[inline]
    pub const fn other(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        }
    }

    pub(super) const fn closed_bit(self) -> u64 {
        CLOSED << self as u64
    }
}

/// The state of a connection, as one side sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No client has come yet.
    Listening,
    /// Both ends are open.
    Connected,
    /// The other end is closed: what it wrote can still be read.
    Closing,
    /// The server has disconnected: what was unread is lost.
    Disconnected,
    /// The other side has spoilt the segment.
    Broken,
}

pub(super) const CONNECTED: u64 = 1;
pub(super) const DISCONNECTED: u64 = 2;
pub(super) const BROKEN: u64 = 4;
const CLOSED: u64 = 8;
/// The client has closed its end, and keeps its side of the segment for the next connection.
pub(super) const KEPT: u64 = 32;
/// The server will not use the segment again.
pub(super) const RETIRED: u64 = 64;
const KNOWN: u64 = CONNECTED | DISCONNECTED | BROKEN | CLOSED | CLOSED << 1 | KEPT | RETIRED;

impl State {
    /// The state that a word says, to one side.
    #[inline]
    pub(super) const fn seen(word: u64, side: Side) -> Self {
        if word & (BROKEN | !KNOWN) != 0 {
            Self::Broken
        } else if word & DISCONNECTED != 0 {
            Self::Disconnected
        } else if word & side.other().closed_bit() != 0 {
            Self::Closing
        } else if word & CONNECTED != 0 {
            Self::Connected
        } else {
            Self::Listening
        }
    }

    /// Whether messages that are in the queue may be read.
    pub(in crate::pipe) const fn check_reading(self) -> Result<()> {
        match self {
            Self::Connected | Self::Closing => Ok(()),
            Self::Listening => Err(Win32Error::PIPE_LISTENING),
            Self::Disconnected => Err(Win32Error::PIPE_NOT_CONNECTED),
            Self::Broken => Err(Win32Error::BROKEN_PIPE),
        }
    }

    /// Whether messages may be written.
    #[inline]
    pub(super) const fn check_writing(self) -> Result<()> {
        match self {
            Self::Connected => Ok(()),
            Self::Listening => Err(Win32Error::PIPE_LISTENING),
            Self::Closing => Err(Win32Error::NO_DATA),
            Self::Disconnected => Err(Win32Error::PIPE_NOT_CONNECTED),
            Self::Broken => Err(Win32Error::BROKEN_PIPE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BROKEN, CONNECTED, DISCONNECTED, Side, State};

    #[test]
    fn each_side_sees_whether_the_other_is_there() {
        let server_closed = CONNECTED | Side::Server.closed_bit();
        assert_eq!(State::seen(0, Side::Server), State::Listening);
        assert_eq!(State::seen(CONNECTED, Side::Client), State::Connected);
        assert_eq!(State::seen(server_closed, Side::Client), State::Closing);
        assert_eq!(State::seen(server_closed, Side::Server), State::Connected);
        assert_eq!(State::seen(server_closed | DISCONNECTED, Side::Client), State::Disconnected);
        for broken in [BROKEN, u64::MAX, 1 << 40] {
            assert_eq!(State::seen(broken, Side::Client), State::Broken);
        }
    }
}
