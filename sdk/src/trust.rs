//! Anchors: whom the relying party believes, and for what.
//!
//! A [`TrustStore`] belongs to one [`Environment`] and types every anchor by
//! its [`Purpose`]: an anchor of one purpose cannot vouch for another, and a
//! test anchor cannot stand beside a production one.

mod anchor;
mod pins;
mod store;

pub(crate) use anchor::sha256;
pub use anchor::{Anchor, Fingerprint};
pub use pins::{PUBLISHED, PublishedRoot};
pub use store::{Environment, Purpose, TrustStore, TrustStoreBuilder, TrustVersion};
