//! Key pairs, and signatures by a named scheme.
//!
//! ```
//! use tashika_testbed::{Algorithm, Hash, KeyPair, Rng, Scheme};
//!
//! let key = KeyPair::generate(Algorithm::P384, &mut Rng::from_seed(1));
//! let signature = key.sign(Scheme::Ecdsa(Hash::Sha384), b"challenge");
//! assert_eq!(signature[0], 0x30);
//! ```

mod ec;
mod explicit;
mod public;
mod rsa;
mod scheme;

use crate::{Hash, Rng, der, oid};

pub use public::PublicKey;
pub use rsa::RsaKey;
pub use scheme::{Scheme, pss_identifier};

/// What kind of key to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with a modulus of this many bits (a multiple of 128) and exponent 65537.
    Rsa(u32),
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
}

impl Algorithm {
    /// What JPKI uses today.
    pub const RSA_2048: Self = Self::Rsa(2048);
}

/// A private key with its public half.
#[derive(Clone, Debug)]
pub struct KeyPair(Private);

#[derive(Clone, Debug)]
enum Private {
    Rsa(Box<RsaKey>),
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
}

impl KeyPair {
    /// A new key out of the generator.
    pub fn generate(algorithm: Algorithm, rng: &mut Rng) -> Self {
        Self(match algorithm {
            Algorithm::Rsa(bits) => Private::Rsa(Box::new(RsaKey::generate(bits, 65_537, rng))),
            Algorithm::P256 => Private::P256(Box::new(ec::generate_p256(rng))),
            Algorithm::P384 => Private::P384(Box::new(ec::generate_p384(rng))),
        })
    }

    /// The key on P-256 or P-384 with this private scalar, big-endian; `None` for RSA
    /// and for what is no scalar of the curve.
    #[must_use]
    pub fn from_scalar(algorithm: Algorithm, scalar: &[u8]) -> Option<Self> {
        Some(Self(match algorithm {
            Algorithm::Rsa(_) => return None,
            Algorithm::P256 => {
                Private::P256(Box::new(p256::ecdsa::SigningKey::from_slice(scalar).ok()?))
            }
            Algorithm::P384 => {
                Private::P384(Box::new(p384::ecdsa::SigningKey::from_slice(scalar).ok()?))
            }
        }))
    }

    /// The private scalar, big-endian; `None` for RSA.
    #[must_use]
    pub fn scalar(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Private::Rsa(_) => None,
            Private::P256(key) => Some(key.to_bytes().to_vec()),
            Private::P384(key) => Some(key.to_bytes().to_vec()),
        }
    }

    /// The public half.
    ///
    /// # Panics
    ///
    /// If the key is RSA.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let point = PublicKey::from_point(self.algorithm(), &self.public_bits());
        point.unwrap_or_else(|| panic!("an RSA key is no point"))
    }

    /// ECDH: the x coordinate of the product of this scalar and a point of the same
    /// curve.
    ///
    /// # Panics
    ///
    /// If the curves differ.
    #[must_use]
    pub fn agree(&self, with: &PublicKey) -> Vec<u8> {
        match &self.0 {
            Private::P256(key) => with.p256_agreement(key),
            Private::P384(key) => with.p384_agreement(key),
            Private::Rsa(_) => None,
        }
        .unwrap_or_else(|| panic!("two keys of one curve"))
    }

    /// What kind of key this is.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Private::Rsa(key) => Algorithm::Rsa(key.bits()),
            Private::P256(_) => Algorithm::P256,
            Private::P384(_) => Algorithm::P384,
        }
    }

    /// The RSA key underneath, to sign blocks that no scheme describes.
    #[must_use]
    pub fn rsa(&self) -> Option<&RsaKey> {
        match &self.0 {
            Private::Rsa(key) => Some(key),
            Private::P256(_) | Private::P384(_) => None,
        }
    }

    /// SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        match &self.0 {
            Private::Rsa(key) => key.spki(),
            Private::P256(_) => ec::spki(oid::P256, &self.public_bits()),
            Private::P384(_) => ec::spki(oid::P384, &self.public_bits()),
        }
    }

    /// SubjectPublicKeyInfo of a P-256 key with the curve spelled out in place of its
    /// name (RFC 5480 forbids it; CVE-2020-0601 shows why). `None` for other keys.
    #[must_use]
    pub fn spki_with_explicit_curve(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Private::P256(_) => Some(explicit::p256_spki(&self.public_bits())),
            Private::Rsa(_) | Private::P384(_) => None,
        }
    }

    /// The content of subjectPublicKey: an RSAPublicKey, or an uncompressed point.
    #[must_use]
    pub fn public_bits(&self) -> Vec<u8> {
        match &self.0 {
            Private::Rsa(key) => key.public_key(),
            Private::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Private::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// PrivateKeyInfo (PKCS#8, RFC 5958), so that other software can sign with it.
    #[must_use]
    pub fn pkcs8(&self) -> Vec<u8> {
        let (algorithm, key) = match &self.0 {
            Private::Rsa(key) => (der::algorithm_null(oid::RSA_ENCRYPTION), key.private_key()),
            Private::P256(key) => (
                ec::algorithm(oid::P256),
                ec::private_key(&key.to_bytes(), &self.public_bits()),
            ),
            Private::P384(key) => (
                ec::algorithm(oid::P384),
                ec::private_key(&key.to_bytes(), &self.public_bits()),
            ),
        };
        der::sequence([der::small(0), algorithm, der::octets(key)])
    }

    /// SHA-1 of the key bits (RFC 5280, 4.2.1.2, method 1).
    #[must_use]
    pub fn key_id(&self) -> Vec<u8> {
        Hash::Sha1.digest(&self.public_bits())
    }

    /// PKCS#1 v1.5 with SHA-256, or ECDSA with the hash of the curve's size.
    #[must_use]
    pub fn default_scheme(&self) -> Scheme {
        match &self.0 {
            Private::Rsa(_) => Scheme::Pkcs1(Hash::Sha256),
            Private::P256(_) => Scheme::Ecdsa(Hash::Sha256),
            Private::P384(_) => Scheme::Ecdsa(Hash::Sha384),
        }
    }

    /// Sign a message.
    ///
    /// # Panics
    ///
    /// If the scheme is not one of this kind of key.
    #[must_use]
    pub fn sign(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        self.sign_digest(scheme, &scheme.hash().digest(message))
    }

    /// Sign a digest that the caller made with [`Scheme::hash`].
    ///
    /// # Panics
    ///
    /// If the scheme is not one of this kind of key.
    #[must_use]
    pub fn sign_digest(&self, scheme: Scheme, digest: &[u8]) -> Vec<u8> {
        match (&self.0, scheme) {
            (Private::Rsa(key), Scheme::Ecdsa(_) | Scheme::EcdsaFixed(_)) => {
                panic!(
                    "an RSA key of {} bits cannot sign with {scheme:?}",
                    key.bits()
                )
            }
            (Private::Rsa(key), _) => key.sign_digest(scheme, digest),
            (Private::P256(key), Scheme::Ecdsa(_)) => ec::to_der(&ec::sign_p256(key, digest)),
            (Private::P256(key), Scheme::EcdsaFixed(_)) => ec::sign_p256(key, digest),
            (Private::P384(key), Scheme::Ecdsa(_)) => ec::to_der(&ec::sign_p384(key, digest)),
            (Private::P384(key), Scheme::EcdsaFixed(_)) => ec::sign_p384(key, digest),
            (Private::P256(_) | Private::P384(_), _) => {
                panic!("an ECDSA key cannot sign with {scheme:?}")
            }
        }
    }
}

impl From<RsaKey> for KeyPair {
    fn from(key: RsaKey) -> Self {
        Self(Private::Rsa(Box::new(key)))
    }
}
