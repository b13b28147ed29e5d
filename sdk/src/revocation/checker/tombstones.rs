//! What was revoked once.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use aws_lc_rs::hmac;

use crate::error::{Error, Trace};
use crate::limits;
use crate::revocation::checker::journal::{Journal, JournalError};
use crate::revocation::entries::Entry;
use crate::revocation::status::{Evidence, Finding};
use crate::revocation::{CheckMethod, Reason, RememberedSource, RevocationQuery, Source, Status};
use crate::time::Time;
use crate::transaction::random;

/// Remembers which certificates were found revoked, by whichever back end: no
/// other answer counts for them any more, because holds are never released.
///
/// They are found under a keyed hash of the issuer's key and the serial
/// number. There is room for [`limits::TOMBSTONES`] of them. Nothing is dropped
/// when they are full: further ones are not remembered, which
/// [`Tombstones::unkept`] counts, and are asked about each time.
///
/// With a [journal](Tombstones::open) they survive a restart.
pub struct Tombstones {
    key: TombstoneKey,
    stones: RwLock<HashMap<Name, Tombstone>>,
    room: usize,
    unkept: AtomicU64,
    journal: Option<Mutex<Journal>>,
    /// Not yet written.
    due: Mutex<Vec<(Name, Tombstone)>>,
}

/// Keyed hash of the issuer's key, its purpose and the serial number.
pub(super) type Name = [u8; 32];

/// The key of the hashes. With a journal, it is kept with the relying party's
/// secrets: who has both can find out which serial numbers are in there.
pub struct TombstoneKey(hmac::Key);

/// What is left of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tombstone {
    pub(super) reason: Reason,
    pub(super) revoked_at: Time,
    pub(super) invalid_since: Option<Time>,
    pub(super) as_of: Time,
    pub(super) method: CheckMethod,
}

impl TombstoneKey {
    /// A fresh one, for tombstones that live as long as the process.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        Ok(Self::from_octets(&random()?))
    }

    /// A key of 32 octets, for tombstones with a journal.
    #[must_use]
    pub fn from_octets(octets: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, octets))
    }

    pub(super) fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        let mut octets = [0; 32];
        octets.copy_from_slice(context.sign().as_ref());
        octets
    }
}

impl Tombstones {
    /// None yet, and forgotten with the process.
    #[must_use]
    pub fn in_memory(key: TombstoneKey) -> Self {
        Self::new(key, HashMap::new(), None)
    }

    /// Those of a journal, which is made if it is not there, readable by its
    /// owner alone. Each new one is on disk before it is told to whoever found
    /// it; who asks in the meantime is not kept waiting.
    ///
    /// One process has a journal open at a time, where the system knows locks
    /// on files (Unix): of two, each would overwrite what the other remembers.
    /// A last record that was being written when the process ended is dropped.
    ///
    /// # Errors
    /// A [`JournalError`] if it cannot be read or written, is in use, is
    /// damaged, was written with another key, or is longer than [`limits::TOMBSTONES`].
    pub fn open(key: TombstoneKey, path: &Path) -> Result<Self, JournalError> {
        let (journal, stones) = Journal::open(path, &key)?;
        Ok(Self::new(key, stones, Some(Mutex::new(journal))))
    }

    fn new(
        key: TombstoneKey,
        stones: HashMap<Name, Tombstone>,
        journal: Option<Mutex<Journal>>,
    ) -> Self {
        Self {
            key,
            stones: RwLock::new(stones),
            room: limits::TOMBSTONES,
            unkept: AtomicU64::new(0),
            journal,
            due: Mutex::default(),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let stones = self.stones.read();
        stones.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// How many there was no room for: more than none is worth an alert.
    #[must_use]
    pub fn unkept(&self) -> u64 {
        self.unkept.load(Ordering::Relaxed)
    }

    /// How many are not on disk although there is a journal: where it is more
    /// than a few for longer than a moment, the disk is full or broken. They
    /// are tried again with the next.
    #[must_use]
    pub fn unwritten(&self) -> usize {
        self.due().len()
    }

    /// Under what a certificate is found here.
    pub(super) fn name(&self, query: &RevocationQuery) -> Name {
        let anchor = query.anchor();
        // All but the last have one length each, or end themselves.
        self.key.hash(&[
            anchor.key_fingerprint(),
            anchor.purpose().as_str().as_bytes(),
            &[0],
            query.serial().as_unsigned(),
        ])
    }

    /// That a certificate was revoked, if it was. `name` is asked for only if
    /// there is anything to find.
    pub(super) fn status(
        &self,
        query: &RevocationQuery,
        name: impl FnOnce() -> Name,
    ) -> Option<Status> {
        let stones = self.stones.read();
        let stones = stones.unwrap_or_else(PoisonError::into_inner);
        if stones.is_empty() {
            return None;
        }
        let stone = *stones.get(&name())?;
        Some(stone.status(query))
    }

    /// Remembers a revocation; false if there is nothing new to write.
    pub(super) fn bury(&self, query: &RevocationQuery, status: &Status) -> bool {
        let Some(stone) = Tombstone::of(status) else {
            return false;
        };
        let name = self.name(query);
        let stones = self.stones.write();
        let mut stones = stones.unwrap_or_else(PoisonError::into_inner);
        if stones.contains_key(&name) {
            return false;
        }
        if stones.len() >= self.room {
            self.unkept.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        stones.insert(name, stone);
        if self.has_journal() {
            self.due().push((name, stone));
        }
        true
    }

    pub(super) fn has_journal(&self) -> bool {
        self.journal.is_some()
    }

    /// Writes what is due, and waits for the disk.
    pub(super) fn write_journal(&self) {
        let Some(journal) = &self.journal else {
            return;
        };
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        let due = std::mem::take(&mut *self.due());
        if journal.append(&due).is_err() {
            self.due().extend(due);
        }
    }

    fn due(&self) -> MutexGuard<'_, Vec<(Name, Tombstone)>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tombstone {
    /// None if the status is not that something is revoked.
    fn of(status: &Status) -> Option<Self> {
        let Finding::Revoked { entry, evidence } = status.finding() else {
            return None;
        };
        Some(Self {
            reason: entry.reason,
            revoked_at: entry.revoked_at,
            invalid_since: entry.invalid_since,
            as_of: evidence.as_of,
            method: evidence.source.method(),
        })
    }

    fn status(self, query: &RevocationQuery) -> Status {
        let entry = Entry {
            serial: *query.serial(),
            reason: self.reason,
            revoked_at: self.revoked_at,
            invalid_since: self.invalid_since,
        };
        let evidence = Evidence {
            as_of: self.as_of,
            next_update: None,
            source: Source::Remembered(RememberedSource {
                method: self.method,
            }),
        };
        Status::new(
            query,
            Finding::Revoked { entry, evidence },
            Trace::default(),
        )
    }
}

impl fmt::Debug for Tombstones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tombstones")
            .field("count", &self.count())
            .field("unkept", &self.unkept())
            .field("journal", &self.has_journal())
            .finish()
    }
}

impl fmt::Debug for TombstoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TombstoneKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::{Ca, directory, now, one_point};
    use crate::revocation::{ListSet, ScopePolicy, State};

    #[test]
    fn nothing_is_dropped_for_want_of_room() {
        let ca = Ca::new("CA");
        let list = ca.list(1, &[directory("A")]);
        let list = list.revoking(&[5], 6).revoking(&[6], 4);
        let mut lists = ListSet::new();
        let _ = lists.add(ca.verified(&list)).unwrap();
        let points = one_point(&[directory("A")]);
        let query = |serial: u8| ca.query(&[serial], Some(&points));

        let mut tombstones = Tombstones::in_memory(TombstoneKey::from_octets(&[1; 32]));
        tombstones.room = 1;
        let bury = |serial| {
            let query = query(serial);
            let status = lists.status(&query, &ScopePolicy::production(), now());
            tombstones.bury(&query, &status);
            let found = tombstones.status(&query, || tombstones.name(&query));
            (found.map(|s| s.state()), tombstones.unkept())
        };
        let (first, unkept) = bury(5);
        assert!(matches!(
            first,
            Some(State::Revoked {
                reason: Reason::CertificateHold,
                ..
            })
        ));
        assert_eq!(unkept, 0);
        assert_eq!(bury(6), (None, 1));
        // What is good leaves nothing, and what is there stays.
        assert_eq!(bury(7), (None, 1));
        assert_eq!(bury(5), (first, 1));
    }

    #[test]
    fn a_name_depends_on_key_issuer_and_serial() {
        let (ca, other) = (Ca::new("CA"), Ca::new("CA"));
        let ours = Tombstones::in_memory(TombstoneKey::from_octets(&[1; 32]));
        let theirs = Tombstones::in_memory(TombstoneKey::from_octets(&[2; 32]));
        let query = ca.query(&[5], None);
        let name = ours.name(&query);
        assert_eq!(
            name,
            ours.name(&ca.query(&[5], Some(&one_point(&[directory("B")]))))
        );
        assert_ne!(name, theirs.name(&query));
        assert_ne!(name, ours.name(&ca.query(&[6], None)));
        assert_ne!(name, ours.name(&other.query(&[5], None)));
    }
}
