//! Where things are in a mailslot's memory. Places are numbers of 64-bit words in the first page;
//! what readers and what writers change is 128 bytes apart, so that they share no cache line.

/// How many words of the first page are used.
pub(super) const WORDS: usize = 128;
/// The first page, behind which the ring begins.
pub(super) const HEADER_BYTES: usize = 4096;
/// The size of the ring. Only pages in use take memory.
pub(super) const RING_BYTES: usize = 512 << 20;
/// The whole memory.
pub(super) const TOTAL_BYTES: u64 = (HEADER_BYTES + RING_BYTES) as u64;

/// How much may wait. Half of the ring, so that what the reader gives back is never yet in use.
pub(super) const CAPACITY: u64 = 256 << 20;
/// How much may wait when a message of another user comes: the rest is left to one's own.
pub(super) const CAPACITY_FOR_OTHERS: u64 = 128 << 20;

/// The memory of what was read is given back in pieces of this size, except for the first, which
/// a reader who keeps up uses again and again.
pub(super) const PIECE: u64 = 1 << 20;
/// An empty queue begins anew at the beginning of the ring if it has come as far as this.
pub(super) const RESTART: u64 = 256 << 10;

/// "TransomM".
pub(super) const MAGIC: u64 = u64::from_le_bytes(*b"TransomM");

pub(super) const MAGIC_AT: usize = 0;
/// The object id of the reading end.
pub(super) const ID_AT: usize = 1;
/// The largest message, 0 for any.
pub(super) const MAXIMUM_AT: usize = 2;
/// How many milliseconds a read waits.
pub(super) const TIMEOUT_AT: usize = 3;

// What writers write:
/// Up to where there are messages, as a position that counts on for ever.
pub(super) const TAIL: usize = 16;
/// The position from which the queue goes on elsewhere, and where that is.
pub(super) const JUMP_FROM: usize = 17;
pub(super) const JUMP_TO: usize = 18;
/// The processor the last writer ran on.
pub(super) const PROCESSOR: usize = 19;
pub(super) const WRITE_LOCK: usize = 32;
// What readers write:
/// Where the first message is.
pub(super) const HEAD: usize = 48;
pub(super) const READ_LOCK: usize = 64;
/// How many reading ends were closed.
pub(super) const CLOSINGS: usize = 65;
/// Struck by writers: a bell and its two marks.
pub(super) const BELL: usize = 80;

/// In front of each message: how many messages and how many bytes were written before it, both
/// written along with the message before, and its length.
pub(super) const ENTRY_HEAD: u64 = 24;

/// What a message takes in the ring.
pub(super) const fn entry_bytes(length: u64) -> u64 {
    ENTRY_HEAD + (length.wrapping_add(7) & !7)
}
