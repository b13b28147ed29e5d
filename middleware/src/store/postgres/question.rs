//! What is asked on a connection.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::sleep;
use tokio_postgres::Error;

use crate::store::postgres::connection::Connection;
use crate::store::postgres::error::{is_transient, leaves_connection};

/// Something to ask a database.
pub(super) trait Question: Send + Sync + 'static {
    type Answer: Send + 'static;

    /// Asks it once.
    fn ask(
        &self,
        connection: &Connection,
    ) -> impl Future<Output = Result<Self::Answer, Error>> + Send;
}

/// How often a question is asked that the database undoes because it collides
/// with another. Read committed, as connections are set to, hardly ever gives
/// reason to; other engines know no such level.
const TIMES: u32 = 8;

impl Connection {
    /// The answer to a question.
    ///
    /// The connection counts as busy until it has come. Whoever breaks off before,
    /// because time is up, leaves it so, and it is not used again: the next one
    /// would wait for what it still does.
    pub(super) async fn ask<Q: Question>(&self, question: &Q) -> Result<Q::Answer, Error> {
        self.busy.store(true, Ordering::Relaxed);
        let mut times = 1;
        let answer = loop {
            match question.ask(self).await {
                Err(error) if is_transient(&error) && times < TIMES => {
                    sleep(Duration::from_millis(u64::from(times))).await;
                    times += 1;
                }
                answer => break answer,
            }
        };
        let sound = answer.as_ref().err().is_none_or(leaves_connection);
        self.busy.store(!sound, Ordering::Relaxed);
        answer
    }
}
