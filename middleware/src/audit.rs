//! Outcomes, on record before they have an effect.

mod channel;
mod events;
#[cfg(unix)]
mod file;
mod layer;

use std::fmt;
use std::sync::Arc;

use tashika::audit::{MethodTable, Record};
use tashika::{Code, Error};

use crate::store::StoreFuture;

pub use channel::ChannelSink;
pub use events::TracingSink;
#[cfg(unix)]
pub use file::{ChainKeys, FileOptions, FileSink, FileSinkError};
pub use layer::{AuditLayer, AuditService};

/// Where records go.
///
/// [`Terms`](tashika::audit::Terms) write a record as JSON: a sink has some, and
/// with them the key of keyed identities and the relying party's role.
pub trait AuditSink: fmt::Debug + Send + Sync + 'static {
    /// Puts a record there, and says so when it is safe.
    ///
    /// Its future's error is `transaction.unrecorded` if it is not.
    fn write(&self, record: Record) -> StoreFuture<()>;
}

/// The sink, in the extensions of a request.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    sink: Arc<dyn AuditSink>,
    methods: Option<Arc<MethodTable>>,
}

impl Recorder {
    pub(crate) fn new(sink: Arc<dyn AuditSink>) -> Self {
        let methods = None;
        Self { sink, methods }
    }

    /// `transaction.unrecorded` if there is nothing to put on record where there
    /// has to be, and whatever the sink says.
    pub(crate) async fn record(&self, record: Option<Record>) -> Result<(), Error> {
        let record = record.ok_or_else(unrecorded)?;
        let record = match &self.methods {
            Some(methods) => record.with_method(methods),
            None => record,
        };
        let written = self.sink.write(record).await;
        written.map_err(|_| unrecorded())
    }
}

fn unrecorded() -> Error {
    Code::TransactionUnrecorded.into()
}
