//! Whether octets are exactly one data item, soundly encoded.
//!
//! Every octet of a response is walked over here before any of it is looked
//! at, so this reads heads by itself and makes nothing of them. The reader
//! that comes after it believes none of it, and refuses what is malformed again.

use std::borrow::Cow;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{EMBEDDED, FULL_DATE, Key, TDATE};

/// Walks over the one item that `input` must be: to its end, through every
/// level but those inside byte strings. A map has at most so many `keys`.
pub(super) fn check(input: &[u8], malformed: Code, keys: usize) -> Result<(), Code> {
    let mut walk = Walk {
        rest: input,
        malformed,
        most_keys: keys,
        keys: Vec::new(),
    };
    walk.item(limits::CBOR_NESTING)?;
    if walk.rest.is_empty() {
        Ok(())
    } else {
        Err(Code::InputCborTrailing)
    }
}

struct Walk<'a> {
    rest: &'a [u8],
    malformed: Code,
    most_keys: usize,
    /// Of the maps that are not at their end, the innermost last.
    keys: Vec<Key<'a>>,
}

/// RFC 8949, 3.1.
mod major {
    pub(super) const UNSIGNED: u8 = 0;
    pub(super) const NEGATIVE: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const TEXT: u8 = 3;
    pub(super) const ARRAY: u8 = 4;
    pub(super) const MAP: u8 = 5;
    pub(super) const TAG: u8 = 6;
    pub(super) const OTHER: u8 = 7;
}

const BREAK: u8 = 0xff;
const INDEFINITE: u8 = 31;

/// Major type and argument (RFC 8949, 3); none of an indefinite length.
#[derive(Clone, Copy)]
struct Head {
    major: u8,
    argument: Option<u64>,
}

impl<'a> Walk<'a> {
    fn item(&mut self, levels: usize) -> Result<(), Code> {
        let head = self.head()?;
        self.item_of(head, levels)
    }

    fn item_of(&mut self, head: Head, levels: usize) -> Result<(), Code> {
        let inner = levels.checked_sub(1).ok_or(Code::InputCborDepth)?;
        match (head.major, head.argument) {
            (major::BYTES, Some(length)) => self.octets(length).map(drop),
            (major::BYTES, None) => self.bytes_in_pieces().map(drop),
            (major::TEXT, Some(length)) => self.utf8(length).map(drop),
            (major::TEXT, None) => self.text_in_pieces().map(drop),
            (major::ARRAY, count) => self.each(count, |walk| walk.item(inner)),
            (major::MAP, count) => self.map(count, inner),
            (major::TAG, number) => self.tagged(number, inner),
            _ => Ok(()),
        }
    }

    fn head(&mut self) -> Result<Head, Code> {
        let (&first, rest) = self.rest.split_first().ok_or(self.malformed)?;
        self.rest = rest;
        let (major, info) = (first >> 5, first & 31);
        let argument = match info {
            0..24 => Some(u64::from(info)),
            24 => Some(self.number::<1>()?),
            25 => Some(self.number::<2>()?),
            26 => Some(self.number::<4>()?),
            27 => Some(self.number::<8>()?),
            INDEFINITE if (major::BYTES..=major::MAP).contains(&major) => None,
            _ => return Err(self.malformed),
        };
        // RFC 8949, 3.3: these have a head of one octet only.
        if (major, info) == (major::OTHER, 24) && argument < Some(32) {
            return Err(self.malformed);
        }
        Ok(Head { major, argument })
    }

    fn number<const N: usize>(&mut self) -> Result<u64, Code> {
        let (octets, rest) = self.rest.split_first_chunk::<N>().ok_or(self.malformed)?;
        self.rest = rest;
        let shift = |number, octet: &u8| number << 8 | u64::from(*octet);
        Ok(octets.iter().fold(0, shift))
    }

    /// Calls `one` as often as there are elements.
    fn each(
        &mut self,
        count: Option<u64>,
        mut one: impl FnMut(&mut Self) -> Result<(), Code>,
    ) -> Result<(), Code> {
        if let Some(count) = count {
            return (0..count).try_for_each(|_| one(self));
        }
        while self.rest.first() != Some(&BREAK) {
            one(self)?;
        }
        self.rest = self.rest.get(1..).unwrap_or_default();
        Ok(())
    }

    fn octets(&mut self, length: u64) -> Result<&'a [u8], Code> {
        let length = usize::try_from(length).map_err(|_| self.malformed)?;
        let (octets, rest) = self.rest.split_at_checked(length).ok_or(self.malformed)?;
        self.rest = rest;
        Ok(octets)
    }

    fn bytes_in_pieces(&mut self) -> Result<Vec<u8>, Code> {
        let mut whole = Vec::new();
        self.each(None, |walk| {
            let length = walk.piece(major::BYTES)?;
            whole.extend_from_slice(walk.octets(length)?);
            Ok(())
        })?;
        Ok(whole)
    }

    fn text_in_pieces(&mut self) -> Result<String, Code> {
        let mut whole = String::new();
        self.each(None, |walk| {
            let length = walk.piece(major::TEXT)?;
            whole.push_str(walk.utf8(length)?);
            Ok(())
        })?;
        Ok(whole)
    }

    fn utf8(&mut self, length: u64) -> Result<&'a str, Code> {
        let octets = self.octets(length)?;
        std::str::from_utf8(octets).map_err(|_| self.malformed)
    }

    /// The length of a piece, which is of its string's type and in no pieces
    /// itself (RFC 8949, 3.2.3).
    fn piece(&mut self, major: u8) -> Result<u64, Code> {
        let head = self.head()?;
        let length = head.argument.filter(|_| head.major == major);
        length.ok_or(self.malformed)
    }

    fn tagged(&mut self, number: Option<u64>, levels: usize) -> Result<(), Code> {
        let head = self.head()?;
        let fits = match number {
            Some(EMBEDDED) => head.major == major::BYTES,
            Some(TDATE | FULL_DATE) => head.major == major::TEXT,
            _ => true,
        };
        if !fits {
            return Err(Code::InputCborTag);
        }
        self.item_of(head, levels)
    }

    fn map(&mut self, entries: Option<u64>, levels: usize) -> Result<(), Code> {
        let outer = self.keys.len();
        self.each(entries, |walk| {
            if walk.keys.len() - outer == walk.most_keys {
                return Err(Code::InputTooMany);
            }
            walk.key(levels)?;
            walk.item(levels)
        })?;
        let own = self.keys.get_mut(outer..).unwrap_or_default();
        if !are_distinct(own) {
            return Err(Code::InputCborDuplicate);
        }
        self.keys.truncate(outer);
        Ok(())
    }

    /// Keeps the key that comes next. It is written where it stays: a response
    /// has hundreds, and moving them costs more than reading them.
    fn key(&mut self, levels: usize) -> Result<(), Code> {
        let start = self.rest;
        let head = self.head()?;
        let key = match (head.major, head.argument) {
            (major::UNSIGNED, Some(number)) => Key::Integer(number.into()),
            (major::NEGATIVE, Some(number)) => Key::Integer(-1 - i128::from(number)),
            (major::TEXT, Some(length)) => Key::Text(self.utf8(length)?.into()),
            (major::TEXT, None) => Key::Text(self.text_in_pieces()?.into()),
            (major::BYTES, Some(length)) => Key::Bytes(self.octets(length)?.into()),
            (major::BYTES, None) => Key::Bytes(self.bytes_in_pieces()?.into()),
            _ => {
                self.item_of(head, levels)?;
                let length = start.len() - self.rest.len();
                Key::Other(start.get(..length).unwrap_or_default())
            }
        };
        self.keys.push(key);
        Ok(())
    }
}

/// A few keys are compared pair by pair, without sorting.
fn are_distinct(keys: &mut [Key<'_>]) -> bool {
    if keys.len() > 8 {
        keys.sort_unstable();
        return keys
            .windows(2)
            .all(|pair| matches!(pair, [one, next] if one != next));
    }
    let mut rest = &*keys;
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
    use crate::mdoc::cbor::Reader;

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

    #[test]
    fn keys_are_looked_into() {
        let with_key = |key: &[u8]| outcome(&[&[0xa1][..], key, &[0x00]].concat());
        for (key, code) in [
            (&[0xa2, 1, 0, 1, 0][..], Code::InputCborDuplicate),
            (&[0xd8, 0x18, 0x60], Code::InputCborTag),
            (&[0x81].repeat(100_000), Code::InputCborDepth),
        ] {
            assert_eq!(with_key(key), Some(code));
        }
    }

    /// Otherwise what was checked would not be what is read.
    #[test]
    fn what_is_sound_is_whole_for_the_reader() {
        let mut sound = 0;
        let mut check = |octets: &[u8]| {
            if outcome(octets).is_none() {
                let mut reader = Reader::new(octets, Code::InputMdoc);
                assert_eq!(reader.raw(), Ok(octets), "{octets:02x?}");
                sound += 1;
            }
        };
        for first in 0..=u8::MAX {
            check(&[first]);
            for second in 0..=u8::MAX {
                check(&[first, second]);
                for third in [0x00, 0x40, 0x61, 0xa0, 0xff] {
                    for fourth in [0x00, 0xff] {
                        check(&[first, second, third]);
                        check(&[first, second, third, fourth]);
                    }
                }
            }
        }
        assert!(sound > 10_000);
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
