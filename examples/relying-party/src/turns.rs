//! Places where one person stands after the other, such as a till or a gate, and a
//! screen that tells the one who stands there how it went, and nobody else.
//!
//! With each who begins, and with each whose turn is over, the turn has another
//! number. A transaction [carries](tashika_tower::Carry) its turn, so that what
//! comes late is nobody's.

mod around;
mod at;
mod screens;
mod shown;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::Value;
use tashika::{Duration, Error, Time};
use tashika_tower::{Carried, Carry, Site};

use crate::page::Problem;

pub use around::{around, question};
pub use at::{At, answered, free, invite};
pub use screens::{open, screens_only};
pub use shown::{Shown, Verdict};

/// The places of a house.
pub struct Turns {
    site: Site,
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
    pub fn new(places: &[&'static str], site: Site, patience: Duration, shown: Duration) -> Self {
        // With numbers from the time on, none comes again after a restart.
        let number = site.now().as_unix();
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
            site,
            patience,
            shown,
            places: Mutex::new(places.iter().map(place).collect()),
        }
    }

    /// Somebody begins, and whoever was there before has gone; none if there is no
    /// such place.
    #[must_use]
    pub fn begin(&self, place: &str) -> Option<Turn> {
        let until = self.site.now().plus(self.patience);
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
        let until = self.site.now().plus(self.shown);
        self.change(turn, |place| place.show(shown, until))
    }

    /// Shows a refusal to whoever is asked in this transaction. Nothing of a refused
    /// answer is believed, so what it carried is not at hand.
    pub fn refuse(&self, transaction: &str, shown: Shown) {
        let until = self.site.now().plus(self.shown);
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
        let now = self.site.now();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};
    use tashika::person::AtLeast;

    use crate::testing;

    fn yes() -> Shown {
        AtLeast::Yes.into()
    }

    /// Two places, and the seconds that have passed.
    fn turns() -> (Turns, Arc<AtomicI64>) {
        let passed = Arc::new(AtomicI64::new(0));
        let seconds = Arc::clone(&passed);
        let now = move || Time::from_unix(1_800_000_000 + seconds.load(Ordering::SeqCst));
        let site = testing::site(now);
        let (patience, shown) = (Duration::seconds(120), Duration::seconds(20));
        (Turns::new(&["1", "2"], site, patience, shown), passed)
    }

    fn verdict(turns: &Turns, place: &str) -> Option<Verdict> {
        match turns.phase(place).unwrap() {
            Phase::Shown(shown) => Some(shown.verdict),
            Phase::Free | Phase::Asked(_) | Phase::Offered(..) => None,
        }
    }

    #[test]
    fn what_comes_late_is_shown_to_nobody() {
        let (turns, passed) = turns();
        let first = turns.begin("1").unwrap();
        let second = turns.begin("1").unwrap();
        assert!(!turns.show(&first, yes()));
        assert_eq!(verdict(&turns, "1"), None);
        assert!(turns.show(&second, yes()));
        assert_eq!(
            (verdict(&turns, "1"), verdict(&turns, "2")),
            (Some(Verdict::Yes), None)
        );
        passed.store(20, Ordering::SeqCst);
        assert_eq!(verdict(&turns, "1"), Some(Verdict::Yes));
        passed.store(21, Ordering::SeqCst);
        assert_eq!(verdict(&turns, "1"), None);
        assert!(!turns.show(&second, yes()));
        let third = turns.begin("1").unwrap();
        turns.next("1");
        assert!(!turns.show(&third, yes()));
        let fourth = turns.begin("1").unwrap();
        passed.store(142, Ordering::SeqCst);
        assert!(!turns.show(&fourth, yes()));
        assert!(turns.begin("3").is_none() && turns.phase("").is_none());
        let counts: Counts = [(Verdict::Yes, 1)].into();
        assert_eq!(turns.counts(), [("1", counts), ("2", Counts::new())]);
    }

    #[test]
    fn a_refusal_is_shown_to_the_one_who_was_asked() {
        let (turns, _) = turns();
        let refused = || Shown {
            verdict: Verdict::Refused,
            ..yes()
        };
        let (one, two) = (turns.begin("1").unwrap(), turns.begin("2").unwrap());
        turns.ask(&one, "a");
        turns.ask(&two, "b");
        turns.refuse("b", refused());
        turns.refuse("c", refused());
        assert_eq!(
            (verdict(&turns, "1"), verdict(&turns, "2")),
            (None, Some(Verdict::Refused))
        );
        // What has been shown is not taken back by a second answer.
        turns.show(&one, yes());
        turns.refuse("a", refused());
        assert_eq!(verdict(&turns, "1"), Some(Verdict::Yes));
    }

    #[test]
    fn a_question_is_taken_once_and_within_its_turn() {
        let (turns, passed) = turns();
        let turn = turns.begin("2").unwrap();
        turns.offer(&turn, "a", "question".into());
        assert_eq!(turns.take("b").unwrap_err().code, "turn.code_gone");
        assert_eq!(turns.take("a").unwrap(), "question");
        assert_eq!(turns.take("a").unwrap_err().code, "turn.code_gone");
        let turn = turns.begin("2").unwrap();
        turns.offer(&turn, "c", "question".into());
        passed.store(121, Ordering::SeqCst);
        assert_eq!(turns.take("c").unwrap_err().code, "turn.code_gone");
    }
}
