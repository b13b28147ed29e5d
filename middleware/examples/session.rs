//! A service that remembers who has logged in with their card, until the card is
//! revoked.
//!
//! ```sh
//! cargo run -p tashika-tower --example session
//! ```
//!
//! The order matters: requests of other sites are refused first, then the session
//! is looked up, and within it people log in.

mod world;

use std::error::Error;
use std::sync::Arc;

use axum::routing::post;
use axum::{Extension, Router};
use http::StatusCode;
use serde_json::Value;
use tashika::Duration;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{AuthenticationVerifier, Kind, ProfileTable};
use tashika::transaction::Purpose;
use tashika_testbed::{self as testbed, Testbed};
use tashika_tower::{
    Certificates, ChallengeLayer, FlowPaths, MemorySessions, Recheck, Session, SessionKeys,
    SessionLayer, SessionMode, SessionPolicy, Visitors, WhenUndetermined,
};
use tower_http::csrf::CsrfLayer;

use world::Browser;

/// Runs for people who have a session, and for nobody else.
async fn account(session: Extension<Session>) -> String {
    format!("you are logged in since {}", session.begun())
}

async fn log_out(session: Extension<Session>) -> &'static str {
    session.end();
    "good-bye"
}

fn service(world: &Testbed) -> Result<Router, tashika::Error> {
    let (trust, revocation) = world::trust(world, testbed::Kind::Authentication)?;
    let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
    let verifier = AuthenticationVerifier::new(trust.clone(), profiles, algorithms)?;
    let (site, paths) = (world::site()?, FlowPaths::under("/login")?);
    // Who is asked at the login is asked again while the session lasts.
    let kind = Kind::Authentication;
    let certificates = Certificates::none().with(kind, trust, revocation.clone());
    let policy = SessionPolicy {
        idle: Duration::minutes(15),
        absolute: Duration::hours(8),
        recheck: Recheck::After(Duration::minutes(30), WhenUndetermined::Refuse),
        mode: SessionMode::Web,
        visitors: Visitors::Refused {
            open: vec![paths.request.clone(), paths.answer.clone()],
        },
    };
    let store = Arc::new(MemorySessions::standard());
    let keys = SessionKeys::generate()?;
    let sessions = SessionLayer::new(site.clone(), store, keys, certificates, policy)?;
    let purpose = Purpose::named("login")?;
    let login = ChallengeLayer::new(site, paths, purpose, verifier, revocation)?;
    let app = Router::new()
        .route("/login/answer", post(|| async { "welcome" }))
        .route("/account", post(account))
        .route("/logout", post(log_out));
    // The last is the outermost.
    Ok(app.layer(login).layer(sessions).layer(CsrfLayer::new()))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let testbed = world::testbed();
    let (app, mut browser) = (service(&testbed)?, Browser::default());
    println!("Before the login");
    post_to(&app, &mut browser, "/account", StatusCode::FORBIDDEN).await?;

    println!("A card logs in");
    let request = post_to(&app, &mut browser, "/login/request", StatusCode::OK).await?;
    let request: Value = serde_json::from_str(&request)?;
    let json = world::sign(&testbed.card(0), &request)?.to_string();
    let path = world::member(&request, "answer")?;
    let (status, text) = browser.post(&app, path, "application/json", json).await?;
    println!("{status}\n{text}\n");

    println!("After the login, logging out, and after that");
    post_to(&app, &mut browser, "/account", StatusCode::OK).await?;
    post_to(&app, &mut browser, "/logout", StatusCode::OK).await?;
    post_to(&app, &mut browser, "/account", StatusCode::FORBIDDEN).await?;
    Ok(())
}

async fn post_to(
    app: &Router,
    browser: &mut Browser,
    path: &str,
    expected: StatusCode,
) -> Result<String, Box<dyn Error>> {
    let (status, text) = browser.post(app, path, "text/plain", "").await?;
    println!("{path}: {status}\n{text}\n");
    if status != expected {
        return Err(format!("{path}: {status}").into());
    }
    Ok(text)
}
