//! Things that may be used once, such as tickets.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Duration, Error};
use tashika_tower::{Mark, Seen, Site};

use crate::journal::Journal;
use crate::{Backing, Denied, StartError};

/// Who has one of the things that may be used once, and where it was used.
///
/// Whether it was used is decided by the store of the site, which of all places
/// that ask tells one that it is the first: two processes with one database let
/// nobody through twice. What was issued and used is written into a file, line by
/// line. A place that is cut off from the store goes by what it has read and
/// written itself: then each such place lets everybody through once, which is
/// found out when they are [reconciled](Self::reconcile).
///
/// Subjects are keyed values: the ledger names nobody.
#[derive(Debug)]
pub struct Ledger {
    name: &'static str,
    site: Site,
    journal: Mutex<Journal<Line>>,
    /// How many lines a place that is cut off has read.
    cut: Mutex<BTreeMap<String, usize>>,
    /// Whose use was the first by the store's word, and could not be written down.
    owed: Mutex<BTreeSet<String>>,
}

/// Who has been asked whether a use is the first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nobody,
    Store,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    subject: String,
    /// The transaction in which they showed who they are.
    by: String,
    /// None: it was issued.
    used: Option<Use>,
}

/// Where and when something was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// The place.
    pub place: String,
    /// In seconds since 1970.
    pub at: i64,
}

/// Somebody who has used more than one may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// Who.
    pub subject: String,
    /// Where and when.
    pub uses: Vec<Use>,
}

/// How long the store remembers a use: longer than anything can be used.
const REMEMBERED: Duration = Duration::hours(48);

impl Ledger {
    /// There are no more to be had.
    pub const FULL: Denied = Denied(StatusCode::FORBIDDEN, "ledger.full");
    /// They have one.
    pub const ISSUED: Denied = Denied(StatusCode::CONFLICT, "ledger.issued");
    /// They have none.
    pub const NONE: Denied = Denied(StatusCode::FORBIDDEN, "ledger.none");
    /// It is used.
    pub const USED: Denied = Denied(StatusCode::FORBIDDEN, "ledger.used");
    /// It cannot be written down, and so does not happen.
    pub const UNWRITTEN: Denied = Denied(StatusCode::SERVICE_UNAVAILABLE, "ledger.unwritten");
    /// It is no text of a ledger.
    pub const UNREADABLE: Denied = Denied(StatusCode::UNPROCESSABLE_ENTITY, "ledger.unreadable");

    /// Opens the ledger of this name in the relying party's folder, and tells the
    /// store of what stands there: the process may have ended while a place was cut
    /// off.
    ///
    /// # Errors
    /// If its file cannot be read, or the store cannot be asked.
    pub async fn open(backing: &Backing, name: &'static str) -> Result<Self, StartError> {
        let path = backing.settings().data.join(format!("{name}.ledger"));
        let ledger = Self::new(name, backing.site().clone(), Journal::open(&path)?);
        ledger.tell(0).await?;
        Ok(ledger)
    }

    fn new(name: &'static str, site: Site, journal: Journal<Line>) -> Self {
        Self {
            name,
            site,
            journal: Mutex::new(journal),
            cut: Mutex::default(),
            owed: Mutex::default(),
        }
    }

    /// Issues one to somebody who has shown who they are, of so many.
    ///
    /// # Errors
    /// [`ISSUED`](Self::ISSUED), [`FULL`](Self::FULL) or
    /// [`UNWRITTEN`](Self::UNWRITTEN).
    pub fn issue(&self, subject: String, by: TransactionId, most: usize) -> Result<(), Denied> {
        let mut journal = lock(&self.journal);
        let mut lines = journal.lines().iter();
        if lines.any(|line| line.subject == subject && line.used.is_none()) {
            return Err(Self::ISSUED);
        }
        if issued(&journal) >= most {
            return Err(Self::FULL);
        }
        let line = Line {
            subject,
            by: by.to_string(),
            used: None,
        };
        journal.write(line).map_err(|_| Self::UNWRITTEN)
    }

    /// Whether it knows somebody.
    #[must_use]
    pub fn knows(&self, subject: &str) -> bool {
        let journal = lock(&self.journal);
        journal.lines().iter().any(|line| line.subject == subject)
    }

    /// To whom one was issued in a transaction.
    #[must_use]
    pub fn issued_by(&self, by: TransactionId) -> Option<String> {
        let (journal, by) = (lock(&self.journal), by.to_string());
        let mut lines = journal.lines().iter();
        let line = lines.find(|line| line.by == by && line.used.is_none());
        line.map(|line| line.subject.clone())
    }

    /// Uses somebody's at a place, once.
    ///
    /// # Errors
    /// [`NONE`](Self::NONE), [`USED`](Self::USED), [`UNWRITTEN`](Self::UNWRITTEN),
    /// or what the store says if it cannot be asked: then it may be used or not,
    /// and somebody has to look.
    pub async fn use_once(
        &self,
        place: &str,
        subject: String,
        by: TransactionId,
    ) -> Result<(), Denied> {
        let used = Use {
            place: place.to_owned(),
            at: self.site.now().as_unix(),
        };
        let line = Line {
            subject,
            by: by.to_string(),
            used: Some(used),
        };
        if self.write_use(place, &line, Asked::Nobody)? {
            return Ok(());
        }
        if !self.is_first(&line.subject).await? {
            return Err(Self::USED);
        }
        self.write_use(place, &line, Asked::Store).map(drop)
    }

    /// Writes a use down, unless the store has to be asked before: it has for every
    /// place that is not cut off.
    fn write_use(&self, place: &str, line: &Line, asked: Asked) -> Result<bool, Denied> {
        let mut journal = lock(&self.journal);
        self.check(&journal, place, &line.subject)?;
        if asked == Asked::Nobody && !self.is_cut(place) {
            return Ok(false);
        }
        let written = journal.write(line.clone());
        if written.is_err() && asked == Asked::Store {
            lock(&self.owed).insert(line.subject.clone());
        }
        written.map(|()| true).map_err(|_| Self::UNWRITTEN)
    }

    async fn is_first(&self, subject: &str) -> Result<bool, Error> {
        if lock(&self.owed).remove(subject) {
            return Ok(true);
        }
        Ok(self.mark(subject).await? == Seen::First)
    }

    /// How many were issued.
    #[must_use]
    pub fn issued(&self) -> usize {
        issued(&lock(&self.journal))
    }

    /// How many uses there were.
    #[must_use]
    pub fn used(&self) -> usize {
        let journal = lock(&self.journal);
        let lines = journal.lines().iter();
        lines.filter(|line| line.used.is_some()).count()
    }

    /// When and where somebody used theirs.
    #[must_use]
    pub fn uses_of(&self, subject: &str) -> Vec<Use> {
        let journal = lock(&self.journal);
        let own = journal.lines().iter().filter(|l| l.subject == subject);
        own.filter_map(|line| line.used.clone()).collect()
    }

    /// Who used one more than once.
    #[must_use]
    pub fn doubles(&self) -> Vec<Double> {
        let mut people: BTreeMap<String, Vec<Use>> = BTreeMap::new();
        for line in lock(&self.journal).lines() {
            let uses = people.entry(line.subject.clone()).or_default();
            uses.extend(line.used.clone());
        }
        let doubles = people.into_iter().filter(|(_, uses)| uses.len() > 1);
        doubles
            .map(|(subject, uses)| Double { subject, uses })
            .collect()
    }

    /// Whether a place is cut off.
    #[must_use]
    pub fn is_cut(&self, place: &str) -> bool {
        lock(&self.cut).contains_key(place)
    }

    /// Cuts a place off, or joins it again: then the store hears of what it let
    /// through.
    ///
    /// # Errors
    /// If the store cannot be asked: then it stays cut off.
    pub async fn cut_or_join(&self, place: &str) -> Result<(), Denied> {
        if !self.is_cut(place) {
            let known = lock(&self.journal).lines().len();
            lock(&self.cut).insert(place.to_owned(), known);
            return Ok(());
        }
        let mut told = 0;
        loop {
            told = self.tell(told).await?;
            // Meanwhile somebody may have entered there.
            let journal = lock(&self.journal);
            if journal.lines().len() == told {
                lock(&self.cut).remove(place);
                return Ok(());
            }
        }
    }

    /// Tells the store of what was used, from a line on; how many lines there are.
    async fn tell(&self, from: usize) -> Result<usize, Error> {
        let (used, lines) = {
            let journal = lock(&self.journal);
            let used = journal.lines().iter().skip(from);
            let used = used.filter(|line| line.used.is_some());
            let used: Vec<_> = used.map(|line| line.subject.clone()).collect();
            (used, journal.lines().len())
        };
        for subject in used {
            self.mark(&subject).await?;
        }
        Ok(lines)
    }

    /// All of it, for another process's [`reconcile`](Self::reconcile).
    #[must_use]
    pub fn to_text(&self) -> String {
        lock(&self.journal).to_text()
    }

    /// Takes in what another process has written. What was used here too is found
    /// among the [doubles](Self::doubles).
    ///
    /// # Errors
    /// [`UNREADABLE`](Self::UNREADABLE), and then nothing is taken in;
    /// [`UNWRITTEN`](Self::UNWRITTEN) or what the store says, and then it is to be
    /// done again.
    pub async fn reconcile(&self, text: &str) -> Result<(), Denied> {
        let lines = Journal::<Line>::read(text).map_err(|_| Self::UNREADABLE)?;
        for line in lines {
            if line.used.is_some() {
                self.mark(&line.subject).await?;
            }
            let written = lock(&self.journal).write(line);
            written.map_err(|_| Self::UNWRITTEN)?;
        }
        Ok(())
    }

    /// Whether somebody has one and has not used it, by what a place knows.
    fn check(&self, journal: &Journal<Line>, place: &str, subject: &str) -> Result<(), Denied> {
        let read = lock(&self.cut).get(place).copied().unwrap_or(usize::MAX);
        let lines = journal.lines().iter().enumerate();
        let known = lines.filter(|(index, line)| {
            let own = line.used.as_ref().is_some_and(|used| used.place == place);
            line.subject == subject && (*index < read || own)
        });
        let mut known = known.map(|(_, line)| line.used.is_some()).peekable();
        match known.peek().is_some() {
            true if known.any(|used| used) => Err(Self::USED),
            true => Ok(()),
            false => Err(Self::NONE),
        }
    }

    async fn mark(&self, subject: &str) -> Result<Seen, Error> {
        let (now, mark) = (self.site.now(), Mark::of(self.name, subject.as_bytes()));
        let client = ClientKey::of(subject.as_bytes());
        let marked = self
            .site
            .store()
            .mark(mark, client, now.plus(REMEMBERED), now);
        marked.await
    }
}

/// To how many one was issued: two processes may have issued to one person.
fn issued(journal: &Journal<Line>) -> usize {
    let lines = journal.lines().iter().filter(|line| line.used.is_none());
    lines
        .map(|line| &line.subject)
        .collect::<BTreeSet<_>>()
        .len()
}

/// What a thread left that broke off is whole: every change is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
