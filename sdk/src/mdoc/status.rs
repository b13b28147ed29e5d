//! Whether the issuer has revoked the document itself.
//!
//! A document in a phone may name a list in which the issuer marks what it has
//! revoked (ISO/IEC 18013-5, second edition, 12.3.6): a [`StatusReference`].
//! The list is a token of its own, signed under anchors of its own. Somebody
//! fetches it, a [`StatusVerifier`] verifies it and says what it holds about
//! the one document, a [`RecordStatus`], and a [`RecordPolicy`] decides whether
//! that is enough.
//!
//! Tokens serve very many documents, so they are kept: by a `StatusCache` (feature
//! `cache`) for a caller who fetches on their own, or by a `StatusFetcher`
//! (feature `fetch`) that fetches them too.
//!
//! What the issuer of a card in a phone uses, if anything, is not published.
//! Such documents live for a month, which [`RecordPolicy::WhereAvailable`]
//! relies on.

#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "fetch")]
mod fetcher;
#[cfg(any(feature = "cache", feature = "fetch"))]
mod kept;
mod list;
mod record;
mod reference;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod token;
mod verifier;

#[cfg(feature = "cache")]
pub use cache::StatusCache;
#[cfg(feature = "fetch")]
pub use fetcher::StatusFetcher;
pub use record::{RecordConfirmation, RecordPolicy, RecordState, RecordStatus, StatusPolicy};
pub use reference::{StatusKind, StatusReference};
pub use verifier::{StatusToken, StatusVerifier, signer_profile};
