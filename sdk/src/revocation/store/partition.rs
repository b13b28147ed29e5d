//! One partition of a snapshot.

use std::cmp::Ordering;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::directory::Directory;
use super::record::{FileKey, Record, Role, Top};
use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::revocation::distribution_point::Names;
use crate::revocation::entries::Entry;
use crate::revocation::facts::Facts;
use crate::revocation::index::{self, Damaged, IndexError, ListIndex};
use crate::revocation::status::Origin;
use crate::revocation::{CrlNumber, DistributionPointName};
use crate::time::Time;
use crate::trust::{Anchor, Fingerprint, TrustStore};

/// The lists of one key of an issuer and one scope: the newest that was ever
/// seen, and what its predecessors revoked and it does not repeat.
///
/// Which partition it is tells a municipality, so what it says is for the
/// operator, and `Debug` does not print it.
pub struct Partition {
    record: Record,
    facts: Facts,
    file: Arc<IndexFile>,
}

/// The file of a partition, mapped when it is first touched.
pub(super) struct IndexFile {
    path: PathBuf,
    key: FileKey,
    length: u64,
    head: Box<[u8]>,
    trust: TrustStore,
    /// What its octets are. That it could not be opened says nothing about
    /// them: the next question tries again.
    mapped: OnceLock<Result<ListIndex, Damaged>>,
}

/// Why a file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is not as it was written.
    Damaged,
    /// It is not there.
    Gone,
}

/// What a partition has about a certificate.
pub(super) struct Found {
    pub(super) listed: Option<Entry>,
    /// What an earlier list had, and which one.
    pub(super) dropped: Option<(Entry, Arc<Origin>)>,
}

/// What a partition held before.
#[derive(Debug)]
pub enum Before {
    /// What it holds now.
    Same,
    /// Nothing: it is new.
    Nothing,
    /// The list before the one that it holds now.
    List(Box<ListIndex>),
    /// It has changed more than once since, or the file is damaged or gone:
    /// only all that it holds can be looked at.
    Forgotten,
}

/// How a list stands to the highest that its partition ever had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Newer,
    /// Of the same number and date.
    Same,
    Older,
}

impl Partition {
    /// None if its anchor is not among the trusted ones.
    pub(super) fn open(record: &Record, directory: &Directory, trust: &TrustStore) -> Option<Self> {
        let file = Arc::new(IndexFile::new(directory, record, trust));
        Self::new(record, file, trust)
    }

    /// None if its anchor is not among the trusted ones.
    pub(super) fn new(record: &Record, file: Arc<IndexFile>, trust: &TrustStore) -> Option<Self> {
        Some(Self {
            facts: index::facts_of(&record.head, trust)?,
            record: record.clone(),
            file,
        })
    }

    /// The anchor that signed its list.
    #[must_use]
    pub fn anchor(&self) -> &Arc<Anchor> {
        &self.facts.anchor
    }

    /// The names of the distribution points that it covers; none if its list
    /// states no scope, or none that can match.
    pub fn distribution_points(&self) -> impl Iterator<Item = DistributionPointName<'_>> {
        self.names().into_iter().flat_map(Names::iter)
    }

    /// When its list was issued.
    #[must_use]
    pub fn this_update(&self) -> Time {
        self.facts.this_update()
    }

    /// By when the next one is issued.
    #[must_use]
    pub fn next_update(&self) -> Option<Time> {
        self.facts.origin.next_update
    }

    /// The number of its list.
    #[must_use]
    pub fn number(&self) -> Option<&CrlNumber> {
        self.facts.number()
    }

    /// The highest number that a list of this partition ever had.
    #[must_use]
    pub fn highest_number(&self) -> Option<&CrlNumber> {
        self.record.top.number.as_ref()
    }

    /// Whether its list may say that a certificate is good, if it states a
    /// scope. What it revokes counts in any case.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.withheld().is_none()
    }

    /// Why its list may not say that a certificate is good: `revocation.number`
    /// while it is older than one that was lost, `revocation.no_scope` where
    /// configuration [binds](super::Binding) its source to its distribution
    /// point no longer.
    #[must_use]
    pub fn withheld(&self) -> Option<Code> {
        match self.record.role {
            Role::Answers => None,
            Role::OnlyRevokes | Role::Twin => Some(Code::RevocationNumber),
            Role::Unbound => Some(Code::RevocationNoScope),
        }
    }

    /// Whether its distribution point is what configuration says, and not what
    /// its list states.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.facts.scope.configured().is_some()
    }

    /// SHA-256 over the `TBSCertList` of its list.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        self.facts.origin.digest
    }

    /// How many certificates its list revokes.
    #[must_use]
    pub fn revoked(&self) -> u64 {
        self.record.counts.revoked
    }

    /// How many are revoked because earlier lists said so.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.record.counts.dropped
    }

    /// How many entries of its list contradict others.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.record.counts.conflicts
    }

    /// The octets of its file.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.record.file.length
    }

    /// Where its list came from, as [`ListOrigin`](super::ListOrigin) says.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.record.source.label
    }

    /// When the source was last found to have this list. The age of a list
    /// does not count from here, but from when it was [issued](Self::this_update).
    #[must_use]
    pub fn seen(&self) -> Time {
        self.record.seen
    }

    /// The generation of the store in which its file was written.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.record.file.generation
    }

    /// Reads all of its file.
    ///
    /// # Errors
    /// `revocation.damaged` if it is damaged or gone.
    pub fn check(&self) -> Result<(), crate::Error> {
        let index = self.index()?;
        index
            .verify()
            .map_err(|Damaged| Code::RevocationDamaged.into())
    }

    /// Its list, and what earlier ones had.
    ///
    /// # Errors
    /// `revocation.damaged` if the file is damaged or gone.
    pub fn index(&self) -> Result<&ListIndex, crate::Error> {
        self.file
            .index()
            .map_err(|_| Code::RevocationDamaged.into())
    }

    /// What it held in an earlier generation of the store.
    #[must_use]
    pub fn before(&self, generation: u64) -> Before {
        if self.changed() <= generation {
            return Before::Same;
        }
        let Some(previous) = self.record.previous else {
            return Before::Nothing;
        };
        let key = self.record.key(previous);
        let path = self.file.path.with_file_name(key.name());
        match ListIndex::open(&path, &self.file.trust) {
            Ok(index) if previous.generation <= generation => Before::List(Box::new(index)),
            Ok(_) | Err(_) => Before::Forgotten,
        }
    }

    pub(super) fn names(&self) -> Option<Names<'_>> {
        self.facts.scope.names()
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(super) fn file(&self) -> &Arc<IndexFile> {
        &self.file
    }

    pub(super) fn trust(&self) -> &TrustStore {
        &self.file.trust
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    pub(super) fn role(&self) -> Role {
        self.record.role
    }

    /// The same list and file, of which something else is known.
    pub(super) fn with(&self, record: Record) -> Self {
        Self {
            facts: self.facts.clone(),
            file: Arc::clone(&self.file),
            record,
        }
    }

    pub(super) fn standing(&self, list: &Facts) -> Standing {
        match Top::of(list).cmp(&self.record.top) {
            Ordering::Greater => Standing::Newer,
            Ordering::Equal => Standing::Same,
            Ordering::Less => Standing::Older,
        }
    }

    /// Whether every block of its file is as it was written.
    pub(super) fn is_whole(&self) -> bool {
        self.check().is_ok()
    }

    /// The file before the present one, if it is still whole.
    pub(super) fn open_previous(&self, directory: &Directory) -> Option<ListIndex> {
        let key = self.record.key(self.record.previous?);
        let index = ListIndex::open(&directory.join(&key.name()), &self.file.trust).ok()?;
        let same = index.facts().is_same_series(&self.facts);
        (same && index.verify().is_ok()).then_some(index)
    }

    pub(super) fn find(&self, serial: &SerialNumber) -> Result<Found, Unusable> {
        let index = self.file.index()?;
        Ok(Found {
            listed: index.find(serial)?,
            dropped: index.find_dropped(serial)?,
        })
    }
}

impl IndexFile {
    pub(super) fn new(directory: &Directory, record: &Record, trust: &TrustStore) -> Self {
        let key = record.key(record.file);
        Self {
            path: directory.join(&key.name()),
            key,
            length: record.file.length,
            head: record.head.clone(),
            trust: trust.clone(),
            mapped: OnceLock::new(),
        }
    }

    pub(super) const fn key(&self) -> FileKey {
        self.key
    }

    /// Whether it is what the record means, and of use. A store that was
    /// removed and made anew gives the same names to other files.
    pub(super) fn is_of(&self, record: &Record) -> bool {
        let usable = !matches!(self.mapped.get(), Some(Err(_)));
        usable && self.length == record.file.length && self.head == record.head
    }

    pub(super) fn index(&self) -> Result<&ListIndex, Unusable> {
        let mapped = match self.mapped.get() {
            Some(mapped) => mapped,
            None => {
                let mapped = self.map()?;
                self.mapped.get_or_init(|| mapped)
            }
        };
        mapped.as_ref().map_err(|Damaged| Unusable::Damaged)
    }

    /// Nothing was looked at before: to ask thousands of files for their
    /// lengths takes as long as all the rest of opening a store.
    fn map(&self) -> io::Result<Result<ListIndex, Damaged>> {
        match ListIndex::open_with_head(&self.path, &self.trust) {
            Ok((index, head)) if index.octets() == self.length && *head == *self.head => {
                Ok(Ok(index))
            }
            Err(IndexError::Io(error)) => Err(error),
            Ok(_) | Err(IndexError::Damaged(_) | IndexError::Version | IndexError::Anchor) => {
                Ok(Err(Damaged))
            }
        }
    }
}

impl From<Damaged> for Unusable {
    fn from(_: Damaged) -> Self {
        Self::Damaged
    }
}

impl From<io::Error> for Unusable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Gone,
            _ => Self::Damaged,
        }
    }
}

// A number that names nobody.
impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partition")
            .field("id", &self.record.id)
            .field("this_update", &self.this_update())
            .field("next_update", &self.next_update())
            .finish_non_exhaustive()
    }
}
