//! Presentations that do not pass, each for one reason.

use std::convert::identity;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use serde_json::{Value, json};
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{Edition, ISO_23220, ISO_23220_JP, Requested, ResponseMode};
use tashika::revocation::ListSet;
use tashika::{Code, Time};
use tashika_conformance::desk::NOW;
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN_NAME_SPACE};
use tashika_testbed::mdoc::{Cbor, Handover, Holder, Presentation, Transcript};
use tashika_tower::{
    BrowserOffer, Channels, Clock, Documents, MemoryTransactions, Nodes, OpenidClient,
    PresentationLayer, Readers, Records,
};

use crate::browser::{Answer, Browser};
use crate::house::House;
use crate::phones::{
    BIRTH_DATE, ISO_MDOC, NAME, OPENID4VP, Phones, answer_as, answer_page, answer_page_of,
    answer_terminal, begin, card, engage, hand_over, open, outcome, qr, requested, to,
};
use crate::presentation::{HANAKO, app};

const ELSEWHERE: &str = "https://elsewhere.example";

struct Scene {
    phones: Phones,
    app: Router,
}

impl Scene {
    fn new() -> Self {
        let phones = Phones::new();
        let app = app(phones.layer(phones.channels("/open")));
        Self { phones, app }
    }

    fn by(documents: impl FnOnce(&Phones) -> Documents) -> Self {
        let phones = Phones::new();
        let channels = phones.channels("/open");
        let documents = documents(&phones);
        let layer = PresentationLayer::new(phones.site(), open(), requested(), channels, documents);
        let app = app(layer.unwrap());
        Self { phones, app }
    }

    /// What is said to whoever hands over an answer in a transaction of theirs.
    async fn answer(&self, answer: impl FnOnce(&Value) -> Value) -> Answer {
        let mut browser = Browser::new();
        let offered = begin(&mut browser, &self.app, "/open/request").await;
        let answer = answer(&offered);
        browser.post_json(&self.app, to(&offered), &answer).await
    }

    /// The same of a phone that shows what it likes.
    async fn show(
        &self,
        holder: &Holder,
        session: impl FnOnce(Transcript) -> Transcript,
        show: impl FnOnce(Presentation<'_>) -> Cbor,
    ) -> (Code, u16) {
        let answer = |offered: &Value| answer_as(&self.phones, offered, holder, session, show);
        outcome(&self.answer(answer).await)
    }

    fn card(&self) -> Holder {
        self.phones.testbed.japan()
    }
}

/// What was asked for, and nothing else.
fn honest(presentation: Presentation<'_>) -> Presentation<'_> {
    presentation
        .select(JAPAN_NAME_SPACE, &[NAME])
        .select(COMMON_NAME_SPACE, &[BIRTH_DATE])
}

#[tokio::test]
async fn an_honest_phone_passes_here() {
    let scene = Scene::new();
    let card = scene.card();
    let answer = |offered: &Value| {
        answer_as(&scene.phones, offered, &card, identity, |p| {
            honest(p).signed()
        })
    };
    let taken = scene.answer(answer).await;
    assert_eq!((taken.status.as_u16(), taken.text()), (200, HANAKO));
}

#[tokio::test]
async fn what_was_changed_left_out_or_added_is_refused() {
    let scene = Scene::new();
    let card = scene.card();
    let left_out = |p: Presentation<'_>| p.select(JAPAN_NAME_SPACE, &[NAME]).signed();
    let refused = scene.show(&card, identity, left_out).await;
    assert_eq!(refused, (Code::MdocElementMissing, 403));

    let added = |p: Presentation<'_>| honest(p).select(COMMON_NAME_SPACE, &["sex"]).signed();
    let refused = scene.show(&card, identity, added).await;
    assert_eq!(refused, (Code::MdocElementUnrequested, 403));

    let individual_number = |p: Presentation<'_>| {
        let p = honest(p).select(JAPAN_NAME_SPACE, &["individual_number_unicode"]);
        p.signed()
    };
    let refused = scene.show(&card, identity, individual_number).await;
    assert_eq!(refused, (Code::MdocForbidden, 403));

    let mdoc = card.mdoc();
    let mut elements = mdoc.elements(COMMON_NAME_SPACE).into_iter();
    let place = elements.position(|name| name == BIRTH_DATE).unwrap();
    let path = format!("nameSpaces/{COMMON_NAME_SPACE}/{place}/elementValue");
    let later = Cbor::full_date("2001-01-01");
    let changed = card.with_mdoc(mdoc.clone().edit(|issued| issued.set(&path, later)));
    let refused = scene.show(&changed, identity, |p| honest(p).signed()).await;
    assert_eq!(refused, (Code::MdocDigest, 403));
}

/// A page of another origin, or whoever sits between, has the phone sign for
/// something else.
#[tokio::test]
async fn an_answer_is_for_one_origin() {
    let scene = Scene::new();
    let elsewhere = |_| Transcript::annex_c("gmVkY2FwaaA", ELSEWHERE);
    let refused = scene
        .show(&scene.card(), elsewhere, |p| honest(p).signed())
        .await;
    assert_eq!(refused, (Code::MdocDeviceSignature, 403));

    // Sealed for our key in the other page's session.
    let phones = Phones::new();
    let iso = BrowserOffer::IsoMdoc(Edition::First, Readers::Unsigned);
    let openid = BrowserOffer::Openid4vp(OpenidClient::Unsigned, ResponseMode::DcApiJwt);
    let channels = Channels::under("/open").and_then(|c| c.browser(vec![iso, openid]));
    let app = app(phones.layer(channels.unwrap()));
    for (protocol, code) in [
        (ISO_MDOC, Code::MdocEnvelopeSeal),
        (OPENID4VP, Code::MdocDeviceSignature),
    ] {
        let mut browser = Browser::new();
        let offered = begin(&mut browser, &app, "/open/request").await;
        let mut wallet = phones.testbed.wallet().answer_anybody();
        let answer = answer_page_of(ELSEWHERE, &mut wallet, &offered, protocol).unwrap();
        let refused = browser.post_json(&app, to(&offered), &answer).await;
        assert_eq!(outcome(&refused), (code, 403));
    }
}

/// Two people before one service, and each hands over what the other's phone
/// said.
#[tokio::test]
async fn an_answer_is_for_one_transaction() {
    let Scene { phones, app } = Scene::new();
    for (protocol, code) in [
        (ISO_MDOC, Code::MdocEnvelopeSeal),
        (OPENID4VP, Code::MdocEnvelopeRecipient),
    ] {
        let (mut one, mut other) = (Browser::new(), Browser::new());
        let for_one = begin(&mut one, &app, "/open/request").await;
        let for_other = begin(&mut other, &app, "/open/request").await;
        let answer = answer_page(&mut phones.testbed.wallet(), &for_one, protocol);
        let refused = other.post_json(&app, to(&for_other), &answer).await;
        assert_eq!(outcome(&refused), (code, 403));
        let taken = one.post_json(&app, to(&for_one), &answer).await;
        assert_eq!(taken.text(), HANAKO);
    }

    let (mut one, mut other) = (Browser::new(), Browser::new());
    let for_one = begin(&mut one, &app, "/open/apple/request").await;
    let for_other = begin(&mut other, &app, "/open/apple/request").await;
    let envelope = phones.answer_apple(&mut phones.testbed.wallet(), &for_one);
    let refused = hand_over(&mut other, &app, &for_other, envelope).await;
    assert_eq!(outcome(&refused), (Code::MdocEnvelopeRecipient, 403));

    let (mut one, mut other) = (Browser::new(), Browser::new());
    let engagement = phones.testbed.engagement();
    let for_one = engage(&mut one, &app, &qr(&engagement)).await;
    let for_other = engage(&mut other, &app, &qr(&engagement)).await;
    let wallet = phones.testbed.wallet();
    let data = answer_terminal(&wallet, &engagement, &Handover::Qr, &for_one);
    let refused = hand_over(&mut other, &app, &for_other, data).await;
    assert_eq!(outcome(&refused), (Code::MdocSessionSeal, 403));
}

/// Whoever has no cookie of the transaction gets nothing, and takes nothing away.
#[tokio::test]
async fn another_browser_cannot_answer() {
    let Scene { phones, app } = Scene::new();
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/request").await;
    let answer = answer_page(&mut phones.testbed.wallet(), &offered, ISO_MDOC);
    let mut stranger = Browser::new();
    let refused = stranger.post_json(&app, to(&offered), &answer).await;
    assert_eq!(outcome(&refused), (Code::TransactionBrowser, 403));
    begin(&mut stranger, &app, "/open/request").await;
    let (name, _) = browser.cookies().first_key_value().unwrap();
    let guessed = stranger.cookies().first_key_value().unwrap().1.clone();
    stranger.cookies().insert(name.clone(), guessed);
    let refused = stranger.post_json(&app, to(&offered), &answer).await;
    assert_eq!(outcome(&refused), (Code::TransactionUnknown, 403));
    let taken = browser.post_json(&app, to(&offered), &answer).await;
    assert_eq!(taken.text(), HANAKO);
}

#[tokio::test]
async fn an_answer_that_comes_late_is_refused() {
    let mut house = House::new();
    let time = Arc::new(AtomicI64::new(NOW.as_unix()));
    let told = Arc::clone(&time);
    let clock = Clock::told(move || Time::from_unix(told.load(Ordering::SeqCst)));
    house.site = house.site.with_clock(clock);
    let phones = Phones::before(house);
    let app = app(phones.layer(phones.channels("/open")));
    for (seconds, refusal) in [(600, None), (601, Some(Code::TransactionUnknown))] {
        time.store(NOW.as_unix(), Ordering::SeqCst);
        let mut browser = Browser::new();
        let offered = begin(&mut browser, &app, "/open/request").await;
        let answer = answer_page(&mut phones.testbed.wallet(), &offered, ISO_MDOC);
        time.store(NOW.as_unix() + seconds, Ordering::SeqCst);
        let answered = browser.post_json(&app, to(&offered), &answer).await;
        assert_eq!(answered.refusal, refusal, "{seconds}");
    }
}

/// What was asked on one channel is not answered on another, nor before another
/// layer, nor after what is asked for has been changed.
#[tokio::test]
async fn an_answer_comes_where_its_request_was() {
    let store = Arc::new(MemoryTransactions::standard());
    let phones = Phones::before(House::over(store.clone(), Nodes::One));
    let other = Phones::before(House::over(store, Nodes::One));
    let documents = || other.documents();
    let less = Requested::one(card(&[(ISO_23220_JP, NAME), (ISO_23220, "sex")])).unwrap();
    let channels = other.channels("/open");
    let changed = PresentationLayer::new(other.site(), open(), less, channels, documents());
    let changed = app(changed.unwrap());
    let layer = phones.layer(phones.channels("/open"));
    let app = app(layer).layer(phones.layer(phones.channels("/other")));

    let answer = |offered: &Value| answer_page(&mut phones.testbed.wallet(), offered, ISO_MDOC);
    let mut browser = Browser::new();
    let offered = begin(&mut browser, &app, "/open/request").await;
    let elsewhere = to(&offered).replace("/open/", "/other/");
    let refused = browser.post_json(&app, &elsewhere, &answer(&offered)).await;
    assert_eq!(outcome(&refused), (Code::TransactionForeign, 403));

    let offered = begin(&mut browser, &app, "/open/request").await;
    let refused = browser
        .post_json(&changed, to(&offered), &answer(&offered))
        .await;
    assert_eq!(outcome(&refused), (Code::TransactionForeign, 403));

    let of_another = begin(&mut browser, &app, "/open/request").await;
    for begun in ["/open/apple/request", "/open/proximity/request"] {
        let engagement = qr(&phones.testbed.engagement());
        let offered = browser.post_json(&app, begun, &engagement).await.json();
        let page = to(&offered).replace("/apple", "").replace("/proximity", "");
        let refused = browser.post_json(&app, &page, &answer(&of_another)).await;
        assert_eq!(
            outcome(&refused),
            (Code::TransactionForeign, 403),
            "{begun}"
        );
    }
    let apple = to(&of_another).replace("/response", "/apple/response");
    let refused = browser
        .post(&app, &apple, "application/cbor", vec![0xA0])
        .await;
    assert_eq!(outcome(&refused), (Code::TransactionForeign, 403));
}

/// A browser is answered in a protocol that it was asked in.
#[tokio::test]
async fn an_answer_is_in_a_protocol_that_was_offered() {
    let phones = Phones::new();
    let client = OpenidClient::X509Hash(phones.reader.clone());
    let offer = BrowserOffer::Openid4vp(client, ResponseMode::DcApiJwt);
    let channels = Channels::under("/open").and_then(|c| c.browser(vec![offer]));
    let app = app(phones.layer(channels.unwrap()));
    let scene = Scene { phones, app };
    let wallet = || scene.phones.testbed.wallet();
    let iso = |_: &Value| json!({ "protocol": "org-iso-mdoc", "data": { "response": "oA" } });
    let refused = scene.answer(iso).await;
    assert_eq!(outcome(&refused), (Code::TransactionForeign, 403));
    let unsigned = |offered: &Value| {
        let mut answer = answer_page(&mut wallet(), offered, 0);
        answer["protocol"] = "openid4vp-v1-unsigned".into();
        answer
    };
    let refused = scene.answer(unsigned).await;
    assert_eq!(outcome(&refused), (Code::TransactionForeign, 403));
    let unknown = |offered: &Value| {
        let mut answer = answer_page(&mut wallet(), offered, 0);
        answer["protocol"] = "openid4vp-v2-signed".into();
        answer
    };
    let refused = scene.answer(unknown).await;
    assert_eq!(outcome(&refused), (Code::InputEnvelope, 422));
    let plain = |_: &Value| json!({ "protocol": "openid4vp-v1-signed", "data": { "vp_token": { "document-0": ["oA"] } } });
    let refused = scene.answer(plain).await;
    assert_eq!(outcome(&refused), (Code::MdocEnvelopeAlgorithm, 403));
}

#[tokio::test]
async fn a_signer_of_documents_may_be_revoked() {
    let records = || Records::not_fetched(RecordPolicy::WhereAvailable);
    let revoked = Scene::by(|phones| {
        phones.documents_by(phones.lists(&[phones.testbed.japan_signer()]), records())
    });
    let answer =
        |offered: &Value| answer_page(&mut revoked.phones.testbed.wallet(), offered, ISO_MDOC);
    let refused = revoked.answer(answer).await;
    assert_eq!(outcome(&refused), (Code::RevokedKeyCompromise, 403));
    // Whoever showed a document hears nothing of certificates, nor why.
    assert_eq!(refused.json()["code"], "revoked");
    assert!(!refused.text().contains("証明書"), "{}", refused.text());

    let unknown = Scene::by(|phones| phones.documents_by(ListSet::new(), records()));
    let answer =
        |offered: &Value| answer_page(&mut unknown.phones.testbed.wallet(), offered, ISO_MDOC);
    let refused = unknown.answer(answer).await;
    assert_eq!(outcome(&refused), (Code::RevocationMissing, 503));
    assert!(refused.headers.contains_key("retry-after"));
    assert!(!refused.text().contains("証明書"), "{}", refused.text());
}
