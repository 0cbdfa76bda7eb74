//! How the bytes of a source are text.

use encoding_rs::{EUC_KR, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A source as UTF-8, without a byte order mark; whether its bytes were something else.
#[must_use]
pub fn decode(bytes: &[u8]) -> (String, bool) {
    let text = |bytes: &[u8], encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    };
    let (decoded, changed) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (String::from_utf8_lossy(rest).into_owned(), true),
        [0xFF, 0xFE, rest @ ..] => (text(rest, UTF_16LE), true),
        [0xFE, 0xFF, rest @ ..] => (text(rest, UTF_16BE), true),
        // Sources begin with ASCII: a zero says where the other half of the first unit is.
        [0, first, ..] if *first != 0 => (text(bytes, UTF_16BE), true),
        [first, 0, ..] if *first != 0 => (text(bytes, UTF_16LE), true),
        _ => match std::str::from_utf8(bytes) {
            Ok(utf8) => (utf8.to_owned(), false),
            // CP949, which EUC-KR is on the web; what is none of it is Western European.
            Err(_) => match EUC_KR.decode_without_bom_handling_and_without_replacement(bytes) {
                Some(korean) => (korean.into_owned(), true),
                None => (text(bytes, WINDOWS_1252), true),
            },
        },
    };
    // The end-of-file character of DOS editors.
    match decoded.strip_suffix('\u{1A}') {
        Some(rest) => (rest.to_owned(), true),
        None => (decoded, changed),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encodings_are_told_apart() {
        let text = "/* 핸들 */ int x;\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        let little: Vec<u8> = utf16(u16::to_le_bytes);
        let big: Vec<u8> = utf16(u16::to_be_bytes);
        let (korean, _, _) = encoding_rs::EUC_KR.encode(text);
        assert_eq!(decode(text.as_bytes()), (text.to_owned(), false));
        let others = [
            [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(),
            [b"\xFF\xFE".as_slice(), &little].concat(),
            [b"\xFE\xFF".as_slice(), &big].concat(),
            little,
            big,
            korean.into_owned(),
        ];
        for bytes in others {
            assert_eq!(decode(&bytes), (text.to_owned(), true), "{bytes:?}");
        }
        assert_eq!(decode(b"\x93x\x94 \xFF"), ("\u{201C}x\u{201D} \u{FF}".to_owned(), true));
        assert_eq!(decode(b"int x;\x1A"), ("int x;".to_owned(), true));
        assert_eq!(decode(b""), (String::new(), false));
    }
}
