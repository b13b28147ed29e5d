//! The answers of OpenID4VP 1.0 (its section 8): a VP token, encrypted to our
//! key or, where that was not asked for, as it is.

use std::fmt;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::code::Code;
use crate::error::Error;
use crate::jose::jwe::Jwe;
use crate::jose::{self, object};
use crate::limits;
use crate::mdoc::{Curve, EphemeralKey};

/// What a wallet presents: device responses, each for one credential query.
pub struct VpToken {
    presentations: Vec<Presentation>,
    state: Option<String>,
}

/// One device response, which is not verified.
pub struct Presentation {
    query: String,
    device_response: Bytes,
}

/// Opens an encrypted answer (8.3), a JWE in compact serialization: ECDH-ES on
/// P-256, and A128GCM or A256GCM. `kid` is the identifier that the request gave
/// to `key`.
///
/// # Errors
/// `input.envelope` if it is no such answer, `input.too_large` or
/// `input.too_many` if it is over its budget, `mdoc.envelope_algorithm` if it is
/// encrypted in another way or compressed, `mdoc.envelope_recipient` if it
/// names another key, `mdoc.envelope_seal` if it was not sealed to this one,
/// `mdoc.response_status` if the wallet answers with an error,
/// `misuse.argument` if `key` is on another curve than P-256.
pub fn open(jwe: &str, key: &EphemeralKey, kid: &str) -> Result<VpToken, Error> {
    if key.curve() != Curve::P256 {
        return Err(Code::MisuseArgument.into());
    }
    let message = Jwe::read(jwe)?;
    if message.kid() != Some(kid) {
        return Err(Code::MdocEnvelopeRecipient.into());
    }
    let agreed = key.agree(message.point(), Code::InputEnvelope)?;
    let opened = message.open(&agreed)?;
    let members = object(&opened).ok_or(Code::InputEnvelope)?;
    Ok(VpToken::of(&members)?)
}

/// Reads an answer that is not encrypted (8.1): the JSON of its parameters.
///
/// # Errors
/// `input.envelope` if it is none, `input.too_large` or `input.too_many` if it
/// is over its budget, `mdoc.response_status` if the wallet answers with an
/// error.
pub fn read(json: &str) -> Result<VpToken, Error> {
    if json.len() > limits::MDOC_ENVELOPE {
        return Err(Code::InputTooLarge.into());
    }
    let members = object(json.as_bytes()).ok_or(Code::InputEnvelope)?;
    Ok(VpToken::of(&members)?)
}

impl VpToken {
    /// The presentations, in the order of their queries' identifiers.
    #[must_use]
    pub fn presentations(&self) -> &[Presentation] {
        &self.presentations
    }

    /// The request's `state`, if the wallet sent one back.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    pub(super) fn of(members: &Map<String, Value>) -> Result<Self, Code> {
        let malformed = Code::InputEnvelope;
        // Section 8.5.
        if members.contains_key("error") {
            return Err(Code::MdocResponseStatus);
        }
        let token = members.get("vp_token").and_then(Value::as_object);
        let state = match members.get("state") {
            None => None,
            Some(Value::String(state)) => Some(state.clone()),
            Some(_) => return Err(malformed),
        };
        Ok(Self {
            presentations: presentations(token.ok_or(malformed)?)?,
            state,
        })
    }
}

impl Presentation {
    /// The identifier of the credential query that it answers.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The device response in CBOR.
    #[must_use]
    pub fn device_response(&self) -> &Bytes {
        &self.device_response
    }
}

/// Section 8.1 and appendix B.2.7: every query has presentations, and each is a
/// device response in base64url.
fn presentations(token: &Map<String, Value>) -> Result<Vec<Presentation>, Code> {
    let malformed = Code::InputEnvelope;
    let mut presentations = Vec::new();
    for (query, answers) in token {
        let answers = answers.as_array().filter(|answers| !answers.is_empty());
        for answer in answers.ok_or(malformed)? {
            if presentations.len() == limits::MDOC_DOCUMENTS {
                return Err(Code::InputTooMany);
            }
            let octets = answer.as_str().and_then(jose::decode);
            presentations.push(Presentation {
                query: query.clone(),
                device_response: octets.ok_or(malformed)?.into(),
            });
        }
    }
    if presentations.is_empty() {
        return Err(malformed);
    }
    Ok(presentations)
}

// What is presented is of a person, and `state` of a transaction.
impl fmt::Debug for VpToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VpToken({} presentations)", self.presentations.len())
    }
}

impl fmt::Debug for Presentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presentation([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recipient's key of RFC 7518, appendix C, to which jwcrypto 1.5
    /// encrypted `{"vp_token":{"pid":["oA"]}}`, with the identifier `1`.
    const KEY: &str = "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw";
    const ANSWER: &str = "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImVwayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6IlhXVU53c3M3d1JVUDJNdWZKT0RqWmZ0X2U0Qm1lbDZiUFhiTEI2cUNJV1UiLCJ5IjoiT3E1dFdaNmtqWEgybGtnbkdyQ0hTdkxiQnhmY2tUejhRWWVtS2NvT0hBWSJ9LCJraWQiOiIxIn0..3V1HL9kPGv2ONpeP.gyd6hTimQzT6JqcpeOz0wW9X4qp2x4A7dwVG.ivz5azpRfZyksrtL28ockA";

    fn key() -> EphemeralKey {
        EphemeralKey::from_entropy(Curve::P256, &jose::decode(KEY).unwrap()).unwrap()
    }

    fn refused(jwe: &str, key: &EphemeralKey, kid: &str) -> Code {
        open(jwe, key, kid).unwrap_err().code()
    }

    /// The answer with other members in its header.
    fn with_header(change: impl FnOnce(String) -> String) -> String {
        let (header, rest) = ANSWER.split_once('.').unwrap();
        let header = String::from_utf8(jose::decode(header).unwrap()).unwrap();
        format!("{}.{rest}", jose::encode(change(header).as_bytes()))
    }

    #[test]
    fn an_encrypted_answer_opens_with_its_key() {
        let token = open(ANSWER, &key(), "1").unwrap();
        let [presentation] = token.presentations() else {
            panic!("{token:?}");
        };
        assert_eq!(presentation.query(), "pid");
        assert_eq!(**presentation.device_response(), [0xa0]);
        assert_eq!(token.state(), None);
        assert_eq!(format!("{token:?}"), "VpToken(1 presentations)");
        assert_eq!(format!("{presentation:?}"), "Presentation([redacted])");
    }

    #[test]
    fn an_answer_to_another_key_is_refused() {
        assert_eq!(refused(ANSWER, &key(), "2"), Code::MdocEnvelopeRecipient);
        let unnamed = with_header(|header| header.replace(r#","kid":"1""#, ""));
        assert_eq!(refused(&unnamed, &key(), "1"), Code::MdocEnvelopeRecipient);
        let other = EphemeralKey::generate(Curve::P256).unwrap();
        assert_eq!(refused(ANSWER, &other, "1"), Code::MdocEnvelopeSeal);
        let other = EphemeralKey::generate(Curve::P384).unwrap();
        assert_eq!(refused(ANSWER, &other, "1"), Code::MisuseArgument);
    }

    #[test]
    fn a_point_off_the_curve_is_refused() {
        let off_curve = with_header(|header| header.replace("XWUNwss7", "XWUNwss8"));
        assert_eq!(refused(&off_curve, &key(), "1"), Code::InputEnvelope);
    }

    #[test]
    fn presentations_are_read_in_their_one_form() {
        let token = read(r#"{"vp_token":{"b":["oA"],"a":["oQ","og"]},"state":"s"}"#).unwrap();
        let read: Vec<_> = token.presentations().iter().collect();
        let found = read.iter().map(|p| (p.query(), p.device_response()[0]));
        let expected = [("a", 0xa1), ("a", 0xa2), ("b", 0xa0)];
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert_eq!(token.state(), Some("s"));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let code = |json: &str| read(json).unwrap_err().code();
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"vp_token":"oA"}"#,
            r#"{"vp_token":["oA"]}"#,
            r#"{"vp_token":{}}"#,
            r#"{"vp_token":{"pid":[]}}"#,
            r#"{"vp_token":{"pid":"oA"}}"#,
            r#"{"vp_token":{"pid":[{}]}}"#,
            r#"{"vp_token":{"pid":["oA=="]}}"#,
            r#"{"vp_token":{"pid":["oA"],"pid":["oA"]}}"#,
            r#"{"vp_token":{"pid":["oA"]},"vp_token":{"pid":["oA"]}}"#,
            r#"{"vp_token":{"pid":["oA"]},"state":1}"#,
        ] {
            assert_eq!(code(bad), Code::InputEnvelope, "{bad}");
        }
        let error = r#"{"error":"access_denied"}"#;
        assert_eq!(code(error), Code::MdocResponseStatus);
        let many = r#"{"vp_token":{"pid":["oA","oA","oA","oA","oA"]}}"#;
        assert_eq!(code(many), Code::InputTooMany);
        let long = " ".repeat(limits::MDOC_ENVELOPE + 1);
        assert_eq!(code(&long), Code::InputTooLarge);
    }
}
