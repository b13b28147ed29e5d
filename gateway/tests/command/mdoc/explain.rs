//! `tashika mdoc explain`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika_testbed::mdoc::AnnexC;

use super::phone::{ORIGIN, Phone, present, response};
use crate::desk::Answer;

fn explain(phone: &Phone, origin: &str, arguments: &[&str]) -> Answer {
    let info = phone.encryption_info();
    let explain = ["mdoc", "explain", "--flow", "annex-c", "--origin", origin];
    let info = ["--encryption-info", &info];
    phone.desk.run(&[&explain[..], &info, arguments].concat())
}

fn row(answer: &Answer) -> Value {
    let answer = answer.json();
    let verified = answer.get("verified");
    assert_eq!(verified, Some(&Value::Bool(false)));
    answer.pointer("/documents/0").unwrap().clone()
}

#[test]
fn the_wrong_input_is_named() {
    let phone = Phone::new();
    let plain = ["--response", "@response.cbor"];
    let explained = |origin| explain(&phone, origin, &[&plain[..], &["--json"]].concat());
    let fits = row(&explained(ORIGIN).exits(0));
    assert_eq!(fits["outcome"], "fits");
    let slash = row(&explained("https://rp.test.example/").exits(1));
    assert_eq!(slash["outcome"], "differs");
    assert_eq!(slash["mistake"], "origin.slash");
    assert_eq!(slash["suspects"], json!(["origin"]));
    let unknown = row(&explained("https://elsewhere.test.example").exits(1));
    assert_eq!(unknown["outcome"], "unknown");
    assert_eq!(unknown["suspects"], json!(["origin", "encryption-info"]));

    explain(&phone, "https://rp.test.example/", &plain)
        .exits(1)
        .says(&["origin.slash", "look at     origin", "verifies nothing"]);
    let ja = [&plain[..], &["--lang", "ja"]].concat();
    explain(&phone, "https://rp.test.example/", &ja)
        .exits(1)
        .says(&["スラッシュ", "検証ではありません"]);
}

#[test]
fn an_envelope_that_does_not_open_is_explained() {
    let phone = Phone::new();
    phone.write_pem("key.pem");
    let data = json!({
        "encryptionInfo": phone.encryption_info(),
        "deviceRequest": URL_SAFE_NO_PAD.encode([0xa0]),
    });
    let request = AnnexC::read(&data, ORIGIN).unwrap();
    let holder = phone.testbed.japan();
    let plain = response(&present(&holder, &request.transcript()));
    let data = request.answer(&plain, &mut phone.testbed.rng("sealed"));
    let answer = json!({ "protocol": "org-iso-mdoc", "data": data });
    phone.write("answer.json", answer.to_string());
    let sealed = ["--response", "@answer.json", "--key", "@key.pem", "--json"];
    let fits = row(&explain(&phone, ORIGIN, &sealed).exits(0));
    assert_eq!(fits["outcome"], "fits");
    let port = row(&explain(&phone, "https://rp.test.example:443", &sealed).exits(1));
    assert_eq!(port["mistake"], "origin.default-port");
}

#[test]
fn another_transaction_is_recognised() {
    let phone = Phone::new();
    let other = json!({
        "flow": "annex-c",
        "origin": ORIGIN,
        "encryption-info": phone.encryption_info(),
    });
    phone.write("other.json", other.to_string());
    let arguments = [
        "mdoc",
        "explain",
        "--flow",
        "annex-c",
        "--origin",
        "https://other.test.example",
        "--encryption-info",
        "gmVkY2FwaaA",
        "--other",
        "@other.json",
        "--response",
        "@response.cbor",
        "--json",
    ];
    let found = row(&phone.desk.run(&arguments).exits(1));
    assert_eq!(found["outcome"], "fits_other");
    assert_eq!(found["suspects"], json!(["transaction"]));
    phone.write("other.json", r#"{"flow":"annex-c","nonsense":1}"#);
    phone
        .desk
        .run(&arguments)
        .exits(64)
        .complains(&["nonsense"]);
}
