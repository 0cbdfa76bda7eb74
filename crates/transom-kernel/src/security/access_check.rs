//! What a descriptor lets somebody do.

use super::{Ace, AceKind, Dacl, SecurityDescriptor, Sid};
use rustix::process::{Gid, Pid, Uid, getegid, geteuid, getgroups};
use windows_sys::Win32::Security::INHERIT_ONLY_ACE;
use windows_sys::Win32::Storage::FileSystem::{READ_CONTROL, WRITE_DAC};

/// Who asks: a user, with all groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The user.
    pub uid: u32,
    /// The groups.
    pub gids: Vec<u32>,
}

impl Subject {
    /// This process.
    #[must_use]
    pub fn current() -> Self {
        let mut gids: Vec<u32> =
            getgroups().unwrap_or_default().into_iter().map(Gid::as_raw).collect();
        gids.push(getegid().as_raw());
        Self { uid: geteuid().as_raw(), gids }
    }

    /// A process that has connected, with its supplementary groups as far as `/proc` tells them.
    #[must_use]
    pub(crate) fn of_process(pid: Pid, uid: Uid, gid: Gid) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let groups = status.lines().find_map(|line| line.strip_prefix("Groups:"));
        let mut gids: Vec<u32> = groups
            .unwrap_or_default()
            .split_ascii_whitespace()
            .filter_map(|group| group.parse().ok())
            .collect();
        gids.push(gid.as_raw());
        Self { uid: uid.as_raw(), gids }
    }

    /// Whether an identifier means this subject. Root is an administrator and the system.
    fn is(&self, sid: &Sid, owner: &Sid) -> bool {
        if let Some(uid) = sid.user() {
            return uid == self.uid;
        }
        if let Some(gid) = sid.group() {
            return self.gids.contains(&gid);
        }
        match sid.well_known().map(|known| known.letters) {
            // Everyone who is on this machine has logged on to it.
            Some("WD" | "AU" | "IU" | "BU") => true,
            Some("BA" | "SY") => self.uid == 0,
            Some("OW" | "CO") => self.is_user(owner),
            _ => false,
        }
    }

    fn is_user(&self, owner: &Sid) -> bool {
        owner.user() == Some(self.uid)
            || self.uid == 0
                && matches!(owner.well_known().map(|known| known.letters), Some("BA" | "SY"))
    }
}

/// Which rights a descriptor grants somebody, generic ones as they stand in it; all for a null
/// list, and for an absent one if they own the object or are root. `owner` is the user who made the
/// object, and counts where the descriptor names no owner.
///
/// An owner may always read the descriptor and change its list, unless the list speaks of
/// owners' rights (`OW`).
///
/// Reference: <https://learn.microsoft.com/windows/win32/secauthz/how-dacls-control-access-to-an-object>
#[must_use]
pub fn access_check(descriptor: &SecurityDescriptor, owner: u32, subject: &Subject) -> u32 {
    let owner = descriptor.owner.clone().unwrap_or_else(|| Sid::of_user(owner));
    let list = match &descriptor.dacl {
        Dacl::Null => return u32::MAX,
        Dacl::Absent if subject.uid == 0 || subject.is_user(&owner) => return u32::MAX,
        Dacl::Absent => return 0,
        Dacl::List(list) => list,
    };
    let counts = |entry: &&Ace| u32::from(entry.flags) & INHERIT_ONLY_ACE == 0;
    let (mut granted, mut denied) = (0, 0);
    for entry in list.entries.iter().filter(counts) {
        if !subject.is(&entry.sid, &owner) {
            continue;
        }
        match entry.kind {
            AceKind::Allow => granted |= entry.mask & !denied,
            AceKind::Deny => denied |= entry.mask & !granted,
        }
    }
    let speaks_of_owners =
        |entry: &Ace| entry.sid.well_known().is_some_and(|known| known.letters == "OW");
    if subject.is_user(&owner) && !list.entries.iter().any(speaks_of_owners) {
        granted |= READ_CONTROL | WRITE_DAC;
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::{READ_CONTROL, SecurityDescriptor, Subject, WRITE_DAC, access_check};

    const OWNER: u32 = 1000;

    fn granted(sddl: &str, uid: u32, gids: &[u32]) -> u32 {
        let descriptor = SecurityDescriptor::from_sddl(sddl).unwrap();
        access_check(&descriptor, OWNER, &Subject { uid, gids: gids.to_vec() })
    }

    #[test]
    fn the_first_entry_that_speaks_of_a_right_decides() {
        assert_eq!(granted("D:(A;;0x3;;;WD)(D;;0x3;;;WD)", 5, &[]), 3);
        assert_eq!(granted("D:(D;;0x1;;;S-1-22-1-5)(A;;0x3;;;WD)", 5, &[]), 2);
        assert_eq!(granted("D:(D;;0x1;;;S-1-22-1-5)(A;;0x3;;;WD)", 6, &[]), 3);
        assert_eq!(granted("D:(A;;0x1;;;S-1-22-2-7)", 5, &[6, 7]), 1);
        assert_eq!(granted("D:(A;IO;0x1;;;WD)", 5, &[]), 0);
    }

    #[test]
    fn empty_null_and_absent_lists_differ() {
        assert_eq!(granted("D:", 5, &[]), 0);
        assert_eq!(granted("D:NO_ACCESS_CONTROL", 5, &[]), u32::MAX);
        assert_eq!(granted("", 5, &[]), 0);
        assert_eq!(granted("", OWNER, &[]), u32::MAX);
        assert_eq!(granted("", 0, &[]), u32::MAX);
    }

    #[test]
    fn owners_may_change_the_list_unless_it_speaks_of_them() {
        assert_eq!(granted("D:", OWNER, &[]), READ_CONTROL | WRITE_DAC);
        assert_eq!(granted("D:(A;;0x4;;;OW)", OWNER, &[]), 4);
        assert_eq!(granted("O:S-1-22-1-5D:", OWNER, &[]), 0);
        assert_eq!(granted("D:(A;;0x1;;;BA)", 0, &[0]), 1);
        assert_eq!(granted("D:(A;;0x1;;;BA)", 5, &[0]), 0);
    }
}
