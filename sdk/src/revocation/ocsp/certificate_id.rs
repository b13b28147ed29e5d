//! How requests and responses name a certificate (RFC 6960, 4.1.1).

use crate::algorithm::IdentifierHash;
use crate::asn1::{self, Reader, write};
use crate::code::Code;
use crate::revocation::RevocationQuery;

/// A `CertID` as it arrived: hashes of the issuer's name and key, and the
/// serial number.
#[derive(Clone, Copy)]
pub(super) struct CertificateId<'a> {
    /// None if it is none of ours; then it names no certificate of ours.
    hash: Option<IdentifierHash>,
    name: &'a [u8],
    key: &'a [u8],
    /// The contents of the INTEGER.
    serial: &'a [u8],
}

impl<'a> CertificateId<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Code> {
        let mut fields = reader.nested(asn1::SEQUENCE)?;
        let id = Self {
            hash: IdentifierHash::read(fields.nested(asn1::SEQUENCE)?),
            name: fields.element(asn1::OCTET_STRING)?.contents,
            key: fields.element(asn1::OCTET_STRING)?.contents,
            serial: fields.integer()?,
        };
        fields.finish()?;
        Ok(id)
    }

    /// Whether it names the certificate that is asked about: its issuer's name
    /// and key hashed anew, so that neither another CA nor another generation
    /// of its key will do.
    pub(super) fn names(&self, query: &RevocationQuery) -> bool {
        let Some(hash) = self.hash else {
            return false;
        };
        // Positive by what a serial number is, so at most one octet of sign.
        let serial = match self.serial {
            [0, digits @ ..] => digits,
            [first, ..] if first & 0x80 == 0 => self.serial,
            _ => return false,
        };
        serial == query.serial().as_unsigned()
            && self.name == query.anchor().name_identifiers().by(hash)
            && self.key == query.anchor().key_identifiers().by(hash)
    }
}

/// The `CertID` of the certificate that is asked about.
pub(super) fn write(query: &RevocationQuery, hash: IdentifierHash) -> Vec<u8> {
    let anchor = query.anchor();
    write::element(
        asn1::SEQUENCE,
        &[
            &hash.write(),
            &write::element(asn1::OCTET_STRING, &[anchor.name_identifiers().by(hash)]),
            &write::element(asn1::OCTET_STRING, &[anchor.key_identifiers().by(hash)]),
            &write::unsigned(query.serial().as_unsigned()),
        ],
    )
}
