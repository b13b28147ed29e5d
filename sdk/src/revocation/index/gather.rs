//! Entries as they come, sorted when all have come.
//!
//! While a list is read, its entries are thrown into partitions by the highest
//! digits of their keys, so that what is left to do at the end fits the cache
//! and can be done on several cores.
//!
//! A record takes two steps on the way, because hundreds of places to write to
//! at once are more than a cache keeps: the recent ones stand together as they
//! came, and some of each partition on a stage of its own.

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::revocation::index::key::{Key, Wide};
use crate::revocation::index::mark::{Aside, Mark, PackedMark};
use crate::revocation::index::partition::{Partition, Record};
use crate::revocation::index::table_writer::Extent;

/// Records from which the range of the keys is guessed.
const SAMPLE: usize = 4096;

/// Records that are thrown at once.
const RECENT: usize = 512;

/// Records that a partition gets at once: some lines of the cache, so that the
/// next one is on its way while one is written.
const STAGE: usize = 16;

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
        self.take_room()?;
        let packed = self.aside.pack(mark);
        match u64::of(serial) {
            Some(key) => {
                self.narrow.extent.span(mark.revoked_at);
                self.narrow.add(key, packed);
            }
            None => {
                let key = Wide::of(serial).ok_or(Code::RevocationSerial)?;
                self.wide.extent.span(mark.revoked_at);
                self.wide.add(key, packed);
            }
        }
        Ok(())
    }

    /// Adds an entry whose date is in `packed`.
    #[inline]
    pub(super) fn add_narrow(&mut self, key: u64, packed: PackedMark) -> Result<(), Code> {
        self.take_room()?;
        self.narrow.add(key, packed);
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
    extent: Extent<K>,
    /// The records that came last and are in no partition yet.
    recent: Vec<Record<K>>,
    /// How many of them there may be.
    limit: usize,
    /// Where the partitions begin.
    floor: K,
    /// Binary digits of the keys in one partition.
    shift: u32,
    partitions: Vec<Partition<K>>,
    /// A stage for each partition, and how many records stand there.
    stages: Vec<([Record<K>; STAGE], usize)>,
    expected: u64,
    /// How many of the partitions are sorted, from the front on; none before
    /// all records have come.
    sorted: Option<usize>,
}

impl<K: Key> Heap<K> {
    fn new(expected: u64) -> Self {
        Self {
            extent: Extent::default(),
            recent: Vec::new(),
            limit: SAMPLE,
            floor: K::ZERO,
            shift: 0,
            partitions: Vec::new(),
            stages: Vec::new(),
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

    /// Adds a record. A date that is not in `packed` lies within the extent.
    #[inline]
    fn add(&mut self, key: K, packed: PackedMark) {
        self.recent.push((key, packed));
        if self.recent.len() >= self.limit {
            self.throw_recent();
        }
    }

    /// Moves the recent records on to where they belong.
    #[inline(never)]
    fn throw_recent(&mut self) {
        if self.recent.is_empty() {
            return;
        }
        let mut recent = std::mem::take(&mut self.recent);
        let mut extent = self.extent;
        for (key, packed) in &recent {
            extent.count += 1;
            extent.widen(*key);
            if let Some(revoked_at) = packed.revoked_at() {
                extent.span(revoked_at);
            }
        }
        self.extent = extent;
        if self.partitions.is_empty() {
            self.partition();
        }
        recent.drain(..).for_each(|record| self.throw(record));
        self.recent = recent;
        self.limit = RECENT;
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
        let nothing = ([(K::ZERO, PackedMark::NONE); STAGE], 0);
        self.stages.resize(1 << wanted, nothing);
    }

    pub(super) fn throw(&mut self, record: Record<K>) {
        let number = match record.0.above(self.floor) {
            Some(distance) => distance.high(self.shift),
            None => 0,
        };
        let last = self.stages.len().saturating_sub(1);
        let number = usize::try_from(number).unwrap_or(last).min(last);
        let Some((stage, held)) = self.stages.get_mut(number) else {
            return;
        };
        if let Some(place) = stage.get_mut(*held) {
            *place = record;
            *held += 1;
        }
        if *held >= STAGE
            && let Some(partition) = self.partitions.get_mut(number)
        {
            partition.extend(stage);
            *held = 0;
        }
    }

    /// Adds the partitions to `all` in the order of their keys, none of them
    /// much larger than a cache.
    pub(super) fn divide(self, all: &mut Vec<Partition<K>>) {
        for (mut partition, (stage, held)) in self.partitions.into_iter().zip(self.stages) {
            partition.extend(stage.get(..held).unwrap_or_default());
            partition.divide(all);
        }
    }

    /// All records have come. Returns how many partitions are sorted.
    fn close(&mut self) -> usize {
        if let Some(sorted) = self.sorted {
            return sorted;
        }
        self.throw_recent();
        let heap = std::mem::replace(self, Self::new(self.expected));
        self.extent = heap.extent;
        heap.divide(&mut self.partitions);
        *self.sorted.insert(0)
    }

    /// Sorts one more partition, when all records have come. False if all are.
    fn sort_ahead(&mut self) -> bool {
        let sorted = self.close();
        let Some(partition) = self.partitions.get_mut(sorted) else {
            return false;
        };
        *partition = std::mem::take(partition).sort();
        self.sorted = Some(sorted + 1);
        true
    }

    /// The partitions in the order of their keys.
    pub(super) fn into_partitions(mut self) -> (Extent<K>, Vec<Partition<K>>) {
        self.close();
        (self.extent, self.partitions)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Time;

    fn keys() -> impl Strategy<Value = Vec<u64>> {
        let key = prop_oneof![
            any::<u64>(),
            0..1000_u64,
            (0..50_u64).prop_map(|n| u64::MAX - n),
            (0..64_u32).prop_map(|n| 1 << n),
        ];
        proptest::collection::vec(key, 0..12_000)
    }

    /// The keys as partitions give them, of which some are sorted ahead.
    fn through(keys: &[u64], expected: u64, ahead: usize) -> Vec<u64> {
        let mut heap = Heap::new(expected);
        let mark = Mark {
            reason: 0,
            revoked_at: Time::from_unix(0),
            invalid_since: None,
        };
        let mut aside = Aside::default();
        for key in keys {
            heap.add(*key, aside.pack(mark));
        }
        for _ in 0..ahead {
            heap.sort_ahead();
        }
        let (extent, partitions) = heap.into_partitions();
        assert_eq!(extent.count, keys.len() as u64);
        let mut scratch = Vec::new();
        let mut sorted = Vec::new();
        for partition in partitions {
            partition.sort_into(&mut scratch);
            sorted.extend(scratch.iter().map(|(key, _)| *key));
        }
        sorted
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
            let sorted = through(&keys, 100_000, ahead);
            keys.sort_unstable();
            prop_assert_eq!(sorted, keys);
        }
    }

    /// The first keys say nothing about those that follow.
    #[test]
    fn partitions_that_become_large_are_divided() {
        let spread = (0..SAMPLE as u64).map(|n| n << 52);
        let many = 0..200_000_u64;
        let lists: [Vec<u64>; 3] = [
            spread.clone().chain(many.clone()).collect(),
            spread.clone().chain(many.clone().rev()).collect(),
            spread.chain(many.map(|n| n * n % 1_009)).collect(),
        ];
        for mut keys in lists {
            for ahead in [0, 3, 10_000] {
                let sorted = through(&keys, 1_000_000, ahead);
                let mut expected = keys.clone();
                expected.sort_unstable();
                assert!(sorted == expected, "{ahead}");
            }
            keys.sort_unstable();
            assert!(through(&keys, 1_000_000, 1) == keys);
        }
    }
}
