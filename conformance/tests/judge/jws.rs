//! Op `jws`, and the kinds `jwt` and `jwks` of op `parse`.

use serde_json::{Value, json};
use tashika_conformance::vectors::{self, Procedure, Vector, login::Token};

use crate::world::{But, ask, ask_anything, code, octets};

/// The committed tokens by themselves.
fn committed() -> Vec<Vector> {
    let all = vectors::read(&vectors::directory()).expect("the committed vectors");
    let all = all.into_iter().map(|(_, vector)| vector);
    all.filter(|v| v.procedure == Procedure::Token).collect()
}

fn token(id: &str) -> Token {
    let all = committed();
    let vector = all.into_iter().find(|vector| vector.id == id);
    vector.and_then(|v| v.inputs.token).expect("a token")
}

fn question(token: &Token) -> Value {
    json!({
        "id": "jws",
        "op": "jws",
        "target": token.compact,
        "jwks": serde_json::from_str::<Value>(&token.jwks).expect("JSON"),
        "alg": token.algorithms,
    })
}

#[test]
fn every_vector_of_a_token_is_judged_as_it_is_due() {
    let vectors = committed();
    assert!(vectors.len() > 10);
    for vector in vectors {
        let token = vector.inputs.token.as_ref().expect("a token");
        let due = Value::from(vector.expected.clone());
        let question = question(token);
        let in_base64 = octets(token.jwks.as_bytes());
        for jwks in [
            question["jwks"].clone(),
            in_base64,
            token.jwks.clone().into(),
        ] {
            let answer = ask(&question.clone().but("jwks", jwks));
            assert_eq!(answer["code"], due, "{}", vector.id);
            assert_eq!(answer["status"], Value::Null);
        }
        let target = octets(token.compact.as_bytes());
        assert_eq!(code(&question.but("target", target)), due, "{}", vector.id);
    }
}

#[test]
fn only_what_is_named_is_allowed() {
    let token = token("jws/es256");
    for (alg, due) in [
        (json!("ES256"), Value::Null),
        (json!(["RS256", "ES256"]), Value::Null),
        (json!(["ES256", "none"]), Value::Null),
        (json!("RS256"), "auth_app.algorithm".into()),
        (json!(["none"]), "auth_app.algorithm".into()),
        (json!(["es256"]), "auth_app.algorithm".into()),
        (json!([]), "auth_app.algorithm".into()),
        (Value::Null, "misuse.argument".into()),
    ] {
        let question = question(&token).but("alg", alg);
        assert_eq!(ask_anything(question.to_string().as_bytes())["code"], due);
    }
    for (member, due) in [("jwks", "misuse.argument"), ("target", "misuse.argument")] {
        let question = question(&token).but(member, Value::Null);
        assert_eq!(ask_anything(question.to_string().as_bytes())["code"], due);
    }
}

/// A map of the judge's own would forget the first of two members.
#[test]
fn what_stands_twice_in_a_line_stands_twice() {
    let line = question(&token("jws/es256")).to_string();
    assert_eq!(ask_anything(line.as_bytes())["code"], Value::Null);
    for (once, twice, code) in [
        (r#""keys":["#, r#""keys":[],"keys":["#, "input.jwks"),
        (r#""kty":"EC""#, r#""kty":"oct","kty":"EC""#, "input.jwks"),
    ] {
        let line = line.replacen(once, twice, 1);
        assert_eq!(ask_anything(line.as_bytes())["code"], code);
    }
}

#[test]
fn parsing_a_token_or_a_key_set_believes_nothing() {
    let token = token("jws/of_a_stranger");
    let parse = |kind: &str, target: Value| json!({ "id": 1, "op": "parse", "kind": kind, "target": target });
    let text = Value::from(token.compact.clone());
    assert_eq!(code(&question(&token)), "auth_app.signature");
    assert_eq!(code(&parse("jwt", text.clone())), Value::Null);
    assert_eq!(
        code(&parse("jwt", octets(token.compact.as_bytes()))),
        Value::Null
    );
    assert_eq!(code(&parse("jwt", "".into())), "input.id_token");
    assert_eq!(code(&parse("jwt", "a.b".into())), "input.id_token");
    let long = token.compact.clone() + &"A".repeat(16 * 1024);
    assert_eq!(code(&parse("jwt", long.into())), "input.too_large");
    let set = question(&token)["jwks"].clone();
    assert_eq!(code(&parse("jwks", set.clone())), Value::Null);
    assert_eq!(
        code(&parse("jwks", octets(set.to_string().as_bytes()))),
        Value::Null
    );
    assert_eq!(code(&parse("jwks", text)), "input.jwks");
    assert_eq!(code(&parse("jwks", json!({}))), "input.jwks");
    assert_eq!(code(&parse("jwks", "".into())), "input.jwks");
    let twice = json!({ "keys": [set["keys"][0], set["keys"][0]] });
    assert_eq!(code(&parse("jwks", twice)), "auth_app.jwks");
    assert_eq!(code(&parse("certificate", json!({}))), "misuse.argument");
}
