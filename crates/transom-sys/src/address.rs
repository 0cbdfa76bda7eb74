//! Waking those who sleep on an address that may be gone already.

use std::num::NonZeroU32;

/// Wakes at most so many threads of this process that sleep on the four bytes at an address and
/// share one of `bits`. The memory is not touched: only its number counts.
pub fn wake(address: usize, most: u32, bits: NonZeroU32) {
    let operation = libc::FUTEX_WAKE_BITSET | libc::FUTEX_PRIVATE_FLAG;
    let most = most.min(i32::MAX.cast_unsigned());
    // SAFETY: the kernel looks an address up and reads nothing there. For one that cannot be
    // slept on it reports an error, and nobody is to be woken then.
    unsafe { libc::syscall(libc::SYS_futex, address, operation, most, 0_usize, 0_usize, bits) };
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_need_not_exist() {
        for address in [0, 4, usize::MAX & !3, 3] {
            super::wake(address, 1, std::num::NonZeroU32::MAX);
        }
    }
}
