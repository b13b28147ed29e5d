//! Whether octets are exactly one data item, soundly encoded.

use std::borrow::Cow;

use minicbor::data::Type;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{EMBEDDED, FULL_DATE, Key, Reader, TDATE};

/// What may still come.
#[derive(Clone, Copy)]
struct Budget {
    levels: usize,
    /// The keys of a map are kept until its end, to be compared.
    keys: usize,
}

/// Walks over the one item that `reader` must hold: to its end, through every
/// level but those inside byte strings. A map has at most so many `keys`.
pub(super) fn check(reader: &mut Reader<'_>, keys: usize) -> Result<(), Code> {
    let levels = limits::CBOR_NESTING;
    item(reader, Budget { levels, keys })?;
    if reader.is_at_end() {
        Ok(())
    } else {
        Err(Code::InputCborTrailing)
    }
}

fn item(reader: &mut Reader<'_>, budget: Budget) -> Result<(), Code> {
    let inner = Budget {
        levels: budget.levels.checked_sub(1).ok_or(Code::InputCborDepth)?,
        ..budget
    };
    match reader.datatype()? {
        Type::Array | Type::ArrayIndef => {
            reader.array(|_, reader| item(reader, inner))?;
            Ok(())
        }
        Type::Map | Type::MapIndef => map(reader, inner),
        Type::Tag => {
            let number = reader.any_tag()?;
            let fits = match (number, reader.datatype()?) {
                (EMBEDDED, Type::Bytes | Type::BytesIndef) => true,
                (TDATE | FULL_DATE, Type::String | Type::StringIndef) => true,
                (EMBEDDED | TDATE | FULL_DATE, _) => false,
                _ => true,
            };
            if !fits {
                return Err(Code::InputCborTag);
            }
            item(reader, inner)
        }
        Type::Bytes | Type::BytesIndef => reader.bytes().map(drop),
        Type::String | Type::StringIndef => reader.text().map(drop),
        _ => reader.scalar(),
    }
}

fn map(reader: &mut Reader<'_>, budget: Budget) -> Result<(), Code> {
    let mut keys: Vec<Key<'_>> = Vec::new();
    reader.map(|key, reader| {
        if keys.len() == budget.keys {
            return Err(Code::InputTooMany);
        }
        keys.push(key);
        item(reader, budget)
    })?;
    if are_distinct(keys) {
        Ok(())
    } else {
        Err(Code::InputCborDuplicate)
    }
}

/// Maps of a few keys are compared pair by pair, without sorting.
fn are_distinct(mut keys: Vec<Key<'_>>) -> bool {
    if keys.len() > 8 {
        keys.sort_unstable();
        return keys
            .windows(2)
            .all(|pair| matches!(pair, [one, next] if one != next));
    }
    let mut rest = keys.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return false;
        }
        rest = others;
    }
    true
}

impl Key<'_> {
    /// Whether this key is `text`.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self, Self::Text(Cow::Borrowed(key)) if *key == text)
            || matches!(self, Self::Text(Cow::Owned(key)) if key == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(octets: &[u8]) -> Option<Code> {
        Reader::only(octets, Code::InputMdoc).err()
    }

    #[test]
    fn both_lengths_and_longer_heads_are_read() {
        for octets in [
            &[0xa1, 0x61, b'a', 0x01][..],
            &[0xbf, 0x61, b'a', 0x01, 0xff],
            &[0xbf, 0x78, 0x01, b'a', 0x18, 0x01, 0xff],
            &[0xb8, 0x01, 0x7f, 0x61, b'a', 0x60, 0xff, 0x9f, 0xff],
            &[0x5f, 0x41, 0x01, 0x41, 0x02, 0xff],
            &[0xf5],
            &[0xf6],
            &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0xd8, 0x18, 0x41, 0x00],
            &[0xc0, 0x60],
            &[0xd9, 0x03, 0xec, 0x60],
            &[0xd9, 0xd9, 0xf7, 0x00],
        ] {
            assert_eq!(outcome(octets), None, "{octets:02x?}");
        }
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        for (octets, code) in [
            (&[0x00, 0x00][..], Code::InputCborTrailing),
            (&[0xa2, 0x01, 0x00, 0x01, 0x00], Code::InputCborDuplicate),
            // The same key in a longer form, and in pieces.
            (
                &[0xa2, 0x01, 0x00, 0x18, 0x01, 0x00],
                Code::InputCborDuplicate,
            ),
            (
                &[0xa2, 0x61, b'a', 0x00, 0x7f, 0x61, b'a', 0xff, 0x00],
                Code::InputCborDuplicate,
            ),
            // Far down.
            (
                &[0x81, 0xc1, 0xa1, 0x00, 0xa2, 0x20, 0x00, 0x20, 0x00],
                Code::InputCborDuplicate,
            ),
            (&[0xd8, 0x18, 0x60], Code::InputCborTag),
            (&[0xc0, 0x00], Code::InputCborTag),
            (&[0xd9, 0x03, 0xec, 0x40], Code::InputCborTag),
            (&[0x61, 0xff], Code::InputMdoc),
            (&[0x82, 0x00], Code::InputMdoc),
            (&[0x9f, 0x00], Code::InputMdoc),
            (&[0xbf, 0x00, 0xff], Code::InputMdoc),
            (&[0xff], Code::InputMdoc),
            (&[0x1c], Code::InputMdoc),
            (&[0xf8, 0x10], Code::InputMdoc),
            (&[0x5f, 0x61, b'a', 0xff], Code::InputMdoc),
            (&[0x42, 0x00], Code::InputMdoc),
            (
                &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
                Code::InputMdoc,
            ),
            (&[], Code::InputMdoc),
        ] {
            assert_eq!(outcome(octets), Some(code), "{octets:02x?}");
        }
    }

    #[test]
    fn keys_that_differ_only_in_kind_are_two() {
        assert_eq!(outcome(&[0xa3, 0x01, 0, 0x41, 1, 0, 0x61, b'1', 0]), None);
        assert_eq!(outcome(&[0xa2, 0x20, 0, 0x00, 0]), None);
    }

    /// What holds other items would hide them from every check.
    #[test]
    fn keys_hold_no_other_items() {
        for key in [
            &[0x80][..],
            &[0xa0],
            &[0xa2, 0x01, 0x00, 0x01, 0x00],
            &[0xd8, 0x18, 0x60],
            &[0xc1, 0x00],
            &[0x9f, 0xff],
            &[0xf8, 0x10],
            &[0x81].repeat(100_000),
        ] {
            let octets = [&[0xa1][..], key, &[0x00]].concat();
            assert_eq!(outcome(&octets), Some(Code::InputMdoc));
        }
        assert_eq!(outcome(&[0xa3, 0xf4, 0, 0xf6, 0, 0xf8, 0x20, 0]), None);
    }

    #[test]
    fn long_maps_are_sorted() {
        let map = |keys: &[u8]| {
            let mut octets = vec![0xb8, u8::try_from(keys.len()).unwrap()];
            keys.iter()
                .for_each(|key| octets.extend([0x18, *key, 0x00]));
            outcome(&octets)
        };
        let distinct: Vec<u8> = (100..160).rev().collect();
        assert_eq!(map(&distinct), None);
        let mut twice = distinct.clone();
        twice.push(123);
        assert_eq!(map(&twice), Some(Code::InputCborDuplicate));
    }

    #[test]
    fn maps_have_a_limit() {
        let map = |count: usize| {
            let key = |n: u16| [&[0x19][..], &n.to_be_bytes(), &[0x00]].concat();
            let keys = (0..u16::try_from(count).unwrap()).flat_map(|n| key(1000 + n));
            let octets: Vec<u8> = [0xbf].into_iter().chain(keys).chain([0xff]).collect();
            outcome(&octets)
        };
        assert_eq!(map(limits::CBOR_KEYS), None);
        assert_eq!(map(limits::CBOR_KEYS + 1), Some(Code::InputTooMany));
    }

    #[test]
    fn nesting_has_a_limit() {
        for head in [&[0x81][..], &[0xa1, 0x00], &[0xc1], &[0x9f]] {
            let nested = |levels: usize| {
                let mut octets = head.repeat(levels);
                octets.push(0x00);
                if head == [0x9f] {
                    octets.extend(vec![0xff; levels]);
                }
                outcome(&octets)
            };
            let most = limits::CBOR_NESTING - 1;
            assert_eq!(nested(most), None, "{head:02x?}");
            assert_eq!(nested(most + 1), Some(Code::InputCborDepth), "{head:02x?}");
            assert_eq!(nested(100_000), Some(Code::InputCborDepth), "{head:02x?}");
        }
    }
}
