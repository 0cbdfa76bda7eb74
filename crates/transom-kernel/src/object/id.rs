//! The "address" of an object: a number that no other object on the machine has while it lives.

use rustix::rand::{GetRandomFlags, getrandom};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// The identity of a kernel object, the same in every process that holds it. It is what the
/// seed's pictures call the object's address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(u64);

/// The next number; zero until this process has drawn its prefix.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The low bits count the objects of one process, 16 apart like addresses; the high ones are the
/// process's own random prefix.
const COUNTED_BITS: u32 = 28;
const STEP: u64 = 16;

impl ObjectId {
    /// An identity for a new object.
    pub(crate) fn new() -> Self {
        let id = NEXT.fetch_add(STEP, Ordering::Relaxed);
        // No prefix yet, or the last number of this prefix is used.
        if id >> COUNTED_BITS == 0 || id & ((1 << COUNTED_BITS) - 1) == 0 {
            return Self::with_new_prefix();
        }
        Self(id)
    }

    #[cold]
    fn with_new_prefix() -> Self {
        let prefix = (random() >> 1 >> COUNTED_BITS).max(1);
        let first = prefix << COUNTED_BITS | STEP;
        NEXT.store(first + STEP, Ordering::Relaxed);
        Self(first)
    }

    /// Forgets the prefix, which after a `fork` the parent goes on using.
    pub(crate) fn start_anew() {
        NEXT.store(0, Ordering::Relaxed);
    }

    /// The identity of a process or thread, which every process computes alike.
    pub(crate) fn of_task(id: u32, start_time: u64) -> Self {
        Self(mix(u64::from(id) << 40 ^ start_time) | 1)
    }

    /// The identity of an open file this process was handed by a program that is not Transom's.
    pub(crate) fn of_file(device: u64, inode: u64) -> Self {
        Self(mix(device.rotate_left(40) ^ inode) | 2)
    }

    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#018x}", self.0)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Spreads the bits of a number over all 64 (the finalizer of SplitMix64), with the top bit set,
/// which counted identities never have.
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    (bits ^ bits >> 31) & !15 | 1 << 63
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    if getrandom(&mut bytes, GetRandomFlags::empty()) == Ok(8) {
        return u64::from_ne_bytes(bytes);
    }
    // Without a random source (it exists on every kernel we support) ids are still unique per
    // process and moment.
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    mix(now.tv_nsec.cast_unsigned() ^ u64::from(std::process::id()) << 32)
}

#[cfg(test)]
mod tests {
    use super::ObjectId;

    #[test]
    fn ids_differ_and_tasks_are_recomputable() {
        assert_ne!(ObjectId::new(), ObjectId::new());
        assert_eq!(ObjectId::of_task(7, 9), ObjectId::of_task(7, 9));
        assert_ne!(ObjectId::of_task(7, 9), ObjectId::of_task(7, 10));
        assert_ne!(ObjectId::of_task(7, 9), ObjectId::of_task(8, 9));
    }
}
