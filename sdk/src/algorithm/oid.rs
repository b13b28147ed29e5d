//! Object identifiers of keys and algorithms, as the contents of their DER.

use const_oid::db::rfc5912;

pub(crate) const RSA_ENCRYPTION: &[u8] = rfc5912::RSA_ENCRYPTION.as_bytes();
pub(crate) const EC_PUBLIC_KEY: &[u8] = rfc5912::ID_EC_PUBLIC_KEY.as_bytes();
pub(crate) const P256: &[u8] = rfc5912::SECP_256_R_1.as_bytes();
pub(crate) const P384: &[u8] = rfc5912::SECP_384_R_1.as_bytes();
