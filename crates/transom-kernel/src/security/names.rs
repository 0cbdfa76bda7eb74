//! Names of identifiers: users and groups of Linux, and the well-known ones.

use super::Sid;
use crate::system::{self, computer_name};
use crate::text;

/// What an identifier is of (`SID_NAME_USE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A user.
    User = 1,
    /// A group.
    Group = 2,
    /// A group of this machine.
    Alias = 4,
    /// One that every machine has.
    WellKnown = 5,
}

/// An identifier's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: Vec<u16>,
    /// What knows it: a machine's name, or that of an authority.
    pub domain: Vec<u16>,
    /// What it is of.
    pub kind: Use,
}

/// The well-known ones: identifier, name, domain, what it is of.
const KNOWN: [(&str, &str, &str, Use); 12] = [
    ("S-1-1-0", "Everyone", "", Use::WellKnown),
    ("S-1-3-0", "CREATOR OWNER", "", Use::WellKnown),
    ("S-1-3-1", "CREATOR GROUP", "", Use::WellKnown),
    ("S-1-5-2", "NETWORK", "NT AUTHORITY", Use::WellKnown),
    ("S-1-5-4", "INTERACTIVE", "NT AUTHORITY", Use::WellKnown),
    ("S-1-5-7", "ANONYMOUS LOGON", "NT AUTHORITY", Use::WellKnown),
    ("S-1-5-11", "Authenticated Users", "NT AUTHORITY", Use::WellKnown),
    ("S-1-5-18", "SYSTEM", "NT AUTHORITY", Use::WellKnown),
    ("S-1-5-19", "LOCAL SERVICE", "NT AUTHORITY", Use::WellKnown),
    ("S-1-5-20", "NETWORK SERVICE", "NT AUTHORITY", Use::WellKnown),
    ("S-1-5-32-544", "Administrators", "BUILTIN", Use::Alias),
    ("S-1-5-32-545", "Users", "BUILTIN", Use::Alias),
];

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn machine() -> Vec<u16> {
    let (_, first) = computer_name();
    first.into_iter().map(text::fold_unit).collect()
}

/// `LookupAccountSid`: the name of an identifier; nothing for one that has none.
#[must_use]
pub fn name_of(sid: &Sid) -> Option<Name> {
    let known = KNOWN.iter().find(|(id, ..)| Sid::parse(id).as_ref() == Ok(sid));
    if let Some(&(_, name, domain, kind)) = known {
        return Some(Name { name: wide(name), domain: wide(domain), kind });
    }
    let local = |name: String, kind| Name { name: wide(&name), domain: machine(), kind };
    if let Some(uid) = sid.user() {
        return system::user(uid).map(|user| local(user.name, Use::User));
    }
    let gid = sid.group()?;
    system::group_name(gid).map(|name| local(name, Use::Group))
}

/// `LookupAccountName`: the identifier of a name, which may stand behind what knows it and a
/// backslash.
#[must_use]
pub fn of_name(name: &[u16]) -> Option<(Sid, Name)> {
    let whole = String::from_utf16_lossy(name);
    let short = whole.rsplit('\\').next().unwrap_or_default();
    let known = KNOWN.iter().find(|(_, known, ..)| known.eq_ignore_ascii_case(short));
    let sid = match known {
        Some((id, ..)) => Sid::parse(id).ok()?,
        None => match system::user_by_name(short) {
            Some(user) => Sid::of_user(user.uid),
            None => Sid::of_group(system::group_number(short)?),
        },
    };
    let name = name_of(&sid)?;
    Some((sid, name))
}

#[cfg(test)]
mod tests {
    use super::{Use, name_of, of_name};
    use crate::security::Sid;

    #[test]
    fn names_and_identifiers_go_both_ways() {
        let root = name_of(&Sid::of_user(0)).expect("there is root");
        assert_eq!((String::from_utf16_lossy(&root.name), root.kind), ("root".into(), Use::User));
        for name in ["everyone", r"BUILTIN\Administrators", "root", r"MACHINE\root"] {
            let units: Vec<u16> = name.encode_utf16().collect();
            let (sid, found) = of_name(&units).expect(name);
            assert_eq!(name_of(&sid), Some(found));
        }
        assert!(of_name(&[0x3F; 5]).is_none());
        assert!(name_of(&Sid::of_user(0xFFFF_FFF0)).is_none());
    }
}
