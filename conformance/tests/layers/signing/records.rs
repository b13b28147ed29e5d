//! What a signature leaves: on record, in a session, and in logs.

use std::fs;
use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use serde_json::{Value, json};
use tashika::audit::{ChainKey, MethodTable, Role, Terms};
use tashika::jpki::LookupKey;
use tashika::{Code, Duration};
use tashika_testbed::auth_app::{Changes, Choice, ResultForm};
use tashika_tower::{
    AuditLayer, Certificates, ChainKeys, ChannelSink, FileOptions, FileSink, Identity,
    MemorySessions, Recheck, Session, SessionKeys, SessionLayer, SessionMode, SessionPolicy,
    Visitors,
};
use tempfile::TempDir;
use tower_http::trace::TraceLayer;

use super::scene::{Bank, DOCUMENT};
use crate::browser::Browser;
use crate::traces::Written;

fn terms(role: Role) -> Terms {
    Terms::new(LookupKey::from_octets(&[1; 32]), role)
}

fn listed(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one["label"].as_str().unwrap()).collect()
}

/// The one line of the one file whose name begins so.
fn line(directory: &TempDir, kind: &str) -> Value {
    let files = fs::read_dir(directory.path()).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    let file = files.find(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with(kind)
    });
    let text = fs::read_to_string(file.unwrap()).unwrap();
    serde_json::from_str(text.trim_end()).unwrap()
}

#[tokio::test]
async fn what_we_verified_is_on_record_with_what_a_role_may_keep() {
    for (role, labels) in [
        (
            Role::Verifier,
            &["signed_data", "signature", "certificate"][..],
        ),
        (Role::ServiceProvider, &["signed_data", "signature"]),
    ] {
        let (bank, directory) = (Bank::new(ResultForm::Plain), TempDir::new().unwrap());
        let keys = ChainKeys::new(ChainKey::from_octets(&[2; 32]), Vec::new());
        let options = FileOptions::standard();
        let sink = FileSink::open(directory.path(), keys, terms(role), options).unwrap();
        let audit = AuditLayer::new(Arc::new(sink)).with_methods(MethodTable::standard());
        let app = bank.app().layer(audit);
        let seen = bank.sign(&app, "hanako").await.json();

        let record = &line(&directory, "audit-")["record"];
        assert_eq!(record["flow"], "signing");
        assert_eq!(record["transaction"], seen["transaction"]);
        assert_eq!(record["method"]["letter"], "カ");
        assert_eq!(record["login"]["issuer"], bank.login.provider().issuer());
        assert_eq!(record["login"]["acr"], "aal3 crl");
        assert_eq!(record["certificate"]["kind"], "signing");
        assert_eq!(record["certificate"]["signed"], Value::Null);
        assert_eq!(record["operator"], Value::Null);
        assert!(!record.to_string().contains(&bank.subject("hanako")));
        assert_eq!(listed(&record["evidence"]), labels);
        let kept = &line(&directory, "evidence-")["values"];
        assert_eq!(listed(kept), labels);
        let signed = STANDARD.decode(kept[0]["value"].as_str().unwrap()).unwrap();
        let signed = String::from_utf8(signed).unwrap();
        let (lines, document) = signed.split_once("\n\n").unwrap();
        assert_eq!(document, DOCUMENT);
        assert!(lines.contains(seen["transaction"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn what_an_operator_verified_is_on_record_as_its_word() {
    let bank = Bank::new(ResultForm::Jwe);
    let (sink, mut receiver) = ChannelSink::new(NonZeroUsize::MIN, terms(Role::ServiceProvider));
    let audit = AuditLayer::new(Arc::new(sink)).with_methods(MethodTable::standard());
    let app = bank.app().layer(audit);
    bank.sign(&app, "hanako").await.json();
    let entry = receiver.try_recv().unwrap();
    assert!(entry.evidence().is_none());
    let record: Value = serde_json::from_str(entry.json()).unwrap();
    assert_eq!(
        (&record["flow"], &record["verdict"]),
        (&json!("signing"), &json!("accepted"))
    );
    assert_eq!(record["certificate"], Value::Null);
    let operator = &record["operator"];
    assert_eq!(operator["url"], bank.operator.url());
    assert_eq!(
        (&operator["subject"], &operator["certificate"]),
        (&json!("same"), &json!("valid"))
    );
    assert_eq!(operator["signed"].as_str().unwrap().len(), 64);
    assert!(!entry.json().contains(&bank.subject("hanako")));
}

#[tokio::test]
async fn a_refusal_is_on_record_with_its_transaction() {
    let bank = Bank::new(ResultForm::Plain);
    let (sink, mut receiver) = ChannelSink::new(NonZeroUsize::MIN, terms(Role::Verifier));
    let (app, mut browser) = (
        bank.app().layer(AuditLayer::new(Arc::new(sink))),
        Browser::new(),
    );
    let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
    let back = bank.sent_back(&offer, &Choice::Cancel);
    let refused = browser.get(&app, &back).await;
    assert_eq!(refused.refused(), Code::AuthAppCancelled);
    let entry = receiver.try_recv().unwrap();
    let record: Value = serde_json::from_str(entry.json()).unwrap();
    assert_eq!(
        (&record["flow"], &record["code"]),
        (&json!("signing"), &json!("auth_app.cancelled"))
    );
    assert_eq!(record["transaction"], offer["transaction"]);
}

const POLICY: SessionPolicy = SessionPolicy {
    idle: Duration::hours(1),
    absolute: Duration::hours(8),
    recheck: Recheck::DangerNever,
    mode: SessionMode::Web,
    visitors: Visitors::Pass,
};

async fn whose(session: Option<Session>) -> String {
    let Some(session) = session else {
        return "nobody".to_owned();
    };
    match session.gained().identity() {
        Identity::Login { subject, acr, .. } => format!("{subject} {}", acr.as_deref().unwrap()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_has_signed_is_known_as_the_provider_calls_them() {
    let bank = Bank::new(ResultForm::Jwe);
    let store = Arc::new(MemorySessions::standard());
    let (site, keys) = (bank.house.site.clone(), SessionKeys::generate().unwrap());
    let sessions = SessionLayer::new(site, store, keys, Certificates::none(), POLICY);
    let app: Router = bank.app().route("/account", get(whose));
    let (app, mut browser) = (app.layer(sessions.unwrap()), Browser::new());
    let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
    assert_eq!(browser.get(&app, "/account").await.text(), "nobody");
    let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
    assert_eq!(browser.get(&app, &back).await.status, 200);
    let known = browser.get(&app, "/account").await;
    assert_eq!(known.text(), format!("{} aal3 crl", bank.subject("hanako")));
}

/// Neither of who signs nor of who is refused.
#[tokio::test]
async fn nothing_personal_is_written_down() {
    for (form, code) in [
        (ResultForm::Plain, Code::SignatureInvalid),
        (ResultForm::Jwe, Code::AuthAppSigningSubject),
    ] {
        let (bank, written) = (Bank::new(form), Written::default());
        let _guard = tracing::subscriber::set_default(written.clone());
        // As the deployment notes have it: what comes back stands in a query.
        let span =
            |request: &Request<Body>| tracing::info_span!("request", path = request.uri().path());
        let trace = TraceLayer::new_for_http().make_span_with(span);
        let (app, mut browser) = (bank.app().layer(trace), Browser::new());
        let name = bank.house.desk.card().person().name.clone();
        let document = format!("I am {name}");
        let mut secrets = vec![bank.subject("hanako"), bank.subject("taro"), name];
        let mut refusals = Vec::new();
        for wrong in [false, true] {
            if wrong {
                let (provider, operator) = (bank.login.provider(), &bank.operator);
                provider.only(|switches| switches.signs_other_bytes = true);
                let members = |members: &mut Changes| members.set("sub", bank.subject("taro"));
                operator.switch(|switches| members(&mut switches.reply.members));
            }
            let offer = bank.begin(&app, &mut browser, &document).await;
            let own = |(name, _): &(&String, &String)| *name != "__Host-draft";
            let cookies = browser.cookies().iter().filter(own);
            secrets.extend(cookies.map(|(_, value)| value.clone()));
            let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
            let (_, query) = back.split_once('?').unwrap();
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            secrets.extend(pairs.map(|(_, value)| value.to_owned()));
            let answer = browser.get(&app, &back).await;
            assert_eq!(answer.refusal, wrong.then_some(code), "{answer:?}");
            refusals.extend(wrong.then(|| format!("{answer:?}")));
        }
        let written = written.text();
        assert!(written.contains("/sign/callback"), "{written}");
        for secret in &secrets {
            for text in refusals.iter().chain([&written]) {
                assert!(!text.contains(secret.as_str()), "{secret} in {text}");
            }
        }
    }
}
