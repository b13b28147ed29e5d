//! Writes an index file.

use std::io::Write;
use std::sync::Arc;

use crate::revocation::facts::Facts;
use crate::revocation::index::blocks::BlockWriter;
use crate::revocation::index::carry::{Carry, Tombs};
use crate::revocation::index::encode::Encoding;
use crate::revocation::index::footer::{self, MAGIC};
use crate::revocation::index::gather::{Gathered, Heap};
use crate::revocation::index::key::{Key, Wide};
use crate::revocation::index::mark::Aside;
use crate::revocation::index::meta::{Meta, ORIGIN_RECORD, Origins, Tables, encode_origin};
use crate::revocation::index::run::Run;
use crate::revocation::index::table::Layout;
use crate::revocation::index::table_writer::{Extent, TableWriter};
use crate::revocation::index::{Built, Damaged, IngestError, ListIndex};

/// Writes the index of a list whose entries were gathered. What `previous`
/// revokes, or has kept of earlier lists, stays revoked.
pub(super) fn list<W: Write>(
    facts: Facts,
    gathered: Gathered,
    previous: Option<&ListIndex>,
    out: W,
) -> Result<Built, IngestError> {
    let mut out = begin(out)?;
    let mut conflicts = 0;
    let Gathered {
        narrow,
        wide,
        aside,
        count,
        ..
    } = gathered;
    // The lists of the entries that were dropped before keep their numbers;
    // the previous one comes behind them.
    let own = previous.map_or(0, |p| p.origins.count);
    let mut carried = Carried {
        narrow: Carry::new(previous.map(|p| p.current.narrow.rows(&p.blocks, 0)), own),
        wide: Carry::new(previous.map(|p| p.current.wide.rows(&p.blocks, 0)), own),
    };
    let current = Tables {
        narrow: heap(
            narrow,
            &aside,
            &mut conflicts,
            &mut carried.narrow,
            &mut out,
        )?,
        wide: heap(wide, &aside, &mut conflicts, &mut carried.wide, &mut out)?,
    };
    let mut sources = Vec::new();
    let mut dropped = Dropped::new();
    if let Some(previous) = previous {
        dropped = Dropped::of(previous, 0)?;
        sources = previous.sources()?;
    }
    let before = dropped.len();
    dropped = dropped.with(&carried.finish()?);
    let fresh = dropped.len() - before;
    if let Some(previous) = previous.filter(|_| fresh > 0) {
        sources.extend(encode_origin(&previous.facts().origin));
    }
    let rest = Rest {
        facts,
        conflicts,
        current,
        dropped,
        sources,
    };
    let mut built = rest.write(out, fresh)?;
    let once = built.revoked as u64 + built.conflicts;
    built.duplicates = count.saturating_sub(once);
    Ok(built)
}

/// Writes the index of `current` again. What `older` revokes, or has kept of
/// earlier lists, is from now on revoked there too.
pub(super) fn bury<W: Write>(
    current: &ListIndex,
    older: &ListIndex,
    out: W,
) -> Result<Built, IngestError> {
    let mut out = begin(out)?;
    let offset = current.origins.count;
    let own = offset + older.origins.count;
    let mut carried = Carried {
        narrow: Carry::new(Some(older.current.narrow.rows(&older.blocks, 0)), own),
        wide: Carry::new(Some(older.current.wide.rows(&older.blocks, 0)), own),
    };
    let tables = &current.current;
    let tables = Tables {
        narrow: again(&tables.narrow, current, &mut carried.narrow, &mut out)?,
        wide: again(&tables.wide, current, &mut carried.wide, &mut out)?,
    };
    let mut dropped = Dropped::of(current, 0)?;
    let before = dropped.len();
    let mut sources = current.sources()?;
    sources.extend(older.sources()?);
    sources.extend(encode_origin(&older.facts().origin));
    let left_out = carried.finish()?;
    dropped = dropped.with(&left_out);
    dropped = dropped.with(&Dropped::of(older, offset)?);
    let fresh = dropped.len() - before;
    let rest = Rest {
        facts: current.facts().again(),
        conflicts: current.conflicts,
        current: tables,
        dropped,
        sources,
    };
    rest.write(out, fresh)
}

fn begin<W: Write>(out: W) -> Result<BlockWriter<W>, IngestError> {
    let mut out = BlockWriter::new(out);
    out.put(&MAGIC).map_err(IngestError::Write)?;
    Ok(out)
}

/// Writes the table of the entries of one length.
fn heap<K: Key, W: Write>(
    heap: Heap<K>,
    aside: &Aside,
    conflicts: &mut u64,
    carry: &mut Carry<'_, K>,
    out: &mut BlockWriter<W>,
) -> Result<Layout<K>, IngestError> {
    let (extent, partitions) = heap.into_partitions();
    let mut table = TableWriter::new(&extent, false, out);
    let encoding = Encoding {
        layout: table.layout(),
        aside,
        keys: carry.compares(),
    };
    let append = |run: &Run<K>, contradictions: u64| {
        *conflicts += contradictions;
        run.keys.iter().try_for_each(|key| carry.pass(*key))?;
        table.append(out, run).map_err(IngestError::Write)
    };
    encoding.all(partitions, append)?;
    table.finish(out).map_err(IngestError::Write)
}

/// Writes a table of an index again.
fn again<K: Key, W: Write>(
    layout: &Layout<K>,
    index: &ListIndex,
    carry: &mut Carry<'_, K>,
    out: &mut BlockWriter<W>,
) -> Result<Layout<K>, IngestError> {
    let mut extent = Extent::default();
    for row in layout.rows(&index.blocks, 0) {
        let row = row?;
        extent.add(row.key, row.mark.revoked_at);
    }
    let mut table = TableWriter::new(&extent, false, out);
    let layout_now = table.layout();
    let mut rows = layout.rows(&index.blocks, 0).peekable();
    while rows.peek().is_some() {
        let mut run = Run::new(&layout_now, AGAIN, Vec::new());
        for row in rows.by_ref().take(AGAIN) {
            let row = row?;
            carry.pass(row.key)?;
            run.push(&layout_now, row.key, row.mark, 0);
        }
        table.append(out, &run).map_err(IngestError::Write)?;
    }
    table.finish(out).map_err(IngestError::Write)
}

/// Rows that are encoded at once where they are in order already.
const AGAIN: usize = 4096;

/// What the current list leaves out, by the length of the serial numbers.
struct Carried<'p> {
    narrow: Carry<'p, u64>,
    wide: Carry<'p, Wide>,
}

impl Carried<'_> {
    fn finish(self) -> Result<Dropped, Damaged> {
        Ok(Dropped {
            narrow: self.narrow.finish()?,
            wide: self.wide.finish()?,
        })
    }
}

/// Dropped entries, by the length of the serial numbers.
struct Dropped {
    narrow: Tombs<u64>,
    wide: Tombs<Wide>,
}

impl Dropped {
    fn new() -> Self {
        Self {
            narrow: Tombs::new(),
            wide: Tombs::new(),
        }
    }

    /// Those that an index has already.
    fn of(index: &ListIndex, offset: u32) -> Result<Self, Damaged> {
        let tables = &index.dropped;
        Ok(Self {
            narrow: Tombs::read(tables.narrow.rows(&index.blocks, 0), offset)?,
            wide: Tombs::read(tables.wide.rows(&index.blocks, 0), offset)?,
        })
    }

    fn with(self, others: &Self) -> Self {
        Self {
            narrow: self.narrow.with(&others.narrow),
            wide: self.wide.with(&others.wide),
        }
    }

    fn len(&self) -> usize {
        self.narrow.len() + self.wide.len()
    }
}

/// What stands behind the entries.
struct Rest {
    facts: Facts,
    conflicts: u64,
    current: Tables,
    dropped: Dropped,
    /// The records of the lists that dropped entries come from.
    sources: Vec<u8>,
}

impl Rest {
    fn write<W: Write>(self, mut out: BlockWriter<W>, fresh: usize) -> Result<Built, IngestError> {
        let dropped = Tables {
            narrow: self.dropped.narrow.write(&mut out)?,
            wide: self.dropped.wide.write(&mut out)?,
        };
        let count = u32::try_from(self.sources.len() / ORIGIN_RECORD);
        let origins = Origins {
            offset: out.position(),
            count: count.map_err(|_| Damaged)?,
        };
        out.put(&self.sources).map_err(IngestError::Write)?;
        let meta = Meta {
            facts: self.facts,
            conflicts: self.conflicts,
            current: self.current,
            dropped,
            origins,
        };
        let octets = footer::finish(out, &meta.encode()).map_err(IngestError::Write)?;
        Ok(Built {
            revoked: meta.current.count(),
            conflicts: meta.conflicts,
            duplicates: 0,
            dropped: fresh,
            octets,
        })
    }
}

impl ListIndex {
    /// The records of the lists that its dropped entries come from.
    fn sources(&self) -> Result<Vec<u8>, Damaged> {
        let length = self.origins.count as usize * ORIGIN_RECORD;
        Ok(self.blocks.get(self.origins.offset, length)?.to_vec())
    }
}

impl Facts {
    /// The same, for another file.
    fn again(&self) -> Self {
        Self {
            anchor: Arc::clone(&self.anchor),
            origin: Arc::clone(&self.origin),
            scope: self.scope.clone(),
            authority_key: self.authority_key,
            deltas: self.deltas,
        }
    }
}
