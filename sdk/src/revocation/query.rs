//! The question.

use std::fmt;
use std::sync::Arc;

use crate::certificate::SerialNumber;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::revocation::distribution_point::{Names, names_of_points};
use crate::revocation::unconfirmed::judge;
use crate::revocation::{Confirmation, DistributionPointName, Policy, Status};
use crate::time::Time;
use crate::trust::{Anchor, Purpose, TrustStore};
use crate::x509::{Issued, check_anchor};

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
    /// The end of its validity; `None` if the certificate was not at hand.
    not_after: Option<Time>,
}

/// Whether a certificate points at delta lists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deltas {
    None = 0,
    PointedAt = 1,
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
            not_after: None,
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
            not_after: Some(issued.validity().not_after),
        })
    }

    /// That the certificate is not revoked, said again of somebody who had it
    /// [confirmed](crate::revocation::Unconfirmed::confirm) before: neither it nor
    /// its anchor has expired at `now`, and `status` is good, and fresh enough.
    ///
    /// # Errors
    /// `trust.expired`, `x509.expired`, `revocation.query`, `revocation.clock`,
    /// `revocation.stale`, the code of an undetermined status, or one of
    /// `revoked.`.
    pub fn confirm(
        &self,
        status: &Status,
        policy: &Policy,
        now: Time,
    ) -> Result<Confirmation, Error> {
        let mut trace = Trace::default();
        let anchor = check_anchor(&self.anchor, now);
        trace.check(CheckId::AnchorValidity, anchor)?;
        let expired = self.not_after.is_some_and(|last| now > last);
        let valid = if expired {
            Err(Code::X509Expired)
        } else {
            Ok(())
        };
        trace.check(CheckId::Validity, valid)?;
        judge(self, status, policy, now, &mut trace)
    }

    /// This question, for a session that asks it again. The octets name a person:
    /// they are to be sealed wherever they are kept.
    ///
    /// ```text
    /// 1 ‖ anchor's fingerprint ‖ deltas ‖ length of the serial ‖ serial
    ///   ‖ (0 | 1 ‖ end of validity) ‖ [1 ‖ names]
    /// ```
    ///
    /// The end of validity is in seconds since 1970, 64 bits, big endian.
    #[must_use]
    pub fn to_octets(&self) -> Vec<u8> {
        let serial = self.serial.as_unsigned();
        #[expect(clippy::cast_possible_truncation, reason = "at most 20")]
        let fixed = [self.deltas as u8, serial.len() as u8];
        let fingerprint = self.anchor.fingerprint();
        let mut octets = [&[LAYOUT], &fingerprint.octets()[..], &fixed, serial].concat();
        match self.not_after {
            None => octets.push(0),
            Some(last) => {
                octets.push(1);
                octets.extend(last.as_unix().to_be_bytes());
            }
        }
        if let Some(names) = &self.names {
            octets.push(1);
            octets.extend_from_slice(names);
        }
        octets
    }

    /// The question that was kept as [`to_octets`](Self::to_octets), if its
    /// issuer is still an anchor of `purpose` in `trust`.
    ///
    /// The caller vouches that nobody has changed them: the
    /// [`Sealer`](crate::seal::Sealer) sees to that.
    ///
    /// # Errors
    /// `transaction.form` if they are of another form, `x509.issuer` if
    /// the anchor is gone.
    pub fn from_octets(octets: &[u8], trust: &TrustStore, purpose: Purpose) -> Result<Self, Error> {
        let kept = Kept::read(octets).ok_or(Code::TransactionForm)?;
        let mut anchors = trust.anchors();
        let anchor = anchors
            .find(|a| a.purpose() == purpose && a.fingerprint().octets() == kept.fingerprint);
        Ok(Self {
            anchor: Arc::clone(anchor.ok_or(Code::X509Issuer)?),
            serial: kept.serial,
            names: kept.names.map(Into::into),
            deltas: kept.deltas,
            not_after: kept.not_after,
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

    /// The last second at which the certificate is valid; none if it was not at
    /// hand when the question was made.
    #[must_use]
    pub fn not_after(&self) -> Option<Time> {
        self.not_after
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

/// The first octet of a question that is kept.
const LAYOUT: u8 = 1;

/// A question whose anchor is not at hand.
struct Kept<'a> {
    fingerprint: &'a [u8; 32],
    deltas: Deltas,
    serial: SerialNumber,
    not_after: Option<Time>,
    names: Option<&'a [u8]>,
}

impl<'a> Kept<'a> {
    fn read(octets: &'a [u8]) -> Option<Self> {
        let ([LAYOUT], rest) = octets.split_first_chunk()? else {
            return None;
        };
        let (fingerprint, rest) = rest.split_first_chunk()?;
        let ([deltas, length], rest) = rest.split_first_chunk()?;
        let (serial, rest) = rest.split_at_checked(usize::from(*length))?;
        let deltas = match deltas {
            0 => Deltas::None,
            1 => Deltas::PointedAt,
            _ => return None,
        };
        let (not_after, rest) = match rest.split_first()? {
            (0, rest) => (None, rest),
            (1, rest) => {
                let (seconds, rest) = rest.split_first_chunk()?;
                let last = Time::from_unix(i64::from_be_bytes(*seconds));
                (Some(last), rest)
            }
            _ => return None,
        };
        let names = match rest {
            [] => None,
            [1, names @ ..] => Some(names),
            _ => return None,
        };
        Some(Self {
            fingerprint,
            deltas,
            serial: SerialNumber::from_unsigned(serial).ok()?,
            not_after,
            names,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::{Ca, directory, one_point};

    #[test]
    fn a_question_is_asked_again_as_it_was() {
        let ca = Ca::new("CA");
        let trust = Ca::trust(&[&ca], Purpose::JpkiSigning);
        let points = one_point(&[directory("A"), directory("B")]);
        for points in [Some(&points[..]), None] {
            let query = ca.query(&[0, 0x80, 5], points);
            let octets = query.to_octets();
            let again = RevocationQuery::from_octets(&octets, &trust, Purpose::JpkiSigning);
            let again = again.unwrap();
            assert!(again.is_about(query.anchor(), query.serial()));
            assert!(again.names == query.names && again.deltas == query.deltas);
            assert!(again.not_after == query.not_after && query.not_after.is_some());
            assert_eq!(again.to_octets(), octets);
        }
        let query = ca.query(&[5], None);
        let kept = RevocationQuery::of_serial(query.anchor(), *query.serial());
        let octets = kept.to_octets();
        let again = RevocationQuery::from_octets(&octets, &trust, Purpose::JpkiSigning);
        assert_eq!(again.unwrap().not_after, None);
    }

    #[test]
    fn a_question_needs_its_issuer_and_its_form() {
        let (ca, other) = (Ca::new("CA"), Ca::new("CA"));
        let octets = ca.query(&[5], None).to_octets();
        let refused = |octets: &[u8], ca: &Ca, purpose| {
            let trust = Ca::trust(&[ca], Purpose::JpkiSigning);
            let query = RevocationQuery::from_octets(octets, &trust, purpose);
            query.unwrap_err().code()
        };
        let purpose = Purpose::JpkiSigning;
        assert_eq!(refused(&octets, &other, purpose), Code::X509Issuer);
        let foreign = Purpose::JpkiAuthentication;
        assert_eq!(refused(&octets, &ca, foreign), Code::X509Issuer);
        let mut forms = vec![Vec::new(), [&octets[..], &[2]].concat()];
        forms.extend((0..octets.len()).map(|end| octets[..end].to_vec()));
        let changes = [(0, 2), (33, 2), (34, 21), (36, 2)];
        forms.extend(changes.map(|(at, to)| {
            let mut changed = octets.clone();
            changed[at] = to;
            changed
        }));
        for form in forms {
            assert_eq!(refused(&form, &ca, purpose), Code::TransactionForm);
        }
    }
}
