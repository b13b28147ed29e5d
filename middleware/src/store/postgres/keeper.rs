//! Rows of one tenant and one kind.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicI64, Ordering};

use tashika::transaction::ClientKey;
use tashika::{Code, Duration, Error, Time};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error as SqlError, Row};

use crate::store::postgres::connection::Connection;
use crate::store::postgres::question::Question;
use crate::store::postgres::seats::{Look, Seats};
use crate::store::postgres::{Postgres, PostgresError, Tenant};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Transaction = 0,
    Mark = 1,
}

/// What keeps rows for one tenant. Each kind has as many seats.
#[derive(Debug)]
pub(super) struct Keeper {
    database: Postgres,
    tenant: Tenant,
    places: Seats,
    shares: Seats,
    /// When this node last swept, in sweeps since 1970.
    swept: AtomicI64,
}

/// What is to be kept.
#[derive(Clone)]
pub(super) struct New {
    pub(super) kind: Kind,
    pub(super) name: Vec<u8>,
    pub(super) client: ClientKey,
    pub(super) expires: Time,
    pub(super) ends: Time,
    pub(super) state: Vec<u8>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Kept,
    /// Something is kept under this name.
    Known,
    /// No seat is free.
    Full,
}

/// What was kept.
pub(super) struct Taken {
    pub(super) state: Vec<u8>,
    pub(super) expires: Time,
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
            swept: AtomicI64::new(0),
        }
    }

    /// Keeps something, unless there is no room or the name is taken.
    pub(super) async fn put(&self, new: New, now: Time) -> Result<Put, Error> {
        self.sweep_in_turn(now);
        let question = Putting {
            client: self.tenant.client(&new.client).as_ref().to_vec(),
            tenant: self.tenant.name().to_owned(),
            places: self.places,
            shares: self.shares,
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
    pub(super) async fn take(&self, kind: Kind, name: &[u8]) -> Result<Option<Taken>, Error> {
        let question = Taking {
            tenant: self.tenant.name().to_owned(),
            kind,
            name: name.to_vec(),
        };
        self.ask("take", question).await
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

    /// Removes what has expired, every ten seconds at most, while others go on.
    ///
    /// Nothing depends on it: what has expired is not handed out, and makes room
    /// where it is in the way.
    fn sweep_in_turn(&self, now: Time) {
        let turn = now.as_unix() / SWEEP_EVERY;
        if self.swept.swap(turn, Ordering::Relaxed) == turn {
            return;
        }
        let (database, tenant) = (self.database.clone(), self.tenant.name().to_owned());
        let before = now.minus(SWEEP_BEHIND);
        tokio::spawn(async move {
            for _ in 0..SWEEPS {
                let (tenant, before) = (tenant.clone(), before.as_unix());
                match database.ask(Sweeping { tenant, before }).await {
                    Ok(swept) if swept == SWEEP.unsigned_abs() => {}
                    Ok(_) => break,
                    Err(error) => return error.report("sweep"),
                }
            }
        });
    }
}

/// Seconds between two sweeps of a node.
const SWEEP_EVERY: i64 = 10;

/// How long what has expired is left alone: clocks of nodes differ.
const SWEEP_BEHIND: Duration = Duration::minutes(1);

/// Rows of one statement, which is short so that nobody waits for it.
const SWEEP: i64 = 500;

/// Statements of one sweep: 20,000 rows, so a node keeps up with 2,000 a second.
const SWEEPS: u32 = 40;

struct Putting {
    tenant: String,
    client: Vec<u8>,
    places: Seats,
    shares: Seats,
    new: New,
    now: Time,
}

/// How often a put looks for seats that others take first.
const LOOKS: u32 = 5;

/// What a put found.
enum Found {
    Kept,
    /// Under this name is something that has not expired.
    Known,
    /// No seat that was looked at is free.
    NoSeat,
    /// Somebody was faster, or something expired has the name.
    Taken,
}

impl Question for Putting {
    /// None if others were faster, again and again.
    type Answer = Option<Put>;

    async fn ask(&self, connection: &Connection) -> Result<Option<Put>, SqlError> {
        let mut look = Look::Few;
        for _ in 0..LOOKS {
            match (self.put(connection, look).await?, look) {
                (Found::Kept, _) => return Ok(Some(Put::Kept)),
                (Found::Known, _) => return Ok(Some(Put::Known)),
                (Found::NoSeat, Look::Many) => return Ok(Some(Put::Full)),
                (Found::NoSeat | Found::Taken, _) => {
                    self.clear(connection).await?;
                    look = Look::Many;
                }
            }
        }
        Ok(None)
    }
}

impl Putting {
    async fn put(&self, connection: &Connection, look: Look) -> Result<Found, SqlError> {
        let New {
            kind,
            name,
            expires,
            ends,
            state,
            ..
        } = &self.new;
        let row = connection
            .client()
            .query_one(
                &connection.statements().put,
                &[
                    &self.tenant,
                    &kind.number(),
                    name,
                    &self.client,
                    &expires.as_unix(),
                    &ends.as_unix(),
                    state,
                    &self.shares.candidates(name, look),
                    &self.places.candidates(name, look),
                ],
            )
            .await?;
        self.found(&row)
    }

    fn found(&self, row: &Row) -> Result<Found, SqlError> {
        let (kept, seats): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
        let known: Option<i64> = row.try_get(2)?;
        Ok(match known {
            _ if kept => Found::Kept,
            Some(expires) if expires >= self.now.as_unix() => Found::Known,
            Some(_) => Found::Taken,
            None if seats => Found::Taken,
            None => Found::NoSeat,
        })
    }

    async fn clear(&self, connection: &Connection) -> Result<(), SqlError> {
        let (kind, name) = (self.new.kind.number(), &self.new.name);
        let (now, places) = (self.now.as_unix(), self.places.candidates(name, Look::Many));
        let values: [&(dyn ToSql + Sync); 6] =
            [&self.tenant, &kind, name, &self.client, &now, &places];
        let clear = &connection.statements().clear;
        connection.client().execute(clear, &values).await.map(drop)
    }
}

struct Taking {
    tenant: String,
    kind: Kind,
    name: Vec<u8>,
}

impl Question for Taking {
    type Answer = Option<Taken>;

    async fn ask(&self, connection: &Connection) -> Result<Option<Taken>, SqlError> {
        let values: [&(dyn ToSql + Sync); 3] = [&self.tenant, &self.kind.number(), &self.name];
        let take = &connection.statements().take;
        // Read to its end, which comes behind the commit: rows come before it.
        let row = connection.client().query_opt(take, &values).await?;
        row.map(|row| {
            Ok(Taken {
                state: row.try_get(0)?,
                expires: Time::from_unix(row.try_get(1)?),
            })
        })
        .transpose()
    }
}

struct Sweeping {
    tenant: String,
    before: i64,
}

impl Question for Sweeping {
    /// How many rows.
    type Answer = u64;

    async fn ask(&self, connection: &Connection) -> Result<u64, SqlError> {
        let values: [&(dyn ToSql + Sync); 3] = [&self.tenant, &self.before, &SWEEP];
        let sweep = &connection.statements().sweep;
        connection.client().execute(sweep, &values).await
    }
}

impl Kind {
    fn number(self) -> i16 {
        self as i16
    }
}
