//! What is sent to a provider, and what comes back.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::auth_app::Fault;
use crate::auth_app::refusal;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::head::{bearer, is_of_type};
use crate::jose;
use crate::limits;

pub(super) const JSON: &str = "application/json";

/// An access token (RFC 6750), which nobody here looks into.
pub(super) struct AccessToken {
    text: Zeroizing<String>,
    header: HeaderValue,
}

impl AccessToken {
    /// RFC 6750, 2.1: what a header can carry.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > limits::BEARER {
            return None;
        }
        let header = bearer(text)?;
        let text = Zeroizing::new(text.to_owned());
        Some(Self { text, header })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// `GET` of a URL of the provider's, with this token.
    pub(super) fn get(&self, url: &str) -> Result<Request<Bytes>, Error> {
        let mut request = Request::get(url)
            .header(ACCEPT, JSON)
            .body(Bytes::new())
            .map_err(|_| Code::MisuseArgument)?;
        request
            .headers_mut()
            .insert(AUTHORIZATION, self.header.clone());
        Ok(request)
    }

    /// `POST` of an object in JSON to a URL, with this token.
    pub(super) fn post(&self, url: &str, body: &Value) -> Result<Request<Bytes>, Error> {
        let mut request = post(url, body)?;
        request
            .headers_mut()
            .insert(AUTHORIZATION, self.header.clone());
        Ok(request)
    }
}

/// `POST` of an object in JSON to a URL.
pub(super) fn post(url: &str, body: &Value) -> Result<Request<Bytes>, Error> {
    let request = Request::post(url)
        .header(ACCEPT, JSON)
        .header(CONTENT_TYPE, JSON)
        .body(Bytes::from(body.to_string()));
    request.map_err(|_| Code::MisuseArgument.into())
}

/// What an answer is read by.
pub(super) struct Reading {
    /// The statuses of an answer that is none about a failure.
    pub(super) good: &'static [StatusCode],
    /// Octets of its body.
    pub(super) cap: usize,
    /// What it is if its body is no object of JSON.
    pub(super) malformed: Code,
    /// What an error with a name means.
    pub(super) refused: fn(&str) -> Code,
    /// What 401 means that is no error with a known name.
    pub(super) unauthorized: Code,
}

impl Reading {
    /// The members of an answer with a good status in JSON.
    ///
    /// A fault of the server's is one whatever its body is: pages of a gateway
    /// that is out of service are no malformed answers.
    pub(super) fn read(&self, response: &Response<Bytes>) -> Result<Map<String, Value>, Fault> {
        let body = self.body(response, &[JSON])?;
        let malformed = || Fault::of(self.malformed, response).after(passed(self.malformed));
        jose::object(body).ok_or_else(malformed)
    }

    /// The body of an answer with a good status that says to be of one of these
    /// media types.
    pub(super) fn body<'r>(
        &self,
        response: &'r Response<Bytes>,
        types: &[&str],
    ) -> Result<&'r [u8], Fault> {
        let fault = |code| Err(Fault::of(code, response).after(passed(code)));
        let status = response.status();
        let is_good = self.good.contains(&status);
        match status {
            _ if is_good && !types.iter().any(|of| is_of_type(response, of)) => {
                fault(Code::AuthAppHttp)
            }
            _ if is_good && response.body().len() > self.cap => fault(Code::InputTooLarge),
            _ if is_good => Ok(response.body()),
            StatusCode::TOO_MANY_REQUESTS => fault(Code::AuthAppBusy),
            _ if status.is_server_error() => fault(Code::AuthAppUnavailable),
            _ => fault(self.refusal(response, is_of_type(response, JSON))),
        }
    }

    /// RFC 6749, 5.2.
    fn refusal(&self, response: &Response<Bytes>, is_json: bool) -> Code {
        let small = is_json && response.body().len() <= self.cap;
        let members = small.then(|| jose::object(response.body())).flatten();
        let name = members.as_ref().and_then(|m| m.get("error")?.as_str());
        let code = name.map_or(Code::AuthAppHttp, self.refused);
        match response.status() {
            StatusCode::UNAUTHORIZED if code == Code::AuthAppHttp => self.unauthorized,
            _ => code,
        }
    }
}

/// Whether the service itself says that a token is not enough (RFC 6750, 3.1),
/// and not a page of something before it.
pub(super) fn is_forbidden(response: &Response<Bytes>) -> bool {
    response.status() == StatusCode::FORBIDDEN && is_of_type(response, JSON)
}

/// What an answer has passed that is refused with this code: one that is
/// refused in the words of the protocol was an answer of it.
fn passed(code: Code) -> Trace {
    let mut trace = Trace::default();
    let earlier = [CheckId::AuthAppAnswered, CheckId::AuthAppClient];
    for check in earlier.into_iter().filter(|check| *check < code.check()) {
        trace.pass(check);
    }
    trace
}

/// How answers of the token endpoint are read.
pub(super) const TOKEN: Reading = Reading {
    good: &[StatusCode::OK],
    cap: limits::TOKEN_RESPONSE,
    malformed: Code::InputTokenResponse,
    refused: refusal::of_token_endpoint,
    unauthorized: Code::AuthAppInvalidClient,
};

/// How userinfo is read.
pub(super) const USERINFO: Reading = Reading {
    good: &[StatusCode::OK],
    cap: limits::USERINFO,
    malformed: Code::InputUserinfo,
    refused: |_| Code::AuthAppHttp,
    unauthorized: Code::AuthAppTokenRefused,
};
