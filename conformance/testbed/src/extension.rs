//! Extensions, and the list of them as something to edit.

mod content;

pub use content::{distribution_point, policy};

use crate::der;

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

    /// The arcs of its object identifier.
    #[must_use]
    pub fn oid(&self) -> &[u64] {
        &self.oid
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

/// A list of extensions in the order they are written.
///
/// An edit that names an extension which is not there panics: a vector whose
/// defect did not happen would test nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions(Vec<Extension>);

impl Extensions {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first extension with these arcs.
    #[must_use]
    pub fn get(&self, oid: &[u64]) -> Option<&Extension> {
        self.0.iter().find(|extension| extension.oid == oid)
    }

    /// Append one.
    pub fn add(&mut self, extension: Extension) -> &mut Self {
        self.0.push(extension);
        self
    }

    /// Take out every extension with these arcs.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn remove(&mut self, oid: &[u64]) -> &mut Self {
        self.position(oid);
        self.0.retain(|extension| extension.oid != oid);
        self
    }

    /// Put an extension where the one with the same arcs is.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn replace(&mut self, extension: Extension) -> &mut Self {
        let oid = extension.oid.clone();
        self.edit(&oid, |_| extension)
    }

    /// Replace where there is one with the same arcs, append otherwise.
    pub fn set(&mut self, extension: Extension) -> &mut Self {
        if self.get(&extension.oid).is_some() {
            self.replace(extension)
        } else {
            self.add(extension)
        }
    }

    /// Write the first extension with these arcs twice.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn duplicate(&mut self, oid: &[u64]) -> &mut Self {
        let at = self.position(oid);
        let copy = self.0.get(at).cloned();
        self.0.extend(copy);
        self
    }

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

    /// Write the list back to front.
    pub fn reverse(&mut self) -> &mut Self {
        self.0.reverse();
        self
    }

    /// SEQUENCE OF Extension.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        der::sequence(self.0.iter().map(Extension::to_der))
    }

    fn edit(&mut self, oid: &[u64], change: impl FnOnce(Extension) -> Extension) -> &mut Self {
        let at = self.position(oid);
        if let Some(extension) = self.0.get_mut(at) {
            *extension = change(extension.clone());
        }
        self
    }

    fn position(&self, oid: &[u64]) -> usize {
        let found = self.0.iter().position(|extension| extension.oid == oid);
        found.unwrap_or_else(|| panic!("no extension {oid:?} in the list"))
    }
}

impl FromIterator<Extension> for Extensions {
    fn from_iter<I: IntoIterator<Item = Extension>>(extensions: I) -> Self {
        Self(extensions.into_iter().collect())
    }
}
