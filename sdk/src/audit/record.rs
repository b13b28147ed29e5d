//! What is put on record of one outcome.

use std::fmt;

use crate::audit::facts::CertificateFacts;
#[cfg(feature = "mdoc")]
use crate::audit::facts::DocumentFacts;
#[cfg(feature = "auth-app")]
use crate::audit::facts::{LoginFacts, SigningFacts};
use crate::audit::{Evidence, LegalMethod, Means, MethodTable};
#[cfg(feature = "auth-app")]
use crate::auth_app::VerifiedLogin;
#[cfg(feature = "auth-app")]
use crate::auth_app::signing::VerifiedSigning;
use crate::code::Code;
use crate::error::Error;
use crate::jpki::{VerifiedAuthentication, VerifiedSignature};
#[cfg(feature = "mdoc")]
use crate::mdoc::{AgeCheck, JP_MNC, VerifiedPresentation};
use crate::time::Time;
use crate::transaction::TransactionId;
use crate::trust::Fingerprint;

/// What was verified, or was to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flow {
    /// A document, signed with a 署名用 certificate.
    Signature,
    /// A login with a 利用者証明用 certificate.
    Authentication,
    /// Documents from a phone.
    Presentation,
    /// An age.
    Age,
    /// A login by the auth app.
    Login,
    /// A document, signed through the auth app.
    Signing,
    /// A session that was to go on.
    Session,
}

impl Flow {
    /// The word by which records call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Authentication => "authentication",
            Self::Presentation => "presentation",
            Self::Age => "age",
            Self::Login => "login",
            Self::Signing => "signing",
            Self::Session => "session",
        }
    }
}

/// What is put on record of one outcome.
///
/// Which certificate or person it was can be read off it by nobody:
/// [`Terms`](crate::audit::Terms) write it under a key.
pub struct Record {
    pub(super) flow: Flow,
    pub(super) transaction: Option<TransactionId>,
    pub(super) at: Time,
    pub(super) outcome: Outcome,
    pub(super) method: Option<LegalMethod>,
    pub(super) evidence: Option<Evidence>,
}

/// How it ended, and what is to be told of it.
pub(super) enum Outcome {
    Refused(Error),
    Certificate(Box<CertificateFacts>),
    #[cfg(feature = "mdoc")]
    Documents(Vec<DocumentFacts>),
    #[cfg(feature = "mdoc")]
    Age(AgeCheck, Option<String>),
    #[cfg(feature = "auth-app")]
    Login(LoginFacts),
    #[cfg(feature = "auth-app")]
    Signing(SigningFacts),
}

impl Record {
    /// Of a document that was signed with a 署名用 certificate.
    #[must_use]
    pub fn of_signature(proof: &VerifiedSignature, transaction: TransactionId, at: Time) -> Self {
        let signed = proof.content().map(|content| Fingerprint::of(content));
        let facts = CertificateFacts::of(proof.into(), signed);
        let outcome = Outcome::Certificate(Box::new(facts));
        Self::accepted(Flow::Signature, transaction, at, outcome)
    }

    /// Of a login with a 利用者証明用 certificate.
    #[must_use]
    pub fn of_authentication(
        proof: &VerifiedAuthentication,
        transaction: TransactionId,
        at: Time,
    ) -> Self {
        let facts = CertificateFacts::of(proof.into(), Some(proof.digest()));
        let outcome = Outcome::Certificate(Box::new(facts));
        Self::accepted(Flow::Authentication, transaction, at, outcome)
    }

    /// Of documents that were presented from a phone. Nothing of what they say:
    /// the relying party may have declared that it does not keep it.
    #[cfg(feature = "mdoc")]
    #[must_use]
    pub fn of_presentation(
        proof: &VerifiedPresentation,
        transaction: TransactionId,
        at: Time,
    ) -> Self {
        let documents = proof.documents().iter().map(DocumentFacts::of);
        let outcome = Outcome::Documents(documents.collect());
        Self::accepted(Flow::Presentation, transaction, at, outcome)
    }

    /// Of a login by the auth app.
    #[cfg(feature = "auth-app")]
    #[must_use]
    pub fn of_login(proof: &VerifiedLogin, transaction: TransactionId, at: Time) -> Self {
        let outcome = Outcome::Login(LoginFacts::of(proof));
        Self::accepted(Flow::Login, transaction, at, outcome)
    }

    /// Of a document that was signed through the auth app.
    #[cfg(feature = "auth-app")]
    #[must_use]
    pub fn of_signing(proof: &VerifiedSigning, transaction: TransactionId, at: Time) -> Self {
        let outcome = Outcome::Signing(SigningFacts::of(proof));
        Self::accepted(Flow::Signing, transaction, at, outcome)
    }

    /// Of an age that was asked about, whatever the answer is. Of the time, the
    /// day in Japan is kept.
    #[cfg(feature = "mdoc")]
    #[must_use]
    pub fn of_age(proof: &AgeCheck, at: Time) -> Self {
        Self {
            flow: Flow::Age,
            transaction: None,
            at,
            outcome: Outcome::Age(*proof, None),
            method: None,
            evidence: None,
        }
    }

    /// Of a refusal, by `error`, at this time; of an age check it holds no
    /// transaction.
    #[must_use]
    pub fn refused(flow: Flow, error: Error, transaction: Option<TransactionId>, at: Time) -> Self {
        Self {
            flow,
            transaction: transaction.filter(|_| flow != Flow::Age),
            at,
            outcome: Outcome::Refused(error),
            method: None,
            evidence: None,
        }
    }

    fn accepted(flow: Flow, transaction: TransactionId, at: Time, outcome: Outcome) -> Self {
        Self {
            flow,
            transaction: Some(transaction),
            at,
            outcome,
            method: None,
            evidence: None,
        }
    }

    /// This record of an age check, with the type of the document that told the
    /// age. It changes no other record.
    #[cfg(feature = "mdoc")]
    #[must_use]
    pub fn about_document(mut self, doc_type: &str) -> Self {
        if let Outcome::Age(_, about) = &mut self.outcome {
            *about = Some(doc_type.to_owned());
        }
        self
    }

    /// This record, with what was signed, to be kept beside it.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// This record, with what the law calls the method on its day, if `table`
    /// knows it. A refusal has none.
    #[must_use]
    pub fn with_method(mut self, table: &MethodTable) -> Self {
        let day = self.at.date_in_japan().ok();
        let found = self.means().zip(day);
        self.method = found.and_then(|(means, day)| table.method(means, day));
        self
    }

    /// By what the law would say that the person was identified.
    fn means(&self) -> Option<Means> {
        match (&self.outcome, self.flow) {
            (Outcome::Certificate(_), Flow::Signature) => Some(Means::SigningCertificate),
            #[cfg(feature = "auth-app")]
            (Outcome::Signing(_), _) => Some(Means::SigningCertificate),
            #[cfg(feature = "mdoc")]
            (Outcome::Documents(documents), _) => {
                let card = |document: &DocumentFacts| document.doc_type == JP_MNC;
                let cards = !documents.is_empty() && documents.iter().all(card);
                cards.then_some(Means::CardSubstituteRecord)
            }
            _ => None,
        }
    }

    /// What was verified, or was to be.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// The transaction; none of an age check, or where none was named.
    #[must_use]
    pub fn transaction(&self) -> Option<TransactionId> {
        self.transaction
    }

    /// Why it was refused; none if it was accepted.
    #[must_use]
    pub fn refusal(&self) -> Option<Code> {
        match &self.outcome {
            Outcome::Refused(error) => Some(error.code()),
            _ => None,
        }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("flow", &self.flow)
            .field("refusal", &self.refusal())
            .finish_non_exhaustive()
    }
}
