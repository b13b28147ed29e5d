//! Logins and the sessions that they begin, change and need.

use axum::Router;
use axum::body::Body;
use http::header::{ACCEPT, LOCATION, SET_COOKIE};
use http::{Method, Request};
use tashika::Code;
use tashika_testbed::auth_app::{Choice, Endpoint};
use tashika_tower::Landing;

use super::scene::{Bank, sent_on};
use crate::browser::{Answer, Browser, request};

/// Whom the session of a browser is of.
async fn account(app: &Router, browser: &mut Browser) -> String {
    browser.get(app, "/account").await.text().to_owned()
}

const SESSION: &str = "__Host-tashika-session";

#[tokio::test]
async fn who_has_logged_in_is_sent_to_where_they_wanted() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.layer(Landing::Redirect));
    let mut browser = Browser::new();
    assert_eq!(account(&app, &mut browser).await, "nobody");
    let mut cookies = Vec::new();
    for person in ["hanako", "taro"] {
        let query = "?return_to=/account?tab=2";
        let onwards = bank.log_in(&app, &mut browser, query, person).await;
        // Nothing of the callback stays in the address bar.
        assert_eq!(sent_on(&onwards), "/account?tab=2");
        assert_eq!(onwards.text(), "");
        assert_eq!(account(&app, &mut browser).await, bank.subject(person));
        let [cookie] = browser
            .cookies()
            .values()
            .cloned()
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        cookies.push(cookie);
    }
    // Another login is another session, and ends the first.
    assert_ne!(cookies[0], cookies[1]);
    let mut first = Browser::new();
    first
        .cookies()
        .insert(SESSION.to_owned(), cookies[0].clone());
    assert_eq!(account(&app, &mut first).await, "nobody");
    let onwards = bank.log_in(&app, &mut browser, "", "hanako").await;
    assert_eq!(sent_on(&onwards), "/home");
}

#[tokio::test]
async fn whom_the_handler_refuses_has_no_session() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    let refused = bank
        .log_in(&app, &mut browser, "?return_to=/refuse", "hanako")
        .await;
    assert_eq!(
        (refused.status.as_u16(), refused.text()),
        (403, "no account")
    );
    assert!(browser.cookies().is_empty());
    let seen = bank.log_in(&app, &mut browser, "", "hanako").await;
    assert_eq!(
        (seen.status.as_u16(), &seen.json()["arrival"]),
        (200, &"login".into())
    );
    assert_eq!(account(&app, &mut browser).await, bank.subject("hanako"));
    // Somebody who has a session logs in, and does not relink it.
    let seen = bank.log_in(&app, &mut browser, "", "taro").await;
    assert_eq!(seen.json()["arrival"], "login");
}

#[tokio::test]
async fn a_refused_login_leaves_the_session_as_it_is() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.layer(Landing::Redirect));
    let mut browser = Browser::new();
    bank.log_in(&app, &mut browser, "", "hanako").await;
    let url = bank.begin(&app, &mut browser, "").await;
    let back = bank.sent_back(&url, &Choice::Cancel);
    let refused = browser.get(&app, &back).await;
    assert_eq!(refused.refused(), Code::AuthAppCancelled);
    assert_eq!(account(&app, &mut browser).await, bank.subject("hanako"));
}

#[tokio::test]
async fn who_logs_out_has_no_session_anywhere() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.layer(Landing::Redirect));
    let mut browser = Browser::new();
    bank.log_in(&app, &mut browser, "", "hanako").await;
    let mut twin = browser.clone();
    // A link, as of an image on another site, does not do it.
    let refused = browser.get(&app, "/auth/logout").await;
    assert_eq!(refused.refused(), Code::InputMethod);
    assert_eq!(account(&app, &mut browser).await, bank.subject("hanako"));

    let bye = browser
        .post(
            &app,
            "/auth/logout?return_to=//evil.example",
            "text/plain",
            "",
        )
        .await;
    assert_eq!(sent_on(&bye), "/bye");
    assert!(browser.cookies().is_empty());
    assert_eq!(account(&app, &mut twin).await, "nobody");
    // Who has none is sent on as well.
    let bye = browser.request(&app, Method::POST, "/auth/logout").await;
    assert_eq!(sent_on(&bye), "/bye");
}

/// Begins to relink the account of a session, with the card of somebody.
async fn relink(bank: &Bank, app: &Router, browser: &mut Browser, query: &str) -> String {
    let begun = browser.get(app, &format!("/auth/relink{query}")).await;
    bank.sent_back(sent_on(&begun), &Choice::citizen("taro"))
}

#[tokio::test]
async fn an_account_moves_to_whom_its_session_logs_in_as() {
    for landing in [Landing::Handler, Landing::Redirect] {
        let bank = Bank::new();
        let app = bank.app_with_sessions(bank.layer(landing));
        let mut browser = Browser::new();
        bank.log_in(&app, &mut browser, "", "hanako").await;
        let back = relink(&bank, &app, &mut browser, "?return_to=/account").await;
        let moved = browser.get(&app, &back).await;
        assert_eq!(moved.status, 200);
        assert_eq!(moved.json()["arrival"], "relink");
        assert_eq!(moved.json()["account"], bank.subject("hanako"));
        assert_eq!(moved.json()["subject"], bank.subject("taro"));
        assert_eq!(moved.json()["return_to"], "/account");
        assert_eq!(account(&app, &mut browser).await, bank.subject("taro"));
    }
}

#[tokio::test]
async fn an_account_that_the_handler_does_not_move_stays() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.layer(Landing::Redirect));
    let mut browser = Browser::new();
    bank.log_in(&app, &mut browser, "", "hanako").await;
    let back = relink(&bank, &app, &mut browser, "?return_to=/refuse").await;
    let refused = browser.get(&app, &back).await;
    assert_eq!(
        (refused.status.as_u16(), refused.text()),
        (403, "no account")
    );
    assert_eq!(account(&app, &mut browser).await, bank.subject("hanako"));
}

#[tokio::test]
async fn only_the_session_that_began_relinks() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.layer(Landing::Redirect));
    let mut browser = Browser::new();
    let nobody = browser.get(&app, "/auth/relink").await;
    assert_eq!(
        (nobody.refused(), nobody.status.as_u16()),
        (Code::TransactionSession, 403)
    );
    assert!(bank.nothing_waits());

    // Another one has begun, of the same person even.
    bank.log_in(&app, &mut browser, "", "hanako").await;
    let back = relink(&bank, &app, &mut browser, "").await;
    bank.log_in(&app, &mut browser, "", "hanako").await;
    let asked = bank.asked(Endpoint::Token);
    let other = browser.get(&app, &back).await;
    assert_eq!(
        (other.refused(), other.status.as_u16()),
        (Code::TransactionSession, 403)
    );
    assert_eq!(account(&app, &mut browser).await, bank.subject("hanako"));

    // It has ended.
    let back = relink(&bank, &app, &mut browser, "").await;
    browser.request(&app, Method::POST, "/auth/logout").await;
    let gone = browser.get(&app, &back).await;
    assert_eq!(gone.refused(), Code::TransactionSession);
    assert_eq!(account(&app, &mut browser).await, "nobody");

    // It is somebody else's, in another browser.
    let mut other = Browser::new();
    bank.log_in(&app, &mut browser, "", "hanako").await;
    bank.log_in(&app, &mut other, "", "taro").await;
    let back = relink(&bank, &app, &mut browser, "").await;
    let pasted = other.get(&app, &back).await;
    assert_eq!(pasted.refused(), Code::AuthAppBrowser);
    assert_eq!(bank.asked(Endpoint::Token), asked + 2);
}

async fn page(app: &Router, browser: &mut Browser, path: &str) -> Answer {
    let page = Request::get(path).header(ACCEPT, "text/html,*/*;q=0.8");
    browser.send(app, page.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn who_looks_for_a_page_is_shown_in() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.forcing(Landing::Redirect));
    let mut browser = Browser::new();
    let to_login = page(&app, &mut browser, "/account?tab=2&q=%2F").await;
    let login = sent_on(&to_login).to_owned();
    assert_eq!(
        login,
        "/auth/login?return_to=%2Faccount%3Ftab%3D2%26q%3D%252F"
    );
    let begun = browser.get(&app, &login).await;
    let back = bank.sent_back(sent_on(&begun), &Choice::citizen("hanako"));
    let onwards = browser.get(&app, &back).await;
    assert_eq!(sent_on(&onwards), "/account?tab=2&q=%2F");
    let shown = page(&app, &mut browser, "/account?tab=2&q=%2F").await;
    assert_eq!(shown.text(), bank.subject("hanako"));
    // Nobody is sent back to what would be another site.
    let mut other = Browser::new();
    for odd in ["//evil.example/a", "/a/..//evil.example"] {
        let to_login = page(&app, &mut other, odd).await;
        assert_eq!(sent_on(&to_login), "/auth/login");
    }
}

#[tokio::test]
async fn nobody_else_passes_without_a_session() {
    let bank = Bank::new();
    let app = bank.app_with_sessions(bank.forcing(Landing::Redirect));
    let mut browser = Browser::new();
    let script = Request::get("/account").header(ACCEPT, "application/json");
    let script = script.body(Body::empty()).unwrap();
    let form = Request::post("/account").header(ACCEPT, "text/html");
    let form = form.body("x".repeat(100_000).into()).unwrap();
    for request in [
        script,
        form,
        request(Method::GET, "/account", Body::empty()),
        request(Method::HEAD, "/account", Body::empty()),
        request("PROPFIND".parse().unwrap(), "/", Body::empty()),
    ] {
        let refused = browser.send(&app, request).await;
        assert_eq!(refused.refusal, Some(Code::TransactionSession));
        assert_eq!(refused.status, 403);
        for header in [LOCATION, SET_COOKIE] {
            assert!(!refused.headers.contains_key(header));
        }
    }
    bank.log_in(&app, &mut browser, "", "hanako").await;
    assert_eq!(account(&app, &mut browser).await, bank.subject("hanako"));
}

/// Which cannot be known without a session layer.
#[tokio::test]
async fn without_a_session_layer_nobody_passes() {
    let bank = Bank::new();
    let app = bank.app(bank.forcing(Landing::Handler));
    let refused = page(&app, &mut Browser::new(), "/account").await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::MisuseLayer, 500)
    );
}
