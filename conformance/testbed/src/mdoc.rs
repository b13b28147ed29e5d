//! The issuer's and the holder's side of mdoc presentations.

mod cbor;

pub use cbor::{Cbor, Form};
