//! COSE (RFC 9052) as far as mdocs use it: messages with one signature or one
//! MAC, and keys on P-256 and P-384.

mod key;
mod message;
mod sign;

pub(crate) use key::CoseKey;
pub(crate) use message::Message;
pub(crate) use sign::sign_detached;

use crate::algorithm::SignatureScheme;

/// RFC 9052, 2: the tag of a message with one signature.
pub(crate) const SIGN1: u64 = 18;
/// RFC 9052, 2: the tag of a message with one MAC.
pub(crate) const MAC0: u64 = 17;
/// RFC 9053, 3.1: HMAC with SHA-256 and a tag of 32 octets.
pub(crate) const HMAC_256_256: i64 = 5;

/// The scheme of an algorithm (RFC 9053, 2.1), which here is of one curve.
pub(crate) fn scheme(algorithm: i64) -> Option<SignatureScheme> {
    match algorithm {
        -7 => Some(SignatureScheme::ECDSA_P256_SHA256_FIXED),
        -35 => Some(SignatureScheme::ECDSA_P384_SHA384_FIXED),
        _ => None,
    }
}
