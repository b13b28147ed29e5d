//! Tokens that are fetched when they are needed.

use std::fmt;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration as Span;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Request, StatusCode};
use moka::Entry;
use moka::future::Cache;

use crate::code::Code;
use crate::limits;
use crate::mdoc::status::kept::{Key, longest, weight};
use crate::mdoc::status::{
    RecordState, RecordStatus, StatusKind, StatusPolicy, StatusReference, StatusToken,
    StatusVerifier,
};
use crate::time::Time;
use crate::transport::{Budget, Client, TransportError};

/// Finds out the status of documents: fetches tokens from the origins that its
/// client is configured for, verifies them and keeps them.
///
/// A document's address is asked if its origin is configured, and not
/// otherwise: whoever makes a document does not choose whom a relying party
/// talks to. Who asks for the same list at once is served by one request; a
/// request that failed is not remembered.
pub struct StatusFetcher {
    client: Client,
    budget: Budget,
    verifier: StatusVerifier,
    policy: StatusPolicy,
    tokens: Cache<Key, Arc<StatusToken>>,
    /// Requests under way. What is kept stays meanwhile, so that one that fails,
    /// or that nobody waits for any more, takes nothing away.
    flights: Cache<Key, Arc<StatusToken>>,
}

/// Nobody waits longer for what one request brought.
const FLIGHT: Span = Span::from_secs(1);

impl StatusFetcher {
    /// A fetcher through this client, with room for tokens of so many octets
    /// together, as they were sent. One token may take `total` to arrive.
    #[must_use]
    pub fn new(
        client: Client,
        total: Span,
        verifier: StatusVerifier,
        policy: StatusPolicy,
        octets: u64,
    ) -> Self {
        let tokens = Cache::builder()
            .weigher(|_, token: &Arc<StatusToken>| weight(token))
            .max_capacity(octets)
            .time_to_live(longest(&policy))
            .build();
        let flights = Cache::builder().time_to_live(FLIGHT).build();
        // A constant of some megabytes.
        let body = u64::try_from(limits::STATUS_TOKEN).unwrap_or(u64::MAX);
        Self {
            client,
            budget: Budget { total, body },
            verifier,
            policy,
            tokens,
            flights,
        }
    }

    /// What the lists that the document names say about it at `now`.
    ///
    /// Where nothing can be found out it is undetermined, with
    /// `mdoc.status_unreachable` if there is no list, or with the code by which
    /// the token was refused. What is known to be revoked stays revoked.
    pub async fn status(&self, reference: &StatusReference, now: Time) -> RecordStatus {
        let mut found = RecordStatus::undetermined(reference, Code::MdocStatusUnreachable);
        for (kind, uri) in reference.lists() {
            let status = match self.token(kind, uri, now).await {
                Ok(token) => token.status(reference, &self.policy, now),
                Err(code) => self.without(kind, uri, code, reference, now).await,
            };
            found = status.and(found);
        }
        found
    }

    async fn token(
        &self,
        kind: StatusKind,
        uri: &str,
        now: Time,
    ) -> Result<Arc<StatusToken>, Code> {
        let key = Key::of(kind, uri);
        if let Some(held) = self.tokens.get(&key).await
            && now <= held.keep_until(&self.policy)
        {
            return Ok(held);
        }
        let newest = async {
            let fetched = self.fetch(kind, uri, now).await?;
            Ok(self.keep(key, Arc::new(fetched)).await)
        };
        let token = self.flights.try_get_with(key, newest).await;
        self.flights.invalidate(&key).await;
        token.map_err(|code: Arc<Code>| *code)
    }

    /// Keeps the token, or the one that is here if that is newer: a server may
    /// go back in time, or hand out what it kept.
    async fn keep(&self, key: Key, fetched: Arc<StatusToken>) -> Arc<StatusToken> {
        let newest = |held: Option<Entry<Key, Arc<StatusToken>>>| {
            ready(match held {
                Some(held) if held.value().as_of() > fetched.as_of() => held.into_value(),
                Some(_) | None => fetched,
            })
        };
        let entry = self.tokens.entry(key).and_upsert_with(newest).await;
        entry.into_value()
    }

    /// What is known where no token can be had, for the reason of this code.
    async fn without(
        &self,
        kind: StatusKind,
        uri: &str,
        code: Code,
        reference: &StatusReference,
        now: Time,
    ) -> RecordStatus {
        let held = self.tokens.get(&Key::of(kind, uri)).await;
        let known = held.map(|token| token.status(reference, &self.policy, now));
        let revoked = known.filter(|status| status.state() == RecordState::Revoked);
        revoked.unwrap_or_else(|| RecordStatus::undetermined(reference, code))
    }

    async fn fetch(&self, kind: StatusKind, uri: &str, now: Time) -> Result<StatusToken, Code> {
        let request = Request::get(uri)
            .header(ACCEPT, kind.content_type())
            .extension(self.budget)
            .body(Bytes::new())
            .map_err(|_| Code::MdocStatusUnreachable)?;
        let response = self.client.fetch(request).await;
        let response = response.map_err(|error| match error {
            TransportError::TooLarge => Code::MdocStatusTooLarge,
            _ => Code::MdocStatusUnreachable,
        })?;
        if response.status() != StatusCode::OK {
            return Err(Code::MdocStatusUnreachable);
        }
        let token = self.verifier.verify(response.body(), now);
        let token = token.map_err(|error| error.code())?;
        if token.kind() != kind {
            return Err(Code::InputStatusToken);
        }
        // A token about another list must not be kept for this one.
        if token.key() != Key::of(kind, uri) {
            return Err(Code::MdocStatusSubject);
        }
        Ok(token)
    }
}

impl fmt::Debug for StatusFetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusFetcher")
            .field("policy", &self.policy)
            .field("tokens", &self.tokens.entry_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
