//! Octets in blocks, each with its checksum.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::revocation::index::Damaged;
use crate::revocation::index::map::Map;

/// Octets of a block: verified in some microseconds when it is first touched.
pub(in crate::revocation) const BLOCK: usize = 64 * 1024;

/// Octets that are written at once.
const BUFFER: usize = 16 * BLOCK;

/// Octets of one checksum.
pub(in crate::revocation) const SUM: usize = 4;

/// Writes octets and takes the checksum of every block of them.
pub(in crate::revocation) struct BlockWriter<W> {
    out: W,
    buffer: Vec<u8>,
    sums: Vec<u8>,
    written: u64,
}

impl<W: Write> BlockWriter<W> {
    pub(in crate::revocation) fn new(out: W) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(BUFFER),
            sums: Vec::new(),
            written: 0,
        }
    }

    /// How many octets have been put so far.
    pub(in crate::revocation) fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    pub(in crate::revocation) fn put(&mut self, mut octets: &[u8]) -> io::Result<()> {
        while !octets.is_empty() {
            let room = BUFFER.saturating_sub(self.buffer.len()).min(octets.len());
            let (now, later) = octets.split_at_checked(room).unwrap_or((octets, &[]));
            self.buffer.extend_from_slice(now);
            octets = later;
            if self.buffer.len() >= BUFFER {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what is left. Returns the checksums, and where to write them.
    pub(in crate::revocation) fn finish(mut self) -> io::Result<(W, Vec<u8>)> {
        self.flush()?;
        Ok((self.out, self.sums))
    }

    fn flush(&mut self) -> io::Result<()> {
        for block in self.buffer.chunks(BLOCK) {
            self.sums.extend(crc32fast::hash(block).to_le_bytes());
        }
        self.out.write_all(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

/// Mapped octets, of which none is given out before its block was verified.
pub(in crate::revocation) struct Blocks {
    map: Map,
    /// How many octets are covered; the checksums stand behind them.
    covered: u64,
    /// A bit for each block that was found whole.
    whole: Box<[AtomicU64]>,
}

impl Blocks {
    /// The first `covered` octets of `map`. The checksums behind them have
    /// been verified themselves.
    pub(in crate::revocation) fn new(map: Map, covered: u64) -> Self {
        let blocks = covered.div_ceil(BLOCK as u64).div_ceil(64);
        let whole = (0..blocks).map(|_| AtomicU64::new(0)).collect();
        Self {
            map,
            covered,
            whole,
        }
    }

    /// The octets of the whole file.
    pub(in crate::revocation) fn len(&self) -> u64 {
        self.map.len() as u64
    }

    /// How many octets are in blocks.
    pub(in crate::revocation) fn covered(&self) -> u64 {
        self.covered
    }

    /// Verifies all blocks.
    pub(in crate::revocation) fn verify_all(&self) -> Result<(), Damaged> {
        (0..self.covered.div_ceil(BLOCK as u64)).try_for_each(|block| self.verify(block))
    }

    /// `length` octets from `offset` on, out of blocks that are whole.
    pub(in crate::revocation) fn get(&self, offset: u64, length: usize) -> Result<&[u8], Damaged> {
        let end = offset.checked_add(length as u64).ok_or(Damaged)?;
        if end > self.covered {
            return Err(Damaged);
        }
        let last = end.saturating_sub(1).max(offset) / BLOCK as u64;
        for block in offset / BLOCK as u64..=last {
            self.verify(block)?;
        }
        let start = usize::try_from(offset).map_err(|_| Damaged)?;
        let octets = self.map.get(start..).and_then(|rest| rest.get(..length));
        octets.ok_or(Damaged)
    }

    /// Verifies a block that has not been found whole before. Two threads may
    /// do so at once; both come to the same end.
    fn verify(&self, block: u64) -> Result<(), Damaged> {
        let word = usize::try_from(block / 64).map_err(|_| Damaged)?;
        let word = self.whole.get(word).ok_or(Damaged)?;
        let bit = 1 << (block % 64);
        if word.load(Ordering::Relaxed) & bit != 0 {
            return Ok(());
        }
        let number = usize::try_from(block).map_err(|_| Damaged)?;
        let covered = usize::try_from(self.covered).map_err(|_| Damaged)?;
        let start = number * BLOCK;
        let octets = self.map.get(start..covered.min(start + BLOCK));
        let sums = self.map.get(covered + number * SUM..);
        let (Some(octets), Some(sum)) = (octets, sums.and_then(|s| s.first_chunk())) else {
            return Err(Damaged);
        };
        if crc32fast::hash(octets) != u32::from_le_bytes(*sum) {
            return Err(Damaged);
        }
        word.fetch_or(bit, Ordering::Relaxed);
        Ok(())
    }
}
