//! Entries as they come, sorted when all have come.
//!
//! While a list is read, its entries are thrown into partitions by the highest
//! digits of their keys, so that what is left to do at the end fits the cache
//! and can be done on several cores.

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::revocation::index::key::{Key, Wide};
use crate::revocation::index::mark::{Aside, Mark, PackedMark};
use crate::revocation::index::partition::{Partition, Record};
use crate::revocation::index::table_writer::Extent;
use crate::time::Time;

/// Records from which the range of the keys is guessed.
const SAMPLE: usize = 4096;

/// Records that a partition should have.
const PARTITION: u64 = 2048;

/// More partitions than this are more places to write to than caches keep.
const PARTITIONS: u64 = 256;

/// The entries of a list.
pub(super) struct Gathered {
    pub(super) narrow: Heap<u64>,
    pub(super) wide: Heap<Wide>,
    pub(super) aside: Aside,
    /// How many entries there are.
    pub(super) count: u64,
    /// How many there may be.
    budget: u64,
}

impl Gathered {
    /// Nothing yet, and room for so many entries. There will be about
    /// `expected`.
    pub(super) fn new(budget: u64, expected: u64) -> Self {
        Self {
            narrow: Heap::new(expected),
            wide: Heap::new(expected),
            aside: Aside::default(),
            count: 0,
            budget,
        }
    }

    pub(super) fn add(&mut self, serial: &SerialNumber, mark: Mark) -> Result<(), Code> {
        let packed = self.aside.pack(mark);
        match u64::of(serial) {
            Some(key) => self.add_narrow(key, packed, mark.revoked_at),
            None => {
                self.take_room()?;
                let key = Wide::of(serial).ok_or(Code::RevocationSerial)?;
                self.wide.add(key, packed, mark.revoked_at);
                Ok(())
            }
        }
    }

    pub(super) fn add_narrow(
        &mut self,
        key: u64,
        packed: PackedMark,
        revoked_at: Time,
    ) -> Result<(), Code> {
        self.take_room()?;
        self.narrow.add(key, packed, revoked_at);
        Ok(())
    }

    /// Does a part of what is left to do when all entries have come. False if
    /// all of it is done.
    pub(super) fn sort_ahead(&mut self) -> bool {
        self.narrow.sort_ahead() || self.wide.sort_ahead()
    }

    fn take_room(&mut self) -> Result<(), Code> {
        if self.count >= self.budget {
            return Err(Code::RevocationTooLarge);
        }
        self.count += 1;
        Ok(())
    }
}

/// Entries in no order.
pub(super) struct Heap<K> {
    pub(super) extent: Extent<K>,
    /// The first records, until the partitions are chosen by them.
    sample: Vec<Record<K>>,
    /// Where the partitions begin.
    floor: K,
    /// Binary digits of the keys in one partition.
    shift: u32,
    partitions: Vec<Partition<K>>,
    expected: u64,
    /// How many of the partitions are sorted, from the front on; none before
    /// all records have come.
    sorted: Option<usize>,
}

impl<K: Key> Heap<K> {
    fn new(expected: u64) -> Self {
        Self {
            extent: Extent::default(),
            sample: Vec::new(),
            floor: K::ZERO,
            shift: 0,
            partitions: Vec::new(),
            expected,
            sorted: None,
        }
    }

    /// For about so many records with these keys. None if all keys are equal.
    pub(super) fn over(expected: u64, keys: impl Iterator<Item = K>) -> Option<Self> {
        let mut heap = Self::new(expected);
        keys.for_each(|key| heap.extent.widen(key));
        if heap.extent.keys.is_none_or(|(low, high)| low == high) {
            return None;
        }
        heap.partition();
        Some(heap)
    }

    fn add(&mut self, key: K, packed: PackedMark, revoked_at: Time) {
        self.extent.add(key, revoked_at);
        if !self.partitions.is_empty() {
            return self.throw((key, packed));
        }
        self.sample.push((key, packed));
        if self.sample.len() >= SAMPLE {
            self.partition();
        }
    }

    /// Chooses the partitions by what has come so far. Keys above and below go
    /// to the last and the first; a list that ascends ends up in the last, and
    /// in order.
    fn partition(&mut self) {
        let wanted = (self.expected / PARTITION).clamp(1, PARTITIONS).ilog2();
        if let Some((low, high)) = self.extent.keys {
            let digits = high.above(low).map_or(0, K::bits);
            self.floor = low;
            self.shift = digits.saturating_sub(wanted);
        }
        self.partitions.resize_with(1 << wanted, Partition::default);
        for record in std::mem::take(&mut self.sample) {
            self.throw(record);
        }
    }

    pub(super) fn throw(&mut self, record: Record<K>) {
        let number = match record.0.above(self.floor) {
            Some(distance) => distance.high(self.shift),
            None => 0,
        };
        let last = self.partitions.len().saturating_sub(1);
        let number = usize::try_from(number).unwrap_or(last).min(last);
        if let Some(partition) = self.partitions.get_mut(number) {
            partition.push(record);
        }
    }

    /// Adds the partitions to `all` in the order of their keys, none of them
    /// much larger than a cache.
    pub(super) fn divide(self, all: &mut Vec<Partition<K>>) {
        let partitions = self.partitions.into_iter();
        partitions.for_each(|partition| partition.divide(all));
    }

    /// All records have come.
    fn close(&mut self) -> usize {
        if self.partitions.is_empty() {
            self.partition();
        }
        let mut all = Vec::with_capacity(self.partitions.len());
        let partitions = std::mem::take(&mut self.partitions).into_iter();
        partitions.for_each(|partition| partition.divide(&mut all));
        self.partitions = all;
        *self.sorted.insert(0)
    }

    /// Sorts one more partition. False if all are.
    fn sort_ahead(&mut self) -> bool {
        let sorted = self.sorted.unwrap_or_else(|| self.close());
        let Some(partition) = self.partitions.get_mut(sorted) else {
            return false;
        };
        *partition = std::mem::take(partition).sort();
        self.sorted = Some(sorted + 1);
        true
    }

    /// The partitions in the order of their keys.
    pub(super) fn into_partitions(mut self) -> Vec<Partition<K>> {
        if self.sorted.is_none() {
            self.close();
        }
        self.partitions
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> impl Strategy<Value = Vec<u64>> {
        let key = prop_oneof![
            any::<u64>(),
            0..1000_u64,
            (0..50_u64).prop_map(|n| u64::MAX - n),
            (0..64_u32).prop_map(|n| 1 << n),
        ];
        proptest::collection::vec(key, 0..12_000)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn partitions_are_sorted_and_follow_each_other(
            keys in keys(),
            ascending: bool,
            ahead in 0..20_usize,
        ) {
            let mut keys = keys;
            if ascending {
                keys.sort_unstable();
            }
            let mut heap = Heap::<u64>::new(100_000);
            let mark = Mark {
                reason: 0,
                revoked_at: Time::from_unix(0),
                invalid_since: None,
            };
            let mut aside = Aside::default();
            for key in &keys {
                heap.add(*key, aside.pack(mark), mark.revoked_at);
            }
            for _ in 0..ahead {
                heap.sort_ahead();
            }
            let mut scratch = Vec::new();
            let partitions = heap.into_partitions().into_iter();
            let mut sorted: Vec<u64> = Vec::new();
            for partition in partitions {
                partition.sort_into(&mut scratch);
                sorted.extend(scratch.iter().map(|(key, _)| *key));
            }
            keys.sort_unstable();
            prop_assert_eq!(sorted, keys);
        }
    }
}
