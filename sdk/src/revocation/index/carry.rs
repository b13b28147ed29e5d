//! What earlier lists revoked and the current one does not repeat.

use std::io::Write;
use std::iter::Peekable;

use crate::revocation::index::blocks::BlockWriter;
use crate::revocation::index::key::Key;
use crate::revocation::index::mark::{Aside, Mark, PackedMark};
use crate::revocation::index::run::Run;
use crate::revocation::index::table::{Layout, Row, Rows};
use crate::revocation::index::table_writer::{Extent, TableWriter};
use crate::revocation::index::{Damaged, IngestError};

/// A dropped entry: its key, what was said, and the number of the list that
/// said so.
type Tomb<K> = (K, PackedMark, u32);

/// Dropped entries, each key once, in the order of the keys.
pub(super) struct Tombs<K> {
    list: Vec<Tomb<K>>,
    aside: Aside,
}

impl<K: Key> Tombs<K> {
    pub(super) fn new() -> Self {
        Self {
            list: Vec::new(),
            aside: Aside::default(),
        }
    }

    /// Those that a file has already; `offset` is added to the numbers of
    /// their lists.
    pub(super) fn read(rows: Rows<'_, K>, offset: u32) -> Result<Self, Damaged> {
        let mut tombs = Self::new();
        for row in rows {
            let Row { key, mark, origin } = row?;
            tombs.push(key, mark, origin + offset);
        }
        Ok(tombs)
    }

    /// Its key is above those before it.
    fn push(&mut self, key: K, mark: Mark, origin: u32) {
        let packed = self.aside.pack(mark);
        self.list.push((key, packed, origin));
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    fn rows(&self) -> impl Iterator<Item = (K, Mark, u32)> {
        let rows = self.list.iter();
        rows.map(|(key, packed, origin)| (*key, self.aside.unpack(*packed), *origin))
    }

    /// Those of both; where both have a key, what stands here.
    pub(super) fn with(self, others: &Self) -> Self {
        let mut both = Self::new();
        let mut mine = self.rows().peekable();
        for other in others.rows() {
            while let Some((key, mark, origin)) = mine.next_if(|m| m.0 <= other.0) {
                both.push(key, mark, origin);
            }
            if both.list.last().is_none_or(|last| last.0 < other.0) {
                both.push(other.0, other.1, other.2);
            }
        }
        mine.for_each(|(key, mark, origin)| both.push(key, mark, origin));
        both
    }

    /// Writes them as a table.
    pub(super) fn write<W: Write>(
        &self,
        out: &mut BlockWriter<W>,
    ) -> Result<Layout<K>, IngestError> {
        let mut extent = Extent::default();
        self.rows()
            .for_each(|(key, mark, _)| extent.add(key, mark.revoked_at));
        let mut table = TableWriter::new(&extent, true, out);
        let layout = table.layout();
        let mut run = Run::new(&layout, self.list.len(), Vec::new());
        for (key, mark, origin) in self.rows() {
            run.push(&layout, key, mark, origin);
        }
        table.append(out, &run).map_err(IngestError::Write)?;
        table.finish(out).map_err(IngestError::Write)
    }
}

/// Goes over the rows of an earlier list while those of the current one are
/// written, and keeps what the current one leaves out.
pub(super) struct Carry<'p, K: Key> {
    earlier: Option<Peekable<Rows<'p, K>>>,
    /// The number of the earlier list.
    origin: u32,
    left_out: Tombs<K>,
}

impl<'p, K: Key> Carry<'p, K> {
    pub(super) fn new(earlier: Option<Rows<'p, K>>, origin: u32) -> Self {
        Self {
            earlier: earlier.map(Iterator::peekable),
            origin,
            left_out: Tombs::new(),
        }
    }

    /// Whether there is an earlier list at all.
    pub(super) fn compares(&self) -> bool {
        self.earlier.is_some()
    }

    /// The current list has `key`, which is above all that were passed before.
    pub(super) fn pass(&mut self, key: K) -> Result<(), Damaged> {
        let Some(earlier) = &mut self.earlier else {
            return Ok(());
        };
        let passed = |row: &Result<Row<K>, Damaged>| row.as_ref().map_or(true, |r| r.key <= key);
        while let Some(row) = earlier.next_if(passed) {
            let row = row?;
            if row.key < key {
                self.left_out.push(row.key, row.mark, self.origin);
            }
        }
        Ok(())
    }

    /// The current list has no more.
    pub(super) fn finish(mut self) -> Result<Tombs<K>, Damaged> {
        for row in self.earlier.into_iter().flatten() {
            let row = row?;
            self.left_out.push(row.key, row.mark, self.origin);
        }
        Ok(self.left_out)
    }
}
