//! What stands in the logs of a service: nothing that opens anything, and nobody.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::Request;
use serde_json::Value;
use tashika::Code;
use tashika::jpki::VerifiedAuthentication;
use tashika_tower::Verified;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::browser::Browser;
use crate::challenge::{answer, begin, logins, to};
use crate::house::House;

/// Writes down everything, of every level.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<String>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for Written {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Written {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
        self.0.lock().unwrap().push('\n');
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

async fn seen(_: Verified<VerifiedAuthentication>) -> &'static str {
    "seen"
}

fn app(house: &House) -> Router {
    Router::new()
        .route("/login/answer", post(seen))
        .layer(logins(house))
        .route("/forgotten", get(seen))
}

/// Whatever opens something, or is somebody's.
struct Secrets(Vec<String>);

impl Secrets {
    fn are_not_in(&self, text: &str) {
        for secret in &self.0 {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

/// Logs in, and is refused in several ways.
async fn goes_through(house: &House, app: &Router) -> (Value, Secrets) {
    let mut browser = Browser::new();
    let request = begin(&mut browser, app).await;
    let response = answer(house.desk.card(), &request);
    let mut secrets: Vec<String> = browser.cookies().values().cloned().collect();
    for member in ["certificate", "signature"] {
        secrets.push(response[member].as_str().unwrap().to_owned());
    }
    secrets.push(request["to_be_signed"].as_str().unwrap().to_owned());
    let mut other = Browser::new();
    let refused = other.post_json(app, to(&request), &response).await;
    assert_eq!(refused.refused(), Code::TransactionBrowser);
    let refused = browser
        .post(app, to(&request), "application/json", "{")
        .await;
    assert_eq!(refused.refused(), Code::InputAnswer);
    let seen = browser.post_json(app, to(&request), &response).await;
    assert_eq!(seen.text(), "seen");
    (request, Secrets(secrets))
}

#[tokio::test]
async fn what_tower_http_traces_opens_nothing() {
    let (house, written) = (House::new(), Written::default());
    let _guard = tracing::subscriber::set_default(written.clone());
    // As verbose as it goes without what came from outside in headers.
    let trace = TraceLayer::new_for_http()
        .make_span_with(DefaultMakeSpan::new().level(Level::INFO))
        .on_response(
            DefaultOnResponse::new()
                .level(Level::INFO)
                .include_headers(true),
        );
    let app = app(&house).layer(trace);
    let (request, secrets) = goes_through(&house, &app).await;
    let text = written.text();
    secrets.are_not_in(&text);
    assert!(text.contains("finished processing request"), "{text}");
    // The cookie's header says itself that it is a secret.
    assert!(text.contains(r#""set-cookie": Sensitive"#), "{text}");
    // A transaction stands in its path, and whoever reads it cannot answer it.
    let transaction = request["transaction"].as_str().unwrap();
    assert!(text.contains(transaction));
    let response = answer(house.desk.card(), &request);
    let mut reader = Browser::new();
    let refused = reader.post_json(&app, to(&request), &response).await;
    assert_eq!(refused.refused(), Code::TransactionBrowser);
}

/// As the deployment notes have it: what comes back from a provider stands in a
/// query.
#[tokio::test]
async fn a_span_of_the_path_alone_has_no_query() {
    let (house, written) = (House::new(), Written::default());
    let _guard = tracing::subscriber::set_default(written.clone());
    let span =
        |request: &Request<Body>| tracing::info_span!("request", path = request.uri().path());
    let app = app(&house).layer(TraceLayer::new_for_http().make_span_with(span));
    let (request, secrets) = goes_through(&house, &app).await;
    let text = written.text();
    secrets.are_not_in(&text);
    assert!(text.contains("/login/answer"), "{text}");
    assert!(
        !text.contains(request["transaction"].as_str().unwrap()),
        "{text}"
    );
}

#[tokio::test]
async fn the_operator_hears_of_a_layer_that_is_missing() {
    let (house, written) = (House::new(), Written::default());
    let _guard = tracing::subscriber::set_default(written.clone());
    let refused = Browser::new().get(&app(&house), "/forgotten").await;
    assert_eq!(refused.refused(), Code::MisuseLayer);
    let text = written.text();
    assert!(text.contains(r#"layer="ChallengeLayer""#), "{text}");
    assert!(
        text.contains("does not stand before this handler"),
        "{text}"
    );
}
