//! `SigningCertificateV2` (RFC 5035, 3): the certificate bound by the signature.

use crate::algorithm::DigestAlgorithm;
use crate::asn1::{self, Reader};
use crate::cms::identifier::IssuerAndSerial;
use crate::cms::signer::digest_algorithm;
use crate::code::Code;

const MALFORMED: Code = Code::CmsSigningCertificate;

/// The first `ESSCertIDv2`, which is the signer's; those after it and the
/// policies are about a path, and there is none here.
///
/// ```asn1
/// ESSCertIDv2 ::= SEQUENCE {
///     hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///     certHash OCTET STRING,
///     issuerSerial IssuerSerial OPTIONAL }
/// IssuerSerial ::= SEQUENCE {
///     issuer GeneralNames,
///     serialNumber CertificateSerialNumber }
/// ```
pub(crate) struct SigningCertificate<'a> {
    algorithm: DigestAlgorithm,
    hash: &'a [u8],
    named: Option<IssuerAndSerial<'a>>,
}

impl<'a> SigningCertificate<'a> {
    /// Reads the value of the attribute.
    pub(crate) fn read(value: &'a [u8]) -> Result<Self, Code> {
        let mut value = Reader::only(value, asn1::SEQUENCE, MALFORMED)?;
        let mut certificates = value.nested(asn1::SEQUENCE)?;
        value.optional(asn1::SEQUENCE)?;
        value.finish()?;
        let mut first = certificates.nested(asn1::SEQUENCE)?;
        // SHA-256 is often stated although it is the default.
        let algorithm = match first.optional(asn1::SEQUENCE)? {
            Some(stated) => digest_algorithm(stated.contents).map_err(|_| MALFORMED)?,
            None => DigestAlgorithm::Sha256,
        };
        let hash = first.element(asn1::OCTET_STRING)?.contents;
        let named = first.optional_nested(asn1::SEQUENCE)?;
        first.finish()?;
        Ok(Self {
            algorithm,
            hash,
            named: named.map(issuer_and_serial).transpose()?,
        })
    }

    /// Whether this is the certificate.
    pub(crate) fn check(&self, certificate: &[u8]) -> Result<(), Code> {
        let hashes = self.algorithm.digest(certificate).octets() == self.hash;
        let named = self
            .named
            .as_ref()
            .is_none_or(|named| IssuerAndSerial::of(certificate).is_ok_and(|own| own == *named));
        if hashes && named {
            Ok(())
        } else {
            Err(MALFORMED)
        }
    }
}

/// `IssuerSerial`, its issuer the one directoryName, `[4] EXPLICIT Name`.
fn issuer_and_serial(mut pair: Reader<'_>) -> Result<IssuerAndSerial<'_>, Code> {
    let mut names = pair.nested(asn1::SEQUENCE)?;
    let mut directory_name = names.nested(asn1::context_constructed(4))?;
    names.finish()?;
    let issuer = directory_name.element(asn1::SEQUENCE)?.raw;
    directory_name.finish()?;
    let serial = pair.integer()?;
    pair.finish()?;
    Ok(IssuerAndSerial { issuer, serial })
}
