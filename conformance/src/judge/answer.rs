//! What goes out.

use serde::Serialize;
use serde_json::Value;
use tashika::{Code, Disposition, Error};

/// The answer to one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The `id` of the line; null if it could not be read.
    pub id: Value,
    /// Whether the evidence is accepted. What cannot be known is not.
    pub verdict: Verdict,
    /// What is known about revocation; null if it was not asked for or not
    /// reached.
    pub status: Option<Status>,
    /// Why it is refused; null if it is accepted.
    pub code: Option<&'static str>,
    /// The number of the CRLReason; null unless revoked.
    pub crl_reason: Option<u8>,
    /// The check that failed.
    pub check: Option<&'static str>,
    /// Whether the evidence is malformed, rejected or undetermined, or the
    /// line is misuse.
    pub disposition: Option<&'static str>,
}

/// Accepted or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every check passed.
    Accept,
    /// A check failed, or could not be made.
    Reject,
}

/// What is known about revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked,
    /// It cannot be known.
    Unknown,
}

/// What an op found: the outcome and, if it asks for it, the status.
#[derive(Clone, Copy)]
pub(super) struct Finding {
    pub(super) status: Option<Status>,
    pub(super) crl_reason: Option<u8>,
    pub(super) outcome: Result<(), Refusal>,
}

impl Finding {
    /// Accepted by an op that knows no status.
    pub(super) const ACCEPTED: Self = Self {
        status: None,
        crl_reason: None,
        outcome: Ok(()),
    };
}

impl From<Refusal> for Finding {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: None,
            crl_reason: None,
            outcome: Err(refusal),
        }
    }
}

/// Why a line is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The verifier refuses the evidence.
    Evidence(Error),
    /// The line is not JSON.
    Line,
    /// The op, profile or kind is not one that this judge answers.
    Unsupported,
    /// The verifier panicked: a defect in it.
    Panic,
}

impl Refusal {
    /// A field is missing or not of its form.
    pub(super) fn argument() -> Self {
        Error::new(Code::MisuseArgument).into()
    }

    fn code(self) -> &'static str {
        match self {
            Self::Evidence(error) => error.code().as_str(),
            Self::Line => "misuse.line",
            Self::Unsupported => "misuse.unsupported",
            Self::Panic => "panic",
        }
    }

    fn check(self) -> Option<&'static str> {
        match self {
            Self::Evidence(error) => Some(error.check().as_str()),
            Self::Line | Self::Unsupported | Self::Panic => None,
        }
    }

    fn disposition(self) -> Option<&'static str> {
        match self {
            Self::Evidence(error) => match error.disposition() {
                Disposition::Malformed => Some("malformed"),
                Disposition::Rejected => Some("rejected"),
                Disposition::Undetermined => Some("undetermined"),
                Disposition::Misuse => Some("misuse"),
                _ => None,
            },
            Self::Line | Self::Unsupported => Some("misuse"),
            Self::Panic => None,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Evidence(error)
    }
}

impl Answer {
    pub(super) fn new(id: Value, finding: Finding) -> Self {
        let refusal = finding.outcome.err();
        Self {
            id,
            verdict: if refusal.is_none() {
                Verdict::Accept
            } else {
                Verdict::Reject
            },
            status: finding.status,
            code: refusal.map(Refusal::code),
            crl_reason: finding.crl_reason,
            check: refusal.and_then(Refusal::check),
            disposition: refusal.and_then(Refusal::disposition),
        }
    }
}
