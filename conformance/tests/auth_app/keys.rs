//! The provider's keys: fetched seldom, and always when it matters.

use std::sync::Arc;
use std::time::Duration;

use tashika::auth_app::{AuthApp, AuthAppSettings, KeyCachePolicy};
use tashika::{CheckId, Code};
use tashika_testbed::Answer;
use tashika_testbed::auth_app::{Endpoint, KeySet, OldKeys, Switches};

use crate::scene::{Scene, impatient};

/// A policy under which a fetch is due whenever one may be.
const NEVER_KEPT: KeyCachePolicy = KeyCachePolicy {
    lifetime: Duration::ZERO,
    interval: Duration::ZERO,
    stale: Duration::from_secs(3600),
};

fn by(keys: KeyCachePolicy) -> AuthAppSettings {
    AuthAppSettings {
        keys,
        ..AuthAppSettings::standard()
    }
}

/// Fetched again as soon as a key is not known.
fn eager() -> AuthAppSettings {
    by(KeyCachePolicy {
        interval: Duration::ZERO,
        ..KeyCachePolicy::standard()
    })
}

/// The codes of so many logins at once.
async fn at_once(scene: &Arc<Scene>, auth_app: &Arc<AuthApp>, logins: usize) -> Vec<Option<Code>> {
    let tasks: Vec<_> = (0..logins)
        .map(|_| {
            let (scene, auth_app) = (Arc::clone(scene), Arc::clone(auth_app));
            tokio::spawn(async move { scene.log_in(&auth_app).await })
        })
        .collect();
    let mut codes = Vec::new();
    for task in tasks {
        codes.push(task.await.unwrap().err().map(|fault| fault.code()));
    }
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_logins_at_once_fetch_once() {
    let scene = Arc::new(Scene::new());
    let load = tashika::transport::Load {
        concurrent: 1000,
        ..tashika::transport::Load::standard()
    };
    let service = scene.transport(&load);
    let auth_app = Arc::new(scene.auth_app_over(service, AuthAppSettings::standard()));
    let codes = at_once(&scene, &auth_app, 100).await;
    assert_eq!(codes, [None; 100]);
    assert_eq!(scene.asked(Endpoint::Jwks), 1);
    assert_eq!(scene.asked(Endpoint::Token), 100);
}

#[tokio::test]
async fn a_provider_may_rotate_just_before_it_signs() {
    let scene = Scene::new();
    let auth_app = scene.auth_app_by(eager());
    scene.log_in(&auth_app).await.unwrap();
    scene.provider.only(|s| s.id_token.rotated = true);
    scene.log_in(&auth_app).await.unwrap();
    assert_eq!(scene.asked(Endpoint::Jwks), 2);
    scene.provider.only(|_| ());
    scene.log_in(&auth_app).await.unwrap();
    assert_eq!(scene.asked(Endpoint::Jwks), 2);
}

/// Not that it is the provider's: that cannot be known before it is asked.
#[tokio::test]
async fn within_the_interval_a_new_key_is_undetermined() {
    let scene = Scene::new();
    let auth_app = scene.auth_app();
    scene.log_in(&auth_app).await.unwrap();
    scene.provider.rotate();
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppKeysMissing);
    let rest = fault.retry_after().unwrap();
    assert!(rest <= KeyCachePolicy::standard().interval, "{rest:?}");
    assert!(fault.error().trace().passed(CheckId::AuthAppTokenResponse));
    assert_eq!(scene.asked(Endpoint::Jwks), 1);
    assert_eq!(scene.asked(Endpoint::Userinfo), 1);
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_gone_with_the_next_set() {
    let scene = Scene::new();
    let auth_app = scene.auth_app_by(eager());
    scene.log_in(&auth_app).await.unwrap();
    scene.provider.switch(|s| s.keys.old = OldKeys::Withdrawn);
    scene.provider.rotate();
    scene.log_in(&auth_app).await.unwrap();
    let names_the_old = |s: &mut Switches| s.id_token.header.set("kid", "es-1");
    scene.provider.only(names_the_old);
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppKeyUnknown);
    assert_eq!(scene.asked(Endpoint::Jwks), 3);

    // While it is published its name is known, and it is the key that is wrong.
    let scene = Scene::new();
    let auth_app = scene.auth_app_by(eager());
    scene.provider.switch(|s| s.keys.old = OldKeys::Kept);
    scene.provider.rotate();
    scene.provider.only(names_the_old);
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppSignature);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_keys_fetches_once() {
    let scene = Arc::new(Scene::new());
    scene
        .provider
        .only(|s| s.id_token.header.set("kid", "of-nobody"));
    let auth_app = Arc::new(scene.auth_app());
    let codes = at_once(&scene, &auth_app, 50).await;
    for code in &codes {
        let known = [Code::AuthAppKeyUnknown, Code::AuthAppKeysMissing];
        assert!(known.map(Some).contains(code), "{code:?}");
    }
    assert!(codes.contains(&Some(Code::AuthAppKeyUnknown)));
    assert_eq!(scene.asked(Endpoint::Token), 50);
    assert_eq!(scene.asked(Endpoint::Jwks), 1);
    // Who names a key that is there is served meanwhile.
    scene.provider.only(|_| ());
    scene.log_in(&auth_app).await.unwrap();
    assert_eq!(scene.asked(Endpoint::Jwks), 1);
}

/// What may stand in the place of a set, by what code that is known, and the
/// status that is told with it.
type Failure = (fn(&mut Switches), Code, Option<u16>);

fn failures() -> Vec<Failure> {
    fn instead(s: &mut Switches, answer: Answer) {
        s.jwks.instead = Some(answer);
    }
    fn holds(s: &mut Switches, contents: KeySet) {
        s.keys.contents = contents;
    }
    let missing = Code::AuthAppKeysMissing;
    vec![
        (|s| instead(s, Answer::status(500)), missing, Some(500)),
        (|s| instead(s, Answer::status(404)), missing, Some(404)),
        (|s| instead(s, Answer::html()), missing, Some(200)),
        (|s| instead(s, Answer::redirect("/")), missing, None),
        (|s| instead(s, Answer::html().reset(0)), missing, None),
        (|s| holds(s, KeySet::SameName), Code::AuthAppJwks, Some(200)),
        (|s| holds(s, KeySet::Private), Code::AuthAppJwks, Some(200)),
        (|s| holds(s, KeySet::Many(30)), Code::InputJwks, Some(200)),
        (
            |s| s.jwks.text = Some(|text| text.replace('{', "[")),
            Code::InputJwks,
            Some(200),
        ),
    ]
}

#[tokio::test]
async fn without_keys_nobody_logs_in() {
    for (number, (fail, code, status)) in failures().into_iter().enumerate() {
        let scene = Scene::new();
        scene.provider.only(fail);
        let auth_app = scene.auth_app();
        let fault = scene.log_in(&auth_app).await.unwrap_err();
        assert_eq!((fault.code(), fault.status()), (code, status), "{number}");
        assert_eq!(fault.error().check(), CheckId::AuthAppKey);
        assert!(fault.error().trace().passed(CheckId::AuthAppAnswered));
        assert_eq!(scene.asked(Endpoint::Userinfo), 0);
        // The next who comes asks again.
        scene.provider.only(|_| ());
        scene.log_in(&auth_app).await.unwrap();
    }
}

#[tokio::test]
async fn a_set_that_cannot_be_had_anew_serves_on() {
    for (number, (fail, _, status)) in failures().into_iter().enumerate() {
        let scene = Scene::new();
        let auth_app = scene.auth_app_by(by(NEVER_KEPT));
        scene.log_in(&auth_app).await.unwrap();
        scene.provider.only(fail);
        // Also when the endpoint is left alone, which a refusal is no reason for.
        let asked = if status == Some(404) { 8 } else { 6 };
        for _ in 0..7 {
            scene.log_in(&auth_app).await.unwrap();
        }
        assert_eq!(scene.asked(Endpoint::Jwks), asked, "{number}");
    }
}

#[tokio::test]
async fn not_beyond_its_bound() {
    let scene = Scene::new();
    let bound = Duration::from_millis(500);
    let auth_app = scene.auth_app_by(by(KeyCachePolicy {
        stale: bound,
        ..NEVER_KEPT
    }));
    scene.log_in(&auth_app).await.unwrap();
    let tired = Answer::status(503).header("Retry-After", "60");
    scene.provider.only(|s| s.jwks.instead = Some(tired));
    tokio::time::sleep(bound).await;
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppKeysMissing);
    assert_eq!(fault.status(), Some(503));
    assert_eq!(fault.retry_after(), Some(Duration::from_secs(60)));
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppKeysMissing);
    assert_eq!(fault.status(), None);
    assert!(fault.retry_after().is_some());
    assert_eq!(scene.asked(Endpoint::Jwks), 2);
}

#[tokio::test]
async fn a_set_that_does_not_come_in_time_is_not_waited_for() {
    let scene = Scene::new();
    let keys = NEVER_KEPT;
    let auth_app = scene.auth_app_by(AuthAppSettings {
        keys,
        ..impatient()
    });
    scene.log_in(&auth_app).await.unwrap();
    scene
        .provider
        .only(|s| s.jwks.instead = Some(Answer::never()));
    scene.log_in(&auth_app).await.unwrap();
    assert_eq!(scene.asked(Endpoint::Jwks), 2);
}
