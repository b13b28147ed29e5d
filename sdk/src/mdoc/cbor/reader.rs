//! A cursor over data items.

use std::borrow::Cow;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::EMBEDDED;
use crate::mdoc::cbor::check::check;
use crate::mdoc::cbor::head::{Ahead, major};

/// Reads data items, one after the other.
///
/// It carries the code with which malformed input of this kind is refused.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    ahead: Ahead<'a>,
    malformed: Code,
}

/// A key of a map: by its value, so that two encodings of one key are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    /// An integer.
    Integer(i128),
    /// Text.
    Text(Cow<'a, str>),
    /// A byte string.
    Bytes(Cow<'a, [u8]>),
    /// Anything else, as it is encoded.
    Other(&'a [u8]),
}

/// What kind of item comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    Boolean,
    Null,
    Other,
}

/// An encoded data item in a byte string (tag 24).
#[derive(Clone)]
pub(crate) struct Embedded<'a> {
    /// Tag, head and contents as they arrived: what digests are made over.
    pub(crate) raw: &'a [u8],
    /// What the byte string holds.
    pub(crate) content: Cow<'a, [u8]>,
}

impl<'a> Reader<'a> {
    /// A reader over octets of which every item has been checked.
    pub(crate) fn new(input: &'a [u8], malformed: Code) -> Self {
        let ahead = Ahead { rest: input };
        Self { ahead, malformed }
    }

    /// A reader over the one item that `input` must be, soundly encoded.
    pub(crate) fn only(input: &'a [u8], malformed: Code) -> Result<Self, Code> {
        Self::only_with(input, malformed, limits::CBOR_KEYS)
    }

    /// The same where a map may have as many as `keys`.
    pub(crate) fn only_with(input: &'a [u8], malformed: Code, keys: usize) -> Result<Self, Code> {
        check(input, malformed, keys)?;
        Ok(Self::new(input, malformed))
    }

    /// The code for malformed input.
    pub(crate) const fn malformed(&self) -> Code {
        self.malformed
    }

    /// What comes next.
    pub(crate) fn kind(&self) -> Result<Kind, Code> {
        self.ahead.first().map(Kind::of).ok_or(self.malformed)
    }

    /// The next item as it is encoded, whatever it is.
    pub(crate) fn raw(&mut self) -> Result<&'a [u8], Code> {
        let start = self.ahead.rest;
        self.ahead
            .skip(limits::CBOR_NESTING)
            .ok_or(self.malformed)?;
        Ok(self.ahead.since(start))
    }

    /// The argument of the next head, which must be of this major type and of
    /// no indefinite length.
    fn number_of(&mut self, major: u8) -> Result<u64, Code> {
        let number = self.ahead.head_of(major).and_then(|head| head.argument);
        number.ok_or(self.malformed)
    }

    /// How many elements follow the next head, which must be of this major type.
    #[inline]
    fn length_of(&mut self, major: u8) -> Result<Option<u64>, Code> {
        match self.ahead.head_of(major) {
            Some(head) => Ok(head.argument),
            None => Err(self.malformed),
        }
    }

    /// A non-negative integer.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Code> {
        self.number_of(major::UNSIGNED)
    }

    /// An integer of 64 bits with a sign.
    pub(crate) fn integer(&mut self) -> Result<i64, Code> {
        let Some(head) = self.ahead.head() else {
            return Err(self.malformed);
        };
        let argument = head.argument.and_then(|number| i64::try_from(number).ok());
        match (head.major, argument) {
            (major::UNSIGNED, Some(number)) => Ok(number),
            (major::NEGATIVE, Some(number)) => Ok(!number),
            _ => Err(self.malformed),
        }
    }

    /// True or false.
    pub(crate) fn boolean(&mut self) -> Result<bool, Code> {
        // By its first octet: a float has the same major type, and any argument.
        let first = self.ahead.first().ok_or(self.malformed)?;
        if !matches!(first, FALSE | TRUE) {
            return Err(self.malformed);
        }
        self.ahead.head();
        Ok(first == TRUE)
    }

    /// Reads a null if one comes next.
    pub(crate) fn take_null(&mut self) -> Result<bool, Code> {
        let is_null = self.kind()? == Kind::Null;
        if is_null {
            self.ahead.head();
        }
        Ok(is_null)
    }

    /// A byte string. One that comes in pieces is put together.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<Cow<'a, [u8]>, Code> {
        self.ahead.byte_string().ok_or(self.malformed)
    }

    /// Text. What comes in pieces is put together.
    #[inline]
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, Code> {
        self.ahead.text_string().ok_or(self.malformed)
    }

    /// A tag, in front of the next item.
    pub(crate) fn any_tag(&mut self) -> Result<u64, Code> {
        self.number_of(major::TAG)
    }

    /// The tag `number`, in front of the next item.
    pub(crate) fn tag(&mut self, number: u64) -> Result<(), Code> {
        if self.any_tag()? == number {
            Ok(())
        } else {
            Err(self.malformed)
        }
    }

    /// Reads the tag `number` if it comes next.
    pub(crate) fn take_tag(&mut self, number: u64) -> Result<bool, Code> {
        let mut after = self.clone();
        let is_there = self.kind()? == Kind::Tag && after.any_tag()? == number;
        if is_there {
            *self = after;
        }
        Ok(is_there)
    }

    /// A data item in a byte string, with its tag.
    pub(crate) fn embedded(&mut self) -> Result<Embedded<'a>, Code> {
        let start = self.ahead.rest;
        self.tag(EMBEDDED)?;
        let content = self.bytes()?;
        let raw = self.ahead.since(start);
        Ok(Embedded { raw, content })
    }

    /// Reads an array and calls `each` with the position of every item; what
    /// `each` leaves unread is skipped. Returns the number of items.
    pub(crate) fn array(
        &mut self,
        mut each: impl FnMut(usize, &mut Self) -> Result<(), Code>,
    ) -> Result<usize, Code> {
        let mut left = self.length_of(major::ARRAY)?;
        let mut count = 0;
        while self.goes_on(&mut left)? {
            self.one(|reader| each(count, reader))?;
            count += 1;
        }
        Ok(count)
    }

    /// Reads a map and calls `each` with every key; a value that `each` leaves
    /// unread is skipped.
    pub(crate) fn map(
        &mut self,
        mut each: impl FnMut(Key<'a>, &mut Self) -> Result<(), Code>,
    ) -> Result<(), Code> {
        let mut left = self.length_of(major::MAP)?;
        while self.goes_on(&mut left)? {
            let Some(key) = self.ahead.key(limits::CBOR_NESTING) else {
                return Err(self.malformed);
            };
            self.one(|reader| each(key, reader))?;
        }
        Ok(())
    }

    /// Reads an array of exactly `length` items, each of which `read` reads.
    pub(crate) fn tuple<T>(
        &mut self,
        length: u64,
        read: impl FnOnce(&mut Self) -> Result<T, Code>,
    ) -> Result<T, Code> {
        let stated = self.length_of(major::ARRAY)?;
        if stated.is_some_and(|stated| stated != length) {
            return Err(self.malformed);
        }
        let value = read(self)?;
        if stated.is_none() && self.goes_on(&mut None)? {
            return Err(self.malformed);
        }
        Ok(value)
    }

    fn one(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Code>) -> Result<(), Code> {
        let start = self.ahead.rest.len();
        read(self)?;
        if self.ahead.rest.len() == start {
            self.raw()?;
        }
        Ok(())
    }

    fn goes_on(&mut self, left: &mut Option<u64>) -> Result<bool, Code> {
        self.ahead.goes_on(left).ok_or(self.malformed)
    }
}

impl<'a> Key<'a> {
    /// The key that is encoded so.
    pub(super) fn of(encoded: &'a [u8]) -> Option<Self> {
        Ahead { rest: encoded }.key(limits::CBOR_NESTING)
    }
}

impl<'a> Ahead<'a> {
    /// The key that comes next.
    #[inline]
    fn key(&mut self, levels: usize) -> Option<Key<'a>> {
        let start = self.rest;
        let head = self.head()?;
        Some(match (head.major, head.argument) {
            (major::UNSIGNED, Some(number)) => Key::Integer(number.into()),
            (major::NEGATIVE, Some(number)) => Key::Integer(-1 - i128::from(number)),
            (major::TEXT, length) => Key::Text(self.text(length)?),
            (major::BYTES, length) => Key::Bytes(self.bytes(length)?),
            _ => {
                self.rest = start;
                self.skip(levels)?;
                Key::Other(self.since(start))
            }
        })
    }
}

/// Simple values (RFC 8949, 3.3), in their one form.
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;

impl Kind {
    /// By the first octet of a head.
    const fn of(first: u8) -> Self {
        match (first >> 5, first) {
            (major::UNSIGNED | major::NEGATIVE, _) => Self::Integer,
            (major::BYTES, _) => Self::Bytes,
            (major::TEXT, _) => Self::Text,
            (major::ARRAY, _) => Self::Array,
            (major::MAP, _) => Self::Map,
            (major::TAG, _) => Self::Tag,
            (_, FALSE | TRUE) => Self::Boolean,
            (_, NULL) => Self::Null,
            _ => Self::Other,
        }
    }
}

impl Embedded<'_> {
    /// A reader over the item inside, which is checked first.
    pub(crate) fn reader(&self, malformed: Code) -> Result<Reader<'_>, Code> {
        Reader::only(&self.content, malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(input: &[u8]) -> Reader<'_> {
        Reader::only(input, Code::InputMdoc).unwrap()
    }

    #[test]
    fn values_are_read_in_every_form() {
        assert_eq!(reader(&[0x18, 0x05]).unsigned(), Ok(5));
        assert_eq!(reader(&[0x38, 0x22]).integer(), Ok(-35));
        assert_eq!(reader(&[0x20]).unsigned(), Err(Code::InputMdoc));
        assert_eq!(reader(&[0xf4]).boolean(), Ok(false));
        // A float with what would be the number of a truth value.
        let float = [0xf9, 0x00, 0x15];
        assert_eq!(reader(&float).boolean(), Err(Code::InputMdoc));
        let pieces = [0x7f, 0x61, b'a', 0x62, b'b', b'c', 0xff];
        assert_eq!(reader(&pieces).text().unwrap(), "abc");
        let pieces = [0x5f, 0x41, 1, 0x42, 2, 3, 0xff];
        assert_eq!(*reader(&pieces).bytes().unwrap(), [1, 2, 3]);
    }

    #[test]
    fn what_is_embedded_keeps_its_encoding() {
        let octets = [0xd8, 0x18, 0x58, 0x02, 0x18, 0x07];
        let embedded = reader(&octets).embedded().unwrap();
        assert_eq!(embedded.raw, octets);
        assert_eq!(embedded.reader(Code::InputMdoc).unwrap().unsigned(), Ok(7));
        let bad = [0xd8, 0x18, 0x42, 0x07, 0x07];
        let embedded = reader(&bad).embedded().unwrap();
        let outcome = embedded.reader(Code::InputMdoc).map(drop);
        assert_eq!(outcome, Err(Code::InputCborTrailing));
    }

    #[test]
    fn maps_skip_what_nobody_reads() {
        for octets in [
            &[0xa2, 0x61, b'a', 0x82, 0x01, 0x02, 0x61, b'b', 0x07][..],
            &[0xbf, 0x61, b'a', 0x9f, 0x01, 0xff, 0x61, b'b', 0x07, 0xff],
        ] {
            let mut found = None;
            reader(octets)
                .map(|key, value| {
                    if key.is("b") {
                        found = Some(value.unsigned()?);
                    }
                    Ok(())
                })
                .unwrap();
            assert_eq!(found, Some(7));
        }
    }

    #[test]
    fn a_tuple_has_its_length() {
        let pair = |octets: &[u8]| {
            let mut reader = reader(octets);
            reader.tuple(2, |r| Ok((r.unsigned()?, r.unsigned()?)))
        };
        assert_eq!(pair(&[0x82, 1, 2]), Ok((1, 2)));
        assert_eq!(pair(&[0x9f, 1, 2, 0xff]), Ok((1, 2)));
        for bad in [&[0x83, 1, 2, 3][..], &[0x81, 1], &[0x9f, 1, 2, 3, 0xff]] {
            assert_eq!(pair(bad), Err(Code::InputMdoc), "{bad:02x?}");
        }
    }

    #[test]
    fn a_tag_is_the_one_expected() {
        let octets = [0xd2, 0x00];
        assert!(reader(&octets).take_tag(18).unwrap());
        assert!(!reader(&octets).take_tag(17).unwrap());
        assert_eq!(reader(&octets).tag(17), Err(Code::InputMdoc));
        assert!(reader(&[0xf6]).take_null().unwrap());
        assert!(!reader(&[0xf7]).take_null().unwrap());
    }
}
