//! Digest algorithms and values.

use std::fmt;

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512};
use const_oid::db::rfc5912;

use crate::code::Code;
use crate::error::Error;
use crate::hex;

/// A digest algorithm that counts: the SHA-2 family from 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The algorithm whose object identifier has these DER contents.
    pub(crate) fn from_oid(oid: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.oid() == oid)
    }

    pub(crate) fn implementation(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &SHA256,
            Self::Sha384 => &SHA384,
            Self::Sha512 => &SHA512,
        }
    }

    /// The digest of `message`.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Digest {
        Digest(digest::digest(self.implementation(), message))
    }

    /// The digest of the parts, one after the other.
    pub(crate) fn digest_parts(self, parts: &[&[u8]]) -> Digest {
        let mut context = digest::Context::new(self.implementation());
        parts.iter().for_each(|part| context.update(part));
        Digest(context.finish())
    }

    /// Begins the digest of a message that comes piece by piece.
    #[cfg(feature = "index")]
    pub(crate) fn begin(self) -> Hashing {
        Hashing(digest::Context::new(self.implementation()))
    }

    /// The length of a digest, in octets.
    #[must_use]
    pub fn length(self) -> usize {
        self.implementation().output_len()
    }

    const fn oid(self) -> &'static [u8] {
        match self {
            Self::Sha256 => rfc5912::ID_SHA_256.as_bytes(),
            Self::Sha384 => rfc5912::ID_SHA_384.as_bytes(),
            Self::Sha512 => rfc5912::ID_SHA_512.as_bytes(),
        }
    }
}

/// The digest of a message of which more may come.
#[cfg(feature = "index")]
pub(crate) struct Hashing(digest::Context);

#[cfg(feature = "index")]
impl Hashing {
    pub(crate) fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    pub(crate) fn finish(self) -> Digest {
        Digest(self.0.finish())
    }
}

/// The digest of a message that may be elsewhere.
#[derive(Clone)]
pub struct Digest(digest::Digest);

impl Digest {
    /// A digest that was computed elsewhere.
    ///
    /// # Errors
    /// `misuse.argument` if `octets` has not the length of `algorithm`.
    pub fn from_octets(algorithm: DigestAlgorithm, octets: &[u8]) -> Result<Self, Error> {
        digest::Digest::import_less_safe(octets, algorithm.implementation())
            .map(Self)
            .map_err(|_| Error::new(Code::MisuseArgument))
    }

    /// A digest that was computed elsewhere, in hexadecimal digits.
    ///
    /// # Errors
    /// `misuse.argument` if they are not the digits of a digest of `algorithm`.
    pub fn from_hex(algorithm: DigestAlgorithm, digits: &str) -> Result<Self, Error> {
        let octets: Option<Vec<u8>> = match algorithm {
            DigestAlgorithm::Sha256 => hex::decode::<32>(digits).map(Into::into),
            DigestAlgorithm::Sha384 => hex::decode::<48>(digits).map(Into::into),
            DigestAlgorithm::Sha512 => hex::decode::<64>(digits).map(Into::into),
        };
        Self::from_octets(algorithm, &octets.ok_or(Code::MisuseArgument)?)
    }

    /// The octets of the digest.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.0.as_ref()
    }

    pub(crate) fn inner(&self) -> &digest::Digest {
        &self.0
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.octets() == other.octets()
    }
}

impl Eq for Digest {}

// A digest of a short text tells the text: it is not printed.
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({} octets)", self.octets().len())
    }
}
