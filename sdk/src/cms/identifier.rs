//! Which certificate the signer means.

use std::borrow::Cow;

use crate::asn1;
use crate::certificate::Certificate;
use crate::cms::ber::Reader;
use crate::code::Code;

/// `SignerIdentifier` (RFC 5652, 5.3).
pub(crate) enum SignerIdentifier<'a> {
    IssuerAndSerial(IssuerAndSerial<'a>),
    /// The subject key identifier.
    SubjectKey(Cow<'a, [u8]>),
}

impl<'a> SignerIdentifier<'a> {
    pub(crate) fn read(signer: &mut Reader<'a>) -> Result<Self, Code> {
        if signer.at_octets(asn1::context(0)) {
            return signer.octets(asn1::context(0)).map(Self::SubjectKey);
        }
        let mut pair = signer.nested(asn1::SEQUENCE)?;
        let named = IssuerAndSerial {
            issuer: pair.element(asn1::SEQUENCE)?.raw,
            serial: pair.element(asn1::INTEGER)?.contents,
        };
        pair.finish()?;
        Ok(Self::IssuerAndSerial(named))
    }

    /// The version of a `SignerInfo` that identifies its signer so.
    pub(crate) const fn version(&self) -> u8 {
        match self {
            Self::IssuerAndSerial(_) => 1,
            Self::SubjectKey(_) => 3,
        }
    }

    /// Whether this certificate is the one that is meant.
    pub(crate) fn names(&self, certificate: &[u8]) -> bool {
        match self {
            Self::IssuerAndSerial(named) => {
                IssuerAndSerial::of(certificate).is_ok_and(|own| own == *named)
            }
            Self::SubjectKey(named) => {
                let own = Certificate::from_der(certificate)
                    .and_then(|c| Ok(c.extensions().subject_key_identifier()?));
                own.is_ok_and(|own| own == Some(named))
            }
        }
    }
}

/// A certificate's issuer, as DER, and the contents of its serial number.
/// Both are compared byte for byte.
#[derive(PartialEq, Eq)]
pub(crate) struct IssuerAndSerial<'a> {
    pub(crate) issuer: &'a [u8],
    pub(crate) serial: &'a [u8],
}

impl<'a> IssuerAndSerial<'a> {
    /// Those of a certificate in DER (RFC 5280, 4.1), of which no more is read.
    pub(crate) fn of(certificate: &'a [u8]) -> Result<Self, Code> {
        let malformed = Code::InputCertificate;
        let mut outer = asn1::Reader::only(certificate, asn1::SEQUENCE, malformed)?;
        let mut body = outer.nested(asn1::SEQUENCE)?;
        body.optional(asn1::context_constructed(0))?;
        let serial = body.integer()?;
        body.element(asn1::SEQUENCE)?;
        let issuer = body.element(asn1::SEQUENCE)?.raw;
        Ok(Self { issuer, serial })
    }
}
