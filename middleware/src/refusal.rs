//! A refusal as a response.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::json;
use tashika::{Code, Disposition, Error, Language, Message};

use crate::behind::MissingLayer;

/// Why a request was refused, on its way to becoming a response.
///
/// The response is `application/problem+json` (RFC 9457) and tells outside
/// only what may leave the house: the code without a revocation's reason, and
/// a text for people. The whole [`Error`] is in the response's extensions, for
/// the layers of the relying party.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    error: Error,
    language: Language,
    retry_after: u32,
    allow: &'static [Method],
    about: About,
    missing: Option<MissingLayer>,
}

/// What the text for a person speaks of.
#[derive(Clone, Copy, Debug)]
enum About {
    Certificate,
    Document,
}

impl Refusal {
    /// A refusal because of `error`, with its text in `language`. Where
    /// nothing could be known, the client is asked to come back in a minute.
    #[must_use]
    pub fn new(error: Error, language: Language) -> Self {
        Self {
            error,
            language,
            retry_after: 60,
            allow: &[Method::POST],
            about: About::Certificate,
            missing: None,
        }
    }

    /// A refusal because the service is put together wrongly. It says how:
    /// whoever sees that is meant to mend it, and it tells of nobody.
    pub(crate) fn misplaced(missing: MissingLayer, language: Language) -> Self {
        Self {
            missing: Some(missing),
            ..Self::new(Code::MisuseLayer.into(), language)
        }
    }

    /// Asks the client to come back after so many seconds instead.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = seconds;
        self
    }

    /// The same where these methods are taken.
    pub(crate) fn allowing(mut self, methods: &'static [Method]) -> Self {
        self.allow = methods;
        self
    }

    /// The same with the text for somebody who presented a document from a
    /// phone, and knows nothing of certificates.
    #[must_use]
    pub fn about_document(mut self) -> Self {
        self.about = About::Document;
        self
    }

    /// The same in another language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Why.
    #[must_use]
    pub fn error(&self) -> Error {
        self.error
    }

    /// 422 for what cannot be read, 403 for what is bad, 503 with
    /// `Retry-After` for what could not be known, 500 for our own fault; and
    /// what HTTP has a status of its own for: 405, 408, 413 and 415.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.error.code() {
            Code::InputMethod => return StatusCode::METHOD_NOT_ALLOWED,
            Code::InputSlow => return StatusCode::REQUEST_TIMEOUT,
            Code::InputTooLarge => return StatusCode::PAYLOAD_TOO_LARGE,
            Code::InputMediaType => return StatusCode::UNSUPPORTED_MEDIA_TYPE,
            _ => {}
        }
        match self.error.disposition() {
            Disposition::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
            Disposition::Rejected => StatusCode::FORBIDDEN,
            Disposition::Undetermined => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The text for the person outside.
    #[must_use]
    pub fn message(&self) -> Message {
        let message = self.error.code().message();
        match self.about {
            About::Certificate => message,
            About::Document => message.about_document(),
        }
    }

    /// The response.
    #[must_use]
    pub fn into_response(self) -> Response<Bytes> {
        let status = self.status();
        let code = self.error.code();
        let mut body = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "code": code.outside(),
            "detail": self.message().text(self.language),
        });
        if let (Some(missing), Some(members)) = (self.missing, body.as_object_mut()) {
            members.insert("missing".to_owned(), missing.to_string().into());
        }
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from(self.retry_after));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let methods: Vec<_> = self.allow.iter().map(Method::as_str).collect();
            if let Ok(methods) = methods.join(", ").parse() {
                headers.insert(ALLOW, methods);
            }
        }
        response.extensions_mut().insert(self.error);
        if let Some(missing) = self.missing {
            response.extensions_mut().insert(missing);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(code: Code) -> Response<Bytes> {
        Refusal::new(Error::new(code), Language::Japanese).into_response()
    }

    #[test]
    fn the_status_says_who_must_act() {
        for (code, status) in [
            (Code::InputCms, 422),
            (Code::SignatureInvalid, 403),
            (Code::RevocationMissing, 503),
            (Code::TrustEmpty, 500),
            (Code::InputMethod, 405),
            (Code::InputSlow, 408),
            (Code::InputTooLarge, 413),
            (Code::InputMediaType, 415),
        ] {
            let response = response(code);
            assert_eq!(response.status().as_u16(), status, "{code}");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
            let retry = response.headers().contains_key(RETRY_AFTER);
            assert_eq!(retry, status == 503, "{code}");
        }
    }

    #[test]
    fn whoever_takes_another_method_hears_of_those_that_are_taken() {
        assert_eq!(response(Code::InputMethod).headers()[ALLOW], "POST");
        let refusal = Refusal::new(Code::InputMethod.into(), Language::English);
        let refusal = refusal.allowing(&[Method::GET, Method::POST]);
        assert_eq!(refusal.into_response().headers()[ALLOW], "GET, POST");
        assert!(!response(Code::InputSlow).headers().contains_key(ALLOW));
    }

    #[test]
    fn no_reason_of_a_revocation_leaves_the_house() {
        let revoked = |code: &&Code| code.as_str().starts_with("revoked.");
        let bodies: Vec<_> = Code::ALL
            .iter()
            .filter(revoked)
            .map(|code| response(*code).into_body())
            .collect();
        assert!(bodies.len() > 1);
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
        let body = std::str::from_utf8(&bodies[0]).unwrap();
        assert!(body.contains(r#""code":"revoked""#));
    }

    #[test]
    fn whoever_presented_from_a_phone_hears_nothing_of_certificates() {
        let refusal = Refusal::new(Error::new(Code::RevokedSuperseded), Language::English);
        let response = refusal.about_document().into_response();
        let body = std::str::from_utf8(response.body()).unwrap();
        assert!(!body.contains("certificate"), "{body}");
    }

    #[test]
    fn the_error_stays_inside() {
        let response = response(Code::RevokedCertificateHold);
        let error = response.extensions().get::<Error>().unwrap();
        assert_eq!(error.code(), Code::RevokedCertificateHold);
    }
}
