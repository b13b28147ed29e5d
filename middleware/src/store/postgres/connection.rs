//! Connections, as everything here needs them.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use tokio::task::JoinHandle;
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::{Client, Config, Socket};

use crate::store::postgres::settings::Connector;
use crate::store::postgres::statements::Statements;
use crate::store::postgres::{PostgresError, schema};

/// What makes connections.
pub(super) struct Connecting {
    pub(super) config: Config,
    pub(super) connector: Connector,
    pub(super) answer_milliseconds: i32,
}

/// A connection with what is asked on it.
pub(super) struct Connection {
    client: Client,
    statements: Statements,
    /// Whether something is asked that is not answered.
    pub(super) busy: AtomicBool,
    /// What reads and writes. It ends by itself once everything is answered.
    task: JoinHandle<()>,
}

impl Connecting {
    /// A connection on which nothing takes too long, to a database with any
    /// schema.
    ///
    /// Whatever is set for the server, the database or the role, a commit is on
    /// the disk of the server and of its synchronous standbys before it is
    /// answered: what has been taken is not there again after a crash.
    ///
    /// Statements are planned anew each time, which costs the database a fifth of a
    /// millisecond. A plan that is kept was made when the table was empty, as it is
    /// in the night, and has every row read in the morning, until statistics are.
    pub(super) async fn open(&self) -> Result<(Client, JoinHandle<()>), PostgresError> {
        let (client, task) = match &self.connector {
            Connector::Plain => self.connect(NoTls).await?,
            Connector::Tls(tls) => self.connect(tls.clone()).await?,
        };
        let limit = self.answer_milliseconds;
        let settings = format!(
            "SET statement_timeout = {limit}; SET lock_timeout = {limit}; \
             SET idle_in_transaction_session_timeout = {limit}; \
             SET default_transaction_isolation = 'read committed'; \
             SET plan_cache_mode = force_custom_plan; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"
        );
        client.batch_execute(&settings).await?;
        Ok((client, task))
    }

    async fn connect<T>(&self, tls: T) -> Result<(Client, JoinHandle<()>), PostgresError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
        T::Error: StdError,
    {
        let (client, connection) = self.config.connect(tls).await?;
        // Why it ends hears whoever waits for an answer on it.
        let task = tokio::spawn(async move { connection.await.unwrap_or_default() });
        Ok((client, task))
    }
}

impl Manager for Connecting {
    type Type = Connection;
    type Error = PostgresError;

    async fn create(&self) -> Result<Connection, PostgresError> {
        let (client, task) = self.open().await?;
        schema::check(&client).await?;
        let statements = Statements::prepare(&client).await?;
        Ok(Connection {
            client,
            statements,
            busy: AtomicBool::new(false),
            task,
        })
    }

    async fn recycle(
        &self,
        connection: &mut Connection,
        _: &Metrics,
    ) -> RecycleResult<PostgresError> {
        if connection.client.is_closed() || *connection.busy.get_mut() {
            return Err(RecycleError::message("not usable any more"));
        }
        Ok(())
    }
}

impl Connection {
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn statements(&self) -> &Statements {
        &self.statements
    }
}

/// What is under way is not waited for. The database is not asked to cancel it
/// either: a commit that waits for a standby would then count as done.
impl Drop for Connection {
    fn drop(&mut self) {
        if self.busy.load(Ordering::Relaxed) {
            self.task.abort();
        }
    }
}
