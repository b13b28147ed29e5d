//! The manifest: what a store holds, in one file.
//!
//! | part | octets |
//! |---|---|
//! | `TSKSTORE` | 8 |
//! | version | 4 |
//! | length of the body | 8 |
//! | body | |
//! | SHA-256 over all of it | 32 |
//!
//! Numbers are little-endian. The digest finds damage; it is no defence
//! against somebody who may write to the directory.

use std::io;

use super::StoreError;
use super::directory::Directory;
use super::octets::Octets;
use super::record::{Record, SummaryRecord, count};
use super::salvage;
use super::update::Recovered;
use crate::limits;
use crate::revocation::index::Cursor;
use crate::time::Time;
use crate::trust::{Fingerprint, TrustStore};

const NAME: &str = "manifest";
/// The manifest before the last change.
const PREVIOUS: &str = "manifest.previous";
const MAGIC: &[u8] = b"TSKSTORE";
const VERSION: u32 = 1;
const DIGEST: usize = 32;

/// What a store holds.
#[derive(Clone, Default)]
pub(super) struct Manifest {
    /// Grows with every change.
    pub(super) generation: u64,
    /// When the newest list was issued that was ever seen, also if it was
    /// refused or is no longer here.
    pub(super) newest: Option<Time>,
    /// The number of the next new partition.
    pub(super) next: u32,
    pub(super) records: Vec<Record>,
    pub(super) summaries: Vec<SummaryRecord>,
}

impl Manifest {
    /// The manifest of a directory; none if nothing was ever stored there.
    pub(super) fn load(directory: &Directory) -> Result<Option<Self>, StoreError> {
        match directory.read(NAME) {
            Ok(octets) => Self::decode(&octets).map(Some),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("read")(error))
            }
            // The first manifest has no predecessor.
            Err(_) if directory.join(PREVIOUS).exists() => Err(StoreError::Damaged),
            Err(_) => Ok(None),
        }
    }

    /// What is known of a store whose manifest is damaged: the manifest before
    /// the last change, if that one is whole, and otherwise what the files say.
    /// It takes the place of the damaged one, which never becomes the previous one.
    pub(super) fn recover(
        directory: &Directory,
        trust: &TrustStore,
    ) -> Result<(Self, Recovered), StoreError> {
        let previous = directory.read(PREVIOUS).ok();
        let previous = previous.and_then(|octets| Self::decode(&octets).ok());
        let (mut manifest, recovered) = match previous {
            Some(previous) => (previous, Recovered::Previous),
            None => {
                let found = salvage::manifest(directory, trust);
                let found = found.map_err(StoreError::io("read"))?;
                let recovered = match found.records.is_empty() {
                    true => Recovered::Nothing,
                    false => Recovered::Files,
                };
                (found, recovered)
            }
        };
        // Above every generation that has files: readers know them by it.
        let newest = directory
            .newest_generation()
            .map_err(StoreError::io("read"))?;
        manifest.generation = manifest.generation.max(newest);
        directory
            .discard(NAME, &manifest.encode())
            .map_err(StoreError::io("written"))?;
        Ok((manifest, recovered))
    }

    /// Makes this the manifest of the directory, on disk.
    pub(super) fn save(&self, directory: &Directory) -> Result<(), StoreError> {
        directory
            .replace(NAME, PREVIOUS, &self.encode())
            .map_err(StoreError::io("written"))
    }

    /// What changes when the manifest does: a cheap look for readers.
    pub(super) fn stamp(directory: &Directory) -> io::Result<Stamp> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(directory.join(NAME))?;
        Ok(Stamp {
            inode: metadata.ino(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            length: metadata.len(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        let mut body = Octets::default();
        body.u64(self.generation);
        body.optional_time(self.newest);
        body.u32(self.next);
        body.count(self.records.len());
        for record in &self.records {
            record.write(&mut body);
        }
        body.count(self.summaries.len());
        for summary in &self.summaries {
            summary.write(&mut body);
        }
        let body = body.into_inner();
        let mut file = Octets::default();
        file.raw(MAGIC);
        file.u32(VERSION);
        file.count(body.len());
        file.raw(&body);
        let mut file = file.into_inner();
        let digest = Fingerprint::of(&file);
        file.extend(digest.octets());
        file
    }

    fn decode(file: &[u8]) -> Result<Self, StoreError> {
        let version = Self::version(file).ok_or(StoreError::Damaged)?;
        if version != VERSION {
            return Err(StoreError::Version(version));
        }
        Self::decode_body(file).ok_or(StoreError::Damaged)
    }

    /// The version of a manifest that is as it was written.
    fn version(file: &[u8]) -> Option<u32> {
        let (signed, digest) = file.split_at_checked(file.len().checked_sub(DIGEST)?)?;
        if Fingerprint::of(signed).octets() != digest {
            return None;
        }
        let mut fields = Cursor(signed);
        (fields.take(MAGIC.len())? == MAGIC).then_some(())?;
        fields.u32()
    }

    fn decode_body(file: &[u8]) -> Option<Self> {
        let signed = file.get(..file.len().checked_sub(DIGEST)?)?;
        let mut body = Cursor(signed.get(MAGIC.len() + size_of::<u32>()..)?);
        let length = body.u64()?;
        (length == body.0.len() as u64).then_some(())?;
        let mut manifest = Self {
            generation: body.u64()?,
            newest: body.optional_time()?,
            next: body.u32()?,
            records: Vec::new(),
            summaries: Vec::new(),
        };
        for _ in 0..count(&mut body, limits::CRL_STORE)? {
            manifest.records.push(Record::read(&mut body)?);
        }
        for _ in 0..count(&mut body, limits::ANCHORS)? {
            manifest.summaries.push(SummaryRecord::read(&mut body)?);
        }
        body.0.is_empty().then_some(manifest)
    }
}

/// Which manifest it was, by its file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    changed: (i64, i64),
    length: u64,
}
