//! Hashes by which keys and names are found.

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use const_oid::db::rfc5912;

use crate::asn1::{self, Reader, write};

/// A hash that says which key or name is meant, and proves nothing: whoever
/// finds a second key of the same hash still lacks its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentifierHash {
    /// SHA-1, which every responder knows (RFC 5019, 2.1.1).
    Sha1,
    /// SHA-256.
    Sha256,
}

/// Both hashes of one thing.
#[derive(Clone)]
pub(crate) struct Identifiers {
    sha1: [u8; 20],
    sha256: [u8; 32],
}

impl IdentifierHash {
    const ALL: [Self; 2] = [Self::Sha1, Self::Sha256];

    /// The hash that an `AlgorithmIdentifier` names, given a reader over the
    /// contents of its SEQUENCE. The parameters are NULL or absent
    /// (RFC 5754, 2).
    pub(crate) fn read(mut identifier: Reader<'_>) -> Option<Self> {
        let oid = identifier.oid().ok()?;
        let parameters = identifier.rest();
        let known = parameters.is_empty() || parameters == asn1::NULL;
        Self::ALL.into_iter().find(|h| known && h.oid() == oid)
    }

    /// The `AlgorithmIdentifier`, with NULL as parameters: so most software
    /// writes it, and some responders compare octets.
    pub(crate) fn write(self) -> Vec<u8> {
        let oid = write::element(asn1::OID, &[self.oid()]);
        write::element(asn1::SEQUENCE, &[&oid, asn1::NULL])
    }

    const fn oid(self) -> &'static [u8] {
        match self {
            Self::Sha1 => rfc5912::ID_SHA_1.as_bytes(),
            Self::Sha256 => rfc5912::ID_SHA_256.as_bytes(),
        }
    }
}

impl Identifiers {
    pub(crate) fn of(octets: &[u8]) -> Self {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest::digest(&SHA256, octets).as_ref());
        Self {
            sha1: sha1(octets),
            sha256,
        }
    }

    pub(crate) fn sha1(&self) -> &[u8; 20] {
        &self.sha1
    }

    pub(crate) fn by(&self, hash: IdentifierHash) -> &[u8] {
        match hash {
            IdentifierHash::Sha1 => &self.sha1,
            IdentifierHash::Sha256 => &self.sha256,
        }
    }
}

/// SHA-1, which names keys (RFC 5280, 4.2.1.2; RFC 6960, 4.2.1).
pub(crate) fn sha1(octets: &[u8]) -> [u8; 20] {
    let mut hash = [0; 20];
    hash.copy_from_slice(digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, octets).as_ref());
    hash
}
