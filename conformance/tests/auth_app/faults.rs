//! Answers that are none, at each endpoint.

use std::time::Duration;

use tashika::auth_app::{AuthAppSettings, Fault};
use tashika::transport::Load;
use tashika::{CheckId, Code, Disposition};
use tashika_testbed::Answer;
use tashika_testbed::auth_app::{Endpoint, Switches};

use crate::scene::{Scene, impatient};

const JSON: &str = "application/json";

/// A page of a gateway, as long as such pages are.
fn page(status: u16) -> Answer {
    let page = format!("<!doctype html><p>{}", "メンテナンス中".repeat(4000));
    Answer::status(status)
        .header("Content-Type", "text/html")
        .body(page)
}

/// What may come, by what code it is known, with its status if it has one.
fn answers() -> Vec<(Answer, Code, Option<u16>)> {
    let object = || Answer::ok(JSON, r#"{"not":"all of it"}"#);
    let huge = || Answer::ok(JSON, "x".repeat(300 * 1024));
    vec![
        (Answer::redirect("/"), Code::AuthAppHttp, None),
        (Answer::gzip_bomb(JSON), Code::AuthAppHttp, None),
        (object().claiming(1 << 40), Code::AuthAppHttp, None),
        (huge(), Code::AuthAppHttp, None),
        (huge().closing(), Code::AuthAppHttp, None),
        (object().header("Bad Name", "x"), Code::AuthAppHttp, None),
        (object().short(3), Code::AuthAppUnreachable, None),
        (object().reset(3), Code::AuthAppUnreachable, None),
        (object().reset(0), Code::AuthAppUnreachable, None),
        (Answer::html(), Code::AuthAppHttp, Some(200)),
        (Answer::status(204), Code::AuthAppHttp, Some(204)),
        (page(404), Code::AuthAppHttp, Some(404)),
        (page(500), Code::AuthAppUnavailable, Some(500)),
        (page(502), Code::AuthAppUnavailable, Some(502)),
        (page(503), Code::AuthAppUnavailable, Some(503)),
        (page(429), Code::AuthAppBusy, Some(429)),
    ]
}

async fn fault_of(scene: &Scene, set: impl FnOnce(&mut Switches), load: &Load) -> Fault {
    let auth_app = scene.auth_app_over(scene.transport(load), AuthAppSettings::standard());
    scene.provider.only(set);
    scene.log_in(&auth_app).await.unwrap_err()
}

/// Also over a transport that would try other requests again.
#[tokio::test]
async fn the_token_endpoint_is_asked_once_whatever_it_answers() {
    let scene = Scene::new();
    for (number, (answer, code, status)) in answers().into_iter().enumerate() {
        let shown = format!("{number} {code}");
        let set = |s: &mut Switches| s.token.instead = Some(answer);
        let fault = fault_of(&scene, set, &Load::standard()).await;
        assert_eq!((fault.code(), fault.status()), (code, status), "{shown}");
        assert_eq!(fault.disposition(), Disposition::Undetermined);
        assert_eq!(fault.retry_after(), None);
        assert!(fault.error().trace().passed(CheckId::AuthAppAuthorized));
        assert_eq!(scene.asked(Endpoint::Token), number + 1, "{shown}");
    }
    assert_eq!(scene.asked(Endpoint::Userinfo), 0);
}

#[tokio::test]
async fn userinfo_fails_in_the_same_ways() {
    let scene = Scene::new();
    let once = Load {
        retries: 0,
        ..Load::standard()
    };
    for (number, (answer, code, status)) in answers().into_iter().enumerate() {
        let set = |s: &mut Switches| s.userinfo.instead = Some(answer);
        let fault = fault_of(&scene, set, &once).await;
        assert_eq!((fault.code(), fault.status()), (code, status), "{number}");
        assert!(fault.error().trace().passed(CheckId::AuthAppSignature));
        assert_eq!(scene.asked(Endpoint::Userinfo), number + 1);
    }
}

#[tokio::test]
async fn what_is_read_with_get_is_asked_again_if_the_transport_does() {
    let scene = Scene::new();
    let load = Load {
        pause: Duration::from_millis(1),
        ..Load::standard()
    };
    let auth_app = scene.auth_app_over(scene.transport(&load), AuthAppSettings::standard());
    scene.provider.only(|s| {
        s.jwks.next = [page(503), page(502)].into();
        s.userinfo.next = [page(504), page(502)].into();
    });
    let login = scene.log_in(&auth_app).await.unwrap();
    assert_eq!(login.subject().as_str(), scene.subject);
    assert_eq!(scene.asked(Endpoint::Jwks), 3);
    assert_eq!(scene.asked(Endpoint::Userinfo), 3);
    assert_eq!(scene.asked(Endpoint::Token), 1);
}

#[tokio::test]
async fn whoever_says_when_to_come_back_is_believed() {
    let scene = Scene::new();
    for (status, code) in [(503, Code::AuthAppUnavailable), (429, Code::AuthAppBusy)] {
        let answer = page(status).header("Retry-After", "77");
        let set = |s: &mut Switches| s.token.instead = Some(answer);
        let fault = fault_of(&scene, set, &Load::standard()).await;
        assert_eq!((fault.code(), fault.status()), (code, Some(status)));
        assert_eq!(fault.retry_after(), Some(Duration::from_secs(77)));
    }
}

#[tokio::test]
async fn time_runs_out_wherever_it_is_spent() {
    let minute = Duration::from_secs(60);
    for answer in [
        Answer::never(),
        Answer::ok(JSON, "{}").after(minute),
        Answer::ok(JSON, "{}").dripping(1, minute),
    ] {
        let scene = Scene::new();
        let auth_app = scene.auth_app_by(impatient());
        let token = answer.clone();
        scene.provider.only(|s| s.token.instead = Some(token));
        let fault = scene.log_in(&auth_app).await.unwrap_err();
        assert_eq!((fault.code(), fault.status()), (Code::AuthAppTimeout, None));
        scene.provider.only(|s| s.userinfo.instead = Some(answer));
        let fault = scene.log_in(&auth_app).await.unwrap_err();
        assert_eq!(fault.code(), Code::AuthAppTimeout);
        assert_eq!(scene.asked(Endpoint::Token), 2);
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let scene = Scene::new();
    let auth_app = scene.auth_app();
    let returned = scene.return_to(&auth_app);
    drop(scene);
    let fault = returned.finish(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppUnreachable);
    assert_eq!(fault.status(), None);
}

#[tokio::test]
async fn what_we_cannot_send_ourselves_is_busy() {
    let scene = Scene::new();
    let full = Load {
        concurrent: 0,
        ..Load::standard()
    };
    let fault = fault_of(&scene, |_| (), &full).await;
    assert_eq!(fault.code(), Code::AuthAppBusy);
    assert_eq!(fault.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(scene.asked(Endpoint::Token), 0);
}

/// Neither what is asked nor what is answered shows up in a fault.
#[tokio::test]
async fn faults_tell_nobody() {
    let scene = Scene::new();
    let secret = r#"{"error":"secret-error","error_description":"secret-text"}"#;
    let answer = Answer::status(400)
        .header("Content-Type", JSON)
        .body(secret);
    let set = |s: &mut Switches| s.token.instead = Some(answer);
    let fault = fault_of(&scene, set, &Load::standard()).await;
    let shown = format!("{fault} {fault:?}");
    assert_eq!(fault.code(), Code::AuthAppHttp);
    assert!(
        !shown.contains("secret") && !shown.contains("127.0.0.1"),
        "{shown}"
    );
}
