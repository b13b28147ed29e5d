//! The database that nodes share.

use std::fmt;

use deadpool::Runtime;
use deadpool::managed::{Pool, PoolConfig, Timeouts};
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::store::postgres::connection::Connecting;
use crate::store::postgres::question::Question;
use crate::store::postgres::settings::configuration;
use crate::store::postgres::{PostgresError, PostgresLimits, PostgresTls, schema};

/// A PostgreSQL database, which every node of a service reaches.
///
/// Clones share its connections. There are none until something is asked, and
/// those that break are replaced: a service may start before its database, and
/// answers `transaction.store` for as long.
///
/// # What the database has to be
///
/// * **Durable.** A take counts once its commit is on disk: every connection sets
///   `synchronous_commit` where it is weaker. After a failover to a standby that
///   had not got it, what was taken is there again. So a standby that may take
///   over has to stand in `synchronous_standby_names`.
/// * **Reached directly**, or through a pooler that gives a client one server
///   connection for as long as it is there (`pool_mode = session`): settings and
///   prepared statements belong to a connection.
/// * **One primary.** Several hosts may stand in the connection string; those that
///   only read are passed over. An answer that the server reads only has the
///   connection replaced.
///
/// Beside the common dialect, data-modifying `WITH`, `ON CONFLICT DO NOTHING`,
/// `FOR UPDATE SKIP LOCKED`, `unnest`, `set_config` and `plan_cache_mode` are used,
/// and by [`migrate`](Self::migrate) `pg_advisory_xact_lock`: engines that speak
/// PostgreSQL's protocol need these. No function, trigger or notification is.
///
/// # What the database sees
///
/// Digests and sealed octets, as parameters. An operator who logs statements with
/// their parameters logs those; `log_parameter_max_length = 0` for the role keeps
/// them out. `tokio_postgres` logs parameters too, at the level `debug`.
///
/// Clocks of nodes decide what has expired, so they have to be kept.
#[derive(Clone)]
pub struct Postgres {
    pool: Pool<Connecting>,
    limits: PostgresLimits,
}

impl Postgres {
    /// The SQL that creates the schema, with the rights that a service needs, for
    /// whoever runs it by hand.
    pub const SCHEMA: &str = schema::SQL;

    /// The database of a connection string, in the two forms that PostgreSQL's own
    /// library takes: `host=db.example user=tashika dbname=tashika`, or a URL.
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// [`PostgresError::Configuration`] if the string cannot be read, or names a
    /// host that `tls` does not permit; [`PostgresError::TlsConfiguration`].
    pub fn new(
        connection: &str,
        tls: PostgresTls,
        limits: PostgresLimits,
    ) -> Result<Self, PostgresError> {
        let mut config = configuration(connection, &limits)?;
        let connecting = Connecting {
            connector: tls.connector(&mut config)?,
            config,
            answer_milliseconds: limits.answer_milliseconds(),
        };
        let mut pool = PoolConfig::new(limits.connections.get());
        pool.timeouts = Timeouts {
            wait: Some(limits.wait),
            create: Some(limits.connect),
            recycle: Some(limits.connect),
        };
        let pool = Pool::builder(connecting).config(pool);
        let pool = pool.runtime(Runtime::Tokio1).build();
        // It fails for want of a runtime alone.
        let pool = pool.map_err(|_| PostgresError::Ending)?;
        Ok(Self { pool, limits })
    }

    /// Creates the schema `tashika` if it is not there. Nodes that start at once
    /// may all do it: one of them does, and the others wait.
    ///
    /// The role needs the right to create schemas in the database, but only if
    /// there is something to create.
    ///
    /// # Errors
    /// [`PostgresError::Schema`] if there is one of another version, which is left
    /// as it is; and what the database, or the way to it, fails with.
    pub async fn migrate(&self) -> Result<(), PostgresError> {
        let mut client = self.client().await?;
        timeout(self.limits.answer, schema::migrate(&mut client))
            .await
            .map_err(|_| PostgresError::Slow)?
    }

    /// Whether the database can be reached and has the schema of this release, for
    /// a service that would rather not start otherwise.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub async fn check(&self) -> Result<(), PostgresError> {
        let client = self.client().await?;
        timeout(self.limits.answer, schema::check(&client))
            .await
            .map_err(|_| PostgresError::Slow)?
    }

    /// A connection beside those that questions are asked on.
    async fn client(&self) -> Result<Client, PostgresError> {
        let opened = timeout(self.limits.connect, self.pool.manager().open()).await;
        let (client, _) = opened.map_err(|_| PostgresError::Slow)??;
        Ok(client)
    }

    /// Asks a question, on a connection that nobody else uses meanwhile.
    ///
    /// Whoever asks may go away, and then what was sent is heard to its end all
    /// the same: otherwise clients that hang up would have connections made anew
    /// for as long as they like.
    pub(super) async fn ask<Q: Question>(&self, question: Q) -> Result<Q::Answer, PostgresError> {
        let connection = self.pool.get().await?;
        let within = self.limits.answer;
        let answer = tokio::spawn(async move { timeout(within, connection.ask(&question)).await });
        match answer.await {
            Ok(Ok(answer)) => Ok(answer?),
            Ok(Err(_)) => Err(PostgresError::Slow),
            Err(_) => Err(PostgresError::Ending),
        }
    }
}

// What is connected to may stand beside a password.
impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
