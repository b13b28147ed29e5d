//! The question.

use std::fmt;
use std::sync::Arc;

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::error::Error;
use crate::revocation::DistributionPointName;
use crate::revocation::distribution_point::{Names, names_of_points};
use crate::trust::{Anchor, Purpose};
use crate::x509::Issued;

/// Asks whether one certificate is revoked: whose it is, and where its issuer
/// says that lists about it are found.
#[derive(Clone)]
pub struct RevocationQuery {
    anchor: Arc<Anchor>,
    serial: SerialNumber,
    /// The names of its distribution points that can match; `None` if it has
    /// no distribution point.
    names: Option<Box<[u8]>>,
    deltas: Deltas,
}

/// Whether a certificate points at delta lists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deltas {
    None,
    PointedAt,
}

impl RevocationQuery {
    /// The question about a certificate.
    ///
    /// # Errors
    /// `x509.extension` if its distribution points are malformed.
    pub fn of(issued: &Issued) -> Result<Self, Error> {
        Self::read(issued).map_err(Error::new)
    }

    /// The question about a certificate that is not at hand: one that was kept
    /// by its issuer and serial number.
    ///
    /// Its distribution points are not known. So a revocation list can say that
    /// it is revoked, and none can say that it is good; an OCSP responder can.
    #[must_use]
    pub fn of_serial(anchor: &Arc<Anchor>, serial: SerialNumber) -> Self {
        Self {
            anchor: Arc::clone(anchor),
            serial,
            names: None,
            deltas: Deltas::None,
        }
    }

    pub(crate) fn read(issued: &Issued) -> Result<Self, Code> {
        let deltas = if issued.asks_for_delta_lists() {
            Deltas::PointedAt
        } else {
            Deltas::None
        };
        Ok(Self {
            anchor: Arc::clone(issued.anchor()),
            serial: *issued.serial(),
            names: issued
                .distribution_points()
                .map(names_of_points)
                .transpose()?,
            deltas,
        })
    }

    /// The anchor that issued the certificate.
    #[must_use]
    pub fn anchor(&self) -> &Arc<Anchor> {
        &self.anchor
    }

    /// The serial number of the certificate.
    #[must_use]
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// What the issuer vouches for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.anchor.purpose()
    }

    /// The names of the certificate's distribution points, as far as one
    /// complete list can satisfy them. A municipality is among them: personal
    /// data together with the serial number.
    pub fn distribution_points(&self) -> impl Iterator<Item = DistributionPointName<'_>> {
        self.names().into_iter().flat_map(Names::iter)
    }

    pub(crate) fn names(&self) -> Option<Names<'_>> {
        self.names.as_deref().map(Names::kept)
    }

    pub(crate) fn deltas(&self) -> Deltas {
        self.deltas
    }

    /// Whether both ask about the same certificate.
    pub(crate) fn is_about(&self, anchor: &Anchor, serial: &SerialNumber) -> bool {
        is_same_issuer(&self.anchor, anchor) && self.serial == *serial
    }
}

/// Whether two anchors are one issuer: for the same purpose, of one name and
/// with one key. Another generation of the key is another issuer.
pub(crate) fn is_same_issuer(one: &Anchor, other: &Anchor) -> bool {
    one.key_fingerprint() == other.key_fingerprint() && is_same_name(one, other)
}

/// Whether two anchors are generations of one CA.
pub(crate) fn is_same_name(one: &Anchor, other: &Anchor) -> bool {
    one.purpose() == other.purpose() && one.subject() == other.subject()
}

// The serial number and the municipality are the person's.
impl fmt::Debug for RevocationQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationQuery")
            .field("anchor", &self.anchor)
            .finish_non_exhaustive()
    }
}
