//! The certificate by itself: what both kinds of proofs tell of it.

use std::fmt;
use std::sync::Arc;

use const_oid::ObjectIdentifier;

use crate::error::Trace;
use crate::jpki::{Carrier, CertificateIdentity, Holder, Kind, ProfileTable};
use crate::revocation::{Confirmation, Pending, Sealed, Settled};
use crate::time::Validity;
use crate::trust::{Anchor, Environment, TrustVersion};
use crate::x509::Issued;

/// What is known of a verified certificate, the person aside.
#[derive(Clone)]
pub struct Leaf {
    kind: Kind,
    carrier: Option<Carrier>,
    policy: Option<ObjectIdentifier>,
    identity: CertificateIdentity,
    anchor: Arc<Anchor>,
    validity: Validity,
    trust: TrustVersion,
}

impl Leaf {
    pub(crate) fn of(
        issued: &Issued,
        kind: Kind,
        environment: Environment,
        profiles: &ProfileTable,
    ) -> Self {
        let carrier = |policy| profiles.carrier(kind, environment, policy);
        Self {
            kind,
            carrier: issued.policy().and_then(carrier),
            policy: issued.policy(),
            identity: CertificateIdentity::of(issued),
            anchor: Arc::clone(issued.anchor()),
            validity: issued.validity(),
            trust: issued.trust_version(),
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What carries its key, by its policy.
    #[must_use]
    pub fn carrier(&self) -> Option<Carrier> {
        self.carrier
    }

    /// The policy under which it was issued.
    #[must_use]
    pub fn policy(&self) -> Option<ObjectIdentifier> {
        self.policy
    }

    /// Which certificate it is.
    #[must_use]
    pub fn identity(&self) -> &CertificateIdentity {
        &self.identity
    }

    /// The anchor that issued it.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// The period in which it is valid. Its end follows from the holder's
    /// birthday: personal data.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The set of anchors it was checked against.
    #[must_use]
    pub fn trust_version(&self) -> TrustVersion {
        self.trust
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf")
            .field("kind", &self.kind)
            .field("carrier", &self.carrier)
            .field("anchor", &self.anchor)
            .finish_non_exhaustive()
    }
}

/// A certificate that is genuine and may be revoked.
#[derive(Debug)]
pub struct PendingCertificate {
    leaf: Leaf,
    holder: Option<Holder>,
}

impl PendingCertificate {
    pub(crate) fn new(leaf: Leaf, holder: Option<Holder>) -> Self {
        Self { leaf, holder }
    }
}

impl Sealed for PendingCertificate {}

impl Pending for PendingCertificate {
    type Proof = VerifiedCertificate;

    fn confirm(self, settled: Settled) -> VerifiedCertificate {
        VerifiedCertificate {
            certificate: self,
            settled,
        }
    }
}

/// The proof that a certificate is genuine, valid and not revoked.
///
/// It does not prove that whoever showed it holds its key: certificates are
/// no secrets.
#[derive(Debug)]
pub struct VerifiedCertificate {
    certificate: PendingCertificate,
    settled: Settled,
}

impl VerifiedCertificate {
    /// The certificate.
    #[must_use]
    pub fn leaf(&self) -> &Leaf {
        &self.certificate.leaf
    }

    /// The person it was issued to; none for 利用者証明用, which does not tell.
    #[must_use]
    pub fn holder(&self) -> Option<&Holder> {
        self.certificate.holder.as_ref()
    }

    /// How revocation was settled.
    #[must_use]
    pub fn confirmation(&self) -> &Confirmation {
        self.settled.confirmation()
    }

    /// The checks that passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.settled.trace()
    }
}
