//! What a platform operator says, and what is made of it.

use std::time::Duration as Span;

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::operator::{OperatorClient, Token};
use tashika::revocation::{
    Answer, CheckMethod, CheckPurpose, Delivery, Reason, RevocationQuery, State,
};
use tashika::trust::Purpose;
use tashika::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, OneHop, PolicyRule,
};
use tashika::{Code, Duration};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{
    Algorithm, Answer as Scripted, CertificateBuilder, Extension, Generation, Kind, Operator, Word,
};

use crate::scene::{
    AS_OF, BREAKER, PATIENT, Scene, asking, asking_by, at, endpoint, operator_client, subject,
};

const VERIFY: CheckPurpose = CheckPurpose::SignatureVerification;

async fn ask(scene: &Scene, word: Word) -> Answer {
    let operator = scene.operator(word);
    asking(&operator).check(&scene.query, VERIFY, NOW).await
}

fn code(answer: &Answer) -> Code {
    match answer.status().state() {
        State::Undetermined(code) => code,
        known => panic!("{known:?}"),
    }
}

#[tokio::test]
async fn good_is_good_with_its_evidence() {
    let scene = Scene::new();
    let answer = ask(&scene, Word::good(AS_OF)).await;
    assert_eq!(answer.status().state(), State::Good);
    assert!(answer.status().answers(&scene.query));
    assert_eq!(answer.checked_via(), Some(CheckMethod::Operator));
    assert_eq!(answer.source_time(), Some(at(AS_OF)));
    assert_eq!(answer.age(NOW), Some(Duration::hours(1)));
    assert_eq!(answer.reference().unwrap().as_str(), "ref-1");
    assert_eq!(answer.purpose(), VERIFY);
    assert_eq!(answer.delivery(), Delivery::Asked);
    assert_eq!(answer.retry_after(), None);
}

#[tokio::test]
async fn revoked_is_revoked_with_its_reason() {
    let scene = Scene::new();
    let since = "2027-01-10T00:00:00+09:00";
    for word in [
        Word::revoked(AS_OF, since, 4),
        Word::revoked(AS_OF, since, 4).under(410),
    ] {
        let answer = ask(&scene, word).await;
        let State::Revoked {
            reason, revoked_at, ..
        } = answer.status().state()
        else {
            panic!("revoked");
        };
        assert_eq!((reason, revoked_at), (Reason::Superseded, at(since)));
    }
    let word = Word::revoked(AS_OF, since, 4).with("revocation_reason", "200");
    let state = ask(&scene, word).await.status().state();
    assert!(matches!(
        state,
        State::Revoked {
            reason: Reason::Unknown(200),
            ..
        }
    ));
}

#[tokio::test]
async fn what_is_unknown_or_not_described_is_undetermined() {
    let scene = Scene::new();
    for status in ["unknown", "Good", "GOOD", "valid", "ok", "", "suspended"] {
        let answer = ask(&scene, Word::of(status, AS_OF)).await;
        assert_eq!(code(&answer), Code::RevocationOperatorUnknown, "{status}");
        assert_eq!(answer.checked_via(), None);
    }
    let nobody_knows = Operator::start().unwrap();
    let answer = asking(&nobody_knows).check(&scene.query, VERIFY, NOW).await;
    assert_eq!(code(&answer), Code::RevocationOperatorUnknown);
}

#[tokio::test]
async fn contradictions_are_no_answer() {
    let scene = Scene::new();
    let good = || Word::good(AS_OF);
    let revoked = || Word::revoked(AS_OF, AS_OF, 1);
    let long = format!("\"{}\"", "x".repeat(65));
    for word in [
        good().with("revoked_at", "\"2027-01-01T00:00:00Z\""),
        good().with("revocation_reason", "4"),
        good().under(410),
        Word::of("unknown", AS_OF).under(410),
        revoked().without("revoked_at"),
        revoked().with("revoked_at", "\"yesterday\""),
        revoked().with("revocation_reason", "256"),
        revoked().with("revocation_reason", "\"superseded\""),
        good().without("source_updated_at"),
        good().with("source_updated_at", "1800000000"),
        good().with("source_next_update", "\"soon\""),
        good().without("certificate_status"),
        good().with("reference_id", &long),
        good().with("reference_id", "\"two words\""),
        // Of another question.
        good().with("request_id", "\"00000000000000000000000000000000\""),
        good().with("issuer_key_sha256", "\"00\""),
        good().with("serial", "\"01\""),
        good().with("check_method", "\"ocsp\""),
        good().with("check_purpose", "\"liveness_check\""),
        // A member that stands twice.
        good().with("x\":1,\"certificate_status", "\"revoked\""),
    ] {
        let shown = format!("{word:?}");
        let answer = ask(&scene, word).await;
        assert_eq!(code(&answer), Code::RevocationOperatorAnswer, "{shown}");
    }
}

#[tokio::test]
async fn members_that_nobody_described_change_nothing() {
    let word = Word::good(AS_OF)
        .with("source_next_update", "\"2027-01-16T00:00:00Z\"")
        .with("new", "{\"certificate_status\":\"revoked\"}");
    let answer = ask(&Scene::new(), word.without("reference_id")).await;
    assert_eq!(answer.status().state(), State::Good);
    assert_eq!(
        answer.status().next_update(),
        Some(at("2027-01-16T00:00:00Z"))
    );
    assert_eq!(answer.reference(), None);
}

#[tokio::test]
async fn http_that_is_no_answer_has_a_code_of_its_own() {
    const JSON: &str = "application/json";
    let scene = Scene::new();
    for (scripted, expected) in [
        (Scripted::html(), Code::RevocationHttp),
        (Scripted::ok("text/plain", "{}"), Code::RevocationHttp),
        (
            Scripted::redirect("http://127.0.0.1:1/"),
            Code::RevocationHttp,
        ),
        (Scripted::gzip_bomb(JSON), Code::RevocationHttp),
        (
            Scripted::ok(JSON, vec![b' '; 65 * 1024]),
            Code::RevocationHttp,
        ),
        (
            Scripted::ok(JSON, "{}").claiming(1 << 40),
            Code::RevocationHttp,
        ),
        (Scripted::status(400), Code::RevocationHttp),
        (Scripted::status(409), Code::RevocationHttp),
        (Scripted::status(500), Code::RevocationHttp),
        (Scripted::status(204), Code::RevocationHttp),
        (Scripted::status(401), Code::RevocationNotPermitted),
        (Scripted::status(403), Code::RevocationNotPermitted),
        (Scripted::status(503), Code::RevocationBusy),
        (Scripted::status(429), Code::RevocationBusy),
        (Scripted::ok(JSON, "{}"), Code::RevocationOperatorAnswer),
        (Scripted::ok(JSON, "[]"), Code::RevocationOperatorAnswer),
        (Scripted::ok(JSON, ""), Code::RevocationOperatorAnswer),
        (
            Scripted::ok(JSON, "[".repeat(5000)),
            Code::RevocationOperatorAnswer,
        ),
        (
            Scripted::ok(JSON, "{\"cut\":").short(3),
            Code::RevocationUnreachable,
        ),
        (
            Scripted::ok(JSON, "{\"cut\":").reset(3),
            Code::RevocationUnreachable,
        ),
    ] {
        let operator = scene.operator(Word::good(AS_OF));
        let shown = format!("{scripted:.60?}");
        operator.server().push(scripted);
        let answer = asking(&operator).check(&scene.query, VERIFY, NOW).await;
        assert_eq!(code(&answer), expected, "{shown}");
    }
}

#[tokio::test]
async fn silence_and_drips_end_in_time() {
    let scene = Scene::new();
    for scripted in [
        Scripted::never(),
        Scripted::ok("application/json", "{}").dripping(1, Span::from_secs(60)),
    ] {
        let operator = scene.operator(Word::good(AS_OF));
        operator.server().push(scripted);
        let quick = Span::from_millis(300);
        let status = endpoint(&operator, "status", quick, BREAKER);
        let client = OperatorClient::new(status, CheckMethod::Crl).unwrap();
        let answer = asking_by(client).check(&scene.query, VERIFY, NOW).await;
        assert_eq!(code(&answer), Code::RevocationTimeout);
    }
}

#[tokio::test]
async fn the_question_stands_in_the_body_alone() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    operator.learn(|known| known.token = Some("t0ken".to_owned()));
    let liveness = CheckPurpose::LivenessCheck;
    let refused = asking(&operator).check(&scene.query, liveness, NOW).await;
    assert_eq!(code(&refused), Code::RevocationNotPermitted);

    let token = Token::bearer("t0ken").unwrap();
    let client = operator_client(&operator).with_token(token);
    assert!(!format!("{client:?}").contains("t0ken"));
    let answer = asking_by(client).check(&scene.query, liveness, NOW).await;
    assert_eq!(answer.status().state(), State::Good);

    let received = operator.server().received().pop().unwrap();
    assert_eq!(received.method, "POST");
    assert_eq!(received.target, "/pf/v1/status");
    assert_eq!(received.header("content-type"), Some("application/json"));
    let (_, serial) = scene.subject();
    assert!(received.headers.iter().all(|(_, v)| !v.contains(&serial)));
    let body: serde_json::Value = serde_json::from_slice(&received.body).unwrap();
    assert_eq!(body["serial"], serial);
    assert_eq!(body["certificate_kind"], "jpki-signing");
    assert_eq!(body["check_method"], "crl");
    assert_eq!(body["check_purpose"], "liveness_check");
    assert_eq!(body["distribution_points"].as_array().unwrap().len(), 1);
    for bad in ["", "two words", "new\nline"] {
        assert_eq!(Token::bearer(bad).unwrap_err().code(), Code::MisuseArgument);
    }
}

#[tokio::test]
async fn nothing_printed_names_the_certificate() {
    let scene = Scene::new();
    let operator = scene.operator(Word::revoked(AS_OF, AS_OF, 3));
    let checker = asking(&operator);
    let answer = checker.check(&scene.query, VERIFY, NOW).await;
    let shown = format!("{answer:?} {checker:?} {:?}", checker.tombstones());
    let (key, serial) = scene.subject();
    for secret in [key.as_str(), serial.as_str(), "ref-1", "ffiliation"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

/// The body of a good answer to a question.
fn good_body(question: &[u8]) -> String {
    let question: serde_json::Value = serde_json::from_slice(question).unwrap();
    let same = |name| question.get(name).cloned().unwrap();
    let answer = serde_json::json!({
        "request_id": same("request_id"),
        "issuer_key_sha256": same("issuer_key_sha256"),
        "serial": same("serial"),
        "check_method": same("check_method"),
        "check_purpose": same("check_purpose"),
        "certificate_status": "good",
        "source_updated_at": AS_OF,
    });
    answer.to_string()
}

#[tokio::test]
async fn an_answer_cut_anywhere_is_none() {
    const JSON: &str = "application/json";
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let whole = {
        let server = operator.server();
        server.otherwise(|received| Scripted::ok(JSON, good_body(&received.body)));
        let answer = asking(&operator).check(&scene.query, VERIFY, NOW).await;
        assert_eq!(answer.status().state(), State::Good);
        good_body(&server.received()[0].body).len()
    };
    for length in 0..whole {
        operator.server().otherwise(move |received| {
            let body = good_body(&received.body);
            Scripted::ok(JSON, body.get(..length).unwrap())
        });
        let answer = asking(&operator).check(&scene.query, VERIFY, NOW).await;
        assert_eq!(code(&answer), Code::RevocationOperatorAnswer, "{length}");
    }
    // And with something after its end.
    operator
        .server()
        .otherwise(|received| Scripted::ok(JSON, good_body(&received.body) + "{}"));
    let answer = asking(&operator).check(&scene.query, VERIFY, NOW).await;
    assert_eq!(code(&answer), Code::RevocationOperatorAnswer);
}

#[tokio::test]
async fn the_answer_about_another_certificate_is_none() {
    // An operator who mixes people up: every question gets the first answer.
    let (one, other) = (Scene::new(), Scene::of_card(1));
    let operator = one.operator(Word::good(AS_OF));
    let first = std::sync::Mutex::new(None);
    operator.server().otherwise(move |received| {
        let mut first = first.lock().unwrap();
        let body = first.get_or_insert_with(|| good_body(&received.body));
        Scripted::ok("application/json", body.clone())
    });
    let checker = asking(&operator);
    let answer = checker.check(&one.query, VERIFY, NOW).await;
    assert_eq!(answer.status().state(), State::Good);
    let answer = checker.check(&other.query, VERIFY, NOW).await;
    assert_eq!(code(&answer), Code::RevocationOperatorAnswer);
}

/// The question about a certificate that names no distribution point.
fn without_point(desk: &Desk) -> RevocationQuery {
    let authority = desk.testbed().authority(Kind::Signing, Generation::Third);
    let key = desk.testbed().key(Algorithm::P256, "no distribution point");
    let now = NOW.as_unix();
    let certificate = CertificateBuilder::new(authority.name(), &key)
        .serial(&[0x0c, 0x61])
        .validity(now - 3600, now + 86_400)
        .subject(authority.name().common_name("somebody"))
        .extension(Extension::key_usage(&[0]))
        .extension(Extension::authority_key_id(&authority.key().key_id()))
        .sign(authority.key());
    let profile = LeafProfile {
        name: "any leaf".to_owned(),
        authority_key: AuthorityKeyRule::Required,
        key_usage: KeyUsageRule::DangerAnyLeaf,
        extended_key_usage: ExtendedKeyUsageRule::DangerAny,
        policies: PolicyRule::DangerAny,
    };
    let table = AlgorithmTable::standard();
    let check = OneHop::new(desk.trust().clone(), Purpose::JpkiSigning, profile, table);
    let issued = check.check(&certificate, NOW).unwrap();
    RevocationQuery::of(&issued).unwrap()
}

#[tokio::test]
async fn a_miss_without_its_distribution_point_is_unknown() {
    let desk = Desk::new(31, Algorithm::P256).unwrap();
    let query = without_point(&desk);
    let no_point = State::Undetermined(Code::RevocationNoDistributionPoint);
    for (method, expected) in [
        (CheckMethod::Crl, no_point),
        // A responder knows its certificates without.
        (CheckMethod::Ocsp, State::Good),
    ] {
        let operator = Operator::start().unwrap();
        let known = subject(&query);
        operator.learn(|register| {
            register.words.insert(known.clone(), Word::good(AS_OF));
        });
        let status = endpoint(&operator, "status", PATIENT, BREAKER);
        let checker = asking_by(OperatorClient::new(status, method).unwrap());
        let answer = checker.check(&query, VERIFY, NOW).await;
        assert_eq!(answer.status().state(), expected);
        // A hit is one, wherever it stands.
        checker.clear();
        operator.learn(|register| {
            register.words.insert(known, Word::revoked(AS_OF, AS_OF, 5));
        });
        let answer = checker.check(&query, VERIFY, NOW).await;
        assert!(matches!(answer.status().state(), State::Revoked { .. }));
    }
}
