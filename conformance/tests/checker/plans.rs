//! Lists and a responder together. The responder is OpenSSL's.

use std::sync::Mutex;
use std::time::Duration as Span;

use tashika::algorithm::IdentifierHash;
use tashika::revocation::health::{
    Channel, Health, Issuance, Needs, Notice, OurState, Situation, SourceState,
};
use tashika::revocation::{
    CheckMethod, CheckPurpose, Checker, Delivery, Freshness, OcspClient, OutagePolicy, Plan, State,
    WhenOverdue,
};
use tashika::transport::{BreakerState, Load, Origins, Tls, Transport};
use tashika::{Code, Duration};
use tashika_conformance::responder::Record;
use tashika_testbed::{Answer, Reason, Server};

use crate::responder::{Present, RESPONSE, policy, word};
use crate::scene::{PATIENT, client, tombstones};

const FRESH: Duration = Duration::ZERO;
const VERIFY: CheckPurpose = CheckPurpose::SignatureVerification;

/// Its next update was due four hours ago.
const STALE: Duration = Duration::hours(27);

#[tokio::test]
async fn openssl_answers_in_person() {
    let present = Present::new();
    for (record, expected) in [
        (Some(Record::Good), "good"),
        (
            Some(Record::Revoked(Some("keyCompromise"))),
            "keyCompromise",
        ),
        (Some(Record::Revoked(None)), "unspecified"),
        (None, "revocation.ocsp_unknown"),
    ] {
        let openssl = present.openssl(record);
        let address = openssl.responder.lock().unwrap().address();
        let url = format!("http://{address}/");
        let origins = Origins::none().plain_http(&url).unwrap();
        let transport = Transport::builder(origins, Tls::no_roots())
            .build()
            .unwrap();
        let client = transport.under(&Load::standard());
        for hash in [IdentifierHash::Sha1, IdentifierHash::Sha256] {
            let responder = present.responder(&url, client.clone()).with_hash(hash);
            let plan = Plan::Ocsp(OcspClient::new().with(responder));
            assert_eq!(present.word(plan).await, expected, "{hash:?}");
        }
        drop(openssl);
        let responder = present.responder(&url, client);
        let plan = Plan::Ocsp(OcspClient::new().with(responder));
        assert_eq!(present.word(plan).await, "revocation.unreachable");
    }
}

#[tokio::test]
async fn a_question_is_posted_and_stands_in_no_url() {
    let present = Present::new();
    let openssl = present.openssl(Some(Record::Good));
    let front = openssl.front();
    assert_eq!(present.word(Plan::Ocsp(present.ocsp(&front))).await, "good");
    let received = front.received().pop().unwrap();
    assert_eq!(
        (received.method.as_str(), received.target.as_str()),
        ("POST", "/ocsp")
    );
    assert_eq!(
        received.header("content-type"),
        Some("application/ocsp-request")
    );
    assert_eq!(received.header("accept"), Some(RESPONSE));
}

#[tokio::test]
async fn nobody_is_asked_about_other_purposes() {
    let present = Present::new();
    let plan = Plan::Ocsp(OcspClient::new());
    assert_eq!(present.word(plan).await, "revocation.no_endpoint");
}

#[tokio::test]
async fn whatever_is_not_a_response_is_no_answer() {
    let present = Present::new();
    let openssl = present.openssl(Some(Record::Good));
    for (scripted, expected) in [
        (Answer::html(), "revocation.http"),
        (Answer::ok("text/plain", "x"), "revocation.http"),
        (Answer::status(404), "revocation.http"),
        (Answer::status(500), "revocation.http"),
        (Answer::redirect("http://127.0.0.1:1/"), "revocation.http"),
        (Answer::gzip_bomb(RESPONSE), "revocation.http"),
        (
            Answer::ok(RESPONSE, "x").claiming(1 << 50),
            "revocation.http",
        ),
        (
            Answer::status(503).header("Retry-After", "7"),
            "revocation.busy",
        ),
        (Answer::ok(RESPONSE, ""), "input.ocsp"),
        (Answer::ok(RESPONSE, "garbage"), "input.ocsp"),
        // tryLater, internalError
        (
            Answer::ok(RESPONSE, [0x30, 3, 0x0a, 1, 3]),
            "revocation.ocsp_try_later",
        ),
        (
            Answer::ok(RESPONSE, [0x30, 3, 0x0a, 1, 2]),
            "revocation.ocsp_internal_error",
        ),
        (
            Answer::ok(RESPONSE, [0x30; 100]).short(4),
            "revocation.unreachable",
        ),
        (
            Answer::ok(RESPONSE, [0x30; 100]).reset(4),
            "revocation.unreachable",
        ),
    ] {
        let front = openssl.front();
        let shown = format!("{scripted:.60?}");
        front.push(scripted);
        let plan = Plan::Ocsp(present.ocsp(&front));
        assert_eq!(present.word(plan).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn what_was_answered_to_another_is_not_taken() {
    let present = Present::new();
    let openssl = present.openssl(Some(Record::Good));
    let front = Server::start().unwrap();
    let (real, kept) = (openssl.front(), Mutex::new(None));
    front.otherwise(move |received| {
        let mut kept = kept.lock().unwrap();
        let first = kept.get_or_insert_with(|| forwarded(&real, &received.body));
        Answer::ok(RESPONSE, first.clone())
    });
    let checker = Checker::new(Plan::Ocsp(present.ocsp(&front)), policy(), tombstones());
    assert_eq!(word(&checker, &present.query).await, "good");
    checker.clear();
    assert_eq!(
        word(&checker, &present.query).await,
        "revocation.ocsp_nonce"
    );
}

/// The body that a server answers to a body.
fn forwarded(server: &Server, body: &[u8]) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    let head = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    answer.split_off(end + 4)
}

#[tokio::test]
async fn a_responder_that_speaks_nonsense_is_left_alone() {
    let present = Present::new();
    let openssl = present.openssl(Some(Record::Good));
    let front = openssl.front();
    let checker = Checker::new(Plan::Ocsp(present.ocsp(&front)), policy(), tombstones());
    for _ in 0..3 {
        front.push(Answer::ok(RESPONSE, "nonsense"));
        assert_eq!(word(&checker, &present.query).await, "input.ocsp");
    }
    assert_eq!(word(&checker, &present.query).await, "revocation.paused");
    let (purpose, state) = checker.plan().ocsp().unwrap().states().next().unwrap();
    assert_eq!(purpose, present.query.purpose());
    assert!(matches!(state.breaker, BreakerState::Open { .. }));
    assert_eq!(front.count(), 3);
}

#[tokio::test]
async fn both_have_to_say_good() {
    let present = Present::new();
    let good = present.openssl(Some(Record::Good));
    let revoked = present.openssl(Some(Record::Revoked(Some("superseded"))));
    let unknown = present.openssl(None);
    let listed = Some(Reason::AffiliationChanged);
    for (lists, openssl, expected) in [
        (present.lists(None, FRESH), Some(&good), "good"),
        (present.lists(None, FRESH), Some(&revoked), "superseded"),
        (
            present.lists(None, FRESH),
            Some(&unknown),
            "revocation.ocsp_unknown",
        ),
        (present.lists(None, FRESH), None, "revocation.http"),
        (
            present.lists(listed, FRESH),
            Some(&good),
            "affiliationChanged",
        ),
        (
            present.lists(listed, STALE),
            Some(&good),
            "affiliationChanged",
        ),
        (present.lists(listed, FRESH), None, "affiliationChanged"),
        (Present::no_lists(), Some(&good), "revocation.missing"),
        (Present::no_lists(), Some(&revoked), "superseded"),
        (Present::no_lists(), None, "revocation.missing"),
    ] {
        let front = front(openssl);
        let plan = Plan::Both(lists, present.ocsp(&front));
        assert_eq!(present.word(plan).await, expected);
    }
}

/// The server in front of a responder, or of none.
fn front(openssl: Option<&crate::responder::OpenSsl>) -> Server {
    match openssl {
        Some(openssl) => openssl.front(),
        None => {
            let server = Server::start().unwrap();
            server.otherwise(|_| Answer::status(500));
            server
        }
    }
}

#[tokio::test]
async fn two_that_say_good_are_as_old_as_the_older() {
    let present = Present::new();
    let openssl = present.openssl(Some(Record::Good));
    let front = openssl.front();
    let lists = present.lists(None, FRESH);
    let plan = Plan::Both(lists, present.ocsp(&front));
    let checker = Checker::new(plan, policy(), tombstones());
    for delivery in [Delivery::Asked, Delivery::Cached] {
        let answer = checker.check(&present.query, VERIFY, present.now).await;
        assert_eq!(answer.status().state(), State::Good);
        assert_eq!(
            answer.source_time(),
            Some(present.now.minus(Duration::hours(1)))
        );
        assert_eq!(answer.checked_via(), Some(CheckMethod::Crl));
        // The responder's, which comes first.
        let due = answer.status().next_update().unwrap();
        assert!(due < present.now.plus(Duration::hours(2)));
        assert_eq!(answer.delivery(), delivery);
    }
    assert_eq!(front.count(), 1);
}

#[tokio::test]
async fn the_responder_is_asked_where_lists_cannot_say() {
    let present = Present::new();
    let good = present.openssl(Some(Record::Good));
    let revoked = present.openssl(Some(Record::Revoked(Some("superseded"))));
    let listed = Some(Reason::AffiliationChanged);
    for (lists, openssl, expected, asked) in [
        (present.lists(None, FRESH), Some(&revoked), "good", 0),
        (
            present.lists(listed, FRESH),
            Some(&good),
            "affiliationChanged",
            0,
        ),
        (present.lists(None, STALE), Some(&revoked), "superseded", 1),
        (present.lists(None, STALE), Some(&good), "good", 1),
        (Present::no_lists(), Some(&good), "good", 1),
        (Present::no_lists(), Some(&revoked), "superseded", 1),
        (Present::no_lists(), None, "revocation.http", 1),
    ] {
        let front = front(openssl);
        let plan = Plan::CrlElseOcsp(lists, present.ocsp(&front));
        assert_eq!(present.word(plan).await, expected);
        assert_eq!(front.count(), asked);
    }
}

/// The policy of the confirmation says what an overdue list is worth when the
/// responder cannot be reached, and nothing before does.
#[tokio::test]
async fn an_overdue_list_is_left_to_the_policy() {
    let present = Present::new();
    let front = front(None);
    let overdue = Duration::minutes(23 * 60 + 30);
    let mut outage = OutagePolicy {
        clock_skew: 300,
        grace: 3600,
        ..OutagePolicy::strict(48 * 3600)
    };
    for (within_grace, expected) in [
        (WhenOverdue::Undetermined, Err(Code::RevocationStale)),
        (
            WhenOverdue::DangerAcceptAndFlag,
            Ok((Freshness::WithinGrace, true)),
        ),
        (
            WhenOverdue::DangerAccept,
            Ok((Freshness::WithinGrace, false)),
        ),
    ] {
        outage.within_grace = within_grace;
        let policy = outage.policy().unwrap();
        let lists = present.lists(None, overdue);
        let plan = Plan::CrlElseOcsp(lists, present.ocsp(&front));
        let checker = Checker::new(plan, policy, tombstones());
        let answer = checker.check(&present.query, VERIFY, present.now).await;
        assert_eq!(answer.checked_via(), Some(CheckMethod::Crl));
        assert!(answer.age(present.now) > Some(Duration::hours(24)));
        assert_eq!(present.confirmed(&checker, &policy).await, expected);
        // Revoked is revoked, whatever an outage makes of the rest.
        let lists = present.lists(Some(Reason::Superseded), overdue);
        let plan = Plan::CrlElseOcsp(lists, present.ocsp(&front));
        let checker = Checker::new(plan, policy, tombstones());
        let refused = present.confirmed(&checker, &policy).await;
        assert_eq!(refused, Err(Code::RevokedSuperseded));
    }
}

#[tokio::test]
async fn what_a_responder_says_confirms() {
    let present = Present::new();
    let openssl = present.openssl(Some(Record::Good));
    let front = openssl.front();
    let checker = Checker::new(Plan::Ocsp(present.ocsp(&front)), policy(), tombstones());
    for _ in 0..2 {
        let confirmed = present.confirmed(&checker, &policy()).await;
        assert_eq!(confirmed, Ok((Freshness::Fresh, false)));
    }
    assert_eq!(front.count(), 1);
}

#[tokio::test]
async fn an_outage_is_seen_in_the_health_of_the_channel() {
    const QUIET: Span = Span::from_secs(900);
    let present = Present::new();
    let openssl = present.openssl(Some(Record::Good));
    let front = openssl.front();
    let checker = Checker::new(Plan::Ocsp(present.ocsp(&front)), policy(), tombstones());
    let notice = Notice::new(&[Channel::Card], Issuance::Working, present.now);
    let situation = || {
        let (_, state) = checker.plan().ocsp().unwrap().states().next().unwrap();
        let source = SourceState::of_endpoint(&state, QUIET);
        let notices = std::slice::from_ref(&notice);
        let health = Health::at(
            present.now,
            OurState::Working,
            Needs::One,
            &[source],
            notices,
        );
        health.of(Channel::Card).situation()
    };
    // Nobody has asked, so nobody knows.
    assert_eq!(situation(), Situation::Unknown);
    assert_eq!(word(&checker, &present.query).await, "good");
    assert_eq!(situation(), Situation::Working);
    for _ in 0..3 {
        front.push(Answer::html());
        checker.clear();
        assert_eq!(word(&checker, &present.query).await, "revocation.http");
    }
    assert_eq!(situation(), Situation::RevocationDown);
}

#[tokio::test]
async fn a_delegate_may_be_looked_up_in_the_lists() {
    let present = Present::new();
    let openssl = present.delegate(Some(Record::Good));
    let unknown = "revocation.ocsp_delegate_status";
    for (lists, expected) in [
        (None, unknown),
        (Some(Present::no_lists()), unknown),
        (Some(present.lists(None, STALE)), unknown),
        (Some(present.lists(None, FRESH)), "good"),
    ] {
        let front = openssl.front();
        let url = front.url("/");
        let mut responder = present.responder(&url, client(&front, PATIENT));
        if let Some(lists) = lists {
            responder = responder.with_delegate_lists(lists, policy());
        }
        let plan = Plan::Ocsp(OcspClient::new().with(responder));
        assert_eq!(present.word(plan).await, expected);
    }
}
