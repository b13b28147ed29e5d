//! Which tables there are.

use tokio_postgres::{Client, Error, SimpleQueryMessage};

use crate::store::postgres::PostgresError;

/// Creates the schema.
pub(super) const SQL: &str = include_str!("schema.sql");

/// The version that `SQL` creates, and that everything here is written for.
const VERSION: i32 = 1;

/// Keeps two nodes that start at once from creating the schema at once: the
/// first octets of SHA-256 of "tashika schema".
const LOCK: &str = "SELECT pg_advisory_xact_lock(7956965085417630616)";

const EXISTS: &str = "SELECT 1 FROM pg_catalog.pg_tables \
    WHERE schemaname = 'tashika' AND tablename = 'schema_version'";

const FOUND: &str = "SELECT max(version) FROM tashika.schema_version";

/// Whether the schema is the one that we know.
pub(super) async fn check(client: &Client) -> Result<(), PostgresError> {
    match version(client).await? {
        Some(VERSION) => Ok(()),
        found => Err(PostgresError::Schema {
            found,
            expected: VERSION,
        }),
    }
}

/// Creates the schema where there is none.
pub(super) async fn migrate(client: &mut Client) -> Result<(), PostgresError> {
    if version(client).await?.is_none() {
        let transaction = client.transaction().await?;
        transaction.batch_execute(LOCK).await?;
        // Another node may have done it while this one waited.
        if version(transaction.client()).await?.is_none() {
            transaction.batch_execute(SQL).await?;
        }
        transaction.commit().await?;
    }
    check(client).await
}

async fn version(client: &Client) -> Result<Option<i32>, Error> {
    if first(client, EXISTS).await?.is_none() {
        return Ok(None);
    }
    let found = first(client, FOUND).await?;
    Ok(found.and_then(|version| version.parse().ok()))
}

/// The first column of the first row: asked without a statement to prepare, since
/// the table may not be there.
async fn first(client: &Client, query: &str) -> Result<Option<String>, Error> {
    let messages = client.simple_query(query).await?;
    let mut rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(rows.next().map(str::to_owned))
}
