//! Attributes of signers.

use super::Encoding;
use crate::{
    Credential, Hash,
    calendar::Time,
    der,
    list::{Identified, List},
    oid,
};

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    oid: Vec<u64>,
    values: Values,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    Given(Vec<Vec<u8>>),
    /// The digest of what the signer signs, known only when it is encoded.
    Digest,
}

/// The attributes of a signer.
pub type Attributes = List<Attribute>;

impl Attribute {
    /// Any attribute with any number of values, each a complete encoding.
    #[must_use]
    pub fn new(oid: &[u64], values: &[Vec<u8>]) -> Self {
        Self {
            oid: oid.to_vec(),
            values: Values::Given(values.to_vec()),
        }
    }

    /// contentType.
    #[must_use]
    pub fn content_type(arcs: &[u64]) -> Self {
        Self::new(oid::CONTENT_TYPE, &[der::oid(arcs)])
    }

    /// messageDigest, right by construction.
    #[must_use]
    pub fn message_digest() -> Self {
        Self {
            oid: oid::MESSAGE_DIGEST.to_vec(),
            values: Values::Digest,
        }
    }

    /// messageDigest of this value.
    #[must_use]
    pub fn message_digest_of(digest: &[u8]) -> Self {
        Self::new(oid::MESSAGE_DIGEST, &[der::octets(digest)])
    }

    /// signingTime.
    #[must_use]
    pub fn signing_time(time: impl Into<Time>) -> Self {
        Self::new(oid::SIGNING_TIME, &[time.into().to_der()])
    }

    /// signingCertificateV2 (RFC 5035) naming this certificate by its SHA-256, with
    /// issuer and serial number; the credential of another makes it wrong.
    #[must_use]
    pub fn signing_certificate(credential: &Credential) -> Self {
        Self::signing_certificate_hash(&Hash::Sha256.digest(credential.certificate()), credential)
    }

    /// signingCertificateV2 with this value as the SHA-256 of the certificate.
    #[must_use]
    pub fn signing_certificate_hash(hash: &[u8], credential: &Credential) -> Self {
        let names = der::sequence([der::explicit(4, credential.issuer())]);
        let issuer_serial = der::sequence([names, der::unsigned(credential.serial())]);
        let id = der::sequence([der::octets(hash), issuer_serial]);
        let value = der::sequence([der::sequence([id])]);
        Self::new(oid::SIGNING_CERTIFICATE_V2, &[value])
    }

    pub(super) fn encode(&self, digest: &[u8], encoding: Encoding) -> Vec<u8> {
        let values = match &self.values {
            Values::Given(values) => values.clone(),
            Values::Digest => vec![der::octets(digest)],
        };
        let values = encoding.inner(der::tag::SET, &der::concat(values));
        encoding.inner(
            der::tag::SEQUENCE,
            &der::concat([der::oid(&self.oid), values]),
        )
    }
}

impl Identified for Attribute {
    fn oid(&self) -> &[u64] {
        &self.oid
    }
}
