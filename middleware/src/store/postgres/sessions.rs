//! Sessions of many nodes, in PostgreSQL.

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use tashika::Time;
use tashika::transaction::ClientKey;

use crate::session::{SessionEntry, SessionKey, SessionStore};
use crate::store::postgres::keeper::{Keeper, Kind, New};
use crate::store::postgres::row::Row;
use crate::store::postgres::{Postgres, Tenant};
use crate::store::{Reach, StoreFuture};

/// The sessions of many nodes: one that a person began on one goes on at another.
///
/// It is to sessions what [`PostgresTransactions`](crate::PostgresTransactions) is
/// to transactions, in the same database or another one. A session is read from
/// the primary, so that one which has ended has ended on every node.
#[derive(Clone, Debug)]
pub struct PostgresSessions(Arc<Keeper>);

impl PostgresSessions {
    /// Room for `capacity` sessions of the tenant, of which one client may begin
    /// `per_client`; as in
    /// [`PostgresTransactions::new`](crate::PostgresTransactions::new).
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

impl SessionStore for PostgresSessions {
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
        let keeper = Arc::clone(&self.0);
        let new = New {
            kind: Kind::Session,
            name: key.octets().to_vec(),
            client,
            expires: entry.last(),
            ends: entry.ends,
            state: entry.state,
        };
        StoreFuture::coming(async move { keeper.keep(new, now).await })
    }

    fn read(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        let keeper = Arc::clone(&self.0);
        StoreFuture::coming(async move {
            let row = keeper.read(Kind::Session, key.octets()).await?;
            Ok(living(row, now))
        })
    }

    fn touch(&self, key: SessionKey, idle_until: Time, now: Time) -> StoreFuture<()> {
        let keeper = Arc::clone(&self.0);
        StoreFuture::coming(async move {
            let name = key.octets();
            keeper.prolong(Kind::Session, name, idle_until, now).await
        })
    }

    fn rewrite(&self, key: SessionKey, state: Bytes, now: Time) -> StoreFuture<()> {
        let keeper = Arc::clone(&self.0);
        StoreFuture::coming(async move {
            let name = key.octets();
            keeper.rewrite(Kind::Session, name, state, now).await
        })
    }

    fn take(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        let keeper = Arc::clone(&self.0);
        StoreFuture::coming(async move {
            let row = keeper.take(Kind::Session, key.octets()).await?;
            Ok(living(row, now))
        })
    }

    fn end(&self, key: SessionKey) -> StoreFuture<()> {
        let keeper = Arc::clone(&self.0);
        StoreFuture::coming(async move {
            keeper.take(Kind::Session, key.octets()).await?;
            Ok(())
        })
    }
}

/// What is written down is the earlier of the two ends of a session, and the one
/// to which that can be put off.
fn living(row: Option<Row>, now: Time) -> Option<SessionEntry> {
    let row = row?;
    let entry = SessionEntry {
        state: row.state.into(),
        idle_until: row.expires,
        ends: row.ends,
    };
    entry.lives(now).then_some(entry)
}
