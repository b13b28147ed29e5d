//! What remains to be asked about a presentation, and the answers.

use std::fmt;

use crate::mdoc::presentation::PendingDocument;
use crate::mdoc::status::{RecordStatus, StatusReference};
use crate::revocation::{RevocationQuery, Status, Unconfirmed};

/// What remains to be asked about one document.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub(super) document: &'a Unconfirmed<PendingDocument>,
}

impl<'a> Question<'a> {
    /// Whether the certificate of the document's signer is revoked.
    #[must_use]
    pub fn signer(&self) -> &'a RevocationQuery {
        self.document.query()
    }

    /// Where the document says that its own status stands; none if it does not.
    #[must_use]
    pub fn record(&self) -> Option<&'a StatusReference> {
        self.document.pending().status.as_ref()
    }
}

/// The answers to one [`Question`].
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    signer: &'a Status,
    record: Option<&'a RecordStatus>,
}

impl<'a> Answer<'a> {
    /// What is known about the certificate of the document's signer, and
    /// nothing about the document.
    #[must_use]
    pub fn of(signer: &'a Status) -> Self {
        let record = None;
        Self { signer, record }
    }

    /// This, and what is known about the document itself.
    #[must_use]
    pub fn with_record(mut self, record: &'a RecordStatus) -> Self {
        self.record = Some(record);
        self
    }

    /// What is known about the certificate of the document's signer.
    #[must_use]
    pub fn signer(&self) -> &'a Status {
        self.signer
    }

    /// What is known about the document itself, if somebody asked.
    #[must_use]
    pub fn record(&self) -> Option<&'a RecordStatus> {
        self.record
    }
}

impl fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Question").field(self.document).finish()
    }
}
