//! Which algorithms count, and the keys they run on.
//!
//! [`AlgorithmTable`] maps the algorithm identifiers of certificates, lists
//! and messages to verifiers of aws-lc-rs. It is a value: what a suite needs
//! beyond [`AlgorithmTable::standard`] it passes in. SHA-1 and MD5 stand in
//! none of ours.

mod digest;
mod identifier;
mod key;
mod oid;
#[cfg(feature = "auth-app")]
mod padded;
mod raw;
mod table;

#[cfg(feature = "index")]
pub(crate) use digest::Hashing;
pub use digest::{Digest, DigestAlgorithm};
pub use identifier::IdentifierHash;
pub(crate) use identifier::{Identifiers, sha1};
pub use key::{KeyKind, PublicKey};
pub(crate) use oid::{EC_PUBLIC_KEY, P256, P384, RSA_ENCRYPTION};
pub use raw::RawSchemes;
pub use table::{AlgorithmTable, SignatureScheme};
