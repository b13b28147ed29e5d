//! 利用者証明用: answers to login challenges.

use std::fmt;

use bytes::Bytes;

use crate::algorithm::{AlgorithmTable, RawSchemes, SignatureScheme};
use crate::code::CheckId;
use crate::error::{Error, Trace};
use crate::jpki::certificate::PendingCertificate;
use crate::jpki::desk::Desk;
use crate::jpki::{Challenge, Kind, Leaf, ProfileTable};
use crate::revocation::{Confirmation, Pending, Sealed, Settled, Unconfirmed};
use crate::time::Time;
use crate::transaction::{Audience, Binding};
use crate::trust::{Fingerprint, TrustStore};
use crate::x509::Issued;

/// What a card answers to a challenge: untrusted.
#[derive(Clone)]
pub struct ChallengeResponse {
    /// The 利用者証明用 certificate, in DER.
    pub certificate: Bytes,
    /// The signature over [`Challenge::to_bytes`].
    pub signature: Bytes,
}

impl fmt::Debug for ChallengeResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeResponse(…)")
    }
}

/// Verifies logins with a 利用者証明用 certificate.
#[derive(Clone, Debug)]
pub struct AuthenticationVerifier {
    desk: Desk,
}

impl AuthenticationVerifier {
    /// A verifier against the authentication anchors of `trust`.
    ///
    /// # Errors
    /// `misuse.profile` if `profiles` has none for the environment of `trust`.
    pub fn new(
        trust: TrustStore,
        profiles: ProfileTable,
        algorithms: AlgorithmTable,
    ) -> Result<Self, Error> {
        let desk = Desk::new(Kind::Authentication, trust, profiles, algorithms)?;
        Ok(Self { desk })
    }

    /// This verifier, with other signature schemes than the
    /// [standard ones](RawSchemes::standard).
    #[must_use]
    pub fn with_raw_schemes(mut self, schemes: RawSchemes) -> Self {
        self.desk = self.desk.with_raw_schemes(schemes);
        self
    }

    /// See [`OneHop::remember`](crate::x509::OneHop::remember).
    #[cfg(feature = "cache")]
    #[must_use]
    pub fn remember(mut self, capacity: u64) -> Self {
        self.desk = self.desk.remember(capacity);
        self
    }

    /// Checks everything but revocation at `now`: that the challenge is for
    /// `audience` and in time, and that the certificate's key answered it. The
    /// challenge is used up.
    ///
    /// # Errors
    /// A code under `transaction.`, `input.`, `x509.`, `trust.`, `signature.`,
    /// `jpki.`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a challenge is used up by its answer"
    )]
    pub fn check(
        &self,
        challenge: Challenge,
        audience: &Audience,
        response: &ChallengeResponse,
        now: Time,
    ) -> Result<Unconfirmed<PendingAuthentication>, Error> {
        let mut trace = Trace::default();
        let binding = challenge.binding();
        trace.check(CheckId::Transaction, binding.check(audience, now))?;
        let message = challenge.to_bytes();
        let (issued, scheme) = self.signed(&message, response, now, &mut trace)?;
        let pending = PendingAuthentication {
            leaf: self.desk.leaf(&issued),
            binding: binding.clone(),
            scheme,
            digest: Fingerprint::of(&message),
        };
        Unconfirmed::new(pending, &issued, trace)
    }

    /// Checks a signature over any message with a 利用者証明用 certificate.
    ///
    /// Whether the message is a challenge that was issued, to whom, until when
    /// and for the first time, nobody checks: a recorded answer passes again.
    ///
    /// # Errors
    /// A code under `input.`, `x509.`, `trust.`, `signature.`, `jpki.`.
    pub fn danger_check_message(
        &self,
        message: &[u8],
        response: &ChallengeResponse,
        now: Time,
    ) -> Result<Unconfirmed<PendingCertificate>, Error> {
        let mut trace = Trace::default();
        let (issued, _) = self.signed(message, response, now, &mut trace)?;
        self.pend(&issued, trace)
    }

    /// Checks a certificate alone, without a signature by it: that it is
    /// genuine and valid, not that whoever shows it holds its key.
    ///
    /// # Errors
    /// A code under `input.`, `x509.`, `trust.`, `jpki.`.
    pub fn check_certificate(
        &self,
        certificate: &[u8],
        now: Time,
    ) -> Result<Unconfirmed<PendingCertificate>, Error> {
        let mut trace = Trace::default();
        let issued = self.desk.issue(certificate, now, &mut trace)?;
        self.pend(&issued, trace)
    }

    fn signed(
        &self,
        message: &[u8],
        response: &ChallengeResponse,
        now: Time,
        trace: &mut Trace,
    ) -> Result<(Issued, SignatureScheme), Error> {
        let (certificate, signature) = (&response.certificate, &response.signature);
        self.desk
            .verify(certificate, message, signature, now, trace)
    }

    fn pend(
        &self,
        issued: &Issued,
        trace: Trace,
    ) -> Result<Unconfirmed<PendingCertificate>, Error> {
        let leaf = self.desk.leaf(issued);
        Unconfirmed::new(PendingCertificate::new(leaf, None), issued, trace)
    }
}

/// An answer that is genuine, by a certificate that may be revoked.
#[derive(Debug)]
pub struct PendingAuthentication {
    leaf: Leaf,
    binding: Binding,
    scheme: SignatureScheme,
    digest: Fingerprint,
}

impl Sealed for PendingAuthentication {}

impl Pending for PendingAuthentication {
    type Proof = VerifiedAuthentication;

    fn confirm(self, settled: Settled) -> VerifiedAuthentication {
        VerifiedAuthentication {
            authentication: self,
            settled,
        }
    }
}

/// The proof that the holder of a 利用者証明用 certificate answered this challenge.
#[derive(Debug)]
pub struct VerifiedAuthentication {
    authentication: PendingAuthentication,
    settled: Settled,
}

impl VerifiedAuthentication {
    /// The certificate that answered.
    #[must_use]
    pub fn leaf(&self) -> &Leaf {
        &self.authentication.leaf
    }

    /// What the answer is bound to.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.authentication.binding
    }

    /// The scheme of the signature.
    #[must_use]
    pub fn scheme(&self) -> SignatureScheme {
        self.authentication.scheme
    }

    /// SHA-256 over the bytes that were signed: the challenge's.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        self.authentication.digest
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
