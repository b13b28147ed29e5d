//! What is known about a document, and whether that is enough.

use std::fmt;

use crate::code::Code;
use crate::mdoc::status::StatusReference;
use crate::time::{Duration, Time};

/// How old a token may be, and how far clocks may be apart.
///
/// Age counts from when the token was issued, never from when it was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusPolicy {
    max_age: Duration,
    clock_skew: Duration,
}

impl StatusPolicy {
    /// Tokens up to `max_age` old, none past its own expiry, and no difference
    /// between the clocks.
    #[must_use]
    pub const fn strict(max_age: Duration) -> Self {
        Self {
            max_age,
            clock_skew: Duration::ZERO,
        }
    }

    /// This policy, with a clock that may be behind the issuer's by `skew`.
    #[must_use]
    pub const fn with_clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew = skew;
        self
    }

    pub(super) const fn max_age(&self) -> Duration {
        self.max_age
    }

    pub(super) const fn clock_skew(&self) -> Duration {
        self.clock_skew
    }
}

/// What a verified token says about one document.
///
/// It is bound to the document's reference: for another one it is no answer.
#[derive(Clone)]
pub struct RecordStatus {
    reference: StatusReference,
    finding: Finding,
}

/// Whether the issuer has revoked a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum RecordState {
    /// Not revoked, as of the time of the status.
    Good,
    /// Revoked for good, or in a state that has no meaning here: what is not
    /// known to be good is not good.
    Revoked,
    /// Revoked for a while.
    Suspended,
    /// It is not known, for this reason.
    Undetermined(Code),
    /// The document names no list that could say.
    NotAvailable,
}

#[derive(Clone, Copy)]
pub(super) enum Finding {
    Good(Evidence),
    Revoked(Evidence),
    Suspended(Evidence),
    Undetermined(Code),
}

/// When it was said, and from when until when it counts.
#[derive(Clone, Copy)]
pub(super) struct Evidence {
    pub(super) as_of: Time,
    pub(super) begins: Time,
    pub(super) expires: Time,
}

impl Finding {
    /// draft-ietf-oauth-status-list, 7.1: 0 is valid, 1 invalid, 2 suspended.
    /// The others are for applications to agree on, and nobody has.
    pub(super) fn of_value(value: u8, evidence: Evidence) -> Self {
        match value {
            0 => Self::Good(evidence),
            2 => Self::Suspended(evidence),
            _ => Self::Revoked(evidence),
        }
    }

    pub(super) fn of_listing(listed: bool, evidence: Evidence) -> Self {
        if listed {
            Self::Revoked(evidence)
        } else {
            Self::Good(evidence)
        }
    }

    /// What is left of it at `now`. Nothing makes a revoked document good
    /// again, and so not its token's age.
    pub(super) fn at(self, now: Time) -> Self {
        match self {
            Self::Good(evidence) | Self::Suspended(evidence) if !evidence.counts(now) => {
                Self::Undetermined(Code::MdocStatusStale)
            }
            other => other,
        }
    }

    const fn state(&self) -> RecordState {
        match self {
            Self::Good(_) => RecordState::Good,
            Self::Revoked(_) => RecordState::Revoked,
            Self::Suspended(_) => RecordState::Suspended,
            Self::Undetermined(code) => RecordState::Undetermined(*code),
        }
    }

    const fn evidence(&self) -> Option<Evidence> {
        match self {
            Self::Good(evidence) | Self::Revoked(evidence) | Self::Suspended(evidence) => {
                Some(*evidence)
            }
            Self::Undetermined(_) => None,
        }
    }

    const fn weight(&self) -> u8 {
        match self {
            Self::Revoked(_) => 3,
            Self::Suspended(_) => 2,
            Self::Good(_) => 1,
            Self::Undetermined(_) => 0,
        }
    }
}

impl Evidence {
    fn counts(&self, now: Time) -> bool {
        self.begins <= now && now <= self.expires
    }
}

impl RecordStatus {
    pub(super) fn new(reference: &StatusReference, finding: Finding) -> Self {
        let reference = reference.clone();
        Self { reference, finding }
    }

    /// That nothing could be found out, for the reason of this code: the list
    /// could not be fetched, for example.
    #[must_use]
    pub fn undetermined(reference: &StatusReference, code: Code) -> Self {
        Self::new(reference, Finding::Undetermined(code))
    }

    /// Good, revoked, suspended or undetermined.
    pub fn state(&self) -> RecordState {
        self.finding.state()
    }

    /// Whether it is about the document with this reference.
    #[must_use]
    pub fn answers(&self, reference: &StatusReference) -> bool {
        self.reference == *reference
    }

    /// When the issuer said so; none if it is undetermined.
    #[must_use]
    pub fn as_of(&self) -> Option<Time> {
        self.finding.evidence().map(|e| e.as_of)
    }

    /// Until when it counts, under the policy it was made with; none if it is
    /// undetermined.
    #[must_use]
    pub fn expires(&self) -> Option<Time> {
        self.finding.evidence().map(|e| e.expires)
    }

    /// What two lists say about one document that names both: what revokes
    /// wins, and what one list knows does not need the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if !other.answers(&self.reference) {
            let code = Code::MdocStatusQuery;
            return Self::undetermined(&self.reference, code);
        }
        if other.finding.weight() > self.finding.weight() {
            other
        } else {
            self
        }
    }
}

// The state alone: which document it is about is the person's.
impl fmt::Debug for RecordStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.finding {
            Finding::Good(_) => "RecordStatus(good)",
            Finding::Revoked(_) => "RecordStatus(revoked)",
            Finding::Suspended(_) => "RecordStatus(suspended)",
            Finding::Undetermined(_) => "RecordStatus(undetermined)",
        })
    }
}

/// What has to be known about the revocation of a document itself. Its signer's
/// certificate is another matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordPolicy {
    /// The document names a list, and the list says that it is good.
    Required,
    /// If the document names a list, the list says that it is good. A document
    /// that names none lives no longer than its signature says.
    WhereAvailable,
    /// It need not be known. What is known to be revoked is refused all the
    /// same.
    DangerIgnored,
}

/// That a policy was satisfied, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordConfirmation {
    state: RecordState,
    as_of: Option<Time>,
}

impl RecordPolicy {
    /// Whether what is known about the document with this reference is enough
    /// at `now`.
    ///
    /// # Errors
    /// * `mdoc.record_revoked`, `mdoc.record_suspended`: whatever the policy is.
    /// * `mdoc.status_query`: the status is about another document.
    /// * `mdoc.status_missing`: a list is required, and the document names none.
    /// * `mdoc.status_unreachable`: there is no status.
    /// * `mdoc.status_stale`: the status has come to its end.
    /// * What an undetermined status is undetermined for.
    pub fn judge(
        self,
        reference: Option<&StatusReference>,
        status: Option<&RecordStatus>,
        now: Time,
    ) -> Result<RecordConfirmation, Code> {
        let finding = match (reference, status) {
            (None, None) => return self.judge_without_list(),
            (Some(_), None) => Finding::Undetermined(Code::MdocStatusUnreachable),
            (Some(reference), Some(status)) if status.answers(reference) => status.finding.at(now),
            (_, Some(_)) => return Err(Code::MdocStatusQuery),
        };
        let confirmation = RecordConfirmation {
            state: finding.state(),
            as_of: finding.evidence().map(|e| e.as_of),
        };
        match (finding, self) {
            (Finding::Revoked(_), _) => Err(Code::MdocRecordRevoked),
            (Finding::Suspended(_), _) => Err(Code::MdocRecordSuspended),
            (Finding::Good(_), _) | (Finding::Undetermined(_), Self::DangerIgnored) => {
                Ok(confirmation)
            }
            (Finding::Undetermined(code), Self::Required | Self::WhereAvailable) => Err(code),
        }
    }

    const fn judge_without_list(self) -> Result<RecordConfirmation, Code> {
        match self {
            Self::Required => Err(Code::MdocStatusMissing),
            Self::WhereAvailable | Self::DangerIgnored => Ok(RecordConfirmation {
                state: RecordState::NotAvailable,
                as_of: None,
            }),
        }
    }
}

impl RecordConfirmation {
    /// What was known: good, not available or, where the policy ignores it,
    /// undetermined.
    pub fn state(&self) -> RecordState {
        self.state
    }

    /// When the issuer said so, if it did.
    #[must_use]
    pub fn as_of(&self) -> Option<Time> {
        self.as_of
    }
}
