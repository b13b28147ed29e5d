//! How old an answer may be.

use crate::code::Code;
#[cfg(feature = "fetch")]
use crate::revocation::Status;
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
        }
    }

    /// This policy, but answers count for `grace` past their next update: for
    /// the minutes in which the issuer changes over, or the hours of an outage
    /// that the relying party is willing to answer for.
    ///
    /// The maximum age holds all the same. What was confirmed in the grace
    /// period [says so](crate::revocation::Confirmation).
    #[must_use]
    pub const fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
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
        if newest > now.plus(self.clock_skew) {
            Err(Code::RevocationClock)
        } else {
            Ok(())
        }
    }

    /// Whether an answer still counts; if so, whether only by grace.
    pub(crate) fn check_freshness(
        &self,
        as_of: Time,
        next_update: Option<Time>,
        now: Time,
    ) -> Result<bool, Code> {
        let over = |end: Time| now > end;
        if now.since(as_of) > self.max_age || next_update.is_some_and(|n| over(n.plus(self.grace)))
        {
            return Err(Code::RevocationStale);
        }
        Ok(next_update.is_some_and(over))
    }
}

#[cfg(feature = "fetch")]
impl Policy {
    /// Whether what is good needs neither grace nor another source at `now`.
    pub(crate) fn is_fresh(&self, evidence: &Evidence, newest: Time, now: Time) -> bool {
        let fresh = self.check_freshness(evidence.as_of, evidence.next_update, now);
        self.check_clock(newest, now).is_ok() && fresh == Ok(false)
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Time {
        Time::from_unix(seconds)
    }

    #[test]
    fn the_last_second_of_each_period_counts() {
        let strict = Policy::strict(Duration::seconds(100));
        let lenient = strict.with_grace(Duration::seconds(10));
        let stale = Err(Code::RevocationStale);
        for (policy, next_update, now, outcome) in [
            (strict, Some(at(50)), 50, Ok(false)),
            (strict, Some(at(50)), 51, stale),
            (strict, Some(at(500)), 100, Ok(false)),
            (strict, Some(at(500)), 101, stale),
            (strict, None, 100, Ok(false)),
            (strict, None, 101, stale),
            (lenient, Some(at(50)), 50, Ok(false)),
            (lenient, Some(at(50)), 51, Ok(true)),
            (lenient, Some(at(50)), 60, Ok(true)),
            (lenient, Some(at(50)), 61, stale),
            (lenient, Some(at(95)), 101, stale),
        ] {
            let found = policy.check_freshness(at(0), next_update, at(now));
            assert_eq!(found, outcome, "{policy:?} {next_update:?} {now}");
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
