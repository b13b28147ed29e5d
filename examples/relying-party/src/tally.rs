//! What happened at a place, without whom it happened to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use tashika::Error;

use crate::Denied;
use crate::page::reword;

/// Counts and times of one place, such as a gate: in memory, and of nobody.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    last: Option<(Instant, StatusCode)>,
    recent: VecDeque<Instant>,
    people: u32,
    spent: Duration,
    codes: BTreeMap<&'static str, u32>,
}

const MINUTE: Duration = Duration::from_secs(60);

impl Tally {
    /// Stands outside of the layers of a place: counts what comes of a request
    /// and how long it takes. A refusal is worded anew, by whether it is one or
    /// nothing could be found out: what it was stays here.
    ///
    /// A request that begins a transaction is of the same person as its answer,
    /// and counts if it is refused.
    pub async fn watch(
        &self,
        request: Request,
        next: Next,
        word: impl FnOnce(bool) -> (&'static str, &'static str),
    ) -> Response {
        let (begins, begun) = (request.uri().path().ends_with("/request"), Instant::now());
        let response = next.run(request).await;
        self.counts().spent += begun.elapsed();
        let (status, extensions) = (response.status(), response.extensions());
        let error = extensions.get::<Error>().map(|error| error.code().as_str());
        let denied = extensions.get::<Denied>().map(|denied| denied.1);
        if status.is_success() {
            if !begins {
                self.note(status, "passed");
            }
            return response;
        }
        self.note(status, denied.or(error).unwrap_or("other"));
        let (code, detail) = word(status.is_server_error());
        reword(response, code, detail)
    }

    fn note(&self, status: StatusCode, code: &'static str) {
        let (mut counts, now) = (self.counts(), Instant::now());
        counts.last = Some((now, status));
        counts.recent.push_back(now);
        counts.people = counts.people.saturating_add(1);
        *counts.codes.entry(code).or_default() += 1;
    }

    /// How the last person was answered, if that was within this time.
    #[must_use]
    pub fn last(&self, within: Duration) -> Option<StatusCode> {
        let last = self.counts().last.filter(|(at, _)| at.elapsed() < within);
        last.map(|(_, status)| status)
    }

    /// How many people were answered within the last minute.
    #[must_use]
    pub fn last_minute(&self) -> usize {
        self.counts().recent.len()
    }

    /// How many people one core answers in a minute, by what their requests took
    /// here; none before the first. It is at least so many: what waits for
    /// others counts as if it worked.
    #[must_use]
    pub fn per_core(&self) -> Option<u64> {
        let counts = self.counts();
        let spent = u64::try_from(counts.spent.as_micros()).ok()?;
        (u64::from(counts.people) * 60_000_000).checked_div(spent)
    }

    /// How often people were answered with which code.
    #[must_use]
    pub fn codes(&self) -> Vec<(&'static str, u32)> {
        let codes = &self.counts().codes;
        codes.iter().map(|(code, count)| (*code, *count)).collect()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while counts
            .recent
            .front()
            .is_some_and(|at| at.elapsed() > MINUTE)
        {
            counts.recent.pop_front();
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_of_all_the_time_that_people_took() {
        let tally = Tally::default();
        assert_eq!((tally.per_core(), tally.last_minute()), (None, 0));
        // Two people, of three requests.
        for milliseconds in [5, 10, 15] {
            tally.counts().spent += Duration::from_millis(milliseconds);
        }
        tally.note(StatusCode::OK, "good");
        tally.note(StatusCode::FORBIDDEN, "bad");
        assert_eq!(tally.per_core(), Some(4000));
        assert_eq!(tally.last_minute(), 2);
        assert_eq!(tally.codes(), [("bad", 1), ("good", 1)]);
        assert_eq!(tally.last(MINUTE), Some(StatusCode::FORBIDDEN));
        assert_eq!(tally.last(Duration::ZERO), None);
    }
}
