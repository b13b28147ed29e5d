//! What is asked, in SQL.
//!
//! A statement is a transaction of its own. Values are parameters, so that what
//! the database shows of running statements tells nothing.

use tokio_postgres::{Client, Error, Statement};

/// Takes a name, a seat among the client's and one among all, if all three are
/// free; and tells of each what it found. Unique indexes decide between those
/// who do it at once.
const PUT: &str = "
WITH share AS (
    SELECT seat FROM unnest($8::integer[]) AS seat
    WHERE (SELECT 1 FROM tashika.kept
           WHERE tenant = $1 AND kind = $2 AND client = $4 AND share = seat) IS NULL
    LIMIT 1
), place AS (
    SELECT seat FROM unnest($9::integer[]) AS seat
    WHERE (SELECT 1 FROM tashika.kept
           WHERE tenant = $1 AND kind = $2 AND place = seat) IS NULL
    LIMIT 1
), done AS (
    INSERT INTO tashika.kept (tenant, kind, name, client, share, place, expires, ends, state)
    SELECT $1::text, $2::smallint, $3::bytea, $4::bytea, share.seat, place.seat,
           $5::bigint, $6::bigint, $7::bytea
    FROM share, place
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT EXISTS (SELECT 1 FROM done),
       EXISTS (SELECT 1 FROM share) AND EXISTS (SELECT 1 FROM place),
       (SELECT expires FROM tashika.kept WHERE tenant = $1 AND kind = $2 AND name = $3)";

/// Removes what has expired and is in the way of a put.
const CLEAR: &str = "
DELETE FROM tashika.kept
WHERE tenant = $1 AND kind = $2 AND expires < $5
  AND (name = $3 OR client = $4 OR place = ANY ($6))";

const TAKE: &str = "
DELETE FROM tashika.kept WHERE tenant = $1 AND kind = $2 AND name = $3
RETURNING state, expires, ends";

const READ: &str = "
SELECT state, expires, ends FROM tashika.kept
WHERE tenant = $1 AND kind = $2 AND name = $3";

const PROLONG: &str = "
UPDATE tashika.kept SET expires = LEAST($4, ends)
WHERE tenant = $1 AND kind = $2 AND name = $3 AND expires >= $5 AND expires < $4";

const REWRITE: &str = "
UPDATE tashika.kept SET state = $4
WHERE tenant = $1 AND kind = $2 AND name = $3 AND expires >= $5";

/// Removes what expired first. It waits for nobody who is at one of them.
const SWEEP: &str = "
DELETE FROM tashika.kept
WHERE (tenant, kind, name) IN (
    SELECT tenant, kind, name FROM tashika.kept
    WHERE tenant = $1 AND expires < $2
    ORDER BY expires LIMIT $3
    FOR UPDATE SKIP LOCKED)";

/// Everything that is asked, prepared on one connection.
pub(super) struct Statements {
    pub(super) put: Statement,
    pub(super) clear: Statement,
    pub(super) take: Statement,
    pub(super) read: Statement,
    pub(super) prolong: Statement,
    pub(super) rewrite: Statement,
    pub(super) sweep: Statement,
}

impl Statements {
    pub(super) async fn prepare(client: &Client) -> Result<Self, Error> {
        Ok(Self {
            put: client.prepare(PUT).await?,
            clear: client.prepare(CLEAR).await?,
            take: client.prepare(TAKE).await?,
            read: client.prepare(READ).await?,
            prolong: client.prepare(PROLONG).await?,
            rewrite: client.prepare(REWRITE).await?,
            sweep: client.prepare(SWEEP).await?,
        })
    }
}
