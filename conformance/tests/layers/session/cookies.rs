//! What browsers send in the place of a session's cookie.

use std::sync::Arc;

use axum::body::Body;
use http::Method;
use http::header::COOKIE as HEADER;
use tashika::Code;
use tashika::transaction::RelyingParty;
use tashika_conformance::desk::NOW;
use tashika_tower::{Clients, Clock, Nodes, SessionKeys, SessionStore as _, Site};

use super::scene::{COOKIE, Scene, cookie, keys, log_in, planted, seen, sets_cookie};
use super::watched::{Op, Pace};
use crate::browser::{Browser, request};

/// As long as one, and never given out.
fn never_given_out() -> String {
    "A".repeat(43)
}

#[tokio::test]
async fn a_planted_cookie_is_never_made_a_session() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let app = scene.app();
        let secret = never_given_out();
        let mut victim = planted(&secret);
        log_in(&scene, &app, &mut victim).await;
        assert_ne!(cookie(&mut victim).unwrap(), secret);
        assert_eq!(seen(&app, &mut planted(&secret)).await, "nobody");

        // Nor one that is of the attacker's own session, which ends.
        let mut attacker = Browser::new();
        log_in(&scene, &app, &mut attacker).await;
        let secret = cookie(&mut attacker).unwrap();
        let mut victim = planted(&secret);
        log_in(&scene, &app, &mut victim).await;
        assert_ne!(cookie(&mut victim).unwrap(), secret);
        assert_ne!(seen(&app, &mut victim).await, "nobody");
        assert_eq!(seen(&app, &mut attacker).await, "nobody");
    }
}

#[tokio::test]
async fn what_is_no_session_is_taken_away() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let app = scene.app();
        for (value, asked) in [
            (never_given_out(), &[Op::Read][..]),
            (String::new(), &[]),
            ("A".repeat(42), &[]),
            ("=".repeat(43), &[]),
        ] {
            let mut browser = planted(&value);
            let answer = browser.get(&app, "/me").await;
            assert_eq!(answer.text(), "nobody");
            assert!(sets_cookie(&answer));
            assert_eq!(answer.headers["cache-control"], "no-store");
            assert_eq!(cookie(&mut browser), None);
            assert_eq!(scene.store.asked(), asked);
        }
    }
}

#[tokio::test]
async fn of_two_cookies_neither_counts() {
    let scene = Scene::new(Pace::AtOnce);
    let (app, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &app, &mut browser).await;
    let secret = cookie(&mut browser).unwrap();
    let pair = format!("{COOKIE}={secret}");
    let planted = format!("{COOKIE}={}", never_given_out());
    for lines in [
        &[&format!("{pair}; {planted}")[..]][..],
        &[&format!("{planted}; {pair}")],
        &[&pair, &planted],
        &[&format!("{pair}; {pair}")],
    ] {
        let mut request = request(Method::GET, "/me", Body::empty());
        for line in lines {
            request.headers_mut().append(HEADER, line.parse().unwrap());
        }
        let answer = Browser::new().send(&app, request).await;
        assert_eq!(answer.text(), "nobody", "{lines:?}");
        assert!(sets_cookie(&answer));
    }
    // The session is there for who sends its cookie alone.
    assert_ne!(seen(&app, &mut browser).await, "nobody");
}

#[tokio::test]
async fn keys_change_and_sessions_are_still_found() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (before, mut browser) = (scene.app(), Browser::new());
        log_in(&scene, &before, &mut browser).await;
        let me = seen(&before, &mut browser).await;
        let with = |keys| scene.app_with(scene.site(), keys, scene.certificates());
        let both = with(SessionKeys::from_octets(&[2; 32]).with_earlier(&[1; 32]));
        scene.store.asked();
        assert_eq!(seen(&both, &mut browser).await, me);
        assert_eq!(scene.store.asked(), [Op::Read, Op::Read]);
        let mut other = Browser::new();
        log_in(&scene, &both, &mut other).await;
        scene.store.asked();
        assert_ne!(seen(&both, &mut other).await, "nobody");
        assert_eq!(scene.store.asked(), [Op::Read]);
        let dropped = with(SessionKeys::from_octets(&[2; 32]));
        assert_ne!(seen(&dropped, &mut other).await, "nobody");
        assert_eq!(seen(&dropped, &mut browser).await, "nobody");
    }
}

/// Even where it shares all that is secret.
#[tokio::test]
async fn a_session_of_one_site_is_none_of_another() {
    let scene = Scene::new(Pace::AtOnce);
    let (bank, mut browser) = (scene.app(), Browser::new());
    log_in(&scene, &bank, &mut browser).await;
    let shop = RelyingParty::from_origin("https://shop.example").unwrap();
    let (store, sealer) = (scene.house.site.store(), scene.house.site.sealer());
    let (store, sealer) = (Arc::clone(store), Arc::clone(sealer));
    let shop = Site::new(shop, store, sealer, Nodes::One, Clients::by_peer());
    let shop = shop.unwrap().with_clock(Clock::told(|| NOW));
    let shop = scene.app_with(shop, keys(), scene.certificates());
    assert_ne!(seen(&bank, &mut browser).await, "nobody");
    assert_eq!(seen(&shop, &mut browser).await, "nobody");
}

#[tokio::test]
async fn who_exchanges_two_rows_of_a_store_makes_nobody_another() {
    for pace in Pace::BOTH {
        let scene = Scene::new(pace);
        let (app, mut one, mut other) = (scene.app(), Browser::new(), Browser::new());
        log_in(&scene, &app, &mut one).await;
        let (first, row) = scene.store.created();
        log_in(&scene, &app, &mut other).await;
        let (second, swapped) = scene.store.created();
        let sessions = scene.store.sessions();
        sessions.rewrite(first, swapped.state, NOW).await.unwrap();
        sessions.rewrite(second, row.state, NOW).await.unwrap();
        for browser in [&mut one, &mut other] {
            let answer = browser.get(&app, "/me").await;
            assert_eq!(answer.refused(), Code::TransactionSeal);
            assert_eq!(answer.status, 403);
            assert_eq!(cookie(browser), None);
        }
    }
}
