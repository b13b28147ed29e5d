//! What is put on record tells of nobody to whoever has not the key.

use tashika::Error;
use tashika::audit::{Flow, MethodTable, Record, Role, Terms};
use tashika::jpki::LookupKey;
use tashika::transaction::TransactionId;
use tashika_conformance::desk::NOW;

use crate::Search;

pub(crate) const TRANSACTION: TransactionId = TransactionId::from_entropy([9; 16]);

impl Search {
    /// Everything that becomes of a record, but what is kept beside the chain.
    #[track_caller]
    pub(crate) fn record(&self, record: impl Fn() -> Record) {
        self.debug(&record());
        let methods = MethodTable::standard();
        for role in [Role::Verifier, Role::ServiceProvider] {
            let terms = Terms::new(LookupKey::from_octets(&[1; 32]), role);
            self.debug(&terms);
            self.text(&terms.write_for_logs(&record()).unwrap());
            let entry = terms.write(record().with_method(&methods)).unwrap();
            self.debug(&entry);
            self.text(entry.json());
        }
    }

    /// A refusal, in every flow.
    #[track_caller]
    pub(crate) fn refusal_on_record(&self, error: Error) {
        for flow in [
            Flow::Signature,
            Flow::Authentication,
            Flow::Presentation,
            Flow::Age,
            Flow::Login,
            Flow::Signing,
            Flow::Session,
        ] {
            self.record(|| Record::refused(flow, error, Some(TRANSACTION), NOW));
        }
    }
}
