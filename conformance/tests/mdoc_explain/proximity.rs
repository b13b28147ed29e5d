//! Face to face: QR code and NFC.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac::HMAC_SHA256;
use tashika::mdoc::explain::{Explainer, Explanation, FlowInputs, NfcInputs, ProximityInputs};
use tashika_testbed::mdoc::{
    Attached, Cbor, CoseKey, Engagement, Form, Mac0, Response, Transcript,
};
use tashika_testbed::{Algorithm, Hash};

use crate::{Mistake, Scene, base64url, explain};

const SELECT: &[u8] = &[0x91, 0x02, 0x0f];
const REQUEST: &[u8] = &[0x91, 0x02, 0x0a];

/// Engagement and reader's key, each as it came: with lengths that an encoder
/// of its own would write otherwise.
struct Session {
    engagement: Cbor,
    reader_key: Cbor,
    sorted_engagement: Cbor,
    sorted_key: Cbor,
}

impl Session {
    fn of(scene: &Scene, label: &str) -> Self {
        let device = Engagement::new(scene.testbed.key(Algorithm::P256, label));
        let sorted_engagement = Cbor::decode(&device.encode()).unwrap();
        let key = match label {
            "device" => scene.session.public(),
            other => scene
                .testbed
                .key(Algorithm::P256, &format!("{other} reader"))
                .public(),
        };
        let sorted_key = CoseKey::of(&key);
        Self {
            engagement: sorted_engagement.clone().formed(Form::Indefinite),
            reader_key: sorted_key.clone().formed(Form::Two),
            sorted_engagement,
            sorted_key,
        }
    }

    fn inputs(&self) -> ProximityInputs {
        ProximityInputs {
            device_engagement: self.engagement.encode().into(),
            e_reader_key_bytes: Cbor::tag24(self.reader_key.clone()).encode().into(),
        }
    }

    fn nfc(&self, select: &[u8], request: Option<&[u8]>) -> FlowInputs {
        FlowInputs::Nfc(NfcInputs {
            proximity: self.inputs(),
            handover_select: select.to_vec().into(),
            handover_request: request.map(|r| r.to_vec().into()),
        })
    }

    /// What may stand in the places of engagement and key, under any handover.
    fn mistakes(&self, handover: &Cbor) -> Vec<(&'static str, Transcript)> {
        let engagement = || Cbor::tag24(self.engagement.clone());
        let key = || Cbor::tag24(self.reader_key.clone());
        let of = |items: [Cbor; 3]| Transcript::new(Cbor::array(items));
        let with_engagement = |item: Cbor| of([item, key(), handover.clone()]);
        let with_key = |item: Cbor| of([engagement(), item, handover.clone()]);
        let encoded = self.engagement.encode();
        let uri = format!("mdoc:{}", base64url(&encoded));
        vec![
            (
                "engagement.re-encoded",
                with_engagement(Cbor::tag24(self.sorted_engagement.clone())),
            ),
            (
                "engagement.tag-missing",
                with_engagement(self.engagement.clone()),
            ),
            ("engagement.tag-missing", with_engagement(encoded.into())),
            (
                "engagement.tag-twice",
                with_engagement(Cbor::tag24(engagement())),
            ),
            ("engagement.text", with_engagement(uri.as_str().into())),
            (
                "engagement.text",
                with_engagement(Cbor::tag24(uri.as_str().into())),
            ),
            ("engagement.null", with_engagement(Cbor::NULL)),
            (
                "reader-key.re-encoded",
                with_key(Cbor::tag24(self.sorted_key.clone())),
            ),
            ("reader-key.tag-missing", with_key(self.reader_key.clone())),
            (
                "reader-key.tag-missing",
                with_key(self.reader_key.encode().into()),
            ),
            ("reader-key.tag-twice", with_key(Cbor::tag24(key()))),
            ("reader-key.null", with_key(Cbor::NULL)),
            (
                "transcript.order",
                of([key(), engagement(), handover.clone()]),
            ),
            (
                "handover.missing",
                Transcript::new(Cbor::array([engagement(), key()])),
            ),
        ]
    }

    fn transcript(&self, handover: Cbor) -> Transcript {
        let (engagement, key) = (self.engagement.clone(), self.reader_key.clone());
        let items = [Cbor::tag24(engagement), Cbor::tag24(key), handover];
        Transcript::new(Cbor::array(items))
    }
}

#[test]
fn every_mistake_with_a_qr_code_is_named() {
    let scene = Scene::new();
    let (own, other) = (Session::of(&scene, "device"), Session::of(&scene, "other"));
    let given = || FlowInputs::Qr(own.inputs());
    let of = |(id, transcript)| Mistake::new(id, given(), transcript);
    let mut mistakes: Vec<_> = own.mistakes(&Cbor::NULL).into_iter().map(of).collect();
    for handover in [Cbor::from(""), Cbor::array([Cbor::NULL, Cbor::NULL])] {
        let transcript = own.transcript(handover);
        mistakes.push(Mistake::new("handover.not-null", given(), transcript));
    }
    let tag24 = |item: &Cbor| Cbor::tag24(item.clone());
    for (id, engagement, key) in [
        ("engagement.other", &other.engagement, &own.reader_key),
        ("reader-key.other", &own.engagement, &other.reader_key),
    ] {
        let transcript = Transcript::qr(&tag24(engagement), &tag24(key));
        let mistake = Mistake::new(id, given(), transcript);
        mistakes.push(mistake.other(FlowInputs::Qr(other.inputs())));
    }
    scene.names(&mistakes);
}

#[test]
fn every_mistake_with_nfc_is_named() {
    let scene = Scene::new();
    let (own, other) = (Session::of(&scene, "device"), Session::of(&scene, "other"));
    let negotiated = || own.nfc(SELECT, Some(REQUEST));
    let handover = Cbor::array([SELECT.into(), REQUEST.into()]);
    let of = |(id, transcript)| Mistake::new(id, negotiated(), transcript);
    let mut mistakes: Vec<_> = own.mistakes(&handover).into_iter().map(of).collect();
    let (select, request) = (|| Cbor::from(SELECT), || Cbor::from(REQUEST));
    for (id, handover) in [
        ("handover.null", Cbor::NULL),
        ("handover.order", Cbor::array([request(), select()])),
        ("handover.request-null", Cbor::array([select(), Cbor::NULL])),
        ("handover.select-null", Cbor::array([Cbor::NULL, request()])),
        ("handover.flat", select()),
        ("handover.request-empty", Cbor::array([select()])),
        (
            "handover.embedded",
            Cbor::array([Cbor::tag24_of(SELECT), Cbor::tag24_of(REQUEST)]),
        ),
    ] {
        let transcript = own.transcript(handover);
        mistakes.push(Mistake::new(id, negotiated(), transcript));
    }
    let empty = own.transcript(Cbor::array([select(), Cbor::from(&[][..])]));
    let static_handover = own.nfc(SELECT, None);
    mistakes.push(Mistake::new(
        "handover.request-empty",
        static_handover,
        empty,
    ));

    let theirs = other.nfc(&[1], Some(&[2]));
    let tag24 = |item: &Cbor| Cbor::tag24(item.clone());
    for (id, engagement, key, select, request) in [
        (
            "engagement.other",
            &other.engagement,
            &own.reader_key,
            SELECT,
            REQUEST,
        ),
        (
            "reader-key.other",
            &own.engagement,
            &other.reader_key,
            SELECT,
            REQUEST,
        ),
        (
            "handover.other",
            &own.engagement,
            &own.reader_key,
            &[1][..],
            &[2][..],
        ),
    ] {
        let transcript = Transcript::nfc(&tag24(engagement), &tag24(key), select, Some(request));
        mistakes.push(Mistake::new(id, negotiated(), transcript).other(theirs.clone()));
    }
    scene.names(&mistakes);
}

#[test]
fn macs_are_explained_with_the_key_of_the_session() {
    let scene = Scene::new();
    let own = Session::of(&scene, "device");
    let reader = scene.session.public();
    let key = scene.session_key();
    let explainer = Explainer::new(FlowInputs::Qr(own.inputs())).unwrap();
    let transcript = own.transcript(Cbor::NULL);
    let response = Response::of(scene.present(&transcript).authenticated(&reader)).encode();
    assert_eq!(explain(&explainer, &response), Explanation::NoSessionKey);
    let explainer = explainer.with_session_key(&key);
    assert!(matches!(
        explain(&explainer, &response),
        Explanation::Fits(_)
    ));

    let swapped = &own.mistakes(&Cbor::NULL)[0].1;
    let response = Response::of(scene.present(swapped).authenticated(&reader)).encode();
    named(&explainer, &response, "engagement.re-encoded");

    // The salt is made of the transcript without its tag.
    let presentation = scene.present(&transcript);
    let salt = Salt::new(HKDF_SHA256, &Hash::Sha256.digest(&transcript.encode()));
    let extracted = salt.extract(&scene.holder.key().agree(&reader));
    let mut e_mac_key = [0; 32];
    let expanded = extracted.expand(&[b"EMacKey"], HMAC_SHA256).unwrap();
    expanded.fill(&mut e_mac_key).unwrap();
    let mac = Mac0::new(presentation.authentication()).attached(Attached::Detached);
    let document = presentation.proved(Cbor::map([("deviceMac", mac.tag(&e_mac_key))]));
    named(
        &explainer,
        &Response::of(document).encode(),
        "mac-salt.bare",
    );
}

fn named(explainer: &Explainer<'_>, response: &[u8], id: &str) {
    let explanation = explain(explainer, response);
    let Explanation::Differs(_, mistake) = explanation else {
        panic!("{id}: {explanation:?}");
    };
    assert_eq!(mistake.id(), id);
}
