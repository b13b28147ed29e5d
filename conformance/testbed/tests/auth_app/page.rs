//! The page, as a browser without scripts uses it.

use tashika_testbed::auth_app::{Choice, Endpoint};

use crate::relying_party::{CLIENT, Reply, World, callback, encode, path, remove, set, value};

const HOSTILE: &str = r#""><script>alert('&')</script>"#;

fn shown(world: &World, url: &str) -> Reply {
    let target = &url[url.find("/api").unwrap()..];
    world.ask("GET", target, &[], b"")
}

fn text(reply: &Reply) -> String {
    String::from_utf8(reply.body.clone()).unwrap()
}

/// The value of an attribute in what follows the name of a tag.
fn attribute(tag: &str, name: &str) -> String {
    let (_, rest) = tag.split_once(&format!("{name}=\"")).unwrap();
    let value = rest.split('"').next().unwrap();
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn hidden(html: &str) -> Vec<(String, String)> {
    let inputs = html.split("<input ").skip(1);
    inputs
        .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
        .collect()
}

fn buttons(html: &str) -> Vec<String> {
    let buttons = html.split("<button ").skip(1);
    buttons.map(|tag| attribute(tag, "value")).collect()
}

fn press(world: &World, html: &str, choice: &str) -> Reply {
    let mut form = hidden(html);
    form.push(("testbed_choice".to_owned(), choice.to_owned()));
    let action = attribute(html.split("<form ").nth(1).unwrap(), "action");
    assert_eq!(action, world.provider.url(Endpoint::Authorization));
    let target = path(&world.provider, Endpoint::Authorization);
    world.ask("POST", &target, &[], encode(&form).as_bytes())
}

#[test]
fn somebody_presses_a_button() {
    let world = World::new();
    let html = text(&shown(&world, &world.url(|_| ())));
    assert_eq!(buttons(&html).len(), 2 + Choice::FAILURES.len());
    assert_eq!(buttons(&html)[0], "citizen:hanako");
    let back = press(&world, &html, "citizen:hanako");
    assert_eq!(back.status, 302);
    let back = callback(back.header("Location").unwrap());
    let tokens = world.post(&world.code_form(value(&back, "code").unwrap()));
    assert_eq!(tokens.status, 200);

    let errors: Vec<_> = buttons(&html)
        .iter()
        .skip(2)
        .map(|button| {
            let back = press(&world, &html, button);
            let back = callback(back.header("Location").unwrap());
            value(&back, "error").unwrap().to_owned()
        })
        .collect();
    let expected: Vec<_> = Choice::FAILURES
        .iter()
        .map(|c| c.error().unwrap().0)
        .collect();
    assert_eq!(errors, expected);
}

#[test]
fn what_was_asked_is_asked_in_words() {
    let world = World::new();
    let html = text(&shown(
        &world,
        &world.url(|p| set(p, "scope", "openid birthdate")),
    ));
    assert!(html.contains("生年月日") && html.contains("Date of birth"));
    assert!(!html.contains("住所") && !html.contains("文書への署名"));
    assert!(html.contains(CLIENT) && html.contains("aal3 crl"));
}

#[test]
fn values_stay_values() {
    let world = World::new();
    let html = text(&shown(
        &world,
        &world.url(|p| {
            set(p, "state", HOSTILE);
            set(p, "acr_values", HOSTILE);
            set(p, HOSTILE, HOSTILE);
        }),
    ));
    assert!(!html.contains("<script"));
    let fields = hidden(&html);
    assert_eq!(value(&fields, "state"), Some(HOSTILE));
    assert_eq!(value(&fields, HOSTILE), Some(HOSTILE));
    let back = press(&world, &html, "cancel");
    let back = callback(back.header("Location").unwrap());
    assert_eq!(value(&back, "state"), Some(HOSTILE));
}

#[test]
fn nobody_is_sent_where_the_request_must_not_lead() {
    let world = World::new();
    let target = path(&world.provider, Endpoint::Authorization);
    for url in [
        world.url(|p| set(p, "client_id", "Shop2")),
        world.url(|p| set(p, "redirect_uri", "https://elsewhere.example/")),
        world.url(|p| remove(p, "redirect_uri")),
    ] {
        let page = shown(&world, &url);
        assert_eq!((page.status, page.header("Location")), (400, None));
        let html = text(&page);
        assert!(html.contains("受け付けられません") && !html.contains("<form"));
        // Nor where somebody posts it straight away.
        let query = url.split_once('?').unwrap().1.to_owned() + "&testbed_choice=cancel";
        let posted = world.ask("POST", &target, &[], query.as_bytes());
        assert_eq!((posted.status, posted.header("Location")), (400, None));
    }
    let html = text(&shown(&world, &world.url(|_| ())));
    for choice in ["", "other"] {
        assert_eq!(press(&world, &html, choice).status, 400);
    }
}

#[test]
fn the_relying_party_hears_of_the_rest_at_once() {
    let world = World::new();
    let page = shown(&world, &world.url(|p| remove(p, "nonce")));
    assert_eq!(page.status, 302);
    let back = callback(page.header("Location").unwrap());
    assert_eq!(value(&back, "error_description"), Some("nonce is missing"));
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let world = World::new();
    for url in [world.url(|_| ()), world.url(|p| remove(p, "client_id"))] {
        let page = shown(&world, &url);
        let policy = page.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert_eq!(page.header("Cache-Control"), Some("no-store"));
        let html = text(&page);
        assert!(html.contains(r#"<html lang="ja">"#));
        for word in ["<script", "<link", "<img", " src=", "url("] {
            assert!(!html.contains(word), "{word}");
        }
    }
}
