//! What a browser hands to the page: the JSON of a digital credential (W3C,
//! Digital Credentials; OpenID4VP 1.0, appendix A; ISO/IEC 18013-7, annex C).

use std::fmt;

use serde_json::{Map, Value};

use crate::code::Code;
use crate::error::Error;
use crate::jose::object;
use crate::limits;
use crate::mdoc::envelope::openid4vp::VpToken;

/// The answer of a wallet over the Digital Credentials API, in whichever of the
/// protocols that were offered.
#[non_exhaustive]
pub enum DcApiAnswer {
    /// `org-iso-mdoc`: the string that
    /// [`annex_c::open`](crate::mdoc::envelope::annex_c::open) opens.
    AnnexC(String),
    /// OpenID4VP, and whether it answers the signed request or the other.
    Openid4vp(RequestForm, Openid4vpAnswer),
}

/// Which of its two requests an OpenID4VP answer is for (appendix A.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestForm {
    /// `openid4vp-v1-unsigned`.
    Unsigned,
    /// `openid4vp-v1-signed`.
    Signed,
}

/// The two modes of an OpenID4VP answer (appendix A.2).
pub enum Openid4vpAnswer {
    /// `dc_api.jwt`: the JWE that
    /// [`openid4vp::open`](crate::mdoc::envelope::openid4vp::open) opens.
    Encrypted(String),
    /// `dc_api`: readable by everything on its way.
    Plain(VpToken),
}

impl DcApiAnswer {
    /// Reads the JSON of the `DigitalCredential` that the page got, with
    /// `protocol` and `data`.
    ///
    /// # Errors
    /// `input.envelope` if it is none or of another protocol,
    /// `input.too_large` or `input.too_many` if it is over its budget,
    /// `mdoc.response_status` if the wallet answers with an error.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        if json.len() > limits::MDOC_ENVELOPE {
            return Err(Code::InputTooLarge.into());
        }
        let members = object(json.as_bytes()).ok_or(Code::InputEnvelope)?;
        Ok(Self::of(&members)?)
    }

    fn of(members: &Map<String, Value>) -> Result<Self, Code> {
        let malformed = Code::InputEnvelope;
        let data = members.get("data").and_then(Value::as_object);
        let data = data.ok_or(malformed)?;
        let form = match members.get("protocol").and_then(Value::as_str) {
            Some("org-iso-mdoc") => {
                let response = data.get("response").and_then(Value::as_str);
                return Ok(Self::AnnexC(response.ok_or(malformed)?.to_owned()));
            }
            Some("openid4vp-v1-unsigned") => RequestForm::Unsigned,
            Some("openid4vp-v1-signed") => RequestForm::Signed,
            _ => return Err(malformed),
        };
        Ok(Self::Openid4vp(form, Openid4vpAnswer::of(data)?))
    }
}

impl Openid4vpAnswer {
    fn of(data: &Map<String, Value>) -> Result<Self, Code> {
        match data.get("response") {
            None => VpToken::of(data).map(Self::Plain),
            // It would say two things.
            Some(_) if data.contains_key("vp_token") => Err(Code::InputEnvelope),
            Some(Value::String(jwe)) => Ok(Self::Encrypted(jwe.clone())),
            Some(_) => Err(Code::InputEnvelope),
        }
    }
}

// What is presented is of a person, even where it is encrypted.
impl fmt::Debug for DcApiAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnnexC(_) => f.write_str("AnnexC([redacted])"),
            Self::Openid4vp(form, answer) => write!(f, "Openid4vp({form:?}, {answer:?})"),
        }
    }
}

impl fmt::Debug for Openid4vpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encrypted(_) => f.write_str("Encrypted([redacted])"),
            Self::Plain(token) => write!(f, "Plain({token:?})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(protocol: &str, data: &str) -> Result<DcApiAnswer, Code> {
        let json = format!(r#"{{"protocol":"{protocol}","data":{data},"id":""}}"#);
        DcApiAnswer::from_json(&json).map_err(|e| e.code())
    }

    #[test]
    fn answers_of_every_protocol_are_told_apart() {
        let Ok(DcApiAnswer::AnnexC(response)) = answer("org-iso-mdoc", r#"{"response":"oA"}"#)
        else {
            panic!();
        };
        assert_eq!(response, "oA");
        for (protocol, expected) in [
            ("openid4vp-v1-unsigned", RequestForm::Unsigned),
            ("openid4vp-v1-signed", RequestForm::Signed),
        ] {
            let encrypted = answer(protocol, r#"{"response":"a.b.c.d.e"}"#);
            let Ok(DcApiAnswer::Openid4vp(form, Openid4vpAnswer::Encrypted(jwe))) = encrypted
            else {
                panic!("{encrypted:?}");
            };
            assert_eq!((form, &*jwe), (expected, "a.b.c.d.e"));
            let plain = answer(protocol, r#"{"vp_token":{"pid":["oA"]}}"#);
            let Ok(DcApiAnswer::Openid4vp(form, Openid4vpAnswer::Plain(token))) = plain else {
                panic!("{plain:?}");
            };
            assert_eq!((form, token.presentations().len()), (expected, 1));
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for (protocol, data) in [
            ("preview", r#"{"response":"oA"}"#),
            ("openid4vp", r#"{"response":"a.b.c.d.e"}"#),
            ("org-iso-mdoc", r#"{"vp_token":{"pid":["oA"]}}"#),
            ("org-iso-mdoc", r#"{"response":{}}"#),
            ("org-iso-mdoc", r#""oA""#),
            ("openid4vp-v1-signed", r#"{"response":1}"#),
            ("openid4vp-v1-signed", "{}"),
            (
                "openid4vp-v1-unsigned",
                r#"{"response":"a.b.c.d.e","vp_token":{"pid":["oA"]}}"#,
            ),
        ] {
            let outcome = answer(protocol, data).map(drop);
            assert_eq!(outcome, Err(Code::InputEnvelope), "{protocol} {data}");
        }
        let error = answer("openid4vp-v1-signed", r#"{"error":"access_denied"}"#);
        assert_eq!(error.map(drop), Err(Code::MdocResponseStatus));
        let code = |json: &str| DcApiAnswer::from_json(json).unwrap_err().code();
        for bad in ["", "[]", "{}", r#"{"data":{"response":"oA"}}"#] {
            assert_eq!(code(bad), Code::InputEnvelope, "{bad}");
        }
        let long = " ".repeat(limits::MDOC_ENVELOPE + 1);
        assert_eq!(code(&long), Code::InputTooLarge);
    }

    #[test]
    fn answers_are_not_printed() {
        for (protocol, data, printed) in [
            (
                "org-iso-mdoc",
                r#"{"response":"secret"}"#,
                "AnnexC([redacted])",
            ),
            (
                "openid4vp-v1-signed",
                r#"{"response":"secret"}"#,
                "Openid4vp(Signed, Encrypted([redacted]))",
            ),
            (
                "openid4vp-v1-unsigned",
                r#"{"vp_token":{"secret":["oA"]}}"#,
                "Openid4vp(Unsigned, Plain(VpToken(1 presentations)))",
            ),
        ] {
            assert_eq!(format!("{:?}", answer(protocol, data).unwrap()), printed);
        }
    }
}
