//! Endpoints that fail are left alone, and asked again when they may be back.

use std::sync::Arc;
use std::time::Duration as Span;

use tashika::revocation::operator::OperatorClient;
use tashika::revocation::{CheckMethod, CheckPurpose, Checker, Endpoint, Plan, State};
use tashika::transport::{BreakerPolicy, BreakerState, Load, Origins, Tls, Transport};
use tashika::{Code, Duration};
use tashika_conformance::desk::NOW;
use tashika_testbed::{Answer as Scripted, Operator, Word};

use crate::flights::{is_good, is_undetermined, slowly_good, spawn};
use crate::scene::{
    AS_OF, BREAKER, PATIENT, POLICY, Scene, asking_by, endpoint, operator_client, tombstones,
};

const VERIFY: CheckPurpose = CheckPurpose::SignatureVerification;
const LIVENESS: CheckPurpose = CheckPurpose::LivenessCheck;

fn with_breaker(operator: &Operator, breaker: BreakerPolicy) -> (Arc<OperatorClient>, Checker) {
    let status = endpoint(operator, "status", PATIENT, breaker);
    let client = Arc::new(OperatorClient::new(status, CheckMethod::Crl).unwrap());
    let plan = Plan::Operator(Arc::clone(&client));
    (client, Checker::new(plan, POLICY, tombstones()))
}

async fn until_half_open(client: &OperatorClient) {
    while client.state().breaker != BreakerState::HalfOpen {
        tokio::time::sleep(Span::from_millis(5)).await;
    }
}

#[tokio::test]
async fn who_fails_again_and_again_is_left_alone() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let (client, checker) = with_breaker(&operator, BREAKER);
    for failure in [
        Scripted::status(500),
        Scripted::html(),
        Scripted::ok("application/json", "{").short(0),
    ] {
        assert_eq!(client.state().breaker, BreakerState::Closed);
        operator.server().push(failure);
        let answer = checker.check(&scene.query, VERIFY, NOW).await;
        assert!(matches!(answer.status().state(), State::Undetermined(_)));
    }
    let left_alone = checker.check(&scene.query, VERIFY, NOW).await;
    assert!(is_undetermined(&left_alone, Code::RevocationPaused));
    let retry_after = left_alone.retry_after().unwrap();
    assert!(
        (1..=120).contains(&retry_after.as_seconds()),
        "{retry_after:?}"
    );
    assert_eq!(operator.server().count(), 3);
}

#[tokio::test]
async fn one_success_in_between_starts_the_count_again() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let (client, checker) = with_breaker(&operator, BREAKER);
    for _ in 0..4 {
        for _ in 0..2 {
            checker.clear();
            operator.server().push(Scripted::status(500));
            let _ = checker.check(&scene.query, VERIFY, NOW).await;
        }
        assert!(is_good(&checker.check(&scene.query, VERIFY, NOW).await));
    }
    assert_eq!(client.state().breaker, BreakerState::Closed);
}

#[tokio::test]
async fn odd_certificates_do_not_bring_an_endpoint_down() {
    let scene = Scene::new();
    let operator = scene.operator(Word::of("unknown", AS_OF));
    let (client, checker) = with_breaker(&operator, BREAKER);
    for _ in 0..10 {
        let _ = checker.check(&scene.query, VERIFY, NOW).await;
        operator.server().push(Scripted::status(404));
        let _ = checker.check(&scene.query, VERIFY, NOW).await;
        operator.server().push(Scripted::status(422));
        let _ = checker.check(&scene.query, VERIFY, NOW).await;
    }
    assert_eq!(operator.server().count(), 30);
    assert_eq!(client.state().breaker, BreakerState::Closed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_probe_finds_out_whether_it_is_back() {
    const SHORT: BreakerPolicy = BreakerPolicy {
        failures: 1,
        pause: Span::from_millis(100),
        longest: Span::from_secs(600),
    };
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let (client, checker) = with_breaker(&operator, SHORT);
    operator.server().push(Scripted::status(500));
    let _ = checker.check(&scene.query, VERIFY, NOW).await;
    until_half_open(&client).await;

    // A probe that fails.
    operator.server().push(Scripted::status(500));
    let _ = checker.check(&scene.query, VERIFY, NOW).await;
    assert!(matches!(client.state().breaker, BreakerState::Open { .. }));
    until_half_open(&client).await;

    // While one is under way, nobody else asks: not about other certificates.
    slowly_good(&operator, &scene, Span::from_millis(500));
    let probe = spawn(&checker, &scene);
    assert!(tokio::task::block_in_place(|| operator
        .server()
        .wait_for(3)));
    let meanwhile = checker.check(&scene.query, LIVENESS, NOW).await;
    assert!(is_undetermined(&meanwhile, Code::RevocationPaused));
    assert!(is_good(&probe.await.unwrap()));
    assert_eq!(client.state().breaker, BreakerState::Closed);
    assert_eq!(operator.server().count(), 3);
}

#[tokio::test]
async fn who_asks_for_rest_gets_it_at_once() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let (client, checker) = with_breaker(&operator, BREAKER);
    operator
        .server()
        .push(Scripted::status(503).header("Retry-After", "300"));
    let busy = checker.check(&scene.query, VERIFY, NOW).await;
    assert!(is_undetermined(&busy, Code::RevocationBusy));
    assert_eq!(busy.retry_after(), Some(Duration::seconds(300)));
    let BreakerState::Open { retry_after, .. } = client.state().breaker else {
        panic!("it asked for rest");
    };
    assert!(retry_after > Span::from_secs(200) && retry_after <= Span::from_secs(300));
    let _ = checker.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(operator.server().count(), 1);
}

#[tokio::test]
async fn nobody_rests_longer_than_we_allow() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let (client, checker) = with_breaker(&operator, BREAKER);
    let forever = u64::MAX.to_string();
    operator
        .server()
        .push(Scripted::status(503).header("Retry-After", &forever));
    let _ = checker.check(&scene.query, VERIFY, NOW).await;
    let BreakerState::Open { retry_after, .. } = client.state().breaker else {
        panic!("it asked for rest");
    };
    assert!(retry_after <= BREAKER.longest);
}

#[tokio::test]
async fn a_server_that_is_gone_is_unreachable() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let checker = asking_by(operator_client(&operator));
    drop(operator);
    let answer = checker.check(&scene.query, VERIFY, NOW).await;
    assert!(is_undetermined(&answer, Code::RevocationUnreachable));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_questions_of_our_own_are_nobodys_fault() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    operator.server().push(Scripted::never());
    let origins = Origins::none().plain_http(&operator.url("")).unwrap();
    let transport = Transport::builder(origins, Tls::no_roots())
        .build()
        .unwrap();
    let one = Load {
        concurrent: 1,
        ..Load::standard()
    };
    let client = transport.under(&one);
    let status = Endpoint::new(&operator.url("status"), client, BREAKER).unwrap();
    let client = Arc::new(OperatorClient::new(status, CheckMethod::Crl).unwrap());
    let plan = Plan::Operator(Arc::clone(&client));
    let checker = Checker::new(plan, POLICY, tombstones());

    let first = spawn(&checker, &scene);
    assert!(tokio::task::block_in_place(|| operator
        .server()
        .wait_for(1)));
    for _ in 0..5 {
        let shed = checker.check(&scene.query, LIVENESS, NOW).await;
        assert!(is_undetermined(&shed, Code::RevocationBusy));
        assert_eq!(shed.retry_after(), Some(Duration::seconds(1)));
    }
    assert_eq!(client.state().breaker, BreakerState::Closed);
    assert_eq!(operator.server().count(), 1);
    first.abort();
}
