//! Authorization requests that the provider refuses, each by its own description.

use serde_json::json;
use tashika_testbed::auth_app::{Choice, ClientKey, RegisteredClient, Visit};

use crate::relying_party::{CALLBACK, CLIENT, World, callback, remove, set, value};

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
    let key = ClientKey::of(&world.key);
    let client = RegisteredClient::new(CLIENT, CALLBACK, key);
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
