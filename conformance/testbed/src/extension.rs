//! Extensions.

mod content;

pub use content::{distribution_point, policy};

use crate::{
    der,
    list::{Identified, List},
};

/// Whether and how the critical flag is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criticality {
    /// FALSE by leaving it out, as DER asks.
    Absent,
    /// TRUE.
    Critical,
    /// FALSE written out, which DER forbids.
    ExplicitFalse,
}

/// One extension; the value is the content of extnValue.
///
/// Constructors are named for the extension and start with the criticality that
/// RFC 5280 and the JPKI profile give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    oid: Vec<u64>,
    criticality: Criticality,
    value: Vec<u8>,
}

impl Extension {
    /// A non-critical extension of any kind.
    #[must_use]
    pub fn new(oid: &[u64], value: Vec<u8>) -> Self {
        Self {
            oid: oid.to_vec(),
            criticality: Criticality::Absent,
            value,
        }
    }

    /// An extension nobody knows, holding NULL.
    #[must_use]
    pub fn unknown() -> Self {
        Self::new(crate::oid::UNKNOWN, der::null())
    }

    /// The same, critical.
    #[must_use]
    pub fn critical(self) -> Self {
        self.criticality(Criticality::Critical)
    }

    /// The same, not critical.
    #[must_use]
    pub fn non_critical(self) -> Self {
        self.criticality(Criticality::Absent)
    }

    /// The same with the flag written in a given way.
    #[must_use]
    pub fn criticality(mut self, criticality: Criticality) -> Self {
        self.criticality = criticality;
        self
    }

    /// The content of extnValue.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let flag = match self.criticality {
            Criticality::Absent => Vec::new(),
            Criticality::Critical => der::boolean(true),
            Criticality::ExplicitFalse => der::boolean(false),
        };
        der::sequence([der::oid(&self.oid), flag, der::octets(&self.value)])
    }
}

impl Identified for Extension {
    fn oid(&self) -> &[u64] {
        &self.oid
    }
}

/// The extensions of a certificate, a list or a list's entry.
pub type Extensions = List<Extension>;

impl Extensions {
    /// Write the critical flag of an extension in a given way.
    ///
    /// # Panics
    ///
    /// If there is none with these arcs.
    pub fn set_criticality(&mut self, oid: &[u64], criticality: Criticality) -> &mut Self {
        self.edit(oid, |extension| extension.criticality(criticality))
    }

    /// Replace the content of extnValue.
    ///
    /// # Panics
    ///
    /// If there is none with these arcs.
    pub fn set_value(&mut self, oid: &[u64], value: Vec<u8>) -> &mut Self {
        self.edit(oid, |extension| Extension { value, ..extension })
    }

    /// SEQUENCE OF Extension.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        der::sequence(self.iter().map(Extension::to_der))
    }
}
