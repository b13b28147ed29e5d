//! Sorts and encodes partitions, large lists on several cores.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::revocation::index::IngestError;
use crate::revocation::index::key::Key;
use crate::revocation::index::mark::Aside;
use crate::revocation::index::partition::{Partition, Record, settle};
use crate::revocation::index::run::Run;
use crate::revocation::index::spare::Spare;
use crate::revocation::index::table::Layout;

/// From so many partitions on, several cores share them.
const SHARED: usize = 16;

/// More cores would wait for the one that writes.
const CORES: usize = 4;

/// How the rows of a table are encoded.
pub(super) struct Encoding<'a, K> {
    pub(super) layout: Layout<K>,
    pub(super) aside: &'a Aside,
    /// Whether the keys are wanted too.
    pub(super) keys: bool,
}

/// Encoded rows, and how many entries contradicted one that was kept.
type Encoded<K> = (Run<K>, u64);

impl<K: Key> Encoding<'_, K> {
    /// Hands the partitions encoded, in their order, to `append`, and with each
    /// how many of its entries contradicted one that was kept.
    pub(super) fn all(
        &self,
        partitions: Vec<Partition<K>>,
        mut append: impl FnMut(&Run<K>, u64) -> Result<(), IngestError>,
    ) -> Result<(), IngestError> {
        let spare = &Spare::default();
        let mut append = |(run, conflicts): Encoded<K>| {
            append(&run, conflicts)?;
            spare.put(run.into_octets());
            Ok(())
        };
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        if partitions.len() < SHARED || cores < 2 {
            let mut scratch = Vec::new();
            let mut partitions = partitions.into_iter();
            return partitions.try_for_each(|p| append(self.one(p, &mut scratch, spare)));
        }
        let queue = Mutex::new(partitions.into_iter().enumerate());
        thread::scope(|scope| {
            let (sender, receiver) = sync_channel(2 * CORES);
            for _ in 0..cores.min(CORES) {
                let (queue, sender) = (&queue, sender.clone());
                scope.spawn(move || self.work(queue, &sender, spare));
            }
            drop(sender);
            let mut early = BTreeMap::new();
            let mut due = 0;
            for (number, encoded) in receiver {
                early.insert(number, encoded);
                while let Some(encoded) = early.remove(&due) {
                    append(encoded)?;
                    due += 1;
                }
            }
            Ok(())
        })
    }

    /// Takes partitions from the queue until it is empty, or until nobody wants
    /// the result.
    fn work(
        &self,
        queue: &Mutex<impl Iterator<Item = (usize, Partition<K>)>>,
        sender: &SyncSender<(usize, Encoded<K>)>,
        spare: &Spare,
    ) {
        let mut scratch = Vec::new();
        let next = || queue.lock().ok()?.next();
        while let Some((number, partition)) = next() {
            let encoded = self.one(partition, &mut scratch, spare);
            if sender.send((number, encoded)).is_err() {
                return;
            }
        }
    }

    fn one(
        &self,
        partition: Partition<K>,
        scratch: &mut Vec<Record<K>>,
        spare: &Spare,
    ) -> Encoded<K> {
        partition.sort_into(scratch);
        let mut run = Run::new(&self.layout, scratch.len(), spare.get());
        let mut conflicts = 0;
        for (key, packed) in settle(scratch, self.aside, &mut conflicts) {
            run.push(&self.layout, key, self.aside.unpack(packed), 0);
            if self.keys {
                run.keys.push(key);
            }
        }
        (run, conflicts)
    }
}
