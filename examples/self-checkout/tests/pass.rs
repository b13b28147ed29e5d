//! The age pass: who gets one, which device shows codes, and how often a till takes
//! one.

#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]

mod house;

use std::fs;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use house::{ADULT, Browser, House, MINOR, Said, text, verdict};
use http::StatusCode;
use relying_party::codes::Codes;
use self_checkout::OF_AGE;
use serde_json::{Value, json};
use tashika::Duration;

const SESSION: &str = "__Host-tashika-session";
const KEY: &str = "__Host-device";

/// A browser with the key of its device.
struct Phone {
    browser: Browser,
    key: EcdsaKeyPair,
}

impl Phone {
    fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self {
            browser: Browser::default(),
            key,
        }
    }

    async fn enrol(&mut self, house: &House, person: usize) -> Said {
        let key = URL_SAFE_NO_PAD.encode(self.key.public_key());
        let form = format!("key={key}");
        let said = self
            .browser
            .ask(&house.public, "/pass/request", &form)
            .await;
        self.browser.finish(house, person, &said.json()).await
    }

    async fn nonce(&mut self, house: &House) -> String {
        let said = self
            .browser
            .post(&house.public, "/pass/nonce", &json!({}))
            .await;
        text(&said.json(), "nonce").to_owned()
    }

    fn sign(&self, nonce: &str) -> Value {
        let signature = self
            .key
            .sign(&SystemRandom::new(), nonce.as_bytes())
            .unwrap();
        json!({ "nonce": nonce, "signature": URL_SAFE_NO_PAD.encode(signature) })
    }

    async fn code(&mut self, house: &House) -> Said {
        let nonce = self.nonce(house).await;
        let signed = self.sign(&nonce);
        self.browser
            .post(&house.public, "/pass/code", &signed)
            .await
    }
}

async fn scan(house: &House, lane: &str, code: &str) -> String {
    let mut till = Browser::till(house).await;
    let form = format!("code={code}");
    let said = till
        .submit(&house.public, &format!("/lane/{lane}/pass"), &form)
        .await;
    assert_eq!(said.status, StatusCode::SEE_OTHER);
    till.screen(house, lane).await
}

fn refused(screen: &str, code: &str) {
    assert_eq!(verdict(screen), Some("refused"));
    assert!(screen.contains(&format!("<code>{code}</code>")), "{screen}");
}

#[tokio::test]
async fn a_code_is_good_for_a_minute_and_for_one_time() {
    let (house, mut phone) = (House::open().await, Phone::new());
    let said = phone.enrol(&house, ADULT).await;
    assert_eq!(said.json(), json!({ "next": "/pass" }));
    let page = phone.browser.get(&house.public, "/pass").await.text;
    assert!(page.contains("Show a code") && page.contains("takes a picture of it"));
    let said = phone.code(&house).await.json();
    let code = text(&said, "code").to_owned();
    assert!(text(&said, "picture").starts_with("<svg"));
    assert_eq!(said["seconds"], 60);
    house.pass(60);
    assert_eq!(verdict(&scan(&house, "1", &code).await), Some("reached"));
    // A picture of it, at another till.
    refused(&scan(&house, "2", &code).await, "code.used");
    let late = phone.code(&house).await.json();
    house.pass(61);
    refused(
        &scan(&house, "1", text(&late, "code")).await,
        "code.expired",
    );
    for forged in ["", "x", "AAAA", &code.replace(['A', 'B'], "C"), "%E5%B9%B4"] {
        refused(&scan(&house, "1", forged).await, "code.forged");
    }
}

#[tokio::test]
async fn a_till_reads_codes_by_the_public_key_alone() {
    let (house, mut phone) = (House::open().await, Phone::new());
    phone.enrol(&house, ADULT).await;
    let said = phone.code(&house).await.json();
    let seed = fs::read(house.data().join("keys/codes"))
        .unwrap()
        .try_into()
        .unwrap();
    let codes = Codes::new(&seed, OF_AGE, Duration::seconds(60)).unwrap();
    let read = OF_AGE.read(text(&said, "code"), codes.public_key(), house.backing.now());
    assert_eq!(
        read.unwrap().last,
        house.backing.now().plus(Duration::seconds(60))
    );
    let page = Browser::default().get(&house.staff, "/").await.text;
    let key = URL_SAFE_NO_PAD.encode(codes.public_key());
    assert!(page.contains(&format!("<code>{key}</code>")));
}

#[tokio::test]
async fn who_is_too_young_gets_no_pass() {
    let (house, mut phone) = (House::open().await, Phone::new());
    phone.enrol(&house, MINOR).await.refused(403, "pass.age");
    assert!(!phone.browser.cookies.contains_key(SESSION));
    assert!(!phone.browser.cookies.contains_key(KEY));
    let said = phone
        .browser
        .post(&house.public, "/pass/nonce", &json!({}))
        .await;
    said.refused(403, "device.none");
    let page = phone.browser.get(&house.public, "/pass").await.text;
    assert!(page.contains("data-request=\"/pass/request\""));
}

#[tokio::test]
async fn a_pass_is_of_the_device_that_has_the_key() {
    let (house, mut mine, mut other) = (House::open().await, Phone::new(), Phone::new());
    mine.enrol(&house, ADULT).await;
    // Somebody has copied the browser's cookies, and not the key.
    other.browser.cookies = mine.browser.cookies.clone();
    other.code(&house).await.refused(403, "device.other");
    // Somebody with a pass of their own has copied the session alone.
    let mut third = Phone::new();
    third.enrol(&house, ADULT).await;
    let session = mine.browser.cookies[SESSION].clone();
    third.browser.cookies.insert(SESSION.to_owned(), session);
    third.code(&house).await.refused(403, "device.other");
    // A signature serves once, and what is none does not serve.
    let nonce = mine.nonce(&house).await;
    let signed = mine.sign(&nonce);
    let path = "/pass/code";
    let said = mine.browser.post(&house.public, path, &signed).await;
    assert_eq!(said.status, StatusCode::OK);
    let again = mine.browser.post(&house.public, path, &signed).await;
    again.refused(403, "transaction.unknown");
    let nonce = mine.nonce(&house).await;
    let signed = json!({ "nonce": nonce, "signature": "AAAA" });
    mine.browser
        .post(&house.public, path, &signed)
        .await
        .refused(403, "device.other");
    let nonce = mine.nonce(&house).await;
    house.pass(61);
    let signed = mine.sign(&nonce);
    mine.browser
        .post(&house.public, path, &signed)
        .await
        .refused(403, "transaction.unknown");
}

#[tokio::test]
async fn without_a_key_nothing_begins() {
    let (house, mut browser) = (House::open().await, Browser::default());
    let compressed = URL_SAFE_NO_PAD.encode([2; 33]);
    for form in [
        "",
        "key=",
        "key=AAAA",
        "key=***",
        &format!("key={compressed}"),
    ] {
        let said = browser.ask(&house.public, "/pass/request", form).await;
        said.refused(422, "device.no_key");
        assert!(browser.cookies.is_empty());
    }
}

#[tokio::test]
async fn a_pass_ends() {
    let (house, mut phone) = (House::open().await, Phone::new());
    phone.enrol(&house, ADULT).await;
    let said = phone.browser.submit(&house.public, "/pass/end", "").await;
    assert_eq!(said.location(), "/pass");
    let said = phone
        .browser
        .post(&house.public, "/pass/nonce", &json!({}))
        .await;
    said.refused(403, "device.none");
    phone.enrol(&house, ADULT).await;
    house.pass(12 * 3600 + 1);
    let said = phone
        .browser
        .post(&house.public, "/pass/nonce", &json!({}))
        .await;
    said.refused(403, "device.none");
}
