//! The proof of a signature.

use std::fmt;

use crate::algorithm::Digest;
use crate::auth_app::Subject;
use crate::auth_app::signing::SignInput;
use crate::auth_app::signing::signed::Signed;
use crate::code::CheckId;
use crate::error::{Error, Trace};
use crate::jpki::{PendingSignature, VerifiedSignature};
use crate::revocation::{Policy, RevocationQuery, Status, Unconfirmed};
use crate::time::Time;
use crate::transaction::Binding;

/// A signature that is genuine, by a certificate that may be revoked. Nothing of
/// it can be read but the question that remains.
#[must_use]
pub struct UnconfirmedSigning {
    unconfirmed: Unconfirmed<PendingSignature>,
    signed: Signed,
}

/// The proof that somebody signed what they were asked to sign, in this
/// transaction, and who that was.
pub struct VerifiedSigning {
    signed: Signed,
    verification: Verification,
}

/// Who verified the signature.
#[derive(Debug)]
pub enum Verification {
    /// We did, with the certificate: this is what it says.
    ///
    /// Nothing in a certificate tells the [`Subject`], so that the two are one
    /// person rests on the provider, which had one card for both.
    Ourselves(Box<VerifiedSignature>),
    /// The platform operator did, and we have its word. We have seen neither
    /// signature nor certificate.
    Operator(OperatorWord),
}

/// What a platform operator said, and who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorWord {
    pub(super) operator: String,
    pub(super) subject: OperatorSubject,
    pub(super) certificate: OperatorCertificate,
}

/// Whether the operator said who signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatorSubject {
    /// It named the one who was authenticated.
    Same,
    /// It named nobody, and the profile permits that.
    NotNamed,
}

/// What the operator said of the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatorCertificate {
    /// It is valid.
    Valid,
    /// Nothing beside its outcome, and the profile permits that.
    NotNamed,
}

impl OperatorWord {
    /// The operator's URL.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// Whether it said who signed.
    #[must_use]
    pub fn subject(&self) -> OperatorSubject {
        self.subject
    }

    /// What it said of the certificate.
    #[must_use]
    pub fn certificate(&self) -> OperatorCertificate {
        self.certificate
    }
}

impl UnconfirmedSigning {
    pub(super) fn new(unconfirmed: Unconfirmed<PendingSignature>, signed: Signed) -> Self {
        Self {
            unconfirmed,
            signed,
        }
    }

    /// The question whose answer [`confirm`](Self::confirm) needs.
    #[must_use]
    pub fn query(&self) -> &RevocationQuery {
        self.unconfirmed.query()
    }

    /// Gives the proof if the certificate is not revoked; see
    /// [`Unconfirmed::confirm`].
    ///
    /// # Errors
    /// Those of [`Unconfirmed::confirm`].
    pub fn confirm(
        self,
        status: &Status,
        policy: &Policy,
        now: Time,
    ) -> Result<VerifiedSigning, Error> {
        let Self {
            unconfirmed,
            signed,
        } = self;
        let proof = unconfirmed.confirm(status, policy, now);
        let proof = proof.map_err(|error| error.after(signed.trace))?;
        Ok(VerifiedSigning::by_ourselves(signed, proof))
    }

    /// Gives the proof without asking whether the certificate is revoked.
    ///
    /// Lost and stolen cards pass, and the cards of the dead.
    pub fn danger_unchecked(self) -> VerifiedSigning {
        VerifiedSigning::by_ourselves(self.signed, self.unconfirmed.danger_unchecked())
    }
}

impl VerifiedSigning {
    fn by_ourselves(mut signed: Signed, proof: VerifiedSignature) -> Self {
        signed.trace.merge(proof.trace());
        Self::new(signed, Verification::Ourselves(Box::new(proof)))
    }

    pub(super) fn new(mut signed: Signed, verification: Verification) -> Self {
        signed.trace.pass(CheckId::AuthAppSigning);
        Self {
            signed,
            verification,
        }
    }

    /// To whom, for what and in which transaction it was signed.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.signed.binding
    }

    /// The provider. A subject names somebody together with it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.signed.issuer
    }

    /// Who signed.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.signed.subject
    }

    /// How the provider says that the person was authenticated, if it says so.
    #[must_use]
    pub fn acr(&self) -> Option<&str> {
        self.signed.acr.as_deref()
    }

    /// The provider's name for the transaction: a UUID.
    #[must_use]
    pub fn transaction(&self) -> &str {
        &self.signed.transaction
    }

    /// What was signed, in which form.
    #[must_use]
    pub fn input(&self) -> &SignInput {
        &self.signed.input
    }

    /// The SHA-256 digest of the document that was signed.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.signed.input.digest()
    }

    /// Whether this is the document that was signed.
    #[must_use]
    pub fn is_of(&self, document: &[u8]) -> bool {
        self.signed.input.is_of(document)
    }

    /// Who verified the signature, and what is known from it.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// The checks that passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.signed.trace
    }
}

impl fmt::Debug for UnconfirmedSigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnconfirmedSigning")
            .field(&self.signed)
            .finish()
    }
}

impl fmt::Debug for VerifiedSigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedSigning")
            .field("signed", &self.signed)
            .field("verification", &self.verification)
            .finish()
    }
}
