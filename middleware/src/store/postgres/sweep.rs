//! What removes rows that have expired.

use std::sync::atomic::Ordering;

use tashika::{Duration, Time};
use tokio_postgres::Error;

use crate::store::postgres::Postgres;
use crate::store::postgres::connection::Connection;
use crate::store::postgres::keeper::Keeper;
use crate::store::postgres::question::Question;

/// Seconds between two sweeps of a node.
const EVERY: i64 = 10;

/// How long what has expired is left alone: clocks of nodes differ.
const BEHIND: Duration = Duration::minutes(1);

/// Rows of one statement, which is short so that nobody waits for it.
const ROWS: u32 = 500;

/// Statements of one sweep: a node keeps up with 2,000 rows a second.
const STATEMENTS: u32 = 40;

/// A turn before all others.
pub(super) const NEVER: i64 = i64::MIN;

impl Keeper {
    /// Removes what has expired, every ten seconds at most, while others go on. A
    /// node that has just started has other things to do.
    ///
    /// Nothing depends on it: what has expired is not handed out, and makes room
    /// where it is in the way.
    pub(super) fn sweep_in_turn(&self, now: Time) {
        let turn = now.as_unix() / EVERY;
        let before = self.swept.swap(turn, Ordering::Relaxed);
        if before == turn || before == NEVER {
            return;
        }
        let tenant = self.tenant.name().to_owned();
        let before = now.minus(BEHIND).as_unix();
        tokio::spawn(sweep(self.database.clone(), tenant, before));
    }
}

async fn sweep(database: Postgres, tenant: String, before: i64) {
    for _ in 0..STATEMENTS {
        let tenant = tenant.clone();
        match database.ask(Sweeping { tenant, before }).await {
            Ok(swept) if swept == u64::from(ROWS) => {}
            Ok(_) => return,
            Err(error) => return error.report("sweep"),
        }
    }
}

struct Sweeping {
    tenant: String,
    before: i64,
}

impl Question for Sweeping {
    /// How many rows.
    type Answer = u64;

    async fn ask(&self, connection: &Connection) -> Result<u64, Error> {
        let Self { tenant, before } = self;
        let rows = i64::from(ROWS);
        let sweep = &connection.statements().sweep;
        let client = connection.client();
        client.execute(sweep, &[tenant, before, &rows]).await
    }
}
