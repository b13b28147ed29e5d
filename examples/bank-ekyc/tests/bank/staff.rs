//! What the staff sees and decides.

use crate::scene::{EIICHIRO, FORM, Form, HANAKO, Scene, Way};

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_sees_every_check_with_its_clause_and_the_age_of_what_it_rests_on() {
    for (way, check, clause) in [
        (Way::Card, "signature.verified", "RFC 8017, 8.2"),
        (Way::Cms, "cms.message_digest", "RFC 5652, 5"),
        (Way::Phone, "mdoc.device_auth", "ISO/IEC 18013-5, 9.1.3"),
    ] {
        let scene = Scene::new().await;
        let (path, _) = scene.visitor(0).applies_and_sees(way, &HANAKO).await;
        let case = scene.staff().get(&path).await.text();
        let row = case
            .split("<tr>")
            .find(|row| row.contains(&format!("<code>{check}</code>")));
        let row = row.unwrap_or_else(|| panic!("{way:?}: {case}"));
        assert!(row.contains(clause) && row.contains("Passed"), "{row}");
        assert!(!case.contains("Failed"), "{way:?}");
        for part in [
            "old when it was checked",
            "good, crl",
            "<dt>Transaction</dt>",
        ] {
            assert!(case.contains(part), "{way:?}: {part}: {case}");
        }
    }
}

/// Every check that a card, a CMS message or a phone is put to has a text.
#[tokio::test(flavor = "multi_thread")]
async fn an_officer_in_japan_reads_japanese() {
    for way in Way::ALL {
        let scene = Scene::new().await;
        let (path, _) = scene.visitor(0).applies_and_sees(way, &HANAKO).await;
        let mut staff = scene.staff();
        staff.language = "ja";
        let case = staff.get(&path).await.text();
        assert!(
            case.contains("検証の内訳") && case.contains("合格"),
            "{way:?}"
        );
        let rows = case
            .split("<tr>")
            .filter(|row| row.contains("<span lang=\"en\">"));
        assert_eq!(rows.collect::<Vec<_>>(), Vec::<&str>::new(), "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_decides_and_what_was_decided_stands() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor(3);
    let (path, _) = visitor.applies_and_sees(Way::Card, &EIICHIRO).await;
    let mut staff = scene.staff();
    let mut decide = async |word: &str| {
        let came = staff
            .send("POST", &format!("{path}/{word}"), FORM, b"")
            .await;
        (came.status, staff.get(&path).await.text())
    };
    let (status, case) = decide("documents").await;
    assert_eq!(status, 303);
    assert!(case.contains("Documents asked for") && case.contains("/opened"));
    let page = visitor.browser.get(&path).await.text();
    assert!(page.contains("We need further documents"), "{page}");
    let (_, case) = decide("opened").await;
    assert!(case.contains("tag good\">Opened") && !case.contains("formaction"));
    let (_, case) = decide("refused").await;
    assert!(
        case.contains("tag good\">Opened"),
        "it stays as it was decided"
    );
    // What nobody of the staff decides cannot be decided from outside either.
    for word in ["deciding", "continued", "x"] {
        let (status, _) = decide(word).await;
        assert_eq!(status, 400, "{word}");
    }
    let page = visitor.browser.get(&path).await.text();
    assert!(page.contains("Your account is open"));
    // It holds what was verified.
    assert!(page.contains("北海道富良野市仮称"));
}

/// Both wait, so that neither knows of an account when it is filed.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_applies_twice_has_one_account_whoever_decides() {
    let scene = Scene::new().await;
    let (mut one, mut two) = (scene.visitor(3), scene.visitor(3));
    let (first, _) = one.applies_and_sees(Way::Card, &EIICHIRO).await;
    let (second, _) = two.applies_and_sees(Way::Cms, &EIICHIRO).await;
    let mut staff = scene.staff();
    for path in [&first, &second] {
        let open = format!("{path}/opened");
        let came = staff.send("POST", &open, FORM, b"").await;
        assert_eq!(came.status, 303);
    }
    let list = staff.get("/").await.text();
    assert_eq!(list.matches("tag good\">Opened").count(), 1, "{list}");
    assert_eq!(list.matches("Continued later").count(), 1, "{list}");
    let case = staff.get(&second).await.text();
    assert!(case.contains("A customer already"), "{case}");
    let page = two.browser.get(&second).await.text();
    assert!(page.contains("We found your account"), "{page}");
    // What was typed differed, and nobody is told that it agreed.
    let page = one.browser.get(&first).await.text();
    assert!(!page.contains("agrees with what was verified"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_decide_nothing() {
    let scene = Scene::new().await;
    let other = Form {
        name: "見本　花子",
        ..HANAKO
    };
    let (path, _) = scene.visitor(0).applies_and_sees(Way::Card, &other).await;
    let mut staff = scene.staff();
    staff.from = Some("http://elsewhere.localhost");
    let came = staff
        .send("POST", &format!("{path}/opened"), FORM, b"")
        .await;
    assert_eq!(came.status, 403);
    staff.from = None;
    let case = staff.get(&path).await.text();
    assert!(case.contains("To be decided"), "{case}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_law_is_shown_with_what_is_known_and_what_is_not() {
    let scene = Scene::new().await;
    let page = scene.staff().get("/").await.text();
    for (before, after) in [("カ", "ヌ"), ("ル", "ト")] {
        let cell = |letter| format!("<strong lang=\"ja\">{letter}</strong>");
        let (at, later) = (
            page.find(&cell(before)).unwrap(),
            page.find(&cell(after)).unwrap(),
        );
        assert!(at < later, "{before} before {after}");
    }
    for act in ["携帯電話不正利用防止法", "古物営業法"] {
        let row = page.split("<tr>").find(|row| row.contains(act)).unwrap();
        assert!(row.contains("Not confirmed"), "{act}: {row}");
    }
    assert!(page.contains("公的個人認証法, Article 52"));
}
