//! The harness: contenders that take turns.

use std::fmt;
use std::hint::black_box;
use std::time::Duration;

use crate::scoreboard::clock::cpu_time;
use crate::scoreboard::failure::{Fault, Faulty};

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    rounds: u32,
    turn: Duration,
    /// Of what takes a second and not a millisecond.
    long_rounds: u32,
    /// Entries of a long list.
    entries: u64,
    /// Municipalities of a country.
    municipalities: u32,
}

impl Effort {
    /// For figures that are published.
    pub const FULL: Self = Self {
        rounds: 400,
        turn: Duration::from_millis(2),
        long_rounds: 25,
        entries: 10_000_000,
        municipalities: 1741,
    };

    /// For a look in between.
    pub const QUICK: Self = Self {
        rounds: 100,
        turn: Duration::from_millis(1),
        long_rounds: 7,
        entries: 10_000_000,
        municipalities: 1741,
    };

    /// One short round: the figures mean nothing, for tests.
    pub const TOKEN: Self = Self {
        rounds: 1,
        turn: Duration::ZERO,
        long_rounds: 1,
        entries: 20_000,
        municipalities: 12,
    };

    pub(crate) const fn long_rounds(self) -> u32 {
        self.long_rounds
    }

    pub(crate) const fn entries(self) -> u64 {
        self.entries
    }

    pub(crate) const fn municipalities(self) -> u32 {
        self.municipalities
    }
}

/// The same cases genuine and with a bit of a signature flipped.
#[derive(Clone)]
pub(crate) struct Cases<E> {
    pub(crate) genuine: Vec<E>,
    pub(crate) flipped: Vec<E>,
}

/// Something that verifies, with inputs of its own form.
pub(crate) struct Contender {
    name: &'static str,
    /// How many different inputs it goes through.
    inputs: u32,
    /// The CPU time of so many times through its inputs; none if it refused
    /// any.
    turn: Box<dyn Fn(u32) -> Option<Duration>>,
}

impl Contender {
    /// A contender that `verify`s what `prepare` makes of each case.
    ///
    /// It is measured on what stays genuine, and only if it accepts all of
    /// that and refuses everything flipped.
    pub(crate) fn new<E, T: 'static>(
        name: &'static str,
        cases: &Cases<E>,
        prepare: impl Fn(&E) -> Option<T>,
        verify: impl Fn(&T) -> bool + 'static,
    ) -> Result<Self, Faulty> {
        Self::timed(name, cases, prepare, verify, |genuine, verify, times| {
            let start = cpu_time();
            let mut sound = true;
            for _ in 0..times {
                for input in genuine {
                    sound &= verify(black_box(input));
                }
            }
            sound.then(|| cpu_time().saturating_sub(start))
        })
    }

    /// A contender that is timed in a way of its own: the CPU time in which it
    /// accepts all that is genuine so many times.
    pub(crate) fn timed<E, T: 'static, V: Fn(&T) -> bool + 'static>(
        name: &'static str,
        cases: &Cases<E>,
        prepare: impl Fn(&E) -> Option<T>,
        verify: V,
        time: impl Fn(&[T], &V, u32) -> Option<Duration> + 'static,
    ) -> Result<Self, Faulty> {
        let faulty = |fault| Faulty {
            contender: name,
            fault,
        };
        let prepared = |list: &[E]| -> Result<Vec<T>, Faulty> {
            let list: Option<Vec<T>> = list.iter().map(&prepare).collect();
            list.ok_or(faulty(Fault::Unprepared))
        };
        let genuine = prepared(&cases.genuine)?;
        if !genuine.iter().all(&verify) {
            return Err(faulty(Fault::RefusesGenuine));
        }
        if prepared(&cases.flipped)?.iter().any(&verify) {
            return Err(faulty(Fault::AcceptsFlipped));
        }
        // Few by construction.
        let inputs = u32::try_from(genuine.len()).unwrap_or(u32::MAX);
        let turn = move |times| time(&genuine, &verify, times);
        Ok(Self {
            name,
            inputs,
            turn: Box::new(turn),
        })
    }

    /// The CPU time of so many times through the inputs.
    fn time(&self, times: u32) -> Result<Duration, Faulty> {
        (self.turn)(times).ok_or(Faulty {
            contender: self.name,
            fault: Fault::RefusesGenuine,
        })
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contender({})", self.name)
    }
}

/// Who takes part on one path.
#[derive(Debug)]
pub(crate) struct Contest {
    limit: Limit,
    ours: Contender,
    peers: Vec<Contender>,
}

/// What the others are compared with.
#[derive(Debug)]
enum Limit {
    /// What cannot be done without, measured in the same rounds.
    Operation(Contender),
    /// So many nanoseconds, where nothing has to be done that could be measured:
    /// the ratio is then to this budget.
    Budget(f64),
}

/// What one operation costs each of them, in nanoseconds.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) limit: f64,
    pub(crate) ours: f64,
    pub(crate) peers: Vec<(&'static str, f64)>,
}

impl Contest {
    pub(crate) fn new(limit: Contender, ours: Contender, peers: Vec<Contender>) -> Self {
        let limit = Limit::Operation(limit);
        Self { limit, ours, peers }
    }

    /// Against a budget of so many nanoseconds for one operation.
    pub(crate) fn within(nanoseconds: f64, ours: Contender) -> Self {
        Self {
            limit: Limit::Budget(nanoseconds),
            ours,
            peers: Vec::new(),
        }
    }

    /// Rounds in which each takes its turn, every round begun by another.
    pub(crate) fn run(&self, effort: Effort) -> Result<Figures, Faulty> {
        let times = self.times(effort.turn)?;
        let mut limit = match &self.limit {
            Limit::Operation(contender) => Some(Lane::new(contender)),
            Limit::Budget(_) => None,
        };
        let mut ours = Lane::new(&self.ours);
        let mut peers: Vec<_> = self.peers.iter().map(Lane::new).collect();
        let mut lanes: Vec<_> = limit
            .iter_mut()
            .chain([&mut ours])
            .chain(&mut peers)
            .collect();
        for _ in 0..effort.rounds {
            for lane in &mut lanes {
                lane.take_turn(times)?;
            }
            lanes.rotate_left(1);
        }
        Ok(Figures {
            limit: match (&self.limit, limit) {
                (Limit::Budget(nanoseconds), _) => *nanoseconds,
                (Limit::Operation(_), lane) => lane.map_or(0.0, |l| l.per_operation(times)),
            },
            ours: ours.per_operation(times),
            peers: peers
                .iter()
                .map(|lane| (lane.contender.name, lane.per_operation(times)))
                .collect(),
        })
    }

    /// How often the limit, or else ours, goes through its inputs in one turn.
    fn times(&self, turn: Duration) -> Result<u32, Faulty> {
        let contender = match &self.limit {
            Limit::Operation(contender) => contender,
            Limit::Budget(_) => &self.ours,
        };
        let once = contender.time(1)?.max(Duration::from_nanos(1));
        let times = turn.as_nanos().div_ceil(once.as_nanos()).max(1);
        Ok(u32::try_from(times).unwrap_or(u32::MAX))
    }
}

/// A contender and its best turn so far.
struct Lane<'a> {
    contender: &'a Contender,
    best: Duration,
}

impl<'a> Lane<'a> {
    fn new(contender: &'a Contender) -> Self {
        Self {
            contender,
            best: Duration::MAX,
        }
    }

    fn take_turn(&mut self, times: u32) -> Result<(), Faulty> {
        self.best = self.best.min(self.contender.time(times)?);
        Ok(())
    }

    fn per_operation(&self, times: u32) -> f64 {
        let operations = f64::from(times) * f64::from(self.contender.inputs);
        self.best.as_secs_f64() * 1e9 / operations
    }
}
