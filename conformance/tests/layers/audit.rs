//! What stands on record before a handler runs.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::routing::post;
use axum::{Extension, Router};
use serde_json::{Value, json};
use tashika::Code;
use tashika::audit::{self, ChainKey, MethodTable, Record, Role, Terms};
use tashika::jpki::{LookupKey, VerifiedAuthentication};
use tashika::transaction::Purpose;
use tashika_testbed::{Card, Register};
use tashika_tower::{
    AuditLayer, AuditSink, ChainKeys, ChallengeLayer, ChannelSink, FileOptions, FileSink,
    FlowPaths, StoreFuture, TracingSink, Verified,
};
use tempfile::TempDir;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Metadata, Subscriber};

use crate::browser::{Answer, Browser};
use crate::flow::{Flow, answer_over};
use crate::house::House;

fn terms() -> Terms {
    Terms::new(LookupKey::from_octets(&[1; 32]), Role::Verifier)
}

/// A house whose handler does what `seen` does.
fn app(
    house: &House,
    sink: Arc<dyn AuditSink>,
    seen: impl Fn(&str) + Clone + Send + Sync + 'static,
) -> Router {
    let login = ChallengeLayer::new(
        house.site.clone(),
        FlowPaths::under("/login").unwrap(),
        Purpose::named("login").unwrap(),
        house.desk.authentication().unwrap(),
        house.revocation(&Register::new()),
    );
    let handler = |proof: Extension<Verified<VerifiedAuthentication>>| async move {
        seen(&proof.transaction().to_string());
    };
    Router::new()
        .route("/login/answer", post(handler))
        .route("/", post(|| async { "passed" }))
        .layer(login.unwrap())
        .layer(AuditLayer::new(sink))
}

async fn log_in(browser: &mut Browser, app: &Router, card: &Card) -> Answer {
    let request = Flow::Login.begin(browser, app).await;
    let answer = Flow::Login.answer(card, &request);
    let to = request.get("answer").and_then(Value::as_str);
    browser.post_json(app, to.unwrap(), &answer).await
}

fn keys() -> ChainKeys {
    ChainKeys::new(ChainKey::from_octets(&[2; 32]), Vec::new())
}

/// The lines of the files whose names begin so.
fn lines(directory: &Path, kind: &str) -> Vec<Value> {
    let files = fs::read_dir(directory).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(kind)
        })
        .collect();
    files.sort();
    let text: String = files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_record_is_on_disk_before_the_handler_runs() {
    let (house, dir) = (House::new(), TempDir::new().unwrap());
    let directory = dir.path().join("audit");
    let sink = FileSink::open(&directory, keys(), terms(), FileOptions::standard()).unwrap();
    let sink = Arc::new(sink);
    let ran = Arc::new(AtomicUsize::new(0));
    let seen = {
        let (directory, ran) = (directory.clone(), Arc::clone(&ran));
        move |transaction: &str| {
            let last = lines(&directory, "audit-").pop().unwrap();
            assert_eq!(last["record"]["transaction"], transaction);
            assert_eq!(last["record"]["verdict"], "accepted");
            ran.fetch_add(1, Ordering::Relaxed);
        }
    };
    let app = app(&house, Arc::clone(&sink) as _, seen);
    let mut browser = Browser::new();
    for _ in 0..3 {
        let answer = log_in(&mut browser, &app, house.desk.card()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(ran.load(Ordering::Relaxed), 3);
    assert_eq!(sink.head().unwrap().sequence(), 3);

    // A refusal is on record too, with its reason; what passes is not.
    let request = Flow::Login.begin(&mut browser, &app).await;
    let credential = house.desk.card().credential(Flow::Login.kind());
    let answer = answer_over(credential, b"something else");
    let to = request["answer"].as_str().unwrap();
    let refused = browser.post_json(&app, to, &answer).await;
    assert_eq!(refused.refused(), Code::SignatureInvalid);
    browser.post(&app, "/", "text/plain", "").await;
    let lines = lines(&directory, "audit-");
    assert_eq!(lines.len(), 4);
    let record = &lines[3]["record"];
    assert_eq!(record["code"], "signature.invalid");
    assert_eq!(record["transaction"], request["transaction"]);
    assert_eq!(ran.load(Ordering::Relaxed), 3);
}

/// A sink that keeps nothing, and says why in its own words.
#[derive(Debug)]
struct Broken;

impl AuditSink for Broken {
    fn write(&self, _: Record) -> StoreFuture<()> {
        StoreFuture::known(Err(Code::MisuseArgument.into()))
    }
}

#[tokio::test]
async fn without_a_record_nobody_passes() {
    let (full, _receiver) = ChannelSink::new(NonZeroUsize::MIN, terms());
    drop(full.write(Record::refused(
        audit::Flow::Login,
        Code::InputAnswer.into(),
        None,
        tashika_conformance::desk::NOW,
    )));
    let sinks: [Arc<dyn AuditSink>; 2] = [Arc::new(Broken), Arc::new(full)];
    for sink in sinks {
        let house = House::new();
        let app = app(&house, sink, |_| panic!("the handler ran"));
        let mut browser = Browser::new();
        let answer = log_in(&mut browser, &app, house.desk.card()).await;
        assert_eq!(answer.refused(), Code::TransactionUnrecorded);
        assert_eq!(answer.status, 503);
        assert!(answer.headers.contains_key("retry-after"));
        // A refusal is one, whether or not it is on record.
        let nothing = browser
            .post_json(&app, "/login/answer?transaction=x", &json!({}))
            .await;
        assert_eq!(nothing.refused(), Code::InputAnswer);
        let passed = browser.post(&app, "/", "text/plain", "").await;
        assert_eq!(passed.text(), "passed");
    }
}

#[tokio::test]
async fn a_channel_gets_what_a_role_may_keep() {
    let house = House::new();
    let (sink, mut receiver) = ChannelSink::new(NonZeroUsize::MIN, terms());
    let app = app(&house, Arc::new(sink), |_| {});
    let answer = log_in(&mut Browser::new(), &app, house.desk.card()).await;
    assert_eq!(answer.status, 200);
    let entry = receiver.try_recv().unwrap();
    let record: Value = serde_json::from_str(entry.json()).unwrap();
    assert_eq!(record["flow"], "authentication");
    assert!(entry.evidence().is_none());
}

#[tokio::test]
async fn a_signature_leaves_what_a_role_may_keep() {
    for (role, labels) in [
        (
            Role::Verifier,
            &["signed_data", "signature", "certificate"][..],
        ),
        (Role::ServiceProvider, &["signed_data", "signature"]),
    ] {
        let (house, dir) = (House::new(), TempDir::new().unwrap());
        let terms = Terms::new(LookupKey::from_octets(&[1; 32]), role);
        let sink = FileSink::open(dir.path(), keys(), terms, FileOptions::standard()).unwrap();
        let layer = AuditLayer::new(Arc::new(sink)).with_methods(MethodTable::standard());
        let app = Flow::Signature.service(&house, house.revocation(&Register::new()));
        let (app, mut browser) = (app.layer(layer), Browser::new());
        let request = Flow::Signature.begin(&mut browser, &app).await;
        let answer = Flow::Signature.answer(house.desk.card(), &request);
        let to = request["answer"].as_str().unwrap();
        let signed = browser.post_json(&app, to, &answer).await;
        assert_eq!(signed.status, 200, "{signed:?}");

        let record = &lines(dir.path(), "audit-")[0]["record"];
        assert_eq!(record["method"]["letter"], "カ");
        let listed = |list: &Value| {
            let list = list.as_array().unwrap().iter();
            list.map(|one| one["label"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(listed(&record["evidence"]), labels);
        let kept = &lines(dir.path(), "evidence-")[0]["values"];
        assert_eq!(listed(kept), labels);
        assert_eq!(kept[0]["value"], request["to_be_signed"]);
        assert_eq!(kept[1]["value"], answer["signature"]);
    }
}

/// Keeps the fields of events with our target.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<Fields>>>);

impl Subscriber for Events {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "tashika::audit"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Debug, Default)]
struct Fields(Vec<(String, String)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push((field.name().to_owned(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name().to_owned(), value.to_owned()));
    }
}

#[tokio::test]
async fn a_log_tells_less_than_a_record() {
    let (house, events) = (House::new(), Events::default());
    let subscribed = tracing::subscriber::set_default(events.clone());
    let app = app(&house, Arc::new(TracingSink::new(terms())), |_| {});
    let answer = log_in(&mut Browser::new(), &app, house.desk.card()).await;
    assert_eq!(answer.status, 200);
    drop(subscribed);
    let events = events.0.lock().unwrap();
    let [event] = &events[..] else {
        panic!("{events:?}");
    };
    let field = |name: &str| {
        let found = event.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(field("flow"), Some("authentication"));
    assert_eq!(field("transaction").map(str::len), Some(32));
    assert_eq!(field("code"), None);
    let record: Value = serde_json::from_str(field("record").unwrap()).unwrap();
    assert_eq!(record["certificate"]["algorithm"], "ecdsa-sha256");
    for told in ["keyed", "valid_from", "valid_until"] {
        assert_eq!(record["certificate"][told], Value::Null, "{told}");
    }
}
