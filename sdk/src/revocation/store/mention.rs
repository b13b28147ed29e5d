//! Where a serial number stands, whosever certificate it is.

use std::fmt;
use std::sync::Arc;

use super::partition::{Found, Partition};
use crate::revocation::status::Origin;
use crate::revocation::{CrlNumber, Entry};
use crate::time::Time;
use crate::trust::Anchor;

/// A list, or an earlier one, that has a serial number.
///
/// It is about the certificate of that number which this anchor issued, and
/// for the operator alone.
#[derive(Clone)]
pub struct Mention {
    anchor: Arc<Anchor>,
    entry: Entry,
    origin: Arc<Origin>,
    dropped: bool,
}

impl Mention {
    pub(super) fn of(partition: &Partition, found: Found) -> impl Iterator<Item = Self> {
        let Found { listed, dropped } = found;
        let facts = partition.facts();
        let listed = listed.map(|entry| (entry, Arc::clone(&facts.origin), false));
        let dropped = dropped.map(|(entry, origin)| (entry, origin, true));
        listed
            .into_iter()
            .chain(dropped)
            .map(|(entry, origin, dropped)| Self {
                anchor: Arc::clone(&facts.anchor),
                entry,
                origin,
                dropped,
            })
    }

    /// The anchor that signed the list.
    #[must_use]
    pub fn anchor(&self) -> &Arc<Anchor> {
        &self.anchor
    }

    /// What the list says.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The number of the list.
    #[must_use]
    pub fn number(&self) -> Option<&CrlNumber> {
        self.origin.number.as_ref()
    }

    /// When the list was issued.
    #[must_use]
    pub fn this_update(&self) -> Time {
        self.origin.this_update
    }

    /// Whether its successors do not repeat it.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.dropped
    }
}

// The serial number names a person.
impl fmt::Debug for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mention")
            .field("anchor", &self.anchor)
            .finish_non_exhaustive()
    }
}
