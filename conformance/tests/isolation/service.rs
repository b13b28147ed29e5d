//! The service behind the layers: it tells people whom it saw.

use std::sync::{Arc, Mutex};

use axum::Router;
use tashika_tower::Verified;

use crate::ledger::Ledger;
use crate::schedule::pause;
use crate::steps::Pauses;

/// A service that takes its time between a proof and its answer.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) ledger: Ledger,
    pub(crate) pauses: Pauses,
    pub(crate) memory: Memory,
    /// Stands between the layers and it.
    pub(crate) within: fn(Router) -> Router,
}

/// Where a service keeps whom it serves.
#[derive(Clone)]
pub(crate) enum Memory {
    /// With the request.
    OfItsOwn,
    /// Where the next request overwrites it, as it was in 2023.
    Shared(Arc<Mutex<String>>),
}

/// What it says to whoever has no proof.
pub(crate) const NOBODY: &str = "nobody";

impl Service {
    /// Whom it saw, and in which transaction.
    pub(crate) async fn greet<T>(self, proof: Verified<T>, name: String) -> String {
        let transaction = proof.transaction();
        self.ledger.proved(transaction, &name);
        self.takes_its_time(told(&name, transaction)).await
    }

    /// Comes back to something after a while.
    pub(crate) async fn takes_its_time(self, with: String) -> String {
        match &self.memory {
            Memory::OfItsOwn => {
                pause(self.pauses.next()).await;
                with
            }
            Memory::Shared(current) => {
                *current.lock().unwrap() = with;
                pause(self.pauses.next()).await;
                current.lock().unwrap().clone()
            }
        }
    }
}

/// How it says it.
pub(crate) fn told(name: &str, transaction: tashika::transaction::TransactionId) -> String {
    format!("{name} {transaction}")
}
