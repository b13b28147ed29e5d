//! Whether the issuer has revoked the document itself.
//!
//! A document in a phone may name a list in which the issuer marks what it has
//! revoked (ISO/IEC 18013-5, second edition: `status` of the mobile security
//! object). That list is a token of its own, signed under anchors of its own.

mod reference;

pub use reference::{StatusKind, StatusReference};
