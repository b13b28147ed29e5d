//! Outages, time, and lists that are wrong.

use serde_json::json;

use tashika_stage::Stage;

use crate::browser::Browser;
use crate::house::{SHOP, Scene, Way, passed, undetermined};

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_are_renewed_hold_while_time_passes() {
    let scene = Scene::new().await;
    let begin = scene.stage.clock().now().as_unix();
    let view = scene.change(json!({ "days": 40 })).await;
    assert_eq!(view["days"], 40);
    let passed_days = (scene.stage.clock().now().as_unix() - begin) / 86_400;
    assert_eq!(passed_days, 40);
    for way in Way::ALL {
        assert_eq!(scene.comes(way).await, passed(), "{way:?}");
    }
    for days in [39, 366, -1] {
        let refused = scene.stage.change(&json!({ "days": days })).await;
        let refused = refused.unwrap_err();
        assert!(
            refused.starts_with("The clock goes forward alone"),
            "{refused}"
        );
    }
}

/// Cards are looked up at a responder instead; for documents there are lists alone.
#[tokio::test(flavor = "multi_thread")]
async fn stale_lists_leave_the_responders_and_then_nobody() {
    let scene = Scene::new().await;
    scene.change(json!({ "lists": "stopped", "days": 3 })).await;
    assert_eq!(scene.comes(Way::SignRaw).await, passed());
    assert_eq!(scene.comes(Way::Challenge).await, passed());
    let stale = undetermined("revocation.stale");
    assert_eq!(scene.comes(Way::Present).await, stale);
    assert_eq!(scene.comes(Way::Tap).await, stale);
    // A responder knows who is revoked, too.
    let revoked = scene.try_to_come(Way::Challenge, 0, "superseded").await;
    assert_eq!(revoked.unwrap(), (403, "revoked".to_owned()));

    scene.change(json!({ "responders": "down" })).await;
    // Of person 0 the responder's word still counts.
    assert_eq!(scene.comes(Way::Challenge).await, passed());
    let other = scene.try_to_come(Way::Challenge, 3, "none").await.unwrap();
    assert_eq!(other, stale);
    let view = scene.change(json!({ "lists": "fresh" })).await;
    assert_eq!(
        (&view["lists"], &view["responders"]),
        (&json!("fresh"), &json!("down"))
    );
    for way in Way::ALL {
        assert_eq!(scene.comes(way).await, passed(), "{way:?}");
    }
}

/// A list of another municipality says nothing about this one's people: the last right
/// one counts as long as it may, and then nothing does.
#[tokio::test(flavor = "multi_thread")]
async fn another_municipalitys_list_is_no_list() {
    let scene = Scene::new().await;
    scene
        .change(json!({ "responders": "down", "lists": "swapped" }))
        .await;
    assert_eq!(scene.comes(Way::Challenge).await, passed());
    // Nobody hears of this one.
    let revoked = scene.try_to_come(Way::Challenge, 0, "superseded").await;
    assert_eq!(revoked.unwrap(), passed());
    scene.change(json!({ "days": 3 })).await;
    let stale = undetermined("revocation.stale");
    assert_eq!(scene.comes(Way::Challenge).await, stale);
    // The list of documents' signers was never mixed up.
    assert_eq!(scene.comes(Way::Present).await, passed());
    scene.change(json!({ "lists": "fresh" })).await;
    assert_eq!(scene.comes(Way::Challenge).await, passed());
}

/// Where a house never had the right list, the wrong one does not do.
#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_only_ever_got_the_wrong_list_says_so() {
    let stage = Stage::start(0).await.unwrap();
    let wrong = json!({ "responders": "down", "lists": "swapped" });
    stage.change(&wrong).await.unwrap();
    let house = stage.host(SHOP).await.unwrap();
    let scene = Scene { stage, house };
    let scope = undetermined("revocation.scope");
    assert_eq!(scene.comes(Way::SignRaw).await, scope);
    assert_eq!(scene.comes(Way::Challenge).await, scope);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_sells_within_its_grace_and_not_beyond() {
    let scene = Scene::of(SHOP).await;
    scene
        .change(json!({ "lists": "down", "responders": "down" }))
        .await;
    assert_eq!(scene.comes(Way::Present).await, passed());
    let worths = |scene: &Scene| {
        let sources = scene.house.backing.list_sources();
        let mut worths: Vec<_> = sources.iter().map(|s| format!("{:?}", s.worth)).collect();
        worths.dedup();
        worths
    };
    for (days, worth, outcome) in [
        (1, "Fresh", passed()),
        (4, "WithinGrace", passed()),
        (6, "Expired", undetermined("revocation.stale")),
    ] {
        scene.change(json!({ "days": days })).await;
        assert_eq!(worths(&scene), [worth], "after {days} days");
        assert_eq!(
            scene.comes(Way::Present).await,
            outcome,
            "after {days} days"
        );
        assert_eq!(scene.comes(Way::Tap).await, outcome, "after {days} days");
    }
}

/// Whoever has a list already is told so, until somebody is revoked.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sent_once_and_again_when_it_has_changed() {
    let scene = Scene::new().await;
    let lists = &scene.house.backing.settings().lists;
    let kiyose = lists
        .iter()
        .find(|url| url.ends_with("authentication-13221.crl"));
    let (_, path) = kiyose.unwrap().split_at("http://".len());
    let (authority, path) = path.split_once('/').unwrap();
    let (path, mut mirror) = (
        format!("/{path}"),
        Browser::at(&format!("http://{authority}")),
    );
    let first = mirror.get(&path).await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.header("content-type"), Some("application/pkix-crl"));
    let again = mirror.get_unless(&path, &tag).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let revoked = scene.try_to_come(Way::Challenge, 0, "superseded").await;
    assert_eq!(revoked.unwrap(), (403, "revoked".to_owned()));
    let changed = mirror.get_unless(&path, &tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(&*tag));
    assert!(changed.body.len() > first.body.len());
}
