//! Everything that is in the list of what can be broken.

use serde_json::Value;

use crate::browser::Browser;
use crate::house::{Scene, Way, passed};

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_broken_everybody_passes_in_every_way() {
    let scene = Scene::new().await;
    for way in Way::ALL {
        for person in [0, 3] {
            let outcome = scene.try_to_come(way, person, "none").await.unwrap();
            assert_eq!(outcome, passed(), "{way:?} of {person}");
        }
    }
}

/// The list says by which code each is refused, and it is refused by no other.
#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_broken_is_refused_by_its_code() {
    let scene = Scene::new().await;
    let mut wallet = Browser::at(scene.stage.wallet());
    let rows = wallet.get("/api/defects").await.json();
    let rows = rows.as_array().unwrap();
    let mut broken = 0;
    for row in rows {
        let name = row["name"].as_str().unwrap();
        let kinds = row["kinds"].as_array().unwrap();
        let Some(code) = row["code"].as_str() else {
            continue;
        };
        for way in Way::ALL.into_iter().filter(|way| fits(*way, kinds)) {
            let outcome = scene.try_to_come(way, 0, name).await.unwrap();
            assert_eq!(outcome, (403, code.to_owned()), "{way:?} with {name}");
            broken += 1;
        }
    }
    // Six of a phone in three ways, eleven of a card in three.
    assert_eq!(broken, 18 + 33, "all of them, in every way that they fit");
    // And nothing of it stays with anybody.
    for way in Way::ALL {
        assert_eq!(scene.comes(way).await, passed(), "{way:?} afterwards");
    }
}

fn fits(way: Way, kinds: &[Value]) -> bool {
    kinds.iter().any(|kind| *kind == way.kind())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_changed_is_not_the_one_that_was_signed() {
    let scene = Scene::new().await;
    for (way, code) in [
        (Way::SignRaw, "signature.invalid"),
        (Way::SignCms, "cms.message_digest"),
    ] {
        let outcome = scene.try_to_come(way, 0, "tampered-document").await;
        assert_eq!(outcome.unwrap(), (403, code.to_owned()), "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_answer_is_of_no_use() {
    let scene = Scene::new().await;
    for (way, code) in [
        (Way::Present, "mdoc.envelope_seal"),
        (Way::SignRaw, "signature.invalid"),
        (Way::SignCms, "cms.message_digest"),
        (Way::Challenge, "signature.invalid"),
        (Way::Tap, "mdoc.session_seal"),
    ] {
        let nothing = scene.try_to_come(way, 0, "replayed").await.unwrap_err();
        assert!(nothing.contains("once before"), "{nothing}");
        assert_eq!(scene.comes(way).await, passed(), "{way:?}");
        let outcome = scene.try_to_come(way, 0, "replayed").await.unwrap();
        assert_eq!(outcome, (403, code.to_owned()), "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_and_a_wrong_way_of_breaking_send_nothing() {
    let scene = Scene::new().await;
    for way in [Way::SignRaw, Way::SignCms, Way::Challenge] {
        let refused = scene.try_to_come(way, 0, "wrong-pin").await.unwrap_err();
        assert_eq!(
            refused,
            "The PIN is wrong. A card locks it after some wrong ones in a row."
        );
    }
    for (way, defect) in [
        (Way::Present, "wrong-pin"),
        (Way::Challenge, "tampered-document"),
        (Way::Tap, "no-such"),
    ] {
        let refused = scene.try_to_come(way, 0, defect).await.unwrap_err();
        assert_eq!(refused, "Nothing can be broken so.");
    }
}

/// What a phone is asked elsewhere, it does not answer here.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_nothing_to_another_site_than_the_one_that_asks() {
    let scene = Scene::new().await;
    let mut browser = Browser::at(&scene.house.origin);
    let mut question = browser.post("/show/request", &Value::Null).await.json();
    question["kind"] = "present".into();
    question["origin"] = "https://elsewhere.example".into();
    let refused = scene.stage.answer(&question).await.unwrap_err();
    assert_eq!(
        refused,
        "The phone does not accept this request (signature does not fit)."
    );
}
