//! Certificates and signatures that are not what they should be.

use std::num::NonZeroUsize;

use http::header::RETRY_AFTER;
use serde_json::Value;
use tashika::Code;
use tashika::revocation::ListSet;
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{Algorithm, Card, Credential, Generation, Reason, Register, Terms};
use tashika_tower::Work;

use super::{Visit, refused};
use crate::browser::{base64, octets};
use crate::flow::{self, Flow};
use crate::house::{House, Watch};

/// Has octets signed, and sends what `make` makes of them.
async fn sends(flow: Flow, make: impl FnOnce(&Visit) -> Value, code: Code, status: u16) {
    let mut visit = Visit::new(flow).await;
    let response = make(&visit);
    let answer = visit.send(&response).await;
    refused(&answer, code, status);
    // It was the only one.
    let good = visit.answer();
    refused(&visit.send(&good).await, Code::TransactionUnknown, 403);
}

#[tokio::test]
async fn the_certificate_is_of_the_kind_that_is_asked_for() {
    for flow in Flow::BOTH {
        let other = |visit: &Visit| flow.other().answer(visit.house.desk.card(), &visit.request);
        sends(flow, other, Code::TrustPurpose, 403).await;
    }
}

#[tokio::test]
async fn the_signature_is_by_the_key_of_the_certificate() {
    for flow in Flow::BOTH {
        let broken = |visit: &Visit| {
            let mut response = visit.answer();
            let mut signature = octets(&response["signature"]);
            *signature.last_mut().unwrap() ^= 1;
            response["signature"] = base64(&signature).into();
            response
        };
        let anothers = |visit: &Visit| {
            let another = visit.house.desk.testbed().card(1);
            let mut response = flow.answer(&another, &visit.request);
            response["certificate"] = visit.answer()["certificate"].clone();
            response
        };
        sends(flow, broken, Code::SignatureInvalid, 403).await;
        sends(flow, anothers, Code::SignatureInvalid, 403).await;
    }
}

#[tokio::test]
async fn a_signature_is_verified_on_whichever_thread() {
    for flow in Flow::BOTH {
        let mut house = House::new();
        house.site = house.site.with_work(Work::on_threads(NonZeroUsize::MIN));
        let app = flow.service(&house, house.revocation(&Register::new()));
        Visit::of(flow, house, app).await.passes().await;
    }
}

#[tokio::test]
async fn there_is_a_certificate_and_somebody_we_trust_issued_it() {
    for flow in Flow::BOTH {
        let without = |text: &'static [u8]| {
            move |visit: &Visit| {
                let mut response = visit.answer();
                response["certificate"] = base64(text).into();
                response
            }
        };
        sends(flow, without(b""), Code::JpkiNoCertificate, 403).await;
        sends(flow, without(b"x"), Code::InputCertificate, 422).await;
        let stranger = |visit: &Visit| {
            let elsewhere = Desk::new(8, Algorithm::P256).unwrap();
            flow.answer(elsewhere.card(), &visit.request)
        };
        sends(flow, stranger, Code::X509AuthorityKey, 403).await;
    }
}

/// The card's certificate, issued on other terms.
fn on_terms(flow: Flow, desk: &Desk, change: impl FnOnce(Terms) -> Terms) -> Credential {
    let (testbed, card, kind) = (desk.testbed(), desk.card(), flow.kind());
    let terms = testbed.terms(card.person(), kind, Generation::Third, 0);
    let key = card.credential(kind).key().clone();
    let authority = testbed.authority(kind, Generation::Third);
    authority.issue(card.person(), key, &change(terms))
}

#[tokio::test]
async fn the_certificate_is_valid_today() {
    for flow in Flow::BOTH {
        let with = |change: fn(Terms) -> Terms| {
            move |visit: &Visit| {
                let credential = on_terms(flow, &visit.house.desk, change);
                flow::answer(&credential, &visit.request)
            }
        };
        let yesterday = with(|terms| Terms {
            not_after: NOW.as_unix() - 1,
            ..terms
        });
        let tomorrow = with(|terms| Terms {
            not_before: NOW.as_unix() + 1,
            ..terms
        });
        sends(flow, yesterday, Code::X509Expired, 403).await;
        sends(flow, tomorrow, Code::X509NotYetValid, 403).await;
    }
}

const REASONS: [(Reason, Code); 10] = [
    (Reason::Unspecified, Code::RevokedUnspecified),
    (Reason::KeyCompromise, Code::RevokedKeyCompromise),
    (Reason::CaCompromise, Code::RevokedCaCompromise),
    (Reason::AffiliationChanged, Code::RevokedAffiliationChanged),
    (Reason::Superseded, Code::RevokedSuperseded),
    (
        Reason::CessationOfOperation,
        Code::RevokedCessationOfOperation,
    ),
    (Reason::CertificateHold, Code::RevokedCertificateHold),
    (Reason::RemoveFromCrl, Code::RevokedRemoveFromCrl),
    (Reason::PrivilegeWithdrawn, Code::RevokedPrivilegeWithdrawn),
    (Reason::AaCompromise, Code::RevokedAaCompromise),
];

fn revoked(flow: Flow, card: &Card, reason: Reason) -> Register {
    let mut register = Register::new();
    register.revoke(card, flow.kind(), reason, NOW.as_unix() - 86_400);
    register
}

#[tokio::test]
async fn outside_a_revoked_certificate_is_revoked_and_nothing_more() {
    for flow in Flow::BOTH {
        let mut told = Vec::new();
        for (reason, code) in REASONS {
            let house = House::new();
            let register = revoked(flow, house.desk.card(), reason);
            let app = flow.service(&house, house.revocation(&register));
            let mut visit = Visit::of(flow, house, app).await;
            let response = visit.answer();
            let answer = visit.send(&response).await;
            refused(&answer, code, 403);
            assert_eq!(answer.json()["code"], "revoked");
            told.push((answer.headers, answer.body));
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
    }
}

#[tokio::test]
async fn the_other_certificate_of_the_card_may_be_revoked() {
    for flow in Flow::BOTH {
        let house = House::new();
        let register = revoked(flow.other(), house.desk.card(), Reason::Superseded);
        let app = flow.service(&house, house.revocation(&register));
        Visit::of(flow, house, app).await.passes().await;
    }
}

#[tokio::test]
async fn what_cannot_be_known_is_never_a_pass() {
    for flow in Flow::BOTH {
        let house = House::new();
        let app = flow.service(&house, house.asking(ListSet::new()));
        let mut visit = Visit::of(flow, house, app).await;
        let response = visit.answer();
        let answer = visit.send(&response).await;
        refused(&answer, Code::RevocationMissing, 503);
        assert_eq!(answer.headers[RETRY_AFTER], "60");

        // Lists of the day before yesterday.
        let watch = Watch::new();
        let house = House::new().by(&watch);
        watch.put_forward(2 * 86_400);
        let app = flow.service(&house, house.revocation(&Register::new()));
        let mut visit = Visit::of(flow, house, app).await;
        let response = visit.answer();
        refused(&visit.send(&response).await, Code::RevocationStale, 503);
    }
}
