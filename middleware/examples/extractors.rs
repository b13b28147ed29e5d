//! Proofs as arguments of handlers, and what happens where a layer was forgotten.
//!
//! ```sh
//! cargo run -p tashika-tower --features axum --example extractors
//! ```
//!
//! A handler that has a proof among its arguments cannot run without one. Where
//! its layer is missing, that shows at the start, or with the first request, and
//! never as a handler that ran for nobody.

mod world;

use std::error::Error;

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{AuthenticationVerifier, ProfileTable, VerifiedAuthentication};
use tashika::transaction::Purpose;
use tashika_testbed::{Kind, Testbed};
use tashika_tower::{ChallengeLayer, FlowPaths, Session, Site, Verified};

use world::Browser;

type Login = Verified<VerifiedAuthentication>;

/// Runs for people who have logged in with this request, and for nobody else.
async fn logged_in(login: Login) -> String {
    format!("you logged in at {}", login.gained().at)
}

/// Runs for everybody.
async fn front_page(login: Option<Login>) -> &'static str {
    match login {
        Some(_) => "welcome back",
        None => "welcome, whoever you are",
    }
}

fn service(world: &Testbed, site: &Site) -> Result<Router, tashika::Error> {
    let (trust, revocation) = world::trust(world, Kind::Authentication)?;
    let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
    let verifier = AuthenticationVerifier::new(trust, profiles, algorithms)?;
    let (paths, purpose) = (FlowPaths::under("/login")?, Purpose::named("login")?);
    let login = ChallengeLayer::new(site.clone(), paths, purpose, verifier, revocation)?;
    let app = Router::new()
        .route("/login/answer", post(logged_in))
        .route("/", post(front_page))
        .layer(login)
        // A mistake: what is added after a layer does not stand behind it.
        .route("/account", post(logged_in));
    Ok(app.with_state(()))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let (testbed, site) = (world::testbed(), world::site()?);
    let app = service(&testbed, &site)?;
    site.expect::<Login>()?;
    if let Err(missing) = site.expect::<Session>() {
        println!("At the start: {missing}\n");
    }

    let mut browser = Browser::default();
    let (_, request) = browser
        .post(&app, "/login/request", "text/plain", "")
        .await?;
    let request: Value = serde_json::from_str(&request)?;
    let answer = world::sign(&testbed.card(0), &request)?;
    let path = world::member(&request, "answer")?;
    for (path, body, due) in [
        (path, answer, 200),
        ("/", json!({}), 200),
        ("/account", json!({}), 500),
    ] {
        let body = body.to_string();
        let (status, text) = browser.post(&app, path, "application/json", body).await?;
        let path = path.split('?').next().unwrap_or_default();
        println!("{path}: {status}\n{text}\n");
        if status != due {
            return Err("another outcome was due".into());
        }
    }
    Ok(())
}
