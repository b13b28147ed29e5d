//! What is handed out and taken back, as JSON.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
#[cfg(feature = "auth-app")]
use http::StatusCode;
use http::header::{CONTENT_TYPE, SET_COOKIE};
#[cfg(feature = "auth-app")]
use http::header::{LOCATION, REFERRER_POLICY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response};
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use tashika::transaction::Binding;
use tashika::{Code, Error};

use crate::flow::FlowPaths;

/// Octets in base64 (RFC 4648, 4), with padding and without line breaks.
pub(crate) struct Base64(pub(crate) Bytes);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

/// Reads base64 where it stands: a certificate is long enough that a copy of it
/// shows.
struct Text;

impl Visitor<'_> for Text {
    type Value = Base64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Base64, E> {
        // What was sent stands in no error.
        let octets = STANDARD.decode(text).map_err(|_| E::custom("base64"))?;
        Ok(Base64(octets.into()))
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Base64(…)")
    }
}

/// Reads an answer in JSON.
///
/// `input.media_type` if it says that it is something else, `input.answer` if it
/// is not of the form: a member is missing, unknown, or there twice.
pub(crate) fn json<T: DeserializeOwned>(parts: &Parts, body: &[u8]) -> Result<T, Error> {
    check_media_type(parts, "application/json")?;
    // Members have names: an array of the same values is no answer.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(Code::InputAnswer.into());
    }
    serde_json::from_slice(body).map_err(|_| Code::InputAnswer.into())
}

/// `input.media_type` if a request does not say that its body is of this type.
pub(crate) fn check_media_type(parts: &Parts, expected: &str) -> Result<(), Error> {
    if media_type(parts).as_deref() == Some(expected) {
        Ok(())
    } else {
        Err(Code::InputMediaType.into())
    }
}

/// The media type of a request without its parameters, in lower case, which is
/// as good as any other (RFC 9110, 8.3.1).
pub(crate) fn media_type(parts: &Parts) -> Option<String> {
    let mut values = parts.headers.get_all(CONTENT_TYPE).into_iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let media_type = value.split(';').next()?.trim();
    Some(media_type.to_ascii_lowercase())
}

/// What a card is to sign, and where the answer goes.
#[derive(Serialize)]
pub(crate) struct ToBeSigned {
    transaction: String,
    answer: String,
    to_be_signed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    sha256: String,
    expires: String,
}

impl ToBeSigned {
    pub(crate) fn new(binding: &Binding, paths: &FlowPaths, octets: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
        Self {
            transaction: binding.transaction.to_string(),
            answer: answer_to(binding, paths),
            to_be_signed: STANDARD.encode(octets),
            media_type: None,
            sha256: STANDARD.encode(digest),
            expires: binding.expires.to_string(),
        }
    }

    /// The same with how to show the document in it.
    pub(crate) fn with_media_type(mut self, media_type: String) -> Self {
        self.media_type = Some(media_type);
        self
    }

    pub(crate) fn into_response(self, cookie: HeaderValue) -> Response<Bytes> {
        // A struct of strings has no reason not to be written.
        let json = serde_json::to_vec(&self).unwrap_or_default();
        respond_json(json.into(), cookie)
    }
}

/// Where the answer of a transaction goes.
pub(crate) fn answer_to(binding: &Binding, paths: &FlowPaths) -> String {
    let (path, transaction) = (paths.answer.as_str(), binding.transaction);
    format!("{path}?transaction={transaction}")
}

/// A transaction, where its answer goes, and what else is told of it.
pub(crate) fn offered(
    binding: &Binding,
    paths: &FlowPaths,
    mut more: Map<String, Value>,
) -> String {
    let members = [
        ("transaction", binding.transaction.to_string()),
        ("answer", answer_to(binding, paths)),
        ("expires", binding.expires.to_string()),
    ];
    let members = members.map(|(name, value)| (name.to_owned(), value.into()));
    more.extend(members);
    Value::Object(more).to_string()
}

/// Sends a browser on (RFC 9110, 15.4.4), without telling where it comes from.
///
/// The target may hold what nobody should log.
#[cfg(feature = "auth-app")]
pub(crate) fn see_other(target: &str) -> Result<Response<Bytes>, Error> {
    let mut target = HeaderValue::from_str(target).map_err(|_| Code::MisuseArgument)?;
    target.set_sensitive(true);
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, target);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// JSON, and the cookie of the transaction that begins with it.
pub(crate) fn respond_json(json: Bytes, cookie: HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(json);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    with_cookie(response, cookie)
}

/// The same response, which sets the cookies that the inner service sets.
pub(crate) fn passing_cookies(mut response: Response<Bytes>, inner: &HeaderMap) -> Response<Bytes> {
    for cookie in inner.get_all(SET_COOKIE) {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
}

/// The same response, which sets a cookie.
pub(crate) fn with_cookie(mut response: Response<Bytes>, cookie: HeaderValue) -> Response<Bytes> {
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        a: Base64,
    }

    fn read(types: &[&'static str], body: &str) -> Result<One, Code> {
        let mut parts = http::Request::new(()).into_parts().0;
        for media_type in types {
            let media_type = HeaderValue::from_static(media_type);
            parts.headers.append(CONTENT_TYPE, media_type);
        }
        json(&parts, body.as_bytes()).map_err(|error| error.code())
    }

    #[test]
    fn an_answer_has_one_form() {
        let json = "application/json";
        let one = read(&[json], r#"{"a": "AQI="}"#).unwrap();
        assert_eq!(one.a.0, [1, 2][..]);
        assert_eq!(format!("{one:?}"), "One { a: Base64(…) }");
        assert!(read(&["application/json; charset=utf-8"], r#"{"a":"\u0041QI="}"#).is_ok());
        assert!(read(&["Application/JSON"], r#"{"a":"AQI="}"#).is_ok());
        for types in [
            &[][..],
            &["text/plain"],
            &[json, json],
            &["application/jsonx"],
        ] {
            let refused = read(types, r#"{"a":"AQI="}"#).unwrap_err();
            assert_eq!(refused, Code::InputMediaType, "{types:?}");
        }
        for bad in [
            "",
            "{}",
            r#"["AQI="]"#,
            r#"{"a":"AQI"}"#,
            r#"{"a":"AQJ="}"#,
            r#"{"a":"-_8="}"#,
            r#"{"a":"AQ\nI="}"#,
            r#"{"a":1}"#,
            r#"{"a":"AQI=","a":"AQI="}"#,
            r#"{"a":"AQI=","b":1}"#,
            r#"{"a":"AQI="} x"#,
        ] {
            assert_eq!(read(&[json], bad).unwrap_err(), Code::InputAnswer, "{bad}");
        }
    }
}
