//! Requests of the sdk, read, judged and answered by the testbed's wallet; its
//! answers, finished and verified by the sdk.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::envelope::DcApiAnswer;
use tashika::mdoc::{
    AppleMerchant, ClientAuthentication, ClientIdentifier, Curve, DigitalCredentialsRequest,
    Edition, EphemeralKey, IssuerProfile, Need, Offer, PendingPresentation, PresentationVerifier,
    Purposes, ReaderAuthentication, ReaderIdentity, Received, Requested, RequestedDocument,
    ResponseMode, Retention,
};
use tashika::signer::EcdsaSigner;
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::{self, Environment, TrustStore};
use tashika::{Error, Time};
use tashika_testbed::Algorithm;
use tashika_testbed::mdoc::elements::{
    COMMON_NAME_SPACE, Elements, JAPAN, JAPAN_NAME_SPACE, LICENCE, LICENCE_NAME_SPACE,
};
use tashika_testbed::mdoc::{
    Apple, Asked, AskedElement, Authority, Holder, MdocTestbed, Refusal, Response, Transcript,
};

const NOW: Time = Time::from_unix(1_800_000_000);
const ORIGIN: &str = "https://rp.test.example";

struct Scene {
    testbed: MdocTestbed,
    verifier: PresentationVerifier,
    reader: ReaderIdentity,
}

impl Scene {
    fn new() -> Self {
        let testbed = MdocTestbed::from_seed(1, NOW.as_unix());
        let trust = |authority: &Authority| {
            TrustStore::builder(Environment::Test)
                .anchor(trust::Purpose::MdocIssuer, authority.certificate())
                .and_then(|builder| builder.build())
                .unwrap()
        };
        let verifier = PresentationVerifier::new(AlgorithmTable::standard())
            .with_issuers(IssuerProfile::jp_mnc(), trust(testbed.japan_authority()))
            .and_then(|v| v.with_issuers(IssuerProfile::mdl(), trust(testbed.licence_authority())))
            .unwrap();
        let signer = EcdsaSigner::from_pkcs8(&testbed.reader().key().pkcs8()).unwrap();
        let chain = vec![testbed.reader().certificate().to_vec()];
        let reader = ReaderIdentity::new(Arc::new(signer), chain).unwrap();
        Self {
            testbed,
            verifier,
            reader,
        }
    }

    /// What the wallet answers to the request at this position, if the page is
    /// of `origin`.
    fn answer(
        &self,
        request: &DigitalCredentialsRequest,
        position: usize,
        origin: &str,
    ) -> Result<DcApiAnswer, Refusal> {
        let request: Value = serde_json::from_str(&request.to_json()).unwrap();
        let request = request
            .pointer(&format!("/digital/requests/{position}"))
            .unwrap();
        let protocol = request["protocol"].as_str().unwrap();
        let mut wallet = self.testbed.wallet();
        let data = match protocol {
            "org-iso-mdoc" => wallet.answer_annex_c(&request["data"], origin)?,
            _ => wallet.answer_openid4vp(protocol, &request["data"], origin)?,
        };
        let credential = json!({ "protocol": protocol, "data": data });
        Ok(DcApiAnswer::from_json(&credential.to_string()).unwrap())
    }

    /// A driving licence in the same phone.
    fn licence(&self) -> Holder {
        let elements = Elements::new().with(LICENCE_NAME_SPACE, "family_name", "MUSTER");
        let issuance = self.testbed.issuance(LICENCE, &elements);
        let licence = issuance.sign(self.testbed.licence_signer());
        Holder::new(licence, self.testbed.device_key())
    }

    fn verify(&self, received: &Received) -> Result<(), Error> {
        let proof = received.check(&self.verifier, NOW)?.danger_unchecked();
        let document = proof.document(JAPAN).unwrap();
        assert_eq!(document.elements().len(), 2);
        Ok(())
    }
}

fn binding(origin: &str) -> Binding {
    Binding {
        audience: Audience {
            relying_party: RelyingParty::from_origin(origin).unwrap(),
            purpose: Purpose::named("open-account").unwrap(),
        },
        transaction: TransactionId::from_entropy([7; 16]),
        expires: NOW,
    }
}

fn requested() -> Requested {
    let document = RequestedDocument::new(JAPAN)
        .and_then(|d| {
            let (kept, need) = (Retention::Retained, Need::Mandatory);
            d.element(JAPAN_NAME_SPACE, "full_name_unicode", kept, need)
        })
        .and_then(|d| {
            let (kept, need) = (Retention::NotRetained, Need::Mandatory);
            d.element(COMMON_NAME_SPACE, "age_over_20", kept, need)
        });
    Requested::one(document.unwrap()).unwrap()
}

fn begin(origin: &str, offers: &[Offer<'_>]) -> (PendingPresentation, DigitalCredentialsRequest) {
    let begun =
        PendingPresentation::begin_digital_credentials(binding(origin), requested(), offers);
    begun.unwrap()
}

#[test]
fn a_wallet_answers_every_request_that_it_knows_the_reader_of() {
    let scene = Scene::new();
    let readers = [scene.reader.clone()];
    let signed = ReaderAuthentication::Signed(&readers);
    let purposes = Purposes::none().with("org.iso.jtc1.sc17", 3).unwrap();
    let second = Edition::Second(purposes);
    let hash = ClientAuthentication::Signed(&scene.reader, ClientIdentifier::X509Hash);
    let name = ClientIdentifier::X509SanDns(MdocTestbed::READER_HOST);
    let name = ClientAuthentication::Signed(&scene.reader, name);
    for offer in [
        Offer::IsoMdoc(&Edition::First, signed),
        Offer::IsoMdoc(&second, signed),
        Offer::Openid4vp(hash, ResponseMode::DcApiJwt),
        Offer::Openid4vp(name, ResponseMode::DcApiJwt),
        Offer::Openid4vp(hash, ResponseMode::DangerDcApi),
    ] {
        let (pending, request) = begin(ORIGIN, &[offer]);
        let answer = scene.answer(&request, 0, ORIGIN).unwrap();
        let received = pending.finish(&answer, NOW).unwrap();
        assert_eq!(scene.verify(&received), Ok(()), "{offer:?}");
    }
}

#[test]
fn either_of_two_protocols_is_answered() {
    let scene = Scene::new();
    let readers = [scene.reader.clone()];
    let edition = Edition::Second(Purposes::none());
    let client = ClientAuthentication::Signed(&scene.reader, ClientIdentifier::X509Hash);
    let offers = [
        Offer::IsoMdoc(&edition, ReaderAuthentication::Signed(&readers)),
        Offer::Openid4vp(client, ResponseMode::DcApiJwt),
    ];
    for position in 0..2 {
        let (pending, request) = begin(ORIGIN, &offers);
        let answer = scene.answer(&request, position, ORIGIN).unwrap();
        let received = pending.finish(&answer, NOW).unwrap();
        assert_eq!(scene.verify(&received), Ok(()), "{position}");
    }
}

#[test]
fn a_wallet_refuses_who_does_not_say_who_asks() {
    let scene = Scene::new();
    let unsigned = Offer::IsoMdoc(&Edition::First, ReaderAuthentication::Unsigned);
    let (_, request) = begin(ORIGIN, &[unsigned]);
    let refusal = scene.answer(&request, 0, ORIGIN).err();
    assert_eq!(refusal, Some(Refusal::Unsigned));
}

/// A page of another origin shows our request to the wallet, and hands us what
/// it gets.
#[test]
fn a_request_is_of_no_use_elsewhere() {
    let scene = Scene::new();
    let elsewhere = "https://elsewhere.test.example";
    let readers = [scene.reader.clone()];
    let edition = Edition::Second(Purposes::none());
    let iso = Offer::IsoMdoc(&edition, ReaderAuthentication::Signed(&readers));
    let client = ClientAuthentication::Signed(&scene.reader, ClientIdentifier::X509Hash);
    let openid4vp = Offer::Openid4vp(client, ResponseMode::DcApiJwt);
    let (_, request) = begin(ORIGIN, &[iso, openid4vp]);
    assert_eq!(
        [0, 1].map(|position| scene.answer(&request, position, elsewhere).err()),
        [Some(Refusal::Signature), Some(Refusal::Origin)]
    );
}

/// In the clear, nothing but the device's signature ties an answer to its page.
#[test]
fn an_answer_for_another_origin_does_not_verify() {
    let scene = Scene::new();
    let client = ClientAuthentication::Signed(&scene.reader, ClientIdentifier::X509Hash);
    let offer = Offer::Openid4vp(client, ResponseMode::DangerDcApi);
    let (_, request) = begin("https://elsewhere.test.example", &[offer]);
    let answer = scene
        .answer(&request, 0, "https://elsewhere.test.example")
        .unwrap();
    let (pending, _) = begin(ORIGIN, &[offer]);
    let received = pending.finish(&answer, NOW).unwrap();
    let error = scene.verify(&received).unwrap_err();
    assert_eq!(error.code().as_str(), "mdoc.device_signature");
}

#[test]
fn an_app_is_answered() {
    let scene = Scene::new();
    let ours = scene.testbed.key(Algorithm::P256, "merchant");
    let scalar = ours.scalar().unwrap();
    let merchant = || {
        let key = EphemeralKey::from_entropy(Curve::P256, &scalar).unwrap();
        AppleMerchant::new("merchant.example", "TEAM123456", key).unwrap()
    };
    let begun = PendingPresentation::begin_apple(binding(ORIGIN), requested(), &merchant());
    let (pending, request) = begun.unwrap();
    let request: Value = serde_json::from_str(&request.to_json()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let asked = Asked {
        doc_type: text(&request["docType"]),
        elements: (request["elements"].as_array().unwrap().iter())
            .map(|element| AskedElement {
                name_space: text(&element["namespace"]),
                element: text(&element["identifier"]),
                retain: element["intentToStore"] == "mayStore",
            })
            .collect(),
    };
    let nonce = STANDARD.decode(text(&request["nonce"]));
    let apple = Apple::new(
        &nonce.unwrap(),
        "merchant.example",
        "TEAM123456",
        &ours.public(),
    );
    let envelope = scene.testbed.wallet().answer_apple(&apple, &asked);
    let received = pending.finish_apple(&envelope, &merchant(), NOW).unwrap();
    assert_eq!(scene.verify(&received), Ok(()));
}

/// OpenID4VP has a response for each document, and none counts without the
/// others.
#[test]
fn one_bad_response_among_two_refuses_both() {
    let scene = Scene::new();
    let (kept, need) = (Retention::NotRetained, Need::Mandatory);
    let licence = RequestedDocument::new(LICENCE)
        .and_then(|d| d.element(LICENCE_NAME_SPACE, "family_name", kept, need))
        .unwrap();
    let card = requested().documents()[0].clone();
    let requested = Requested::new(vec![card, licence]).unwrap();
    let outcome = |honest: bool| {
        let (client, mode) = (ClientAuthentication::Unsigned, ResponseMode::DangerDcApi);
        let requested = requested.clone();
        let begun = PendingPresentation::begin_openid4vp(binding(ORIGIN), requested, client, mode);
        let (pending, request) = begun.unwrap();
        let request: Value = serde_json::from_str(&request.to_json()).unwrap();
        let nonce = request["digital"]["requests"][0]["data"]["nonce"]
            .as_str()
            .unwrap();
        let session = Transcript::openid4vp_dc_api(ORIGIN, nonce, None);
        let other = Transcript::openid4vp_dc_api(ORIGIN, "another nonce", None);
        let card = scene.testbed.japan();
        let card = card
            .present(&session)
            .select(JAPAN_NAME_SPACE, &["full_name_unicode"])
            .select(COMMON_NAME_SPACE, &["age_over_20"]);
        let licence = scene.licence();
        let licence = licence.present(if honest { &session } else { &other });
        let licence = licence.select(LICENCE_NAME_SPACE, &["family_name"]);
        let response = |document| URL_SAFE_NO_PAD.encode(Response::of(document).encode());
        let credential = json!({
            "protocol": "openid4vp-v1-unsigned",
            "data": { "vp_token": {
                "document-0": [response(card.signed())],
                "document-1": [response(licence.signed())],
            } },
        });
        let answer = DcApiAnswer::from_json(&credential.to_string()).unwrap();
        let received = pending.finish(&answer, NOW).unwrap();
        assert_eq!(received.responses().len(), 2);
        received.check(&scene.verifier, NOW)
    };
    let proof = outcome(true).unwrap().danger_unchecked();
    assert_eq!(proof.documents().len(), 2);
    let error = outcome(false).unwrap_err();
    assert_eq!(error.code().as_str(), "mdoc.device_signature");
}
