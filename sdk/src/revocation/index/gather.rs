//! Entries as they come, sorted when all have come.

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::revocation::entries::Entry;
use crate::revocation::index::key::{Key, Wide};
use crate::revocation::index::mark::{Aside, Mark, PackedMark};
use crate::revocation::index::table_writer::Extent;

/// A row while the list is being read.
pub(super) type Record<K> = (K, PackedMark);

/// The entries of a list.
pub(super) struct Gathered {
    pub(super) narrow: Heap<u64>,
    pub(super) wide: Heap<Wide>,
    pub(super) aside: Aside,
    /// How many entries there may be.
    budget: u64,
}

/// Entries in no order.
pub(super) struct Heap<K> {
    pub(super) extent: Extent<K>,
    records: Vec<Record<K>>,
}

impl Gathered {
    /// Nothing yet, and room for so many entries.
    pub(super) fn new(budget: u64) -> Self {
        Self {
            narrow: Heap::default(),
            wide: Heap::default(),
            aside: Aside::default(),
            budget,
        }
    }

    pub(super) fn add(&mut self, serial: &SerialNumber, mark: Mark) -> Result<(), Code> {
        if self.narrow.extent.count + self.wide.extent.count >= self.budget {
            return Err(Code::RevocationTooLarge);
        }
        let packed = self.aside.pack(mark);
        match u64::of(serial) {
            Some(key) => self.narrow.add(key, packed, &mark),
            None => {
                let key = Wide::of(serial).ok_or(Code::RevocationSerial)?;
                self.wide.add(key, packed, &mark);
            }
        }
        Ok(())
    }
}

impl<K: Key> Heap<K> {
    fn add(&mut self, key: K, packed: PackedMark, mark: &Mark) {
        self.extent.add(key, mark.revoked_at);
        self.records.push((key, packed));
    }

    /// The records in the order of their keys.
    pub(super) fn sort(self) -> Vec<Record<K>> {
        let mut records = self.records;
        records.sort_unstable_by_key(|(key, _)| *key);
        records
    }
}

/// Of sorted records one for each key, the one that takes precedence. Adds to
/// `conflicts` how many contradicted it.
pub(super) fn settle<'r, K: Key>(
    records: &'r [Record<K>],
    aside: &'r Aside,
    conflicts: &'r mut u64,
) -> impl Iterator<Item = (K, Mark)> + 'r {
    let runs = records.chunk_by(|one, other| one.0 == other.0);
    runs.filter_map(move |run| {
        let (key, packed) = run.first()?;
        let first = aside.unpack(*packed);
        if run.len() == 1 {
            return Some((*key, first));
        }
        let serial = key.serial()?;
        let entry = |(_, packed): &Record<K>| aside.unpack(*packed).entry(serial);
        let chosen = run.iter().map(entry).min_by_key(Entry::precedence)?;
        *conflicts += run.iter().filter(|r| entry(r) != chosen).count() as u64;
        Some((*key, Mark::of(&chosen)))
    })
}

impl<K> Default for Heap<K> {
    fn default() -> Self {
        Self {
            extent: Extent::default(),
            records: Vec::new(),
        }
    }
}
