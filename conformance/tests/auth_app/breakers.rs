//! Endpoints that are left alone.

use std::time::Duration;

use tashika::Code;
use tashika::auth_app::AuthAppSettings;
use tashika::transport::{BreakerPolicy, BreakerState};
use tashika_testbed::Answer;
use tashika_testbed::auth_app::Endpoint;

use crate::scene::Scene;

/// Two failures, and a pause that a test can wait for.
fn quick() -> AuthAppSettings {
    let breaker = BreakerPolicy {
        failures: 2,
        pause: Duration::from_millis(300),
        longest: Duration::from_secs(300),
    };
    AuthAppSettings {
        breaker,
        ..AuthAppSettings::standard()
    }
}

#[tokio::test]
async fn one_that_fails_is_left_alone_and_comes_back() {
    let scene = Scene::new();
    let auth_app = scene.auth_app_by(quick());
    scene
        .provider
        .only(|s| s.token.instead = Some(Answer::status(500)));
    for _ in 0..2 {
        let fault = scene.log_in(&auth_app).await.unwrap_err();
        assert_eq!(fault.code(), Code::AuthAppUnavailable);
    }
    scene.provider.only(|_| ());
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppPaused);
    assert_eq!(fault.status(), None);
    let rest = fault.retry_after().unwrap();
    assert!(rest <= quick().breaker.pause, "{rest:?}");
    assert_eq!(scene.asked(Endpoint::Token), 2);
    let state = auth_app.state().token;
    assert!(matches!(state.breaker, BreakerState::Open { .. }));
    assert_eq!(state.answered, None);

    tokio::time::sleep(rest).await;
    assert_eq!(auth_app.state().token.breaker, BreakerState::HalfOpen);
    scene.log_in(&auth_app).await.unwrap();
    assert_eq!(auth_app.state().token.breaker, BreakerState::Closed);
}

#[tokio::test]
async fn one_that_asks_for_rest_gets_it() {
    let scene = Scene::new();
    let auth_app = scene.auth_app();
    let tired = Answer::status(503).header("Retry-After", "120");
    scene.provider.only(|s| s.userinfo.next = [tired].into());
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppUnavailable);
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppPaused);
    let rest = fault.retry_after().unwrap().as_secs();
    assert!((110..=120).contains(&rest), "{rest}");
    // The others are asked as before.
    let state = auth_app.state();
    assert_eq!(state.token.breaker, BreakerState::Closed);
    assert_eq!(state.keys.breaker, BreakerState::Closed);
    assert_eq!(scene.asked(Endpoint::Userinfo), 1);
    assert_eq!(scene.asked(Endpoint::Token), 2);
}

/// Otherwise whoever brings a bad code, or one that something before the
/// provider takes for an attack, keeps everybody out.
#[tokio::test]
async fn nobody_can_keep_others_out() {
    let scene = Scene::new();
    let auth_app = scene.auth_app_by(quick());
    let object = |text: &str| Answer::ok("application/json", text);
    let blocked = Answer::status(403).header("Content-Type", "text/html");
    for (answer, code) in [
        (None, Code::AuthAppCodeRefused),
        (Some(blocked.body("<p>")), Code::AuthAppHttp),
        (
            Some(object(r#"{"access_token":"a","token_type":"Bearer"}"#)),
            Code::AuthAppIdTokenMissing,
        ),
    ] {
        for _ in 0..5 {
            scene.provider.only(|s| {
                match &answer {
                    Some(answer) => s.token.instead = Some(answer.clone()),
                    None => s.token_error(400, "invalid_grant"),
                };
            });
            let fault = scene.log_in(&auth_app).await.unwrap_err();
            assert_eq!(fault.code(), code);
        }
        assert_eq!(auth_app.state().token.breaker, BreakerState::Closed);
    }
    scene.provider.only(|_| ());
    scene.log_in(&auth_app).await.unwrap();
}

/// A refusal by something before the provider says nothing of the provider, not
/// even that it is back.
#[tokio::test]
async fn a_page_is_no_proof_of_health() {
    let scene = Scene::new();
    let auth_app = scene.auth_app_by(quick());
    let page = Answer::status(403).header("Content-Type", "text/html");
    scene.provider.only(|s| {
        s.token.next = [Answer::status(500), page, Answer::status(500)].into();
    });
    for code in [
        Code::AuthAppUnavailable,
        Code::AuthAppHttp,
        Code::AuthAppUnavailable,
        Code::AuthAppPaused,
    ] {
        assert_eq!(scene.log_in(&auth_app).await.unwrap_err().code(), code);
    }
}

/// What is no answer of the protocol, with a status that says it is one.
#[tokio::test]
async fn garbage_is_a_failure() {
    let scene = Scene::new();
    for (answer, code) in [
        (Answer::html(), Code::AuthAppHttp),
        (
            Answer::ok("application/json", "["),
            Code::InputTokenResponse,
        ),
    ] {
        let auth_app = scene.auth_app_by(quick());
        scene.provider.only(|s| s.token.instead = Some(answer));
        for code in [code, code, Code::AuthAppPaused] {
            assert_eq!(scene.log_in(&auth_app).await.unwrap_err().code(), code);
        }
    }
}

/// What came of an exchange that nobody waited for says nothing.
#[tokio::test]
async fn whoever_goes_away_is_no_failure() {
    let scene = Scene::new();
    let auth_app = scene.auth_app_by(quick());
    scene
        .provider
        .only(|s| s.token.instead = Some(Answer::never()));
    for _ in 0..3 {
        let login = scene.log_in(&auth_app);
        let gone = tokio::time::timeout(Duration::from_millis(50), login).await;
        assert!(gone.is_err());
    }
    scene.provider.only(|_| ());
    scene.log_in(&auth_app).await.unwrap();
}
