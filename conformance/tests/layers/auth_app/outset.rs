//! How logins begin, and where they may end.

use std::num::NonZeroUsize;

use http::header::LOCATION;
use tashika::Code;
use tashika_testbed::auth_app::{Choice, Settings};
use tashika_tower::{AuthAppLayer, Landing, MemoryTransactions, SitePath};

use super::scene::{Bank, CALLBACK, logins, sent_on};
use crate::browser::Browser;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_form_begins_a_login_as_a_link_does() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    for (query, form, return_to) in [
        (
            "",
            "return_to=%2Faccount%3Fa%3D%252F&csrf=1",
            "/account?a=%2F",
        ),
        ("?return_to=%2Fquery&utm_source=x", "csrf=1", "/query"),
        ("?return_to=/query", "", "/query"),
        ("", "", "/home"),
    ] {
        let mut browser = Browser::new();
        let path = format!("/auth/login{query}");
        let answer = browser.post(&app, &path, FORM, form).await;
        let back = bank.sent_back(sent_on(&answer), &Choice::citizen("hanako"));
        let seen = browser.get(&app, &back).await;
        assert_eq!(seen.json()["return_to"], return_to);
    }
    let mut browser = Browser::new();
    let other = browser.post(&app, "/auth/login", "text/plain", "a=b").await;
    assert_eq!(
        (other.refused(), other.status.as_u16()),
        (Code::InputMediaType, 415)
    );
    let long = "a".repeat(17 * 1024);
    let long = browser.post(&app, "/auth/login", FORM, long).await;
    assert_eq!(
        (long.refused(), long.status.as_u16()),
        (Code::InputTooLarge, 413)
    );
    assert!(bank.nothing_waits());
}

/// As they stand in a query; the type has a table of its own.
#[tokio::test]
async fn a_login_ends_at_no_other_site() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    for bad in [
        "return_to=",
        "return_to=https://evil.example/",
        "return_to=https%3A%2F%2Fevil.example",
        "return_to=//evil.example",
        "return_to=%2F%2Fevil.example",
        "return_to=%2F%5Cevil.example",
        "return_to=/%5Cevil.example",
        "return_to=/%09/evil.example",
        "return_to=%0A//evil.example",
        "return_to=+//evil.example",
        "return_to=/%252F%252Fevil.example",
        "return_to=/a%0D%0ASet-Cookie:a%3Db",
        "return_to=/%EF%BC%8Fevil.example",
        "return_to=/%FF",
        "return_to=/a%23b",
        "return_to=javascript:alert(1)",
        "return_to=/account&return_to=//evil.example",
        "return_to=//evil.example&return_to=/account",
        "return_to=/account&return_to=/account",
        "%72eturn_to=//evil.example",
        // A browser that came back to these would be sent away again.
        "return_to=/auth/login",
        "return_to=/auth/login?return_to=/auth/login",
        "return_to=/auth/logout",
        "return_to=/auth/callback?code=a",
        "return_to=/auth/relink",
    ] {
        for post in [false, true] {
            let refused = if post {
                browser.post(&app, "/auth/login", FORM, bad).await
            } else {
                browser.get(&app, &format!("/auth/login?{bad}")).await
            };
            assert_eq!(refused.refused(), Code::InputReturnTo, "{bad}");
            assert_eq!(refused.status, 422);
            assert!(!refused.headers.contains_key(LOCATION));
            assert!(!refused.text().contains("evil"));
        }
    }
    let both = browser.post(&app, "/auth/login?return_to=/a", FORM, "return_to=/b");
    assert_eq!(both.await.refused(), Code::InputReturnTo);
    assert!(browser.cookies().is_empty());
    assert!(bank.nothing_waits());
}

#[tokio::test]
async fn no_more_begin_than_there_is_room_for() {
    let few = NonZeroUsize::new(2).unwrap();
    let store = MemoryTransactions::new(few, few);
    let bank = Bank::over(store, CALLBACK, Settings::default());
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    let url = bank.begin(&app, &mut browser, "").await;
    bank.begin(&app, &mut browser, "").await;
    let full = browser.get(&app, "/auth/login").await;
    assert_eq!(
        (full.refused(), full.status.as_u16()),
        (Code::TransactionFull, 503)
    );
    assert_eq!(full.headers["retry-after"], "60");
    // Who has begun ends, and makes room.
    let back = bank.sent_back(&url, &Choice::citizen("hanako"));
    assert_eq!(browser.get(&app, &back).await.status, 200);
    bank.begin(&app, &mut browser, "").await;
}

/// What a browser would be sent back to is where the layer answers.
#[test]
fn the_redirect_uri_is_the_callback() {
    let bank = Bank::new();
    let layer = |under: &str, callback: Option<&str>| {
        let mut logins = logins(under, Landing::Handler);
        if let Some(callback) = callback {
            logins.paths.callback = SitePath::new(callback).unwrap();
        }
        let layer = AuthAppLayer::forcing(bank.site.clone(), bank.auth_app(), logins);
        let layer = layer.map_err(|error| error.code());
        layer.map(|layer| format!("{layer:?}"))
    };
    assert_eq!(layer("/other", None), Err(Code::MisuseArgument));
    for near in ["/auth/callback/", "/auth/callbac", "/callback"] {
        assert_eq!(layer("/other", Some(near)), Err(Code::MisuseArgument));
    }
    let shown = layer("/auth", None).unwrap();
    assert!(!shown.contains("Shop1"), "{shown}");
    // One path, one layer.
    assert_eq!(layer("/auth", None), Err(Code::MisuseLayer));
    assert_eq!(layer("/other", Some(CALLBACK)), Err(Code::MisuseLayer));
}

/// The registered URI may have a query, with which the browser comes back.
#[tokio::test]
async fn a_redirect_uri_may_have_a_query() {
    let with_query = format!("{CALLBACK}?from=auth-app");
    let bank = Bank::with(&with_query, Settings::default());
    let app = bank.app(bank.layer(Landing::Handler));
    let seen = bank.log_in(&app, &mut Browser::new(), "", "hanako").await;
    assert_eq!(seen.json()["subject"], bank.subject("hanako"));
}

/// Whoever is sent on, logs out or relinks is known by a session.
#[tokio::test]
async fn without_a_session_layer_nothing_begins_that_needs_one() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Redirect));
    let mut browser = Browser::new();
    for (method, path) in [
        ("GET", "/auth/login"),
        ("GET", "/auth/callback?code=a&state=b"),
        ("POST", "/auth/logout"),
        ("GET", "/auth/relink"),
    ] {
        let method = method.parse().unwrap();
        let refused = browser.request(&app, method, path).await;
        assert_eq!(
            (refused.refused(), refused.status.as_u16()),
            (Code::MisuseLayer, 500)
        );
    }
    assert!(bank.nothing_waits());
    assert_eq!(browser.get(&app, "/").await.text(), "home");
}
