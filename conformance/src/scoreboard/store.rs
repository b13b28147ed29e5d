//! `checker.cached.index`: questions to the store of a whole country.
//!
//! It verifies nothing, so that it has a budget and no limit. Each certificate
//! is of another municipality; what is measured is the whole answer, from the
//! question to the status.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tashika::Time;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{ProfileTable, SigningVerifier};
use tashika::revocation::{
    Ingest, ListOrigin, ListStore, Recovery, RevocationQuery, ScopePolicy, State, StoreUpdate,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika_testbed::{
    Algorithm, Generation, Kind, LargeList, Municipality, Person, Terms, Testbed,
};
use tempfile::TempDir;

use crate::scoreboard::Row;
use crate::scoreboard::clock::{cpu_time, on_all_cores};
use crate::scoreboard::contest::{Effort, Figures};
use crate::scoreboard::failure::{Fault, Faulty};

pub(crate) const PATH: &str = "checker.cached.index";

/// For one answer, in nanoseconds.
const BUDGET: f64 = 500.0;

/// The moment of every question.
const NOW: Time = Time::from_unix(1_800_000_000);

/// Certificates that are asked about.
const CERTIFICATES: u32 = 256;

/// How often each is asked about in one round.
const TIMES: u32 = 200;

/// Octets of a serial number, of which the highest digits are always the same.
const WIDTH: u8 = 4;
const HIGHEST: u8 = 0x40;

/// One serial number in so many is revoked.
const STEP: u64 = 13;

pub(crate) fn measure(effort: Effort) -> Result<Row, Faulty> {
    let country = Country::new(effort).ok_or(faulty(Fault::Unprepared))?;
    on_all_cores(|| country.fill()).ok_or(faulty(Fault::Unprepared))?;
    let (opening, store) = country.open().ok_or(faulty(Fault::Unprepared))?;
    let ask = |beyond, state: fn(State) -> bool| {
        let queries = country.queries(beyond);
        let queries = queries.ok_or(faulty(Fault::Unprepared))?;
        best(effort, &store, &queries, state).ok_or(faulty(Fault::RefusesGenuine))
    };
    let good = ask(1, |state| state == State::Good)?;
    let revoked = ask(0, |state| matches!(state, State::Revoked { .. }))?;
    let entries: u64 = store.partitions().iter().map(|p| p.revoked()).sum();
    let octets = country.octets().ok_or(faulty(Fault::Unprepared))?;
    let figures = Figures {
        limit: BUDGET,
        ours: good,
        peers: Vec::new(),
    };
    let more = BTreeMap::from([
        ("partitions", store.partitions().len() as f64),
        ("entries", entries as f64),
        ("octets_per_entry", octets as f64 / entries as f64),
        ("open_ms", opening.as_secs_f64() * 1e3),
        ("revoked_ns", revoked),
    ]);
    Ok(Row::new(PATH, 1.0, &figures).with(more))
}

/// A store that is opened again and again in the place of itself, as after lists
/// have been taken: mapped, asked once, and unmapped.
pub(crate) struct Swaps {
    country: Country,
    queries: Vec<RevocationQuery>,
}

impl Swaps {
    pub(crate) fn new(effort: Effort) -> Option<Self> {
        let country = Country::new(effort)?;
        on_all_cores(|| country.fill())?;
        let queries = country.queries(1)?;
        Some(Self { country, queries })
    }

    /// Swaps until it is told that this is enough, and says how often.
    pub(crate) fn until(&self, enough: &AtomicBool) -> Option<u64> {
        let policy = ScopePolicy::production();
        let mut kept = None;
        let mut swaps = 0;
        while !enough.load(Ordering::Relaxed) {
            let (_, store) = self.country.open()?;
            for query in &self.queries {
                black_box(store.status(query, &policy, NOW));
            }
            kept = Some(store);
            swaps += 1;
        }
        drop(kept);
        Some(swaps)
    }
}

const fn faulty(fault: Fault) -> Faulty {
    Faulty {
        contender: "tashika",
        fault,
    }
}

/// What an answer costs in the best round; none if one is not what is due.
fn best(
    effort: Effort,
    store: &ListStore,
    queries: &[RevocationQuery],
    due: impl Fn(State) -> bool,
) -> Option<f64> {
    let policy = ScopePolicy::production();
    let answers = f64::from(TIMES) * queries.len() as f64;
    let mut best = f64::MAX;
    // The first round maps and verifies what the others find warm.
    for _ in 0..=effort.long_rounds() {
        let start = cpu_time();
        let mut sound = true;
        for _ in 0..TIMES {
            for query in queries {
                sound &= due(store.status(black_box(query), &policy, NOW).state());
            }
        }
        let spent = cpu_time().saturating_sub(start);
        sound.then_some(())?;
        best = best.min(spent.as_secs_f64() * 1e9 / answers);
    }
    Some(best)
}

/// A store with the lists of both kinds of all municipalities.
struct Country {
    testbed: Testbed,
    municipalities: Vec<Municipality>,
    trust: TrustStore,
    /// Entries of each list.
    entries: u64,
    dir: TempDir,
}

impl Country {
    fn new(effort: Effort) -> Option<Self> {
        let testbed = Testbed::from_seed(11, NOW.as_unix()).algorithm(Algorithm::RSA_2048);
        let mut trust = TrustStore::builder(Environment::Test);
        for (kind, purpose) in PURPOSES {
            let anchor = testbed.authority(kind, Generation::Third);
            trust = trust.anchor(purpose, anchor.certificate()).ok()?;
        }
        // The testbed knows municipalities by constant names.
        let name = |number| -> &'static str { format!("Municipality-{number:04}").leak() };
        let municipality = |number| Municipality::new("Tokyo-to", name(number), "13221");
        Some(Self {
            testbed,
            municipalities: (0..effort.municipalities()).map(municipality).collect(),
            trust: trust.build().ok()?,
            entries: effort.entries() / 1200,
            dir: TempDir::new().ok()?,
        })
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// Takes the lists, those of each kind on a thread of its own.
    fn fill(&self) -> Option<()> {
        let purposes = PURPOSES.map(|(_, purpose)| purpose).into();
        let ingest = Ingest::new(self.trust.clone(), purposes, AlgorithmTable::standard());
        let update = StoreUpdate::begin(&self.path(), ingest, Recovery::Refuse).ok()?;
        let taken = thread::scope(|scope| {
            let take = |kind| self.take(&update, kind);
            let threads = Kind::ALL.map(|kind| scope.spawn(move || take(kind)));
            threads.map(|thread| thread.join().ok().flatten())
        });
        taken.into_iter().collect::<Option<Vec<()>>>()?;
        update.finish().ok().map(|_| ())
    }

    fn take(&self, update: &StoreUpdate, kind: Kind) -> Option<()> {
        let authority = self.testbed.authority(kind, Generation::Third);
        let hour = 3600;
        for (place, municipality) in (0..).zip(&self.municipalities) {
            let list = authority.list(*municipality, 1, NOW.as_unix() - hour);
            let list = LargeList::new(list, self.entries, WIDTH, NOW.as_unix() - 2 * hour);
            let list = list.serials(self.number(place, 0), STEP).shuffled();
            let mut der = Vec::new();
            list.write_to(&mut der, authority.key()).ok()?;
            let origin = ListOrigin {
                label: format!("{kind:?} {place}"),
                ..ListOrigin::default()
            };
            let length = der.len() as u64;
            update.take(&*der, length, &origin, NOW).ok()?;
        }
        Some(())
    }

    /// The number of entry `index` on the list at `place`, less its highest digits.
    fn number(&self, place: u32, index: u64) -> u64 {
        (u64::from(place) * self.entries + index) * STEP
    }

    /// Opens the store, and says how long that took by the clock on the wall.
    fn open(&self) -> Option<(Duration, ListStore)> {
        let start = Instant::now();
        let store = ListStore::open(&self.path(), self.trust.clone()).ok()?;
        Some((start.elapsed(), store))
    }

    /// The octets of all files.
    fn octets(&self) -> Option<u64> {
        let files = std::fs::read_dir(self.path()).ok()?;
        files
            .map(|file| Some(file.ok()?.metadata().ok()?.len()))
            .sum()
    }

    /// Questions about certificates whose numbers are this much `beyond` those
    /// of entries.
    fn queries(&self, beyond: u64) -> Option<Vec<RevocationQuery>> {
        let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
        let verifier = SigningVerifier::new(self.trust.clone(), profiles, algorithms).ok()?;
        let authority = self.testbed.authority(Kind::Signing, Generation::Third);
        let key = self.testbed.key(Algorithm::RSA_2048, "country");
        let person = self.testbed.people().first()?;
        let query = |n: u32| {
            let places = u32::try_from(self.municipalities.len()).ok()?;
            let place = n.wrapping_mul(7) % places;
            let number = self.number(place, u64::from(n) % self.entries) + beyond;
            let [_, low @ ..] = u32::try_from(number).ok()?.to_be_bytes();
            let serial = [&[HIGHEST | high(number)?][..], &low].concat();
            let person = Person {
                municipality: *self.municipalities.get(place as usize)?,
                ..person.clone()
            };
            let terms = Terms::issued(NOW.as_unix() - 86_400, &person, &serial, n);
            let leaf = authority.leaf(&person, &key, &terms);
            let checked = verifier.check_certificate(&leaf.sign(authority.key()), NOW);
            Some(checked.ok()?.query().clone())
        };
        (0..CERTIFICATES).map(query).collect()
    }
}

/// The highest octet of a serial number, if there is room for it.
fn high(number: u64) -> Option<u8> {
    u8::try_from(number >> 24)
        .ok()
        .filter(|high| *high < HIGHEST)
}

const PURPOSES: [(Kind, Purpose); 2] = [
    (Kind::Signing, Purpose::JpkiSigning),
    (Kind::Authentication, Purpose::JpkiAuthentication),
];
