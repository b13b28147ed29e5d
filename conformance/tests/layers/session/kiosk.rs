//! Sessions at a screen that many people use, one after the other.

use http::header::SET_COOKIE;
use tashika::Code;
use tashika_conformance::desk::NOW;

use super::scene::{COOKIE, Scene, cookie, log_in, planted, seen};
use super::watched::{Op, Pace};
use crate::browser::{Answer, Browser};
use crate::challenge::{answer, begin, to};

fn forgets(answer: &Answer) -> bool {
    let clear = answer.headers.get("clear-site-data");
    clear.is_some_and(|clear| clear == r#""cookies", "storage", "cache""#)
}

#[tokio::test]
async fn a_session_is_used_once_and_leaves_nothing() {
    for pace in Pace::BOTH {
        let scene = Scene::kiosk(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        let login = log_in(&scene, &app, &mut browser).await;
        assert!(!forgets(&login));
        let secret = cookie(&mut browser).unwrap();
        let answer = browser.get(&app, "/me").await;
        assert!(answer.text().ends_with("since 0"), "{answer:?}");
        assert!(forgets(&answer));
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(cookie(&mut browser), None);
        assert_eq!(seen(&app, &mut planted(&secret)).await, "nobody");
        assert!(scene.store.sessions().is_empty(NOW));
    }
}

#[tokio::test]
async fn of_two_at_once_one_uses_it() {
    for pace in Pace::BOTH {
        let scene = Scene::kiosk(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        let mut other = browser.clone();
        let (one, other) = tokio::join!(seen(&app, &mut browser), seen(&app, &mut other));
        let nobody = [&one, &other].map(|seen| seen == "nobody");
        assert_ne!(nobody[0], nobody[1], "{one} {other}");
    }
}

#[tokio::test]
async fn logging_out_is_using_it() {
    let scene = Scene::kiosk(Pace::AtOnce);
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    let out = browser.post(&app, "/logout", "text/plain", "").await;
    assert!(forgets(&out));
    let cookies = out.headers.get_all(SET_COOKIE).iter().count();
    assert_eq!((out.status.as_u16(), cookies), (200, 1));
}

#[tokio::test]
async fn what_everybody_may_see_uses_nothing_up() {
    for pace in Pace::BOTH {
        let scene = Scene::kiosk(pace).required();
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        scene.store.asked();
        let answer = browser.get(&app, "/welcome").await;
        assert_eq!(answer.text(), "nobody");
        assert!(!forgets(&answer));
        assert!(scene.store.asked().is_empty());
        assert_ne!(seen(&app, &mut browser).await, "nobody");
        let answer = browser.get(&app, "/me").await;
        assert_eq!(answer.refused(), Code::TransactionSession);
    }
}

/// Somebody has logged in and left, and the next logs in.
#[tokio::test]
async fn whoever_logs_in_ends_what_was_left_behind() {
    for pace in Pace::BOTH {
        for scene in [Scene::kiosk(pace), Scene::kiosk(pace).required()] {
            let (app, mut browser) = (scene.app(), Browser::new());
            log_in(&scene, &app, &mut browser).await;
            let left = cookie(&mut browser).unwrap();
            log_in(&scene, &app, &mut browser).await;
            assert_eq!(scene.store.sessions().len(NOW), 1);
            let old = planted(&left).get(&app, "/me").await;
            assert!(!old.text().contains("since"), "{old:?}");
            assert_ne!(seen(&app, &mut browser).await, "nobody");
        }
    }
}

#[tokio::test]
async fn a_login_that_fails_has_used_up_what_it_came_with() {
    for pace in Pace::BOTH {
        let scene = Scene::kiosk(pace);
        let (app, mut browser, mut before) = (scene.app(), Browser::new(), Browser::new());
        let request = begin(&mut browser, &app).await;
        log_in(&scene, &app, &mut before).await;
        let left = cookie(&mut before).unwrap();
        browser.cookies().insert(COOKIE.to_owned(), left);
        scene.store.fail(Op::Create);
        let response = answer(scene.house.desk.card(), &request);
        let failed = browser.post_json(&app, to(&request), &response).await;
        assert_eq!(failed.refused(), Code::TransactionStore);
        assert!(forgets(&failed));
        assert_eq!(cookie(&mut browser), None);
        assert!(scene.store.sessions().is_empty(NOW));
    }
}

#[tokio::test]
async fn a_session_that_is_used_up_is_not_prolonged() {
    let scene = Scene::kiosk(Pace::AtOnce);
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    scene.at(500);
    scene.store.asked();
    assert_ne!(seen(&app, &mut browser).await, "nobody");
    assert_eq!(scene.store.asked(), [Op::Take]);
}
