//! What has broken readers of tokens, key sets and callbacks elsewhere, one by
//! one: refused with its exact code, whatever its size.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika::auth_app::{Callback, JwsAlgorithm, KeySet, Provider, SignedToken, TokenKind};
use tashika::{Code, limits};
use tashika_conformance::fuzz;

const BOTH: [JwsAlgorithm; 2] = [JwsAlgorithm::Es256, JwsAlgorithm::Rs256];

fn token(text: &str) -> Code {
    fuzz::id_token(text.as_bytes());
    let read = SignedToken::read(text, TokenKind::IdToken, &BOTH);
    read.unwrap_err().code()
}

fn jwks(text: &str) -> Result<KeySet, Code> {
    fuzz::jwks(text.as_bytes());
    KeySet::read(text.as_bytes()).map_err(|error| error.code())
}

fn callback(query: &str) -> Code {
    fuzz::callback(query.as_bytes());
    Callback::from_query(query).unwrap_err().code()
}

fn described(document: &str) -> Code {
    fuzz::discovery(document.as_bytes());
    let provider = Provider::from_discovery("https://op.example", document.as_bytes());
    provider.unwrap_err().code()
}

fn base64url(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// JSON that is deeper than any stack, wider than any budget, or longer.
fn shapes() -> Vec<String> {
    vec![
        "[".repeat(5_000),
        r#"{"a":"#.repeat(5_000),
        format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)),
        format!("{{\"a\":[{}0]}}", "0,".repeat(limits::DISCOVERY_VALUES)),
        format!("{{{}\"a\":0}}", "\"a\":0,".repeat(400)),
        format!("{{\"a\":{}}}", "9".repeat(5_000)),
        format!("{{\"a\":1e{}}}", "9".repeat(5_000)),
        format!("{{\"a\":\"{}", "\\u0000".repeat(1_000)),
        "{\"a\":\"\\ud800\"}".to_owned(),
        "\u{feff}{}".to_owned(),
        "nul".to_owned(),
        String::new(),
    ]
}

#[test]
fn json_of_every_shape_is_refused_where_it_is_read() {
    for shape in shapes() {
        assert_eq!(jwks(&shape).unwrap_err(), Code::InputJwks);
        assert_eq!(described(&shape), Code::AuthAppHttp);
        let header = format!("{}.e30.AA", base64url(&shape));
        let too_long = header.len() > limits::JWT;
        let code = if too_long {
            Code::InputTooLarge
        } else {
            Code::InputIdToken
        };
        assert_eq!(token(&header), code, "{shape:.40}");
        fuzz::userinfo(shape.as_bytes());
        fuzz::token_response(shape.as_bytes());
    }
}

#[test]
fn tokens_are_three_parts_and_no_longer_than_they_may_be() {
    let full = ".".repeat(limits::JWT);
    for (text, code) in [
        (&*full, Code::InputIdToken),
        (&(full.clone() + "."), Code::InputTooLarge),
        ("", Code::InputIdToken),
        ("e30", Code::InputIdToken),
        ("e30.e30", Code::InputIdToken),
        ("e30.e30.", Code::AuthAppAlgorithm),
        ("e30.e30.AA.", Code::InputIdToken),
        (" e30.e30.AA", Code::InputIdToken),
        ("e30.e30.AA\n", Code::InputIdToken),
        ("e30.e30.A", Code::InputIdToken),
        ("日本.e30.AA", Code::InputIdToken),
    ] {
        assert_eq!(token(text), code);
    }
}

#[test]
fn key_sets_have_budgets() {
    let padded = format!("{{\"keys\":[]{}}}", " ".repeat(limits::JWKS));
    assert_eq!(jwks(&padded).unwrap_err(), Code::InputJwks);
    let of = |keys: Vec<Value>| json!({ "keys": keys }).to_string();
    let named = |number| json!({ "kty": "EC", "kid": format!("{number}") });
    let most = limits::JWKS_KEYS;
    assert!(jwks(&of((0..most).map(named).collect())).is_ok());
    let more = of((0..=most).map(named).collect());
    assert_eq!(jwks(&more).unwrap_err(), Code::InputJwks);
}

/// Keys whose arithmetic would take for ever, or prove nothing.
#[test]
fn keys_that_are_unsound_verify_nothing() {
    let octets = |octet: u8, length| URL_SAFE_NO_PAD.encode(vec![octet; length]);
    let rsa = |n: String, e: &str| json!({ "kty": "RSA", "kid": "k", "n": n, "e": e });
    let point =
        |x: String, y: String| json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y });
    let header = |algorithm| base64url(&json!({ "alg": algorithm, "kid": "k" }).to_string());
    for (key, algorithm) in [
        (rsa(octets(0xff, 16 * 1024), "AQAB"), "RS256"),
        (rsa(octets(0xff, 256), &octets(0xff, 256)), "RS256"),
        (rsa(octets(0xff, 256), "AQ"), "RS256"),
        (rsa(octets(0xff, 256), "AA"), "RS256"),
        (rsa(octets(0, 256), "AQAB"), "RS256"),
        (rsa(String::new(), ""), "RS256"),
        (point(octets(0, 32), octets(0, 32)), "ES256"),
        (point(octets(0xff, 32), octets(0xff, 32)), "ES256"),
        (point(octets(0, 1), octets(0, 63)), "ES256"),
        (point(String::new(), String::new()), "ES256"),
    ] {
        let set = json!({ "keys": [key] }).to_string();
        let keys = jwks(&set).unwrap();
        let text = format!("{}.e30.{}", header(algorithm), octets(0, 64));
        let token = SignedToken::read(&text, TokenKind::IdToken, &BOTH).unwrap();
        let code = token.danger_verify(&keys).unwrap_err().code();
        assert_eq!(code, Code::AuthAppKeyUse, "{set:.80}");
    }
}

#[test]
fn callbacks_have_budgets() {
    for query in [
        "&".repeat(limits::CALLBACK + 1),
        format!("code=a&{}", "b&".repeat(2_000)),
        format!("code={}", "%00".repeat(1_000)),
        format!("code=a&state={}", "%".repeat(4_000) + "\u{0}"),
        format!("code=a&{}=1", "x".repeat(limits::CALLBACK)),
        "code[]=a".to_owned(),
        "Code=a".to_owned(),
        "code=a;state=b\u{7f}".to_owned(),
        "code=a#state=%0d%0a\u{1}".to_owned(),
    ] {
        assert_eq!(callback(&query), Code::InputCallback, "{query:.40}");
    }
}
