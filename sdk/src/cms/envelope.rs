//! `ContentInfo` and `SignedData` (RFC 5652, 3 and 5.1) as they arrived.

use std::borrow::Cow;

use const_oid::db::rfc5911;

use crate::algorithm::DigestAlgorithm;
use crate::asn1;
use crate::cms::ber::Reader;
use crate::cms::identifier::SignerIdentifier;
use crate::code::Code;
use crate::limits;

const ID_SIGNED_DATA: &[u8] = rfc5911::ID_SIGNED_DATA.as_bytes();

/// The one type of content that is accepted: octets that CMS gives no meaning.
pub(crate) const ID_DATA: &[u8] = rfc5911::ID_DATA.as_bytes();

/// ```asn1
/// SignedData ::= SEQUENCE {
///     version CMSVersion,
///     digestAlgorithms SET OF DigestAlgorithmIdentifier,
///     encapContentInfo EncapsulatedContentInfo,
///     certificates [0] IMPLICIT CertificateSet OPTIONAL,
///     crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
///     signerInfos SET OF SignerInfo }
/// ```
pub(crate) struct Envelope<'a> {
    digest_algorithms: Reader<'a>,
    pub(crate) content: Option<Cow<'a, [u8]>>,
    certificates: Reader<'a>,
    signers: Reader<'a>,
}

impl<'a> Envelope<'a> {
    /// Reads the levels around the signer.
    pub(crate) fn read(message: &'a [u8]) -> Result<Self, Code> {
        if message.len() > limits::CMS {
            return Err(Code::InputTooLarge);
        }
        let mut outer = Reader::new(message);
        let mut info = outer.nested(asn1::SEQUENCE)?;
        outer.finish()?;
        if info.oid()? != ID_SIGNED_DATA {
            return Err(Code::CmsContentType);
        }
        let mut explicit = info.nested(asn1::context_constructed(0))?;
        info.finish()?;
        let body = explicit.nested(asn1::SEQUENCE)?;
        explicit.finish()?;
        Self::signed_data(body)
    }

    fn signed_data(mut body: Reader<'a>) -> Result<Self, Code> {
        // Versions 4 and 5 announce forms of certificates and of revocation
        // information that are not read here. Version 1 or 3 follows from the
        // signer's version, and not all writers get it right.
        if !matches!(body.version()?, 1 | 3) {
            return Err(Code::CmsContentType);
        }
        let digest_algorithms = body.nested(asn1::SET)?;
        let content = encapsulated(body.nested(asn1::SEQUENCE)?)?;
        let certificates = body.optional_nested(asn1::context_constructed(0))?;
        body.optional(asn1::context_constructed(1))?;
        let signers = body.nested(asn1::SET)?;
        body.finish()?;
        Ok(Self {
            digest_algorithms,
            content,
            certificates: certificates.unwrap_or_default(),
            signers,
        })
    }

    /// The contents of the one `SignerInfo`.
    pub(crate) fn signer(&self) -> Result<Reader<'a>, Code> {
        let mut signers = self.signers;
        if signers.is_empty() {
            return Err(Code::CmsSignerCount);
        }
        let signer = signers.nested(asn1::SEQUENCE)?;
        if signers.is_empty() {
            Ok(signer)
        } else {
            Err(Code::CmsSignerCount)
        }
    }

    /// The one certificate that the identifier names, as it arrived.
    ///
    /// The same certificate twice is one. Two that both fit are refused: which
    /// one was meant is not for the sender's order to decide. What cannot be
    /// read does not fit.
    pub(crate) fn certificate(&self, identifier: &SignerIdentifier<'_>) -> Result<&'a [u8], Code> {
        let mut candidates = self.certificates;
        let mut fitting = None;
        let mut ambiguous = false;
        for _ in 0..limits::CMS_CERTIFICATES {
            if candidates.is_empty() {
                break;
            }
            // The other choices go with versions 4 and 5 or are obsolete.
            let candidate = candidates.element(asn1::SEQUENCE)?.raw;
            if identifier.names(candidate) {
                ambiguous |= fitting.is_some_and(|other| other != candidate);
                fitting = Some(candidate);
            }
        }
        if !candidates.is_empty() {
            return Err(Code::InputTooMany);
        }
        fitting
            .filter(|_| !ambiguous)
            .ok_or(Code::CmsSignerCertificate)
    }

    /// Whether the message announces this digest algorithm up front, which a
    /// verifier may demand (RFC 5652, 5.1).
    pub(crate) fn check_announced(&self, digest: DigestAlgorithm) -> Result<(), Code> {
        let mut announced = self.digest_algorithms;
        while !announced.is_empty() {
            let oid = announced.nested(asn1::SEQUENCE)?.oid()?;
            if DigestAlgorithm::from_oid(oid) == Some(digest) {
                return Ok(());
            }
        }
        Err(Code::CmsDigestAlgorithm)
    }
}

/// `EncapsulatedContentInfo` (RFC 5652, 5.2): the octets of the content, if
/// it is attached.
fn encapsulated(mut info: Reader<'_>) -> Result<Option<Cow<'_, [u8]>>, Code> {
    if info.oid()? != ID_DATA {
        return Err(Code::CmsContentType);
    }
    let Some(mut explicit) = info.optional_nested(asn1::context_constructed(0))? else {
        info.finish()?;
        return Ok(None);
    };
    info.finish()?;
    let octets = explicit.octets(asn1::OCTET_STRING)?;
    explicit.finish()?;
    Ok(Some(octets))
}
