//! How a signature begins: documents, and layers that are put together.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::StatusCode;
use tashika::Code;
use tashika::auth_app::signing::VerifiedSigning;
use tashika_testbed::Register;
use tashika_testbed::auth_app::{Choice, Endpoint, ResultForm};
use tashika_tower::{
    AuthAppSigningLayer, Lack, RequireLayer, Signers, SigningPaths, Signings, SitePath, Verified,
};

use super::scene::{Bank, CALLBACK, DOCUMENT, REQUEST, signings};
use crate::browser::Browser;

#[tokio::test]
async fn two_tabs_keep_their_documents_apart() {
    for form in [ResultForm::Plain, ResultForm::Jwe] {
        let bank = Bank::new(form);
        let (app, mut browser) = (bank.app(), Browser::new());
        let first = bank.begin(&app, &mut browser, "first").await;
        let second = bank.begin(&app, &mut browser, "second").await;
        assert_ne!(first["transaction"], second["transaction"]);
        for (offer, person, document) in [(second, "taro", "second"), (first, "hanako", "first")] {
            let back = bank.sent_back(&offer, &Choice::citizen(person));
            let seen = browser.get(&app, &back).await.json();
            assert_eq!(seen["document"], document);
            assert_eq!(seen["subject"], bank.subject(person));
            assert_eq!(seen["transaction"], offer["transaction"]);
        }
    }
}

#[tokio::test]
async fn what_is_no_success_passes_as_it_is() {
    let bank = Bank::new(ResultForm::Plain);
    let incomplete = || async { (StatusCode::UNPROCESSABLE_ENTITY, "fill in your name") };
    let documents = Router::new().route(REQUEST, post(incomplete));
    let layer = bank.own_layer(&Register::new());
    let (app, mut browser) = (bank.behind(layer, documents), Browser::new());
    let passed = browser.post(&app, REQUEST, "text/plain", "").await;
    assert_eq!(
        (passed.status.as_u16(), passed.text()),
        (422, "fill in your name")
    );
    assert!(browser.cookies().is_empty());
    assert_eq!(bank.asked(Endpoint::StartSigning), 0);
}

#[tokio::test]
async fn a_document_fits_and_is_as_people_read_it() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut browser) = (bank.app(), Browser::new());
    let longest = "a".repeat(AuthAppSigningLayer::<tashika::transport::Client>::DOCUMENT);
    let offer = bank.begin(&app, &mut browser, &longest).await;
    let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
    assert_eq!(browser.get(&app, &back).await.json()["document"], longest);
    let longer = format!("{longest}a");
    let refused = browser.post(&app, REQUEST, "text/plain", longer).await;
    assert_eq!(refused.refused(), Code::MisuseArgument);

    let bank = Bank::new(ResultForm::Plain);
    let squeezed = || async { ([("content-encoding", "gzip")], "…").into_response() };
    let documents = Router::new().route(REQUEST, post(squeezed));
    let app = bank.behind(bank.own_layer(&Register::new()), documents);
    let refused = browser.post(&app, REQUEST, "text/plain", "").await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::MisuseArgument, 500)
    );
    assert_eq!(bank.asked(Endpoint::StartSigning), 0);
}

/// What a browser would be sent back to is where the layer answers.
#[test]
fn the_redirect_uri_is_the_callback() {
    let bank = Bank::new(ResultForm::Plain);
    let layer = |under: &str, callback: Option<&str>| {
        let mut paths = SigningPaths::under(under).unwrap();
        if let Some(callback) = callback {
            paths.callback = SitePath::new(callback).unwrap();
        }
        let signings = Signings {
            paths,
            ..signings(Signers::Whoever)
        };
        let judge = bank.judge(ResultForm::Plain, &Register::new());
        let layer = bank.layer_of(bank.house.site.clone(), signings, judge);
        let layer = layer.map_err(|error| error.code());
        layer.map(|layer| format!("{layer:?}"))
    };
    assert_eq!(layer("/other", None), Err(Code::MisuseArgument));
    for near in ["/sign/callback/", "/sign/callbac", "/callback"] {
        assert_eq!(layer("/other", Some(near)), Err(Code::MisuseArgument));
    }
    let shown = layer("/sign", None).unwrap();
    assert!(!shown.contains("Shop1"), "{shown}");
    // One path, one layer.
    assert_eq!(layer("/sign", None), Err(Code::MisuseLayer));
    assert_eq!(layer("/other", Some(CALLBACK)), Err(Code::MisuseLayer));
}

#[test]
fn a_provider_without_a_signing_api_has_nothing_signed() {
    let bank = Bank::new(ResultForm::Plain);
    let refused = bank.without_signing_api().unwrap_err();
    assert_eq!(refused.code(), Code::MisuseArgument);
}

async fn needed(proof: Verified<VerifiedSigning>) -> String {
    proof.transaction().to_string()
}

#[tokio::test]
async fn a_handler_gets_its_proof_or_does_not_run() {
    let bank = Bank::new(ResultForm::Plain);
    let layer = bank.layer(Signers::Whoever, &Register::new());
    let site = &bank.house.site;
    let missing = site.expect::<Verified<VerifiedSigning>>().unwrap_err();
    assert_eq!(
        (missing.layer(), missing.lack()),
        ("AuthAppSigningLayer", Lack::Unplaced)
    );
    let document = || async { DOCUMENT };
    let behind = RequireLayer::<Verified<VerifiedSigning>>::new();
    let app = Router::new()
        .route(CALLBACK, get(needed).layer(behind))
        .route(REQUEST, post(document))
        .route("/elsewhere", get(needed))
        .layer(layer)
        .route("/forgotten", get(needed));
    site.expect::<Verified<VerifiedSigning>>().unwrap();
    let mut browser = Browser::new();
    let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
    let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
    let seen = browser.get(&app, &back).await;
    assert_eq!(seen.text(), offer["transaction"]);
    for (path, missing) in [
        (
            "/elsewhere",
            "AuthAppSigningLayer stands before this handler, and lets no proof through to this path",
        ),
        (
            "/forgotten",
            "AuthAppSigningLayer is missing: it does not stand before this handler",
        ),
    ] {
        let refused = browser.get(&app, path).await;
        assert_eq!(refused.refused(), Code::MisuseLayer);
        assert_eq!(refused.json()["missing"], missing);
    }
}
