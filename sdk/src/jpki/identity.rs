//! Which certificate it was, without saying it.

use std::fmt;

use aws_lc_rs::hmac;

use crate::certificate::SerialNumber;
use crate::error::Error;
#[cfg(feature = "fetch")]
use crate::revocation::operator::LinkedCertificate;
use crate::transaction::random;
use crate::x509::Issued;

/// Issuer and serial number: the name of a certificate, and so of a person.
///
/// It is kept and compared as a keyed value, [`CertificateIdentity::lookup`].
/// The plain serial number is for evidence only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CertificateIdentity {
    issuer: Box<[u8]>,
    serial: SerialNumber,
}

/// The relying party's key for lookups. With another key the values differ,
/// so that two parties cannot compare their customers.
pub struct LookupKey(hmac::Key);

/// HMAC-SHA-256 over the length-prefixed issuer and the serial number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lookup([u8; 32]);

impl LookupKey {
    /// A fresh key, which no other run knows.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        Ok(Self::from_octets(&random()?))
    }

    /// A key of 32 octets, which the caller keeps secret and does not lose.
    #[must_use]
    pub fn from_octets(octets: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, octets))
    }
}

impl fmt::Debug for LookupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupKey(…)")
    }
}

impl Lookup {
    /// The 32 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup(…)")
    }
}

impl CertificateIdentity {
    pub(crate) fn of(issued: &Issued) -> Self {
        Self {
            issuer: issued.anchor().subject().into(),
            serial: *issued.serial(),
        }
    }

    /// That of a certificate that belongs to one that was verified, by the
    /// word of a platform operator: under it a customer is found again whose
    /// certificate was renewed since.
    #[cfg(feature = "fetch")]
    #[must_use]
    pub fn linked(linked: &LinkedCertificate) -> Self {
        Self {
            issuer: linked.anchor().subject().into(),
            serial: *linked.serial(),
        }
    }

    /// The value under which a store finds this certificate again.
    #[must_use]
    pub fn lookup(&self, key: &LookupKey) -> Lookup {
        let length = u64::try_from(self.issuer.len()).unwrap_or(u64::MAX);
        let mut context = hmac::Context::with_key(&key.0);
        context.update(&length.to_be_bytes());
        context.update(&self.issuer);
        context.update(self.serial.as_unsigned());
        let mut octets = [0; 32];
        octets.copy_from_slice(context.sign().as_ref());
        Lookup(octets)
    }

    /// The plain serial number, for evidence that is kept apart.
    #[must_use]
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

impl fmt::Debug for CertificateIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateIdentity(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(issuer: &[u8], serial: &[u8]) -> CertificateIdentity {
        CertificateIdentity {
            issuer: issuer.into(),
            serial: SerialNumber::from_unsigned(serial).unwrap(),
        }
    }

    #[test]
    fn a_lookup_depends_on_key_issuer_and_serial() {
        let (ours, theirs) = (
            LookupKey::from_octets(&[1; 32]),
            LookupKey::from_octets(&[2; 32]),
        );
        let one = identity(b"issuer", &[1, 2]);
        assert_eq!(one.lookup(&ours), one.clone().lookup(&ours));
        assert_ne!(one.lookup(&ours), one.lookup(&theirs));
        assert_ne!(one.lookup(&ours), identity(b"other", &[1, 2]).lookup(&ours));
        assert_ne!(
            one.lookup(&ours),
            identity(b"issuer", &[1, 3]).lookup(&ours)
        );
    }

    #[test]
    fn where_the_issuer_ends_matters() {
        let key = LookupKey::from_octets(&[1; 32]);
        let one = identity(b"issuer\x01", &[2]);
        let other = identity(b"issuer", &[1, 2]);
        assert_ne!(one.lookup(&key), other.lookup(&key));
    }
}
