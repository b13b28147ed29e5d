//! Records as events of `tracing`.

use tashika::audit::{Record, Terms};
use tashika::{Code, Error};

use crate::audit::{AuditSink, unrecorded};
use crate::store::StoreFuture;

/// Writes each record as an event with the target `tashika::audit`.
///
/// Logs are read by more people than records, so that an event is less: without
/// keyed identities, the validity and digest of anything, and evidence. Nothing
/// shows whether a log was changed, and a record counts as safe as soon as the
/// subscriber has it: for services that owe nobody a record.
#[derive(Clone, Debug)]
pub struct TracingSink {
    terms: Terms,
}

impl TracingSink {
    /// On these terms, of which the key has no use here.
    #[must_use]
    pub const fn new(terms: Terms) -> Self {
        Self { terms }
    }

    fn emit(&self, record: &Record) -> Result<(), Error> {
        let json = self.terms.write_for_logs(record);
        let json = json.map_err(|_| unrecorded())?;
        tracing::info!(
            target: "tashika::audit",
            flow = record.flow().as_str(),
            transaction = record.transaction().map(tracing::field::display),
            code = record.refusal().map(Code::as_str),
            record = json,
        );
        Ok(())
    }
}

impl AuditSink for TracingSink {
    fn write(&self, record: Record) -> StoreFuture<()> {
        StoreFuture::known(self.emit(&record))
    }
}
