//! Keys of our own, with which we sign what we send.

#[cfg(feature = "mdoc")]
pub(crate) mod fixed;

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use const_oid::db::rfc5912;

use crate::algorithm::KeyKind;
use crate::asn1::{self, NULL, write};
use crate::code::Code;
use crate::error::Error;

/// Something that signs in our name: a key in memory, or one that stays in
/// its module.
pub trait Signer: Send + Sync {
    /// The `AlgorithmIdentifier` of its signatures, in DER.
    fn algorithm(&self) -> &[u8];

    /// The signature over `message`, as X.509 structures carry it: ECDSA as
    /// the DER of r and s.
    ///
    /// # Errors
    /// `misuse.entropy` or `misuse.argument` if the key cannot sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// An RSA key that signs with PKCS #1 v1.5 and SHA-256.
pub struct RsaSigner {
    key: RsaKeyPair,
    algorithm: Vec<u8>,
}

/// A key on P-256 or P-384 that signs with ECDSA and the digest of the curve's
/// strength.
pub struct EcdsaSigner {
    key: EcdsaKeyPair,
    algorithm: Vec<u8>,
}

impl RsaSigner {
    /// The key of a `PrivateKeyInfo` in DER (RFC 5958), of 2048 to 8192 bits.
    ///
    /// # Errors
    /// `misuse.argument` if it is none.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let key = RsaKeyPair::from_pkcs8(der).map_err(|_| Code::MisuseArgument)?;
        let oid = rfc5912::SHA_256_WITH_RSA_ENCRYPTION.as_bytes();
        let algorithm = identifier(oid, NULL);
        Ok(Self { key, algorithm })
    }
}

impl EcdsaSigner {
    /// The key of a `PrivateKeyInfo` in DER (RFC 5958), on P-256 or P-384.
    ///
    /// # Errors
    /// `misuse.argument` if it is none.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let p256 = (&ECDSA_P256_SHA256_ASN1_SIGNING, KeyKind::P256);
        let p384 = (&ECDSA_P384_SHA384_ASN1_SIGNING, KeyKind::P384);
        for (scheme, kind) in [p256, p384] {
            if let (Ok(key), Some(algorithm)) =
                (EcdsaKeyPair::from_pkcs8(scheme, der), algorithm(kind))
            {
                return Ok(Self { key, algorithm });
            }
        }
        Err(Code::MisuseArgument.into())
    }
}

/// The identifier of ECDSA with the digest of the strength of this kind of key
/// (RFC 5758, 3.2); none for RSA.
fn algorithm(kind: KeyKind) -> Option<Vec<u8>> {
    let oid = match kind {
        KeyKind::P256 => rfc5912::ECDSA_WITH_SHA_256,
        KeyKind::P384 => rfc5912::ECDSA_WITH_SHA_384,
        KeyKind::Rsa => return None,
    };
    Some(identifier(oid.as_bytes(), &[]))
}

fn identifier(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
    let oid = write::element(asn1::OID, &[oid]);
    write::element(asn1::SEQUENCE, &[&oid, parameters])
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
