//! What an operator is shown of a verification: every check, what it rests
//! on, and what a revocation may mean. No personal data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::code::{CheckId, Disposition};
use crate::error::{Error, Trace};
use crate::jpki::{Kind, Meaning, MeaningTable, Proven};
use crate::message::{Language, Message};
use crate::revocation::{Confirmation, Freshness, NonceEcho, Source, State, Status};
use crate::time::Time;
use crate::trust::TrustStore;

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
    kind: Kind,
    evaluated_at: String,
    trust_version: String,
    checks: Vec<CheckReport>,
    revocation: RevocationReport,
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

/// What all reports of one verifier have in common.
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
            code: None,
            description: None,
            checks: checks(procedure, self.kind, proven.trace(), None, &evidence),
            revocation: RevocationReport::of_confirmation(proven.confirmation()),
            message: Message::Accepted.text(self.language),
            ..self.empty()
        }
    }

    /// The report of a refusal, with the status of the certificate if it came
    /// to asking for it.
    #[must_use]
    pub fn refused(&self, procedure: Procedure, error: &Error, status: Option<&Status>) -> Report {
        let code = error.code();
        let verdict = match code.disposition() {
            Disposition::Undetermined => Verdict::Undetermined,
            _ => Verdict::Rejected,
        };
        let evidence = self.evidence();
        Report {
            verdict,
            code: Some(code.as_str()),
            description: Some(code.description()),
            checks: checks(procedure, self.kind, error.trace(), Some(error), &evidence),
            revocation: status.map_or_else(RevocationReport::unchecked, |status| {
                RevocationReport::of_status(status, self.kind, self.meanings)
            }),
            message: code.message().text(self.language),
            ..self.empty()
        }
    }

    fn empty(&self) -> Report {
        Report {
            verdict: Verdict::Undetermined,
            code: None,
            description: None,
            kind: self.kind,
            evaluated_at: self.at.to_string(),
            trust_version: self.trust.version().to_string(),
            checks: Vec::new(),
            revocation: RevocationReport::unchecked(),
            message: "",
        }
    }

    /// What is known whatever the outcome.
    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::new();
        for check in [CheckId::AnchorValidity, CheckId::Validity] {
            let row = evidence.entry(check).or_default();
            row.insert("at", self.at.to_string());
        }
        evidence
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

    fn of_status(status: &Status, kind: Kind, meanings: &MeaningTable) -> Self {
        let (name, reason) = match status.state() {
            State::Good => ("good", None),
            State::Revoked { reason, .. } => ("revoked", Some(reason)),
            State::Undetermined(_) => ("undetermined", None),
        };
        Self {
            status: name,
            reason: reason.map(|r| r.as_str()),
            meaning: reason.and_then(|r| meanings.meaning(kind, r).cloned()),
            as_of: status.as_of().map(|t| t.to_string()),
            next_update: status.next_update().map(|t| t.to_string()),
            source: status.source().map(source),
            ..Self::unchecked()
        }
    }
}

type Evidence = BTreeMap<CheckId, BTreeMap<&'static str, String>>;

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

fn checks(
    procedure: Procedure,
    kind: Kind,
    trace: Trace,
    failed: Option<&Error>,
    evidence: &Evidence,
) -> Vec<CheckReport> {
    let failed_check = failed.map(Error::check);
    let back_end = BackEnd::of(trace, failed_check);
    CheckId::ALL
        .iter()
        .copied()
        .filter(|check| procedure.runs(kind, *check) && back_end.runs(*check, trace))
        .chain(failed_check)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|check| {
            let status = match failed {
                Some(error) if error.check() == check => match error.disposition() {
                    Disposition::Undetermined => CheckStatus::Undetermined,
                    _ => CheckStatus::Fail,
                },
                _ if trace.passed(check) => CheckStatus::Pass,
                _ => CheckStatus::Skipped,
            };
            let shown = matches!(status, CheckStatus::Pass | CheckStatus::Fail);
            CheckReport {
                id: check.as_str(),
                status,
                evidence: evidence
                    .get(&check)
                    .filter(|_| shown)
                    .cloned()
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// Where the answer about revocation was looked for, as the checks tell. Where
/// nobody asked, it would have been in lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BackEnd {
    Lists,
    Responder,
    /// Somebody was asked over the network, and took it upon himself or did
    /// not answer.
    Network,
}

impl BackEnd {
    fn of(trace: Trace, failed: Option<CheckId>) -> Self {
        let ran = |wanted: Self| {
            let mut ran = trace.iter().chain(failed);
            ran.any(|check| Self::alone(check) == Some(wanted))
        };
        if ran(Self::Responder) {
            Self::Responder
        } else if ran(Self::Network) {
            Self::Network
        } else {
            Self::Lists
        }
    }

    /// Whether `check` is not only another one's. That an answer came at all is
    /// a check where somebody was asked, responders too.
    fn runs(self, check: CheckId, trace: Trace) -> bool {
        match Self::alone(check) {
            Some(Self::Network) => trace.passed(check),
            alone => alone.is_none_or(|alone| alone == self),
        }
    }

    /// The one that alone runs `check`, if it is not one of all.
    fn alone(check: CheckId) -> Option<Self> {
        use CheckId as C;
        match check {
            C::CrlEncoding
            | C::CrlProfile
            | C::CrlExtensions
            | C::CrlIssuer
            | C::CrlSignature
            | C::CrlNumber
            | C::Scope => Some(Self::Lists),
            C::OcspEncoding
            | C::OcspStatus
            | C::OcspProfile
            | C::OcspExtensions
            | C::OcspCertificate
            | C::OcspResponder
            | C::OcspSignature
            | C::OcspAnswer
            | C::OcspNonce => Some(Self::Responder),
            C::Answered => Some(Self::Network),
            _ => None,
        }
    }
}

impl Procedure {
    /// Whether `check` is one of this procedure's.
    fn runs(self, kind: Kind, check: CheckId) -> bool {
        use CheckId as C;
        match check {
            C::CmsEncoding
            | C::CmsContentType
            | C::CmsContent
            | C::CmsSigner
            | C::CmsSignerCertificate
            | C::CmsAlgorithm
            | C::CmsSignedAttributes
            | C::CmsSignedContentType
            | C::CmsMessageDigest
            | C::CmsSigningCertificate
            | C::CmsAlgorithmProtection => self == Self::Cms,
            C::SignedMessage => matches!(self, Self::Raw | Self::Challenge),
            C::SignatureScheme | C::Signature => self != Self::Certificate,
            C::Transaction => self == Self::Challenge,
            C::Holder => kind == Kind::Signing,
            C::Anchor | C::Usage => false,
            _ => true,
        }
    }
}
