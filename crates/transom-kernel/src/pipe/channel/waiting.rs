//! What the executive needs to wait for an end together with other things: words to sleep on.

use super::end::End;
use super::layout;
use crate::error::Result;
use std::sync::atomic::AtomicU64;

/// A word to sleep on with `futex_waitv`, shared between processes, while its low half is as it
/// was when it was armed.
#[derive(Clone, Copy, Debug)]
pub struct Armed<'a> {
    /// The word.
    pub word: &'a AtomicU64,
    /// What its low half is while nothing happened.
    pub value: u32,
}

impl End {
    /// `End::arm_for_data`: before sleeping until there may be something to read. The caller tries
    /// once more after this, and sleeps only if that is blocked too; each sleep is armed anew.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when the segment is spoilt.
    pub fn arm_for_data(&self, marks: [u64; 2]) -> Result<Armed<'_>> {
        let queue = self.incoming()?;
        let value = queue.bell(layout::DATA_BELL).arm(marks) as u32;
        Ok(Armed { word: queue.word(layout::DATA_BELL), value })
    }

    /// `End::arm_for_space`: before sleeping until a write may get further, as
    /// [`End::arm_for_data`].
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when the segment is spoilt.
    pub fn arm_for_space(&self, marks: [u64; 2]) -> Result<Armed<'_>> {
        let queue = self.outgoing()?;
        let value = queue.bell(layout::SPACE_BELL).arm(marks) as u32;
        Ok(Armed { word: queue.word(layout::SPACE_BELL), value })
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
