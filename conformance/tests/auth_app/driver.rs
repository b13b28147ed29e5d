//! Logins that end well, and those that never get to the provider.

use tashika::auth_app::{AuthApp, AuthAppSettings, Provider, Scopes};
use tashika::transport::{BreakerState, Load, Origins, Tls, Transport};
use tashika::{CheckId, Code, Duration};
use tashika_conformance::desk::NOW;
use tashika_testbed::Answer;
use tashika_testbed::auth_app::Endpoint;

use crate::scene::{OPENED, Scene};

#[tokio::test]
async fn somebody_logs_in_and_is_known() {
    let scene = Scene::new();
    let auth_app = AuthApp::over(scene.registration(), scene.client(), Tls::no_roots()).unwrap();
    for logins in 1..=3 {
        let login = scene.log_in(&auth_app).await.unwrap();
        assert_eq!(login.subject().as_str(), scene.subject);
        assert_eq!(login.issuer(), scene.provider.issuer());
        assert_eq!(login.claims().name(), Some("架空　花子"));
        assert_eq!(login.claims().birthdate().unwrap().as_str(), "19850704");
        assert!(login.trace().passed(CheckId::AuthAppAnswered));
        assert_eq!(scene.asked(Endpoint::Token), logins);
        assert_eq!(scene.asked(Endpoint::Userinfo), logins);
        assert_eq!(scene.asked(Endpoint::Jwks), 1);
    }
    let state = auth_app.state();
    for endpoint in [state.token, state.userinfo, state.keys] {
        assert_eq!(endpoint.breaker, BreakerState::Closed);
        assert!(endpoint.answered.is_some());
    }
    let shown = format!("{auth_app:?}");
    assert!(shown.contains(&scene.provider.issuer()), "{shown}");
    assert!(!shown.contains("Bank1"), "{shown}");
}

#[tokio::test]
async fn userinfo_is_not_asked_for_nothing() {
    let scene = Scene::new();
    let auth_app = scene.auth_app();
    let returned = scene.return_with(&auth_app, Scopes::openid());
    let login = returned.finish(&auth_app).await.unwrap();
    assert_eq!(login.subject().as_str(), scene.subject);
    assert_eq!(login.claims().name(), None);
    assert_eq!(scene.asked(Endpoint::Userinfo), 0);
}

/// What the browser brings is looked at before anybody is asked.
#[tokio::test]
async fn a_callback_of_another_browser_asks_nobody() {
    let scene = Scene::new();
    let auth_app = scene.auth_app();
    let returned = scene.return_to(&auth_app);
    let fault = auth_app
        .finish(returned.pending, returned.callback, None, NOW)
        .await
        .unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppBrowser);
    assert!(fault.error().trace().passed(CheckId::AuthAppState));
    assert_eq!((fault.status(), fault.retry_after()), (None, None));
    assert_eq!(scene.asked(Endpoint::Token), 0);
}

#[tokio::test]
async fn nobody_is_asked_before_our_key_signs() {
    let scene = Scene::new();
    let auth_app = scene.auth_app();
    let too_early = OPENED.minus(Duration::seconds(1));
    let returned = scene.return_to(&auth_app);
    let fault = auth_app
        .finish(
            returned.pending,
            returned.callback,
            Some(&returned.cookie),
            too_early,
        )
        .await
        .unwrap_err();
    assert_eq!(fault.code(), Code::MisuseArgument);
    assert!(fault.error().trace().passed(CheckId::AuthAppAuthorized));
    assert_eq!(scene.asked(Endpoint::Token), 0);
}

/// What the provider refuses is said as it says it, with what had passed.
#[tokio::test]
async fn a_refusal_has_its_status() {
    let scene = Scene::new();
    let auth_app = scene.auth_app();
    for (status, error, code) in [
        (400, "invalid_grant", Code::AuthAppCodeRefused),
        (401, "invalid_client", Code::AuthAppInvalidClient),
        (400, "invalid_scope", Code::AuthAppClientRefused),
    ] {
        scene.provider.only(|s| s.token_error(status, error));
        let fault = scene.log_in(&auth_app).await.unwrap_err();
        assert_eq!(fault.code(), code);
        assert_eq!(fault.status(), Some(status));
        assert!(fault.error().trace().passed(CheckId::AuthAppAuthorized));
    }
    scene.provider.only(|s| {
        s.userinfo.instead = Some(Answer::status(401));
    });
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppTokenRefused);
    assert_eq!(fault.status(), Some(401));
    let trace = fault.error().trace();
    assert!(trace.passed(CheckId::AuthAppSignature) && trace.passed(CheckId::AuthAppAcr));
}

#[tokio::test]
async fn a_provider_describes_itself() {
    let scene = Scene::new();
    let service = scene.transport(&Load::standard());
    let issuer = scene.provider.issuer();
    let provider = Provider::discover(service.clone(), &issuer).await.unwrap();
    assert_eq!(
        provider.token_endpoint(),
        scene.provider.url(Endpoint::Token)
    );
    let registration = scene.registration_at(provider);
    let auth_app = AuthApp::new(registration, scene.client(), service);
    let login = scene.log_in(&auth_app).await.unwrap();
    assert_eq!(login.subject().as_str(), scene.subject);
}

#[tokio::test]
async fn a_description_is_of_whom_was_asked() {
    let scene = Scene::new();
    let issuer = scene.provider.issuer();
    let discover = |issuer: String| {
        let service = scene.transport(&Load::standard());
        async move {
            let found = Provider::discover(service, &issuer).await;
            found
                .map(drop)
                .map_err(|fault| (fault.code(), fault.status()))
        }
    };
    for issuer in ["http://op.example", "op.example", "ftp://127.0.0.1"] {
        let refused = discover(issuer.to_owned()).await;
        assert_eq!(refused, Err((Code::MisuseArgument, None)), "{issuer}");
    }
    // Not even by a service that could.
    let open = Origins::none().plain_http("http://op.example").unwrap();
    let open = Transport::builder(open, Tls::no_roots()).build().unwrap();
    let fault = Provider::discover(open, "http://op.example").await;
    assert_eq!(fault.unwrap_err().code(), Code::MisuseArgument);
    let elsewhere = discover("https://op.example".to_owned()).await;
    assert_eq!(elsewhere, Err((Code::MisuseArgument, None)));
    assert_eq!(scene.asked(Endpoint::Discovery), 0);

    scene
        .provider
        .only(|s| s.discovery.members.set("issuer", "https://op.example"));
    let another = discover(issuer.clone()).await;
    assert_eq!(another, Err((Code::AuthAppIssuer, Some(200))));
    let page = Answer::status(503).header("Content-Type", "text/html");
    for (answer, refused) in [
        (Answer::html(), (Code::AuthAppHttp, Some(200))),
        (page.body("<p>"), (Code::AuthAppUnavailable, Some(503))),
        (Answer::status(404), (Code::AuthAppHttp, Some(404))),
        (
            Answer::ok("application/json", "{}").reset(0),
            (Code::AuthAppUnreachable, None),
        ),
    ] {
        scene.provider.only(|s| s.discovery.instead = Some(answer));
        assert_eq!(discover(issuer.clone()).await, Err(refused));
    }
}

/// A service that may not ask the provider is configured wrong; that is no
/// failure of the provider's.
#[tokio::test]
async fn origins_are_configured() {
    let scene = Scene::new();
    let origins = Origins::none().plain_http("http://127.0.0.1:1").unwrap();
    let transport = Transport::builder(origins, Tls::no_roots()).build();
    let client = transport.unwrap().under(&Load::standard());
    let auth_app = scene.auth_app_over(client, AuthAppSettings::standard());
    for _ in 0..10 {
        let fault = scene.log_in(&auth_app).await.unwrap_err();
        assert_eq!(fault.code(), Code::MisuseArgument);
    }
    assert_eq!(auth_app.state().token.breaker, BreakerState::Closed);
    assert_eq!(scene.asked(Endpoint::Token), 0);
}
