//! The auth app's provider.

use serde_json::json;

use crate::browser::{Browser, Came};
use crate::house::Scene;

/// Somebody goes to the auth app and chooses how that ends.
async fn log_in(scene: &Scene, choice: &str) -> Came {
    let mut browser = Browser::at(&scene.house.origin);
    let sent = browser.get("/app/login").await;
    let asked = sent.header("location").unwrap();
    let authority = asked.strip_prefix("http://").unwrap();
    let (authority, path) = authority.split_once('/').unwrap();
    let (path, query) = path.split_once('?').unwrap();
    let mut provider = Browser::at(&format!("http://{authority}"));
    let form = format!("{query}&testbed_choice={choice}");
    let media_type = "application/x-www-form-urlencoded";
    let back = provider
        .send("POST", &format!("/{path}"), media_type, form.as_bytes())
        .await;
    let Some(back) = back.header("location") else {
        return back;
    };
    let callback = back.strip_prefix(&*scene.house.origin).unwrap();
    browser.send("GET", callback, "application/json", b"").await
}

fn outcome(came: &Came) -> (u16, String) {
    let code = came.json()["code"].as_str().unwrap_or_default().to_owned();
    (came.status, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_logs_in_today_and_when_days_have_passed() {
    let scene = Scene::new().await;
    for days in [0, 20] {
        scene.change(json!({ "days": days })).await;
        let came = log_in(&scene, "citizen%3Aperson0").await;
        assert_eq!((came.status, &*came.text()), (200, "known"), "{days}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_comes_of_it_has_a_code_of_its_own() {
    let scene = Scene::new().await;
    for (choice, code) in [
        ("cancel", "auth_app.cancelled"),
        ("expired-certificate", "auth_app.certificate"),
        ("revoked-certificate", "auth_app.certificate"),
        ("pin-locked", "auth_app.pin_locked"),
        ("no-pin", "auth_app.no_pin"),
        ("app-missing", "auth_app.app_missing"),
        ("expired", "auth_app.expired"),
    ] {
        let came = log_in(&scene, choice).await;
        assert_eq!(outcome(&came).1, code, "{choice}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_refuses_a_card_that_ended_until_there_is_another() {
    let scene = Scene::new().await;
    for (event, expected) in [
        ("lost", (403, "auth_app.certificate".to_owned())),
        ("renewed", (200, String::new())),
    ] {
        let life = json!({ "person": 0, "event": event });
        scene.stage.live(&life).await.unwrap();
        let came = log_in(&scene, "citizen%3Aperson0").await;
        assert_eq!(outcome(&came), expected, "{event}");
    }
}

/// It went down while somebody was there.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_nobodys_fault() {
    let scene = Scene::new().await;
    let mut browser = Browser::at(&scene.house.origin);
    let sent = browser.get("/app/login").await;
    let asked = sent.header("location").unwrap().to_owned();
    scene.change(json!({ "provider": "down" })).await;
    let authority = asked.strip_prefix("http://").unwrap();
    let (authority, path) = authority.split_once('/').unwrap();
    let mut provider = Browser::at(&format!("http://{authority}"));
    assert_eq!(provider.get(&format!("/{path}")).await.status, 503);
    let query = asked.split_once('?').unwrap().1;
    let state = query
        .split('&')
        .find(|pair| pair.starts_with("state="))
        .unwrap();
    let callback = format!("/app/callback?code=any&{state}");
    let came = browser
        .send("GET", &callback, "application/json", b"")
        .await;
    assert_eq!(outcome(&came), (503, "auth_app.unavailable".to_owned()));
    scene.change(json!({ "provider": "up" })).await;
    assert_eq!(provider.get(&format!("/{path}")).await.status, 200);
}
