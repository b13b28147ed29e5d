//! Op `mdoc`: what it accepts, and that it refuses with the verifier's codes.

use std::sync::LazyLock;

use serde_json::{Value, json};
use tashika_testbed::mdoc::elements::{
    COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE, LICENCE_NAME_SPACE,
};
use tashika_testbed::mdoc::{
    Cbor, CoseKey, Holder, MdocTestbed, Presentation, Response, Transcript,
};
use tashika_testbed::{Algorithm, KeyPair};

use crate::world::{But, NOW, ask, code, octets};

fn testbed() -> &'static MdocTestbed {
    static TESTBED: LazyLock<MdocTestbed> = LazyLock::new(|| MdocTestbed::from_seed(12, NOW));
    &TESTBED
}

fn transcript() -> Transcript {
    Transcript::annex_c("encryptionInfo", "https://rp.test.example")
}

/// A question about a card, of which a name and an age are presented.
fn card(present: impl FnOnce(Presentation<'_>) -> Cbor) -> Value {
    question(&testbed().japan(), &transcript(), |presentation| {
        let presentation = presentation.select(JAPAN_NAME_SPACE, &["full_name_unicode"]);
        present(presentation.select(COMMON_NAME_SPACE, &["age_over_20"]))
    })
    .but("profile", "jp-mnc")
}

fn question(
    holder: &Holder,
    transcript: &Transcript,
    present: impl FnOnce(Presentation<'_>) -> Cbor,
) -> Value {
    let response = Response::of(present(holder.present(transcript))).encode();
    json!({
        "id": 5,
        "op": "mdoc",
        "time": NOW,
        "anchors": [octets(testbed().japan_authority().certificate())],
        "target": octets(&response),
        "transcript": octets(&transcript.encode()),
        "doctype": JAPAN,
    })
}

fn licence() -> Value {
    let holder = testbed().licence();
    let present = |p: Presentation<'_>| p.select_all(LICENCE_NAME_SPACE).signed();
    question(&holder, &transcript(), present)
        .but(
            "anchors",
            vec![octets(testbed().licence_authority().certificate())],
        )
        .but("doctype", LICENCE)
        .but("profile", "mdl")
}

#[test]
fn a_presentation_is_accepted_in_its_own_profile() {
    let card = card(|p| p.signed());
    let good = json!({
        "id": 5, "verdict": "accept", "status": null, "code": null,
        "crl_reason": null, "check": null, "disposition": null,
    });
    assert_eq!(ask(&card), good);
    assert_eq!(code(&licence()), Value::Null);
    for (question, profile) in [
        (card.clone(), "mdoc"),
        (card.clone(), "mdl"),
        (licence(), "mdoc"),
    ] {
        assert_eq!(code(&question.but("profile", profile)), Value::Null);
    }
    let tagged = octets(&transcript().tagged());
    assert_eq!(code(&card.clone().but("transcript", tagged)), Value::Null);
    assert_eq!(code(&licence().but("profile", "jp-mnc")), "misuse.argument");
    let other = card.but("profile", "jpki");
    assert_eq!(
        crate::world::ask_anything(other.to_string().as_bytes())["code"],
        "misuse.unsupported"
    );
}

#[test]
fn profiles_differ_in_what_they_demand() {
    let signer = testbed().licence_signer();
    let root = testbed().licence_authority();
    let bare = root.document_signer(signer.key());
    let bare = bare.without(tashika_testbed::oid::ISSUER_ALT_NAME);
    let signer = signer.with_certificate(bare.sign(root.key()));
    let mdoc = testbed().licence_issuance().sign(&signer);
    let holder = testbed().licence().with_mdoc(mdoc);
    let present = |p: Presentation<'_>| p.select_all(LICENCE_NAME_SPACE).signed();
    let target = question(&holder, &transcript(), present)["target"].clone();
    let bare = licence().but("target", target);
    assert_eq!(code(&bare), "mdoc.certificate_profile");
    assert_eq!(code(&bare.but("profile", "mdoc")), Value::Null);

    let year = testbed()
        .japan_issuance()
        .validity(NOW - 60, NOW - 60, NOW + 365 * 86_400);
    let holder = testbed()
        .japan()
        .with_mdoc(year.sign(testbed().japan_signer()));
    let year = question(&holder, &transcript(), |p| p.signed());
    assert_eq!(code(&year), Value::Null);
    assert_eq!(code(&year.but("profile", "jp-mnc")), "mdoc.validity_period");
}

#[test]
fn a_presentation_is_refused_with_its_code() {
    let sound = card(|p| p.signed());
    let other = Transcript::annex_c("encryptionInfo", "https://elsewhere.test.example");
    let foreign = octets(testbed().licence_authority().certificate());
    for (question, refusal) in [
        (
            sound.clone().but("transcript", octets(&other.encode())),
            "mdoc.device_signature",
        ),
        (
            sound.clone().but("transcript", octets(&[0xA0])),
            "input.session",
        ),
        (
            sound.clone().but("anchors", vec![foreign.clone()]),
            "trust.anchor",
        ),
        (
            sound
                .clone()
                .but("anchors", vec![foreign])
                .but("profile", "mdoc"),
            "x509.issuer",
        ),
        (
            sound.clone().but("anchors", Vec::<Value>::new()),
            "trust.empty",
        ),
        (sound.clone().but("target", octets(&[0xA0])), "input.mdoc"),
        (sound.clone().but("time", NOW + 40 * 86_400), "mdoc.expired"),
        (
            sound.clone().but("doctype", LICENCE).but("profile", "mdoc"),
            "mdoc.document_unrequested",
        ),
        (
            card(|p| p.signed_with(|s| s.corrupt_signature())),
            "mdoc.device_signature",
        ),
        (card(|p| p.proved(Cbor::empty_map())), "mdoc.device_auth"),
        (
            card(|p| {
                p.select(JAPAN_NAME_SPACE, &["individual_number_unicode"])
                    .signed()
            }),
            "mdoc.forbidden",
        ),
        (
            card(|p| {
                p.device_signed(JAPAN_NAME_SPACE, "sex_unicode", "a".into())
                    .signed()
            }),
            "mdoc.device_signed",
        ),
    ] {
        assert_eq!(code(&question), refusal);
    }
    for field in ["target", "transcript", "doctype", "time"] {
        let line = sound.clone().but(field, Value::Null).to_string();
        let answer = crate::world::ask_anything(line.as_bytes());
        assert_eq!(answer["code"], "misuse.argument", "{field}");
    }
}

#[test]
fn clocks_are_the_same_unless_the_line_says_otherwise() {
    let ended = testbed()
        .japan_issuance()
        .validity(NOW - 600, NOW - 600, NOW - 10);
    let holder = testbed()
        .japan()
        .with_mdoc(ended.sign(testbed().japan_signer()));
    let ended = question(&holder, &transcript(), |p| p.signed());
    assert_eq!(code(&ended), "mdoc.expired");
    assert_eq!(
        code(&ended.clone().but("flags", json!({ "skew": 9 }))),
        "mdoc.expired"
    );
    assert_eq!(
        code(&ended.but("flags", json!({ "skew": 10 }))),
        Value::Null
    );
}

#[test]
fn what_was_asked_for_can_be_said() {
    let sound = card(|p| p.signed());
    let element = |namespace: &str, identifier: &str| json!({ "doc_type": JAPAN, "namespace": namespace, "identifier": identifier });
    let name = element(JAPAN_NAME_SPACE, "full_name_unicode");
    let adult = element(COMMON_NAME_SPACE, "age_over_20");
    let sex = element(COMMON_NAME_SPACE, "sex");
    for (requested, due) in [
        (json!([name, adult]), Value::Null),
        (json!([name]), json!("mdoc.element_unrequested")),
        (json!([name, adult, sex]), json!("mdoc.element_missing")),
        (json!([name, name]), json!("misuse.request")),
        (json!([]), json!("misuse.request")),
    ] {
        assert_eq!(code(&sound.clone().but("requested", requested)), due);
    }
    let nothing = testbed().japan();
    let nothing = question(&nothing, &transcript(), |p| p.signed());
    assert_eq!(code(&nothing), Value::Null);
    let device = testbed().japan_issuance().authorize(&["wallet"], &[]);
    let device = testbed()
        .japan()
        .with_mdoc(device.sign(testbed().japan_signer()));
    let own = |p: Presentation<'_>| p.device_signed("wallet", "place", "here".into()).signed();
    assert_eq!(code(&question(&device, &transcript(), own)), Value::Null);
}

#[test]
fn a_mac_needs_the_reader_s_key() {
    let reader = testbed().key(Algorithm::P256, "reader of the session");
    let key = Cbor::tag24(CoseKey::of(&reader.public()));
    let session = Transcript::qr(&Cbor::tag24(Cbor::empty_map()), &key);
    let public = reader.public();
    let mac = question(&testbed().japan(), &session, |p| p.authenticated(&public));
    assert_eq!(code(&mac), "mdoc.device_mac_unexpected");
    let scalar = |key: &KeyPair| octets(&key.scalar().unwrap_or_default());
    let held = mac.clone().but("reader_private_key", scalar(&reader));
    assert_eq!(code(&held), Value::Null);
    let other = testbed().key(Algorithm::P256, "reader of another");
    let other = mac.clone().but("reader_private_key", scalar(&other));
    assert_eq!(code(&other), "mdoc.device_mac");
    let p384 = testbed().key(Algorithm::P384, "reader on P-384");
    let p384 = mac.clone().but("reader_private_key", scalar(&p384));
    assert_eq!(code(&p384), "mdoc.device_key");
    let none = mac.but("reader_private_key", octets(&[0; 32]));
    assert_eq!(code(&none), "misuse.argument");
}

#[test]
fn lists_speak_about_signers() {
    let sound = card(|p| p.signed());
    let (root, signer) = (testbed().japan_authority(), testbed().japan_signer());
    let list = |revoked: &[_]| octets(&testbed().list(root, revoked).sign(root.key()));
    let good = ask(&sound.clone().but("crls", vec![list(&[])]));
    assert_eq!(
        (&good["verdict"], &good["status"]),
        (&json!("accept"), &json!("good"))
    );
    let revoked = ask(&sound.clone().but("crls", vec![list(&[signer])]));
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(revoked["code"], "revoked.key_compromise");
    assert_eq!(revoked["crl_reason"], 1);
    let none = ask(&sound.clone().but("crls", Vec::<Value>::new()));
    assert_eq!(
        (&none["code"], &none["status"]),
        (&json!("revocation.missing"), &json!("unknown"))
    );
    let garbage = ask(&sound.but("crls", vec![octets(b"list")]));
    assert_eq!(
        (&garbage["code"], &garbage["status"]),
        (&json!("input.crl"), &json!("unknown"))
    );
}

#[test]
fn a_signer_can_stand_without_its_root() {
    let sound = card(|p| p.signed())
        .but("profile", "mdoc")
        .but("anchors", Value::Null);
    let believe = |flags: Value| sound.clone().but("flags", flags);
    let key = |key: &KeyPair| json!({ "issuer_key": octets(&key.spki()) });
    let chain = believe(json!({ "issuer_from_x5chain": true }));
    assert_eq!(code(&chain), Value::Null);
    assert_eq!(
        code(&believe(key(testbed().japan_signer().key()))),
        Value::Null
    );
    assert_eq!(
        code(&believe(key(testbed().licence_signer().key()))),
        "mdoc.issuer_signature"
    );
    assert_eq!(
        code(&believe(json!({ "issuer_key": octets(b"key") }))),
        "input.certificate"
    );
    assert_eq!(
        code(&believe(json!({ "issuer_from_x5chain": false }))),
        "trust.empty"
    );

    // Everything else is judged as always.
    let forged = card(|p| p.signed_with(|s| s.corrupt_signature()));
    let forged = chain.clone().but("target", forged["target"].clone());
    assert_eq!(code(&forged), "mdoc.device_signature");
    let changed = testbed().japan().mdoc().clone().edit(|signed| {
        let place = format!("nameSpaces/{JAPAN_NAME_SPACE}/0/elementValue");
        signed.set(&place, "架空　太郎")
    });
    let holder = testbed().japan().with_mdoc(changed);
    let present = |p: Presentation<'_>| p.select(JAPAN_NAME_SPACE, &["full_name_unicode"]).signed();
    let changed = question(&holder, &transcript(), present)["target"].clone();
    assert_eq!(code(&chain.clone().but("target", changed)), "mdoc.digest");
    // The certificate in the chain expires in 427 days.
    let late = chain.clone().but("time", NOW + 428 * 86_400);
    assert_eq!(code(&late), "x509.expired");
    assert_eq!(
        code(&chain.clone().but("target", octets(b"a"))),
        "input.mdoc"
    );

    let anchors = vec![octets(testbed().japan_authority().certificate())];
    assert_eq!(
        code(&chain.clone().but("anchors", anchors)),
        "misuse.argument"
    );
    assert_eq!(
        code(&chain.clone().but("profile", "mdl")),
        "misuse.argument"
    );
    let mut both = key(testbed().japan_signer().key());
    both["issuer_from_x5chain"] = true.into();
    assert_eq!(code(&believe(both)), "misuse.argument");
}

#[test]
fn a_response_is_read_without_being_believed() {
    let parse =
        |octets: Value| code(&json!({ "id": 1, "op": "parse", "kind": "mdoc", "target": octets }));
    let forged = card(|p| p.signed_with(|s| s.corrupt_signature()));
    assert_eq!(parse(forged["target"].clone()), Value::Null);
    assert_eq!(parse(octets(&[0xA0, 0x00])), "input.cbor_trailing");
    assert_eq!(parse(octets(&[0xA0])), "input.mdoc");
}
