//! Summaries on disk: in which partitions of an anchor a serial number may be.
//!
//! A [table](super::table) in blocks with checksums. Without it every
//! partition of the issuer has to be asked; with it some cache lines are read.
//! It can only name partitions to ask, so that a wrong one costs time. One
//! that is damaged could hide a partition, which is why its blocks are
//! verified like those of the lists, and why it is then not used at all. So
//! could one of other partitions: the manifest knows the checksum.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::thread;

use super::StoreError;
use super::directory::Directory;
use super::partition::Partition;
use super::record::{FileKey, FileRecord, SummaryRecord};
use super::table::{Builder, Layout, Table, hash};
use crate::revocation::index::{BLOCK, BlockWriter, Blocks, Damaged, Map};
use crate::trust::Fingerprint;

/// The summary of one anchor's partitions, mapped when it is first asked.
pub(super) struct Summary {
    record: SummaryRecord,
    path: PathBuf,
    /// Where the partitions of the summary stand in the snapshot, as far as
    /// their files are the ones that it was made from.
    places: Vec<Option<u32>>,
    table: OnceLock<Option<Table>>,
}

impl Summary {
    pub(super) fn new(directory: &Directory, record: &SummaryRecord) -> Self {
        Self {
            path: directory.join(&record.name()),
            places: Vec::new(),
            table: OnceLock::new(),
            record: record.clone(),
        }
    }

    pub(super) fn anchor(&self) -> &Fingerprint {
        &self.record.anchor
    }

    /// Learns where the partitions stand whose files these are. Returns the
    /// places of those that it knows nothing about.
    pub(super) fn cover(&mut self, files: impl Iterator<Item = (u32, FileKey)>) -> Vec<u32> {
        let covers = self.record.covers.iter().zip(0_u32..);
        let covers: HashMap<_, _> = covers.collect();
        let mut uncovered = Vec::new();
        self.places = vec![None; self.record.covers.len()];
        for (place, key) in files {
            let slot = covers
                .get(&key)
                .and_then(|slot| self.places.get_mut(*slot as usize));
            match slot {
                Some(slot) => *slot = Some(place),
                None => uncovered.push(place),
            }
        }
        uncovered
    }

    /// The places of the partitions that may have the serial number with this hash.
    pub(super) fn places(&self, hash: u64) -> Result<impl Iterator<Item = u32>, Damaged> {
        let table = self.table.get_or_init(|| self.map()).as_ref();
        let slots = table.ok_or(Damaged)?.places(hash)?;
        Ok(slots.filter_map(|slot| *self.places.get(slot as usize)?))
    }

    fn map(&self) -> Option<Table> {
        let layout = Layout::new(self.record.items, self.record.covers.len())?;
        let file = File::open(&self.path).ok()?;
        let (blocks, sum) = open(&file, layout.length()).ok()?;
        (sum == self.record.sum).then(|| Table::new(layout, blocks))
    }
}

/// Partitions without a summary that are asked one by one.
const FEW: usize = 4;

/// Makes the summaries anew of which more than a [`FEW`] partitions have
/// changed. Returns their files, which may not have reached the disk itself.
pub(super) fn renew(
    partitions: &[Arc<Partition>],
    summaries: &mut Vec<SummaryRecord>,
    generation: u64,
    directory: &Directory,
) -> Result<Vec<File>, StoreError> {
    let mut by_anchor: BTreeMap<Fingerprint, Vec<&Partition>> = BTreeMap::new();
    for partition in partitions {
        let anchor = partition.anchor().fingerprint();
        by_anchor.entry(anchor).or_default().push(partition);
    }
    let mut files = Vec::new();
    for (anchor, partitions) in by_anchor {
        let known = summaries.iter().position(|s| s.anchor == anchor);
        let covers = known.and_then(|k| summaries.get(k)).map(|s| &*s.covers);
        let covers: HashSet<_> = covers.unwrap_or_default().iter().copied().collect();
        let keys = partitions.iter().map(|p| p.file().key());
        if keys.filter(|key| !covers.contains(key)).count() <= FEW {
            continue;
        }
        let made = make(anchor, &partitions, generation, directory);
        let Some((record, file)) = made.map_err(StoreError::io("written"))? else {
            continue;
        };
        if let Some(known) = known {
            summaries.remove(known);
        }
        summaries.push(record);
        files.push(file);
    }
    Ok(files)
}

/// None if there is too much for a summary. Partitions that are damaged are
/// left out.
fn make(
    anchor: Fingerprint,
    partitions: &[&Partition],
    generation: u64,
    directory: &Directory,
) -> io::Result<Option<(SummaryRecord, File)>> {
    let (covers, hashes): (Vec<_>, Vec<_>) = hash_all(partitions).into_iter().unzip();
    let items = hashes.iter().map(Vec::len).sum::<usize>() as u64;
    let layout = Layout::new(items, covers.len());
    let Some(builder) = layout.and_then(|layout| build(layout, &hashes)) else {
        return Ok(None);
    };
    drop(hashes);
    let mut file = directory.begin()?;
    let (length, sum) = write(builder, &mut file.file)?;
    let record = SummaryRecord {
        anchor,
        file: FileRecord { generation, length },
        sum,
        items,
        covers,
    };
    let file = file.name(directory, &record.name())?;
    Ok(Some((record, file)))
}

/// The serial numbers of a file, hashed.
type Hashes = (FileKey, Vec<u64>);

/// Reads the files on all cores.
fn hash_all(partitions: &[&Partition]) -> Vec<Hashes> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = partitions.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let shares = partitions.chunks(share);
        let work = |share: &[&Partition]| share.iter().filter_map(|p| hash_one(p)).collect();
        let threads = shares.map(|share| scope.spawn(move || -> Vec<Hashes> { work(share) }));
        let threads: Vec<_> = threads.collect();
        // A share whose thread has died is not covered.
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap_or_default())
            .collect()
    })
}

/// None if the file cannot be read to its end.
fn hash_one(partition: &Partition) -> Option<Hashes> {
    let index = partition.index().ok()?;
    let entries = index.entries().chain(index.dropped());
    let hashes = entries.map(|entry| entry.map(|e| hash(&e.serial)));
    let hashes = hashes.collect::<Result<_, Damaged>>().ok()?;
    Some((partition.file().key(), hashes))
}

fn build(layout: Layout, hashes: &[Vec<u64>]) -> Option<Builder> {
    let mut builder = Builder::new(layout)?;
    hashes
        .iter()
        .flatten()
        .for_each(|hash| builder.count(*hash));
    builder.settle()?;
    for (hashes, place) in hashes.iter().zip(0..) {
        for hash in hashes {
            builder.place(*hash, place)?;
        }
    }
    Some(builder)
}

/// Octets of a checksum.
const SUM: usize = size_of::<u32>();

/// Writes a table, the checksums of its blocks and the checksum of those.
/// Returns how many octets that is, and the latter.
pub(super) fn write(builder: Builder, file: &mut File) -> io::Result<(u64, u32)> {
    let mut out = BlockWriter::new(file);
    for part in builder.finish() {
        out.put(&part)?;
    }
    let length = out.position();
    let (file, sums) = out.finish()?;
    file.write_all(&sums)?;
    let sum = crc32fast::hash(&sums);
    file.write_all(&sum.to_le_bytes())?;
    Ok((length + (sums.len() + SUM) as u64, sum))
}

/// Maps a table of so many octets, and gives the checksum of all of it.
pub(super) fn open(file: &File, length: u64) -> io::Result<(Blocks, u32)> {
    let map = Map::of(file)?;
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let start = usize::try_from(length).map_err(|_| damaged())?;
    let sums = map
        .get(start..)
        .and_then(|rest| rest.split_last_chunk::<SUM>());
    let (sums, sum) = sums.ok_or_else(damaged)?;
    let due = length.div_ceil(BLOCK as u64) * SUM as u64;
    let sum = u32::from_le_bytes(*sum);
    if sums.len() as u64 != due || crc32fast::hash(sums) != sum {
        return Err(damaged());
    }
    Ok((Blocks::new(map, length), sum))
}
