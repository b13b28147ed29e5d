//! A refusal as a response.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;
use tashika::{Disposition, Error, Language};

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
        }
    }

    /// Asks the client to come back after so many seconds instead.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = seconds;
        self
    }

    /// 422 for what cannot be read, 403 for what is bad, 503 with
    /// `Retry-After` for what could not be known, 500 for our own fault.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.error.disposition() {
            Disposition::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
            Disposition::Rejected => StatusCode::FORBIDDEN,
            Disposition::Undetermined => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The response.
    #[must_use]
    pub fn into_response(self) -> Response<String> {
        let status = self.status();
        let code = self.error.code();
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "code": code.outside(),
            "detail": code.message().text(self.language),
        });
        let mut response = Response::new(body.to_string());
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
        response.extensions_mut().insert(self.error);
        response
    }
}

#[cfg(test)]
mod tests {
    use tashika::Code;

    use super::*;

    fn response(code: Code) -> Response<String> {
        Refusal::new(Error::new(code), Language::Japanese).into_response()
    }

    #[test]
    fn the_status_says_who_must_act() {
        for (code, status) in [
            (Code::InputCms, 422),
            (Code::SignatureInvalid, 403),
            (Code::RevocationMissing, 503),
            (Code::TrustEmpty, 500),
        ] {
            let response = response(code);
            assert_eq!(response.status().as_u16(), status, "{code}");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
            let retry = response.headers().contains_key(RETRY_AFTER);
            assert_eq!(retry, status == 503, "{code}");
        }
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
        assert!(bodies[0].contains(r#""code":"revoked""#));
    }

    #[test]
    fn the_error_stays_inside() {
        let response = response(Code::RevokedCertificateHold);
        let error = response.extensions().get::<Error>().unwrap();
        assert_eq!(error.code(), Code::RevokedCertificateHold);
    }
}
