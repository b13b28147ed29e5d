//! Revocation lists, made when somebody asks for them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tashika_testbed::calendar::DAY;
use tashika_testbed::{Kind, Municipality, Partition, Reason};

use super::{GENERATION, ListsState, World};

/// How old a list gets before it is made anew, in seconds.
const RENEWED_AFTER: i64 = 600;

pub(crate) struct Lists(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    state: ListsState,
    published: BTreeMap<Scope, Published>,
}

/// What a list is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Cards(Kind, Municipality),
    /// Whoever signs documents in phones.
    Signers,
}

/// A list as it was signed.
#[derive(Clone)]
pub(super) struct Published {
    pub(super) der: Vec<u8>,
    this_update: i64,
    pub(super) number: u64,
    revision: u64,
}

impl Scope {
    fn all() -> impl Iterator<Item = Self> {
        let of = |kind| Municipality::ALL.map(|place| Self::Cards(kind, place));
        Kind::ALL.into_iter().flat_map(of).chain([Self::Signers])
    }

    fn path(self) -> String {
        match self {
            Self::Cards(kind, place) => {
                format!("/lists/{kind:?}-{}.crl", place.code).to_lowercase()
            }
            Self::Signers => "/lists/documents.crl".to_owned(),
        }
    }

    /// What stands in the place of this one when lists are mixed up: that of a
    /// municipality where nobody here lives.
    fn confused(self) -> Self {
        match self {
            Self::Cards(kind, _) => Self::Cards(kind, ELSEWHERE),
            Self::Signers => self,
        }
    }
}

/// 滋賀県大津市.
const ELSEWHERE: Municipality = Municipality::new("Shiga-ken", "Otsu-shi", "25201");

impl Lists {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> ListsState {
        self.lock().state
    }

    pub(crate) fn set(&self, state: ListsState) {
        self.lock().state = state;
    }

    pub(crate) fn paths() -> Vec<String> {
        Scope::all().map(Scope::path).collect()
    }
}

impl World {
    /// The list at a path, as it is now.
    pub(super) fn list(&self, path: &str) -> Option<Published> {
        let scope = Scope::all().find(|scope| scope.path() == path)?;
        let mut lists = self.lists.lock();
        let scope = match lists.state {
            ListsState::Swapped => scope.confused(),
            ListsState::Fresh | ListsState::Stopped | ListsState::Down => scope,
        };
        let before = lists.published.get(&scope);
        if let (ListsState::Stopped, Some(before)) = (lists.state, before) {
            return Some(before.clone());
        }
        let list = self.renewed(scope, before);
        lists.published.insert(scope, list.clone());
        Some(list)
    }

    /// The list of a scope: the one before, or the next one if it is due.
    fn renewed(&self, scope: Scope, before: Option<&Published>) -> Published {
        let now = self.clock.now();
        let revision = self.registry.lock().revision;
        if let Some(before) = before
            && before.revision == revision
            && now - before.this_update < RENEWED_AFTER
        {
            return before.clone();
        }
        // The first was there already when all this began. Numbers only grow.
        let (this_update, number) = match before {
            None => (now - 60, now.unsigned_abs()),
            Some(before) => (now, before.number + 1),
        };
        Published {
            der: self.sign_list(scope, this_update, number),
            this_update,
            number,
            revision,
        }
    }

    fn sign_list(&self, scope: Scope, this_update: i64, number: u64) -> Vec<u8> {
        let known = self.registry.lock();
        match scope {
            Scope::Cards(kind, municipality) => {
                let authority = self.cards.authority(kind, GENERATION);
                let partition = Partition {
                    kind,
                    generation: GENERATION,
                    municipality,
                };
                let list = known.cards.list(authority, partition, number, this_update);
                list.next_update(this_update + 2 * DAY)
                    .sign(authority.key())
            }
            Scope::Signers => {
                let authority = self.phones.japan_authority();
                let list = authority.list(number, this_update);
                let list = known.signers.iter().fold(list, |list, (serial, date)| {
                    list.revoke(serial, *date, Reason::KeyCompromise)
                });
                list.sign(authority.key())
            }
        }
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_mistaken_for_one_that_is_nobodys_here() {
        let own: Vec<_> = Scope::all().collect();
        for scope in Scope::all().filter(|scope| *scope != Scope::Signers) {
            assert!(!own.contains(&scope.confused()), "{scope:?}");
        }
    }
}
