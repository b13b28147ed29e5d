//! A login as it should be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika_testbed::auth_app::{
    AccessTokenForm, Choice, ClaimForm, ClientKey, Endpoint, IdTokenAlgorithm, RegisteredClient,
    RsaPublic, Settings,
};
use tashika_testbed::{Algorithm, Hash, KeyPair, PublicKey, Rng, mdoc::openid4vp::Jwk};

use crate::relying_party::{
    CALLBACK, CLIENT, NOW, World, callback, open, remove, set, sign, value,
};

/// The key of that name, out of the published set.
fn published(world: &World, kid: &Value) -> Value {
    let keys = world.get(Endpoint::Jwks, None).json();
    let keys = keys["keys"].as_array().unwrap().clone();
    keys.into_iter().find(|key| key["kid"] == *kid).unwrap()
}

fn verifies(world: &World, token: &str) -> bool {
    let (header, _, signature) = open(token);
    let signed = token.rsplit_once('.').unwrap().0.as_bytes();
    let jwk = published(world, &header["kid"]);
    assert_eq!(header["alg"], jwk["alg"]);
    match header["alg"].as_str().unwrap() {
        "ES256" => {
            let key: PublicKey = Jwk::read(&jwk).unwrap();
            key.verifies(Hash::Sha256, signed, &signature)
        }
        _ => {
            let part = |name: &str| {
                let text = jwk[name].as_str().unwrap();
                URL_SAFE_NO_PAD.decode(text).unwrap()
            };
            let key = RsaPublic::new(&part("n"), &part("e")).unwrap();
            key.verifies(Hash::Sha256, signed, &signature)
        }
    }
}

#[test]
fn somebody_logs_in() {
    let world = World::new();
    let callback = world.authorize(Choice::citizen("hanako"));
    let names: Vec<_> = callback.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "session_state", "state"]);
    assert_eq!(value(&callback, "state"), Some("state-1"));

    let tokens = world
        .post(&world.code_form(value(&callback, "code").unwrap()))
        .json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 300);
    assert_eq!(tokens["scope"], "openid name address birthdate gender");
    assert_eq!(
        tokens["session_state"],
        value(&callback, "session_state").unwrap()
    );

    let id_token = tokens["id_token"].as_str().unwrap();
    let (header, claims, _) = open(id_token);
    assert_eq!(
        header,
        json!({ "alg": "ES256", "typ": "JWT", "kid": "es-1" })
    );
    assert!(verifies(&world, id_token));
    let expected = json!({
        "iss": world.provider.issuer(),
        "sub": world.subject,
        "aud": CLIENT,
        "azp": CLIENT,
        "iat": NOW,
        "exp": NOW + 300,
        "auth_time": NOW,
        "nonce": "nonce-1",
        "acr": "aal3 crl",
        "at_hash": claims["at_hash"],
        "sid": tokens["session_state"],
    });
    assert_eq!(claims, expected);

    let access = tokens["access_token"].as_str().unwrap();
    assert!(verifies(&world, access));
    assert_eq!(open(access).0["typ"], "at+jwt");
    assert_eq!(open(access).0["alg"], "RS256");

    let userinfo = world.get(Endpoint::Userinfo, Some(access)).json();
    let expected = json!({
        "sub": world.subject,
        "name": "架空　花子",
        "address": "東京都清瀬市架空町１－２－３",
        "birthdate": "19850704",
        "gender": "2",
    });
    assert_eq!(userinfo, expected);
}

#[test]
fn only_what_was_granted_is_told() {
    let world = World::new();
    let url = world.url(|p| set(p, "scope", "openid birthdate"));
    let callback = callback(&world.provider.authorize(&url, Choice::citizen("hanako")));
    let tokens = world
        .post(&world.code_form(value(&callback, "code").unwrap()))
        .json();
    let access = tokens["access_token"].as_str();
    let userinfo = world.get(Endpoint::Userinfo, access).json();
    assert_eq!(
        userinfo,
        json!({ "sub": world.subject, "birthdate": "19850704" })
    );
}

#[test]
fn whoever_was_not_asked_for_a_card_did_less() {
    let world = World::new();
    let url = world.url(|p| remove(p, "acr_values"));
    let back = world.provider.authorize(&url, Choice::citizen("hanako"));
    let code = callback(&back);
    let tokens = world
        .post(&world.code_form(value(&code, "code").unwrap()))
        .json();
    let (_, claims, _) = open(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["acr"], "aal1");
}

#[test]
fn refresh_tokens_are_good_once() {
    let world = World::new();
    let tokens = world.tokens();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = || world.form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
    let again = world.post(&form()).json();
    let (_, claims, _) = open(again["id_token"].as_str().unwrap());
    assert_eq!(
        (&claims["sub"], claims.get("nonce")),
        (&json!(world.subject), None)
    );
    let refused = world.post(&form()).refusal();
    let unknown = "the refresh token is unknown".to_owned();
    assert_eq!(refused, (400, "invalid_grant".to_owned(), unknown));
}

#[test]
fn settings_decide_what_is_not_published() {
    let world = World::with(Settings {
        id_token: IdTokenAlgorithm::Rs256,
        claims: ClaimForm::Oidc,
        access_tokens: AccessTokenForm::Opaque,
        refresh_tokens: false,
        callback_issuer: true,
        acr: "aal2".to_owned(),
        amr: Some(vec!["pin".to_owned()]),
        auth_time: false,
        azp: false,
        ..Settings::default()
    });
    let callback = world.authorize(Choice::citizen("hanako"));
    let issuer = world.provider.issuer();
    assert_eq!(value(&callback, "iss"), Some(issuer.as_str()));
    let tokens = world
        .post(&world.code_form(value(&callback, "code").unwrap()))
        .json();
    let id_token = tokens["id_token"].as_str().unwrap();
    let (header, claims, _) = open(id_token);
    assert_eq!(header["kid"], "rs-1");
    assert!(verifies(&world, id_token));
    assert_eq!(
        (&claims["acr"], &claims["amr"]),
        (&json!("aal2"), &json!(["pin"]))
    );
    assert_eq!((claims.get("auth_time"), claims.get("azp")), (None, None));
    assert_eq!(tokens.get("refresh_token"), None);
    let access = tokens["access_token"].as_str().unwrap();
    assert!(!access.contains('.'));
    let userinfo = world.get(Endpoint::Userinfo, Some(access)).json();
    assert_eq!(
        userinfo["address"],
        json!({ "formatted": "東京都清瀬市架空町１－２－３" })
    );
    assert_eq!(userinfo["birthdate"], "1985-07-04");
    assert_eq!(userinfo["gender"], "female");
}

#[test]
fn rsa_keys_sign_assertions_too() {
    let world = World::new();
    let key = KeyPair::generate(Algorithm::RSA_2048, &mut Rng::from_seed(8));
    world
        .provider
        .register(RegisteredClient::new(CLIENT, CALLBACK, ClientKey::of(&key)));
    let mut form = world.code_form(&world.code());
    let assertion = sign(
        &key,
        &json!({ "alg": "RS256", "kid": "any" }),
        &world.claims(),
    );
    set(&mut form, "client_assertion", &assertion);
    assert_eq!(world.post(&form).status, 200);
}

#[test]
fn discovery_names_every_endpoint() {
    let world = World::new();
    let document = world.get(Endpoint::Discovery, None).json();
    for (name, endpoint) in [
        ("authorization_endpoint", Endpoint::Authorization),
        ("token_endpoint", Endpoint::Token),
        ("userinfo_endpoint", Endpoint::Userinfo),
        ("jwks_uri", Endpoint::Jwks),
    ] {
        assert_eq!(document[name], world.provider.url(endpoint));
    }
    assert_eq!(document["issuer"], world.provider.issuer());
    let keys = world.get(Endpoint::Jwks, None).json();
    let of = |name: &str| -> Vec<_> {
        let keys = keys["keys"].as_array().unwrap();
        keys.iter()
            .map(|key| key[name].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(of("use"), ["sig", "sig", "enc"]);
    assert_eq!(of("alg"), ["ES256", "RS256", "RSA-OAEP"]);
}

#[test]
fn the_log_says_what_was_asked_and_prints_none_of_it() {
    let world = World::new();
    let tokens = world.tokens();
    let access = tokens["access_token"].as_str().unwrap();
    let _ = world.get(Endpoint::Userinfo, Some(access));
    let log = world.provider.log();
    let endpoints: Vec<_> = log
        .iter()
        .map(|event| (event.endpoint, event.status))
        .collect();
    let expected = [
        (Endpoint::Authorization, 302),
        (Endpoint::Token, 200),
        (Endpoint::Userinfo, 200),
    ];
    assert_eq!(endpoints, expected);
    assert_eq!(log[0].parameter("nonce"), Some("nonce-1"));
    assert_eq!(log[2].bearer.as_deref(), Some(access));
    let printed = format!("{log:?}");
    assert!(!printed.contains(access) && !printed.contains("rp.example"));
    let visit = world
        .provider
        .visit(&world.url(|_| ()), &Choice::citizen("hanako"));
    assert_eq!(format!("{visit:?}"), "Redirect(..)");
}
