//! Hash functions by name.

use sha2::Digest as _;

use crate::{der, oid};

/// A hash function of the signatures made here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1: for key identifiers and negative vectors.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The digest of `message`.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => sha1::Sha1::digest(message).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }

    /// The arcs of its object identifier.
    #[must_use]
    pub const fn oid(self) -> &'static [u64] {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// AlgorithmIdentifier with NULL parameters.
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        der::algorithm_null(self.oid())
    }

    /// AlgorithmIdentifier without parameters.
    #[must_use]
    pub fn identifier_without_null(self) -> Vec<u8> {
        der::algorithm(self.oid())
    }
}
