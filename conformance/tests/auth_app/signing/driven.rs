//! The same through the drivers, over sockets.

use std::time::Duration;

use tashika::auth_app::signing::{
    OperatorClient, OperatorProfile, PendingSigning, SignInput, SignatureRequest,
    SignerExpectation, SigningOperator, SigningResult, VerifiedSigning,
};
use tashika::auth_app::{AuthApp, Callback, Fault};
use tashika::transport::Tls;
use tashika::{Code, Time};
use tashika_conformance::desk::NOW;
use tashika_testbed::auth_app::{Choice, Endpoint, Reply, ResultForm};
use tashika_testbed::{Answer, Register};

use super::scene::{DOCUMENT, Scene, binding, confirm, inputs, standard};

fn auth_app(scene: &Scene) -> AuthApp {
    let (registration, client) = (scene.registration.clone(), scene.client.clone());
    AuthApp::over(registration, client, Tls::no_roots()).unwrap()
}

fn operator(scene: &Scene) -> OperatorClient {
    let profile = OperatorProfile::standard();
    let operator = SigningOperator::at(&scene.operator.url(), profile).unwrap();
    OperatorClient::over(operator, Tls::no_roots()).unwrap()
}

async fn result(
    scene: &Scene,
    app: &AuthApp,
    input: SignInput,
    now: Time,
) -> Result<SigningResult, Fault> {
    let token = app.signing_token(&scene.profile, now).await?;
    let transaction = app.start_signing(&token, &scene.profile, input).await?;
    let signer = SignerExpectation::SameAs(scene.hanako.clone());
    let begun = PendingSigning::begin(
        binding(),
        app.registration(),
        transaction,
        SignatureRequest::new(signer),
    )?;
    let back = scene
        .provider
        .authorize(&begun.url, Choice::citizen("hanako"));
    let callback = Callback::from_query(back.split_once('?').unwrap().1)?;
    let browser = Some(begun.browser.value());
    let signer = app
        .finish_signing(begun.pending, callback, browser, now)
        .await?;
    app.signing_result(&signer, &scene.profile).await
}

#[tokio::test]
async fn a_document_is_signed_over_the_network() {
    let plain = Scene::new(ResultForm::Plain);
    let app = auth_app(&plain);
    for input in inputs() {
        let result = result(&plain, &app, input, NOW).await.unwrap();
        let proof = confirm(result.plain().unwrap(), &Register::new()).unwrap();
        assert!(proof.is_of(DOCUMENT));
    }
    let sealed = Scene::new(ResultForm::Jwe);
    let (app, operator) = (auth_app(&sealed), operator(&sealed));
    for input in inputs() {
        let result = result(&sealed, &app, input, NOW).await.unwrap();
        let proof: VerifiedSigning = operator.verify(&result.sealed().unwrap()).await.unwrap();
        assert_eq!(proof.subject(), &sealed.hanako);
    }
}

/// Waiting for somebody to sign is no failure of the provider's.
#[tokio::test]
async fn waiting_does_not_open_a_breaker() {
    let scene = Scene::new(ResultForm::Plain);
    let app = auth_app(&scene);
    let signer = scene.signer(&standard(), standard());
    scene
        .provider
        .only(|switches| switches.signing_pending = true);
    for _ in 0..20 {
        let waiting = app.signing_result(&signer, &scene.profile).await;
        assert_eq!(waiting.unwrap_err().code(), Code::AuthAppSigningPending);
    }
    scene.provider.only(|_| ());
    assert!(app.signing_result(&signer, &scene.profile).await.is_ok());
}

#[tokio::test]
async fn an_operator_that_cannot_say_is_asked_again_and_one_that_is_down_is_not() {
    let scene = Scene::new(ResultForm::Jwe);
    let sealed = scene.sealed(&standard(), standard());
    let operator = operator(&scene);
    scene.operator.switch(|switches| {
        switches.reply.members.set("result", "unknown");
    });
    for _ in 0..20 {
        let refused = operator.verify(&sealed).await.unwrap_err();
        assert_eq!(refused.code(), Code::AuthAppSigningUndetermined);
    }
    scene.operator.switch(|switches| {
        let answer = Answer::status(503).header("Retry-After", "7");
        switches.reply = Reply::default();
        switches.reply.instead = Some(answer);
    });
    let refused = operator.verify(&sealed).await.unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppUnavailable);
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(7)));
    let refused = operator.verify(&sealed).await.unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppPaused);
    assert!(refused.retry_after().is_some());
}

/// A transaction is begun once, whatever became of the answer.
#[tokio::test]
async fn nothing_begins_twice() {
    let scene = Scene::new(ResultForm::Plain);
    let app = auth_app(&scene);
    let token = app.signing_token(&scene.profile, NOW).await.unwrap();
    scene.provider.only(|switches| {
        switches.signing_start.delivery = Some(|answer: Answer| answer.reset(1));
    });
    let refused = app.start_signing(&token, &scene.profile, standard()).await;
    assert_eq!(refused.unwrap_err().code(), Code::AuthAppUnreachable);
    let begun = scene.provider.log();
    let begun = begun
        .iter()
        .filter(|event| event.endpoint == Endpoint::StartSigning);
    assert_eq!(begun.count(), 1);
}
