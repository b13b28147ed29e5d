//! The lists of a store: what they revoke, and how much they know.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tashika::Time;
use tashika::jpki::Kind;
use tashika::revocation::{Before, KeyedError, KeyedSetBuilder, ListIndex, ListStore, Partition};
use tashika::trust::{Fingerprint, TrustStore};

use crate::cli::crl::Store;
use crate::clock::SKEW;
use crate::crl;
use crate::exit::Failure;
use crate::watch::report::kind_name;

/// Labels of lists that are shown to people; JSON has them all.
const SHOWN: usize = 20;

pub(super) struct Lists {
    trust: TrustStore,
    store: ListStore,
    partitions: Vec<Arc<Partition>>,
    what: What,
}

/// What of it is looked for.
enum What {
    All,
    Since(u64),
    /// What has changed since another store was like it is.
    Unlike(HashMap<Identity, Arc<Partition>>),
}

/// What stays the same of a partition: anchor and names of distribution points.
type Identity = (Fingerprint, Vec<u8>);

impl Lists {
    pub(super) fn open(store: &Store) -> Result<Self, Failure> {
        let trust = store.anchors.load()?;
        let opened = store.open()?;
        Ok(Self {
            trust,
            partitions: opened.partitions(),
            store: opened,
            what: What::All,
        })
    }

    /// Only what has changed since a generation.
    pub(super) fn since(mut self, generation: u64) -> Result<Self, Failure> {
        if generation > self.store.generation() {
            let text = "--since: the store is not yet in that generation";
            return Err(Failure::Usage(text.to_owned()));
        }
        self.what = What::Since(generation);
        Ok(self)
    }

    /// Only what is otherwise than in another store.
    pub(super) fn unlike(mut self, other: &Path) -> Result<Self, Failure> {
        let opened = ListStore::open(other, self.trust.clone());
        let opened = opened.map_err(|error| Failure::store(other, error))?;
        let partitions = opened.partitions().into_iter();
        self.what = What::Unlike(partitions.map(|p| (identity(&p), p)).collect());
        Ok(self)
    }

    /// The generation of the store.
    pub(super) fn generation(&self) -> u64 {
        self.store.generation()
    }

    /// What changes when something else is found: SHA-256 over what every
    /// partition holds and is compared with. That nothing new has come in
    /// changes the generation of a store, but not this.
    pub(super) fn state(&self) -> String {
        let mut state = Vec::new();
        for partition in &self.partitions {
            state.extend(partition.digest().octets());
            state.extend(partition.changed().to_be_bytes());
        }
        match &self.what {
            What::All => state.push(0),
            What::Since(generation) => state.extend(generation.to_be_bytes()),
            What::Unlike(others) => {
                let digests: BTreeSet<_> = others.values().map(|p| p.digest()).collect();
                digests.iter().for_each(|d| state.extend(d.octets()));
            }
        }
        Fingerprint::of(&state).to_string()
    }

    /// Adds what the lists revoke. Returns the labels of those that are damaged
    /// or gone: what they revoke is not known in full.
    pub(super) fn add_to(&self, builder: &mut KeyedSetBuilder) -> Result<Vec<String>, KeyedError> {
        let mut damaged = Vec::new();
        for partition in &self.partitions {
            let added = match partition.index() {
                Ok(index) => self.add(partition, index, builder),
                Err(_) => Ok(false),
            };
            match added {
                Ok(true) => {}
                Ok(false) | Err(KeyedError::Index(_)) => damaged.push(partition.label().to_owned()),
                Err(error) => return Err(error),
            }
        }
        Ok(damaged)
    }

    /// Adds what one list revokes. False if what it is compared with is gone.
    fn add(
        &self,
        partition: &Partition,
        index: &ListIndex,
        builder: &mut KeyedSetBuilder,
    ) -> Result<bool, KeyedError> {
        match &self.what {
            What::All => builder.add_index(index)?,
            What::Since(generation) => match partition.before(*generation) {
                Before::Same => {}
                Before::List(old) => builder.add_changes(&old, index)?,
                // More than what has changed is found, and nothing missed.
                Before::Nothing | Before::Forgotten => builder.add_index(index)?,
            },
            What::Unlike(others) => match others.get(&identity(partition)) {
                Some(old) => match old.index() {
                    Ok(old) => builder.add_changes(old, index)?,
                    Err(_) => return Ok(false),
                },
                None => builder.add_index(index)?,
            },
        }
        Ok(true)
    }

    /// How much the lists know at this time.
    pub(super) fn freshness(&self, damaged: Vec<String>, max_age: u32, now: Time) -> Freshness {
        let policy = crl::policy(max_age);
        let is_stale = |p: &&Arc<Partition>| !p.answers() || !crl::is_fresh(p, &policy, now);
        let issued = || self.partitions.iter().map(|p| p.this_update());
        let stale = self.partitions.iter().filter(is_stale);
        Freshness {
            generation: self.generation(),
            since: match &self.what {
                What::Since(generation) => Some(*generation),
                What::All | What::Unlike(_) => None,
            },
            only_changes: !matches!(self.what, What::All),
            partitions: self.partitions.len(),
            oldest: issued().min().map(|time| time.to_string()),
            newest: issued().max().map(|time| time.to_string()),
            stale: stale.map(|p| p.label().to_owned()).collect(),
            damaged,
            kinds_without_lists: self.kinds_without_lists(),
            clock_behind: self
                .store
                .newest()
                .is_some_and(|newest| newest > now.plus(SKEW)),
        }
    }

    fn kinds_without_lists(&self) -> Vec<&'static str> {
        let kinds = [Kind::Signing, Kind::Authentication].into_iter();
        let missing = kinds.filter(|kind| {
            let trusted = self.trust.anchors().any(|a| a.purpose() == kind.purpose());
            let mut lists = self.partitions.iter();
            trusted && !lists.any(|p| p.anchor().purpose() == kind.purpose())
        });
        missing.map(kind_name).collect()
    }
}

fn identity(partition: &Partition) -> Identity {
    let names = partition.distribution_points();
    let names = names.flat_map(|name| name.der().to_vec()).collect();
    (partition.anchor().fingerprint(), names)
}

/// From when the lists are, and which know less than they should.
#[derive(Serialize)]
pub(super) struct Freshness {
    generation: u64,
    since: Option<u64>,
    /// Whether what was revoked before is left out.
    only_changes: bool,
    partitions: usize,
    /// When the oldest and the newest list were issued.
    oldest: Option<String>,
    newest: Option<String>,
    /// The labels of lists past their next update, older than the maximum age,
    /// or replaced by an older one.
    stale: Vec<String>,
    /// The labels of lists whose files are damaged or gone.
    damaged: Vec<String>,
    /// Kinds of certificate that there are anchors for, but no list.
    kinds_without_lists: Vec<&'static str>,
    /// The newest list is from the future: it is not known what is stale.
    clock_behind: bool,
}

impl Freshness {
    pub(super) fn is_complete(&self) -> bool {
        let whole = self.stale.is_empty() && self.damaged.is_empty();
        whole && self.kinds_without_lists.is_empty() && !self.clock_behind
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let time = |time: &Option<String>| time.clone().unwrap_or_else(|| "-".to_owned());
        writeln!(
            out,
            "lists        {} partitions, issued {} to {}, generation {}",
            self.partitions,
            time(&self.oldest),
            time(&self.newest),
            self.generation
        )?;
        if self.only_changes {
            let text = "only what has changed: what was revoked before is left out";
            writeln!(out, "             {text}")?;
        }
        for (name, labels) in [("stale", &self.stale), ("damaged", &self.damaged)] {
            if labels.is_empty() {
                continue;
            }
            writeln!(out, "{name:<12} {}", labels.len())?;
            for label in labels.iter().take(SHOWN) {
                writeln!(out, "             {label}")?;
            }
        }
        for kind in &self.kinds_without_lists {
            writeln!(out, "missing      lists of the kind {kind}")?;
        }
        if self.clock_behind {
            writeln!(
                out,
                "clock        behind the newest list: what is stale is not known"
            )?;
        }
        Ok(())
    }
}
