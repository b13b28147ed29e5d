//! The Online Certificate Status Protocol (RFC 6960), without the network.
//!
//! An [`OcspRequest`] asks a responder about the certificate of one
//! [`RevocationQuery`](crate::revocation::RevocationQuery); an [`OcspVerifier`]
//! makes the [`Status`](crate::revocation::Status) of it out of what comes
//! back. Requests are made to be posted: in a GET the serial number would
//! stand in the URL, and so in logs.
//!
//! # Who may answer
//!
//! The certificate's issuer, or a delegate with a certificate that the very
//! key issued that issued the certificate (RFC 6960, 4.2.2.2): for signing
//! OCSP responses and nothing else, valid when it signed and now, and either
//! marked as one that needs no check or [shown](OcspVerifier::verify_with) not
//! to be revoked. Another generation of the issuer's key is another issuer.
//!
//! # What counts
//!
//! | the responder says | the status |
//! |---|---|
//! | revoked, in any answer about the certificate | revoked, however old, and whatever else was asked |
//! | good, in all of them; nonce and times fit the [policy](OcspPolicy) | good |
//! | unknown, several things at once, or something too old | undetermined |
//!
//! A response that is not verified gives an error and no status. Every such
//! code is undetermined: a responder that fails says nothing about a person.

mod answer;
mod certificate_id;
mod policy;
mod request;
mod responder;
mod response;
mod source;
#[cfg(test)]
mod tests;
mod verifier;

pub use policy::{NonceRule, OcspPolicy};
pub use request::OcspRequest;
pub use response::OcspResponse;
pub use source::{NonceEcho, OcspSource};
pub use verifier::OcspVerifier;
