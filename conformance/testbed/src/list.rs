//! Lists of things that an object identifier names, as something to edit.

/// What stands in a [`List`].
pub trait Identified: Clone {
    /// The arcs of its object identifier.
    fn oid(&self) -> &[u64];
}

/// Extensions or attributes in the order they are written.
///
/// An edit that names an element which is not there panics: a vector whose defect
/// did not happen would test nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(Vec<T>);

impl<T: Identified> List<T> {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The elements in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The first element with these arcs.
    #[must_use]
    pub fn get(&self, oid: &[u64]) -> Option<&T> {
        self.iter().find(|element| element.oid() == oid)
    }

    /// Append one.
    pub fn add(&mut self, element: T) -> &mut Self {
        self.0.push(element);
        self
    }

    /// Take out every element with these arcs.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn remove(&mut self, oid: &[u64]) -> &mut Self {
        self.position(oid);
        self.0.retain(|element| element.oid() != oid);
        self
    }

    /// Put an element where the one with the same arcs is.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn replace(&mut self, element: T) -> &mut Self {
        let at = self.position(element.oid());
        if let Some(place) = self.0.get_mut(at) {
            *place = element;
        }
        self
    }

    /// Replace where there is one with the same arcs, append otherwise.
    pub fn set(&mut self, element: T) -> &mut Self {
        if self.get(element.oid()).is_some() {
            self.replace(element)
        } else {
            self.add(element)
        }
    }

    /// Write the first element with these arcs a second time, at the end.
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

    /// Write the list back to front.
    pub fn reverse(&mut self) -> &mut Self {
        self.0.reverse();
        self
    }

    /// Change the first element with these arcs.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn edit(&mut self, oid: &[u64], change: impl FnOnce(T) -> T) -> &mut Self {
        let at = self.position(oid);
        if let Some(element) = self.0.get_mut(at) {
            *element = change(element.clone());
        }
        self
    }

    fn position(&self, oid: &[u64]) -> usize {
        let found = self.iter().position(|element| element.oid() == oid);
        found.unwrap_or_else(|| panic!("nothing with the arcs {oid:?} in the list"))
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}
