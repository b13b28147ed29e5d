//! Public keys on P-256 and P-384: what the holder's side is given by others.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::elliptic_curve::sec1::ToSec1Point;

use crate::{Algorithm, Hash, oid};

use super::ec;

/// A point on P-256 or P-384.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(Point);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Point {
    P256(p256::PublicKey),
    P384(p384::PublicKey),
}

impl PublicKey {
    /// The point of these octets (SEC 1, 2.3.4); `None` for RSA and for what is not on
    /// the curve.
    #[must_use]
    pub fn from_point(algorithm: Algorithm, octets: &[u8]) -> Option<Self> {
        Some(Self(match algorithm {
            Algorithm::Rsa(_) => return None,
            Algorithm::P256 => Point::P256(p256::PublicKey::from_sec1_bytes(octets).ok()?),
            Algorithm::P384 => Point::P384(p384::PublicKey::from_sec1_bytes(octets).ok()?),
        }))
    }

    /// The point with these coordinates.
    #[must_use]
    pub fn from_coordinates(algorithm: Algorithm, x: &[u8], y: &[u8]) -> Option<Self> {
        Self::from_point(algorithm, &[&[4], x, y].concat())
    }

    /// The key of a SubjectPublicKeyInfo of the two curves.
    #[must_use]
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        [
            (Algorithm::P256, oid::P256, 65),
            (Algorithm::P384, oid::P384, 97),
        ]
        .into_iter()
        .find_map(|(algorithm, curve, length)| {
            let (_, point) = spki.split_at_checked(spki.len().checked_sub(length)?)?;
            (ec::spki(curve, point) == spki).then(|| Self::from_point(algorithm, point))?
        })
    }

    /// Which curve it is on.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Point::P256(_) => Algorithm::P256,
            Point::P384(_) => Algorithm::P384,
        }
    }

    /// The uncompressed point.
    #[must_use]
    pub fn point(&self) -> Vec<u8> {
        match &self.0 {
            Point::P256(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            Point::P384(key) => key.to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// The two coordinates, each of the length of the field.
    #[must_use]
    pub fn coordinates(&self) -> (Vec<u8>, Vec<u8>) {
        let point = self.point();
        let (_, both) = point.split_at(1);
        let (x, y) = both.split_at(both.len() / 2);
        (x.to_vec(), y.to_vec())
    }

    /// Whether a signature of r and s, each of the length of the field, fits.
    #[must_use]
    pub fn verifies(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let digest = hash.digest(message);
        match &self.0 {
            Point::P256(key) => p256::ecdsa::Signature::from_slice(signature).is_ok_and(|s| {
                let key = p256::ecdsa::VerifyingKey::from(key);
                key.verify_prehash(&digest, &s).is_ok()
            }),
            Point::P384(key) => p384::ecdsa::Signature::from_slice(signature).is_ok_and(|s| {
                let key = p384::ecdsa::VerifyingKey::from(key);
                key.verify_prehash(&digest, &s).is_ok()
            }),
        }
    }

    pub(super) fn p256_agreement(&self, key: &p256::ecdsa::SigningKey) -> Option<Vec<u8>> {
        let Point::P256(point) = &self.0 else {
            return None;
        };
        let secret = p256::ecdh::diffie_hellman(key.as_nonzero_scalar(), point.as_affine());
        Some(secret.raw_secret_bytes().to_vec())
    }

    pub(super) fn p384_agreement(&self, key: &p384::ecdsa::SigningKey) -> Option<Vec<u8>> {
        let Point::P384(point) = &self.0 else {
            return None;
        };
        let secret = p384::ecdh::diffie_hellman(key.as_nonzero_scalar(), point.as_affine());
        Some(secret.raw_secret_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyPair, Rng, Scheme};

    #[test]
    fn both_sides_agree_and_verify() {
        for (algorithm, hash) in [
            (Algorithm::P256, Hash::Sha256),
            (Algorithm::P384, Hash::Sha384),
        ] {
            let key = |seed| KeyPair::generate(algorithm, &mut Rng::from_seed(seed));
            let (one, other) = (key(1), key(2));
            assert_eq!(one.agree(&other.public()), other.agree(&one.public()));

            let signature = one.sign(Scheme::EcdsaFixed(hash), b"m");
            assert!(one.public().verifies(hash, b"m", &signature));
            assert!(!one.public().verifies(hash, b"n", &signature));
            assert!(!other.public().verifies(hash, b"m", &signature));

            assert_eq!(PublicKey::from_spki(&one.spki()), Some(one.public()));
            let scalar = one.scalar().unwrap();
            let again = KeyPair::from_scalar(algorithm, &scalar).unwrap();
            assert_eq!(again.public(), one.public());
        }
    }

    #[test]
    fn what_is_not_on_the_curve_is_no_key() {
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(1));
        let (x, mut y) = key.public().coordinates();
        *y.last_mut().unwrap() ^= 1;
        assert_eq!(PublicKey::from_coordinates(Algorithm::P256, &x, &y), None);
    }
}
