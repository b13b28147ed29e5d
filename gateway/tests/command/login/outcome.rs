//! Logins at a provider that is asked over HTTP.

use tashika_testbed::auth_app::{Choice, Endpoint, IdTokenAlgorithm, Settings};

use super::scene::{ELSEWHERE, Scene, code, free_port, parameter};
use crate::desk::tashika;

#[test]
fn a_login_asks_what_it_needs_and_tells_no_secret() {
    let scene = Scene::new();
    let waiting = scene.start(&["--scope", "name,birthdate"]);
    let begun = waiting.begin();
    let back = scene
        .provider
        .authorize(&begun.url, Choice::citizen("hanako"));
    let page = waiting.get(&back, Some(&begun.cookie));
    assert_eq!(page.status, 200);
    let answer = waiting
        .end()
        .exits(0)
        .says(&["ACCEPTED", "架＊＊＊", "1985"]);

    let mut names: Vec<_> = scene.asked(Endpoint::Authorization)[0]
        .parameters
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "acr_values",
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "nonce",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
        ]
    );
    let [token] = &scene.asked(Endpoint::Token)[..] else {
        panic!("asked once");
    };
    assert_eq!(token.parameter("grant_type"), Some("authorization_code"));
    assert_eq!(token.parameter("client_secret"), None);
    let [userinfo] = &scene.asked(Endpoint::Userinfo)[..] else {
        panic!("asked once");
    };
    let (_, cookie) = begun.cookie.split_once('=').unwrap();
    let subject = scene.provider.sub_for("shop", "hanako");
    let secrets = [
        parameter(&begun.url, "state"),
        parameter(&begun.url, "nonce"),
        parameter(&back, "code"),
        token.parameter("client_assertion").unwrap(),
        token.parameter("code_verifier").unwrap(),
        userinfo.bearer.as_deref().unwrap(),
        cookie,
        &subject,
        "花子",
        "19850704",
    ];
    for secret in secrets {
        for text in [&answer.stdout, &answer.stderr, &page.head, &page.body] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn nothing_is_asked_about_the_person_who_is_asked_nothing() {
    let scene = Scene::new();
    scene.log_in(Choice::citizen("hanako"), &[]).exits(0);
    assert_eq!(scene.asked(Endpoint::Userinfo), []);
    let asked = &scene.asked(Endpoint::Authorization)[0];
    assert_eq!(asked.parameter("scope"), Some("openid"));
    assert_eq!(asked.parameter("acr_values"), Some("aal3 crl"));
}

#[test]
fn whoever_is_not_the_client_is_told_what_to_compare() {
    let scene = Scene::new();
    let other = scene.desk.path("other.pem");
    for wrong in [
        ["--key-file", other.as_str()],
        ["--audience", "https://idp.example/token"],
    ] {
        let answer = scene.log_in(Choice::citizen("hanako"), &wrong).exits(64);
        answer.says(&["MISCONFIGURED  auth_app.invalid_client", "--audience"]);
    }
}

#[test]
fn errors_mean_what_the_arguments_say() {
    let scene = Scene::new();
    let refused = scene.log_in(Choice::PinLocked, &["--json"]).exits(1);
    assert_eq!(code(&refused), "auth_app.refused");
    let named = ["--json", "--error", "pin_locked=pin-locked"];
    let refused = scene.log_in(Choice::PinLocked, &named).exits(1);
    assert_eq!(code(&refused), "auth_app.pin_locked");
    let cancelled = scene.log_in(Choice::Cancel, &["--json"]).exits(1);
    assert_eq!(code(&cancelled), "auth_app.cancelled");
}

#[test]
fn what_is_relaxed_is_relaxed_by_name() {
    let scene = Scene::with(Settings {
        acr: "aal2".to_owned(),
        ..Settings::default()
    });
    let ends = |more: &[&str], status| {
        let arguments = [more, &["--json"]].concat();
        code(
            &scene
                .log_in(Choice::citizen("hanako"), &arguments)
                .exits(status),
        )
    };
    assert_eq!(ends(&[], 1), "auth_app.acr");
    assert_eq!(ends(&["--require-acr", "aal2"], 0), "accepted");
    assert_eq!(ends(&["--danger-any-acr"], 0), "accepted");
    let aal2 = ["--acr", "aal3", "--require-acr", "aal2"];
    assert_eq!(ends(&aal2, 0), "accepted");
    assert_eq!(
        ends(&[&aal2[..], &["--require-iss"]].concat(), 1),
        "auth_app.response_issuer_missing"
    );
    assert_eq!(
        ends(&[&aal2[..], &["--rs256"]].concat(), 1),
        "auth_app.algorithm"
    );
    scene
        .provider
        .switch(|switches| switches.id_token.claims.remove("at_hash"));
    assert_eq!(ends(&aal2, 1), "auth_app.at_hash_missing");
    assert_eq!(
        ends(&[&aal2[..], &["--no-at-hash"]].concat(), 0),
        "accepted"
    );
}

#[test]
fn rs256_is_accepted_where_it_is_named() {
    let scene = Scene::with(Settings {
        id_token: IdTokenAlgorithm::Rs256,
        callback_issuer: true,
        ..Settings::default()
    });
    let hanako = || Choice::citizen("hanako");
    scene
        .log_in(hanako(), &[])
        .exits(1)
        .says(&["auth_app.algorithm", "--rs256"]);
    scene
        .log_in(hanako(), &["--rs256", "--require-iss"])
        .exits(0);
}

#[test]
fn another_provider_is_asked_for_its_addresses() {
    let scene = Scene::new();
    let issuer = scene.provider.issuer();
    let answer = scene.log_in(
        Choice::citizen("hanako"),
        &["--discover", "--provider", &issuer, "--scope", "name"],
    );
    answer.exits(0).says(&["架＊＊＊"]);
    assert_eq!(scene.asked(Endpoint::Discovery).len(), 1);
}

#[test]
fn another_provider_that_does_not_describe_itself_is_not_asked() {
    let scene = Scene::new();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let stranger = format!("{}/", scene.provider.issuer());
    for (issuer, status, code) in [
        (nobody, 2, "auth_app.unreachable"),
        (stranger, 1, "auth_app.issuer"),
    ] {
        let changed = scene.arguments().into_iter().map(|argument| {
            let provider = argument == scene.provider.base();
            if provider { issuer.clone() } else { argument }
        });
        let arguments: Vec<_> = changed.chain(["--discover".to_owned()]).collect();
        tashika(arguments).exits(status).complains(&[code]);
    }
}

#[test]
fn what_a_redirect_uri_leads_to_may_be_somewhere_else() {
    let scene = Scene::new();
    let behind = format!("127.0.0.1:{}", free_port());
    let elsewhere = ["--redirect-uri", ELSEWHERE, "--listen", &behind];
    scene
        .log_in(Choice::citizen("hanako"), &elsewhere)
        .exits(0)
        .complains(&["open https://bank.example/start"]);
}

#[test]
fn a_provider_that_is_not_there_is_no_fault_of_the_person() {
    let scene = Scene::new();
    let base = format!("http://127.0.0.1:{}/api", free_port());
    let waiting = scene.start(&["--provider", &base, "--json"]);
    let begun = waiting.begin();
    let back = format!(
        "{}?code=c&state={}",
        waiting.url("/callback"),
        parameter(&begun.url, "state"),
    );
    let page = waiting.get(&back, Some(&begun.cookie));
    assert_eq!(page.status, 503);
    assert_eq!(code(&waiting.end().exits(2)), "auth_app.unreachable");
}
