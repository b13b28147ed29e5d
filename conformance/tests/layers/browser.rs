//! A browser, as far as layers can tell: it keeps cookies, and sends requests.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tashika::Code;
use tower::ServiceExt;

/// A browser with its cookies.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

/// What a service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Why it was refused, as other layers see it.
    pub(crate) refusal: Option<Code>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sends a request with the browser's cookies, and keeps those that come.
    pub(crate) async fn send(&mut self, app: &Router, request: Request<Body>) -> Answer {
        let request = self.with_cookies(request);
        let response = app.clone().oneshot(request).await.unwrap();
        self.remember(response.headers());
        Answer::of(response).await
    }

    /// The request as this browser sends it.
    pub(crate) fn with_cookies(&self, mut request: Request<Body>) -> Request<Body> {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        if !cookies.is_empty() {
            let cookies = cookies.join("; ").parse().unwrap();
            request.headers_mut().insert(COOKIE, cookies);
        }
        request
    }

    /// Keeps the cookies of a response.
    pub(crate) fn remember(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
    }

    pub(crate) async fn get(&mut self, app: &Router, path: &str) -> Answer {
        self.request(app, Method::GET, path).await
    }

    /// Sends a request without a body.
    pub(crate) async fn request(&mut self, app: &Router, method: Method, path: &str) -> Answer {
        self.send(app, request(method, path, Body::empty())).await
    }

    pub(crate) async fn post(
        &mut self,
        app: &Router,
        path: &str,
        media_type: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = request(Method::POST, path, body.into());
        request
            .headers_mut()
            .insert(CONTENT_TYPE, media_type.parse().unwrap());
        self.send(app, request).await
    }

    pub(crate) async fn post_json(&mut self, app: &Router, path: &str, json: &Value) -> Answer {
        self.post(app, path, "application/json", json.to_string())
            .await
    }

    /// As RFC 6265bis has it, for the cookies that are set here.
    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        assert!(name.starts_with("__Host-"), "{name}");
        for needed in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(attributes.contains(needed), "{cookie}");
        }
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(crate) fn cookies(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.cookies
    }
}

impl Answer {
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let refusal = head.extensions.get::<tashika::Error>().map(|e| e.code());
        Self {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.unwrap().to_bytes(),
            refusal,
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The code it was refused with. Whoever is refused hears it, but for the
    /// reason of a revocation, and nobody keeps it.
    pub(crate) fn refused(&self) -> Code {
        let code = self.refusal.unwrap_or_else(|| panic!("{self:?}"));
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.headers["cache-control"], "no-store");
        assert_eq!(self.json()["code"], code.outside());
        assert_eq!(self.json()["status"], self.status.as_u16());
        code
    }
}

pub(crate) fn request(method: Method, path: &str, body: Body) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    request.body(body).unwrap()
}

/// Octets that stand in base64 in a member of an answer.
pub(crate) fn octets(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// Octets as a member of an answer.
pub(crate) fn base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}
