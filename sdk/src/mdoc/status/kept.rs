//! How tokens are kept, by whichever cache.

use std::time::Duration as Span;

use crate::mdoc::status::{StatusKind, StatusPolicy, StatusToken};
use crate::trust::sha256;

/// What a token is found under: SHA-256 over kind and address of its list, so
/// that no address stands in a cache.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn of(kind: StatusKind, uri: &str) -> Self {
        Self(sha256(&[
            kind.content_type().as_bytes(),
            &[0],
            uri.as_bytes(),
        ]))
    }
}

/// The longest that a token is of use, by a cache's own clock, which frees
/// memory: its end is in the token, and is judged by the caller's time.
pub(super) fn longest(policy: &StatusPolicy) -> Span {
    let seconds = u64::try_from(policy.max_age().as_seconds()).unwrap_or_default();
    Span::from_secs(seconds.min(CENTURY))
}

/// Caches refuse spans far beyond this one.
const CENTURY: u64 = 100 * 366 * 24 * 60 * 60;

/// What a token takes of a cache's room.
pub(super) fn weight(token: &StatusToken) -> u32 {
    u32::try_from(token.octets()).unwrap_or(u32::MAX)
}
