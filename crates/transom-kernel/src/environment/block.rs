//! Environment blocks: `NAME=value` strings, each ended by a NUL, and a last empty one.
//!
//! A block is made of 16-bit units (`CREATE_UNICODE_ENVIRONMENT`) or of bytes, which are UTF-8 as
//! all "ANSI" text is here. Blocks that this module builds are sorted as Windows sorts them;
//! blocks that it reads need not be.

use super::{INTERNAL_VARIABLE, Variable, store};
use crate::error::{Result, Win32Error};
use crate::text::{to_bytes, to_wide};
use std::ffi::CString;

const EQUALS: u16 = b'=' as u16;

/// Builds the block of these variables, in 16-bit units. An empty block is two NULs.
///
/// ```
/// use transom_kernel::environment::{Variable, block};
/// let name = vec![u16::from(b'A')];
/// let one = [Variable { name, value: vec![u16::from(b'1')] }];
/// assert_eq!(block::wide(&one), [0x41, 0x3D, 0x31, 0, 0]);
/// assert_eq!(block::parse_wide(&block::wide(&one)).unwrap(), one);
/// ```
#[must_use]
pub fn wide(variables: &[Variable]) -> Vec<u16> {
    let length = |variable: &Variable| variable.name.len() + variable.value.len() + 2;
    let mut block = Vec::with_capacity(variables.iter().map(length).sum::<usize>() + 2);
    for variable in variables {
        block.extend_from_slice(&variable.name);
        block.push(EQUALS);
        block.extend_from_slice(&variable.value);
        block.push(0);
    }
    end(block)
}

/// Builds the block of these variables, in bytes. An empty block is two NULs.
#[must_use]
pub fn bytes(variables: &[Variable]) -> Vec<u8> {
    let mut block = Vec::new();
    for variable in variables {
        block.extend(string(variable));
        block.push(0);
    }
    end(block)
}

/// Puts the empty string at the end, which in a block without any other string needs a NUL more.
fn end<T: Copy + Default>(mut block: Vec<T>) -> Vec<T> {
    if block.is_empty() {
        block.push(T::default());
    }
    block.push(T::default());
    block
}

/// Reads a block of 16-bit units; what lies behind its end is not looked at.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the block does not end within the slice, or a string in it has no
/// name or no `=`.
pub fn parse_wide(block: &[u16]) -> Result<Vec<Variable>> {
    split(block)?
        .map(|string| {
            let (name, value) = parts(string, EQUALS)?;
            Ok(Variable { name: name.to_vec(), value: value.to_vec() })
        })
        .collect()
}

/// Reads a block of bytes; what lies behind its end is not looked at.
///
/// # Errors
/// As for [`parse_wide`].
pub fn parse_bytes(block: &[u8]) -> Result<Vec<Variable>> {
    split(block)?
        .map(|string| {
            let (name, value) = parts(string, b'=')?;
            Ok(Variable { name: to_wide(name), value: to_wide(value) })
        })
        .collect()
}

/// The strings before the empty one.
fn split<T: Copy + Default + PartialEq>(block: &[T]) -> Result<impl Iterator<Item = &[T]>> {
    let nul = T::default();
    let end = if block.first() == Some(&nul) {
        0
    } else {
        let last = block.windows(2).position(|pair| *pair == [nul, nul]);
        last.ok_or(Win32Error::INVALID_PARAMETER)? + 1
    };
    // Each string of `..end` is followed by its NUL, so splitting leaves one empty piece over.
    Ok(block[..end].split(move |&unit| unit == nul).filter(|string| !string.is_empty()))
}

/// Name and value. A `=` in the first place belongs to the name.
fn parts<T: PartialEq>(string: &[T], equals: T) -> Result<(&[T], &[T])> {
    let found = string.iter().skip(1).position(|unit| *unit == equals);
    let equals = found.ok_or(Win32Error::INVALID_PARAMETER)? + 1;
    Ok((&string[..equals], &string[equals + 1..]))
}

/// Where a new process's environment comes from: the `lpEnvironment` of `CreateProcess`.
#[derive(Clone, Copy, Debug, Default)]
pub enum Source<'a> {
    /// NULL: the environment of this process.
    #[default]
    Inherited,
    /// A block with `CREATE_UNICODE_ENVIRONMENT`, through its end at least.
    Wide(&'a [u16]),
    /// A block without it, through its end at least.
    Bytes(&'a [u8]),
}

/// The strings that `exec` wants for a new process's environment, without
/// [`INTERNAL_VARIABLE`]: that one is for the caller to add.
///
/// A given block is taken as it is, whole and in its order: Windows does not look into it either,
/// and to Linux any string is legal, also `=C:=C:\` and one without a `=`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the block does not end within the slice.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw>
pub fn to_linux(source: Source<'_>) -> Result<Vec<CString>> {
    match source {
        Source::Inherited => linux_strings(store::variables().iter().map(string)),
        Source::Wide(block) => linux_strings(split(block)?.map(to_bytes)),
        Source::Bytes(block) => linux_strings(split(block)?.map(<[u8]>::to_vec)),
    }
}

fn linux_strings(strings: impl Iterator<Item = Vec<u8>>) -> Result<Vec<CString>> {
    strings
        .filter(|string| !names_internal(string))
        // Neither a store nor a block lets a NUL into a string.
        .map(|string| CString::new(string).map_err(|_| Win32Error::INVALID_PARAMETER))
        .collect()
}

/// Whether a string sets the variable that is Transom's own.
fn names_internal(string: &[u8]) -> bool {
    let name = string.split(|&byte| byte == b'=').next().unwrap_or_default();
    name.eq_ignore_ascii_case(INTERNAL_VARIABLE.as_bytes())
}

/// `NAME=value` in bytes.
fn string(variable: &Variable) -> Vec<u8> {
    let mut string = to_bytes(&variable.name);
    string.push(b'=');
    string.extend(to_bytes(&variable.value));
    string
}

#[cfg(test)]
mod tests {
    use super::{Source, Variable, Win32Error, bytes, parse_bytes, parse_wide, to_linux, wide};
    use crate::text::to_wide;
    use proptest::prelude::*;

    fn units(text: &str) -> Vec<u16> {
        to_wide(text.as_bytes())
    }

    #[test]
    fn fact_45_a_block_is_read_to_its_end_and_not_behind_it() {
        let block = units("=C:=C:\\x\0Path=a=b\0E=\0\0behind");
        let variables = parse_wide(&block).unwrap();
        let expected = [("=C:", "C:\\x"), ("Path", "a=b"), ("E", "")]
            .map(|(name, value)| Variable { name: units(name), value: units(value) });
        assert_eq!(variables, expected);
        assert_eq!(wide(&variables), block[..block.len() - 6]);
        assert_eq!(parse_bytes(&bytes(&variables)).unwrap(), expected);
    }

    #[test]
    fn an_empty_block_is_two_nuls_and_one_is_enough() {
        assert_eq!(wide(&[]), [0, 0]);
        assert_eq!(bytes(&[]), [0, 0]);
        assert_eq!(parse_wide(&[0]), Ok(Vec::new()));
        assert_eq!(parse_bytes(b"\0"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for block in ["", "a", "a=b", "a=b\0", "a=b\0c\0\0", "=x\0\0", "abc\0\0"] {
            assert_eq!(parse_wide(&units(block)), Err(Win32Error::INVALID_PARAMETER), "{block:?}");
            assert_eq!(parse_bytes(block.as_bytes()), Err(Win32Error::INVALID_PARAMETER));
        }
    }

    #[test]
    fn fact_45_a_given_block_reaches_linux_whole() {
        let block = "b=2\0=C:=C:\\\0Transom_Inherit=7\0a=\u{bb38}\0odd\0\0";
        let strings = [&b"b=2"[..], b"=C:=C:\\", "a=\u{bb38}".as_bytes(), b"odd"];
        for made in
            [to_linux(Source::Wide(&units(block))), to_linux(Source::Bytes(block.as_bytes()))]
        {
            let made = made.unwrap();
            assert_eq!(made.iter().map(|string| string.to_bytes()).collect::<Vec<_>>(), strings);
        }
        assert_eq!(to_linux(Source::Bytes(b"a=1\xFF\0\0")).unwrap()[0].to_bytes(), b"a=1\xFF");
        assert_eq!(to_linux(Source::Wide(&units("a=1\0"))), Err(Win32Error::INVALID_PARAMETER));
    }

    proptest! {
        #[test]
        fn any_units_are_a_block_or_an_error(
            block in proptest::collection::vec(prop_oneof![Just(0), Just(61), any::<u16>()], 0..30),
        ) {
            let read = parse_wide(&block);
            if let Ok(variables) = &read {
                prop_assert!(variables.iter().all(|variable| !variable.name.is_empty()));
                if !variables.is_empty() {
                    prop_assert!(block.starts_with(&wide(variables)));
                }
            }
            prop_assert!(read.is_err() || to_linux(Source::Wide(&block)).is_ok());
        }

        #[test]
        fn what_is_built_is_read_again(
            pairs in proptest::collection::vec(("=?[^=\0]{1,6}", "[^\0]{0,8}"), 0..8),
        ) {
            let variables: Vec<_> = pairs
                .iter()
                .map(|(name, value)| Variable { name: units(name), value: units(value) })
                .collect();
            prop_assert_eq!(&parse_wide(&wide(&variables)).unwrap(), &variables);
            prop_assert_eq!(&parse_bytes(&bytes(&variables)).unwrap(), &variables);
        }
    }
}
