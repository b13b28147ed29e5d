//! What is done to one row.

use bytes::Bytes;
use tashika::Time;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Statement};

use crate::store::postgres::connection::Connection;
use crate::store::postgres::question::Question;

/// By what a row is found.
pub(super) struct Key {
    pub(super) tenant: String,
    pub(super) kind: i16,
    pub(super) name: Vec<u8>,
}

/// What is kept in a row.
pub(super) struct Row {
    pub(super) state: Vec<u8>,
    pub(super) expires: Time,
    pub(super) ends: Time,
}

/// Removes a row, and gives what was in it.
pub(super) struct Taking(pub(super) Key);

/// Gives what is in a row.
pub(super) struct Reading(pub(super) Key);

/// Has a row expire later.
pub(super) struct Prolonging {
    pub(super) key: Key,
    pub(super) expires: Time,
    pub(super) now: Time,
}

/// Exchanges the state in a row.
pub(super) struct Rewriting {
    pub(super) key: Key,
    pub(super) state: Bytes,
    pub(super) now: Time,
}

impl Key {
    async fn row(
        &self,
        connection: &Connection,
        statement: &Statement,
    ) -> Result<Option<Row>, Error> {
        let Self { tenant, kind, name } = self;
        // Read to its end, which comes behind the commit: rows come before it.
        let row = connection
            .client()
            .query_opt(statement, &[tenant, kind, name])
            .await?;
        row.map(|row| {
            Ok(Row {
                state: row.try_get(0)?,
                expires: Time::from_unix(row.try_get(1)?),
                ends: Time::from_unix(row.try_get(2)?),
            })
        })
        .transpose()
    }
}

impl Question for Taking {
    type Answer = Option<Row>;

    async fn ask(&self, connection: &Connection) -> Result<Option<Row>, Error> {
        self.0.row(connection, &connection.statements().take).await
    }
}

impl Question for Reading {
    type Answer = Option<Row>;

    async fn ask(&self, connection: &Connection) -> Result<Option<Row>, Error> {
        self.0.row(connection, &connection.statements().read).await
    }
}

impl Question for Prolonging {
    type Answer = ();

    async fn ask(&self, connection: &Connection) -> Result<(), Error> {
        let Key { tenant, kind, name } = &self.key;
        let (expires, now) = (self.expires.as_unix(), self.now.as_unix());
        let values: [&(dyn ToSql + Sync); 5] = [tenant, kind, name, &expires, &now];
        let prolong = &connection.statements().prolong;
        let client = connection.client();
        client.execute(prolong, &values).await.map(drop)
    }
}

impl Question for Rewriting {
    type Answer = ();

    async fn ask(&self, connection: &Connection) -> Result<(), Error> {
        let Key { tenant, kind, name } = &self.key;
        let (state, now) = (&*self.state, self.now.as_unix());
        let values: [&(dyn ToSql + Sync); 5] = [tenant, kind, name, &state, &now];
        let rewrite = &connection.statements().rewrite;
        let client = connection.client();
        client.execute(rewrite, &values).await.map(drop)
    }
}
