//! Changing access control lists by who is to have what.

use super::{Ace, AceKind, Acl, Sid};

/// What is to become of somebody's rights (`ACCESS_MODE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// These are allowed too.
    Grant,
    /// These are allowed, and nothing else is said of them.
    Set,
    /// These are denied too.
    Deny,
    /// What was allowed is not any more.
    Revoke,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is to be done.
    pub mode: Mode,
    /// The rights.
    pub mask: u32,
    /// The flags of a new entry.
    pub flags: u8,
    /// Whose rights.
    pub sid: Sid,
}

/// `SetEntriesInAcl`: a list with changes: new entries come first, and denying ones before those that
/// allow.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setentriesinaclw>
#[must_use]
pub fn changed(old: &Acl, changes: &[Change]) -> Acl {
    let mut entries = old.entries.clone();
    for change in changes {
        let Change { mode, mask, flags, sid } = change;
        let kind = match mode {
            Mode::Grant | Mode::Set => AceKind::Allow,
            Mode::Deny => AceKind::Deny,
            Mode::Revoke => {
                entries.retain(|entry| entry.sid != *sid || entry.kind != AceKind::Allow);
                continue;
            }
        };
        if *mode == Mode::Set {
            entries.retain(|entry| entry.sid != *sid);
        }
        let same =
            |entry: &&mut Ace| entry.sid == *sid && entry.kind == kind && entry.flags == *flags;
        match entries.iter_mut().find(same) {
            Some(entry) => entry.mask |= mask,
            None => entries.insert(0, Ace { kind, flags: *flags, mask: *mask, sid: sid.clone() }),
        }
    }
    entries.sort_by_key(|entry| entry.kind == AceKind::Allow);
    Acl { entries }
}

#[cfg(test)]
mod tests {
    use super::{AceKind, Acl, Change, Mode, changed};
    use crate::security::Sid;

    #[test]
    fn changes_are_made_in_their_order() {
        let change = |mode, mask, uid| Change { mode, mask, flags: 0, sid: Sid::of_user(uid) };
        let list = changed(
            &Acl::default(),
            &[
                change(Mode::Grant, 1, 7),
                change(Mode::Grant, 2, 7),
                change(Mode::Deny, 4, 8),
                change(Mode::Grant, 8, 9),
            ],
        );
        let shown = |list: &Acl| {
            list.entries.iter().map(|e| (e.kind, e.mask, e.sid.user())).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(&list),
            [
                (AceKind::Deny, 4, Some(8)),
                (AceKind::Allow, 8, Some(9)),
                (AceKind::Allow, 3, Some(7)),
            ]
        );
        let list = changed(&list, &[change(Mode::Set, 16, 8), change(Mode::Revoke, 0, 7)]);
        assert_eq!(shown(&list), [(AceKind::Allow, 16, Some(8)), (AceKind::Allow, 8, Some(9)),]);
    }
}
