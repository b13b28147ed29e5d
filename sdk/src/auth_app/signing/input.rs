//! What is given to be signed.

use std::fmt;

use bytes::Bytes;

use crate::algorithm::{Digest, DigestAlgorithm, SignatureScheme};
use crate::code::Code;
use crate::error::Error;
use crate::jpki::SignedDocument;
use crate::limits;

/// What a person is asked to sign, and in which form the service gets it.
///
/// The service signs exactly the octets that it is given, with the padding of
/// PKCS #1 v1.5 around them and nothing else: it adds no `DigestInfo`. So the
/// form decides what kind of signature comes back. It is the caller's choice;
/// what comes back is verified in this form alone, and never tried in another.
///
/// | form | octets | the signature |
/// |---|---|---|
/// | [`Sha256DigestInfo`](Self::Sha256DigestInfo) | 51 | a standard one: RSASSA-PKCS1-v1_5 with SHA-256, as CMS, PDF and XML have it |
/// | [`BareSha256`](Self::BareSha256) | 32 | none that other software verifies |
/// | [`Raw`](Self::Raw) | 1 to 245 | depends on the octets |
///
/// All three are for RSA keys. What the service does with a card that has a key
/// on an elliptic curve is not published; such a signature is refused.
#[derive(Clone, PartialEq, Eq)]
pub enum SignInput {
    /// The digest of a document in a `DigestInfo` (RFC 8017, 9.2): what gives a
    /// standard signature. Choose this unless the other side demands otherwise.
    Sha256DigestInfo(ToSign),
    /// The digest of a document, bare. It does not say which digest it is, and
    /// the signature is none of the standard.
    BareSha256(ToSign),
    /// Octets of the caller's own.
    Raw(RawOctets),
}

/// A document, by its SHA-256 digest.
#[derive(Clone, PartialEq, Eq)]
pub struct ToSign(Digest);

/// Octets that are signed as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct RawOctets(Bytes);

impl ToSign {
    /// This document. Its digest is made here, so that it is ours and nobody
    /// else's.
    ///
    /// A signature is as old as it likes to be: a document that was once signed
    /// can be shown again. A [`SigningRequest`](crate::jpki::SigningRequest)
    /// puts the transaction into the document.
    #[must_use]
    pub fn document(document: &[u8]) -> Self {
        Self(DigestAlgorithm::Sha256.digest(document))
    }

    /// The document with this digest, which must be one of SHA-256.
    ///
    /// Whoever made the digest decides what is signed: it has to be the relying
    /// party, out of a document that it keeps.
    ///
    /// # Errors
    /// `misuse.argument` if it is of another length.
    pub fn danger_digest(digest: Digest) -> Result<Self, Error> {
        if digest.octets().len() != DigestAlgorithm::Sha256.length() {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(digest))
    }

    /// The digest.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.0
    }
}

impl RawOctets {
    /// These octets, of which there are 1 to [`limits::SIGN_INPUT`]: a short
    /// text, or a `DigestInfo` with another digest.
    ///
    /// What a person who signs them agrees to is for the caller to know: octets
    /// that are a digest, or a `DigestInfo`, make a signature over a document
    /// that nobody looks at here. They must not come from a client.
    ///
    /// # Errors
    /// `misuse.argument` if there are none or too many.
    pub fn danger_new(octets: &[u8]) -> Result<Self, Error> {
        if !(1..=limits::SIGN_INPUT).contains(&octets.len()) {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(Bytes::copy_from_slice(octets)))
    }

    /// The octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

/// A `DigestInfo` of SHA-256 up to its digest (RFC 8017, 9.2, note 1).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

impl SignInput {
    /// The octets that the service gets, and pads.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        match self {
            Self::Sha256DigestInfo(ToSign(digest)) => [&DIGEST_INFO, digest.octets()].concat(),
            Self::BareSha256(ToSign(digest)) => digest.octets().to_vec(),
            Self::Raw(RawOctets(octets)) => octets.to_vec(),
        }
    }

    /// The SHA-256 digest of the document; of raw octets, which are one.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Self::Sha256DigestInfo(ToSign(digest)) | Self::BareSha256(ToSign(digest)) => {
                digest.clone()
            }
            Self::Raw(RawOctets(octets)) => DigestAlgorithm::Sha256.digest(octets),
        }
    }

    /// Whether this is what was given of `document`: of raw octets, whether they
    /// are it.
    #[must_use]
    pub fn is_of(&self, document: &[u8]) -> bool {
        self.digest() == DigestAlgorithm::Sha256.digest(document)
    }

    /// What has to be verified if this was signed.
    pub(super) fn signed(&self, certificate: Bytes, signature: Bytes) -> SignedDocument {
        match self {
            Self::Sha256DigestInfo(ToSign(digest)) => {
                let scheme = Some(SignatureScheme::RSA_PKCS1_SHA256);
                SignedDocument::digest(certificate, signature, digest.clone(), scheme)
            }
            Self::BareSha256(ToSign(digest)) => {
                SignedDocument::bare(certificate, signature, digest, None)
            }
            Self::Raw(RawOctets(octets)) => {
                SignedDocument::danger_padded(certificate, signature, octets.clone())
            }
        }
    }

    /// The name of the form, and what is in it.
    pub(super) fn parts(&self) -> (&'static str, &[u8]) {
        match self {
            Self::Sha256DigestInfo(ToSign(digest)) => ("sha256-digest-info", digest.octets()),
            Self::BareSha256(ToSign(digest)) => ("bare-sha256", digest.octets()),
            Self::Raw(RawOctets(octets)) => ("raw", octets),
        }
    }

    pub(super) fn from_parts(form: &str, content: &[u8]) -> Result<Self, Error> {
        let digest = || Digest::from_octets(DigestAlgorithm::Sha256, content).map(ToSign);
        Ok(match form {
            "sha256-digest-info" => Self::Sha256DigestInfo(digest()?),
            "bare-sha256" => Self::BareSha256(digest()?),
            "raw" => Self::Raw(RawOctets::danger_new(content)?),
            _ => return Err(Code::TransactionForm.into()),
        })
    }
}

// What a person signs tells of the person.
impl fmt::Debug for SignInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignInput({})", self.parts().0)
    }
}

impl fmt::Debug for ToSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToSign(…)")
    }
}

impl fmt::Debug for RawOctets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawOctets({} octets)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::Hex;

    fn all(document: &[u8]) -> [SignInput; 3] {
        let document = ToSign::document(document);
        [
            SignInput::Sha256DigestInfo(document.clone()),
            SignInput::BareSha256(document),
            SignInput::Raw(RawOctets::danger_new(b"abc").unwrap()),
        ]
    }

    /// The digest of "abc" (FIPS 180-4, examples) and the prefix of RFC 8017.
    #[test]
    fn the_service_gets_these_octets() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let [info, bare, raw] = all(b"abc").map(|input| Hex(&input.octets()).to_string());
        assert_eq!(
            info,
            format!("3031300d060960864801650304020105000420{digest}")
        );
        assert_eq!(bare, digest);
        assert_eq!(raw, "616263");
        for input in all(b"abc") {
            assert_eq!(Hex(input.digest().octets()).to_string(), digest);
            assert!(input.is_of(b"abc"));
            assert!(!input.is_of(b"abd"));
            let (form, content) = input.parts();
            assert_eq!(SignInput::from_parts(form, content).unwrap(), input);
            assert!(!format!("{input:?}").contains("97"), "{input:?}");
        }
    }

    #[test]
    fn raw_octets_fit_into_a_block() {
        for (length, fits) in [(0, false), (1, true), (245, true), (246, false)] {
            let outcome = RawOctets::danger_new(&vec![7; length]);
            let refused = outcome.err().map(|error| error.code());
            assert_eq!(refused, (!fits).then_some(Code::MisuseArgument), "{length}");
        }
        let longer = DigestAlgorithm::Sha384.digest(b"abc");
        let refused = ToSign::danger_digest(longer).unwrap_err();
        assert_eq!(refused.code(), Code::MisuseArgument);
        let right = DigestAlgorithm::Sha256.digest(b"abc");
        let right = ToSign::danger_digest(right).unwrap();
        assert_eq!(right, ToSign::document(b"abc"));
    }

    #[test]
    fn what_was_sealed_is_of_a_known_form() {
        for (form, length, code) in [
            ("sha256", 32, Code::TransactionForm),
            ("bare-sha256", 31, Code::MisuseArgument),
            ("raw", 246, Code::MisuseArgument),
        ] {
            let read = SignInput::from_parts(form, &vec![7; length]);
            assert_eq!(read.unwrap_err().code(), code, "{form}");
        }
    }
}
