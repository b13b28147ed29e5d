//! The pages of phone and card, and what they ask.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::house::{HOUSE, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn the_front_page_leads_to_everybody() {
    let scene = Scene::new().await;
    let page = Browser::at(scene.stage.front()).get("/").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    for origin in [&scene.house.origin, scene.stage.wallet()] {
        assert!(text.contains(&format!("href=\"{origin}\"")), "{origin}");
    }
    assert!(text.contains(HOUSE.title.1) && text.contains(HOUSE.about.1));
}

/// A page that asks has to hear from the window that it opened, also where that
/// window is sent on to the right language.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_keeps_the_tie_to_the_page_that_opened_it() {
    let scene = Scene::new().await;
    let mut wallet = Browser::at(scene.stage.wallet());
    for (path, status) in [("/", 200), ("/present", 200), ("/present?lang=en", 303)] {
        let page = wallet.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert_eq!(
            page.header("cross-origin-opener-policy"),
            Some("unsafe-none")
        );
    }
    let page = Browser::at(&scene.house.origin).get("/").await;
    assert_eq!(
        page.header("cross-origin-opener-policy"),
        Some("same-origin-allow-popups")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_put_into_words() {
    let scene = Scene::new().await;
    let mut wallet = Browser::at(scene.stage.wallet());
    let mut browser = Browser::at(&scene.house.origin);
    let mut question = browser.post("/show/request", &Value::Null).await.json();
    question["kind"] = "present".into();
    question["origin"] = scene.house.origin.clone().into();
    let asked = wallet.post("/api/asked", &question).await.json();
    assert_eq!(asked["protocol"], "org-iso-mdoc");
    assert_eq!(asked["reader_is_known"], true);
    let elements = asked["documents"][0]["elements"].as_array().unwrap();
    let words: Vec<_> = elements.iter().map(|e| (&e["ja"], &e["en"])).collect();
    for pair in [
        (&json!("氏名"), &json!("Name")),
        (&json!("顔写真"), &json!("Portrait")),
        (
            &json!("20歳以上かどうか"),
            &json!("Whether you are 20 or older"),
        ),
    ] {
        assert!(words.contains(&pair), "{words:?}");
    }
    assert!(elements.iter().all(|element| element["retain"] == true));

    let mut question = browser.post("/sign/request", &Value::Null).await.json();
    question["kind"] = "sign".into();
    let asked = wallet.post("/api/asked", &question).await.json();
    assert!(asked["text"].as_str().unwrap().ends_with("文書"), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wallet_refuses_in_the_language_of_whoever_asks() {
    let scene = Scene::new().await;
    let mut wallet = Browser::at(scene.stage.wallet());
    let elsewhere = json!({ "terminal": "127.0.0.1:9", "person": 0 });
    let refused = wallet.post("/api/tap", &elsewhere).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json()["refused"], "There is no such reader here.");
    let _ = wallet.get("/?lang=ja").await;
    let refused = wallet.post("/api/tap", &elsewhere).await;
    assert_eq!(
        refused.json()["refused"],
        "ここにはそのような読み取り機がありません。"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_world_is_told_and_put_right() {
    let scene = Scene::new().await;
    let mut wallet = Browser::at(scene.stage.wallet());
    let broken = json!({ "lists": "stopped", "responders": "down", "provider": "down" });
    let view = wallet.post("/api/world", &broken).await.json();
    let state = |view: &Value| {
        ["lists", "responders", "provider"].map(|name| view[name].as_str().unwrap().to_owned())
    };
    assert_eq!(state(&view), ["stopped", "down", "down"]);
    assert_eq!(state(&wallet.get("/api/world").await.json()), state(&view));
    let view = wallet.post("/api/world/reset", &json!({})).await.json();
    assert_eq!(state(&view), ["fresh", "up", "up"]);
    let party = &view["parties"][0];
    assert_eq!(party["origin"], scene.house.origin);
    assert_eq!(
        party["terminal"],
        scene.house.terminals.unwrap().to_string()
    );
    assert_eq!(view["people"].as_array().unwrap().len(), 8);
    // Every person has a picture.
    for number in 0..8 {
        let picture = wallet.get(&format!("/portraits/{number}.jpg")).await;
        assert_eq!(picture.header("content-type"), Some("image/jpeg"));
    }
    assert_eq!(wallet.get("/portraits/8.jpg").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_asks_so_is_refused_and_breaks_nothing() {
    let scene = Scene::new().await;
    let mut wallet = Browser::at(scene.stage.wallet());
    for path in [
        "/api/answer",
        "/api/asked",
        "/api/tap",
        "/api/world",
        "/api/life",
    ] {
        for body in ["", "[]", "{\"kind\":\"all\",\"lists\":\"gone\"}", "\u{0}"] {
            let media_type = "application/json";
            let came = wallet.send("POST", path, media_type, body.as_bytes()).await;
            assert!((400..500).contains(&came.status), "{path}: {came:?}");
        }
    }
    let most = u64::MAX;
    let unread = "The request cannot be read.";
    for (question, refused) in [
        (json!({ "kind": "present", "person": most }), unread),
        (json!({ "kind": "sign", "to_be_signed": "*" }), unread),
        (json!({ "kind": "tap" }), unread),
        (
            json!({ "kind": "present", "request": { "digital": { "requests": [
                { "protocol": "org-iso-mdoc", "data": {} }
            ] } } }),
            "The phone does not accept this request (malformed).",
        ),
    ] {
        let came = wallet.post("/api/answer", &question).await;
        assert_eq!(
            (came.status, &came.json()["refused"]),
            (422, &json!(refused))
        );
    }
    let strange = json!({
        "kind": "sign", "to_be_signed": "AAAA", "person": most, "defect": "other-persons-signature",
    });
    assert_eq!(wallet.post("/api/answer", &strange).await.status, 200);
}
