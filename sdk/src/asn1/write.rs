//! A writer of DER (X.690), for what is asked of others.
//!
//! What arrived is never written again: this is for messages of our own.

use crate::asn1;

/// One element: the tag, the minimal length, the parts one after the other.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut der = Vec::with_capacity(length + HEADER);
    der.push(tag);
    push_length(&mut der, length);
    parts.iter().for_each(|part| der.extend_from_slice(part));
    der
}

/// An INTEGER of these big-endian octets, which have no leading zeros.
pub(crate) fn unsigned(octets: &[u8]) -> Vec<u8> {
    let sign: &[u8] = match octets.first() {
        Some(first) if first & 0x80 == 0 => &[],
        _ => &[0],
    };
    element(asn1::INTEGER, &[sign, octets])
}

/// A BIT STRING of whole octets.
pub(crate) fn bits(octets: &[u8]) -> Vec<u8> {
    element(asn1::BIT_STRING, &[&[0], octets])
}

/// Tag, first octet of the length and as many octets as a length has.
const HEADER: usize = 2 + size_of::<usize>();

fn push_length(der: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => der.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let zeros = octets.iter().take_while(|octet| **octet == 0).count();
            let digits = octets.iter().skip(zeros);
            #[expect(clippy::cast_possible_truncation, reason = "at most eight")]
            der.push(0x80 | digits.len() as u8);
            der.extend(digits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal() {
        for (length, header) in [
            (0, &[0x04, 0x00][..]),
            (127, &[0x04, 0x7f]),
            (128, &[0x04, 0x81, 0x80]),
            (255, &[0x04, 0x81, 0xff]),
            (256, &[0x04, 0x82, 0x01, 0x00]),
            (65_536, &[0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let contents = vec![7; length];
            let (one, other) = contents.split_at(length / 2);
            let der = element(0x04, &[one, other]);
            assert_eq!(der, [header, &contents].concat(), "{length}");
        }
    }

    #[test]
    fn integers_are_positive() {
        assert_eq!(unsigned(&[0x7f]), [2, 1, 0x7f]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[]), [2, 1, 0]);
    }

    #[test]
    fn bits_are_whole_octets() {
        assert_eq!(bits(&[0xaa]), [3, 2, 0, 0xaa]);
    }
}
