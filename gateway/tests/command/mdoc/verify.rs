//! The verdicts.

use serde_json::Value;
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE};
use tashika_testbed::mdoc::{Cbor, Response};

use super::phone::{AGE, NAME, ORIGIN, Phone, present, response, verify};
use crate::desk::{AT, status_of};

#[test]
fn a_presentation_is_accepted() {
    let phone = Phone::new();
    let requested = format!("{NAME},{AGE}");
    phone
        .verify_response(&["--requested", &requested])
        .exits(0)
        .says(&[
            "ACCEPTED",
            "pass  mdoc.device_auth",
            "pass  mdoc.digests",
            "revocation  good",
            "record      not available",
        ]);
    let report = phone
        .verify_response(&["--requested", &requested, "--json"])
        .exits(0)
        .json();
    assert_eq!(report["verdict"], "accepted");
    assert_eq!(report["code"], Value::Null);
    assert_eq!(report["kind"], "mdoc");
    assert_eq!(report["evaluated_at"], AT);
    assert_eq!(report["revocation"]["status"], "good");
    assert_eq!(report["revocation"]["meaning"], Value::Null);
    assert_eq!(report["record"]["status"], "not_available");
    assert_eq!(report["documents"][0]["doc_type"], JAPAN);
    assert_eq!(report["asked"]["delivery"], "listed");
    assert_eq!(report["message"], "Verified.");
    for absent in ["attributes", "warnings", "holder"] {
        assert_eq!(report.get(absent), None);
    }
    for row in report["checks"].as_array().unwrap() {
        assert_eq!(row["status"], "pass", "{row}");
        let id = row["id"].as_str().unwrap();
        assert!(!id.starts_with("jpki.") && !id.starts_with("cms."), "{id}");
    }
}

#[test]
fn a_licence_is_accepted_with_its_type() {
    let phone = Phone::new();
    let licence = phone.testbed.licence();
    let presentation = licence.present(&phone.transcript(ORIGIN));
    let presentation = presentation.select("org.iso.18013.5.1", &["family_name"]);
    phone.write("response.cbor", response(&presentation));
    let root = phone.testbed.licence_authority();
    let list = phone.testbed.list(root, &[]).sign(root.key());
    phone.write("signers/licences.crl", list);
    let requested = ["--requested", "org.iso.18013.5.1/family_name"];
    let with = |doctype| [&requested[..], &["--doctype", doctype, "--json"]].concat();
    let report = phone.verify_response(&with(LICENCE)).exits(0).json();
    assert_eq!(report["documents"][0]["doc_type"], LICENCE);
    let report = phone.verify_response(&with(JAPAN)).exits(1).json();
    assert_eq!(report["code"], "mdoc.document_unrequested");
}

#[test]
fn what_was_not_asked_for_is_said() {
    let phone = Phone::new();
    let report = phone.verify_response(&["--json"]).exits(0).json();
    assert_eq!(report["warnings"][0]["id"], "nothing_requested");
    phone
        .verify_response(&["--lang", "ja"])
        .exits(0)
        .says(&["! --requested", "確認できました。"]);
}

#[test]
fn a_presentation_for_another_origin_is_rejected() {
    let phone = Phone::new();
    let transcript = phone.transcript("https://elsewhere.test.example");
    phone.write_response("response.cbor", &phone.testbed.japan(), &transcript);
    let report = phone.verify_response(&["--json"]).exits(1).json();
    assert_eq!(report["code"], "mdoc.device_signature");
    assert_eq!(status_of(&report, "mdoc.device_auth"), "fail");
    assert_eq!(status_of(&report, "mdoc.digests"), "pass");
    assert_eq!(status_of(&report, "revocation.not_revoked"), "skipped");
    assert_eq!(report["documents"], Value::Array(Vec::new()));
}

#[test]
fn a_changed_element_is_rejected() {
    let phone = Phone::new();
    let path = format!("nameSpaces/{COMMON_NAME_SPACE}/0/elementValue");
    let holder = phone.testbed.japan();
    let mdoc = holder
        .mdoc()
        .clone()
        .edit(|issuer_signed| issuer_signed.set(&path, Cbor::full_date("1970-01-01")));
    let holder = holder.with_mdoc(mdoc);
    let presentation = holder.present(&phone.transcript(ORIGIN));
    let presentation = presentation.select_all(COMMON_NAME_SPACE);
    phone.write("response.cbor", response(&presentation));
    let report = phone.verify_response(&["--json"]).exits(1).json();
    assert_eq!(report["code"], "mdoc.digest");
}

#[test]
fn the_answer_is_compared_with_what_was_asked() {
    let phone = Phone::new();
    let code = |arguments: &[&str]| {
        let arguments = [arguments, &["--json"]].concat();
        let report = phone.verify_response(&arguments).exits(1).json();
        report["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(&["--requested", AGE]), "mdoc.element_unrequested");
    let birth = "org.iso.23220.1/birth_date";
    let more = format!("{NAME},{AGE},{birth}");
    assert_eq!(code(&["--requested", &more]), "mdoc.element_missing");
    let both = format!("{NAME},{AGE}");
    let optional = ["--requested", &both, "--optional", birth];
    phone.verify_response(&optional).exits(0);

    phone.write("response.cbor", Response::new().error(JAPAN, 0).encode());
    assert_eq!(code(&["--requested", AGE]), "mdoc.no_document");
    assert_eq!(code(&[]), "mdoc.no_document");
}

#[test]
fn an_age_in_years_stands_in_if_that_is_wanted() {
    let phone = Phone::new();
    let holder = phone.testbed.japan();
    let presentation = holder.present(&phone.transcript(ORIGIN));
    let presentation = presentation.select(COMMON_NAME_SPACE, &["age_in_years"]);
    phone.write("response.cbor", response(&presentation));
    let requested = ["--requested", AGE, "--json"];
    let report = phone.verify_response(&requested).exits(1).json();
    assert_eq!(report["code"], "mdoc.element_unrequested");
    let standing_in = ["--age-evidence", "or-age-in-years", "--show-attributes"];
    let arguments = [&requested[..], &standing_in].concat();
    let report = phone.verify_response(&arguments).exits(0).json();
    // It is more than was asked for, and so is not told.
    assert_eq!(
        report["attributes"][0]["elements"],
        Value::Array(Vec::new())
    );
}

#[test]
fn attributes_are_shown_if_asked_for() {
    let phone = Phone::new();
    let holder = phone.testbed.japan();
    let presentation = present(&holder, &phone.transcript(ORIGIN));
    let presentation = presentation.select(JAPAN_NAME_SPACE, &["portrait"]);
    phone.write("response.cbor", response(&presentation));
    phone.verify_response(&[]).exits(0);
    let stored = [
        "--response",
        "@response.cbor",
        "--transcript",
        "@transcript.cbor",
    ];
    let arguments = [&stored[..], &["--crl", "@signers", "--show-attributes"]].concat();
    let shown = phone.desk.run_showing(&verify(&arguments));
    let shown = shown.exits(0).says(&[
        JAPAN,
        "org.iso.23220.1.jp/full_name_unicode  架空　花子",
        "org.iso.23220.1/age_over_20  true",
        "org.iso.23220.1.jp/portrait  (1000 octets, jpeg",
    ]);
    assert!(shown.stdout.contains("valid       2027-01-12T08:00:00Z"));
    let arguments = [&arguments[..], &["--json"]].concat();
    let report = phone.desk.run_showing(&verify(&arguments)).exits(0).json();
    let elements = report["attributes"][0]["elements"].as_array().unwrap();
    assert_eq!(elements.len(), 3);
    let values: Vec<_> = elements.iter().map(|element| &element["value"]).collect();
    assert!(values.contains(&&"架空　花子".into()) && values.contains(&&true.into()));
}

#[test]
fn a_my_number_is_refused_and_never_shown() {
    let phone = Phone::new();
    let number = "123456789018";
    let elements = phone.testbed.japan_elements();
    let elements = elements.with(JAPAN_NAME_SPACE, "individual_number_unicode", number);
    let issuance = phone.testbed.issuance(JAPAN, &elements);
    let mdoc = issuance.sign(phone.testbed.japan_signer());
    let holder = phone.testbed.japan().with_mdoc(mdoc);
    let presentation = present(&holder, &phone.transcript(ORIGIN));
    let presentation = presentation.select(JAPAN_NAME_SPACE, &["individual_number_unicode"]);
    phone.write("response.cbor", response(&presentation));
    for arguments in [&["--json"][..], &["--show-attributes"]] {
        let answer = phone.verify_response(arguments).exits(1);
        let answer = answer.says(&["mdoc.forbidden"]);
        assert!(!answer.stdout.contains(number));
    }
    let show = ["mdoc", "show", "@response.cbor", "--show-attributes"];
    let shown = phone.desk.run_showing(&show).exits(0);
    let shown = shown.says(&["individual_number_unicode  (never shown)", "架空　花子"]);
    assert!(!shown.stdout.contains(number));
}

#[test]
fn the_profile_fits_the_type() {
    let phone = Phone::new();
    for profile in ["jp-mnc", "strict", "danger-any-leaf"] {
        phone.verify_response(&["--profile", profile]).exits(0);
    }
    phone
        .verify_response(&["--profile", "mdl"])
        .exits(64)
        .complains(&["--doctype org.iso.18013.5.1.mDL"]);
    // A month is the most under every profile of the card.
    let issuance = phone.testbed.japan_issuance();
    let now = phone.testbed.now();
    let issuance = issuance.validity(now - 60, now - 60, now + 40 * 86_400);
    let mdoc = issuance.sign(phone.testbed.japan_signer());
    let holder = phone.testbed.japan().with_mdoc(mdoc);
    phone.write_response("response.cbor", &holder, &phone.transcript(ORIGIN));
    for profile in ["jp-mnc", "strict", "danger-any-leaf"] {
        let arguments = ["--profile", profile, "--json"];
        let report = phone.verify_response(&arguments).exits(1).json();
        assert_eq!(report["code"], "mdoc.validity_period");
    }
}

#[test]
fn misuse_is_told_apart_from_bad_evidence() {
    let phone = Phone::new();
    let response = ["--response", "@response.cbor"];
    let with = |arguments: &[&str]| phone.verify(&[&response[..], arguments].concat());
    let no = "--no-revocation";
    with(&[no]).exits(64).complains(&["--flow"]);
    with(&["--flow", "annex-c", no])
        .exits(64)
        .complains(&["--encryption-info"]);
    with(&["--transcript", "@transcript.cbor"])
        .exits(64)
        .complains(&["--crl"]);
    with(&["--transcript", "@transcript.cbor", "--flow", "annex-c", no]).exits(64);
    with(&["--transcript", "@transcript.cbor", "--origin", ORIGIN, no])
        .exits(64)
        .complains(&["--origin"]);
    with(&["--transcript", "@nowhere.cbor", no]).exits(66);
    phone.write("other.cbor", [0xa0]);
    with(&["--transcript", "@other.cbor", no])
        .exits(1)
        .complains(&["input.session"]);
    phone
        .verify_response(&["--requested", "age_over_20"])
        .exits(64)
        .complains(&["NAMESPACE/ELEMENT"]);
    let number = "org.iso.23220.1.jp/individual_number_unicode";
    phone
        .verify_response(&["--requested", number])
        .exits(64)
        .complains(&["misuse.request"]);
    phone
        .verify_response(&["--doctype", "org.example.other"])
        .exits(64)
        .complains(&["mdoc-issuer", "folder of its name"]);
}
