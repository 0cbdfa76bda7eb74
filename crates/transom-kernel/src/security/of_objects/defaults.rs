//! What an object's descriptor is if nobody gave it one, or not all of it.

use crate::object::ObjectType;
use crate::process::open as process;
use crate::security::{Ace, AceKind, Acl, Dacl, SecurityDescriptor, Sid, WellKnown};
use crate::thread::open as thread;

/// Whose an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Maker {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Maker {
    /// Who this process is.
    pub(super) fn current() -> Self {
        let uid = rustix::process::geteuid().as_raw();
        Self { uid, gid: rustix::process::getegid().as_raw() }
    }
}

/// The system.
fn system() -> Sid {
    let known = WellKnown::ALL.into_iter().find(|known| known.letters == "SY");
    known.map_or_else(Sid::administrators, WellKnown::sid)
}

/// Who may do what with an object that has no list: its user and the system everything; and with
/// processes and threads, everyone what changes nothing.
fn list(kind: ObjectType, maker: Maker) -> Acl {
    let allow = |mask, sid| Ace { kind: AceKind::Allow, flags: 0, mask, sid };
    let all = kind.all_access();
    let mut entries = vec![allow(all, Sid::of_user(maker.uid)), allow(all, system())];
    match kind {
        ObjectType::Process => entries.push(allow(process::READ_RIGHTS, Sid::everyone())),
        ObjectType::Thread => entries.push(allow(thread::READ_RIGHTS, Sid::everyone())),
        _ => {}
    }
    Acl { entries }
}

/// A descriptor with everything: what was not given is as the default, and rights are the type's
/// own.
pub(super) fn complete(
    mut descriptor: SecurityDescriptor,
    kind: ObjectType,
    maker: Maker,
) -> SecurityDescriptor {
    descriptor.owner.get_or_insert_with(|| Sid::of_user(maker.uid));
    descriptor.group.get_or_insert_with(|| Sid::of_group(maker.gid));
    if descriptor.dacl == Dacl::Absent {
        descriptor.dacl = Dacl::List(list(kind, maker));
    }
    descriptor.map_masks(|mask| kind.specific_rights(mask));
    descriptor
}

#[cfg(test)]
mod tests {
    use super::{Maker, ObjectType, SecurityDescriptor, complete};

    #[test]
    fn what_is_missing_is_added() {
        let maker = Maker { uid: 5, gid: 7 };
        let complete = |sddl, kind| {
            complete(SecurityDescriptor::from_sddl(sddl).unwrap(), kind, maker).to_sddl()
        };
        assert_eq!(
            complete("", ObjectType::Event),
            "O:S-1-22-1-5G:S-1-22-2-7D:(A;;0x1f0003;;;S-1-22-1-5)(A;;0x1f0003;;;SY)"
        );
        assert_eq!(
            complete("O:BAG:SYD:(A;;GX;;;WD)", ObjectType::Mutex),
            "O:BAG:SYD:(A;;0x120000;;;WD)"
        );
    }
}
