//! The one-hop check: an anchor issued this certificate, for this use, and it
//! is valid now (RFC 5280, 6.1 with a path of length one).
//!
//! Card certificates hang directly under their roots, as do the other
//! certificates of this ecosystem under theirs. There is no path builder, and
//! so none of a path builder's surprises.

mod issued;
mod one_hop;
mod profile;
#[cfg(feature = "cache")]
mod seen;

pub use crate::certificate::{Certificate, Name, SerialNumber};
pub use issued::Issued;
pub(crate) use issued::{check_anchor, check_signature, check_validity};
pub use one_hop::OneHop;
pub(crate) use one_hop::check_identifier;
pub use profile::{AuthorityKeyRule, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, PolicyRule};
