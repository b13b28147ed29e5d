//! Signature schemes and their AlgorithmIdentifiers.

use crate::{Hash, der, oid};

/// A way to sign, with everything that fixes the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1(Hash),
    /// RSASSA-PKCS1-v1_5 whose DigestInfo lacks the NULL.
    Pkcs1WithoutNull(Hash),
    /// RSASSA-PKCS1-v1_5 padding around the digest itself, without DigestInfo.
    Pkcs1BareDigest(Hash),
    /// RSASSA-PSS, MGF1 with the same hash, and this salt.
    Pss(Hash, &'static [u8]),
    /// ECDSA as a DER SEQUENCE of r and s.
    Ecdsa(Hash),
    /// ECDSA as r‖s, each of the length of the field.
    EcdsaFixed(Hash),
}

impl Scheme {
    /// PSS with SHA-256 and a salt of the digest's length.
    pub const PSS_SHA256: Self = Self::Pss(Hash::Sha256, &[0x5A; 32]);

    /// The hash that is applied to the message.
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::Pkcs1(hash)
            | Self::Pkcs1WithoutNull(hash)
            | Self::Pkcs1BareDigest(hash)
            | Self::Pss(hash, _)
            | Self::Ecdsa(hash)
            | Self::EcdsaFixed(hash) => hash,
        }
    }

    /// The AlgorithmIdentifier that a certificate or a list names it by.
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        match self {
            Self::Pkcs1(hash) | Self::Pkcs1WithoutNull(hash) | Self::Pkcs1BareDigest(hash) => {
                der::algorithm_null(pkcs1(hash))
            }
            Self::Pss(hash, salt) => pss_identifier(hash, hash, salt.len() as u64),
            Self::Ecdsa(hash) | Self::EcdsaFixed(hash) => der::algorithm(ecdsa(hash)),
        }
    }
}

/// id-RSASSA-PSS with the given parameters, which need not be the ones signed with.
#[must_use]
pub fn pss_identifier(hash: Hash, mgf1: Hash, salt_length: u64) -> Vec<u8> {
    let parameters = der::sequence([
        der::explicit(0, hash.identifier()),
        der::explicit(1, der::sequence([der::oid(oid::MGF1), mgf1.identifier()])),
        der::explicit(2, der::small(salt_length)),
    ]);
    der::sequence([der::oid(oid::RSASSA_PSS), parameters])
}

const fn pkcs1(hash: Hash) -> &'static [u64] {
    match hash {
        Hash::Sha1 => oid::SHA1_WITH_RSA,
        Hash::Sha256 => oid::SHA256_WITH_RSA,
        Hash::Sha384 => oid::SHA384_WITH_RSA,
        Hash::Sha512 => oid::SHA512_WITH_RSA,
    }
}

const fn ecdsa(hash: Hash) -> &'static [u64] {
    match hash {
        Hash::Sha1 => oid::ECDSA_WITH_SHA1,
        Hash::Sha256 => oid::ECDSA_WITH_SHA256,
        Hash::Sha384 => oid::ECDSA_WITH_SHA384,
        Hash::Sha512 => oid::ECDSA_WITH_SHA512,
    }
}
