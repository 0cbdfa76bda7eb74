//! Which parts of a descriptor are meant.

use crate::error::{Result, Win32Error};
use crate::security::{Dacl, SecurityDescriptor};
use bitflags::bitflags;
use windows_sys::Win32::Security as win;
use windows_sys::Win32::Storage::FileSystem::{READ_CONTROL, WRITE_DAC, WRITE_OWNER};

/// The right to an auditing list, which no handle has.
const ACCESS_SYSTEM_SECURITY: u32 = 0x0100_0000;

bitflags! {
    /// Parts of a descriptor: `SECURITY_INFORMATION`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Parts: u32 {
        /// `OWNER_SECURITY_INFORMATION`.
        const OWNER = win::OWNER_SECURITY_INFORMATION;
        /// `GROUP_SECURITY_INFORMATION`.
        const GROUP = win::GROUP_SECURITY_INFORMATION;
        /// `DACL_SECURITY_INFORMATION`.
        const DACL = win::DACL_SECURITY_INFORMATION;
        /// `SACL_SECURITY_INFORMATION`: auditing, which there is not.
        const SACL = win::SACL_SECURITY_INFORMATION;
        /// `LABEL_SECURITY_INFORMATION`: an integrity level, which nothing has.
        const LABEL = win::LABEL_SECURITY_INFORMATION;
        /// `PROTECTED_DACL_SECURITY_INFORMATION`: the list inherits nothing.
        const PROTECTED_DACL = win::PROTECTED_DACL_SECURITY_INFORMATION;
        /// `UNPROTECTED_DACL_SECURITY_INFORMATION`: the list inherits.
        const UNPROTECTED_DACL = win::UNPROTECTED_DACL_SECURITY_INFORMATION;
    }
}

impl Parts {
    /// Reads a number.
    ///
    /// # Errors
    /// `ERROR_NOT_SUPPORTED` for parts that are not kept.
    pub fn of(number: u32) -> Result<Self> {
        Self::from_bits(number).ok_or(Win32Error::NOT_SUPPORTED)
    }

    /// The rights a handle must have to read these parts.
    #[must_use]
    pub fn rights_to_get(self) -> u32 {
        let mut rights = 0;
        if self.intersects(Self::OWNER | Self::GROUP | Self::DACL | Self::LABEL) {
            rights |= READ_CONTROL;
        }
        if self.contains(Self::SACL) {
            rights |= ACCESS_SYSTEM_SECURITY;
        }
        rights
    }

    /// The rights a handle must have to change these parts.
    #[must_use]
    pub fn rights_to_set(self) -> u32 {
        let mut rights = 0;
        if self.intersects(Self::OWNER | Self::GROUP | Self::LABEL) {
            rights |= WRITE_OWNER;
        }
        if self.intersects(Self::DACL | Self::PROTECTED_DACL | Self::UNPROTECTED_DACL) {
            rights |= WRITE_DAC;
        }
        if self.contains(Self::SACL) {
            rights |= ACCESS_SYSTEM_SECURITY;
        }
        rights
    }

    /// These parts of a descriptor.
    pub(super) fn among(self, whole: SecurityDescriptor) -> SecurityDescriptor {
        let of_dacl = win::SE_DACL_PROTECTED
            | win::SE_DACL_AUTO_INHERITED
            | win::SE_DACL_AUTO_INHERIT_REQ
            | win::SE_DACL_DEFAULTED;
        let has_dacl = self.contains(Self::DACL);
        SecurityDescriptor {
            owner: whole.owner.filter(|_| self.contains(Self::OWNER)),
            group: whole.group.filter(|_| self.contains(Self::GROUP)),
            dacl: if has_dacl { whole.dacl } else { Dacl::Absent },
            control: if has_dacl { whole.control & of_dacl } else { 0 },
        }
    }

    /// Puts these parts of a descriptor into another.
    ///
    /// # Errors
    /// `ERROR_INVALID_SECURITY_DESCR` if the new one has no owner or group that it is to give.
    pub(super) fn put(
        self,
        new: &SecurityDescriptor,
        whole: &mut SecurityDescriptor,
    ) -> Result<()> {
        let lacks_owner = self.contains(Self::OWNER) && new.owner.is_none();
        if lacks_owner || self.contains(Self::GROUP) && new.group.is_none() {
            return Err(Win32Error::INVALID_SECURITY_DESCR);
        }
        if self.contains(Self::OWNER) {
            whole.owner.clone_from(&new.owner);
        }
        if self.contains(Self::GROUP) {
            whole.group.clone_from(&new.group);
        }
        let kept = win::SE_DACL_PROTECTED | win::SE_DACL_AUTO_INHERITED;
        if self.contains(Self::DACL) {
            whole.dacl = match &new.dacl {
                // Without a list everyone may do everything.
                Dacl::Absent => Dacl::Null,
                other => other.clone(),
            };
            whole.control = whole.control & !kept | new.control & kept;
        }
        if self.contains(Self::PROTECTED_DACL) {
            whole.control |= win::SE_DACL_PROTECTED;
        }
        if self.contains(Self::UNPROTECTED_DACL) {
            whole.control &= !win::SE_DACL_PROTECTED;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, SecurityDescriptor, Win32Error};

    fn read(sddl: &str) -> SecurityDescriptor {
        SecurityDescriptor::from_sddl(sddl).unwrap()
    }

    #[test]
    fn parts_are_taken_and_put() {
        let whole = read("O:BAG:SYD:P(A;;GA;;;WD)");
        assert_eq!(Parts::OWNER.among(whole.clone()).to_sddl(), "O:BA");
        assert_eq!(Parts::DACL.among(whole.clone()).to_sddl(), "D:P(A;;GA;;;WD)");
        let mut changed = whole.clone();
        Parts::DACL.put(&read("D:(A;;GR;;;WD)"), &mut changed).unwrap();
        assert_eq!(changed.to_sddl(), "O:BAG:SYD:(A;;GR;;;WD)");
        (Parts::DACL | Parts::PROTECTED_DACL).put(&read("D:"), &mut changed).unwrap();
        assert_eq!(changed.to_sddl(), "O:BAG:SYD:P");
        let nothing = Parts::OWNER.put(&read("D:"), &mut changed);
        assert_eq!(nothing, Err(Win32Error::INVALID_SECURITY_DESCR));
        assert_eq!(Parts::of(0x20), Err(Win32Error::NOT_SUPPORTED));
    }
}
