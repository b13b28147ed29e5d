//! Transactions and sessions of many nodes, in PostgreSQL.

mod connection;
mod database;
mod error;
mod keeper;
mod put;
mod question;
mod row;
mod schema;
mod seats;
mod sessions;
mod settings;
mod statements;
mod sweep;
mod tenant;

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Time};

use crate::store::{Entry, Mark, Reach, Seen, StoreFuture, TransactionStore};
use keeper::{Keeper, Kind, New};
use put::Put;

pub use database::Postgres;
pub use error::PostgresError;
pub use sessions::PostgresSessions;
pub use settings::{PostgresLimits, PostgresTls};
pub use tenant::Tenant;

/// The store of many nodes: what one keeps, another hands out, once.
///
/// A database that is down, failing over, slow or another one than it should be
/// is `transaction.store`, within the time that [`PostgresLimits`] gives it; the
/// cause goes to `tracing`. A take of which the database did not say that it is
/// done is `transaction.store` too: whether the transaction is there nobody knows
/// then, but nobody has got it, and no two ever do.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use tashika_tower::{Postgres, PostgresLimits, PostgresTls, PostgresTransactions, Tenant};
///
/// async fn transactions(key: &[u8; 32]) -> Result<PostgresTransactions, Box<dyn std::error::Error>> {
///     let database = Postgres::new(
///         "host=/run/postgresql user=bank dbname=bank",
///         PostgresTls::same_machine(),
///         PostgresLimits::standard(),
///     )?;
///     database.migrate().await?;
///     let (capacity, per_client) = (NonZeroUsize::new(100_000), NonZeroUsize::new(100));
///     let (capacity, per_client) = capacity.zip(per_client).ok_or("zero")?;
///     let tenant = Tenant::new("bank", key)?;
///     Ok(PostgresTransactions::new(database, tenant, capacity, per_client))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct PostgresTransactions(Arc<Keeper>);

impl PostgresTransactions {
    /// Room for `capacity` transactions of the tenant and as many marks, of each
    /// of which one client may hold `per_client`. Every node says the same.
    ///
    /// There is never more. Above 128 of either, some are refused as
    /// `transaction.full` a little before: one in a million with nine tenths
    /// taken, one in seven hundred with 95 of a hundred, half with 99.5.
    #[must_use]
    pub fn new(
        database: Postgres,
        tenant: Tenant,
        capacity: NonZeroUsize,
        per_client: NonZeroUsize,
    ) -> Self {
        let keeper = Keeper::new(database, tenant, capacity, per_client);
        Self(Arc::new(keeper))
    }
}

impl TransactionStore for PostgresTransactions {
    fn reach(&self) -> Reach {
        Reach::Shared
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        let keeper = Arc::clone(&self.0);
        let new = New {
            kind: Kind::Transaction,
            name: entry.transaction.octets().to_vec(),
            client: entry.client,
            expires: entry.expires,
            ends: entry.expires,
            state: entry.state.into(),
        };
        StoreFuture::coming(async move { keeper.keep(new, now).await })
    }

    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>> {
        let keeper = Arc::clone(&self.0);
        StoreFuture::coming(async move {
            let taken = keeper.take(Kind::Transaction, transaction.octets()).await?;
            let current = taken.filter(|taken| now <= taken.expires);
            Ok(current.ok_or(Code::TransactionUnknown)?.state)
        })
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        let keeper = Arc::clone(&self.0);
        let new = New {
            kind: Kind::Mark,
            name: mark.octets().to_vec(),
            client,
            expires,
            ends: expires,
            state: Bytes::new(),
        };
        StoreFuture::coming(async move {
            match keeper.put(new, now).await? {
                Put::Kept => Ok(Seen::First),
                Put::Known => Ok(Seen::Again),
                Put::Full => Err(Code::TransactionFull.into()),
            }
        })
    }
}
