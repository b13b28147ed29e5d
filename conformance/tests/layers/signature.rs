//! Documents that people sign with their card.

mod contents;
mod documents;
mod forms;
mod openssl;

use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Router};
use http::StatusCode;
use http::header::{CONTENT_TYPE, SET_COOKIE};
use serde_json::Value;
use tashika::Code;
use tashika::jpki::{LookupKey, VerifiedSignature};
use tashika::transaction::Purpose;
use tashika_testbed::Register;
use tashika_tower::{Device, FlowPaths, Revocation, SignatureLayer, SignedRequest, Verified};

use crate::browser::{Browser, octets};
use crate::flow::Flow;
use crate::house::House;

const DOCUMENT: &str = "申込書\n\nopen an account\r\n";

/// The handler tells whom it saw, and with which document.
async fn seen(
    proof: Extension<Verified<VerifiedSignature>>,
    request: Extension<SignedRequest>,
    body: Bytes,
) -> impl IntoResponse {
    assert!(body.is_empty());
    assert_eq!(proof.gained().device, Device::Same);
    assert_eq!(proof.transaction(), request.binding().transaction);
    assert!(!format!("{request:?}").contains("account"));
    let signed = request.to_bytes();
    assert_eq!(proof.content().unwrap(), &signed);
    let key = LookupKey::from_octets(&[1; 32]);
    let lookup = proof.leaf().identity().lookup(&key).to_string();
    let document = String::from_utf8(request.document().to_vec()).unwrap();
    (
        [("x-document", document.lines().count().to_string())],
        lookup,
    )
}

async fn passed(proof: Option<Extension<Verified<VerifiedSignature>>>) -> &'static str {
    match proof {
        None => "passed without a proof",
        Some(_) => "passed with a proof",
    }
}

/// The handler fills in a form.
async fn document() -> impl IntoResponse {
    let text = (CONTENT_TYPE, "text/plain; charset=utf-8");
    let cookie = (
        SET_COOKIE,
        "__Host-draft=1; Path=/; Secure; HttpOnly; SameSite=Lax",
    );
    ([text, cookie], DOCUMENT)
}

/// A service whose documents people sign for this purpose.
pub(crate) fn service(house: &House, revocation: Revocation, purpose: &str) -> Router {
    service_under("/sign", house, revocation, purpose)
}

/// The same at this path.
pub(crate) fn service_under(
    path: &str,
    house: &House,
    revocation: Revocation,
    purpose: &str,
) -> Router {
    let documents = Router::new().route(&format!("{path}/request"), post(document));
    behind_under(path, house, revocation, purpose, documents)
}

/// The same with documents of another making.
fn behind(house: &House, revocation: Revocation, purpose: &str, documents: Router) -> Router {
    behind_under("/sign", house, revocation, purpose, documents)
}

fn behind_under(
    path: &str,
    house: &House,
    revocation: Revocation,
    purpose: &str,
    documents: Router,
) -> Router {
    let layer = SignatureLayer::new(
        house.site.clone(),
        FlowPaths::under(path).unwrap(),
        Purpose::named(purpose).unwrap(),
        house.signing(),
        revocation,
    );
    documents
        .route(&format!("{path}/answer"), post(seen))
        .route("/", post(passed))
        .layer(layer.unwrap())
}

fn app(house: &House) -> Router {
    service(house, house.revocation(&Register::new()), "sign")
}

fn to(request: &Value) -> &str {
    request["answer"].as_str().unwrap()
}

#[tokio::test]
async fn a_document_is_signed_once() {
    let house = House::new();
    let app = app(&house);
    let mut browser = Browser::new();
    let request = Flow::Signature.begin(&mut browser, &app).await;
    assert_eq!(request["media_type"], "text/plain; charset=utf-8");
    let to_be_signed = octets(&request["to_be_signed"]);
    let text = String::from_utf8(to_be_signed).unwrap();
    let (lines, document) = text.split_once("\n\n").unwrap();
    assert_eq!(document, DOCUMENT);
    let transaction = request["transaction"].as_str().unwrap();
    assert!(lines.contains(transaction));
    // The transaction's, and the service's own.
    assert_eq!(browser.cookies().len(), 2);

    let response = Flow::Signature.answer(house.desk.card(), &request);
    let seen = browser.post_json(&app, to(&request), &response).await;
    assert_eq!((seen.status, seen.text().len()), (StatusCode::OK, 64));
    assert_eq!(seen.headers["x-document"], "3");
    assert_eq!(seen.headers["cache-control"], "no-store");
    assert_eq!(browser.cookies().len(), 1);

    let again = browser.post_json(&app, to(&request), &response).await;
    assert_eq!(again.refused(), Code::TransactionBrowser);
    let passed = browser.post(&app, "/", "text/plain", "").await;
    assert_eq!(passed.text(), "passed without a proof");
}
