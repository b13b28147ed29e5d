//! COSE (RFC 9052): signatures, MACs and keys, field by field.

mod key;
mod mac;
mod sign1;

pub use key::CoseKey;
pub use mac::Mac0;
pub use sign1::{Attached, Chain, Sign1};

use crate::Algorithm;

/// Algorithm identifiers (IANA, COSE Algorithms).
pub mod algorithm {
    /// ECDSA with SHA-256.
    pub const ES256: i64 = -7;
    /// ECDSA with SHA-384.
    pub const ES384: i64 = -35;
    /// ECDSA with SHA-512.
    pub const ES512: i64 = -36;
    /// ECDSA on secp256k1 with SHA-256.
    pub const ES256K: i64 = -47;
    /// EdDSA.
    pub const EDDSA: i64 = -8;
    /// HMAC with SHA-256, whole.
    pub const HMAC_256: i64 = 5;
}

/// Labels of header parameters (IANA, COSE Header Parameters).
pub mod label {
    /// alg.
    pub const ALGORITHM: &str = "1";
    /// crit.
    pub const CRITICAL: &str = "2";
    /// kid.
    pub const KEY_ID: &str = "4";
    /// typ (RFC 9596).
    pub const TYPE: &str = "16";
    /// x5chain (RFC 9360).
    pub const X5CHAIN: &str = "33";
}

/// The identifier of ECDSA with a key of this curve.
///
/// # Panics
///
/// If the key is RSA.
#[must_use]
pub(crate) fn ecdsa(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::P256 => algorithm::ES256,
        Algorithm::P384 => algorithm::ES384,
        Algorithm::Rsa(_) => panic!("no RSA in mdocs"),
    }
}
