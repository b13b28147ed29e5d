//! What an overdue answer is worth, as data for each use case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::error::Error;
use crate::revocation::Policy;
use crate::revocation::policy::Worth;
use crate::time::Duration;

/// The policies of a relying party, by use case.
///
/// Ages count from when the issuer made an answer. A use case that is not named
/// has no policy: it is not given another's.
///
/// ```
/// use tashika::revocation::OutageTable;
///
/// let table: OutageTable = serde_json::from_str(
///     r#"{
///         "open-account": { "max_age": 129600, "clock_skew": 60 },
///         "buy-tobacco": {
///             "max_age": 259200,
///             "grace": 86400,
///             "within_grace": "danger_accept_and_flag"
///         }
///     }"#,
/// )
/// .unwrap();
/// assert!(table.policy("open-account").is_ok());
/// assert!(table.policy("login").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutageTable {
    cases: BTreeMap<String, OutagePolicy>,
}

/// The policy of one use case, as it stands in a configuration. Times are in
/// seconds.
///
/// | an answer is | if it is | by default it is |
/// |---|---|---|
/// | fresh | neither past its next update nor older than `max_age` | accepted |
/// | within grace | past its next update by at most `grace` | undetermined |
/// | expired | anything else | undetermined |
///
/// Who accepts what is overdue accepts whoever was revoked in the meantime, so
/// those words begin with `danger_`. Even then nothing counts that is older than
/// [`limits::EXPIRED_STATUS`](crate::limits::EXPIRED_STATUS), and a
/// certificate that is known to be revoked is refused whatever stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutagePolicy {
    /// How old an answer may be.
    pub max_age: u32,
    /// How far past its next update an answer is within grace.
    #[serde(default)]
    pub grace: u32,
    /// How far our clock may be behind the issuer's.
    #[serde(default)]
    pub clock_skew: u32,
    /// What a fresh answer is worth.
    #[serde(default)]
    pub fresh: WhenFresh,
    /// What an answer within grace is worth.
    #[serde(default)]
    pub within_grace: WhenOverdue,
    /// What an answer is worth that has expired.
    #[serde(default)]
    pub expired: WhenOverdue,
}

/// What a fresh answer is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenFresh {
    /// It counts.
    #[default]
    Accept,
    /// It counts, and somebody looks at it later.
    AcceptAndFlag,
    /// It does not count: the use case takes no answers for now.
    Undetermined,
}

/// What an overdue answer is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenOverdue {
    /// It does not count.
    #[default]
    Undetermined,
    /// It counts, and somebody looks at it later.
    DangerAcceptAndFlag,
    /// It counts like any other.
    DangerAccept,
}

/// How an answer is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    Plainly,
    Flagged,
}

impl OutageTable {
    /// The policy of a use case.
    ///
    /// # Errors
    /// `misuse.argument` if it is not in the table, or its policy accepts what
    /// has expired but not what is within grace.
    pub fn policy(&self, use_case: &str) -> Result<Policy, Error> {
        let policy = self.cases.get(use_case).ok_or(Code::MisuseArgument)?;
        policy.policy()
    }

    /// This table with a use case more, in the place of one of that name.
    #[must_use]
    pub fn with(mut self, use_case: &str, policy: OutagePolicy) -> Self {
        self.cases.insert(use_case.to_owned(), policy);
        self
    }

    /// The use cases, by name.
    pub fn cases(&self) -> impl Iterator<Item = (&str, &OutagePolicy)> {
        self.cases
            .iter()
            .map(|(name, policy)| (name.as_str(), policy))
    }
}

impl OutagePolicy {
    /// Answers up to `max_age` seconds old, and none past its next update.
    #[must_use]
    pub const fn strict(max_age: u32) -> Self {
        Self {
            max_age,
            grace: 0,
            clock_skew: 0,
            fresh: WhenFresh::Accept,
            within_grace: WhenOverdue::Undetermined,
            expired: WhenOverdue::Undetermined,
        }
    }

    /// As [`Unconfirmed::confirm`](crate::revocation::Unconfirmed::confirm)
    /// takes it.
    ///
    /// # Errors
    /// `misuse.argument` if it accepts what has expired but not what is within
    /// grace, which nobody can mean.
    pub fn policy(&self) -> Result<Policy, Error> {
        let accepts = |worth: WhenOverdue| worth.accepted().is_some();
        if accepts(self.expired) && !accepts(self.within_grace) {
            return Err(Code::MisuseArgument.into());
        }
        let seconds = |number: u32| Duration::seconds(i64::from(number));
        let worth = Worth {
            fresh: self.fresh,
            within_grace: self.within_grace,
            expired: self.expired,
        };
        Ok(Policy::strict(seconds(self.max_age))
            .with_clock_skew(seconds(self.clock_skew))
            .with_worth(seconds(self.grace), worth))
    }
}

impl WhenFresh {
    pub(super) const fn accepted(self) -> Option<Accepted> {
        match self {
            Self::Accept => Some(Accepted::Plainly),
            Self::AcceptAndFlag => Some(Accepted::Flagged),
            Self::Undetermined => None,
        }
    }
}

impl WhenOverdue {
    pub(super) const fn accepted(self) -> Option<Accepted> {
        match self {
            Self::Undetermined => None,
            Self::DangerAcceptAndFlag => Some(Accepted::Flagged),
            Self::DangerAccept => Some(Accepted::Plainly),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::Freshness;
    use crate::time::Time;

    const DAY: i64 = 86_400;

    fn judged(policy: OutagePolicy, now: i64) -> Result<(Freshness, bool), Code> {
        let at = Time::from_unix;
        let policy = policy.policy().unwrap();
        let counts = policy.check_freshness(at(0), Some(at(DAY)), at(now))?;
        Ok((counts.freshness, counts.flagged))
    }

    #[test]
    fn each_freshness_has_the_worth_that_the_table_gives_it() {
        use Freshness::{Expired, Fresh, WithinGrace};
        use WhenOverdue::{DangerAccept, DangerAcceptAndFlag, Undetermined};
        let stale = Err(Code::RevocationStale);
        let mut policy = OutagePolicy {
            grace: 600,
            ..OutagePolicy::strict(3 * 86_400)
        };
        for (fresh, outcome) in [
            (WhenFresh::Accept, Ok((Fresh, false))),
            (WhenFresh::AcceptAndFlag, Ok((Fresh, true))),
            (WhenFresh::Undetermined, stale),
        ] {
            policy.fresh = fresh;
            assert_eq!(judged(policy, DAY), outcome, "{fresh:?}");
            assert_eq!(judged(policy, DAY + 1), stale);
        }
        for (within_grace, outcome) in [
            (Undetermined, stale),
            (DangerAcceptAndFlag, Ok((WithinGrace, true))),
            (DangerAccept, Ok((WithinGrace, false))),
        ] {
            policy.within_grace = within_grace;
            assert_eq!(judged(policy, DAY + 600), outcome, "{within_grace:?}");
            assert_eq!(judged(policy, DAY + 601), stale);
        }
        for (expired, outcome) in [
            (Undetermined, stale),
            (DangerAcceptAndFlag, Ok((Expired, true))),
            (DangerAccept, Ok((Expired, false))),
        ] {
            policy.expired = expired;
            for now in [DAY + 601, 3 * DAY + 1, 7 * DAY] {
                assert_eq!(judged(policy, now), outcome, "{expired:?}");
            }
            assert_eq!(judged(policy, 7 * DAY + 1), stale);
        }
    }

    #[test]
    fn nothing_overdue_counts_unless_somebody_wrote_danger() {
        let read = |text: &str| serde_json::from_str::<OutagePolicy>(text);
        let policy = read(r#"{ "max_age": 259200, "grace": 600 }"#).unwrap();
        assert_eq!(judged(policy, DAY), Ok((Freshness::Fresh, false)));
        assert_eq!(judged(policy, DAY + 1), Err(Code::RevocationStale));
        for bad in [
            r#"{}"#,
            r#"{ "max_age": -1 }"#,
            r#"{ "max_age": 1, "within_grace": "accept" }"#,
            r#"{ "max_age": 1, "expired": "accept_and_flag" }"#,
            r#"{ "max_age": 1, "fresh": "danger_accept" }"#,
            r#"{ "max_age": 1, "Grace": 1 }"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(read(&text).unwrap(), policy);
    }

    #[test]
    fn what_nobody_can_mean_is_misuse() {
        let mut policy = OutagePolicy::strict(1);
        policy.expired = WhenOverdue::DangerAccept;
        let table = OutageTable::default().with("login", policy);
        for case in ["login", "other"] {
            assert_eq!(table.policy(case).unwrap_err().code(), Code::MisuseArgument);
        }
    }
}
