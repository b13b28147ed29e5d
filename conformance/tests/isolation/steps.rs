//! What makes a request wait where in production it may: a body that comes in
//! pieces, and a store that is somewhere else.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::HttpBody;
use bytes::Bytes;
use hyper::body::Frame;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Error, Time};
use tashika_tower::{
    Entry, Mark, Reach, Seen, SessionEntry, SessionKey, SessionStore, StoreFuture, TransactionStore,
};

use crate::schedule::{Dice, pause, poll};

/// How often something waits.
#[derive(Clone, Debug)]
pub(crate) enum Pauses {
    Always(usize),
    Below(usize, Dice),
}

/// A store that every node reaches, and waits for before and after it has done
/// something.
#[derive(Debug)]
pub(crate) struct Distant<S: ?Sized> {
    store: Arc<S>,
    before: Pauses,
    after: Pauses,
}

/// A body in pieces, before each of which it waits.
pub(crate) struct Pieces {
    rest: Bytes,
    piece: usize,
    pauses: Pauses,
    waits: usize,
}

impl Pauses {
    pub(crate) fn next(&self) -> usize {
        match self {
            Self::Always(times) => *times,
            Self::Below(bound, dice) => dice.below(*bound),
        }
    }
}

impl<S: Send + Sync + ?Sized + 'static> Distant<S> {
    pub(crate) fn new(store: Arc<S>, before: Pauses, after: Pauses) -> Self {
        Self {
            store,
            before,
            after,
        }
    }

    fn later<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&S) -> StoreFuture<T> + Send + 'static,
    ) -> StoreFuture<T> {
        let (before, after) = (self.before.next(), self.after.next());
        let store = Arc::clone(&self.store);
        StoreFuture::coming(async move {
            pause(before).await;
            let answer = ask(&*store).await;
            pause(after).await;
            answer
        })
    }
}

impl TransactionStore for Distant<dyn TransactionStore> {
    fn reach(&self) -> Reach {
        Reach::Shared
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        self.later(move |store| store.put(entry, now))
    }

    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>> {
        self.later(move |store| store.take(transaction, now))
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        self.later(move |store| store.mark(mark, client, expires, now))
    }
}

impl SessionStore for Distant<dyn SessionStore> {
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
        self.later(move |store| store.create(key, entry, client, now))
    }

    fn read(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        self.later(move |store| store.read(key, now))
    }

    fn touch(&self, key: SessionKey, idle_until: Time, now: Time) -> StoreFuture<()> {
        self.later(move |store| store.touch(key, idle_until, now))
    }

    fn rewrite(&self, key: SessionKey, state: Bytes, now: Time) -> StoreFuture<()> {
        self.later(move |store| store.rewrite(key, state, now))
    }

    fn take(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        self.later(move |store| store.take(key, now))
    }

    fn end(&self, key: SessionKey) -> StoreFuture<()> {
        self.later(move |store| store.end(key))
    }
}

impl Pieces {
    pub(crate) fn of(body: Bytes, pieces: usize, pauses: Pauses) -> Self {
        Self {
            piece: body.len().div_ceil(pieces).max(1),
            waits: pauses.next(),
            rest: body,
            pauses,
        }
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if self.waits > 0 {
            self.waits -= 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.waits = self.pauses.next();
        let piece = self.piece.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }
}

/// What a store in memory says, which knows at once.
pub(crate) fn known<T>(answer: StoreFuture<T>) -> Result<T, Error> {
    match poll(&mut Box::pin(answer)) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it waits"),
    }
}
