//! What is told of a person, wrong in one place each.

use serde_json::{Value, json};

use super::scene::*;
use crate::auth_app::{LoginRequest, LoginSecrets, PendingLogin, Scope, Scopes};
use crate::code::Code;
use crate::limits;
use crate::person::{AtLeast, Sex};

fn told(
    member: &str,
    value: impl Into<Option<Value>>,
) -> Result<crate::auth_app::VerifiedLogin, Code> {
    login(&claims(), &with(&userinfo(), member, value))
}

#[test]
fn userinfo_is_about_who_logged_in() {
    for (value, code) in [
        (Some(json!("s-2")), Code::AuthAppSubject),
        (Some(json!("S-1")), Code::AuthAppSubject),
        (None, Code::InputUserinfo),
        (Some(json!(1)), Code::InputUserinfo),
    ] {
        assert_eq!(told("sub", value.clone()).unwrap_err(), code, "{value:?}");
    }
}

#[test]
fn what_was_asked_for_is_there_in_one_of_its_forms() {
    for claim in ["name", "address", "birthdate", "gender"] {
        assert_eq!(
            told(claim, None).unwrap_err(),
            Code::AuthAppClaimMissing,
            "{claim}"
        );
        let null = told(claim, json!(null)).unwrap_err();
        assert_eq!(null, Code::AuthAppClaimMissing, "{claim}");
        let long = json!("あ".repeat(limits::CLAIM + 1));
        for bad in [
            json!(""),
            json!(1),
            json!([]),
            json!("a\nb"),
            json!("a\u{202e}"),
            long,
        ] {
            let outcome = told(claim, bad.clone()).unwrap_err();
            assert_eq!(outcome, Code::AuthAppClaimForm, "{claim}: {bad}");
        }
    }
    for bad in [
        "2006-4-1",
        "2006/04/01",
        "20060431",
        "00000401",
        "２００６０４０１",
        "060401",
        "2006040１",
        "-2006041",
        "2006-0401",
        "20060401T",
    ] {
        let outcome = told("birthdate", json!(bad)).unwrap_err();
        assert_eq!(outcome, Code::AuthAppClaimForm, "{bad}");
    }
    for bad in [
        json!({}),
        json!({"formatted": 1}),
        json!({"formatted": " \n"}),
        json!({"formatted": "a\tb"}),
    ] {
        let outcome = told("address", bad.clone()).unwrap_err();
        assert_eq!(outcome, Code::AuthAppClaimForm, "{bad}");
    }
}

#[test]
fn both_forms_mean_the_same_and_the_text_is_kept() {
    for text in ["20060401", "2006-04-01"] {
        let login = told("birthdate", json!(text)).unwrap();
        let birthdate = login.claims().birthdate().unwrap();
        assert_eq!(birthdate.as_str(), text);
        assert_eq!(
            birthdate.date().unwrap().date(),
            Some(jiff::civil::date(2006, 4, 1))
        );
    }
    for (text, sex) in [
        ("1", Some(Sex::Male)),
        ("male", Some(Sex::Male)),
        ("2", Some(Sex::Female)),
        ("female", Some(Sex::Female)),
        ("9", None),
    ] {
        let login = told("gender", json!(text)).unwrap();
        let gender = login.claims().gender().unwrap();
        assert_eq!((gender.as_str(), gender.sex()), (text, sex));
    }
    let lines = json!({"formatted": "東京都\r\n千代田区", "country": "JP"});
    let login = told("address", lines).unwrap();
    assert_eq!(login.claims().address(), Some("東京都\r\n千代田区"));
}

#[test]
fn a_date_with_unknown_parts_tells_no_age() {
    for text in ["20060000", "20060400", "00000000", "2006-04-00"] {
        let login = told("birthdate", json!(text)).unwrap();
        let birthdate = login.claims().birthdate().unwrap();
        assert_eq!(birthdate.date(), None, "{text}");
        assert_eq!(birthdate.has_reached(20, at(0)).unwrap(), AtLeast::Unknown);
        assert_eq!(login.age_on(jiff::civil::date(2126, 1, 1)), None);
    }
    // 2027-01-15, at which everybody here is asked for their age.
    let login = told("birthdate", json!("20070115")).unwrap();
    let birthdate = login.claims().birthdate().unwrap();
    assert_eq!(birthdate.has_reached(20, NOW).unwrap(), AtLeast::Yes);
    let login = told("birthdate", json!("20070116")).unwrap();
    let birthdate = login.claims().birthdate().unwrap();
    assert_eq!(birthdate.has_reached(20, NOW).unwrap(), AtLeast::No);
}

#[test]
fn nothing_is_asked_where_nothing_was_to_be_told() {
    let login = |scopes: Scopes| {
        let secrets = LoginSecrets::from_entropy([1; 16], [2; 32], [3; 32], [4; 32]);
        let request = LoginRequest::new(scopes);
        let begun =
            PendingLogin::begin_with_secrets(binding(), &registration(), request, secrets).unwrap();
        let received = begun.pending.receive(
            callback("code=c&state=STATE"),
            Some(begun.browser.value()),
            &registration(),
            NOW,
        );
        let op = Op::new();
        let answer = json_answer(&token_response(&op.id_token(&claims())));
        let tokens = received.unwrap().tokens(&registration(), &answer).unwrap();
        tokens.verify(&registration(), &op.keys(), NOW).unwrap()
    };
    let nothing = login(Scopes::openid());
    assert!(nothing.userinfo_request(&registration()).unwrap().is_none());
    let nothing = nothing.without_userinfo().unwrap();
    assert_eq!(nothing.claims().name(), None);
    assert_eq!(nothing.subject().as_str(), "s-1");

    // What was not asked for is not kept, whatever the provider tells.
    let name = Scopes::openid().with(Scope::Name);
    let only = login(name).userinfo(&json_answer(&userinfo())).unwrap();
    assert_eq!(only.claims().name(), Some("山田　花子"));
    assert_eq!(only.claims().address(), None);
    assert_eq!(only.claims().birthdate(), None);
    assert_eq!(only.claims().gender(), None);
    assert_eq!(only.age_on(jiff::civil::date(2026, 1, 1)), None);

    let skipped = login(name).without_userinfo().unwrap_err();
    assert_eq!(skipped.code(), Code::AuthAppClaimMissing);
    let request = login(name)
        .userinfo_request(&registration())
        .unwrap()
        .unwrap();
    assert_eq!(request.uri(), registration().provider().userinfo_endpoint());
    assert_eq!(
        request.headers()["authorization"],
        format!("Bearer {ACCESS_TOKEN}")
    );
    assert!(request.headers()["authorization"].is_sensitive());
    assert!(request.body().is_empty());
}

#[test]
fn userinfo_comes_as_json_and_nothing_else() {
    let op = Op::new();
    let authenticated = || {
        let tokens = tokens(&token_response(&op.id_token(&claims()))).unwrap();
        tokens.verify(&registration(), &op.keys(), NOW).unwrap()
    };
    let good = userinfo().to_string();
    let twice = good.replacen('{', r#"{"sub":"s-1","#, 1);
    let long = format!("{good}{}", " ".repeat(limits::USERINFO));
    for (status, content_type, body, code) in [
        (200, "application/jwt", "a.b.c", Code::AuthAppHttp),
        (200, "application/json", "", Code::InputUserinfo),
        (200, "application/json", &twice, Code::InputUserinfo),
        (200, "application/json", &long, Code::InputTooLarge),
        (401, "text/plain", "", Code::AuthAppTokenRefused),
        (
            401,
            "application/json",
            r#"{"error":"invalid_token"}"#,
            Code::AuthAppTokenRefused,
        ),
        (
            403,
            "application/json",
            r#"{"error":"insufficient_scope"}"#,
            Code::AuthAppHttp,
        ),
        (503, "text/html", "<html>", Code::AuthAppUnavailable),
    ] {
        let fault = authenticated()
            .userinfo(&answer(status, content_type, body))
            .unwrap_err();
        assert_eq!(fault.code(), code, "{status} {content_type}");
        assert_eq!(fault.status(), Some(status));
    }
    assert!(
        authenticated()
            .userinfo(&answer(200, "application/json", &good))
            .is_ok()
    );
}
