//! Tokens of other kinds by themselves, and key sets before them: what holds
//! whatever a token is for.

use super::draft::signed_by;
use super::header::{rs256, written};
use super::{Case, Desk, Kind, NOW, Procedure, Token, Value, Vector, draft::base64url, json, jwk};

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    [signed(desk), published(desk), refused(desk)].concat()
}

const PAYLOAD: &str = r#"{"iss":"https://op.example"}"#;
const ES256: &str = r#"{"alg":"ES256","kid":"es256-1"}"#;
const RS256: &str = r#"{"alg":"RS256","kid":"rs256-1"}"#;

fn case(text: [&str; 3], compact: String, keys: &Value, algorithms: &[&str]) -> Case {
    let token = Token {
        compact,
        jwks: json!({ "keys": keys }).to_string(),
        algorithms: algorithms.iter().map(|&name| name.to_owned()).collect(),
    };
    Case::new(Procedure::Token, Kind::AuthApp, NOW, text).token(token)
}

/// Tokens that are accepted.
fn signed(desk: &Desk) -> Vec<Vector> {
    let check = "auth_app.signature";
    let es256 = |header: &str, payload: &str| {
        written(header, payload, |signed| signed_by(&desk.es256, signed))
    };
    let keys = desk.published();
    let case = |id, note, compact, algorithms: &[&str]| {
        let text = [id, "RFC 7515, 5.2", note];
        case(text, compact, &keys, algorithms).accepted(check)
    };
    vec![
        case(
            "jws/es256",
            "A token with ES256.",
            es256(ES256, PAYLOAD),
            &["ES256"],
        ),
        case(
            "jws/rs256",
            "A token with RS256.",
            written(RS256, PAYLOAD, |signed| rs256(desk, signed)),
            &["RS256"],
        ),
        case(
            "jws/rs256_of_two",
            "A token with RS256, where ES256 would do too.",
            written(RS256, PAYLOAD, |signed| rs256(desk, signed)),
            &["ES256", "RS256"],
        ),
        case(
            "jws/any_type",
            "A token that says to be an access token.",
            es256(r#"{"alg":"ES256","kid":"es256-1","typ":"at+jwt"}"#, PAYLOAD),
            &["ES256"],
        ),
        case(
            "jws/spaces",
            "Header and payload are written with spaces and escapes.",
            es256(
                "{ \"\\u0061lg\" : \"ES256\",\r\n \"kid\":\"es256\\u002d1\" }\n",
                " {\t} ",
            ),
            &["ES256"],
        ),
    ]
}

/// Key sets with a token that each of them verifies.
fn published(desk: &Desk) -> Vec<Vector> {
    let compact = || written(ES256, PAYLOAD, |signed| signed_by(&desk.es256, signed));
    let own = || jwk(&desk.es256, "es256-1", "sig", "ES256");
    let case = |id, note, keys: Value| {
        let text = [id, "RFC 7517, 4 and 5", note];
        case(text, compact(), &keys, &["ES256"]).accepted("auth_app.key")
    };
    let mut unnamed = own();
    unnamed.as_object_mut().and_then(|key| key.remove("kid"));
    vec![
        case("jwks/one", "A set of one key.", json!([own()])),
        case(
            "jwks/one_without_name",
            "A key without a name stands beside the named one, for the same algorithm.",
            json!([unnamed, own()]),
        ),
        case(
            "jwks/unsound_beside",
            "Keys that are unsound stand beside: an RSA key without an exponent, and points that are none.",
            json!([
                { "kty": "RSA", "n": "AQAB", "kid": "a" },
                { "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "b" },
                { "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "c" },
                {},
                own(),
            ]),
        ),
    ]
}

/// What is refused without being looked at as an ID token.
fn refused(desk: &Desk) -> Vec<Vector> {
    let es256 = |header: &str| written(header, PAYLOAD, |signed| signed_by(&desk.es256, signed));
    let keys = desk.published();
    let refused = |id, note, clause, compact, keys: &Value, (check, code)| {
        case([id, clause, note], compact, keys, &["ES256"]).refused(check, code)
    };
    let small = json!([{
        "kty": "RSA", "n": base64url([0xff; 128]), "e": "AQAB", "kid": "rs256-1",
    }]);
    let key_use = ("auth_app.key", "auth_app.key_use");
    vec![
        refused(
            "jws/of_a_stranger",
            "Another key signed than the one that is named.",
            "RFC 7515, 5.2",
            written(ES256, PAYLOAD, |signed| signed_by(&desk.stranger, signed)),
            &keys,
            ("auth_app.signature", "auth_app.signature"),
        ),
        refused(
            "jws/critical",
            "The header has to be understood, in nothing.",
            "RFC 7515, 4.1.11",
            es256(r#"{"alg":"ES256","kid":"es256-1","crit":[]}"#),
            &keys,
            ("auth_app.token_form", "auth_app.header"),
        ),
        refused(
            "jws/type_number",
            "The type is a number.",
            "RFC 7515, 4.1.9",
            es256(r#"{"alg":"ES256","kid":"es256-1","typ":1}"#),
            &keys,
            ("auth_app.token_form", "input.id_token"),
        ),
        refused(
            "jws/algorithm_not_allowed",
            "The token is signed with RS256, where ES256 alone is allowed.",
            "RFC 8725, 3.1",
            written(RS256, PAYLOAD, |signed| rs256(desk, signed)),
            &keys,
            ("auth_app.algorithm", "auth_app.algorithm"),
        ),
        case(
            [
                "jwks/rsa_of_1024",
                "RFC 7518, 3.3",
                "The RSA key has 1024 bits.",
            ],
            written(RS256, PAYLOAD, |signed| rs256(desk, signed)),
            &small,
            &["RS256"],
        )
        .refused(key_use.0, key_use.1),
    ]
}
