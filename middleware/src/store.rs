//! Where the state of open transactions waits.

mod future;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;

use std::fmt;

use tashika::Time;
use tashika::transaction::{ClientKey, TransactionId};

pub use future::StoreFuture;
pub use memory::MemoryTransactions;
#[cfg(feature = "postgres")]
pub use postgres::{
    Postgres, PostgresError, PostgresLimits, PostgresSessions, PostgresTls, PostgresTransactions,
    Tenant,
};

/// Holds sealed state for each open transaction, which one caller gets, once.
///
/// Every implementation passes the same suite
/// (`conformance/tests/stores`), and so has these properties:
///
/// * of many who [`take`](Self::take) one transaction at once, on whatever node,
///   one gets it;
/// * it refuses when it is full, and never drops what has not expired;
/// * one client holds no more than its share;
/// * where the store cannot be asked, the answer is `transaction.store`, which
///   is undetermined: neither that something is kept, nor that it is not.
///
/// What is kept is sealed before it comes here.
pub trait TransactionStore: fmt::Debug + Send + Sync + 'static {
    /// Whether other processes see what is kept here.
    fn reach(&self) -> Reach;

    /// Keeps an entry until somebody takes it or it expires.
    ///
    /// Its future's error is `transaction.full` if the store is full or the
    /// client holds all it may, `transaction.store` if it could not be asked,
    /// `misuse.argument` if something is kept for the transaction already or the
    /// state is longer than
    /// [`limits::TRANSACTION_STATE`](tashika::limits::TRANSACTION_STATE).
    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()>;

    /// Hands out what is kept for a transaction, and keeps it no longer.
    ///
    /// Its future's error is `transaction.unknown` if nothing is kept for it: it
    /// never was, somebody has taken it, or it has expired; `transaction.store`
    /// if it could not be asked, and then it may have been taken or not.
    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>>;

    /// Marks something as seen until `expires`, and tells whether it had been
    /// marked before. Of many who mark the same at once, one is the first.
    ///
    /// Its future's error is `transaction.full` or `transaction.store`. Either
    /// way it is not known to be the first.
    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen>;
}

/// Who sees what a store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// This process alone.
    Process,
    /// Every node that serves the same people.
    Shared,
}

/// What is kept for a transaction.
pub struct Entry {
    /// The transaction: nothing else may be kept for it.
    pub transaction: TransactionId,
    /// Whose share it is of.
    pub client: ClientKey,
    /// The last second at which it can be taken.
    pub expires: Time,
    /// Sealed octets.
    pub state: Vec<u8>,
}

/// A name for something that may happen once: a digest, from which it cannot be
/// told.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark([u8; 32]);

/// Whether something had been marked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Seen {
    /// It had not: whoever gets this is the only one.
    First,
    /// It had.
    Again,
}

impl Mark {
    /// The mark of these octets, among those of one `use`: the digest of a
    /// signature, a token's identifier.
    #[must_use]
    pub fn of(usage: &str, octets: &[u8]) -> Self {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        let length = u64::try_from(usage.len()).unwrap_or(u64::MAX);
        context.update(&length.to_be_bytes());
        context.update(usage.as_bytes());
        context.update(octets);
        let mut mark = [0; 32];
        mark.copy_from_slice(context.finish().as_ref());
        Self(mark)
    }

    /// The 32 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(…)")
    }
}

// What is kept is somebody's.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("transaction", &self.transaction)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_different_uses_are_apart_and_not_printed() {
        let mark = Mark::of("answer", b"octets");
        assert_eq!(mark, Mark::of("answer", b"octets"));
        assert_ne!(mark, Mark::of("answe", b"roctets"));
        assert_ne!(mark, Mark::of("answer", b"octet"));
        assert_eq!(format!("{mark:?}"), "Mark(…)");
    }
}
