//! Certificates that are revoked while somebody is logged in.

use axum::Router;
use tashika::revocation::ListSet;
use tashika::{Code, Duration};
use tashika_conformance::desk::NOW;
use tashika_testbed::{Kind, Reason, Register};
use tashika_tower::{Recheck, WhenUndetermined};

use super::scene::{Scene, cookie, log_in, planted, seen};
use super::watched::{Op, Pace};
use crate::browser::Browser;

const AFTER: i64 = 60;
const LIMIT: i64 = 200;

fn scene(pace: Pace, undetermined: WhenUndetermined) -> Scene {
    let mut scene = Scene::new(pace);
    scene.policy.recheck = Recheck::After(Duration::seconds(AFTER), undetermined);
    scene
}

/// Today's lists, with the card of the person at the desk.
fn revoked(scene: &Scene) -> ListSet {
    let (mut register, card) = (Register::new(), scene.house.desk.card());
    let reason = Reason::AffiliationChanged;
    register.revoke(card, Kind::Authentication, reason, NOW.as_unix());
    scene.house.lists(&register)
}

async fn logged_in(scene: &Scene) -> (Router, Browser, String) {
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(scene, &app, &mut browser).await;
    let me = seen(&app, &mut browser).await;
    assert_eq!(scene.asked(), 0);
    scene.store.asked();
    (app, browser, me)
}

#[tokio::test]
async fn a_certificate_is_asked_about_when_the_answer_is_old() {
    for pace in Pace::BOTH {
        let scene = scene(pace, WhenUndetermined::Refuse);
        let (app, mut browser, me) = logged_in(&scene).await;
        scene.at(AFTER);
        assert_eq!(seen(&app, &mut browser).await, me);
        assert_eq!(scene.asked(), 0);
        scene.at(AFTER + 1);
        assert_eq!(seen(&app, &mut browser).await, me);
        assert_eq!(scene.asked(), 1);
        assert_eq!(scene.store.asked(), [Op::Read, Op::Read, Op::Rewrite]);
        // The answer is remembered.
        scene.at(2 * AFTER + 1);
        assert_eq!(seen(&app, &mut browser).await, me);
        assert_eq!(scene.asked(), 0);
        scene.at(2 * AFTER + 2);
        assert_eq!(seen(&app, &mut browser).await, me);
        assert_eq!(scene.asked(), 1);
    }
}

#[tokio::test]
async fn who_is_revoked_is_out() {
    for pace in Pace::BOTH {
        let go_on = WhenUndetermined::DangerGoOn(Duration::seconds(LIMIT));
        for undetermined in [WhenUndetermined::Refuse, go_on] {
            let scene = scene(pace, undetermined);
            let (app, mut browser, me) = logged_in(&scene).await;
            let secret = cookie(&mut browser).unwrap();
            scene.exchange(revoked(&scene));
            scene.at(AFTER);
            assert_eq!(seen(&app, &mut browser).await, me);
            scene.at(AFTER + 1);
            let answer = browser.get(&app, "/me").await;
            // Why is not told outside, which `refused` looks at.
            assert_eq!(answer.refused(), Code::RevokedAffiliationChanged);
            assert_eq!(answer.status, 403);
            assert_eq!(answer.json()["code"], "revoked");
            assert_eq!(cookie(&mut browser), None);
            assert!(scene.store.sessions().is_empty(NOW));
            assert_eq!(seen(&app, &mut planted(&secret)).await, "nobody");
        }
    }
}

#[tokio::test]
async fn who_is_revoked_and_cannot_be_ended_stays_out() {
    for pace in Pace::BOTH {
        let scene = scene(pace, WhenUndetermined::Refuse);
        let (app, mut browser, _) = logged_in(&scene).await;
        let secret = cookie(&mut browser).unwrap();
        scene.exchange(revoked(&scene));
        scene.store.fail(Op::End);
        scene.at(AFTER + 1);
        for _ in 0..2 {
            let answer = planted(&secret).get(&app, "/me").await;
            assert_eq!(answer.refused(), Code::RevokedAffiliationChanged);
        }
    }
}

#[tokio::test]
async fn who_could_not_be_asked_about_waits_for_the_answer() {
    for pace in Pace::BOTH {
        let scene = scene(pace, WhenUndetermined::Refuse);
        let (app, mut browser, me) = logged_in(&scene).await;
        scene.exchange(ListSet::new());
        scene.at(AFTER + 1);
        let answer = browser.get(&app, "/me").await;
        assert_eq!(answer.refused(), Code::RevocationMissing);
        assert_eq!(answer.status, 503);
        assert!(cookie(&mut browser).is_some());
        scene.exchange(scene.house.lists(&Register::new()));
        assert_eq!(seen(&app, &mut browser).await, me);
    }
}

#[tokio::test]
async fn who_goes_on_without_an_answer_does_so_for_a_while() {
    for pace in Pace::BOTH {
        let limit = WhenUndetermined::DangerGoOn(Duration::seconds(LIMIT));
        let scene = scene(pace, limit);
        let (app, mut browser, me) = logged_in(&scene).await;
        scene.exchange(ListSet::new());
        for seconds in [AFTER + 1, LIMIT - 1, LIMIT] {
            scene.at(seconds);
            assert_eq!(seen(&app, &mut browser).await, me);
            assert_eq!(scene.asked(), 1);
        }
        scene.at(LIMIT + 1);
        let answer = browser.get(&app, "/me").await;
        assert_eq!(answer.refused(), Code::RevocationMissing);
        scene.exchange(revoked(&scene));
        let answer = browser.get(&app, "/me").await;
        assert_eq!(answer.refused(), Code::RevokedAffiliationChanged);
    }
}

#[tokio::test]
async fn a_good_answer_that_cannot_be_kept_is_good_once() {
    for pace in Pace::BOTH {
        let scene = scene(pace, WhenUndetermined::Refuse);
        let (app, mut browser, me) = logged_in(&scene).await;
        scene.store.fail(Op::Rewrite);
        scene.at(AFTER + 1);
        for _ in 0..2 {
            assert_eq!(seen(&app, &mut browser).await, me);
            assert_eq!(scene.asked(), 1);
        }
    }
}

#[tokio::test]
async fn a_kiosk_asks_about_an_old_login_too() {
    for pace in Pace::BOTH {
        let mut scene = scene(pace, WhenUndetermined::Refuse);
        scene.policy.mode = tashika_tower::SessionMode::Kiosk;
        let (app, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &app, &mut browser).await;
        scene.exchange(revoked(&scene));
        scene.at(AFTER + 1);
        let answer = browser.get(&app, "/me").await;
        assert_eq!(answer.refused(), Code::RevokedAffiliationChanged);
        assert!(answer.headers.contains_key("clear-site-data"));
        assert_eq!(cookie(&mut browser), None);
    }
}

#[tokio::test]
async fn who_does_not_ask_again_does_not_know() {
    let scene = Scene::new(Pace::AtOnce);
    let (app, mut browser, me) = logged_in(&scene).await;
    scene.exchange(revoked(&scene));
    scene.at(500);
    assert_eq!(seen(&app, &mut browser).await, me);
    assert_eq!(scene.asked(), 0);
}
