//! The manifest that is being changed.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::sync::Arc;

use super::StoreError;
use super::binding::Binding;
use super::directory::{Directory, Unfinished};
use super::manifest::Manifest;
use super::partition::Partition;
use super::record::{Counts, FileRecord, INDEX, Record, Role, SUMMARY, SourceRecord, Top};
use super::summary;
use super::update::ListOrigin;
use crate::limits;
use crate::revocation::CrlNumber;
use crate::revocation::facts::Facts;
use crate::revocation::index::ListIndex;
use crate::time::Time;
use crate::trust::TrustStore;

/// Files, and octets in them, that are made durable at once.
const BATCH_FILES: usize = 128;
const BATCH_OCTETS: u64 = 256 * 1024 * 1024;

/// The state of a store as it will be after the next commit.
pub(super) struct Ledger {
    manifest: Manifest,
    trust: TrustStore,
    /// In the order of the records; none for those of anchors that are not
    /// trusted.
    partitions: Vec<Option<Arc<Partition>>>,
    /// The highest numbers when the update began.
    floors: HashMap<u32, Option<CrlNumber>>,
    /// Files that may not have reached the disk itself.
    unsynced: Vec<File>,
    octets: u64,
    changed: bool,
}

/// A file that takes its place in a partition.
pub(super) struct Placement<'a> {
    pub(super) partition: Option<&'a Partition>,
    pub(super) file: Unfinished,
    pub(super) role: Role,
    pub(super) top: Top,
    pub(super) source: SourceRecord,
    pub(super) seen: Time,
}

impl Ledger {
    pub(super) fn new(manifest: Manifest, directory: &Directory, trust: &TrustStore) -> Self {
        let partition = |record| Partition::open(record, directory, trust).map(Arc::new);
        let floor = |record: &Record| (record.id, record.top.number.clone());
        Self {
            partitions: manifest.records.iter().map(partition).collect(),
            floors: manifest.records.iter().map(floor).collect(),
            trust: trust.clone(),
            unsynced: Vec::new(),
            octets: 0,
            // A store without lists is one too.
            changed: manifest.generation == 0,
            manifest,
        }
    }

    /// The partition of a list.
    pub(super) fn partition(&self, facts: &Facts) -> Option<Arc<Partition>> {
        let mut partitions = self.partitions.iter().flatten();
        let own = partitions.find(|p| p.facts().is_same_series(facts));
        own.cloned()
    }

    /// Whether a list of this number would have been let in before the update
    /// began: only a list of the same update stands in its way.
    pub(super) fn was_high(&self, partition: &Partition, number: Option<&CrlNumber>) -> bool {
        let floor = self.floors.get(&partition.record().id);
        floor.is_none_or(|floor| number >= floor.as_ref())
    }

    /// Puts a file into its partition, and commits if much has come together.
    pub(super) fn place(
        &mut self,
        placement: Placement<'_>,
        directory: &Directory,
    ) -> Result<Arc<Partition>, StoreError> {
        let Placement {
            partition,
            file,
            role,
            top,
            source,
            seen,
        } = placement;
        let (index, head) =
            ListIndex::open_with_head(&file.path, &self.trust).map_err(StoreError::unreadable)?;
        let counts = Counts::of(&index);
        self.manifest.newest = self.manifest.newest.max(Some(index.this_update()));
        let known = partition.map(Partition::record);
        let id = match known {
            Some(known) => known.id,
            None if self.manifest.records.len() >= limits::CRL_STORE => {
                return Err(StoreError::Full);
            }
            None => self.manifest.next,
        };
        let record = Record {
            id,
            head: head.into(),
            file: FileRecord {
                generation: self.manifest.generation + 1,
                length: index.octets(),
            },
            previous: partition.and_then(|partition| self.previous(partition)),
            role,
            top,
            counts,
            seen,
            source,
        };
        self.octets += index.octets();
        let name = record.key(record.file).name();
        let file = file.name(directory, &name);
        self.unsynced.push(file.map_err(StoreError::io("written"))?);
        let partition = self.put(record, directory)?;
        if self.unsynced.len() >= BATCH_FILES || self.octets >= BATCH_OCTETS {
            self.commit(directory)?;
        }
        Ok(partition)
    }

    /// The file that readers may still use when the present one is replaced,
    /// and out of which it could be made anew.
    fn previous(&self, partition: &Partition) -> Option<FileRecord> {
        let known = partition.record();
        let seen = known.file.generation <= self.manifest.generation;
        if seen && partition.is_whole() {
            Some(known.file)
        } else {
            known.previous
        }
    }

    fn put(&mut self, record: Record, directory: &Directory) -> Result<Arc<Partition>, StoreError> {
        let partition = Partition::open(&record, directory, &self.trust);
        let partition = Arc::new(partition.ok_or(StoreError::Damaged)?);
        let place = self.manifest.records.iter().position(|r| r.id == record.id);
        match place {
            Some(place) => {
                let records = self.manifest.records.get_mut(place);
                records.into_iter().for_each(|r| *r = record.clone());
                let partitions = self.partitions.get_mut(place);
                partitions
                    .into_iter()
                    .for_each(|p| *p = Some(Arc::clone(&partition)));
            }
            None => {
                self.manifest.next = record.id + 1;
                self.manifest.records.push(record);
                self.partitions.push(Some(Arc::clone(&partition)));
            }
        }
        self.changed = true;
        Ok(partition)
    }

    /// Notes that a list was issued at this time, whatever becomes of it.
    pub(super) fn witness(&mut self, this_update: Time) {
        let newest = self.manifest.newest.max(Some(this_update));
        self.changed |= newest != self.manifest.newest;
        self.manifest.newest = newest;
    }

    /// Notes that the source still has the list of this partition, and says
    /// what it covers.
    pub(super) fn touch(&mut self, partition: &Partition, source: &SourceRecord, seen: Time) {
        self.change(partition, |record| {
            record.source = source.clone();
            record.seen = record.seen.max(seen);
            if record.role == Role::Unbound {
                record.role = Role::Answers;
            }
        });
    }

    /// Configuration says something else about the lists of a source than it
    /// did: those that were bound before only revoke.
    pub(super) fn unbind(&mut self, origin: &ListOrigin) {
        let bound = self.of_label(&origin.label).filter(|p| {
            let scope = &p.facts().scope;
            scope.configured().is_some() && !origin.binding.is_of(scope)
        });
        for partition in bound.cloned().collect::<Vec<_>>() {
            self.change(&partition, |record| {
                if record.role == Role::Answers {
                    record.role = Role::Unbound;
                }
            });
        }
    }

    fn change(&mut self, partition: &Partition, change: impl Fn(&mut Record)) {
        let id = partition.record().id;
        let records = self.manifest.records.iter_mut();
        let place = self.partitions.iter_mut().zip(records);
        for (known, record) in place.filter(|(_, r)| r.id == id) {
            change(record);
            *known = Some(Arc::new(partition.with(record.clone())));
            self.changed = true;
        }
    }

    /// The partition whose lists come from a source.
    pub(super) fn of_source(&self, label: &str, binding: &Binding) -> Option<Arc<Partition>> {
        let mut partitions = self.of_label(label);
        let own = partitions.find(|p| binding.is_of(&p.facts().scope));
        own.cloned()
    }

    /// The partitions whose lists came under this label.
    fn of_label(&self, label: &str) -> impl Iterator<Item = &Arc<Partition>> {
        let partitions = self.partitions.iter().flatten();
        partitions.filter(move |p| p.label() == label)
    }

    /// Makes the changes durable, then visible. Returns the generation.
    pub(super) fn commit(&mut self, directory: &Directory) -> Result<u64, StoreError> {
        if !self.changed {
            return Ok(self.manifest.generation);
        }
        let synced = directory.sync_files(&self.unsynced);
        synced.map_err(StoreError::io("written"))?;
        self.manifest.generation += 1;
        if let Err(error) = self.manifest.save(directory) {
            self.manifest.generation -= 1;
            return Err(error);
        }
        self.unsynced.clear();
        self.octets = 0;
        self.changed = false;
        Ok(self.manifest.generation)
    }

    /// Makes the summaries anew that have fallen too far behind.
    pub(super) fn summarise(&mut self, directory: &Directory) -> Result<(), StoreError> {
        let partitions: Vec<_> = self.partitions.iter().flatten().cloned().collect();
        let generation = self.manifest.generation + 1;
        let summaries = &mut self.manifest.summaries;
        for file in summary::renew(&partitions, summaries, generation, directory)? {
            self.unsynced.push(file);
            self.changed = true;
        }
        Ok(())
    }

    /// Removes what no manifest names any more.
    pub(super) fn sweep(&self, directory: &Directory) -> Result<usize, StoreError> {
        let records = self.manifest.records.iter();
        let indexes = records.flat_map(|record| {
            let files = [Some(record.file), record.previous];
            files
                .into_iter()
                .flatten()
                .map(|file| record.key(file).name())
        });
        let summaries = self.manifest.summaries.iter().map(|s| s.name());
        let wanted: HashSet<_> = indexes.chain(summaries).collect();
        directory
            .sweep(&[INDEX, SUMMARY], |name| wanted.contains(name))
            .map_err(StoreError::io("written"))
    }
}
