//! Cryptographic Message Syntax: SignedData with one signer (RFC 5652, 5).
//!
//! The envelope may be BER, as streaming signers write it. What a signature
//! covers is taken as it arrived and never encoded again: certificates and
//! signed attributes have to be DER in the message, and the pieces of a
//! content that came in pieces are joined. A message that came in one piece is
//! not copied.
//!
//! Certificates in the message are candidates for the signer's; none is ever
//! an anchor. Revocation lists in it and unsigned attributes, such as
//! countersignatures, are not looked at. Nothing of a message is readable
//! outside the crate before its signature and its signer's certificate are
//! verified.

mod attributes;
mod ber;
mod envelope;
mod identifier;
mod signed_data;
mod signer;
mod signing_certificate;
#[cfg(test)]
mod tests;

pub(crate) use attributes::are_attributes;
pub(crate) use signed_data::SignedData;
