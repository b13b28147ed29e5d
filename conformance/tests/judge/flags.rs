//! The flags: each changes one rule, in the direction that it names.

use serde_json::{Value, json};
use tashika_testbed::{Algorithm, Hash, Kind, Scheme, oid};

use crate::ops::sig;
use crate::world::{But, NOW, World, code, octets};

/// A question is refused with a code as it stands, and accepted with the flags.
fn relaxes(question: &Value, without: &str, with: &Value) {
    let flags = question["flags"].clone();
    assert_eq!(code(question), without);
    let mut flags = flags.as_object().cloned().unwrap_or_default();
    flags.extend(with.as_object().cloned().expect("flags"));
    let relaxed = question.clone().but("flags", flags);
    assert_eq!(code(&relaxed), Value::Null, "{with}");
}

/// The list of the line is this one.
fn with_list(world: &World, list: &tashika_testbed::CrlBuilder) -> Value {
    let list = world.signed(Kind::Signing, list);
    let path = world.lax(&json!({ "any_policy": true }));
    path.but("crls", vec![octets(&list)])
}

#[test]
fn any_policy() {
    let world = World::shared();
    let path = world.lax(&json!({}));
    relaxes(&path, "jpki.policy", &json!({ "any_policy": true }));
    relaxes(
        &path.but("flags", json!({ "any_policy": false })),
        "jpki.policy",
        &json!({ "any_policy": true }),
    );
}

#[test]
fn dp_optional() {
    let world = World::shared();
    let list = world.list(Kind::Signing);
    let list = list.extensions(|e| e.remove(oid::ISSUING_DISTRIBUTION_POINT));
    let path = with_list(world, &list);
    relaxes(
        &path,
        "revocation.no_scope",
        &json!({ "dp_optional": true }),
    );

    let leaf = world
        .leaf(world.card.signing().key())
        .extensions(|e| e.remove(oid::CRL_DISTRIBUTION_POINTS))
        .sign(world.authority(Kind::Signing).key());
    relaxes(
        &path.but("target", octets(&leaf)),
        "revocation.no_distribution_point",
        &json!({ "dp_optional": true }),
    );
}

#[test]
fn require_crl_number() {
    let world = World::shared();
    let list = world.list(Kind::Signing);
    let list = list.extensions(|e| e.remove(oid::CRL_NUMBER));
    let flag = json!({ "require_crl_number": false });
    relaxes(&with_list(world, &list), "revocation.number_missing", &flag);
}

#[test]
fn require_next_update() {
    let world = World::shared();
    let list = world.list(Kind::Signing).without_next_update();
    let flag = json!({ "require_next_update": false });
    relaxes(&with_list(world, &list), "revocation.no_next_update", &flag);
}

#[test]
fn require_aki() {
    let world = World::shared();
    let flag = json!({ "require_aki": false });
    let list = world.list(Kind::Signing);
    let list = list.extensions(|e| e.remove(oid::AUTHORITY_KEY_IDENTIFIER));
    let path = with_list(world, &list);
    relaxes(&path, "revocation.authority_key_missing", &flag);

    let leaf = world
        .leaf(world.card.signing().key())
        .extensions(|e| e.remove(oid::AUTHORITY_KEY_IDENTIFIER))
        .sign(world.authority(Kind::Signing).key());
    let path = world.lax(&json!({ "any_policy": true }));
    let path = path.but("target", octets(&leaf));
    relaxes(&path, "x509.authority_key_missing", &flag);
}

#[test]
fn max_crl_age_and_skew() {
    let world = World::shared();
    let aged = |age: i64, flags: Value| {
        let list = world.list(Kind::Signing).this_update(NOW - age);
        let question = with_list(world, &list);
        code(&question.but("flags", flags))
    };
    let any = |name: &str, seconds: i64| json!({ "any_policy": true, name: seconds });
    assert_eq!(aged(100, any("max_crl_age", 100)), Value::Null);
    assert_eq!(aged(101, any("max_crl_age", 100)), "revocation.stale");
    assert_eq!(aged(0, any("max_crl_age", -1)), "misuse.argument");
    assert_eq!(aged(-5, any("skew", 5)), Value::Null);
    assert_eq!(aged(-6, any("skew", 5)), "revocation.clock");
    assert_eq!(aged(-1, any("max_crl_age", 9)), "revocation.clock");
    assert_eq!(aged(0, any("skew", -1)), "misuse.argument");
}

#[test]
fn allow_sha1_and_min_rsa_bits() {
    let world = World::shared();
    let message = b"message";
    let signed = |bits, hash, alg: &str| {
        let key = world.testbed.key(Algorithm::Rsa(bits), "weak");
        let signature = key.sign(Scheme::Pkcs1(hash), message);
        sig(alg, &key.spki(), message, &signature)
    };
    let sha1 = signed(2048, Hash::Sha1, "RS1");
    relaxes(&sha1, "misuse.argument", &json!({ "allow_sha1": true }));
    for alg in ["pkcs1-sha1", "sha1WithRSAEncryption"] {
        let named = sha1.clone().but("alg", alg);
        relaxes(&named, "misuse.argument", &json!({ "allow_sha1": true }));
    }
    let small = json!({ "min_rsa_bits": 1024 });
    for (hash, alg) in [(Hash::Sha256, "RS256"), (Hash::Sha512, "RS512")] {
        relaxes(&signed(1024, hash, alg), "x509.subject_key", &small);
    }
    let both = signed(1024, Hash::Sha1, "RS1").but("flags", json!({ "allow_sha1": true }));
    relaxes(&both, "x509.subject_key", &small);

    let strong = signed(2048, Hash::Sha256, "RS256");
    let bits = |bits: i64| code(&strong.clone().but("flags", json!({ "min_rsa_bits": bits })));
    assert_eq!(bits(2048), Value::Null);
    assert_eq!(bits(2049), "x509.subject_key");
    for outside in [1023, 8193, 0] {
        assert_eq!(bits(outside), "misuse.argument", "{outside}");
    }
}

#[test]
fn weak_certificates() {
    let world = World::shared();
    let issuer = world.authority(Kind::Signing).key();
    let path = world.lax(&json!({ "any_policy": true }));
    let leaf = |key, scheme| {
        let leaf = world.leaf(key).scheme(scheme).sign(issuer);
        path.clone().but("target", octets(&leaf))
    };
    let small = world.testbed.key(Algorithm::Rsa(1024), "weak");
    let sha256 = leaf(&small, Scheme::Pkcs1(Hash::Sha256));
    relaxes(
        &sha256,
        "x509.subject_key",
        &json!({ "min_rsa_bits": 1024 }),
    );

    let key = world.card.signing().key();
    let sha1 = leaf(key, Scheme::Pkcs1(Hash::Sha1));
    relaxes(
        &sha1,
        "x509.signature_algorithm",
        &json!({ "allow_sha1": true }),
    );
    let pss = leaf(key, Scheme::PSS_SHA256);
    relaxes(
        &pss,
        "x509.signature_algorithm",
        &json!({ "allow_pss": true }),
    );
}
