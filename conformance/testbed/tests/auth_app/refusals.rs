//! What the provider refuses, each by its own description.

use serde_json::{Value, json};
use tashika_testbed::auth_app::{Choice, Endpoint, Visit};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::relying_party::{
    CALLBACK, CLIENT, NOW, World, callback, open, path, remove, set, sign, value,
};

type Pairs = Vec<(String, String)>;

fn redirected(world: &World, change: impl FnOnce(&mut Pairs)) -> (String, String) {
    let visit = world
        .provider
        .visit(&world.url(change), &Choice::citizen("hanako"));
    let Visit::Redirect(url) = visit else {
        panic!("not redirected: {visit:?}");
    };
    let callback = callback(&url);
    assert_ne!(
        value(&callback, "code").is_some(),
        value(&callback, "error").is_some()
    );
    let text = |name| value(&callback, name).unwrap_or_default().to_owned();
    (text("error"), text("error_description"))
}

fn shown(world: &World, change: impl FnOnce(&mut Pairs)) -> (&'static str, &'static str) {
    match world
        .provider
        .visit(&world.url(change), &Choice::citizen("hanako"))
    {
        Visit::Shown(refusal) => (refusal.error, refusal.description),
        Visit::Redirect(url) => panic!("redirected: {url}"),
    }
}

#[test]
fn requests_that_the_relying_party_hears_about() {
    let world = World::new();
    let long = &"x".repeat(256);
    let removed = |name| redirected(&world, |p| remove(p, name));
    let changed = |name, value: &str| redirected(&world, |p| set(p, name, value));
    let request = |description: &str| ("invalid_request".to_owned(), description.to_owned());
    let scope = |description: &str| ("invalid_scope".to_owned(), description.to_owned());

    for name in [
        "response_type",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    ] {
        assert_eq!(removed(name), request(&format!("{name} is missing")));
    }
    for name in ["state", "nonce"] {
        let expected = request(&format!("{name} is not 1 to 255 printable characters"));
        assert_eq!(changed(name, long), expected);
        assert_eq!(changed(name, "タブ"), expected);
        assert_eq!(changed(name, "a\tb"), expected);
        let (error, _) = changed(name, &"x".repeat(255));
        assert_eq!(error, "");
    }
    let expected = request("code_challenge is not 1 to 128 of [0-9a-zA-Z_-]");
    assert_eq!(changed("code_challenge", &"x".repeat(129)), expected);
    assert_eq!(changed("code_challenge", "a+b"), expected);
    let expected = request("code_challenge_method is not S256");
    assert_eq!(changed("code_challenge_method", "plain"), expected);
    for name in ["prompt", "max_age", "claims", "request", "response_mode"] {
        assert_eq!(changed(name, "1"), request("a parameter is not supported"));
    }
    let twice = redirected(&world, |p| p.push(("nonce".to_owned(), "n".to_owned())));
    assert_eq!(twice, request("a parameter is repeated"));
    let (error, _) = changed("response_type", "code id_token");
    assert_eq!(error, "unsupported_response_type");

    assert_eq!(removed("scope"), scope("openid is missing"));
    assert_eq!(changed("scope", "name"), scope("openid is missing"));
    assert_eq!(
        changed("scope", "openid email"),
        scope("a scope is unknown")
    );
    let expected = request("sign_transaction_id is missing");
    assert_eq!(changed("scope", "openid sign"), expected);
    let expected = request("sign_transaction_id without sign");
    assert_eq!(changed("sign_transaction_id", "1"), expected);
    let unknown = redirected(&world, |p| {
        set(p, "scope", "openid sign");
        set(p, "sign_transaction_id", "1");
    });
    assert_eq!(unknown, request("sign_transaction_id is unknown"));
}

#[test]
fn scopes_belong_to_clients() {
    let world = World::new();
    let key = tashika_testbed::auth_app::ClientKey::of(&world.key);
    let client = tashika_testbed::auth_app::RegisteredClient::new(CLIENT, CALLBACK, key);
    world.provider.register(client.scopes(&["openid"]));
    let expected = (
        "invalid_scope".to_owned(),
        "a scope is not this client's".to_owned(),
    );
    assert_eq!(redirected(&world, |_| ()), expected);
    let mut form = world.form(&[("grant_type", "client_credentials")]);
    let (status, error, _) = world.post(&form).refusal();
    assert_eq!((status, error.as_str()), (400, "unauthorized_client"));
    remove(&mut form, "grant_type");
    set(
        &mut form,
        "client_assertion",
        &world.assertion(|_, c| c["jti"] = json!("other")),
    );
    let expected = (
        400,
        "invalid_request".to_owned(),
        "grant_type is missing".to_owned(),
    );
    assert_eq!(world.post(&form).refusal(), expected);
}

#[test]
fn requests_that_nobody_is_redirected_for() {
    let world = World::new();
    let client = |description| ("invalid_client", description);
    let request = |description| ("invalid_request", description);
    let long = "https://rp.example/".to_owned() + &"x".repeat(256);
    assert_eq!(
        shown(&world, |p| remove(p, "client_id")),
        client("client_id is missing")
    );
    assert_eq!(
        shown(&world, |p| set(p, "client_id", "a-b")),
        client("client_id is not 1 to 255 of [0-9a-zA-Z]")
    );
    assert_eq!(
        shown(&world, |p| set(p, "client_id", "Shop2")),
        client("client_id is unknown")
    );
    assert_eq!(
        shown(&world, |p| remove(p, "redirect_uri")),
        request("redirect_uri is missing")
    );
    assert_eq!(
        shown(&world, |p| set(p, "redirect_uri", &long)),
        request("redirect_uri is longer than 255")
    );
    for uri in [
        "https://rp.example/callback",
        "https://rp.example/callback?from=app&x=1",
    ] {
        assert_eq!(
            shown(&world, |p| set(p, "redirect_uri", uri)),
            request("redirect_uri is not registered")
        );
    }
}

#[test]
fn people_and_cards_fail_too() {
    let world = World::new();
    for choice in Choice::FAILURES {
        let (error, description) = choice.error().unwrap();
        let callback = world.authorize(choice);
        assert_eq!(value(&callback, "error"), Some(error));
        assert_eq!(value(&callback, "error_description"), Some(description));
        assert_eq!(value(&callback, "state"), Some("state-1"));
        assert_eq!(value(&callback, "code"), None);
    }
}

fn with_assertion(world: &World, assertion: &str) -> (u16, String, String) {
    let mut form = world.code_form(&world.code());
    set(&mut form, "client_assertion", assertion);
    world.post(&form).refusal()
}

fn client(description: &str) -> (u16, String, String) {
    (401, "invalid_client".to_owned(), description.to_owned())
}

#[test]
fn assertions_that_prove_nothing() {
    let world = World::new();
    let claim = |name: &str, value: Value| {
        with_assertion(&world, &world.assertion(|_, claims| claims[name] = value))
    };
    let without = |name: &str| {
        let change = |_: &mut Value, claims: &mut Value| {
            claims.as_object_mut().unwrap().remove(name);
        };
        with_assertion(&world, &world.assertion(change))
    };
    assert_eq!(without("iss"), client("iss is missing"));
    assert_eq!(claim("iss", json!("Shop2")), client("iss is unknown"));
    assert_eq!(without("sub"), client("sub is not iss"));
    assert_eq!(claim("sub", json!("Shop2")), client("sub is not iss"));
    let audience = client("aud is not the token endpoint");
    assert_eq!(without("aud"), audience);
    assert_eq!(claim("aud", json!(world.provider.issuer())), audience);
    let array = json!([world.provider.url(Endpoint::Token)]);
    assert_eq!(claim("aud", array), audience);
    assert_eq!(without("exp"), client("exp is missing"));
    assert_eq!(
        claim("exp", json!(NOW)),
        client("the assertion has expired")
    );
    assert_eq!(
        claim("exp", json!(NOW + 61)),
        client("exp is more than 60 seconds ahead")
    );
    assert_eq!(without("iat"), client("iat is missing"));
    assert_eq!(claim("iat", json!(NOW + 1)), client("iat is in the future"));
    assert_eq!(claim("nbf", json!(NOW + 1)), client("nbf is in the future"));
    assert_eq!(without("jti"), client("jti is missing"));
    assert_eq!(
        with_assertion(&world, "a.b"),
        client("the assertion is no JWT")
    );
}

#[test]
fn assertions_by_another_key() {
    let world = World::new();
    let header = |name: &str, value: Value| {
        with_assertion(&world, &world.assertion(|header, _| header[name] = value))
    };
    assert_eq!(
        header("kid", json!("rp-2")),
        client("kid is not of a registered key")
    );
    for name in ["none", "HS256", "ES384"] {
        assert_eq!(
            header("alg", json!(name)),
            client("alg is neither ES256 nor RS256")
        );
    }
    let signature = client("the signature is not by a registered key");
    assert_eq!(header("alg", json!("RS256")), signature);
    let other = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(9));
    let assertion = sign(&other, &json!({ "alg": "ES256" }), &world.claims());
    assert_eq!(with_assertion(&world, &assertion), signature);
}

#[test]
fn assertions_that_came_before() {
    let world = World::new();
    let mut form = world.code_form(&world.code());
    assert_eq!(world.post(&form).status, 200);
    set(&mut form, "code", &world.code());
    assert_eq!(world.post(&form).refusal(), client("jti was used before"));
}

#[test]
fn other_ways_to_prove_who_asks() {
    let world = World::new();
    let form = world.code_form(&world.code());
    let secret = client("private_key_jwt is the only method");
    let mut with_secret = form.clone();
    set(&mut with_secret, "client_secret", "s");
    assert_eq!(world.post(&with_secret).refusal(), secret);
    let basic = [("Authorization", "Basic U2hvcDE6cw==")];
    assert_eq!(world.post_with(&form, &basic).refusal(), secret);

    let without = |name: &str| {
        let mut form = form.clone();
        remove(&mut form, name);
        world.post(&form).refusal()
    };
    let name = "client_assertion_type";
    assert_eq!(without(name), client("client_assertion_type is missing"));
    assert_eq!(
        without("client_assertion"),
        client("client_assertion is missing")
    );
    let changed = |name: &str, value: &str| {
        let mut form = form.clone();
        set(&mut form, name, value);
        world.post(&form).refusal()
    };
    assert_eq!(
        changed(name, "jwt"),
        client("client_assertion_type is another")
    );
    assert_eq!(
        changed("client_id", "Shop2"),
        client("client_id is not iss")
    );
}

fn grant(description: &str) -> (u16, String, String) {
    (400, "invalid_grant".to_owned(), description.to_owned())
}

#[test]
fn codes_that_are_not_this_clients_or_not_good() {
    let world = World::new();
    assert_eq!(
        world.post(&world.code_form("c")).refusal(),
        grant("the code is unknown")
    );

    let changed = |name: &str, value: &str| {
        let mut form = world.code_form(&world.code());
        set(&mut form, name, value);
        world.post(&form).refusal()
    };
    assert_eq!(
        changed("redirect_uri", "https://rp.example/other"),
        grant("redirect_uri is another")
    );
    let verifier = "x".repeat(43);
    assert_eq!(
        changed("code_verifier", &verifier),
        grant("code_verifier does not fit")
    );
    for malformed in ["x".repeat(42), "x".repeat(129), "+".repeat(43)] {
        let (_, error, description) = changed("code_verifier", &malformed);
        let expected = ("invalid_request", "code_verifier is malformed");
        assert_eq!((error.as_str(), description.as_str()), expected);
    }
    for name in ["code", "redirect_uri", "code_verifier", "grant_type"] {
        let mut form = world.code_form(&world.code());
        remove(&mut form, name);
        let expected = (
            400,
            "invalid_request".to_owned(),
            format!("{name} is missing"),
        );
        assert_eq!(world.post(&form).refusal(), expected);
    }
    let (_, error, _) = changed("grant_type", "password");
    assert_eq!(error, "unsupported_grant_type");

    let code = world.code();
    world.provider.set_time(NOW + 60);
    assert_eq!(
        world.post(&world.code_form(&code)).refusal(),
        grant("the code has expired")
    );
}

#[test]
fn codes_of_another_client() {
    let world = World::new();
    let code = world.code();
    let key = tashika_testbed::auth_app::ClientKey::of(&world.key);
    let other = tashika_testbed::auth_app::RegisteredClient::new("Shop2", CALLBACK, key);
    world.provider.register(other);
    let assertion = world.assertion(|_, claims| {
        claims["iss"] = json!("Shop2");
        claims["sub"] = json!("Shop2");
    });
    let mut form = world.code_form(&code);
    set(&mut form, "client_assertion", &assertion);
    assert_eq!(
        world.post(&form).refusal(),
        grant("the code is another client's")
    );
    assert_ne!(world.provider.sub_for("Shop2", "hanako"), world.subject);
}

#[test]
fn a_code_that_comes_again_takes_its_tokens_with_it() {
    let world = World::new();
    let code = world.code();
    let tokens = world.post(&world.code_form(&code)).json();
    let access = tokens["access_token"].as_str();
    assert_eq!(world.get(Endpoint::Userinfo, access).status, 200);
    assert_eq!(
        world.post(&world.code_form(&code)).refusal(),
        grant("the code was used before")
    );

    let refused = world.get(Endpoint::Userinfo, access);
    let revoked = "the token is unknown or revoked".to_owned();
    assert_eq!(
        refused.refusal(),
        (401, "invalid_token".to_owned(), revoked)
    );
    let challenge = refused.header("WWW-Authenticate").unwrap();
    assert!(challenge.starts_with(r#"Bearer error="invalid_token""#));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = world.form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
    assert_eq!(
        world.post(&form).refusal(),
        grant("the refresh token is unknown")
    );
}

#[test]
fn tokens_are_asked_for_by_one_form() {
    let world = World::new();
    let form = world.code_form(&world.code());
    let mut twice = form.clone();
    twice.push(("code".to_owned(), "c".to_owned()));
    let request = |description: &str| (400, "invalid_request".to_owned(), description.to_owned());
    assert_eq!(
        world.post(&twice).refusal(),
        request("a parameter is repeated")
    );
    let target = path(&world.provider, Endpoint::Token);
    let json = [("Content-Type", "application/json")];
    let body = crate::relying_party::encode(&form);
    let answer = world.ask("POST", &target, &json, body.as_bytes());
    assert_eq!(answer.refusal(), request("the body is no form"));
    assert_eq!(world.ask("GET", &target, &[], b"").status, 405);
    assert_eq!(world.ask("GET", "/api/realms/other", &[], b"").status, 404);
}

#[test]
fn userinfo_is_for_people_with_good_tokens() {
    let world = World::new();
    let token = |description: &str| (401, "invalid_token".to_owned(), description.to_owned());
    let ask = |bearer| world.get(Endpoint::Userinfo, bearer).refusal();
    assert_eq!(ask(None), token("no bearer token"));
    assert_eq!(ask(Some("x")), token("the token is unknown or revoked"));

    let own = world
        .post(&world.form(&[("grant_type", "client_credentials")]))
        .json();
    let (status, error, _) = ask(own["access_token"].as_str());
    assert_eq!((status, error.as_str()), (403, "insufficient_scope"));

    let tokens = world.tokens();
    let access = tokens["access_token"].as_str();
    world.provider.set_time(NOW + 299);
    assert_eq!(world.get(Endpoint::Userinfo, access).status, 200);
    world.provider.set_time(NOW + 300);
    assert_eq!(ask(access), token("the token has expired"));
    assert_eq!(open(access.unwrap()).1["exp"], NOW + 300);
}
