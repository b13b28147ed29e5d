//! Whose documents are believed, and who is asked about them.

use std::fmt;
use std::sync::Arc;

use tashika::mdoc::status::{RecordPolicy, RecordStatus, StatusFetcher};
use tashika::mdoc::{
    Answer, PresentationVerifier, Question, Requested, UnconfirmedPresentation,
    VerifiedPresentation,
};
use tashika::revocation::{CheckPurpose, Status};
use tashika::{Code, Error, Time};

use crate::revocation::Revocation;

/// Whose documents are believed, who is asked whether their signers' certificates
/// are revoked, and what has to be known about the documents themselves.
///
/// It holds no person; a clone is the same.
#[derive(Clone, Debug)]
pub struct Documents {
    verifier: Arc<PresentationVerifier>,
    signers: Revocation,
    records: Records,
}

/// What has to be known about the revocation of a document itself, and who is
/// asked.
#[derive(Clone)]
pub struct Records {
    asked: Asked,
    policy: RecordPolicy,
}

#[derive(Clone)]
enum Asked {
    Nobody,
    Fetcher(Arc<StatusFetcher>),
}

/// What was found out about one document.
struct Found {
    signer: Status,
    record: Option<RecordStatus>,
}

impl Documents {
    /// Documents of the issuers that `verifier` knows.
    #[must_use]
    pub fn new(verifier: PresentationVerifier, signers: Revocation, records: Records) -> Self {
        Self {
            verifier: Arc::new(verifier),
            signers,
            records,
        }
    }

    pub(super) fn verifier(&self) -> &Arc<PresentationVerifier> {
        &self.verifier
    }

    /// `trust.empty` if no issuer of a document is known.
    pub(super) fn check(&self, requested: &Requested) -> Result<(), Error> {
        let mut documents = requested.documents().iter();
        if documents.all(|d| self.verifier.trust(d.doc_type()).is_some()) {
            Ok(())
        } else {
            Err(Code::TrustEmpty.into())
        }
    }

    /// Asks all that remains to be asked, and gives the proof if the answers are
    /// good.
    pub(super) async fn confirm(
        &self,
        unconfirmed: UnconfirmedPresentation,
        now: Time,
    ) -> Result<VerifiedPresentation, Error> {
        let mut found = Vec::new();
        for question in unconfirmed.questions() {
            found.push(self.ask(question, now).await);
        }
        let answers: Vec<_> = found.iter().map(Found::answer).collect();
        unconfirmed.confirm(&answers, self.signers.policy(), self.records.policy, now)
    }

    async fn ask(&self, question: Question<'_>, now: Time) -> Found {
        let (checker, purpose) = (self.signers.checker(), CheckPurpose::SignatureVerification);
        let answer = checker.check(question.signer(), purpose, now).await;
        let record = match (&self.records.asked, question.record()) {
            (Asked::Fetcher(fetcher), Some(reference)) => {
                Some(fetcher.status(reference, now).await)
            }
            (Asked::Nobody, _) | (_, None) => None,
        };
        Found {
            signer: answer.status().clone(),
            record,
        }
    }
}

impl Records {
    /// Asks the lists that documents name, through `fetcher`.
    #[must_use]
    pub const fn fetched(fetcher: Arc<StatusFetcher>, policy: RecordPolicy) -> Self {
        let asked = Asked::Fetcher(fetcher);
        Self { asked, policy }
    }

    /// Asks no list: a document that names one is undetermined, with
    /// `mdoc.status_unreachable`, unless the policy says that it need not be
    /// known.
    #[must_use]
    pub const fn not_fetched(policy: RecordPolicy) -> Self {
        let asked = Asked::Nobody;
        Self { asked, policy }
    }
}

impl Found {
    fn answer(&self) -> Answer<'_> {
        let answer = Answer::of(&self.signer);
        match &self.record {
            Some(record) => answer.with_record(record),
            None => answer,
        }
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = match self.asked {
            Asked::Nobody => "not fetched",
            Asked::Fetcher(_) => "fetched",
        };
        write!(f, "Records({asked}, {:?})", self.policy)
    }
}
