//! Many lists together.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::revocation::entries::Entry;
use crate::revocation::facts::{Hit, answer};
use crate::revocation::query::is_same_issuer;
use crate::revocation::status::Origin;
use crate::revocation::{Coverage, RevocationQuery, ScopePolicy, Status, VerifiedList};
use crate::time::Time;
use crate::trust::Anchor;

/// Verified lists in memory: for every key and scope the one with the highest
/// number.
///
/// What a list once said to be revoked stays revoked, whether its successor
/// repeats it or not. Lists drop certificates that have expired, so this
/// costs nobody anything; a list that drops others hides something.
pub struct ListSet {
    lists: Vec<VerifiedList>,
    tombstones: BTreeMap<SerialNumber, Vec<Tombstone>>,
    /// Entries of lists, and tombstones.
    held: usize,
    /// How many of them there may be.
    room: usize,
    /// When the newest list was issued that was ever added.
    newest: Option<Time>,
}

/// A revoked certificate that the current list does not repeat.
struct Tombstone {
    anchor: Arc<Anchor>,
    entry: Entry,
    origin: Arc<Origin>,
}

/// What adding a list did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is the first of its key and scope.
    First,
    /// It replaced an older one.
    #[non_exhaustive]
    Replaced {
        /// How many certificates it no longer lists, and no list dropped
        /// before. They stay revoked; more than expire in the meantime are
        /// worth an alert.
        dropped: usize,
    },
    /// It has the number of the one that is there, and is not newer. What it
    /// revokes counts; what it does not, says nothing.
    Kept,
}

impl ListSet {
    /// A set without lists, which answers `revocation.missing`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lists: Vec::new(),
            tombstones: BTreeMap::new(),
            held: 0,
            room: limits::CRL_SET_ENTRIES,
            newest: None,
        }
    }

    /// Adds a list.
    ///
    /// # Errors
    /// * `revocation.number`: the set has had a list of the same key and scope
    ///   with a higher number. This one does not answer, but what it revokes
    ///   counts from now on.
    /// * `revocation.too_large`: more than [`limits::CRL_SET`] lists or
    ///   [`limits::CRL_SET_ENTRIES`] entries. Nothing has changed, so an older
    ///   list goes on answering until it is stale: somebody should be told.
    pub fn add(&mut self, list: VerifiedList) -> Result<Added, Error> {
        let mut lists = self.lists.iter_mut();
        let current = lists.find(|l| l.facts().is_same_series(list.facts()));
        let replaced = current.as_ref().map_or(0, |c| c.revoked());
        let held = self.held.saturating_sub(replaced);
        if held.saturating_add(list.revoked()) > self.room {
            return Err(Code::RevocationTooLarge.into());
        }
        let Some(current) = current else {
            return self.push(list);
        };
        self.newest = self.newest.max(Some(list.this_update()));
        if list.number() < current.number() {
            self.held += bury(&mut self.tombstones, &list, current);
            return Err(Code::RevocationNumber.into());
        }
        if list.facts().rank() <= current.facts().rank() {
            self.held += bury(&mut self.tombstones, &list, current);
            return Ok(Added::Kept);
        }
        let older = std::mem::replace(current, list);
        let dropped = bury(&mut self.tombstones, &older, current);
        self.held = self.held + current.revoked() + dropped - older.revoked();
        Ok(Added::Replaced { dropped })
    }

    fn push(&mut self, list: VerifiedList) -> Result<Added, Error> {
        if self.lists.len() >= limits::CRL_SET {
            return Err(Code::RevocationTooLarge.into());
        }
        self.held += list.revoked();
        self.newest = self.newest.max(Some(list.this_update()));
        self.lists.push(list);
        Ok(Added::First)
    }

    /// What the lists say about a certificate. Its freshness is judged by
    /// [`Unconfirmed::confirm`](crate::revocation::Unconfirmed::confirm).
    ///
    /// One list that revokes outweighs all others. Where no list can speak for
    /// the certificate, the status is undetermined with the code of the list
    /// that came closest.
    #[must_use]
    pub fn status(&self, query: &RevocationQuery, policy: &ScopePolicy, now: Time) -> Status {
        let lists = self.lists.iter().map(|l| l.testify(query));
        answer(
            query,
            policy,
            now,
            lists,
            self.tombstone(query, policy),
            self.newest,
        )
    }

    /// The lists that answer.
    pub fn lists(&self) -> impl Iterator<Item = &VerifiedList> {
        self.lists.iter()
    }

    fn tombstone(&self, query: &RevocationQuery, policy: &ScopePolicy) -> Option<Hit<'_>> {
        let of_serial = self.tombstones.get(query.serial())?.iter();
        of_serial
            .filter(|t| policy.is_issuer(&t.anchor, query.anchor()))
            .min_by_key(|t| t.entry.precedence())
            .map(|t| Hit {
                entry: t.entry,
                origin: &t.origin,
                coverage: Coverage::Elsewhere,
            })
    }
}

/// Keeps what `older` revokes and `current` does not; returns how many
/// certificates were not buried before.
fn bury(
    tombstones: &mut BTreeMap<SerialNumber, Vec<Tombstone>>,
    older: &VerifiedList,
    current: &VerifiedList,
) -> usize {
    let entries = older.entries().iter();
    let mut buried = 0;
    for entry in entries.filter(|e| current.find(&e.serial).is_none()) {
        let of_serial = tombstones.entry(entry.serial).or_default();
        if of_serial
            .iter()
            .any(|t| is_same_issuer(&t.anchor, older.anchor()))
        {
            continue;
        }
        of_serial.push(Tombstone {
            anchor: Arc::clone(older.anchor()),
            entry: *entry,
            origin: Arc::clone(&older.facts().origin),
        });
        buried += 1;
    }
    buried
}

impl Default for ListSet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ListSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListSet")
            .field("lists", &self.lists.len())
            .field("newest", &self.newest)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::State;
    use crate::revocation::testing::{Ca, ListFields, directory, now, one_point, time_at};

    const PRODUCTION: ScopePolicy = ScopePolicy::production();

    fn state(set: &ListSet, query: &RevocationQuery) -> State {
        set.status(query, &PRODUCTION, now()).state()
    }

    fn is_revoked(set: &ListSet, query: &RevocationQuery) -> bool {
        matches!(state(set, query), State::Revoked { .. })
    }

    fn scene() -> (Ca, RevocationQuery, ListFields) {
        let ca = Ca::new("CA");
        let query = ca.query(&[5], Some(&one_point(&[directory("A")])));
        let list = ca.list(7, &[directory("A")]);
        (ca, query, list)
    }

    fn number(ca: &Ca, number: u8) -> ListFields {
        ca.list(number, &[directory("A")])
    }

    #[test]
    fn the_closest_list_says_why_nothing_is_known() {
        let (ca, query, list) = scene();
        let undetermined = State::Undetermined;
        let mut set = ListSet::new();
        assert_eq!(state(&set, &query), undetermined(Code::RevocationMissing));
        for (list, code) in [
            (ca.list(1, &[directory("B")]), Code::RevocationScope),
            (ca.unscoped_list(1), Code::RevocationNoScope),
            (ca.list(1, &[directory("C")]), Code::RevocationNoScope),
        ] {
            assert_eq!(set.add(ca.verified(&list)).unwrap(), Added::First);
            assert_eq!(state(&set, &query), undetermined(code));
        }
        assert_eq!(set.add(ca.verified(&list)).unwrap(), Added::First);
        assert_eq!(state(&set, &query), State::Good);
        assert_eq!(set.lists().count(), 4);
    }

    #[test]
    fn one_revoked_outweighs_every_good() {
        let (ca, query, list) = scene();
        for elsewhere in [ca.list(1, &[directory("B")]), ca.unscoped_list(1)] {
            let mut set = ListSet::new();
            let _ = set.add(ca.verified(&list)).unwrap();
            let _ = set.add(ca.verified(&elsewhere.revoking(&[5], 1))).unwrap();
            assert!(is_revoked(&set, &query));
        }
    }

    #[test]
    fn a_full_set_takes_a_successor_and_nothing_more() {
        let (ca, query, list) = scene();
        let mut set = ListSet::new();
        set.room = 2;
        let first = list.revoking(&[6], 1).revoking(&[7], 1);
        assert_eq!(set.add(ca.verified(&first)).unwrap(), Added::First);
        let other = ca.list(1, &[directory("B")]).revoking(&[8], 1);
        let refused = set.add(ca.verified(&other)).unwrap_err();
        assert_eq!(refused.code(), Code::RevocationTooLarge);

        let next = number(&ca, 8).revoking(&[5], 1).revoking(&[6], 1);
        let added = set.add(ca.verified(&next)).unwrap();
        assert_eq!(added, Added::Replaced { dropped: 1 });
        assert!(is_revoked(&set, &query));
        let larger = number(&ca, 9).revoking(&[5], 1).revoking(&[6], 1);
        let larger = larger.revoking(&[7], 1).revoking(&[8], 1);
        let refused = set.add(ca.verified(&larger)).unwrap_err();
        assert_eq!(refused.code(), Code::RevocationTooLarge);
        assert!(is_revoked(&set, &query));
    }

    #[test]
    fn numbers_never_go_backwards() {
        let (ca, query, list) = scene();
        let mut set = ListSet::new();
        let _ = set.add(ca.verified(&list)).unwrap();
        let older = ca.verified(&number(&ca, 6));
        assert_eq!(set.add(older).unwrap_err().code(), Code::RevocationNumber);
        let unnumbered = ca.verified(&list.clone().without(20));
        assert_eq!(
            set.add(unnumbered).unwrap_err().code(),
            Code::RevocationNumber
        );
        assert_eq!(set.add(ca.verified(&list)).unwrap(), Added::Kept);
        assert_eq!(state(&set, &query), State::Good);
        let newer = set.add(ca.verified(&number(&ca, 8))).unwrap();
        assert_eq!(newer, Added::Replaced { dropped: 0 });
        assert_eq!(set.lists().count(), 1);
    }

    #[test]
    fn an_old_or_twin_list_still_revokes() {
        let (ca, query, list) = scene();
        for other in [number(&ca, 6), number(&ca, 7)] {
            let mut set = ListSet::new();
            let _ = set.add(ca.verified(&list)).unwrap();
            let _ = set.add(ca.verified(&other.revoking(&[5], 6)));
            assert!(is_revoked(&set, &query));
        }
    }

    #[test]
    fn a_hold_is_never_released() {
        let (ca, query, list) = scene();
        let held = list.revoking(&[5], 6).revoking(&[9], 6);
        let mut set = ListSet::new();
        let _ = set.add(ca.verified(&held)).unwrap();
        let released = number(&ca, 8).revoking(&[9], 6);
        let dropped = Added::Replaced { dropped: 1 };
        assert_eq!(set.add(ca.verified(&released)).unwrap(), dropped);
        assert!(is_revoked(&set, &query));
        let again = number(&ca, 9).revoking(&[9], 6);
        let dropped = Added::Replaced { dropped: 0 };
        assert_eq!(set.add(ca.verified(&again)).unwrap(), dropped);
        assert!(is_revoked(&set, &query));
        assert_eq!(set.held, 2);
    }

    #[test]
    fn the_same_serial_of_another_key_is_another_certificate() {
        let (ca, query, list) = scene();
        let successor = Ca::new("CA");
        let mut set = ListSet::new();
        let _ = set.add(ca.verified(&list)).unwrap();
        let renumbered = number(&successor, 1).revoking(&[5], 1);
        let first = set.add(successor.verified(&renumbered)).unwrap();
        assert_eq!(first, Added::First);
        let empty = set.add(successor.verified(&number(&successor, 2)));
        assert_eq!(empty.unwrap(), Added::Replaced { dropped: 1 });
        assert_eq!(state(&set, &query), State::Good);
        let by_name = PRODUCTION.danger_same_name_generations();
        let status = set.status(&query, &by_name, now());
        assert!(matches!(status.state(), State::Revoked { .. }));
    }

    #[test]
    fn the_newest_list_answers() {
        let (ca, query, list) = scene();
        let mut wider = ca.list(1, &[directory("A"), directory("B")]);
        wider.this_update = time_at("2026-04-01T06:00:00Z");
        let mut set = ListSet::new();
        let _ = set.add(ca.verified(&wider)).unwrap();
        let _ = set.add(ca.verified(&list)).unwrap();
        let status = set.status(&query, &PRODUCTION, now());
        assert_eq!(status.as_of(), Some(wider.this_update));
    }
}
