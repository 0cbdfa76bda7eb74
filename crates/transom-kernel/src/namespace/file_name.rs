//! Names of any script as names of Linux files.

use std::fmt::Write;

/// A longer file name is replaced by a hash; the real name is then kept in the file.
pub(super) const LONGEST_FILE_NAME: usize = 200;

/// A file name that no other name of the same room has: what a file name cannot hold is escaped,
/// and a name that is too long for one is hashed. Different rooms share no file name either.
pub(super) fn file_name(room: char, units: &[u16]) -> String {
    let mut name = format!("{room}-");
    for unit in char::decode_utf16(units.iter().copied()) {
        // Writing into a string cannot fail.
        let _ = match unit {
            Ok('%' | '/') => write!(name, "%{:02X}", unit.map_or(0, u32::from)),
            Ok(character) if character.is_control() => write!(name, "%{:02X}.", character as u32),
            Ok(character) => write!(name, "{character}"),
            Err(lone) => write!(name, "%u{:04X}", lone.unpaired_surrogate()),
        };
    }
    if name.len() <= LONGEST_FILE_NAME {
        return name;
    }
    format!("{room}#{:016x}{:016x}", hash(&name, 1), hash(&name, 2))
}

/// FNV-1a, begun differently for each seed and mixed at the end.
pub(super) fn hash(text: &str, seed: u64) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325_u64 ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let hash = text
        .bytes()
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    (hash ^ hash >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}
