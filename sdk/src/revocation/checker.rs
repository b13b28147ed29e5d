//! One question, whoever answers it.

mod answer;
mod cache;
mod journal;
mod plan;
#[cfg(test)]
mod tests;
mod tombstones;

pub use answer::{Answer, Delivery};
pub use cache::AnswerCache;
pub use journal::JournalError;
pub use plan::{Lists, Plan};
pub use tombstones::{TombstoneKey, Tombstones};

use std::cell::LazyCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use crate::code::Code;
use crate::revocation::endpoint::Fault;
use crate::revocation::status::Finding;
use crate::revocation::{CheckPurpose, Policy, RevocationQuery, State, Status};
use crate::time::Time;

use answer::{joint, under_clock_of};
use cache::{Held, Key};
use plan::Remote;
use tombstones::Name;

/// Asks whether a certificate is revoked: lists, a responder or a platform
/// operator, by [`Plan`].
///
/// ```
/// use std::sync::Arc;
///
/// use tashika::revocation::{
///     CheckPurpose, Checker, ListSet, Lists, Pending, Plan, Policy, ScopePolicy, TombstoneKey,
///     Tombstones, Unconfirmed,
/// };
/// use tashika::{Duration, Error, Time};
///
/// const POLICY: Policy = Policy::strict(Duration::hours(48));
///
/// fn checker(lists: ListSet) -> Result<Checker, Error> {
///     let lists = Lists::of_set(Arc::new(lists), ScopePolicy::production());
///     let tombstones = Tombstones::in_memory(TombstoneKey::generate()?);
///     Ok(Checker::new(Plan::Crl(lists), POLICY, Arc::new(tombstones)))
/// }
///
/// async fn confirm<P: Pending>(
///     checker: &Checker,
///     unconfirmed: Unconfirmed<P>,
///     now: Time,
/// ) -> Result<P::Proof, Error> {
///     let purpose = CheckPurpose::SignatureVerification;
///     let answer = checker.check(unconfirmed.query(), purpose, now).await;
///     unconfirmed.confirm(answer.status(), &POLICY, now)
/// }
/// ```
///
/// The answer is always a [`Status`], and one that could not be had is
/// undetermined. How fresh it has to be is judged where it is used, by
/// [`Unconfirmed::confirm`](crate::revocation::Unconfirmed::confirm).
///
/// # What it keeps
///
/// * **Answers** that came over the network and say "good", until the earlier
///   of their next update and the policy's maximum age, counted at each use
///   against the caller's `now`. Lists are asked every time: they are faster
///   than the cache. What could not be determined is never kept, and no answer
///   is used past its end while a new one is fetched.
/// * **Tombstones** of what any back end once called revoked: see
///   [`Tombstones`].
///
/// Both are found under a keyed hash of issuer and serial number. One checker
/// serves one tenant, under one plan and one policy, so that an answer which
/// was good enough for one is never handed to another.
///
/// # Many at once
///
/// Questions about one certificate that come together are asked once. Whoever
/// asked first may go away without taking the answer from the others, and who
/// has waited long enough leaves alone.
#[derive(Clone)]
pub struct Checker {
    inner: Arc<Inner>,
    wait: Duration,
}

struct Inner {
    plan: Plan,
    policy: Policy,
    cache: AnswerCache,
    tombstones: Arc<Tombstones>,
    /// Counts how often the cache was emptied. As part of every key it keeps
    /// away what was asked before and comes in after.
    generation: AtomicU64,
}

/// How long a caller waits, unless told otherwise.
const WAIT: Duration = Duration::from_secs(10);

impl Checker {
    /// A checker of a plan. `policy` is that of the confirmation: it says how
    /// long an answer may be kept, and when a list is fresh enough not to ask
    /// on. What is revoked once is remembered in `tombstones`, which checkers
    /// of the same relying party may share.
    #[must_use]
    pub fn new(plan: Plan, policy: Policy, tombstones: Arc<Tombstones>) -> Self {
        Self::with_cache(plan, policy, tombstones, AnswerCache::standard())
    }

    /// The same with a cache of another size or time.
    #[must_use]
    pub fn with_cache(
        plan: Plan,
        policy: Policy,
        tombstones: Arc<Tombstones>,
        cache: AnswerCache,
    ) -> Self {
        let inner = Inner {
            plan,
            policy,
            cache,
            tombstones,
            generation: AtomicU64::new(0),
        };
        Self {
            inner: Arc::new(inner),
            wait: WAIT,
        }
    }

    /// This checker with callers who wait at most so long. What is under way
    /// goes on for the others, and for the next who asks.
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Whether a certificate is revoked.
    ///
    /// Needs a tokio runtime, with time and I/O, if the plan has a responder or
    /// an operator or the tombstones have a journal.
    pub async fn check(&self, query: &RevocationQuery, purpose: CheckPurpose, now: Time) -> Answer {
        let inner = &self.inner;
        let listed = inner.plan.lists().map(|lists| lists.status(query, now));
        if let Some(status) = &listed
            && let State::Revoked { .. } = status.state()
        {
            inner.bury(query, status).await;
            return Answer::of_lists(status.clone(), purpose);
        }
        let name = LazyCell::new(|| inner.tombstones.name(query));
        if let Some(status) = inner.tombstones.status(query, || *name) {
            return Answer::remembered(status, purpose);
        }
        match (listed, inner.plan.remote()) {
            (Some(status), None) => Answer::of_lists(status, purpose),
            (Some(status), Some(_)) if inner.is_enough(&status, now) => {
                Answer::of_lists(status, purpose)
            }
            (Some(status), Some(_)) => {
                let remote = self.ask(query, *name, purpose, now).await;
                inner.together(query, status, remote)
            }
            (None, _) => self.ask(query, *name, purpose, now).await,
        }
    }

    /// Forgets all answers: for when the lists have been exchanged, or trust
    /// has. What is under way is answered and not kept. Tombstones stay.
    pub fn clear(&self) {
        self.inner.generation.fetch_add(1, Ordering::SeqCst);
        self.inner.cache.clear();
    }

    /// The plan, for the states of its endpoints.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.inner.plan
    }

    /// What is remembered as revoked.
    #[must_use]
    pub fn tombstones(&self) -> &Arc<Tombstones> {
        &self.inner.tombstones
    }

    /// From the cache or from whoever is asked.
    async fn ask(
        &self,
        query: &RevocationQuery,
        certificate: Name,
        purpose: CheckPurpose,
        now: Time,
    ) -> Answer {
        let inner = &self.inner;
        let key = Key {
            certificate,
            purpose,
            generation: inner.generation.load(Ordering::SeqCst),
        };
        if let Some(held) = inner.cache.get(&key, now).await {
            return Answer::held(&held, purpose, Delivery::Cached);
        }
        // A task of its own: whoever waits for it may go away. moka would hand
        // over to another waiter, who would have to ask again.
        let flight = Arc::clone(inner).fly(key, query.clone(), purpose, now);
        let landed = match timeout(self.wait, tokio::spawn(flight)).await {
            Ok(Ok(landed)) => landed,
            Ok(Err(_)) => Err(Code::RevocationUnreachable.into()),
            Err(_) => Err(Code::RevocationTimeout.into()),
        };
        match landed {
            Ok(held) => Answer::held(&held, purpose, Delivery::Asked),
            Err(fault) => Answer::failed(query, fault, purpose),
        }
    }
}

impl Inner {
    /// Asks, or waits for who is asking already.
    async fn fly(
        self: Arc<Self>,
        key: Key,
        query: RevocationQuery,
        purpose: CheckPurpose,
        now: Time,
    ) -> Result<Arc<Held>, Fault> {
        let asked = async {
            let status = match self.plan.remote() {
                Some(Remote::Ocsp(client)) => client.ask(&query, now).await?,
                Some(Remote::Operator(client)) => client.check(&query, purpose).await?,
                None => return Err(Code::RevocationNoEndpoint.into()),
            };
            match status.state() {
                State::Undetermined(code) => return Err(code.into()),
                State::Revoked { .. } => self.bury(&query, &status).await,
                State::Good => {}
            }
            let expires = self.policy.expires(&status, self.cache.at_most(), now);
            Ok(Arc::new(Held::new(status, expires)))
        };
        self.cache.get_or_ask(key, asked).await
    }

    /// Remembers a revocation, on disk too if there is a journal, before it is
    /// told to anybody.
    async fn bury(&self, query: &RevocationQuery, status: &Status) {
        let tombstones = &self.tombstones;
        if !tombstones.bury(query, status) || !tombstones.has_journal() {
            return;
        }
        let tombstones = Arc::clone(tombstones);
        // What went wrong is counted there.
        let _ = tokio::task::spawn_blocking(move || tombstones.write_journal()).await;
    }

    /// Whether what the lists say needs nobody else.
    fn is_enough(&self, status: &Status, now: Time) -> bool {
        let Plan::CrlElseOcsp(..) = self.plan else {
            return false;
        };
        match status.finding() {
            Finding::Good { evidence, newest } => self.policy.is_fresh(evidence, *newest, now),
            Finding::Revoked { .. } => true,
            Finding::Undetermined(_) => false,
        }
    }

    /// What lists that do not say "revoked" and the other say together.
    fn together(&self, query: &RevocationQuery, listed: Status, remote: Answer) -> Answer {
        match (listed.state(), remote.status().state()) {
            (_, State::Revoked { .. }) => remote,
            (State::Good, State::Good) if self.plan.wants_both() => {
                let status = joint(query, &listed, remote.status());
                remote.with_status(status)
            }
            (State::Undetermined(_), _) if self.plan.wants_both() => remote.with_status(listed),
            // Too old themselves, the lists still know that it is later.
            (State::Good, State::Good) => {
                let status = under_clock_of(query, &listed, remote.status());
                remote.with_status(status)
            }
            // An old list that is signed is still for the policy to judge.
            (State::Good, State::Undetermined(_)) if !self.plan.wants_both() => {
                remote.with_status(listed)
            }
            _ => remote,
        }
    }
}

impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker")
            .field("plan", &self.inner.plan)
            .field("policy", &self.inner.policy)
            .finish_non_exhaustive()
    }
}
