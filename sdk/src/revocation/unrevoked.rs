//! A certificate under any profile.

use std::fmt;

use crate::error::{Error, Trace};
use crate::revocation::{Confirmation, Pending, Sealed, Settled, Unconfirmed};
use crate::x509::Issued;

/// A certificate that was issued under its profile and may be revoked.
#[derive(Debug)]
pub struct PendingIssued {
    issued: Issued,
}

/// The proof that a certificate was issued under its profile, is valid and is
/// not revoked.
///
/// An [`Issued`] alone does not become one: only the answer to its own question
/// makes it one, or [`Unconfirmed::danger_unchecked`].
///
/// ```compile_fail,E0599
/// use tashika::revocation::{Pending, Unrevoked};
/// use tashika::x509::Issued;
///
/// fn transplant(issued: Issued, other: &Unrevoked) -> Unrevoked {
///     issued.confirm(other.confirmation().clone(), other.trace())
/// }
/// ```
pub struct Unrevoked {
    issued: Issued,
    settled: Settled,
}

impl Unconfirmed<PendingIssued> {
    /// A certificate of which only its revocation is left to check.
    ///
    /// # Errors
    /// `x509.extension` if its distribution points are malformed.
    pub fn of(issued: &Issued) -> Result<Self, Error> {
        let pending = PendingIssued {
            issued: issued.clone(),
        };
        Self::new(pending, issued, issued.trace())
    }
}

impl Sealed for PendingIssued {}

impl Pending for PendingIssued {
    type Proof = Unrevoked;

    fn confirm(self, settled: Settled) -> Unrevoked {
        Unrevoked {
            issued: self.issued,
            settled,
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
        self.settled.confirmation()
    }

    /// The checks that passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.settled.trace()
    }
}

impl fmt::Debug for Unrevoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unrevoked")
            .field("issued", &self.issued)
            .finish_non_exhaustive()
    }
}
