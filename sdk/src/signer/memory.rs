//! Private keys that are in memory.

#[cfg(feature = "auth-app")]
mod pem;

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};

use crate::algorithm::KeyKind;
use crate::code::Code;
use crate::error::Error;
use crate::signer::{Signer, algorithm, spki};

/// A private key in memory, of any kind that we sign with.
#[derive(Debug)]
pub enum MemorySigner {
    /// On P-256 or P-384.
    Ecdsa(EcdsaSigner),
    /// RSA.
    Rsa(RsaSigner),
}

/// An RSA key that signs with PKCS #1 v1.5 and SHA-256.
pub struct RsaSigner {
    key: RsaKeyPair,
    algorithm: Vec<u8>,
    public_key: Vec<u8>,
}

/// A key on P-256 or P-384 that signs with ECDSA and the digest of the curve's
/// strength.
pub struct EcdsaSigner {
    key: EcdsaKeyPair,
    algorithm: Vec<u8>,
    public_key: Vec<u8>,
}

impl MemorySigner {
    /// The key of a `PrivateKeyInfo` in DER (RFC 5958).
    ///
    /// # Errors
    /// `misuse.argument` if it is none that we sign with.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let ecdsa = EcdsaSigner::from_pkcs8(der).map(Self::Ecdsa);
        ecdsa.or_else(|_| RsaSigner::from_pkcs8(der).map(Self::Rsa))
    }

    /// Its public key: a `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        match self {
            Self::Ecdsa(signer) => signer.public_key(),
            Self::Rsa(signer) => signer.public_key(),
        }
    }
}

impl RsaSigner {
    /// The key of a `PrivateKeyInfo` in DER (RFC 5958), of 2048 to 8192 bits.
    ///
    /// # Errors
    /// `misuse.argument` if it is none.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let key = RsaKeyPair::from_pkcs8(der).map_err(|_| Code::MisuseArgument)?;
        Ok(Self::of(key))
    }

    /// The key of an `RSAPrivateKey` in DER (RFC 8017, A.1.2), of 2048 to 8192
    /// bits.
    ///
    /// # Errors
    /// `misuse.argument` if it is none.
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, Error> {
        let key = RsaKeyPair::from_der(der).map_err(|_| Code::MisuseArgument)?;
        Ok(Self::of(key))
    }

    /// Its public key: a `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn of(key: RsaKeyPair) -> Self {
        let public_key = spki::of(KeyKind::Rsa, key.public_key().as_ref());
        let algorithm = algorithm(KeyKind::Rsa);
        Self {
            key,
            algorithm,
            public_key,
        }
    }
}

impl EcdsaSigner {
    /// The key of a `PrivateKeyInfo` in DER (RFC 5958), on P-256 or P-384.
    ///
    /// # Errors
    /// `misuse.argument` if it is none.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        Self::on_its_curve(|curve| EcdsaKeyPair::from_pkcs8(curve, der).ok())
    }

    /// The key of an `ECPrivateKey` in DER (RFC 5915), on P-256 or P-384.
    ///
    /// # Errors
    /// `misuse.argument` if it is none.
    pub fn from_sec1(der: &[u8]) -> Result<Self, Error> {
        Self::on_its_curve(|curve| EcdsaKeyPair::from_private_key_der(curve, der).ok())
    }

    /// Its public key: a `SubjectPublicKeyInfo` in DER (RFC 5480, 2).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn on_its_curve(
        read: impl Fn(&'static EcdsaSigningAlgorithm) -> Option<EcdsaKeyPair>,
    ) -> Result<Self, Error> {
        let p256 = (&ECDSA_P256_SHA256_ASN1_SIGNING, KeyKind::P256);
        let p384 = (&ECDSA_P384_SHA384_ASN1_SIGNING, KeyKind::P384);
        let mut curves = [p256, p384].into_iter();
        let found = curves.find_map(|(curve, kind)| read(curve).map(|key| (key, kind)));
        let (key, kind) = found.ok_or(Code::MisuseArgument)?;
        let public_key = spki::of(kind, key.public_key().as_ref());
        let algorithm = algorithm(kind);
        Ok(Self {
            key,
            algorithm,
            public_key,
        })
    }
}

impl Signer for MemorySigner {
    fn algorithm(&self) -> &[u8] {
        match self {
            Self::Ecdsa(signer) => signer.algorithm(),
            Self::Rsa(signer) => signer.algorithm(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Ecdsa(signer) => signer.sign(message),
            Self::Rsa(signer) => signer.sign(message),
        }
    }
}

impl Signer for RsaSigner {
    fn algorithm(&self) -> &[u8] {
        &self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| Code::MisuseArgument)?;
        Ok(signature)
    }
}

impl Signer for EcdsaSigner {
    fn algorithm(&self) -> &[u8] {
        &self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.key.sign(&SystemRandom::new(), message);
        let signature = signature.map_err(|_| Code::MisuseEntropy)?;
        Ok(signature.as_ref().to_vec())
    }
}

// Keys are not printed.
impl fmt::Debug for RsaSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaSigner").finish_non_exhaustive()
    }
}

impl fmt::Debug for EcdsaSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcdsaSigner").finish_non_exhaustive()
    }
}
