//! Age checks at the lanes: who may buy, who is shown what, and who never sees it.

mod house;

use std::time::{Duration, Instant};

use house::{
    ADULT, BIRTHDAY_UNKNOWN, Browser, House, MINOR, ORIGIN, annex_c, answer, text, verdict,
};
use http::StatusCode;
use serde_json::json;
use tashika_testbed::mdoc::DeviceRequest;

#[tokio::test]
async fn a_lane_says_yes_or_no_and_the_shop_learns_nothing_else() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    for (person, shown) in [(ADULT, "reached"), (MINOR, "not-reached")] {
        let offered = till.begin(&house, "1").await;
        let waiting = till.screen(&house, "1").await;
        assert!(waiting.contains("Please look at your phone") && verdict(&waiting).is_none());
        let said = till.finish(&house, person, &offered).await;
        assert_eq!(said.json(), json!({ "next": "/lane/1" }));
        let page = till.get(&house.public, "/lane/1").await.text;
        assert_eq!(verdict(&page), Some(shown));
        // The name of the check, and neither who it was nor when they were born.
        let (_, reference) = page.split_once("<code>").unwrap();
        let reference = reference.split('<').next().unwrap();
        assert_eq!(reference.len(), 32);
        assert!(reference.bytes().all(|b| b.is_ascii_hexdigit()));
        for secret in ["架空", "見本　翔太", "1985", "昭和"] {
            assert!(!page.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn one_statement_is_asked_for_and_not_retained() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    for lane in ["1", "2"] {
        let offered = till.begin(&house, lane).await;
        let request = annex_c(&offered, ORIGIN);
        let request = DeviceRequest::read(request.device_request()).unwrap();
        let [document] = request.documents() else {
            panic!("one document");
        };
        let [element] = document.asked().elements.as_slice() else {
            panic!("one element");
        };
        assert_eq!(element.element, "age_over_20");
        assert!(!element.retain);
    }
}

#[tokio::test]
async fn a_phone_at_the_reader_is_shown_at_its_lane_alone() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let said = house.tap("1", ADULT).await;
    assert_eq!(said, json!({ "status": 200, "verdict": "yes" }));
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
    assert_eq!(verdict(&till.screen(&house, "2").await), None);
    let said = house.tap("2", MINOR).await;
    assert_eq!(said, json!({ "status": 200, "verdict": "no" }));
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
    assert_eq!(
        verdict(&till.screen(&house, "2").await),
        Some("not-reached")
    );
    // A lane that is not there asks nobody.
    for lane in ["0", "3", "", "1 ", "x"] {
        assert_eq!(house.begin_tap(lane).await.said["status"], 404, "{lane}");
    }
}

#[tokio::test]
async fn a_verdict_is_there_within_a_second() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let mut times = Vec::new();
    // Whatever else the machine does: the fastest of three.
    for _ in 0..3 {
        let tap = house.begin_tap("1").await;
        let begun = Instant::now();
        tap.answer(&house.holder(ADULT)).await;
        assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
        times.push(begun.elapsed());
    }
    assert!(
        times.iter().min() < Some(&Duration::from_secs(1)),
        "{times:?}"
    );
}

#[tokio::test]
async fn who_has_no_such_statement_is_refused_and_nothing_stands_in_for_it() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let offered = till.begin(&house, "1").await;
    let said = till.finish(&house, BIRTHDAY_UNKNOWN, &offered).await;
    said.refused(403, "mdoc.element_missing");
    let screen = till.screen(&house, "1").await;
    assert_eq!(verdict(&screen), Some("refused"));
    assert!(screen.contains("<code>mdoc.element_missing</code>"));
}

#[tokio::test]
async fn what_comes_late_is_not_shown_to_the_next_customer() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    // Somebody begins and goes away; the next one is too young.
    let first = till.begin(&house, "1").await;
    let second = till.begin(&house, "1").await;
    till.finish(&house, ADULT, &first)
        .await
        .refused(409, "turn.over");
    assert_eq!(verdict(&till.screen(&house, "1").await), None);
    till.finish(&house, MINOR, &second).await;
    assert_eq!(
        verdict(&till.screen(&house, "1").await),
        Some("not-reached")
    );

    // The same with the reader between, in both orders.
    let first = till.begin(&house, "1").await;
    let tap = house.begin_tap("1").await;
    till.finish(&house, ADULT, &first)
        .await
        .refused(409, "turn.over");
    tap.answer(&house.holder(MINOR)).await;
    assert_eq!(
        verdict(&till.screen(&house, "1").await),
        Some("not-reached")
    );
    let tap = house.begin_tap("1").await;
    let second = till.begin(&house, "1").await;
    let said = tap.answer(&house.holder(ADULT)).await;
    assert_eq!(
        (text(&said, "code"), &said["status"]),
        ("turn.over", &409.into())
    );
    till.finish(&house, MINOR, &second).await;
    assert_eq!(
        verdict(&till.screen(&house, "1").await),
        Some("not-reached")
    );
}

#[tokio::test]
async fn customers_at_both_lanes_and_by_both_ways_are_told_apart() {
    let house = House::open().await;
    let mut one = Browser::till(&house).await;
    let mut two = Browser::till(&house).await;
    let (at_one, at_two) = (one.begin(&house, "1").await, two.begin(&house, "2").await);
    two.finish(&house, MINOR, &at_two).await;
    assert_eq!(verdict(&one.screen(&house, "1").await), None);
    one.finish(&house, ADULT, &at_one).await;
    assert_eq!(verdict(&one.screen(&house, "1").await), Some("reached"));
    assert_eq!(verdict(&two.screen(&house, "2").await), Some("not-reached"));

    let (at_one, at_two) = (house.begin_tap("1").await, two.begin(&house, "2").await);
    at_one.answer(&house.holder(MINOR)).await;
    two.finish(&house, ADULT, &at_two).await;
    assert_eq!(verdict(&one.screen(&house, "1").await), Some("not-reached"));
    assert_eq!(verdict(&two.screen(&house, "2").await), Some("reached"));
}

#[tokio::test]
async fn a_turn_ends_by_a_button_and_by_time() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    house.tap("1", ADULT).await;
    let said = till.submit(&house.public, "/lane/1/next", "").await;
    assert_eq!(
        (said.status, said.location()),
        (StatusCode::SEE_OTHER, "/lane/1")
    );
    // Whoever goes back finds nothing: the page is not kept, and asks again.
    let page = till.get(&house.public, "/lane/1").await;
    assert_eq!(verdict(&page.text), None);
    assert_eq!(page.headers["cache-control"], "no-store");

    house.tap("1", ADULT).await;
    house.pass(20);
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
    house.pass(1);
    assert_eq!(verdict(&till.screen(&house, "1").await), None);

    // Somebody who was asked and walked away.
    let offered = till.begin(&house, "1").await;
    house.pass(121);
    assert!(
        !till
            .screen(&house, "1")
            .await
            .contains("look at your phone")
    );
    till.finish(&house, ADULT, &offered)
        .await
        .refused(409, "turn.over");
    let offered = till.begin(&house, "1").await;
    house.pass(601);
    let said = till.finish(&house, ADULT, &offered).await;
    said.refused(403, "transaction.unknown");
    assert_eq!(verdict(&till.screen(&house, "1").await), None);
}

#[tokio::test]
async fn an_answer_counts_once_and_at_its_lane() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let offered = till.begin(&house, "1").await;
    // At another lane, where it was not begun.
    let elsewhere = text(&offered, "answer").replace("/lane/1/", "/lane/2/");
    let holder = house.holder(ADULT);
    let said = till
        .post(
            &house.public,
            &elsewhere,
            &answer(&holder, &offered, ORIGIN),
        )
        .await;
    said.refused(403, "transaction.unknown");
    assert_eq!(verdict(&till.screen(&house, "2").await), None);
    // In another browser.
    let mut stranger = Browser::default();
    let said = stranger.finish(&house, ADULT, &offered).await;
    said.refused(403, "transaction.browser");
    // Twice.
    let offered = till.begin(&house, "1").await;
    let cookies = till.cookies.clone();
    till.finish(&house, ADULT, &offered).await;
    till.cookies = cookies;
    let said = till.finish(&house, ADULT, &offered).await;
    said.refused(403, "transaction.unknown");
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
}

#[tokio::test]
async fn a_code_at_the_attended_lane_is_for_the_first_phone() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let said = till.submit(&house.public, "/lane/2/code", "").await;
    assert_eq!(
        (said.status, said.location()),
        (StatusCode::SEE_OTHER, "/lane/2")
    );
    assert_eq!(till.cookies.len(), 2, "those of the screens");
    let screen = till.screen(&house, "2").await;
    assert!(screen.contains("<svg"));
    assert!(screen.contains("This cannot be excluded here"));
    let (_, url) = screen.split_once("href=\"").unwrap();
    let url = url.split('"').next().unwrap().replace("&amp;", "&");
    let path = url.strip_prefix(ORIGIN).unwrap();

    let (mut phone, mut late) = (Browser::default(), Browser::default());
    let page = phone.get(&house.public, path).await.text;
    assert!(page.contains("data-request=\"/lane/2/phone/request\""));
    let ticket = path.split_once('?').unwrap().1;
    let offered = phone
        .ask(&house.public, "/lane/2/phone/request", ticket)
        .await
        .json();
    let said = late
        .ask(&house.public, "/lane/2/phone/request", ticket)
        .await;
    said.refused(410, "turn.code_gone");
    assert!(!till.screen(&house, "2").await.contains("<svg"));
    let said = phone.finish(&house, ADULT, &offered).await;
    assert_eq!(text(&said.json(), "next"), "/lane/2/phone/done");
    let done = phone.get(&house.public, "/lane/2/phone/done").await.text;
    assert_eq!(verdict(&done), None);
    let screen = till.screen(&house, "2").await;
    assert_eq!(verdict(&screen), Some("reached"));
    assert!(screen.contains("The answer came from another device"));

    // Where nobody stands by there is no code.
    let said = till.submit(&house.public, "/lane/1/code", "").await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    let page = till.get(&house.public, "/lane/1").await.text;
    assert!(!page.contains("<svg") && !page.contains("/lane/1/code"));
}

#[tokio::test]
async fn a_code_ends_with_its_turn() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let mut phone = Browser::default();
    till.submit(&house.public, "/lane/2/code", "").await;
    let screen = till.screen(&house, "2").await;
    let (_, ticket) = screen.split_once("ticket=").unwrap();
    let ticket = format!("ticket={}", ticket.split('"').next().unwrap());
    till.submit(&house.public, "/lane/2/next", "").await;
    let said = phone
        .ask(&house.public, "/lane/2/phone/request", &ticket)
        .await;
    said.refused(410, "turn.code_gone");
    let unknown = "ticket=00000000000000000000000000000000";
    let said = phone
        .ask(&house.public, "/lane/2/phone/request", unknown)
        .await;
    said.refused(410, "turn.code_gone");
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    house.tap("1", ADULT).await;
    till.more = vec![
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ];
    for path in [
        "/lane/1/next",
        "/lane/1/request",
        "/lane/1/pass",
        "/app/login?place=1",
    ] {
        let said = till.submit(&house.public, path, "code=x").await;
        assert_eq!(said.status, StatusCode::FORBIDDEN, "{path}");
    }
    let said = till.submit(&house.staff, "/lane/1/next", "").await;
    assert_eq!(said.status, StatusCode::FORBIDDEN);
    // A link or a picture does not begin a turn either.
    for path in ["/lane/1/request", "/lane/2/code", "/app/login?place=1"] {
        till.get(&house.public, path).await;
    }
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
}

#[tokio::test]
async fn a_screen_is_one_that_the_staff_has_let_in() {
    let house = House::open().await;
    let (mut home, mut till) = (Browser::default(), Browser::till(&house).await);
    for lane in ["1", "2"] {
        for path in ["request", "next", "pass"] {
            let path = format!("/lane/{lane}/{path}");
            home.ask(&house.public, &path, "code=x")
                .await
                .refused(403, "screen.unknown");
        }
        for path in [format!("/lane/{lane}"), format!("/lane/{lane}/screen")] {
            let said = home.get(&house.public, &path).await;
            assert_eq!(said.status, StatusCode::FORBIDDEN);
            assert!(said.text.contains("<code>screen.unknown</code>"));
        }
    }
    for path in ["/lane/2/code", "/app/login?place=1", "/app/login?place=2"] {
        home.ask(&house.public, path, "")
            .await
            .refused(403, "screen.unknown");
    }
    // A link serves one browser, for its lane, and soon.
    let link = till.get(&house.staff, "/lane/1").await;
    let path = link.location().strip_prefix(ORIGIN).unwrap();
    let said = home
        .get(&house.public, &path.replace("/lane/1/", "/lane/2/"))
        .await;
    assert!(said.text.contains("<code>screen.unknown</code>"));
    assert_eq!(home.get(&house.public, path).await.location(), "/lane/1");
    assert!(
        home.screen(&house, "1")
            .await
            .contains("This needs an age check")
    );
    let said = home.get(&house.public, "/lane/2/screen").await;
    assert!(said.text.contains("<code>screen.unknown</code>"));
    let mut late = Browser::default();
    let said = late.get(&house.public, path).await;
    assert!(said.text.contains("<code>screen.unknown</code>"));
    let link = till.get(&house.staff, "/lane/1").await;
    house.pass(61);
    let path = link.location().strip_prefix(ORIGIN).unwrap();
    let said = late.get(&house.public, path).await;
    assert!(said.text.contains("<code>screen.unknown</code>"));
    // Nor does a query make it one of the other, where a code could be shown.
    let code = "/lane/2/code?place=1";
    home.ask(&house.public, code, "")
        .await
        .refused(403, "screen.unknown");
    let login = "/app/login?place=2";
    home.ask(&house.public, login, "")
        .await
        .refused(403, "screen.unknown");
    till.ask(&house.public, code, "").await;
    assert!(!home.screen(&house, "1").await.contains("<svg"));
    assert!(till.screen(&house, "2").await.contains("<svg"));
    // The cookie of one lane is none of the other, and nobody makes one up.
    let one = home.cookies["__Host-screen-1"].clone();
    for value in [
        one.as_str(),
        "",
        "x",
        "00000000000000000000000000000000.AAAA",
    ] {
        late.cookies = [("__Host-screen-2".to_owned(), value.to_owned())].into();
        let said = late.get(&house.public, "/lane/2/screen").await;
        assert!(said.text.contains("<code>screen.unknown</code>"));
    }
}

/// What names a lane otherwise, so that nobody sees which it is, or says another.
#[tokio::test]
async fn a_lane_that_is_named_otherwise_is_no_way_around_its_screen() {
    let house = House::open().await;
    let (mut home, mut till) = (Browser::default(), Browser::till(&house).await);
    house.tap("1", ADULT).await;
    for lane in ["/lane/%31", "/lane/1?place=3", "/lane/1?place=x"] {
        let (path, query) = lane.split_once('?').unwrap_or((lane, ""));
        for path in [
            format!("{path}/next?{query}"),
            format!("{path}/pass?{query}"),
        ] {
            let said = home.ask(&house.public, &path, "code=x").await;
            said.refused(403, "screen.unknown");
        }
        for path in [format!("{path}?{query}"), format!("{path}/screen?{query}")] {
            let said = home.get(&house.public, &path).await;
            assert!(said.text.contains("<code>screen.unknown</code>"), "{path}");
        }
    }
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
}
