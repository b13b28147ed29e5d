//! Verified lists as immutable files that are mapped into memory.
//!
//! A list of ten million entries answers from its [`ListIndex`] in nanoseconds
//! and is open in microseconds, because nothing of it is read before somebody
//! asks. [`Ingest`] makes the file in one pass over the list.
//!
//! # The file
//!
//! It is a local cache that can be made again from the list, so its format
//! changes with its version and without a migration. All numbers are
//! little-endian.
//!
//! | section | what it holds |
//! |---|---|
//! | magic | 8 octets |
//! | entries | a table of the serial numbers of up to 8 octets, one of the longer ones |
//! | dropped entries | two tables more: what earlier lists revoked and this one does not repeat |
//! | origins | number, dates and digest of the lists that dropped entries come from |
//! | meta | the list's identity (anchor, key, scope, number, dates, digest) and where everything lies |
//! | checksums | CRC-32 of every block of 64 KiB of all that stands before |
//! | footer | the lengths, checksums of meta and checksums, version, magic |
//!
//! A **table** has rows, a directory and invalidity dates. Keys are counted
//! from a round number up to the lowest. The highest binary digits of a key name
//! its bucket, and the directory says where the rows of a bucket begin; the
//! other digits stand in the row, in as many octets as they need. How many
//! digits go where is chosen for each table by its own keys, so that dense
//! numbers of four octets cost one octet each and random ones of eight cost
//! six. Behind the rest of the key stand the reason and the seconds since a
//! round date up to the oldest, in 4 octets or, where the table spans more than
//! 68 years, 5. A dropped entry ends with the number of its origin. The few rows
//! with an invalidity date have a bit set and their date in a list of its own.
//!
//! Some sixty rows share a bucket, so that the directory of ten million fits a
//! cache, and a row is looked for where it would be if keys were spread evenly:
//! a look-up reads about one line of memory. The order of a table is that of the
//! numbers, so serial numbers with a long common prefix, consecutive ones and
//! ones in clusters need no special case: buckets may be of any size, and a
//! large one is searched by halving.
//!
//! # What is checked
//!
//! [`ListIndex::open`] checks footer, meta section, checksums and the length of
//! the file. A block is checked when it is first touched, and until then nothing
//! of it is believed: an answer out of a damaged block is [`Damaged`], never
//! "not revoked". Checksums find disks and interrupted writes out. They are no
//! defence against somebody who can write to the directory, who could as well
//! change the program.
//!
//! # What it takes
//!
//! An entry takes 16 octets of memory while its list is read (48 with a serial
//! number of more than eight octets, some 40 more with an invalidity date),
//! beside some megabytes for the list itself, of which a long one adds a
//! twelfth of its length where the thread that hashes is behind. Dropped
//! entries are in memory while an index is written, 24 octets each. An index
//! takes no memory but a bit for each block.

mod blocks;
mod build;
mod carry;
mod diff;
mod encode;
mod footer;
mod gather;
mod ingest;
mod key;
mod map;
mod mark;
mod meta;
mod partition;
mod run;
mod scan;
mod spare;
mod table;
mod table_writer;
#[cfg(test)]
mod tests;
mod window;

#[cfg(unix)]
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::error::Trace;
use crate::revocation::distribution_point::{DistributionPointName, Names};
use crate::revocation::entries::Entry;
use crate::revocation::facts::{Facts, Hit, Testimony, answer};
use crate::revocation::status::{Finding, Origin};
use crate::revocation::{Coverage, CrlNumber, RevocationQuery, ScopePolicy, State, Status};
use crate::time::Time;
use crate::trust::{Anchor, Fingerprint, TrustStore};

use key::{Key, Wide};
use meta::{Meta, ORIGIN_RECORD, Origins, Tables, Unusable};
use table::Row;

pub(super) use blocks::{BLOCK, BlockWriter, Blocks};
pub(super) use ingest::ReadList;
pub(super) use map::Map;
pub(super) use meta::Cursor;

pub use diff::{Change, Changes};
pub use ingest::{Built, Ingest, IngestError};

/// A verified list in a file.
///
/// It answers as a [`VerifiedList`](crate::revocation::VerifiedList) does, and
/// remembers in addition what earlier lists of its series revoked and this one
/// does not repeat.
pub struct ListIndex {
    facts: Facts,
    blocks: Blocks,
    current: Tables,
    dropped: Tables,
    origins: Origins,
    conflicts: u64,
}

/// What an index file says in this place cannot be believed: it is not whole.
///
/// Nothing follows from it about any certificate. The file has to be made
/// again from its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the index file is damaged")]
pub struct Damaged;

/// Why an index file could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The file could not be opened or mapped.
    #[error("cannot open the index file")]
    Io(#[from] io::Error),
    /// The file is no index, or not a whole one.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The file is of another version of the format. It has to be made again.
    #[error("the index file is of another version")]
    Version,
    /// No anchor of the trust store signed the list.
    #[error("no anchor of the trust store signed the list of this index")]
    Anchor,
}

impl IndexError {
    /// What it means for whoever asks about a certificate.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Io(_) | Self::Damaged(_) | Self::Version => Code::RevocationDamaged,
            Self::Anchor => Code::RevocationIssuer,
        }
    }
}

impl ListIndex {
    /// Opens an index file, without touching its rows. The anchor that signed
    /// the list has to be in `trust`, for the same purpose.
    ///
    /// # Errors
    /// [`IndexError`]: among others if the file is truncated, or what it says
    /// about itself has changed.
    pub fn open(path: &Path, trust: &TrustStore) -> Result<Self, IndexError> {
        Self::open_with_head(path, trust).map(|(index, _)| index)
    }

    /// Opens an index file; beside it [what the file says](facts_of) of its list.
    pub(super) fn open_with_head(
        path: &Path,
        trust: &TrustStore,
    ) -> Result<(Self, Vec<u8>), IndexError> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Err(Damaged.into());
        }
        let (blocks, head) = footer::open(Map::of(&file)?)?;
        let meta = Meta::decode(&head, blocks.covered(), trust).map_err(|e| match e {
            Unusable::Malformed => Damaged.into(),
            Unusable::Anchor => IndexError::Anchor,
        })?;
        let index = Self {
            facts: meta.facts,
            blocks,
            current: meta.current,
            dropped: meta.dropped,
            origins: meta.origins,
            conflicts: meta.conflicts,
        };
        Ok((index, head))
    }

    /// What the list says about a certificate, with what earlier lists said.
    /// Its freshness is judged by
    /// [`Unconfirmed::confirm`](crate::revocation::Unconfirmed::confirm).
    ///
    /// Where the file is damaged it is undetermined with
    /// `revocation.damaged`, unless what is whole revokes.
    #[must_use]
    pub fn status(&self, query: &RevocationQuery, policy: &ScopePolicy, now: Time) -> Status {
        let entry = self.find(query.serial());
        let dropped = match policy.is_issuer(self.anchor(), query.anchor()) {
            true => self.find_dropped(query.serial()),
            false => Ok(None),
        };
        let buried = dropped.as_ref().ok().and_then(Option::as_ref);
        let hit = buried.map(|(entry, origin)| Hit {
            entry: *entry,
            origin,
            coverage: Coverage::Elsewhere,
        });
        let testimony = Testimony {
            facts: &self.facts,
            entry: entry.unwrap_or_default(),
        };
        let status = answer(query, policy, now, std::iter::once(testimony), hit, None);
        match status.state() {
            State::Good if entry.is_err() || dropped.is_err() => {
                let finding = Finding::Undetermined(Code::RevocationDamaged);
                Status::new(query, finding, Trace::default())
            }
            _ => status,
        }
    }

    /// The entry of this serial number on the list. It says nothing about a
    /// certificate of another issuer, and that there is none says nothing about
    /// a certificate that the list does not cover.
    ///
    /// # Errors
    /// [`Damaged`] if it cannot be known.
    pub fn find(&self, serial: &SerialNumber) -> Result<Option<Entry>, Damaged> {
        let found = self.current.find(&self.blocks, serial)?;
        Ok(found.map(|(mark, _)| mark.entry(*serial)))
    }

    /// The entry of this serial number that an earlier list had and this one
    /// has not, and which list that was.
    ///
    /// # Errors
    /// [`Damaged`] if it cannot be known.
    pub(crate) fn find_dropped(
        &self,
        serial: &SerialNumber,
    ) -> Result<Option<(Entry, Arc<Origin>)>, Damaged> {
        let Some((mark, origin)) = self.dropped.find(&self.blocks, serial)? else {
            return Ok(None);
        };
        Ok(Some((mark.entry(*serial), Arc::new(self.origin(origin)?))))
    }

    /// The entries of the list, one for each certificate, in the order of the
    /// serial numbers. After an error there are no more.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry, Damaged>> + '_ {
        self.current.entries(&self.blocks)
    }

    /// The entries that earlier lists had and this one has not, in the order
    /// of the serial numbers. After an error there are no more.
    pub fn dropped(&self) -> impl Iterator<Item = Result<Entry, Damaged>> + '_ {
        self.dropped.entries(&self.blocks)
    }

    /// The same, each with the list that had it.
    #[cfg(unix)]
    pub(crate) fn dropped_with_origins(
        &self,
    ) -> impl Iterator<Item = Result<(Entry, Arc<Origin>), Damaged>> + '_ {
        let mut known: HashMap<u32, Arc<Origin>> = HashMap::new();
        self.dropped.rows(&self.blocks).map(move |row| {
            let (entry, number) = row?;
            if let Some(origin) = known.get(&number) {
                return Ok((entry, Arc::clone(origin)));
            }
            let origin = Arc::new(self.origin(number)?);
            known.insert(number, Arc::clone(&origin));
            Ok((entry, origin))
        })
    }

    /// How many certificates the list revokes.
    #[must_use]
    pub fn revoked(&self) -> usize {
        self.current.count()
    }

    /// How many certificates are revoked because earlier lists said so. None of
    /// them is counted by [`revoked`](Self::revoked), unless a list took it on
    /// again.
    #[must_use]
    pub fn dropped_count(&self) -> usize {
        self.dropped.count()
    }

    /// How many entries of the list contradict another one about the same
    /// certificate. All such certificates are revoked; that there are any is
    /// worth an alert.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.conflicts
    }

    /// The octets of the file.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.blocks.len()
    }

    /// The anchor that signed the list.
    #[must_use]
    pub fn anchor(&self) -> &Arc<Anchor> {
        &self.facts.anchor
    }

    /// The names of the distribution points that it covers; none if the list
    /// states no scope, or none that can match.
    pub fn distribution_points(&self) -> impl Iterator<Item = DistributionPointName<'_>> {
        self.facts.scope.names().into_iter().flat_map(Names::iter)
    }

    /// When the list was issued.
    #[must_use]
    pub fn this_update(&self) -> Time {
        self.facts.this_update()
    }

    /// By when the next list is issued.
    #[must_use]
    pub fn next_update(&self) -> Option<Time> {
        self.facts.origin.next_update
    }

    /// The number of the list.
    #[must_use]
    pub fn number(&self) -> Option<&CrlNumber> {
        self.facts.number()
    }

    /// SHA-256 over the `TBSCertList` of the list.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        self.facts.origin.digest
    }

    /// Checks every block of the file.
    ///
    /// # Errors
    /// [`Damaged`] if one of them is not whole.
    pub fn verify(&self) -> Result<(), Damaged> {
        self.blocks.verify_all()
    }

    /// What the list is, apart from its entries.
    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The list of this number among those that dropped entries come from.
    fn origin(&self, number: u32) -> Result<Origin, Damaged> {
        if number >= self.origins.count {
            return Err(Damaged);
        }
        let offset = self.origins.offset + u64::from(number) * ORIGIN_RECORD as u64;
        let record = self.blocks.get(offset, ORIGIN_RECORD)?;
        meta::decode_origin(record).ok_or(Damaged)
    }
}

/// The list that a file says it has, for whoever kept what it says; none if no
/// anchor of `trust` signed it.
pub(super) fn facts_of(head: &[u8], trust: &TrustStore) -> Option<Facts> {
    let meta = Meta::decode(head, u64::MAX, trust).ok();
    meta.map(|meta| meta.facts)
}

impl Tables {
    fn find(
        &self,
        blocks: &Blocks,
        serial: &SerialNumber,
    ) -> Result<Option<(mark::Mark, u32)>, Damaged> {
        fn found<K>(row: Option<Row<K>>) -> Option<(mark::Mark, u32)> {
            row.map(|row| (row.mark, row.origin))
        }
        match u64::of(serial) {
            Some(key) => self.narrow.find(blocks, key).map(found),
            None => match Wide::of(serial) {
                Some(key) => self.wide.find(blocks, key).map(found),
                None => Ok(None),
            },
        }
    }

    fn entries<'b>(
        &self,
        blocks: &'b Blocks,
    ) -> impl Iterator<Item = Result<Entry, Damaged>> + use<'b> {
        self.rows(blocks).map(|row| row.map(|(entry, _)| entry))
    }

    /// The entries, each with the number of its origin.
    fn rows<'b>(
        &self,
        blocks: &'b Blocks,
    ) -> impl Iterator<Item = Result<(Entry, u32), Damaged>> + use<'b> {
        fn entry<K: Key>(row: Result<Row<K>, Damaged>) -> Result<(Entry, u32), Damaged> {
            let row = row?;
            let origin = row.origin;
            Ok((row.entry()?, origin))
        }
        let narrow = self.narrow.rows(blocks, 0).map(entry);
        let wide = self.wide.rows(blocks, 0).map(entry);
        let mut whole = true;
        narrow.chain(wide).take_while(move |entry| {
            let before = whole;
            whole &= entry.is_ok();
            before
        })
    }
}

impl fmt::Debug for ListIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListIndex")
            .field("anchor", self.anchor())
            .field("this_update", &self.this_update())
            .field("next_update", &self.next_update())
            .field("revoked", &self.revoked())
            .field("dropped", &self.dropped_count())
            .finish_non_exhaustive()
    }
}
