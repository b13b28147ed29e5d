//! What mdocs say about a person, by namespace.

mod japan;
mod licence;
mod portrait;

pub use portrait::portrait;

use super::Cbor;

/// The document type of the My Number Card on a phone.
pub const JAPAN: &str = "org.iso.23220.1.jp.mnc";
/// Its namespace of what only Japan has.
pub const JAPAN_NAME_SPACE: &str = "org.iso.23220.1.jp";
/// Its namespace of what other countries' documents have too.
pub const COMMON_NAME_SPACE: &str = "org.iso.23220.1";
/// The document type of driving licences.
pub const LICENCE: &str = "org.iso.18013.5.1.mDL";
/// Their namespace.
pub const LICENCE_NAME_SPACE: &str = "org.iso.18013.5.1";

/// Elements with their values, by namespace, in the order they are issued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elements(Vec<(String, Vec<(String, Cbor)>)>);

impl Elements {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Set the value of an element: in place of the one there, or at the end.
    #[must_use]
    pub fn with(mut self, name_space: &str, element: &str, value: impl Into<Cbor>) -> Self {
        let elements = self.elements_of(name_space);
        match elements.iter_mut().find(|(name, _)| name == element) {
            Some((_, place)) => *place = value.into(),
            None => elements.push((element.to_owned(), value.into())),
        }
        self
    }

    /// Leave out an element.
    ///
    /// # Panics
    ///
    /// If it is not there.
    #[must_use]
    pub fn without(mut self, name_space: &str, element: &str) -> Self {
        let elements = self.elements_of(name_space);
        let before = elements.len();
        elements.retain(|(name, _)| name != element);
        assert!(elements.len() < before, "no element {element} to leave out");
        self
    }

    /// The value of an element.
    #[must_use]
    pub fn get(&self, name_space: &str, element: &str) -> Option<&Cbor> {
        let (_, elements) = self.0.iter().find(|(name, _)| name == name_space)?;
        let (_, value) = elements.iter().find(|(name, _)| name == element)?;
        Some(value)
    }

    /// The namespaces with their elements.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[(String, Cbor)])> {
        self.0
            .iter()
            .map(|(name, elements)| (name.as_str(), elements.as_slice()))
    }

    fn elements_of(&mut self, name_space: &str) -> &mut Vec<(String, Cbor)> {
        let at = self.0.iter().position(|(name, _)| name == name_space);
        let at = at.unwrap_or_else(|| {
            self.0.push((name_space.to_owned(), Vec::new()));
            self.0.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found, or the last one")]
        &mut self.0[at].1
    }
}
