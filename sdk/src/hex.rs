//! Hexadecimal digits: the one reader and writer of them here.

use std::fmt;

/// `N` octets from `2 * N` digits; `None` if it is anything else.
pub(crate) const fn decode<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut octets = [0; N];
    let (mut pairs, mut left): (_, &mut [u8]) = (pairs, &mut octets);
    while let (Some(([high, low], next)), Some((octet, others))) =
        (pairs.split_first(), left.split_first_mut())
    {
        match (nibble(*high), nibble(*low)) {
            (Some(high), Some(low)) => *octet = high << 4 | low,
            _ => return None,
        }
        (pairs, left) = (next, others);
    }
    Some(octets)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Octets, displayed as lower-case digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 2 * PART];
        for part in self.0.chunks(PART) {
            let (pairs, _) = text.as_chunks_mut();
            for (pair, octet) in pairs.iter_mut().zip(part) {
                *pair = [digit(octet >> 4), digit(octet & 0xf)];
            }
            let written = text.get(..2 * part.len()).unwrap_or_default();
            f.write_str(std::str::from_utf8(written).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }
}

/// Octets that are written at a time: most of what is written has no more.
const PART: usize = 32;

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..10 => b'0' + nibble,
        _ => b'a' - 10 + nibble,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_pairs_of_digits_are_read() {
        assert_eq!(decode::<2>("0aFf"), Some([0x0a, 0xff]));
        for bad in ["", "0a", "0aF", "0aFg", "0aFf0"] {
            assert_eq!(decode::<2>(bad), None, "{bad}");
        }
        assert_eq!(Hex(&[0x0a, 0xff]).to_string(), "0aff");
        let all: Vec<u8> = (0..=255).collect();
        let digits: String = all.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(Hex(&all).to_string(), digits);
    }
}
