//! `SignerInfo` (RFC 5652, 5.3).

use std::borrow::Cow;

use crate::algorithm::{AlgorithmTable, DigestAlgorithm, RSA_ENCRYPTION, SignatureScheme};
use crate::asn1::{self, NULL};
use crate::cms::ber::Reader;
use crate::cms::identifier::SignerIdentifier;
use crate::code::Code;

/// ```asn1
/// SignerInfo ::= SEQUENCE {
///     version CMSVersion,
///     sid SignerIdentifier,
///     digestAlgorithm DigestAlgorithmIdentifier,
///     signedAttrs [0] IMPLICIT SignedAttributes OPTIONAL,
///     signatureAlgorithm SignatureAlgorithmIdentifier,
///     signature SignatureValue,
///     unsignedAttrs [1] IMPLICIT UnsignedAttributes OPTIONAL }
/// ```
pub(crate) struct SignerInfo<'a> {
    pub(crate) identifier: SignerIdentifier<'a>,
    /// The contents of the identifiers of both algorithms.
    pub(crate) algorithms: Algorithms<'a>,
    /// The whole element, as it arrived.
    pub(crate) signed_attributes: Option<&'a [u8]>,
    pub(crate) signature: Cow<'a, [u8]>,
}

impl<'a> SignerInfo<'a> {
    pub(crate) fn read(mut signer: Reader<'a>) -> Result<Self, Code> {
        let version = signer.version()?;
        let identifier = SignerIdentifier::read(&mut signer)?;
        if version != identifier.version() {
            return Err(Code::CmsSignerVersion);
        }
        let digest = signer.element(asn1::SEQUENCE)?.contents;
        let signed_attributes = signer.optional(asn1::context_constructed(0))?;
        let signature_algorithm = signer.element(asn1::SEQUENCE)?.contents;
        let signature = signer.octets(asn1::OCTET_STRING)?;
        signer.optional(asn1::context_constructed(1))?;
        signer.finish()?;
        Ok(Self {
            identifier,
            algorithms: Algorithms {
                digest,
                signature: signature_algorithm,
            },
            signed_attributes: signed_attributes.map(|e| e.raw),
            signature,
        })
    }
}

/// The contents of a digest's and of a signature's `AlgorithmIdentifier`.
#[derive(Clone, Copy)]
pub(crate) struct Algorithms<'a> {
    pub(crate) digest: &'a [u8],
    pub(crate) signature: &'a [u8],
}

impl<'a> Algorithms<'a> {
    /// Reads the value of the algorithm-protection attribute (RFC 6211, 2).
    pub(crate) fn read_protection(value: &'a [u8]) -> Result<Self, Code> {
        let malformed = Code::CmsAlgorithmProtection;
        let mut value = asn1::Reader::only(value, asn1::SEQUENCE, malformed)?;
        let digest = value.element(asn1::SEQUENCE)?.contents;
        let signature = value.element(asn1::context_constructed(1))?.contents;
        value.finish()?;
        Ok(Self { digest, signature })
    }

    /// Whether these are the algorithms that are `used`. Absent parameters and
    /// NULL mean the same digest, so encodings are not compared.
    pub(crate) fn check(
        self,
        used: (DigestAlgorithm, SignatureScheme),
        table: &AlgorithmTable,
    ) -> Result<(), Code> {
        if self.resolve(table) == Ok(used) {
            Ok(())
        } else {
            Err(Code::CmsAlgorithmProtection)
        }
    }

    /// The digest and the scheme that they name, if both are allowed and the
    /// scheme uses that digest.
    pub(crate) fn resolve(
        self,
        table: &AlgorithmTable,
    ) -> Result<(DigestAlgorithm, SignatureScheme), Code> {
        let digest = digest_algorithm(self.digest)?;
        // RFC 3370, 3.2: a bare key type, the digest being named beside it.
        let scheme = if is_rsa_encryption(self.signature) {
            Some(pkcs1(digest)).filter(|scheme| table.allows(*scheme))
        } else {
            table.scheme(self.signature)
        };
        let scheme = scheme.ok_or(Code::CmsSignatureAlgorithm)?;
        if scheme.digest() == Some(digest) {
            Ok((digest, scheme))
        } else {
            Err(Code::CmsDigestAlgorithm)
        }
    }
}

/// RFC 5754, 2: the parameters are absent, and NULL is accepted.
pub(crate) fn digest_algorithm(identifier: &[u8]) -> Result<DigestAlgorithm, Code> {
    let mut reader = asn1::Reader::new(identifier, Code::CmsDigestAlgorithm);
    let oid = reader.oid()?;
    match reader.rest() {
        [] | NULL => DigestAlgorithm::from_oid(oid).ok_or(Code::CmsDigestAlgorithm),
        _ => Err(Code::CmsDigestAlgorithm),
    }
}

/// RFC 3370, 3.2: the parameters are NULL.
fn is_rsa_encryption(identifier: &[u8]) -> bool {
    let mut reader = asn1::Reader::new(identifier, Code::CmsSignatureAlgorithm);
    reader.oid() == Ok(RSA_ENCRYPTION) && reader.rest() == NULL
}

const fn pkcs1(digest: DigestAlgorithm) -> SignatureScheme {
    match digest {
        DigestAlgorithm::Sha256 => SignatureScheme::RSA_PKCS1_SHA256,
        DigestAlgorithm::Sha384 => SignatureScheme::RSA_PKCS1_SHA384,
        DigestAlgorithm::Sha512 => SignatureScheme::RSA_PKCS1_SHA512,
    }
}
