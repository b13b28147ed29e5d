//! What a store held at one moment, arranged for questions.

use std::collections::HashMap;
use std::sync::Arc;

use super::manifest::{Manifest, Stamp};
use super::mention::Mention;
use super::partition::{Found, Partition, Unusable};
use super::record::Role;
use super::summary::Summary;
use super::table;
use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::error::Trace;
use crate::revocation::entries::Entry;
use crate::revocation::facts::{Hit, Testimony, answer};
use crate::revocation::index::Damaged;
use crate::revocation::status::{Finding, Origin};

use crate::revocation::{Coverage, RevocationQuery, ScopePolicy, State, Status};
use crate::time::Time;
use crate::trust::{Anchor, Purpose};

/// The partitions of one generation. It does not change; a new one takes its
/// place.
pub(super) struct Snapshot {
    pub(super) generation: u64,
    pub(super) newest: Option<Time>,
    pub(super) stamp: Option<Stamp>,
    pub(super) partitions: Box<[Arc<Partition>]>,
    issuers: Box<[Issuer]>,
}

/// The partitions of one anchor. Its places are indexes of the snapshot's
/// partitions.
struct Issuer {
    anchor: Arc<Anchor>,
    /// Those whose scope names a distribution point, by its name.
    by_name: HashMap<Box<[u8]>, Vec<u32>>,
    /// Those that name the issuer itself as a distribution point.
    of_issuer: Vec<u32>,
    /// Those that name no distribution point.
    unscoped: Vec<u32>,
    /// All of them.
    all: Vec<u32>,
    summary: Option<Summary>,
    /// Those that the summary knows nothing about.
    uncovered: Vec<u32>,
}

/// What a snapshot says.
pub(super) struct Answer {
    pub(super) status: Status,
    /// Whether a file was gone: there is a newer generation, or somebody has
    /// removed it.
    pub(super) gone: bool,
}

/// Why a partition that could say "good" does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    /// Nothing says any more that it covers the certificate.
    Unbound,
    /// Its list is older than one that was here before.
    Older,
    /// Its file is not as it was written.
    Damaged,
}

/// What partitions had to say about one certificate.
struct Hearing<'s> {
    snapshot: &'s Snapshot,
    query: &'s RevocationQuery,
    policy: &'s ScopePolicy,
    heard: Vec<u32>,
    testimonies: Vec<Testimony<'s>>,
    dropped: Option<(Entry, Arc<Origin>)>,
    trouble: Option<Trouble>,
    gone: bool,
}

impl Snapshot {
    pub(super) fn new(
        manifest: &Manifest,
        stamp: Option<Stamp>,
        partitions: Vec<Arc<Partition>>,
        mut summaries: Vec<Summary>,
    ) -> Self {
        let mut issuers: Vec<Issuer> = Vec::new();
        for (place, partition) in (0..).zip(&partitions) {
            let anchor = &partition.facts().anchor;
            let known = issuers.iter().position(|i| Arc::ptr_eq(&i.anchor, anchor));
            let known = known.unwrap_or_else(|| {
                issuers.push(Issuer::new(anchor));
                issuers.len() - 1
            });
            if let Some(issuer) = issuers.get_mut(known) {
                issuer.add(place, partition);
            }
        }
        for issuer in &mut issuers {
            issuer.cover(&partitions, &mut summaries);
        }
        Self {
            generation: manifest.generation,
            newest: manifest.newest,
            stamp,
            partitions: partitions.into(),
            issuers: issuers.into(),
        }
    }

    /// What the lists say about a certificate.
    pub(super) fn status(
        &self,
        query: &RevocationQuery,
        policy: &ScopePolicy,
        now: Time,
    ) -> Answer {
        let mut hearing = self.hear(query, policy);
        let gone = hearing.gone;
        let status = hearing.judge(now);
        let status = match (status.state(), hearing.trouble) {
            (State::Revoked { .. }, _)
            | (State::Good, None | Some(Trouble::Unbound | Trouble::Older)) => status,
            (State::Good | State::Undetermined(_), Some(Trouble::Damaged)) => {
                undetermined(query, Code::RevocationDamaged)
            }
            (State::Undetermined(_), Some(Trouble::Older)) => {
                undetermined(query, Code::RevocationNumber)
            }
            (State::Undetermined(_), Some(Trouble::Unbound)) => {
                undetermined(query, Code::RevocationNoScope)
            }
            // Why nobody knows: lists that cannot know have a say too.
            (State::Undetermined(_), None) => {
                let bystanders = self.issuers.iter().filter_map(|i| i.bystander(self));
                hearing.testimonies.extend(bystanders);
                hearing.judge(now)
            }
        };
        Answer { status, gone }
    }

    /// Every list and every earlier one that has this serial number, of any
    /// issuer of `purpose`. An error if something could not be read and
    /// nothing was found elsewhere.
    pub(super) fn mentions(
        &self,
        purpose: Purpose,
        serial: &SerialNumber,
    ) -> Result<Vec<Mention>, Unusable> {
        let hash = table::hash(serial);
        let mut mentions = Vec::new();
        let mut unusable = None;
        let issuers = self.issuers.iter();
        for issuer in issuers.filter(|i| i.anchor.purpose() == purpose) {
            for place in issuer.places(hash) {
                let Some(partition) = self.partitions.get(place as usize) else {
                    continue;
                };
                match partition.find(serial) {
                    Ok(found) => mentions.extend(Mention::of(partition, found)),
                    Err(error) => unusable = Some(error),
                }
            }
        }
        match unusable {
            Some(unusable) if mentions.is_empty() => Err(unusable),
            Some(_) | None => Ok(mentions),
        }
    }

    fn hear<'s>(&'s self, query: &'s RevocationQuery, policy: &'s ScopePolicy) -> Hearing<'s> {
        let mut hearing = Hearing {
            snapshot: self,
            query,
            policy,
            heard: Vec::with_capacity(4),
            testimonies: Vec::with_capacity(4),
            dropped: None,
            trouble: None,
            gone: false,
        };
        let hash = table::hash(query.serial());
        let issuers = self.issuers.iter();
        for issuer in issuers.filter(|i| policy.is_issuer(&i.anchor, query.anchor())) {
            issuer.call_candidates(&mut hearing);
            issuer.places(hash).for_each(|place| hearing.look(place));
        }
        hearing
    }
}

fn undetermined(query: &RevocationQuery, code: Code) -> Status {
    Status::new(query, Finding::Undetermined(code), Trace::default())
}

impl Issuer {
    fn new(anchor: &Arc<Anchor>) -> Self {
        Self {
            anchor: Arc::clone(anchor),
            by_name: HashMap::new(),
            of_issuer: Vec::new(),
            unscoped: Vec::new(),
            all: Vec::new(),
            summary: None,
            uncovered: Vec::new(),
        }
    }

    fn add(&mut self, place: u32, partition: &Partition) {
        self.all.push(place);
        let Some(names) = partition.names() else {
            self.unscoped.push(place);
            return;
        };
        for name in names.iter() {
            let places = self.by_name.entry(name.der().into()).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
            if name.is_directory(self.anchor.subject()) {
                self.of_issuer.push(place);
            }
        }
    }

    /// Takes the summary of this issuer.
    fn cover(&mut self, partitions: &[Arc<Partition>], summaries: &mut Vec<Summary>) {
        let fingerprint = self.anchor.fingerprint();
        let own = summaries.iter().position(|s| *s.anchor() == fingerprint);
        let mut summary = own.map(|index| summaries.swap_remove(index));
        let places = self.all.iter().copied();
        let records = places.filter_map(|p| Some((p, partitions.get(p as usize)?.file().key())));
        self.uncovered = match &mut summary {
            Some(summary) => summary.cover(records),
            None => self.all.clone(),
        };
        self.summary = summary;
    }

    /// Hears the partitions that could say that the certificate is good.
    fn call_candidates(&self, hearing: &mut Hearing<'_>) {
        match hearing.query.names() {
            Some(names) => {
                for name in names.iter() {
                    let places = self.by_name.get(name.der());
                    places.into_iter().flatten().for_each(|p| hearing.call(*p));
                }
            }
            None => self.of_issuer.iter().for_each(|p| hearing.call(*p)),
        }
        self.unscoped.iter().for_each(|p| hearing.call(*p));
    }

    /// The partitions that may have a serial number with this hash.
    fn places(&self, hash: u64) -> impl Iterator<Item = u32> {
        let summary = self.summary.as_ref().map(|s| s.places(hash));
        let (named, rest) = match summary {
            Some(Ok(places)) => (Some(places), &self.uncovered),
            // A damaged summary knows nothing.
            Some(Err(Damaged)) | None => (None, &self.all),
        };
        named.into_iter().flatten().chain(rest.iter().copied())
    }

    /// A list that cannot speak for the certificate, for why it cannot.
    fn bystander<'s>(&self, snapshot: &'s Snapshot) -> Option<Testimony<'s>> {
        let named = self.all.iter().find(|p| !self.unscoped.contains(p));
        let place = *named.or(self.all.first())?;
        let partition = snapshot.partitions.get(place as usize)?;
        Some(Testimony {
            facts: partition.facts(),
            entry: None,
        })
    }
}

impl<'s> Hearing<'s> {
    /// Hears a partition that could say that the certificate is good.
    fn call(&mut self, place: u32) {
        let Some(partition) = self.partition(place) else {
            return;
        };
        self.heard.push(place);
        match partition.find(self.query.serial()) {
            Ok(found) => self.testify(partition, found, true),
            Err(unusable) => {
                self.gone |= unusable == Unusable::Gone;
                self.trouble = Some(Trouble::Damaged);
            }
        }
    }

    /// Looks whether a partition that could not says that it is revoked. One
    /// that is damaged says nothing, as if it had never been fetched.
    fn look(&mut self, place: u32) {
        let Some(partition) = self.partition(place) else {
            return;
        };
        match partition.find(self.query.serial()) {
            Ok(found) => self.testify(partition, found, false),
            Err(Unusable::Damaged) => {}
            Err(Unusable::Gone) => self.gone = true,
        }
    }

    /// A partition that was not heard yet.
    fn partition(&self, place: u32) -> Option<&'s Partition> {
        let partition = self.snapshot.partitions.get(place as usize)?;
        (!self.heard.contains(&place)).then_some(partition)
    }

    fn testify(&mut self, partition: &'s Partition, found: Found, could_be_good: bool) {
        let Found { listed, dropped } = found;
        let facts = partition.facts();
        let withheld = match partition.role() {
            Role::Answers => None,
            Role::OnlyRevokes => Some(Trouble::Older),
            Role::Unbound => Some(Trouble::Unbound),
        };
        match (withheld, listed) {
            (Some(_), Some(entry)) => self.recall(entry, Arc::clone(&facts.origin)),
            (Some(trouble), None) if could_be_good => {
                self.trouble = self.trouble.max(Some(trouble));
            }
            (None, entry) if entry.is_some() || could_be_good => {
                self.testimonies.push(Testimony { facts, entry });
            }
            _ => {}
        }
        if let Some((entry, origin)) = dropped {
            self.recall(entry, origin);
        }
    }

    /// Keeps the entry of a list that does not answer any more.
    fn recall(&mut self, entry: Entry, origin: Arc<Origin>) {
        let known = self.dropped.as_ref();
        if known.is_none_or(|(known, _)| entry.precedence() < known.precedence()) {
            self.dropped = Some((entry, origin));
        }
    }

    fn judge(&self, now: Time) -> Status {
        let lists = self.testimonies.iter().copied();
        let dropped = self.dropped.as_ref().map(|(entry, origin)| Hit {
            entry: *entry,
            origin,
            coverage: Coverage::Elsewhere,
        });
        let newest = self.snapshot.newest;
        answer(self.query, self.policy, now, lists, dropped, newest)
    }
}
