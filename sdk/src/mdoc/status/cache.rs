//! Tokens that are kept.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::status::kept::{Key, longest, weight};
use crate::mdoc::status::{
    RecordStatus, StatusKind, StatusPolicy, StatusReference, StatusToken, StatusVerifier,
};
use crate::time::Time;

/// Keeps verified tokens, one for each list, for a caller who fetches them.
///
/// A cache: it may forget, and forgetting costs another fetch. It belongs to
/// one verifier and so to one set of anchors.
pub struct StatusCache {
    verifier: StatusVerifier,
    policy: StatusPolicy,
    tokens: Cache<Key, Arc<StatusToken>>,
}

impl StatusCache {
    /// Room for tokens of so many octets together, as they were sent.
    #[must_use]
    pub fn new(verifier: StatusVerifier, policy: StatusPolicy, octets: u64) -> Self {
        let tokens = Cache::builder()
            .weigher(|_, token: &Arc<StatusToken>| weight(token))
            .max_capacity(octets)
            .time_to_live(longest(&policy))
            .build();
        Self {
            verifier,
            policy,
            tokens,
        }
    }

    /// The lists of a document that have to be fetched: those that are not
    /// here, or that their issuer wants to be fetched again by `now`.
    pub fn missing<'a>(
        &'a self,
        reference: &'a StatusReference,
        now: Time,
    ) -> impl Iterator<Item = (StatusKind, &'a str)> + 'a {
        reference.lists().filter(move |(kind, uri)| {
            let kept = self.tokens.get(&Key::of(*kind, uri));
            kept.is_none_or(|token| now > token.keep_until(&self.policy))
        })
    }

    /// Verifies a token and keeps it, under what it says it is about, unless a
    /// newer one is here already.
    ///
    /// # Errors
    /// As [`StatusVerifier::verify`].
    pub fn offer(&self, token: &[u8], now: Time) -> Result<(), Error> {
        let token = Arc::new(self.verifier.verify(token, now)?);
        let key = token.key();
        self.tokens.entry(key).and_upsert_with(|held| match held {
            Some(held) if held.value().as_of() > token.as_of() => held.into_value(),
            Some(_) | None => token,
        });
        Ok(())
    }

    /// What the tokens that are here say about a document at `now`:
    /// undetermined with `mdoc.status_unreachable` if none is.
    #[must_use]
    pub fn status(&self, reference: &StatusReference, now: Time) -> RecordStatus {
        let nothing = RecordStatus::undetermined(reference, Code::MdocStatusUnreachable);
        let tokens = reference
            .lists()
            .filter_map(|(kind, uri)| self.tokens.get(&Key::of(kind, uri)));
        let statuses = tokens.map(|token| token.status(reference, &self.policy, now));
        statuses.reduce(RecordStatus::and).unwrap_or(nothing)
    }
}

impl fmt::Debug for StatusCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusCache")
            .field("policy", &self.policy)
            .field("tokens", &self.tokens.entry_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::cbor::write;
    use crate::mdoc::status::RecordState;
    use crate::mdoc::status::testing::{ONE_BIT, Scene, TWO_BITS, URI, in_status_list, policy};
    use crate::revocation::testing::now;
    use crate::time::Duration;

    const ROOM: u64 = 1024 * 1024;

    fn cache(scene: &Scene) -> StatusCache {
        StatusCache::new(scene.verifier(), policy(), ROOM)
    }

    fn issued(seconds_ago: i64) -> Vec<u8> {
        write::integer(now().as_unix() - seconds_ago)
    }

    #[test]
    fn one_token_answers_for_every_document_in_it() {
        let scene = Scene::new();
        let cache = cache(&scene);
        let reference = in_status_list(2);
        let missing: Vec<_> = cache.missing(&reference, now()).collect();
        assert_eq!(missing, [(StatusKind::StatusList, URI)]);
        let state = |index| cache.status(&in_status_list(index), now()).state();
        let unreachable = RecordState::Undetermined(Code::MdocStatusUnreachable);
        assert_eq!(state(2), unreachable);

        let token = scene.sign(&scene.statuses(1, &ONE_BIT));
        cache.offer(&token, now()).unwrap();
        assert_eq!(cache.missing(&reference, now()).count(), 0);
        assert_eq!(state(2), RecordState::Good);
        assert_eq!(state(5), RecordState::Revoked);
    }

    #[test]
    fn a_bad_token_is_not_kept() {
        let scene = Scene::new();
        let cache = cache(&scene);
        let by_another = Scene::new();
        let token = by_another.sign(&by_another.statuses(1, &ONE_BIT));
        let refused = cache.offer(&token, now()).unwrap_err();
        assert_eq!(refused.code(), Code::MdocStatusSigner);
        assert_eq!(cache.missing(&in_status_list(2), now()).count(), 1);
    }

    #[test]
    fn an_older_token_does_not_replace_a_newer_one() {
        let scene = Scene::new();
        let cache = cache(&scene);
        // Number 0 was revoked between the two.
        let older = scene.statuses(2, &TWO_BITS).claim(6, issued(100));
        let newer = scene.statuses(1, &ONE_BIT).claim(6, issued(50));
        let state = || cache.status(&in_status_list(1), now()).state();
        cache.offer(&scene.sign(&newer), now()).unwrap();
        cache.offer(&scene.sign(&older), now()).unwrap();
        assert_eq!(state(), RecordState::Good);
        let newest = scene.statuses(2, &TWO_BITS).claim(6, issued(10));
        cache.offer(&scene.sign(&newest), now()).unwrap();
        assert_eq!(state(), RecordState::Suspended);
    }

    #[test]
    fn a_token_ends_by_the_callers_clock() {
        let scene = Scene::new();
        let cache = cache(&scene);
        let lives = scene
            .statuses(1, &ONE_BIT)
            .claim(65534, write::unsigned(100));
        cache.offer(&scene.sign(&lives), now()).unwrap();
        let reference = in_status_list(2);
        let after = |seconds| now().plus(Duration::seconds(seconds));
        let missing = |at| cache.missing(&reference, at).count();
        assert_eq!((missing(after(40)), missing(after(41))), (0, 1));
        // It is to be fetched again, and counts until it expires.
        let state = |at| cache.status(&reference, at).state();
        assert_eq!(state(after(600)), RecordState::Good);
        let stale = RecordState::Undetermined(Code::MdocStatusStale);
        assert_eq!(state(after(601)), stale);
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let scene = Scene::new();
        let cache = StatusCache::new(scene.verifier(), policy(), 10);
        let token = scene.sign(&scene.statuses(1, &ONE_BIT));
        cache.offer(&token, now()).unwrap();
        cache.tokens.run_pending_tasks();
        assert_eq!(cache.missing(&in_status_list(2), now()).count(), 1);
    }

    #[test]
    fn tokens_of_any_age_may_count() {
        let ages = [i64::MIN, -1, 0, i64::MAX].map(Duration::seconds);
        for policy in ages.map(StatusPolicy::strict) {
            let cache = StatusCache::new(Scene::new().verifier(), policy, ROOM);
            assert_eq!(cache.policy, policy);
        }
    }
}
