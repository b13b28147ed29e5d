//! Rows of neighbouring keys, encoded apart from the others.

use crate::limits;
use crate::revocation::index::key::Key;
use crate::revocation::index::mark::Mark;
use crate::revocation::index::table::{Layout, ORIGIN};
use crate::time::Time;

/// Octets that are written behind a row and overwritten by the next one.
const SLACK: usize = limits::SERIAL + 1 + 8 + ORIGIN;

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
    /// No rows yet, and room for so many.
    pub(super) fn new(layout: &Layout<K>, count: usize) -> Self {
        Self {
            octets: vec![0; count * layout.row() + SLACK],
            length: 0,
            count: 0,
            buckets: Vec::new(),
            invalidities: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// Adds a row; its key is above those before it.
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
        let row = self.octets.get_mut(self.length..).unwrap_or_default();
        write(row, &distance.low(shift).octets());
        let behind = row.get_mut(layout.rest()..).unwrap_or_default();
        write(behind, &[mark.reason]);
        let behind = behind.get_mut(1..).unwrap_or_default();
        write(behind, &date.to_le_bytes());
        if layout.origins {
            let behind = behind.get_mut(usize::from(layout.date)..);
            write(behind.unwrap_or_default(), &origin.to_le_bytes());
        }
        self.length = end;
        self.count += 1;
    }

    /// The rows.
    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

/// Writes `octets` to the beginning of `to`, in one piece of known size.
fn write<const N: usize>(to: &mut [u8], octets: &[u8; N]) {
    if let Some(to) = to.first_chunk_mut() {
        *to = *octets;
    }
}
