//! Refusals of a house's own.

use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tashika::{Error, Language};
use tashika_tower::Refusal;

/// Why somebody does not get on: a status for whoever asked, and a code for the
/// staff. As a response it has no text: what stands outside finds it among the
/// extensions, and words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied(pub StatusCode, pub &'static str);

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        let status = Refusal::new(error, Language::Japanese).status();
        Self(status, error.code().as_str())
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        (self.0, Extension(self)).into_response()
    }
}
