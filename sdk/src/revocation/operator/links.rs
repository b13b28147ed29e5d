//! Certificates that belong to one person.

use std::fmt;
use std::sync::Arc;

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::limits;
use crate::revocation::operator::wire::{LinkObject, LinksAnswer};
use crate::revocation::query::is_same_issuer;
use crate::revocation::{ReferenceId, RevocationQuery};
use crate::time::Time;
use crate::trust::{Anchor, TrustStore};

const UNREADABLE: Code = Code::RevocationOperatorAnswer;

/// What an operator says about which certificates belong to the one that was
/// asked about. No status: each of them is asked about like any other.
#[derive(Clone)]
pub struct Links {
    as_of: Time,
    reference: Option<ReferenceId>,
    certificates: Vec<LinkedCertificate>,
}

/// A certificate at the other end of a link.
#[derive(Clone)]
pub struct LinkedCertificate {
    relation: Relation,
    carrier: Option<LinkedCarrier>,
    anchor: Arc<Anchor>,
    serial: SerialNumber,
}

/// How a certificate belongs to the one that was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// It is the one before a renewal or reissue.
    Predecessor,
    /// It is the one after a renewal or reissue.
    Successor,
    /// It is the one of the other kind, 署名用 or 利用者証明用, on the same
    /// carrier.
    Counterpart,
    /// It is of the same kind, on the person's other carrier.
    OtherCarrier,
}

/// What carries the certificate at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkedCarrier {
    /// The My Number Card.
    Card,
    /// A phone.
    Phone,
}

impl Links {
    pub(super) fn of(
        answer: &LinksAnswer,
        query: &RevocationQuery,
        trust: &TrustStore,
    ) -> Result<Self, Code> {
        let mut certificates = Vec::new();
        for object in &answer.links {
            certificates.extend(LinkedCertificate::of(object, query, trust)?);
        }
        Ok(Self {
            as_of: answer.as_of()?,
            reference: answer.reference()?,
            certificates,
        })
    }

    /// When the issuer said so, by the operator's word.
    #[must_use]
    pub fn as_of(&self) -> Time {
        self.as_of
    }

    /// Under what the operator finds the exchange again.
    #[must_use]
    pub fn reference(&self) -> Option<&ReferenceId> {
        self.reference.as_ref()
    }

    /// The certificates, in the operator's order. That there is none of a
    /// relation does not mean that there is none.
    #[must_use]
    pub fn certificates(&self) -> &[LinkedCertificate] {
        &self.certificates
    }

    /// Those of one relation.
    pub fn related(&self, relation: Relation) -> impl Iterator<Item = &LinkedCertificate> {
        let certificates = self.certificates.iter();
        certificates.filter(move |c| c.relation == relation)
    }
}

impl LinkedCertificate {
    /// None if nobody here knows the relation.
    fn of(
        object: &LinkObject,
        query: &RevocationQuery,
        trust: &TrustStore,
    ) -> Result<Option<Self>, Code> {
        let Some(relation) = Relation::named(&object.relation) else {
            return Ok(None);
        };
        let carrier = match object.carrier.as_deref() {
            Some("card") => Some(LinkedCarrier::Card),
            Some("phone") => Some(LinkedCarrier::Phone),
            Some(_) | None => None,
        };
        let key = crate::hex::decode::<32>(&object.issuer_key_sha256).ok_or(UNREADABLE)?;
        let anchor = trust.anchors().find(|anchor| {
            *anchor.key_fingerprint() == key && anchor.purpose().as_str() == object.certificate_kind
        });
        let linked = Self {
            relation,
            carrier,
            anchor: Arc::clone(anchor.ok_or(UNREADABLE)?),
            serial: serial(&object.serial)?,
        };
        linked.check(query)?;
        Ok(Some(linked))
    }

    fn check(&self, query: &RevocationQuery) -> Result<(), Code> {
        let itself = is_same_issuer(&self.anchor, query.anchor()) && self.serial == *query.serial();
        let same_kind = self.anchor.purpose() == query.purpose();
        let fits = match self.relation {
            Relation::Counterpart => !same_kind,
            Relation::Predecessor | Relation::Successor | Relation::OtherCarrier => same_kind,
        };
        if itself || !fits {
            return Err(UNREADABLE);
        }
        Ok(())
    }

    /// How it belongs to the one that was asked about.
    #[must_use]
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// What carries it, if the operator says so.
    #[must_use]
    pub fn carrier(&self) -> Option<LinkedCarrier> {
        self.carrier
    }

    /// The anchor that issued it.
    #[must_use]
    pub fn anchor(&self) -> &Arc<Anchor> {
        &self.anchor
    }

    pub(crate) fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

impl Relation {
    fn named(name: &str) -> Option<Self> {
        match name {
            "predecessor" => Some(Self::Predecessor),
            "successor" => Some(Self::Successor),
            "counterpart" => Some(Self::Counterpart),
            "other_carrier" => Some(Self::OtherCarrier),
            _ => None,
        }
    }
}

/// Whole octets, the first of them not zero.
fn serial(digits: &str) -> Result<SerialNumber, Code> {
    let octets = digits.len() / 2;
    let padded = format!("{digits:0>width$}", width = 2 * limits::SERIAL);
    let padded = crate::hex::decode::<{ limits::SERIAL }>(&padded).ok_or(UNREADABLE)?;
    let serial = SerialNumber::from_unsigned(&padded).map_err(|_| UNREADABLE)?;
    let minimal = digits.len().is_multiple_of(2) && serial.as_unsigned().len() == octets;
    if minimal { Ok(serial) } else { Err(UNREADABLE) }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links")
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}

// The serial number is the person's.
impl fmt::Debug for LinkedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkedCertificate")
            .field("relation", &self.relation)
            .field("carrier", &self.carrier)
            .finish_non_exhaustive()
    }
}
