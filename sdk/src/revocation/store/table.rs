//! Which partitions of an issuer may hold a serial number.
//!
//! A hash table in one run of octets: for every serial number a fingerprint
//! and the place of its partition, in buckets by hash. It names partitions
//! that are then asked; it never answers. A miss reads one bucket.
//!
//! | part | octets |
//! |---|---|
//! | where each bucket begins, and where the last one ends | 4 × (buckets + 1) |
//! | items by bucket: place and fingerprint in one number | 3 × items |

use crate::certificate::SerialNumber;
use crate::revocation::index::{Blocks, Damaged};

/// Items per bucket, on average: two cache lines hold most buckets.
const LOAD: u64 = 16;
const OFFSET: usize = 4;
const ITEM: usize = 3;
const ITEM_BITS: u32 = 24;

/// How a table is laid out: follows from how much is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    items: u64,
    buckets: u64,
    /// How many low bits of an item are the place of the partition.
    place_bits: u32,
}

impl Layout {
    /// For `items` serial numbers in `places` partitions.
    pub(super) fn new(items: u64, places: usize) -> Option<Self> {
        let place_bits = usize::BITS - places.leading_zeros();
        let fits = items <= u64::from(u32::MAX) && place_bits < ITEM_BITS;
        fits.then_some(Self {
            items,
            buckets: (items / LOAD).max(1),
            place_bits,
        })
    }

    /// Where the items begin.
    fn start(self) -> u64 {
        (self.buckets + 1) * OFFSET as u64
    }

    /// How long the table is, in octets.
    pub(super) fn length(self) -> u64 {
        self.start() + self.items * ITEM as u64
    }

    /// The bucket of a hash, by its high bits.
    fn bucket(self, hash: u64) -> u64 {
        // The product is less than buckets × 2⁶⁴.
        let product = u128::from(hash) * u128::from(self.buckets);
        (product >> 64) as u64
    }

    /// The item of a hash in the partition at `place`: the low bits of the hash
    /// above the place.
    fn item(self, hash: u64, place: u32) -> u32 {
        let fingerprint = (hash as u32) << self.place_bits;
        (fingerprint | place) & ((1 << ITEM_BITS) - 1)
    }

    fn place(self, item: u32) -> u32 {
        item & ((1 << self.place_bits) - 1)
    }
}

/// A hash that stays what it is: tables outlive the process.
pub(super) fn hash(serial: &SerialNumber) -> u64 {
    const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
    let octets = serial.as_unsigned();
    let mut hash = SEED ^ octets.len() as u64;
    for chunk in octets.chunks(8) {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        hash = fold(hash ^ u64::from_le_bytes(word), 0xd6e8_feb8_6659_fd93);
    }
    fold(hash, SEED)
}

/// The halves of a product of 128 bits, together.
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    (product >> 64) as u64 ^ product as u64
}

/// A table that can be asked.
pub(super) struct Table {
    layout: Layout,
    blocks: Blocks,
}

impl Table {
    pub(super) const fn new(layout: Layout, blocks: Blocks) -> Self {
        Self { layout, blocks }
    }

    /// The places whose partitions may hold the serial number with this hash.
    pub(super) fn places(&self, hash: u64) -> Result<impl Iterator<Item = u32>, Damaged> {
        let layout = self.layout;
        let bucket = layout.bucket(hash);
        let bounds = self.blocks.get(bucket * OFFSET as u64, 2 * OFFSET)?;
        let [start, end] = bounds.as_chunks::<OFFSET>().0 else {
            return Err(Damaged);
        };
        let (start, end) = (u32::from_le_bytes(*start), u32::from_le_bytes(*end));
        let length = end.checked_sub(start).ok_or(Damaged)? as usize * ITEM;
        let start = layout.start() + u64::from(start) * ITEM as u64;
        let items = match length {
            0 => &[],
            length => self.blocks.get(start, length)?.as_chunks::<ITEM>().0,
        };
        let wanted = layout.item(hash, 0) >> layout.place_bits;
        Ok(items
            .iter()
            .map(|[a, b, c]| u32::from_le_bytes([*a, *b, *c, 0]))
            .filter(move |item| item >> layout.place_bits == wanted)
            .map(move |item| layout.place(item)))
    }
}

/// Builds a table in memory, in two passes over the same serial numbers in
/// the same order: first all are counted, then all are placed.
pub(super) struct Builder {
    layout: Layout,
    /// While counting: how many items each bucket has, one further on. While
    /// placing: where the next item of each bucket goes.
    ends: Vec<u32>,
    items: Vec<u8>,
}

impl Builder {
    pub(super) fn new(layout: Layout) -> Option<Self> {
        let buckets = usize::try_from(layout.buckets).ok()?;
        Some(Self {
            layout,
            ends: vec![0; buckets.checked_add(2)?],
            items: Vec::new(),
        })
    }

    pub(super) fn count(&mut self, hash: u64) {
        let bucket = self.bucket(hash);
        if let Some(count) = self.ends.get_mut(bucket + 2) {
            *count += 1;
        }
    }

    /// From counting to placing.
    pub(super) fn settle(&mut self) -> Option<()> {
        let mut sum = 0_u32;
        for count in &mut self.ends {
            sum = sum.checked_add(*count)?;
            *count = sum;
        }
        (u64::from(sum) == self.layout.items).then_some(())?;
        self.items = vec![0; usize::try_from(sum).ok()?.checked_mul(ITEM)?];
        Some(())
    }

    /// None if it was not counted.
    pub(super) fn place(&mut self, hash: u64, place: u32) -> Option<()> {
        let bucket = self.bucket(hash);
        let next = self.ends.get_mut(bucket + 1)?;
        let start = *next as usize * ITEM;
        *next += 1;
        let item = self.layout.item(hash, place).to_le_bytes();
        let to = self.items.get_mut(start..start + ITEM)?;
        to.copy_from_slice(item.get(..ITEM)?);
        Some(())
    }

    /// The octets of the table.
    pub(super) fn finish(self) -> impl Iterator<Item = Vec<u8>> {
        let Self {
            mut ends, items, ..
        } = self;
        // The end of each bucket is by now the start of the next.
        ends.pop();
        let offsets = ends.into_iter().flat_map(u32::to_le_bytes).collect();
        [offsets, items].into_iter()
    }

    fn bucket(&self, hash: u64) -> usize {
        usize::try_from(self.layout.bucket(hash)).unwrap_or(usize::MAX - 2)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::summary;
    use super::*;

    fn build(serials: &[(SerialNumber, u32)], places: usize) -> Table {
        let layout = Layout::new(serials.len() as u64, places).unwrap();
        let mut builder = Builder::new(layout).unwrap();
        serials.iter().for_each(|(s, _)| builder.count(hash(s)));
        builder.settle().unwrap();
        for (serial, place) in serials {
            builder.place(hash(serial), *place).unwrap();
        }
        let mut file = tempfile::tempfile().unwrap();
        let (written, sum) = summary::write(builder, &mut file).unwrap();
        assert!(written > layout.length());
        let (blocks, same) = summary::open(&file, layout.length()).unwrap();
        assert_eq!(sum, same);
        Table::new(layout, blocks)
    }

    fn number(number: u32) -> SerialNumber {
        SerialNumber::from_unsigned(&(number + 1).to_be_bytes()).unwrap()
    }

    #[test]
    fn every_serial_number_finds_its_partition_and_few_find_another() {
        let places = 1741;
        let items: Vec<_> = (0..20_000).map(|n| (number(n), n % places)).collect();
        let table = build(&items, places as usize);
        let mut others = 0;
        for (serial, place) in &items {
            let found: Vec<_> = table.places(hash(serial)).unwrap().collect();
            assert!(found.contains(place));
            others += found.len() - 1;
        }
        for n in 20_000..40_000 {
            others += table.places(hash(&number(n))).unwrap().count();
        }
        // 13 bits of fingerprint, 16 items to a bucket.
        assert!(others < 40_000 / 100, "{others}");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(
            serials in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..20), 0..5_u32), 0..200),
        ) {
            let items: Vec<_> = serials
                .iter()
                .filter_map(|(octets, place)| {
                    Some((SerialNumber::from_unsigned(octets).ok()?, *place))
                })
                .collect();
            let mut expected: BTreeMap<_, Vec<u32>> = BTreeMap::new();
            for (serial, place) in &items {
                expected.entry(*serial).or_default().push(*place);
            }
            let table = build(&items, 5);
            for (serial, places) in expected {
                let found: Vec<_> = table.places(hash(&serial)).unwrap().collect();
                prop_assert!(places.iter().all(|place| found.contains(place)));
            }
        }
    }
}
