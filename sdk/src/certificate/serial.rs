//! Serial numbers (RFC 5280, 4.1.2.2).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::asn1::Reader;
use crate::code::Code;
use crate::error::Error;
use crate::hex;
use crate::limits;

/// A serial number: positive, at most 20 octets, without padding.
///
/// Together with its issuer it is the name of a person's certificate, so
/// `Debug` does not print it and there is no `Display`.
#[derive(Clone, Copy)]
pub struct SerialNumber {
    octets: [u8; limits::SERIAL],
    length: u8,
}

impl SerialNumber {
    /// From the big-endian octets of an unsigned number; leading zeros are
    /// dropped.
    ///
    /// # Errors
    /// `x509.serial` if the number is zero or its INTEGER is longer than 20 octets.
    pub fn from_unsigned(octets: &[u8]) -> Result<Self, Error> {
        let zeros = octets.iter().take_while(|b| **b == 0).count();
        let digits = octets.get(zeros..).unwrap_or_default();
        let sign = usize::from(digits.first().is_some_and(|b| b & 0x80 != 0));
        if digits.is_empty() || digits.len() + sign > limits::SERIAL {
            return Err(Code::X509Serial.into());
        }
        Ok(Self::store(digits))
    }

    /// The INTEGER that stands next.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Code> {
        Self::from_contents(reader.element(crate::asn1::INTEGER)?.contents)
    }

    /// From the contents of an INTEGER.
    pub(crate) fn from_contents(contents: &[u8]) -> Result<Self, Code> {
        let digits = match contents {
            [0x00, digits @ ..] if digits.first().is_some_and(|b| b & 0x80 != 0) => digits,
            [first, ..] if (0x01..0x80).contains(first) => contents,
            _ => return Err(Code::X509Serial),
        };
        if contents.len() > limits::SERIAL {
            return Err(Code::X509Serial);
        }
        Ok(Self::store(digits))
    }

    /// The big-endian octets without leading zeros.
    #[must_use]
    pub fn as_unsigned(&self) -> &[u8] {
        self.octets
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }

    /// The number, if it has at most eight octets.
    #[cfg(feature = "index")]
    pub(crate) fn to_u64(self) -> Option<u64> {
        let more = 8_u32.checked_sub(u32::from(self.length))?;
        let highest = u64::from_be_bytes(*self.octets.first_chunk()?);
        Some(highest.checked_shr(8 * more).unwrap_or(0))
    }

    /// `digits` are at most as many as there is room for.
    fn store(digits: &[u8]) -> Self {
        let mut octets = [0; limits::SERIAL];
        for (to, from) in octets.iter_mut().zip(digits) {
            *to = *from;
        }
        // At most 20, by the callers.
        #[expect(clippy::cast_possible_truncation, reason = "at most 20")]
        let length = digits.len() as u8;
        Self { octets, length }
    }
}

/// From hexadecimal digits, as many as there are octets for or fewer.
impl FromStr for SerialNumber {
    type Err = Error;

    fn from_str(digits: &str) -> Result<Self, Error> {
        const DIGITS: usize = 2 * limits::SERIAL;
        let padded = format!("{digits:0>DIGITS$}");
        let octets = hex::decode::<{ limits::SERIAL }>(&padded);
        Self::from_unsigned(&octets.ok_or(Code::MisuseArgument)?)
    }
}

impl PartialEq for SerialNumber {
    fn eq(&self, other: &Self) -> bool {
        self.as_unsigned() == other.as_unsigned()
    }
}

impl Eq for SerialNumber {}

impl Hash for SerialNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_unsigned().hash(state);
    }
}

impl PartialOrd for SerialNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By value.
impl Ord for SerialNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.length, self.as_unsigned()).cmp(&(other.length, other.as_unsigned()))
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({} octets)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(octets: &[u8]) -> Result<SerialNumber, Code> {
        SerialNumber::from_contents(octets)
    }

    #[test]
    fn only_positive_minimal_and_short_ones_are_read() {
        let long = [0x01; 20];
        let longer = [0x01; 21];
        let mut padded_long = [0xff; 21];
        padded_long[0] = 0;
        for (octets, good) in [
            (&[0x01][..], true),
            (&[0x00, 0x80], true),
            (&long, true),
            (&[], false),
            (&[0x00], false),
            (&[0x80], false),
            (&[0x00, 0x01], false),
            (&longer, false),
            (&padded_long, false),
        ] {
            assert_eq!(contents(octets).is_ok(), good, "{octets:02x?}");
        }
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        let small = contents(&[0x7f]).unwrap();
        let large = contents(&[0x00, 0x80]).unwrap();
        let larger = contents(&[0x01, 0x00]).unwrap();
        assert!(small < large && large < larger);
        assert_eq!(SerialNumber::from_unsigned(&[0, 0, 0x80]).unwrap(), large);
        assert!(SerialNumber::from_unsigned(&[0, 0]).is_err());
        assert!(SerialNumber::from_unsigned(&[0x7f; 20]).is_ok());
        assert!(SerialNumber::from_unsigned(&[0xff; 20]).is_err());
    }

    #[test]
    fn hexadecimal_digits_are_a_number() {
        let read = |digits: &str| digits.parse::<SerialNumber>().map_err(|e| e.code());
        let octets = |digits: &str| read(digits).map(|s| s.as_unsigned().to_vec());
        assert_eq!(octets("5"), Ok(vec![5]));
        assert_eq!(octets("00Ff"), Ok(vec![0xff]));
        assert_eq!(octets(&"7f".repeat(20)), Ok(vec![0x7f; 20]));
        assert_eq!(octets("0"), Err(Code::X509Serial));
        assert_eq!(octets(&"ff".repeat(20)), Err(Code::X509Serial));
        for bad in ["0x5", "5 ", "g", &"0".repeat(41)] {
            assert_eq!(octets(bad), Err(Code::MisuseArgument), "{bad}");
        }
    }
}
