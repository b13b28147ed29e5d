//! A DER writer that can also write what DER forbids.
//!
//! It shares nothing with the decoder it is used against. Every function returns
//! the complete encoding (tag, length, content) and takes encoded parts, so
//! structures are nested by nesting calls.
//!
//! ```
//! use tashika_testbed::der;
//!
//! let version = der::explicit(0, der::small(2));
//! assert_eq!(version, [0xA0, 0x03, 0x02, 0x01, 0x02]);
//! ```

use crate::calendar;

/// Identifier octets (X.690, 8.1.2) by the name of the type.
pub mod tag {
    /// BOOLEAN.
    pub const BOOLEAN: u8 = 0x01;
    /// INTEGER.
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING.
    pub const BIT_STRING: u8 = 0x03;
    /// OCTET STRING.
    pub const OCTET_STRING: u8 = 0x04;
    /// OCTET STRING in the constructed form that BER allows.
    pub const CONSTRUCTED_OCTET_STRING: u8 = 0x24;
    /// NULL.
    pub const NULL: u8 = 0x05;
    /// OBJECT IDENTIFIER.
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    /// ENUMERATED.
    pub const ENUMERATED: u8 = 0x0A;
    /// UTF8String.
    pub const UTF8_STRING: u8 = 0x0C;
    /// PrintableString.
    pub const PRINTABLE_STRING: u8 = 0x13;
    /// TeletexString.
    pub const TELETEX_STRING: u8 = 0x14;
    /// IA5String.
    pub const IA5_STRING: u8 = 0x16;
    /// UTCTime.
    pub const UTC_TIME: u8 = 0x17;
    /// GeneralizedTime.
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// BMPString.
    pub const BMP_STRING: u8 = 0x1E;
    /// SEQUENCE and SEQUENCE OF.
    pub const SEQUENCE: u8 = 0x30;
    /// SET and SET OF.
    pub const SET: u8 = 0x31;

    /// `[number]`, constructed, as an EXPLICIT tag or over a SEQUENCE is.
    #[must_use]
    pub const fn constructed(number: u8) -> u8 {
        0xA0 | number
    }

    /// `[number] IMPLICIT` over a primitive type.
    #[must_use]
    pub const fn primitive(number: u8) -> u8 {
        0x80 | number
    }
}

/// How the length octets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The one form DER allows.
    Minimal,
    /// The long form with exactly this many octets after the first, leading
    /// zeros included (at most 126; fewer than needed are raised to what is needed).
    Padded(u8),
    /// 0x80, closed by two zero octets.
    Indefinite,
}

/// One element: tag, minimal length, content.
#[must_use]
pub fn tlv(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv_with(tag, Length::Minimal, content)
}

/// One element with a chosen form of length.
#[must_use]
pub fn tlv_with(tag: u8, length: Length, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    match length {
        Length::Minimal => out.extend(length_octets(content.len() as u64)),
        Length::Padded(octets) => out.extend(padded_length(content.len() as u64, octets)),
        Length::Indefinite => out.push(0x80),
    }
    out.extend_from_slice(content);
    if length == Length::Indefinite {
        out.extend_from_slice(&[0, 0]);
    }
    out
}

/// The minimal length octets of `length`.
#[must_use]
pub fn length_octets(length: u64) -> Vec<u8> {
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => vec![short],
        _ => padded_length(length, 0),
    }
}

fn padded_length(length: u64, octets: u8) -> Vec<u8> {
    let magnitude = strip_zeros(&length.to_be_bytes()).to_vec();
    let octets = usize::from(octets.min(126)).max(magnitude.len());
    let mut out = vec![0x80 | octets as u8];
    out.resize(1 + octets - magnitude.len(), 0);
    out.extend(magnitude);
    out
}

fn strip_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// The parts one after the other, without a header of their own.
#[must_use]
pub fn concat<I>(parts: I) -> Vec<u8>
where
    I: IntoIterator<Item: AsRef<[u8]>>,
{
    parts.into_iter().fold(Vec::new(), |mut all, part| {
        all.extend_from_slice(part.as_ref());
        all
    })
}

/// SEQUENCE of the encoded parts.
#[must_use]
pub fn sequence<I>(parts: I) -> Vec<u8>
where
    I: IntoIterator<Item: AsRef<[u8]>>,
{
    tlv(tag::SEQUENCE, concat(parts))
}

/// SET OF in the order given, which DER forbids unless it is already sorted.
#[must_use]
pub fn set_unsorted<I>(parts: I) -> Vec<u8>
where
    I: IntoIterator<Item: AsRef<[u8]>>,
{
    tlv(tag::SET, concat(parts))
}

/// SET OF, sorted by encoding as DER asks (X.690, 11.6).
#[must_use]
pub fn set_of<I>(parts: I) -> Vec<u8>
where
    I: IntoIterator<Item: AsRef<[u8]> + Ord>,
{
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort();
    set_unsorted(parts)
}

/// `[number] EXPLICIT` (or IMPLICIT over a constructed type, given its content).
#[must_use]
pub fn explicit(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(tag::constructed(number), content)
}

/// `[number] IMPLICIT` over a primitive type, given its content.
#[must_use]
pub fn implicit(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(tag::primitive(number), content)
}

/// INTEGER from an unsigned magnitude, in the minimal form.
#[must_use]
pub fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    tlv(tag::INTEGER, unsigned_content(magnitude))
}

/// The content octets of [`unsigned`].
#[must_use]
pub fn unsigned_content(magnitude: &[u8]) -> Vec<u8> {
    let magnitude = strip_zeros(magnitude);
    let sign = magnitude.first().is_none_or(|first| *first >= 0x80);
    let mut content = vec![0; usize::from(sign)];
    content.extend_from_slice(magnitude);
    content
}

/// INTEGER from a small number.
#[must_use]
pub fn small(value: u64) -> Vec<u8> {
    unsigned(&value.to_be_bytes())
}

/// INTEGER from its content octets as they are: negative, empty, padded.
#[must_use]
pub fn integer_raw(content: &[u8]) -> Vec<u8> {
    tlv(tag::INTEGER, content)
}

/// ENUMERATED.
#[must_use]
pub fn enumerated(value: u8) -> Vec<u8> {
    tlv(tag::ENUMERATED, unsigned_content(&[value]))
}

/// BOOLEAN.
#[must_use]
pub fn boolean(value: bool) -> Vec<u8> {
    tlv(tag::BOOLEAN, [if value { 0xFF } else { 0 }])
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    tlv(tag::NULL, [])
}

/// OBJECT IDENTIFIER from its arcs.
#[must_use]
pub fn oid(arcs: &[u64]) -> Vec<u8> {
    tlv(tag::OBJECT_IDENTIFIER, oid_content(arcs))
}

fn oid_content(arcs: &[u64]) -> Vec<u8> {
    let mut arcs = arcs.iter().copied();
    let first = 40 * arcs.next().unwrap_or_default() + arcs.next().unwrap_or_default();
    std::iter::once(first)
        .chain(arcs)
        .flat_map(base128)
        .collect()
}

fn base128(arc: u64) -> Vec<u8> {
    let groups = arc.max(1).ilog2() / 7;
    (0..=groups)
        .rev()
        .map(|group| {
            let low = (arc >> (7 * group)) as u8 & 0x7F;
            low | if group > 0 { 0x80 } else { 0 }
        })
        .collect()
}

/// AlgorithmIdentifier without parameters.
#[must_use]
pub fn algorithm(arcs: &[u64]) -> Vec<u8> {
    sequence([oid(arcs)])
}

/// AlgorithmIdentifier with NULL as its parameters.
#[must_use]
pub fn algorithm_null(arcs: &[u64]) -> Vec<u8> {
    sequence([oid(arcs), null()])
}

/// UTF8String.
#[must_use]
pub fn utf8(text: &str) -> Vec<u8> {
    tlv(tag::UTF8_STRING, text)
}

/// PrintableString.
#[must_use]
pub fn printable(text: &str) -> Vec<u8> {
    tlv(tag::PRINTABLE_STRING, text)
}

/// IA5String.
#[must_use]
pub fn ia5(text: &str) -> Vec<u8> {
    tlv(tag::IA5_STRING, text)
}

/// OCTET STRING.
#[must_use]
pub fn octets(content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(tag::OCTET_STRING, content)
}

/// BIT STRING of whole octets.
#[must_use]
pub fn bits(content: &[u8]) -> Vec<u8> {
    bits_with_unused(0, content)
}

/// BIT STRING whose last octet has `unused` unused bits.
#[must_use]
pub fn bits_with_unused(unused: u8, content: &[u8]) -> Vec<u8> {
    tlv(tag::BIT_STRING, bits_content(unused, content))
}

/// The content octets of a BIT STRING, for IMPLICIT tags.
#[must_use]
pub fn bits_content(unused: u8, content: &[u8]) -> Vec<u8> {
    concat([&[unused], content])
}

/// BIT STRING of a NamedBitList: trailing zero bits removed (X.690, 11.2.2).
/// The numbers are those of the ASN.1 module, for instance 5 for keyCertSign.
#[must_use]
pub fn named_bits(numbers: &[u8]) -> Vec<u8> {
    tlv(tag::BIT_STRING, named_bits_content(numbers))
}

/// The content octets of [`named_bits`].
#[must_use]
pub fn named_bits_content(numbers: &[u8]) -> Vec<u8> {
    let Some(highest) = numbers.iter().copied().max() else {
        return vec![0];
    };
    let octet = |index: u8| {
        numbers
            .iter()
            .filter(|number| **number / 8 == index)
            .fold(0u8, |octet, number| octet | (0x80 >> (number % 8)))
    };
    let content: Vec<u8> = (0..=highest / 8).map(octet).collect();
    bits_content(7 - highest % 8, &content)
}

/// UTCTime of a moment in unix seconds (the year modulo 100, whatever it is).
#[must_use]
pub fn utc_time(seconds: i64) -> Vec<u8> {
    tlv(tag::UTC_TIME, calendar::utc_text(seconds))
}

/// GeneralizedTime of a moment in unix seconds.
#[must_use]
pub fn generalized_time(seconds: i64) -> Vec<u8> {
    tlv(tag::GENERALIZED_TIME, calendar::generalized_text(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!(tlv(4, [0; 127])[..2], [4, 127]);
        assert_eq!(tlv(4, [0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(4, [0; 256])[..4], [4, 0x82, 1, 0]);
        assert_eq!(
            tlv_with(4, Length::Padded(3), [7])[..],
            [4, 0x83, 0, 0, 1, 7]
        );
        assert_eq!(
            tlv_with(0x30, Length::Indefinite, [5, 0]),
            [0x30, 0x80, 5, 0, 0, 0]
        );
    }

    #[test]
    fn integers() {
        assert_eq!(small(0), [2, 1, 0]);
        assert_eq!(small(127), [2, 1, 127]);
        assert_eq!(small(128), [2, 2, 0, 128]);
        assert_eq!(unsigned(&[0, 0, 1]), [2, 1, 1]);
    }

    #[test]
    fn object_identifiers() {
        assert_eq!(
            oid(&[1, 2, 840, 113_549]),
            [6, 6, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D]
        );
        assert_eq!(oid(&[2, 5, 29, 0]), [6, 3, 0x55, 0x1D, 0]);
    }

    #[test]
    fn bit_strings() {
        assert_eq!(named_bits(&[5, 6]), [3, 2, 1, 6]);
        assert_eq!(named_bits(&[0, 1]), [3, 2, 6, 0xC0]);
        assert_eq!(named_bits(&[8]), [3, 3, 7, 0, 0x80]);
        assert_eq!(named_bits(&[]), [3, 1, 0]);
    }

    #[test]
    fn sets_are_sorted() {
        assert_eq!(set_of([small(3), small(1)]), [0x31, 6, 2, 1, 1, 2, 1, 3]);
        assert_eq!(
            set_unsorted([small(3), small(1)]),
            [0x31, 6, 2, 1, 3, 2, 1, 1]
        );
    }
}
