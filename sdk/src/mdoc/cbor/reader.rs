//! A cursor over data items.

use std::borrow::Cow;

use minicbor::Decoder;
use minicbor::data::Type;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::EMBEDDED;
use crate::mdoc::cbor::check::check;

/// Reads data items, one after the other.
///
/// It carries the code with which malformed input of this kind is refused.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    decoder: Decoder<'a>,
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
        let decoder = Decoder::new(input);
        Self { decoder, malformed }
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

    fn datatype(&self) -> Result<Type, Code> {
        self.decoder.datatype().map_err(|_| self.malformed)
    }

    /// What comes next.
    pub(crate) fn kind(&self) -> Result<Kind, Code> {
        Ok(Kind::of(self.datatype()?))
    }

    /// The next item as it is encoded, whatever it is.
    pub(crate) fn raw(&mut self) -> Result<&'a [u8], Code> {
        let start = self.decoder.position();
        self.decoder.skip().map_err(|_| self.malformed)?;
        self.since(start)
    }

    fn since(&self, start: usize) -> Result<&'a [u8], Code> {
        let end = self.decoder.position();
        self.decoder.input().get(start..end).ok_or(self.malformed)
    }

    /// A non-negative integer.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Code> {
        self.decoder.u64().map_err(|_| self.malformed)
    }

    /// An integer of 64 bits with a sign.
    pub(crate) fn integer(&mut self) -> Result<i64, Code> {
        self.decoder.i64().map_err(|_| self.malformed)
    }

    /// True or false.
    pub(crate) fn boolean(&mut self) -> Result<bool, Code> {
        self.decoder.bool().map_err(|_| self.malformed)
    }

    /// Reads a null if one comes next.
    pub(crate) fn take_null(&mut self) -> Result<bool, Code> {
        let is_null = self.datatype()? == Type::Null;
        if is_null {
            self.decoder.null().map_err(|_| self.malformed)?;
        }
        Ok(is_null)
    }

    /// A byte string. One that comes in pieces is put together.
    pub(crate) fn bytes(&mut self) -> Result<Cow<'a, [u8]>, Code> {
        let form = self.datatype()?;
        self.bytes_in(form)
    }

    /// The same, where it is known already in which form it comes.
    fn bytes_in(&mut self, form: Type) -> Result<Cow<'a, [u8]>, Code> {
        if form == Type::Bytes {
            let whole = self.decoder.bytes();
            return whole.map(Cow::from).map_err(|_| self.malformed);
        }
        let pieces = self.decoder.bytes_iter().map_err(|_| self.malformed)?;
        let mut whole = Vec::new();
        for piece in pieces {
            whole.extend_from_slice(piece.map_err(|_| self.malformed)?);
        }
        Ok(whole.into())
    }

    /// Text. What comes in pieces is put together.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, Code> {
        let form = self.datatype()?;
        self.text_in(form)
    }

    /// The same, where it is known already in which form it comes.
    fn text_in(&mut self, form: Type) -> Result<Cow<'a, str>, Code> {
        if form == Type::String {
            let whole = self.decoder.str();
            return whole.map(Cow::from).map_err(|_| self.malformed);
        }
        let pieces = self.decoder.str_iter().map_err(|_| self.malformed)?;
        let whole: Result<String, _> = pieces.collect();
        Ok(whole.map_err(|_| self.malformed)?.into())
    }

    /// A tag, in front of the next item.
    pub(crate) fn any_tag(&mut self) -> Result<u64, Code> {
        let tag = self.decoder.tag().map_err(|_| self.malformed)?;
        Ok(tag.as_u64())
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
        let mut ahead = self.clone();
        let is_there = self.datatype()? == Type::Tag && ahead.any_tag()? == number;
        if is_there {
            *self = ahead;
        }
        Ok(is_there)
    }

    /// A data item in a byte string, with its tag.
    pub(crate) fn embedded(&mut self) -> Result<Embedded<'a>, Code> {
        let start = self.decoder.position();
        self.tag(EMBEDDED)?;
        let content = self.bytes()?;
        let raw = self.since(start)?;
        Ok(Embedded { raw, content })
    }

    /// Reads an array and calls `each` with the position of every item; what
    /// `each` leaves unread is skipped. Returns the number of items.
    pub(crate) fn array(
        &mut self,
        mut each: impl FnMut(usize, &mut Self) -> Result<(), Code>,
    ) -> Result<usize, Code> {
        let length = self.decoder.array().map_err(|_| self.malformed)?;
        let mut count = 0;
        while self.goes_on(length, count)? {
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
        let length = self.decoder.map().map_err(|_| self.malformed)?;
        let mut count = 0;
        while self.goes_on(length, count)? {
            let key = self.key()?;
            self.one(|reader| each(key, reader))?;
            count += 1;
        }
        Ok(())
    }

    /// Reads an array of exactly `length` items, each of which `read` reads.
    pub(crate) fn tuple<T>(
        &mut self,
        length: u64,
        read: impl FnOnce(&mut Self) -> Result<T, Code>,
    ) -> Result<T, Code> {
        let stated = self.decoder.array().map_err(|_| self.malformed)?;
        if stated.is_some_and(|stated| stated != length) {
            return Err(self.malformed);
        }
        let value = read(self)?;
        if stated.is_none() && self.goes_on(None, 0)? {
            return Err(self.malformed);
        }
        Ok(value)
    }

    fn one(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Code>) -> Result<(), Code> {
        let start = self.decoder.position();
        read(self)?;
        if self.decoder.position() == start {
            self.raw()?;
        }
        Ok(())
    }

    /// Whether another item follows; reads the end of an indefinite length.
    fn goes_on(&mut self, length: Option<u64>, count: usize) -> Result<bool, Code> {
        match length {
            Some(length) => Ok(u64::try_from(count).is_ok_and(|count| count < length)),
            None if self.datatype()? == Type::Break => {
                self.decoder.set_position(self.decoder.position() + 1);
                Ok(false)
            }
            None => Ok(true),
        }
    }

    fn key(&mut self) -> Result<Key<'a>, Code> {
        let form = self.datatype()?;
        Ok(match Kind::of(form) {
            Kind::Integer => {
                let integer = self.decoder.int().map_err(|_| self.malformed)?;
                Key::Integer(integer.into())
            }
            Kind::Text => Key::Text(self.text_in(form)?),
            Kind::Bytes => Key::Bytes(self.bytes_in(form)?),
            _ => Key::Other(self.raw()?),
        })
    }
}

impl Kind {
    const fn of(form: Type) -> Self {
        match form {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => Self::Integer,
            Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => Self::Integer,
            Type::Bytes | Type::BytesIndef => Self::Bytes,
            Type::String | Type::StringIndef => Self::Text,
            Type::Array | Type::ArrayIndef => Self::Array,
            Type::Map | Type::MapIndef => Self::Map,
            Type::Tag => Self::Tag,
            Type::Bool => Self::Boolean,
            Type::Null => Self::Null,
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
