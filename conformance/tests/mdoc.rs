//! Presentations of a fictional person, made by the testbed, verified by the
//! sdk.

#![expect(clippy::unwrap_used, reason = "what cannot be made fails the test")]

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::{
    DeviceResponse, IssuerProfile, Need, PresentationVerifier, Presented, Requested,
    RequestedDocument, Retention, SessionTranscript, VerifiedPresentation,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Error, Time};
use tashika_testbed::mdoc::{
    MdocTestbed, Response, Transcript,
    elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE},
};

const NOW: Time = Time::from_unix(1_800_000_000);
const ORIGIN: &str = "https://rp.test.example";
const INFO: &str = "gmVkY2FwaaFl";

struct Scene {
    testbed: MdocTestbed,
    verifier: PresentationVerifier,
}

impl Scene {
    fn new() -> Self {
        let testbed = MdocTestbed::from_seed(1, NOW.as_unix());
        let trust = TrustStore::builder(Environment::Test)
            .anchor(Purpose::MdocIssuer, testbed.japan_authority().certificate())
            .and_then(|builder| builder.build())
            .unwrap();
        let verifier = PresentationVerifier::new(AlgorithmTable::standard())
            .with_issuers(IssuerProfile::jp_mnc(), trust)
            .unwrap();
        Self { testbed, verifier }
    }

    fn check(&self, response: Vec<u8>, origin: &str) -> Result<VerifiedPresentation, Error> {
        let transcript = SessionTranscript::annex_c(INFO, origin);
        let response = Bytes::from(response);
        let presented = Presented::new(&response, &transcript);
        let checked = self.verifier.check(&presented, &requested(), NOW)?;
        Ok(checked.danger_unchecked())
    }
}

fn requested() -> Requested {
    let document = RequestedDocument::new(JAPAN)
        .unwrap()
        .element(
            JAPAN_NAME_SPACE,
            "full_name_unicode",
            Retention::Retained,
            Need::Mandatory,
        )
        .unwrap()
        .element(
            COMMON_NAME_SPACE,
            "age_over_20",
            Retention::NotRetained,
            Need::Mandatory,
        )
        .unwrap();
    Requested::one(document).unwrap()
}

#[test]
fn what_was_asked_for_is_proven() {
    let scene = Scene::new();
    let transcript = Transcript::annex_c(INFO, ORIGIN);
    let response = Response::of(
        scene
            .testbed
            .japan()
            .present(&transcript)
            .select(JAPAN_NAME_SPACE, &["full_name_unicode"])
            .select(COMMON_NAME_SPACE, &["age_over_20"])
            .signed(),
    )
    .encode();
    let proof = scene.check(response.clone(), ORIGIN).unwrap();
    let document = proof.document(JAPAN).unwrap();
    assert_eq!(document.elements().len(), 2);
    let over = document.element(COMMON_NAME_SPACE, "age_over_20").unwrap();
    assert_eq!(over.value(), [0xf5]);

    let elsewhere = scene.check(response, "https://elsewhere.test.example");
    assert_eq!(
        elsewhere.unwrap_err().code().as_str(),
        "mdoc.device_signature"
    );
}

/// No vector has it: it would be a file of four megabytes.
#[test]
fn a_response_has_a_budget_before_it_is_read() {
    let most = tashika::limits::MDOC_RESPONSE;
    for (length, code) in [(most, "input.cbor_trailing"), (most + 1, "input.too_large")] {
        let error = DeviceResponse::read(&vec![0; length].into()).unwrap_err();
        assert_eq!(error.code().as_str(), code);
    }
}
