//! What changed from one list to the next.

use std::cmp::Ordering;
use std::iter::Peekable;

use crate::revocation::entries::Entry;
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
pub struct Changes<'i> {
    old: Peekable<Source<'i>>,
    new: Peekable<Source<'i>>,
}

type Source<'i> = Box<dyn Iterator<Item = Result<Entry, Damaged>> + 'i>;

impl<'i> Changes<'i> {
    /// What is different on the list `new` from the list `old`. Entries that
    /// earlier lists had are not on either.
    #[must_use]
    pub fn between(old: &'i ListIndex, new: &'i ListIndex) -> Self {
        let source = |index: &'i ListIndex| -> Source<'i> { Box::new(index.entries()) };
        Self {
            old: source(old).peekable(),
            new: source(new).peekable(),
        }
    }

    fn change(&mut self) -> Result<Option<Change>, Damaged> {
        loop {
            let order = match (self.old.peek(), self.new.peek()) {
                (None, None) => return Ok(None),
                (Some(Err(damaged)), _) | (_, Some(Err(damaged))) => return Err(*damaged),
                (Some(Ok(_)), None) => Ordering::Less,
                (None, Some(Ok(_))) => Ordering::Greater,
                (Some(Ok(old)), Some(Ok(new))) => old.serial.cmp(&new.serial),
            };
            match order {
                Ordering::Less => return Ok(self.old.next().transpose()?.map(Change::Removed)),
                Ordering::Greater => return Ok(self.new.next().transpose()?.map(Change::Added)),
                Ordering::Equal => {
                    let both = (self.old.next(), self.new.next());
                    if let (Some(Ok(old)), Some(Ok(new))) = both
                        && old != new
                    {
                        return Ok(Some(Change::Changed { old, new }));
                    }
                }
            }
        }
    }
}

impl Iterator for Changes<'_> {
    type Item = Result<Change, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        let change = self.change();
        if change.is_err() {
            let nothing = || -> Source<'_> { Box::new(std::iter::empty()) };
            self.old = nothing().peekable();
            self.new = nothing().peekable();
        }
        change.transpose()
    }
}

impl std::fmt::Debug for Changes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}
