//! Reports about presentations of documents in phones.

use serde::Serialize;

use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::mdoc::status::{RecordConfirmation, RecordState, RecordStatus};
use crate::mdoc::{Answer, VerifiedDocument, VerifiedPresentation};
use crate::message::{Language, Message};
use crate::report::checks::{Evidence, Verification, checks, evidence};
use crate::report::{Report, RevocationReport, Verdict};
use crate::revocation::{State, Status};
use crate::time::Time;
use crate::trust::TrustStore;

/// What all reports about presentations have in common.
#[derive(Clone, Copy, Debug)]
pub struct PresentationReporter<'a> {
    /// The anchors over the type of document that was asked for.
    pub trust: &'a TrustStore,
    /// The evaluation time.
    pub at: Time,
    /// The language of the text for people.
    pub language: Language,
}

/// What a report about a presentation has beside the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Presented {
    record: RecordReport,
    documents: Vec<DocumentReport>,
}

/// One document of a report: its type, and what was found about it. Nothing of
/// what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentReport {
    doc_type: String,
    anchor: String,
    revocation: RevocationReport,
    record: RecordReport,
}

/// What is known of the revocation of a document itself. That of its signer's
/// certificate is a [`RevocationReport`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordReport {
    status: &'static str,
    as_of: Option<String>,
}

impl PresentationReporter<'_> {
    /// The report of a proof. What is said of revocation is said of its first
    /// document; the others' stands with them.
    #[must_use]
    pub fn accepted(&self, proof: &VerifiedPresentation) -> Report {
        let documents: Vec<_> = proof.documents().iter().map(DocumentReport::of).collect();
        let first = documents.first();
        let revocation = first.map_or_else(RevocationReport::unchecked, |d| d.revocation.clone());
        let record = first.map_or_else(RecordReport::unchecked, |d| d.record.clone());
        Report {
            verdict: Verdict::Accepted,
            checks: self.checks(proof),
            revocation,
            presented: Some(Presented { record, documents }),
            message: Message::Accepted.text(self.language),
            ..self.empty()
        }
    }

    /// The report of a refusal, with the answers about its documents if it came
    /// to asking: it tells the first of them that speaks against one.
    #[must_use]
    pub fn refused(&self, error: &Error, answers: &[Answer<'_>]) -> Report {
        let decisive = answers.iter().find(|answer| speaks_against(answer));
        let decisive = decisive.or(answers.first());
        let revocation = decisive.map_or_else(RevocationReport::unchecked, |answer| {
            RevocationReport::of_status(answer.signer(), |_| None)
        });
        let record = decisive.and_then(Answer::record);
        let record = record.map_or_else(RecordReport::unchecked, RecordReport::of_status);
        let documents = Vec::new();
        let message = |code: Code| code.message().about_document();
        let (procedure, evidence) = (Verification::Presentation, self.evidence());
        Report {
            checks: checks(procedure, error.trace(), Some(error), &evidence),
            revocation,
            presented: Some(Presented { record, documents }),
            ..self.empty().refused(error.code(), message, self.language)
        }
    }

    fn empty(&self) -> Report {
        Report::empty("mdoc", self.trust, self.at)
    }

    fn checks(&self, proof: &VerifiedPresentation) -> Vec<super::CheckReport> {
        let mut evidence = self.evidence();
        let mut trace = Trace::default();
        for document in proof.documents() {
            trace.merge(document.trace());
        }
        if let Some(document) = proof.documents().first() {
            let row = evidence.entry(CheckId::Issuer).or_default();
            row.insert("anchor", document.anchor().fingerprint().to_string());
        }
        checks(Verification::Presentation, trace, None, &evidence)
    }

    fn evidence(&self) -> Evidence {
        let judged = [
            CheckId::AnchorValidity,
            CheckId::Validity,
            CheckId::MdocValidity,
        ];
        evidence(self.at, &judged)
    }
}

/// Whether an answer is not the one that a proof needs.
fn speaks_against(answer: &Answer<'_>) -> bool {
    let signer = !matches!(Status::state(answer.signer()), State::Good);
    let record = answer.record().map(RecordStatus::state);
    signer || record.is_some_and(|state| state != RecordState::Good)
}

impl Report {
    /// What is known of the revocation of the document itself; none if this is
    /// no report about a presentation.
    #[must_use]
    pub fn record(&self) -> Option<&RecordReport> {
        self.presented.as_ref().map(|presented| &presented.record)
    }

    /// The documents of an accepted presentation, in their order.
    #[must_use]
    pub fn documents(&self) -> &[DocumentReport] {
        let presented = self.presented.as_ref();
        presented.map_or(&[], |presented| &presented.documents)
    }
}

impl DocumentReport {
    fn of(document: &VerifiedDocument) -> Self {
        let record = document.record();
        Self {
            doc_type: document.doc_type().to_owned(),
            anchor: document.anchor().fingerprint().to_string(),
            revocation: RevocationReport::of_confirmation(document.confirmation()),
            record: record.map_or_else(RecordReport::unchecked, RecordReport::of_confirmation),
        }
    }

    /// The type of the document.
    #[must_use]
    pub fn doc_type(&self) -> &str {
        &self.doc_type
    }

    /// The fingerprint of the root over its signer, in hexadecimal.
    #[must_use]
    pub fn anchor(&self) -> &str {
        &self.anchor
    }

    /// What is known of the revocation of its signer's certificate.
    #[must_use]
    pub fn revocation(&self) -> &RevocationReport {
        &self.revocation
    }

    /// What is known of its own revocation.
    #[must_use]
    pub fn record(&self) -> &RecordReport {
        &self.record
    }
}

impl RecordReport {
    /// `good`, `revoked`, `suspended`, `undetermined`, `not_available` if the
    /// document names no list, or `unchecked`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        self.status
    }

    /// When the issuer said so, in RFC 3339, UTC.
    #[must_use]
    pub fn as_of(&self) -> Option<&str> {
        self.as_of.as_deref()
    }

    /// Why it is undetermined belongs to the code of the report.
    fn new(state: RecordState, as_of: Option<Time>) -> Self {
        let status = match state {
            RecordState::Good => "good",
            RecordState::Revoked => "revoked",
            RecordState::Suspended => "suspended",
            RecordState::Undetermined(_) => "undetermined",
            RecordState::NotAvailable => "not_available",
        };
        let as_of = as_of.map(|time| time.to_string());
        Self { status, as_of }
    }

    fn unchecked() -> Self {
        let (status, as_of) = ("unchecked", None);
        Self { status, as_of }
    }

    fn of_confirmation(confirmation: &RecordConfirmation) -> Self {
        Self::new(confirmation.state(), confirmation.as_of())
    }

    fn of_status(status: &RecordStatus) -> Self {
        Self::new(status.state(), status.as_of())
    }
}
