//! Security descriptors.

use super::{Acl, Sid};
use crate::error::{Result, Win32Error};
use windows_sys::Win32::Security as win;

/// Who may do what with an object: its discretionary access control list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Dacl {
    /// None was given: the object gets the default.
    #[default]
    Absent,
    /// A null list: everyone may do everything.
    Null,
    /// A list; an empty one lets nobody do anything.
    List(Acl),
}

/// A security descriptor. Auditing lists are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityDescriptor {
    /// The owner.
    pub owner: Option<Sid>,
    /// The owner's group.
    pub group: Option<Sid>,
    /// Who may do what.
    pub dacl: Dacl,
    /// The bits of the control word that say nothing about the form: `SE_DACL_PROTECTED`,
    /// `SE_DACL_AUTO_INHERITED`, `SE_DACL_AUTO_INHERIT_REQ` and those of defaults.
    pub control: u16,
}

/// The bytes of a self-relative descriptor before its parts.
const HEADER: usize = 20;
/// Bits that the form decides.
const OF_FORM: u16 = win::SE_SELF_RELATIVE | win::SE_DACL_PRESENT | win::SE_SACL_PRESENT;

impl SecurityDescriptor {
    /// Reads a self-relative descriptor.
    ///
    /// # Errors
    /// `ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_SECURITY_DESCR`, `ERROR_INVALID_SID`,
    /// `ERROR_INVALID_ACL`: the bytes, or a part of them, are none.
    pub fn from_self_relative(bytes: &[u8]) -> Result<Self> {
        let header: &[u8; HEADER] =
            bytes.first_chunk().ok_or(Win32Error::INVALID_SECURITY_DESCR)?;
        if header[0] != 1 {
            return Err(Win32Error::UNKNOWN_REVISION);
        }
        let control = u16::from_le_bytes([header[2], header[3]]);
        if control & win::SE_SELF_RELATIVE == 0 {
            return Err(Win32Error::INVALID_SECURITY_DESCR);
        }
        let part = |at: usize| -> Result<Option<&[u8]>> {
            let offset = header
                .get(at..)
                .and_then(<[u8]>::first_chunk)
                .map_or(0, |four| u32::from_le_bytes(*four));
            match usize::try_from(offset) {
                Ok(0) => Ok(None),
                Ok(offset) => {
                    bytes.get(offset..).map(Some).ok_or(Win32Error::INVALID_SECURITY_DESCR)
                }
                Err(_) => Err(Win32Error::INVALID_SECURITY_DESCR),
            }
        };
        let dacl = match (control & win::SE_DACL_PRESENT != 0, part(16)?) {
            (false, _) => Dacl::Absent,
            (true, None) => Dacl::Null,
            (true, Some(list)) => Dacl::List(Acl::from_bytes(list)?),
        };
        Ok(Self {
            owner: part(4)?.map(Sid::from_bytes).transpose()?,
            group: part(8)?.map(Sid::from_bytes).transpose()?,
            dacl,
            control: control & !OF_FORM,
        })
    }

    /// Changes what each entry of its list speaks of.
    pub fn map_masks(&mut self, change: impl Fn(u32) -> u32) {
        if let Dacl::List(list) = &mut self.dacl {
            list.entries.iter_mut().for_each(|entry| entry.mask = change(entry.mask));
        }
    }

    /// The control word of the self-relative form.
    #[must_use]
    pub fn self_relative_control(&self) -> u16 {
        let present = if self.dacl == Dacl::Absent { 0 } else { win::SE_DACL_PRESENT };
        self.control & !OF_FORM | win::SE_SELF_RELATIVE | present
    }

    /// Its self-relative form.
    ///
    /// # Errors
    /// `ERROR_INVALID_ACL` if the list has more than 64 KiB.
    pub fn to_self_relative(&self) -> Result<Vec<u8>> {
        let mut bytes = vec![1, 0];
        bytes.extend(self.self_relative_control().to_le_bytes());
        bytes.resize(HEADER, 0);
        let mut put = |at: usize, part: Vec<u8>| {
            // A list and two identifiers have less than 4 GiB.
            let offset = bytes.len() as u32;
            bytes[at..at + 4].copy_from_slice(&offset.to_le_bytes());
            bytes.extend(part);
        };
        if let Dacl::List(list) = &self.dacl {
            put(16, list.to_bytes()?);
        }
        if let Some(owner) = &self.owner {
            put(4, owner.to_bytes());
        }
        if let Some(group) = &self.group {
            put(8, group.to_bytes());
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{Dacl, SecurityDescriptor, Win32Error};
    use proptest::prelude::*;

    #[test]
    fn descriptors_survive_their_bytes() {
        for text in ["", "D:", "O:BAG:SYD:P(D;;GW;;;WD)(A;OICI;FA;;;BA)", "O:S-1-22-1-5"] {
            let descriptor = SecurityDescriptor::from_sddl(text).unwrap();
            let bytes = descriptor.to_self_relative().unwrap();
            assert_eq!(SecurityDescriptor::from_self_relative(&bytes), Ok(descriptor), "{text}");
        }
        let null = SecurityDescriptor { dacl: Dacl::Null, ..SecurityDescriptor::default() };
        let bytes = null.to_self_relative().unwrap();
        assert_eq!(bytes.len(), 20);
        assert_eq!(SecurityDescriptor::from_self_relative(&bytes), Ok(null));
        let refusal = SecurityDescriptor::from_self_relative(b"").unwrap_err();
        assert_eq!(refusal, Win32Error::INVALID_SECURITY_DESCR);
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = bytes;
            if let [revision, _, _, control, rest @ ..] = &mut *bytes {
                (*revision, *control) = (1, 0x80);
                for high in rest.iter_mut().take(16).filter(|byte| **byte > 0x40) {
                    *high = 0;
                }
            }
            let _ = SecurityDescriptor::from_self_relative(&bytes);
        }
    }
}
