//! What goes wrong around the transcript, what fits, and what cannot be
//! explained.

use bytes::Bytes;
use serde_json::json;
use tashika::mdoc::explain::{
    AnnexCInputs, AppleInputs, Envelope, Explainer, Explanation, FlowInputs, Input,
};
use tashika::mdoc::{DeviceResponse, Flow};
use tashika::{Code, Language};
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN};
use tashika_testbed::mdoc::{AnnexC, Apple, Cbor, CoseKey, Response, Sign1, Transcript};

use crate::{Scene, base64url, explain};

const INFO: &str = "gmVkY2FwaaFl";
const ORIGIN: &str = "https://rp.example";

fn inputs(info: &str, origin: &str) -> FlowInputs {
    FlowInputs::AnnexC(AnnexCInputs {
        encryption_info: info.to_owned(),
        origin: origin.to_owned(),
        device_request: None,
        app_origin: None,
    })
}

fn explainer(info: &str, origin: &str) -> Explainer<'static> {
    Explainer::new(inputs(info, origin)).unwrap()
}

fn id(explanation: Explanation) -> &'static str {
    match explanation {
        Explanation::Differs(_, mistake) => mistake.id(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_signed_around_the_transcript_is_named() {
    let scene = Scene::new();
    let transcript = Transcript::annex_c(INFO, ORIGIN);
    let presentation = scene.present(&transcript);
    let signed = |transcript: Cbor, namespaces: Cbor| {
        Cbor::array([
            "DeviceAuthentication".into(),
            transcript,
            JAPAN.into(),
            namespaces,
        ])
    };
    let item = || transcript.item().clone();
    let empty = || Cbor::tag24(Cbor::empty_map());
    for (name, octets) in [
        (
            "device-authentication.transcript-embedded",
            Cbor::tag24(signed(Cbor::tag24(item()), empty())).encode(),
        ),
        (
            "device-authentication.tag-missing",
            signed(item(), empty()).encode(),
        ),
        (
            "device-authentication.namespaces-bare",
            Cbor::tag24(signed(item(), Cbor::empty_map())).encode(),
        ),
    ] {
        let signature = Sign1::new(octets).detached().sign(scene.holder.key());
        let document = presentation.proved(Cbor::map([("deviceSignature", signature)]));
        let explained = explain(&explainer(INFO, ORIGIN), &Response::of(document).encode());
        assert_eq!(id(explained), name);
        assert_eq!(explained.suspects(), [Input::DeviceAuthentication]);
    }
    let document = presentation
        .device_signed(COMMON_NAME_SPACE, "age_over_65", true.into())
        .authenticate_name_spaces(Cbor::empty_map())
        .signed();
    let explained = explain(&explainer(INFO, ORIGIN), &Response::of(document).encode());
    assert_eq!(id(explained), "device-authentication.namespaces-empty");
}

#[test]
fn what_fits_is_said_whoever_issued_it() {
    let scene = Scene::new();
    let transcript = Transcript::annex_c(INFO, ORIGIN);
    let response = Response::of(scene.present(&transcript).signed());
    let fits = explain(&explainer(INFO, ORIGIN), &response.encode());
    assert_eq!(fits, Explanation::Fits(Flow::AnnexC));
    assert!(fits.suspects().is_empty());

    // Somebody signed it who is no issuer: that is not looked at.
    let stranger = scene.testbed.reader();
    let mdoc = scene.testbed.japan_issuance().sign(stranger);
    let holder = scene.testbed.japan().with_mdoc(mdoc);
    let response = Response::of(holder.present(&transcript).signed()).encode();
    let fits = explain(&explainer(INFO, ORIGIN), &response);
    assert_eq!(fits, Explanation::Fits(Flow::AnnexC));

    let elsewhere = explain(&explainer(INFO, "https://elsewhere.example"), &response);
    assert_eq!(elsewhere, Explanation::Unknown(Flow::AnnexC));
    assert_eq!(elsewhere.suspects(), [Input::Origin, Input::EncryptionInfo]);

    let other = explainer("other", "https://elsewhere.example");
    let other = other.with_other(inputs(INFO, ORIGIN)).unwrap();
    assert_eq!(
        explain(&other, &response),
        Explanation::FitsOther(Flow::AnnexC)
    );
}

#[test]
fn every_document_is_explained_by_itself() {
    let scene = Scene::new();
    let transcript = Transcript::annex_c(INFO, ORIGIN);
    let slash = Transcript::annex_c(INFO, "https://rp.example/");
    let licence = scene.testbed.licence();
    let response = Response::of(scene.present(&transcript).signed())
        .document(licence.present(&slash).signed())
        .encode();
    let response = DeviceResponse::read(&response.into()).unwrap();
    let explained = explainer(INFO, ORIGIN).explain(&response).unwrap();
    assert_eq!(explained[0], Explanation::Fits(Flow::AnnexC));
    assert_eq!(id(explained[1]), "origin.slash");
}

#[test]
fn what_cannot_be_looked_at_is_an_error() {
    let scene = Scene::new();
    let transcript = Transcript::annex_c(INFO, ORIGIN);
    let refused = |response: Vec<u8>| {
        let response = DeviceResponse::read(&Bytes::from(response)).unwrap();
        explainer(INFO, ORIGIN)
            .explain(&response)
            .unwrap_err()
            .code()
    };
    assert_eq!(refused(Response::new().encode()), Code::MdocNoDocument);
    let presentation = scene.present(&transcript);
    let unsigned = presentation.proved(Cbor::empty_map());
    assert_eq!(
        refused(Response::of(unsigned).encode()),
        Code::MdocDeviceAuth
    );
    let mut odd = presentation.signed();
    odd.set("issuerSigned/issuerAuth", Cbor::array([]));
    assert_eq!(refused(Response::of(odd).encode()), Code::MdocCose);
}

#[test]
fn an_envelope_is_explained_by_what_it_is_sealed_to() {
    let scene = Scene::new();
    let key = scene.session_key();
    let members = Cbor::map([
        ("nonce", Cbor::from(&[5; 16][..])),
        ("recipientPublicKey", CoseKey::of(&scene.session.public())),
    ]);
    let info = base64url(&Cbor::array(["dcapi".into(), members]).encode());
    let data = json!({ "encryptionInfo": info, "deviceRequest": "oA" });
    let request = AnnexC::read(&data, ORIGIN).unwrap();
    let mut rng = scene.testbed.rng("sealed");
    let answer = request.answer(&[0xa0], &mut rng);
    let envelope = Envelope::AnnexC(answer["response"].as_str().unwrap());
    let explained = |origin| {
        explainer(&info, origin)
            .explain_envelope(&envelope, &key)
            .unwrap()
    };
    assert_eq!(explained(ORIGIN), Explanation::Fits(Flow::AnnexC));
    assert_eq!(id(explained("https://rp.example/")), "origin.slash");
    let elsewhere = explained("https://elsewhere.example");
    assert_eq!(elsewhere, Explanation::Unknown(Flow::AnnexC));
    let odd = explainer(&info, ORIGIN).explain_envelope(&Envelope::AnnexC("!"), &key);
    assert_eq!(odd.unwrap_err().code(), Code::InputEnvelope);

    let apple = Apple::new(
        &[1; 16],
        "merchant.example",
        "TEAM",
        &scene.session.public(),
    );
    let sealed = apple.seal_plaintext(&[0xa0], &mut rng).encode();
    let inputs = AppleInputs {
        nonce: vec![1; 16].into(),
        merchant_id: "TEAM".to_owned(),
        team_id: "merchant.example".to_owned(),
        public_key: scene.session.public().point().into(),
    };
    let explainer = Explainer::new(FlowInputs::Apple(inputs)).unwrap();
    // It opens, but to nothing that is a response.
    let explained = explainer.explain_envelope(&Envelope::Apple(&sealed), &key);
    let response = Cbor::map([("version", "1.0")].map(|(k, v)| (k, Cbor::from(v))));
    let sound = apple.seal(&response, &mut rng).encode();
    assert_eq!(explained.unwrap_err().code(), Code::InputEnvelope);
    let explained = explainer
        .explain_envelope(&Envelope::Apple(&sound), &key)
        .unwrap();
    assert_eq!(id(explained), "identifiers.swapped");
}

#[test]
fn mistakes_speak_both_languages_and_tell_nothing_of_the_input() {
    let explainer = explainer(INFO, ORIGIN);
    let mistakes = explainer.mistakes();
    assert!(mistakes.len() > 20);
    for mistake in mistakes {
        let japanese = mistake.text(Language::Japanese);
        assert!(
            japanese.ends_with('。') && !japanese.contains(ORIGIN),
            "{japanese}"
        );
        let english = mistake.text(Language::English);
        assert!(english.ends_with('.') && english.is_ascii(), "{english}");
    }
    let debug = format!("{explainer:?}");
    assert!(
        !debug.contains("rp.example") && !debug.contains(INFO),
        "{debug}"
    );
}
