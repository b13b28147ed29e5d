//! The documents of the service behind the layer.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::any;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG};
use http::{Method, StatusCode};
use tashika::Code;
use tashika_conformance::desk::NOW;
use tashika_testbed::Register;
use tashika_tower::{MemoryTransactions, Nodes, SignatureLayer};

use crate::browser::{Answer, Browser, octets, request};
use crate::flow::Flow;
use crate::house::House;
use crate::signature::{behind, behind_under, to};

/// A service whose documents are these.
fn documents<R: IntoResponse + 'static>(
    house: &House,
    purpose: &str,
    document: impl Fn() -> R + Clone + Send + Sync + 'static,
) -> Router {
    let document = any(async move || document().into_response());
    let documents = Router::new().route("/sign/request", document);
    behind(
        house,
        house.revocation(&Register::new()),
        purpose,
        documents,
    )
}

async fn ask(app: &Router) -> Answer {
    let mut browser = Browser::new();
    let answer = browser.post(app, "/sign/request", "text/plain", "").await;
    assert_eq!(browser.cookies().len(), usize::from(answer.status == 200));
    answer
}

#[tokio::test]
async fn a_document_is_of_any_type() {
    let octets_of = |answer: &Answer| {
        let signed = octets(&answer.json()["to_be_signed"]);
        let lines = signed.windows(2).position(|w| w == b"\n\n").unwrap();
        signed[lines + 2..].to_vec()
    };
    let (house, pdf) = (House::new(), b"%PDF-1.7\n\n\0\xff".as_slice());
    let app = documents(&house, "sign", move || {
        ([(CONTENT_TYPE, "application/pdf")], pdf)
    });
    let answer = ask(&app).await;
    assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
    assert_eq!(answer.json()["media_type"], "application/pdf");
    assert_eq!(octets_of(&answer), pdf);

    // Of what no type is said, nobody guesses one.
    let house = House::new();
    let untyped = || (StatusCode::CREATED, Body::from("x"));
    let answer = ask(&documents(&house, "sign", untyped)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["media_type"], "application/octet-stream");
    assert_eq!(octets_of(&answer), b"x");
}

#[tokio::test]
async fn what_is_no_document_passes_as_it_is() {
    for status in [303, 400, 401, 404, 500] {
        let house = House::new();
        let app = documents(&house, "sign", move || {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [(ETAG, "\"1\"")], "the service's own")
        });
        let answer = ask(&app).await;
        assert_eq!((answer.status.as_u16(), answer.refusal), (status, None));
        assert_eq!(answer.text(), "the service's own");
        assert_eq!(answer.headers[ETAG], "\"1\"");
        assert!(!answer.headers.contains_key("cache-control"));
    }
}

#[tokio::test]
async fn a_link_opens_nothing() {
    let store = Arc::new(MemoryTransactions::standard());
    let house = House::over(Arc::clone(&store) as _, Nodes::One);
    let app = documents(&house, "sign", || "document");
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::OPTIONS] {
        let request = request(method, "/sign/request", Body::empty());
        let refused = Browser::new().send(&app, request).await;
        assert_eq!(refused.refusal, Some(Code::InputMethod));
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refused.headers["allow"], "POST");
    }
    assert!(store.is_empty(NOW));
}

#[tokio::test]
async fn the_longest_document_fits_beside_the_longest_lines() {
    let origin = format!("https://{}.example", "a".repeat(255 - 16));
    let store = MemoryTransactions::new(NonZeroUsize::MIN, NonZeroUsize::MIN);
    let house = House::at(&origin, Arc::new(store), Nodes::One);
    let document = "x".repeat(SignatureLayer::DOCUMENT);
    let path = format!("/{}", "s".repeat(255 - "//request".len()));
    let begin = format!("{path}/request");
    let documents = Router::new().route(&begin, any(async move || document));
    let revocation = house.revocation(&Register::new());
    let app = behind_under(&path, &house, revocation, &"p".repeat(64), documents);
    let mut browser = Browser::new();
    let request = browser.post(&app, &begin, "text/plain", "").await.json();
    let response = Flow::Signature.answer(house.desk.card(), &request);
    let seen = browser.post_json(&app, to(&request), &response).await;
    assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
}

#[tokio::test]
async fn what_cannot_be_signed_is_the_services_fault() {
    let longer = || "x".repeat(SignatureLayer::DOCUMENT + 1).into_response();
    let zipped = || ([(CONTENT_ENCODING, "gzip")], "document").into_response();
    let identity = || ([(CONTENT_ENCODING, "identity")], "document").into_response();
    let nameless = || ([(CONTENT_TYPE, "text/\u{e4}")], "document").into_response();
    for document in [longer, zipped, identity, nameless] {
        let house = House::new();
        let refused = ask(&documents(&house, "sign", document)).await;
        assert_eq!(refused.refused(), Code::MisuseArgument);
        assert_eq!(refused.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}
