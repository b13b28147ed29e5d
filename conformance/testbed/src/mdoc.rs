//! The issuer's and the holder's side of mdoc presentations.

mod authority;
mod cbor;
pub mod cose;
mod derivation;
mod document;
pub mod elements;
mod holder;
mod issuance;
mod response;
mod testbed;
mod transcript;

pub use authority::Authority;
pub use cbor::{Cbor, Form};
pub use cose::{Attached, Chain, CoseKey, Mac0, Sign1};
pub use document::Mdoc;
pub use elements::Elements;
pub use holder::{Holder, Presentation};
pub use issuance::{Digested, Issuance};
pub use response::Response;
pub use testbed::MdocTestbed;
pub use transcript::Transcript;
