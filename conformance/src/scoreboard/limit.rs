//! Limits: bare operations of the backend, on keys that are parsed already.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_ASN1, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use der::{AnyRef, Decode, Reader, SliceReader};
use x509_cert::Certificate;

use crate::scoreboard::cards::{Key, Message, Response, Signed};
use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::Faulty;
use crate::scoreboard::wallets::{Presentation, Signature};

const NAME: &str = "limit";

/// Two verifications: the CA's over the certificate, the card's over the message.
pub(crate) fn signed(cases: &Cases<Signed>) -> Result<Contender, Faulty> {
    Contender::new(NAME, cases, Parsed::of, Parsed::verify)
}

/// Two verifications and the digest of the content.
pub(crate) fn message(cases: &Cases<Message>) -> Result<Contender, Faulty> {
    let prepare = |message: &Message| {
        let expected = digest(&SHA256, &message.content).as_ref().to_vec();
        Some((
            Parsed::of(&message.attributes)?,
            message.content.clone(),
            expected,
        ))
    };
    Contender::new(NAME, cases, prepare, |(parsed, content, expected)| {
        digest(&SHA256, content).as_ref() == expected && parsed.verify()
    })
}

/// Two verifications: the CA's over the responder's certificate, and the
/// responder's over the data.
pub(crate) fn response(cases: &Cases<Response>) -> Result<Contender, Faulty> {
    let prepare = |response: &Response| Parsed::of(&response.data);
    Contender::new(NAME, cases, prepare, Parsed::verify)
}

/// Three verifications, and the digest of every element.
pub(crate) fn presentation(cases: &Cases<Presentation>) -> Result<Contender, Faulty> {
    Contender::new(NAME, cases, ParsedPresentation::of, |parsed| {
        let mut items = parsed.items.iter();
        parsed.signatures.iter().all(ParsedSignature::verify)
            && items.all(|(item, expected)| digest(&SHA256, item).as_ref() == expected)
    })
}

/// A presentation, taken apart for nothing but verification.
struct ParsedPresentation {
    signatures: [ParsedSignature; 3],
    items: Vec<(Vec<u8>, Vec<u8>)>,
}

struct ParsedSignature {
    key: ParsedPublicKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl ParsedPresentation {
    fn of(presentation: &Presentation) -> Option<Self> {
        let signer = Certificate::from_der(&presentation.signer).ok()?;
        let root = Certificate::from_der(&presentation.root).ok()?;
        let root = root.tbs_certificate().subject_public_key_info();
        let root = root.subject_public_key.as_bytes()?;
        let over_certificate = ParsedSignature {
            key: ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, root).ok()?,
            message: tbs(&presentation.signer)?.to_vec(),
            signature: signer.signature().as_bytes()?.to_vec(),
        };
        Some(Self {
            signatures: [
                over_certificate,
                ParsedSignature::of(&presentation.issued)?,
                ParsedSignature::of(&presentation.presented)?,
            ],
            items: presentation.items.clone(),
        })
    }
}

impl ParsedSignature {
    fn of(signature: &Signature) -> Option<Self> {
        Some(Self {
            key: ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &*signature.point).ok()?,
            message: signature.message.clone(),
            signature: signature.octets.clone(),
        })
    }

    fn verify(&self) -> bool {
        let outcome = self.key.verify_sig(&self.message, &self.signature);
        outcome.is_ok()
    }
}

/// A certificate and a message, taken apart for nothing but verification.
struct Parsed {
    issuer: ParsedPublicKey,
    tbs: Vec<u8>,
    tbs_signature: Vec<u8>,
    holder: ParsedPublicKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Parsed {
    fn of(signed: &Signed) -> Option<Self> {
        let anchor = Certificate::from_der(&signed.anchor).ok()?;
        let certificate = Certificate::from_der(&signed.certificate).ok()?;
        Some(Self {
            issuer: key(signed.key, &anchor)?,
            tbs: tbs(&signed.certificate)?.to_vec(),
            tbs_signature: certificate.signature().as_bytes()?.to_vec(),
            holder: key(signed.key, &certificate)?,
            message: signed.message.clone(),
            signature: signed.signature.clone(),
        })
    }

    fn verify(&self) -> bool {
        self.issuer
            .verify_sig(&self.tbs, &self.tbs_signature)
            .is_ok()
            && self
                .holder
                .verify_sig(&self.message, &self.signature)
                .is_ok()
    }
}

impl Key {
    /// The one scheme of the backend that this kind of key signs with here.
    pub(crate) fn verifier(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Rsa2048 => &RSA_PKCS1_2048_8192_SHA256,
            Self::P384 => &ECDSA_P384_SHA384_ASN1,
        }
    }
}

/// The public key of a certificate, parsed by the backend.
pub(crate) fn key(key: Key, certificate: &Certificate) -> Option<ParsedPublicKey> {
    let info = certificate.tbs_certificate().subject_public_key_info();
    let octets = info.subject_public_key.as_bytes()?;
    ParsedPublicKey::new(key.verifier(), octets).ok()
}

/// The signed part of a certificate, as it stands there.
pub(crate) fn tbs(certificate: &[u8]) -> Option<&[u8]> {
    let certificate = AnyRef::from_der(certificate).ok()?;
    let mut body = SliceReader::new(certificate.value()).ok()?;
    body.tlv_bytes().ok()
}
