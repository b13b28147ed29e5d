//! Entries as they come, sorted when all have come.
//!
//! While a list is read, its entries are thrown into partitions by the highest
//! digits of their keys, so that what is left to do at the end fits the cache
//! and can be done on several cores.

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::revocation::entries::Entry;
use crate::revocation::index::key::{Key, Wide};
use crate::revocation::index::mark::{Aside, Mark, PackedMark};
use crate::revocation::index::table_writer::Extent;
use crate::time::Time;

/// A row while the list is being read.
pub(super) type Record<K> = (K, PackedMark);

/// Records of a partition that are allocated at once.
const BLOCK: usize = 256;

/// Records from which the range of the keys is guessed.
const SAMPLE: usize = 4096;

/// Records that a partition should have.
const PARTITION: u64 = 2048;

/// More partitions than this are more places to write to than caches keep.
const PARTITIONS: u64 = 256;

/// A partition of more records is divided.
const LARGE: usize = 65536;

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
        }
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

    fn throw(&mut self, record: Record<K>) {
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

    /// The partitions in the order of their keys, none of them much larger than
    /// a cache.
    pub(super) fn into_partitions(mut self) -> Vec<Partition<K>> {
        if self.partitions.is_empty() {
            self.partition();
        }
        let mut all = Vec::with_capacity(self.partitions.len());
        self.partitions
            .into_iter()
            .for_each(|partition| partition.divide(&mut all));
        all
    }
}

/// Records with keys of one range.
pub(super) struct Partition<K> {
    full: Vec<Vec<Record<K>>>,
    open: Vec<Record<K>>,
}

impl<K> Default for Partition<K> {
    fn default() -> Self {
        Self {
            full: Vec::new(),
            open: Vec::new(),
        }
    }
}

impl<K: Key> Partition<K> {
    fn push(&mut self, record: Record<K>) {
        if self.open.len() == self.open.capacity() {
            let full = std::mem::replace(&mut self.open, Vec::with_capacity(BLOCK));
            if !full.is_empty() {
                self.full.push(full);
            }
        }
        self.open.push(record);
    }

    /// How many records there are, or somewhat more.
    fn len(&self) -> usize {
        self.full.len() * BLOCK + self.open.len()
    }

    fn records(&self) -> impl Iterator<Item = &Record<K>> {
        self.full.iter().flatten().chain(&self.open)
    }

    /// Adds this partition to `all`, in pieces if it is large: keys that
    /// ascend, or that are not spread as the first of them were.
    fn divide(self, all: &mut Vec<Self>) {
        if self.len() <= LARGE {
            return all.push(self);
        }
        if self.records().is_sorted_by_key(|(key, _)| *key) {
            return self.cut(all);
        }
        let mut heap = Heap::new(self.len() as u64);
        for (key, _) in self.records() {
            heap.extent.widen(*key);
        }
        if heap.extent.keys.is_none_or(|(low, high)| low == high) {
            return all.push(self);
        }
        heap.partition();
        for block in self.full.into_iter().chain([self.open]) {
            block.into_iter().for_each(|record| heap.throw(record));
        }
        // Each of them has at least four binary digits less than this one.
        heap.partitions
            .into_iter()
            .for_each(|partition| partition.divide(all));
    }

    /// Cuts a sorted partition where keys differ.
    fn cut(self, all: &mut Vec<Self>) {
        let mut piece = Self::default();
        for block in self.full.into_iter().chain([self.open]) {
            let last = piece.full.last().and_then(|block| block.last());
            let differs = last.map(|r| r.0) != block.first().map(|r| r.0);
            if differs && piece.len() > LARGE / 2 {
                all.push(std::mem::take(&mut piece));
            }
            piece.full.push(block);
        }
        all.push(piece);
    }

    /// The records in the order of their keys.
    pub(super) fn sort(self, scratch: &mut Vec<Record<K>>) -> Vec<Record<K>> {
        let mut records = Vec::with_capacity(self.len());
        for block in self.full.into_iter().chain([self.open]) {
            records.extend_from_slice(&block);
        }
        if !records.is_sorted_by_key(|(key, _)| *key) {
            if count_into(&records, scratch) {
                std::mem::swap(&mut records, scratch);
            }
            settle_places(&mut records);
        }
        records
    }
}

/// The most records for which the counting sort is worth its counters.
const COUNTED: usize = 1 << 16;

/// The most records with the same counter: what is left to do for them grows
/// with its square.
const CROWD: u32 = 24;

/// Copies the records into `sorted`, almost in the order of their keys: as many
/// counters as records, by the highest digits. False if there are too many
/// records, or so many share a counter that this would not help.
fn count_into<K: Key>(records: &[Record<K>], sorted: &mut Vec<Record<K>>) -> bool {
    let (Some(first), true) = (records.first(), records.len() <= COUNTED) else {
        return false;
    };
    let keys = || records.iter().map(|(key, _)| *key);
    let (low, high) = keys().fold((first.0, first.0), |(l, h), k| (l.min(k), h.max(k)));
    let digits = high.above(low).map_or(0, K::bits);
    let shift = digits.saturating_sub(records.len().ilog2());
    // Below 2^17, since the shift leaves at most one digit more than a count.
    let place = |key: K| key.above(low).map_or(0, |d| d.high(shift)) as usize;
    let mut starts = vec![0_u32; place(high) + 2];
    for key in keys() {
        if let Some(count) = starts.get_mut(place(key) + 1) {
            *count += 1;
        }
    }
    if starts.iter().any(|count| *count > CROWD) {
        return false;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    sorted.clear();
    sorted.resize(records.len(), *first);
    for record in records {
        let Some(next) = starts.get_mut(place(record.0)) else {
            return false;
        };
        if let Some(to) = sorted.get_mut(*next as usize) {
            *to = *record;
        }
        *next += 1;
    }
    true
}

/// Puts the records in the order of their keys: quickly if they almost are.
fn settle_places<K: Key>(records: &mut [Record<K>]) {
    let mut steps = 0;
    for end in 1..records.len() {
        let mut place = end;
        while place > 0
            && let Some([before, record]) = records.get_mut(place - 1..=place)
            && before.0 > record.0
        {
            std::mem::swap(before, record);
            place -= 1;
            steps += 1;
        }
        if steps > 16 * end + 1024 {
            return records.sort_unstable_by_key(|(key, _)| *key);
        }
    }
}

/// Of sorted records one for each key, the one that takes precedence. Adds to
/// `conflicts` how many contradicted it.
pub(super) fn settle<'r, K: Key>(
    records: &'r [Record<K>],
    aside: &'r Aside,
    conflicts: &'r mut u64,
) -> impl Iterator<Item = Record<K>> + 'r {
    let runs = records.chunk_by(|one, other| one.0 == other.0);
    runs.filter_map(move |run| match run {
        [record] => Some(*record),
        run => contradiction(run, aside, conflicts),
    })
}

/// Of several records of one key the one that takes precedence.
#[cold]
fn contradiction<K: Key>(
    run: &[Record<K>],
    aside: &Aside,
    conflicts: &mut u64,
) -> Option<Record<K>> {
    let serial = run.first()?.0.serial()?;
    let entry = |(_, packed): &Record<K>| aside.unpack(*packed).entry(serial);
    let chosen = run.iter().min_by_key(|r| entry(r).precedence())?;
    let said: Entry = entry(chosen);
    *conflicts += run.iter().filter(|r| entry(r) != said).count() as u64;
    Some(*chosen)
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
        fn partitions_are_sorted_and_follow_each_other(keys in keys(), ascending: bool) {
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
            let mut scratch = Vec::new();
            let partitions = heap.into_partitions().into_iter();
            let sorted: Vec<u64> = partitions
                .flat_map(|p| p.sort(&mut scratch))
                .map(|(key, _)| key)
                .collect();
            keys.sort_unstable();
            prop_assert_eq!(sorted, keys);
        }
    }
}
