//! Access control lists.

use super::Sid;
use crate::error::{Result, Win32Error};

/// `ACL_REVISION`: the lists of ordinary objects.
pub const ACL_REVISION: u8 = 2;
/// `ACL_REVISION_DS`: lists that may have entries of kinds this kernel passes over.
pub const ACL_REVISION_DS: u8 = 4;

/// The bytes of `ACL` before its entries, and of an entry before its identifier.
const HEADER: usize = 8;

/// Whether an entry allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AceKind {
    /// `ACCESS_ALLOWED_ACE_TYPE`.
    Allow = 0,
    /// `ACCESS_DENIED_ACE_TYPE`.
    Deny = 1,
}

/// An entry: what is allowed or denied to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ace {
    /// Whether it allows or denies.
    pub kind: AceKind,
    /// `OBJECT_INHERIT_ACE` and the others; an entry with `INHERIT_ONLY_ACE` counts for nothing here.
    pub flags: u8,
    /// The rights, generic ones included.
    pub mask: u32,
    /// To whom.
    pub sid: Sid,
}

impl Ace {
    /// Its bytes: an `ACCESS_ALLOWED_ACE` or `ACCESS_DENIED_ACE`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = HEADER + self.sid.length();
        let mut bytes = vec![self.kind as u8, self.flags, length as u8, (length >> 8) as u8];
        bytes.extend(self.mask.to_le_bytes());
        bytes.extend(self.sid.to_bytes());
        bytes
    }
}

/// An access control list. The first entries that speak of a right decide on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acl {
    /// The entries.
    pub entries: Vec<Ace>,
}

impl Acl {
    /// How many bytes a list takes, by its first eight.
    ///
    /// # Errors
    /// `ERROR_INVALID_ACL` if they are none's.
    pub fn length_by(start: [u8; HEADER]) -> Result<usize> {
        let length = usize::from(u16::from_le_bytes([start[2], start[3]]));
        if !(ACL_REVISION..=ACL_REVISION_DS).contains(&start[0]) || length < HEADER {
            return Err(Win32Error::INVALID_ACL);
        }
        Ok(length)
    }

    /// Where the entries of a list begin and end, in its bytes; and where the last one ends.
    ///
    /// # Errors
    /// `ERROR_INVALID_ACL` if the bytes are no list, or an entry is longer than it.
    pub fn places(bytes: &[u8]) -> Result<(Vec<std::ops::Range<usize>>, usize)> {
        let start = *bytes.first_chunk().ok_or(Win32Error::INVALID_ACL)?;
        let whole = bytes.get(..Self::length_by(start)?).ok_or(Win32Error::INVALID_ACL)?;
        let count = u16::from_le_bytes([start[4], start[5]]);
        let mut places = Vec::new();
        let mut at = HEADER;
        for _ in 0..count {
            let header: [u8; 4] =
                *whole.get(at..).and_then(<[u8]>::first_chunk).ok_or(Win32Error::INVALID_ACL)?;
            let end = at + usize::from(u16::from_le_bytes([header[2], header[3]]));
            if end < at + 4 || end > whole.len() {
                return Err(Win32Error::INVALID_ACL);
            }
            places.push(at..end);
            at = end;
        }
        Ok((places, at))
    }

    /// Reads a list. Entries of other kinds than allow and deny (audits, conditions) are left out.
    ///
    /// # Errors
    /// `ERROR_INVALID_ACL` if the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut entries = Vec::new();
        for place in Self::places(bytes)?.0 {
            let entry = &bytes[place];
            let kind = match entry[0] {
                0 => AceKind::Allow,
                1 => AceKind::Deny,
                _ => continue,
            };
            let mask = entry.get(4..).and_then(<[u8]>::first_chunk);
            let (Some(mask), Some(sid)) = (mask, entry.get(HEADER..)) else {
                return Err(Win32Error::INVALID_ACL);
            };
            let sid = Sid::from_bytes(sid).map_err(|_| Win32Error::INVALID_ACL)?;
            entries.push(Ace { kind, flags: entry[1], mask: u32::from_le_bytes(*mask), sid });
        }
        Ok(Self { entries })
    }

    /// Its bytes: an `ACL` with room for nothing more.
    ///
    /// # Errors
    /// `ERROR_INVALID_ACL` if it has more than 64 KiB.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let entries: Vec<u8> = self.entries.iter().flat_map(Ace::to_bytes).collect();
        let length = u16::try_from(HEADER + entries.len()).map_err(|_| Win32Error::INVALID_ACL)?;
        // Entries have sixteen bytes at least, so there are fewer than bytes.
        let count = self.entries.len() as u16;
        let mut bytes = vec![ACL_REVISION, 0];
        bytes.extend(length.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(entries);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ace, AceKind, Acl, Sid};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = bytes;
            if let [revision, _, low, high, ..] = &mut *bytes {
                // Now and then a list by its header.
                (*revision, *high) = (2, 0);
                *low &= 0x7F;
            }
            if let Ok(list) = Acl::from_bytes(&bytes) {
                prop_assert!(list.to_bytes().unwrap().len() <= bytes.len());
            }
        }

        #[test]
        fn a_list_survives_its_bytes(
            entries in prop::collection::vec((any::<bool>(), any::<u8>(), any::<u32>(), any::<u32>()), 0..20),
        ) {
            let entry = |(allows, flags, mask, uid)| Ace {
                kind: if allows { AceKind::Allow } else { AceKind::Deny },
                flags,
                mask,
                sid: Sid::of_user(uid),
            };
            let list = Acl { entries: entries.into_iter().map(entry).collect() };
            prop_assert_eq!(Acl::from_bytes(&list.to_bytes().unwrap()), Ok(list));
        }
    }
}
