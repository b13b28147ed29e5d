//! Roots over documents among the anchors.

use tashika_testbed::mdoc::elements::JAPAN;

use super::phone::Phone;
use crate::desk::AT;

#[test]
fn roots_over_documents_are_listed_by_type() {
    let phone = Phone::new();
    let options = ["@trust", "--environment", "test", "--at", AT];
    let show = [&["trust", "show"][..], &options].concat();
    phone
        .desk
        .run(&show)
        .exits(0)
        .says(&["mdoc-issuer", JAPAN, "mdoc-status"]);
    let rows = phone
        .desk
        .run(&[&show[..], &["--json"]].concat())
        .exits(0)
        .json();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 9);
    let of_documents = rows.iter().filter(|row| row["purpose"] == "mdoc-issuer");
    assert_eq!(
        of_documents.filter(|row| row["doc_type"] == JAPAN).count(),
        1
    );

    let check = [&["trust", "check"][..], &options, &["--json"]].concat();
    let checked = phone.desk.run(&check).exits(0).json();
    assert_eq!(checked["anchors"], 9);
    assert_eq!(checked["mdoc"][0]["anchors"], 1);
    // The version is the one that verifications report.
    let report = phone.verify_response(&["--json"]).exits(0).json();
    let versions = checked["mdoc"].as_array().unwrap();
    let own = versions
        .iter()
        .find(|row| row["doc_type"] == JAPAN)
        .unwrap();
    assert_eq!(own["trust_version"], report["trust_version"]);
}

#[test]
fn a_root_vouches_for_documents_of_its_folder_alone() {
    let phone = Phone::new();
    let root = phone.testbed.licence_authority().certificate();
    phone.write(&format!("licences/mdoc-issuer/{JAPAN}/root.cer"), root);
    let stored = [
        "--response",
        "@response.cbor",
        "--transcript",
        "@transcript.cbor",
    ];
    let common = [
        "--environment",
        "test",
        "--at",
        AT,
        "--no-revocation",
        "--json",
    ];
    let with = |trust| {
        let verify = ["verify", "mdoc", "--trust", trust];
        phone.desk.run(&[&verify[..], &stored, &common].concat())
    };
    // One of the profile of licences is none of the card's.
    let report = with("@licences");
    assert!([1, 64].contains(&report.status), "{report}");
    with(&format!("@trust/mdoc-issuer/{JAPAN}/root.cer")).exits(0);
    phone.write("licences/mdoc-issuer/other/root.cer", [0x30, 0x80]);
    let check = ["trust", "check", "@licences", "--environment", "test"];
    phone
        .desk
        .run(&check)
        .exits(64)
        .complains(&["trust.anchor"]);
}

#[test]
fn a_production_root_is_pinned() {
    let phone = Phone::new();
    let folder = format!("@trust/mdoc-issuer/{JAPAN}/root.cer");
    let stored = [
        "--response",
        "@response.cbor",
        "--transcript",
        "@transcript.cbor",
    ];
    let verify = [
        "verify",
        "mdoc",
        "--trust",
        &folder,
        "--at",
        AT,
        "--no-revocation",
    ];
    let arguments = [&verify[..], &stored].concat();
    phone
        .desk
        .run(&arguments)
        .exits(64)
        .complains(&["trust.unpinned", "--pin"]);
    let root = phone.testbed.japan_authority().certificate();
    let pin = tashika::trust::Fingerprint::of(root).to_string();
    phone
        .desk
        .run(&[&arguments[..], &["--pin", &pin]].concat())
        .exits(0);
}
