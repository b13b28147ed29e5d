//! P-256 and P-384, with deterministic nonces (RFC 6979).

use p256::ecdsa::signature::hazmat::PrehashSigner;

use crate::{Rng, der, oid};

pub(super) fn generate_p256(rng: &mut Rng) -> p256::ecdsa::SigningKey {
    loop {
        if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&rng.bytes(32)) {
            return key;
        }
    }
}

pub(super) fn generate_p384(rng: &mut Rng) -> p384::ecdsa::SigningKey {
    loop {
        if let Ok(key) = p384::ecdsa::SigningKey::from_slice(&rng.bytes(48)) {
            return key;
        }
    }
}

pub(super) fn sign_p256(key: &p256::ecdsa::SigningKey, digest: &[u8]) -> Vec<u8> {
    let signature: Result<p256::ecdsa::Signature, _> = key.sign_prehash(digest);
    accepted(signature).to_bytes().to_vec()
}

pub(super) fn sign_p384(key: &p384::ecdsa::SigningKey, digest: &[u8]) -> Vec<u8> {
    let signature: Result<p384::ecdsa::Signature, _> = key.sign_prehash(digest);
    accepted(signature).to_bytes().to_vec()
}

#[expect(
    clippy::expect_used,
    reason = "fails only for digests shorter than half the field"
)]
fn accepted<T, E: std::fmt::Debug>(signature: Result<T, E>) -> T {
    signature.expect("a digest at least half as long as the field")
}

/// Ecdsa-Sig-Value out of r‖s.
pub(super) fn to_der(fixed: &[u8]) -> Vec<u8> {
    let (r, s) = fixed.split_at(fixed.len() / 2);
    der::sequence([der::unsigned(r), der::unsigned(s)])
}

pub(super) fn spki(curve: &[u64], point: &[u8]) -> Vec<u8> {
    der::sequence([algorithm(curve), der::bits(point)])
}

/// AlgorithmIdentifier of a key on a named curve.
pub(super) fn algorithm(curve: &[u64]) -> Vec<u8> {
    der::sequence([der::oid(oid::EC_PUBLIC_KEY), der::oid(curve)])
}

/// ECPrivateKey (RFC 5915).
pub(super) fn private_key(scalar: &[u8], point: &[u8]) -> Vec<u8> {
    let public = der::explicit(1, der::bits(point));
    der::sequence([der::small(1), der::octets(scalar), public])
}
