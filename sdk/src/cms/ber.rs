//! A reader of BER (X.690, 8) over borrowed bytes, for the envelope of a
//! message.
//!
//! It accepts what streaming encoders write: lengths that are indefinite or
//! longer than they need be, and octet strings in pieces. Joining the pieces
//! only removes their headers, so what is allocated is smaller than what
//! arrived. Looking for the end of an indefinite length reads an octet at most
//! once per level, and levels are bounded.

use std::borrow::Cow;

use crate::asn1::{self, Element};
use crate::code::Code;
use crate::limits;

const MALFORMED: Code = Code::InputCms;

/// The bit that tells a constructed element from a primitive one.
const CONSTRUCTED: u8 = 0x20;

/// The end of contents of indefinite length (X.690, 8.1.5).
const END_OF_CONTENTS: [u8; 2] = [0x00, 0x00];

/// A cursor over the elements of one level.
#[derive(Clone, Copy, Default)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(rest: &'a [u8]) -> Self {
        Self { rest, depth: 0 }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether the next element has this tag.
    pub(crate) fn at(&self, tag: u8) -> bool {
        self.rest.first() == Some(&tag)
    }

    /// The next element, which must have this tag.
    ///
    /// Its `raw` is as it arrived, an end of contents included.
    pub(crate) fn element(&mut self, tag: u8) -> Result<Element<'a>, Code> {
        if !self.at(tag) {
            return Err(MALFORMED);
        }
        let header = Header::read(self.rest).ok_or(MALFORMED)?;
        let (_, inner) = self.rest.split_at_checked(header.octets).ok_or(MALFORMED)?;
        let (length, end) = match header.length {
            Some(length) => (length, 0),
            None => (self.indefinite_length(inner)?, END_OF_CONTENTS.len()),
        };
        let contents = inner.get(..length).ok_or(MALFORMED)?;
        let (raw, rest) = self
            .rest
            .split_at_checked(header.octets + length + end)
            .ok_or(MALFORMED)?;
        self.rest = rest;
        Ok(Element { tag, contents, raw })
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Code> {
        if self.at(tag) {
            self.element(tag).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A reader over the contents of the next element, which must have this tag.
    pub(crate) fn nested(&mut self, tag: u8) -> Result<Self, Code> {
        let contents = self.element(tag)?.contents;
        self.inside(contents)
    }

    /// A reader over the contents of the next element if it has this tag.
    pub(crate) fn optional_nested(&mut self, tag: u8) -> Result<Option<Self>, Code> {
        match self.optional(tag)? {
            Some(element) => self.inside(element.contents).map(Some),
            None => Ok(None),
        }
    }

    /// The contents of an OBJECT IDENTIFIER.
    pub(crate) fn oid(&mut self) -> Result<&'a [u8], Code> {
        Ok(self.element(asn1::OID)?.contents)
    }

    /// The octet of an INTEGER that has one, such as a version.
    pub(crate) fn version(&mut self) -> Result<u8, Code> {
        match self.element(asn1::INTEGER)?.contents {
            [version] => Ok(*version),
            _ => Err(MALFORMED),
        }
    }

    /// Whether the next element is an octet string that in one piece has this tag.
    pub(crate) fn at_octets(&self, tag: u8) -> bool {
        self.at(tag) || self.at(tag | CONSTRUCTED)
    }

    /// The octets of a string that in one piece has this tag, joined if it
    /// comes in pieces. The pieces of an IMPLICIT one are plain octet strings
    /// again (X.690, 8.7.3 and 8.14.3).
    pub(crate) fn octets(&mut self, tag: u8) -> Result<Cow<'a, [u8]>, Code> {
        if self.at(tag) {
            return Ok(Cow::Borrowed(self.element(tag)?.contents));
        }
        let pieces = self.nested(tag | CONSTRUCTED)?;
        let mut joined = Vec::with_capacity(pieces.rest.len());
        pieces.join(&mut joined)?;
        Ok(Cow::Owned(joined))
    }

    /// Refuses what has not been read.
    pub(crate) fn finish(self) -> Result<(), Code> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(MALFORMED)
        }
    }

    /// As deep as there are levels at most, by [`Reader::inside`].
    fn join(mut self, joined: &mut Vec<u8>) -> Result<(), Code> {
        while !self.is_empty() {
            if self.at(asn1::OCTET_STRING) {
                joined.extend_from_slice(self.element(asn1::OCTET_STRING)?.contents);
            } else {
                self.nested(asn1::OCTET_STRING | CONSTRUCTED)?
                    .join(joined)?;
            }
        }
        Ok(())
    }

    fn inside(&self, contents: &'a [u8]) -> Result<Self, Code> {
        let depth = self.depth + 1;
        if depth > limits::NESTING {
            return Err(Code::InputTooMany);
        }
        Ok(Self {
            rest: contents,
            depth,
        })
    }

    /// How much of `input` stands before the end of contents that closes it.
    fn indefinite_length(&self, input: &[u8]) -> Result<usize, Code> {
        let mut open = 1;
        let mut rest = input;
        loop {
            if let Some(after) = rest.strip_prefix(&END_OF_CONTENTS) {
                open -= 1;
                if open == 0 {
                    return Ok(input.len() - rest.len());
                }
                rest = after;
                continue;
            }
            let header = Header::read(rest).ok_or(MALFORMED)?;
            if header.length.is_none() {
                open += 1;
            }
            if self.depth + open > limits::NESTING {
                return Err(Code::InputTooMany);
            }
            let skipped = header.octets.checked_add(header.length.unwrap_or(0));
            rest = skipped.and_then(|n| rest.get(n..)).ok_or(MALFORMED)?;
        }
    }
}

/// The tag and length octets of an element.
struct Header {
    /// How many there are.
    octets: usize,
    /// The length that they state; none if it is indefinite.
    length: Option<usize>,
}

impl Header {
    fn read(input: &[u8]) -> Option<Self> {
        let (&tag, rest) = input.split_first()?;
        let (&first, rest) = rest.split_first()?;
        // Tags of several octets do not occur; tag 0 is the end of contents.
        if tag & 0x1f == 0x1f || tag == 0 {
            return None;
        }
        match first {
            0x00..0x80 => Some(Self {
                octets: 2,
                length: Some(usize::from(first)),
            }),
            // X.690, 8.1.3.2: what is primitive has a definite length.
            0x80 => (tag & CONSTRUCTED != 0).then_some(Self {
                octets: 2,
                length: None,
            }),
            // X.690, 8.1.3.5: reserved.
            0xff => None,
            0x81.. => {
                let octets = usize::from(first & 0x7f);
                let length = rest.get(..octets)?.iter().try_fold(0_usize, |n, b| {
                    n.checked_mul(256)?.checked_add(usize::from(*b))
                })?;
                Some(Self {
                    octets: 2 + octets,
                    length: Some(length),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn octets(input: &[u8]) -> Result<Vec<u8>, Code> {
        let mut reader = Reader::new(input);
        let octets = reader.octets(asn1::OCTET_STRING)?.into_owned();
        reader.finish()?;
        Ok(octets)
    }

    #[test]
    fn lengths_may_be_indefinite_or_long() {
        for (input, expected) in [
            (&[0x04, 0x01, 7][..], Ok(&[7][..])),
            (&[0x04, 0x81, 0x01, 7], Ok(&[7])),
            (&[0x04, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7], Ok(&[7])),
            (&[0x24, 0x80, 0x04, 0x01, 7, 0, 0], Ok(&[7])),
            (&[0x24, 0x80, 0, 0], Ok(&[])),
            (&[0x24, 0x03, 0x04, 0x01, 7], Ok(&[7])),
            (
                &[0x24, 0x80, 0x04, 0x01, 7, 0x24, 0x03, 0x04, 0x01, 8, 0, 0],
                Ok(&[7, 8]),
            ),
            (
                &[
                    0x24, 0x80, 0x24, 0x80, 0x04, 0x02, 0, 0, 0, 0, 0x04, 0x00, 0, 0,
                ],
                Ok(&[0, 0]),
            ),
            // Primitive of indefinite length, reserved length, no end, cut off.
            (&[0x04, 0x80, 0x05, 0, 0, 0], Err(MALFORMED)),
            (&[0x04, 0xff, 7], Err(MALFORMED)),
            (&[0x24, 0x80, 0x04, 0x01, 7, 0], Err(MALFORMED)),
            (&[0x24, 0x80, 0x04, 0x02, 7], Err(MALFORMED)),
            (&[0x04, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7], Err(MALFORMED)),
            (
                &[0x04, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
                Err(MALFORMED),
            ),
            // An end of contents that ends nothing, or is not one.
            (&[0x24, 0x02, 0, 0], Err(MALFORMED)),
            (&[0x24, 0x80, 0, 1, 0, 0, 0], Err(MALFORMED)),
            (&[0x24, 0x80, 0, 0, 0, 0], Err(MALFORMED)),
            // Pieces of another type, trailing bytes, nothing.
            (&[0x24, 0x80, 0x0c, 0x01, 7, 0, 0], Err(MALFORMED)),
            (&[0x24, 0x80, 0x80, 0x01, 7, 0, 0], Err(MALFORMED)),
            (&[0x24, 0x80, 0x1f, 0x01, 7, 0, 0], Err(MALFORMED)),
            (&[0x04, 0x01, 7, 0], Err(MALFORMED)),
            (&[0x04], Err(MALFORMED)),
            (&[], Err(MALFORMED)),
        ] {
            let found = octets(input);
            assert_eq!(found, expected.map(<[u8]>::to_vec), "{input:02x?}");
        }
    }

    #[test]
    fn what_is_skipped_has_tags_of_one_octet() {
        for (tag, expected) in [(0x1f, Some(MALFORMED)), (0, Some(MALFORMED)), (0x0c, None)] {
            let input = [0xa1, 0x80, tag, 0x01, 7, 0, 0];
            let skipped = Reader::new(&input).element(0xa1);
            assert_eq!(skipped.err(), expected, "{tag:02x}");
        }
    }

    #[test]
    fn an_implicit_string_has_plain_pieces() {
        let input = [0xa0, 0x80, 0x04, 0x01, 7, 0x04, 0x01, 8, 0, 0];
        let mut reader = Reader::new(&input);
        assert!(reader.at_octets(asn1::context(0)));
        assert_eq!(*reader.octets(asn1::context(0)).unwrap(), [7, 8]);
        assert!(reader.is_empty());
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| {
            let mut input = [0x24, 0x80].repeat(levels);
            input.extend([0x04, 0x01, 7]);
            input.extend([0; 2].repeat(levels));
            octets(&input)
        };
        assert_eq!(nested(limits::NESTING), Ok(vec![7]));
        assert_eq!(nested(limits::NESTING + 1), Err(Code::InputTooMany));

        let definite = |levels: usize| {
            let wrap = |inner: Vec<u8>, _| {
                let length = u8::try_from(inner.len()).unwrap();
                [vec![0x24, length], inner].concat()
            };
            octets(&(0..levels).fold(vec![0x04, 0x01, 7], wrap))
        };
        assert_eq!(definite(limits::NESTING), Ok(vec![7]));
        assert_eq!(definite(limits::NESTING + 1), Err(Code::InputTooMany));
    }

    proptest! {
        #[test]
        fn joining_never_panics_nor_grows(
            tail in prop::collection::vec(
                prop::sample::select(vec![0_u8, 1, 2, 4, 0x24, 0x80, 0x81, 0xff]),
                0..64,
            )
        ) {
            let input = [vec![0x24, 0x80], tail].concat();
            if let Ok(joined) = octets(&input) {
                prop_assert!(joined.len() < input.len());
            }
        }
    }
}
