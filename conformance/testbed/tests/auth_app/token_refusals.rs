//! Token requests that the provider refuses, each by its own description.

use serde_json::{Value, json};
use tashika_testbed::auth_app::{ClientKey, Endpoint, RegisteredClient};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::relying_party::{CALLBACK, NOW, World, encode, open, path, remove, set, sign};

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
    let key = ClientKey::of(&world.key);
    let other = RegisteredClient::new("Shop2", CALLBACK, key);
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
    let body = encode(&form);
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

#[test]
fn refresh_tokens_that_are_another_clients_or_old() {
    let world = World::new();
    let tokens = world.tokens();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = || world.form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
    let key = ClientKey::of(&world.key);
    let other = RegisteredClient::new("Shop2", CALLBACK, key);
    world.provider.register(other);
    let mut theirs = form();
    let assertion = world.assertion(|_, claims| {
        claims["iss"] = json!("Shop2");
        claims["sub"] = json!("Shop2");
    });
    set(&mut theirs, "client_assertion", &assertion);
    assert_eq!(
        world.post(&theirs).refusal(),
        grant("the refresh token is another client's")
    );
    world.provider.set_time(NOW + 1800);
    assert_eq!(
        world.post(&form()).refusal(),
        grant("the refresh token has expired")
    );
}

#[test]
fn the_relying_partys_own_token_is_for_signing_alone() {
    let world = World::new();
    let form = world.form(&[("grant_type", "client_credentials"), ("scope", "openid")]);
    let (status, error, _) = world.post(&form).refusal();
    assert_eq!((status, error.as_str()), (400, "invalid_scope"));
}
