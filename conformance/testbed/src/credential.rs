//! A certificate with its private key.

use crate::{KeyPair, Scheme};

/// What somebody signs with: a key, its certificate, and the two fields by which
/// messages point to that certificate.
#[derive(Clone, Debug)]
pub struct Credential {
    key: KeyPair,
    certificate: Vec<u8>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
}

impl Credential {
    /// Put together a credential, for instance of a certificate with a defect.
    ///
    /// `issuer` is an encoded name and `serial` an unsigned magnitude: what the
    /// certificate says, or not, where that is the defect.
    #[must_use]
    pub fn new(
        key: KeyPair,
        certificate: Vec<u8>,
        issuer: impl Into<Vec<u8>>,
        serial: &[u8],
    ) -> Self {
        Self {
            key,
            certificate,
            issuer: issuer.into(),
            serial: serial.to_vec(),
        }
    }

    /// The same key and names under another certificate.
    #[must_use]
    pub fn with_certificate(&self, certificate: Vec<u8>) -> Self {
        Self {
            certificate,
            ..self.clone()
        }
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// The certificate in DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The issuer's encoded name.
    #[must_use]
    pub fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    /// The magnitude of the serial number.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// Sign a message.
    ///
    /// # Panics
    ///
    /// If the scheme is not one of this kind of key.
    #[must_use]
    pub fn sign_raw(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        self.key.sign(scheme, message)
    }

    /// Sign a digest made with the scheme's hash.
    ///
    /// # Panics
    ///
    /// If the scheme is not one of this kind of key.
    #[must_use]
    pub fn sign_digest(&self, scheme: Scheme, digest: &[u8]) -> Vec<u8> {
        self.key.sign_digest(scheme, digest)
    }
}
