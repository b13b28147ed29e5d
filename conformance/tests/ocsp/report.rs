//! What an operator is shown of an answer by OCSP.

use serde_json::Value;
use tashika::algorithm::{AlgorithmTable, IdentifierHash};
use tashika::jpki::{Kind, MeaningTable, ProfileTable, SigningVerifier};
use tashika::report::{Procedure, Reporter};
use tashika::revocation::{NonceRule, OcspRequest, Policy};
use tashika::{Duration, Language};
use tashika_testbed::{OcspAnswer, OcspBuilder, Reason};

use crate::scene::{Scene, trust};

/// The report about the card of a scene, given this answer.
fn report(scene: &Scene, change: fn(OcspAnswer) -> OcspAnswer, nonce: &[u8]) -> Value {
    let trust = trust(scene);
    let table = AlgorithmTable::standard();
    let verifier = SigningVerifier::new(trust.clone(), ProfileTable::standard(), table);
    let verifier = verifier.expect("a profile");
    let pending = verifier.check_certificate(scene.card.signing().certificate(), scene.now);
    let pending = pending.expect("a good certificate");
    let ca = scene.authority();
    let now = scene.now.as_unix();
    let answer = change(OcspAnswer::good(ca, scene.card.signing().serial(), now));
    let response = OcspBuilder::direct(ca, now).answer(&answer).nonce(nonce);
    let response = response.respond(ca.key());
    let hash = IdentifierHash::Sha1;
    let request = OcspRequest::from_entropy(pending.query(), hash, [1; 32]);
    let responders = scene.verifier(NonceRule::OrMaxAge);
    let status = responders.status(&request, &response, scene.now);
    let reporter = Reporter {
        trust: &trust,
        kind: Kind::Signing,
        at: scene.now,
        meanings: &MeaningTable::standard(),
        language: Language::English,
    };
    let policy = Policy::strict(Duration::hours(1));
    let shown = match pending.confirm(&status, &policy, scene.now) {
        Ok(proof) => reporter.accepted(Procedure::Certificate, &(&proof).into()),
        Err(error) => reporter.refused(Procedure::Certificate, &error, Some(&status)),
    };
    serde_json::to_value(shown).expect("a report is JSON")
}

/// How a check ended, if it is shown.
fn ended(report: &Value, check: &str) -> Option<String> {
    let checks = report["checks"].as_array().expect("checks");
    let found = checks.iter().find(|c| c["id"] == check)?;
    found["status"].as_str().map(str::to_owned)
}

#[test]
fn the_checks_are_those_of_the_responder_and_not_of_lists() {
    let scene = Scene::new(tashika_testbed::Algorithm::P256);
    let good = report(&scene, |answer| answer, &[1; 32]);
    assert_eq!(good["verdict"], "accepted");
    assert_eq!(good["revocation"]["status"], "good");
    assert_eq!(good["revocation"]["source"], "ocsp");
    for check in [
        "revocation.ocsp_encoding",
        "revocation.ocsp_status",
        "revocation.ocsp_profile",
        "revocation.ocsp_extensions",
        "revocation.ocsp_certificate",
        "revocation.ocsp_responder",
        "revocation.ocsp_signature",
        "revocation.ocsp_answer",
        "revocation.ocsp_nonce",
        "revocation.clock",
        "revocation.freshness",
        "revocation.not_revoked",
    ] {
        assert_eq!(ended(&good, check).as_deref(), Some("pass"), "{check}");
    }
    for check in [
        "revocation.encoding",
        "revocation.number",
        "revocation.scope",
    ] {
        assert_eq!(ended(&good, check), None, "{check}");
    }
}

#[test]
fn a_revocation_is_told_with_its_meaning() {
    let scene = Scene::new(tashika_testbed::Algorithm::P256);
    let revoked = |answer: OcspAnswer| answer.revoked_for(0, Reason::Superseded);
    let revoked = report(&scene, revoked, &[1; 32]);
    assert_eq!(revoked["code"], "revoked.superseded");
    assert_eq!(revoked["revocation"]["reason"], "superseded");
    assert!(revoked["revocation"]["meaning"].is_object());
    let ended = |check| ended(&revoked, check);
    assert_eq!(ended("revocation.not_revoked").as_deref(), Some("fail"));
    assert_eq!(ended("revocation.ocsp_signature").as_deref(), Some("pass"));
    assert_eq!(ended("revocation.ocsp_nonce").as_deref(), Some("skipped"));
}

#[test]
fn what_is_not_known_is_told_by_the_check() {
    let scene = Scene::new(tashika_testbed::Algorithm::P256);
    let unknown = report(&scene, OcspAnswer::unknown, &[1; 32]);
    assert_eq!(unknown["verdict"], "undetermined");
    let shown = ended(&unknown, "revocation.ocsp_answer");
    assert_eq!(shown.as_deref(), Some("undetermined"));
    let replayed = report(&scene, |answer| answer, &[2; 32]);
    let shown = ended(&replayed, "revocation.ocsp_nonce");
    assert_eq!(shown.as_deref(), Some("undetermined"));
}
