//! What people do to a box office and to gates: the same thing twice, somebody
//! else's, too late, and from the wrong place.

mod hall;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hall::{
    Browser, Hall, assert_admitted, assert_refused, cards, counted, engagement, signed, to,
};
use serde_json::json;
use tashika_testbed::mdoc::{Engagement, Handover};

#[tokio::test]
async fn what_a_phone_once_said_opens_nothing_again() {
    let (hall, phone) = Hall::with_phone(0).await;
    // A reader that listens in while its owner is let in.
    let shown = engagement();
    let mut reader = hall.reader("A").await;
    let offered = reader.engage(&shown.uri()).await.unwrap();
    let data = json!({ "data": STANDARD.encode(phone.answer(&shown, &offered)) });
    assert_eq!(reader.say(&data).await.unwrap()["code"], "admitted");
    // The same person has not entered at a gate that is cut off.
    let cut = Browser::new().submit(hall.staff(), "/cut", "gate=B").await;
    assert_eq!(cut.location(), "/");
    // The same code, photographed, and the same message: another session's key.
    let mut reader = hall.reader("B").await;
    reader.engage(&shown.uri()).await.unwrap();
    let replayed = reader.say(&data).await.unwrap();
    assert_eq!(
        (&replayed["status"], &replayed["code"]),
        (&403.into(), &"refused".into())
    );
    // One conversation hears one answer.
    assert_eq!(reader.say(&data).await, None);
    let codes = counted(&[("mdoc.session_seal", 1), ("passed", 1)]);
    assert_eq!(hall.codes().await, codes);
}

#[tokio::test]
async fn a_photograph_of_a_phones_code_is_not_the_phone() {
    let (hall, victim) = Hall::with_phone(0).await;
    // The thief's reader sees the victim's code; the thief's phone has no key to it.
    let (shown, own) = (engagement(), engagement());
    let mut reader = hall.reader("A").await;
    let offered = reader.engage(&shown.uri()).await.unwrap();
    let forged = Engagement::new(own.key().clone());
    let establishment = STANDARD
        .decode(offered["establishment"].as_str().unwrap())
        .unwrap();
    let thief = hall::phones().wallet();
    let answered = thief.answer_proximity(&forged, &Handover::Qr, &establishment);
    assert!(answered.is_err(), "the thief cannot even read the request");
    // What the thief's phone would say in a session of its own.
    let mut other = hall.reader("A").await;
    let offered = other.engage(&own.uri()).await.unwrap();
    let data = victim.answer(&own, &offered);
    let refused = reader
        .say(&json!({ "data": STANDARD.encode(data) }))
        .await
        .unwrap();
    assert_eq!(refused["code"], "refused");
    assert_eq!(hall.codes().await, counted(&[("mdoc.session_seal", 1)]));
}

#[tokio::test]
async fn a_second_answer_to_one_question_is_nobodys() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    let mut buyer = Browser::new();
    let offered = buyer.begin(hall.public(), "/buy/card/request").await;
    let answer = signed(&card, &offered);
    let before = buyer.clone();
    assert_eq!(
        buyer
            .post(hall.public(), &to(&offered), &answer)
            .await
            .json()["next"],
        "/ticket"
    );
    // A double click, and a tab that was restored with its cookies.
    for (mut again, code) in [
        (buyer.clone(), "transaction.browser"),
        (before, "transaction.unknown"),
    ] {
        let again = again.post(hall.public(), &to(&offered), &answer).await;
        assert_eq!(again.outcome(), (403, code.to_owned()));
    }
    // The ticket is there, and going back shows it again.
    for _ in 0..2 {
        assert_eq!(buyer.get(hall.public(), "/ticket").await.status, 200);
    }

    let mut kiosk = Browser::new();
    let offered = kiosk.begin(hall.staff(), "/gate/A/card/request").await;
    let (answer, mut before) = (signed(&card, &offered), kiosk.clone());
    assert_admitted(&kiosk.post(hall.staff(), &to(&offered), &answer).await);
    assert_refused(&before.post(hall.staff(), &to(&offered), &answer).await);
    let codes = counted(&[("passed", 1), ("transaction.unknown", 1)]);
    assert_eq!(hall.codes().await, codes);
}

#[tokio::test]
async fn an_answer_counts_where_it_was_asked_for() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    assert_eq!(hall.buy(&card).await.json()["next"], "/ticket");
    // The other gate, and the box office; the browser is the same.
    let mut browser = Browser::new();
    let asked = browser.begin(hall.staff(), "/gate/A/card/request").await;
    let elsewhere = to(&asked).replace("/gate/A/", "/gate/B/");
    let refused = browser
        .post(hall.staff(), &elsewhere, &signed(&card, &asked))
        .await;
    assert_refused(&refused);
    let asked = browser.begin(hall.staff(), "/gate/A/card/request").await;
    let elsewhere = to(&asked).replace("/gate/A/", "/buy/");
    let refused = browser
        .post(hall.public(), &elsewhere, &signed(&card, &asked))
        .await;
    assert_eq!(refused.outcome().1, "transaction.seal");
    let asked = browser.begin(hall.public(), "/buy/card/request").await;
    let elsewhere = to(&asked).replace("/buy/", "/gate/A/");
    let refused = browser
        .post(hall.staff(), &elsewhere, &signed(&card, &asked))
        .await;
    assert_refused(&refused);
    // Another browser.
    let asked = browser.begin(hall.staff(), "/gate/A/card/request").await;
    let answer = signed(&card, &asked);
    assert_refused(
        &Browser::new()
            .post(hall.staff(), &to(&asked), &answer)
            .await,
    );
    let codes = counted(&[
        ("transaction.browser", 1),
        ("transaction.foreign", 1),
        ("transaction.seal", 1),
    ]);
    assert_eq!(hall.codes().await, codes);
    // Nobody has entered by any of it.
    assert_admitted(&browser.post(hall.staff(), &to(&asked), &answer).await);
}

#[tokio::test]
async fn two_people_at_one_gate_get_each_their_own_verdict() {
    let (hall, holder, other) = (Hall::open().await, cards().card(0), cards().card(1));
    assert_eq!(hall.buy(&holder).await.json()["next"], "/ticket");
    let mut kiosk = Browser::new();
    let mut begin = async || kiosk.begin(hall.staff(), "/gate/A/card/request").await;
    let (first, second, third) = (begin().await, begin().await, begin().await);
    // Each answers the other's question: a signature over something else.
    assert_refused(
        &kiosk
            .post(hall.staff(), &to(&first), &signed(&holder, &second))
            .await,
    );
    // And their own, in the other order.
    assert_refused(
        &kiosk
            .post(hall.staff(), &to(&third), &signed(&other, &third))
            .await,
    );
    assert_admitted(
        &kiosk
            .post(hall.staff(), &to(&second), &signed(&holder, &second))
            .await,
    );
    // Somebody else's certificate beside one's own signature.
    let fourth = kiosk.begin(hall.staff(), "/gate/A/card/request").await;
    let mut mixed = signed(&other, &fourth);
    mixed["certificate"] = signed(&holder, &fourth)["certificate"].clone();
    assert_refused(&kiosk.post(hall.staff(), &to(&fourth), &mixed).await);
    let codes = counted(&[("ledger.none", 1), ("passed", 1), ("signature.invalid", 2)]);
    assert_eq!(hall.codes().await, codes);
}

#[tokio::test]
async fn whoever_comes_too_late_starts_again() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    let mut buyer = Browser::new();
    let offered = buyer.begin(hall.public(), "/buy/card/request").await;
    hall.pass(11 * 60);
    let late = buyer
        .post(hall.public(), &to(&offered), &signed(&card, &offered))
        .await;
    assert_eq!(late.outcome(), (403, "transaction.unknown".to_owned()));
    assert_eq!(buyer.get(hall.public(), "/ticket").await.location(), "/");
    let again = buyer
        .challenge(hall.public(), "/buy/card/request", &card)
        .await;
    assert_eq!(again.json()["next"], "/ticket");
    // A visit ends too, and the ticket stays.
    assert_eq!(buyer.get(hall.public(), "/ticket").await.status, 200);
    hall.pass(11 * 60);
    assert_eq!(buyer.get(hall.public(), "/ticket").await.location(), "/");
    assert_admitted(&hall.enter("A", &card).await);
}

#[tokio::test]
async fn the_next_person_at_a_screen_finds_no_ticket() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    let (mut shared, mut other) = (Browser::new(), Browser::new());
    let bought = shared
        .challenge(hall.public(), "/buy/card/request", &card)
        .await;
    assert_eq!(bought.json()["next"], "/ticket");
    assert_eq!(other.get(hall.public(), "/ticket").await.location(), "/");
    let kept = shared.clone();
    assert_eq!(
        shared.submit(hall.public(), "/leave", "").await.location(),
        "/"
    );
    for mut browser in [shared, kept] {
        assert_eq!(browser.get(hall.public(), "/ticket").await.location(), "/");
    }
}

#[tokio::test]
async fn gates_and_staff_are_not_reached_from_outside() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    assert_eq!(hall.buy(&card).await.json()["next"], "/ticket");
    let mut outside = Browser::new();
    for path in [
        "/gate/A/card/request",
        "/gate/A/card/answer",
        "/terminal/proximity/request",
        "/terminal/proximity/response",
        "/cut",
        "/ledger",
    ] {
        let refused = outside.post(hall.public(), path, &json!({})).await;
        assert_eq!(refused.status, 404, "{path}");
        assert_eq!(outside.get(hall.public(), path).await.status, 404, "{path}");
    }
    // Nor does another site's page reach the staff's buttons.
    for headers in [
        [
            ("sec-fetch-site", "cross-site"),
            ("host", "staff.ticket-gate.localhost:8131"),
        ],
        [
            ("origin", "https://evil.example"),
            ("host", "staff.ticket-gate.localhost:8131"),
        ],
    ] {
        let refused = outside
            .submit_with(hall.staff(), "/cut", "gate=A", &headers)
            .await;
        assert_eq!(refused.status, 403);
    }
    assert!(!outside.get(hall.staff(), "/").await.text.contains("切断中"));
    // A place that is no gate.
    let mut reader = hall.reader("Z").await;
    assert_eq!(
        reader.engage(&engagement().uri()).await.unwrap()["status"],
        404
    );
    assert_eq!(hall.codes().await, counted(&[]));
}

#[tokio::test]
async fn what_is_no_form_of_ours_changes_nothing() {
    let hall = Hall::open().await;
    let mut staff = Browser::new();
    for (path, form) in [
        ("/cut", "gate=Z"),
        ("/cut", ""),
        ("/ledger", "ledger=not+a+ledger"),
        ("/ledger", "ledger=%7B%22subject%22%3A%22a%22%7D"),
    ] {
        let refused = staff.submit(hall.staff(), path, form).await;
        assert_eq!(refused.status, 422, "{path} {form}");
        assert!(
            refused.text.contains("読み取れない内容です"),
            "{}",
            refused.text
        );
    }
    let unreadable = [
        ("/buy/card/answer", "input.media_type", 415),
        ("/gate/A/card/answer", "refused", 403),
    ];
    for (path, code, status) in unreadable {
        let house = if path.starts_with("/buy") {
            hall.public()
        } else {
            hall.staff()
        };
        let request = [("accept", "application/json")];
        let refused = staff
            .submit_with(house, path, "certificate=1", &request)
            .await;
        assert_eq!(refused.json()["code"], code);
        assert!(refused.status == status || code == "refused", "{refused:?}");
    }
    assert_eq!(hall.codes().await, counted(&[("input.media_type", 1)]));
}

#[tokio::test]
async fn a_ledger_that_somebody_made_up_leaves_the_staff_their_page() {
    let hall = Hall::open().await;
    let line = |place: &str, at: i64| {
        let used = json!({ "place": place, "at": at });
        json!({ "subject": "ééééé", "by": "x", "used": used }).to_string()
    };
    let made_up = [line("A", i64::MAX), line("<b>", i64::MIN)].join("\n");
    hall.take_in(&format!("{made_up}\n")).await;
    let page = Browser::new().get(hall.staff(), "/").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("二重入場") && !page.text.contains("<b>"));
}

#[tokio::test]
async fn a_person_without_a_script_sees_a_page_that_reveals_nothing() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    hall.revoke(&card, tashika_testbed::Reason::CertificateHold)
        .await;
    let mut browser = Browser {
        language: Some("en"),
        ..Browser::default()
    };
    let offered = browser.begin(hall.staff(), "/gate/A/card/request").await;
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/json"),
    ];
    let answer = signed(&card, &offered).to_string();
    let page = browser
        .submit_with(hall.staff(), &to(&offered), &answer, &headers)
        .await;
    assert_eq!(page.status, 403);
    assert!(
        page.text
            .contains("We cannot let you in here. Please speak to our staff.")
    );
    let (_, main) = page.text.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    assert!(!main.contains("revoked") && !main.contains("certificate"));
}

#[tokio::test]
async fn nothing_that_is_kept_names_anybody() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    let (person, serial) = (card.person(), card.authentication().serial());
    let mut buyer = Browser::new();
    let bought = buyer
        .challenge(hall.public(), "/buy/card/request", &card)
        .await;
    assert_eq!(bought.json()["next"], "/ticket");
    let (other, phone) = Hall::with_phone(0).await;
    assert_eq!(other.hold("A", &phone).await["code"], "admitted");
    assert_admitted(&hall.enter("A", &card).await);
    let serial: String = serial.iter().map(|octet| format!("{octet:02x}")).collect();
    for hall in [&hall, &other] {
        let ledger = std::fs::read_to_string(hall.path("data/kaku-12.ledger")).unwrap();
        assert_eq!(ledger.lines().count(), 2);
        let exported = Browser::new().get(hall.staff(), "/ledger").await.text;
        assert_eq!(exported, ledger);
        let staff = Browser::new().get(hall.staff(), "/").await.text;
        for text in [
            &ledger,
            &staff,
            &buyer.get(hall.public(), "/ticket").await.text,
        ] {
            let given = person.name.split('\u{3000}').nth(1).unwrap();
            let birth = person.birth_date.get(1..).unwrap();
            let serial = serial.trim_start_matches("00");
            for part in [given, birth, serial] {
                assert!(!text.contains(part), "{part}");
            }
        }
    }
    // One person's values at two houses are two.
    let first = std::fs::read_to_string(hall.path("data/kaku-12.ledger")).unwrap();
    let third = Hall::open().await;
    third.buy(&card).await;
    let third = std::fs::read_to_string(third.path("data/kaku-12.ledger")).unwrap();
    assert_ne!(first.get(..80), third.get(..80));
}
