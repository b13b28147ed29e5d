//! Logins with the auth app.

mod attacks;
mod crowd;
mod outages;
mod outset;
pub(crate) mod scene;
mod sessions;

use http::header::LOCATION;
use tashika::Code;
use tashika_testbed::auth_app::{Choice, Endpoint};
use tashika_tower::Landing;

use crate::browser::Browser;
use scene::{Bank, CALLBACK};

#[tokio::test]
async fn somebody_logs_in_and_the_handler_knows_them() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    let url = bank
        .begin(&app, &mut browser, "?return_to=/account?tab=2")
        .await;
    assert_eq!(browser.cookies().len(), 1);
    let back = bank.sent_back(&url, &Choice::citizen("hanako"));
    let seen = browser.get(&app, &back).await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.headers["cache-control"], "no-store");
    assert_eq!(seen.json()["subject"], bank.subject("hanako"));
    assert_eq!(seen.json()["name"], "架空　花子");
    assert_eq!(seen.json()["return_to"], "/account?tab=2");
    assert_eq!(seen.json()["arrival"], "login");
    assert!(browser.cookies().is_empty());
    assert!(bank.nothing_waits());
    // What is for nobody here passes.
    assert_eq!(browser.get(&app, "/").await.text(), "home");
}

#[tokio::test]
async fn who_says_not_where_to_comes_home() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let seen = bank.log_in(&app, &mut Browser::new(), "", "hanako").await;
    assert_eq!(seen.json()["return_to"], "/home");
}

#[tokio::test]
async fn a_callback_serves_once() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    let url = bank.begin(&app, &mut browser, "").await;
    let back = bank.sent_back(&url, &Choice::citizen("hanako"));
    let mut twin = browser.clone();
    assert_eq!(browser.get(&app, &back).await.status, 200);
    // From the history, and from a browser that never saw the first answer.
    let again = browser.get(&app, &back).await;
    assert_eq!(again.refused(), Code::AuthAppBrowser);
    let again = twin.get(&app, &back).await;
    assert_eq!(
        (again.refused(), again.status.as_u16()),
        (Code::TransactionUnknown, 403)
    );
    assert_eq!(bank.asked(Endpoint::Token), 1);
}

#[tokio::test]
async fn two_tabs_do_not_disturb_each_other() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    let first = bank.begin(&app, &mut browser, "?return_to=/first").await;
    let second = bank.begin(&app, &mut browser, "?return_to=/second").await;
    assert_eq!(browser.cookies().len(), 2);
    for (url, person, return_to) in [(second, "taro", "/second"), (first, "hanako", "/first")] {
        let back = bank.sent_back(&url, &Choice::citizen(person));
        let seen = browser.get(&app, &back).await;
        assert_eq!(seen.json()["subject"], bank.subject(person));
        assert_eq!(seen.json()["return_to"], return_to);
    }
    assert!(browser.cookies().is_empty());
}

#[tokio::test]
async fn nobody_waits_longer_than_a_transaction_lives() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    for (seconds, status) in [(600, 200), (601, 403)] {
        let url = bank.begin(&app, &mut browser, "").await;
        bank.wait(seconds);
        let back = bank.sent_back(&url, &Choice::citizen("hanako"));
        let seen = browser.get(&app, &back).await;
        assert_eq!(seen.status, status);
        let late = (status == 403).then_some(Code::TransactionUnknown);
        assert_eq!(seen.refusal, late);
    }
}

#[tokio::test]
async fn who_stops_or_cannot_is_told_so() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    for (choice, code) in [
        (Choice::Cancel, Code::AuthAppCancelled),
        (Choice::PinLocked, Code::AuthAppPinLocked),
        (Choice::AppMissing, Code::AuthAppRefused),
    ] {
        let url = bank.begin(&app, &mut browser, "").await;
        let back = bank.sent_back(&url, &choice);
        let refused = browser.get(&app, &back).await;
        assert_eq!((refused.refused(), refused.status.as_u16()), (code, 403));
        // It has ended.
        let again = browser.get(&app, &back).await;
        assert_eq!(again.refused(), Code::TransactionUnknown);
    }
    assert_eq!(bank.asked(Endpoint::Token), 0);
}

#[tokio::test]
async fn methods_are_those_of_links_and_forms() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    for (method, path, allow) in [
        ("PUT", "/auth/login", "GET, POST"),
        ("HEAD", "/auth/login", "GET, POST"),
        ("DELETE", "/auth/relink", "GET, POST"),
        ("POST", CALLBACK, "GET"),
        ("GET", "/auth/logout", "POST"),
    ] {
        let method = method.parse().unwrap();
        let refused = browser.request(&app, method, path).await;
        assert_eq!(refused.refusal, Some(Code::InputMethod), "{path}");
        assert_eq!(
            (refused.status.as_u16(), &refused.headers["allow"]),
            (405, &allow.parse().unwrap())
        );
        assert!(!refused.headers.contains_key(LOCATION));
    }
    assert!(bank.nothing_waits());
}
