//! Rows of one tenant.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicI64;

use bytes::Bytes;
use tashika::transaction::ClientKey;
use tashika::{Code, Error, Time, limits};

use crate::store::postgres::put::{Put, Putting};
use crate::store::postgres::question::Question;
use crate::store::postgres::row::{Key, Prolonging, Reading, Rewriting, Row, Taking};
use crate::store::postgres::seats::Seats;
use crate::store::postgres::{Postgres, PostgresError, Tenant, sweep};

/// What a row is. Each kind has as many seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Transaction = 0,
    Mark = 1,
    Session = 2,
}

impl Kind {
    pub(super) const fn number(self) -> i16 {
        self as i16
    }
}

/// What keeps rows for one tenant.
#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) database: Postgres,
    pub(super) tenant: Tenant,
    places: Seats,
    shares: Seats,
    /// The turn in which this node last swept.
    pub(super) swept: AtomicI64,
}

/// What is to be kept.
pub(super) struct New {
    pub(super) kind: Kind,
    pub(super) name: Vec<u8>,
    pub(super) client: ClientKey,
    /// The last second at which it counts.
    pub(super) expires: Time,
    /// The last second to which that can be put off.
    pub(super) ends: Time,
    pub(super) state: Bytes,
}

impl Keeper {
    pub(super) fn new(
        database: Postgres,
        tenant: Tenant,
        capacity: NonZeroUsize,
        per_client: NonZeroUsize,
    ) -> Self {
        Self {
            database,
            tenant,
            places: Seats::new(capacity),
            shares: Seats::new(per_client),
            swept: AtomicI64::new(sweep::NEVER),
        }
    }

    /// Keeps something that has a name of its own.
    ///
    /// `misuse.argument` if the name is taken or the state is too long,
    /// `transaction.full`, `transaction.store`.
    pub(super) async fn keep(&self, new: New, now: Time) -> Result<(), Error> {
        if new.state.len() > limits::TRANSACTION_STATE {
            return Err(Code::MisuseArgument.into());
        }
        match self.put(new, now).await? {
            Put::Kept => Ok(()),
            Put::Known => Err(Code::MisuseArgument.into()),
            Put::Full => Err(Code::TransactionFull.into()),
        }
    }

    /// Keeps something, unless the name is taken or there is no room.
    pub(super) async fn put(&self, new: New, now: Time) -> Result<Put, Error> {
        self.sweep_in_turn(now);
        let question = Putting {
            tenant: self.tenant.name().to_owned(),
            client: self.tenant.client(&new.client).as_ref().to_vec(),
            shares: self.shares,
            places: self.places,
            new,
            now,
        };
        let put = self.ask("put", question).await?;
        put.ok_or_else(|| {
            PostgresError::Contended.report("put");
            Code::TransactionStore.into()
        })
    }

    /// Hands out what is kept under a name, and keeps it no longer.
    ///
    /// It is handed out once the database has said that its commit is durable. If
    /// that word does not come, it is not known whether it is there, and nobody
    /// has got it.
    pub(super) async fn take(&self, kind: Kind, name: &[u8]) -> Result<Option<Row>, Error> {
        self.ask("take", Taking(self.key(kind, name))).await
    }

    /// What is kept under a name, though it may have expired.
    pub(super) async fn read(&self, kind: Kind, name: &[u8]) -> Result<Option<Row>, Error> {
        self.ask("read", Reading(self.key(kind, name))).await
    }

    /// Has something that counts at `now` count until `expires`, as far as that can
    /// be put off. What counts for longer still does.
    pub(super) async fn prolong(
        &self,
        kind: Kind,
        name: &[u8],
        expires: Time,
        now: Time,
    ) -> Result<(), Error> {
        let key = self.key(kind, name);
        self.ask("prolong", Prolonging { key, expires, now }).await
    }

    /// Exchanges the state of something that counts at `now`.
    pub(super) async fn rewrite(
        &self,
        kind: Kind,
        name: &[u8],
        state: Bytes,
        now: Time,
    ) -> Result<(), Error> {
        if state.len() > limits::TRANSACTION_STATE {
            return Err(Code::MisuseArgument.into());
        }
        let key = self.key(kind, name);
        self.ask("rewrite", Rewriting { key, state, now }).await
    }

    fn key(&self, kind: Kind, name: &[u8]) -> Key {
        Key {
            tenant: self.tenant.name().to_owned(),
            kind: kind.number(),
            name: name.to_vec(),
        }
    }

    async fn ask<Q: Question>(
        &self,
        operation: &'static str,
        question: Q,
    ) -> Result<Q::Answer, Error> {
        self.database.ask(question).await.map_err(|error| {
            error.report(operation);
            Code::TransactionStore.into()
        })
    }
}
