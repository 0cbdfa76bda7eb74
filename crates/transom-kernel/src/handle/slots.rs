//! Which slots of a table are free: finds the lowest in three steps, however full the table.

const BITS: usize = u64::BITS as usize;
const LEVELS: usize = 4;

/// The free slots among `0..CAPACITY`, as a tree of bit maps: a bit of one level says whether
/// the word of 64 bits below it has a bit set.
#[derive(Debug)]
pub(crate) struct FreeSlots {
    levels: [Vec<u64>; LEVELS],
    /// Slots from here on were never used, and are free without standing in the tree.
    untouched: u32,
    /// A free slot lower than all in the tree, kept out of it: most handles are closed soon
    /// after the last was opened, and then the tree is not needed at all.
    lowest: Option<u32>,
}

impl FreeSlots {
    /// How many slots there are.
    pub(crate) const CAPACITY: u32 = 1 << 22;

    pub(crate) const fn new() -> Self {
        Self { levels: [const { Vec::new() }; LEVELS], untouched: 0, lowest: None }
    }

    /// Takes the lowest free slot; `None` when all are taken.
    pub(crate) fn take_lowest(&mut self) -> Option<u32> {
        if let Some(slot) = self.lowest.take() {
            return Some(slot);
        }
        let slot = match self.lowest_in_tree() {
            Some(slot) => slot,
            None if self.untouched < Self::CAPACITY => {
                self.untouched += 1;
                return Some(self.untouched - 1);
            }
            None => return None,
        };
        self.clear(slot);
        Some(slot)
    }

    /// Takes a particular slot; `false` when it is taken already or does not exist.
    pub(crate) fn take(&mut self, slot: u32) -> bool {
        if slot >= Self::CAPACITY {
            return false;
        }
        while self.untouched < slot {
            self.untouched += 1;
            self.give_back(self.untouched - 1);
        }
        if self.untouched == slot {
            self.untouched += 1;
            return true;
        }
        if self.lowest == Some(slot) {
            self.lowest = None;
            return true;
        }
        let free = self.is_in_tree(slot);
        if free {
            self.clear(slot);
        }
        free
    }

    /// Makes a slot free again.
    #[inline]
    pub(crate) fn give_back(&mut self, slot: u32) {
        match self.lowest {
            Some(lowest) if slot < lowest => {
                self.lowest = Some(slot);
                self.put_in_tree(lowest);
            }
            None if self.lowest_in_tree().is_none_or(|lowest| slot < lowest) => {
                self.lowest = Some(slot);
            }
            _ => self.put_in_tree(slot),
        }
    }

    fn put_in_tree(&mut self, slot: u32) {
        let mut index = slot as usize;
        for level in &mut self.levels {
            let (word, bit) = (index / BITS, index % BITS);
            if level.len() <= word {
                level.resize(word + 1, 0);
            }
            level[word] |= 1 << bit;
            index = word;
        }
    }

    fn is_in_tree(&self, slot: u32) -> bool {
        let index = slot as usize;
        self.levels[0].get(index / BITS).is_some_and(|word| word & 1 << (index % BITS) != 0)
    }

    #[inline]
    fn lowest_in_tree(&self) -> Option<u32> {
        let mut index = 0;
        for level in self.levels.iter().rev() {
            let word = level.get(index).copied().filter(|&word| word != 0)?;
            index = index * BITS + word.trailing_zeros() as usize;
        }
        u32::try_from(index).ok()
    }

    fn clear(&mut self, slot: u32) {
        let mut index = slot as usize;
        for level in &mut self.levels {
            let (word, bit) = (index / BITS, index % BITS);
            level[word] &= !(1 << bit);
            if level[word] != 0 {
                return;
            }
            index = word;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FreeSlots;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn the_lowest_free_slot_is_taken(
            operations in proptest::collection::vec((any::<bool>(), 0_u32..9000), 1..400),
        ) {
            let mut slots = FreeSlots::new();
            let mut taken = BTreeSet::new();
            for (take_this, number) in operations {
                if take_this {
                    prop_assert_eq!(slots.take(number), taken.insert(number));
                } else if taken.remove(&number) {
                    slots.give_back(number);
                } else {
                    let lowest = (0..).find(|slot| !taken.contains(slot)).unwrap_or(0);
                    prop_assert_eq!(slots.take_lowest(), Some(lowest));
                    taken.insert(lowest);
                }
            }
        }
    }

    #[test]
    fn a_full_table_says_so() {
        let mut slots = FreeSlots::new();
        assert!(!slots.take(FreeSlots::CAPACITY));
        while slots.take_lowest().is_some() {}
        slots.give_back(77);
        assert_eq!(slots.take_lowest(), Some(77));
        assert_eq!(slots.take_lowest(), None);
    }
}
