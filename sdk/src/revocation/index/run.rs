//! Rows of neighbouring keys, encoded apart from the others.

use crate::limits;
use crate::revocation::index::key::Key;
use crate::revocation::index::mark::Mark;
use crate::revocation::index::table::Layout;
use crate::time::Time;

/// Octets at least as many as are written behind a row and overwritten by the
/// next one: a key and what is behind it are written in two pieces of known
/// size.
const SLACK: usize = limits::SERIAL + size_of::<u128>();

/// Encoded rows with ascending keys.
pub(super) struct Run<K> {
    /// The rows, and some octets that are none.
    octets: Vec<u8>,
    /// Octets of rows.
    length: usize,
    pub(super) count: u32,
    /// The buckets that have rows, with their number.
    pub(super) buckets: Vec<(u64, u32)>,
    /// The rows with an invalidity date, by their number in the run.
    pub(super) invalidities: Vec<(u32, Time)>,
    /// The keys, for whoever compares them with others.
    pub(super) keys: Vec<K>,
}

impl<K: Key> Run<K> {
    /// No rows yet, and room for so many. `octets` may be those of another run
    /// that is done with.
    pub(super) fn new(layout: &Layout<K>, count: usize, mut octets: Vec<u8>) -> Self {
        let room = count * layout.row() + SLACK;
        octets.resize(octets.len().max(room), 0);
        Self {
            octets,
            length: 0,
            count: 0,
            buckets: Vec::new(),
            invalidities: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// Adds a row; its key is above those before it.
    #[inline]
    pub(super) fn push(&mut self, layout: &Layout<K>, key: K, mark: Mark, origin: u32) {
        let distance = key.above(layout.min).unwrap_or(K::ZERO);
        let shift = u32::from(layout.shift);
        let bucket = distance.high(shift);
        match self.buckets.last_mut() {
            Some((last, count)) if *last == bucket => *count += 1,
            Some(_) | None => self.buckets.push((bucket, 1)),
        }
        let mut date = mark
            .revoked_at
            .as_unix()
            .wrapping_sub(layout.oldest.as_unix())
            .cast_unsigned();
        if let Some(since) = mark.invalid_since {
            date |= 1 << (u32::from(layout.date) * 8 - 1);
            self.invalidities.push((self.count, since));
        }
        let end = self.length + layout.row();
        if self.octets.len() < end + SLACK {
            self.octets.resize(end + SLACK, 0);
        }
        let mut behind = u128::from(date) << 8 | u128::from(mark.reason);
        if layout.origins {
            behind |= u128::from(origin) << (8 * (1 + u32::from(layout.date)));
        }
        let row = self.octets.get_mut(self.length..).unwrap_or_default();
        distance.low(shift).write(row);
        let row = row.get_mut(layout.rest()..).unwrap_or_default();
        if let Some(row) = row.first_chunk_mut() {
            *row = behind.to_le_bytes();
        }
        self.length = end;
        self.count += 1;
    }

    /// The memory of the rows, for another run.
    pub(super) fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// The rows.
    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}
