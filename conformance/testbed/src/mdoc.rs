//! The issuer's and the holder's side of mdoc presentations.

mod authority;
mod cbor;
pub mod cose;

pub use authority::Authority;
pub use cbor::{Cbor, Form};
pub use cose::{Attached, Chain, CoseKey, Mac0, Sign1};
