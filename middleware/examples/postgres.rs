//! Two nodes of a service on one database: a login begins at one of them and ends
//! at the other, and an answer that was taken by one is not taken by the other.
//!
//! ```sh
//! cargo run -p tashika-tower --features postgres --example postgres -- \
//!     'host=/run/postgresql user=bank dbname=bank'
//! ```
//!
//! The suite of stores runs it with a server of its own.

mod world;

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde_json::Value;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{AuthenticationVerifier, ProfileTable};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::{Purpose, RelyingParty};
use tashika_testbed::{Kind, Testbed};
use tashika_tower::{
    ChallengeLayer, Clients, FlowPaths, Nodes, Postgres, PostgresLimits, PostgresTls,
    PostgresTransactions, Site, Tenant,
};

use world::Browser;

/// What every node is started with. A real service has its keys from where it
/// keeps secrets, and connects by `PostgresTls::verified` to another machine.
fn site(database: Postgres) -> Result<Site, Box<dyn Error>> {
    let tenant = Tenant::new("bank", &[1; 32])?;
    let (capacity, per_client) = (NonZeroUsize::new(100_000), NonZeroUsize::new(100));
    let (capacity, per_client) = capacity.zip(per_client).ok_or("no room")?;
    let store = PostgresTransactions::new(database, tenant, capacity, per_client);
    let sealer = Sealer::new(SealingKey::new("2026-11", &[2; 32])?, Vec::new())?;
    let site = Site::new(
        RelyingParty::from_origin("https://bank.example")?,
        Arc::new(store),
        Arc::new(sealer),
        Nodes::Many,
        Clients::by_peer(),
    )?;
    Ok(site)
}

/// A node: a process of its own, with connections of its own.
async fn node(connection: &str, world: &Testbed) -> Result<Router, Box<dyn Error>> {
    let limits = PostgresLimits::standard();
    let database = Postgres::new(connection, PostgresTls::same_machine(), limits)?;
    database.migrate().await?;
    let (trust, revocation) = world::trust(world, Kind::Authentication)?;
    let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
    let verifier = AuthenticationVerifier::new(trust, profiles, algorithms)?;
    let (paths, purpose) = (FlowPaths::under("/login")?, Purpose::named("login")?);
    let login = ChallengeLayer::new(site(database)?, paths, purpose, verifier, revocation)?;
    let app = Router::new().route("/login/answer", post(async || "welcome"));
    Ok(app.layer(login))
}

async fn two_nodes(connection: &str) -> Result<(), Box<dyn Error>> {
    let testbed = world::testbed();
    let one = node(connection, &testbed).await?;
    let other = node(connection, &testbed).await?;
    let mut browser = Browser::default();
    let (status, request) = browser
        .post(&one, "/login/request", "text/plain", "")
        .await?;
    println!("one node begins: {status}");
    let request: Value = serde_json::from_str(&request)?;
    let answer = world::sign(&testbed.card(0), &request)?.to_string();
    let path = world::member(&request, "answer")?;
    // Whoever sends it twice sends the cookie twice, too.
    let mut twice = browser.clone();
    let (status, text) = browser
        .post(&other, path, "application/json", answer.clone())
        .await?;
    println!("the other ends it: {status}, {text}");
    assert_eq!((status.as_u16(), &*text), (200, "welcome"));
    let (status, text) = twice.post(&one, path, "application/json", answer).await?;
    println!("the first is given the answer again: {status}, {text}");
    assert_eq!(status.as_u16(), 403);
    assert!(text.contains("transaction.unknown"));
    Ok(())
}

/// Shows it on the database of a connection string.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(connection: &str) -> Result<(), Box<dyn Error>> {
    two_nodes(connection).await
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(connection) = std::env::args().nth(1) else {
        println!("It needs a database: give its connection string.");
        return Ok(());
    };
    run(&connection)
}
