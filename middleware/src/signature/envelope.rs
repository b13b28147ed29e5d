//! The forms in which a signature comes back.

use bytes::Bytes;
use http::request::Parts;
use serde::{Deserialize, Deserializer};
use tashika::jpki::{PendingSignature, SignedDocument, SigningVerifier};
use tashika::revocation::Unconfirmed;
use tashika::{Code, Error, Time};

use crate::answer::{self, Base64};
use crate::signature::multipart;

/// What a person's software sends: untrusted.
pub(super) enum Envelope {
    /// A certificate, and a signature without any form around it.
    Bare {
        certificate: Bytes,
        signature: Bytes,
    },
    /// A CMS message, which carries what was signed, or does not.
    Cms(Bytes),
}

/// The members of an object of JSON, or the parts of a form.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Members {
    #[serde(default, deserialize_with = "octets")]
    certificate: Option<Bytes>,
    #[serde(default, deserialize_with = "octets")]
    signature: Option<Bytes>,
    #[serde(default, deserialize_with = "octets")]
    cms: Option<Bytes>,
}

impl Envelope {
    /// `input.media_type` if it is in none of the forms, `input.answer` if it is
    /// not as the form that it says it is in.
    pub(super) async fn read(parts: &Parts, body: Bytes) -> Result<Self, Error> {
        match answer::media_type(parts).as_deref() {
            // RFC 8551, 3.2.1 and 3.5.3.2. Whether the content is in it, the
            // message says itself.
            Some("application/pkcs7-signature" | "application/pkcs7-mime") => Ok(Self::Cms(body)),
            Some("multipart/form-data") => multipart::read(parts, body).await?.into_envelope(),
            _ => answer::json::<Members>(parts, &body)?.into_envelope(),
        }
    }

    /// Checks everything but revocation, of a signature over what was issued. A
    /// message that carries its content is checked with that, whatever it is.
    /// Beside the outcome stands what was checked, for whoever keeps evidence.
    pub(super) fn check(
        self,
        verifier: &SigningVerifier,
        issued: Bytes,
        now: Time,
    ) -> Result<(Unconfirmed<PendingSignature>, SignedDocument), Error> {
        let check = |document: SignedDocument| -> Result<_, Error> {
            Ok((verifier.check(&document, now)?, document))
        };
        match self {
            Self::Bare {
                certificate,
                signature,
            } => check(SignedDocument::raw(certificate, signature, issued)),
            Self::Cms(message) => {
                match check(SignedDocument::cms_detached(message.clone(), issued)) {
                    Err(error) if error.code() == Code::CmsContentTwice => {
                        check(SignedDocument::cms(message))
                    }
                    checked => checked,
                }
            }
        }
    }
}

impl Members {
    /// Takes one more; `input.answer` if it is unknown, or there already.
    pub(super) fn take(&mut self, name: &str, octets: Bytes) -> Result<(), Error> {
        let member = match name {
            "certificate" => &mut self.certificate,
            "signature" => &mut self.signature,
            "cms" => &mut self.cms,
            _ => return Err(Code::InputAnswer.into()),
        };
        match member.replace(octets) {
            None => Ok(()),
            Some(_) => Err(Code::InputAnswer.into()),
        }
    }

    fn into_envelope(self) -> Result<Envelope, Error> {
        match (self.certificate, self.signature, self.cms) {
            (Some(certificate), Some(signature), None) => Ok(Envelope::Bare {
                certificate,
                signature,
            }),
            (None, None, Some(message)) => Ok(Envelope::Cms(message)),
            _ => Err(Code::InputAnswer.into()),
        }
    }
}

/// A member that is there: `null` is none.
fn octets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Bytes>, D::Error> {
    Base64::deserialize(deserializer).map(|Base64(octets)| Some(octets))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::CONTENT_TYPE;

    /// What an envelope holds, as text.
    pub(in crate::signature) async fn read(
        media_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<String, Code> {
        let mut parts = http::Request::new(()).into_parts().0;
        let media_type = HeaderValue::from_str(media_type).unwrap();
        parts.headers.insert(CONTENT_TYPE, media_type);
        let envelope = Envelope::read(&parts, body.into()).await;
        let text = |octets: Bytes| String::from_utf8(octets.to_vec()).unwrap();
        match envelope.map_err(|error| error.code())? {
            Envelope::Bare {
                certificate,
                signature,
            } => Ok(format!("{}+{}", text(certificate), text(signature))),
            Envelope::Cms(message) => Ok(text(message)),
        }
    }

    #[tokio::test]
    async fn a_signature_comes_with_its_certificate_or_in_a_message() {
        let json = "application/json";
        let bare = read(json, r#"{"certificate":"Yw==","signature":"cw=="}"#);
        assert_eq!(bare.await.unwrap(), "c+s");
        assert_eq!(read(json, r#"{"cms":"bQ=="}"#).await.unwrap(), "m");
        // The card carries no certificate of this kind: not for us to say.
        let none = read(json, r#"{"certificate":"","signature":""}"#);
        assert_eq!(none.await.unwrap(), "+");
        for bad in [
            "{}",
            r#"{"certificate":"Yw=="}"#,
            r#"{"signature":"cw=="}"#,
            r#"{"signature":"cw==","cms":"bQ=="}"#,
            r#"{"certificate":"Yw==","signature":"cw==","cms":"bQ=="}"#,
            r#"{"certificate":"Yw==","signature":"cw==","cms":null}"#,
            r#"{"cms":null}"#,
            r#"{"cms":"bQ==","cms":"bQ=="}"#,
            r#"{"cms":"bQ==","content":"bQ=="}"#,
            r#"{"cms":"bQ"}"#,
            r#"["Yw==","cw==","bQ=="]"#,
        ] {
            assert_eq!(read(json, bad).await, Err(Code::InputAnswer), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_message_may_come_as_it_is() {
        for media_type in [
            "application/pkcs7-signature",
            "application/pkcs7-mime; smime-type=signed-data",
            "Application/PKCS7-Signature",
        ] {
            assert_eq!(read(media_type, "m").await.unwrap(), "m");
        }
        for media_type in [
            "application/pkcs7",
            "application/octet-stream",
            "text/plain",
        ] {
            assert_eq!(read(media_type, "m").await, Err(Code::InputMediaType));
        }
    }
}
