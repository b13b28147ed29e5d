//! Distinguished names and general names.

use crate::{der, oid};

/// A distinguished name under construction: RDNs in the order they are written.
///
/// ```
/// use tashika_testbed::Name;
///
/// let name = Name::new().country("JP").organization("JPKI-TEST");
/// assert_eq!(name.to_der()[..2], [0x30, 0x21]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    rdns: Vec<Vec<u8>>,
}

impl Name {
    /// A name without any RDN, which is what an empty subject is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// C, as a PrintableString.
    #[must_use]
    pub fn country(self, value: &str) -> Self {
        self.attribute(oid::COUNTRY, &der::printable(value))
    }

    /// O, as a UTF8String.
    #[must_use]
    pub fn organization(self, value: &str) -> Self {
        self.attribute(oid::ORGANIZATION, &der::utf8(value))
    }

    /// OU, as a UTF8String.
    #[must_use]
    pub fn unit(self, value: &str) -> Self {
        self.attribute(oid::ORGANIZATIONAL_UNIT, &der::utf8(value))
    }

    /// L, as a UTF8String.
    #[must_use]
    pub fn locality(self, value: &str) -> Self {
        self.attribute(oid::LOCALITY, &der::utf8(value))
    }

    /// CN, as a UTF8String.
    #[must_use]
    pub fn common_name(self, value: &str) -> Self {
        self.attribute(oid::COMMON_NAME, &der::utf8(value))
    }

    /// An RDN of one attribute; `value` is a complete encoding, of any string type.
    #[must_use]
    pub fn attribute(self, arcs: &[u64], value: &[u8]) -> Self {
        self.rdn(der::set_unsorted([attribute(arcs, value)]))
    }

    /// An RDN of several attributes.
    #[must_use]
    pub fn multi_valued(self, attributes: &[(&[u64], Vec<u8>)]) -> Self {
        let attributes = attributes
            .iter()
            .map(|(arcs, value)| attribute(arcs, value));
        self.rdn(der::set_of(attributes.collect::<Vec<_>>()))
    }

    /// Any SET as the next RDN.
    #[must_use]
    pub fn rdn(mut self, set: Vec<u8>) -> Self {
        self.rdns.push(set);
        self
    }

    /// The encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        der::sequence(&self.rdns)
    }
}

impl From<Name> for Vec<u8> {
    fn from(name: Name) -> Self {
        name.to_der()
    }
}

impl From<&Name> for Vec<u8> {
    fn from(name: &Name) -> Self {
        name.to_der()
    }
}

fn attribute(arcs: &[u64], value: &[u8]) -> Vec<u8> {
    der::sequence([der::oid(arcs), value.to_vec()])
}

/// One alternative of GeneralName (RFC 5280, 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneralName(Vec<u8>);

impl GeneralName {
    /// otherName; `value` is a complete encoding and goes under `[0] EXPLICIT`.
    #[must_use]
    pub fn other(arcs: &[u64], value: &[u8]) -> Self {
        Self(der::explicit(
            0,
            der::concat([der::oid(arcs), der::explicit(0, value)]),
        ))
    }

    /// dNSName.
    #[must_use]
    pub fn dns(value: &str) -> Self {
        Self(der::implicit(2, value))
    }

    /// directoryName.
    #[must_use]
    pub fn directory(name: impl Into<Vec<u8>>) -> Self {
        Self(der::explicit(4, name.into()))
    }

    /// uniformResourceIdentifier.
    #[must_use]
    pub fn uri(value: &str) -> Self {
        Self(der::implicit(6, value))
    }

    /// Any bytes in place of a GeneralName.
    #[must_use]
    pub fn raw(encoding: Vec<u8>) -> Self {
        Self(encoding)
    }

    /// The encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.0.clone()
    }
}

impl AsRef<[u8]> for GeneralName {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
