//! A reader of DER (X.690) over borrowed bytes.
//!
//! It walks and checks; it never copies and never re-encodes, so that what is
//! hashed is what arrived. Lengths are definite and minimal, tags have one
//! octet, and what is not read to its end is an error.

pub(crate) mod write;

use jiff::civil::DateTime;

use crate::code::Code;
use crate::time::Time;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The element NULL, which stands for parameters that say nothing.
pub(crate) const NULL: &[u8] = &[0x05, 0x00];

/// The tag `[number]`, primitive.
pub(crate) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The tag `[number]`, constructed.
pub(crate) const fn context_constructed(number: u8) -> u8 {
    0xa0 | number
}

/// Whether an element with this tag consists of elements.
pub(crate) const fn is_constructed(tag: u8) -> bool {
    tag & 0x20 != 0
}

/// One element: its tag, its contents, and both with the length between them.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) contents: &'a [u8],
    pub(crate) raw: &'a [u8],
}

/// A cursor over the elements of one level.
///
/// It carries the code with which malformed input of this kind is refused.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    malformed: Code,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(rest: &'a [u8], malformed: Code) -> Self {
        Self { rest, malformed }
    }

    /// The contents of the one `tag` element that `input` must be.
    pub(crate) fn only(input: &'a [u8], tag: u8, malformed: Code) -> Result<Self, Code> {
        let mut outer = Self::new(input, malformed);
        let inner = outer.nested(tag)?;
        outer.finish()?;
        Ok(inner)
    }

    pub(crate) const fn malformed(&self) -> Code {
        self.malformed
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether the next element has this tag.
    pub(crate) fn at(&self, tag: u8) -> bool {
        self.rest.first() == Some(&tag)
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Element<'a>, Code> {
        let (tag, header, length) = header(self.rest).ok_or(self.malformed)?;
        let end = header.checked_add(length).ok_or(self.malformed)?;
        let (raw, rest) = self.rest.split_at_checked(end).ok_or(self.malformed)?;
        let contents = raw.get(header..).ok_or(self.malformed)?;
        self.rest = rest;
        Ok(Element { tag, contents, raw })
    }

    /// The next element, which must have this tag.
    pub(crate) fn element(&mut self, tag: u8) -> Result<Element<'a>, Code> {
        if !self.at(tag) {
            return Err(self.malformed);
        }
        self.any()
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Code> {
        if self.at(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// A reader over the contents of the next element, which must have this tag.
    pub(crate) fn nested(&mut self, tag: u8) -> Result<Self, Code> {
        let element = self.element(tag)?;
        Ok(Self::new(element.contents, self.malformed))
    }

    /// A reader over the contents of the next element if it has this tag.
    pub(crate) fn optional_nested(&mut self, tag: u8) -> Result<Option<Self>, Code> {
        let element = self.optional(tag)?;
        Ok(element.map(|e| Self::new(e.contents, self.malformed)))
    }

    /// The contents of an INTEGER: at least one octet, minimal (X.690, 8.3.2).
    pub(crate) fn integer(&mut self) -> Result<&'a [u8], Code> {
        let contents = self.element(INTEGER)?.contents;
        if is_minimal_integer(contents) {
            Ok(contents)
        } else {
            Err(self.malformed)
        }
    }

    /// A non-negative INTEGER of at most four octets.
    pub(crate) fn small_integer(&mut self) -> Result<u32, Code> {
        let contents = self.integer()?;
        if contents.first().is_some_and(|b| b & 0x80 != 0) || contents.len() > 4 {
            return Err(self.malformed);
        }
        Ok(contents.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
    }

    /// A `BOOLEAN DEFAULT FALSE`: stated only when true, and then as FF
    /// (X.690, 11.1 and 11.5).
    pub(crate) fn default_false(&mut self, tag: u8) -> Result<bool, Code> {
        match self.optional(tag)? {
            None => Ok(false),
            Some(element) if element.contents == [0xff] => Ok(true),
            Some(_) => Err(self.malformed),
        }
    }

    /// The contents of an OBJECT IDENTIFIER.
    pub(crate) fn oid(&mut self) -> Result<&'a [u8], Code> {
        let contents = self.element(OID)?.contents;
        if is_oid(contents) {
            Ok(contents)
        } else {
            Err(self.malformed)
        }
    }

    /// The octets of a BIT STRING that has no unused bits.
    pub(crate) fn octet_aligned_bits(&mut self) -> Result<&'a [u8], Code> {
        match self.element(BIT_STRING)?.contents.split_first() {
            Some((0, octets)) => Ok(octets),
            _ => Err(self.malformed),
        }
    }

    /// The octets of a BIT STRING that holds a signature.
    ///
    /// Bits that are not whole octets are well-formed, and no scheme's
    /// signature: they are read as none, which no key has made.
    pub(crate) fn signature(&mut self) -> Result<&'a [u8], Code> {
        match self.element(BIT_STRING)?.contents {
            [0, octets @ ..] => Ok(octets),
            [unused @ 1..=7, .., last] if last.trailing_zeros() >= u32::from(*unused) => Ok(&[]),
            _ => Err(self.malformed),
        }
    }

    /// UTCTime or GeneralizedTime in the forms of RFC 5280, 4.1.2.5.
    pub(crate) fn time(&mut self) -> Result<Time, Code> {
        let element = self.any()?;
        let time = match element.tag {
            UTC_TIME => utc_time(element.contents),
            GENERALIZED_TIME => generalized_time(element.contents),
            _ => None,
        };
        time.ok_or(self.malformed)
    }

    /// GeneralizedTime alone.
    pub(crate) fn generalized_time(&mut self) -> Result<Time, Code> {
        let contents = self.element(GENERALIZED_TIME)?.contents;
        generalized_time(contents).ok_or(self.malformed)
    }

    /// Whether the next element is a time.
    pub(crate) fn at_time(&self) -> bool {
        self.at(UTC_TIME) || self.at(GENERALIZED_TIME)
    }

    /// Refuses what has not been read.
    pub(crate) fn finish(self) -> Result<(), Code> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.malformed)
        }
    }
}

/// Named bits of a BIT STRING in DER: no trailing zero bits (X.690, 11.2.2).
/// Bit 0 of the standard is the highest bit of the result.
pub(crate) fn named_bits(contents: &[u8]) -> Option<u16> {
    let (unused, octets) = contents.split_first()?;
    match octets {
        [] => (*unused == 0).then_some(0),
        [.., last] => {
            let canonical = *unused < 8 && last.trailing_zeros() == u32::from(*unused);
            let first = u16::from(*octets.first()?) << 8;
            let second = u16::from(octets.get(1).copied().unwrap_or(0));
            (canonical && octets.len() <= 2).then_some(first | second)
        }
    }
}

/// The tag, the length of tag and length octets, and the length of the contents.
pub(crate) fn header(input: &[u8]) -> Option<(u8, usize, usize)> {
    let (&tag, rest) = input.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    if first < 0x80 {
        return Some((tag, 2, usize::from(first)));
    }
    let octets = usize::from(first & 0x7f);
    // Four octets of length are 4 GiB: more than any budget.
    if octets == 0 || octets > 4 {
        return None;
    }
    let (length, _) = rest.split_at_checked(octets)?;
    let length = length
        .iter()
        .fold(0_u32, |n, b| n.wrapping_shl(8) | u32::from(*b));
    let minimal = if octets == 1 {
        0x80
    } else {
        1 << (8 * (octets - 1))
    };
    (length >= minimal).then_some((tag, 2 + octets, usize::try_from(length).ok()?))
}

fn is_minimal_integer(contents: &[u8]) -> bool {
    match contents {
        [] => false,
        [0x00, second, ..] => second & 0x80 != 0,
        [0xff, second, ..] => second & 0x80 == 0,
        _ => true,
    }
}

/// The last arc ends, and none begins with padding (X.690, 8.19.2).
fn is_oid(contents: &[u8]) -> bool {
    let mut before = 0;
    let mut padded = false;
    for octet in contents {
        padded |= before < 0x80 && *octet == 0x80;
        before = *octet;
    }
    !contents.is_empty() && before < 0x80 && !padded
}

fn utc_time(contents: &[u8]) -> Option<Time> {
    let [year, rest @ ..] = digits::<6>(contents)?;
    // RFC 5280, 4.1.2.5.1: 50 to 99 are of the twentieth century.
    let century = if year >= 50 { 1900 } else { 2000 };
    civil(century + i16::from(year), rest)
}

fn generalized_time(contents: &[u8]) -> Option<Time> {
    let [century, year, rest @ ..] = digits::<7>(contents)?;
    civil(i16::from(century) * 100 + i16::from(year), rest)
}

fn civil(year: i16, [month, day, hour, minute, second]: [i8; 5]) -> Option<Time> {
    let civil = DateTime::new(year, month, day, hour, minute, second, 0);
    civil.ok().map(Time::from_utc)
}

/// `N` pairs of digits and a `Z`.
fn digits<const N: usize>(contents: &[u8]) -> Option<[i8; N]> {
    let (pairs, zulu) = contents.as_chunks::<2>();
    if zulu != b"Z" || pairs.len() != N {
        return None;
    }
    let mut values = [0; N];
    for (value, [tens, ones]) in values.iter_mut().zip(pairs) {
        if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        *value = i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok()?;
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(input: &[u8]) -> Reader<'_> {
        Reader::new(input, Code::InputCertificate)
    }

    #[test]
    fn lengths_are_definite_and_minimal() {
        for (input, good) in [
            (&[0x04, 0x01, 0xaa][..], true),
            (&[0x04, 0x81, 0x01, 0xaa], false),
            (&[0x04, 0x80, 0xaa, 0x00, 0x00], false),
            (&[0x04, 0x82, 0x00, 0x01, 0xaa], false),
            (&[0x04, 0x85, 0, 0, 0, 0, 1, 0xaa], false),
            (&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff], false),
            (&[0x04, 0x02, 0xaa], false),
            (&[0x1f, 0x81, 0x01, 0x00], false),
            (&[0x04], false),
            (&[], false),
        ] {
            assert_eq!(reader(input).any().is_ok(), good, "{input:02x?}");
        }
    }

    #[test]
    fn a_long_length_is_read() {
        let mut input = vec![0x04, 0x82, 0x01, 0x00];
        input.extend([7; 256]);
        assert_eq!(reader(&input).any().unwrap().contents.len(), 256);
        input.pop();
        assert!(reader(&input).any().is_err());

        // Four octets of length, in the one form that needs them.
        let mut list = vec![0x04, 0x84, 0x01, 0x00, 0x00, 0x00];
        list.resize(6 + (1 << 24), 0);
        assert_eq!(reader(&list).any().unwrap().contents.len(), 1 << 24);
    }

    #[test]
    fn a_length_that_needs_fewer_octets_is_refused() {
        let refused = |header: &[u8], length: usize| {
            let input = [header, &vec![0; length]].concat();
            assert!(reader(&input).any().is_err(), "{header:02x?}");
        };
        refused(&[0x04, 0x80], 128);
        refused(&[0x04, 0x81, 0x7f], 127);
        refused(&[0x04, 0x82, 0x00, 0xff], 255);
        refused(&[0x04, 0x83, 0x00, 0xff, 0xff], 65_535);
        refused(&[0x04, 0x84, 0x00, 0xff, 0xff, 0xff], (1 << 24) - 1);
    }

    #[test]
    fn tags_have_one_octet() {
        for tag in [0x1f, 0x3f, 0xbf] {
            assert!(reader(&[tag, 0x01, 0x00]).any().is_err(), "{tag:02x}");
        }
        assert_eq!(reader(&[0x9e, 0x01, 0x00]).any().unwrap().tag, 0x9e);
    }

    #[test]
    fn integers_are_minimal() {
        for (input, good) in [
            (&[2, 1, 0][..], true),
            (&[2, 0], false),
            (&[2, 2, 0, 0x7f], false),
            (&[2, 2, 0, 0x80], true),
            (&[2, 2, 0xff, 0x80], false),
            (&[2, 2, 0xff, 0x7f], true),
        ] {
            assert_eq!(reader(input).integer().is_ok(), good, "{input:02x?}");
        }
    }

    #[test]
    fn small_integers_are_of_32_bits_without_a_sign() {
        for (input, number) in [
            (&[2, 1, 0][..], Some(0)),
            (&[2, 1, 0x7f], Some(0x7f)),
            (&[2, 4, 0x7f, 0xff, 0xff, 0xff], Some(0x7fff_ffff)),
            (&[2, 1, 0x80], None),
            (&[2, 4, 0x80, 0, 0, 0], None),
            (&[2, 5, 0, 0x80, 0, 0, 0], None),
            (&[2, 6, 1, 0, 0, 0, 0, 0], None),
        ] {
            assert_eq!(reader(input).small_integer().ok(), number, "{input:02x?}");
        }
    }

    #[test]
    fn default_false_is_stated_only_when_true() {
        assert!(!reader(&[2, 1, 0]).default_false(BOOLEAN).unwrap());
        assert!(reader(&[1, 1, 0xff]).default_false(BOOLEAN).unwrap());
        assert!(reader(&[1, 1, 0x00]).default_false(BOOLEAN).is_err());
        assert!(reader(&[1, 1, 0x01]).default_false(BOOLEAN).is_err());
    }

    #[test]
    fn named_bits_have_one_encoding() {
        assert_eq!(named_bits(&[6, 0xc0]), Some(0xc000));
        assert_eq!(named_bits(&[7, 0x00, 0x80]), Some(0x0080));
        assert_eq!(named_bits(&[0]), Some(0));
        for bad in [
            &[][..],
            &[5, 0xc0],
            &[7, 0x00],
            &[1],
            &[8, 0x00],
            &[0, 1, 1, 1],
        ] {
            assert_eq!(named_bits(bad), None, "{bad:02x?}");
        }
    }

    #[test]
    fn a_signature_of_odd_bits_is_none() {
        for (input, octets) in [
            (&[3, 3, 0, 0x12, 0x34][..], Some(&[0x12, 0x34][..])),
            (&[3, 3, 2, 0x12, 0x34], Some(&[])),
            (&[3, 1, 0], Some(&[])),
            (&[3, 3, 3, 0x12, 0x34], None),
            (&[3, 3, 8, 0x12, 0x00], None),
            (&[3, 1, 1], None),
            (&[3, 0], None),
            (&[4, 2, 0, 0x12], None),
        ] {
            assert_eq!(reader(input).signature().ok(), octets, "{input:02x?}");
        }
    }

    #[test]
    fn object_identifiers_are_whole_and_minimal() {
        assert!(is_oid(&[0x55, 0x1d, 0x0f]));
        assert!(is_oid(&[0x2a, 0x83, 0x08]));
        assert!(is_oid(&[0x81, 0x80, 0x80, 0x01]));
        for bad in [
            &[][..],
            &[0x2a, 0x83],
            &[0x83, 0x80],
            &[0x2a, 0x80, 0x01],
            &[0x80, 0x01],
        ] {
            assert!(!is_oid(bad), "{bad:02x?}");
        }
    }

    #[test]
    fn times_have_the_forms_of_the_profile() {
        let time = |tag: u8, text: &str| {
            let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
            der.extend(text.as_bytes());
            reader(&der).time().ok().map(|t| t.to_string())
        };
        let utc = |text| time(UTC_TIME, text);
        let general = |text| time(GENERALIZED_TIME, text);
        assert_eq!(utc("491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
        assert_eq!(utc("500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
        assert_eq!(general("20500101000000Z").unwrap(), "2050-01-01T00:00:00Z");
        // RFC 5280, 4.1.2.5: no well-defined end.
        assert_eq!(general("99991231235959Z").unwrap(), "9999-12-31T23:59:59Z");
        assert_eq!(general("00000101000000Z").unwrap(), "0000-01-01T00:00:00Z");
        for bad in [
            "4912312359Z",
            "491231235960Z",
            "490229000000Z",
            "491231235959+0900",
            "49123123595aZ",
            "",
        ] {
            assert_eq!(utc(bad), None, "{bad}");
        }
        assert_eq!(general("20500101000000.5Z"), None);
        assert_eq!(general("500101000000Z"), None);
    }
}
