//! What a checker gives.

use std::time::Duration as Pause;

use crate::error::Error;
use crate::revocation::checker::cache::Held;
use crate::revocation::endpoint::Fault;
use crate::revocation::status::{Evidence, Finding};
use crate::revocation::{
    CheckMethod, CheckPurpose, ReferenceId, RevocationQuery, Source, State, Status,
};
use crate::time::{Duration, Time};

/// A status, and how it was come by.
#[derive(Clone, Debug)]
#[must_use]
pub struct Answer {
    status: Status,
    purpose: CheckPurpose,
    delivery: Delivery,
    retry_after: Option<Duration>,
}

/// Whether anybody was asked for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// Nobody had to be: it stands in the lists at hand.
    Listed,
    /// Somebody was asked, now, by this question or by one about the same
    /// certificate at the same time.
    Asked,
    /// It was asked for before, and is still good.
    Cached,
    /// It was found revoked before.
    Remembered,
}

impl Delivery {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Asked => "asked",
            Self::Cached => "cached",
            Self::Remembered => "remembered",
        }
    }
}

impl Answer {
    pub(super) fn of_lists(status: Status, purpose: CheckPurpose) -> Self {
        Self::new(status, purpose, Delivery::Listed)
    }

    pub(super) fn remembered(status: Status, purpose: CheckPurpose) -> Self {
        Self::new(status, purpose, Delivery::Remembered)
    }

    pub(super) fn held(held: &Held, purpose: CheckPurpose, delivery: Delivery) -> Self {
        Self::new(held.status().clone(), purpose, delivery)
    }

    pub(super) fn failed(query: &RevocationQuery, fault: Fault, purpose: CheckPurpose) -> Self {
        let status = Status::undetermined(query, &Error::new(fault.code));
        Self {
            retry_after: fault.retry_after.map(whole_seconds),
            ..Self::new(status, purpose, Delivery::Asked)
        }
    }

    fn new(status: Status, purpose: CheckPurpose, delivery: Delivery) -> Self {
        Self {
            status,
            purpose,
            delivery,
            retry_after: None,
        }
    }

    /// The same course of things with another outcome.
    pub(super) fn with_status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// The status, for the confirmation.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// How it was found out; none if it is undetermined. Where two were asked
    /// and agree, the one whose answer is older.
    #[must_use]
    pub fn checked_via(&self) -> Option<CheckMethod> {
        self.status.source().map(Source::method)
    }

    /// When the issuer said so; none if it is undetermined.
    #[must_use]
    pub fn source_time(&self) -> Option<Time> {
        self.status.as_of()
    }

    /// How old the issuer's word is at `now`; none if it is undetermined.
    #[must_use]
    pub fn age(&self, now: Time) -> Option<Duration> {
        self.source_time().map(|as_of| now.since(as_of))
    }

    /// Under what a platform operator finds the exchange again. That of a
    /// cached answer is that of the exchange which brought it.
    #[must_use]
    pub fn reference(&self) -> Option<&ReferenceId> {
        match self.status.source()? {
            Source::Operator(operator) => operator.reference(),
            Source::List(_) | Source::Ocsp(_) | Source::Remembered(_) => None,
        }
    }

    /// What it was asked for.
    #[must_use]
    pub fn purpose(&self) -> CheckPurpose {
        self.purpose
    }

    /// When it makes sense to ask again, if the answer is undetermined and
    /// that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.status.state() {
            State::Undetermined(_) => self.retry_after,
            State::Good | State::Revoked { .. } => None,
        }
    }

    /// Whether anybody was asked for it.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }
}

/// Rounded up: who comes back too early is refused again.
fn whole_seconds(pause: Pause) -> Duration {
    let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
    Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// That both say "good": as old as the older of them, and due as soon as the
/// first of them.
pub(super) fn joint(query: &RevocationQuery, one: &Status, other: &Status) -> Status {
    let (
        Finding::Good {
            evidence: a,
            newest: m,
        },
        Finding::Good {
            evidence: b,
            newest: n,
        },
    ) = (one.finding(), other.finding())
    else {
        // Only asked about two that are good; the first that is not prevails.
        let is_good = one.state() == State::Good;
        return if is_good { other } else { one }.clone();
    };
    let older = if a.as_of <= b.as_of { a } else { b };
    let evidence = Evidence {
        as_of: older.as_of,
        next_update: a.next_update.into_iter().chain(b.next_update).min(),
        source: older.source.clone(),
    };
    let newest = *m.max(n);
    let mut trace = one.trace();
    trace.merge(other.trace());
    Status::new(query, Finding::Good { evidence, newest }, trace)
}
