//! How tokens are kept, by whichever cache.

use crate::mdoc::status::{StatusKind, StatusToken};
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

/// What a token takes of a cache's room.
pub(super) fn weight(token: &StatusToken) -> u32 {
    u32::try_from(token.octets()).unwrap_or(u32::MAX)
}
