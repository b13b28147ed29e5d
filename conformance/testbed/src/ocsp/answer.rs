//! SingleResponse and CertID.

use crate::{
    Authority, Extension, Extensions, Hash, Reason,
    calendar::{DAY, Time},
    der,
};

/// CertID, field by field.
#[derive(Clone, Debug)]
pub struct CertificateId {
    algorithm: Vec<u8>,
    name: Vec<u8>,
    key: Vec<u8>,
    serial: Vec<u8>,
}

impl CertificateId {
    /// A certificate of this CA with the serial number of this unsigned magnitude.
    #[must_use]
    pub fn new(hash: Hash, authority: &Authority, serial: &[u8]) -> Self {
        Self {
            algorithm: hash.identifier(),
            name: hash.digest(&authority.name().to_der()),
            key: hash.digest(&authority.key().public_bits()),
            serial: der::unsigned(serial),
        }
    }

    /// Any bytes in place of hashAlgorithm.
    #[must_use]
    pub fn algorithm(mut self, identifier: Vec<u8>) -> Self {
        self.algorithm = identifier;
        self
    }

    /// Another issuerNameHash.
    #[must_use]
    pub fn name_hash(mut self, hash: Vec<u8>) -> Self {
        self.name = hash;
        self
    }

    /// Another issuerKeyHash.
    #[must_use]
    pub fn key_hash(mut self, hash: Vec<u8>) -> Self {
        self.key = hash;
        self
    }

    /// The serial number from its content octets as they are.
    #[must_use]
    pub fn serial_raw(mut self, content: &[u8]) -> Self {
        self.serial = der::integer_raw(content);
        self
    }

    /// The encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        der::sequence([
            self.algorithm.clone(),
            der::octets(&self.name),
            der::octets(&self.key),
            self.serial.clone(),
        ])
    }
}

/// SingleResponse, field by field.
#[derive(Clone, Debug)]
pub struct OcspAnswer {
    id: CertificateId,
    status: Vec<u8>,
    this_update: Time,
    next_update: Option<Time>,
    extensions: Option<Extensions>,
}

impl OcspAnswer {
    /// The certificate is good: as of `this_update`, for a day. The CertID is
    /// by SHA-1.
    #[must_use]
    pub fn good(authority: &Authority, serial: &[u8], this_update: i64) -> Self {
        Self {
            id: CertificateId::new(Hash::Sha1, authority, serial),
            status: der::implicit(0, []),
            this_update: Time::generalized(this_update),
            next_update: Some(Time::generalized(this_update + DAY)),
            extensions: None,
        }
    }

    /// The same, but unknown.
    #[must_use]
    pub fn unknown(self) -> Self {
        self.status(der::implicit(2, []))
    }

    /// The same, but revoked, without a reason.
    #[must_use]
    pub fn revoked(self, at: i64) -> Self {
        self.status(der::explicit(1, der::generalized_time(at)))
    }

    /// The same, but revoked for a reason.
    #[must_use]
    pub fn revoked_for(self, at: i64, reason: Reason) -> Self {
        self.revoked_for_number(at, reason as u8)
    }

    /// The same, but revoked for a reason that may have no name.
    #[must_use]
    pub fn revoked_for_number(self, at: i64, reason: u8) -> Self {
        let reason = der::explicit(0, der::enumerated(reason));
        let info = der::concat([der::generalized_time(at), reason]);
        self.status(der::explicit(1, info))
    }

    /// Any bytes in place of certStatus.
    #[must_use]
    pub fn status(mut self, encoding: Vec<u8>) -> Self {
        self.status = encoding;
        self
    }

    /// About another certificate.
    #[must_use]
    pub fn about(mut self, id: CertificateId) -> Self {
        self.id = id;
        self
    }

    /// With a changed CertID.
    #[must_use]
    pub fn id(mut self, change: impl FnOnce(CertificateId) -> CertificateId) -> Self {
        self.id = change(self.id);
        self
    }

    /// thisUpdate.
    #[must_use]
    pub fn this_update(mut self, time: Time) -> Self {
        self.this_update = time;
        self
    }

    /// nextUpdate.
    #[must_use]
    pub fn next_update(mut self, time: Time) -> Self {
        self.next_update = Some(time);
        self
    }

    /// Leave out nextUpdate.
    #[must_use]
    pub fn without_next_update(mut self) -> Self {
        self.next_update = None;
        self
    }

    /// With an extension; one of the same kind is replaced.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.get_or_insert_default().set(extension);
        self
    }

    /// Edit the list of extensions.
    #[must_use]
    pub fn extensions(mut self, edit: impl FnOnce(&mut Extensions) -> &mut Extensions) -> Self {
        edit(self.extensions.get_or_insert_default());
        self
    }

    /// The encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let next_update = self.next_update.as_ref();
        let extensions = self.extensions.as_ref();
        der::sequence([
            self.id.to_der(),
            self.status.clone(),
            self.this_update.to_der(),
            next_update.map_or_else(Vec::new, |time| der::explicit(0, time.to_der())),
            extensions.map_or_else(Vec::new, |list| der::explicit(1, list.to_der())),
        ])
    }
}
