//! Tashika (確か: certain, dependable): relying-party verification for Japan's
//! My Number ecosystem.
//!
//! What a card hands over becomes a proof, or an [`Error`] with the name of the
//! check that it failed. There is no struct of data with a verdict beside it:
//! what was not verified cannot be read.
//!
//! # Two steps
//!
//! Verifying is synchronous and deterministic: time, anchors and revocation
//! lists are arguments, and nothing here reads a clock, opens a socket or
//! draws randomness while it verifies.
//!
//! 1. `check` looks at everything but revocation and gives an
//!    [`Unconfirmed`](revocation::Unconfirmed), which tells nothing but whom to
//!    ask about: its [`RevocationQuery`](revocation::RevocationQuery).
//! 2. `confirm` takes the [`Status`](revocation::Status) of exactly this
//!    certificate and a [`Policy`](revocation::Policy), and gives the proof.
//!
//! ```
//! use tashika::algorithm::AlgorithmTable;
//! use tashika::jpki::{ProfileTable, SignedDocument, SigningVerifier, VerifiedSignature};
//! use tashika::revocation::{ListSet, Policy, ScopePolicy};
//! use tashika::trust::TrustStore;
//! use tashika::{Duration, Error, Time};
//!
//! fn verify(
//!     trust: TrustStore,
//!     lists: &ListSet,
//!     document: &SignedDocument,
//!     now: Time,
//! ) -> Result<VerifiedSignature, Error> {
//!     let profiles = ProfileTable::standard();
//!     let verifier = SigningVerifier::new(trust, profiles, AlgorithmTable::standard())?;
//!     let unconfirmed = verifier.check(document, now)?;
//!     let status = lists.status(unconfirmed.query(), &ScopePolicy::production(), now);
//!     let policy = Policy::strict(Duration::hours(48));
//!     unconfirmed.confirm(&status, &policy, now)
//! }
//! ```
//!
//! A verifier is made once and used for everybody; it holds no person.
//!
//! # Three outcomes
//!
//! | outcome | what it is | [`Disposition`] |
//! |---|---|---|
//! | accepted | a proof type | – |
//! | rejected | the evidence is bad, or cannot be read | `Rejected`, `Malformed` |
//! | undetermined | it could not be known: no list, a stale one, another municipality's | `Undetermined` |
//!
//! "Could not check" is never "good" and never "revoked". The fourth
//! disposition, `Misuse`, is the caller's own.
//!
//! # Rooms
//!
//! | room | what it holds |
//! |---|---|
//! | [`jpki`] | 署名用 and 利用者証明用: verifiers, challenges, signing requests, the four items, what a revocation may mean |
//! | `mdoc` | カード代替電磁的記録 and other documents in phones: requests, envelopes, presentations, status (feature `mdoc`) |
//! | `auth_app` | デジタル認証アプリ: login and signing as an OpenID client (feature `auth-app`) |
//! | [`revocation`] | revocation lists and their scope, OCSP, the three-valued status, policies |
//! | [`cms`] | CMS messages of other signers than cardholders, under profiles of the caller's own |
//! | [`x509`] | one hop from anchor to leaf (RFC 5280) |
//! | [`trust`] | anchors, typed by purpose and environment |
//! | [`algorithm`] | the allow-list of algorithms, keys |
//! | [`report`] | what an operator is shown |
//! | [`audit`] | what is put on record, and the chain that shows when it was changed |
//! | [`signer`] | keys of our own, for what we send |
//! | [`seal`] | state that leaves the process and comes back |
//! | `transport` | HTTP with configured origins (feature `fetch`) |
//! | [`person`], [`transaction`] | ages and places; what ties challenge, answer and result together |
//! | [`limits`] | every budget with its reason |
//!
//! Imports go one way only: `jpki`, `mdoc`, `auth_app` → `cms`, `revocation` → `x509` → `trust`,
//! `algorithm` → certificates, DER, time, limits, errors. The reader of
//! certificates stands below `trust`, not in `x509`, because anchors are
//! certificates too.
//!
//! # Features
//!
//! `cache` (default) remembers certificates that passed:
//! [`SigningVerifier::remember`](jpki::SigningVerifier::remember). `mdoc`
//! (default) and `auth-app` are the rooms of those names. `pkcs11` brings a
//! signer whose key stays in its module. `index` (on
//! Unix) keeps revocation lists of any length in mapped files, one by one or
//! as a store. `fetch` brings what asks over the network, and is the only part
//! that is asynchronous: `transport`, `revocation::Checker`,
//! `revocation::OcspClient`, `revocation::operator` and `auth_app::AuthApp`. No
//! feature weakens a check. What a suite needs relaxed is passed in as a value,
//! and what relaxes is spelled `danger_`.
//!
//! # Personal data
//!
//! The four items, and the elements of a document in a phone, can be read off a
//! proof and nowhere else. `Debug` prints none of them, nor serial numbers, nor
//! municipalities; errors, reports and traces hold no value of the input.

pub mod algorithm;
#[cfg(any(feature = "auth-app", feature = "fetch"))]
mod ascii;
mod asn1;
pub mod audit;
#[cfg(feature = "auth-app")]
pub mod auth_app;
mod certificate;
pub mod cms;
mod code;
mod error;
#[cfg(any(feature = "auth-app", feature = "fetch"))]
mod head;
mod hex;
mod identity;
#[cfg(any(feature = "auth-app", feature = "mdoc"))]
mod jose;
pub mod jpki;
pub mod limits;
#[cfg(feature = "mdoc")]
pub mod mdoc;
mod message;
pub mod person;
pub mod report;
pub mod revocation;
pub mod seal;
pub mod signer;
mod time;
pub mod transaction;
#[cfg(feature = "fetch")]
pub mod transport;
pub mod trust;
pub mod x509;

pub use code::{CheckId, Code, Disposition};
pub use error::{Error, Trace};
pub use message::{Language, Message};
pub use time::{Duration, Time, Validity};
