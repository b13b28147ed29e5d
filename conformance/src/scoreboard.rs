//! How fast, measured against what no verifier can avoid.
//!
//! Every path has a limit: the bare signature verifications and digests that
//! it cannot do without, by the same backend, on keys that are parsed
//! already. What is reported is the ratio to that limit, which unlike
//! nanoseconds survives a change of machine. A path that verifies nothing has a
//! budget in nanoseconds in the place of a limit.
//!
//! Limit, ours and the peers take turns in every round, so that whatever
//! slows the machine down slows all of them down. Time is the CPU time of the
//! thread, and the figure is the best round of each.

mod auth_app;
mod cards;
mod checker;
mod clock;
mod contest;
mod crl;
mod failure;
mod hpke;
mod jpki;
mod layers;
mod limit;
mod mdoc;
mod ocsp;
mod peers;
mod report;
mod store;
mod wallets;

pub use contest::Effort;
pub use failure::{Failure, Fault};
pub use peers::Peers;
pub use report::{Heading, Row};

use std::io;

use cards::Cards;
use contest::Contest;
use failure::Faulty;

/// One path: its goal, and the contest that measures it.
struct Measurement {
    path: &'static str,
    /// The ratio to the limit that we want to stay under.
    goal: f64,
    prepare: fn(&Cards, Peers) -> Result<Contest, Faulty>,
}

/// Every path, one slice for each group.
const GROUPS: &[&[Measurement]] = &[
    jpki::MEASUREMENTS,
    ocsp::MEASUREMENTS,
    mdoc::MEASUREMENTS,
    hpke::MEASUREMENTS,
    auth_app::MEASUREMENTS,
    checker::MEASUREMENTS,
    layers::MEASUREMENTS,
];

/// What measures a path in a way of its own.
type Measure = fn(Effort) -> Result<Row, Faulty>;

/// Paths over the store of a whole country.
const APART: &[(&str, Measure)] = &[
    (store::PATH, store::measure),
    (layers::SWAP, layers::measure_swap),
];

/// Measures the paths whose names start with `prefix`, and hands each row to
/// `on_row` as soon as it is known.
///
/// # Errors
/// [`Failure::NoSuchPath`] if there is no such path, [`Failure::Unmeasured`] if
/// a contender could not be prepared, refuses what is genuine or accepts what
/// is not, and what `on_row` fails with.
pub fn run(
    prefix: &str,
    effort: Effort,
    peers: Peers,
    mut on_row: impl FnMut(&Row) -> io::Result<()>,
) -> Result<Vec<Row>, Failure> {
    if !paths().any(|path| path.starts_with(prefix)) {
        return Err(Failure::NoSuchPath);
    }
    clock::stay_on_one_core();
    let cards = Cards::default();
    let lists = crl::Scene::new(effort, peers);
    let contests = measurements()
        .filter(|measurement| measurement.path.starts_with(prefix))
        .map(|measurement| measurement.measure(&cards, effort, peers));
    let of_lists = crl::PATHS
        .iter()
        .filter(|path| path.name.starts_with(prefix))
        .map(|path| path.measure(&lists).map_err(|e| e.on(path.name)));
    let mut rows = Vec::new();
    let apart = APART.iter().filter(|(path, _)| path.starts_with(prefix));
    let apart = apart.map(|(path, measure)| measure(effort).map_err(|e| e.on(path)));
    for row in contests.chain(of_lists).chain(apart) {
        let row = row?;
        on_row(&row)?;
        rows.push(row);
    }
    Ok(rows)
}

/// The names of all paths.
pub fn paths() -> impl Iterator<Item = &'static str> {
    let contests = measurements().map(|measurement| measurement.path);
    let of_lists = crl::PATHS.iter().map(|path| path.name);
    let apart = APART.iter().map(|(path, _)| *path);
    contests.chain(of_lists).chain(apart)
}

fn measurements() -> impl Iterator<Item = &'static Measurement> {
    GROUPS.iter().copied().flatten()
}

impl Measurement {
    fn measure(&self, cards: &Cards, effort: Effort, peers: Peers) -> Result<Row, Failure> {
        let contest = (self.prepare)(cards, peers).map_err(|e| e.on(self.path))?;
        let figures = contest.run(effort).map_err(|e| e.on(self.path))?;
        Ok(Row::new(self.path, self.goal, &figures))
    }
}
