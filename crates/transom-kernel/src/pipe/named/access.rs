//! Who may use a pipe.

use crate::security::{Ace, AceKind, Acl, Dacl, SecurityDescriptor, Sid};
use windows_sys::Win32::Foundation::{GENERIC_ALL, GENERIC_READ};

/// The descriptor of a new pipe: the one that was given, with the list that Windows puts where
/// there is none. Its user and administrators may do everything, everyone may read.
pub(super) fn security_of(given: Option<&SecurityDescriptor>) -> SecurityDescriptor {
    let mut security = given.cloned().unwrap_or_default();
    if security.dacl == Dacl::Absent {
        let user = Sid::of_user(rustix::process::geteuid().as_raw());
        let allow = |mask, sid| Ace { kind: AceKind::Allow, flags: 0, mask, sid };
        security.dacl = Dacl::List(Acl {
            entries: vec![
                allow(GENERIC_ALL, user),
                allow(GENERIC_ALL, Sid::administrators()),
                allow(GENERIC_READ, Sid::everyone()),
            ],
        });
    }
    security
}
