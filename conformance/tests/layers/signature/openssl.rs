//! What OpenSSL signs with a card's key.
//!
//! Needs the `openssl` command (3.0 or later).

use std::fs;
use std::process::Command;

use http::StatusCode;
use tempfile::TempDir;

use crate::browser::{Browser, octets};
use crate::flow::Flow;
use crate::house::House;
use crate::signature::{app, to};

/// Runs the command in a directory where `content`, `card.der` and `key.der` lie,
/// and gives what it wrote to `out`.
fn openssl(house: &House, content: &[u8], arguments: &str) -> Vec<u8> {
    let (dir, credential) = (TempDir::new().unwrap(), house.desk.card().signing());
    let key = credential.key().pkcs8();
    let files = [
        ("content", content),
        ("card.der", credential.certificate()),
        ("key.der", &key),
    ];
    for (name, octets) in files {
        fs::write(dir.path().join(name), octets).unwrap();
    }
    for arguments in ["x509 -inform DER -in card.der -out card.pem", arguments] {
        let mut command = Command::new("openssl");
        let command = command.current_dir(dir.path()).args(arguments.split(' '));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    fs::read(dir.path().join("out")).unwrap()
}

/// Messages in DER.
const SIGN: &str = "cms -sign -binary -md sha256 -in content -signer card.pem -inkey key.der \
    -keyform DER -outform DER -out out";

#[tokio::test]
async fn openssl_answers_with_a_message() {
    let house = House::new();
    let app = app(&house);
    for (media_type, options) in [
        ("application/pkcs7-signature", ""),
        ("application/pkcs7-signature", " -noattr"),
        ("application/pkcs7-signature", " -cades"),
        ("application/pkcs7-mime", " -nodetach"),
        ("application/pkcs7-mime", " -nodetach -stream -indef"),
    ] {
        let mut browser = Browser::new();
        let request = Flow::Signature.begin(&mut browser, &app).await;
        let arguments = format!("{SIGN}{options}");
        let message = openssl(&house, &octets(&request["to_be_signed"]), &arguments);
        let seen = browser.post(&app, to(&request), media_type, message).await;
        assert_eq!(seen.status, StatusCode::OK, "{options}: {seen:?}");
    }
}

#[tokio::test]
async fn openssl_answers_with_a_bare_signature() {
    let house = House::new();
    let (app, mut browser) = (app(&house), Browser::new());
    let request = Flow::Signature.begin(&mut browser, &app).await;
    let sign = "dgst -sha256 -sign key.der -keyform DER -out out content";
    let signature = openssl(&house, &octets(&request["to_be_signed"]), sign);
    let mut response = Flow::Signature.answer(house.desk.card(), &request);
    response["signature"] = crate::browser::base64(&signature).into();
    let seen = browser.post_json(&app, to(&request), &response).await;
    assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
}
