//! What changed from one list to the next.

use std::cmp::Ordering;
use std::fmt;

use crate::revocation::entries::Entry;
use crate::revocation::index::key::{Key, Wide};
use crate::revocation::index::table::{Row, Rows};
use crate::revocation::index::{Damaged, ListIndex};

/// One difference between two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Change {
    /// Only the newer list has it.
    Added(Entry),
    /// Only the older list has it.
    Removed(Entry),
    /// Both have it, and say different things about it.
    Changed {
        /// What the older list says.
        old: Entry,
        /// What the newer list says.
        new: Entry,
    },
}

/// The differences between two lists, in the order of the serial numbers.
/// After an error there are no more.
///
/// What is the same in both files octet for octet is not decoded, so that the
/// daily difference of two long lists costs little more than reading them.
pub struct Changes<'i> {
    narrow: Merge<'i, u64>,
    wide: Merge<'i, Wide>,
    failed: bool,
}

impl<'i> Changes<'i> {
    /// What is different on the list `new` from the list `old`. Entries that
    /// earlier lists had are not on either.
    #[must_use]
    pub fn between(old: &'i ListIndex, new: &'i ListIndex) -> Self {
        Self {
            narrow: Merge::new(
                old.current.narrow.rows(&old.blocks, 0),
                new.current.narrow.rows(&new.blocks, 0),
            ),
            wide: Merge::new(
                old.current.wide.rows(&old.blocks, 0),
                new.current.wide.rows(&new.blocks, 0),
            ),
            failed: false,
        }
    }

    fn change(&mut self) -> Result<Option<Change>, Damaged> {
        if self.failed {
            return Ok(None);
        }
        match self.narrow.change()? {
            Some(change) => Ok(Some(change)),
            None => self.wide.change(),
        }
    }
}

impl Iterator for Changes<'_> {
    type Item = Result<Change, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        let change = self.change();
        self.failed |= change.is_err();
        change.transpose()
    }
}

impl fmt::Debug for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

/// Goes through two tables at once.
struct Merge<'i, K> {
    old: Side<'i, K>,
    new: Side<'i, K>,
    /// Whether the tables are laid out in the same way.
    alike: bool,
}

/// A table, and its next row if it was read.
struct Side<'i, K> {
    rows: Rows<'i, K>,
    next: Option<Row<K>>,
}

impl<'i, K: Key> Merge<'i, K> {
    fn new(old: Rows<'i, K>, new: Rows<'i, K>) -> Self {
        Self {
            alike: old.is_alike(&new),
            old: Side {
                rows: old,
                next: None,
            },
            new: Side {
                rows: new,
                next: None,
            },
        }
    }

    fn change(&mut self) -> Result<Option<Change>, Damaged> {
        loop {
            if self.alike && self.old.next.is_none() && self.new.next.is_none() {
                self.old.rows.skip_same(&mut self.new.rows)?;
            }
            let (old, new) = (self.old.read()?, self.new.read()?);
            let order = match (&old, &new) {
                (None, None) => return Ok(None),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.key.cmp(&new.key),
            };
            if order.is_le() {
                self.old.next = None;
            }
            if order.is_ge() {
                self.new.next = None;
            }
            match (order, old, new) {
                (Ordering::Less, Some(old), _) => return Ok(Some(Change::Removed(old.entry()?))),
                (Ordering::Greater, _, Some(new)) => return Ok(Some(Change::Added(new.entry()?))),
                (Ordering::Equal, Some(old), Some(new)) if old.mark != new.mark => {
                    let (old, new) = (old.entry()?, new.entry()?);
                    return Ok(Some(Change::Changed { old, new }));
                }
                _ => {}
            }
        }
    }
}

impl<K: Key> Side<'_, K> {
    /// The next row, which stays the next.
    fn read(&mut self) -> Result<Option<Row<K>>, Damaged> {
        if self.next.is_none() {
            self.next = self.rows.next().transpose()?;
        }
        Ok(self.next)
    }
}
