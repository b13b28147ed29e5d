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
//!
//! Documents that a person signed are the matter of
//! [`SigningVerifier`](crate::jpki::SigningVerifier). What is public here
//! serves other signers, under profiles of the caller's own.

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

use bytes::Bytes;

use crate::cms::envelope::Envelope;
use crate::error::{Error, Trace};
use crate::time::Time;
use crate::x509::{Certificate, Issued, OneHop};

/// Checks a message and gives the certificate that signed it, which may be
/// revoked. `content` is the content if it is not attached.
///
/// # Errors
/// A code under `input.`, `cms.`, `x509.`, `trust.`, `signature.` or
/// `jpki.policy`.
pub fn check_signer(
    message: &Bytes,
    content: Option<&Bytes>,
    one_hop: &OneHop,
    now: Time,
) -> Result<Issued, Error> {
    let mut trace = Trace::default();
    let signed = SignedData::read(message, content, one_hop.algorithms(), &mut trace)?;
    let certificate = Certificate::read(signed.signer_certificate(), &mut trace)?;
    let issued = one_hop.issue(&certificate, now, &mut trace)?;
    signed.verify(&issued, &mut trace)?;
    Ok(issued)
}

/// Checks that a message can be read as SignedData, and nothing more.
///
/// # Errors
/// `input.too_large`, `input.too_many`, `input.cms` or `cms.content_type`.
pub fn check_encoding(message: &[u8]) -> Result<(), Error> {
    Envelope::read(message)?;
    Ok(())
}
