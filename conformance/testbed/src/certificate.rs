//! Certificates, field by field.

use crate::{
    Extension, Extensions, KeyPair, Scheme,
    calendar::Time,
    der::{self, Length},
    envelope::{Envelope, envelope_methods},
};

/// A certificate before it is signed. Every field can be changed, so that a
/// certificate with one defect is still signed correctly.
///
/// ```
/// use tashika_testbed::{Algorithm, CertificateBuilder, KeyPair, Name, Rng};
///
/// let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(1));
/// let der = CertificateBuilder::new(Name::new().country("JP"), &key)
///     .serial_raw(&[0x80])
///     .validity(0, 4_000_000_000)
///     .sign(&key);
/// assert_eq!(der[0], 0x30);
/// ```
#[derive(Clone, Debug)]
pub struct CertificateBuilder {
    version: Vec<u8>,
    serial: Vec<u8>,
    issuer: Vec<u8>,
    not_before: Time,
    not_after: Time,
    subject: Vec<u8>,
    spki: Vec<u8>,
    unique_ids: Vec<u8>,
    extensions: Option<Extensions>,
    envelope: Envelope,
}

impl CertificateBuilder {
    /// A version 3 certificate for `key`, issuer and subject both `name`, serial
    /// number 1, validity the epoch's first second, no extensions.
    #[must_use]
    pub fn new(name: impl Into<Vec<u8>>, key: &KeyPair) -> Self {
        let name = name.into();
        Self {
            version: version(2),
            serial: der::small(1),
            issuer: name.clone(),
            not_before: Time::from(0),
            not_after: Time::from(0),
            subject: name,
            spki: key.spki(),
            unique_ids: Vec::new(),
            extensions: None,
            envelope: Envelope::default(),
        }
    }

    /// The version number as encoded (2 is v3; 0 is v1 written out); `None` leaves it out.
    #[must_use]
    pub fn version(mut self, number: Option<u64>) -> Self {
        self.version = number.map(version).unwrap_or_default();
        self
    }

    /// The serial number from an unsigned magnitude.
    #[must_use]
    pub fn serial(mut self, magnitude: &[u8]) -> Self {
        self.serial = der::unsigned(magnitude);
        self
    }

    /// The serial number from its content octets as they are.
    #[must_use]
    pub fn serial_raw(mut self, content: &[u8]) -> Self {
        self.serial = der::integer_raw(content);
        self
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.issuer = name.into();
        self
    }

    /// The subject.
    #[must_use]
    pub fn subject(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.subject = name.into();
        self
    }

    /// notBefore and notAfter: unix seconds, or a [`Time`] of another form.
    #[must_use]
    pub fn validity(self, from: impl Into<Time>, to: impl Into<Time>) -> Self {
        self.not_before(from).not_after(to)
    }

    /// notBefore.
    #[must_use]
    pub fn not_before(mut self, time: impl Into<Time>) -> Self {
        self.not_before = time.into();
        self
    }

    /// notAfter.
    #[must_use]
    pub fn not_after(mut self, time: impl Into<Time>) -> Self {
        self.not_after = time.into();
        self
    }

    /// Any SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(mut self, encoding: Vec<u8>) -> Self {
        self.spki = encoding;
        self
    }

    /// issuerUniqueID and subjectUniqueID, which nobody uses.
    #[must_use]
    pub fn unique_ids(mut self, issuer: &[u8], subject: &[u8]) -> Self {
        self.unique_ids = der::concat([
            der::implicit(1, der::bits_content(0, issuer)),
            der::implicit(2, der::bits_content(0, subject)),
        ]);
        self
    }

    envelope_methods!();

    /// TBSCertificate as it will be signed by `key`.
    #[must_use]
    pub fn to_be_signed(&self, key: &KeyPair) -> Vec<u8> {
        let extensions = self
            .extensions
            .as_ref()
            .map(|list| der::explicit(3, list.to_der()));
        self.envelope.to_be_signed(&[
            self.version.clone(),
            self.serial.clone(),
            self.envelope.inner_of(key),
            self.issuer.clone(),
            der::sequence([self.not_before.to_der(), self.not_after.to_der()]),
            self.subject.clone(),
            self.spki.clone(),
            self.unique_ids.clone(),
            extensions.unwrap_or_default(),
        ])
    }
}

fn version(number: u64) -> Vec<u8> {
    der::explicit(0, der::small(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, Name, Rng, oid};

    fn key() -> KeyPair {
        KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(1))
    }

    fn plain(key: &KeyPair) -> CertificateBuilder {
        CertificateBuilder::new(Name::new().country("JP"), key)
            .extension(Extension::key_usage(&[0]))
    }

    #[test]
    fn the_version_can_be_left_out() {
        let key = key();
        let with = plain(&key).to_be_signed(&key);
        let without = plain(&key).version(None).to_be_signed(&key);
        assert_eq!(with.len(), without.len() + 5);
        assert_eq!(with[3..8], [0xA0, 3, 2, 1, 2]);
        assert_eq!(without[3..6], [2, 1, 1]);
    }

    #[test]
    fn serial_numbers_stay_as_given() {
        let key = key();
        for raw in [&[0][..], &[0x80], &[0, 0, 1], &[], &[1; 21]] {
            let signed = plain(&key).serial_raw(raw).to_be_signed(&key);
            assert!(signed[8..].starts_with(&der::integer_raw(raw)));
        }
    }

    #[test]
    fn lengths_can_be_padded() {
        let key = key();
        let padded = Length::Padded(4);
        let certificate = plain(&key).length(padded).signed_length(padded).sign(&key);
        assert_eq!(certificate[..5], [0x30, 0x84, 0, 0, 1]);
        assert_eq!(certificate[6..9], [0x30, 0x84, 0]);
    }

    #[test]
    fn the_two_algorithms_are_apart() {
        let key = key();
        let other = der::algorithm(oid::ECDSA_WITH_SHA512);
        let signed = plain(&key).to_be_signed(&key);
        assert_eq!(
            plain(&key)
                .outer_algorithm(other.clone())
                .to_be_signed(&key),
            signed
        );
        assert_ne!(
            plain(&key).inner_algorithm(other).to_be_signed(&key),
            signed
        );
    }

    #[test]
    #[should_panic(expected = "nothing with the arcs")]
    fn a_defect_that_cannot_happen_is_noticed() {
        let _ = plain(&key()).without(oid::CERTIFICATE_POLICIES);
    }
}
