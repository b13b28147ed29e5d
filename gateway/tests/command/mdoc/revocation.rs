//! Whether signers and documents are revoked.

use serde_json::Value;
use tashika_testbed::mdoc::MdocTestbed;

use super::phone::{ORIGIN, Phone};
use crate::desk::status_of;

#[test]
fn a_revoked_signer_is_rejected() {
    let phone = Phone::new();
    phone.write_list("signers/today.crl", &[phone.testbed.japan_signer()]);
    let report = phone.verify_response(&["--json"]).exits(1).json();
    assert_eq!(report["code"], "revoked.key_compromise");
    assert_eq!(report["revocation"]["status"], "revoked");
    assert_eq!(report["revocation"]["reason"], "keyCompromise");
    assert_eq!(report["revocation"]["meaning"], Value::Null);
    // Whoever holds the phone has no certificate that could be renewed.
    let message = report["message"].as_str().unwrap();
    assert!(
        message.starts_with("The card that the phone presented"),
        "{message}"
    );
    assert_eq!(status_of(&report, "revocation.not_revoked"), "fail");
    let stored = [
        "--response",
        "@response.cbor",
        "--transcript",
        "@transcript.cbor",
    ];
    let unasked = [&stored[..], &["--no-revocation", "--json"]].concat();
    let report = phone.verify(&unasked).exits(0).json();
    assert_eq!(report["revocation"]["status"], "unchecked");
    assert_eq!(report["record"]["status"], "unchecked");
}

#[test]
fn what_lists_cannot_say_is_undetermined() {
    let phone = Phone::new();
    let report = phone
        .verify_response(&["--max-age", "0", "--json"])
        .exits(2)
        .json();
    assert_eq!(report["code"], "revocation.stale");
    let stored = [
        "--response",
        "@response.cbor",
        "--transcript",
        "@transcript.cbor",
    ];
    let others = [&stored[..], &["--crl", "@lists", "--json"]].concat();
    let report = phone.verify(&others).exits(2).json();
    assert_eq!(report["code"], "revocation.missing");
}

#[test]
fn a_store_holds_the_lists_of_signers_too() {
    let phone = Phone::new();
    let common = ["--trust", "@trust", "--environment", "test"];
    let sync = ["crl", "sync", "--store", "@store", "@signers"];
    phone.desk.run(&[&sync[..], &common].concat()).exits(0);
    let status = [
        "crl",
        "status",
        "--store",
        "@store",
        "--at",
        crate::desk::AT,
        "--json",
    ];
    let partitions = phone
        .desk
        .run(&[&status[..], &common].concat())
        .exits(0)
        .json();
    assert!(
        partitions.to_string().contains("mdoc-issuer"),
        "{partitions}"
    );
    let stored = [
        "--response",
        "@response.cbor",
        "--transcript",
        "@transcript.cbor",
    ];
    let report = phone.verify(&[&stored[..], &["--store", "@store", "--json"]].concat());
    assert_eq!(report.exits(0).json()["revocation"]["status"], "good");
    let none = [&stored[..], &["--store", "@nowhere"]].concat();
    phone.verify(&none).exits(66).complains(&["crl sync"]);
}

#[test]
fn a_document_has_a_status_of_its_own() {
    let phone = Phone::new();
    let transcript = phone.transcript(ORIGIN);
    phone.write_response(
        "response.cbor",
        &phone.testbed.japan_with_status(),
        &transcript,
    );
    let signer = phone.testbed.status_signer();
    phone.write("good.cwt", phone.testbed.status_list(&[]).sign(signer));
    let revoked = phone.testbed.status_list(&[MdocTestbed::STATUS_INDEX]);
    phone.write("revoked.cwt", revoked.sign(signer));
    let token = |name| ["--status-token", name, "--status-eku", "absent", "--json"];

    let report = phone.verify_response(&token("@good.cwt")).exits(0).json();
    assert_eq!(report["record"]["status"], "good");
    assert_eq!(report["record"]["as_of"], "2027-01-15T07:00:00Z");
    assert_eq!(status_of(&report, "mdoc.status_token"), "pass");
    let report = phone
        .verify_response(&token("@revoked.cwt"))
        .exits(1)
        .json();
    assert_eq!(report["code"], "mdoc.record_revoked");
    assert_eq!(report["record"]["status"], "revoked");
    assert_eq!(report["revocation"]["status"], "good");

    let report = phone.verify_response(&["--json"]).exits(2).json();
    assert_eq!(report["code"], "mdoc.status_unreachable");
    let ignored = ["--record-policy", "danger-ignored", "--json"];
    let report = phone.verify_response(&ignored).exits(0).json();
    assert_eq!(report["record"]["status"], "undetermined");
    let both = [&token("@good.cwt")[..], &token("@revoked.cwt")[..2]].concat();
    phone.verify_response(&both).exits(1);
    let usage = [
        "--status-token",
        "@good.cwt",
        "--status-eku",
        "1.3.6.1.5.5.7.3.30",
        "--json",
    ];
    let report = phone.verify_response(&usage).exits(2).json();
    assert_eq!(report["code"], "mdoc.status_signer");
}

#[test]
fn a_document_without_a_status_fails_where_one_is_required() {
    let phone = Phone::new();
    let required = ["--record-policy", "required", "--json"];
    let report = phone.verify_response(&required).exits(1).json();
    assert_eq!(report["code"], "mdoc.status_missing");
    phone
        .verify_response(&["--status-token", "@good.cwt"])
        .exits(64)
        .complains(&["--status-eku"]);
    phone.write("good.cwt", [0]);
    phone
        .verify_response(&["--status-token", "@good.cwt", "--status-eku", "none"])
        .exits(64)
        .complains(&["--status-eku"]);
}
