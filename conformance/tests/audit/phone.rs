//! What a presentation leaves, and an age.

use bytes::Bytes;
use serde_json::{Value, json};
use tashika::algorithm::AlgorithmTable;
use tashika::audit::{MethodTable, Record};
use tashika::mdoc::{
    AgeAtLeast, AgeEvidence, IssuerProfile, JP_MNC, Need, PresentationVerifier, Presented,
    Requested, RequestedDocument, Retention, SessionTranscript, VerifiedPresentation,
};
use tashika::transaction::TransactionId;
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika_conformance::desk::NOW;
use tashika_testbed::mdoc::{
    MdocTestbed, Response, Transcript,
    elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE},
};

use crate::bench::terms;
use crate::record::written;

const ORIGIN: &str = "https://rp.test.example";
const INFO: &str = "gmVkY2FwaaFl";
const NAME: &str = "full_name_unicode";
const OVER: &str = "age_over_20";

fn requested() -> Requested {
    let document = RequestedDocument::new(JAPAN).unwrap();
    let name = document.element(JAPAN_NAME_SPACE, NAME, Retention::Retained, Need::Mandatory);
    let over = name.unwrap().element(
        COMMON_NAME_SPACE,
        OVER,
        Retention::NotRetained,
        Need::Mandatory,
    );
    Requested::one(over.unwrap()).unwrap()
}

fn presentation() -> VerifiedPresentation {
    let testbed = MdocTestbed::from_seed(1, NOW.as_unix());
    let trust = TrustStore::builder(Environment::Test)
        .anchor(Purpose::MdocIssuer, testbed.japan_authority().certificate())
        .and_then(|builder| builder.build())
        .unwrap();
    let verifier = PresentationVerifier::new(AlgorithmTable::standard())
        .with_issuers(IssuerProfile::jp_mnc(), trust)
        .unwrap();
    let phone = testbed.japan();
    let presented = phone.present(&Transcript::annex_c(INFO, ORIGIN));
    let presented = presented
        .select(JAPAN_NAME_SPACE, &[NAME])
        .select(COMMON_NAME_SPACE, &[OVER]);
    let response = Bytes::from(Response::of(presented.signed()).encode());
    let transcript = SessionTranscript::annex_c(INFO, ORIGIN);
    let checked = verifier.check(&Presented::new(&response, &transcript), &requested(), NOW);
    checked.unwrap().danger_unchecked()
}

pub(crate) fn what_a_presentation_leaves() {
    let (proof, transaction) = (presentation(), TransactionId::from_entropy([7; 16]));
    let record = || Record::of_presentation(&proof, transaction, NOW);
    let (json, value) = written(record().with_method(&MethodTable::standard()));
    assert_eq!(value["flow"], "presentation");
    let method = json!({ "letter": "ル", "regime": "until 2027-03-31" });
    assert_eq!(value["method"], method);
    let document = proof.document(JP_MNC).unwrap();
    let shown = &value["documents"][0];
    assert_eq!(shown["doc_type"], JP_MNC);
    assert_eq!(shown["anchor"], document.anchor().fingerprint().to_string());
    assert_eq!(shown["revocation"], json!({ "status": "unchecked" }));
    let until = document.validity().valid_until.date_in_japan().unwrap();
    assert_eq!(shown["valid_until"], until.to_string());
    let logged = terms().write_for_logs(&record()).unwrap();
    let logged: Value = serde_json::from_str(&logged).unwrap();
    assert_eq!(logged["documents"][0]["doc_type"], JP_MNC);
    for told in ["valid_from", "valid_until"] {
        assert_eq!(logged["documents"][0][told], Value::Null, "{told}");
    }
    // What was not to be kept is not there, nor is what was.
    for told in [NAME, OVER, JAPAN_NAME_SPACE, COMMON_NAME_SPACE] {
        assert!(!json.contains(&format!("\"{told}\"")), "{json}");
    }
}

pub(crate) fn what_an_age_check_leaves() {
    // The last second of a day in Japan, of which the day is kept.
    let at = "2027-01-15T14:59:59Z".parse().unwrap();
    let proof = presentation();
    let document = proof.document(JP_MNC).unwrap();
    let check = document.check_age(AgeAtLeast::new(20), AgeEvidence::OverOnly, NOW);
    let record = || Record::of_age(check.as_ref().unwrap(), at);
    let (json, value) = written(record());
    let expected = json!({
        "flow": "age",
        "day": "2027-01-15",
        "verdict": "accepted",
        "age": { "threshold": 20, "reached": "yes", "statement": "exact" },
        "sdk": "0.1.0",
    });
    assert_eq!(value, expected, "{json}");
    let (_, value) = written(record().about_document(JP_MNC));
    assert_eq!(value["age"]["doc_type"], JP_MNC);
    let method = record().with_method(&MethodTable::standard());
    assert_eq!(written(method).1["method"], Value::Null);
    assert_eq!(record().transaction(), None);
}
