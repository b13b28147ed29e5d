//! Ages, and nothing else of whoever has them.

use axum::Router;
use axum::extract::Request;
use axum::routing::post;
use http_body_util::BodyExt;
use serde_json::Value;
use tashika::Code;
use tashika::mdoc::{AgeEvidence, JP_MNC, MDL, VerifiedPresentation};
use tashika::person::AtLeast;
use tashika::transaction::Purpose;
use tashika_testbed::Person;
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN};
use tashika_testbed::mdoc::{Cbor, Elements, Handover, Holder, MdocTestbed};
use tashika_tower::{AgeLayer, AgeRequirement, Verified, VerifiedAge};

use crate::browser::{Answer, Browser};
use crate::phones::{
    ISO_MDOC, OPENID4VP, Phones, answer_as, answer_page, answer_terminal, begin, engage, hand_over,
    qr, to,
};

const OVER_20: &str = "age_over_20";

/// The handler tells all that it finds.
async fn seen(request: Request) -> String {
    let (parts, body) = request.into_parts();
    assert!(body.collect().await.unwrap().to_bytes().is_empty());
    let extensions = &parts.extensions;
    assert!(extensions.get::<Verified<VerifiedPresentation>>().is_none());
    assert!(extensions.get::<VerifiedPresentation>().is_none());
    let proof = extensions.get::<Verified<VerifiedAge>>().unwrap();
    assert_eq!(proof.check().threshold(), 20);
    let outcome = match proof.outcome() {
        AtLeast::Yes => "yes",
        AtLeast::No => "no",
        AtLeast::Unknown => "unknown",
    };
    let (device, name) = (proof.gained().device, proof.evidence());
    assert_ne!(name.octets(), proof.transaction().octets());
    // Random digits may be any.
    let printed = format!("{proof:?}").replace(&name.to_string(), "…");
    format!("{outcome} {device:?} {name} {printed}")
}

fn app(phones: &Phones, age: AgeRequirement) -> Router {
    let purpose = Purpose::named("age").unwrap();
    let (channels, documents) = (phones.channels("/open"), phones.documents());
    let layer = AgeLayer::new(phones.site(), purpose, age, channels, documents);
    Router::new()
        .route("/open/response", post(seen))
        .route("/open/apple/response", post(seen))
        .route("/open/proximity/response", post(seen))
        .layer(layer.unwrap())
}

fn at_least_20(doc_type: &str, evidence: AgeEvidence) -> AgeRequirement {
    AgeRequirement::at_least(20, doc_type, evidence).unwrap()
}

/// The answer, the device, and the name of the check.
fn told(answer: &Answer) -> (&str, &str, &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut words = answer.text().split(' ');
    let mut word = || words.next().unwrap();
    (word(), word(), word())
}

/// The phone of somebody in the testbed.
fn phone_of(phones: &Phones, number: usize) -> MdocTestbed {
    let testbed = MdocTestbed::from_seed(1, phones.testbed.now());
    testbed.person(Person::everybody(phones.testbed.now()).swap_remove(number))
}

#[tokio::test]
async fn an_age_is_reached_or_not_and_nothing_else_is_told() {
    let phones = Phones::new();
    let app = app(&phones, at_least_20(JP_MNC, AgeEvidence::OverOnly));
    let (adult, of_16, born_20_years_ago) = (0, 1, 7);
    for (number, outcome) in [(adult, "yes"), (of_16, "no"), (born_20_years_ago, "yes")] {
        for protocol in [ISO_MDOC, OPENID4VP] {
            let mut browser = Browser::new();
            let offered = begin(&mut browser, &app, "/open/request").await;
            let answer = answer_page(&mut phone_of(&phones, number).wallet(), &offered, protocol);
            let taken = browser.post_json(&app, to(&offered), &answer).await;
            let (answered, device, _) = told(&taken);
            assert_eq!((answered, device), (outcome, "Same"));
        }
    }
}

/// What the wallet gave instead of the statement is reduced to it at once.
#[tokio::test]
async fn a_birth_date_decides_and_is_gone() {
    let phones = Phones::new();
    let app = app(&phones, at_least_20(JP_MNC, AgeEvidence::OrBirthDate));
    let masked = Cbor::map([
        ("birth_date", Cbor::full_date("2007-01-01")),
        ("approximate_mask", "00001111".into()),
    ]);
    for (birth_date, outcome) in [
        (Cbor::full_date("2007-01-15"), "yes"),
        (Cbor::full_date("2007-01-16"), "no"),
        (masked, "unknown"),
    ] {
        let mut browser = Browser::new();
        let offered = begin(&mut browser, &app, "/open/request").await;
        let answer = born(&phones, &offered, birth_date);
        let taken = browser.post_json(&app, to(&offered), &answer).await;
        assert_eq!(told(&taken).0, outcome);
        let (_, printed) = taken.text().split_once("Verified").unwrap();
        for leaked in ["2007", "01-16", "birth_date", JP_MNC] {
            assert!(!printed.contains(leaked), "{printed}");
        }
    }
}

#[tokio::test]
async fn evidence_counts_where_it_was_admitted() {
    let phones = Phones::new();
    let app = app(&phones, at_least_20(JP_MNC, AgeEvidence::OverOnly));
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/request").await;
    let answer = born(&phones, &offered, Cbor::full_date("1985-07-04"));
    let refused = browser.post_json(&app, to(&offered), &answer).await;
    assert_eq!(refused.refused(), Code::MdocElementUnrequested);
    assert_eq!(refused.status, 403);

    // Nobody knows the birthday, and the document says nothing of an age.
    let offered = begin(&mut browser, &app, "/open/request").await;
    let answer = answer_page(&mut phone_of(&phones, 4).wallet(), &offered, ISO_MDOC);
    let refused = browser.post_json(&app, to(&offered), &answer).await;
    assert_eq!(refused.refused(), Code::MdocElementMissing);
}

/// A card that states a date of birth and no age.
fn born(phones: &Phones, offered: &Value, birth_date: Cbor) -> Value {
    let elements = Elements::new().with(COMMON_NAME_SPACE, "birth_date", birth_date);
    let issuance = phones.testbed.issuance(JAPAN, &elements);
    let mdoc = issuance.sign(phones.testbed.japan_signer());
    let holder = Holder::new(mdoc, phones.testbed.device_key());
    answer_as(
        phones,
        offered,
        &holder,
        |session| session,
        |presentation| {
            presentation
                .select(COMMON_NAME_SPACE, &["birth_date"])
                .signed()
        },
    )
}

/// More than an age, though it was asked for an age.
#[tokio::test]
async fn more_than_an_age_is_refused() {
    let phones = Phones::new();
    let app = app(&phones, at_least_20(JP_MNC, AgeEvidence::OrBirthDate));
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/request").await;
    let card = phones.testbed.japan();
    let answer = answer_as(
        &phones,
        &offered,
        &card,
        |session| session,
        |presentation| {
            presentation
                .select(COMMON_NAME_SPACE, &[OVER_20, "sex"])
                .signed()
        },
    );
    let refused = browser.post_json(&app, to(&offered), &answer).await;
    assert_eq!(refused.refused(), Code::MdocElementUnrequested);
}

#[tokio::test]
async fn a_licence_is_asked_in_its_own_words() {
    let phones = Phones::new();
    let app = app(&phones, at_least_20(MDL, AgeEvidence::OrAgeInYears));
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/request").await;
    let refused = answer_page(&mut phones.testbed.wallet(), &offered, ISO_MDOC);
    // The testbed's licence states other ages, and its wallet gives what is asked.
    let refused = browser.post_json(&app, to(&offered), &refused).await;
    assert_eq!(refused.refused(), Code::MdocElementMissing);
    let offered = begin(&mut browser, &app, "/open/request").await;
    let licence = phones.testbed.licence();
    let answer = answer_as(
        &phones,
        &offered,
        &licence,
        |session| session,
        |presentation| {
            presentation
                .select("org.iso.18013.5.1", &["age_in_years"])
                .signed()
        },
    );
    let taken = browser.post_json(&app, to(&offered), &answer).await;
    assert_eq!(told(&taken).0, "yes");
}

/// One person on three channels, and three names that have nothing in common.
#[tokio::test]
async fn no_two_checks_are_linked() {
    let phones = Phones::new();
    let app = app(&phones, at_least_20(JP_MNC, AgeEvidence::OverOnly));
    let (mut wallet, mut browser) = (phones.testbed.wallet(), Browser::new());
    let offered = begin(&mut browser, &app, "/open/request").await;
    let answer = answer_page(&mut wallet, &offered, ISO_MDOC);
    let page = browser.post_json(&app, to(&offered), &answer).await;
    let offered = begin(&mut browser, &app, "/open/apple/request").await;
    let envelope = phones.answer_apple(&mut wallet, &offered);
    let apple = hand_over(&mut browser, &app, &offered, envelope).await;
    let engagement = phones.testbed.engagement();
    let offered = engage(&mut browser, &app, &qr(&engagement)).await;
    let data = answer_terminal(&wallet, &engagement, &Handover::Qr, &offered);
    let terminal = hand_over(&mut browser, &app, &offered, data).await;
    let mut names = [&page, &apple, &terminal].map(|answer| {
        let (outcome, _, name) = told(answer);
        assert_eq!((outcome, name.len()), ("yes", 32));
        name
    });
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

/// A till shows a code, and the customer's own phone answers.
#[tokio::test]
async fn another_device_answers_where_somebody_stands_by() {
    let phones = Phones::new();
    let attended = at_least_20(JP_MNC, AgeEvidence::OverOnly).attended_cross_device();
    let app = app(&phones, attended);
    let (mut wallet, mut till, mut phone) =
        (phones.testbed.wallet(), Browser::new(), Browser::new());
    let offered = begin(&mut till, &app, "/open/request").await;
    let answer = answer_page(&mut wallet, &offered, ISO_MDOC);
    let taken = phone.post_json(&app, to(&offered), &answer).await;
    let (outcome, device, _) = told(&taken);
    assert_eq!((outcome, device), ("yes", "Other"));
    let again = till.post_json(&app, to(&offered), &answer).await;
    assert_eq!(again.refused(), Code::TransactionUnknown);

    let offered = begin(&mut till, &app, "/open/request").await;
    let answer = answer_page(&mut wallet, &offered, ISO_MDOC);
    let taken = till.post_json(&app, to(&offered), &answer).await;
    assert_eq!(told(&taken).1, "Same");

    // An app and a terminal answer what they began.
    let offered = begin(&mut till, &app, "/open/apple/request").await;
    let envelope = phones.answer_apple(&mut wallet, &offered);
    let refused = hand_over(&mut phone, &app, &offered, envelope).await;
    assert_eq!(refused.refused(), Code::TransactionBrowser);
    let engagement = phones.testbed.engagement();
    let offered = engage(&mut till, &app, &qr(&engagement)).await;
    let data = answer_terminal(&wallet, &engagement, &Handover::Qr, &offered);
    let refused = hand_over(&mut phone, &app, &offered, data).await;
    assert_eq!(refused.refused(), Code::TransactionBrowser);
}

#[tokio::test]
async fn another_device_is_refused_where_nobody_said_otherwise() {
    let phones = Phones::new();
    let app = app(&phones, at_least_20(JP_MNC, AgeEvidence::OverOnly));
    let (mut till, mut phone) = (Browser::new(), Browser::new());
    let offered = begin(&mut till, &app, "/open/request").await;
    let answer = answer_page(&mut phones.testbed.wallet(), &offered, ISO_MDOC);
    let refused = phone.post_json(&app, to(&offered), &answer).await;
    assert_eq!(refused.refused(), Code::TransactionBrowser);
    assert_eq!(refused.status, 403);
}
