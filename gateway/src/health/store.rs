//! What a store of lists shows.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tashika::Time;
use tashika::revocation::health::{OurState, SourceState};
use tashika::revocation::{ListStore, Partition, StoreError};

use crate::anchors::{self, Terms};
use crate::cli;
use crate::clock::SKEW;
use crate::crl::{self, status::State};
use crate::exit::Failure;

/// A store that was looked at.
pub(super) struct Looked {
    ourselves: OurState,
    /// None if it cannot be opened.
    lists: Option<ListCount>,
}

/// How many lists are fresh.
#[derive(Clone, Copy, Serialize)]
pub(super) struct ListCount {
    fresh: usize,
    /// Those that were expected, or that the store has seen if they are more.
    of: usize,
}

impl Looked {
    /// A store that is damaged is a state of ours, and no failure of the command
    /// that tells it; one that is not there is a wrong argument.
    pub(super) fn at(
        store: &Path,
        trust: &Path,
        options: &cli::Health,
        now: Time,
    ) -> Result<Self, Failure> {
        let trust = anchors::load(
            trust,
            Terms {
                environment: options.environment,
                pins: &options.pin,
            },
        )?;
        match ListStore::open(store, trust) {
            Ok(store) => Ok(Self::of(&store, options, now)),
            Err(error @ (StoreError::Missing | StoreError::Exposed)) => {
                Err(Failure::store(store, error))
            }
            Err(error) => {
                eprintln!("tashika: {}", Failure::store(store, error));
                Ok(Self {
                    ourselves: OurState::StoreBroken,
                    lists: None,
                })
            }
        }
    }

    fn of(store: &ListStore, options: &cli::Health, now: Time) -> Self {
        let policy = crl::policy(options.max_age);
        let partitions = store.partitions();
        let is_fresh =
            |partition: &&Arc<Partition>| State::of(partition, &policy, now, false) == State::Fresh;
        let lists = ListCount {
            fresh: partitions.iter().filter(is_fresh).count(),
            of: partitions.len().max(options.expect.unwrap_or(0)),
        };
        Self {
            ourselves: ourselves(store, &partitions, now),
            lists: Some(lists),
        }
    }

    pub(super) fn ourselves(&self) -> OurState {
        self.ourselves
    }

    pub(super) fn count(&self) -> Option<ListCount> {
        self.lists
    }

    pub(super) fn source(&self) -> SourceState {
        let lists = self.lists.filter(|_| self.ourselves == OurState::Working);
        lists.map_or(SourceState::Unknown, |lists| {
            SourceState::of_lists(lists.of, lists.fresh)
        })
    }
}

/// Files that are damaged here are our own fault, but while some are whole
/// those can answer.
fn ourselves(store: &ListStore, partitions: &[Arc<Partition>], now: Time) -> OurState {
    if store.newest().is_some_and(|newest| newest > now.plus(SKEW)) {
        return OurState::ClockWrong;
    }
    let mut files = partitions.iter().map(|partition| partition.index());
    match !partitions.is_empty() && files.all(|file| file.is_err()) {
        true => OurState::StoreBroken,
        false => OurState::Working,
    }
}

impl fmt::Display for ListCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.fresh, self.of)
    }
}
