//! The reader of certificates (RFC 5280, 4.1) over borrowed bytes.
//!
//! Reading is not believing: a [`Certificate`] is untrusted until
//! [`OneHop`](crate::x509::OneHop) has issued it.

mod extensions;
mod name;
mod serial;

#[cfg(feature = "mdoc")]
pub(crate) use extensions::ExtensionPresence;
pub(crate) use extensions::{
    AuthorityKeyIdentifier, Extension, Extensions, KeyUsage, extensions_of,
};
pub use name::Name;
pub use serial::SerialNumber;

use std::fmt;

use crate::asn1::{self, Reader};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::limits;
use crate::time::Validity;

/// A certificate as it arrived: read, not verified.
#[derive(Clone, Copy)]
pub struct Certificate<'a> {
    der: &'a [u8],
    tbs: &'a [u8],
    serial: SerialNumber,
    /// The contents of the SEQUENCE.
    algorithm: &'a [u8],
    issuer: Name<'a>,
    validity: Validity,
    subject: Name<'a>,
    spki: &'a [u8],
    extensions: Extensions<'a>,
    signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// `input.too_large`, `input.too_many`, `input.certificate`,
    /// `x509.version`, `x509.serial`, `x509.algorithm_identifier`,
    /// `x509.unique_identifier`, `x509.extension` or
    /// `x509.duplicate_extension`.
    pub fn from_der(der: &'a [u8]) -> Result<Self, Error> {
        Self::read(der, &mut Trace::default())
    }

    /// [`Certificate::from_der`] as part of a longer verification.
    pub(crate) fn read(der: &'a [u8], trace: &mut Trace) -> Result<Self, Error> {
        let certificate = trace.check(CheckId::CertificateEncoding, Self::parse(der))?;
        trace.merge(Self::passed_by_reading());
        Ok(certificate)
    }

    /// The checks that every certificate has passed that could be read.
    pub(crate) fn passed_by_reading() -> Trace {
        let mut trace = Trace::default();
        READING.into_iter().for_each(|check| trace.pass(check));
        trace
    }

    fn parse(der: &'a [u8]) -> Result<Self, Code> {
        if der.len() > limits::CERTIFICATE {
            return Err(Code::InputTooLarge);
        }
        let mut outer = Reader::only(der, asn1::SEQUENCE, Code::InputCertificate)?;
        let tbs = outer.element(asn1::SEQUENCE)?;
        let outer_algorithm = outer.element(asn1::SEQUENCE)?;
        let signature = outer.signature()?;
        outer.finish()?;

        let mut body = Reader::new(tbs.contents, Code::InputCertificate);
        version(&mut body)?;
        let serial = SerialNumber::read(&mut body)?;
        let algorithm = body.element(asn1::SEQUENCE)?;
        if algorithm.raw != outer_algorithm.raw {
            return Err(Code::X509AlgorithmIdentifier);
        }
        let issuer = Name::read(&mut body)?;
        let validity = validity(&mut body)?;
        let subject = Name::read(&mut body)?;
        let spki = body.element(asn1::SEQUENCE)?.raw;
        if body.at(ISSUER_UNIQUE_ID) || body.at(SUBJECT_UNIQUE_ID) {
            return Err(Code::X509UniqueIdentifier);
        }
        let extensions = match body.optional_nested(asn1::context_constructed(3))? {
            Some(mut explicit) => {
                let list = explicit.nested(asn1::SEQUENCE)?;
                explicit.finish()?;
                Extensions::read(list)?
            }
            None => Extensions::default(),
        };
        body.finish()?;
        Ok(Self {
            der,
            tbs: tbs.raw,
            serial,
            algorithm: algorithm.contents,
            issuer,
            validity,
            subject,
            spki,
            extensions,
            signature,
        })
    }

    /// The bytes that were read.
    #[must_use]
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    pub(crate) fn tbs(&self) -> &'a [u8] {
        self.tbs
    }

    pub(crate) fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    pub(crate) fn algorithm(&self) -> &'a [u8] {
        self.algorithm
    }

    pub(crate) fn issuer(&self) -> Name<'a> {
        self.issuer
    }

    pub(crate) fn subject(&self) -> Name<'a> {
        self.subject
    }

    pub(crate) fn validity(&self) -> Validity {
        self.validity
    }

    pub(crate) fn spki(&self) -> &'a [u8] {
        self.spki
    }

    /// The contents of its key's BIT STRING, without the octet of unused bits.
    pub(crate) fn key_bits(&self) -> Result<&'a [u8], Code> {
        let mut info = Reader::only(self.spki, asn1::SEQUENCE, Code::X509SubjectKey)?;
        info.element(asn1::SEQUENCE)?;
        let bits = info.octet_aligned_bits()?;
        info.finish()?;
        Ok(bits)
    }

    pub(crate) fn extensions(&self) -> &Extensions<'a> {
        &self.extensions
    }

    pub(crate) fn signature(&self) -> &'a [u8] {
        self.signature
    }
}

/// The checks that a certificate has passed once it is read.
const READING: [CheckId; 6] = [
    CheckId::Budget,
    CheckId::CertificateEncoding,
    CheckId::Version,
    CheckId::SerialNumber,
    CheckId::AlgorithmIdentifier,
    CheckId::Extensions,
];

// Both are IMPLICIT BIT STRINGs, so primitive.
const ISSUER_UNIQUE_ID: u8 = asn1::context(1);
const SUBJECT_UNIQUE_ID: u8 = asn1::context(2);

/// `Version ::= INTEGER { v1(0), v2(1), v3(2) }`, `[0] EXPLICIT DEFAULT v1`.
fn version(body: &mut Reader<'_>) -> Result<(), Code> {
    let Some(mut explicit) = body.optional_nested(asn1::context_constructed(0))? else {
        return Err(Code::X509Version);
    };
    let version = explicit.small_integer()?;
    explicit.finish()?;
    if version == 2 {
        Ok(())
    } else {
        Err(Code::X509Version)
    }
}

fn validity(body: &mut Reader<'_>) -> Result<Validity, Code> {
    let mut period = body.nested(asn1::SEQUENCE)?;
    let validity = Validity {
        not_before: period.time()?,
        not_after: period.time()?,
    };
    period.finish()?;
    Ok(validity)
}

// A certificate is personal data from its serial number on.
impl fmt::Debug for Certificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} octets)", self.der.len())
    }
}
