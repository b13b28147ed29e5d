//! Keying every revoked certificate of every list, on all cores.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::identity::{IssuerKey, LookupKey};
use crate::revocation::entries::Entry;
use crate::revocation::keyed::file::{Writer, publish};
use crate::revocation::keyed::record::{self, Octets};
use crate::revocation::keyed::spill::{BUCKETS, Buckets, Chunks, Spill};
use crate::revocation::status::Origin;
use crate::revocation::{
    Change, Changes, KeyedError, KeyedList, KeyedSet, ListIndex, Listed, VerifiedList,
};
use crate::trust::{Anchor, Fingerprint};

/// Entries that a thread is handed at once.
const BATCH: usize = 4096;

/// Makes a [`KeyedSet`] out of verified lists.
///
/// It takes every entry once and keeps none: threads key them and put them
/// into buckets by their keyed identity, in a file without a name in the
/// directory given; the buckets are then sorted one by one. The memory that
/// this needs is about 5 MiB a thread and 1/128 of the set.
pub struct KeyedSetBuilder {
    key: LookupKey,
    spill: Arc<Spill>,
    threads: NonZero<usize>,
    workers: Vec<Worker>,
    /// The worker that gets the next batch.
    turn: usize,
    lists: Vec<KeyedList>,
    numbers: HashMap<Fingerprint, u32>,
}

struct Worker {
    batches: SyncSender<Batch>,
    thread: JoinHandle<Result<Chunks, KeyedError>>,
}

/// Entries of one issuer.
struct Batch {
    issuer: IssuerKey,
    entries: Vec<(Entry, Listed, u32)>,
}

impl KeyedSetBuilder {
    /// Begins a set. The directory is private: what is written there is keyed,
    /// but says which certificates were keyed together.
    ///
    /// # Errors
    /// [`KeyedError::Io`].
    pub fn new(
        key: &LookupKey,
        directory: &Path,
        threads: NonZero<usize>,
    ) -> Result<Self, KeyedError> {
        let spill = Arc::new(Spill::new(directory)?);
        let workers = (0..threads.get()).map(|_| {
            let spill = Arc::clone(&spill);
            let (batches, received) = sync_channel(2);
            let thread = thread::Builder::new().spawn(move || key_batches(&spill, &received))?;
            Ok(Worker { batches, thread })
        });
        Ok(Self {
            key: key.clone(),
            workers: workers.collect::<Result<_, KeyedError>>()?,
            spill,
            threads,
            turn: 0,
            lists: Vec::new(),
            numbers: HashMap::new(),
        })
    }

    /// Adds what a list in memory revokes.
    ///
    /// # Errors
    /// [`KeyedError::Io`] or [`KeyedError::TooMany`].
    pub fn add(&mut self, list: &VerifiedList) -> Result<(), KeyedError> {
        let origin = &list.facts().origin;
        let entries = list.entries().iter();
        let entries = entries.map(|e| Ok((*e, Arc::clone(origin), Listed::Current)));
        self.add_entries(list.anchor(), entries)
    }

    /// Adds what a list in a file revokes, and what earlier ones did.
    ///
    /// # Errors
    /// [`KeyedError::Index`] if the file is damaged: what it revokes is then
    /// not known in full. [`KeyedError::Io`] or [`KeyedError::TooMany`].
    pub fn add_index(&mut self, index: &ListIndex) -> Result<(), KeyedError> {
        let origin = &index.facts().origin;
        let current = index.entries();
        let current = current.map(|e| Ok((e?, Arc::clone(origin), Listed::Current)));
        self.add_entries(index.anchor(), current)?;
        let dropped = index.dropped_with_origins();
        let dropped = dropped.map(|dropped| {
            let (entry, origin) = dropped?;
            Ok((entry, origin, Listed::Earlier))
        });
        self.add_entries(index.anchor(), dropped)
    }

    /// Adds what a list in a file revokes and another one did not, or said
    /// otherwise: what changed from one to the other. What an older list
    /// revoked that came in late is among it.
    ///
    /// # Errors
    /// As of [`KeyedSetBuilder::add_index`].
    pub fn add_changes(&mut self, old: &ListIndex, new: &ListIndex) -> Result<(), KeyedError> {
        if old.digest() != new.digest() {
            self.add_current_changes(old, new)?;
        }
        let dropped = new.dropped_with_origins().filter_map(|dropped| {
            let late = |(entry, origin): (Entry, Arc<Origin>)| {
                let known = old.find(&entry.serial)?.is_some()
                    || old.find_dropped(&entry.serial)?.is_some();
                Ok((!known).then_some((entry, origin, Listed::Earlier)))
            };
            dropped.and_then(late).map_err(KeyedError::from).transpose()
        });
        self.add_entries(new.anchor(), dropped)
    }

    fn add_current_changes(&mut self, old: &ListIndex, new: &ListIndex) -> Result<(), KeyedError> {
        let origin = &new.facts().origin;
        let changes = Changes::between(old, new).filter_map(|change| match change {
            Ok(Change::Added(entry) | Change::Changed { new: entry, .. }) => {
                Some(Ok((entry, Arc::clone(origin), Listed::Current)))
            }
            // It stays revoked, and was before.
            Ok(Change::Removed(_)) => None,
            Err(damaged) => Some(Err(damaged.into())),
        });
        self.add_entries(new.anchor(), changes)
    }

    /// Adds entries of lists that one anchor signed.
    fn add_entries(
        &mut self,
        anchor: &Anchor,
        entries: impl Iterator<Item = Result<(Entry, Arc<Origin>, Listed), KeyedError>>,
    ) -> Result<(), KeyedError> {
        let issuer = self.key.for_issuer(anchor.subject());
        let mut batch = Vec::with_capacity(BATCH);
        // Most entries are of the same list as the one before.
        let mut last: Option<(Arc<Origin>, u32)> = None;
        for entry in entries {
            let (entry, origin, listed) = entry?;
            let number = match &last {
                Some((same, number)) if Arc::ptr_eq(same, &origin) => *number,
                _ => self.number(anchor, &origin)?,
            };
            last = Some((origin, number));
            batch.push((entry, listed, number));
            if batch.len() == BATCH {
                self.hand_over(&issuer, &mut batch)?;
            }
        }
        self.hand_over(&issuer, &mut batch)
    }

    /// Writes the set, and opens it. The file appears when it is whole.
    ///
    /// # Errors
    /// [`KeyedError::Io`], [`KeyedError::TooMany`] or [`KeyedError::Damaged`].
    pub fn finish(mut self, path: &Path) -> Result<KeyedSet, KeyedError> {
        let chunks = self.join()?;
        let mut partial = PathBuf::from(path).into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let mut writer = Writer::new(&partial)?;
        sort_buckets(&self.spill, &chunks, self.threads, &mut writer)?;
        writer.finish(self.key.check_value(), &self.lists)?;
        publish(&partial, path)?;
        KeyedSet::open(path, &self.key)
    }

    /// The place of a list in the trailer.
    fn number(&mut self, anchor: &Anchor, origin: &Origin) -> Result<u32, KeyedError> {
        if let Some(number) = self.numbers.get(&origin.digest) {
            return Ok(*number);
        }
        let number = u32::try_from(self.lists.len()).map_err(|_| KeyedError::TooMany)?;
        self.lists.push(KeyedList::of(anchor.purpose(), origin));
        self.numbers.insert(origin.digest, number);
        Ok(number)
    }

    fn hand_over(
        &mut self,
        issuer: &IssuerKey,
        entries: &mut Vec<(Entry, Listed, u32)>,
    ) -> Result<(), KeyedError> {
        if entries.is_empty() {
            return Ok(());
        }
        let batch = Batch {
            issuer: issuer.clone(),
            entries: std::mem::replace(entries, Vec::with_capacity(BATCH)),
        };
        self.turn = (self.turn + 1) % self.threads;
        let worker = self.workers.get(self.turn).ok_or(KeyedError::Thread)?;
        // A worker that takes no more has failed, and says why when it is joined.
        match worker.batches.send(batch) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.join().err().unwrap_or(KeyedError::Thread)),
        }
    }

    /// Ends the workers.
    fn join(&mut self) -> Result<Chunks, KeyedError> {
        let mut all: Chunks = vec![Vec::new(); BUCKETS];
        let ended: Vec<_> = self
            .workers
            .drain(..)
            .map(|worker| {
                drop(worker.batches);
                worker.thread.join().map_err(|_| KeyedError::Thread)
            })
            .collect();
        for chunks in ended {
            for (bucket, chunks) in all.iter_mut().zip(chunks??) {
                bucket.extend(chunks);
            }
        }
        Ok(all)
    }
}

impl fmt::Debug for KeyedSetBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedSetBuilder")
            .field("threads", &self.threads)
            .field("lists", &self.lists.len())
            .finish_non_exhaustive()
    }
}

fn key_batches(spill: &Spill, batches: &Receiver<Batch>) -> Result<Chunks, KeyedError> {
    let mut buckets = Buckets::new(spill);
    for batch in batches {
        for (entry, listed, list) in &batch.entries {
            let lookup = batch.issuer.lookup(&entry.serial);
            buckets.push(record::encode(&lookup, entry, *listed, *list))?;
        }
    }
    Ok(buckets.finish()?)
}

/// Sorts the buckets, several at a time, and writes them in their order.
fn sort_buckets(
    spill: &Spill,
    chunks: &Chunks,
    threads: NonZero<usize>,
    writer: &mut Writer,
) -> Result<(), KeyedError> {
    thread::scope(|scope| {
        let sorters: Vec<Receiver<_>> = (0..threads.get())
            .map(|first| {
                let (sorted, received) = sync_channel(1);
                scope.spawn(move || {
                    for bucket in chunks.iter().skip(first).step_by(threads.get()) {
                        // Nobody who waits: writing has failed.
                        if sorted.send(spill.sorted(bucket)).is_err() {
                            return;
                        }
                    }
                });
                received
            })
            .collect();
        for sorter in sorters.iter().cycle().take(chunks.len()) {
            let bucket: Vec<Octets> = sorter.recv().map_err(|_| KeyedError::Thread)??;
            bucket.iter().try_for_each(|record| writer.push(record))?;
        }
        Ok(())
    })
}
