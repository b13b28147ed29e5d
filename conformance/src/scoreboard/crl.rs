//! `crl.*`: revocation lists of many millions of entries.
//!
//! Ingest has the SHA-256 of the same list as its limit, and is measured by the
//! clock on the wall because it runs on two threads. It reads a file that the
//! system holds in memory and writes one, without waiting for the disk. The
//! other paths verify nothing, so that they have a budget instead.

mod lists;
#[cfg(feature = "peers")]
mod peers;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tashika::revocation::{Changes, ListIndex};
use tashika::x509::SerialNumber;

use crate::scoreboard::clock::{self, cpu_time};
use crate::scoreboard::contest::{Effort, Figures};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::{Peers, Row};
use lists::{Form, List, Lists};

/// One path of this group.
pub(crate) struct Path {
    pub(crate) name: &'static str,
    goal: f64,
    measure: fn(&Scene) -> Result<Measured, Faulty>,
}

pub(crate) const PATHS: &[Path] = &[
    Path {
        name: "crl.ingest.10m",
        goal: 1.3,
        measure: ingest,
    },
    Path {
        name: "crl.lookup.hit",
        goal: 1.0,
        measure: |scene| lookup(scene, Asked::Listed),
    },
    Path {
        name: "crl.lookup.miss",
        goal: 1.0,
        measure: |scene| lookup(scene, Asked::NotListed),
    },
    Path {
        name: "crl.open",
        goal: 1.0,
        measure: open,
    },
    Path {
        name: "crl.diff",
        goal: 1.0,
        measure: diff,
    },
];

/// For one look-up, in nanoseconds.
const LOOKUP: f64 = 150.0;

/// For opening an index, in nanoseconds.
const OPEN: f64 = 10e6;

/// For the difference of two indexes, in nanoseconds.
const DIFF: f64 = 100e6;

/// Serial numbers that are looked up in one round.
const ASKED: u64 = 1_000_000;

const NAME: &str = "tashika";

/// What all paths of the group need; made when the first of them is measured.
pub(crate) struct Scene {
    effort: Effort,
    peers: Peers,
    lists: OnceCell<Lists>,
    #[cfg(feature = "peers")]
    peer_figures: OnceCell<peers::All>,
}

/// The figures of a path, and whatever else is worth knowing.
pub(crate) struct Measured {
    figures: Figures,
    more: BTreeMap<&'static str, f64>,
}

impl Path {
    pub(crate) fn measure(&self, scene: &Scene) -> Result<Row, Faulty> {
        let Measured { figures, more } = (self.measure)(scene)?;
        Ok(Row::new(self.name, self.goal, &figures).with(more))
    }
}

impl Scene {
    pub(crate) fn new(effort: Effort, peers: Peers) -> Self {
        Self {
            effort,
            peers,
            lists: OnceCell::new(),
            #[cfg(feature = "peers")]
            peer_figures: OnceCell::new(),
        }
    }

    fn lists(&self) -> Result<&Lists, Faulty> {
        if self.lists.get().is_none() {
            let lists = Lists::new(self.effort.entries()).ok_or(unprepared())?;
            let _ = self.lists.set(lists);
        }
        self.lists.get().ok_or(unprepared())
    }

    fn list(&self, form: Form) -> Result<&List, Faulty> {
        self.lists()?.get(form).ok_or(unprepared())
    }

    fn open(&self, form: Form) -> Result<ListIndex, Faulty> {
        let lists = self.lists()?;
        let list = self.list(form)?;
        ListIndex::open(&list.index, lists.trust()).map_err(|_| refused())
    }

    /// What the peers cost, in nanoseconds for one operation.
    #[cfg(feature = "peers")]
    fn peers(
        &self,
        one: fn(&peers::Peer) -> Option<f64>,
    ) -> Result<Vec<(&'static str, f64)>, Faulty> {
        if self.peers == Peers::None {
            return Ok(Vec::new());
        }
        if self.peer_figures.get().is_none() {
            let all = peers::All::measure(self.lists()?, self.list(Form::Random)?)?;
            let _ = self.peer_figures.set(all);
        }
        let all = self.peer_figures.get().ok_or(unprepared())?;
        Ok(all.figures(one))
    }

    fn ingest_peers(&self) -> Result<Vec<(&'static str, f64)>, Faulty> {
        #[cfg(feature = "peers")]
        return self.peers(|peer| Some(peer.ingest));
        #[cfg(not(feature = "peers"))]
        return self.no_peers();
    }

    fn lookup_peers(&self, asked: Asked) -> Result<Vec<(&'static str, f64)>, Faulty> {
        #[cfg(feature = "peers")]
        return match asked {
            Asked::Listed => self.peers(|peer| peer.hit),
            Asked::NotListed => self.peers(|peer| peer.miss),
        };
        #[cfg(not(feature = "peers"))]
        return match asked {
            Asked::Listed | Asked::NotListed => self.no_peers(),
        };
    }

    #[cfg(not(feature = "peers"))]
    fn no_peers(&self) -> Result<Vec<(&'static str, f64)>, Faulty> {
        match self.peers {
            Peers::None => Ok(Vec::new()),
        }
    }
}

/// From a list in a file to its index in a file, beside the digest of the list.
fn ingest(scene: &Scene) -> Result<Measured, Faulty> {
    let lists = scene.lists()?;
    let list = scene.list(Form::Random)?;
    let (mut limit, mut ours) = (Duration::MAX, Duration::MAX);
    let mut ratios = Vec::new();
    let mut memory = 0;
    for _ in 0..scene.effort.long_rounds() {
        // A new index is written under a name of its own. Whatever frees the
        // octets of the last one is no part of that.
        std::fs::remove_file(&list.index).map_err(|_| unprepared())?;
        let digest = clock::on_all_cores(|| list.digest()).ok_or(unprepared())?;
        let start = clock::resident();
        let build = || clock::while_sampling(|| timed(|| lists.build(list)));
        let (built, peak) = clock::on_all_cores(build);
        let (built, spent) = built;
        built.ok_or(refused())?;
        memory = memory.max(peak.saturating_sub(start));
        limit = limit.min(digest);
        ours = ours.min(spent);
        ratios.push(spent.as_secs_f64() / digest.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    let dense = scene.list(Form::Dense)?;
    let for_each = |octets: u64, list: &List| octets as f64 / list.entries as f64;
    let mut more = BTreeMap::from([
        ("entries", list.entries as f64),
        ("median_ratio", median(&ratios)),
        ("memory_per_entry", for_each(memory, list)),
        ("octets_per_entry", for_each(list.index_octets, list)),
        (
            "octets_per_dense_entry",
            for_each(dense.index_octets, dense),
        ),
    ]);
    more.retain(|_, value| value.is_finite());
    let figures = Figures {
        limit: nanoseconds(limit),
        ours: nanoseconds(ours),
        peers: scene.ingest_peers()?,
    };
    Ok(Measured { figures, more })
}

/// Which serial numbers are asked about.
#[derive(Clone, Copy)]
enum Asked {
    Listed,
    NotListed,
}

/// Random serial numbers, in no order that the list has.
fn lookup(scene: &Scene, asked: Asked) -> Result<Measured, Faulty> {
    let list = scene.list(Form::Random)?;
    let index = scene.open(Form::Random)?;
    let serials: Vec<SerialNumber> = match asked {
        Asked::Listed => list.listed(ASKED),
        Asked::NotListed => list.not_listed(ASKED),
    };
    let expected = matches!(asked, Asked::Listed);
    let octets = std::fs::read(&list.index).map_err(|_| unprepared())?;
    let (mut best, mut read) = (f64::MAX, f64::MAX);
    for round in 0..scene.effort.long_rounds() {
        let start = cpu_time();
        let mut sound = true;
        for serial in &serials {
            let found = index.find(black_box(serial));
            sound &= found.is_ok_and(|found| found.is_some() == expected);
        }
        let spent = cpu_time().saturating_sub(start);
        if !sound {
            return Err(refused());
        }
        // The first round reads and verifies what the others find warm.
        if round > 0 || scene.effort.long_rounds() == 1 {
            best = best.min(nanoseconds(spent) / serials.len() as f64);
        }
        read = read.min(one_read(&octets, serials.len()));
    }
    let figures = Figures {
        limit: LOOKUP,
        ours: best,
        peers: scene.lookup_peers(asked)?,
    };
    let more = BTreeMap::from([
        ("entries", list.entries as f64),
        ("one_random_read_ns", round(read)),
    ]);
    Ok(Measured { figures, more })
}

/// What it takes to read one octet anywhere in a memory of this size, of which
/// the next address depends: less than two of them cannot find anything.
fn one_read(octets: &[u8], times: usize) -> f64 {
    let start = cpu_time();
    let mut place = 1_u64;
    for turn in 0..times as u64 {
        let random = (place ^ turn).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
        let index = random % (octets.len() as u64).max(1);
        let octet = usize::try_from(index).ok().and_then(|i| octets.get(i));
        place = random ^ u64::from(octet.copied().unwrap_or(0));
    }
    black_box(place);
    nanoseconds(cpu_time().saturating_sub(start)) / times.max(1) as f64
}

/// From the name of a file to an index that answers.
fn open(scene: &Scene) -> Result<Measured, Faulty> {
    let form = Form::Largest;
    let list = scene.list(form)?;
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let (index, spent) = timed(|| scene.open(form));
        if index?.revoked() as u64 != list.entries {
            return Err(refused());
        }
        best = best.min(spent);
    }
    let figures = Figures {
        limit: OPEN,
        ours: nanoseconds(best),
        peers: Vec::new(),
    };
    let more = BTreeMap::from([("entries", list.entries as f64)]);
    Ok(Measured { figures, more })
}

/// Two lists of which the newer has a few entries in a thousand more. Both are
/// opened anew, so that every block is verified.
fn diff(scene: &Scene) -> Result<Measured, Faulty> {
    let (old, new) = (scene.list(Form::Random)?, scene.list(Form::Next)?);
    let mut best = Duration::MAX;
    for _ in 0..scene.effort.long_rounds() {
        let (one, two) = (scene.open(Form::Random)?, scene.open(Form::Next)?);
        let (changes, spent) = timed(|| Changes::between(&one, &two).filter(Result::is_ok).count());
        if changes as u64 != new.entries - old.entries {
            return Err(refused());
        }
        best = best.min(spent);
    }
    let figures = Figures {
        limit: DIFF,
        ours: nanoseconds(best),
        peers: Vec::new(),
    };
    let more = BTreeMap::from([
        ("changes", (new.entries - old.entries) as f64),
        ("entries", old.entries as f64),
    ]);
    Ok(Measured { figures, more })
}

/// What `work` gives, and how long it took by the clock on the wall.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let outcome = work();
    (outcome, start.elapsed())
}

fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.get(sorted.len() / 2);
    middle.map_or(f64::NAN, |ratio| (ratio * 1e3).round() / 1e3)
}

const fn unprepared() -> Faulty {
    Faulty {
        contender: NAME,
        fault: Fault::Unprepared,
    }
}

const fn refused() -> Faulty {
    Faulty {
        contender: NAME,
        fault: Fault::RefusesGenuine,
    }
}
