//! Security descriptors as text: `O:BAG:SYD:P(A;;GA;;;WD)`.

use super::sid::number;
use super::{Ace, AceKind, Acl, Dacl, SecurityDescriptor, Sid};
use crate::error::{Result, Win32Error};
use std::fmt::Write;
use windows_sys::Win32::Foundation as generic;
use windows_sys::Win32::Security as win;
use windows_sys::Win32::Storage::FileSystem as file;
use windows_sys::Win32::System::Registry as registry;

/// Rights by their letters, in the order in which they are written. Sums stand before their
/// parts, and are written only alone.
const RIGHTS: [(&str, u32); 28] = [
    ("GX", generic::GENERIC_EXECUTE),
    ("GA", generic::GENERIC_ALL),
    ("GW", generic::GENERIC_WRITE),
    ("GR", generic::GENERIC_READ),
    ("CC", 0x1),
    ("DC", 0x2),
    ("LC", 0x4),
    ("SW", 0x8),
    ("RP", 0x10),
    ("WP", 0x20),
    ("DT", 0x40),
    ("LO", 0x80),
    ("CR", 0x100),
    ("SD", file::DELETE),
    ("RC", file::READ_CONTROL),
    ("WD", file::WRITE_DAC),
    ("WO", file::WRITE_OWNER),
    ("FA", file::FILE_ALL_ACCESS),
    ("FR", file::FILE_GENERIC_READ),
    ("FW", file::FILE_GENERIC_WRITE),
    ("FX", file::FILE_GENERIC_EXECUTE),
    ("KA", registry::KEY_ALL_ACCESS),
    ("KR", registry::KEY_READ),
    ("KW", registry::KEY_WRITE),
    ("KX", registry::KEY_EXECUTE),
    // Integrity levels', which are passed over with their list.
    ("NR", 0x2),
    ("NW", 0x1),
    ("NX", 0x4),
];
/// Rights that are one bit and written as letters.
const SINGLE: std::ops::Range<usize> = 0..17;
/// Rights that are written as letters when they are all there is.
const WHOLE: std::ops::Range<usize> = 17..25;

/// The flags of an entry.
const FLAGS: [(&str, u32); 7] = [
    ("OI", win::OBJECT_INHERIT_ACE),
    ("CI", win::CONTAINER_INHERIT_ACE),
    ("NP", win::NO_PROPAGATE_INHERIT_ACE),
    ("IO", win::INHERIT_ONLY_ACE),
    ("ID", win::INHERITED_ACE),
    ("SA", win::SUCCESSFUL_ACCESS_ACE_FLAG),
    ("FA", win::FAILED_ACCESS_ACE_FLAG),
];

/// The flags of a list.
const CONTROLS: [(&str, u16); 3] = [
    ("P", win::SE_DACL_PROTECTED),
    ("AR", win::SE_DACL_AUTO_INHERIT_REQ),
    ("AI", win::SE_DACL_AUTO_INHERITED),
];
const NULL_LIST: &str = "NO_ACCESS_CONTROL";

impl SecurityDescriptor {
    /// Reads a descriptor's text. Auditing lists (`S:`) are read and passed over.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for what does not begin like a part, `ERROR_INVALID_ACL` for a list
    /// or entry that is none, `ERROR_INVALID_SID` for an owner or group that is none.
    pub fn from_sddl(text: &str) -> Result<Self> {
        let mut descriptor = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (tag, after) = rest.split_at_checked(2).ok_or(Win32Error::INVALID_PARAMETER)?;
            let after = after.trim_start();
            let end = end_of_part(after);
            let (part, next) = after.split_at(end);
            let part = part.trim_end();
            match tag {
                "O:" => descriptor.owner = Some(Sid::parse(part)?),
                "G:" => descriptor.group = Some(Sid::parse(part)?),
                "D:" => {
                    let (control, dacl) = list(part)?;
                    descriptor.control |= control;
                    descriptor.dacl = dacl;
                }
                "S:" => drop(audits(part)?),
                _ => return Err(Win32Error::INVALID_PARAMETER),
            }
            rest = next;
        }
        Ok(descriptor)
    }

    /// Its text: owner, group and list, as far as it has them.
    #[must_use]
    pub fn to_sddl(&self) -> String {
        let mut text = String::new();
        for (tag, sid) in [("O:", &self.owner), ("G:", &self.group)] {
            if let Some(sid) = sid {
                text.push_str(tag);
                text.push_str(&name_of(sid));
            }
        }
        if self.dacl == Dacl::Absent {
            return text;
        }
        text.push_str("D:");
        for (letters, bit) in CONTROLS {
            if self.control & bit != 0 {
                text.push_str(letters);
            }
        }
        match &self.dacl {
            Dacl::Absent => {}
            Dacl::Null => text.push_str(NULL_LIST),
            Dacl::List(list) => list.entries.iter().for_each(|entry| print_entry(entry, &mut text)),
        }
        text
    }
}

/// Where the next part begins: at a letter with a colon that is outside parentheses.
fn end_of_part(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_u32;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'O' | b'G' | b'D' | b'S' if depth == 0 && bytes.get(at + 1) == Some(&b':') => {
                return at;
            }
            _ => {}
        }
    }
    bytes.len()
}

fn list(text: &str) -> Result<(u16, Dacl)> {
    let entries_at = text.find('(').unwrap_or(text.len());
    let (mut flags, entries) = text.split_at(entries_at);
    let mut control = 0;
    flags = flags.trim();
    if let Some(before) = flags.strip_suffix(NULL_LIST) {
        return if entries.is_empty() {
            Ok((controls(before)?, Dacl::Null))
        } else {
            Err(Win32Error::INVALID_ACL)
        };
    }
    control |= controls(flags)?;
    let mut list = Acl::default();
    for fields in entry_fields(entries)? {
        let kind = match fields[0] {
            "A" => AceKind::Allow,
            "D" => AceKind::Deny,
            _ => return Err(Win32Error::INVALID_ACL),
        };
        if !fields[3].is_empty() || !fields[4].is_empty() {
            // Entries for parts of objects.
            return Err(Win32Error::INVALID_ACL);
        }
        list.entries.push(Ace {
            kind,
            flags: entry_flags(fields[1])?,
            mask: rights(fields[2])?,
            sid: Sid::parse(fields[5]).map_err(|_| Win32Error::INVALID_ACL)?,
        });
    }
    Ok((control, Dacl::List(list)))
}

/// An auditing list: that it is one.
fn audits(text: &str) -> Result<()> {
    let entries_at = text.find('(').unwrap_or(text.len());
    let (flags, entries) = text.split_at(entries_at);
    controls(flags.trim())?;
    for fields in entry_fields(entries)? {
        if !["AU", "AL", "ML"].contains(&fields[0]) {
            return Err(Win32Error::INVALID_ACL);
        }
        rights(fields[2])?;
        Sid::parse(fields[5]).map_err(|_| Win32Error::INVALID_ACL)?;
    }
    Ok(())
}

/// The six fields of each entry in parentheses.
fn entry_fields(mut text: &str) -> Result<Vec<[&str; 6]>> {
    let mut entries = Vec::new();
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return Ok(entries);
        }
        let inner = text.strip_prefix('(').ok_or(Win32Error::INVALID_ACL)?;
        let (entry, rest) = inner.split_once(')').ok_or(Win32Error::INVALID_ACL)?;
        let fields: Vec<&str> = entry.split(';').map(str::trim).collect();
        entries.push(fields.try_into().map_err(|_| Win32Error::INVALID_ACL)?);
        text = rest;
    }
}

fn controls(mut text: &str) -> Result<u16> {
    let mut control = 0;
    while !text.is_empty() {
        let (letters, bit) = CONTROLS
            .into_iter()
            .find(|(letters, _)| text.starts_with(letters))
            .ok_or(Win32Error::INVALID_ACL)?;
        control |= bit;
        text = &text[letters.len()..];
    }
    Ok(control)
}

fn entry_flags(text: &str) -> Result<u8> {
    let flags = pairs(text, |pair| {
        FLAGS.into_iter().find(|(letters, _)| *letters == pair).map(|(_, bit)| bit)
    })?;
    u8::try_from(flags).map_err(|_| Win32Error::INVALID_ACL)
}

/// Rights: letters, or a number.
fn rights(text: &str) -> Result<u32> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        let number = number(text).and_then(|number| u32::try_from(number).ok());
        return number.ok_or(Win32Error::INVALID_ACL);
    }
    pairs(text, |pair| RIGHTS.iter().find(|(letters, _)| *letters == pair).map(|(_, bits)| *bits))
}

/// The sum of what pairs of letters mean.
fn pairs(mut text: &str, meaning: impl Fn(&str) -> Option<u32>) -> Result<u32> {
    let mut sum = 0;
    while !text.is_empty() {
        let (pair, rest) = text.split_at_checked(2).ok_or(Win32Error::INVALID_ACL)?;
        sum |= meaning(pair).ok_or(Win32Error::INVALID_ACL)?;
        text = rest;
    }
    Ok(sum)
}

/// Two letters, or the whole identifier.
fn name_of(sid: &Sid) -> String {
    match sid.well_known().map(|known| known.letters) {
        None | Some("") => sid.to_string(),
        Some(letters) => letters.to_owned(),
    }
}

fn print_entry(entry: &Ace, text: &mut String) {
    text.push_str(if entry.kind == AceKind::Allow { "(A;" } else { "(D;" });
    for (letters, bit) in FLAGS {
        if u32::from(entry.flags) & bit != 0 {
            text.push_str(letters);
        }
    }
    text.push(';');
    let whole = RIGHTS[WHOLE].iter().find(|(_, bits)| *bits == entry.mask);
    let singles = &RIGHTS[SINGLE];
    let known = singles.iter().fold(0, |sum, (_, bit)| sum | bit);
    if let Some((letters, _)) = whole {
        text.push_str(letters);
    } else if entry.mask & !known == 0 {
        for (letters, _) in singles.iter().filter(|(_, bit)| entry.mask & bit != 0) {
            text.push_str(letters);
        }
    } else {
        // Writing into a string cannot fail.
        let _ = write!(text, "{:#x}", entry.mask);
    }
    text.push_str(";;;");
    text.push_str(&name_of(&entry.sid));
    text.push(')');
}

#[cfg(test)]
mod tests {
    use super::{Ace, AceKind, Acl, Dacl, SecurityDescriptor, Sid, Win32Error};
    use proptest::prelude::*;

    fn again(text: &str) -> String {
        SecurityDescriptor::from_sddl(text).unwrap().to_sddl()
    }

    #[test]
    fn text_is_read_and_written_as_windows_does() {
        for same in [
            "",
            "D:",
            "D:P",
            "D:(A;;GA;;;WD)",
            "O:BAG:SYD:(D;;GW;;;WD)(A;OICI;FA;;;BA)",
            "D:(A;;0x1f0003;;;S-1-22-1-1000)",
            "D:AI(A;;;;;WD)",
            "D:NO_ACCESS_CONTROL",
        ] {
            assert_eq!(again(same), same);
        }
        assert_eq!(again("D: (A;;GA;;;WD)"), "D:(A;;GA;;;WD)");
        assert_eq!(again("D:(A;;GRGWGX;;;AU)(A;;CCDC;;;OW)"), "D:(A;;GXGWGR;;;AU)(A;;CCDC;;;OW)");
        assert_eq!(again("D:(A;;FRFW;;;CO)"), "D:(A;;0x12019f;;;CO)");
        assert_eq!(again("D:(A;;1;;;WD)"), "D:(A;;CC;;;WD)");
        assert_eq!(again("D:(A;;GA;;;WD)S:(ML;;NW;;;LW)"), "D:(A;;GA;;;WD)");
    }

    #[test]
    fn what_is_no_descriptor_is_refused() {
        let refusal = |text: &str| SecurityDescriptor::from_sddl(text).unwrap_err();
        for wrong in ["X:", "d:(a;;ga;;;wd)", "D"] {
            assert_eq!(refusal(wrong), Win32Error::INVALID_PARAMETER, "{wrong}");
        }
        for wrong in
            ["D:(A;;XX;;;WD)", "D:(A;;GA;;;ZZ)", "D:(A;;GA;;;WD", "D:(A;;GA;;WD)", "D:(Z;;GA;;;WD)"]
        {
            assert_eq!(refusal(wrong), Win32Error::INVALID_ACL, "{wrong}");
        }
        assert_eq!(refusal("O:nobody"), Win32Error::INVALID_SID);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "([OGDS]:|[(;)]|[A-Z]{2}|0x[0-9a-f]{1,8}|[a-zé-]){0,30}") {
            if let Ok(descriptor) = SecurityDescriptor::from_sddl(&text) {
                prop_assert_eq!(SecurityDescriptor::from_sddl(&descriptor.to_sddl()), Ok(descriptor));
            }
        }

        #[test]
        fn a_list_survives_its_text(
            entries in prop::collection::vec((any::<bool>(), any::<u8>(), any::<u32>(), any::<u32>()), 0..8),
        ) {
            let entry = |(allows, flags, mask, uid)| Ace {
                kind: if allows { AceKind::Allow } else { AceKind::Deny },
                flags: flags & 0xDF,
                mask,
                sid: Sid::of_user(uid),
            };
            let list = Acl { entries: entries.into_iter().map(entry).collect() };
            let descriptor = SecurityDescriptor { dacl: Dacl::List(list), ..SecurityDescriptor::default() };
            prop_assert_eq!(SecurityDescriptor::from_sddl(&descriptor.to_sddl()), Ok(descriptor));
        }
    }
}
