//! Asking whether a certificate is revoked, the same in every layer.

#[cfg(feature = "auth-app")]
use tashika::auth_app::signing::{UnconfirmedSigning, VerifiedSigning};
use tashika::revocation::{CheckPurpose, Checker, Pending, Policy, RevocationQuery, Unconfirmed};
use tashika::{Error, Time};

/// Who is asked whether a certificate is revoked, and how fresh the answer has
/// to be.
#[derive(Clone, Debug)]
pub struct Revocation {
    checker: Checker,
    policy: Policy,
}

impl Revocation {
    /// This checker, and this policy for what it says.
    #[must_use]
    pub const fn new(checker: Checker, policy: Policy) -> Self {
        Self { checker, policy }
    }

    /// Who is asked.
    #[must_use]
    pub fn checker(&self) -> &Checker {
        &self.checker
    }

    /// How fresh an answer has to be.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Asks, and gives the proof if the answer is good.
    pub(crate) async fn confirm<P: Pending>(
        &self,
        unconfirmed: Unconfirmed<P>,
        purpose: CheckPurpose,
        now: Time,
    ) -> Result<P::Proof, Error> {
        let answer = self.checker.check(unconfirmed.query(), purpose, now).await;
        unconfirmed.confirm(answer.status(), &self.policy, now)
    }

    /// The same of what was signed through the auth app.
    #[cfg(feature = "auth-app")]
    pub(crate) async fn confirm_signing(
        &self,
        unconfirmed: UnconfirmedSigning,
        now: Time,
    ) -> Result<VerifiedSigning, Error> {
        let purpose = CheckPurpose::SignatureVerification;
        let answer = self.checker.check(unconfirmed.query(), purpose, now).await;
        unconfirmed.confirm(answer.status(), &self.policy, now)
    }

    /// Asks again about a certificate that was confirmed before.
    pub(crate) async fn confirm_again(
        &self,
        query: &RevocationQuery,
        purpose: CheckPurpose,
        now: Time,
    ) -> Result<(), Error> {
        let answer = self.checker.check(query, purpose, now).await;
        let confirmed = query.confirm(answer.status(), &self.policy, now);
        confirmed.map(|_| ())
    }
}
