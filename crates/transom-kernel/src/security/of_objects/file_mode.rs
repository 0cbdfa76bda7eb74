//! Descriptors of Linux files: owner, group and mode in the words of Windows, and back.
//!
//! Of the twelve bits of a mode nine say who may read, write and execute. In a list they become
//! five entries: the owner's, the group's and everyone's, and before each of the first two what
//! they may not although those behind them may: Linux looks at one of the three only, and a list
//! gives what any entry gives.
//!
//! | mode | rights |
//! |---|---|
//! | `r` | `FILE_GENERIC_READ` |
//! | `w` | `FILE_GENERIC_WRITE`; of a directory `FILE_DELETE_CHILD` too |
//! | `x` | `FILE_GENERIC_EXECUTE` |
//! | none | to ask for attributes and for the descriptor |
//! | the owner's | besides, to change attributes, descriptor and owner, and to delete |
//!
//! A list can say more than a mode. What a mode cannot say of a file is refused, not left out. What
//! the list of a directory says of files to come has no effect.

use crate::error::{Result, Win32Error};
use crate::object::{ObjectType, SYNCHRONIZE};
use crate::security::{Ace, AceKind, Acl, Dacl, SecurityDescriptor, Sid};
use windows_sys::Win32::Security as win;
use windows_sys::Win32::Storage::FileSystem as file;

/// What everybody may with a file they can reach.
const LOOK: u32 = file::READ_CONTROL | SYNCHRONIZE | file::FILE_READ_ATTRIBUTES;
/// What an owner may besides.
const OWN: u32 = file::DELETE | file::WRITE_DAC | file::WRITE_OWNER | file::FILE_WRITE_ATTRIBUTES;
const WRITE: u32 = file::FILE_WRITE_DATA | file::FILE_APPEND_DATA;
/// The rights that a mode is about.
const DATA: u32 = file::FILE_READ_DATA | WRITE | file::FILE_EXECUTE;

/// Whose a Linux file is, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) is_directory: bool,
}

/// Whom a third of a mode is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Owner,
    Group,
    Others,
}

const CLASSES: [(Class, u32); 3] = [(Class::Owner, 6), (Class::Group, 3), (Class::Others, 0)];

/// The rights of three bits.
const fn rights_of(bits: u32, is_directory: bool) -> u32 {
    let mut rights = LOOK;
    if bits & 4 != 0 {
        rights |= file::FILE_GENERIC_READ;
    }
    if bits & 2 != 0 {
        rights |= file::FILE_GENERIC_WRITE;
        if is_directory {
            rights |= file::FILE_DELETE_CHILD;
        }
    }
    if bits & 1 != 0 {
        rights |= file::FILE_GENERIC_EXECUTE;
    }
    rights
}

/// The descriptor of a file.
pub(super) fn descriptor_of(whose: Whose, mode: u32) -> SecurityDescriptor {
    let [user, group, others] = CLASSES.map(|(_, shift)| mode >> shift & 7);
    let (owner_sid, group_sid) = (Sid::of_user(whose.uid), Sid::of_group(whose.gid));
    let data = |bits| rights_of(bits, whose.is_directory) & (DATA | file::FILE_DELETE_CHILD);
    let entry = |kind, mask, sid: &Sid| Ace { kind, flags: 0, mask, sid: sid.clone() };
    let mut entries = Vec::new();
    let refused = data((group | others) & !user);
    if refused != 0 {
        entries.push(entry(AceKind::Deny, refused, &owner_sid));
    }
    let allowed = rights_of(user, whose.is_directory) | OWN;
    entries.push(entry(AceKind::Allow, allowed, &owner_sid));
    let refused = data(others & !group);
    if refused != 0 {
        entries.push(entry(AceKind::Deny, refused, &group_sid));
    }
    entries.push(entry(AceKind::Allow, rights_of(group, whose.is_directory), &group_sid));
    entries.push(entry(AceKind::Allow, rights_of(others, whose.is_directory), &Sid::everyone()));
    SecurityDescriptor {
        owner: Some(owner_sid),
        group: Some(group_sid),
        dacl: Dacl::List(Acl { entries }),
        // Nothing comes from the directory.
        control: win::SE_DACL_PROTECTED,
    }
}

/// Whom an entry means.
enum Whom {
    /// Those of these thirds.
    These(&'static [Class]),
    /// Root, who may do everything.
    Root,
    /// Nobody who is on this machine.
    Nobody,
    /// A user or group that no mode has a place for.
    Somebody,
}

fn whom(sid: &Sid, whose: Whose) -> Whom {
    if let Some(uid) = sid.user() {
        return if uid == whose.uid { Whom::These(&[Class::Owner]) } else { Whom::Somebody };
    }
    if let Some(gid) = sid.group() {
        let is_it = gid == whose.gid;
        // Who owns a file is of its group.
        return if is_it { Whom::These(&[Class::Owner, Class::Group]) } else { Whom::Somebody };
    }
    match sid.well_known().map(|known| known.letters) {
        Some("WD" | "AU" | "IU" | "BU") => {
            Whom::These(&[Class::Owner, Class::Group, Class::Others])
        }
        Some("OW" | "CO") => Whom::These(&[Class::Owner]),
        Some("BA" | "SY") => Whom::Root,
        _ => Whom::Nobody,
    }
}

/// What a list allows and denies a class.
#[derive(Clone, Copy, Debug, Default)]
struct Verdict {
    allowed: u32,
    denied: u32,
}

impl Verdict {
    fn hear(&mut self, kind: AceKind, mask: u32) {
        match kind {
            AceKind::Allow => self.allowed |= mask & !self.denied,
            AceKind::Deny => self.denied |= mask & !self.allowed,
        }
    }

    /// The three bits that say so.
    fn bits(self, is_directory: bool) -> Option<u32> {
        let allows = |rights: u32| self.allowed & rights == rights;
        let mut bits = 0;
        for (bit, right) in [(4, file::FILE_READ_DATA), (2, WRITE), (1, file::FILE_EXECUTE)] {
            if allows(right) {
                bits |= bit;
            }
        }
        let is_said = rights_of(bits, is_directory) & DATA == self.allowed & DATA;
        let keeps_children =
            is_directory && bits & 2 != 0 && self.denied & file::FILE_DELETE_CHILD != 0;
        (is_said && !keeps_children).then_some(bits)
    }
}

/// The nine bits of a mode that say what a list says.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED` if none do.
pub(super) fn mode_of(dacl: &Dacl, whose: Whose) -> Result<u32> {
    let list = match dacl {
        Dacl::Absent | Dacl::Null => return Ok(0o777),
        Dacl::List(list) => list,
    };
    let mut verdicts = [Verdict::default(); 3];
    let mut speaks_of_owners = false;
    for entry in &list.entries {
        if u32::from(entry.flags) & win::INHERIT_ONLY_ACE != 0 {
            continue;
        }
        let mask = ObjectType::File.specific_rights(entry.mask);
        let denies_nothing_sayable = entry.kind == AceKind::Deny && mask & DATA == 0 && mask != 0;
        match whom(&entry.sid, whose) {
            Whom::These(classes) if !denies_nothing_sayable => {
                for (verdict, (class, _)) in verdicts.iter_mut().zip(CLASSES) {
                    if classes.contains(&class) {
                        verdict.hear(entry.kind, mask);
                    }
                }
            }
            Whom::Root if entry.kind == AceKind::Allow => {}
            Whom::Nobody => {}
            Whom::These(_) | Whom::Root | Whom::Somebody => return Err(Win32Error::NOT_SUPPORTED),
        }
        speaks_of_owners |= entry.sid.well_known().is_some_and(|known| known.letters == "OW");
    }
    if speaks_of_owners && verdicts[0].allowed & file::WRITE_DAC == 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    verdicts.iter().zip(CLASSES).try_fold(0, |mode, (verdict, (_, shift))| {
        let bits = verdict.bits(whose.is_directory).ok_or(Win32Error::NOT_SUPPORTED)?;
        Ok(mode | bits << shift)
    })
}

#[cfg(test)]
mod tests {
    use super::{Dacl, SecurityDescriptor, Whose, Win32Error, descriptor_of, mode_of};
    use crate::security::{Subject, access_check};
    use proptest::prelude::*;

    const FILE: Whose = Whose { uid: 5, gid: 7, is_directory: false };
    const DIRECTORY: Whose = Whose { is_directory: true, ..FILE };

    fn mode(sddl: &str, whose: Whose) -> Result<u32, Win32Error> {
        mode_of(&SecurityDescriptor::from_sddl(sddl).unwrap().dacl, whose)
    }

    #[test]
    fn an_ordinary_mode_is_three_entries() {
        let text = descriptor_of(FILE, 0o100_640).to_sddl();
        let owner = "(A;;0x1f019f;;;S-1-22-1-5)";
        let rest = "(A;;FR;;;S-1-22-2-7)(A;;0x120080;;;WD)";
        assert_eq!(text, format!("O:S-1-22-1-5G:S-1-22-2-7D:P{owner}{rest}"));
        let text = descriptor_of(FILE, 0o077).to_sddl();
        assert!(text.contains("D:P(D;;CCDCLCWP;;;S-1-22-1-5)(A;;"), "{text}");
    }

    #[test]
    fn lists_become_modes() {
        for (sddl, expected) in [
            ("D:NO_ACCESS_CONTROL", 0o777),
            ("D:", 0),
            ("D:(A;;GA;;;WD)", 0o777),
            ("D:(A;;FA;;;S-1-22-1-5)(A;;GR;;;WD)", 0o744),
            ("D:(D;;GW;;;WD)(A;;GA;;;WD)", 0o555),
            ("D:(A;;GR;;;S-1-22-2-7)", 0o440),
            ("D:(D;;GA;;;S-1-22-2-7)(A;;GR;;;WD)", 0o004),
            ("D:(A;;GA;;;SY)(D;;GA;;;NU)", 0),
            ("D:(A;OICIIO;GA;;;WD)(A;;GR;;;BU)", 0o444),
            ("D:(A;OICI;GRGX;;;WD)", 0o555),
            ("", 0o777),
        ] {
            assert_eq!(mode(sddl, FILE), Ok(expected), "{sddl}");
        }
    }

    #[test]
    fn what_no_mode_says_is_refused() {
        for sddl in [
            "D:(A;;GR;;;S-1-22-1-6)",
            "D:(A;;GR;;;S-1-22-2-8)",
            "D:(D;;GR;;;BA)",
            "D:(D;;SD;;;WD)(A;;GA;;;WD)",
            "D:(A;;0x2;;;WD)",
            "D:(A;;0x4;;;WD)",
        ] {
            assert_eq!(mode(sddl, FILE), Err(Win32Error::NOT_SUPPORTED), "{sddl}");
        }
        let keeps_children = "D:(D;;0x60;;;WD)(A;;GA;;;WD)";
        assert_eq!(mode(keeps_children, DIRECTORY), Err(Win32Error::NOT_SUPPORTED));
        assert_eq!(mode("D:(A;;0x1301bf;;;OW)", FILE), Err(Win32Error::NOT_SUPPORTED));
        assert_eq!(mode("D:(A;;0x1f01ff;;;OW)", FILE), Ok(0o700));
    }

    proptest! {
        #[test]
        fn a_mode_survives_its_list(mode in 0_u32..0o1000, is_directory: bool) {
            let whose = Whose { is_directory, ..FILE };
            let descriptor = descriptor_of(whose, mode);
            prop_assert_eq!(mode_of(&descriptor.dacl, whose), Ok(mode));
            let bytes = descriptor.to_self_relative().unwrap();
            prop_assert_eq!(SecurityDescriptor::from_self_relative(&bytes), Ok(descriptor));
        }

        #[test]
        fn a_list_grants_what_linux_grants(mode in 0_u32..0o1000) {
            let descriptor = descriptor_of(FILE, mode);
            for (uid, gids, shift) in [(5, vec![], 6), (5, vec![7], 6), (6, vec![7], 3), (6, vec![8], 0)] {
                let granted = access_check(&descriptor, 5, &Subject { uid, gids });
                for (bit, right) in [(4, 1), (2, 2), (2, 4), (1, 0x20)] {
                    prop_assert_eq!(granted & right != 0, mode >> shift & bit != 0, "{} {:#x}", uid, right);
                }
            }
        }

        #[test]
        fn a_list_never_becomes_more(
            entries in prop::collection::vec((0..2_u8, 0..6_usize, any::<u16>()), 0..6),
        ) {
            let sids = ["S-1-22-1-5", "S-1-22-2-7", "WD", "SY", "NU", "S-1-22-1-9"];
            let entry = |(kind, sid, mask): (u8, usize, u16)| {
                format!("({};;{:#x};;;{})", ["A", "D"][usize::from(kind)], mask & 0x1FF, sids[sid])
            };
            let text: String = entries.into_iter().map(entry).collect();
            let descriptor = SecurityDescriptor::from_sddl(&format!("O:S-1-22-1-5D:{text}")).unwrap();
            let Ok(mode) = mode_of(&descriptor.dacl, FILE) else { return Ok(()) };
            for (uid, gids, shift) in [(5, vec![7], 6), (6, vec![7], 3), (6, vec![], 0)] {
                let granted = access_check(&descriptor, 5, &Subject { uid, gids });
                for (bit, right) in [(4, 1), (2, 2), (2, 4), (1, 0x20)] {
                    prop_assert_eq!(granted & right != 0, mode >> shift & bit != 0, "{} {}", text, mode);
                }
            }
            prop_assert!(descriptor.dacl != Dacl::Null);
        }
    }
}
