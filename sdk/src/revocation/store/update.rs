//! Bringing a store up to date.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use super::StoreError;
use super::arrival::{Arrival, Turns};
use super::binding::Binding;
use super::directory::{Directory, Lock};
use super::ledger::Ledger;
use super::manifest::Manifest;
use crate::code::Code;
use crate::error::Error;
use crate::revocation::index::{Ingest, IngestError};
use crate::time::Time;

/// What to do where the manifest is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing: it is an error.
    Refuse,
    /// Begin anew with what the manifest before the last change says, or with
    /// what the files of lists say if that one is damaged too.
    Rebuild,
}

/// What was saved of a store whose manifest was damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// All but the last change.
    Previous,
    /// What the files say whose anchors are trusted now: whom lists revoke and
    /// have revoked, and their numbers. That a list once had a higher number is
    /// forgotten where its file was lost before. None of them says that a
    /// certificate is good before its source has confirmed it.
    Files,
    /// Nothing: the highest numbers and what lists have dropped are forgotten.
    Nothing,
}

/// Where a list comes from, in the operator's words.
///
/// It may tell a municipality, so `Debug` does not print it.
#[derive(Clone, Default)]
pub struct ListOrigin {
    /// What [`Partition::label`](super::Partition::label) shows to the
    /// operator. The lists of one partition come under the same label each
    /// time.
    pub label: String,
    /// What tells a mirror which issue it is (an entity tag, a date), in the
    /// mirror's own octets.
    pub validators: Vec<u8>,
    /// What its lists cover where they do not say so. Lists that came under
    /// this label and another binding say of nobody any more that a certificate
    /// is good.
    pub binding: Binding,
}

/// A list that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Taken {
    /// What became of it.
    pub outcome: Outcome,
    /// How many certificates it revokes.
    pub revoked: u64,
    /// How many of its entries contradict others; worth an alert.
    pub conflicts: u64,
    /// How many of its entries say once more what another one says; counted
    /// where it has taken its place in the store.
    pub duplicates: u64,
    /// How many certificates it no longer lists, and no list dropped before.
    /// They stay revoked; more than expire in the meantime are worth an alert.
    pub dropped: u64,
    /// How many certificates that earlier lists had dropped are not known to
    /// be revoked any more: the files that said so were damaged. Always worth
    /// an alert.
    pub forgotten: u64,
    /// Whether it says what it covers, or its [binding](ListOrigin::binding)
    /// does. If neither does, it says of nobody that a certificate is good.
    pub scoped: bool,
}

/// What became of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is the first of its partition.
    First,
    /// It replaced an older one.
    Replaced,
    /// It is the one that is there.
    Unchanged,
    /// It took the place of a file that was damaged or gone.
    Repaired,
    /// It has the number of the one that is there, and is not newer. What it
    /// revokes counts; what it does not, says nothing.
    Kept,
    /// A newer one of its partition came in with the same update. What it
    /// revokes counts.
    Superseded,
}

/// Why a list was not taken.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TakeError {
    /// The list cannot be read, does not verify, or is too large; or its file
    /// cannot be written.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The list is older than one that was there before (`revocation.number`).
    /// What it revokes counts all the same.
    #[error(transparent)]
    Older(Error),
    /// The store cannot be written, or is full.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Updated {
    /// The state in which the store is now.
    pub generation: u64,
    /// How many files were removed that nobody needs any more.
    pub removed: usize,
}

/// The right to change a store, and what has been changed so far.
///
/// Several threads may [take](Self::take) lists at once. Lists become durable,
/// and visible to readers, in batches. What has not yet is lost if the process
/// dies, and comes in again with the next update.
pub struct StoreUpdate {
    pub(super) directory: Directory,
    ingest: Ingest,
    ledger: Mutex<Ledger>,
    turns: Turns,
    recovered: Option<Recovered>,
    _lock: Lock,
}

impl StoreUpdate {
    /// Begins to write to the store of a directory, which is made if it is not
    /// there. Lists are verified by `ingest`.
    ///
    /// # Errors
    /// [`StoreError`]: [`StoreError::Locked`] if another process does so.
    pub fn begin(directory: &Path, ingest: Ingest, recovery: Recovery) -> Result<Self, StoreError> {
        let directory = Directory::create(directory)?;
        let lock = directory.lock()?;
        let (manifest, recovered) = match (Manifest::load_or_begin(&directory), recovery) {
            (Ok(manifest), _) => (manifest, None),
            (Err(StoreError::Damaged), Recovery::Rebuild) => {
                let (manifest, recovered) = Manifest::recover(&directory, ingest.trust())?;
                (manifest, Some(recovered))
            }
            (Err(error), _) => return Err(error),
        };
        let ledger = Ledger::new(manifest, &directory, ingest.trust());
        let update = Self {
            directory,
            ingest,
            ledger: Mutex::new(ledger),
            turns: Turns::default(),
            recovered,
            _lock: lock,
        };
        update.ledger().sweep(&update.directory)?;
        Ok(update)
    }

    /// What was saved of a manifest that was damaged. Somebody should be told.
    #[must_use]
    pub fn recovered(&self) -> Option<Recovered> {
        self.recovered
    }

    /// Verifies the list of `length` octets of DER that `source` holds, and
    /// takes it into the store. `now` is when the source was found to have it.
    ///
    /// # Errors
    /// [`TakeError`]; `misuse.argument` if the source has a
    /// [binding](ListOrigin::binding) and the list states its scope itself.
    /// What the store holds has not changed, except that what an
    /// [older](TakeError::Older) list revokes counts.
    pub fn take(
        &self,
        source: impl Read + Send,
        length: u64,
        origin: &ListOrigin,
        now: Time,
    ) -> Result<Taken, TakeError> {
        let list = self.ingest.read(source, length, origin.binding.name())?;
        // Lists of one partition are taken one after the other.
        let _turn = self.turns.wait(list.facts());
        let partition = self.ledger().partition(list.facts());
        self.ledger().unbind(origin);
        let arrival = Arrival {
            update: self,
            list,
            origin,
            now,
        };
        arrival.settle(partition.as_deref())
    }

    /// Notes that a source still has the list that it had, as a mirror says.
    /// The list does not become younger by it. Returns whether there is such a
    /// list, which may answer; where there is none, or it came under another
    /// binding, or its file is damaged, it has to be fetched.
    #[must_use]
    pub fn unchanged(&self, label: &str, binding: &Binding, now: Time) -> bool {
        let mut ledger = self.ledger();
        let whole = ledger.of_source(label, binding);
        let whole = whole.filter(|p| p.answers() && p.is_whole());
        if let Some(partition) = &whole {
            ledger.touch(partition, &partition.record().source, now);
        }
        whole.is_some()
    }

    /// What a source said about the list that is here; none if that came under
    /// another binding.
    #[must_use]
    pub fn validators(&self, label: &str, binding: &Binding) -> Option<Vec<u8>> {
        let partition = self.ledger().of_source(label, binding)?;
        Some(partition.record().source.validators.to_vec())
    }

    /// Makes durable, and visible to readers, what was taken so far. Returns
    /// the generation.
    ///
    /// # Errors
    /// [`StoreError::Io`]: readers see the state before.
    pub fn commit(&self) -> Result<u64, StoreError> {
        self.ledger().commit(&self.directory)
    }

    /// Makes everything durable and visible, and removes what nobody needs any
    /// more.
    ///
    /// # Errors
    /// [`StoreError::Io`]: readers see the state before the last batch.
    pub fn finish(self) -> Result<Updated, StoreError> {
        let mut ledger = self.ledger();
        ledger.commit(&self.directory)?;
        ledger.summarise(&self.directory)?;
        let generation = ledger.commit(&self.directory)?;
        let removed = ledger.sweep(&self.directory)?;
        Ok(Updated {
            generation,
            removed,
        })
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TakeError {
    /// The code under which the list is of no use.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Ingest(error) => error.code(),
            Self::Older(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

impl fmt::Debug for ListOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListOrigin").finish_non_exhaustive()
    }
}

impl fmt::Debug for StoreUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreUpdate")
            .field("recovered", &self.recovered)
            .finish_non_exhaustive()
    }
}
