//! Sessions that are mixed up.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tashika::transaction::ClientKey;
use tashika::{Code, Time};
use tashika_tower::{MemorySessions, Reach, SessionEntry, SessionKey, SessionStore, StoreFuture};

use super::{found_in, some};
use crate::flows::Sessions;
use crate::ledger::Finding;

/// A store that is not what a store has to be.
#[derive(Debug)]
struct Broken {
    store: MemorySessions,
    last: Mutex<Option<SessionKey>>,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// Whoever asks gets the session that began last.
    Mixes,
    /// What has ended goes on.
    Keeps,
}

impl Broken {
    fn sessions(how: How) -> Sessions {
        let room = NonZeroUsize::new(100_000).unwrap();
        Sessions::over(vec![Arc::new(Self {
            store: MemorySessions::new(room, room),
            last: Mutex::default(),
            how,
        })])
    }
}

impl SessionStore for Broken {
    fn reach(&self) -> Reach {
        Reach::Shared
    }

    fn create(
        &self,
        key: SessionKey,
        entry: SessionEntry,
        client: ClientKey,
        now: Time,
    ) -> StoreFuture<()> {
        *self.last.lock().unwrap() = Some(key);
        self.store.create(key, entry, client, now)
    }

    fn read(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        let key = match (self.how, *self.last.lock().unwrap()) {
            (How::Mixes, Some(last)) => last,
            _ => key,
        };
        self.store.read(key, now)
    }

    fn touch(&self, key: SessionKey, idle_until: Time, now: Time) -> StoreFuture<()> {
        self.store.touch(key, idle_until, now)
    }

    fn rewrite(&self, key: SessionKey, state: Bytes, now: Time) -> StoreFuture<()> {
        self.store.rewrite(key, state, now)
    }

    fn take(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        self.store.take(key, now)
    }

    fn end(&self, key: SessionKey) -> StoreFuture<()> {
        match self.how {
            How::Mixes => self.store.end(key),
            How::Keeps => StoreFuture::known(Ok(())),
        }
    }
}

/// Nobody is taken for another: what is sealed for one cookie opens for no other.
#[tokio::test]
async fn a_store_that_mixes_sessions_is_found() {
    let found = found_in(Broken::sessions(How::Mixes), |_| {}).await;
    some(
        &found,
        |finding| matches!(finding, Finding::Refused { code, .. } if *code == Code::TransactionSeal),
    );
    assert!(!found.iter().any(|f| matches!(f, Finding::Mistaken { .. })));
}

/// Whoever kept the cookie of somebody who has gone is still them.
#[tokio::test]
async fn a_store_that_ends_no_session_is_found() {
    let found = found_in(Broken::sessions(How::Keeps), |_| {}).await;
    some(&found, |f| matches!(f, Finding::Lingering { .. }));
}
