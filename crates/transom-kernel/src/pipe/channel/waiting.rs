//! What requests need, to wait for an end while nobody sleeps on it.

use super::end::End;
use super::layout;
use crate::error::Result;
use std::sync::atomic::AtomicU64;

impl End {
    /// `End::arm_for_data`: before a request waits until there may be something to read. The caller
    /// tries once more after this, and waits for the doorbell only if that is blocked too; each time
    /// it is armed anew.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when the segment is spoilt.
    pub fn arm_for_data(&self, marks: [u64; 2]) -> Result<()> {
        self.incoming()?.bell(layout::DATA_BELL).arm_for_request(marks);
        Ok(())
    }

    /// `End::arm_for_space`: before a request waits until a write may get further, as
    /// [`End::arm_for_data`].
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when the segment is spoilt.
    pub fn arm_for_space(&self, marks: [u64; 2]) -> Result<()> {
        self.outgoing()?.bell(layout::SPACE_BELL).arm_for_request(marks);
        Ok(())
    }

    /// The word that changes with the state of the connection, to sleep on until a client comes.
    #[must_use]
    pub fn state_word(&self) -> &AtomicU64 {
        &self.segment.words()[layout::STATE_AT]
    }

    /// Whether a mark asks to look again after some time, though no bell is struck: a tenth of a
    /// second, to find out whether a writer or holder has died.
    #[must_use]
    pub const fn looks_again(marks: [u64; 2]) -> bool {
        marks[1] == super::end::LOOK
    }
}
