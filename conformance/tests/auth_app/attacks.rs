//! Attacks in the browser and between two providers.

use std::num::NonZeroUsize;

use tashika::auth_app::{
    AuthApp, Callback, ClientId, LoginRequest, PendingLogin, Provider, RedirectUri, Refusal,
    RefusalTable, Registration,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::{ClientKey, MemoryStore};
use tashika::{Code, Error};
use tashika_conformance::desk::NOW;
use tashika_testbed::Person;
use tashika_testbed::auth_app::Citizen;
use tashika_testbed::auth_app::{Choice, Settings};

use crate::browser::{Browser, steps};
use crate::scene::{CLIENT, Scene, binding, everything};

const OTHER_URI: &str = "https://bank.example/other/callback";

fn receive(browser: Browser, cookie: Option<&str>, registration: &Registration) -> Code {
    let Browser { begun, query } = browser;
    let callback = Callback::from_query(&query).unwrap();
    let received = begun.pending.receive(callback, cookie, registration, NOW);
    received.unwrap_err().code()
}

fn hanako(scene: &Scene) -> Browser {
    Browser::of(&scene.provider, &scene.registration(), "hanako")
}

/// The attacker's provider, at which the relying party is registered too.
fn other_provider() -> (Scene, Registration) {
    let scene = Scene::with(Settings {
        seed: 2,
        ..Settings::default()
    });
    let provider = Provider::at(&scene.provider.base()).unwrap();
    let client_id = ClientId::new(CLIENT).unwrap();
    let redirect_uri = RedirectUri::new(OTHER_URI).unwrap();
    (scene, Registration::new(provider, client_id, redirect_uri))
}

#[test]
fn a_callback_in_another_browser_is_refused() {
    let scene = Scene::new();
    let registration = scene.registration();
    let (one, other) = (hanako(&scene), hanako(&scene));
    let cookie = other.begun.browser.value().to_owned();
    // Two browsers swap their callbacks.
    assert_eq!(
        receive(one, Some(&cookie), &registration),
        Code::AuthAppBrowser
    );
    // A victim opens the callback of an attacker, who has logged in.
    assert_eq!(receive(other, None, &registration), Code::AuthAppBrowser);
    // And so does nobody learn that somebody stopped.
    let begun = hanako(&scene).begun;
    let stopped = Browser::sent(&scene.provider, begun, &Choice::Cancel);
    assert_eq!(receive(stopped, None, &registration), Code::AuthAppBrowser);
}

#[test]
fn a_code_with_the_state_of_another_login_is_refused() {
    let scene = Scene::new();
    let registration = scene.registration();
    let (mut one, other) = (hanako(&scene), hanako(&scene));
    let cookie = one.begun.browser.value().to_owned();
    one.query = other.query;
    assert_eq!(
        receive(one, Some(&cookie), &registration),
        Code::AuthAppState
    );
}

/// What the URL says may be changed on its way: by an extension, or by the
/// person.
#[tokio::test]
async fn what_is_changed_in_the_front_channel_is_noticed() {
    let scene = Scene::new();
    for (parameter, value, due) in [
        ("acr_values", None, Code::AuthAppAcr),
        ("scope", Some("openid"), Code::AuthAppScope),
        ("nonce", Some("other"), Code::AuthAppNonce),
        ("state", Some("other"), Code::AuthAppState),
        (
            "code_challenge",
            Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            Code::AuthAppCodeRefused,
        ),
    ] {
        let registration = scene.registration();
        let request = LoginRequest::new(everything());
        let mut begun = PendingLogin::begin(binding(), &registration, request).unwrap();
        begun.url = changed(&begun.url, parameter, value);
        let browser = Browser::sent(&scene.provider, begun, &Choice::citizen("hanako"));
        let outcome = browser.finish(&scene.auth_app()).await;
        assert_eq!(outcome.unwrap_err().code(), due, "{parameter}");
    }
}

fn changed(url: &str, parameter: &str, value: Option<&str>) -> String {
    let (endpoint, query) = url.split_once('?').unwrap();
    let mut pairs: Vec<_> = query.split('&').map(str::to_owned).collect();
    let prefix = format!("{parameter}=");
    assert!(pairs.iter().any(|pair| pair.starts_with(&prefix)));
    pairs.retain(|pair| !pair.starts_with(&prefix));
    pairs.extend(value.map(|value| prefix + value));
    format!("{endpoint}?{}", pairs.join("&"))
}

#[tokio::test]
async fn whoever_stops_is_told_apart_from_who_cannot() {
    let scene = Scene::new();
    let table = RefusalTable::standard();
    let learnt = [
        ("certificate_not_valid", Refusal::Certificate),
        ("pin_locked", Refusal::PinLocked),
        ("no_pin", Refusal::NoPin),
        ("app_missing", Refusal::AppMissing),
        ("transaction_expired", Refusal::Expired),
    ];
    let mut learnt = learnt.into_iter();
    let table = learnt.try_fold(table, |table, (name, refusal)| table.with(name, refusal));
    let registration = scene.registration().with_refusals(table.unwrap());
    let due = |choice: &Choice| match choice {
        Choice::Citizen(_) => None,
        Choice::Cancel => Some(Code::AuthAppCancelled),
        Choice::ExpiredCertificate | Choice::RevokedCertificate => Some(Code::AuthAppCertificate),
        Choice::PinLocked => Some(Code::AuthAppPinLocked),
        Choice::NoPin => Some(Code::AuthAppNoPin),
        Choice::AppMissing => Some(Code::AuthAppMissing),
        Choice::Expired => Some(Code::AuthAppExpired),
    };
    for choice in Choice::FAILURES {
        let begun = hanako(&scene).begun;
        let browser = Browser::sent(&scene.provider, begun, &choice);
        let party = steps(&scene, registration.clone());
        let refused = browser.step(&party).await.unwrap_err();
        assert_eq!(Some(refused.code()), due(&choice), "{choice:?}");
    }
}

/// The login waits under its transaction, and is handed out once.
#[tokio::test]
async fn a_callback_serves_once() {
    let scene = Scene::new();
    let key = SealingKey::new("1", &[7; 32]).unwrap();
    let sealer = Sealer::new(key, Vec::new()).unwrap();
    let some = NonZeroUsize::new(10).unwrap();
    let store = MemoryStore::new(some, some);
    let Browser { begun, query } = hanako(&scene);
    let bound = begun.pending.binding().clone();
    let sealed = begun.pending.seal(&sealer).unwrap();
    let client = ClientKey::of(b"browser");
    let put = store.put(bound.transaction, client, bound.expires, sealed, NOW);
    put.unwrap();
    let cookie = begun.browser.value();
    let arrive = || -> Result<(PendingLogin, Callback), Error> {
        let callback = Callback::from_query(&query)?;
        let transaction = callback.transaction()?;
        let sealed = store.take(&transaction, NOW)?;
        let pending = PendingLogin::open(&sealer, &bound.audience, &transaction, &sealed, NOW)?;
        Ok((pending, callback))
    };
    let auth_app = scene.auth_app();
    let (pending, callback) = arrive().unwrap();
    let login = auth_app.finish(pending, callback, Some(cookie), NOW).await;
    assert_eq!(login.unwrap().subject().as_str(), scene.subject);
    assert_eq!(arrive().unwrap_err().code(), Code::TransactionUnknown);
}

/// A relying party that keeps a login and comes again with its code.
#[tokio::test]
async fn a_code_serves_once() {
    let scene = Scene::new();
    let first = hanako(&scene);
    let Browser { begun, query } = first;
    let bound = begun.pending.binding().clone();
    let key = || SealingKey::new("1", &[7; 32]).unwrap();
    let sealer = Sealer::new(key(), Vec::new()).unwrap();
    let sealed = begun.pending.seal(&sealer).unwrap();
    let cookie = Some(begun.browser.value());
    let party = steps(&scene, scene.registration());
    let mut codes = Vec::new();
    for _ in 0..2 {
        let transaction = &bound.transaction;
        let pending = PendingLogin::open(&sealer, &bound.audience, transaction, &sealed, NOW);
        let outcome = party.finish(pending.unwrap(), &query, cookie).await;
        codes.push(outcome.err().map(|fault| fault.code()));
    }
    assert_eq!(codes, [None, Some(Code::AuthAppCodeRefused)]);
}

/// Mix-up: a callback of one provider comes to the redirect URI of another.
#[test]
fn a_callback_of_another_provider_is_refused() {
    let scene = Scene::with(Settings {
        callback_issuer: true,
        ..Settings::default()
    });
    let (_, other) = other_provider();
    let browser = hanako(&scene);
    let cookie = browser.begun.browser.value().to_owned();
    // The browser began at the one and comes to the URI of the other.
    assert_eq!(
        receive(browser, Some(&cookie), &other),
        Code::TransactionForeign
    );
    // The code of the one comes with the state of a login at the other.
    let begun = PendingLogin::begin(binding(), &other, LoginRequest::new(everything()));
    let begun = begun.unwrap();
    let state = parameter(&begun.url, "state");
    let theirs = hanako(&scene).query;
    let ours = parameter(&theirs, "state");
    let query = theirs.replace(&ours, &state);
    let cookie = begun.browser.value().to_owned();
    let mixed = Browser { begun, query };
    assert_eq!(
        receive(mixed, Some(&cookie), &other),
        Code::AuthAppResponseIssuer
    );
}

/// A provider that does not name itself: the code goes where it is of no use.
#[tokio::test]
async fn a_code_of_another_provider_buys_nothing() {
    let scene = Scene::new();
    let (attacker, other) = other_provider();
    let begun = PendingLogin::begin(binding(), &other, LoginRequest::new(everything())).unwrap();
    let state = parameter(&begun.url, "state");
    let theirs = hanako(&scene).query;
    let query = theirs.replace(&parameter(&theirs, "state"), &state);
    let mixed = Browser { begun, query };
    let party = steps(&attacker, other);
    let refused = mixed.step(&party).await.unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppCodeRefused);
}

/// What one provider says of its people is nothing to a login at another.
#[tokio::test]
async fn two_providers_know_one_person_by_two_names() {
    let scene = Scene::new();
    let (second, _) = other_provider();
    let people = Person::everybody(NOW.as_unix());
    second
        .provider
        .enrol(Citizen::new("hanako", people.first().unwrap()));
    let mut subjects = Vec::new();
    for scene in [&scene, &second] {
        let auth_app: AuthApp = scene.auth_app();
        let login = scene.log_in(&auth_app).await.unwrap();
        assert_eq!(login.issuer(), scene.provider.issuer());
        subjects.push(login.subject().as_str().to_owned());
    }
    assert_ne!(subjects.first(), subjects.last());
}

fn parameter(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').unwrap_or(("", url));
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == name).unwrap();
    value.to_owned()
}
