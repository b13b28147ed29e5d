//! Sessions in the memory of one process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use tashika::transaction::ClientKey;
use tashika::{Code, Error, Time, limits};

use crate::session::{SessionEntry, SessionKey, SessionStore};
use crate::store::{Reach, StoreFuture};

/// The store of a single process.
///
/// Who reads waits for nobody but who changes one of the same shard; only those
/// who change something wait for each other.
#[derive(Clone)]
pub struct MemorySessions {
    inner: Arc<Inner>,
}

struct Inner {
    capacity: usize,
    per_client: usize,
    /// Locked before any shard.
    ledger: Mutex<Ledger>,
    shards: [RwLock<Shard>; SHARDS],
}

type Shard = HashMap<SessionKey, SessionEntry>;

/// Several times as many as cores that serve requests.
const SHARDS: usize = 64;

/// Whose every session is, and when it ends.
#[derive(Default)]
struct Ledger {
    held: HashMap<SessionKey, Held>,
    /// The same sessions, those first that end first.
    deadlines: BTreeSet<(Time, [u8; 32])>,
    clients: HashMap<ClientKey, usize>,
}

#[derive(Clone, Copy)]
struct Held {
    client: ClientKey,
    last: Time,
}

impl MemorySessions {
    /// Room for `capacity` sessions, of which one client may have begun
    /// `per_client`.
    #[must_use]
    pub fn new(capacity: NonZeroUsize, per_client: NonZeroUsize) -> Self {
        let inner = Inner {
            capacity: capacity.get(),
            per_client: per_client.get(),
            ledger: Mutex::default(),
            shards: std::array::from_fn(|_| RwLock::default()),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Room for 100,000, of which one client may have begun 1,000: about 80 MB
    /// of sessions of common length.
    #[must_use]
    pub fn standard() -> Self {
        const CAPACITY: NonZeroUsize = NonZeroUsize::new(100_000).expect("not zero");
        const PER_CLIENT: NonZeroUsize = NonZeroUsize::new(1_000).expect("not zero");
        Self::new(CAPACITY, PER_CLIENT)
    }

    /// How many sessions live at `now`.
    #[must_use]
    pub fn len(&self, now: Time) -> usize {
        let mut ledger = self.inner.ledger();
        self.inner.forget_expired(&mut ledger, now);
        ledger.held.len()
    }

    /// Whether no session lives at `now`.
    #[must_use]
    pub fn is_empty(&self, now: Time) -> bool {
        self.len(now) == 0
    }
}

impl SessionStore for MemorySessions {
    fn reach(&self) -> Reach {
        Reach::Process
    }

    fn create(
        &self,
        key: SessionKey,
        entry: SessionEntry,
        client: ClientKey,
        now: Time,
    ) -> StoreFuture<()> {
        StoreFuture::known(self.inner.create(key, entry, client, now))
    }

    fn read(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        StoreFuture::known(Ok(self.inner.read(key, now)))
    }

    fn touch(&self, key: SessionKey, idle_until: Time, now: Time) -> StoreFuture<()> {
        self.inner.change(key, now, |entry| {
            entry.idle_until = entry.idle_until.max(idle_until);
        });
        StoreFuture::known(Ok(()))
    }

    fn rewrite(&self, key: SessionKey, state: Bytes, now: Time) -> StoreFuture<()> {
        let fits = check_length(&state);
        if fits.is_ok() {
            self.inner.change(key, now, |entry| entry.state = state);
        }
        StoreFuture::known(fits)
    }

    fn take(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        let taken = self.inner.remove(key);
        StoreFuture::known(Ok(taken.filter(|entry| entry.lives(now))))
    }

    fn end(&self, key: SessionKey) -> StoreFuture<()> {
        self.inner.remove(key);
        StoreFuture::known(Ok(()))
    }
}

impl Inner {
    fn create(
        &self,
        key: SessionKey,
        entry: SessionEntry,
        client: ClientKey,
        now: Time,
    ) -> Result<(), Error> {
        check_length(&entry.state)?;
        let mut ledger = self.ledger();
        self.forget_expired(&mut ledger, now);
        if ledger.held.contains_key(&key) {
            return Err(Code::MisuseArgument.into());
        }
        let begun = ledger.clients.get(&client).copied().unwrap_or_default();
        if ledger.held.len() >= self.capacity || begun >= self.per_client {
            return Err(Code::TransactionFull.into());
        }
        let last = entry.last();
        ledger.insert(key, Held { client, last });
        self.shard_to_change(key).insert(key, entry);
        Ok(())
    }

    fn read(&self, key: SessionKey, now: Time) -> Option<SessionEntry> {
        let shard = self.shard_to_read(key);
        shard.get(&key).filter(|entry| entry.lives(now)).cloned()
    }

    fn change(&self, key: SessionKey, now: Time, change: impl FnOnce(&mut SessionEntry)) {
        let mut ledger = self.ledger();
        let mut shard = self.shard_to_change(key);
        if let Some(entry) = shard.get_mut(&key).filter(|entry| entry.lives(now)) {
            change(entry);
            ledger.lasts_until(key, entry.last());
        }
    }

    fn remove(&self, key: SessionKey) -> Option<SessionEntry> {
        let mut ledger = self.ledger();
        ledger.remove(key);
        self.shard_to_change(key).remove(&key)
    }

    fn forget_expired(&self, ledger: &mut Ledger, now: Time) {
        while let Some((last, octets)) = ledger.deadlines.first().copied()
            && last < now
        {
            let key = SessionKey::from_octets(octets);
            ledger.remove(key);
            self.shard_to_change(key).remove(&key);
        }
    }

    // Every change is complete before a lock is released, so what another thread
    // gave up is whole.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shard_to_read(&self, key: SessionKey) -> RwLockReadGuard<'_, Shard> {
        let shard = self.shard(key).read();
        shard.unwrap_or_else(PoisonError::into_inner)
    }

    fn shard_to_change(&self, key: SessionKey) -> RwLockWriteGuard<'_, Shard> {
        let shard = self.shard(key).write();
        shard.unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(clippy::indexing_slicing, reason = "the remainder is below the length")]
    fn shard(&self, key: SessionKey) -> &RwLock<Shard> {
        let [first, ..] = key.octets();
        &self.shards[usize::from(*first) % SHARDS]
    }
}

impl Ledger {
    fn insert(&mut self, key: SessionKey, held: Held) {
        *self.clients.entry(held.client).or_default() += 1;
        self.deadlines.insert((held.last, *key.octets()));
        self.held.insert(key, held);
    }

    fn lasts_until(&mut self, key: SessionKey, last: Time) {
        if let Some(held) = self.held.get_mut(&key) {
            self.deadlines.remove(&(held.last, *key.octets()));
            self.deadlines.insert((last, *key.octets()));
            held.last = last;
        }
    }

    fn remove(&mut self, key: SessionKey) {
        let Some(held) = self.held.remove(&key) else {
            return;
        };
        self.deadlines.remove(&(held.last, *key.octets()));
        if let Some(begun) = self.clients.get_mut(&held.client) {
            *begun -= 1;
            if *begun == 0 {
                self.clients.remove(&held.client);
            }
        }
    }
}

fn check_length(state: &Bytes) -> Result<(), Error> {
    if state.len() > limits::TRANSACTION_STATE {
        return Err(Code::MisuseArgument.into());
    }
    Ok(())
}

// What is kept is somebody's.
impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySessions")
            .field("capacity", &self.inner.capacity)
            .field("per_client", &self.inner.per_client)
            .finish_non_exhaustive()
    }
}
