//! The issuer's side of the My Number ecosystem, for tests and demonstrations.

pub mod calendar;
pub mod der;
mod hash;
mod keys;
pub mod oid;
mod rng;

pub use hash::Hash;
pub use keys::{Algorithm, KeyPair, RsaKey, Scheme, pss_identifier};
pub use rng::Rng;
