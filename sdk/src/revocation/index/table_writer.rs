//! Writes a table from front to back.

use std::io::{self, Write};

use crate::revocation::index::blocks::BlockWriter;
use crate::revocation::index::key::Key;
use crate::revocation::index::run::Run;
use crate::revocation::index::table::{Layout, PADDING};
use crate::time::Time;

/// What a table has to be made for; more is known when it is written.
#[derive(Clone, Copy)]
pub(super) struct Extent<K> {
    /// How many rows there are at most.
    pub(super) count: u64,
    /// The lowest and the highest key.
    pub(super) keys: Option<(K, K)>,
    /// The earliest and the latest date.
    pub(super) dates: Option<(Time, Time)>,
}

impl<K> Default for Extent<K> {
    fn default() -> Self {
        Self {
            count: 0,
            keys: None,
            dates: None,
        }
    }
}

impl<K: Key> Extent<K> {
    /// Makes room for a row.
    pub(super) fn add(&mut self, key: K, date: Time) {
        self.count += 1;
        self.widen(key);
        self.span(date);
    }

    /// Reaches to a date.
    pub(super) fn span(&mut self, date: Time) {
        let (oldest, newest) = self.dates.unwrap_or((date, date));
        self.dates = Some((oldest.min(date), newest.max(date)));
    }

    /// Reaches to a key.
    pub(super) fn widen(&mut self, key: K) {
        let (low, high) = self.keys.unwrap_or((key, key));
        self.keys = Some((low.min(key), high.max(key)));
    }

    /// The layout in which such rows take least.
    fn layout(&self, origins: bool) -> Layout<K> {
        let (min, max) = self.keys.unwrap_or((K::ZERO, K::ZERO));
        let (min, digits, buckets) = self.spread(min, max);
        let (oldest, newest) = self.dates.unwrap_or((EPOCH, EPOCH));
        let oldest = Time::from_unix(oldest.as_unix().div_euclid(ERA).saturating_mul(ERA));
        let span = newest.as_unix().saturating_sub(oldest.as_unix());
        // The highest bit is taken; what a list can write fits 39.
        let date = if span >> 31 == 0 { 4 } else { 5 };
        Layout {
            count: 0,
            min,
            shift: u8::try_from(digits - buckets).unwrap_or(u8::MAX),
            buckets: u8::try_from(buckets).unwrap_or(u8::MAX),
            oldest,
            date,
            origins,
            rows: 0,
            directory: 0,
            invalidities: 0,
            invalidity_count: 0,
        }
    }

    /// From where keys are counted, and how many digits they then have, in all
    /// and for the bucket.
    ///
    /// They are counted from where a bucket begins and not from the lowest: so
    /// two lists of a series have most of their octets in common, although one
    /// certificate more or less is the lowest, and [`Changes`] skips them.
    ///
    /// [`Changes`]: crate::revocation::index::Changes
    fn spread(&self, min: K, max: K) -> (K, u32, u32) {
        let digits = |min| max.above(min).map_or(0, K::bits);
        let mut all = digits(min);
        let buckets = buckets(self.count, all);
        if buckets == 0 {
            return (min, all, 0);
        }
        loop {
            let begin = min.above(min.low(all - buckets)).unwrap_or(min);
            if digits(begin) <= all {
                return (begin, all, buckets);
            }
            // Once at most: half of the keys are above then.
            all += 1;
        }
    }
}

/// Dates are counted from a multiple of so many seconds, about half a year: as
/// the keys from where a bucket begins.
const ERA: i64 = 1 << 24;

const EPOCH: Time = Time::from_unix(0);

/// How many binary digits name a bucket: between 32 and 128 rows share one
/// where they are spread evenly. So the directory of ten million rows stays in
/// the cache, and a guess at the place in the bucket is off by a few rows. Of
/// those the number that saves most octets.
fn buckets(count: u64, digits: u32) -> u32 {
    let log = count.max(1).ilog2();
    let octets = |buckets: u32| {
        let rows = count * u64::from((digits - buckets).div_ceil(8));
        rows + (4 << buckets)
    };
    let candidates = log.saturating_sub(6).min(digits)..=log.saturating_sub(4).min(digits);
    candidates.min_by_key(|b| octets(*b)).unwrap_or(0)
}

/// Takes rows in the order of their keys.
pub(super) struct TableWriter<K> {
    layout: Layout<K>,
    /// Where buckets begin, as far as they are known.
    directory: Vec<u32>,
    invalidities: Vec<(u32, Time)>,
}

impl<K: Key> TableWriter<K> {
    /// Begins at the position where `out` is.
    pub(super) fn new<W: Write>(extent: &Extent<K>, origins: bool, out: &BlockWriter<W>) -> Self {
        let mut layout = extent.layout(origins);
        layout.rows = out.position();
        Self {
            directory: Vec::with_capacity(usize::try_from(layout.places()).unwrap_or(0)),
            layout,
            invalidities: Vec::new(),
        }
    }

    /// How rows are to be encoded.
    pub(super) fn layout(&self) -> Layout<K> {
        self.layout
    }

    /// Writes encoded rows; their keys are above those before them.
    pub(super) fn append<W: Write>(
        &mut self,
        out: &mut BlockWriter<W>,
        run: &Run<K>,
    ) -> io::Result<()> {
        let mut place = self.layout.count;
        for (bucket, count) in &run.buckets {
            while (self.directory.len() as u64) <= *bucket {
                self.directory.push(place);
            }
            place += count;
        }
        let numbered = |(number, since): &(u32, Time)| (self.layout.count + number, *since);
        self.invalidities
            .extend(run.invalidities.iter().map(numbered));
        self.layout.count += run.count;
        out.put(run.octets())
    }

    /// Writes what stands behind the rows.
    pub(super) fn finish<W: Write>(mut self, out: &mut BlockWriter<W>) -> io::Result<Layout<K>> {
        let mut layout = self.layout;
        out.put(&[0; PADDING])?;
        while (self.directory.len() as u64) < layout.places() {
            self.directory.push(layout.count);
        }
        layout.directory = out.position();
        for place in &self.directory {
            out.put(&place.to_le_bytes())?;
        }
        layout.invalidities = out.position();
        layout.invalidity_count = u32::try_from(self.invalidities.len()).unwrap_or(u32::MAX);
        for (number, since) in &self.invalidities {
            out.put(&number.to_le_bytes())?;
            out.put(&since.as_unix().to_le_bytes())?;
        }
        Ok(layout)
    }
}
