//! What is wrong with an answer, what cannot be known, and what is kept of either.

#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]

mod house;

use std::fs;

use house::{ADULT, Browser, House, MINOR, NOW, ORIGIN, answer, text, verdict};
use http::StatusCode;
use tashika::audit::{ChainKey, ChainVerifier, Part};
use tashika_testbed::auth_app::Choice;
use tashika_testbed::mdoc::{Elements, Holder, MdocTestbed, elements};
use tashika_testbed::{Answer, Credential, Person};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A phone of an adult whose card was issued otherwise.
fn issued(house: &House, signer: &Credential, (signed, from, until): (i64, i64, i64)) -> Holder {
    let adult = Person::everybody(NOW).swap_remove(ADULT);
    let elements = Elements::japan(&adult, NOW, b"portrait");
    let issued = house.phones.issuance(elements::JAPAN, &elements);
    let signed = issued.validity(signed, from, until).sign(signer);
    Holder::new(signed, house.phones.device_key())
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_a_code_for_the_staff() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let (good, signer) = (
        (NOW - DAY, NOW - DAY, NOW + DAY),
        house.phones.japan_signer(),
    );
    let stranger = MdocTestbed::fresh(NOW);
    let path = format!("nameSpaces/{}/0/elementValue", elements::COMMON_NAME_SPACE);
    let holder = house.holder(MINOR);
    let minor = holder.mdoc();
    let all = minor.elements(elements::COMMON_NAME_SPACE);
    let place = all.iter().position(|name| name == "age_over_20").unwrap();
    let path = path.replace("/0/", &format!("/{place}/"));
    let older = minor
        .clone()
        .edit(|issued| issued.edit(&path, |_| true.into()));
    for (holder, code) in [
        (
            issued(
                &house,
                signer,
                (NOW - 20 * DAY, NOW - 20 * DAY, NOW - 10 * DAY),
            ),
            "mdoc.expired",
        ),
        (
            issued(&house, signer, (NOW - DAY, NOW + DAY, NOW + 2 * DAY)),
            "mdoc.not_yet_valid",
        ),
        (
            issued(&house, stranger.japan_signer(), good),
            "x509.authority_key",
        ),
        (holder.with_mdoc(older), "mdoc.digest"),
        (
            Holder::new(
                minor.clone(),
                house.phones.key(tashika_testbed::Algorithm::P256, "copy"),
            ),
            "mdoc.device_signature",
        ),
    ] {
        let offered = till.begin(&house, "1").await;
        let answer = answer(&holder, &offered, ORIGIN);
        let said = till
            .post(&house.public, text(&offered, "answer"), &answer)
            .await;
        said.refused(403, code);
        let screen = till.screen(&house, "1").await;
        assert_eq!(verdict(&screen), Some("refused"), "{code}");
        assert!(screen.contains(&format!("<code>{code}</code>")), "{code}");
        // The same at the reader.
        let said = house.begin_tap("2").await.answer(&holder).await;
        assert_eq!(text(&said, "code"), code);
        assert_eq!(
            verdict(&till.screen(&house, "2").await),
            Some("refused"),
            "{code}"
        );
    }
}

#[tokio::test]
async fn an_answer_for_somebody_else_is_none() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    // A phone that took another page for ours.
    let offered = till.begin(&house, "1").await;
    let elsewhere = answer(&house.holder(ADULT), &offered, "https://evil.example");
    let said = till
        .post(&house.public, text(&offered, "answer"), &elsewhere)
        .await;
    said.refused(403, "mdoc.envelope_seal");
    // The answer to an earlier question.
    let first = till.begin(&house, "1").await;
    let replayed = house.answer(ADULT, &first);
    let offered = till.begin(&house, "1").await;
    let said = till
        .post(&house.public, text(&offered, "answer"), &replayed)
        .await;
    said.refused(403, "mdoc.envelope_seal");
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("refused"));
    // What is none at all leaves the question open.
    let offered = till.begin(&house, "1").await;
    let path = text(&offered, "answer");
    let said = till
        .post(&house.public, path, &serde_json::json!({ "protocol": 1 }))
        .await;
    said.refused(422, "input.envelope");
    till.finish(&house, ADULT, &offered).await;
    assert_eq!(verdict(&till.screen(&house, "1").await), Some("reached"));
}

#[tokio::test]
async fn who_is_revoked_is_told_no_reason() {
    let house = House::with_revoked(|phones| vec![phones.japan_signer()]).await;
    let mut till = Browser::till(&house).await;
    let offered = till.begin(&house, "1").await;
    till.finish(&house, ADULT, &offered)
        .await
        .refused(403, "revoked");
    let screen = till.screen(&house, "1").await;
    assert_eq!(verdict(&screen), Some("refused"));
    assert!(screen.contains("<code>revoked</code>"));
    assert!(!screen.to_lowercase().contains("compromise"));
    assert_eq!(text(&house.tap("2", ADULT).await, "code"), "revoked");
}

#[tokio::test]
async fn lanes_go_on_without_the_mirror_within_grace_and_no_longer() {
    let mut house = House::open().await;
    let mut till = Browser::till(&house).await;
    // Its process is killed.
    drop(house.mirror.take());
    for (hours, tag, shown) in [
        (0, "current", "reached"),
        (46, "current", "reached"),
        (2, "overdue, within grace", "reached"),
        (70, "overdue, within grace", "reached"),
        (2, "too old: our staff checks", "undetermined"),
    ] {
        house.pass(hours * HOUR);
        house.backing.synchronise().await;
        let said = house.tap("1", ADULT).await;
        let screen = till.screen(&house, "1").await;
        assert!(screen.contains(tag), "{tag}: {screen}");
        assert_eq!(verdict(&screen), Some(shown), "{tag}");
        if shown == "undetermined" {
            assert_eq!(
                (text(&said, "code"), &said["status"]),
                ("revocation.stale", &503.into())
            );
            assert!(screen.contains("Our staff will check") && screen.contains("Nothing is wrong"));
        }
    }
    // A person too young is no more refused than anybody: it is not known.
    house.tap("1", MINOR).await;
    assert_eq!(
        verdict(&till.screen(&house, "1").await),
        Some("undetermined")
    );
    let office = till.get(&house.staff, "/").await.text;
    assert!(office.contains("too old") && office.contains("5 d"));
}

#[tokio::test]
async fn without_a_list_nothing_is_known() {
    let house = House::without_lists().await;
    let mut till = Browser::till(&house).await;
    let offered = till.begin(&house, "1").await;
    till.finish(&house, ADULT, &offered)
        .await
        .refused(503, "revocation.missing");
    let screen = till.screen(&house, "1").await;
    assert_eq!(verdict(&screen), Some("undetermined"));
    assert!(screen.contains("No revocation lists"));
}

#[tokio::test]
async fn the_app_tells_a_date_of_which_a_yes_or_no_is_left() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    for (person, shown) in [
        ("person0", "reached"),
        ("person1", "not-reached"),
        ("person4", "undetermined"),
        ("person7", "reached"),
    ] {
        let said = till
            .ask(&house.public, "/app/login?place=1", "")
            .await
            .json();
        let url = text(&said, "location").to_owned();
        assert!(url.contains("scope=openid+birthdate&"), "{url}");
        let said = house
            .come_back(&mut till, &url, Choice::citizen(person))
            .await;
        assert_eq!(
            (said.status, said.location()),
            (StatusCode::SEE_OTHER, "/lane/1")
        );
        assert!(!till.cookies.keys().any(|name| name.contains("session")));
        let screen = till.screen(&house, "1").await;
        assert_eq!(verdict(&screen), Some(shown), "{person}");
        assert!(!screen.contains("<code>"));
    }
    // They are in no chain of records.
    assert!(records(&house).is_empty());
}

#[tokio::test]
async fn who_comes_back_from_the_app_is_nobody_elses_customer() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    let login = async |till: &mut Browser| {
        let said = till
            .ask(&house.public, "/app/login?place=1", "")
            .await
            .json();
        text(&said, "location").to_owned()
    };
    // Somebody else has begun meanwhile.
    let url = login(&mut till).await;
    till.begin(&house, "1").await;
    let said = house
        .come_back(&mut till, &url, Choice::citizen("person0"))
        .await;
    assert_eq!(said.status, StatusCode::CONFLICT);
    assert!(said.text.contains("<code>turn.over</code>"));
    assert_eq!(verdict(&till.screen(&house, "1").await), None);
    // Another browser comes back, and the same one twice.
    let url = login(&mut till).await;
    let back = house.provider.authorize(&url, Choice::citizen("person0"));
    let path = back.strip_prefix(ORIGIN).unwrap();
    let said = Browser::default().get(&house.public, path).await;
    assert!(
        said.text.contains("<code>auth_app.browser</code>"),
        "{}",
        said.text
    );
    let cookies = till.cookies.clone();
    till.get(&house.public, path).await;
    till.cookies = cookies;
    let said = till.get(&house.public, path).await;
    assert!(
        said.text.contains("<code>transaction.unknown</code>"),
        "{}",
        said.text
    );
    // The person stops, and the provider is down.
    let url = login(&mut till).await;
    let said = house.come_back(&mut till, &url, Choice::Cancel).await;
    assert!(
        said.text.contains("<code>auth_app.cancelled</code>"),
        "{}",
        said.text
    );
    let url = login(&mut till).await;
    house
        .provider
        .switch(|switches| switches.token.instead = Some(Answer::html()));
    let said = house
        .come_back(&mut till, &url, Choice::citizen("person0"))
        .await;
    assert_eq!(said.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(verdict(&till.screen(&house, "1").await), None);
}

#[tokio::test]
async fn counts_and_days_are_all_that_is_kept() {
    let house = House::open().await;
    let mut till = Browser::till(&house).await;
    house.tap("1", ADULT).await;
    house.tap("1", MINOR).await;
    let offered = till.begin(&house, "2").await;
    till.finish(&house, ADULT, &offered).await;
    house
        .begin_tap("2")
        .await
        .answer(&MdocTestbed::fresh(NOW).japan())
        .await;
    let office = till.get(&house.staff, "/").await.text;
    let rows: Vec<_> = office
        .split("<tr>")
        .filter(|row| row.contains("scope=\"row\""))
        .collect();
    let numbers = |row: &str| {
        let cells = row
            .split("</td>")
            .filter_map(|cell| cell.rsplit('>').next()?.parse().ok());
        cells.collect::<Vec<u32>>()
    };
    assert_eq!(numbers(rows[0]), [1, 1, 0, 0]);
    assert_eq!(numbers(rows[1]), [1, 0, 1, 0]);

    let records = records(&house);
    assert_eq!(records.len(), 4);
    let offered_in = text(&offered, "transaction");
    for record in &records {
        for secret in [
            offered_in,
            "T03:",
            "12:00",
            "架空",
            "1985",
            "transaction",
            "serial",
        ] {
            assert!(!record.contains(secret), "{secret}: {record}");
        }
        assert!(record.contains("2027-01-16"), "{record}");
    }
    let key = fs::read(house.data().join("keys/ages")).unwrap();
    let key = ChainKey::from_octets(&key.try_into().unwrap());
    let mut verifier = ChainVerifier::from_beginning(vec![key]);
    let lines = records.join("\n") + "\n";
    verifier
        .read(lines.as_bytes(), Part::Last, |_| Ok(()))
        .unwrap();
    let summary = verifier.finish().unwrap();
    assert_eq!(summary.records, 4);
    assert!(office.contains(&summary.head.unwrap().to_string()));
}

#[tokio::test]
async fn the_staff_frees_a_lane() {
    let house = House::open().await;
    let mut staff = Browser::till(&house).await;
    house.tap("1", ADULT).await;
    let said = staff.submit(&house.staff, "/lane/1/next", "").await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(verdict(&staff.screen(&house, "1").await), None);
}

/// The lines of the chain of age checks.
fn records(house: &House) -> Vec<String> {
    let folder = house.data().join("ages");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some()).collect();
    files.sort();
    let text = files.iter().map(|path| fs::read_to_string(path).unwrap());
    text.collect::<String>()
        .lines()
        .map(str::to_owned)
        .collect()
}
