//! What is no answer at all.

use axum::body::Body;
use http::{HeaderValue, Method};
use serde_json::json;
use tashika::{Code, limits};
use tashika_testbed::mdoc::{Handover, Response, Session};

use crate::browser::{Browser, octets, request};
use crate::phones::{ISO_MDOC, Phones, answer_page, begin, engage, hand_over, outcome, qr, to};
use crate::presentation::{HANAKO, app};

/// What cannot be read does not end the transaction.
#[tokio::test]
async fn an_answer_has_a_form() {
    let phones = Phones::new();
    let app = app(phones.layer(phones.channels("/open")));
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/request").await;
    let path = to(&offered);
    let answer = answer_page(&mut phones.testbed.wallet(), &offered, ISO_MDOC);
    let json = "application/json";
    for (media_type, body, expected) in [
        (
            "text/plain",
            answer.to_string().into_bytes(),
            (Code::InputMediaType, 415),
        ),
        (json, b"\xff".to_vec(), (Code::InputAnswer, 422)),
        (json, b"{}".to_vec(), (Code::InputEnvelope, 422)),
        (
            json,
            vec![b' '; limits::MDOC_ENVELOPE + 1],
            (Code::InputTooLarge, 413),
        ),
    ] {
        let refused = browser.post(&app, path, media_type, body).await;
        assert_eq!(outcome(&refused), expected);
    }
    let denied = json!({ "protocol": "openid4vp-v1-signed", "data": { "error": "access_denied" } });
    let refused = browser.post_json(&app, path, &denied).await;
    assert_eq!(outcome(&refused), (Code::MdocResponseStatus, 403));
    let refused = browser.post_json(&app, "/open/response", &answer).await;
    assert_eq!(outcome(&refused), (Code::InputAnswer, 422));
    let mut get = request(Method::GET, path, Body::from(answer.to_string()));
    get.headers_mut()
        .insert("content-type", HeaderValue::from_static(json));
    let refused = browser.send(&app, get).await;
    assert_eq!(outcome(&refused), (Code::InputMethod, 405));
    let taken = browser.post_json(&app, path, &answer).await;
    assert_eq!(taken.text(), HANAKO);
}

#[tokio::test]
async fn an_envelope_and_a_session_have_a_form() {
    let phones = Phones::new();
    let app = app(phones.layer(phones.channels("/open")));
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/apple/request").await;
    let refused = browser.post_json(&app, to(&offered), &json!({})).await;
    assert_eq!(outcome(&refused), (Code::InputMediaType, 415));
    let long = vec![0; limits::MDOC_ENVELOPE + 1];
    let refused = hand_over(&mut browser, &app, &offered, long).await;
    assert_eq!(outcome(&refused), (Code::InputTooLarge, 413));
    let refused = hand_over(&mut browser, &app, &offered, vec![0xA0]).await;
    assert_eq!(outcome(&refused), (Code::InputEnvelope, 422));

    let engagement = phones.testbed.engagement();
    for (message, expected) in [
        (vec![0xA0], (Code::InputSession, 422)),
        (Session::status(20).encode(), (Code::MdocSessionEnded, 403)),
        (Session::status(10).encode(), (Code::MdocSessionError, 403)),
        (
            vec![0; limits::SESSION_DATA + 1],
            (Code::InputTooLarge, 413),
        ),
    ] {
        let offered = engage(&mut browser, &app, &qr(&engagement)).await;
        let refused = hand_over(&mut browser, &app, &offered, message).await;
        assert_eq!(outcome(&refused), expected);
    }
    let offered = engage(&mut browser, &app, &qr(&engagement)).await;
    let refused = browser.post_json(&app, to(&offered), &json!({})).await;
    assert_eq!(outcome(&refused), (Code::InputMediaType, 415));
    // A session, and nothing in it.
    let begun = Session::establish(
        &engagement,
        &Handover::Qr,
        &octets(&offered["establishment"]),
    );
    let empty = begun.unwrap().0.send(&Response::new().encode());
    let refused = hand_over(&mut browser, &app, &offered, empty.encode()).await;
    assert_eq!(outcome(&refused), (Code::MdocNoDocument, 403));
}
