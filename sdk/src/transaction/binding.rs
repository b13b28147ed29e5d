//! What ties an answer to one use.

use crate::code::Code;
use crate::time::Time;
use crate::transaction::{Purpose, RelyingParty, TransactionId};

/// Who asks, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The relying party that asks.
    pub relying_party: RelyingParty,
    /// What it asks for.
    pub purpose: Purpose,
}

/// To whom, for what, in which transaction and until when: what ties a
/// signature to one use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Who asks, and what for.
    pub audience: Audience,
    /// The transaction of this person.
    pub transaction: TransactionId,
    /// The last second at which an answer counts.
    pub expires: Time,
}

impl Binding {
    /// Whether an answer that is bound so counts for `audience` at `now`.
    pub(crate) fn check(&self, audience: &Audience, now: Time) -> Result<(), Code> {
        if self.audience != *audience {
            return Err(Code::TransactionForeign);
        }
        self.check_time(now)
    }

    /// Whether an answer still counts at `now`.
    pub(crate) fn check_time(&self, now: Time) -> Result<(), Code> {
        if now > self.expires {
            return Err(Code::TransactionExpired);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Duration;

    fn audience(origin: &str, purpose: &str) -> Audience {
        Audience {
            relying_party: RelyingParty::from_origin(origin).unwrap(),
            purpose: Purpose::named(purpose).unwrap(),
        }
    }

    #[test]
    fn an_answer_counts_for_its_audience_until_its_last_second() {
        let last = Time::from_unix(1_800_000_000);
        let ours = audience("https://bank.example", "login");
        let binding = Binding {
            audience: ours.clone(),
            transaction: TransactionId::from_entropy([7; 16]),
            expires: last,
        };
        assert_eq!(binding.check(&ours, last), Ok(()));
        let late = last.plus(Duration::seconds(1));
        assert_eq!(binding.check(&ours, late), Err(Code::TransactionExpired));
        for other in [
            audience("https://shop.example", "login"),
            audience("https://bank.example", "sign"),
        ] {
            let outcome = binding.check(&other, last);
            assert_eq!(outcome, Err(Code::TransactionForeign));
        }
    }
}
