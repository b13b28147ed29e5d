//! Where the state of open transactions waits, in the memory of one process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::algorithm::DigestAlgorithm;
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::time::Time;
use crate::transaction::TransactionId;

/// Holds opaque octets for each transaction, which one caller gets, once.
///
/// It is bounded and refuses when it is full: it never drops what has not
/// expired to make room, since that would let whoever opens many transactions
/// end those of others. What one client may hold is bounded too.
///
/// It is the store of a single process. Where several serve the same people,
/// the state belongs into a database that hands a row out by deleting it.
pub struct MemoryStore {
    capacity: usize,
    per_client: usize,
    open: Mutex<Open>,
}

/// Who opens transactions, as far as a quota needs to know: a digest of what
/// the caller tells clients apart by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientKey([u8; 32]);

#[derive(Default)]
struct Open {
    entries: HashMap<TransactionId, Entry>,
    /// The same transactions, those first that expire first.
    deadlines: BTreeSet<(Time, [u8; 16])>,
    clients: HashMap<ClientKey, usize>,
}

struct Entry {
    client: ClientKey,
    expires: Time,
    state: Vec<u8>,
}

impl ClientKey {
    /// The client that the caller calls so: an address, the digest of a cookie,
    /// the name of a terminal.
    #[must_use]
    pub fn of(name: &[u8]) -> Self {
        let mut digest = [0; 32];
        let octets = DigestAlgorithm::Sha256.digest(name);
        digest.copy_from_slice(octets.octets());
        Self(digest)
    }

    /// The 32 octets. Whoever can guess the name can tell it from them, as of an
    /// address: what leaves the process is keyed.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl MemoryStore {
    /// A store for `capacity` transactions, of which one client may hold
    /// `per_client`.
    #[must_use]
    pub fn new(capacity: NonZeroUsize, per_client: NonZeroUsize) -> Self {
        Self {
            capacity: capacity.get(),
            per_client: per_client.get(),
            open: Mutex::default(),
        }
    }

    /// Keeps `state` of a transaction until somebody takes it or `expires`, the
    /// last second at which it can be taken.
    ///
    /// # Errors
    /// `transaction.full` if the store is full or the client holds all it may,
    /// `misuse.argument` if something is kept for the transaction already, or
    /// the state is longer than [`limits::TRANSACTION_STATE`].
    pub fn put(
        &self,
        transaction: TransactionId,
        client: ClientKey,
        expires: Time,
        state: Vec<u8>,
        now: Time,
    ) -> Result<(), Error> {
        if state.len() > limits::TRANSACTION_STATE {
            return Err(Code::MisuseArgument.into());
        }
        let mut open = self.open();
        open.forget_expired(now);
        if open.entries.contains_key(&transaction) {
            return Err(Code::MisuseArgument.into());
        }
        let held = open.clients.get(&client).copied().unwrap_or_default();
        if open.entries.len() >= self.capacity || held >= self.per_client {
            return Err(Code::TransactionFull.into());
        }
        open.insert(
            transaction,
            Entry {
                client,
                expires,
                state,
            },
        );
        Ok(())
    }

    /// Hands out what is kept for a transaction, and keeps it no longer. Of
    /// several who ask at once, one gets it.
    ///
    /// # Errors
    /// `transaction.unknown` if nothing is kept for it: it never was, somebody
    /// has taken it, or it has expired.
    pub fn take(&self, transaction: &TransactionId, now: Time) -> Result<Vec<u8>, Error> {
        let entry = self.open().remove(transaction);
        let current = entry.filter(|entry| now <= entry.expires);
        Ok(current.ok_or(Code::TransactionUnknown)?.state)
    }

    /// How many transactions are open at `now`.
    #[must_use]
    pub fn len(&self, now: Time) -> usize {
        let mut open = self.open();
        open.forget_expired(now);
        open.entries.len()
    }

    /// Whether no transaction is open at `now`.
    #[must_use]
    pub fn is_empty(&self, now: Time) -> bool {
        self.len(now) == 0
    }

    // Every change is complete before the lock is released, so one that another
    // thread gave up is whole.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn insert(&mut self, transaction: TransactionId, entry: Entry) {
        *self.clients.entry(entry.client).or_default() += 1;
        self.deadlines
            .insert((entry.expires, *transaction.octets()));
        self.entries.insert(transaction, entry);
    }

    fn remove(&mut self, transaction: &TransactionId) -> Option<Entry> {
        let entry = self.entries.remove(transaction)?;
        self.deadlines
            .remove(&(entry.expires, *transaction.octets()));
        if let Some(held) = self.clients.get_mut(&entry.client) {
            *held -= 1;
            if *held == 0 {
                self.clients.remove(&entry.client);
            }
        }
        Some(entry)
    }

    fn forget_expired(&mut self, now: Time) {
        while let Some((expires, octets)) = self.deadlines.first().copied()
            && expires < now
        {
            self.remove(&TransactionId::from_entropy(octets));
        }
    }
}

// What is kept is somebody's.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("capacity", &self.capacity)
            .field("per_client", &self.per_client)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    const NOW: Time = Time::from_unix(1_800_000_000);
    const LATER: Time = Time::from_unix(1_800_000_001);

    fn store(capacity: usize, per_client: usize) -> MemoryStore {
        let bound = |n| NonZeroUsize::new(n).unwrap();
        MemoryStore::new(bound(capacity), bound(per_client))
    }

    fn id(number: u8) -> TransactionId {
        TransactionId::from_entropy([number; 16])
    }

    /// Puts what expires with this second.
    fn put(store: &MemoryStore, number: u8, client: &str, now: Time) -> Result<(), Code> {
        put_until(store, number, client, now, now)
    }

    fn put_until(
        store: &MemoryStore,
        number: u8,
        client: &str,
        expires: Time,
        now: Time,
    ) -> Result<(), Code> {
        let client = ClientKey::of(client.as_bytes());
        let kept = store.put(id(number), client, expires, vec![number], now);
        kept.map_err(|error| error.code())
    }

    fn take(store: &MemoryStore, number: u8, now: Time) -> Result<Vec<u8>, Code> {
        store.take(&id(number), now).map_err(|error| error.code())
    }

    #[test]
    fn what_is_put_once_is_taken_once() {
        let store = store(8, 8);
        put(&store, 1, "a", NOW).unwrap();
        assert_eq!(put(&store, 1, "b", NOW), Err(Code::MisuseArgument));
        assert_eq!(take(&store, 2, NOW), Err(Code::TransactionUnknown));
        assert_eq!(take(&store, 1, NOW), Ok(vec![1]));
        assert_eq!(take(&store, 1, NOW), Err(Code::TransactionUnknown));
        assert!(store.is_empty(NOW));
    }

    #[test]
    fn its_last_second_is_the_last_at_which_it_is_taken() {
        let store = store(8, 8);
        put(&store, 1, "a", NOW).unwrap();
        put(&store, 2, "a", NOW).unwrap();
        assert_eq!(take(&store, 1, NOW), Ok(vec![1]));
        assert_eq!(take(&store, 2, LATER), Err(Code::TransactionUnknown));
        // A clock that is wound back brings nothing back.
        assert_eq!(take(&store, 2, NOW), Err(Code::TransactionUnknown));
    }

    #[test]
    fn a_full_store_drops_nothing_that_has_not_expired() {
        let store = store(2, 2);
        put(&store, 1, "a", NOW).unwrap();
        put_until(&store, 2, "b", LATER, NOW).unwrap();
        assert_eq!(put(&store, 3, "c", NOW), Err(Code::TransactionFull));
        assert_eq!(store.len(NOW), 2);
        // The first has expired by now and makes room; the second is there.
        put(&store, 3, "c", LATER).unwrap();
        assert_eq!(put(&store, 4, "c", LATER), Err(Code::TransactionFull));
        assert_eq!(take(&store, 2, LATER), Ok(vec![2]));
        assert_eq!(take(&store, 3, LATER), Ok(vec![3]));
    }

    #[test]
    fn a_client_holds_no_more_than_its_share() {
        let store = store(8, 2);
        put(&store, 1, "a", NOW).unwrap();
        put(&store, 2, "a", NOW).unwrap();
        assert_eq!(put(&store, 3, "a", NOW), Err(Code::TransactionFull));
        put(&store, 4, "b", NOW).unwrap();
        take(&store, 1, NOW).unwrap();
        put(&store, 3, "a", NOW).unwrap();
        assert_eq!(put(&store, 5, "a", NOW), Err(Code::TransactionFull));
        // What has expired is nobody's share.
        put(&store, 5, "a", LATER).unwrap();
    }

    #[test]
    fn what_is_kept_is_bounded_and_not_printed() {
        let store = store(1, 1);
        let client = ClientKey::of(b"192.0.2.1");
        let long = vec![0; limits::TRANSACTION_STATE + 1];
        let error = store.put(id(1), client, NOW, long, NOW).unwrap_err();
        assert_eq!(error.code(), Code::MisuseArgument);
        let fits = vec![0; limits::TRANSACTION_STATE];
        store.put(id(1), client, NOW, fits, NOW).unwrap();
        assert_eq!(
            format!("{store:?} {client:?}"),
            "MemoryStore { capacity: 1, per_client: 1, .. } ClientKey(…)"
        );
    }

    #[test]
    fn of_many_who_take_at_once_one_gets_it() {
        const THREADS: usize = 8;
        for number in 0..100 {
            let store = store(1, 1);
            put(&store, number, "a", NOW).unwrap();
            let start = Barrier::new(THREADS);
            let race = || {
                start.wait();
                take(&store, number, NOW)
            };
            let outcomes: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(race)).collect();
                threads.into_iter().map(|t| t.join().unwrap()).collect()
            });
            let (taken, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
            assert_eq!(taken, [Ok(vec![number])]);
            assert_eq!(refused, vec![Err(Code::TransactionUnknown); THREADS - 1]);
        }
    }
}
