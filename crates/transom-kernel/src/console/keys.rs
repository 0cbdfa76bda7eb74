//! Keys, from the bytes that terminals send for them.

/// A key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// `VK_...`; 0 for a character without a key of its own.
    pub virtual_key: u16,
    /// The UTF-16 unit it makes; 0 for none.
    pub unit: u16,
    /// `LEFT_CTRL_PRESSED`, `SHIFT_PRESSED`, `LEFT_ALT_PRESSED`, `ENHANCED_KEY`.
    pub state: u32,
}

const CTRL: u32 = 0x0008;
const SHIFT: u32 = 0x0010;
const ALT: u32 = 0x0002;
const ENHANCED: u32 = 0x0100;

/// Takes the keys off the beginning of some bytes; what may be the beginning of one stays, unless
/// nothing more is to come.
pub(super) fn parse(bytes: &mut Vec<u8>, is_all: bool) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = &bytes[..];
    while let Some((count, found)) = first(rest, is_all) {
        keys.extend(found);
        rest = &rest[count..];
    }
    let used = bytes.len() - rest.len();
    bytes.drain(..used);
    keys
}

fn plain(virtual_key: u16, unit: u16, state: u32) -> Vec<Key> {
    vec![Key { virtual_key, unit, state }]
}

fn first(bytes: &[u8], is_all: bool) -> Option<(usize, Vec<Key>)> {
    let &byte = bytes.first()?;
    match byte {
        0x1B => escape(bytes, is_all),
        b'\r' | b'\n' => Some((1, plain(0x0D, 0x0D, 0))),
        b'\t' => Some((1, plain(0x09, 0x09, 0))),
        0x7F => Some((1, plain(0x08, 0x08, 0))),
        0x08 => Some((1, plain(0x08, 0x08, CTRL))),
        0 => Some((1, plain(0x20, 0x20, CTRL))),
        // Ctrl and a letter.
        0x01..=0x1A => Some((1, plain(u16::from(byte) + 0x40, byte.into(), CTRL))),
        0x1C..=0x1F => Some((1, plain(0, byte.into(), CTRL))),
        0x20..0x7F => Some((1, ascii(byte))),
        _ => {
            let length = match byte {
                0xC0..0xE0 => 2,
                0xE0..0xF0 => 3,
                0xF0..0xF8 => 4,
                _ => 1,
            };
            if bytes.len() < length && !is_all {
                return None;
            }
            let length = length.min(bytes.len());
            let text = String::from_utf8_lossy(&bytes[..length]);
            let units = text.encode_utf16();
            Some((length, units.map(|unit| Key { virtual_key: 0, unit, state: 0 }).collect()))
        }
    }
}

fn ascii(byte: u8) -> Vec<Key> {
    match byte {
        b'a'..=b'z' => plain(byte.to_ascii_uppercase().into(), byte.into(), 0),
        b'A'..=b'Z' => plain(byte.into(), byte.into(), SHIFT),
        b'0'..=b'9' | b' ' => plain(byte.into(), byte.into(), 0),
        _ => plain(0, byte.into(), 0),
    }
}

fn escape(bytes: &[u8], is_all: bool) -> Option<(usize, Vec<Key>)> {
    let alone = || is_all.then(|| (1, plain(0x1B, 0x1B, 0)));
    match bytes.get(1) {
        None => alone(),
        Some(b'[') => sequence(bytes).or_else(alone),
        Some(b'O') => {
            let Some(last) = bytes.get(2) else { return alone() };
            Some((3, letter(*last).map_or_else(Vec::new, |key| plain(key, 0, ENHANCED))))
        }
        Some(&byte) if byte != 0x1B => {
            let (count, keys) = first(&bytes[1..], is_all)?;
            let with_alt = |key: Key| Key { state: key.state | ALT, ..key };
            Some((count + 1, keys.into_iter().map(with_alt).collect()))
        }
        Some(_) => Some((1, plain(0x1B, 0x1B, 0))),
    }
}

/// The key of a sequence's last letter.
const fn letter(last: u8) -> Option<u16> {
    Some(match last {
        b'A' => 0x26,
        b'B' => 0x28,
        b'C' => 0x27,
        b'D' => 0x25,
        b'F' => 0x23,
        b'H' => 0x24,
        b'P'..=b'S' => 0x70 + (last - b'P') as u16,
        _ => return None,
    })
}

/// `ESC [` numbers and a letter.
fn sequence(bytes: &[u8]) -> Option<(usize, Vec<Key>)> {
    let end = 2 + bytes[2..].iter().position(|byte| (0x40..=0x7E).contains(byte))?;
    let last = bytes[end];
    let numbers = String::from_utf8_lossy(&bytes[2..end]);
    let mut numbers = numbers.split(';').map(|number| number.parse::<u16>().unwrap_or(0));
    let (number, modifiers) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(1));
    let key = match (last, number) {
        (b'~', 1 | 7) => Some(0x24),
        (b'~', 2) => Some(0x2D),
        (b'~', 3) => Some(0x2E),
        (b'~', 4 | 8) => Some(0x23),
        (b'~', 5) => Some(0x21),
        (b'~', 6) => Some(0x22),
        (b'~', 11..=15) => Some(0x70 + number - 11),
        (b'~', 17..=21) => Some(0x75 + number - 17),
        (b'~', 23 | 24) => Some(0x7A + number - 23),
        (b'Z', _) => return Some((end + 1, plain(0x09, 0x09, SHIFT))),
        (last, _) => letter(last),
    };
    let bits = modifiers.saturating_sub(1);
    let mut state = ENHANCED;
    for (bit, flag) in [(1, SHIFT), (2, ALT), (4, CTRL)] {
        if bits & bit != 0 {
            state |= flag;
        }
    }
    Some((end + 1, key.map_or_else(Vec::new, |key| plain(key, 0, state))))
}

#[cfg(test)]
mod tests {
    use super::{ALT, CTRL, ENHANCED, Key, SHIFT, parse};
    use proptest::prelude::*;

    fn keys(bytes: &[u8]) -> Vec<(u16, u16, u32)> {
        let mut bytes = bytes.to_vec();
        let keys = parse(&mut bytes, true);
        assert!(bytes.is_empty());
        keys.into_iter()
            .map(|Key { virtual_key, unit, state }| (virtual_key, unit, state))
            .collect()
    }

    #[test]
    fn bytes_become_keys() {
        assert_eq!(keys(b"aA\r"), [(0x41, 0x61, 0), (0x41, 0x41, SHIFT), (0x0D, 0x0D, 0)]);
        assert_eq!(keys(b"\x03"), [(0x43, 3, CTRL)]);
        assert_eq!(keys(b"\x1b[A\x1bOP"), [(0x26, 0, ENHANCED), (0x70, 0, ENHANCED)]);
        assert_eq!(keys(b"\x1b[1;5C"), [(0x27, 0, ENHANCED | CTRL)]);
        assert_eq!(keys(b"\x1b[24~"), [(0x7B, 0, ENHANCED)]);
        assert_eq!(keys(b"\x1bx\x1b"), [(0x58, 0x78, ALT), (0x1B, 0x1B, 0)]);
        assert_eq!(keys("가".as_bytes()), [(0, 0xAC00, 0)]);
        let mut half = "\x1b[1".as_bytes().to_vec();
        assert!(parse(&mut half, false).is_empty() && half.len() == 3);
    }

    proptest! {
        #[test]
        fn all_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = keys(&bytes);
        }
    }
}
