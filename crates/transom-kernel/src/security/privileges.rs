//! Privileges: what a process may do beyond what descriptors say. They are Linux' capabilities, as
//! far as the two have something in common.

/// A privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Privilege {
    /// Its name.
    pub name: &'static str,
    /// The low half of its `LUID`; the high one is 0.
    pub number: u32,
    /// The capability that gives it; nothing where nothing does.
    capability: Capability,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Capability {
    /// Nobody has it.
    None,
    /// Everybody has it.
    Everybody,
    /// Who has the capability of this number.
    Number(u8),
}

macro_rules! privileges {
    ($($name:literal, $number:literal, $capability:expr;)*) => {
        /// All of them.
        pub const ALL: &[Privilege] = &[
            $(Privilege { name: $name, number: $number, capability: $capability },)*
        ];
    };
}

use Capability::{Everybody, None as Nobody, Number};

privileges! {
    "SeCreateTokenPrivilege", 2, Nobody;
    "SeAssignPrimaryTokenPrivilege", 3, Number(7);
    "SeLockMemoryPrivilege", 4, Number(14);
    "SeIncreaseQuotaPrivilege", 5, Number(24);
    "SeMachineAccountPrivilege", 6, Nobody;
    "SeTcbPrivilege", 7, Number(21);
    "SeSecurityPrivilege", 8, Number(30);
    "SeTakeOwnershipPrivilege", 9, Number(0);
    "SeLoadDriverPrivilege", 10, Number(16);
    "SeSystemProfilePrivilege", 11, Number(38);
    "SeSystemtimePrivilege", 12, Number(25);
    "SeProfileSingleProcessPrivilege", 13, Number(38);
    "SeIncreaseBasePriorityPrivilege", 14, Number(23);
    "SeCreatePagefilePrivilege", 15, Number(21);
    "SeCreatePermanentPrivilege", 16, Nobody;
    "SeBackupPrivilege", 17, Number(2);
    "SeRestorePrivilege", 18, Number(1);
    "SeShutdownPrivilege", 19, Number(22);
    "SeDebugPrivilege", 20, Number(19);
    "SeAuditPrivilege", 21, Number(29);
    "SeSystemEnvironmentPrivilege", 22, Nobody;
    "SeChangeNotifyPrivilege", 23, Everybody;
    "SeRemoteShutdownPrivilege", 24, Number(22);
    "SeUndockPrivilege", 25, Nobody;
    "SeSyncAgentPrivilege", 26, Nobody;
    "SeEnableDelegationPrivilege", 27, Nobody;
    "SeManageVolumePrivilege", 28, Number(21);
    "SeImpersonatePrivilege", 29, Number(7);
    "SeCreateGlobalPrivilege", 30, Everybody;
    "SeTrustedCredManAccessPrivilege", 31, Nobody;
    "SeRelabelPrivilege", 32, Nobody;
    "SeIncreaseWorkingSetPrivilege", 33, Everybody;
    "SeTimeZonePrivilege", 34, Number(25);
    "SeCreateSymbolicLinkPrivilege", 35, Everybody;
}

impl Privilege {
    /// The privilege of a name; case does not count.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|privilege| privilege.name.eq_ignore_ascii_case(name))
    }

    /// The privilege of a number.
    #[must_use]
    pub fn by_number(number: u32) -> Option<Self> {
        ALL.iter().copied().find(|privilege| privilege.number == number)
    }

    /// Whether who has these capabilities (a bit each) has it.
    #[must_use]
    pub const fn is_given_by(self, capabilities: u64) -> bool {
        match self.capability {
            Capability::None => false,
            Capability::Everybody => true,
            Capability::Number(number) => capabilities >> number & 1 != 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Privilege};

    #[test]
    fn privileges_are_found_both_ways() {
        for privilege in ALL {
            assert_eq!(Privilege::by_number(privilege.number), Some(*privilege));
            assert_eq!(Privilege::by_name(&privilege.name.to_uppercase()), Some(*privilege));
        }
        let debug = Privilege::by_number(20).expect("it is known");
        assert!(debug.is_given_by(1 << 19) && !debug.is_given_by(!(1 << 19)));
        assert!(Privilege::by_number(23).expect("it is known").is_given_by(0));
    }
}
