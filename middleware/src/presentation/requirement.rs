//! What a presentation is wanted for, and what is left of it.

use tashika::Error;
use tashika::Time;
use tashika::audit::{Flow, Record};
use tashika::mdoc::{Requested, VerifiedPresentation};
use tashika::transaction::TransactionId;

use crate::session::Identity;
use crate::site::CrossDevice;

/// What is asked for, and what becomes of it.
pub(crate) trait Requirement: std::fmt::Debug + Send + Sync + 'static {
    /// What the handler gets.
    type Proof: Send + Sync + 'static;

    fn requested(&self) -> &Requested;

    /// Whether another browser may answer.
    fn cross_device(&self) -> CrossDevice;

    /// What an answer is put on record as.
    fn flow(&self) -> Flow;

    /// What is left of a presentation in which everything was verified.
    fn conclude(
        &self,
        presentation: VerifiedPresentation,
        transaction: TransactionId,
        now: Time,
    ) -> Result<Conclusion<Self::Proof>, Error>;
}

/// What is left of a presentation.
pub(crate) struct Conclusion<P> {
    pub(crate) proof: P,
    /// For the session.
    pub(crate) identity: Identity,
    pub(crate) record: Record,
}

/// All that was asked for.
#[derive(Debug)]
pub(crate) struct Elements(pub(super) Requested);

impl Requirement for Elements {
    type Proof = VerifiedPresentation;

    fn requested(&self) -> &Requested {
        &self.0
    }

    fn cross_device(&self) -> CrossDevice {
        CrossDevice::Refused
    }

    fn flow(&self) -> Flow {
        Flow::Presentation
    }

    fn conclude(
        &self,
        proof: VerifiedPresentation,
        transaction: TransactionId,
        now: Time,
    ) -> Result<Conclusion<VerifiedPresentation>, Error> {
        let documents = proof.documents().iter();
        let doc_types = documents.map(|d| d.doc_type().to_owned()).collect();
        Ok(Conclusion {
            record: Record::of_presentation(&proof, transaction, now),
            identity: Identity::Presentation { doc_types },
            proof,
        })
    }
}
