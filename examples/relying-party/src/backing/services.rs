//! What works at the moment.

use std::sync::{MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tashika::revocation::health::{Channel, Situation};
use tashika::{Disposition, Error, Time};

use super::{Backing, Worth};

/// What works at the moment, for the template `services.html`.
#[derive(Clone, Debug)]
pub struct Services {
    /// What to say of certificates.
    pub situation: Situation,
    /// How many revocation lists there are.
    pub lists: usize,
    /// How many of them are overdue.
    pub overdue: usize,
    /// The age of the oldest, in seconds.
    pub oldest: i64,
    /// How many seconds ago the auth app's provider failed, if it has not worked
    /// since.
    pub provider_failed: Option<i64>,
}

/// Where and when the auth app's provider last failed.
pub(super) type Failure = Option<(String, Time)>;

impl Services {
    /// Whether certificates can be checked at all.
    #[must_use]
    pub fn checks(&self) -> bool {
        !matches!(
            self.situation,
            Situation::RevocationDown | Situation::WeAreDown | Situation::Unknown
        )
    }
}

impl Backing {
    fn failure(&self) -> MutexGuard<'_, Failure> {
        let failure = &self.inner.failure;
        failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What works at the moment.
    #[must_use]
    pub fn services(&self) -> Services {
        let (lists, now) = (self.list_sources(), self.now());
        let overdue = lists.iter().filter(|list| list.worth != Worth::Fresh);
        let failure = self.failure().clone();
        Services {
            situation: self.health().of(Channel::Card).situation(),
            overdue: overdue.count(),
            oldest: lists.first().map_or(0, |list| list.age),
            lists: lists.len(),
            provider_failed: failure.map(|(_, at)| now.since(at).as_seconds()),
        }
    }
}

/// Notes that the auth app's provider has failed, and that it works again where it
/// had. Stands outside of the layers that ask it.
pub async fn observe(State(backing): State<Backing>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let error = response.extensions().get::<Error>();
    let failed = error.is_some_and(|error| {
        let of_provider = error.code().as_str().starts_with("auth_app.");
        of_provider && error.disposition() == Disposition::Undetermined
    });
    let mut failure = backing.failure();
    if failed {
        *failure = Some((path, backing.now()));
    } else if error.is_none() && failure.as_ref().is_some_and(|(at, _)| *at == path) {
        *failure = None;
    }
    drop(failure);
    response
}
