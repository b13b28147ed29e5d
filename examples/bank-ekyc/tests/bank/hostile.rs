//! Input of people who want something else than an account, or have two tabs.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::scene::{FORM, Form, HANAKO, Scene, Way, path};

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_do_not_fit_begin_nothing() {
    let scene = Scene::new().await;
    let mut browser = Browser::at(&scene.bank.origin);
    let long = "a".repeat(101);
    for (body, code) in [
        ("", "form.unfit"),
        ("name=&address=x&birth=1985-07-04", "form.unfit"),
        ("name=a&address=x&birth=1985-02-30", "form.unfit"),
        ("name=a&address=x&birth=1985", "form.unfit"),
        ("name=a%00b&address=x&birth=1985-07-04", "form.unfit"),
        // What turns a text around, and what is a line of its own.
        ("name=a%E2%80%AEb&address=x&birth=1985-07-04", "form.unfit"),
        ("name=a&address=x%E2%80%A8y&birth=1985-07-04", "form.unfit"),
        ("name=a&name=b&address=x&birth=1985-07-04", "form.unfit"),
        (
            &format!("name={long}&address=x&birth=1985-07-04"),
            "form.unfit",
        ),
        (
            &format!("name=a&address={}&birth=1985-07-04", "x".repeat(20_000)),
            "form.unreadable",
        ),
    ] {
        for way in [Way::Card, Way::Phone] {
            let came = browser
                .send("POST", way.request(), FORM, body.as_bytes())
                .await;
            assert_eq!(came.status, 422, "{way:?} {}", came.text());
            assert_eq!(came.json()["code"], code, "{way:?}");
            assert!(
                came.header("set-cookie").is_none(),
                "no transaction has begun"
            );
        }
    }
    let came = browser.post(Way::Phone.request(), &json!({})).await;
    assert_eq!(came.json()["code"], "form.unreadable");
}

/// Fields that nobody asked for change nothing, and the answer cannot change what
/// was typed.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_with_the_answer_is_not_believed() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor(0);
    let typed = Form {
        name: "見本　花子",
        ..HANAKO
    };
    // Fields that the form has not.
    let more = "&state=opened&known=x&verified=%E6%9E%B6%E7%A9%BA";
    let body = typed.encoded() + more;
    let offered = visitor
        .browser
        .send("POST", Way::Card.request(), FORM, body.as_bytes());
    let offered = offered.await.json();
    let answer = visitor.asks(Way::Card, &offered).await.unwrap();
    for (name, value) in [("name", HANAKO.name), ("state", "opened"), ("address", "x")] {
        let mut answer = answer.clone();
        answer[name] = value.into();
        let came = visitor.browser.post(path(&offered), &answer).await;
        let code = came.json()["code"].clone();
        assert_eq!((came.status, code.as_str()), (422, Some("input.answer")));
    }
    let came = visitor.browser.post(path(&offered), &answer).await;
    let (_, page) = visitor.outcome(&came).await;
    assert!(page.contains("Somebody will look at it"), "{page}");
    assert!(page.contains("<del>見本　花子</del>"), "{page}");
}

/// Somebody presses twice, and both requests arrive at once.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_equal_answers_one_counts() {
    let scene = Scene::new().await;
    for way in Way::ALL {
        let mut visitor = scene.visitor(0);
        let offered = visitor.begins(way, &HANAKO).await;
        let answer = visitor.asks(way, &offered).await.unwrap();
        let mut second = visitor.browser.clone();
        let (one, other) = tokio::join!(
            visitor.browser.post(path(&offered), &answer),
            second.post(path(&offered), &answer)
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{way:?}");
    }
    let page = scene.staff().get("/").await.text();
    assert_eq!(page.matches("href=\"/application/").count(), 3, "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_do_not_mix() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor(0);
    let other = Form {
        address: "東京都清瀬市架空町９－９",
        ..HANAKO
    };
    let one = visitor.begins(Way::Card, &HANAKO).await;
    let two = visitor.begins(Way::Card, &other).await;
    let signed_two = visitor.asks(Way::Card, &two).await.unwrap();
    // The signature of one tab, sent in the other: it is over another document.
    let came = visitor.browser.post(path(&one), &signed_two).await;
    assert_eq!(
        (came.status, came.json()["code"].as_str()),
        (403, Some("signature.invalid"))
    );
    // The second tab ends with what was typed there.
    let came = visitor.browser.post(path(&two), &signed_two).await;
    let (second, page) = visitor.outcome(&came).await;
    assert!(
        page.contains("<del>東京都清瀬市架空町９－９</del>"),
        "{page}"
    );
    let third = visitor.applies(Way::Phone, &HANAKO).await;
    let (_, page) = visitor.outcome(&third).await;
    assert!(!page.contains("９－９"));
    // And the earlier tab no longer shows what is not this visit's.
    let page = visitor.browser.get(&second).await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("Nothing is lost"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_an_outcome() {
    let scene = Scene::new().await;
    let (path, page) = scene.visitor(0).applies_and_sees(Way::Card, &HANAKO).await;
    assert!(page.contains("架空　花子"));
    let none = "/application/00000000000000000000000000000000";
    for stranger in [&mut scene.visitor(0).browser, &mut {
        let mut other = scene.visitor(5);
        other.applies_and_sees(Way::Phone, &HANAKO).await;
        other.browser
    }] {
        let (theirs, nobodys) = (stranger.get(&path).await, stranger.get(none).await);
        assert_eq!((theirs.status, nobodys.status), (404, 404));
        assert!(!theirs.text().contains("花子"));
        // That it exists is told to nobody.
        assert_eq!(theirs.text().replace(&path, none), nobodys.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_person_at_the_browser_goes_back_to_nothing() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor(0);
    let (path, page) = visitor.applies_and_sees(Way::Phone, &HANAKO).await;
    assert!(page.contains("架空　花子"));
    assert_eq!(visitor.browser.get("/").await.status, 200);
    let page = visitor.browser.get(&path).await;
    assert_eq!(page.status, 404);
    assert!(!page.text().contains("花子"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_serves_once_and_in_time() {
    let scene = Scene::new().await;
    for way in Way::ALL {
        let mut visitor = scene.visitor(0);
        let offered = visitor.begins(way, &HANAKO).await;
        let answer = visitor.asks(way, &offered).await.unwrap();
        let (first, second) = (
            visitor.browser.post(path(&offered), &answer).await,
            visitor.browser.post(path(&offered), &answer).await,
        );
        assert_eq!(first.status, 200, "{way:?}");
        assert_eq!(
            (second.status, second.json()["code"].as_str()),
            (403, Some("transaction.unknown")),
            "{way:?}"
        );
        // What was gained stays there: the double click has done no harm.
        visitor.outcome(&first).await;
        let offered = visitor.begins(way, &HANAKO).await;
        let answer = visitor.asks(way, &offered).await.unwrap();
        // A thief has the answer, and another browser.
        let came = Browser::at(&scene.bank.origin)
            .post(path(&offered), &answer)
            .await;
        assert_eq!(
            (came.status, came.json()["code"].as_str()),
            (403, Some("transaction.browser")),
            "{way:?}"
        );
    }
    let mut visitor = scene.visitor(0);
    let offered = visitor.begins(Way::Card, &HANAKO).await;
    let answer = visitor.asks(Way::Card, &offered).await.unwrap();
    scene.stage.change(&json!({ "days": 1 })).await.unwrap();
    let came = visitor.browser.post(path(&offered), &answer).await;
    assert_eq!(came.status, 403);
    let code = came.json()["code"].as_str().unwrap().to_owned();
    assert!(
        ["transaction.expired", "transaction.unknown"].contains(&code.as_str()),
        "{code}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_down_is_said_and_nobody_is_blamed() {
    let scene = Scene::new().await;
    scene
        .stage
        .change(&json!({ "lists": "stopped", "responders": "down" }))
        .await
        .unwrap();
    scene.stage.change(&json!({ "days": 5 })).await.unwrap();
    let mut visitor = scene.visitor(0);
    let front = visitor.browser.get("/").await.text();
    assert!(
        front.contains("Certificates cannot be checked at the moment"),
        "{front}"
    );
    let came = visitor.applies(Way::Phone, &HANAKO).await;
    assert_eq!(came.status, 503, "{}", came.text());
    assert!(
        came.json()["code"]
            .as_str()
            .unwrap()
            .starts_with("revocation.")
    );
    scene
        .stage
        .change(&json!({ "provider": "down" }))
        .await
        .unwrap();
    let body = HANAKO.encoded();
    let begun = visitor
        .browser
        .send("POST", "/apply/app/request", FORM, body.as_bytes())
        .await;
    assert_eq!(begun.status, 503, "{}", begun.text());
    let front = visitor.browser.get("/").await.text();
    assert!(
        front.contains("The auth app&#39;s service did not answer"),
        "{front}"
    );
    let said: Value = begun.json();
    assert!(
        said["code"].as_str().unwrap().starts_with("auth_app."),
        "{said}"
    );
}
