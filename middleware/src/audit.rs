//! Outcomes, on record before they have an effect.

use std::fmt;
use std::sync::Arc;

use tashika::audit::Record;
use tashika::{Code, Error};

use crate::store::StoreFuture;

/// Where records go.
pub trait AuditSink: fmt::Debug + Send + Sync + 'static {
    /// Puts a record there, and says so when it is safe.
    ///
    /// Its future's error is `transaction.unrecorded` if it is not.
    fn write(&self, record: Record) -> StoreFuture<()>;
}

/// The sink, in the extensions of a request.
#[derive(Clone, Debug)]
pub(crate) struct Recorder(pub(crate) Arc<dyn AuditSink>);

impl Recorder {
    /// `transaction.unrecorded`, whatever the sink says.
    pub(crate) async fn record(&self, record: Record) -> Result<(), Error> {
        let written = self.0.write(record).await;
        written.map_err(|_| Code::TransactionUnrecorded.into())
    }
}
