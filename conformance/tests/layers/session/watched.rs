//! A store of sessions that fails when it is told to, and takes its time.

use std::mem;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use tashika::transaction::ClientKey;
use tashika::{Code, Time};
use tashika_tower::{MemorySessions, Reach, SessionEntry, SessionKey, SessionStore, StoreFuture};
use tokio::task::yield_now;

/// Sessions in memory, and what is asked of them.
#[derive(Debug)]
pub(crate) struct Watched {
    sessions: MemorySessions,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    pace: Pace,
    fails: Option<Op>,
    asked: Vec<Op>,
    /// What was created last.
    created: Option<(SessionKey, SessionEntry)>,
}

/// When an answer is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// At once, as that of a store in memory.
    AtOnce,
    /// When somebody has waited for it, as that of a database.
    Later,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Create,
    Read,
    Touch,
    Rewrite,
    Take,
    End,
}

impl Pace {
    pub(crate) const BOTH: [Self; 2] = [Self::AtOnce, Self::Later];
}

impl Watched {
    pub(crate) fn new(pace: Pace) -> Self {
        let inner = Inner {
            pace,
            fails: None,
            asked: Vec::new(),
            created: None,
        };
        Self {
            sessions: MemorySessions::standard(),
            inner: Mutex::new(inner),
        }
    }

    /// From now on this fails, and nothing else.
    pub(crate) fn fail(&self, op: Op) {
        self.inner().fails = Some(op);
    }

    pub(crate) fn recover(&self) {
        self.inner().fails = None;
    }

    /// What was asked since this was asked.
    pub(crate) fn asked(&self) -> Vec<Op> {
        mem::take(&mut self.inner().asked)
    }

    /// The session that was created last.
    pub(crate) fn created(&self) -> (SessionKey, SessionEntry) {
        self.inner().created.clone().unwrap()
    }

    pub(crate) fn sessions(&self) -> &MemorySessions {
        &self.sessions
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    fn answer<T: Send + 'static>(
        &self,
        op: Op,
        ask: impl FnOnce(&MemorySessions) -> StoreFuture<T> + Send + 'static,
    ) -> StoreFuture<T> {
        let mut inner = self.inner();
        inner.asked.push(op);
        let fails = inner.fails == Some(op);
        let sessions = self.sessions.clone();
        let answer = move || match fails {
            true => StoreFuture::known(Err(Code::TransactionStore.into())),
            false => ask(&sessions),
        };
        match inner.pace {
            Pace::AtOnce => answer(),
            Pace::Later => StoreFuture::coming(async move {
                yield_now().await;
                answer().await
            }),
        }
    }
}

impl SessionStore for Watched {
    fn reach(&self) -> Reach {
        self.sessions.reach()
    }

    fn create(
        &self,
        key: SessionKey,
        entry: SessionEntry,
        client: ClientKey,
        now: Time,
    ) -> StoreFuture<()> {
        self.inner().created = Some((key, entry.clone()));
        self.answer(Op::Create, move |s| s.create(key, entry, client, now))
    }

    fn read(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        self.answer(Op::Read, move |s| s.read(key, now))
    }

    fn touch(&self, key: SessionKey, idle_until: Time, now: Time) -> StoreFuture<()> {
        self.answer(Op::Touch, move |s| s.touch(key, idle_until, now))
    }

    fn rewrite(&self, key: SessionKey, state: Bytes, now: Time) -> StoreFuture<()> {
        self.answer(Op::Rewrite, move |s| s.rewrite(key, state, now))
    }

    fn take(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        self.answer(Op::Take, move |s| s.take(key, now))
    }

    fn end(&self, key: SessionKey) -> StoreFuture<()> {
        self.answer(Op::End, move |s| s.end(key))
    }
}
