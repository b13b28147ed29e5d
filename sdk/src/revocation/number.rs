//! The numbers of revocation lists (RFC 5280, 5.2.3).

use std::cmp::Ordering;
use std::fmt;

use crate::asn1::Reader;
use crate::code::Code;
use crate::hex::Hex;
use crate::limits;

/// The number of a list: it grows from one issue of a scope to the next.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CrlNumber(
    /// Big-endian, without leading zeros.
    Box<[u8]>,
);

impl CrlNumber {
    /// Reads the value of the extension: a non-negative INTEGER of at most 20 octets.
    pub(crate) fn read(value: &[u8]) -> Result<Self, Code> {
        let mut reader = Reader::new(value, Code::RevocationExtension);
        let contents = reader.integer()?;
        reader.finish()?;
        let digits = match contents {
            [0x00, digits @ ..] => digits,
            [first, ..] if first & 0x80 == 0 => contents,
            _ => return Err(Code::RevocationExtension),
        };
        if contents.len() > limits::CRL_NUMBER {
            return Err(Code::RevocationExtension);
        }
        Ok(Self(digits.into()))
    }

    /// A number that was read before and kept.
    #[cfg(feature = "index")]
    pub(super) fn kept(digits: &[u8]) -> Self {
        Self(digits.into())
    }

    /// The big-endian octets without leading zeros; none for zero.
    #[must_use]
    pub fn as_unsigned(&self) -> &[u8] {
        &self.0
    }
}

impl PartialOrd for CrlNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By value.
impl Ord for CrlNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

/// Hexadecimal, as in `0x012f`.
impl fmt::Display for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        if self.0.is_empty() {
            return f.write_str("00");
        }
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(contents: &[u8]) -> Option<CrlNumber> {
        let length = u8::try_from(contents.len()).unwrap();
        CrlNumber::read(&[&[0x02, length], contents].concat()).ok()
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        let numbers = [&[0x00][..], &[0x7f], &[0x00, 0x80], &[0x01, 0x00]];
        let numbers = numbers.map(|n| number(n).unwrap());
        assert!(numbers.is_sorted_by(|a, b| a < b));
        assert_eq!(numbers[0].to_string(), "0x00");
        assert_eq!(numbers[3].to_string(), "0x0100");
    }

    #[test]
    fn only_non_negative_minimal_and_short_ones_are_read() {
        assert!(number(&[0x11; 20]).is_some());
        for bad in [&[][..], &[0x80], &[0x00, 0x01], &[0x11; 21]] {
            assert_eq!(number(bad), None, "{bad:02x?}");
        }
    }
}
