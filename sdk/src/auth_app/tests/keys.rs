//! Sets of keys, and the key that a token names.

use serde_json::{Value, json};

use super::scene::*;
use crate::auth_app::{JwsAlgorithm, KeySet, SignedToken, TokenKind};
use crate::code::Code;
use crate::jose::encode;
use crate::limits;

/// What becomes of a token that names this key, with these in the set.
fn verify(op: &Op, kid: Option<&str>, keys: &[Value]) -> Result<(), Code> {
    let header = with(&json!({"alg": "ES256"}), "kid", kid.map(Value::from));
    let token = op.sign(&header, b"{}");
    let token = SignedToken::read(&token, TokenKind::IdToken, &[JwsAlgorithm::Es256]).unwrap();
    let verified = token.danger_verify(&key_set(keys).unwrap());
    verified.map(drop).map_err(|error| error.code())
}

#[test]
fn a_token_is_verified_with_the_key_that_it_names() {
    let (op, other) = (Op::new(), Op::new());
    let (k1, k2) = (op.jwk("k1"), other.jwk("k2"));
    let both = [k1.clone(), k2.clone()];
    assert_eq!(verify(&op, Some("k1"), &both), Ok(()));
    assert_eq!(verify(&op, Some("k2"), &both), Err(Code::AuthAppSignature));
    assert_eq!(verify(&op, Some("k3"), &both), Err(Code::AuthAppKeyUnknown));
    assert_eq!(verify(&op, None, &both), Err(Code::AuthAppKeyAmbiguous));
    assert_eq!(verify(&op, None, std::slice::from_ref(&k1)), Ok(()));
    assert_eq!(
        verify(&op, None, std::slice::from_ref(&k2)),
        Err(Code::AuthAppSignature)
    );
    assert_eq!(verify(&op, None, &[]), Err(Code::AuthAppKeyUnknown));
    // One that is not for this does not make the choice harder.
    assert_eq!(
        verify(&op, None, &[k1, with(&k2, "use", json!("enc"))]),
        Ok(())
    );
}

#[test]
fn a_key_is_used_for_what_it_is() {
    let op = Op::new();
    let good = op.jwk("k1");
    for (member, value) in [
        ("use", Some(json!("enc"))),
        ("use", Some(json!(null))),
        ("key_ops", Some(json!(["sign"]))),
        ("key_ops", Some(json!("verify"))),
        ("alg", Some(json!("ES384"))),
        ("alg", Some(json!("RS256"))),
        ("alg", Some(json!(1))),
        ("kty", None),
        ("kty", Some(json!("RSA"))),
        ("kty", Some(json!("OKP"))),
        ("crv", None),
        ("crv", Some(json!("P-384"))),
        ("crv", Some(json!("secp256k1"))),
        ("x", None),
        ("x", Some(json!("AA"))),
        ("x", Some(json!(encode(&[0; 32])))),
        ("y", Some(json!(encode(&[0; 33])))),
        ("y", Some(json!("="))),
    ] {
        let changed = with(&good, member, value.clone());
        let outcome = verify(&op, Some("k1"), &[changed]);
        assert_eq!(outcome, Err(Code::AuthAppKeyUse), "{member}: {value:?}");
    }
    for (member, value) in [
        ("use", None),
        ("key_ops", Some(json!(["verify"]))),
        ("alg", None),
        ("x5c", Some(json!(["AA=="]))),
    ] {
        let changed = with(&good, member, value.clone());
        assert_eq!(
            verify(&op, Some("k1"), &[changed]),
            Ok(()),
            "{member}: {value:?}"
        );
    }
}

#[test]
fn sets_are_of_their_form_and_tell_no_secrets() {
    let good = Op::new().jwk("k1");
    let read = |text: &str| {
        KeySet::read(text.as_bytes())
            .map(drop)
            .map_err(|e| e.code())
    };
    for bad in [
        "",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":[1]}"#,
        r#"{"keys":[],"keys":[]}"#,
    ] {
        assert_eq!(read(bad), Err(Code::InputJwks), "{bad}");
    }
    assert_eq!(read(r#"{"keys":[]}"#), Ok(()));
    let numbered = with(&good, "kid", json!(1));
    assert_eq!(key_set(&[numbered]).unwrap_err(), Code::InputJwks);
    assert_eq!(
        key_set(&[good.clone(), Op::new().jwk("k1")]).unwrap_err(),
        Code::AuthAppJwks
    );
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let secret = with(&good, name, json!("AA"));
        assert_eq!(key_set(&[secret]).unwrap_err(), Code::AuthAppJwks, "{name}");
    }
    let nameless = with(&good, "kid", None);
    assert!(key_set(&[nameless.clone(), nameless]).is_ok());
    let many: Vec<_> = (0..=limits::JWKS_KEYS)
        .map(|n| with(&good, "kid", json!(n.to_string())))
        .collect();
    assert!(key_set(&many[1..]).is_ok());
    assert_eq!(key_set(&many).unwrap_err(), Code::InputJwks);
    let long = format!(r#"{{"keys":[]{}}}"#, " ".repeat(limits::JWKS));
    assert_eq!(read(&long), Err(Code::InputJwks));
}

#[test]
fn a_set_knows_its_names() {
    let keys = Op::new().keys();
    assert!(keys.names("k1"));
    assert!(!keys.names("k2"));
    assert_eq!(format!("{keys:?}"), "KeySet(1 keys)");
}

/// RFC 7515, appendix A.2: key, input and signature.
#[test]
fn rsa_signatures_verify_by_name() {
    let token = include_str!("rfc7515_a2.txt").replace(char::is_whitespace, "");
    let n = include_str!("rfc7515_a2_n.txt").replace(char::is_whitespace, "");
    let key = json!({"kty": "RSA", "n": n, "e": "AQAB"});
    let keys = key_set(std::slice::from_ref(&key)).unwrap();
    let read =
        |algorithms: &[JwsAlgorithm]| SignedToken::read(&token, TokenKind::IdToken, algorithms);
    let es256 = read(&[JwsAlgorithm::Es256]).unwrap_err();
    assert_eq!(es256.code(), Code::AuthAppAlgorithm);
    let claims = read(&[JwsAlgorithm::Es256, JwsAlgorithm::Rs256])
        .unwrap()
        .danger_verify(&keys);
    assert_eq!(claims.unwrap().get("iss"), Some(&json!("joe")));

    let padded = encode(&[&[0][..], &crate::jose::decode(&n).unwrap()].concat());
    for (member, value) in [
        ("n", json!(padded)),
        ("n", json!("AQAB")),
        ("e", json!("AA")),
        ("e", json!("Ag")),
    ] {
        let keys = key_set(&[with(&key, member, value.clone())]).unwrap();
        let outcome = read(&[JwsAlgorithm::Rs256]).unwrap().danger_verify(&keys);
        assert_eq!(
            outcome.unwrap_err().code(),
            Code::AuthAppKeyUnknown,
            "{member} {value}"
        );
    }
}
