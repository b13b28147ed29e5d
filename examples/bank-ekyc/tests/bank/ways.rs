//! The ways in, and what a typed form is worth beside what was verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::scene::{EIICHIRO, Form, HANAKO, Scene, Way};

const OPEN: &str = "Your account is open";
const LOOK: &str = "Somebody will look at it";

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_opened_in_each_way() {
    let scene = Scene::new().await;
    for (way, letter) in [(Way::Card, "カ"), (Way::Cms, "カ"), (Way::Phone, "ル")] {
        // Each is somebody new to the bank.
        let scene = if way == Way::Card {
            &scene
        } else {
            &Scene::new().await
        };
        let (_, page) = scene.visitor(0).applies_and_sees(way, &HANAKO).await;
        assert!(page.contains(OPEN), "{way:?}: {page}");
        assert!(
            page.contains(&format!("<strong lang=\"ja\">{letter}</strong>")),
            "{way:?}"
        );
        assert!(page.contains("until 2027-03-31"), "{way:?}");
        assert_eq!(
            page.contains("data:image/jpeg;base64,"),
            way == Way::Phone,
            "{way:?}"
        );
        assert_eq!(
            page.matches("tag good").count(),
            3,
            "{way:?}: three items agree"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_letters_change_with_the_day() {
    let scene = Scene::new().await;
    let days = serde_json::json!({ "days": 200 });
    scene.stage.change(&days).await.unwrap();
    scene.bank.backing.synchronise().await;
    let (_, page) = scene.visitor(0).applies_and_sees(Way::Card, &HANAKO).await;
    assert!(page.contains("<strong lang=\"ja\">ヌ</strong>"), "{page}");
    assert!(page.contains("from 2027-04-01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_otherwise_is_the_same() {
    let scene = Scene::new().await;
    let form = Form {
        name: "架空 花子",
        address: "東京都清瀬市架空町1丁目2番3号",
        birth: "昭和60年7月4日",
    };
    let (_, page) = scene.visitor(0).applies_and_sees(Way::Card, &form).await;
    assert!(page.contains(OPEN));
    assert_eq!(page.matches("The same, written otherwise").count(), 2);
    // The account holds what was verified.
    assert!(page.contains("東京都清瀬市架空町１－２－３"));
}

/// In 2020 the form could be edited after the card was read.
#[tokio::test(flavor = "multi_thread")]
async fn what_differs_opens_no_account() {
    for way in Way::ALL {
        let scene = Scene::new().await;
        let other = Form {
            address: "東京都清瀬市架空町９－９",
            ..HANAKO
        };
        let (_, page) = scene.visitor(0).applies_and_sees(way, &other).await;
        assert!(page.contains(LOOK) && !page.contains(OPEN), "{way:?}");
        assert!(
            page.contains("<del>東京都清瀬市架空町９－９</del>"),
            "{way:?}"
        );
        assert!(
            page.contains("<ins>東京都清瀬市架空町１－２－３</ins>"),
            "{way:?}"
        );
        // Somebody else's card, with the name that she typed.
        let (_, page) = scene.visitor(5).applies_and_sees(way, &HANAKO).await;
        assert!(
            page.contains(LOOK) && page.contains("<ins>例示　あおい</ins>"),
            "{way:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_may_be_the_same_are_for_a_person() {
    let scene = Scene::new().await;
    for (person, form, word) in [
        (3, EIICHIRO, "Cannot be compared: substituted characters"),
        (
            0,
            Form {
                name: "カクウ　ハナコ",
                ..HANAKO
            },
            "Perhaps the same in kana",
        ),
        (
            0,
            Form {
                name: "見本　花子",
                ..HANAKO
            },
            "Perhaps a former or an alternative name",
        ),
        (
            0,
            Form {
                birth: "1985年7月",
                ..HANAKO
            },
            "A part of the date is not known",
        ),
    ] {
        let (_, page) = scene
            .visitor(person)
            .applies_and_sees(Way::Card, &form)
            .await;
        assert!(page.contains(LOOK) && page.contains(word), "{word}: {page}");
    }
    let (_, page) = scene
        .visitor(3)
        .applies_and_sees(Way::Card, &EIICHIRO)
        .await;
    assert!(page.contains("<mark title=\"substituted character\">邉</mark>"));
    assert!(page.contains("<mark title=\"substituted character\">葛</mark>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_whose_birthday_the_register_does_not_know_gets_an_account() {
    let scene = Scene::new().await;
    let form = Form {
        name: "仮名　トメ",
        address: "東京都清瀬市仮名１０－１",
        birth: "1926年",
    };
    let (_, page) = scene.visitor(4).applies_and_sees(Way::Card, &form).await;
    assert!(page.contains(OPEN) && page.contains("1926-??-??"), "{page}");
}

/// The auth app does not show it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_signed_stands_on_the_page_before() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor(0);
    let offered = visitor.begins(Way::Card, &HANAKO).await;
    let octets = STANDARD
        .decode(offered["to_be_signed"].as_str().unwrap())
        .unwrap();
    let signed = String::from_utf8(octets).unwrap();
    for way in ["app", "card", "cms"] {
        let page = visitor.browser.get(&format!("/apply/{way}")).await.text();
        let (_, text) = page.split_once("<pre").unwrap();
        let (_, text) = text.split_once('>').unwrap();
        let text = text.split_once("</pre>").unwrap().0;
        let lines = text
            .lines()
            .filter(|line| !line.contains('〔') && !line.is_empty());
        assert!(lines.clone().count() >= 6, "{way}: {text}");
        for line in lines {
            assert!(signed.contains(line), "{way}: {line}: {signed}");
        }
        for (placeholder, typed) in [
            ("〔氏名〕", HANAKO.name),
            ("〔住所〕", HANAKO.address),
            ("〔生年月日〕", HANAKO.birth),
        ] {
            let line = text
                .lines()
                .find(|line| line.contains(placeholder))
                .unwrap();
            assert!(
                signed.contains(&line.replace(placeholder, typed)),
                "{way}: {line}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn through_the_app_people_are_sent_to_the_provider() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor(0);
    let body = HANAKO.encoded();
    let form = crate::scene::FORM;
    let begun = visitor
        .browser
        .send("POST", "/apply/app/request", form, body.as_bytes())
        .await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let location = begun.json()["location"].as_str().unwrap().to_owned();
    assert!(location.starts_with("http://127.0.0.1:"), "{location}");
    assert!(
        !location.contains(&crate::scene::percent("架空")),
        "{location}"
    );
    let callback = visitor.signs_in_app(&location).await;
    let came = visitor.browser.get(&callback).await;
    assert_eq!(came.status, 303, "{}", came.text());
    let next = came.header("location").unwrap().to_owned();
    let page = visitor.browser.get(&next).await.text();
    assert!(
        page.contains(OPEN) && page.contains("Signature through the auth app"),
        "{page}"
    );
    // The same callback once more.
    let again = visitor.browser.get(&callback).await;
    assert_ne!(again.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_code_and_opens_nothing() {
    let scene = Scene::new().await;
    for (way, defect, code) in [
        (Way::Card, "expired", "x509.expired"),
        (Way::Cms, "expired", "x509.expired"),
        (Way::Card, "certificate-hold", "revoked"),
        (Way::Cms, "affiliation-changed", "revoked"),
        (Way::Card, "superseded", "revoked"),
        (Way::Card, "tampered-document", "signature.invalid"),
        (Way::Cms, "tampered-document", "cms.message_digest"),
        (Way::Phone, "expired-document", "mdoc.expired"),
        (Way::Phone, "revoked-signer", "revoked"),
    ] {
        let mut visitor = scene.visitor(0);
        visitor.defect = defect;
        let came = visitor.applies(way, &HANAKO).await;
        assert_eq!(came.status, 403, "{way:?} {defect}: {}", came.text());
        assert_eq!(came.json()["code"], code, "{way:?} {defect}");
    }
    assert!(scene.staff().get("/").await.text().contains("None yet."));
}
