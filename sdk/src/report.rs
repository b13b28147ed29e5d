//! What an operator is shown of a verification: every check, what it rests
//! on, and what a revocation may mean. No personal data.

mod checks;
#[cfg(feature = "mdoc")]
mod presentation;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::code::{CheckId, Code, Disposition};
use crate::error::Error;
use crate::jpki::{Kind, Meaning, MeaningTable, Proven};
use crate::message::{Language, Message};
use crate::revocation::{Confirmation, Freshness, NonceEcho, Reason, Source, State, Status};
use crate::time::Time;
use crate::trust::TrustStore;

use checks::{Evidence, Verification, checks};
#[cfg(feature = "mdoc")]
pub use presentation::{DocumentReport, PresentationReporter, RecordReport};

/// One of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[must_use]
pub enum Verdict {
    /// There is a proof.
    Accepted,
    /// The evidence is bad.
    Rejected,
    /// It could not be known.
    Undetermined,
}

/// What was verified, and so which checks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Procedure {
    /// A certificate by itself.
    Certificate,
    /// A bare signature and a certificate.
    Raw,
    /// A CMS message.
    Cms,
    /// The answer to a challenge.
    Challenge,
}

/// The report of one verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    verdict: Verdict,
    code: Option<&'static str>,
    description: Option<&'static str>,
    /// `signing`, `authentication` or `mdoc`.
    kind: &'static str,
    evaluated_at: String,
    trust_version: String,
    checks: Vec<CheckReport>,
    revocation: RevocationReport,
    #[cfg(feature = "mdoc")]
    #[serde(flatten)]
    presented: Option<presentation::Presented>,
    message: &'static str,
}

/// One check of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    id: &'static str,
    status: CheckStatus,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    evidence: BTreeMap<&'static str, String>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// It passed.
    Pass,
    /// It failed.
    Fail,
    /// It did not run: an earlier one failed, or it was switched off.
    Skipped,
    /// It could not be decided.
    Undetermined,
}

/// What is known of revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RevocationReport {
    /// `good`, `revoked`, `undetermined` or `unchecked`.
    status: &'static str,
    reason: Option<&'static str>,
    meaning: Option<Meaning>,
    as_of: Option<String>,
    next_update: Option<String>,
    source: Option<String>,
    /// Whether the answer was overdue and counts only because the policy says so.
    within_grace: bool,
    /// Whether the policy wants somebody to look at it.
    flagged: bool,
}

/// What all reports about cards have in common.
#[derive(Clone, Copy, Debug)]
pub struct Reporter<'a> {
    /// The anchors.
    pub trust: &'a TrustStore,
    /// The kind of certificate that was asked for.
    pub kind: Kind,
    /// The evaluation time.
    pub at: Time,
    /// What reasons mean to this operator.
    pub meanings: &'a MeaningTable,
    /// The language of the text for people.
    pub language: Language,
}

impl Reporter<'_> {
    /// The report of a proof.
    #[must_use]
    pub fn accepted(&self, procedure: Procedure, proven: &Proven<'_>) -> Report {
        let mut evidence = self.evidence();
        let mut note = |check, name, value| {
            evidence.entry(check).or_default().insert(name, value);
        };
        let leaf = proven.leaf();
        note(
            CheckId::Issuer,
            "anchor",
            leaf.anchor().fingerprint().to_string(),
        );
        if let Some(policy) = leaf.policy() {
            note(CheckId::Policy, "policy", policy.to_string());
        }
        if let Some(carrier) = leaf.carrier() {
            note(CheckId::Policy, "carrier", carrier.as_str().to_owned());
        }
        if let Some(scheme) = proven.scheme() {
            note(CheckId::SignatureScheme, "scheme", scheme.name().to_owned());
        }
        Report {
            verdict: Verdict::Accepted,
            checks: checks(self.runs(procedure), proven.trace(), None, &evidence),
            revocation: RevocationReport::of_confirmation(proven.confirmation()),
            message: Message::Accepted.text(self.language),
            ..self.empty()
        }
    }

    /// The report of a refusal, with the status of the certificate if it came
    /// to asking for it.
    #[must_use]
    pub fn refused(&self, procedure: Procedure, error: &Error, status: Option<&Status>) -> Report {
        let evidence = self.evidence();
        let meaning = |reason| self.meanings.meaning(self.kind, reason).cloned();
        Report {
            checks: checks(self.runs(procedure), error.trace(), Some(error), &evidence),
            revocation: status.map_or_else(RevocationReport::unchecked, |status| {
                RevocationReport::of_status(status, meaning)
            }),
            ..self
                .empty()
                .refused(error.code(), Code::message, self.language)
        }
    }

    fn runs(&self, procedure: Procedure) -> Verification {
        Verification::Card(procedure, self.kind)
    }

    fn empty(&self) -> Report {
        Report::empty(self.kind.as_str(), self.trust, self.at)
    }

    fn evidence(&self) -> Evidence {
        checks::evidence(self.at, &[CheckId::AnchorValidity, CheckId::Validity])
    }
}

impl Report {
    fn empty(kind: &'static str, trust: &TrustStore, at: Time) -> Self {
        Self {
            verdict: Verdict::Undetermined,
            code: None,
            description: None,
            kind,
            evaluated_at: at.to_string(),
            trust_version: trust.version().to_string(),
            checks: Vec::new(),
            revocation: RevocationReport::unchecked(),
            #[cfg(feature = "mdoc")]
            presented: None,
            message: "",
        }
    }

    fn refused(
        self,
        code: Code,
        message: impl FnOnce(Code) -> Message,
        language: Language,
    ) -> Self {
        let verdict = match code.disposition() {
            Disposition::Undetermined => Verdict::Undetermined,
            _ => Verdict::Rejected,
        };
        Self {
            verdict,
            code: Some(code.as_str()),
            description: Some(code.description()),
            message: message(code).text(language),
            ..self
        }
    }
}

impl Report {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The code of the refusal, if it is one.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// The code's description, in English.
    #[must_use]
    pub fn description(&self) -> Option<&'static str> {
        self.description
    }

    /// The checks in their order.
    #[must_use]
    pub fn checks(&self) -> &[CheckReport] {
        &self.checks
    }

    /// What is known of revocation.
    #[must_use]
    pub fn revocation(&self) -> &RevocationReport {
        &self.revocation
    }

    /// What may be told to the person outside.
    #[must_use]
    pub fn message(&self) -> &'static str {
        self.message
    }
}

impl CheckReport {
    /// The name of the check.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What it is about, in one English sentence.
    #[must_use]
    pub fn description(&self) -> &'static str {
        let mut known = CheckId::ALL.iter();
        let known = known.find(|known| known.as_str() == self.id);
        known.map_or("", |known| known.description())
    }

    /// How it ended.
    #[must_use]
    pub fn status(&self) -> CheckStatus {
        self.status
    }

    /// What it rests on.
    pub fn evidence(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.evidence
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }
}

impl RevocationReport {
    /// `good`, `revoked`, `undetermined` or `unchecked`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        self.status
    }

    /// The reason, by its name in RFC 5280, 5.3.1. For the operator alone.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// What the reason may mean. For the operator alone.
    #[must_use]
    pub fn meaning(&self) -> Option<&Meaning> {
        self.meaning.as_ref()
    }

    /// When the issuer said so, in RFC 3339, UTC.
    #[must_use]
    pub fn as_of(&self) -> Option<&str> {
        self.as_of.as_deref()
    }

    /// Where the issuer said so.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Whether the answer was overdue and counts only because the policy says so.
    #[must_use]
    pub fn is_within_grace(&self) -> bool {
        self.within_grace
    }

    /// Whether the policy wants somebody to look at it.
    #[must_use]
    pub fn is_flagged(&self) -> bool {
        self.flagged
    }

    fn unchecked() -> Self {
        Self {
            status: "unchecked",
            reason: None,
            meaning: None,
            as_of: None,
            next_update: None,
            source: None,
            within_grace: false,
            flagged: false,
        }
    }

    fn of_confirmation(confirmation: &Confirmation) -> Self {
        match confirmation {
            Confirmation::Unchecked => Self::unchecked(),
            Confirmation::Good {
                as_of,
                next_update,
                source: from,
                freshness,
                flagged,
            } => Self {
                status: "good",
                as_of: Some(as_of.to_string()),
                next_update: next_update.map(|t| t.to_string()),
                source: Some(source(from)),
                within_grace: *freshness != Freshness::Fresh,
                flagged: *flagged,
                ..Self::unchecked()
            },
        }
    }

    fn of_status(status: &Status, meaning: impl Fn(Reason) -> Option<Meaning>) -> Self {
        let (name, reason) = match status.state() {
            State::Good => ("good", None),
            State::Revoked { reason, .. } => ("revoked", Some(reason)),
            State::Undetermined(_) => ("undetermined", None),
        };
        Self {
            status: name,
            reason: reason.map(|r| r.as_str()),
            meaning: reason.and_then(meaning),
            as_of: status.as_of().map(|t| t.to_string()),
            next_update: status.next_update().map(|t| t.to_string()),
            source: status.source().map(source),
            ..Self::unchecked()
        }
    }
}

/// Where an answer came from, for example `crl 0x29`. Not which list it was:
/// that would name a municipality.
fn source(source: &Source) -> String {
    match source {
        Source::List(list) => match list.number() {
            Some(number) => format!("crl {number}"),
            None => "crl without number".to_owned(),
        },
        Source::Ocsp(ocsp) => match ocsp.nonce() {
            NonceEcho::Echoed => "ocsp".to_owned(),
            NonceEcho::NotEchoed => "ocsp without nonce".to_owned(),
        },
        Source::Operator(operator) => format!("operator by {}", operator.method().as_str()),
        Source::Remembered(remembered) => {
            format!("remembered from {}", remembered.method().as_str())
        }
    }
}
