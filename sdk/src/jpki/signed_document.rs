//! What a person is said to have signed.

use std::fmt;

use bytes::Bytes;

#[cfg(feature = "auth-app")]
use crate::algorithm::DigestAlgorithm;
use crate::algorithm::{Digest, SignatureScheme};

/// A document and what is said to be a signature over it: untrusted.
#[derive(Clone)]
pub struct SignedDocument {
    pub(crate) form: Form,
}

#[derive(Clone)]
pub(crate) enum Form {
    Raw {
        certificate: Bytes,
        signature: Bytes,
        message: Bytes,
    },
    Digest {
        certificate: Bytes,
        signature: Bytes,
        digest: Digest,
        /// None leaves it to the verifier.
        scheme: Option<SignatureScheme>,
    },
    #[cfg(feature = "auth-app")]
    Padded(Padded),
    Cms {
        message: Bytes,
        content: Option<Bytes>,
    },
}

/// Octets that are said to have been padded as they are.
#[cfg(feature = "auth-app")]
#[derive(Clone)]
pub(crate) struct Padded {
    pub(crate) certificate: Bytes,
    pub(crate) signature: Bytes,
    pub(crate) octets: Bytes,
    /// What they stand for, if it is here.
    pub(crate) content: Option<Bytes>,
    pub(crate) scheme: SignatureScheme,
}

impl SignedDocument {
    /// A message, a bare signature over it and the certificate in DER.
    ///
    /// The scheme is the verifier's choice, not the sender's:
    /// [`SigningVerifier::with_raw_schemes`](super::SigningVerifier::with_raw_schemes).
    #[must_use]
    pub fn raw(certificate: Bytes, signature: Bytes, message: Bytes) -> Self {
        Self {
            form: Form::Raw {
                certificate,
                signature,
                message,
            },
        }
    }

    /// The digest of a message, a bare signature and the certificate in DER.
    ///
    /// Whoever computed the digest decides what was signed. That is right for
    /// a file that is too large to pass in, and wrong for a digest that a
    /// client sends: nothing then ties the signature to a document.
    #[must_use]
    pub fn danger_digest(certificate: Bytes, signature: Bytes, digest: Digest) -> Self {
        Self::digest(certificate, signature, digest, None)
    }

    pub(crate) fn digest(
        certificate: Bytes,
        signature: Bytes,
        digest: Digest,
        scheme: Option<SignatureScheme>,
    ) -> Self {
        Self {
            form: Form::Digest {
                certificate,
                signature,
                digest,
                scheme,
            },
        }
    }

    /// A CMS message (RFC 5652) that carries its content.
    #[must_use]
    pub fn cms(message: Bytes) -> Self {
        let content = None;
        Self {
            form: Form::Cms { message, content },
        }
    }

    /// A CMS message and the content it was detached from.
    #[must_use]
    pub fn cms_detached(message: Bytes, content: Bytes) -> Self {
        let content = Some(content);
        Self {
            form: Form::Cms { message, content },
        }
    }
}

#[cfg(feature = "auth-app")]
impl SignedDocument {
    /// A message, and a signature of PKCS #1 v1.5 that pads its SHA-256 digest
    /// as it is, without the `DigestInfo` that says which digest it is (RFC
    /// 8017, 9.2): no standard signature, and what the auth app makes of 32
    /// octets. The certificate is in DER and has an RSA key.
    ///
    /// A signature of the standard form does not pass here, nor this one
    /// anywhere else.
    #[must_use]
    pub fn bare_sha256(certificate: Bytes, signature: Bytes, message: Bytes) -> Self {
        let digest = DigestAlgorithm::Sha256.digest(&message);
        Self::bare(certificate, signature, &digest, Some(message))
    }

    /// The same of a message that is elsewhere.
    pub(crate) fn bare(
        certificate: Bytes,
        signature: Bytes,
        digest: &Digest,
        content: Option<Bytes>,
    ) -> Self {
        Self {
            form: Form::Padded(Padded {
                certificate,
                signature,
                octets: Bytes::copy_from_slice(digest.octets()),
                content,
                scheme: SignatureScheme::RSA_PKCS1_BARE_SHA256,
            }),
        }
    }

    /// Octets, a signature of PKCS #1 v1.5 that pads them as they are, and the
    /// certificate in DER, which has an RSA key. There is at least one octet, and
    /// there are eleven fewer than its modulus has, or less.
    ///
    /// Whoever chose the octets decides what was signed: if they are a digest, or
    /// a `DigestInfo` around one, the signature is one over a document that
    /// nobody looks at here. They have to be the relying party's own.
    #[must_use]
    pub fn danger_padded(certificate: Bytes, signature: Bytes, octets: Bytes) -> Self {
        Self {
            form: Form::Padded(Padded {
                certificate,
                signature,
                content: Some(octets.clone()),
                octets,
                scheme: SignatureScheme::RSA_PKCS1_PADDED,
            }),
        }
    }
}

impl fmt::Debug for SignedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.form {
            Form::Raw { .. } => "SignedDocument(raw)",
            Form::Digest { .. } => "SignedDocument(digest)",
            #[cfg(feature = "auth-app")]
            Form::Padded(_) => "SignedDocument(padded)",
            Form::Cms { .. } => "SignedDocument(cms)",
        })
    }
}
