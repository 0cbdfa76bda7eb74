//! Where things are in a segment. Places are numbers of 64-bit words in the first page; groups
//! that different sides write are 128 bytes apart, so that they do not share a cache line.

/// How many words of the first page are used.
pub(super) const WORDS: usize = 512;
/// The first page, behind which the rings begin.
pub(super) const HEADER_BYTES: usize = 4096;

/// "Transom", and a zero.
pub(super) const MAGIC: u64 = u64::from_le_bytes(*b"Transom\0");
/// Changes with the layout.
pub(super) const VERSION: u64 = 4;

pub(super) const MAGIC_AT: usize = 0;
pub(super) const VERSION_AT: usize = 1;
/// The two quotas, each with the type of its messages.
pub(super) const QUOTAS_AT: usize = 2;
pub(super) const STATE_AT: usize = 16;
/// The processor each side last ran on.
pub(super) const PROCESSORS_AT: [usize; 2] = [32, 48];

/// Whether each side wants its doorbell rung: it has requests that wait, and nobody who sleeps.
pub(super) const DOORBELLS_AT: [usize; 2] = [33, 49];
/// Whether several processes have each side's end.
pub(super) const SHARED_AT: [usize; 2] = [34, 50];
/// Which process hands the connection out while it is listening: a matter between the server's
/// holders, and of no meaning once a client has come.
pub(super) const ACCEPTOR_AT: usize = 24;
/// Since when a segment that is used again listens, for its client of before.
pub(super) const OFFERED_AT: usize = 25;
/// Whether a thread of the server's sleeps until a client comes, or did.
pub(super) const AWAITED_AT: usize = 26;

/// The queue to the client and the queue to the server.
pub(super) const QUEUES_AT: [usize; 2] = [64, 192];

/// The words within a queue.
pub(super) const QUEUE_WORDS: std::ops::Range<usize> = 0..QUEUES_AT[1] - QUEUES_AT[0];

// Within a queue. What the writing end writes and the reading end watches:
/// How far the ring is filled, as a position that counts on for ever.
pub(super) const TAIL: usize = 0;
/// The position from which the ring goes on at its beginning.
pub(super) const JUMP: usize = 1;
// What the writing end writes for itself, as a rule: where the reader does not watch, a writer need
// not fetch it back each time.
pub(super) const WRITE_LOCK: usize = 16;
/// How many bytes of messages were ever written, those that are void included.
pub(super) const WRITTEN: usize = 17;
/// How many of them became void before they were read.
pub(super) const VOIDED: usize = 18;
/// How many bytes a writer holds that has found no room yet.
pub(super) const WAITING: usize = 19;
/// The slot of the stream that is being written, plus one.
pub(super) const STREAMING: usize = 20;
/// How many streams there were.
pub(super) const STREAMS: usize = 21;
/// How much of the ring was ever used since its memory was given back.
pub(super) const TOUCHED: usize = 22;
/// `TAIL` and `JUMP`, for the writers.
pub(super) const OWN_TAIL: usize = 23;
pub(super) const OWN_JUMP: usize = 24;
/// Struck by the writer: a bell and its two marks.
pub(super) const DATA_BELL: usize = 32;
/// Two slots of a stream's words.
pub(super) const SLOTS: [usize; 2] = [96, 112];
// What the reading end writes:
/// Up to where the writer may fill the ring again.
pub(super) const FREED: usize = 48;
/// How many bytes of messages are behind the reader, void ones included.
pub(super) const PASSED: usize = 49;
/// How many of them were void.
pub(super) const SKIPPED: usize = 50;
/// Where the first message begins.
pub(super) const HEAD: usize = 51;
/// The slot of the stream that is being read, plus one.
pub(super) const ENTERED: usize = 52;
/// Somebody collects a stream that is not yet whole in the ring.
pub(super) const COLLECTING: usize = 53;
/// Once the writers are gone: how many bytes count as written, plus one.
pub(super) const LIMIT: usize = 54;
pub(super) const READ_LOCK: usize = 64;
/// Struck by the reader: a bell and its two marks, a position of `FREED` and a count of `PASSED`.
pub(super) const SPACE_BELL: usize = 80;

// Within a slot:
pub(super) const SLOT_CONTROL: usize = 0;
/// How many bytes were written before it.
pub(super) const SLOT_START: usize = 1;
/// Where its bytes begin in the ring.
pub(super) const SLOT_DATA: usize = 2;
/// Who writes it.
pub(super) const SLOT_WRITER: usize = 3;
/// How many of its bytes are in the ring, once it is void.
pub(super) const SLOT_EXTENT: usize = 4;

// Messages in the ring: control word and start, a pending one's writer, then the bytes, filled up
// to a multiple of eight.
pub(super) const PLAIN_HEAD: u64 = 16;
pub(super) const PENDING_HEAD: u64 = 24;

/// The smallest ring. Only pages that are used take memory.
const SMALLEST_RING: u64 = 256 * 1024;
/// The largest quota that is kept to; a larger one counts as this.
pub(super) const LARGEST_QUOTA: u32 = 64 << 20;

/// No segment is larger.
pub(super) const MOST_BYTES: u64 = HEADER_BYTES as u64 + 4 * LARGEST_QUOTA as u64;

/// How large the ring of a queue with this quota is: there is room for twice the quota, so that
/// only many tiny messages fill the ring before they fill the quota.
pub(super) fn ring_bytes(quota: u32) -> u64 {
    let quota = u64::from(quota.min(LARGEST_QUOTA));
    (2 * quota).next_power_of_two().max(SMALLEST_RING)
}

/// A length filled up to a multiple of eight.
#[inline]
pub(super) const fn padded(length: u64) -> u64 {
    length.wrapping_add(7) & !7
}
