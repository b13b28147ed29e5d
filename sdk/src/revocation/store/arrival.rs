//! What becomes of a verified list.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::StoreError;
use super::directory::Unfinished;
use super::ledger::Placement;
use super::partition::{Partition, Standing};
use super::record::{Role, SourceRecord, Top};
use super::update::{ListOrigin, Outcome, StoreUpdate, TakeError, Taken};
use crate::code::Code;
use crate::revocation::facts::Facts;
use crate::revocation::index::{Built, Damaged, IngestError, ListIndex, ReadList};
use crate::time::Time;

/// A verified list that is not in the store yet.
pub(super) struct Arrival<'a> {
    pub(super) update: &'a StoreUpdate,
    pub(super) list: ReadList,
    pub(super) origin: &'a ListOrigin,
    pub(super) now: Time,
}

impl Arrival<'_> {
    /// Takes the list; `partition` is where it belongs, if there is one.
    pub(super) fn settle(self, partition: Option<&Partition>) -> Result<Taken, TakeError> {
        let facts = self.list.facts();
        let Some(partition) = partition else {
            let top = Top::of(facts);
            return self.replace(None, Outcome::First, (Role::Answers, top));
        };
        self.update.ledger().witness(facts.this_update());
        let whole = partition.is_whole();
        // Of two lists with one number and date, the second is no copy.
        let same = facts.origin.digest == partition.digest();
        let role = partition.role();
        let lost = matches!(role, Role::OnlyRevokes | Role::Twin);
        match partition.standing(facts) {
            Standing::Newer => self.answer(partition, Outcome::Replaced),
            Standing::Same if !same && lost => self.answer(partition, Outcome::Repaired),
            Standing::Same if same && (role == Role::OnlyRevokes || !(whole || lost)) => {
                self.answer(partition, Outcome::Repaired)
            }
            Standing::Same if same && whole => {
                self.note(partition);
                Ok(taken(Outcome::Unchanged, partition))
            }
            Standing::Same | Standing::Older if whole => self.bury(partition),
            standing @ (Standing::Same | Standing::Older) => {
                let outcome = self.refusal(partition);
                let role = match standing {
                    Standing::Same => Role::Twin,
                    Standing::Newer | Standing::Older => Role::OnlyRevokes,
                };
                let place = (role, partition.record().top.clone());
                let taken = self.replace(Some(partition), Outcome::Kept, place)?;
                outcome.map(|outcome| Taken { outcome, ..taken })
            }
        }
    }

    /// From now on it is this list that answers.
    fn answer(self, partition: &Partition, outcome: Outcome) -> Result<Taken, TakeError> {
        let top = Top::of(self.list.facts());
        self.replace(Some(partition), outcome, (Role::Answers, top))
    }

    /// The list takes the place of the one that is there; what that one and
    /// its predecessors revoke stays revoked.
    fn replace(
        self,
        partition: Option<&Partition>,
        outcome: Outcome,
        (role, top): (Role, Top),
    ) -> Result<Taken, TakeError> {
        let scoped = is_scoped(self.list.facts());
        let Self { update, list, .. } = self;
        let mut file = begin(update)?;
        let salvaged;
        let previous = match partition {
            Some(partition) if partition.is_whole() => partition.index().ok(),
            // Its file is damaged or gone: the one before has most of it.
            Some(partition) => {
                salvaged = partition.open_previous(&update.directory);
                salvaged.as_ref()
            }
            None => None,
        };
        let forgotten = match (partition, previous) {
            (Some(partition), previous) if !partition.is_whole() => {
                let saved = previous.map_or(0, ListIndex::dropped_count);
                partition.dropped().saturating_sub(saved as u64)
            }
            _ => 0,
        };
        let built = list.write(previous, &mut file.file).map_err(failed)?;
        let placement = Placement {
            partition,
            file,
            role,
            top,
            source: SourceRecord::of(self.origin),
            seen: self.now,
        };
        update.ledger().place(placement, &update.directory)?;
        let Built {
            revoked,
            conflicts,
            duplicates,
            dropped,
            ..
        } = built;
        Ok(Taken {
            outcome,
            revoked: revoked as u64,
            conflicts,
            duplicates,
            dropped: dropped as u64,
            forgotten,
            scoped,
        })
    }

    /// What the list revokes counts from now on; what it does not, says
    /// nothing.
    fn bury(self, partition: &Partition) -> Result<Taken, TakeError> {
        let outcome = self.refusal(partition);
        let Self { update, list, .. } = self;
        let mut file = begin(update)?;
        list.write(None, &mut file.file).map_err(failed)?;
        let trust = partition.trust();
        let older = ListIndex::open(&file.path, trust).map_err(StoreError::unreadable)?;
        let current = partition.index().map_err(|_| IngestError::from(Damaged))?;
        let mut both = begin(update)?;
        let built = current.bury(&older, &mut both.file).map_err(failed)?;
        if built.dropped > 0 {
            let record = partition.record();
            let placement = Placement {
                partition: Some(partition),
                file: both,
                role: record.role,
                top: record.top.clone(),
                source: record.source.clone(),
                seen: record.seen,
            };
            update.ledger().place(placement, &update.directory)?;
        }
        Ok(Taken {
            outcome: outcome?,
            revoked: older.revoked() as u64,
            conflicts: older.conflicts(),
            duplicates: 0,
            dropped: 0,
            forgotten: 0,
            scoped: is_scoped(partition.facts()),
        })
    }

    /// What a list that does not answer is told.
    fn refusal(&self, partition: &Partition) -> Result<Outcome, TakeError> {
        let number = self.list.facts().number();
        if number >= partition.highest_number() {
            Ok(Outcome::Kept)
        } else if self.update.ledger().was_high(partition, number) {
            Ok(Outcome::Superseded)
        } else {
            Err(TakeError::Older(Code::RevocationNumber.into()))
        }
    }

    /// The source still has what is here.
    fn note(&self, partition: &Partition) {
        let source = SourceRecord::of(self.origin);
        let mut ledger = self.update.ledger();
        ledger.touch(partition, &source, self.now);
    }
}

fn taken(outcome: Outcome, partition: &Partition) -> Taken {
    Taken {
        outcome,
        revoked: partition.revoked(),
        conflicts: partition.conflicts(),
        duplicates: 0,
        dropped: 0,
        forgotten: 0,
        scoped: is_scoped(partition.facts()),
    }
}

fn is_scoped(list: &Facts) -> bool {
    list.scope.names().is_some()
}

fn begin(update: &StoreUpdate) -> Result<Unfinished, StoreError> {
    let begun = update.directory.begin();
    begun.map_err(StoreError::io("written"))
}

/// A store that cannot be written is no fault of the list.
fn failed(error: IngestError) -> TakeError {
    match error {
        IngestError::Write(source) => StoreError::io("written")(source).into(),
        error => error.into(),
    }
}

/// Lets the lists of one partition go one after the other, and those of
/// different ones mostly at once.
#[derive(Default)]
pub(super) struct Turns([Mutex<()>; 32]);

impl Turns {
    pub(super) fn wait(&self, list: &Facts) -> Option<MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        list.anchor.key_fingerprint().hash(&mut hasher);
        list.scope.names().map(|n| n.der()).hash(&mut hasher);
        let turns = self.0.len() as u64;
        let turn = usize::try_from(hasher.finish() % turns).unwrap_or(0);
        let turn = self.0.get(turn)?;
        Some(turn.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
