//! Later life: what becomes of customers' certificates, and who is found again.

use std::time::Duration;

use crate::scene::{HANAKO, Scene, Way};

const NONE: &str = "name of nobody";

/// A customer, something that happens to her, and what the watch says.
async fn after(event: &str) -> (Scene, String) {
    let scene = Scene::new().await;
    let (_, page) = scene.visitor(0).applies_and_sees(Way::Card, &HANAKO).await;
    assert!(page.contains("Your account is open"));
    let quiet = scene.watch().await;
    assert!(!quiet.contains("<article"), "nothing has happened yet");
    scene.lives(0, event).await;
    let page = scene.watch().await;
    (scene, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_happens_has_a_task_of_its_own() {
    for (event, task, others) in [
        ("renewed", "Ask for the renewed certificate", "get in touch"),
        ("moved", "Verify what is recorded again", "died"),
        (
            "deregistered",
            "Get in touch, with respect",
            "Verify what is recorded",
        ),
        ("lost", "Protect the account", "died"),
        ("ended", "Offer another way of identification", "died"),
    ] {
        let (scene, page) = after(event).await;
        assert_eq!(page.matches("<article").count(), 1, "{event}: {page}");
        let article = page.split("<article").nth(1).unwrap();
        let article = article.split("</article>").next().unwrap();
        assert!(
            article.contains(&format!("<h3>{task}")),
            "{event}: {article}"
        );
        let heading = article.split("<dl").next().unwrap();
        assert!(!heading.contains(others), "{event}: {heading}");
        // On no code alone.
        for never in ["record a death", "close an account", "tell anybody else"] {
            assert!(article.contains(never), "{event}: {never}: {article}");
        }
        // The account stays as it was, and nothing is recorded of a death.
        let (list, _) = page.split_once("id=\"watch\"").unwrap();
        assert!(
            list.contains("<span class=\"tag good\">Opened</span>"),
            "{event}"
        );
        let front = scene.visitor(0).browser.get("/").await.text();
        assert!(!front.contains(NONE) && !front.contains("died"), "{event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watch_runs_by_itself_when_a_day_begins() {
    let scene = Scene::new().await;
    scene.visitor(0).applies_and_sees(Way::Card, &HANAKO).await;
    scene.lives(0, "lost").await;
    let mut staff = scene.staff();
    // It has seen today.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(!staff.get("/").await.text().contains("<article"));
    scene
        .stage
        .change(&serde_json::json!({ "days": 1 }))
        .await
        .unwrap();
    for _ in 0..60 {
        if staff.get("/").await.text().contains("Protect the account") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("nobody has looked");
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_a_revoked_card_is_revoked_and_nothing_more() {
    for event in ["moved", "deregistered", "lost"] {
        let scene = Scene::new().await;
        let mut visitor = scene.visitor(0);
        let offered = visitor.begins(Way::Card, &HANAKO).await;
        let answer = visitor.asks(Way::Card, &offered).await.unwrap();
        scene.lives(0, event).await;
        scene.bank.backing.synchronise().await;
        let came = visitor
            .browser
            .post(crate::scene::path(&offered), &answer)
            .await;
        assert_eq!(
            (came.status, came.json()["code"].as_str()),
            (403, Some("revoked"))
        );
        let said = came.text().to_lowercase();
        for word in [
            "lost", "stolen", "death", "died", "emigra", "moved", "reason",
        ] {
            assert!(!said.contains(word), "{event}: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_renews_is_found_again_and_has_one_account() {
    let (scene, page) = after("renewed").await;
    assert!(page.contains("Ask for the renewed certificate"));
    let (path, page) = scene.visitor(0).applies_and_sees(Way::Cms, &HANAKO).await;
    assert!(page.contains("We found your account"), "{page}");
    let case = scene.staff().get(&path).await.text();
    assert!(case.contains("A customer already"), "{case}");
    let page = scene.watch().await;
    assert_eq!(page.matches("Continued later").count(), 1);
    assert!(
        !page.contains("<article"),
        "the new certificate is watched now"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_renews_twice_before_they_come_is_found_again() {
    let (scene, _) = after("renewed").await;
    scene.lives(0, "renewed").await;
    let (_, page) = scene.visitor(0).applies_and_sees(Way::Cms, &HANAKO).await;
    assert!(page.contains("We found your account"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_be_linked_is_not_taken_for_somebody_new_in_silence() {
    let (scene, _) = after("renewed").await;
    let down = serde_json::json!({ "responders": "down" });
    scene.stage.change(&down).await.unwrap();
    let mut visitor = scene.visitor(0);
    let (path, page) = visitor.applies_and_sees(Way::Card, &HANAKO).await;
    assert!(
        page.contains("Somebody looks whether you have an account already"),
        "{page}"
    );
    let mut staff = scene.staff();
    let case = staff.get(&path).await.text();
    assert!(
        case.contains("could not be found out from the operator"),
        "{case}"
    );
    assert!(case.contains("To be decided"), "{case}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_with_a_phone_is_counted_as_not_watched() {
    let scene = Scene::new().await;
    scene.visitor(0).applies_and_sees(Way::Phone, &HANAKO).await;
    let page = scene.watch().await;
    assert!(
        page.contains("<dt>Without a certificate</dt><dd>1</dd>"),
        "{page}"
    );
}
