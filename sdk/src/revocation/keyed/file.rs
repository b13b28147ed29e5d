//! Files of keyed identities, written once and read at random.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use crate::identity::{Lookup, LookupKey};
use crate::revocation::keyed::footer::{Cursor, FOOTER, Footer};
use crate::revocation::keyed::record::{self, Octets, RECORD};
use crate::revocation::{KeyedEntry, KeyedError, KeyedList};

/// What is read and checked at once: a page.
const BLOCK: usize = 4096;
/// Checksum and count stand before the records of a block.
const HEAD: usize = 8;
/// Records of a block: they fill it.
const PER_BLOCK: usize = (BLOCK - HEAD) / RECORD;
const _: () = assert!(HEAD + PER_BLOCK * RECORD == BLOCK);

/// A trailer larger than this is none: it holds 8 octets a block, so that
/// this is enough for thousands of millions of records.
const TRAILER: u64 = 1 << 30;

/// Revoked certificates by their keyed identity, in an immutable file.
///
/// What is read is checked: a block with another checksum than it was written
/// with is an error, never an answer. Neither the file nor what is kept of it
/// in memory (about an octet for nine certificates) tells of anybody who does
/// not hold the key.
pub struct KeyedSet {
    file: File,
    /// The first octets of the first record of each block.
    directory: Box<[u64]>,
    lists: Box<[Arc<KeyedList>]>,
    records: u64,
}

impl KeyedSet {
    /// Opens a file that [`KeyedSetBuilder`](crate::revocation::KeyedSetBuilder)
    /// wrote with this key.
    ///
    /// # Errors
    /// [`KeyedError::Io`], [`KeyedError::Damaged`] or [`KeyedError::OtherKey`].
    pub fn open(path: &Path, key: &LookupKey) -> Result<Self, KeyedError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let end = length
            .checked_sub(FOOTER as u64)
            .ok_or(KeyedError::Damaged)?;
        let mut octets = [0; FOOTER];
        file.read_exact_at(&mut octets, end)?;
        let footer = Footer::read(&octets)?;
        if footer.key != key.check_value() {
            return Err(KeyedError::OtherKey);
        }
        let blocks = footer.records.div_ceil(PER_BLOCK as u64);
        let start = blocks.checked_mul(BLOCK as u64);
        if footer.trailer > TRAILER
            || start.and_then(|s| s.checked_add(footer.trailer)) != Some(end)
        {
            return Err(KeyedError::Damaged);
        }
        let trailer = usize::try_from(footer.trailer).map_err(|_| KeyedError::Damaged)?;
        let mut octets = vec![0; trailer];
        file.read_exact_at(&mut octets, end - footer.trailer)?;
        if crc32fast::hash(&octets) != footer.trailer_crc {
            return Err(KeyedError::Damaged);
        }
        let mut trailer = Cursor(&octets);
        let directory = (0..blocks)
            .map(|_| trailer.u64())
            .collect::<Result<_, _>>()?;
        let lists = (0..footer.lists).map(|_| KeyedList::read(&mut trailer).map(Arc::new));
        Ok(Self {
            file,
            directory,
            lists: lists.collect::<Result<_, _>>()?,
            records: footer.records,
        })
    }

    /// How many certificates are in it.
    #[must_use]
    pub fn revoked(&self) -> u64 {
        self.records
    }

    /// The revoked certificate of this keyed identity. None is no finding; it
    /// does not say that the certificate is good.
    ///
    /// # Errors
    /// [`KeyedError::Io`] or [`KeyedError::Damaged`].
    pub fn find(&self, lookup: &Lookup) -> Result<Option<KeyedEntry>, KeyedError> {
        let prefix = prefix(lookup.octets());
        // The last block that begins before it, and all that begin like it.
        let first = self.directory.partition_point(|d| *d < prefix);
        for number in first.saturating_sub(1)..self.directory.len() {
            if self.directory.get(number).is_none_or(|d| *d > prefix) {
                break;
            }
            let block = self.block(number)?;
            let records = block.records();
            let found =
                records.binary_search_by(|r| r.first_chunk::<32>().cmp(&Some(lookup.octets())));
            if let Some(record) = found.ok().and_then(|index| records.get(index)) {
                return self.entry(record).map(Some);
            }
        }
        Ok(None)
    }

    /// All certificates, in the order of their keyed identities. It ends after
    /// the first error, [`KeyedError::Io`] or [`KeyedError::Damaged`].
    pub fn entries(&self) -> impl Iterator<Item = Result<KeyedEntry, KeyedError>> + '_ {
        let mut failed = false;
        let blocks = (0..self.directory.len()).map(|number| self.block(number));
        let entries = blocks.flat_map(|block| match block {
            Ok(block) => block.records().iter().map(|r| self.entry(r)).collect(),
            Err(error) => vec![Err(error)],
        });
        entries.take_while(move |entry| !std::mem::replace(&mut failed, entry.is_err()))
    }

    fn block(&self, number: usize) -> Result<Block, KeyedError> {
        let mut octets = Box::new([0; BLOCK]);
        let offset = (number as u64).saturating_mul(BLOCK as u64);
        self.file.read_exact_at(&mut *octets, offset)?;
        Block::checked(octets)
    }

    fn entry(&self, octets: &Octets) -> Result<KeyedEntry, KeyedError> {
        let record = record::decode(octets).ok_or(KeyedError::Damaged)?;
        let list = usize::try_from(record.list).map_err(|_| KeyedError::Damaged)?;
        Ok(KeyedEntry {
            lookup: record.lookup,
            reason: record.reason,
            revoked_at: record.revoked_at,
            invalid_since: record.invalid_since,
            listed: record.listed,
            list: Arc::clone(self.lists.get(list).ok_or(KeyedError::Damaged)?),
        })
    }
}

impl fmt::Debug for KeyedSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedSet")
            .field("revoked", &self.records)
            .field("lists", &self.lists.len())
            .finish_non_exhaustive()
    }
}

/// The first octets of a keyed identity, as a number.
fn prefix(octets: &[u8]) -> u64 {
    octets
        .first_chunk()
        .map_or(0, |first| u64::from_be_bytes(*first))
}

/// A block whose checksum is right.
struct Block {
    octets: Box<[u8; BLOCK]>,
    count: usize,
}

impl Block {
    fn checked(octets: Box<[u8; BLOCK]>) -> Result<Self, KeyedError> {
        let mut block = Cursor(&octets[..]);
        let crc = u32::from_be_bytes(*block.take()?);
        if crc32fast::hash(block.0) != crc {
            return Err(KeyedError::Damaged);
        }
        let count = usize::try_from(u32::from_be_bytes(*block.take()?));
        let count = count.ok().filter(|count| *count <= PER_BLOCK);
        let count = count.ok_or(KeyedError::Damaged)?;
        Ok(Self { octets, count })
    }

    fn records(&self) -> &[Octets] {
        let octets = self.octets.get(HEAD..).unwrap_or_default();
        octets.as_chunks().0.get(..self.count).unwrap_or_default()
    }
}

/// Writes a file from records that come in ascending order.
pub(super) struct Writer {
    out: BufWriter<File>,
    block: Vec<u8>,
    directory: Vec<u64>,
    records: u64,
}

impl Writer {
    /// Begins a file beside the place where it is going to stand.
    pub(super) fn new(partial: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(partial)?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 20, file),
            block: Vec::with_capacity(BLOCK),
            directory: Vec::new(),
            records: 0,
        })
    }

    pub(super) fn push(&mut self, record: &Octets) -> io::Result<()> {
        if self.block.is_empty() {
            self.directory.push(prefix(record));
        }
        self.block.extend(record);
        self.records += 1;
        if self.block.len() == PER_BLOCK * RECORD {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let records = u32::try_from(self.block.len() / RECORD).unwrap_or(0);
        self.block.resize(PER_BLOCK * RECORD, 0);
        let mut crc = crc32fast::Hasher::new();
        crc.update(&records.to_be_bytes());
        crc.update(&self.block);
        self.out.write_all(&crc.finalize().to_be_bytes())?;
        self.out.write_all(&records.to_be_bytes())?;
        self.out.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    /// Writes trailer and footer, and the file to the disk.
    pub(super) fn finish(mut self, key: [u8; 8], lists: &[KeyedList]) -> Result<(), KeyedError> {
        self.flush()?;
        let directory = self.directory.iter();
        let mut trailer: Vec<u8> = directory.flat_map(|first| first.to_be_bytes()).collect();
        for list in lists {
            list.write(&mut trailer);
        }
        let footer = Footer {
            key,
            records: self.records,
            trailer: trailer.len() as u64,
            lists: u32::try_from(lists.len()).map_err(|_| KeyedError::TooMany)?,
            trailer_crc: crc32fast::hash(&trailer),
        };
        self.out.write_all(&trailer)?;
        self.out.write_all(&footer.write())?;
        let file = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(())
    }
}

/// Puts a finished file into its place.
pub(super) fn publish(partial: &Path, path: &Path) -> io::Result<()> {
    fs::rename(partial, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
