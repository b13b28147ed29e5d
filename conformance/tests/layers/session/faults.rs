//! A store that cannot be asked.

use tashika::Code;
use tashika_conformance::desk::NOW;

use super::scene::{IDLE, Scene, cookie, log_in, planted, seen, sets_cookie};
use super::watched::{Op, Pace};
use crate::browser::{Answer, Browser};

/// Nobody knows, and the browser keeps what it has.
fn is_undetermined(answer: &Answer) {
    assert_eq!(answer.refused(), Code::TransactionStore);
    assert_eq!(answer.status, 503);
    assert!(answer.headers.contains_key("retry-after"));
    assert!(!sets_cookie(answer));
}

#[tokio::test]
async fn who_cannot_be_looked_up_is_not_taken_for_a_visitor() {
    for pace in Pace::BOTH {
        for scene in [Scene::new(pace), Scene::new(pace).required()] {
            let (app, mut browser) = (scene.app(), Browser::new());
            log_in(&scene, &app, &mut browser).await;
            let me = seen(&app, &mut browser).await;
            scene.store.fail(Op::Read);
            for path in ["/me", "/welcome"] {
                is_undetermined(&browser.get(&app, path).await);
            }
            is_undetermined(&planted(&"A".repeat(43)).get(&app, "/me").await);
            // Who brings nothing is not looked up.
            assert_eq!(Browser::new().get(&app, "/welcome").await.text(), "nobody");
            scene.store.recover();
            assert_eq!(seen(&app, &mut browser).await, me);
        }
    }
}

#[tokio::test]
async fn who_cannot_be_remembered_is_not_logged_in() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        scene.store.fail(Op::Create);
        is_undetermined(&log_in(&scene, &app, &mut browser).await);
        assert_eq!(cookie(&mut browser), None);
        scene.store.recover();
        log_in(&scene, &app, &mut browser).await;
        assert_ne!(seen(&app, &mut browser).await, "nobody");
    }
}

#[tokio::test]
async fn nobody_gets_a_second_session_beside_one_that_may_live() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        let me = seen(&app, &mut browser).await;
        scene.store.fail(Op::End);
        scene.store.asked();
        is_undetermined(&log_in(&scene, &app, &mut browser).await);
        assert!(!scene.store.asked().contains(&Op::Create));
        assert_eq!(seen(&app, &mut browser).await, me);
    }
}

#[tokio::test]
async fn who_could_not_log_out_hears_it_and_can_try_again() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        scene.store.fail(Op::End);
        is_undetermined(&browser.post(&app, "/logout", "text/plain", "").await);
        assert_ne!(seen(&app, &mut browser).await, "nobody");
        scene.store.recover();
        let out = browser.post(&app, "/logout", "text/plain", "").await;
        assert_eq!(out.status, 200);
        assert!(scene.store.sessions().is_empty(NOW));
    }
}

#[tokio::test]
async fn what_cannot_be_prolonged_ends_the_sooner() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        let me = seen(&app, &mut browser).await;
        scene.store.fail(Op::Touch);
        scene.at(IDLE);
        assert_eq!(seen(&app, &mut browser).await, me);
        scene.at(IDLE + 1);
        assert_eq!(seen(&app, &mut browser).await, "nobody");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_used_by_nobody() {
    for pace in Pace::BOTH {
        let scene = Scene::kiosk(pace);
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        scene.store.fail(Op::Take);
        is_undetermined(&browser.get(&app, "/me").await);
    }
}
