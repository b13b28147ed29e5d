//! The forms in which a signature comes back.

use http::StatusCode;
use serde_json::json;
use tashika::Code;
use tashika_testbed::{CmsBuilder, Encoding};

use crate::browser::{Answer, Browser, base64, octets};
use crate::flow::{self, Flow};
use crate::house::House;
use crate::signature::{app, to};

const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data; boundary=0-b";
const CMS: &str = "application/pkcs7-signature";

/// Has octets signed, and sends what `make` makes of them.
async fn send(media_type: &str, make: impl FnOnce(&[u8]) -> Vec<u8>) -> Answer {
    let (app, mut browser) = (app(&House::new()), Browser::new());
    let request = Flow::Signature.begin(&mut browser, &app).await;
    let body = make(&octets(&request["to_be_signed"]));
    browser.post(&app, to(&request), media_type, body).await
}

/// A form with these parts.
fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, octets) in parts {
        form.extend(b"--0-b\r\nContent-Disposition: form-data; name=\"");
        form.extend(name.as_bytes());
        form.extend(b"\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        form.extend(*octets);
        form.extend(b"\r\n");
    }
    form.extend(b"--0-b--\r\n");
    form
}

#[tokio::test]
async fn a_signature_is_taken_in_each_of_its_forms() {
    let house = House::new();
    let card = house.desk.card();
    let credential = card.signing();
    let bare = |octets: &[u8]| credential.sign_raw(credential.key().default_scheme(), octets);
    let attached = |octets: &[u8]| card.sign_cms(octets, |cms| cms);
    let detached = |octets: &[u8]| card.sign_cms(octets, CmsBuilder::detached);
    let pieces = |octets: &[u8]| {
        let pieces = Encoding::Indefinite { chunk: 100 };
        card.sign_cms(octets, |cms| cms.encoding(pieces))
    };
    let in_json = |message: Vec<u8>| json!({ "cms": base64(&message) }).to_string().into_bytes();
    let in_form = |message: Vec<u8>| form(&[("cms", &message)]);

    let json = send(JSON, |octets| {
        flow::answer_over(credential, octets)
            .to_string()
            .into_bytes()
    });
    let parts = send(FORM, |octets| {
        let parts = [
            ("certificate", credential.certificate()),
            ("signature", &bare(octets)),
        ];
        form(&parts)
    });
    let mime = "application/pkcs7-mime; smime-type=signed-data";
    let mut people = Vec::new();
    for answer in [
        json.await,
        parts.await,
        send(JSON, |octets| in_json(attached(octets))).await,
        send(JSON, |octets| in_json(detached(octets))).await,
        send(FORM, |octets| in_form(attached(octets))).await,
        send(FORM, |octets| in_form(detached(octets))).await,
        send(CMS, detached).await,
        send(CMS, attached).await,
        send(CMS, pieces).await,
        send(mime, attached).await,
    ] {
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        people.push(answer.text().to_owned());
    }
    people.dedup();
    assert_eq!(people.len(), 1);
}

#[tokio::test]
async fn what_is_in_no_form_uses_nothing_up() {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    let request = Flow::Signature.begin(&mut browser, &app).await;
    let message = house
        .desk
        .card()
        .sign_cms(&octets(&request["to_be_signed"]), |cms| cms);
    let (good, one) = (form(&[("cms", &message)]), ("cms", &message[..]));
    let json = json!({ "cms": base64(&message), "content": "" }).to_string();
    let media_type = [
        ("text/plain", message.clone()),
        ("application/octet-stream", message.clone()),
        ("application/x-www-form-urlencoded", b"cms=".to_vec()),
        ("multipart/form-data", good.clone()),
        ("multipart/mixed; boundary=0-b", good.clone()),
    ];
    let answer = [
        (JSON, json.into_bytes()),
        (JSON, message.clone()),
        (FORM, form(&[])),
        (FORM, form(&[one, one])),
        (FORM, form(&[one, ("content", b"")])),
        (
            FORM,
            form(&[("signature", b"s"), ("certificate", b"c"), one]),
        ),
        (FORM, [&good[..], b"more"].concat()),
        (FORM, good[..good.len() - 9].to_vec()),
        ("multipart/form-data; boundary=0", good.clone()),
    ];
    let cases = media_type.map(|case| (case, Code::InputMediaType, 415));
    let cases = cases
        .into_iter()
        .chain(answer.map(|case| (case, Code::InputAnswer, 422)));
    for ((media_type, body), code, status) in cases {
        let refused = browser.post(&app, to(&request), media_type, body).await;
        assert_eq!(refused.refused(), code, "{media_type}");
        assert_eq!(refused.status, status);
    }
    let taken = browser.post(&app, to(&request), FORM, good).await;
    assert_eq!(taken.status, StatusCode::OK, "{taken:?}");
}

#[tokio::test]
async fn a_form_holds_what_a_message_may_hold_and_no_more() {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    let request = Flow::Signature.begin(&mut browser, &app).await;
    // Four certificates of 16 KiB, a document twice over, and the rest; in base64.
    let limit = (4 * 16 + 2 * 64 + 16) * 1024 / 3 * 4;
    for (length, code) in [(limit, Code::InputAnswer), (limit + 1, Code::InputTooLarge)] {
        let long = vec![b' '; length];
        let refused = browser.post(&app, to(&request), JSON, long).await;
        assert_eq!(refused.refused(), code);
    }
}
