//! Distinguished names, compared byte for byte.

use std::fmt;

use crate::asn1::{self, Reader};
use crate::code::Code;

/// A distinguished name as its DER.
///
/// Names are equal when their encodings are: the issuers of this ecosystem
/// write their own name always in the same way, and a comparison that folds
/// case or spaces could only let more in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Code> {
        let name = reader.element(asn1::SEQUENCE)?;
        let mut rdns = Reader::new(name.contents, reader.malformed());
        while !rdns.is_empty() {
            rdns.element(asn1::SET)?;
        }
        Ok(Self(name.raw))
    }

    /// The DER of the name.
    #[must_use]
    pub fn der(self) -> &'a [u8] {
        self.0
    }
}

// The subject of a card certificate names its municipality.
impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({} octets)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(der: &[u8]) -> Result<Name<'_>, Code> {
        Name::read(&mut Reader::new(der, Code::InputCertificate))
    }

    #[test]
    fn a_name_is_a_sequence_of_sets() {
        assert_eq!(read(&[0x30, 0x02, 0x31, 0x00]).unwrap().der().len(), 4);
        assert!(read(&[0x30, 0x00]).is_ok());
        for bad in [
            &[0x31, 0x00][..],
            &[0x30, 0x02, 0x30, 0x00],
            &[0x30, 0x01, 0x31],
        ] {
            assert_eq!(read(bad), Err(Code::InputCertificate), "{bad:02x?}");
        }
    }

    #[test]
    fn a_name_is_not_printed() {
        let name = read(&[0x30, 0x02, 0x31, 0x00]).unwrap();
        assert_eq!(format!("{name:?}"), "Name(4 octets)");
    }
}
