//! What the heads of requests and answers say.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Response};
use zeroize::Zeroizing;

/// `Authorization` with a token (RFC 6750, 2.1), which nothing prints; none if
/// it has characters that a token has not.
pub(crate) fn bearer(token: &str) -> Option<HeaderValue> {
    let permitted = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    if token.is_empty() || !token.bytes().all(permitted) {
        return None;
    }
    let text = Zeroizing::new(format!("Bearer {token}"));
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// `Retry-After` in seconds (RFC 9110, 10.2.3). The other form, a date, needs
/// a clock that agrees with the server's, and is not read.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// Whether an answer says to be of a media type, whatever its parameters.
pub(crate) fn is_of_type(response: &Response<Bytes>, expected: &str) -> bool {
    let mut types = response.headers().get_all(CONTENT_TYPE).iter();
    let (Some(stated), None) = (types.next(), types.next()) else {
        return false;
    };
    let stated = stated.to_str().unwrap_or_default();
    let stated = stated.split(';').next().unwrap_or_default();
    stated.trim().eq_ignore_ascii_case(expected)
}
