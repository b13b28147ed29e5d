//! From login to logout.

use axum::body::Body;
use der::Decode as _;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use serde_json::json;
use tashika::jpki::Kind;
use tashika::transaction::ClientKey;
use tashika::{Code, Duration, Time};
use tashika_conformance::desk::NOW;
use tashika_tower::{Certificates, SessionPolicy, SessionStore as _};
use tower_http::csrf::CsrfLayer;

use super::scene::{ABSOLUTE, IDLE, Scene, cookie, keys, log_in, planted, seen, sets_cookie};
use super::watched::{Op, Pace};
use crate::browser::{Browser, request};
use crate::challenge::{answer, begin, to};

#[tokio::test]
async fn a_session_lives_from_login_to_logout() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        assert_eq!(seen(&app, &mut browser).await, "nobody");
        assert!(scene.store.asked().is_empty());
        let answer = log_in(&scene, &app, &mut browser).await;
        assert_eq!((answer.status, answer.refusal), (StatusCode::OK, None));
        assert_eq!(browser.cookies().len(), 1);
        let me = seen(&app, &mut browser).await;
        assert!(me.ends_with("since 0"), "{me}");
        assert_eq!(seen(&app, &mut browser).await, me);
        let secret = cookie(&mut browser).unwrap();
        assert!(!me.contains(&secret));

        let out = browser.post(&app, "/logout", "text/plain", "").await;
        assert_eq!(out.status, 200);
        assert_eq!(cookie(&mut browser), None);
        let mut kept = planted(&secret);
        assert_eq!(seen(&app, &mut kept).await, "nobody");
        assert_eq!(cookie(&mut kept), None);
        assert!(scene.store.sessions().is_empty(NOW));
    }
}

#[tokio::test]
async fn every_login_begins_another_session_and_ends_that_before() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        let (first, me) = (
            cookie(&mut browser).unwrap(),
            seen(&app, &mut browser).await,
        );
        log_in(&scene, &app, &mut browser).await;
        assert_ne!(cookie(&mut browser).unwrap(), first);
        assert_ne!(seen(&app, &mut browser).await, me);
        assert_eq!(seen(&app, &mut planted(&first)).await, "nobody");
        assert_eq!(scene.store.sessions().len(NOW), 1);
    }
}

#[tokio::test]
async fn whom_the_service_refuses_after_all_has_no_session() {
    let scene = Scene::new(Pace::AtOnce);
    for (status, begins) in [
        (StatusCode::FORBIDDEN, false),
        (StatusCode::INTERNAL_SERVER_ERROR, false),
        (StatusCode::SEE_OTHER, true),
        (StatusCode::CREATED, true),
    ] {
        let (app, mut browser) = (scene.app(), Browser::new());
        let asked = begin(&mut browser, &app).await;
        let body = answer(scene.house.desk.card(), &asked).to_string();
        let mut request = request(Method::POST, to(&asked), Body::from(body));
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert("x-status", status.as_str().parse().unwrap());
        let answer = browser.send(&app, request).await;
        assert_eq!(answer.status, status);
        assert_eq!(sets_cookie(&answer), begins, "{status}");
        assert_eq!(seen(&app, &mut browser).await != "nobody", begins);
    }
}

#[tokio::test]
async fn a_login_that_is_refused_leaves_the_session_as_it_was() {
    let scene = Scene::new(Pace::AtOnce);
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    let me = seen(&app, &mut browser).await;
    let request = begin(&mut browser, &app).await;
    let wrong = json!({ "certificate": "AQI=", "signature": "AQI=" });
    let answer = browser.post_json(&app, to(&request), &wrong).await;
    assert_eq!(answer.refused(), Code::InputCertificate);
    assert_eq!(seen(&app, &mut browser).await, me);
}

#[tokio::test]
async fn who_does_nothing_for_too_long_is_out() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        let me = seen(&app, &mut browser).await;
        scene.store.asked();
        // Little of the wait is over, and nobody is told.
        scene.at(IDLE / 8);
        assert_eq!(seen(&app, &mut browser).await, me);
        assert_eq!(scene.store.asked(), [Op::Read]);
        scene.at(IDLE);
        assert_eq!(seen(&app, &mut browser).await, me);
        assert_eq!(scene.store.asked(), [Op::Read, Op::Touch]);
        scene.at(2 * IDLE);
        assert_eq!(seen(&app, &mut browser).await, me);
        scene.at(3 * IDLE + 1);
        assert_eq!(seen(&app, &mut browser).await, "nobody");
        assert_eq!(cookie(&mut browser), None);
    }
}

#[tokio::test]
async fn nobody_stays_for_ever() {
    let scene = Scene::new(Pace::AtOnce);
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    let me = seen(&app, &mut browser).await;
    for minute in 0..=ABSOLUTE / 60 {
        scene.at(60 * minute);
        assert_eq!(seen(&app, &mut browser).await, me);
    }
    scene.at(ABSOLUTE + 1);
    assert_eq!(seen(&app, &mut browser).await, "nobody");
}

/// Whoever can write to the store can prolong the wait, and not the life.
#[tokio::test]
async fn the_end_of_a_session_is_sealed() {
    let scene = Scene::new(Pace::AtOnce);
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    let (key, mut entry) = scene.store.created();
    let late = NOW.plus(Duration::hours(9));
    (entry.idle_until, entry.ends) = (late, late);
    let sessions = scene.store.sessions();
    sessions.end(key).await.unwrap();
    let client = ClientKey::of(b"whoever writes to it");
    sessions.create(key, entry, client, NOW).await.unwrap();
    scene.at(ABSOLUTE);
    assert_ne!(seen(&app, &mut browser).await, "nobody");
    scene.at(ABSOLUTE + 1);
    assert_eq!(seen(&app, &mut browser).await, "nobody");
    assert_eq!(cookie(&mut browser), None);
}

#[tokio::test]
async fn no_session_outlives_its_certificate() {
    let mut scene = Scene::new(Pace::AtOnce);
    let century = Duration::hours(24 * 365 * 100);
    scene.policy = SessionPolicy {
        idle: century,
        absolute: century,
        ..scene.policy
    };
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    let (_, entry) = scene.store.created();
    let certificate = scene.house.desk.card().authentication().certificate();
    let certificate = x509_cert::Certificate::from_der(certificate).unwrap();
    let not_after = certificate.tbs_certificate().validity().not_after;
    let not_after = i64::try_from(not_after.to_unix_duration().as_secs()).unwrap();
    assert_eq!(entry.ends, Time::from_unix(not_after));
    assert_eq!(entry.ends, entry.idle_until);
}

#[tokio::test]
async fn where_a_session_is_required_nobody_else_passes() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace).required();
        let (app, mut browser) = (scene.app(), Browser::new());
        for path in ["/me", "/", "/welcome/", "/login/answer/"] {
            let answer = browser.get(&app, path).await;
            assert_eq!(answer.refused(), Code::TransactionSession, "{path}");
            assert_eq!(answer.status, 403);
        }
        assert_eq!(browser.get(&app, "/welcome").await.text(), "nobody");
        log_in(&scene, &app, &mut browser).await;
        let me = seen(&app, &mut browser).await;
        assert_eq!(browser.get(&app, "/welcome").await.text(), me);
        scene.at(IDLE + 1);
        let answer = browser.get(&app, "/me").await;
        assert_eq!(answer.refused(), Code::TransactionSession);
        assert_eq!(cookie(&mut browser), None);
    }
}

#[tokio::test]
async fn nobody_logs_in_by_what_nobody_could_ask_about_again() {
    let scene = Scene::new(Pace::AtOnce);
    let app = scene.app_with(scene.site(), keys(), Certificates::none());
    let mut browser = Browser::new();
    let answer = log_in(&scene, &app, &mut browser).await;
    assert_eq!(answer.refused(), Code::MisuseLayer);
    assert_eq!(answer.status, 500);
    assert_eq!(cookie(&mut browser), None);
    // Those of the other kind are others.
    let trust = scene.house.desk.trust().clone();
    let certificates = Certificates::none().with(Kind::Signing, trust, scene.revocation());
    let app = scene.app_with(scene.site(), keys(), certificates);
    let answer = log_in(&scene, &app, &mut Browser::new()).await;
    assert_eq!(answer.refused(), Code::MisuseLayer);
}

#[tokio::test]
async fn requests_of_other_sites_do_not_reach_a_session() {
    let scene = Scene::new(Pace::AtOnce);
    let (app, mut browser) = (scene.app().layer(CsrfLayer::new()), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    let me = seen(&app, &mut browser).await;
    for (site, origin, status) in [
        ("cross-site", "https://evil.example", 403),
        ("same-site", "https://other.bank.example", 403),
        ("same-origin", "https://bank.example", 200),
    ] {
        let mut request = request(Method::POST, "/me", Body::empty());
        let headers = request.headers_mut();
        headers.insert("sec-fetch-site", site.parse().unwrap());
        headers.insert("origin", origin.parse().unwrap());
        headers.insert("host", "bank.example".parse().unwrap());
        scene.store.asked();
        let answer = browser.send(&app, request).await;
        assert_eq!(answer.status, status, "{site}");
        let reached = !scene.store.asked().is_empty();
        assert_eq!(reached, status == 200, "{site}");
        assert_eq!(answer.text() == me, status == 200, "{site}");
    }
    // Whoever follows a link from there is who they were.
    let mut request = request(Method::GET, "/me", Body::empty());
    let cross_site = "cross-site".parse().unwrap();
    request.headers_mut().insert("sec-fetch-site", cross_site);
    assert_eq!(browser.send(&app, request).await.text(), me);
}
