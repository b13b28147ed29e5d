//! Transactions in the memory of one process.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tashika::transaction::{ClientKey, MemoryStore, TransactionId};
use tashika::{Code, Error, Time};

use crate::store::{Entry, Mark, Reach, Seen, StoreFuture, TransactionStore};

/// The store of a single process: [`MemoryStore`] with room of its own for
/// marks.
#[derive(Clone, Debug)]
pub struct MemoryTransactions {
    open: Arc<MemoryStore>,
    marks: Arc<MemoryStore>,
}

impl MemoryTransactions {
    /// Room for `capacity` transactions and as many marks, of each of which one
    /// client may hold `per_client`.
    #[must_use]
    pub fn new(capacity: NonZeroUsize, per_client: NonZeroUsize) -> Self {
        let store = || Arc::new(MemoryStore::new(capacity, per_client));
        Self {
            open: store(),
            marks: store(),
        }
    }

    /// Room for 10,000, of which one client may hold 100: about 20 MB of
    /// transactions of common length.
    #[must_use]
    pub fn standard() -> Self {
        const CAPACITY: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");
        const PER_CLIENT: NonZeroUsize = NonZeroUsize::new(100).expect("not zero");
        Self::new(CAPACITY, PER_CLIENT)
    }

    /// How many transactions are open at `now`.
    #[must_use]
    pub fn len(&self, now: Time) -> usize {
        self.open.len(now)
    }

    /// Whether no transaction is open at `now`.
    #[must_use]
    pub fn is_empty(&self, now: Time) -> bool {
        self.len(now) == 0
    }
}

impl TransactionStore for MemoryTransactions {
    fn reach(&self) -> Reach {
        Reach::Process
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        let Entry {
            transaction,
            client,
            expires,
            state,
        } = entry;
        StoreFuture::known(self.open.put(transaction, client, expires, state, now))
    }

    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>> {
        StoreFuture::known(self.open.take(&transaction, now))
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        // As likely as two digests whose first halves are the same.
        let (name, _) = mark.octets().split_at(16);
        let name = name.try_into().unwrap_or_default();
        let name = TransactionId::from_entropy(name);
        let kept = self.marks.put(name, client, expires, Vec::new(), now);
        StoreFuture::known(match kept {
            Ok(()) => Ok(Seen::First),
            Err(error) if error.code() == Code::MisuseArgument => Ok(Seen::Again),
            Err(error) => Err(Error::new(error.code())),
        })
    }
}
