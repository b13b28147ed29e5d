//! Records with keys of one range.

use crate::revocation::entries::Entry;
use crate::revocation::index::gather::Heap;
use crate::revocation::index::key::Key;
use crate::revocation::index::mark::{Aside, PackedMark};

/// A row while the list is being read.
pub(super) type Record<K> = (K, PackedMark);

/// Records that are allocated at once.
const BLOCK: usize = 2048;

/// A partition of more records is divided.
const LARGE: usize = 65536;

/// Records with keys of one range.
pub(super) struct Partition<K> {
    blocks: Vec<Vec<Record<K>>>,
    /// Whether the keys are known to be in order.
    sorted: bool,
}

impl<K: Key> Default for Partition<K> {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            sorted: false,
        }
    }
}

impl<K: Key> Partition<K> {
    /// Records with keys in order.
    fn of_sorted(blocks: Vec<Vec<Record<K>>>) -> Self {
        Self {
            blocks,
            sorted: true,
        }
    }

    /// Adds some records.
    pub(super) fn extend(&mut self, records: &[Record<K>]) {
        match self.blocks.last_mut() {
            Some(last) if last.len() + records.len() <= last.capacity() => {
                last.extend_from_slice(records);
            }
            Some(_) | None if records.is_empty() => {}
            Some(_) | None => {
                let mut block = Vec::with_capacity(BLOCK);
                block.extend_from_slice(records);
                self.blocks.push(block);
            }
        }
    }

    fn len(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
    }

    fn keys(&self) -> impl Iterator<Item = K> {
        self.blocks.iter().flatten().map(|(key, _)| *key)
    }

    /// Adds this partition to `all`, in pieces if it is large: keys that
    /// ascend, or that are not spread as the first of them were.
    pub(super) fn divide(self, all: &mut Vec<Self>) {
        match self.len() {
            0 => return,
            1..=LARGE => return all.push(self),
            _ => {}
        }
        if self.keys().is_sorted() {
            return self.cut(all);
        }
        let Some(mut heap) = Heap::over(self.len() as u64, self.keys()) else {
            return all.push(self);
        };
        for block in self.blocks {
            block.into_iter().for_each(|record| heap.throw(record));
        }
        // Each of them has at least four binary digits less than this one.
        heap.divide(all);
    }

    /// Cuts a sorted partition where keys differ.
    fn cut(self, all: &mut Vec<Self>) {
        let mut piece: Vec<Vec<Record<K>>> = Vec::new();
        let mut length = 0;
        for block in self.blocks {
            let last = piece.last().and_then(|block| block.last());
            let differs = last.map(|r| r.0) != block.first().map(|r| r.0);
            if differs && length > LARGE / 2 {
                all.push(Self::of_sorted(std::mem::take(&mut piece)));
                length = 0;
            }
            length += block.len();
            piece.push(block);
        }
        all.push(Self::of_sorted(piece));
    }

    /// The same with its records in the order of their keys.
    pub(super) fn sort(self) -> Self {
        let mut sorted = Vec::new();
        self.sort_into(&mut sorted);
        Self::of_sorted(vec![sorted])
    }

    /// Writes the records to `sorted`, in the order of their keys.
    pub(super) fn sort_into(mut self, sorted: &mut Vec<Record<K>>) {
        if let ([only], true) = (self.blocks.as_mut_slice(), self.sorted) {
            return std::mem::swap(sorted, only);
        }
        let in_order = self.sorted || self.keys().is_sorted();
        if in_order || !self.count_into(sorted) {
            sorted.clear();
            sorted.reserve_exact(self.len());
            self.blocks.iter().for_each(|b| sorted.extend_from_slice(b));
        }
        if !in_order {
            settle_places(sorted);
        }
    }

    /// Copies the records into `sorted`, almost in the order of their keys: as
    /// many counters as records, by the highest digits. False if there are too
    /// many records, or so many share a counter that this would not help.
    fn count_into(&self, sorted: &mut Vec<Record<K>>) -> bool {
        let first = self.blocks.first().and_then(|block| block.first());
        let (Some(first), length @ ..=COUNTED) = (first, self.len()) else {
            return false;
        };
        let reach = |(l, h): (K, K), k: K| (l.min(k), h.max(k));
        let (low, high) = self.keys().fold((first.0, first.0), reach);
        let digits = high.above(low).map_or(0, K::bits);
        let shift = digits.saturating_sub(length.ilog2());
        // Below 2^17, since the shift leaves at most one digit more than a count.
        let place = |key: K| key.above(low).map_or(0, |d| d.high(shift)) as usize;
        let mut starts = vec![0_u32; place(high) + 2];
        self.keys().for_each(|key| {
            if let Some(count) = starts.get_mut(place(key) + 1) {
                *count += 1;
            }
        });
        if starts.iter().any(|count| *count > CROWD) {
            return false;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        sorted.clear();
        sorted.resize(length, *first);
        self.blocks.iter().flatten().for_each(|record| {
            if let Some(next) = starts.get_mut(place(record.0))
                && let Some(to) = sorted.get_mut(*next as usize)
            {
                *to = *record;
                *next += 1;
            }
        });
        true
    }
}

/// The most records for which the counting sort is worth its counters.
const COUNTED: usize = 1 << 16;

/// The most records with the same counter: what is left to do for them grows
/// with its square.
const CROWD: u32 = 24;

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
