//! Token responses and ID tokens, wrong in one place each.

use serde_json::{Value, json};

use super::scene::*;
use crate::auth_app::{
    AccessTokenHash, Acr, AcrPolicy, AuthenticationAge, IdTokenPolicy, JwsAlgorithm, LoginRequest,
    PendingLogin, Scopes, SignedToken, TokenKind,
};
use crate::code::Code;
use crate::jose::encode;
use crate::limits;
use crate::time::{Duration, Time};

/// What becomes of an ID token with these claims.
fn outcome(claims: &Value) -> Result<(), Code> {
    login(claims, &userinfo()).map(drop)
}

fn outcome_at(policy: IdTokenPolicy, claims: &Value, now: Time) -> Result<(), Code> {
    let registration = registration().with_tokens(policy);
    login_with(&registration, claims, &userinfo(), now).map(drop)
}

/// What becomes of a token response.
fn responded(response: &Value) -> Result<(), Code> {
    tokens(response).map(drop)
}

#[test]
fn claims_agree_with_what_was_asked() {
    let now = NOW.as_unix();
    for (member, value, code) in [
        ("iss", None, Code::AuthAppIssuer),
        (
            "iss",
            Some(json!("https://op.example/api/realms/main/")),
            Code::AuthAppIssuer,
        ),
        (
            "iss",
            Some(json!(["https://op.example/api/realms/main"])),
            Code::AuthAppIssuer,
        ),
        ("aud", None, Code::AuthAppAudience),
        ("aud", Some(json!("bank2")), Code::AuthAppAudience),
        ("aud", Some(json!([CLIENT, "other"])), Code::AuthAppAudience),
        ("aud", Some(json!([])), Code::AuthAppAudience),
        ("aud", Some(json!(1)), Code::AuthAppAudience),
        ("azp", Some(json!("other")), Code::AuthAppAuthorizedParty),
        ("azp", Some(json!([CLIENT])), Code::AuthAppAuthorizedParty),
        ("exp", None, Code::InputIdToken),
        ("exp", Some(json!("1800000300")), Code::InputIdToken),
        ("exp", Some(json!(1e300)), Code::InputIdToken),
        ("exp", Some(json!(now - 60)), Code::AuthAppTokenExpired),
        ("iat", None, Code::InputIdToken),
        ("iat", Some(json!(now + 61)), Code::AuthAppIssuedAt),
        ("iat", Some(json!(now - 661)), Code::AuthAppIssuedAt),
        ("nbf", Some(json!(now + 61)), Code::AuthAppIssuedAt),
        ("auth_time", Some(json!(now + 61)), Code::AuthAppAuthTime),
        ("auth_time", Some(json!(true)), Code::InputIdToken),
        ("nonce", None, Code::AuthAppNonce),
        ("nonce", Some(json!("n")), Code::AuthAppNonce),
        ("at_hash", None, Code::AuthAppAtHashMissing),
        ("at_hash", Some(json!("")), Code::AuthAppAtHash),
        ("at_hash", Some(json!(1)), Code::AuthAppAtHash),
        ("acr", None, Code::AuthAppAcrMissing),
        ("acr", Some(json!("aal2 crl")), Code::AuthAppAcr),
        ("acr", Some(json!(["aal3", "crl"])), Code::InputIdToken),
        ("sub", None, Code::InputIdToken),
        ("sub", Some(json!("")), Code::InputIdToken),
        ("sub", Some(json!(1)), Code::InputIdToken),
        ("sub", Some(json!("日")), Code::InputIdToken),
        (
            "sub",
            Some(json!("a".repeat(limits::SUBJECT + 1))),
            Code::InputIdToken,
        ),
    ] {
        let changed = with(&claims(), member, value.clone());
        assert_eq!(outcome(&changed), Err(code), "{member}: {value:?}");
    }
    for (member, value) in [
        ("aud", Some(json!([CLIENT]))),
        ("azp", None),
        ("exp", Some(json!(now - 59))),
        ("exp", Some(json!(1_800_000_300.5))),
        ("iat", Some(json!(now + 60))),
        ("iat", Some(json!(now - 660))),
        ("nbf", Some(json!(now + 60))),
        ("auth_time", None),
        ("auth_time", Some(json!(now + 60))),
        ("auth_time", Some(json!(0))),
        ("acr", Some(json!("crl aal3"))),
    ] {
        let changed = with(&claims(), member, value.clone());
        assert_eq!(outcome(&changed), Ok(()), "{member}: {value:?}");
    }
}

#[test]
fn policies_say_how_much_is_demanded() {
    let now = NOW.as_unix();
    let standard = IdTokenPolicy::standard;
    let strict = standard().with_skew(Duration::ZERO).unwrap();
    assert_eq!(outcome_at(strict.clone(), &claims(), at(299)), Ok(()));
    let late = outcome_at(strict, &claims(), at(300));
    assert_eq!(late, Err(Code::AuthAppTokenExpired));
    for bad in [Duration::seconds(-1), Duration::seconds(301)] {
        assert_eq!(
            standard().with_skew(bad).unwrap_err().code(),
            Code::MisuseArgument
        );
    }

    let lax = standard().with_access_token_hash(AccessTokenHash::IfPresent);
    let without = with(&claims(), "at_hash", None);
    assert_eq!(outcome_at(lax.clone(), &without, NOW), Ok(()));
    let wrong = with(&claims(), "at_hash", json!("x"));
    assert_eq!(outcome_at(lax, &wrong, NOW), Err(Code::AuthAppAtHash));

    let age = AuthenticationAge::Within(Duration::minutes(5));
    let recent = standard().with_authentication_age(age);
    for (time, outcome) in [
        (Some(json!(now - 360)), Ok(())),
        (Some(json!(now - 361)), Err(Code::AuthAppAuthTime)),
        (Some(json!(now + 61)), Err(Code::AuthAppAuthTime)),
        (None, Err(Code::AuthAppAuthTime)),
    ] {
        let changed = with(&claims(), "auth_time", time.clone());
        assert_eq!(
            outcome_at(recent.clone(), &changed, NOW),
            outcome,
            "{time:?}"
        );
    }
    assert_eq!(
        standard().with_algorithms(Vec::new()).unwrap_err().code(),
        Code::MisuseArgument
    );
}

#[test]
fn classes_that_are_not_required_are_not_looked_for() {
    let acr = AcrPolicy::standard().requiring(vec![Acr::Aal3]).unwrap();
    let request = LoginRequest::new(Scopes::openid()).with_acr(acr);
    let begun = PendingLogin::begin(binding(), &registration(), request).unwrap();
    assert_eq!(
        parameter(&begun.url, "acr_values").as_deref(),
        Some("aal3 crl")
    );
    assert_eq!(parameter(&begun.url, "scope").as_deref(), Some("openid"));
}

#[test]
fn a_token_response_has_what_a_login_needs() {
    let op = Op::new();
    let good = token_response(&op.id_token(&claims()));
    for (member, value, code) in [
        ("access_token", None, Code::InputTokenResponse),
        ("access_token", Some(json!("")), Code::InputTokenResponse),
        ("access_token", Some(json!("a b")), Code::InputTokenResponse),
        (
            "access_token",
            Some(json!("a".repeat(limits::BEARER + 1))),
            Code::InputTokenResponse,
        ),
        ("token_type", None, Code::InputTokenResponse),
        ("token_type", Some(json!("mac")), Code::AuthAppTokenType),
        ("id_token", None, Code::AuthAppIdTokenMissing),
        ("id_token", Some(json!({})), Code::InputTokenResponse),
        ("id_token", Some(json!("x")), Code::InputIdToken),
        (
            "scope",
            Some(json!("openid name address birthdate")),
            Code::AuthAppScope,
        ),
        (
            "scope",
            Some(json!("name address birthdate gender")),
            Code::AuthAppScope,
        ),
        ("scope", Some(json!(["openid"])), Code::InputTokenResponse),
    ] {
        let changed = with(&good, member, value.clone());
        assert_eq!(responded(&changed), Err(code), "{member}: {value:?}");
    }
    for (member, value) in [
        ("token_type", Some(json!("bearer"))),
        ("expires_in", None),
        ("scope", None),
        (
            "scope",
            Some(json!("openid name address birthdate gender email")),
        ),
    ] {
        let changed = with(&good, member, value.clone());
        assert_eq!(responded(&changed), Ok(()), "{member}: {value:?}");
    }
    let twice = good
        .to_string()
        .replacen('{', r#"{"token_type":"Bearer","#, 1);
    let answered = |body: &str| {
        let answer = answer(200, "application/json", body);
        authorized()
            .tokens(&registration(), &answer)
            .map_err(|fault| fault.code())
    };
    assert_eq!(answered(&twice).unwrap_err(), Code::InputTokenResponse);
    let long = format!("{good}{}", " ".repeat(limits::TOKEN_RESPONSE));
    assert_eq!(answered(&long).unwrap_err(), Code::InputTooLarge);
}

#[test]
fn what_is_no_answer_keeps_its_status() {
    let json = "application/json";
    let error = |name: &str| json!({"error": name, "error_description": "<b>"}).to_string();
    for (status, content_type, body, code) in [
        (200, "text/html", "<html>".to_owned(), Code::AuthAppHttp),
        (200, json, "[]".to_owned(), Code::InputTokenResponse),
        (
            503,
            "text/html",
            "<html>".to_owned(),
            Code::AuthAppUnavailable,
        ),
        (500, json, error("invalid_client"), Code::AuthAppUnavailable),
        (502, "text/html", String::new(), Code::AuthAppUnavailable),
        (429, json, error("slow_down"), Code::AuthAppBusy),
        (400, json, error("invalid_grant"), Code::AuthAppCodeRefused),
        (
            401,
            json,
            error("invalid_client"),
            Code::AuthAppInvalidClient,
        ),
        (
            400,
            json,
            error("invalid_client"),
            Code::AuthAppInvalidClient,
        ),
        (401, "text/html", String::new(), Code::AuthAppInvalidClient),
        (
            400,
            json,
            error("invalid_scope"),
            Code::AuthAppClientRefused,
        ),
        (400, json, error("else"), Code::AuthAppHttp),
        (400, "text/html", error("invalid_grant"), Code::AuthAppHttp),
        (404, "text/html", String::new(), Code::AuthAppHttp),
        (204, json, String::new(), Code::AuthAppHttp),
        (302, "text/html", String::new(), Code::AuthAppHttp),
    ] {
        let mut answer = answer(status, content_type, &body);
        answer
            .headers_mut()
            .insert("retry-after", "7".parse().unwrap());
        let fault = authorized().tokens(&registration(), &answer).unwrap_err();
        assert_eq!(fault.code(), code, "{status} {body}");
        assert_eq!(fault.status(), Some(status));
        assert_eq!(fault.retry_after(), Some(std::time::Duration::from_secs(7)));
        assert!(!format!("{fault:?} {fault}").contains("<b>"));
    }
}

/// It is printed for whoever integrates, and kept as evidence.
#[test]
fn classes_are_printable() {
    let with_acr = |acr: &str| outcome(&with(&claims(), "acr", json!(acr)));
    let filled = |length: usize| format!("aal3 crl {}", "x".repeat(length - 9));
    assert_eq!(with_acr(&filled(255)), Ok(()));
    for bad in [
        "aal3 crl \u{1b}[2J",
        "aal3 crl \n",
        "aal3 crl 高",
        &filled(256),
    ] {
        assert_eq!(with_acr(bad), Err(Code::InputIdToken), "{bad:?}");
    }
}

fn read(compact: &str) -> Result<SignedToken, Code> {
    let token = SignedToken::read(compact, TokenKind::IdToken, &[JwsAlgorithm::Es256]);
    token.map_err(|error| error.code())
}

#[test]
fn headers_leave_nothing_to_others() {
    let op = Op::new();
    let sign = |header: &Value| op.sign(header, b"{}");
    let good = json!({"alg": "ES256", "kid": "k1"});
    assert!(read(&sign(&good)).is_ok());
    assert!(read(&sign(&with(&good, "x5t", json!("a")))).is_ok());
    for name in ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"] {
        let header = with(&good, name, json!(null));
        assert_eq!(
            read(&sign(&header)).unwrap_err(),
            Code::AuthAppHeader,
            "{name}"
        );
    }
    for (member, value, code) in [
        ("alg", None, Code::AuthAppAlgorithm),
        ("alg", Some(json!("none")), Code::AuthAppAlgorithm),
        ("alg", Some(json!("HS256")), Code::AuthAppAlgorithm),
        ("alg", Some(json!("ES384")), Code::AuthAppAlgorithm),
        ("alg", Some(json!("RS256")), Code::AuthAppAlgorithm),
        ("alg", Some(json!("es256")), Code::AuthAppAlgorithm),
        ("alg", Some(json!(["ES256"])), Code::AuthAppAlgorithm),
        ("kid", Some(json!(1)), Code::InputIdToken),
        ("typ", Some(json!("at+jwt")), Code::AuthAppTokenKind),
        ("typ", Some(json!(1)), Code::InputIdToken),
    ] {
        let header = with(&good, member, value.clone());
        assert_eq!(
            read(&sign(&header)).unwrap_err(),
            code,
            "{member}: {value:?}"
        );
    }
    assert!(read(&sign(&with(&good, "typ", json!("jwt")))).is_ok());
    let any = op.sign(&with(&good, "typ", json!("at+jwt")), b"{}");
    let any = SignedToken::read(&any, TokenKind::DangerAny, &[JwsAlgorithm::Es256]);
    assert!(any.is_ok());
}

#[test]
fn tokens_have_three_parts_and_a_budget() {
    let op = Op::new();
    let token = op.id_token(&claims());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let twice = encode(br#"{"alg":"ES256","alg":"ES256"}"#);
    for bad in [
        "",
        "..",
        signed,
        &format!("{token}."),
        &format!("{token}.x.y"),
        &format!("{token}="),
        &format!("{header}=.{payload}.{signature}"),
        &format!("{twice}.{payload}.{signature}"),
        &format!("{}.{payload}.{signature}", encode(b"[]")),
    ] {
        assert_eq!(read(bad).unwrap_err(), Code::InputIdToken, "{bad}");
    }
    let long = "a".repeat(limits::JWT + 1);
    assert_eq!(read(&long).unwrap_err(), Code::InputTooLarge);
    assert_eq!(read(&long[1..]).unwrap_err(), Code::InputIdToken);
}

#[test]
fn the_payload_is_read_after_the_signature() {
    let op = Op::new();
    let header = json!({"alg": "ES256", "kid": "k1"});
    let verify = |token: &str| {
        let verified = read(token).unwrap().danger_verify(&op.keys());
        verified.map_err(|error| error.code())
    };
    let doubled = op.sign(&header, br#"{"sub":"a","sub":"b"}"#);
    assert_eq!(verify(&doubled), Err(Code::InputIdToken));
    assert_eq!(verify(&op.sign(&header, b"[]")), Err(Code::InputIdToken));
    assert_eq!(verify(&op.sign(&header, b"{}")), Ok(serde_json::Map::new()));
    let (signed, _) = doubled.rsplit_once('.').unwrap();
    let der = [&[0x30, 6, 2, 1, 1, 2, 1, 1][..]].concat();
    for signature in [vec![], vec![0; 64], vec![1; 63], vec![1; 65], der] {
        let token = format!("{signed}.{}", encode(&signature));
        assert_eq!(verify(&token), Err(Code::AuthAppSignature), "{signature:?}");
    }
}
