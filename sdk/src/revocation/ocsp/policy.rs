//! Which responses of a responder that is believed count.

use crate::code::Code;
use crate::revocation::policy::check_clock;
use crate::time::{Duration, Time};

/// How fresh a response has to be, and how that is known.
///
/// This is about one response as it comes in. How old a status may be when it
/// is used is the matter of [`Policy`](crate::revocation::Policy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspPolicy {
    nonce: NonceRule,
    max_age: Duration,
    max_age_without_nonce: Duration,
    clock_skew: Duration,
}

/// Whether a response has to repeat the nonce of its request (RFC 9654).
///
/// One that repeats another nonce never counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NonceRule {
    /// It has to, so that nobody can play an older one back.
    Required,
    /// It need not: then it may be no older than the policy's maximum age,
    /// and can be played back for so long.
    OrMaxAge,
}

impl OcspPolicy {
    /// Responses under this rule for nonces. Those that do not say until when
    /// they hold, or for which request they were made, may be no older than
    /// `max_age`, counted from thisUpdate. The clocks do not differ.
    #[must_use]
    pub const fn new(nonce: NonceRule, max_age: Duration) -> Self {
        Self {
            nonce,
            max_age,
            max_age_without_nonce: max_age,
            clock_skew: Duration::ZERO,
        }
    }

    /// This policy, with another maximum age for responses that do say until
    /// when they hold, but not for which request they were made.
    #[must_use]
    pub const fn with_max_age_without_nonce(mut self, max_age: Duration) -> Self {
        self.max_age_without_nonce = max_age;
        self
    }

    /// This policy, with a clock that may be behind the responder's by `skew`.
    #[must_use]
    pub const fn with_clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew = skew;
        self
    }

    /// Whether the nonce is as it must be. None of our own: whatever comes
    /// back was made for somebody else, and counts as none.
    pub(super) fn check_nonce(
        &self,
        sent: Option<&[u8]>,
        returned: Option<&[u8]>,
    ) -> Result<(), Code> {
        match (sent, returned) {
            (Some(sent), Some(returned)) if sent == returned => Ok(()),
            (Some(_), Some(_)) => Err(Code::RevocationOcspNonce),
            _ => match self.nonce {
                NonceRule::Required => Err(Code::RevocationOcspNonceMissing),
                NonceRule::OrMaxAge => Ok(()),
            },
        }
    }

    /// Whether `now` can be right, given that something was made at `newest`.
    pub(super) fn check_clock(&self, newest: Time, now: Time) -> Result<(), Code> {
        check_clock(newest, now, self.clock_skew)
    }

    /// Whether an answer still holds at `now` (RFC 6960, 4.2.2.1).
    pub(super) fn check_freshness(
        &self,
        this_update: Time,
        next_update: Option<Time>,
        echoed: bool,
        now: Time,
    ) -> Result<(), Code> {
        let age = now.since(this_update);
        let too_old = match next_update {
            Some(next) => now > next || (!echoed && age > self.max_age_without_nonce),
            None => age > self.max_age,
        };
        if too_old {
            return Err(Code::RevocationStale);
        }
        Ok(())
    }
}
