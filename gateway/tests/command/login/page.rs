//! What the browser meets, and what it cannot do.

use tashika_testbed::auth_app::Choice;

use super::scene::{Scene, code, parameter};

#[test]
fn pages_run_nothing_and_are_kept_by_nobody() {
    let scene = Scene::new();
    let waiting = scene.start(&[]);
    let begun = waiting.begin();
    let back = scene.provider.authorize(&begun.url, Choice::Cancel);
    let page = waiting.get(&back, Some(&begun.cookie));
    assert_eq!(page.status, 403);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    for text in [
        "中止されました",
        "You stopped",
        "auth_app.cancelled",
        "lang=\"ja\"",
    ] {
        assert!(page.body.contains(text), "no {text}: {}", page.body);
    }
    waiting.end().exits(1);
}

#[test]
fn nothing_of_a_query_is_shown() {
    let scene = Scene::new();
    scene.provider.switch(|switches| {
        switches.ends_in("<b>loud</b>", "<script>alert(1)</script>");
    });
    let waiting = scene.start(&["--json"]);
    let begun = waiting.begin();
    let back = scene
        .provider
        .authorize(&begun.url, Choice::citizen("hanako"));
    let page = waiting.get(&back, Some(&begun.cookie));
    let answer = waiting.end().exits(1);
    assert_eq!(code(&answer), "auth_app.refused");
    for text in [&page.body, &page.head, &answer.stdout, &answer.stderr] {
        for part in ["loud", "alert", "<script"] {
            assert!(!text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn only_two_pages_are_there() {
    let scene = Scene::new();
    let waiting = scene.start(&[]);
    let (start, callback) = (waiting.url("/start"), waiting.url("/callback"));
    let host = waiting.host();
    for (method, url, host) in [
        ("GET", waiting.url("/favicon.ico"), host),
        ("GET", waiting.url("/callback/"), host),
        ("POST", callback.clone(), host),
        ("HEAD", start.clone(), host),
        // A name of somebody else's that leads here.
        ("GET", start.clone(), "attacker.example"),
        ("GET", callback, "attacker.example"),
    ] {
        assert_eq!(
            waiting.send(method, &url, host, "").status,
            404,
            "{method} {url}"
        );
    }
    let much = format!("X-Much: {}\r\n", "a".repeat(64 * 1024));
    let refused = waiting.send("GET", &start, host, &much).status;
    assert!([0, 431].contains(&refused), "{refused}");
    waiting.begin();
    waiting.abandon();
}

#[test]
fn what_nobody_waits_for_ends_nothing() {
    let scene = Scene::new();
    let waiting = scene.start(&["--json"]);
    let begun = waiting.begin();
    for query in [
        "",
        "?code=c",
        "?code=c&state=s",
        "?error=access_denied&state=s",
    ] {
        let page = waiting.get(&waiting.url(&format!("/callback{query}")), None);
        assert_eq!(page.status, 403, "{query}");
    }
    let back = scene
        .provider
        .authorize(&begun.url, Choice::citizen("hanako"));
    assert_eq!(waiting.get(&back, Some(&begun.cookie)).status, 200);
    assert_eq!(code(&waiting.end().exits(0)), "accepted");
}

#[test]
fn a_browser_ends_the_login_that_began_in_it() {
    let scene = Scene::new();
    let waiting = scene.start(&["--json"]);
    let begun = waiting.begin();
    let twice = format!("?code=c&code=c&state={}", parameter(&begun.url, "state"));
    let page = waiting.get(
        &waiting.url(&format!("/callback{twice}")),
        Some(&begun.cookie),
    );
    assert_eq!(page.status, 403);
    assert_eq!(code(&waiting.end().exits(1)), "input.callback");
}

#[test]
fn the_cookie_of_another_login_is_another_browser() {
    let scene = Scene::new();
    let waiting = scene.start(&["--json"]);
    let (one, other) = (waiting.begin(), waiting.begin());
    assert_ne!(one.cookie, other.cookie);
    let back = scene
        .provider
        .authorize(&one.url, Choice::citizen("hanako"));
    let page = waiting.get(&back, Some(&other.cookie));
    assert!(page.body.contains("別のブラウザー"), "{}", page.body);
    assert_eq!(code(&waiting.end().exits(1)), "auth_app.browser");
}
