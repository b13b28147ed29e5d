//! A certificate under any profile.

use std::fmt;

use crate::error::{Error, Trace};
use crate::revocation::{Confirmation, Pending, Sealed, Unconfirmed};
use crate::x509::Issued;

/// The proof that a certificate was issued under its profile, is valid and is
/// not revoked.
pub struct Unrevoked {
    issued: Issued,
    confirmation: Confirmation,
    trace: Trace,
}

impl Unconfirmed<Issued> {
    /// A certificate of which only its revocation is left to check.
    ///
    /// # Errors
    /// `x509.extension` if its distribution points are malformed.
    pub fn of(issued: &Issued) -> Result<Self, Error> {
        let trace = issued.trace();
        Self::new(issued.clone(), issued, trace)
    }
}

impl Sealed for Issued {}

impl Pending for Issued {
    type Proof = Unrevoked;

    fn confirm(self, confirmation: Confirmation, trace: Trace) -> Unrevoked {
        Unrevoked {
            issued: self,
            confirmation,
            trace,
        }
    }
}

impl Unrevoked {
    /// The certificate.
    #[must_use]
    pub fn issued(&self) -> &Issued {
        &self.issued
    }

    /// How revocation was settled.
    #[must_use]
    pub fn confirmation(&self) -> &Confirmation {
        &self.confirmation
    }

    /// The checks that passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace
    }
}

impl fmt::Debug for Unrevoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unrevoked")
            .field("issued", &self.issued)
            .finish_non_exhaustive()
    }
}
