//! One anchor: a self-signed CA certificate that the operator put there.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{self, SHA256};

use crate::algorithm::{AlgorithmTable, Digest, Identifiers, PublicKey};
use crate::certificate::{Certificate, KeyUsage, Name, SerialNumber};
use crate::code::Code;
use crate::error::Error;
use crate::hex::{self, Hex};
use crate::time::Validity;
use crate::trust::Purpose;

/// SHA-256 over the DER of a certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of this DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(sha256(&[der]))
    }

    /// The one that `digest` is, which was made with SHA-256; zeros otherwise.
    pub(crate) fn of_digest(digest: &Digest) -> Self {
        let mut octets = [0; 32];
        if let Some((whole, [])) = digest.octets().split_first_chunk() {
            octets = *whole;
        }
        Self(octets)
    }

    /// One that was computed before and kept.
    #[cfg(feature = "index")]
    pub(crate) const fn kept(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The 32 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// For the constants of this crate; a mistyped one does not compile.
    pub(crate) const fn from_hex_literal(digits: &str) -> Self {
        match hex::decode(digits) {
            Some(octets) => Self(octets),
            None => panic!("64 hexadecimal digits"),
        }
    }
}

/// 64 hexadecimal digits.
impl FromStr for Fingerprint {
    type Err = Error;

    fn from_str(digits: &str) -> Result<Self, Error> {
        let octets = hex::decode(digits);
        octets.map(Self).ok_or(Code::MisuseArgument.into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A CA certificate that the operator trusts for one purpose.
pub struct Anchor {
    purpose: Purpose,
    fingerprint: Fingerprint,
    der: Box<[u8]>,
    issuer: Box<[u8]>,
    subject: Box<[u8]>,
    serial: SerialNumber,
    key_identifier: Box<[u8]>,
    key_fingerprint: [u8; 32],
    name_identifiers: Identifiers,
    key_identifiers: Identifiers,
    validity: Validity,
    signs_lists: bool,
    key: PublicKey,
}

impl Anchor {
    /// Reads an anchor: a CA certificate with `keyCertSign` and without name
    /// or policy constraints, which would need a path to mean anything.
    pub(crate) fn read(
        purpose: Purpose,
        der: &[u8],
        algorithms: &AlgorithmTable,
    ) -> Result<Self, Error> {
        let certificate = Certificate::from_der(der).map_err(|_| Code::TrustAnchor)?;
        let anchor = Self::from_certificate(purpose, &certificate, algorithms);
        anchor.map_err(|_| Code::TrustAnchor.into())
    }

    fn from_certificate(
        purpose: Purpose,
        certificate: &Certificate<'_>,
        algorithms: &AlgorithmTable,
    ) -> Result<Self, Code> {
        let extensions = certificate.extensions();
        let usage = extensions.key_usage()?.ok_or(Code::TrustAnchor)?;
        let sound = extensions.is_ca()?
            && usage.contains(KeyUsage::KEY_CERT_SIGN)
            && !extensions.has_unprocessed_critical()
            && !extensions.constrains_paths();
        if !sound {
            return Err(Code::TrustAnchor);
        }
        let key_identifiers = Identifiers::of(certificate.key_bits()?);
        // RFC 5280, 4.2.1.2 (1). An identifier only: it finds the key that
        // the signature then proves.
        let method_one = key_identifiers.sha1();
        let key_identifier = extensions.subject_key_identifier()?;
        let key_identifier = key_identifier.unwrap_or(method_one.as_slice()).into();
        Ok(Self {
            purpose,
            fingerprint: Fingerprint::of(certificate.der()),
            der: certificate.der().into(),
            issuer: certificate.issuer().der().into(),
            subject: certificate.subject().der().into(),
            serial: *certificate.serial(),
            key_identifier,
            key_fingerprint: sha256(&[certificate.spki()]),
            name_identifiers: Identifiers::of(certificate.subject().der()),
            key_identifiers,
            validity: certificate.validity(),
            signs_lists: usage.contains(KeyUsage::CRL_SIGN),
            key: algorithms.key(certificate.spki())?,
        })
    }

    /// What the anchor may vouch for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// SHA-256 over its DER.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Its DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The period in which it is valid.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// Its public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// SHA-256 over its `SubjectPublicKeyInfo`: the name of the key, whatever
    /// certificate carries it.
    #[must_use]
    pub fn key_fingerprint(&self) -> &[u8; 32] {
        &self.key_fingerprint
    }

    /// The subject key identifier that it states or, if it states none, the
    /// one of RFC 5280, 4.2.1.2 (1).
    #[must_use]
    pub fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// The name of the CA, as DER.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    pub(crate) fn is_named(&self, name: Name<'_>) -> bool {
        *self.subject == *name.der()
    }

    pub(crate) fn has_certificate(&self, issuer: Name<'_>, serial: &SerialNumber) -> bool {
        *self.issuer == *issuer.der() && self.serial == *serial
    }

    /// The hashes of its name (RFC 6960, 4.1.1).
    pub(crate) fn name_identifiers(&self) -> &Identifiers {
        &self.name_identifiers
    }

    /// The hashes of the contents of its key's BIT STRING (RFC 6960, 4.1.1).
    pub(crate) fn key_identifiers(&self) -> &Identifiers {
        &self.key_identifiers
    }

    /// Whether its key usage allows it to sign revocation lists.
    pub(crate) fn signs_lists(&self) -> bool {
        self.signs_lists
    }
}

impl fmt::Debug for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Anchor")
            .field("purpose", &self.purpose)
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

/// SHA-256 over the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut octets = [0; 32];
    octets.copy_from_slice(context.finish().as_ref());
    octets
}
