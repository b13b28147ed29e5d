//! Public keys of our own, as others want to have them: `SubjectPublicKeyInfo`
//! (RFC 5280, 4.1.2.7).

use crate::algorithm::{EC_PUBLIC_KEY, KeyKind, P256, P384, RSA_ENCRYPTION};
use crate::asn1::{self, NULL, write};

/// Of the key with these octets: an uncompressed point (RFC 5480, 2.2), or
/// `RSAPublicKey` in DER (RFC 3279, 2.3.1).
pub(super) fn of(kind: KeyKind, octets: &[u8]) -> Vec<u8> {
    let curve = |oid| write::element(asn1::OID, &[oid]);
    let (oid, parameters) = match kind {
        KeyKind::Rsa => (RSA_ENCRYPTION, NULL.to_vec()),
        KeyKind::P256 => (EC_PUBLIC_KEY, curve(P256)),
        KeyKind::P384 => (EC_PUBLIC_KEY, curve(P384)),
    };
    let algorithm = super::identifier(oid, &parameters);
    write::element(asn1::SEQUENCE, &[&algorithm, &write::bits(octets)])
}
