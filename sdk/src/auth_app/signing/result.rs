//! What comes back when somebody has signed: untrusted, whichever it is.

use std::fmt;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::auth_app::signing::signed::Signed;
use crate::auth_app::signing::{SignInput, SigningMember, SigningProfile, UnconfirmedSigning};
use crate::code::Code;
use crate::error::Error;
use crate::jose;
use crate::jpki::{SignedDocument, SigningVerifier};
use crate::limits;
use crate::time::Time;

/// The result of a signature. It is no proof: the service does not verify for
/// private relying parties what a card made.
#[derive(Clone, Debug)]
pub enum SigningResult {
    /// Encrypted for the platform operator, which verifies it: what private
    /// relying parties get.
    Jwe(SealedResult),
    /// Signature and certificate, for relying parties that may have them.
    Plain(PlainSignature),
}

impl SigningResult {
    /// The encrypted result.
    ///
    /// # Errors
    /// `auth_app.signing_form` if it is not encrypted.
    pub fn sealed(self) -> Result<SealedResult, Error> {
        match self {
            Self::Jwe(sealed) => Ok(sealed),
            Self::Plain(_) => Err(Code::AuthAppSigningForm.into()),
        }
    }

    /// Signature and certificate.
    ///
    /// # Errors
    /// `auth_app.signing_form` if it is encrypted.
    pub fn plain(self) -> Result<PlainSignature, Error> {
        match self {
            Self::Plain(plain) => Ok(plain),
            Self::Jwe(_) => Err(Code::AuthAppSigningForm.into()),
        }
    }
}

/// A result that only the platform operator can open
/// ([`SigningOperator`](crate::auth_app::signing::SigningOperator)).
#[derive(Clone)]
pub struct SealedResult {
    pub(super) jwe: String,
    pub(super) signed: Signed,
}

/// A signature and a certificate, of which nothing is verified, and which cannot
/// be read before it is.
#[derive(Clone)]
pub struct PlainSignature {
    signature: Bytes,
    certificate: Bytes,
    signed: Signed,
}

/// One of the two, and not both.
pub(super) fn read(
    profile: &SigningProfile,
    members: &Map<String, Value>,
    signed: Signed,
) -> Result<SigningResult, Code> {
    let jwe = profile.text(members, SigningMember::Jwe)?;
    let signature = profile.octets(members, SigningMember::Signature)?;
    let certificate = profile.octets(members, SigningMember::Certificate)?;
    match (jwe, signature, certificate) {
        (Some(jwe), None, None) if is_jwe(jwe) => {
            let jwe = jwe.to_owned();
            Ok(SigningResult::Jwe(SealedResult { jwe, signed }))
        }
        (None, Some(signature), Some(certificate)) => Ok(SigningResult::Plain(PlainSignature {
            signature: signature.into(),
            certificate: certificate.into(),
            signed,
        })),
        _ => Err(Code::InputSigningAnswer),
    }
}

/// Whether this has the form of a JWE in compact serialization (RFC 7516, 7.1).
///
/// It is somebody else's to open, and to judge its algorithms. What is
/// compressed is refused here too: nobody knows how long it becomes.
fn is_jwe(compact: &str) -> bool {
    let parts = compact.split('.').map(jose::decode);
    let parts: Option<Vec<_>> = parts.take(JWE_PARTS + 1).collect();
    let Some([header, _, iv, ciphertext, tag]) = parts.as_deref() else {
        return false;
    };
    let full = [iv, ciphertext, tag].iter().all(|part| !part.is_empty());
    let header = jose::object(header).filter(|_| header.len() <= limits::JOSE_HEADER);
    let sound = header.is_some_and(|header| {
        let named = ["alg", "enc"].iter().all(|name| {
            let name = header.get(*name);
            name.is_some_and(Value::is_string)
        });
        named && !header.contains_key("zip")
    });
    full && sound
}

/// Header, encrypted key, initialisation vector, ciphertext, tag.
const JWE_PARTS: usize = 5;

impl PlainSignature {
    /// The document with what is said to be its signature, for whoever keeps them
    /// as evidence: it is as untrusted as before.
    ///
    /// # Errors
    /// `misuse.argument` if this is not the document that was to be signed.
    pub fn signed_document(&self, document: Bytes) -> Result<SignedDocument, Error> {
        let input = &self.signed.input;
        if !input.is_of(&document) {
            return Err(Code::MisuseArgument.into());
        }
        let (certificate, signature) = (self.certificate.clone(), self.signature.clone());
        Ok(match input {
            // As anybody verifies it.
            SignInput::Sha256DigestInfo(_) => SignedDocument::raw(certificate, signature, document),
            SignInput::BareSha256(_) => {
                SignedDocument::bare_sha256(certificate, signature, document)
            }
            SignInput::Raw(_) => input.signed(certificate, signature),
        })
    }

    /// Verifies the signature in the form in which it was asked for, and checks
    /// everything but revocation at `now`.
    ///
    /// # Errors
    /// Those of [`SigningVerifier::check`]: `signature.invalid` also if something
    /// else was signed than was to be, or in another form; `signature.scheme` if
    /// the card has no RSA key.
    pub fn check(self, verifier: &SigningVerifier, now: Time) -> Result<UnconfirmedSigning, Error> {
        let Self {
            signature,
            certificate,
            signed,
        } = self;
        let document = signed.input.signed(certificate, signature);
        let unconfirmed = verifier.check(&document, now);
        let unconfirmed = unconfirmed.map_err(|error| error.after(signed.trace))?;
        Ok(UnconfirmedSigning::new(unconfirmed, signed))
    }
}

// A certificate tells of the person, and a signature of the document.
impl fmt::Debug for SealedResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SealedResult").field(&self.signed).finish()
    }
}

impl fmt::Debug for PlainSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PlainSignature").field(&self.signed).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::encode;

    fn jwe(header: &str, parts: [&str; 4]) -> String {
        format!("{}.{}", encode(header.as_bytes()), parts.join("."))
    }

    #[test]
    fn a_jwe_is_known_by_its_form() {
        let header = r#"{"alg":"ECDH-ES","enc":"A256GCM"}"#;
        assert!(is_jwe(&jwe(header, ["", "AA", "AA", "AA"])));
        assert!(is_jwe(&jwe(header, ["AA", "AA", "AA", "AA"])));
        for parts in [
            ["AA", "", "AA", "AA"],
            ["AA", "AA", "", "AA"],
            ["AA", "AA", "AA", ""],
            ["AA=", "AA", "AA", "AA"],
            ["AA", "AA", "A", "AA"],
            ["AA", "AA", "AA", "AA."],
            ["AA", "AA", "AA", "AA.AA"],
        ] {
            assert!(!is_jwe(&jwe(header, parts)), "{parts:?}");
        }
        let long = format!(
            r#"{{"alg":"ECDH-ES","enc":"A256GCM","x":"{}"}}"#,
            "x".repeat(limits::JOSE_HEADER)
        );
        for header in [
            "",
            "[]",
            r#"{"alg":"ECDH-ES"}"#,
            r#"{"enc":"A256GCM"}"#,
            r#"{"alg":1,"enc":"A256GCM"}"#,
            r#"{"alg":"ECDH-ES","alg":"ECDH-ES","enc":"A256GCM"}"#,
            r#"{"alg":"ECDH-ES","enc":"A256GCM","zip":"DEF"}"#,
            &long,
        ] {
            assert!(!is_jwe(&jwe(header, ["", "AA", "AA", "AA"])), "{header}");
        }
        assert!(!is_jwe(""));
        // A signed token.
        assert!(!is_jwe(&format!("{}.AA.AA", encode(header.as_bytes()))));
    }
}
