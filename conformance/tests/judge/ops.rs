//! The ops: what they accept, and that they refuse with the verifier's codes.

use serde_json::{Value, json};
use tashika_testbed::{Algorithm, Hash, Kind, OcspAnswer, OcspBuilder, Reason, Scheme};

use crate::world::{But, NOW, OTHER, World, ask, code, octets};

#[test]
fn a_path_is_good_in_its_own_profile() {
    let world = World::shared();
    for kind in [Kind::Signing, Kind::Authentication] {
        let answer = ask(&world.path(kind));
        let good = json!({
            "id": "path", "verdict": "accept", "status": "good", "code": null,
            "crl_reason": null, "check": null, "disposition": null,
        });
        assert_eq!(answer, good);
    }
    let other = world.path(Kind::Signing);
    let other = other.but("profile", "jpki-authentication");
    assert_eq!(code(&other), "trust.purpose");
}

#[test]
fn a_path_takes_policies_from_the_line() {
    let world = World::shared();
    let lax = |policies: Value| code(&world.lax(&json!({})).but("policies", policies));
    assert_eq!(lax(json!(["1.2.392.200149.8.5.1.0.20"])), Value::Null);
    assert_eq!(lax(json!(["1.2.3", "1.2.4"])), "jpki.policy");
    assert_eq!(lax(json!([])), "jpki.policy");
    assert_eq!(lax(json!(["2.5.29.32.0"])), "misuse.argument");
    assert_eq!(lax(json!(["signing"])), "misuse.argument");
}

#[test]
fn a_path_is_refused_before_its_lists_are_read() {
    let world = World::shared();
    let path = world.path(Kind::Signing);
    let early = ask(&path.clone().but("time", 0));
    assert_eq!(early["code"], "trust.expired");
    assert_eq!(early["status"], Value::Null);
    let other = world.testbed.authority(Kind::Signing, OTHER);
    let other = path
        .clone()
        .but("anchors", vec![octets(other.certificate())]);
    assert_eq!(code(&other), "x509.authority_key");
    let leaf = path.clone().but("anchors", vec![path["target"].clone()]);
    assert_eq!(code(&leaf), "trust.anchor");
    let none = path.clone().but("anchors", Vec::<Value>::new());
    assert_eq!(code(&none), "trust.empty");
    let both = path.but("extra", vec![octets(b"anything")]);
    assert_eq!(code(&both), Value::Null);
}

#[test]
fn what_cannot_be_known_is_unknown() {
    let world = World::shared();
    let path = world.path(Kind::Signing);
    let list = world.list(Kind::Signing);
    let forged = list.sign(world.authority(Kind::Authentication).key());
    let foreign = world.list(Kind::Authentication);
    let foreign = world.signed(Kind::Authentication, &foreign);
    let stale = world.signed(Kind::Signing, &list.clone().next_update(NOW - 1));
    for (crls, code) in [
        (vec![], "revocation.missing"),
        (vec![octets(b"list")], "input.crl"),
        (vec![octets(&forged)], "revocation.signature"),
        (vec![octets(&foreign)], "revocation.issuer"),
        (vec![octets(&foreign), octets(b"list")], "input.crl"),
        (vec![octets(b"list"), octets(&foreign)], "input.crl"),
        (vec![octets(&stale)], "revocation.stale"),
    ] {
        let answer = ask(&path.clone().but("crls", crls));
        assert_eq!(answer["code"], code);
        assert_eq!(answer["verdict"], "reject");
        assert_eq!(answer["status"], "unknown");
        assert_eq!(answer["disposition"], "undetermined");
    }
    let good = path["crls"][0].clone();
    let beside = path.but("crls", vec![octets(b"list"), good]);
    assert_eq!(code(&beside), Value::Null);
}

#[test]
fn a_revoked_certificate_is_told_with_its_reason() {
    let world = World::shared();
    let serial = world.card.signing().serial();
    for (reason, code, number) in [
        (Reason::Unspecified, "revoked.unspecified", 0),
        (Reason::KeyCompromise, "revoked.key_compromise", 1),
        (Reason::AffiliationChanged, "revoked.affiliation_changed", 3),
        (Reason::Superseded, "revoked.superseded", 4),
        (
            Reason::CessationOfOperation,
            "revoked.cessation_of_operation",
            5,
        ),
        (Reason::CertificateHold, "revoked.certificate_hold", 6),
    ] {
        let list = world
            .list(Kind::Signing)
            .revoke(serial, NOW - 86_400, reason);
        let crls = vec![octets(&world.signed(Kind::Signing, &list))];
        for op in ["path", "crl"] {
            let question = world.path(Kind::Signing).but("op", op);
            let answer = ask(&question.but("crls", crls.clone()));
            assert_eq!(answer["code"], code);
            assert_eq!(answer["status"], "revoked");
            assert_eq!(answer["crl_reason"], number);
            assert_eq!(answer["disposition"], "rejected");
        }
    }
}

#[test]
fn op_crl_does_not_ask_for_policies() {
    let world = World::shared();
    let crl = world.lax(&json!({})).but("op", "crl");
    assert_eq!(code(&crl), Value::Null);
    let missing = ask(&crl.but("crls", Value::Null));
    assert_eq!(missing["code"], "revocation.missing");
    assert_eq!(missing["status"], "unknown");
}

#[test]
fn a_message_is_judged_with_its_signer() {
    let world = World::shared();
    let content = b"I open an account.";
    let attached = world.card.sign_cms(content, |cms| cms);
    let detached = world
        .card
        .sign_cms(content, tashika_testbed::CmsBuilder::detached);
    let forged = world
        .card
        .sign_cms(content, |cms| cms.attach_instead(b"I close it."));
    for profile in ["jpki", "jpki-signing"] {
        let cms = world
            .path(Kind::Signing)
            .but("op", "cms")
            .but("profile", profile);
        let cms = |message: &[u8]| cms.clone().but("target", octets(message));
        let answer = ask(&cms(&attached));
        assert_eq!(answer["verdict"], "accept");
        assert_eq!(answer["status"], "good");
        let supplied = cms(&detached).but("content", octets(content));
        assert_eq!(code(&supplied), Value::Null);
        assert_eq!(code(&cms(&detached)), "cms.content_missing");
        let other = cms(&detached).but("content", octets(b"I close it."));
        assert_eq!(code(&other), "cms.message_digest");
        assert_eq!(code(&cms(&forged)), "cms.message_digest");
        let unknown = ask(&cms(&attached).but("crls", json!([])));
        assert_eq!(unknown["code"], "revocation.missing");
        assert_eq!(unknown["status"], "unknown");
        let unasked = ask(&cms(&attached).but("crls", Value::Null));
        assert_eq!(unasked["verdict"], "accept");
        assert_eq!(unasked["status"], Value::Null);
        let forged = cms(&forged).but("crls", Value::Null);
        assert_eq!(code(&forged), "cms.message_digest");
    }
}

#[test]
fn every_name_of_a_scheme_finds_it() {
    let world = World::shared();
    let message = b"message";
    let salts: [&'static [u8]; 3] = [&[1; 32], &[2; 48], &[3; 64]];
    let hashes = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
    let curves = [Algorithm::P256, Algorithm::P384];
    let rsa = world.testbed.key(Algorithm::RSA_2048, "rsa");
    let mut asked = 0;
    let mut accepted = |names: &[&str], key: &tashika_testbed::KeyPair, scheme| {
        let signature = key.sign(scheme, message);
        for name in names {
            let sig = sig(name, &key.spki(), message, &signature);
            let answer = ask(&sig);
            assert_eq!(answer["verdict"], "accept", "{name}: {answer}");
            assert_eq!(answer["status"], Value::Null);
            let other = code(&sig.but("message", octets(b"massage")));
            assert_eq!(other, "signature.invalid");
            asked += 1;
        }
    };
    for (hash, salt) in hashes.into_iter().zip(salts) {
        let bits = 8 * salt.len();
        let [plain, jose, x509] = [
            format!("pkcs1-sha{bits}"),
            format!("RS{bits}"),
            format!("sha{bits}WithRSAEncryption"),
        ];
        accepted(&[&plain, &jose, &x509], &rsa, Scheme::Pkcs1(hash));
        let [plain, jose] = [format!("pss-sha{bits}"), format!("PS{bits}")];
        accepted(&[&plain, &jose], &rsa, Scheme::Pss(hash, salt));
    }
    for (hash, curve) in hashes.into_iter().zip(curves) {
        let bits = if curve == Algorithm::P256 { 256 } else { 384 };
        let key = world.testbed.key(curve, "ec");
        let [plain, x509] = [format!("ecdsa-sha{bits}"), format!("ecdsa-with-SHA{bits}")];
        accepted(&[&plain, &x509], &key, Scheme::Ecdsa(hash));
        let [plain, jose] = [format!("ecdsa-sha{bits}-fixed"), format!("ES{bits}")];
        accepted(&[&plain, &jose], &key, Scheme::EcdsaFixed(hash));
    }
    assert_eq!(asked, 15 + 8);
    for name in ["", "RS1", "pkcs1-sha1", "EdDSA", "none", "rs256"] {
        let sig = sig(name, &rsa.spki(), message, b"");
        assert_eq!(code(&sig), "misuse.argument", "{name}");
    }
    let sig = sig("ES256", &rsa.spki(), message, b"");
    assert_eq!(code(&sig), "signature.scheme");
}

pub(crate) fn sig(alg: &str, key: &[u8], message: &[u8], signature: &[u8]) -> Value {
    json!({
        "id": "sig",
        "op": "sig",
        "alg": alg,
        "key": octets(key),
        "message": octets(message),
        "signature": octets(signature),
    })
}

#[test]
fn parsing_believes_nothing() {
    let world = World::shared();
    let list = world.signed(Kind::Signing, &world.list(Kind::Signing));
    let message = world.card.sign_cms(b"content", |cms| cms);
    let authority = world.authority(Kind::Signing);
    let good = OcspAnswer::good(authority, world.card.signing().serial(), NOW);
    let response = OcspBuilder::direct(authority, NOW).answer(&good);
    let response = response.respond(authority.key());
    let certificate = world.card.signing().certificate();
    for (kind, target, malformed) in [
        ("certificate", certificate, "input.certificate"),
        ("crl", &list, "input.crl"),
        ("ocsp", &response, "input.ocsp"),
        ("cms", &message, "input.cms"),
    ] {
        let parse = |target: &[u8]| {
            let target = octets(target);
            json!({ "id": null, "op": "parse", "kind": kind, "target": target })
        };
        assert_eq!(code(&parse(target)), Value::Null);
        let mut unsigned = target.to_vec();
        *unsigned.last_mut().expect("octets") ^= 1;
        assert_eq!(code(&parse(&unsigned)), Value::Null);
        let trailing = ask(&parse(&[target, &[0]].concat()));
        assert_eq!(trailing["code"], malformed);
        assert_eq!(trailing["status"], Value::Null);
        assert_eq!(code(&parse(b"")), malformed);
    }
}
