//! Op `ocsp`: responses about a certificate, and about whatever they name.

use serde_json::{Value, json};
use tashika::revocation::{OcspRequest, RevocationQuery};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::SerialNumber;
use tashika_testbed::{Kind, OcspAnswer, OcspBuilder, Reason, calendar::Time, ocsp_status};

use crate::world::{But, NOW, World, ask, code, octets};

const NONCE: [u8; 32] = [9; 32];

impl World {
    fn good(&self, kind: Kind) -> OcspAnswer {
        let serial = self.card.credential(kind).serial();
        OcspAnswer::good(self.authority(kind), serial, NOW - 60)
    }

    /// The CA's own response with one answer.
    fn response(&self, answer: &OcspAnswer) -> OcspBuilder {
        OcspBuilder::direct(self.authority(Kind::Signing), NOW - 60).answer(answer)
    }

    fn respond(&self, response: &OcspBuilder) -> Value {
        octets(&response.respond(self.authority(Kind::Signing).key()))
    }

    /// Op `ocsp` for the card's certificate.
    fn ocsp(&self, responses: Vec<Value>) -> Value {
        let path = self.path(Kind::Signing).but("op", "ocsp");
        path.but("crls", Value::Null).but("ocsp", responses)
    }

    fn answered(&self, answer: &OcspAnswer) -> Value {
        self.ocsp(vec![self.respond(&self.response(answer))])
    }

    /// The request about the card's certificate.
    fn request(&self) -> Value {
        let anchor = self.authority(Kind::Signing).certificate();
        let trust = TrustStore::builder(Environment::Test).anchor(Purpose::JpkiSigning, anchor);
        let trust = trust.and_then(|t| t.build()).expect("an anchor");
        let anchor = trust.anchors().next().expect("an anchor");
        let serial = SerialNumber::from_unsigned(self.card.signing().serial());
        let query = RevocationQuery::of_serial(anchor, serial.expect("a serial number"));
        let hash = tashika::algorithm::IdentifierHash::Sha1;
        octets(OcspRequest::from_entropy(&query, hash, NONCE).der())
    }
}

#[test]
fn good_and_revoked_are_told() {
    let world = World::shared();
    let good = world.good(Kind::Signing);
    let answer = ask(&world.answered(&good));
    assert_eq!(answer["verdict"], "accept");
    assert_eq!(answer["status"], "good");
    for reason in [Reason::KeyCompromise, Reason::CertificateHold] {
        let revoked = good.clone().revoked_for(NOW - 86_400, reason);
        for question in [
            world.answered(&revoked),
            world.answered(&revoked).but("target", Value::Null),
        ] {
            let answer = ask(&question);
            assert_eq!(answer["status"], "revoked");
            assert_eq!(answer["crl_reason"], reason as u8);
            assert_eq!(answer["disposition"], "rejected");
        }
    }
    let both = world.ocsp(vec![
        world.respond(&world.response(&good)),
        world.respond(&world.response(&good.clone().revoked(NOW - 86_400))),
        world.respond(&world.response(&good)),
    ]);
    assert_eq!(code(&both), "revoked.unspecified");
}

#[test]
fn what_is_not_known_is_unknown() {
    let world = World::shared();
    let good = world.good(Kind::Signing);
    let forged = world.response(&good).corrupt_signature();
    let other = OcspAnswer::good(world.authority(Kind::Signing), &[0x33], NOW);
    let stale = good.clone().next_update(Time::generalized(NOW - 1));
    for (responses, due) in [
        (vec![], "revocation.missing"),
        (vec![octets(b"response")], "input.ocsp"),
        (vec![octets(&ocsp_status(3))], "revocation.ocsp_try_later"),
        (vec![world.respond(&forged)], "revocation.ocsp_signature"),
        (
            vec![world.respond(&world.response(&other))],
            "revocation.ocsp_certificate",
        ),
        (
            vec![world.respond(&world.response(&good.clone().unknown()))],
            "revocation.ocsp_unknown",
        ),
        (
            vec![world.respond(&world.response(&stale))],
            "revocation.stale",
        ),
    ] {
        let answer = ask(&world.ocsp(responses));
        assert_eq!(answer["code"], due);
        assert_eq!(answer["status"], "unknown");
        assert_eq!(answer["disposition"], "undetermined");
    }
    let beside = vec![octets(b"response"), world.respond(&world.response(&good))];
    assert_eq!(code(&world.ocsp(beside)), Value::Null);
}

#[test]
fn without_a_target_the_response_says_which_certificate() {
    let world = World::shared();
    let stranger = OcspAnswer::good(world.authority(Kind::Signing), &[0x33, 0x44], NOW - 60);
    let question = world.answered(&stranger);
    assert_eq!(code(&question), "revocation.ocsp_certificate");
    let question = question.but("target", Value::Null);
    assert_eq!(ask(&question)["status"], "good");
    let unreadable = question.clone().but("ocsp", vec![octets(b"response")]);
    assert_eq!(code(&unreadable), "input.ocsp");
    let none = question.clone().but("ocsp", Vec::<Value>::new());
    assert_eq!(code(&none), "misuse.argument");
    let elsewhere = world.authority(Kind::Authentication).certificate();
    let question = question
        .but("anchors", vec![octets(elsewhere)])
        .but("profile", "jpki");
    assert_eq!(code(&question), "revocation.ocsp_certificate");
}

#[test]
fn a_request_brings_its_nonce() {
    let world = World::shared();
    let response = world.response(&world.good(Kind::Signing));
    let ask = |response: &OcspBuilder, flags: Value| {
        let question = world.ocsp(vec![world.respond(response)]);
        let question = question.but("request", world.request());
        code(&question.but("flags", flags))
    };
    let required = || json!({ "require_nonce": true });
    let echoed = response.clone().nonce(&NONCE);
    assert_eq!(ask(&echoed, required()), Value::Null);
    assert_eq!(ask(&response, json!({})), Value::Null);
    assert_eq!(ask(&response, required()), "revocation.ocsp_nonce_missing");
    let another = response.clone().nonce(&[8; 32]);
    assert_eq!(ask(&another, json!({})), "revocation.ocsp_nonce");

    let question = world.ocsp(vec![world.respond(&echoed)]);
    let malformed = question.clone().but("request", octets(b"request"));
    assert_eq!(code(&malformed), "input.ocsp");
    let flags = question.but("flags", required());
    assert_eq!(code(&flags), "revocation.ocsp_nonce_missing");
}

#[test]
fn without_a_next_update_a_day_is_the_most() {
    let world = World::shared();
    let aged = |age: i64, flags: Value| {
        let answer = world.good(Kind::Signing).without_next_update();
        let answer = answer.this_update(Time::generalized(NOW - age));
        code(&world.answered(&answer).but("flags", flags))
    };
    assert_eq!(aged(86_400, json!({})), Value::Null);
    assert_eq!(aged(86_401, json!({})), "revocation.stale");
    assert_eq!(aged(86_401, json!({ "max_crl_age": 90_000 })), Value::Null);
    assert_eq!(aged(61, json!({ "max_crl_age": 60 })), "revocation.stale");
}

#[test]
fn lists_speak_for_a_delegate() {
    let world = World::shared();
    let ca = world.authority(Kind::Signing);
    let key = world.testbed.key(ca.algorithm(), "ocsp responder");
    let certificate = |points: bool| {
        let delegate = ca.delegate(&key, NOW);
        let delegate = delegate.without(tashika_testbed::oid::OCSP_NOCHECK);
        let point = ca.distribution_point(world.card.partition(Kind::Signing).municipality);
        let point = tashika_testbed::GeneralName::directory(point);
        let points = points.then(|| {
            tashika_testbed::Extension::crl_distribution_points(std::slice::from_ref(&point))
        });
        match points {
            Some(points) => delegate.extension(points).sign(ca.key()),
            None => delegate.sign(ca.key()),
        }
    };
    let ask = |points: bool, crls: Vec<Value>| {
        let response = OcspBuilder::direct(ca, NOW - 60)
            .by_key(&key)
            .certificate(&certificate(points))
            .answer(&world.good(Kind::Signing));
        let question = world.ocsp(vec![octets(&response.respond(&key))]);
        code(&question.but("crls", crls))
    };
    let list = octets(&world.signed(Kind::Signing, &world.list(Kind::Signing)));
    let unknown = "revocation.ocsp_delegate_status";
    assert_eq!(ask(true, vec![list.clone()]), Value::Null);
    assert_eq!(ask(true, vec![]), unknown);
    assert_eq!(ask(false, vec![list]), unknown);
}
