//! Responses as they arrive (RFC 6960, 4.2).

use std::fmt;

use const_oid::db::rfc6960::{ID_PKIX_OCSP_BASIC, ID_PKIX_OCSP_NONCE};

use crate::asn1::{self, Reader};
use crate::certificate::{Extension, extensions_of};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::limits;
use crate::revocation::RevocationQuery;
use crate::revocation::ocsp::answer::{Answer, not_the_budget_of_input};
use crate::revocation::ocsp::responder::ResponderId;
use crate::time::Time;

/// An OCSP response as it arrived: read to its end, not believed.
///
/// Whatever it says, it says nothing until an
/// [`OcspVerifier`](crate::revocation::OcspVerifier) has verified it.
#[derive(Clone)]
pub struct OcspResponse<'a> {
    pub(super) tbs: &'a [u8],
    /// The contents of the SEQUENCE.
    pub(super) algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
    pub(super) responder: ResponderId<'a>,
    pub(super) produced_at: Time,
    answers: Vec<Answer<'a>>,
    pub(super) nonce: Option<&'a [u8]>,
    /// Certificates in DER, of whatever kind.
    pub(super) certificates: Vec<&'a [u8]>,
}

impl<'a> OcspResponse<'a> {
    /// Reads one `OCSPResponse` in DER.
    ///
    /// # Errors
    /// `input.ocsp`, `revocation.ocsp_too_large`, the code of a responder that
    /// does not answer, `revocation.ocsp_type`, `revocation.ocsp_version`,
    /// `revocation.ocsp_extension` or `revocation.ocsp_critical_extension`.
    pub fn from_der(der: &'a [u8]) -> Result<Self, Error> {
        Self::read(der, &mut Trace::default())
    }

    /// [`OcspResponse::from_der`] as part of a longer verification.
    pub(super) fn read(der: &'a [u8], trace: &mut Trace) -> Result<Self, Error> {
        let response = trace.check(CheckId::OcspEncoding, Self::parse(der))?;
        READING.into_iter().for_each(|check| trace.pass(check));
        Ok(response)
    }

    fn parse(der: &'a [u8]) -> Result<Self, Code> {
        if der.len() > limits::OCSP {
            return Err(Code::RevocationOcspTooLarge);
        }
        let mut basic = basic(der)?;
        let tbs = basic.element(asn1::SEQUENCE)?;
        let algorithm = basic.element(asn1::SEQUENCE)?.contents;
        let signature = basic.signature()?;
        let certificates = match basic.optional_nested(asn1::context_constructed(0))? {
            Some(explicit) => certificates(explicit)?,
            None => Vec::new(),
        };
        basic.finish()?;

        let mut data = Reader::new(tbs.contents, Code::InputOcsp);
        version(&mut data)?;
        let responder = ResponderId::read(&mut data)?;
        let produced_at = data.generalized_time()?;
        let answers = answers(data.nested(asn1::SEQUENCE)?)?;
        let nonce = match data.optional_nested(asn1::context_constructed(1))? {
            Some(explicit) => nonce(explicit)?,
            None => None,
        };
        data.finish()?;
        Ok(Self {
            tbs: tbs.raw,
            algorithm,
            signature,
            responder,
            produced_at,
            answers,
            nonce,
            certificates,
        })
    }

    /// When it says that it was signed.
    #[must_use]
    pub fn produced_at(&self) -> Time {
        self.produced_at
    }

    /// How many answers it holds.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.answers.len()
    }

    /// The answers about the certificate that is asked about.
    pub(super) fn about(&self, query: &RevocationQuery) -> impl Iterator<Item = &Answer<'a>> {
        self.answers.iter().filter(|answer| answer.id.names(query))
    }
}

/// The checks that a response has passed once it is read.
const READING: [CheckId; 3] = [
    CheckId::OcspStatus,
    CheckId::OcspProfile,
    CheckId::OcspExtensions,
];

/// `OCSPResponse`: the contents of the `BasicOCSPResponse` in it, if the
/// responder answers.
fn basic(der: &[u8]) -> Result<Reader<'_>, Code> {
    let mut outer = Reader::only(der, asn1::SEQUENCE, Code::InputOcsp)?;
    let status = outer.element(asn1::ENUMERATED)?.contents;
    let bytes = outer.optional_nested(asn1::context_constructed(0))?;
    outer.finish()?;
    check_status(status)?;
    let mut explicit = bytes.ok_or(Code::InputOcsp)?;
    let mut bytes = explicit.nested(asn1::SEQUENCE)?;
    explicit.finish()?;
    if bytes.oid()? != ID_PKIX_OCSP_BASIC.as_bytes() {
        return Err(Code::RevocationOcspType);
    }
    let response = bytes.element(asn1::OCTET_STRING)?.contents;
    bytes.finish()?;
    Reader::only(response, asn1::SEQUENCE, Code::InputOcsp)
}

/// `OCSPResponseStatus ::= ENUMERATED`. 4 is not used.
fn check_status(status: &[u8]) -> Result<(), Code> {
    match status {
        [0] => Ok(()),
        [1] => Err(Code::RevocationOcspMalformedRequest),
        [2] => Err(Code::RevocationOcspInternalError),
        [3] => Err(Code::RevocationOcspTryLater),
        [5] => Err(Code::RevocationOcspSignatureRequired),
        [6] => Err(Code::RevocationOcspUnauthorized),
        _ => Err(Code::InputOcsp),
    }
}

/// `[0] EXPLICIT Version DEFAULT v1`. Stated although it is the default, which
/// DER forbids, it says the same, and some responders do.
fn version(data: &mut Reader<'_>) -> Result<(), Code> {
    let Some(mut explicit) = data.optional_nested(asn1::context_constructed(0))? else {
        return Ok(());
    };
    let version = explicit.integer()?;
    explicit.finish()?;
    if version == [0] {
        Ok(())
    } else {
        Err(Code::RevocationOcspVersion)
    }
}

fn answers(mut list: Reader<'_>) -> Result<Vec<Answer<'_>>, Code> {
    let mut answers = Vec::with_capacity(1);
    while !list.is_empty() {
        if answers.len() >= limits::OCSP_ANSWERS {
            return Err(Code::RevocationOcspTooLarge);
        }
        answers.push(Answer::read(&mut list)?);
    }
    Ok(answers)
}

/// `certs [0] EXPLICIT SEQUENCE OF Certificate`. Whether one of them can be
/// read matters only for the responder's.
fn certificates(mut explicit: Reader<'_>) -> Result<Vec<&[u8]>, Code> {
    let mut list = explicit.nested(asn1::SEQUENCE)?;
    explicit.finish()?;
    let mut certificates = Vec::with_capacity(1);
    while !list.is_empty() {
        if certificates.len() >= limits::OCSP_CERTIFICATES {
            return Err(Code::RevocationOcspTooLarge);
        }
        certificates.push(list.element(asn1::SEQUENCE)?.raw);
    }
    Ok(certificates)
}

/// `responseExtensions [1] EXPLICIT Extensions`: the nonce among them.
/// `requestExtensions [2]` are alike.
pub(super) fn nonce(mut explicit: Reader<'_>) -> Result<Option<&[u8]>, Code> {
    let malformed = Code::RevocationOcspExtension;
    let list = explicit.nested(asn1::SEQUENCE)?;
    explicit.finish()?;
    let mut nonce = None;
    extensions_of(list, malformed, |extension: Extension<'_>| {
        if extension.oid == ID_PKIX_OCSP_NONCE.as_bytes() {
            nonce = Some(extension.value);
        } else if extension.critical {
            return Err(Code::RevocationOcspCriticalExtension);
        }
        Ok(())
    })
    .map_err(not_the_budget_of_input)?;
    nonce.map(nonce_octets).transpose()
}

/// `Nonce ::= OCTET STRING(SIZE(1..128))` (RFC 9654, 2.1).
fn nonce_octets(value: &[u8]) -> Result<&[u8], Code> {
    let mut reader = Reader::new(value, Code::RevocationOcspExtension);
    let octets = reader.element(asn1::OCTET_STRING)?.contents;
    reader.finish()?;
    if octets.is_empty() || octets.len() > limits::OCSP_NONCE {
        return Err(Code::RevocationOcspExtension);
    }
    Ok(octets)
}

// It names a certificate.
impl fmt::Debug for OcspResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspResponse")
            .field("answers", &self.answers())
            .finish_non_exhaustive()
    }
}
