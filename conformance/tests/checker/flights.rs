//! What is kept, who is waited for, and who is left alone.

use std::sync::Arc;
use std::time::Duration as Span;

use tashika::revocation::operator::OperatorClient;
use tashika::revocation::{
    Answer, AnswerCache, CheckMethod, CheckPurpose, Checker, Delivery, Plan, Policy, State,
};
use tashika::{Code, Duration};
use tashika_conformance::desk::NOW;
use tashika_testbed::{Answer as Scripted, Operator, Word};

use crate::scene::{
    AS_OF, BREAKER, PATIENT, POLICY, Scene, asking, at, endpoint, later, tombstones,
};

const VERIFY: CheckPurpose = CheckPurpose::SignatureVerification;
const LIVENESS: CheckPurpose = CheckPurpose::LivenessCheck;

pub(crate) fn is_good(answer: &Answer) -> bool {
    answer.status().state() == State::Good
}

pub(crate) fn is_undetermined(answer: &Answer, code: Code) -> bool {
    answer.status().state() == State::Undetermined(code)
}

pub(crate) fn slowly_good(operator: &Operator, scene: &Scene, delay: Span) {
    // The script stands in the place of the register, with its answer.
    let quick = scene.operator(Word::good(AS_OF));
    let forward = std::sync::Mutex::new(quick);
    operator.server().otherwise(move |received| {
        let quick = forward.lock().unwrap();
        forwarded(&quick, received).after(delay)
    });
}

/// What another operator answers to the same question.
fn forwarded(operator: &Operator, received: &tashika_testbed::Received) -> Scripted {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(operator.server().address()).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
        received.target,
        received.body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&received.body).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    Scripted::ok("application/json", body)
}

#[tokio::test]
async fn an_answer_is_kept_for_its_purpose_until_it_ages() {
    let scene = Scene::new();
    let due = "\"2027-01-15T08:10:00Z\"";
    let operator = scene.operator(Word::good(AS_OF).with("source_next_update", due));
    let checker = asking(&operator);
    let check = async |purpose, now| {
        let answer = checker.check(&scene.query, purpose, now).await;
        assert!(is_good(&answer));
        answer.delivery()
    };
    assert_eq!(check(VERIFY, NOW).await, Delivery::Asked);
    assert_eq!(check(VERIFY, NOW).await, Delivery::Cached);
    assert_eq!(
        check(VERIFY, at("2027-01-15T08:10:00Z")).await,
        Delivery::Cached
    );
    assert_eq!(operator.server().count(), 1);
    assert_eq!(check(LIVENESS, NOW).await, Delivery::Asked);
    assert_eq!(
        check(VERIFY, at("2027-01-15T08:10:01Z")).await,
        Delivery::Asked
    );
    assert_eq!(operator.server().count(), 3);
}

#[tokio::test]
async fn policy_and_cache_bound_how_long_it_is_kept() {
    let scene = Scene::new();
    let minute = Duration::minutes(1);
    for (policy, at_most, kept) in [
        // The answer is an hour old already.
        (
            Policy::strict(Duration::minutes(61)),
            Duration::hours(5),
            minute,
        ),
        (POLICY, Duration::minutes(3), Duration::minutes(3)),
    ] {
        let operator = scene.operator(Word::good(AS_OF));
        let status = endpoint(&operator, "status", PATIENT, BREAKER);
        let client = OperatorClient::new(status, CheckMethod::Crl).unwrap();
        let plan = Plan::Operator(Arc::new(client));
        let cache = AnswerCache::new(10, at_most);
        let checker = Checker::with_cache(plan, policy, tombstones(), cache);
        for (now, count) in [
            (NOW, 1),
            (later(kept), 1),
            (later(kept).plus(Duration::seconds(1)), 2),
        ] {
            assert!(is_good(&checker.check(&scene.query, VERIFY, now).await));
            assert_eq!(operator.server().count(), count);
        }
    }
}

#[tokio::test]
async fn what_could_not_be_determined_is_not_kept() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    operator.server().push(Scripted::status(500));
    let checker = asking(&operator);
    let first = checker.check(&scene.query, VERIFY, NOW).await;
    assert!(is_undetermined(&first, Code::RevocationHttp));
    let second = checker.check(&scene.query, VERIFY, NOW).await;
    assert!(is_good(&second));
}

#[tokio::test]
async fn an_exchange_of_lists_empties_the_cache() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let checker = asking(&operator);
    assert!(is_good(&checker.check(&scene.query, VERIFY, NOW).await));
    checker.clear();
    let again = checker.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(again.delivery(), Delivery::Asked);
}

#[tokio::test]
async fn what_is_under_way_when_the_cache_is_emptied_is_not_kept() {
    let scene = Scene::new();
    let operator = Operator::start().unwrap();
    slowly_good(&operator, &scene, Span::from_millis(300));
    let checker = asking(&operator);
    let under_way = tokio::spawn({
        let (checker, query) = (checker.clone(), scene.query.clone());
        async move { checker.check(&query, VERIFY, NOW).await }
    });
    while operator.server().count() == 0 {
        tokio::time::sleep(Span::from_millis(5)).await;
    }
    checker.clear();
    assert!(is_good(&under_way.await.unwrap()));
    let next = checker.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(next.delivery(), Delivery::Asked);
    assert_eq!(operator.server().count(), 2);
}

pub(crate) fn spawn(checker: &Checker, scene: &Scene) -> tokio::task::JoinHandle<Answer> {
    let (checker, query) = (checker.clone(), scene.query.clone());
    tokio::spawn(async move { checker.check(&query, VERIFY, NOW).await })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_ask_once() {
    let scene = Scene::new();
    let operator = Operator::start().unwrap();
    slowly_good(&operator, &scene, Span::from_millis(300));
    let checker = asking(&operator);
    let all: Vec<_> = (0..300).map(|_| spawn(&checker, &scene)).collect();
    for one in all {
        assert!(is_good(&one.await.unwrap()));
    }
    assert_eq!(operator.server().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_share_a_failure_and_nobody_keeps_it() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    operator
        .server()
        .push(Scripted::status(502).after(Span::from_millis(300)));
    let checker = asking(&operator);
    let all: Vec<_> = (0..50).map(|_| spawn(&checker, &scene)).collect();
    for one in all {
        assert!(is_undetermined(&one.await.unwrap(), Code::RevocationHttp));
    }
    assert_eq!(operator.server().count(), 1);
    assert!(is_good(&checker.check(&scene.query, VERIFY, NOW).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_first_may_go_away() {
    let scene = Scene::new();
    let operator = Operator::start().unwrap();
    slowly_good(&operator, &scene, Span::from_millis(500));
    let checker = asking(&operator);
    let leader = spawn(&checker, &scene);
    while operator.server().count() == 0 {
        tokio::time::sleep(Span::from_millis(5)).await;
    }
    let others: Vec<_> = (0..20).map(|_| spawn(&checker, &scene)).collect();
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    for other in others {
        assert!(is_good(&other.await.unwrap()));
    }
    assert_eq!(operator.server().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_may_go_away_and_the_next_finds_the_answer() {
    let scene = Scene::new();
    let operator = Operator::start().unwrap();
    slowly_good(&operator, &scene, Span::from_millis(300));
    let checker = asking(&operator);
    // More than the library that keeps the answers lets go away at once.
    let all: Vec<_> = (0..250).map(|_| spawn(&checker, &scene)).collect();
    while operator.server().count() == 0 {
        tokio::time::sleep(Span::from_millis(5)).await;
    }
    for one in all {
        one.abort();
        let _ = one.await;
    }
    assert!(is_good(&checker.check(&scene.query, VERIFY, NOW).await));
    assert_eq!(operator.server().count(), 1);
}

#[tokio::test]
async fn who_has_waited_long_enough_leaves_alone() {
    let scene = Scene::new();
    let operator = Operator::start().unwrap();
    slowly_good(&operator, &scene, Span::from_millis(500));
    let patient = asking(&operator);
    let hasty = patient.clone().with_wait(Span::from_millis(50));
    let (one, other) = tokio::join!(
        patient.check(&scene.query, VERIFY, NOW),
        hasty.check(&scene.query, VERIFY, NOW),
    );
    assert!(is_good(&one));
    assert!(is_undetermined(&other, Code::RevocationTimeout));
    let next = hasty.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(next.delivery(), Delivery::Cached);
    assert_eq!(operator.server().count(), 1);
}
