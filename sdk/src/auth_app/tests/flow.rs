//! From the request to the code, and what is sent on the way.

use std::collections::BTreeMap;

use http::Method;
use serde_json::json;
use url::{Url, form_urlencoded};

use super::scene::*;
use crate::auth_app::{
    Begun, ClientId, LoginRequest, PendingLogin, Provider, Refusal, RefusalTable, Registration,
    ResponseIssuer, Scope, Scopes,
};
use crate::code::{CheckId, Code};
use crate::seal::{Sealer, SealingKey};
use crate::transaction::{Audience, Purpose, RelyingParty, TransactionId};

fn receive(registration: &Registration, query: &str, browser: Option<&str>) -> Code {
    let callback = callback(query);
    let outcome = begin()
        .pending
        .receive(callback, browser, registration, NOW);
    outcome.unwrap_err().code()
}

#[test]
fn the_request_has_what_the_reference_names_and_nothing_else() {
    let url = begin().url;
    let (endpoint, _) = url.split_once('?').unwrap();
    assert_eq!(endpoint, registration().provider().authorization_endpoint());
    let url = Url::parse(&url).unwrap();
    let pairs: Vec<_> = url.query_pairs().collect();
    let parameters: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(pairs.len(), parameters.len());
    // RFC 7636, appendix B gives the method; the digest was made with OpenSSL.
    let challenge = "g77gcvvTQj90gfwWOCFjatjPtz-u8N0FgfOXnqDHMbk";
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "https://bank.example/callback"),
        ("scope", "openid name address birthdate gender"),
        ("acr_values", "aal3 crl"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("nonce", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"),
        ("state", "BwcHBwcHBwcHBwcHBwcHBwEBAQEBAQEBAQEBAQEBAQE"),
    ] {
        assert_eq!(
            parameters.get(name).map(AsRef::as_ref),
            Some(value),
            "{name}"
        );
    }
    assert_eq!(pairs.len(), 9);
}

#[test]
fn a_signature_is_not_asked_for_like_a_name() {
    let request = LoginRequest::new(Scopes::openid().with(Scope::Sign));
    let outcome = PendingLogin::begin(binding(), &registration(), request);
    assert_eq!(outcome.unwrap_err().code(), Code::MisuseArgument);
}

#[test]
fn the_code_goes_out_with_its_verifier_and_our_assertion() {
    let request = authorized()
        .token_request(&registration(), &assertion())
        .unwrap();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), registration().provider().token_endpoint());
    let headers = request.headers();
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers["accept"], "application/json");
    assert!(!headers.contains_key("authorization"));
    let pairs: Vec<_> = form_urlencoded::parse(request.body()).collect();
    let parameters: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(pairs.len(), parameters.len());
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "c0de"),
        ("redirect_uri", "https://bank.example/callback"),
        ("client_id", CLIENT),
        (
            "code_verifier",
            "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM",
        ),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", "an.assertion.x"),
    ] {
        assert_eq!(
            parameters.get(name).map(AsRef::as_ref),
            Some(value),
            "{name}"
        );
    }
    assert_eq!(pairs.len(), 7);
}

#[test]
fn a_callback_belongs_to_one_request_and_one_browser() {
    let Begun { browser, .. } = begin();
    let (ours, code) = (Some(browser.value()), "code=c0de&state=STATE");
    let registration = registration();
    for query in [
        "code=c0de",
        "code=c0de&state=x",
        "code=c0de&state=STATEx",
        "error=access_denied",
    ] {
        assert_eq!(
            receive(&registration, query, ours),
            Code::AuthAppState,
            "{query}"
        );
    }
    for other in [
        None,
        Some(""),
        Some("BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAU"),
    ] {
        assert_eq!(receive(&registration, code, other), Code::AuthAppBrowser);
    }
    // Whose it is comes before what it says.
    let cancelled = "error=access_denied&state=STATE";
    assert_eq!(
        receive(&registration, cancelled, None),
        Code::AuthAppBrowser
    );
    assert_eq!(
        receive(&registration, cancelled, ours),
        Code::AuthAppCancelled
    );

    let late = begin()
        .pending
        .receive(callback(code), ours, &registration, at(601));
    assert_eq!(late.unwrap_err().code(), Code::TransactionExpired);
    let last = begin()
        .pending
        .receive(callback(code), ours, &registration, at(600));
    assert!(last.is_ok());
}

#[test]
fn a_callback_names_its_provider_or_nobody() {
    let Begun { browser, .. } = begin();
    let ours = Some(browser.value());
    let named = "code=c&state=STATE&iss=https%3A%2F%2Fop.example%2Fapi%2Frealms%2Fmain";
    let provider = registration().provider().clone();
    let always = provider.with_response_issuer(ResponseIssuer::Always);
    let redirect_uri = registration().redirect_uri().clone();
    let always = Registration::new(always, ClientId::new(CLIENT).unwrap(), redirect_uri);
    for registration in [&registration(), &always] {
        let received = begin()
            .pending
            .receive(callback(named), ours, registration, NOW);
        assert!(received.is_ok());
        let other = format!("{named}%2F");
        assert_eq!(
            receive(registration, &other, ours),
            Code::AuthAppResponseIssuer
        );
    }
    let missing = receive(&always, "code=c&state=STATE", ours);
    assert_eq!(missing, Code::AuthAppResponseIssuerMissing);
}

#[test]
fn errors_mean_what_the_table_says() {
    let Begun { browser, .. } = begin();
    let ours = Some(browser.value());
    let table = RefusalTable::standard().with("pin_locked", Refusal::PinLocked);
    let registration = registration().with_refusals(table.unwrap());
    for (query, code) in [
        ("error=pin_locked&state=STATE", Code::AuthAppPinLocked),
        ("error=server_error&state=STATE", Code::AuthAppUnavailable),
        (
            "error=invalid_scope&state=STATE",
            Code::AuthAppClientRefused,
        ),
        ("error=other&state=STATE", Code::AuthAppRefused),
    ] {
        assert_eq!(receive(&registration, query, ours), code, "{query}");
    }
}

#[test]
fn a_login_ends_where_it_began() {
    let Begun { browser, .. } = begin();
    let ours = Some(browser.value());
    let other_provider = Registration::new(
        Provider::at("https://evil.example/api").unwrap(),
        ClientId::new(CLIENT).unwrap(),
        registration().redirect_uri().clone(),
    );
    let other_client = Registration::new(
        registration().provider().clone(),
        ClientId::new("other").unwrap(),
        registration().redirect_uri().clone(),
    );
    for other in [other_provider, other_client] {
        let code = receive(&other, "code=c&state=STATE", ours);
        assert_eq!(code, Code::TransactionForeign);
        let request = authorized().token_request(&other, &assertion());
        assert_eq!(request.unwrap_err().code(), Code::TransactionForeign);
        let op = Op::new();
        let response = token_response(&op.id_token(&claims()));
        let verified = tokens(&response).unwrap().verify(&other, &op.keys(), NOW);
        assert_eq!(verified.unwrap_err().code(), Code::TransactionForeign);
        let login = tokens(&response)
            .unwrap()
            .verify(&registration(), &op.keys(), NOW);
        let request = login.unwrap().userinfo_request(&other);
        assert_eq!(request.unwrap_err().code(), Code::TransactionForeign);
    }
}

#[test]
fn a_sealed_login_opens_for_its_relying_party_alone() {
    let key = SealingKey::new("a", &[9; 32]).unwrap();
    let sealer = Sealer::new(key, Vec::new()).unwrap();
    let sealed = begin().pending.seal(&sealer).unwrap();
    let open = |audience: &Audience, transaction: &TransactionId, now| {
        PendingLogin::open(&sealer, audience, transaction, &sealed, now).map_err(|e| e.code())
    };
    let opened = open(&audience(), &ID, at(600)).unwrap();
    let browser = begin().browser;
    let query = "code=c0de&state=STATE";
    let received = opened.receive(callback(query), Some(browser.value()), &registration(), NOW);
    let received = received.unwrap();
    let request = received
        .token_request(&registration(), &assertion())
        .unwrap();
    let expected = authorized()
        .token_request(&registration(), &assertion())
        .unwrap();
    assert_eq!(request.body(), expected.body());

    let mut other = audience();
    other.purpose = Purpose::named("sign").unwrap();
    assert_eq!(open(&other, &ID, NOW).unwrap_err(), Code::TransactionSeal);
    let foreign = TransactionId::from_entropy([8; 16]);
    assert_eq!(
        open(&audience(), &foreign, NOW).unwrap_err(),
        Code::TransactionSeal
    );
    assert_eq!(
        open(&audience(), &ID, at(601)).unwrap_err(),
        Code::TransactionExpired
    );
    let mut other = audience();
    other.relying_party = RelyingParty::from_origin("https://shop.example").unwrap();
    assert_eq!(
        open(&other, &ID, NOW).unwrap_err(),
        Code::TransactionForeign
    );
    for state in ["", "{}", "[]", r#"{"form":"tashika-pending-login/1"}"#] {
        let bound = binding();
        let sealed = sealer.seal(
            &bound.audience.purpose,
            &ID,
            bound.expires,
            state.as_bytes(),
        );
        let opened = PendingLogin::open(&sealer, &audience(), &ID, &sealed.unwrap(), NOW);
        assert_eq!(opened.unwrap_err().code(), Code::TransactionForm, "{state}");
    }
}

#[test]
fn a_whole_login_tells_what_was_asked_and_nothing_else() {
    let login = login(&claims(), &with(&userinfo(), "email", json!("a@b.example"))).unwrap();
    assert_eq!(login.subject().as_str(), "s-1");
    assert_eq!(login.issuer(), registration().provider().issuer());
    assert_eq!(login.binding(), &binding());
    assert_eq!(login.acr(), Some("aal3 crl"));
    assert_eq!(login.issued_at(), NOW);
    assert_eq!(login.authenticated_at(), Some(at(-5)));
    assert_eq!(login.claims().name(), Some("山田　花子"));
    assert_eq!(login.age_on(jiff::civil::date(2026, 3, 31)), Some(19));
    assert_eq!(login.age_on(jiff::civil::date(2026, 4, 1)), Some(20));
    for check in [
        CheckId::AuthAppState,
        CheckId::AuthAppSignature,
        CheckId::AuthAppNonce,
        CheckId::AuthAppClaims,
    ] {
        assert!(login.trace().passed(check), "{check}");
    }
    let printed = format!("{login:?}");
    for secret in ["s-1", "花子", "千代田", "2006", "gender"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
