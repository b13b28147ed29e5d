//! Revocation lists, field by field.

mod scope;
mod shuffle;
mod stream;

use crate::{
    Extension, Extensions, GeneralName, KeyPair, Scheme,
    calendar::Time,
    der::{self, Length},
    envelope::{Envelope, envelope_methods},
};

pub use scope::IssuingDistributionPoint;
pub use stream::LargeList;

/// CRLReason (RFC 5280, 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// unspecified.
    Unspecified = 0,
    /// keyCompromise.
    KeyCompromise = 1,
    /// cACompromise.
    CaCompromise = 2,
    /// affiliationChanged.
    AffiliationChanged = 3,
    /// superseded.
    Superseded = 4,
    /// cessationOfOperation.
    CessationOfOperation = 5,
    /// certificateHold.
    CertificateHold = 6,
    /// removeFromCRL.
    RemoveFromCrl = 8,
    /// privilegeWithdrawn.
    PrivilegeWithdrawn = 9,
    /// aACompromise.
    AaCompromise = 10,
}

/// One entry of revokedCertificates.
#[derive(Clone, Debug)]
pub struct Entry {
    serial: Vec<u8>,
    date: Time,
    extensions: Option<Extensions>,
}

impl Entry {
    /// An entry for the serial number of this unsigned magnitude, without extensions.
    #[must_use]
    pub fn new(serial: &[u8], date: impl Into<Time>) -> Self {
        Self {
            serial: der::unsigned(serial),
            date: date.into(),
            extensions: None,
        }
    }

    /// The serial number from its content octets as they are.
    #[must_use]
    pub fn serial_raw(mut self, content: &[u8]) -> Self {
        self.serial = der::integer_raw(content);
        self
    }

    /// With a reasonCode.
    #[must_use]
    pub fn reason(self, reason: Reason) -> Self {
        self.extension(Extension::reason_code(reason as u8))
    }

    /// With any entry extension; one of the same kind is replaced.
    #[must_use]
    pub fn extension(self, extension: Extension) -> Self {
        self.extensions(|list| list.set(extension))
    }

    /// With a certificateIssuer (critical).
    #[must_use]
    pub fn certificate_issuer(self, name: impl Into<Vec<u8>>) -> Self {
        self.extension(Extension::certificate_issuer(&[GeneralName::directory(
            name,
        )]))
    }

    /// Edit the list of entry extensions.
    #[must_use]
    pub fn extensions(mut self, edit: impl FnOnce(&mut Extensions) -> &mut Extensions) -> Self {
        edit(self.extensions.get_or_insert_default());
        self
    }

    /// The encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let extensions = self
            .extensions
            .as_ref()
            .map(Extensions::to_der)
            .unwrap_or_default();
        der::sequence([self.serial.clone(), self.date.to_der(), extensions])
    }
}

/// A revocation list before it is signed.
#[derive(Clone, Debug)]
pub struct CrlBuilder {
    version: Vec<u8>,
    issuer: Vec<u8>,
    this_update: Time,
    next_update: Option<Time>,
    entries: Vec<Vec<u8>>,
    empty_entries: bool,
    extensions: Option<Extensions>,
    envelope: Envelope,
}

impl CrlBuilder {
    /// A version 2 list without entries and without extensions.
    #[must_use]
    pub fn new(
        issuer: impl Into<Vec<u8>>,
        this_update: impl Into<Time>,
        next_update: impl Into<Time>,
    ) -> Self {
        Self {
            version: der::small(1),
            issuer: issuer.into(),
            this_update: this_update.into(),
            next_update: Some(next_update.into()),
            entries: Vec::new(),
            empty_entries: false,
            extensions: None,
            envelope: Envelope::default(),
        }
    }

    /// The version number as encoded (1 is v2); `None` leaves it out.
    #[must_use]
    pub fn version(mut self, number: Option<u64>) -> Self {
        self.version = number.map(der::small).unwrap_or_default();
        self
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.issuer = name.into();
        self
    }

    /// thisUpdate.
    #[must_use]
    pub fn this_update(mut self, time: impl Into<Time>) -> Self {
        self.this_update = time.into();
        self
    }

    /// nextUpdate.
    #[must_use]
    pub fn next_update(mut self, time: impl Into<Time>) -> Self {
        self.next_update = Some(time.into());
        self
    }

    /// Leave out nextUpdate.
    #[must_use]
    pub fn without_next_update(mut self) -> Self {
        self.next_update = None;
        self
    }

    /// Append an entry.
    #[must_use]
    pub fn entry(mut self, entry: &Entry) -> Self {
        self.entries.push(entry.to_der());
        self
    }

    /// Append an entry with a reason.
    #[must_use]
    pub fn revoke(self, serial: &[u8], date: i64, reason: Reason) -> Self {
        self.entry(&Entry::new(serial, date).reason(reason))
    }

    /// Append any bytes in place of an entry.
    #[must_use]
    pub fn entry_raw(mut self, encoding: Vec<u8>) -> Self {
        self.entries.push(encoding);
        self
    }

    /// Write revokedCertificates even when there is none, which RFC 5280 forbids.
    #[must_use]
    pub fn empty_entries(mut self) -> Self {
        self.empty_entries = true;
        self
    }

    /// Set the cRLNumber.
    #[must_use]
    pub fn number(self, number: u64) -> Self {
        self.extension(Extension::crl_number(number))
    }

    /// Set the issuingDistributionPoint.
    #[must_use]
    pub fn scope(self, scope: &IssuingDistributionPoint) -> Self {
        self.extension(scope.extension())
    }

    envelope_methods!();

    /// TBSCertList as it will be signed by `key`.
    #[must_use]
    pub fn to_be_signed(&self, key: &KeyPair) -> Vec<u8> {
        let entries = if self.entries.is_empty() && !self.empty_entries {
            Vec::new()
        } else {
            der::sequence(&self.entries)
        };
        self.envelope
            .to_be_signed(&[self.before_entries(key), entries, self.after_entries()])
    }

    fn before_entries(&self, key: &KeyPair) -> Vec<u8> {
        der::concat([
            self.version.clone(),
            self.envelope.inner_of(key),
            self.issuer.clone(),
            self.this_update.to_der(),
            self.next_update
                .as_ref()
                .map(Time::to_der)
                .unwrap_or_default(),
        ])
    }

    fn after_entries(&self) -> Vec<u8> {
        let extensions = self
            .extensions
            .as_ref()
            .map(|list| der::explicit(0, list.to_der()));
        extensions.unwrap_or_default()
    }
}
