//! What a list gives somebody who does not ask himself.

use super::{AceKind, Acl, Sid};
use crate::system;
use windows_sys::Win32::Security::INHERIT_ONLY_ACE;

/// The identifiers that count for somebody: for a user also those of his groups, and everybody's.
fn identifiers(who: &Sid) -> Vec<Sid> {
    let mut all = vec![who.clone()];
    let uid = who.user();
    if let Some(uid) = uid {
        all.extend(system::groups_of(uid).into_iter().map(Sid::of_group));
    }
    let well_known = ["WD", "AU", "IU", "BU"].into_iter();
    let of_root = ["BA", "SY"].into_iter().filter(|_| uid == Some(0));
    all.extend(well_known.chain(of_root).filter_map(|letters| Sid::parse(letters).ok()));
    all
}

/// `GetEffectiveRightsFromAcl`: the rights that a list gives somebody, generic ones as they stand in it. What an owner has
/// anyway is not looked at.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-geteffectiverightsfromaclw>
#[must_use]
pub fn rights(list: &Acl, who: &Sid) -> u32 {
    let identifiers = identifiers(who);
    let (mut allowed, mut denied) = (0, 0);
    for entry in &list.entries {
        let counts = u32::from(entry.flags) & INHERIT_ONLY_ACE == 0;
        if !counts || !identifiers.contains(&entry.sid) {
            continue;
        }
        match entry.kind {
            AceKind::Allow => allowed |= entry.mask & !denied,
            AceKind::Deny => denied |= entry.mask & !allowed,
        }
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::{Sid, rights};
    use crate::security::{Dacl, SecurityDescriptor};

    #[test]
    fn a_users_groups_and_everyone_count() {
        let rights = |sddl: &str, who: &str| {
            let Dacl::List(list) = SecurityDescriptor::from_sddl(sddl).unwrap().dacl else {
                panic!("no list: {sddl}")
            };
            rights(&list, &Sid::parse(who).unwrap())
        };
        // Everywhere root is of root's group.
        let list = "D:(D;;0x1;;;S-1-22-2-0)(A;;0x7;;;WD)(A;IO;0x8;;;WD)";
        assert_eq!(rights(list, "S-1-22-1-0"), 6);
        assert_eq!(rights(list, "S-1-22-2-0"), 6);
        assert_eq!(rights(list, "S-1-22-1-4294967290"), 7);
        assert_eq!(rights(list, "WD"), 7);
        assert_eq!(rights("D:(A;;0x1;;;BA)", "S-1-22-1-0"), 1);
        assert_eq!(rights("D:(A;;0x1;;;BA)", "WD"), 0);
        assert_eq!(rights("D:", "BA"), 0);
    }
}
