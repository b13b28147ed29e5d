//! The crowd of `isolation` before two nodes on one PostgreSQL, each with
//! connections of its own.
//!
//! Needs Debian's package `postgresql`. Without it, its cases are counted as
//! ignored, and said to be. What comes over a socket comes when it does, so that a
//! seed does not decide the whole order here.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be set up fails the test"
)]
#![allow(dead_code, reason = "the tests of isolation use the rest")]

#[path = "../layers/browser.rs"]
mod browser;
#[path = "../isolation/crowd.rs"]
mod crowd;
#[path = "../isolation/flow.rs"]
mod flow;
#[path = "../isolation/flows/mod.rs"]
mod flows;
#[path = "../layers/house.rs"]
mod house;
#[path = "../isolation/ledger.rs"]
mod ledger;
#[path = "../layers/phones.rs"]
mod phones;
#[path = "../isolation/schedule.rs"]
mod schedule;
#[path = "../isolation/service.rs"]
mod service;
#[path = "../isolation/steps.rs"]
mod steps;
#[path = "../isolation/world.rs"]
mod world;

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use tashika_conformance::postgres::{self, Server};
use tashika_tower::{
    Postgres, PostgresLimits, PostgresSessions, PostgresTls, PostgresTransactions, SessionStore,
    Tenant, TransactionStore,
};
use tokio::runtime::Builder;

use crowd::{PEOPLE, nothing_is_found};
use flow::Flow;
use flows::{AuthAppLogins, Challenge, Presentations, Sessions, Signature};
use world::Setting;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let available = postgres::programs().is_some();
    if !available {
        eprintln!("IGNORED: no PostgreSQL: run `conformance/run install`");
    }
    let trials = [
        trial("cards_that_log_in", |_| Challenge::new()),
        trial("cards_that_sign", |_| Signature::new()),
        trial("phones", |_| Presentations::new()),
        trial("logins_by_the_auth_app", |_| AuthAppLogins::of(PEOPLE)),
        trial("sessions", |database| {
            Sessions::over(vec![database.sessions(), database.sessions()])
        }),
    ];
    let trials = trials.map(|trial| trial.with_ignored_flag(!available));
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

/// A server, and the database `own` on it.
struct Database(Server);

fn trial<F: Flow>(name: &str, flow: fn(&Database) -> F) -> Trial {
    let name = format!("a_thousand_people_on_two_nodes::{name}");
    Trial::test(name, move || {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime.unwrap().block_on(everybody_comes(flow));
        Ok(())
    })
}

/// To a service whose nodes have their state in one database.
async fn everybody_comes<F: Flow>(flow: fn(&Database) -> F) {
    let database = Database::start().await;
    let flow = Rc::new(flow(&database));
    let mut setting = Setting::sound(0);
    setting.stores = vec![database.transactions(), database.transactions()];
    nothing_is_found(&flow, setting).await;
}

impl Database {
    async fn start() -> Self {
        let server = Server::start(&[]).unwrap();
        server.database("own").unwrap();
        let database = Self(server);
        database.pool().migrate().await.unwrap();
        database
    }

    /// Connections of one node.
    fn pool(&self) -> Postgres {
        let limits = PostgresLimits {
            wait: PATIENCE,
            connect: PATIENCE,
            answer: PATIENCE,
            ..PostgresLimits::standard()
        };
        let connection = self.0.over_socket("own");
        Postgres::new(&connection, PostgresTls::same_machine(), limits).unwrap()
    }

    fn transactions(&self) -> Arc<dyn TransactionStore> {
        let store = PostgresTransactions::new(self.pool(), tenant(), ROOM, ROOM);
        Arc::new(store)
    }

    fn sessions(&self) -> Arc<dyn SessionStore> {
        let store = PostgresSessions::new(self.pool(), tenant(), ROOM, ROOM);
        Arc::new(store)
    }
}

fn tenant() -> Tenant {
    Tenant::new("bank", &[1; 32]).unwrap()
}

/// For everybody, who are one client here.
const ROOM: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// Long enough for a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);
