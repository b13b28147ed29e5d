//! Applications, and the accounts that became of them: in memory. A bank has a
//! database, and the evidence is elsewhere.

use std::sync::{MutexGuard, PoisonError};

use relying_party::{Identified, Portfolio, Watch};
use serde::Deserialize;
use tashika::jpki::Lookup;

use crate::Bank;

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// There is an account, which holds what was verified.
    Opened,
    Documents,
    Refused,
    #[serde(skip_deserializing)]
    Deciding,
    /// The account goes on under a later application.
    #[serde(skip_deserializing)]
    Continued,
}

#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) way: &'static str,
    pub(crate) state: State,
    /// Its transaction is what it is known by.
    pub(crate) found: Identified,
    /// The account that the person had before.
    pub(crate) known: Option<String>,
}

#[derive(Default)]
pub(crate) struct Book(Vec<Application>);

impl Book {
    /// A hundred, the last first.
    pub(crate) fn latest(&self) -> Vec<Application> {
        self.0.iter().rev().take(100).cloned().collect()
    }

    pub(crate) fn get(&mut self, id: &str) -> Option<&mut Application> {
        self.0.iter_mut().find(|one| one.found.transaction == id)
    }

    /// Whoever has an account.
    fn customers(&self) -> impl Iterator<Item = &Identified> {
        let opened = self.0.iter().filter(|one| one.state == State::Opened);
        opened.map(|one| &one.found)
    }

    /// Files an application, and opens an account at once if nobody has to look at
    /// it. Returns where the outcome is.
    pub(crate) fn file(&mut self, way: &'static str, found: Identified) -> String {
        let known = self.customers().find(|known| known.is_person_of(&found));
        let (id, opens) = (found.transaction.clone(), found.is_settled(known));
        let known = known.map(|known| known.transaction.clone());
        // The oldest makes room: it is on record.
        self.0.drain(..self.0.len().saturating_sub(9_999));
        self.0.push(Application {
            way,
            state: State::Deciding,
            found,
            known,
        });
        if opens {
            self.decide(&id, State::Opened);
        }
        format!("/application/{id}")
    }

    /// Decides an application that waits for it. What was decided stands. An account
    /// that the person has by now goes on under it: nobody gets a second one.
    pub(crate) fn decide(&mut self, id: &str, decision: State) {
        let waits = [State::Deciding, State::Documents];
        let Some(one) = self.get(id).filter(|one| waits.contains(&one.state)) else {
            return;
        };
        let (found, opens) = (one.found.clone(), decision == State::Opened);
        let is_theirs = |known: &&Identified| opens && known.is_person_of(&found);
        let known = self.customers().find(is_theirs);
        let known = known.map(|known| known.transaction.clone());
        if let Some(before) = known.as_ref().and_then(|known| self.get(known)) {
            before.state = State::Continued;
        }
        if let Some(one) = self.get(id) {
            (one.state, one.known) = (decision, known.or(one.known.take()));
        }
    }
}

impl Bank {
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Portfolio for Bank {
    fn customers(&self) -> Vec<(String, Vec<Lookup>)> {
        let keyed = |who: &Identified| (who.transaction.clone(), who.keys.clone());
        self.book().customers().map(keyed).collect()
    }

    fn watch(&self) -> &Watch {
        &self.watch
    }
}
