//! How old an answer may be.

use crate::code::Code;
use crate::limits;
#[cfg(feature = "fetch")]
use crate::revocation::Status;
use crate::revocation::outage::{Accepted, WhenFresh, WhenOverdue};
#[cfg(feature = "fetch")]
use crate::revocation::status::Evidence;
use crate::time::{Duration, Time};

/// How old an answer may be, and how far clocks may be apart.
///
/// Age counts from when the issuer made the answer, never from when it was
/// fetched or verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    max_age: Duration,
    grace: Duration,
    clock_skew: Duration,
    worth: Worth,
}

/// What an answer is worth by its freshness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Worth {
    pub(crate) fresh: WhenFresh,
    pub(crate) within_grace: WhenOverdue,
    pub(crate) expired: WhenOverdue,
}

/// How fresh an answer was when it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freshness {
    /// Neither past its next update nor older than the maximum age.
    Fresh,
    /// Past its next update, but by no more than the grace, and not older than
    /// the maximum age.
    WithinGrace,
    /// Past the grace, or older than the maximum age.
    Expired,
}

/// That an answer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) freshness: Freshness,
    pub(crate) flagged: bool,
}

impl Policy {
    /// Answers up to `max_age` old, none past its own next update, and no
    /// difference between the clocks.
    #[must_use]
    pub const fn strict(max_age: Duration) -> Self {
        Self {
            max_age,
            grace: Duration::ZERO,
            clock_skew: Duration::ZERO,
            worth: Worth {
                fresh: WhenFresh::Accept,
                within_grace: WhenOverdue::Undetermined,
                expired: WhenOverdue::Undetermined,
            },
        }
    }

    /// This policy, but answers count for `grace` past their next update: for
    /// the minutes in which the issuer changes over, or the hours of an outage
    /// that the relying party is willing to answer for. Who was revoked in
    /// those hours passes.
    ///
    /// The maximum age holds all the same. What was confirmed in the grace
    /// period [says so](crate::revocation::Confirmation). An
    /// [`OutagePolicy`](crate::revocation::OutagePolicy) says more.
    #[must_use]
    pub const fn danger_with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self.worth.within_grace = WhenOverdue::DangerAcceptAndFlag;
        self
    }

    pub(crate) const fn with_worth(mut self, grace: Duration, worth: Worth) -> Self {
        self.grace = grace;
        self.worth = worth;
        self
    }

    /// This policy, with a clock that may be behind the issuer's by `skew`.
    #[must_use]
    pub const fn with_clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew = skew;
        self
    }

    /// Whether `now` can be right, given that something was issued at `newest`.
    pub(crate) fn check_clock(&self, newest: Time, now: Time) -> Result<(), Code> {
        check_clock(newest, now, self.clock_skew)
    }

    /// Whether an answer still counts, and if so, how.
    pub(crate) fn check_freshness(
        &self,
        as_of: Time,
        next_update: Option<Time>,
        now: Time,
    ) -> Result<Counts, Code> {
        let freshness = self.freshness(as_of, next_update, now);
        let accepted = match freshness {
            Freshness::Fresh => self.worth.fresh.accepted(),
            Freshness::WithinGrace => self.worth.within_grace.accepted(),
            // However much is accepted, not for ever.
            Freshness::Expired if now.since(as_of) > limits::EXPIRED_STATUS => None,
            Freshness::Expired => self.worth.expired.accepted(),
        };
        let flagged = accepted.ok_or(Code::RevocationStale)? == Accepted::Flagged;
        Ok(Counts { freshness, flagged })
    }

    /// How fresh an answer is at `now` that was made at `as_of`.
    #[must_use]
    pub fn freshness(&self, as_of: Time, next_update: Option<Time>, now: Time) -> Freshness {
        let over = |end: Time| now > end;
        let beyond_grace = next_update.is_some_and(|n| over(n.plus(self.grace)));
        if now.since(as_of) > self.max_age || beyond_grace {
            Freshness::Expired
        } else if next_update.is_some_and(over) {
            Freshness::WithinGrace
        } else {
            Freshness::Fresh
        }
    }
}

#[cfg(feature = "fetch")]
impl Policy {
    /// Whether what is good needs neither grace nor another source at `now`.
    pub(crate) fn is_fresh(&self, evidence: &Evidence, newest: Time, now: Time) -> bool {
        let freshness = self.freshness(evidence.as_of, evidence.next_update, now);
        self.check_clock(newest, now).is_ok() && freshness == Freshness::Fresh
    }

    /// When an answer that was asked for at `now` is to be asked for again:
    /// at its next update, at the maximum age, or after `at_most`.
    pub(crate) fn expires(&self, status: &Status, at_most: Duration, now: Time) -> Time {
        let longest = now.plus(at_most);
        let aged = status.as_of().map(|as_of| as_of.plus(self.max_age));
        let ends = [status.next_update(), aged];
        ends.into_iter().flatten().fold(longest, Ord::min)
    }
}

/// Whether a clock that may be behind by `skew` can be right.
pub(crate) fn check_clock(newest: Time, now: Time, skew: Duration) -> Result<(), Code> {
    if newest > now.plus(skew) {
        Err(Code::RevocationClock)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Time {
        Time::from_unix(seconds)
    }

    #[test]
    fn the_last_second_of_each_period_counts() {
        let strict = Policy::strict(Duration::seconds(100));
        let lenient = strict.danger_with_grace(Duration::seconds(10));
        let stale = Err(Code::RevocationStale);
        let fresh = Ok(Freshness::Fresh);
        let within_grace = Ok(Freshness::WithinGrace);
        for (policy, next_update, now, outcome) in [
            (strict, Some(at(50)), 50, fresh),
            (strict, Some(at(50)), 51, stale),
            (strict, Some(at(500)), 100, fresh),
            (strict, Some(at(500)), 101, stale),
            (strict, None, 100, fresh),
            (strict, None, 101, stale),
            (lenient, Some(at(50)), 50, fresh),
            (lenient, Some(at(50)), 51, within_grace),
            (lenient, Some(at(50)), 60, within_grace),
            (lenient, Some(at(50)), 61, stale),
            (lenient, Some(at(95)), 101, stale),
        ] {
            let found = policy.check_freshness(at(0), next_update, at(now));
            let flagged = found.map(|f| f.flagged);
            assert_eq!(found.map(|f| f.freshness), outcome, "{policy:?} {now}");
            assert_eq!(flagged, outcome.map(|f| f == Freshness::WithinGrace));
        }
    }

    #[test]
    fn a_clock_may_be_behind_by_the_skew() {
        let policy = Policy::strict(Duration::ZERO).with_clock_skew(Duration::seconds(5));
        assert_eq!(policy.check_clock(at(105), at(100)), Ok(()));
        assert_eq!(
            policy.check_clock(at(106), at(100)),
            Err(Code::RevocationClock)
        );
    }
}
