//! A service that people log in to with their card.
//!
//! ```sh
//! cargo run -p tashika-tower --example challenge
//! ```
//!
//! The service is what stands in `service`. The person who comes to it has a card
//! of a testbed.

mod world;

use std::error::Error;

use axum::routing::post;
use axum::{Extension, Router};
use serde_json::Value;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{AuthenticationVerifier, ProfileTable, VerifiedAuthentication};
use tashika::transaction::Purpose;
use tashika_testbed::{Kind, Testbed};
use tashika_tower::{ChallengeLayer, FlowPaths, Verified};

use world::Browser;

/// Runs for people who have logged in, and for nobody else.
async fn welcome(proof: Extension<Verified<VerifiedAuthentication>>) -> String {
    let carrier = proof.leaf().carrier();
    format!("welcome, whoever you are: your certificate is in a {carrier:?}")
}

fn service(world: &Testbed) -> Result<Router, tashika::Error> {
    let (trust, revocation) = world::trust(world, Kind::Authentication)?;
    let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
    let verifier = AuthenticationVerifier::new(trust, profiles, algorithms)?;
    let (paths, purpose) = (FlowPaths::under("/login")?, Purpose::named("login")?);
    let login = ChallengeLayer::new(world::site()?, paths, purpose, verifier, revocation)?;
    let app = Router::new().route("/login/answer", post(welcome));
    Ok(app.layer(login))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let testbed = world::testbed();
    let (app, mut browser) = (service(&testbed)?, Browser::default());

    let (_, request) = browser
        .post(&app, "/login/request", "text/plain", "")
        .await?;
    println!("The service wants this to be signed:\n{request}\n");
    let request: Value = serde_json::from_str(&request)?;
    let answer = world::sign(&testbed.card(0), &request)?;
    let path = world::member(&request, "answer")?;
    for who in ["The card answers", "Somebody sends the same again"] {
        let answer = answer.to_string();
        let (status, text) = browser.post(&app, path, "application/json", answer).await?;
        println!("{who}: {status}\n{text}\n");
    }
    Ok(())
}
