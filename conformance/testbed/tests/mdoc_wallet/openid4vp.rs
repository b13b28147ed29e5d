//! OpenID4VP over the Digital Credentials API.

use aes_gcm::{
    Aes128Gcm, Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tashika_testbed::{
    Algorithm, Credential, Hash, KeyPair, Scheme,
    mdoc::{Cbor, MdocTestbed, Openid4vp, Refusal, elements, openid4vp::Jwk},
};

use crate::reader::{NOW, ORIGIN};

fn testbed() -> MdocTestbed {
    MdocTestbed::from_seed(8, NOW)
}

fn recipient() -> KeyPair {
    testbed().key(Algorithm::P256, "recipient")
}

fn request(client_id: &str) -> Value {
    let mut key = Jwk::of(&recipient().public());
    key["kid"] = "key-1".into();
    key["use"] = "enc".into();
    key["alg"] = "ECDH-ES".into();
    json!({
        "client_id": client_id,
        "response_type": "vp_token",
        "response_mode": "dc_api.jwt",
        "nonce": "nonce-of-sixteen",
        "expected_origins": [ORIGIN],
        "client_metadata": {
            "jwks": { "keys": [key] },
            "encrypted_response_enc_values_supported": ["A256GCM", "A128GCM"],
        },
        "dcql_query": { "credentials": [{
            "id": "card",
            "format": "mso_mdoc",
            "meta": { "doctype_value": elements::JAPAN },
            "claims": [{
                "path": [elements::COMMON_NAME_SPACE, "age_over_20"],
                "intent_to_retain": false,
            }],
        }] },
    })
}

fn hash_id(reader: &Credential) -> String {
    let digest = Hash::Sha256.digest(reader.certificate());
    format!("x509_hash:{}", URL_SAFE_NO_PAD.encode(digest))
}

fn header(reader: &Credential) -> Value {
    json!({
        "alg": "ES256",
        "typ": "oauth-authz-req+jwt",
        "x5c": [STANDARD.encode(reader.certificate())],
    })
}

fn sign(reader: &Credential, header: &Value, parameters: &Value) -> Value {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(parameters));
    let signature = reader.sign_raw(Scheme::EcdsaFixed(Hash::Sha256), signed.as_bytes());
    json!({ "request": format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)) })
}

fn refusal(data: &Value) -> Option<Refusal> {
    testbed()
        .wallet()
        .answer_openid4vp(Openid4vp::SIGNED, data, ORIGIN)
        .err()
}

fn refusal_of(change: fn(&mut Value)) -> Option<Refusal> {
    let testbed = testbed();
    let mut parameters = request(&hash_id(testbed.reader()));
    change(&mut parameters);
    refusal(&sign(
        testbed.reader(),
        &header(testbed.reader()),
        &parameters,
    ))
}

fn refusal_of_header(change: fn(&mut Value)) -> Option<Refusal> {
    let testbed = testbed();
    let mut header = header(testbed.reader());
    change(&mut header);
    refusal(&sign(
        testbed.reader(),
        &header,
        &request(&hash_id(testbed.reader())),
    ))
}

/// Decrypts as RFC 7516 (5.2) has it, with the key of RFC 7518 (4.6.2).
fn open(answer: &Value) -> Value {
    let token = answer["response"].as_str().unwrap();
    let parts: Vec<_> = token.split('.').collect();
    let [aad, _, nonce, ciphertext, tag] = parts[..] else {
        panic!("five parts");
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let header: Value = serde_json::from_slice(&decode(aad)).unwrap();
    assert_eq!(
        (&header["alg"], &header["kid"]),
        (&json!("ECDH-ES"), &json!("key-1"))
    );
    let agreement = recipient().agree(&Jwk::read(&header["epk"]).unwrap());
    let enc = header["enc"].as_str().unwrap();
    let bits: u32 = if enc == "A128GCM" { 128 } else { 256 };
    let mut input = vec![0, 0, 0, 1];
    input.extend(agreement);
    input.extend([0, 0, 0, 7]);
    input.extend(enc.bytes());
    input.extend([0; 8]);
    input.extend(bits.to_be_bytes());
    let key = Hash::Sha256.digest(&input);
    let payload = Payload {
        msg: &[decode(ciphertext), decode(tag)].concat(),
        aad: aad.as_bytes(),
    };
    let nonce: [u8; 12] = decode(nonce).try_into().unwrap();
    let plaintext = if bits == 128 {
        Aes128Gcm::new_from_slice(&key[..16])
            .unwrap()
            .decrypt(&nonce.into(), payload)
    } else {
        Aes256Gcm::new_from_slice(&key)
            .unwrap()
            .decrypt(&nonce.into(), payload)
    };
    serde_json::from_slice(&plaintext.unwrap()).unwrap()
}

fn check(parameters: &Value) {
    let response = parameters["vp_token"]["card"][0].as_str().unwrap();
    let response = Cbor::decode(&URL_SAFE_NO_PAD.decode(response).unwrap()).unwrap();
    let element = "documents/0/issuerSigned/nameSpaces/org.iso.23220.1/0/elementIdentifier";
    assert_eq!(
        response.get(element).unwrap().as_text(),
        Some("age_over_20")
    );
}

#[test]
fn signed_requests_are_answered_encrypted() {
    let testbed = testbed();
    let reader = testbed.reader();
    for id in [
        hash_id(reader),
        format!("x509_san_dns:{}", MdocTestbed::READER_HOST),
    ] {
        for enc in [
            json!(["A256GCM", "A128GCM"]),
            json!(["A128CBC-HS256", "A128GCM"]),
        ] {
            let mut parameters = request(&id);
            parameters["client_metadata"]["encrypted_response_enc_values_supported"] = enc;
            let data = sign(reader, &header(reader), &parameters);
            let answer = testbed
                .wallet()
                .answer_openid4vp(Openid4vp::SIGNED, &data, ORIGIN);
            check(&open(&answer.unwrap()));
        }
    }
}

#[test]
fn unsigned_requests_are_for_wallets_that_answer_anybody() {
    let data = request("ignored");
    let unsigned = Openid4vp::UNSIGNED;
    let refused = testbed().wallet().answer_openid4vp(unsigned, &data, ORIGIN);
    assert_eq!(refused, Err(Refusal::Unsigned));
    let answer = testbed()
        .wallet()
        .answer_anybody()
        .answer_openid4vp(unsigned, &data, ORIGIN);
    check(&open(&answer.unwrap()));

    let mut plain = data;
    plain["response_mode"] = "dc_api".into();
    let answer = testbed()
        .wallet()
        .answer_anybody()
        .answer_openid4vp(unsigned, &plain, ORIGIN);
    check(&answer.unwrap());
}

#[test]
fn request_objects_of_another_form() {
    assert_eq!(refusal_of_header(|_| ()), None);
    assert_eq!(
        refusal_of_header(|header| header["typ"] = "JWT".into()),
        Some(Refusal::Type)
    );
    assert_eq!(
        refusal_of_header(|header| header["alg"] = "none".into()),
        Some(Refusal::Algorithm)
    );
    assert_eq!(
        refusal_of_header(|header| header["x5c"] = json!([])),
        Some(Refusal::Chain)
    );
    let data = json!({ "request": "a.b" });
    assert_eq!(refusal(&data), Some(Refusal::Malformed));
}

#[test]
fn parameters_of_another_form() {
    assert_eq!(refusal_of(|_| ()), None);
    let client = |p: &mut Value| p["client_id"] = "x509_san_dns:other.example".into();
    assert_eq!(refusal_of(client), Some(Refusal::ClientId));
    let client = |p: &mut Value| p["client_id"] = format!("x509_hash:{}", "A".repeat(43)).into();
    assert_eq!(refusal_of(client), Some(Refusal::ClientId));
    let client = |p: &mut Value| p["client_id"] = "rp.test.example".into();
    assert_eq!(refusal_of(client), Some(Refusal::ClientId));
    let audience = |p: &mut Value| p["aud"] = "https://other.example".into();
    assert_eq!(refusal_of(audience), Some(Refusal::Audience));
    let origins = |p: &mut Value| p["expected_origins"] = json!(["https://rp.test.example/"]);
    assert_eq!(refusal_of(origins), Some(Refusal::Origin));
    let origins = |p: &mut Value| drop(p.as_object_mut().unwrap().remove("expected_origins"));
    assert_eq!(refusal_of(origins), Some(Refusal::Origin));
    assert_eq!(
        refusal_of(|p| p["nonce"] = "short".into()),
        Some(Refusal::Nonce)
    );
    let mode = |p: &mut Value| p["response_mode"] = "direct_post".into();
    assert_eq!(refusal_of(mode), Some(Refusal::ResponseMode));
    let response = |p: &mut Value| p["response_type"] = "code".into();
    assert_eq!(refusal_of(response), Some(Refusal::Malformed));
    let keys = |p: &mut Value| p["client_metadata"]["jwks"]["keys"] = json!([]);
    assert_eq!(refusal_of(keys), Some(Refusal::Key));
    let kid = |p: &mut Value| {
        let key = p.pointer_mut("/client_metadata/jwks/keys/0").unwrap();
        key.as_object_mut().unwrap().remove("kid");
    };
    assert_eq!(refusal_of(kid), Some(Refusal::Key));
    let enc = |p: &mut Value| {
        p["client_metadata"]["encrypted_response_enc_values_supported"] = json!(["A128CBC-HS256"]);
    };
    assert_eq!(refusal_of(enc), Some(Refusal::Algorithm));
    let none = |p: &mut Value| p["dcql_query"]["credentials"] = json!([]);
    assert_eq!(refusal_of(none), Some(Refusal::Items));
    let format = |p: &mut Value| p["dcql_query"]["credentials"][0]["format"] = "dc+sd-jwt".into();
    assert_eq!(refusal_of(format), Some(Refusal::Items));
    let twice = |p: &mut Value| {
        let query = p["dcql_query"]["credentials"][0].clone();
        p["dcql_query"]["credentials"]
            .as_array_mut()
            .unwrap()
            .push(query);
    };
    assert_eq!(refusal_of(twice), Some(Refusal::Items));
}

#[test]
fn signatures_and_readers_of_others() {
    let testbed = testbed();
    let reader = testbed.reader();
    let other = reader.with_certificate(
        testbed
            .reader_authority()
            .reader(reader.key(), &[])
            .sign(testbed.status_authority().key()),
    );
    let data = sign(reader, &header(&other), &request(&hash_id(&other)));
    assert_eq!(refusal(&data), Some(Refusal::Untrusted));

    let data = sign(
        testbed.status_signer(),
        &header(reader),
        &request(&hash_id(reader)),
    );
    assert_eq!(refusal(&data), Some(Refusal::Signature));
}

#[test]
fn redirects_bind_the_place_to_respond_to() {
    let testbed = testbed();
    let reader = testbed.reader();
    let mut parameters = request(&hash_id(reader));
    parameters["response_mode"] = "direct_post.jwt".into();
    parameters["response_uri"] = "https://rp.test.example/response".into();
    parameters["state"] = "state-1".into();
    let data = sign(reader, &header(reader), &parameters);
    let token = data["request"].as_str().unwrap();
    let request = Openid4vp::read_redirect(token, &testbed.reader_trust()).unwrap();
    let other = {
        parameters["response_uri"] = "https://other.example/response".into();
        let data = sign(reader, &header(reader), &parameters);
        Openid4vp::read_redirect(data["request"].as_str().unwrap(), &testbed.reader_trust())
    };
    assert_ne!(request.transcript(), other.unwrap().transcript());
    assert_eq!(request.parameters(&[])["state"], "state-1");
}
