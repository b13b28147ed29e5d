//! Whether a certificate is revoked: the synchronous core.
//!
//! A [`RevocationQuery`] asks, a [`Status`] answers with one of three values,
//! and [`Unconfirmed::confirm`] judges the answer under a [`Policy`] at a time.
//! What cannot be known is undetermined, never good; and what one verified
//! source calls revoked, no other can call good.
//!
//! Answers come from revocation lists (RFC 5280, 5): a [`CertificateList`] is
//! read, a [`VerifiedList`] is believed, a [`ListSet`] holds many. Which list
//! may speak for which certificate is the matter of its scope (RFC 5280,
//! 6.3.3): the list of another municipality knows nothing.
//!
//! Or they come from a responder (RFC 6960): an [`OcspRequest`] asks it, an
//! [`OcspVerifier`] makes a status of what it answers.
//!
//! With the feature `fetch`, `Checker` asks all of them, and platform operators
//! for those who may not ask the issuer. [`OutageTable`] says for each use case
//! what an overdue answer is worth, and [`health`] who is down.

mod asked;
#[cfg(feature = "fetch")]
mod checker;
mod distribution_point;
#[cfg(feature = "fetch")]
mod endpoint;
mod entries;
mod facts;
mod frame;
pub mod health;
#[cfg(feature = "index")]
mod index;
#[cfg(all(feature = "index", unix))]
mod keyed;
mod list;
#[cfg(feature = "fetch")]
pub mod mirror;
#[cfg(test)]
mod model;
mod number;
mod ocsp;
#[cfg(feature = "fetch")]
pub mod operator;
mod outage;
mod policy;
mod query;
mod reason;
#[cfg(feature = "fetch")]
mod responders;
mod scope;
mod set;
mod status;
#[cfg(feature = "index")]
mod store;
#[cfg(test)]
pub(crate) mod testing;
mod unconfirmed;
mod unrevoked;
mod verified;

pub use asked::{CheckMethod, CheckPurpose, OperatorSource, ReferenceId, RememberedSource};
#[cfg(feature = "fetch")]
pub use checker::{
    Answer, AnswerCache, Checker, Delivery, JournalError, Lists, Plan, TombstoneKey, Tombstones,
};
pub use distribution_point::{CertificateKind, DistributionPointName, IssuingDistributionPoint};
#[cfg(feature = "fetch")]
pub use endpoint::Endpoint;
pub use entries::Entry;
#[cfg(feature = "index")]
pub use index::{Built, Change, Changes, Damaged, IndexError, Ingest, IngestError, ListIndex};
#[cfg(all(feature = "index", unix))]
pub use keyed::{KeyedEntry, KeyedError, KeyedList, KeyedSet, KeyedSetBuilder, Listed};
pub use list::CertificateList;
pub use number::CrlNumber;
pub use ocsp::{
    NonceEcho, NonceRule, OcspPolicy, OcspRequest, OcspResponse, OcspSource, OcspVerifier,
};
pub use outage::{OutagePolicy, OutageTable, WhenFresh, WhenOverdue};
pub use policy::{Freshness, Policy};
pub use query::RevocationQuery;
pub use reason::Reason;
#[cfg(feature = "fetch")]
pub use responders::{OcspClient, OcspResponder};
pub use scope::ScopePolicy;
pub use set::{Added, ListSet};
pub use status::{Coverage, ListSource, Source, State, Status};
#[cfg(feature = "index")]
pub use store::{
    Before, Binding, ListOrigin, ListStore, Mention, Outcome, Partition, Recovered, Recovery,
    StoreError, StoreUpdate, TakeError, Taken, Updated,
};
pub(crate) use unconfirmed::Sealed;
pub use unconfirmed::{Confirmation, Pending, Settled, Unconfirmed};
pub use unrevoked::{PendingIssued, Unrevoked};
pub use verified::VerifiedList;
