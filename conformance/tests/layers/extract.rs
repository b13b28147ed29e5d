//! Proofs as arguments of handlers: what runs, what does not, and what is said
//! of a layer that is missing.

use axum::Router;
use axum::routing::{get, post};
use serde_json::Value;
use tashika::Code;
use tashika::jpki::VerifiedAuthentication;
use tashika_tower::{Lack, Session, Verified};

use crate::browser::{Answer, Browser};
use crate::challenge::{answer, begin, logins, to};
use crate::house::House;

type Login = Verified<VerifiedAuthentication>;

async fn needed(login: Login) -> String {
    login.transaction().to_string()
}

async fn welcome(login: Option<Login>) -> &'static str {
    login.map_or("stranger", |_| "known")
}

async fn session(session: Session) -> String {
    format!("{session:?}")
}

async fn perhaps(session: Option<Session>) -> String {
    format!("{session:?}")
}

/// Some handlers behind the layer, and some that were forgotten.
fn app(house: &House) -> Router {
    Router::new()
        .route("/login/answer", post(needed))
        .route("/account", get(needed))
        .route("/", get(welcome))
        .layer(logins(house))
        .route("/forgotten", get(needed))
        .route("/forgotten/start", get(welcome))
        .route("/session", get(session))
        .route("/session/start", get(perhaps))
}

/// What is said of a layer that is missing, to the operator and in the response.
fn missing(answer: &Answer) -> (String, u16) {
    assert_eq!(answer.refused(), Code::MisuseLayer);
    let Value::String(text) = &answer.json()["missing"] else {
        panic!("{answer:?}");
    };
    (text.clone(), answer.status.as_u16())
}

#[tokio::test]
async fn a_handler_gets_its_proof() {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    let request = begin(&mut browser, &app).await;
    let response = answer(house.desk.card(), &request);
    let seen = browser.post_json(&app, to(&request), &response).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!(seen.text(), request["transaction"]);
    assert_eq!(browser.get(&app, "/").await.text(), "stranger");
}

#[tokio::test]
async fn a_handler_in_the_wrong_place_does_not_run_and_says_why() {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    for path in ["/forgotten", "/forgotten/start"] {
        let (text, status) = missing(&browser.get(&app, path).await);
        let absent = "ChallengeLayer is missing: it does not stand before this handler";
        assert_eq!((text.as_str(), status), (absent, 500));
    }
    let (text, status) = missing(&browser.get(&app, "/account").await);
    let elsewhere =
        "ChallengeLayer stands before this handler, and lets no proof through to this path";
    assert_eq!((text.as_str(), status), (elsewhere, 500));
    for path in ["/session", "/session/start"] {
        let (text, status) = missing(&browser.get(&app, path).await);
        let absent = "SessionLayer is missing: it does not stand before this handler";
        assert_eq!((text.as_str(), status), (absent, 500));
    }
}

/// Nobody talks a handler into running with headers.
#[tokio::test]
async fn a_proof_does_not_come_from_outside() {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    for name in [
        "verified",
        "x-tashika-verified",
        "x-verified-authentication",
    ] {
        let request = http::Request::get("/account").header(name, "true");
        let request = request.body(axum::body::Body::empty()).unwrap();
        let refused = browser.send(&app, request).await;
        assert_eq!(refused.refused(), Code::MisuseLayer, "{name}");
    }
}

#[tokio::test]
async fn a_layer_that_stands_nowhere_is_known_at_the_start() {
    let house = House::new();
    let site = &house.site;
    let made = logins(&house);
    let missing = site.expect::<Login>().unwrap_err();
    assert_eq!(missing.layer(), "ChallengeLayer");
    assert_eq!(missing.lack(), Lack::Unplaced);
    let app: Router = Router::new().route("/", get(welcome)).layer(made);
    let _served = app.with_state::<()>(());
    site.expect::<Login>().unwrap();
    let missing = site.expect::<Session>().unwrap_err();
    assert_eq!(missing.layer(), "SessionLayer");
}
