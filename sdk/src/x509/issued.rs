//! The proof that a certificate was issued.

use std::fmt;
use std::sync::Arc;

use const_oid::ObjectIdentifier;

use crate::algorithm::{Digest, PublicKey, SignatureScheme};
use crate::certificate::{Certificate, SerialNumber};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::time::{Time, Validity};
use crate::trust::{Anchor, Purpose, TrustVersion};
use crate::x509::LeafProfile;

/// A certificate that an anchor issued for a profile, valid when it was checked.
///
/// Whether it is revoked is another question.
#[derive(Clone)]
pub struct Issued {
    facts: Arc<Facts>,
    trust: TrustVersion,
    /// Values of extensions, which differ from person to person and so are
    /// not part of what a cache may keep.
    distribution_points: Option<Box<[u8]>>,
    subject_alt_name: Option<Box<[u8]>>,
}

/// What was established about the certificate and may be kept for the next
/// time it is seen: nothing about the person but serial number and validity.
pub(crate) struct Facts {
    pub(crate) anchor: Arc<Anchor>,
    pub(crate) profile: Arc<LeafProfile>,
    pub(crate) serial: SerialNumber,
    pub(crate) validity: Validity,
    pub(crate) key: PublicKey,
    pub(crate) policy: Option<ObjectIdentifier>,
    pub(crate) asks_for_delta_lists: bool,
    pub(crate) needs_no_check: bool,
    pub(crate) trace: Trace,
}

impl Facts {
    /// What an earlier check cannot have settled: that anchor and certificate
    /// are valid at `now`.
    pub(crate) fn check_validity(&self, now: Time, trace: &mut Trace) -> Result<(), Error> {
        trace.check(CheckId::AnchorValidity, check_anchor(&self.anchor, now))?;
        trace.check(CheckId::Validity, check_validity(self.validity, now))
    }
}

pub(crate) fn check_anchor(anchor: &Anchor, now: Time) -> Result<(), Code> {
    if anchor.validity().contains(now) {
        Ok(())
    } else {
        Err(Code::TrustExpired)
    }
}

/// RFC 5280, 6.1.3 (a) (2).
pub(crate) fn check_validity(validity: Validity, now: Time) -> Result<(), Code> {
    if now < validity.not_before {
        return Err(Code::X509NotYetValid);
    }
    if now > validity.not_after {
        return Err(Code::X509Expired);
    }
    Ok(())
}

/// Records the outcome of a signature check, which is the scheme's too: where
/// that does not fit, it is the check that failed.
pub(crate) fn check_signature(outcome: Result<(), Code>, trace: &mut Trace) -> Result<(), Error> {
    trace.pass(CheckId::SignatureScheme);
    trace.check(CheckId::Signature, outcome)
}

impl Issued {
    pub(crate) fn new(
        facts: Arc<Facts>,
        trust: TrustVersion,
        certificate: &Certificate<'_>,
    ) -> Self {
        let extensions = certificate.extensions();
        Self {
            facts,
            trust,
            distribution_points: extensions.crl_distribution_points().map(Box::from),
            subject_alt_name: extensions.subject_alt_name().map(Box::from),
        }
    }

    /// The anchor that issued it.
    #[must_use]
    pub fn anchor(&self) -> &Arc<Anchor> {
        &self.facts.anchor
    }

    /// What the anchor vouches for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.facts.anchor.purpose()
    }

    /// The profile it was checked under.
    #[must_use]
    pub fn profile(&self) -> &LeafProfile {
        &self.facts.profile
    }

    /// The set of anchors it was checked against.
    #[must_use]
    pub fn trust_version(&self) -> TrustVersion {
        self.trust
    }

    /// Its serial number.
    #[must_use]
    pub fn serial(&self) -> &SerialNumber {
        &self.facts.serial
    }

    /// The period in which it is valid. For a card certificate its end follows
    /// from the holder's birthday: personal data.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.facts.validity
    }

    /// Its public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.facts.key
    }

    /// The policy that satisfied the profile, if the profile demands one.
    #[must_use]
    pub fn policy(&self) -> Option<ObjectIdentifier> {
        self.facts.policy
    }

    pub(crate) fn trace(&self) -> Trace {
        self.facts.trace
    }

    pub(crate) fn asks_for_delta_lists(&self) -> bool {
        self.facts.asks_for_delta_lists
    }

    /// Whether its issuer says that its revocation need not be checked.
    pub(crate) fn needs_no_check(&self) -> bool {
        self.facts.needs_no_check
    }

    /// The value of the CRL distribution points extension.
    pub(crate) fn distribution_points(&self) -> Option<&[u8]> {
        self.distribution_points.as_deref()
    }

    /// The value of the subject alternative name extension.
    pub(crate) fn subject_alt_name(&self) -> Option<&[u8]> {
        self.subject_alt_name.as_deref()
    }

    /// Whether its key made `signature` over `message`.
    pub(crate) fn verify(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Code> {
        self.facts.key.verify(scheme, message, signature)
    }

    /// Whether its key made `signature` over the message with this digest.
    pub(crate) fn verify_digest(
        &self,
        scheme: SignatureScheme,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), Code> {
        self.facts.key.verify_digest(scheme, digest, signature)
    }

    /// Whether its key made `signature` by padding these octets and no others.
    #[cfg(feature = "auth-app")]
    pub(crate) fn verify_padded(&self, octets: &[u8], signature: &[u8]) -> Result<(), Code> {
        self.facts.key.verify_padded(octets, signature)
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("profile", &self.facts.profile.name)
            .field("anchor", &self.facts.anchor)
            .field("key", &self.facts.key)
            .finish_non_exhaustive()
    }
}
