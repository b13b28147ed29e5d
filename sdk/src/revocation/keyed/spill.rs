//! Records on their way: by the first octet of their key, in one file that
//! nobody else can open.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::revocation::keyed::record::{Octets, RECORD};

/// A bucket for each first octet.
pub(super) const BUCKETS: usize = 256;

/// Records that are written at once: about 16 KiB, so that the buffers of one
/// thread take 4 MiB.
const CHUNK: usize = 292;

/// A file without a name: it is gone with the process, however that ends.
pub(super) struct Spill {
    file: File,
    end: AtomicU64,
}

/// Where records of one bucket stand.
#[derive(Clone, Copy)]
pub(super) struct Chunk {
    offset: u64,
    records: usize,
}

/// Where the records of all buckets stand.
pub(super) type Chunks = Vec<Vec<Chunk>>;

impl Spill {
    pub(super) fn new(directory: &Path) -> io::Result<Self> {
        let path = directory.join("spill");
        let _ = fs::remove_file(&path);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        fs::remove_file(&path)?;
        Ok(Self {
            file,
            end: AtomicU64::new(0),
        })
    }

    fn append(&self, records: &[Octets]) -> io::Result<Chunk> {
        let octets = records.as_flattened();
        let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        let offset = self.end.fetch_add(length, Ordering::Relaxed);
        self.file.write_all_at(octets, offset)?;
        Ok(Chunk {
            offset,
            records: records.len(),
        })
    }

    /// The records of these chunks, in ascending order, one for each key: the
    /// first.
    pub(super) fn sorted(&self, chunks: &[Chunk]) -> io::Result<Vec<Octets>> {
        let total = chunks.iter().map(|chunk| chunk.records).sum();
        let mut records = vec![[0; RECORD]; total];
        let mut left = &mut records[..];
        for chunk in chunks {
            let (to, rest) = std::mem::take(&mut left).split_at_mut(chunk.records);
            self.file
                .read_exact_at(to.as_flattened_mut(), chunk.offset)?;
            left = rest;
        }
        records.sort_unstable();
        records.dedup_by_key(|record| record.first_chunk::<32>().copied());
        Ok(records)
    }
}

/// The records that one thread has not written yet.
pub(super) struct Buckets<'s> {
    spill: &'s Spill,
    open: Vec<Vec<Octets>>,
    written: Chunks,
}

impl<'s> Buckets<'s> {
    pub(super) fn new(spill: &'s Spill) -> Self {
        Self {
            spill,
            open: vec![Vec::new(); BUCKETS],
            written: vec![Vec::new(); BUCKETS],
        }
    }

    pub(super) fn push(&mut self, record: Octets) -> io::Result<()> {
        let [first, ..] = record;
        let bucket = usize::from(first);
        let (Some(open), Some(written)) = (self.open.get_mut(bucket), self.written.get_mut(bucket))
        else {
            return Ok(());
        };
        open.reserve_exact(CHUNK.saturating_sub(open.capacity()));
        open.push(record);
        if open.len() == CHUNK {
            written.push(self.spill.append(open)?);
            open.clear();
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Chunks> {
        for (open, written) in self.open.iter().zip(&mut self.written) {
            if !open.is_empty() {
                written.push(self.spill.append(open)?);
            }
        }
        Ok(self.written)
    }
}
