//! Applications, and the accounts that became of them: in memory. A bank has a
//! database, and the evidence is elsewhere.

use std::sync::{MutexGuard, PoisonError};

use relying_party::{Identified, Portfolio, Watch};
use serde::Deserialize;
use tashika::jpki::Lookup;

use crate::Bank;

/// What became of an application.
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

    /// Files an application. There is an account at once if what was typed agrees
    /// with what was verified, and that with what is known of a customer. Returns
    /// where the outcome is.
    pub(crate) fn file(&mut self, way: &'static str, found: Identified) -> String {
        let is_of =
            |one: &&Application| one.state == State::Opened && found.follows(&one.found.keys);
        let (id, compared) = (found.transaction.clone(), &found.compared);
        let known = self.0.iter().find(is_of).map(|known| &known.found);
        let same = known.is_none_or(|known| known.compared.is_of_same(compared));
        let opens = same && compared.agrees();
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

    /// Decides an application that waits for it. What was decided stands.
    pub(crate) fn decide(&mut self, id: &str, decision: State) {
        let waits = [State::Deciding, State::Documents];
        let Some(one) = self.get(id).filter(|one| waits.contains(&one.state)) else {
            return;
        };
        one.state = decision;
        let before = one.known.clone().filter(|_| decision == State::Opened);
        if let Some(before) = before.and_then(|before| self.get(&before)) {
            before.state = State::Continued;
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
        let book = self.book();
        let opened = book.0.iter().filter(|one| one.state == State::Opened);
        let found = opened.map(|one| one.found.clone());
        found.map(|who| (who.transaction, who.keys)).collect()
    }

    fn watch(&self) -> &Watch {
        &self.watch
    }
}
