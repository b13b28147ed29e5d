//! Places within a tree, and edits of them.
//!
//! A path names the keys of maps and the positions in arrays from outside to inside,
//! as in `documents/0/issuerSigned`. A segment is a key of text or, where there is no
//! such key, an integer key. Tags, forms and byte strings that hold an encoding are
//! passed through.

use super::Cbor;

impl Cbor {
    /// What is at a path, to be changed; byte strings on the way are opened.
    ///
    /// # Panics
    ///
    /// If there is nothing: a vector whose defect did not happen would test nothing.
    pub fn at(&mut self, path: &str) -> &mut Self {
        let mut place = self;
        for segment in segments(path) {
            place = place
                .inside()
                .child(segment)
                .unwrap_or_else(|| panic!("nothing at {segment} of {path}"));
        }
        place
    }

    /// What is at a path, if there is something.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Self> {
        let mut place = self.clone();
        for segment in segments(path) {
            place = place.inside().child(segment)?.clone();
        }
        Some(place)
    }

    /// Put a value at a path: in place of the one there, or at the end of a map.
    ///
    /// # Panics
    ///
    /// If there is nothing that holds it.
    pub fn set(&mut self, path: &str, value: impl Into<Self>) -> &mut Self {
        let (outer, last) = split(path);
        let holder = self.at(outer).inside();
        if let Some(place) = holder.child(last) {
            *place = value.into();
        } else {
            holder.entries(path).push((key(last), value.into()));
        }
        self
    }

    /// Change what is at a path.
    ///
    /// # Panics
    ///
    /// If there is nothing.
    pub fn edit(&mut self, path: &str, change: impl FnOnce(Self) -> Self) -> &mut Self {
        let place = self.at(path);
        *place = change(std::mem::replace(place, Self::NULL));
        self
    }

    /// Take out what is at a path, in a map every entry of that key.
    ///
    /// # Panics
    ///
    /// If there is nothing.
    pub fn remove(&mut self, path: &str) -> &mut Self {
        self.at(path);
        let (outer, last) = split(path);
        match self.at(outer).inside() {
            Self::Array(items) => {
                items.remove(index(last));
            }
            holder => {
                let key = holder.key_of(last);
                holder
                    .entries(path)
                    .retain(|(other, _)| Some(other) != key.as_ref());
            }
        }
        self
    }

    /// Write what is at a path a second time, at the end of what holds it.
    ///
    /// # Panics
    ///
    /// If there is nothing.
    pub fn duplicate(&mut self, path: &str) -> &mut Self {
        let copy = self.at(path).clone();
        self.add(path, copy)
    }

    /// Write another value under the key of a path, after the one that is there.
    ///
    /// # Panics
    ///
    /// If there is nothing.
    pub fn add(&mut self, path: &str, value: impl Into<Self>) -> &mut Self {
        let (outer, last) = split(path);
        match self.at(outer).inside() {
            Self::Array(items) => items.push(value.into()),
            holder => {
                let key = holder.key_of(last).unwrap_or_else(|| key(last));
                holder.entries(path).push((key, value.into()));
            }
        }
        self
    }

    /// Give another key to the entry at a path.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn rename(&mut self, path: &str, name: impl Into<Self>) -> &mut Self {
        let (outer, last) = split(path);
        let holder = self.at(outer).inside();
        let old = holder.key_of(last);
        let entry = holder
            .entries(path)
            .iter_mut()
            .find(|(key, _)| Some(key) == old.as_ref())
            .unwrap_or_else(|| panic!("nothing at {path}"));
        entry.0 = name.into();
        self
    }

    /// The item beneath tags, forms and the wrapping of byte strings.
    fn inside(&mut self) -> &mut Self {
        if let Self::Bytes(bytes) = self
            && let Some(opened) = Self::opened(bytes)
        {
            *self = opened;
        }
        match self {
            Self::Tag(_, item) | Self::Embedded(item) | Self::Formed(_, item) => item.inside(),
            other => other,
        }
    }

    fn child(&mut self, segment: &str) -> Option<&mut Self> {
        let key = self.key_of(segment);
        match self {
            Self::Array(items) => items.get_mut(segment.parse::<usize>().ok()?),
            Self::Map(entries) => {
                let mut entries = entries.iter_mut();
                let entry = entries.find(|(other, _)| Some(other) == key.as_ref());
                entry.map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The key in this map that a segment means.
    fn key_of(&self, segment: &str) -> Option<Self> {
        let number = || segment.parse().ok();
        let is = |key: &Self| key.as_text() == Some(segment);
        let is_number = |key: &Self| key.as_integer().is_some() && key.as_integer() == number();
        let keys = || self.as_map().into_iter().flatten().map(|(key, _)| key);
        keys()
            .find(|key| is(key))
            .or_else(|| keys().find(|key| is_number(key)))
            .cloned()
    }

    fn entries(&mut self, path: &str) -> &mut Vec<(Self, Self)> {
        match self {
            Self::Map(entries) => entries,
            _ => panic!("no map around {path}"),
        }
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The key that a segment becomes where there is none yet.
fn key(segment: &str) -> Cbor {
    segment
        .parse::<i64>()
        .map_or_else(|_| segment.into(), Cbor::from)
}

fn index(segment: &str) -> usize {
    segment
        .parse()
        .unwrap_or_else(|_| panic!("{segment} is no position"))
}
