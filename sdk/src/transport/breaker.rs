//! When to stop asking somebody who does not answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Response, StatusCode};
use tokio::time::Instant;

use crate::head::retry_after;
use crate::transport::TransportError;

/// After how many failures an endpoint is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row.
    pub failures: u32,
    /// How long it is left alone then. It doubles with every probe that fails.
    pub pause: Duration,
    /// The longest that it is left alone, also where the endpoint asks for more.
    pub longest: Duration,
}

impl BreakerPolicy {
    /// Five failures in a row, five seconds, at most five minutes.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            failures: 5,
            pause: Duration::from_secs(5),
            longest: Duration::from_secs(300),
        }
    }
}

/// Longer than anybody waits, and short enough for every clock.
const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl BreakerPolicy {
    /// When a pause of this length ends that begins now.
    fn after(&self, pause: Duration) -> Instant {
        Instant::now() + pause.min(self.longest).min(YEAR)
    }
}

/// Whether an endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// It is.
    Closed,
    /// Not for so long: it failed too often, or asked to be left alone.
    #[non_exhaustive]
    Open {
        /// How long it is still left alone.
        retry_after: Duration,
    },
    /// One question is sent to find out whether it is back.
    HalfOpen,
}

/// What is known about an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointState {
    /// Whether it is asked.
    pub breaker: BreakerState,
    /// How long ago it last answered as it should; none if it never did.
    pub answered: Option<Duration>,
}

/// Counts an endpoint's failures.
///
/// It goes by the monotonic clock of the runtime and never by the time at which
/// evidence is judged.
#[derive(Debug)]
pub(crate) struct Breaker {
    policy: BreakerPolicy,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Failures in a row.
    failures: u32,
    /// Until when nobody is asked; kept until a probe comes back well.
    open_until: Option<Instant>,
    /// How often it was opened in a row.
    openings: u32,
    probing: bool,
    last_success: Option<Instant>,
}

/// Leave to ask once. What came of it is said by one of its methods; dropped
/// without a word it says nothing about the endpoint, and the next may probe.
#[derive(Debug)]
#[must_use]
pub(crate) struct Leave<'b> {
    breaker: &'b Breaker,
    probe: bool,
}

impl Breaker {
    pub(crate) fn new(policy: BreakerPolicy) -> Self {
        Self {
            policy,
            inner: Mutex::default(),
        }
    }

    /// Leave to ask, or how long to wait.
    pub(crate) fn leave(&self) -> Result<Leave<'_>, Duration> {
        let mut inner = self.lock();
        let probe = match inner.state(Instant::now()) {
            BreakerState::Closed => false,
            BreakerState::Open { retry_after } => return Err(retry_after),
            BreakerState::HalfOpen if inner.probing => return Err(self.policy.pause),
            BreakerState::HalfOpen => true,
        };
        inner.probing |= probe;
        Ok(Leave {
            breaker: self,
            probe,
        })
    }

    pub(crate) fn state(&self) -> EndpointState {
        let now = Instant::now();
        let inner = self.lock();
        EndpointState {
            breaker: inner.state(now),
            answered: inner.last_success.map(|then| now.duration_since(then)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing here panics half-way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn state(&self, now: Instant) -> BreakerState {
        match self.open_until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open {
                retry_after: until - now,
            },
            Some(_) => BreakerState::HalfOpen,
        }
    }

    fn open(&mut self, policy: &BreakerPolicy, asked_for: Option<Duration>) {
        let doubled = policy.pause.saturating_mul(1 << self.openings.min(16));
        let pause = doubled.max(asked_for.unwrap_or_default());
        self.open_until = Some(policy.after(pause));
        self.openings = self.openings.saturating_add(1);
        self.failures = 0;
    }
}

impl Leave<'_> {
    /// The endpoint did what it is there for.
    pub(crate) fn succeeded(self) {
        let mut inner = self.breaker.lock();
        // An answer to what was asked before it opened proves less than the
        // failures since.
        let now = Some(Instant::now());
        if self.probe || inner.open_until.is_none() {
            *inner = Inner::default();
        }
        inner.last_success = now;
    }

    /// It did not.
    pub(crate) fn failed(self) {
        let mut inner = self.breaker.lock();
        inner.failures = inner.failures.saturating_add(1);
        let enough = inner.failures >= self.breaker.policy.failures;
        if self.probe || (enough && inner.open_until.is_none()) {
            inner.open(&self.breaker.policy, None);
        }
    }

    /// It asked to be left alone for so long.
    fn asked_for_rest(self, rest: Duration) {
        let policy = &self.breaker.policy;
        let mut inner = self.breaker.lock();
        match inner.open_until {
            // An answer to what was asked before it opened: it failed once, and
            // not once more with each of those who were asking.
            Some(until) if !self.probe => {
                inner.open_until = Some(until.max(policy.after(rest)));
            }
            Some(_) | None => inner.open(policy, Some(rest)),
        }
    }

    /// There was no answer, for this reason; says when to ask again, if that is
    /// known.
    pub(crate) fn lost(self, error: &TransportError) -> Option<Duration> {
        match error {
            // Ours: it says nothing about the endpoint.
            TransportError::Overloaded => Some(OVERLOADED),
            TransportError::Configuration(_)
            | TransportError::TlsConfiguration(_)
            | TransportError::Origin => None,
            TransportError::Connect(_)
            | TransportError::Tls(_)
            | TransportError::Timeout
            | TransportError::Broken(_)
            | TransportError::Protocol(_)
            | TransportError::Redirect
            | TransportError::Encoding
            | TransportError::TooLarge => {
                self.failed();
                None
            }
        }
    }

    /// There was an answer. If its status says that the server is in trouble,
    /// that is all it says; otherwise the leave is still to be settled, by
    /// whether the answer is any good.
    pub(crate) fn heard<B>(self, response: &Response<B>) -> Option<Self> {
        let status = response.status();
        let busy = matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        );
        match retry_after(response.headers()) {
            Some(rest) if busy => self.asked_for_rest(rest),
            Some(_) | None if busy || status.is_server_error() => self.failed(),
            Some(_) | None => return Some(self),
        }
        None
    }
}

/// When there may be room again.
const OVERLOADED: Duration = Duration::from_secs(1);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.lock().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header::RETRY_AFTER;
    use tokio::time::advance;

    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy::standard();

    fn tired(seconds: u64) -> Response<()> {
        let response = Response::builder()
            .status(StatusCode::SERVICE_UNAVAILABLE)
            .header(RETRY_AFTER, seconds);
        response.body(()).unwrap()
    }

    fn pause(breaker: &Breaker) -> Duration {
        match breaker.state().breaker {
            BreakerState::Open { retry_after } => retry_after,
            other => panic!("{other:?}"),
        }
    }

    /// One bad moment is one, however many were asking in it.
    #[tokio::test(start_paused = true)]
    async fn many_who_hear_the_same_at_once_wait_as_one_would() {
        let breaker = Breaker::new(POLICY);
        let leaves: Vec<_> = (0..20).map(|_| breaker.leave().unwrap()).collect();
        for (leave, rest) in leaves.into_iter().zip([7, 9, 1].into_iter().cycle()) {
            assert!(leave.heard(&tired(rest)).is_none());
        }
        assert_eq!(pause(&breaker), Duration::from_secs(9));

        advance(Duration::from_secs(9)).await;
        let probe = breaker.leave().unwrap();
        assert!(probe.heard(&tired(1)).is_none());
        assert_eq!(pause(&breaker), 2 * POLICY.pause);
    }

    #[tokio::test(start_paused = true)]
    async fn no_rest_is_too_long_to_count() {
        let breaker = Breaker::new(BreakerPolicy {
            longest: Duration::MAX,
            ..POLICY
        });
        let leave = breaker.leave().unwrap();
        assert!(leave.heard(&tired(u64::MAX)).is_none());
        assert!(pause(&breaker) > POLICY.pause);
    }
}
