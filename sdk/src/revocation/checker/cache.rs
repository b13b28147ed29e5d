//! Answers that are kept.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration as Span;

use moka::future::Cache;

use crate::limits;
use crate::revocation::checker::tombstones::Name;
use crate::revocation::endpoint::Fault;
use crate::revocation::{CheckPurpose, Status};
use crate::time::{Duration, Time};

/// Keeps verified answers. A cache: it may forget, and forgetting costs a
/// question.
pub struct AnswerCache {
    answers: Cache<Key, Arc<Held>>,
    at_most: Duration,
}

/// What an answer is found under. Tenant, plan and policy are those of the
/// checker, which shares its cache with no other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) certificate: Name,
    pub(super) purpose: CheckPurpose,
    pub(super) generation: u64,
}

/// An answer and its absolute end.
pub(super) struct Held {
    status: Status,
    expires: Time,
}

impl AnswerCache {
    /// Room for so many answers, none of which is kept longer than `at_most`
    /// after it was asked for, however long it would be good.
    #[must_use]
    pub fn new(answers: u64, at_most: Duration) -> Self {
        let span = u64::try_from(at_most.as_seconds()).unwrap_or_default();
        Self {
            // The clock of the cache frees memory; the end of an answer is in
            // the answer, and is judged by the caller's time.
            answers: Cache::builder()
                .max_capacity(answers)
                .time_to_live(Span::from_secs(span))
                .build(),
            at_most,
        }
    }

    /// [`limits::ANSWERS`], for at most 15 minutes: as often as the OCSP
    /// service of JPKI has new data.
    #[must_use]
    pub fn standard() -> Self {
        Self::new(limits::ANSWERS, Duration::minutes(15))
    }

    pub(super) async fn get(&self, key: &Key, now: Time) -> Option<Arc<Held>> {
        let held = self.answers.get(key).await?;
        if held.is_good(now) {
            return Some(held);
        }
        self.answers.invalidate(key).await;
        None
    }

    /// The answer that is there, that somebody else is asking for, or that
    /// `ask` gives. A fault is shared with whoever waits and not kept.
    pub(super) async fn get_or_ask(
        &self,
        key: Key,
        ask: impl Future<Output = Result<Arc<Held>, Fault>>,
    ) -> Result<Arc<Held>, Fault> {
        let answer = self.answers.try_get_with(key, ask).await;
        answer.map_err(|fault: Arc<Fault>| *fault)
    }

    pub(super) fn clear(&self) {
        self.answers.invalidate_all();
    }

    pub(super) fn at_most(&self) -> Duration {
        self.at_most
    }
}

impl Held {
    pub(super) fn new(status: Status, expires: Time) -> Self {
        Self { status, expires }
    }

    pub(super) fn status(&self) -> &Status {
        &self.status
    }

    /// Whether it has not come to its end.
    fn is_good(&self, now: Time) -> bool {
        now <= self.expires
    }
}

impl fmt::Debug for AnswerCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerCache")
            .field("answers", &self.answers.entry_count())
            .field("at_most", &self.at_most)
            .finish()
    }
}
