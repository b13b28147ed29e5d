//! Logins with a card.

use axum::routing::post;
use axum::{Extension, Router};
use serde_json::{Value, json};
use tashika::Code;
use tashika::jpki::{LookupKey, VerifiedAuthentication};
use tashika::transaction::Purpose;
use tashika_testbed::{Card, Register};
use tashika_tower::{ChallengeLayer, Device, FlowPaths, Verified};

use crate::browser::{Browser, base64, octets};
use crate::house::House;

/// The handler tells whom it saw.
async fn seen(proof: Extension<Verified<VerifiedAuthentication>>) -> String {
    assert_eq!(proof.gained().device, Device::Same);
    assert_eq!(proof.transaction(), proof.binding().transaction);
    let key = LookupKey::from_octets(&[1; 32]);
    proof.leaf().identity().lookup(&key).to_string()
}

/// Logins on these paths.
pub(crate) fn layer(house: &House, register: &Register) -> ChallengeLayer {
    let layer = ChallengeLayer::new(
        house.site.clone(),
        FlowPaths::under("/login").unwrap(),
        Purpose::named("login").unwrap(),
        house.desk.authentication().unwrap(),
        house.revocation(register),
    );
    layer.unwrap()
}

fn app(house: &House, register: &Register) -> Router {
    Router::new()
        .route("/login/answer", post(seen))
        .route("/", post(|| async { "passed" }))
        .layer(layer(house, register))
}

pub(crate) async fn begin(browser: &mut Browser, app: &Router) -> Value {
    let answer = browser.post(app, "/login/request", "text/plain", "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.json()
}

pub(crate) fn answer(card: &Card, request: &Value) -> Value {
    let signature = card.answer(&octets(&request["to_be_signed"]));
    let certificate = card.authentication().certificate();
    json!({ "certificate": base64(certificate), "signature": base64(&signature) })
}

pub(crate) fn to(request: &Value) -> &str {
    request["answer"].as_str().unwrap()
}

#[tokio::test]
async fn a_card_logs_in_once() {
    let house = House::new();
    let app = app(&house, &Register::new());
    let mut browser = Browser::new();
    let request = begin(&mut browser, &app).await;
    assert_eq!(browser.cookies().len(), 1);
    let response = answer(house.desk.card(), &request);
    let seen = browser.post_json(&app, to(&request), &response).await;
    assert_eq!((seen.status.as_u16(), seen.text().len()), (200, 64));
    assert_eq!(seen.headers["cache-control"], "no-store");
    assert!(browser.cookies().is_empty());

    let again = browser.post_json(&app, to(&request), &response).await;
    assert_eq!(again.refused(), Code::TransactionBrowser);
    let passed = browser.post(&app, "/", "text/plain", "").await;
    assert_eq!(passed.text(), "passed");
}
