//! The forms in which answers come, and the flows that they come by.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika_testbed::mdoc::openid4vp::{ContentEncryption, Jwe, Jwk};
use tashika_testbed::mdoc::{AnnexC, Apple, Engagement, Response, Transcript};
use tashika_testbed::{Algorithm, PublicKey};

use super::phone::{NONCE, ORIGIN, Phone, present, response};

/// An answer of annex C, encrypted to the key of the session.
fn annex_c(phone: &Phone, transcript: &Transcript) -> Value {
    let data = json!({
        "encryptionInfo": phone.encryption_info(),
        "deviceRequest": URL_SAFE_NO_PAD.encode([0xa0]),
    });
    let request = AnnexC::read(&data, ORIGIN).unwrap();
    let holder = phone.testbed.japan();
    let response = response(&present(&holder, transcript));
    let data = request.answer(&response, &mut phone.testbed.rng("annex c"));
    json!({ "protocol": "org-iso-mdoc", "data": data })
}

fn flow<'a>(phone: &Phone, info: &'a str, response: &'a str) -> Vec<&'a str> {
    phone.write_pem("key.pem");
    let session = [
        "--flow",
        "annex-c",
        "--origin",
        ORIGIN,
        "--encryption-info",
        info,
    ];
    let answer = [
        "--response",
        response,
        "--key",
        "@key.pem",
        "--no-revocation",
    ];
    [&session[..], &answer].concat()
}

#[test]
fn the_forms_of_a_plain_answer_are_told_apart() {
    let phone = Phone::new();
    let octets = response(&present(&phone.testbed.japan(), &phone.transcript(ORIGIN)));
    let text = URL_SAFE_NO_PAD.encode(&octets);
    let token = json!({ "vp_token": { "card": [text] } });
    let plain = json!({ "protocol": "openid4vp-v1-unsigned", "data": token });
    for form in [
        octets.clone(),
        text.clone().into_bytes(),
        format!("{text}\n").into_bytes(),
        token.to_string().into_bytes(),
        plain.to_string().into_bytes(),
    ] {
        phone.write("response.cbor", form);
        phone.verify_response(&[]).exits(0);
    }
    for (form, code) in [
        (b"".to_vec(), "input.mdoc"),
        (format!("{text}=").into_bytes(), "input.mdoc"),
        (
            text.replace('_', "/").replace('-', "+").into_bytes(),
            "input.mdoc",
        ),
        (b"{}".to_vec(), "input.envelope"),
        ([&octets[..], &[0]].concat(), "input.cbor_trailing"),
        (octets[..octets.len() - 1].to_vec(), "input.mdoc"),
        (
            json!({ "protocol": "other", "data": {} })
                .to_string()
                .into_bytes(),
            "input.envelope",
        ),
    ] {
        phone.write("response.cbor", &form);
        let report = phone.verify_response(&["--json"]).exits(1).json();
        assert_eq!(report["code"], code);
    }
}

#[test]
fn an_answer_of_annex_c_is_opened_with_the_key() {
    let phone = Phone::new();
    let answer = annex_c(&phone, &phone.transcript(ORIGIN));
    let text = answer["data"]["response"].as_str().unwrap();
    phone.write("answer.json", answer.to_string());
    phone.write("answer.txt", text);
    phone.write("answer.cbor", URL_SAFE_NO_PAD.decode(text).unwrap());
    let info = phone.encryption_info();
    for name in ["@answer.json", "@answer.txt", "@answer.cbor"] {
        phone.verify(&flow(&phone, &info, name)).exits(0);
    }

    let key = phone.key();
    let scalar = key.scalar().unwrap();
    let digits: String = scalar.iter().map(|octet| format!("{octet:02x}")).collect();
    let mut jwk = Jwk::of(&key.public());
    jwk["d"] = json!(URL_SAFE_NO_PAD.encode(&scalar));
    let forms = [
        key.pkcs8(),
        scalar,
        format!("{digits}\n").into(),
        jwk.to_string().into(),
    ];
    let arguments = flow(&phone, &info, "@answer.json");
    for form in forms {
        phone.write_key("key.pem", form);
        phone.verify(&arguments).exits(0);
    }

    let other = phone.testbed.key(Algorithm::P256, "another");
    phone.write_key("key.pem", other.pkcs8());
    let report = phone
        .verify(&[&arguments[..], &["--json"]].concat())
        .exits(1);
    assert_eq!(report.json()["code"], "mdoc.envelope_seal");
    phone.write_key("key.pem", "no key");
    phone.verify(&arguments).exits(64).complains(&["PKCS#8"]);
    let without: Vec<_> = arguments
        .iter()
        .filter(|a| !a.contains("key"))
        .copied()
        .collect();
    phone
        .verify(&without)
        .exits(64)
        .complains(&["--key is needed"]);
    phone.write("key.pem", key.pkcs8());
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(phone.desk.path("key.pem"), open).unwrap();
    phone.verify(&arguments).exits(64).complains(&["chmod 600"]);
}

#[test]
fn an_answer_of_openid4vp_is_opened_with_the_key() {
    let phone = Phone::new();
    phone.write_pem("key.pem");
    let recipient = phone.key().public();
    let thumbprint = Jwk::thumbprint(&recipient);
    let transcript = Transcript::openid4vp_dc_api(ORIGIN, NONCE, Some(&thumbprint));
    let octets = response(&present(&phone.testbed.japan(), &transcript));
    let presentations = [URL_SAFE_NO_PAD.encode(&octets)];
    let seal = |token: &Value, kid: &str, key: &PublicKey| {
        let jwe = Jwe::new(key, ContentEncryption::A256Gcm).key_id(kid);
        let rng = &mut phone.testbed.rng("openid4vp");
        let jwe = jwe.seal(token.to_string().as_bytes(), rng);
        json!({ "protocol": "openid4vp-v1-signed", "data": { "response": jwe } })
    };
    let token = json!({ "vp_token": { "card": presentations } });
    let kid = URL_SAFE_NO_PAD.encode(&thumbprint);
    phone.write("answer.json", seal(&token, &kid, &recipient).to_string());
    let arguments = [
        "--flow",
        "openid4vp-dc-api",
        "--origin",
        ORIGIN,
        "--nonce",
        NONCE,
        "--key",
        "@key.pem",
        "--response",
        "@answer.json",
        "--no-revocation",
    ];
    phone.verify(&arguments).exits(0);

    phone.write("answer.json", seal(&token, "ours", &recipient).to_string());
    let report = phone
        .verify(&[&arguments[..], &["--json"]].concat())
        .exits(1);
    assert_eq!(report.json()["code"], "mdoc.envelope_recipient");
    phone
        .verify(&[&arguments[..], &["--kid", "ours"]].concat())
        .exits(0);

    let two = json!({ "vp_token": { "card": presentations, "other": presentations } });
    phone.write("answer.json", seal(&two, &kid, &recipient).to_string());
    phone.verify(&arguments).exits(64).complains(&["--query"]);
    phone
        .verify(&[&arguments[..], &["--query", "card"]].concat())
        .exits(0);
}

#[test]
fn an_answer_of_an_iphone_is_opened_with_the_key() {
    let phone = Phone::new();
    phone.write_pem("key.pem");
    let nonce = [9; 32];
    let request = Apple::new(
        &nonce,
        "merchant.example",
        "TEAM123456",
        &phone.key().public(),
    );
    let holder = phone.testbed.japan();
    let response = Response::of(present(&holder, &request.transcript()).signed());
    let sealed = request.seal(&response.build(), &mut phone.testbed.rng("apple"));
    phone.write("answer.cbor", sealed.encode());
    let nonce = URL_SAFE_NO_PAD.encode(nonce);
    let with = |merchant| {
        let arguments = [
            "--flow",
            "apple",
            "--nonce",
            &nonce,
            "--merchant-id",
            merchant,
            "--team-id",
            "TEAM123456",
            "--key",
            "@key.pem",
            "--response",
            "@answer.cbor",
            "--no-revocation",
            "--json",
        ];
        phone.verify(&arguments)
    };
    with("merchant.example").exits(0);
    let report = with("merchant.elsewhere").exits(1).json();
    assert_eq!(report["code"], "mdoc.envelope_recipient");
}

#[test]
fn a_mac_counts_with_the_key_of_the_session() {
    let phone = Phone::new();
    phone.write_pem("key.pem");
    let device = Engagement::new(phone.testbed.key(Algorithm::P256, "mdoc session"));
    let key = phone.key().public();
    let key_item = tashika_testbed::mdoc::Cbor::tag24(tashika_testbed::mdoc::CoseKey::of(&key));
    let transcript = Transcript::qr(&device.tagged(), &key_item);
    let holder = phone.testbed.japan();
    let presentation = present(&holder, &transcript);
    let authenticated = Response::of(presentation.authenticated(&key)).encode();
    phone.write("mac.cbor", authenticated);
    phone.write("signed.cbor", response(&presentation));
    phone.write("engagement.cbor", device.encode());
    phone.write("engagement.txt", format!("{}\n", device.uri()));
    phone.write("reader.cbor", key_item.encode());
    let session = ["--flow", "qr", "--no-revocation", "--json"];
    for engagement in ["@engagement.cbor", "@engagement.txt"] {
        for (answer, key) in [
            ("@mac.cbor", ["--key", "@key.pem"]),
            ("@signed.cbor", ["--key", "@key.pem"]),
            ("@signed.cbor", ["--e-reader-key", "@reader.cbor"]),
        ] {
            let arguments = ["--engagement", engagement, "--response", answer];
            phone
                .verify(&[&session[..], &arguments, &key].concat())
                .exits(0);
        }
    }
    let arguments = [
        "--engagement",
        "@engagement.cbor",
        "--response",
        "@mac.cbor",
    ];
    let key = ["--e-reader-key", "@reader.cbor"];
    let report = phone
        .verify(&[&session[..], &arguments, &key].concat())
        .exits(1);
    assert_eq!(report.json()["code"], "mdoc.device_mac_unexpected");
}
