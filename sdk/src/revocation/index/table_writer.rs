//! Writes a table from front to back.

use std::io::{self, Write};

use crate::revocation::index::blocks::BlockWriter;
use crate::revocation::index::key::Key;
use crate::revocation::index::mark::Mark;
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
        let (low, high) = self.keys.unwrap_or((key, key));
        self.keys = Some((low.min(key), high.max(key)));
        let (oldest, newest) = self.dates.unwrap_or((date, date));
        self.dates = Some((oldest.min(date), newest.max(date)));
    }

    /// The layout in which such rows take least.
    fn layout(&self, origins: bool) -> Layout<K> {
        let (min, max) = self.keys.unwrap_or((K::ZERO, K::ZERO));
        let digits = max.above(min).map_or(0, K::bits);
        let buckets = buckets(self.count, digits);
        let (oldest, newest) = self
            .dates
            .unwrap_or((Time::from_unix(0), Time::from_unix(0)));
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
}

/// How many binary digits name a bucket: between four and sixteen rows share
/// one where they are spread evenly, so that both the place and the rows are
/// in one line of the cache or two. Of those the number that saves most octets.
fn buckets(count: u64, digits: u32) -> u32 {
    let log = count.max(1).ilog2();
    let octets = |buckets: u32| {
        let rows = count * u64::from((digits - buckets).div_ceil(8));
        rows + (4 << buckets)
    };
    let candidates = log.saturating_sub(3).min(digits)..=log.saturating_sub(1).min(digits);
    candidates.min_by_key(|b| octets(*b)).unwrap_or(0)
}

/// Takes rows in the order of their keys.
pub(super) struct TableWriter<K> {
    layout: Layout<K>,
    row: Vec<u8>,
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
            row: Vec::with_capacity(layout.row()),
            directory: Vec::with_capacity(usize::try_from(layout.places()).unwrap_or(0)),
            layout,
            invalidities: Vec::new(),
        }
    }

    /// Writes a row; its key is above those before it.
    pub(super) fn push<W: Write>(
        &mut self,
        out: &mut BlockWriter<W>,
        key: K,
        mark: Mark,
        origin: u32,
    ) -> io::Result<()> {
        let layout = &mut self.layout;
        let distance = key.above(layout.min).unwrap_or(K::ZERO);
        let shift = u32::from(layout.shift);
        while (self.directory.len() as u64) <= distance.high(shift) {
            self.directory.push(layout.count);
        }
        let seconds = mark.revoked_at.as_unix() - layout.oldest.as_unix();
        let mut date = seconds.cast_unsigned();
        if let Some(since) = mark.invalid_since {
            date |= 1 << (u32::from(layout.date) * 8 - 1);
            self.invalidities.push((layout.count, since));
        }
        self.row.clear();
        let rest = distance.low(shift).octets();
        self.row.extend(rest.iter().take(layout.rest()));
        self.row.push(mark.reason.number());
        self.row
            .extend(date.to_le_bytes().iter().take(usize::from(layout.date)));
        if layout.origins {
            self.row.extend(origin.to_le_bytes());
        }
        layout.count += 1;
        out.put(&self.row)
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
