//! Which certificate it was, without saying it.
//!
//! It stands below `jpki`, which gives it its public name, because the revoked
//! certificates of a list are keyed in the same way.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;

use crate::certificate::{Certificate, SerialNumber};
use crate::code::Code;
use crate::error::Error;
use crate::hex::{self, Hex};
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
#[derive(Clone)]
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

    /// Tells keys apart without telling anything of them.
    ///
    /// What was made under one key is useless under another, and says so by
    /// this value.
    #[must_use]
    pub fn check_value(&self) -> [u8; 8] {
        // The length of no issuer's name begins like this label.
        let tag = hmac::sign(&self.0, b"tashika lookup key");
        tag.as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// The value of somebody whom a provider calls so. No provider's URL is the
    /// name of an issuer in DER.
    #[cfg(feature = "auth-app")]
    pub(crate) fn of_subject(&self, provider: &str, subject: &str) -> Lookup {
        self.for_issuer(provider.as_bytes())
            .keyed(subject.as_bytes())
    }

    /// This key, for certificates of one issuer, given by its name in DER.
    pub(crate) fn for_issuer(&self, issuer: &[u8]) -> IssuerKey {
        let length = u64::try_from(issuer.len()).unwrap_or(u64::MAX);
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&length.to_be_bytes());
        context.update(issuer);
        IssuerKey(context)
    }
}

/// A key that has taken in the name of an issuer.
#[derive(Clone)]
pub(crate) struct IssuerKey(hmac::Context);

impl IssuerKey {
    pub(crate) fn lookup(&self, serial: &SerialNumber) -> Lookup {
        self.keyed(serial.as_unsigned())
    }

    fn keyed(&self, name: &[u8]) -> Lookup {
        let mut context = self.0.clone();
        context.update(name);
        let mut octets = [0; 32];
        octets.copy_from_slice(context.sign().as_ref());
        Lookup(octets)
    }
}

impl fmt::Debug for LookupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupKey(…)")
    }
}

impl Lookup {
    /// A value that was stored.
    #[must_use]
    pub const fn from_octets(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The 32 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 lower-case hexadecimal digits.
impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

/// 64 hexadecimal digits; `misuse.argument` if it is anything else.
impl FromStr for Lookup {
    type Err = Error;

    fn from_str(digits: &str) -> Result<Self, Error> {
        let octets = hex::decode(digits);
        octets.map(Self).ok_or(Code::MisuseArgument.into())
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

    /// What a certificate says of itself, which nobody has verified: to fill a
    /// portfolio from certificates that are on file.
    ///
    /// Whoever can put a certificate on file can put any name into it. What a
    /// verification gives is [`VerifiedCertificate`](crate::jpki::VerifiedCertificate)'s.
    #[must_use]
    pub fn danger_stated_by(certificate: &Certificate<'_>) -> Self {
        Self {
            issuer: certificate.issuer().der().into(),
            serial: *certificate.serial(),
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
        key.for_issuer(&self.issuer).lookup(&self.serial)
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
    fn a_lookup_is_read_back() {
        let lookup = identity(b"issuer", &[1]).lookup(&LookupKey::from_octets(&[1; 32]));
        assert_eq!(lookup.to_string().parse::<Lookup>().unwrap(), lookup);
        assert_eq!(Lookup::from_octets(*lookup.octets()), lookup);
        let code = "00".parse::<Lookup>().unwrap_err().code();
        assert_eq!(code, Code::MisuseArgument);
        assert_eq!(format!("{lookup:?}"), "Lookup(…)");
    }

    /// The value is fixed by what it is computed from, not by this program:
    /// a relying party stores it. Computed with `openssl mac`.
    #[test]
    fn a_lookup_is_what_others_compute() {
        let lookup = identity(b"issuer", &[1, 2]).lookup(&LookupKey::from_octets(&[1; 32]));
        assert_eq!(
            lookup.to_string(),
            "36a9df0ce0494ce8db2b012bb1b2bfb4fa2e348f15730d47b1d6fcbd9fbacc03"
        );
        let keys = [[1; 32], [2; 32]].map(|octets| LookupKey::from_octets(&octets).check_value());
        assert_ne!(keys[0], keys[1]);
    }

    #[test]
    fn where_the_issuer_ends_matters() {
        let key = LookupKey::from_octets(&[1; 32]);
        let one = identity(b"issuer\x01", &[2]);
        let other = identity(b"issuer", &[1, 2]);
        assert_ne!(one.lookup(&key), other.lookup(&key));
    }
}
