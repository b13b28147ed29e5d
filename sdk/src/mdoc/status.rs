//! Whether the issuer has revoked the document itself.
//!
//! A document in a phone may name a list in which the issuer marks what it has
//! revoked (ISO/IEC 18013-5, second edition, 12.3.6): a [`StatusReference`].
//! The list is a token of its own, signed under anchors of its own. Somebody
//! fetches it, a [`StatusVerifier`] verifies it and says what it holds about
//! the one document, a [`RecordStatus`], and a [`RecordPolicy`] decides whether
//! that is enough.
//!
//! What the issuer of a card in a phone uses, if anything, is not published.
//! Such documents live for a month, which [`RecordPolicy::WhereAvailable`]
//! relies on.

mod list;
mod record;
mod reference;
mod token;
mod verifier;

pub use record::{RecordConfirmation, RecordPolicy, RecordState, RecordStatus, StatusPolicy};
pub use reference::{StatusKind, StatusReference};
pub use verifier::{StatusToken, StatusVerifier, signer_profile};
