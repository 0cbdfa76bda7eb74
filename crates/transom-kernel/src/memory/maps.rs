//! What Linux says is in this process's memory.
//!
//! Reference: proc_pid_maps(5)

use super::protection::protection_of;
use transom_sys::memory::Access;
use windows_sys::Win32::System::Memory::{MEM_IMAGE, MEM_MAPPED, MEM_PRIVATE};

/// Neighbouring pages of one mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) protection: u32,
    /// `MEM_PRIVATE`, `MEM_MAPPED` or `MEM_IMAGE`.
    pub(super) kind: u32,
    path: Vec<u8>,
}

fn parse(line: &[u8]) -> Option<Mapping> {
    let mut fields = line.splitn(6, |&byte| byte == b' ');
    let number = |digits: &[u8]| usize::from_str_radix(str::from_utf8(digits).ok()?, 16).ok();
    let mut range = fields.next()?.split(|&byte| byte == b'-');
    let (start, end) = (number(range.next()?)?, number(range.next()?)?);
    let letters = fields.next()?;
    let has = |place: usize, letter| letters.get(place) == Some(&letter);
    let access = Access { read: has(0, b'r'), write: has(1, b'w'), execute: has(2, b'x') };
    let path = fields.nth(3).unwrap_or_default().trim_ascii_start().to_vec();
    let kind = if has(3, b's') {
        MEM_MAPPED
    } else if path.starts_with(b"/") {
        MEM_IMAGE
    } else {
        MEM_PRIVATE
    };
    (start < end).then(|| Mapping { start, end, protection: protection_of(access), kind, path })
}

/// All mappings, in the order of their addresses.
pub(super) fn mappings() -> Vec<Mapping> {
    let maps = std::fs::read("/proc/self/maps").unwrap_or_default();
    maps.split(|&byte| byte == b'\n').filter_map(parse).collect()
}

/// The mapping of an address, and where the run of mappings of its file begins; or the addresses
/// around it that have none.
pub(super) fn around(
    mappings: &[Mapping],
    address: usize,
) -> Result<(Mapping, usize), (usize, usize)> {
    let Some(at) = mappings.iter().position(|mapping| mapping.end > address) else {
        return Err((mappings.last().map_or(0, |last| last.end), 1 << 47));
    };
    let found = &mappings[at];
    if found.start > address {
        let before = at.checked_sub(1).map_or(0, |before| mappings[before].end);
        return Err((before, found.start));
    }
    let mut base = found.start;
    for earlier in mappings[..at].iter().rev() {
        if earlier.path != found.path || earlier.path.is_empty() || earlier.end != base {
            break;
        }
        base = earlier.start;
    }
    Ok((found.clone(), base))
}

#[cfg(test)]
mod tests {
    use super::{around, parse};

    #[test]
    fn an_address_is_found_or_the_hole_around_it() {
        let lines: [&[u8]; 3] = [
            b"1000-2000 r--p 00000000 08:01 1      /bin/x",
            b"2000-3000 r-xp 00001000 08:01 1      /bin/x",
            b"5000-6000 rw-p 00000000 00:00 0 ",
        ];
        let mappings: Vec<_> = lines.into_iter().filter_map(parse).collect();
        assert_eq!(around(&mappings, 0x2fff).map(|(_, base)| base), Ok(0x1000));
        assert_eq!(around(&mappings, 0x3000).err(), Some((0x3000, 0x5000)));
        assert_eq!(around(&mappings, 0x5000).map(|(found, _)| found.protection), Ok(4));
        assert_eq!(around(&mappings, 0x7000).err(), Some((0x6000, 1 << 47)));
        assert!(parse(b"nonsense").is_none());
    }
}
