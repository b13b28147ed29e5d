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
/// subscriber has it: for services that owe nobody a record. Where there is no
/// subscriber, or its filter leaves out events of this target at `INFO`, nothing is
/// recorded, and so nothing passes.
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
        if !tracing::event_enabled!(target: "tashika::audit", tracing::Level::INFO) {
            return Err(unrecorded());
        }
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

#[cfg(test)]
mod tests {
    use tashika::audit::{Flow, Role};
    use tashika::jpki::LookupKey;
    use tashika::transaction::TransactionId;

    use super::*;
    use crate::site::tests::NOW;

    /// Tests have no subscriber.
    #[tokio::test]
    async fn what_nobody_listens_to_is_not_recorded() {
        let key = LookupKey::from_octets(&[9; 32]);
        let sink = TracingSink::new(Terms::new(key, Role::Verifier));
        let transaction = TransactionId::from_entropy([7; 16]);
        let error = Error::new(Code::SignatureInvalid);
        let record = Record::refused(Flow::Login, error, Some(transaction), NOW);
        let refused = sink.write(record).await.unwrap_err();
        assert_eq!(refused.code(), Code::TransactionUnrecorded);
    }
}
