//! Lists on disk: the revocation state of a whole country.
//!
//! A [`ListStore`] answers as a [`ListSet`](super::ListSet) does, from a
//! directory that [`StoreUpdate`] brings up to date. It opens in milliseconds,
//! whatever is in it, and readers never wait for a writer.
//!
//! # The directory
//!
//! | file | what it is |
//! |---|---|
//! | `manifest` | every partition: which list, its validity, the highest number ever seen, its source, its file |
//! | `manifest.previous` | the manifest before the last change |
//! | `….index` | one partition's list as an immutable [`ListIndex`](super::ListIndex) |
//! | `….summary` | in which partitions of an anchor a serial number may be found |
//! | `lock` | held by whoever writes |
//! | `….new` | unfinished; removed by the next writer |
//!
//! A partition is what one key of an issuer says about one scope. Its files
//! bear numbers and not names, since a scope names a municipality. The
//! directory belongs to the user alone (mode 0700): one that others may write
//! to is refused. Checksums find damage; they are no defence against somebody
//! with the user's own rights, who may as well change the verifier.
//!
//! # Crashes and damage
//!
//! Index files are written beside the old ones, then the manifest is replaced
//! by renaming: whoever opens the store sees the generation before or the one
//! after, never a mix. The files of the generation before stay until the
//! next, for readers that have not seen the change.
//!
//! A file that is not as it was written is found out when it is touched. What
//! depends on it is undetermined (`revocation.damaged`) until the next
//! synchronisation has made it anew. A damaged manifest is an error
//! ([`StoreError::Damaged`]); [`Recovery::Rebuild`] begins anew from the
//! manifest before it, or from what the files say of themselves, so that
//! numbers seen are not forgotten.

mod arrival;
mod binding;
mod directory;
mod error;
mod ledger;
mod manifest;
mod mention;
mod octets;
mod partition;
mod record;
mod salvage;
mod snapshot;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod update;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;

use self::directory::Directory;
use self::manifest::Manifest;
use self::partition::{IndexFile, Unusable};
use self::record::FileKey;
use self::snapshot::Snapshot;
use self::summary::Summary;
use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::error::Error;
use crate::revocation::{RevocationQuery, ScopePolicy, Status};
use crate::time::Time;
use crate::trust::{Purpose, TrustStore};

pub use self::binding::Binding;
pub use self::error::StoreError;
pub use self::mention::Mention;
pub use self::partition::{Before, Partition};
pub use self::update::{
    ListOrigin, Outcome, Recovered, Recovery, StoreUpdate, TakeError, Taken, Updated,
};

/// Verified lists in a directory, open for questions.
///
/// It holds the state of one moment; [`reload`](Self::reload) goes on to the
/// next. Threads share one.
pub struct ListStore {
    directory: Directory,
    trust: TrustStore,
    current: ArcSwap<Snapshot>,
}

impl ListStore {
    /// Opens the store of a directory, to answer under these anchors. Lists
    /// of other anchors do not answer.
    ///
    /// Nothing is read but the manifest: files are looked at when a question
    /// first needs them.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Missing`] if nothing was ever stored there.
    pub fn open(directory: &Path, trust: TrustStore) -> Result<Self, StoreError> {
        let directory = Directory::open(directory)?;
        let snapshot = load(&directory, &trust, &[])?;
        Ok(Self {
            directory,
            trust,
            current: ArcSwap::from_pointee(snapshot),
        })
    }

    /// What the lists say about a certificate, as
    /// [`ListSet::status`](super::ListSet::status) does. Its freshness is
    /// judged by [`Unconfirmed::confirm`](super::Unconfirmed::confirm).
    ///
    /// `revocation.damaged` if the file of a list is damaged or gone that
    /// could say that the certificate is good; `revocation.number` if the only
    /// such list is older than one that was there before.
    #[must_use]
    pub fn status(&self, query: &RevocationQuery, policy: &ScopePolicy, now: Time) -> Status {
        let snapshot = self.current.load();
        let answer = snapshot.status(query, policy, now);
        // Files go one generation after they were replaced: this snapshot has
        // been overtaken.
        if answer.gone && matches!(self.reload(), Ok(true)) {
            return self.current.load().status(query, policy, now).status;
        }
        answer.status
    }

    /// The lists that have a serial number, whosever certificate it is among
    /// those of `purpose`. Without the certificate's distribution point nobody
    /// knows which list would have to have it: that none has says nothing.
    ///
    /// # Errors
    /// `revocation.damaged` if a file could not be read and no other has it.
    pub fn mentions(&self, purpose: Purpose, serial: &SerialNumber) -> Result<Vec<Mention>, Error> {
        let mut found = self.current.load().mentions(purpose, serial);
        if matches!(found, Err(Unusable::Gone)) && matches!(self.reload(), Ok(true)) {
            found = self.current.load().mentions(purpose, serial);
        }
        found.map_err(|_| Code::RevocationDamaged.into())
    }

    /// Goes on to what another process has stored in the meantime. Questions
    /// that are being answered see the state before. Returns whether there was
    /// anything new; looking costs a system call, so it may be done often.
    ///
    /// # Errors
    /// [`StoreError`]. The state is then what it was.
    pub fn reload(&self) -> Result<bool, StoreError> {
        let known = self.current.load();
        let stamp = Manifest::stamp(&self.directory).map_err(StoreError::io("read"))?;
        if known.stamp == Some(stamp) {
            return Ok(false);
        }
        let snapshot = load(&self.directory, &self.trust, &known.partitions)?;
        self.current.store(Arc::new(snapshot));
        Ok(true)
    }

    /// The state in which the store is. It grows with every change.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.current.load().generation
    }

    /// When the newest list was issued that was ever seen, refused ones too.
    #[must_use]
    pub fn newest(&self) -> Option<Time> {
        self.current.load().newest
    }

    /// The partitions, for the operator. All are of one moment.
    #[must_use]
    pub fn partitions(&self) -> Vec<Arc<Partition>> {
        self.current.load().partitions.to_vec()
    }
}

/// The current state of a directory. What it has in common with `known` is
/// not mapped again.
fn load(
    directory: &Directory,
    trust: &TrustStore,
    known: &[Arc<Partition>],
) -> Result<Snapshot, StoreError> {
    // Taken before the manifest is read: one that is replaced in between is
    // found to be new the next time.
    let stamp = Manifest::stamp(directory).ok();
    let manifest = Manifest::load(directory)?.ok_or(StoreError::Missing)?;
    let known: HashMap<FileKey, &Arc<IndexFile>> =
        known.iter().map(|p| (p.file().key(), p.file())).collect();
    let records = manifest.records.iter();
    let partitions = records
        .filter_map(|record| {
            let key = record.key(record.file);
            let index = match known.get(&key) {
                Some(index) => Arc::clone(index),
                None => Arc::new(IndexFile::new(directory, record, trust)),
            };
            Partition::new(record, index, trust).map(Arc::new)
        })
        .collect();
    let summaries = manifest.summaries.iter();
    let summaries = summaries.map(|record| Summary::new(directory, record));
    let summaries = summaries.collect();
    Ok(Snapshot::new(&manifest, stamp, partitions, summaries))
}

impl fmt::Debug for ListStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.current.load();
        f.debug_struct("ListStore")
            .field("generation", &snapshot.generation)
            .field("partitions", &snapshot.partitions.len())
            .field("newest", &snapshot.newest)
            .finish_non_exhaustive()
    }
}
