//! The check itself, top-down.

use std::sync::Arc;

use crate::algorithm::{AlgorithmTable, SignatureScheme};
use crate::certificate::{AuthorityKeyIdentifier, Certificate};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::time::Time;
use crate::trust::{Anchor, Purpose, TrustStore};
use crate::x509::issued::{Facts, check_anchor, check_validity};
#[cfg(feature = "cache")]
use crate::x509::seen::Seen;
use crate::x509::{AuthorityKeyRule, Issued, LeafProfile};

/// Checks that certificates were issued by the anchors of one purpose under
/// one profile.
#[derive(Clone, Debug)]
pub struct OneHop {
    trust: TrustStore,
    purpose: Purpose,
    profile: Arc<LeafProfile>,
    algorithms: AlgorithmTable,
    #[cfg(feature = "cache")]
    seen: Option<Seen>,
}

impl OneHop {
    /// A check against the anchors of `purpose` in `trust`.
    #[must_use]
    pub fn new(
        trust: TrustStore,
        purpose: Purpose,
        profile: LeafProfile,
        algorithms: AlgorithmTable,
    ) -> Self {
        Self {
            trust,
            purpose,
            profile: Arc::new(profile),
            algorithms,
            #[cfg(feature = "cache")]
            seen: None,
        }
    }

    /// Remembers up to `capacity` certificates that passed, so that the next
    /// time only their validity is checked again.
    ///
    /// What is kept is bound to the whole certificate and to the anchors, and
    /// holds nothing about the person but serial number and validity.
    #[cfg(feature = "cache")]
    #[must_use]
    pub fn remember(mut self, capacity: u64) -> Self {
        self.seen = Some(Seen::new(
            capacity,
            self.trust.version(),
            &self.profile,
            self.purpose,
        ));
        self
    }

    /// The anchors.
    #[must_use]
    pub fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> &LeafProfile {
        &self.profile
    }

    /// The allow-list of algorithms.
    #[must_use]
    pub fn algorithms(&self) -> &AlgorithmTable {
        &self.algorithms
    }

    /// Checks a certificate in DER at `now`.
    ///
    /// # Errors
    /// A code under `input.`, `x509.`, `trust.`, `jpki.policy`; the checks
    /// run in the order of [`CheckId`].
    pub fn check(&self, der: &[u8], now: Time) -> Result<Issued, Error> {
        let mut trace = Trace::default();
        let certificate = Certificate::read(der, &mut trace)?;
        self.issue(&certificate, now, &mut trace)
    }

    /// [`OneHop::check`] for a certificate that is read already.
    pub(crate) fn issue(
        &self,
        certificate: &Certificate<'_>,
        now: Time,
        trace: &mut Trace,
    ) -> Result<Issued, Error> {
        let facts = self.facts(certificate, now);
        let facts = facts.map_err(|error| error.after(*trace))?;
        trace.merge(facts.trace);
        facts.check_validity(now, trace)?;
        Ok(Issued::new(facts, self.trust.version(), certificate))
    }

    #[cfg(feature = "cache")]
    fn facts(&self, certificate: &Certificate<'_>, now: Time) -> Result<Arc<Facts>, Error> {
        let Some(seen) = &self.seen else {
            return self.establish(certificate, now).map(Arc::new);
        };
        let key = seen.key(certificate.der());
        if let Some(facts) = seen.get(&key) {
            return Ok(facts);
        }
        let facts = Arc::new(self.establish(certificate, now)?);
        seen.insert(key, Arc::clone(&facts));
        Ok(facts)
    }

    #[cfg(not(feature = "cache"))]
    fn facts(&self, certificate: &Certificate<'_>, now: Time) -> Result<Arc<Facts>, Error> {
        self.establish(certificate, now).map(Arc::new)
    }

    /// Everything that is as true tomorrow as today, and the validity now.
    ///
    /// Its trace is of the certificate alone: what else this verification has
    /// passed is no fact about the next one.
    fn establish(&self, certificate: &Certificate<'_>, now: Time) -> Result<Facts, Error> {
        let mut trace = Certificate::passed_by_reading();
        let extensions = certificate.extensions();
        let anchor = self.issuer(certificate, &mut trace)?;
        trace.check(CheckId::AnchorValidity, check_anchor(anchor, now))?;
        trace.check(
            CheckId::Validity,
            check_validity(certificate.validity(), now),
        )?;
        let unprocessed = extensions.has_unprocessed_critical();
        trace.check(
            CheckId::CriticalExtensions,
            refuse(unprocessed, Code::X509CriticalExtension),
        )?;
        let ca = extensions.is_ca();
        trace.check(
            CheckId::BasicConstraints,
            ca.and_then(|ca| refuse(ca, Code::X509Ca)),
        )?;
        trace.check(CheckId::KeyUsage, self.profile.key_usage.check(extensions))?;
        trace.check(
            CheckId::ExtendedKeyUsage,
            self.profile.extended_key_usage.check(extensions),
        )?;
        let policy = self.profile.policies.check(extensions);
        let policy = trace.check(CheckId::Policy, policy)?;
        let key = self.algorithms.key(certificate.spki());
        let key = trace.check(CheckId::SubjectKey, key)?;
        Ok(Facts {
            anchor: Arc::clone(anchor),
            profile: Arc::clone(&self.profile),
            serial: *certificate.serial(),
            validity: certificate.validity(),
            key,
            policy,
            asks_for_delta_lists: extensions.asks_for_delta_lists(),
            needs_no_check: extensions.needs_no_check(),
            trace,
        })
    }

    /// The anchor that signed the certificate: chosen by its key, confirmed by
    /// the signature.
    fn issuer(
        &self,
        certificate: &Certificate<'_>,
        trace: &mut Trace,
    ) -> Result<&Arc<Anchor>, Error> {
        trace.check(CheckId::Issuer, self.check_name(certificate))?;
        let identifier = self.authority_key(certificate);
        let identifier = trace.check(CheckId::AuthorityKey, identifier)?;
        let named = || self.trust.named(self.purpose, certificate.issuer());
        trace.check(CheckId::AuthorityKey, check_any(named(), &identifier))?;

        let scheme = self
            .algorithms
            .scheme(certificate.algorithm())
            .ok_or(Code::X509SignatureAlgorithm);
        let scheme = trace.check(CheckId::CertificateAlgorithm, scheme)?;
        let signer = named()
            .filter(|anchor| check_identifier(anchor, &identifier).is_ok())
            .find(|anchor| signed(anchor, scheme, certificate))
            .ok_or(Code::X509Signature);
        trace.check(CheckId::CertificateSignature, signer)
    }

    fn check_name(&self, certificate: &Certificate<'_>) -> Result<(), Code> {
        let name = certificate.issuer();
        if self.trust.named(self.purpose, name).next().is_some() {
            return Ok(());
        }
        let elsewhere = self.trust.names(name);
        Err(if elsewhere {
            Code::TrustPurpose
        } else {
            Code::X509Issuer
        })
    }

    fn authority_key<'a>(
        &self,
        certificate: &Certificate<'a>,
    ) -> Result<AuthorityKeyIdentifier<'a>, Code> {
        let stated = certificate.extensions().authority_key_identifier()?;
        match (self.profile.authority_key, stated) {
            (_, Some(identifier)) if identifier.key_identifier.is_some() => Ok(identifier),
            (AuthorityKeyRule::DangerOptional, stated) => Ok(stated.unwrap_or_default()),
            (AuthorityKeyRule::Required, _) => Err(Code::X509AuthorityKeyMissing),
        }
    }
}

/// Whether this anchor is the one that the authority key identifier names
/// (RFC 5280, 4.2.1.1).
pub(crate) fn check_identifier(
    anchor: &Anchor,
    identifier: &AuthorityKeyIdentifier<'_>,
) -> Result<(), Code> {
    if identifier
        .key_identifier
        .is_some_and(|key| key != anchor.key_identifier())
    {
        return Err(Code::X509AuthorityKey);
    }
    if let Some((issuer, serial)) = &identifier.certificate
        && !anchor.has_certificate(*issuer, serial)
    {
        return Err(Code::X509AuthorityCertificate);
    }
    Ok(())
}

/// Whether one of the anchors is the one; if none is, by what the closest fails.
fn check_any<'a>(
    anchors: impl Iterator<Item = &'a Arc<Anchor>>,
    identifier: &AuthorityKeyIdentifier<'_>,
) -> Result<(), Code> {
    let mut closest = Code::X509AuthorityKey;
    for anchor in anchors {
        match check_identifier(anchor, identifier) {
            Err(Code::X509AuthorityKey) => {}
            Err(code) => closest = code,
            Ok(()) => return Ok(()),
        }
    }
    Err(closest)
}

fn signed(anchor: &Anchor, scheme: SignatureScheme, certificate: &Certificate<'_>) -> bool {
    let (tbs, signature) = (certificate.tbs(), certificate.signature());
    anchor.key().verify(scheme, tbs, signature).is_ok()
}

fn refuse(condition: bool, code: Code) -> Result<(), Code> {
    if condition { Err(code) } else { Ok(()) }
}

#[cfg(all(test, feature = "cache"))]
mod tests {
    use super::*;
    use crate::revocation::testing::{Ca, now};
    use crate::x509::{ExtendedKeyUsageRule, KeyUsageRule, PolicyRule};

    #[test]
    fn what_was_seen_brings_no_checks_of_another_verification() {
        let ca = Ca::new("CA");
        let leaf = ca.leaf(&[5], None);
        let profile = LeafProfile {
            name: "test".to_owned(),
            authority_key: AuthorityKeyRule::Required,
            key_usage: KeyUsageRule::DangerAnyLeaf,
            extended_key_usage: ExtendedKeyUsageRule::DangerAny,
            policies: PolicyRule::DangerAny,
        };
        let purpose = Purpose::JpkiSigning;
        let trust = Ca::trust(&[&ca], purpose);
        let check = OneHop::new(trust, purpose, profile, AlgorithmTable::standard()).remember(8);
        let issue = |trace: &mut Trace| {
            let certificate = Certificate::from_der(&leaf).unwrap();
            check.issue(&certificate, now(), trace).unwrap()
        };

        let mut first = Trace::default();
        first.pass(CheckId::Transaction);
        let seen = issue(&mut first);
        assert!(first.passed(CheckId::Transaction));
        let mut second = Trace::default();
        let again = issue(&mut second);
        for trace in [second, again.trace(), seen.trace()] {
            assert!(trace.passed(CheckId::Version));
            assert!(trace.passed(CheckId::CertificateSignature));
            assert!(!trace.passed(CheckId::Transaction));
        }
    }
}
