//! Places where one person stands after the other, such as a till or a gate, and a
//! screen that tells the one who stands there how it went, and nobody else.
//!
//! With each who begins, and with each whose turn is over, the turn has another
//! number. A transaction [carries](tashika_tower::Carry) its turn, so that what
//! comes late is nobody's.

mod around;
mod shown;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::Value;
use tashika::{Duration, Error, Time};
use tashika_tower::{Carried, Carry, Clock};

use crate::page::Problem;

pub use around::{around, question};
pub use shown::{Shown, Verdict};

/// The places of a house.
pub struct Turns {
    clock: Clock,
    patience: Duration,
    shown: Duration,
    places: Mutex<BTreeMap<&'static str, Place>>,
}

/// One person's turn at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    place: String,
    number: i64,
}

/// What is the case at a place.
#[derive(Clone, Debug)]
pub enum Phase {
    /// Nobody is asked.
    Free,
    /// Somebody is asked, in this transaction.
    Asked(String),
    /// The same, and a code on the screen is to bring the question to their phone.
    Offered(String, Value),
    /// It went so.
    Shown(Shown),
}

/// How often it went how.
pub type Counts = BTreeMap<Verdict, u64>;

struct Place {
    number: i64,
    phase: Phase,
    /// When the turn is over.
    until: Option<Time>,
    counts: Counts,
}

/// The answer came after the turn.
const OVER: Problem = Problem {
    status: StatusCode::CONFLICT,
    code: "turn.over",
    text: (
        "次の方の番になったため、この確認は使われませんでした。もう一度お試しください。",
        "It is the next person's turn, so this check was not used. Please start again.",
    ),
};

/// The code on the screen was another's, or is no longer there.
const GONE: Problem = Problem {
    status: StatusCode::GONE,
    code: "turn.code_gone",
    text: (
        "このコードはもう使えません。画面に新しいコードを表示してください。",
        "This code cannot be used any more. Please have a new one shown.",
    ),
};

impl Turns {
    /// At these places nobody stands yet. A person may take as long as `patience`,
    /// and is `shown` how it went for so long.
    #[must_use]
    pub fn new(places: &[&'static str], clock: Clock, patience: Duration, shown: Duration) -> Self {
        // With numbers from the time on, none comes again after a restart.
        let number = clock.now().as_unix();
        let place = |name: &&'static str| {
            let place = Place {
                number,
                phase: Phase::Free,
                until: None,
                counts: Counts::new(),
            };
            (*name, place)
        };
        Self {
            clock,
            patience,
            shown,
            places: Mutex::new(places.iter().map(place).collect()),
        }
    }

    /// Somebody begins, and whoever was there before has gone; none if there is no
    /// such place.
    #[must_use]
    pub fn begin(&self, place: &str) -> Option<Turn> {
        let until = self.clock.now().plus(self.patience);
        let mut places = self.places();
        let number = places.get_mut(place)?.turn(Some(until));
        let place = place.to_owned();
        Some(Turn { place, number })
    }

    /// Tells in which transaction somebody is asked.
    pub fn ask(&self, turn: &Turn, transaction: &str) {
        let phase = Phase::Asked(transaction.to_owned());
        self.change(turn, |place| place.phase = phase);
    }

    /// The same where a code is to bring the question to their phone.
    pub fn offer(&self, turn: &Turn, transaction: &str, question: Value) {
        let phase = Phase::Offered(transaction.to_owned(), question);
        self.change(turn, |place| place.phase = phase);
    }

    /// The question behind a code, for the first who opens it.
    ///
    /// # Errors
    /// `turn.code_gone` if somebody has, or the turn is over.
    pub fn take(&self, transaction: &str) -> Result<Value, Problem> {
        let mut places = self.places();
        let mut all = places.values_mut();
        let taken = all.find_map(|place| match &place.phase {
            Phase::Offered(asked, question) if asked == transaction => {
                let question = question.clone();
                place.phase = Phase::Asked(transaction.to_owned());
                Some(question)
            }
            Phase::Free | Phase::Asked(_) | Phase::Offered(..) | Phase::Shown(_) => None,
        });
        taken.ok_or(GONE)
    }

    /// Shows how it went to whoever was asked by the transaction that carried this,
    /// and tells whose turn it was.
    ///
    /// # Errors
    /// `turn.over` if it is another's by now.
    pub fn conclude(&self, carried: &Carried, shown: Shown) -> Result<Turn, Problem> {
        let turn = Turn::of(carried).ok_or(OVER)?;
        match self.show(&turn, shown) {
            true => Ok(turn),
            false => Err(OVER),
        }
    }

    /// Shows how it went, if the turn is not over.
    pub fn show(&self, turn: &Turn, shown: Shown) -> bool {
        let until = self.clock.now().plus(self.shown);
        self.change(turn, |place| place.show(shown, until))
    }

    /// Shows a refusal to whoever is asked in this transaction. Nothing of a refused
    /// answer is believed, so what it carried is not at hand.
    pub fn refuse(&self, transaction: &str, shown: Shown) {
        let until = self.clock.now().plus(self.shown);
        let mut places = self.places();
        let mut all = places.values_mut();
        if let Some(place) = all.find(|place| place.phase.transaction() == Some(transaction)) {
            place.show(shown, until);
        }
    }

    /// The turn is over.
    pub fn next(&self, place: &str) {
        if let Some(place) = self.places().get_mut(place) {
            place.turn(None);
        }
    }

    /// What is the case at a place; none if there is no such place.
    #[must_use]
    pub fn phase(&self, place: &str) -> Option<Phase> {
        let places = self.places();
        places.get(place).map(|place| place.phase.clone())
    }

    /// How often it went how, by place.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, Counts)> {
        let places = self.places();
        let counts = |(name, place): (&&'static str, &Place)| (*name, place.counts.clone());
        places.iter().map(counts).collect()
    }

    /// Without those whose turn is over.
    fn places(&self) -> MutexGuard<'_, BTreeMap<&'static str, Place>> {
        let now = self.clock.now();
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        for place in places.values_mut() {
            if place.until.is_some_and(|until| now > until) {
                place.turn(None);
            }
        }
        places
    }

    fn change(&self, turn: &Turn, change: impl FnOnce(&mut Place)) -> bool {
        let mut places = self.places();
        let place = places.get_mut(turn.place.as_str());
        let theirs = place.filter(|place| place.number == turn.number);
        theirs.map(change).is_some()
    }
}

impl Place {
    fn turn(&mut self, until: Option<Time>) -> i64 {
        self.number += 1;
        (self.phase, self.until) = (Phase::Free, until);
        self.number
    }

    fn show(&mut self, shown: Shown, until: Time) {
        *self.counts.entry(shown.verdict).or_default() += 1;
        (self.phase, self.until) = (Phase::Shown(shown), Some(until));
    }
}

impl Phase {
    /// The transaction in which somebody is asked.
    #[must_use]
    pub fn transaction(&self) -> Option<&str> {
        match self {
            Self::Asked(transaction) | Self::Offered(transaction, _) => Some(transaction),
            Self::Free | Self::Shown(_) => None,
        }
    }
}

impl Turn {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whose turn it is, for a transaction to carry.
    fn carry(&self) -> Result<Carry, Error> {
        Carry::new(format!("{} {}", self.number, self.place))
    }

    fn of(carried: &Carried) -> Option<Self> {
        let (number, place) = std::str::from_utf8(carried.octets())
            .ok()?
            .split_once(' ')?;
        let (number, place) = (number.parse().ok()?, place.to_owned());
        Some(Self { place, number })
    }
}

// How it went is somebody's.
impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").finish_non_exhaustive()
    }
}
