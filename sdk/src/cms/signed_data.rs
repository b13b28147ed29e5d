//! The signed message: everything that needs no key, then the signature.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use crate::algorithm::{AlgorithmTable, DigestAlgorithm, SignatureScheme};
use crate::asn1;
use crate::cms::attributes::{SignedAttributes, are_attributes};
use crate::cms::envelope::Envelope;
use crate::cms::signer::{Algorithms, SignerInfo};
use crate::cms::signing_certificate::SigningCertificate;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::x509::{Issued, check_signature};

/// A message of one signer that is sound as far as that can be known without
/// the signer's key. It owns slices of what was passed in.
pub(crate) struct SignedData {
    content: Bytes,
    signer_certificate: Bytes,
    digest: DigestAlgorithm,
    scheme: SignatureScheme,
    /// The element with its tag `[0]`, as it arrived.
    signed_attributes: Option<Bytes>,
    signature: Bytes,
}

impl SignedData {
    /// Reads a message and checks all that needs no key.
    ///
    /// `content` is the content if it is not attached.
    ///
    /// # Errors
    /// `input.too_large`, `input.too_many`, `input.cms` or a code under `cms.`;
    /// the checks run in the order of [`CheckId`].
    pub(crate) fn read(
        message: &Bytes,
        content: Option<&Bytes>,
        algorithms: &AlgorithmTable,
        trace: &mut Trace,
    ) -> Result<Self, Error> {
        let mut envelope = trace.check(CheckId::CmsEncoding, Envelope::read(message))?;
        trace.check(CheckId::CmsContentType, Ok(()))?;
        let content = match (envelope.content.take(), content) {
            (Some(attached), None) => Ok(slice(message, attached)),
            (None, Some(supplied)) => Ok(supplied.clone()),
            (Some(_), Some(_)) => Err(Code::CmsContentTwice),
            (None, None) => Err(Code::CmsContentMissing),
        };
        let content = trace.check(CheckId::CmsContent, content)?;
        let signer = envelope.signer().and_then(SignerInfo::read);
        let signer = trace.check(CheckId::CmsSigner, signer)?;
        let certificate = envelope.certificate(&signer.identifier);
        let certificate = trace.check(CheckId::CmsSignerCertificate, certificate)?;
        let used = signer.algorithms.resolve(algorithms);
        let used = used.and_then(|used| envelope.check_announced(used.0).map(|()| used));
        let (digest, scheme) = trace.check(CheckId::CmsAlgorithm, used)?;

        let attributes = match signer.signed_attributes {
            Some(element) => SignedAttributes::read(element).map(Some),
            None if are_attributes(&content) => Err(Code::CmsAmbiguousContent),
            None => Ok(None),
        };
        let attributes = trace.check(CheckId::CmsSignedAttributes, attributes)?;
        trace.check(CheckId::Budget, Ok(()))?;
        if let Some(attributes) = attributes {
            let content_type = attributes.check_content_type();
            trace.check(CheckId::CmsSignedContentType, content_type)?;
            let message_digest = attributes.check_message_digest(&digest.digest(&content));
            trace.check(CheckId::CmsMessageDigest, message_digest)?;
            if let Some(value) = attributes.signing_certificate {
                let named = SigningCertificate::read(value).and_then(|s| s.check(certificate));
                trace.check(CheckId::CmsSigningCertificate, named)?;
            }
            if let Some(value) = attributes.algorithm_protection {
                let protected = Algorithms::read_protection(value)
                    .and_then(|protected| protected.check((digest, scheme), algorithms));
                trace.check(CheckId::CmsAlgorithmProtection, protected)?;
            }
        }
        Ok(Self {
            content,
            signer_certificate: message.slice_ref(certificate),
            digest,
            scheme,
            signed_attributes: signer.signed_attributes.map(|a| message.slice_ref(a)),
            signature: slice(message, signer.signature),
        })
    }

    /// The certificate that the signer names, in DER, as untrusted as the
    /// message it came in.
    pub(crate) fn signer_certificate(&self) -> &Bytes {
        &self.signer_certificate
    }

    /// The content, for the proof to hand out.
    pub(crate) fn content(&self) -> &Bytes {
        &self.content
    }

    /// The scheme of the signature.
    pub(crate) fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// Checks the signature with the key of the signer's certificate, once that
    /// is issued: over the signed attributes if there are any, else over the
    /// content (RFC 5652, 5.4).
    ///
    /// # Errors
    /// `signature.scheme` or `signature.invalid`.
    pub(crate) fn verify(&self, issued: &Issued, trace: &mut Trace) -> Result<(), Error> {
        let outcome = match self.signed_attributes.as_deref() {
            // The tag [0] stands for that of a SET OF.
            Some([_, attributes @ ..]) => {
                let digest = self.digest.digest_parts(&[&[asn1::SET], attributes]);
                issued.verify_digest(self.scheme, &digest, &self.signature)
            }
            Some([]) => Err(Code::CmsSignedAttributes),
            None => issued.verify(self.scheme, &self.content, &self.signature),
        };
        check_signature(outcome, trace)
    }
}

/// Octets of `message` without a copy, unless they had to be joined.
fn slice(message: &Bytes, octets: Cow<'_, [u8]>) -> Bytes {
    match octets {
        Cow::Borrowed(octets) => message.slice_ref(octets),
        Cow::Owned(octets) => octets.into(),
    }
}

// Content, signer and signature are personal data.
impl fmt::Debug for SignedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedData")
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}
