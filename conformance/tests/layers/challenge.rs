//! Logins with a card.

use axum::routing::post;
use axum::{Extension, Router};
use serde_json::Value;
use tashika::Code;
use tashika::jpki::{LookupKey, VerifiedAuthentication};
use tashika::transaction::Purpose;
use tashika_testbed::{Card, Register};
use tashika_tower::{ChallengeLayer, Device, FlowPaths, Revocation, Verified};

use crate::browser::Browser;
use crate::flow::{self, Flow};
use crate::house::House;

/// The handler tells whom it saw.
async fn seen(proof: Extension<Verified<VerifiedAuthentication>>) -> String {
    assert_eq!(proof.gained().device, Device::Same);
    assert_eq!(proof.transaction(), proof.binding().transaction);
    let key = LookupKey::from_octets(&[1; 32]);
    proof.leaf().identity().lookup(&key).to_string()
}

/// Logins, where nobody's certificate is revoked.
pub(crate) fn logins(house: &House) -> ChallengeLayer {
    let revocation = house.revocation(&Register::new());
    layer("/login", house, revocation, "login")
}

async fn passed(proof: Option<Extension<Verified<VerifiedAuthentication>>>) -> &'static str {
    match proof {
        None => "passed without a proof",
        Some(_) => "passed with a proof",
    }
}

fn layer(path: &str, house: &House, revocation: Revocation, purpose: &str) -> ChallengeLayer {
    let layer = ChallengeLayer::new(
        house.site.clone(),
        FlowPaths::under(path).unwrap(),
        Purpose::named(purpose).unwrap(),
        house.desk.authentication().unwrap(),
        revocation,
    );
    layer.unwrap()
}

fn app(house: &House, register: &Register) -> Router {
    service(house, house.revocation(register), "login")
}

/// A service that people log in to for this purpose.
pub(crate) fn service(house: &House, revocation: Revocation, purpose: &str) -> Router {
    service_under("/login", house, revocation, purpose)
}

/// The same at this path.
pub(crate) fn service_under(
    path: &str,
    house: &House,
    revocation: Revocation,
    purpose: &str,
) -> Router {
    Router::new()
        .route(&format!("{path}/answer"), post(seen))
        .route("/", post(passed))
        .layer(layer(path, house, revocation, purpose))
}

pub(crate) async fn begin(browser: &mut Browser, app: &Router) -> Value {
    Flow::Login.begin(browser, app).await
}

pub(crate) fn answer(card: &Card, request: &Value) -> Value {
    flow::answer(card.authentication(), request)
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
    assert_eq!(passed.text(), "passed without a proof");
}
