//! What is put on record of one outcome.

use std::fmt;

#[cfg(feature = "auth-app")]
use crate::auth_app::VerifiedLogin;
use crate::code::Code;
use crate::error::Error;
use crate::jpki::{VerifiedAuthentication, VerifiedSignature};
#[cfg(feature = "mdoc")]
use crate::mdoc::{AgeCheck, VerifiedPresentation};
use crate::time::Time;
use crate::transaction::TransactionId;

/// What was verified, or was to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flow {
    /// A document, signed with a 署名用 certificate.
    Signature,
    /// A login with a 利用者証明用 certificate.
    Authentication,
    /// Documents from a phone.
    Presentation,
    /// An age.
    Age,
    /// A login by the auth app.
    Login,
    /// A session that was to go on.
    Session,
}

/// What is put on record of one outcome.
pub struct Record {
    flow: Flow,
    transaction: Option<TransactionId>,
    at: Time,
    refused: Option<Code>,
}

impl Record {
    /// Of a login with a 利用者証明用 certificate.
    #[must_use]
    pub fn of_authentication(
        _proof: &VerifiedAuthentication,
        transaction: TransactionId,
        at: Time,
    ) -> Self {
        Self {
            flow: Flow::Authentication,
            transaction: Some(transaction),
            at,
            refused: None,
        }
    }

    /// Of a document, signed with a 署名用 certificate.
    #[must_use]
    pub fn of_signature(_proof: &VerifiedSignature, transaction: TransactionId, at: Time) -> Self {
        Self {
            flow: Flow::Signature,
            transaction: Some(transaction),
            at,
            refused: None,
        }
    }

    /// Of a login by the auth app.
    #[cfg(feature = "auth-app")]
    #[must_use]
    pub fn of_login(_proof: &VerifiedLogin, transaction: TransactionId, at: Time) -> Self {
        Self {
            flow: Flow::Login,
            transaction: Some(transaction),
            at,
            refused: None,
        }
    }

    /// Of documents from a phone.
    #[cfg(feature = "mdoc")]
    #[must_use]
    pub fn of_presentation(
        _proof: &VerifiedPresentation,
        transaction: TransactionId,
        at: Time,
    ) -> Self {
        Self {
            flow: Flow::Presentation,
            transaction: Some(transaction),
            at,
            refused: None,
        }
    }

    /// Of an age.
    #[cfg(feature = "mdoc")]
    #[must_use]
    pub fn of_age(_check: &AgeCheck, at: Time) -> Self {
        Self {
            flow: Flow::Age,
            transaction: None,
            at,
            refused: None,
        }
    }

    /// Of a refusal, by `error`, at this time; of an age check it holds no
    /// transaction.
    #[must_use]
    pub fn refused(flow: Flow, error: Error, transaction: Option<TransactionId>, at: Time) -> Self {
        Self {
            flow,
            transaction,
            at,
            refused: Some(error.code()),
        }
    }

    /// What was verified, or was to be.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// Why it was refused; none if it was accepted.
    #[must_use]
    pub fn refusal(&self) -> Option<Code> {
        self.refused
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("flow", &self.flow)
            .field("refusal", &self.refusal())
            .finish_non_exhaustive()
    }
}
