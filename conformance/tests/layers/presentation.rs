//! Documents from phones, on every channel.

use std::num::NonZeroUsize;

use axum::routing::post;
use axum::{Extension, Router};
use bytes::Bytes;
use http::Method;
use serde_json::json;
use tashika::Code;
use tashika::mdoc::{
    Edition, ISO_18013, JP_MNC, MDL, Need, Requested, RequestedDocument, ResponseMode, Retention,
    TextItem, VerifiedPresentation,
};
use tashika_testbed::mdoc::elements::COMMON_NAME_SPACE;
use tashika_testbed::mdoc::{Engagement, Handover, MdocTestbed, Proof, Session};
use tashika_testbed::{Algorithm, Person};
use tashika_tower::{
    BrowserOffer, Channels, Device, OpenidClient, PresentationLayer, Readers, Verified, Work,
};

use crate::browser::{Browser, octets, request};
use crate::house::{House, ORIGIN};
use crate::phones::{
    ISO_MDOC, OPENID4VP, Phones, answer_page, answer_page_of, answer_terminal, begin, engage,
    hand_over, nfc, open, qr, requested, to,
};

/// The handler tells whom it saw.
pub(crate) async fn seen(proof: Extension<Verified<VerifiedPresentation>>, body: Bytes) -> String {
    assert_eq!(proof.gained().device, Device::Same);
    assert!(body.is_empty());
    let document = proof.document(JP_MNC).unwrap();
    assert_eq!(document.elements().len(), 2);
    let name = document.values().text(TextItem::FullName);
    name.unwrap().unwrap().into_owned()
}

pub(crate) fn app(layer: PresentationLayer) -> Router {
    Router::new()
        .route("/open/response", post(seen))
        .route("/open/apple/response", post(seen))
        .route("/open/proximity/response", post(seen))
        .route("/", post(|| async { "passed" }))
        .layer(layer)
}

/// The person of the testbed.
pub(crate) const HANAKO: &str = "架空　花子";

#[tokio::test]
async fn a_page_is_answered_once_in_either_protocol() {
    let phones = Phones::new();
    let app = app(phones.layer(phones.channels("/open")));
    for protocol in [ISO_MDOC, OPENID4VP] {
        let mut browser = Browser::new();
        let offered = begin(&mut browser, &app, "/open/request").await;
        assert_eq!(browser.cookies().len(), 1);
        assert_eq!(offered["expires"], "2027-01-15T08:10:00Z");
        let mut kept = browser.clone();
        let answer = answer_page(&mut phones.testbed.wallet(), &offered, protocol);
        let taken = browser.post_json(&app, to(&offered), &answer).await;
        assert_eq!((taken.status.as_u16(), taken.text()), (200, HANAKO));
        assert_eq!(taken.headers["cache-control"], "no-store");
        assert!(browser.cookies().is_empty());

        let again = browser.post_json(&app, to(&offered), &answer).await;
        assert_eq!(again.refused(), Code::TransactionBrowser);
        let again = kept.post_json(&app, to(&offered), &answer).await;
        assert_eq!(again.refused(), Code::TransactionUnknown);
        assert_eq!(again.status, 403);
    }
}

/// A page that nobody has signed for, before a phone that answers anybody.
#[tokio::test]
async fn an_unsigned_request_is_answered() {
    let phones = Phones::new();
    let iso = BrowserOffer::IsoMdoc(Edition::First, Readers::Unsigned);
    let openid = BrowserOffer::Openid4vp(OpenidClient::Unsigned, ResponseMode::DcApiJwt);
    let channels = Channels::under("/open").unwrap();
    let channels = channels.browser(vec![iso, openid]).unwrap();
    let app = app(phones.layer(channels));
    for protocol in [ISO_MDOC, OPENID4VP] {
        let mut browser = Browser::new();
        let offered = begin(&mut browser, &app, "/open/request").await;
        let refusal = answer_page_of(ORIGIN, &mut phones.testbed.wallet(), &offered, protocol);
        assert!(refusal.is_err());
        let mut wallet = phones.testbed.wallet().answer_anybody();
        let answer = answer_page(&mut wallet, &offered, protocol);
        let taken = browser.post_json(&app, to(&offered), &answer).await;
        assert_eq!((taken.status.as_u16(), taken.text()), (200, HANAKO));
    }
}

#[tokio::test]
async fn a_reader_is_known_by_its_host_too() {
    let phones = Phones::new();
    let client = |host: &str| {
        let client = OpenidClient::X509SanDns(phones.reader.clone(), host.to_owned());
        let offer = BrowserOffer::Openid4vp(client, ResponseMode::DcApiJwt);
        let channels = Channels::under("/open").and_then(|c| c.browser(vec![offer]));
        let documents = phones.documents();
        PresentationLayer::new(
            phones.site(),
            open(),
            requested(),
            channels.unwrap(),
            documents,
        )
    };
    let app = app(client(MdocTestbed::READER_HOST).unwrap());
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/request").await;
    let answer = answer_page(&mut phones.testbed.wallet(), &offered, 0);
    let taken = browser.post_json(&app, to(&offered), &answer).await;
    assert_eq!((taken.status.as_u16(), taken.text()), (200, HANAKO));

    let refused = client("other.test.example").unwrap_err();
    assert_eq!(refused.code(), Code::MisuseRequest);
}

#[tokio::test]
async fn an_app_is_answered_once() {
    let phones = Phones::new();
    let app = app(phones.layer(phones.channels("/open")));
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/apple/request").await;
    let envelope = phones.answer_apple(&mut phones.testbed.wallet(), &offered);
    let mut kept = browser.clone();
    let taken = hand_over(&mut browser, &app, &offered, envelope.clone()).await;
    assert_eq!((taken.status.as_u16(), taken.text()), (200, HANAKO));
    let again = hand_over(&mut kept, &app, &offered, envelope).await;
    assert_eq!(again.refused(), Code::TransactionUnknown);
}

#[tokio::test]
async fn a_phone_before_a_terminal_answers_once() {
    let phones = Phones::new();
    let app = app(phones.layer(phones.channels("/open")));
    let by_nfc = Engagement::for_nfc(phones.testbed.key(Algorithm::P256, "session"));
    let select = by_nfc.handover_select(&[2, 0x1c, 1]);
    // What the terminal sent is what stands in the transcript, whatever it is.
    let sent = select.clone();
    let engagement = phones.testbed.engagement();
    let negotiated = Handover::Nfc(select.clone(), Some(sent.clone()));
    for (heard, engagement, handover) in [
        (qr(&engagement), &engagement, Handover::Qr),
        (
            nfc(&select, None),
            &by_nfc,
            Handover::Nfc(select.clone(), None),
        ),
        (nfc(&select, Some(&sent)), &by_nfc, negotiated),
    ] {
        for proof in [Proof::Signature, Proof::Mac] {
            let mut terminal = Browser::new();
            let offered = engage(&mut terminal, &app, &heard).await;
            let wallet = phones.testbed.wallet().proof(proof);
            let data = answer_terminal(&wallet, engagement, &handover, &offered);
            let mut kept = terminal.clone();
            let taken = hand_over(&mut terminal, &app, &offered, data.clone()).await;
            assert_eq!(
                (taken.status.as_u16(), taken.text()),
                (200, HANAKO),
                "{proof:?}"
            );
            let again = hand_over(&mut kept, &app, &offered, data).await;
            assert_eq!(again.refused(), Code::TransactionUnknown);
        }
    }
}

/// The phone may end the session with its answer; else the terminal does, with
/// what it was handed at the beginning.
#[tokio::test]
async fn a_session_ends_on_either_side() {
    let phones = Phones::new();
    let app = app(phones.layer(phones.channels("/open")));
    let (wallet, engagement) = (phones.testbed.wallet(), phones.testbed.engagement());
    let mut terminal = Browser::new();
    let offered = engage(&mut terminal, &app, &qr(&engagement)).await;
    let ended = Session::status(20).encode();
    assert_eq!(octets(&offered["termination"]), ended);

    let establishment = octets(&offered["establishment"]);
    let answered = wallet.answer_proximity(&engagement, &Handover::Qr, &establishment);
    let mut last = answered.unwrap().1;
    last.set("status", 20);
    let taken = hand_over(&mut terminal, &app, &offered, last.encode()).await;
    assert_eq!((taken.status.as_u16(), taken.text()), (200, HANAKO));
}

/// OpenID4VP has a response for each document; the others have one for all.
#[tokio::test]
async fn two_documents_are_one_proof() {
    async fn count(proof: Extension<Verified<VerifiedPresentation>>) -> String {
        proof.documents().len().to_string()
    }
    let phones = Phones::new();
    let (kept, need) = (Retention::NotRetained, Need::Mandatory);
    let licence = RequestedDocument::new(MDL)
        .and_then(|d| d.element(ISO_18013, "family_name", kept, need))
        .unwrap();
    let both = Requested::new(vec![requested().documents()[0].clone(), licence]).unwrap();
    let channels = Channels::under("/open").unwrap();
    let channels = channels.browser(phones.offers()).unwrap();
    let layer =
        PresentationLayer::new(phones.site(), open(), both, channels, phones.documents()).unwrap();
    let app = Router::new()
        .route("/open/response", post(count))
        .layer(layer);
    for protocol in [ISO_MDOC, OPENID4VP] {
        let mut browser = Browser::new();
        let offered = begin(&mut browser, &app, "/open/request").await;
        let answer = answer_page(&mut phones.testbed.wallet(), &offered, protocol);
        let taken = browser.post_json(&app, to(&offered), &answer).await;
        assert_eq!((taken.status.as_u16(), taken.text()), (200, "2"));
    }
}

/// Either way of taking turns, each person with the answer that is theirs,
/// verified on whatever thread.
#[tokio::test]
async fn two_people_are_not_exchanged() {
    let mut house = House::new();
    house.site = (house.site).with_work(Work::on_threads(NonZeroUsize::MIN));
    let phones = Phones::before(house);
    let app = app(phones.layer(phones.channels("/open")));
    let people = Person::everybody(phones.testbed.now());
    let [hanako, shota] = [0, 1].map(|number| {
        let testbed = MdocTestbed::from_seed(1, phones.testbed.now());
        testbed.person(people[number].clone())
    });
    for shota_first in [false, true] {
        let (mut one, mut other) = (Browser::new(), Browser::new());
        let for_one = begin(&mut one, &app, "/open/request").await;
        let for_other = begin(&mut other, &app, "/open/request").await;
        let of_one = answer_page(&mut hanako.wallet(), &for_one, ISO_MDOC);
        let of_other = answer_page(&mut shota.wallet(), &for_other, OPENID4VP);
        let mut expected = vec![&people[0].name, &people[1].name];
        let mut names = Vec::new();
        if shota_first {
            expected.reverse();
            names.push(other.post_json(&app, to(&for_other), &of_other).await);
            names.push(one.post_json(&app, to(&for_one), &of_one).await);
        } else {
            names.push(one.post_json(&app, to(&for_one), &of_one).await);
            names.push(other.post_json(&app, to(&for_other), &of_other).await);
        }
        let names: Vec<_> = names.iter().map(|answer| answer.text()).collect();
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn only_what_is_configured_exists() {
    let phones = Phones::new();
    let browsers = Channels::under("/open").and_then(|c| c.browser(phones.offers()));
    let inner = Router::new().fallback(|| async { "passed" });
    let app = inner.layer(phones.layer(browsers.unwrap()));
    let mut browser = Browser::new();
    for path in [
        "/open/apple/request",
        "/open/apple/response",
        "/open/proximity/request",
        "/open/proximity/response",
        "/open/Request",
        "/open/request/",
        "/open",
    ] {
        let passed = browser.post(&app, path, "text/plain", "").await;
        assert_eq!(passed.text(), "passed", "{path}");
    }
    let get = request(Method::GET, "/open/request", axum::body::Body::empty());
    let refused = browser.send(&app, get).await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::InputMethod, 405)
    );
}

/// What cannot be asked is found when the service starts.
#[tokio::test]
async fn a_layer_is_refused_that_cannot_ask() {
    let phones = Phones::new();
    let new = |requested, channels: Result<Channels, tashika::Error>| {
        let documents = phones.documents();
        let layer = PresentationLayer::new(
            phones.site(),
            open(),
            requested,
            channels.unwrap(),
            documents,
        );
        layer.map(drop).map_err(|error| error.code())
    };
    let none = || Channels::under("/open");
    assert_eq!(new(requested(), none()), Err(Code::MisuseRequest));
    let nothing = none().and_then(|c| c.browser(Vec::new()));
    assert_eq!(new(requested(), nothing), Err(Code::MisuseRequest));
    let twice = [phones.offers(), phones.offers()].concat();
    let twice = none().and_then(|c| c.browser(twice));
    assert_eq!(new(requested(), twice), Err(Code::MisuseRequest));
    let nobody = none().and_then(|c| c.proximity(Edition::First, Readers::Signed(Vec::new())));
    assert_eq!(new(requested(), nobody), Err(Code::MisuseRequest));

    let unknown = RequestedDocument::new("org.example.unknown")
        .and_then(|d| d.element("n", "e", Retention::NotRetained, Need::Mandatory));
    let unknown = Requested::one(unknown.unwrap()).unwrap();
    let channels = || Ok(phones.channels("/open"));
    assert_eq!(new(unknown, channels()), Err(Code::TrustEmpty));
    let licence = RequestedDocument::new(MDL)
        .and_then(|d| d.element(ISO_18013, "sex", Retention::NotRetained, Need::Mandatory));
    let two = Requested::new(vec![requested().documents()[0].clone(), licence.unwrap()]).unwrap();
    let app = none().and_then(|c| c.apple(phones.merchant()));
    assert_eq!(new(two, app), Err(Code::MisuseRequest));

    assert_eq!(new(requested(), channels()), Ok(()));
    assert_eq!(new(requested(), channels()), Err(Code::MisuseLayer));

    // My Number: no such request can be made at all.
    let card = RequestedDocument::new(JP_MNC).unwrap();
    let (kept, need) = (Retention::NotRetained, Need::Optional);
    let asked = card.element(COMMON_NAME_SPACE, "individual_number", kept, need);
    assert_eq!(asked.unwrap_err().code(), Code::MisuseRequest);
}

#[tokio::test]
async fn what_a_terminal_says_is_read_strictly() {
    let phones = Phones::new();
    let app = app(phones.layer(phones.channels("/open")));
    let mut terminal = Browser::new();
    let path = "/open/proximity/request";
    let uri = phones.testbed.engagement().uri();
    for bad in [
        json!({}),
        json!({ "qr": 1 }),
        json!({ "qr": uri, "more": "" }),
        json!({ "qr": uri, "handover_select": "" }),
        json!({ "qr": uri, "handover_request": "" }),
        json!({ "handover_request": "" }),
        json!({ "handover_select": "!" }),
    ] {
        let refused = terminal.post_json(&app, path, &bad).await;
        assert_eq!(refused.refused(), Code::InputAnswer, "{bad}");
        assert_eq!(refused.status, 422);
    }
    for (bad, code) in [
        (
            json!({ "qr": "https://elsewhere.example" }),
            Code::InputSession,
        ),
        (json!({ "handover_select": "" }), Code::InputSession),
    ] {
        let refused = terminal.post_json(&app, path, &bad).await;
        assert_eq!(refused.refused(), code, "{bad}");
    }
    let other = phones.testbed.engagement().edit(|e| e.set("0", "2.0"));
    let refused = terminal.post_json(&app, path, &qr(&other)).await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::MdocEngagement, 403)
    );
    let refused = terminal
        .post(&app, path, "text/plain", qr(&other).to_string())
        .await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::InputMediaType, 415)
    );
    let long = vec![b' '; 64 * 1024];
    let refused = terminal.post(&app, path, "application/json", long).await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::InputTooLarge, 413)
    );
    assert!(terminal.cookies().is_empty());
}
