//! `tashika mdoc request`, answered by a wallet and verified again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika_testbed::Algorithm;
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN};
use tashika_testbed::mdoc::{Apple, DeviceRequest, Response};

use super::phone::{AGE, NAME, ORIGIN, Phone};
use crate::desk::{Answer, pem};

const OUT: [&str; 6] = [
    "--out",
    "@request.json",
    "--key-out",
    "@session.key",
    "--inputs-out",
    "@session.json",
];

fn request(phone: &Phone, arguments: &[&str]) -> Answer {
    let requested = ["mdoc", "request", "--requested", AGE];
    phone.desk.run(&[&requested[..], arguments].concat())
}

/// The key and the certificate by which wallets know the relying party.
fn write_reader(phone: &Phone) {
    let reader = phone.testbed.reader();
    phone.write_key("reader.pem", pem("PRIVATE KEY", &reader.key().pkcs8()));
    phone.write("reader.crt", pem("CERTIFICATE", reader.certificate()));
}

const READER: [&str; 4] = [
    "--reader-key",
    "@reader.pem",
    "--reader-chain",
    "@reader.crt",
];

/// Writes what the wallet answers to the page at `origin`.
fn answer(phone: &Phone, origin: &str) {
    let request: Value = serde_json::from_str(&phone.desk.read("request.json")).unwrap();
    let request = request.pointer("/digital/requests/0").unwrap();
    let member = |name| request.get(name).unwrap();
    let protocol = member("protocol").as_str().unwrap();
    // What is signed is verified all the same.
    let mut wallet = phone.testbed.wallet().answer_anybody();
    let data = match protocol {
        "org-iso-mdoc" => wallet.answer_annex_c(member("data"), origin).unwrap(),
        _ => wallet
            .answer_openid4vp(protocol, member("data"), origin)
            .unwrap(),
    };
    let credential = json!({ "protocol": protocol, "data": data });
    phone.write("answer.json", credential.to_string());
}

fn verify_answer(phone: &Phone) -> Answer {
    let session = ["--inputs", "@session.json", "--key", "@session.key"];
    let answer = ["--response", "@answer.json", "--requested", AGE];
    phone.verify(&[&session[..], &answer, &["--crl", "@signers", "--json"]].concat())
}

#[test]
fn a_browser_is_asked_and_its_answer_verified() {
    for protocol in [
        &["annex-c"][..],
        &["annex-c", "--edition", "second"],
        &["openid4vp"],
    ] {
        let phone = Phone::new();
        write_reader(&phone);
        let asked = [&["--protocol"], protocol, &["--origin", ORIGIN]].concat();
        request(&phone, &[&asked[..], &OUT, &READER].concat())
            .exits(0)
            .says(&["key", "inputs", "request"]);
        answer(&phone, ORIGIN);
        verify_answer(&phone).exits(0);
    }
}

#[test]
fn an_answer_for_another_origin_is_refused_and_explained() {
    let phone = Phone::new();
    let asked = ["--protocol", "annex-c", "--origin", ORIGIN];
    request(&phone, &[&asked[..], &OUT].concat()).exits(0);
    answer(&phone, "https://rp.test.example:443");
    let refused = verify_answer(&phone).exits(1).complains(&["mdoc explain"]);
    let report = refused.json();
    assert_eq!(report.get("code"), Some(&json!("mdoc.envelope_seal")));
    let session = ["--inputs", "@session.json", "--key", "@session.key"];
    let explain = ["mdoc", "explain", "--response", "@answer.json"];
    phone
        .desk
        .run(&[&explain[..], &session].concat())
        .exits(1)
        .says(&["origin.default-port"]);
}

#[test]
fn an_unsigned_request_may_be_answered_in_the_clear() {
    let phone = Phone::new();
    let asked = ["--protocol", "openid4vp", "--origin", ORIGIN];
    let clear = [
        "--danger-in-the-clear",
        "--out",
        "@request.json",
        "--inputs-out",
    ];
    request(&phone, &[&asked[..], &clear, &["@session.json"]].concat()).exits(0);
    answer(&phone, ORIGIN);
    let answer = ["--response", "@answer.json", "--inputs", "@session.json"];
    let arguments = [&answer[..], &["--requested", AGE, "--no-revocation"]].concat();
    phone.verify(&arguments).exits(0);
}

#[test]
fn a_client_is_known_by_its_dns_name() {
    let phone = Phone::new();
    write_reader(&phone);
    let asked = ["--protocol", "openid4vp", "--origin", ORIGIN];
    let with = |name| {
        let client = ["--client-dns", name];
        request(&phone, &[&asked[..], &OUT, &READER, &client].concat())
    };
    with("rp.test.example").exits(0);
    answer(&phone, ORIGIN);
    verify_answer(&phone).exits(0);
    std::fs::remove_file(phone.desk.path("session.key")).unwrap();
    with("other.example")
        .exits(64)
        .complains(&["misuse.request"]);
}

#[test]
fn an_iphone_is_asked_with_the_merchants_key() {
    let phone = Phone::new();
    phone.write_pem("merchant.pem");
    let merchant = [
        "--merchant-id",
        "merchant.example",
        "--team-id",
        "TEAM123456",
    ];
    let asked = ["--protocol", "apple", "--key", "@merchant.pem"];
    let out = ["--out", "@request.json", "--inputs-out", "@session.json"];
    request(&phone, &[&asked[..], &merchant, &out].concat()).exits(0);
    let parameters: Value = serde_json::from_str(&phone.desk.read("request.json")).unwrap();
    let nonce = parameters.get("nonce").and_then(Value::as_str).unwrap();
    let nonce = STANDARD.decode(nonce).unwrap();
    let recipient = phone.key().public();
    let asked = Apple::new(&nonce, "merchant.example", "TEAM123456", &recipient);
    let holder = phone.testbed.japan();
    let presentation = holder.present(&asked.transcript());
    let presentation = presentation.select(COMMON_NAME_SPACE, &["age_over_20"]);
    let response = Response::of(presentation.signed()).build();
    let sealed = asked.seal(&response, &mut phone.testbed.rng("apple"));
    phone.write("answer.json", sealed.encode());
    let session = ["--inputs", "@session.json", "--key", "@merchant.pem"];
    let answer = [
        "--response",
        "@answer.json",
        "--requested",
        AGE,
        "--no-revocation",
    ];
    phone.verify(&[&session[..], &answer].concat()).exits(0);
}

#[test]
fn a_device_request_says_what_is_kept() {
    let phone = Phone::new();
    let both = format!("{AGE},{NAME}");
    let requested = ["mdoc", "request", "--requested", &both, "--retained", NAME];
    let out = ["--protocol", "device-request", "--out", "@request.cbor"];
    let with = |more: &[&str]| phone.desk.run(&[&requested[..], &out, more].concat());
    with(&[]).exits(0);
    let octets = std::fs::read(phone.desk.path("request.cbor")).unwrap();
    let read = DeviceRequest::read(&octets).unwrap();
    assert_eq!(read.version(), "1.0");
    let [document] = read.documents() else {
        panic!("not one document");
    };
    assert_eq!(document.asked().doc_type, JAPAN);
    let retained = |name: &str| {
        let mut elements = document.asked().elements.iter();
        elements.any(|e| e.element == name && e.retain)
    };
    assert!(retained("full_name_unicode") && !retained("age_over_20"));

    write_reader(&phone);
    with(&READER).exits(64).complains(&["--transcript"]);
    let bound = [&READER[..], &["--transcript", "@transcript.cbor"]].concat();
    with(&bound).exits(0);
    let octets = std::fs::read(phone.desk.path("request.cbor")).unwrap();
    let read = DeviceRequest::read(&octets).unwrap();
    let transcript = phone.transcript(ORIGIN);
    let reader = read.authenticate(&transcript, &phone.testbed.reader_trust());
    assert!(reader.is_ok());
}

#[test]
fn misuse_writes_nothing() {
    let phone = Phone::new();
    write_reader(&phone);
    let annex_c = ["--protocol", "annex-c", "--origin", ORIGIN];
    let with = |arguments: &[&str]| request(&phone, &[&annex_c[..], arguments].concat());
    with(&["--out", "@request.json"])
        .exits(64)
        .complains(&["--key-out"]);
    phone.write("taken.key", "somebody's");
    let taken = ["--out", "@request.json", "--key-out", "@taken.key"];
    with(&taken).exits(64).complains(&["taken.key"]);
    assert_eq!(phone.desk.read("taken.key"), "somebody's");
    let retained = ["--retained", NAME];
    with(&[&OUT[..], &retained].concat())
        .exits(64)
        .complains(&["retained"]);
    let other = phone.testbed.key(Algorithm::P256, "another");
    phone.write_key("reader.pem", other.pkcs8());
    with(&[&OUT[..], &READER].concat())
        .exits(64)
        .complains(&["not the key's"]);
    let no_origin = [&["--protocol", "annex-c"][..], &OUT].concat();
    request(&phone, &no_origin)
        .exits(64)
        .complains(&["--origin"]);
    let number = "org.iso.23220.1.jp/individual_number_unicode";
    let arguments = ["mdoc", "request", "--requested", number];
    phone
        .desk
        .run(&[&arguments[..], &annex_c, &OUT].concat())
        .exits(64)
        .complains(&["misuse.request"]);
    let nothing = [&["mdoc", "request"][..], &annex_c, &OUT].concat();
    phone
        .desk
        .run(&nothing)
        .exits(64)
        .complains(&["misuse.request"]);
    assert!(!std::path::Path::new(&phone.desk.path("request.json")).exists());
}
