//! What a person signed is what was handed out to them.

use http::StatusCode;
use tashika::Code;
use tashika_testbed::{CmsBuilder, Encoding};

use crate::browser::{Answer, Browser, octets};
use crate::flow::{Flow, answer_over};
use crate::house::House;
use crate::signature::{DOCUMENT, app, to};

/// Has a person sign something else than what was handed out, in a message.
async fn signs(
    change: impl FnOnce(&str) -> String,
    message: impl FnOnce(CmsBuilder) -> CmsBuilder,
) -> Answer {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    let request = Flow::Signature.begin(&mut browser, &app).await;
    let handed_out = String::from_utf8(octets(&request["to_be_signed"])).unwrap();
    let signed = change(&handed_out);
    let message = house.desk.card().sign_cms(signed.as_bytes(), message);
    let media_type = "application/pkcs7-mime";
    browser.post(&app, to(&request), media_type, message).await
}

/// One that carries what was signed.
async fn carries(change: impl FnOnce(&str) -> String) -> Answer {
    signs(change, |message| message).await
}

#[tokio::test]
async fn a_message_carries_what_was_handed_out_to_its_last_octet() {
    assert_eq!(carries(str::to_owned).await.status, StatusCode::OK);
    for (from, to) in [
        ("open an account", "open on account"),
        ("account\r\n", "account\n"),
        ("account\r\n", "account\r\n\n"),
        // For another purpose, for another relying party.
        ("\npurpose: sign\n", "\npurpose: pay\n"),
        ("https://bank.example\n", "https://shop.example\n"),
    ] {
        let change = |text: &str| {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            changed
        };
        let refused = carries(change).await;
        assert_eq!(refused.refused(), Code::TransactionForeign, "{to:?}");
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn what_was_signed_in_another_transaction_is_no_answer() {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    let one = Flow::Signature.begin(&mut browser, &app).await;
    let other = Flow::Signature.begin(&mut browser, &app).await;
    let (card, media_type) = (house.desk.card(), "application/pkcs7-mime");
    let message = card.sign_cms(&octets(&one["to_be_signed"]), |cms| cms);
    let refused = browser.post(&app, to(&other), media_type, message.clone());
    assert_eq!(refused.await.refused(), Code::TransactionForeign);
    let taken = browser.post(&app, to(&one), media_type, message).await;
    assert_eq!(taken.status, StatusCode::OK);
}

#[tokio::test]
async fn a_document_without_our_lines_is_no_answer() {
    for change in [
        |_: &str| DOCUMENT.to_owned(),
        |_: &str| String::new(),
        |text: &str| format!("\n{text}"),
        |text: &str| text.replacen("signing-request/1", "signing-request/2", 1),
        |text: &str| text.replacen("\n\n", "\n", 1),
    ] {
        let refused = carries(change).await;
        assert_eq!(refused.refused(), Code::TransactionForm);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn what_was_signed_has_not_expired() {
    let refused = carries(|text| {
        let (lines, rest) = text.split_once("\nexpires: ").unwrap();
        let (_, document) = rest.split_once("\n\n").unwrap();
        format!("{lines}\nexpires: 2027-01-15T07:59:59Z\n\n{document}")
    });
    assert_eq!(refused.await.refused(), Code::TransactionExpired);
}

#[tokio::test]
async fn a_signature_without_its_content_is_over_what_was_handed_out() {
    let plain = |_: &str| DOCUMENT.to_owned();
    let refused = signs(plain, CmsBuilder::detached).await;
    assert_eq!(refused.refused(), Code::CmsMessageDigest);

    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    let request = Flow::Signature.begin(&mut browser, &app).await;
    let bare = answer_over(house.desk.card().signing(), DOCUMENT.as_bytes());
    let refused = browser.post_json(&app, to(&request), &bare).await;
    assert_eq!(refused.refused(), Code::SignatureInvalid);
}

#[tokio::test]
async fn a_message_is_as_the_sdk_wants_it() {
    let same = |text: &str| text.to_owned();
    let (malformed, rejected) = (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::FORBIDDEN);
    let swapped = signs(same, |cms| cms.attach_instead(DOCUMENT.as_bytes()));
    assert_eq!(swapped.await.refused(), Code::CmsMessageDigest);
    let trailing = signs(same, |cms| cms.trailing_outside(b"x")).await;
    assert_eq!(trailing.refused(), Code::InputCms);
    assert_eq!(trailing.status, malformed);
    let nameless = signs(same, CmsBuilder::without_certificates).await;
    assert_eq!(nameless.refused(), Code::CmsSignerCertificate);
    assert_eq!(nameless.status, rejected);
    // Octet by octet a message is longer than anybody has to read.
    let pieces = Encoding::Indefinite { chunk: 1 };
    let changed = |_: &str| "x".repeat(100 * 1024);
    let long = signs(changed, |cms| cms.encoding(pieces)).await;
    assert_eq!(long.refused(), Code::InputTooLarge);
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
}
