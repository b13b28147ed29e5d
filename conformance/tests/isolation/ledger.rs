//! What has been seen, and what of it must not be.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use tashika::transaction::TransactionId;
use tashika::{Code, Duration, Time};
use tashika_conformance::desk::NOW;
use tashika_tower::Clock;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Somebody was answered as another, or for another transaction.
    Mistaken { who: usize },
    /// A transaction had a second proof.
    Twice { name: String },
    /// Somebody was let in who answered when the time was over.
    Late { who: usize },
    /// A request had a proof that was gained for an earlier one.
    Lingering { who: usize },
    /// Somebody honest was refused, with this code.
    Refused { who: usize, code: Code },
    /// A thief was let in, or refused for the wrong reason.
    Stolen { who: usize, code: Option<Code> },
}

/// What has been seen by the services, on all nodes.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    passed: i64,
    proved: BTreeSet<[u8; 16]>,
    let_in: BTreeSet<usize>,
    findings: Vec<Finding>,
}

impl Ledger {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// The time, on every node and for everybody.
    pub(crate) fn now(&self) -> Time {
        Time::from_unix(NOW.as_unix() + self.inner().passed)
    }

    pub(crate) fn clock(&self) -> Clock {
        let ledger = self.clone();
        Clock::told(move || ledger.now())
    }

    /// Begins the day again. Nothing of it comes back.
    pub(crate) fn wind_back(&self) {
        self.inner().passed = 0;
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: Duration) {
        self.inner().passed += time.as_seconds();
    }

    /// A service has a proof of this person before it.
    pub(crate) fn proved(&self, transaction: TransactionId, name: &str) {
        let mut inner = self.inner();
        if !inner.proved.insert(*transaction.octets()) {
            let name = name.to_owned();
            inner.findings.push(Finding::Twice { name });
        }
    }

    /// How often a service had a proof before it.
    pub(crate) fn proofs(&self) -> usize {
        self.inner().proved.len()
    }

    /// Somebody was let in.
    pub(crate) fn let_in(&self, who: usize) {
        self.inner().let_in.insert(who);
    }

    pub(crate) fn has_let_in(&self, who: usize) -> bool {
        self.inner().let_in.contains(&who)
    }

    pub(crate) fn find(&self, finding: Finding) {
        self.inner().findings.push(finding);
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.inner().findings.clone()
    }
}
