//! The provider's keys, kept while they are of use.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Request, Response, StatusCode};
use moka::future::Cache;
use tokio::time::{Instant, timeout};

use crate::auth_app::exchange::{JSON, Reading};
use crate::auth_app::guarded::Guarded;
use crate::auth_app::{Fault, KeySet};
use crate::code::{CheckId, Code};
use crate::transport::{EndpointState, HttpService};

/// How long a provider's keys are used, and how often they are fetched.
///
/// What an answer says itself about being kept counts for nothing. Ages begin
/// when the set was asked for, by a clock that nobody sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCachePolicy {
    /// How long a set is used without asking again. A key that was withdrawn
    /// counts for so long, if nothing makes us ask earlier.
    ///
    /// A token that names no key does not: at a provider that names none, choose
    /// what may pass between a change of its keys and the next good login.
    pub lifetime: Duration,
    /// The time between two fetches, when a token names a key that is not in
    /// the set: the rest of a flood of them is told to wait.
    pub interval: Duration,
    /// How long after it was fetched a set is still used while no new one can
    /// be had.
    pub stale: Duration,
}

impl KeyCachePolicy {
    /// An hour, half a minute, a day.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            lifetime: Duration::from_secs(60 * 60),
            interval: Duration::from_secs(30),
            stale: Duration::from_secs(24 * 60 * 60),
        }
    }

    /// How long a set is of any use.
    fn bound(&self) -> Duration {
        self.stale.max(self.lifetime)
    }
}

/// The keys of one provider.
///
/// Who needs a new set at once is served by one request, which goes on when
/// whoever began it goes away.
pub(super) struct KeyCache<S> {
    inner: Arc<Inner<S>>,
    wait: Duration,
}

struct Inner<S> {
    url: String,
    endpoint: Guarded<S>,
    policy: KeyCachePolicy,
    kept: Cache<(), Arc<Kept>>,
    /// The request under way.
    flights: Cache<(), Arc<Kept>>,
}

/// The last good set, and what the last try came to.
#[derive(Clone)]
struct Kept {
    good: Option<Good>,
    tried: Instant,
    /// Why it brought nothing.
    fault: Option<Fault>,
}

#[derive(Clone)]
struct Good {
    keys: Arc<KeySet>,
    fetched: Instant,
}

/// What a token needs, and since when.
#[derive(Clone, Copy)]
struct Need<'k> {
    kid: Option<&'k str>,
    since: Instant,
}

/// Nobody waits longer for what one request brought.
const FLIGHT: Duration = Duration::from_secs(1);

/// Caches refuse spans far beyond this one.
const CENTURY: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

impl<S: HttpService> KeyCache<S> {
    /// The keys that stand at `url`, with callers who wait at most so long.
    pub(super) fn new(
        url: String,
        endpoint: Guarded<S>,
        policy: KeyCachePolicy,
        wait: Duration,
    ) -> Self {
        let inner = Inner {
            url,
            endpoint,
            policy,
            // The clock of the cache frees memory; ages are in the values.
            kept: Cache::builder()
                .time_to_live(policy.bound().min(CENTURY))
                .build(),
            flights: Cache::builder().time_to_live(FLIGHT).build(),
        };
        Self {
            inner: Arc::new(inner),
            wait,
        }
    }

    /// A set that names this key, or, of a token that names none, any that is
    /// current.
    ///
    /// Fails with `auth_app.key_unknown` if a set that was asked for since the
    /// token was here does not name it, and with `auth_app.keys_missing` if it
    /// is too soon to ask for one, or none can be had.
    pub(super) async fn keys(&self, kid: Option<&str>) -> Result<Arc<KeySet>, Fault> {
        let Inner { policy, kept, .. } = &*self.inner;
        let since = Instant::now();
        let need = Need { kid, since };
        if let Some(kept) = kept.get(&()).await {
            if let Some(keys) = kept.current(need, policy) {
                return Ok(keys);
            }
            if kept.rest(since, policy).is_some() {
                return kept.answer(need, policy);
            }
        }
        // A task of its own: whoever waits for it may go away.
        let flight = tokio::spawn(Arc::clone(&self.inner).fly());
        let known = match timeout(self.wait, flight).await {
            Ok(Ok(landed)) => Some(landed),
            Ok(Err(_)) | Err(_) => kept.get(&()).await,
        };
        let nothing = Err(Code::AuthAppKeysMissing.into());
        known.map_or(nothing, |kept| kept.answer(need, policy))
    }

    pub(super) fn state(&self) -> EndpointState {
        self.inner.endpoint.state()
    }
}

impl<S: HttpService> Inner<S> {
    /// Asks for the set, or waits for who is asking already.
    async fn fly(self: Arc<Self>) -> Arc<Kept> {
        let asked = async {
            let tried = Instant::now();
            let before = self.kept.get(&()).await;
            // Somebody else's request came back since it was looked at.
            if let Some(kept) = &before
                && kept.rest(tried, &self.policy).is_some()
            {
                return Arc::clone(kept);
            }
            let good = before.and_then(|kept| kept.good.clone());
            let kept = Arc::new(Kept::of(good, tried, self.fetch().await));
            self.kept.insert((), Arc::clone(&kept)).await;
            kept
        };
        let landed = self.flights.get_with((), asked).await;
        self.flights.invalidate(&()).await;
        landed
    }

    async fn fetch(&self) -> Result<KeySet, Fault> {
        let request = Request::get(&self.url)
            .header(ACCEPT, format!("{JWK_SET}, {JSON}"))
            .body(Bytes::new())
            .map_err(|_| Code::MisuseArgument)?;
        let fetched = match self.endpoint.leave() {
            Ok(leave) => self.endpoint.ask(leave, request, read).await,
            Err(paused) => Err(paused),
        };
        fetched.map_err(|fault| match fault.error().check() {
            // What we have configured wrong does not pass by waiting.
            CheckId::AuthAppKey | CheckId::Usage => fault,
            // There was an answer at the token endpoint.
            _ => fault.known_as(Code::AuthAppKeysMissing),
        })
    }
}

/// RFC 7517, 8.5.2. Many providers call it JSON.
const JWK_SET: &str = "application/jwk-set+json";

/// How a set is read. Its size is bounded by [`KeySet::read`].
const SET: Reading = Reading {
    good: &[StatusCode::OK],
    cap: usize::MAX,
    malformed: Code::InputJwks,
    refused: |_| Code::AuthAppHttp,
    unauthorized: Code::AuthAppHttp,
};

fn read(response: &Response<Bytes>) -> Result<KeySet, Fault> {
    let body = SET.body(response, &[JSON, JWK_SET])?;
    KeySet::read(body).map_err(|error| Fault::of(error.code(), response))
}

impl Kept {
    /// After a try. A set that was refused replaces none.
    fn of(before: Option<Good>, tried: Instant, fetched: Result<KeySet, Fault>) -> Self {
        let (good, fault) = match fetched {
            Ok(keys) => {
                let (keys, fetched) = (Arc::new(keys), tried);
                (Some(Good { keys, fetched }), None)
            }
            Err(fault) => (before, Some(fault)),
        };
        Self { good, tried, fault }
    }

    /// The set, if it serves without asking anybody.
    fn current(&self, need: Need<'_>, policy: &KeyCachePolicy) -> Option<Arc<KeySet>> {
        let good = self.good.as_ref()?;
        let current = need.since.duration_since(good.fetched) < policy.lifetime;
        (current && good.serves(need)).then(|| Arc::clone(&good.keys))
    }

    /// How long nobody is asked. Where there is no set it is the breaker alone
    /// that decides: nothing works before there is one.
    fn rest(&self, now: Instant, policy: &KeyCachePolicy) -> Option<Duration> {
        self.usable(now, policy)?;
        let passed = now.duration_since(self.tried);
        let rest = policy.interval.checked_sub(passed)?;
        (!rest.is_zero()).then_some(rest)
    }

    /// What is said of a need that cannot wait longer.
    fn answer(&self, need: Need<'_>, policy: &KeyCachePolicy) -> Result<Arc<KeySet>, Fault> {
        let now = Instant::now();
        let missing = Fault::until(Code::AuthAppKeysMissing, self.rest(now, policy));
        let asked_for = self.tried >= need.since;
        // A set that was asked for just now serves, however short its life is.
        let fresh = self.good.as_ref().filter(|good| good.fetched >= need.since);
        let Some(good) = fresh.or_else(|| self.usable(now, policy)) else {
            return Err(self.fault.unwrap_or(missing));
        };
        if good.serves(need) {
            return Ok(Arc::clone(&good.keys));
        }
        Err(match self.fault {
            // Not what became of a request that may be older than the key.
            _ if !asked_for => missing,
            Some(fault) => fault,
            None => Code::AuthAppKeyUnknown.into(),
        })
    }

    fn usable(&self, now: Instant, policy: &KeyCachePolicy) -> Option<&Good> {
        let good = self.good.as_ref()?;
        (now.duration_since(good.fetched) < policy.bound()).then_some(good)
    }
}

impl Good {
    fn serves(&self, need: Need<'_>) -> bool {
        need.kid.is_none_or(|kid| self.keys.names(kid))
    }
}

#[cfg(test)]
mod tests;
