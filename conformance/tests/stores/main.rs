//! What every store does, on memory and on PostgreSQL; and what PostgreSQL does
//! when something happens to it.
//!
//! Needs Debian's package `postgresql`. Without it, its cases are counted as
//! ignored, and said to be.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod connections;
mod example;
mod failover;
mod faults;
mod fixture;
mod log;
mod lost;
mod schema;
mod sessions;
mod settings;
mod tenants;
mod transactions;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use tashika_conformance::postgres;
use tashika_tower::{MemorySessions, MemoryTransactions};

use fixture::{World, block_on};
use transactions::Nodes;

/// A case that needs a server.
type Case = fn(&World);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let available = postgres::programs().is_some();
    if !available {
        eprintln!("IGNORED: no PostgreSQL: run `conformance/run install`");
    }
    log::keep();
    let world = Arc::new(World::default());
    let mut trials = on_memory();
    trials.extend(on_postgres(&world, available));
    let cases = [
        connections::CASES,
        example::CASES,
        failover::CASES,
        faults::CASES,
        lost::CASES,
        schema::CASES,
        settings::CASES,
        tenants::CASES,
    ];
    for (name, case) in cases.into_iter().flatten() {
        let world = Arc::clone(&world);
        let trial = trial(*name, move || case(&world));
        trials.push(trial.with_ignored_flag(!available));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn on_memory() -> Vec<Trial> {
    use transactions::{CAPACITY, PER_CLIENT};
    let transactions = transactions::SUITE.iter().map(|(name, case)| {
        let store = || MemoryTransactions::new(CAPACITY, PER_CLIENT);
        trial(format!("memory::transactions::{name}"), move || {
            block_on(case(Nodes::one(Arc::new(store()))));
        })
    });
    let sessions = sessions::SUITE.iter().map(|(name, case)| {
        let store = || MemorySessions::new(sessions::CAPACITY, sessions::PER_CLIENT);
        trial(format!("memory::sessions::{name}"), move || {
            block_on(case(Arc::new(store())));
        })
    });
    transactions.chain(sessions).collect()
}

fn on_postgres(world: &Arc<World>, available: bool) -> Vec<Trial> {
    let transactions = transactions::SUITE.iter().map(|(name, case)| {
        let world = Arc::clone(world);
        trial(format!("postgres::transactions::{name}"), move || {
            block_on(case(world.transactions(name)));
        })
    });
    let sessions = sessions::SUITE.iter().map(|(name, case)| {
        let world = Arc::clone(world);
        trial(format!("postgres::sessions::{name}"), move || {
            block_on(case(world.sessions(name)));
        })
    });
    let trials = transactions.chain(sessions);
    trials
        .map(|trial| trial.with_ignored_flag(!available))
        .collect()
}

/// A trial that fails by panicking.
fn trial(name: impl Into<String>, run: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        run();
        Ok(())
    })
}
