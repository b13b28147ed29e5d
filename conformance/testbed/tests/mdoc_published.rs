//! What is computed here against what others published: ISO/IEC 18013-5 Annex D, the
//! handovers of OpenID4VP and a fixed exchange of Annex C.
//!
//! The files come from the vectors beside the repository. Without a file its trials are
//! ignored, and none passes.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the trial")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use tashika_testbed::{
    Algorithm, Hash, KeyPair, PublicKey,
    mdoc::{
        AnnexC, Cbor, CoseKey, DeviceRequest, Engagement, Handover, Holder, Mdoc, ReaderTrust,
        Refusal, Response, Sealed, Session, Side, Sign1, Transcript, elements, openid4vp::Jwk,
    },
};

type Check = fn(&Value);

/// The trials of each file.
const FILES: [(&str, &[(&str, Check)]); 3] = [
    (
        "iso18013_5_annex_d.json",
        &[
            ("engagement", engagement),
            ("transcript", transcript),
            ("session", session),
            ("device_mac", device_mac),
            ("issuer_digests", issuer_digests),
            ("reader_auth", reader_auth),
        ],
    ),
    ("oid4vp_handover.json", &[("handovers", handovers)]),
    ("annex_c_deterministic.json", &[("exchange", exchange)]),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = FILES.iter().flat_map(|(file, checks)| trials(file, checks));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn trials(file: &'static str, checks: &'static [(&'static str, Check)]) -> Vec<Trial> {
    let path = folder().join(file);
    let values: Option<Value> = fs::read(&path)
        .ok()
        .map(|bytes| serde_json::from_slice(&bytes).unwrap());
    if values.is_none() {
        eprintln!(
            "{file} IS NOT HERE: its trials are ignored. TASHIKA_VECTORS_DIR says where it is."
        );
    }
    let ignored = values.is_none();
    let values = Arc::new(values.unwrap_or_default());
    let trial = |(name, check): &(&str, Check)| {
        let (values, check) = (Arc::clone(&values), *check);
        let run = move || -> Result<(), Failed> {
            check(&values);
            Ok(())
        };
        Trial::test(format!("{file}::{name}"), run).with_ignored_flag(ignored)
    };
    checks.iter().map(trial).collect()
}

fn folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let vectors = env::var_os("TASHIKA_VECTORS_DIR").map_or_else(beside, PathBuf::from);
    vectors.join("mdoc")
}

fn octets(values: &Value, name: &str) -> Vec<u8> {
    let text = values[name].as_str().unwrap_or_else(|| panic!("no {name}"));
    let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

fn key(values: &Value, name: &str) -> KeyPair {
    let part = |coordinate| octets(values, &format!("{name}_{coordinate}"));
    let key = KeyPair::from_scalar(Algorithm::P256, &part("d")).unwrap();
    let public = PublicKey::from_coordinates(Algorithm::P256, &part("x"), &part("y"));
    assert_eq!(Some(key.public()), public);
    key
}

/// The transcript as published, without its wrapping.
fn published_transcript(values: &Value) -> Cbor {
    let mut wrapped = Cbor::decode(&octets(values, "session_transcript_bytes")).unwrap();
    let part = |at: usize| wrapped.at(&at.to_string()).clone();
    Cbor::Array((0..3).map(part).collect())
}

/// Handover Select and Handover Request as published.
fn messages(values: &Value) -> (Vec<u8>, Vec<u8>) {
    let transcript = published_transcript(values);
    let message = |path| transcript.get(path).unwrap().as_bytes().unwrap();
    (message("2/0"), message("2/1"))
}

fn engagement(values: &Value) {
    let device = key(values, "ephemeral_device_key");
    let qr = Engagement::new(device.clone()).edit(|item| {
        let options = Cbor::map([
            (0, Cbor::from(false)),
            (1, true.into()),
            (
                11,
                octets(&json!({"uuid": "45efef742b2c4837a9a3b0e1d05a6917"}), "uuid").into(),
            ),
        ]);
        item.set("2/0/2", options)
    });
    assert_eq!(qr.encode(), octets(values, "device_engagement"));
    let key = Cbor::tag24(CoseKey::of(&device.public()));
    assert_eq!(key.encode(), octets(values, "e_device_key_bytes"));

    // The carrier's data are the device's own: role, address and appearance.
    let (select, _) = messages(values);
    let bluetooth = octets(&json!({"oob": "081b28128b37282801021c01"}), "oob");
    assert_eq!(
        Engagement::for_nfc(device).handover_select(&bluetooth),
        select
    );
}

fn transcript(values: &Value) {
    let (select, request) = messages(values);
    let engagement = Engagement::for_nfc(key(values, "ephemeral_device_key"));
    let reader = Cbor::tag24(CoseKey::of(&key(values, "ephemeral_reader_key").public()));
    let transcript = Transcript::nfc(&engagement.tagged(), &reader, &select, Some(&request));
    assert_eq!(
        transcript.tagged(),
        octets(values, "session_transcript_bytes")
    );
}

fn session(values: &Value) {
    let (select, request) = messages(values);
    let handover = Handover::Nfc(select, Some(request));
    let engagement = Engagement::for_nfc(key(values, "ephemeral_device_key"));
    let establishment = octets(values, "session_establishment");
    let (mut session, request) =
        Session::establish(&engagement, &handover, &establishment).unwrap();
    assert_eq!(request, octets(values, "device_request"));

    let response = octets(values, "device_response");
    let sent = session.send(&response).encode();
    assert_eq!(sent, octets(values, "session_data"));
    assert_eq!(
        Session::status(20).encode(),
        octets(values, "session_termination")
    );

    let reader = key(values, "ephemeral_reader_key");
    let mut other = Session::with_keys(
        Side::Reader,
        session.transcript().clone(),
        &reader,
        &engagement.key().public(),
    );
    assert_eq!(other.receive(&sent), Ok(response));
}

/// The published response, rebuilt from its issuer's part and the device's private key.
fn device_mac(values: &Value) {
    let response = octets(values, "device_response");
    let published = Cbor::decode(&response).unwrap();
    let issuer_signed = published.get("documents/0/issuerSigned").unwrap();
    let mdoc = Mdoc::new(elements::LICENCE, issuer_signed);
    let holder = Holder::new(mdoc, key(values, "static_device_key"));
    let transcript = Transcript::new(published_transcript(values));
    let reader = key(values, "ephemeral_reader_key").public();
    let document = holder
        .present(&transcript)
        .select_all(elements::LICENCE_NAME_SPACE)
        .authenticated(&reader);
    assert_eq!(Response::of(document).encode(), response);
}

fn issuer_digests(values: &Value) {
    let mut response = Cbor::decode(&octets(values, "device_response")).unwrap();
    let items = response
        .at("documents/0/issuerSigned/nameSpaces/org.iso.18013.5.1")
        .clone();
    let digests = response
        .at("documents/0/issuerSigned/issuerAuth/2/valueDigests/org.iso.18013.5.1")
        .clone();
    let items = items.as_array().unwrap();
    assert_eq!(items.len(), 6);
    for item in items {
        let id = item.get("digestID").unwrap().as_integer().unwrap();
        let digest = digests.get(&id.to_string()).unwrap().as_bytes().unwrap();
        assert_eq!(Hash::Sha256.digest(&item.encode()), digest);
    }
}

/// The published request, signed by a reader whose authority is not published.
fn reader_auth(values: &Value) {
    let request = DeviceRequest::read(&octets(values, "device_request")).unwrap();
    let [document] = request.documents() else {
        panic!("one document");
    };
    let transcript = Transcript::new(published_transcript(values));
    let payload = document.reader_authentication(&transcript);
    let sign1 = document.reader_auth().unwrap();
    assert_eq!(sign1.encode(), octets(values, "reader_auth"));
    assert_eq!(
        sign1.get("1/33").unwrap().as_bytes(),
        Some(octets(values, "reader_cert"))
    );

    let point = octets(values, "reader_cert");
    let key = point
        .windows(65)
        .find_map(|window| PublicKey::from_point(Algorithm::P256, window));
    assert!(Sign1::verifies(sign1, &payload, &key.unwrap()));
    assert_eq!(document.asked().elements.len(), 6);
    let trust = ReaderTrust::new(1_602_000_000);
    assert_eq!(
        request.authenticate(&transcript, &trust),
        Err(Refusal::Untrusted)
    );
}

fn handovers(values: &Value) {
    let thumbprint = octets(values, "OpenID4VPHandoverInfo");
    let info = Cbor::decode(&thumbprint).unwrap();
    let text = |path| info.get(path).unwrap().as_text().unwrap().to_owned();
    let thumbprint = info.get("2").unwrap().as_bytes().unwrap();
    let redirect =
        Transcript::openid4vp_redirect(&text("0"), &text("1"), Some(&thumbprint), &text("3"));
    assert_eq!(
        redirect.encode(),
        octets(values, "SessionTranscript_redirect")
    );

    let info = Cbor::decode(&octets(values, "OpenID4VPDCAPIHandoverInfo")).unwrap();
    let text = |path| info.get(path).unwrap().as_text().unwrap().to_owned();
    let jwk = &values["jwk_thumbprint_input"];
    assert_eq!(Jwk::thumbprint(&Jwk::read(jwk).unwrap()), thumbprint);
    let dc_api = Transcript::openid4vp_dc_api(&text("0"), &text("1"), Some(&thumbprint));
    assert_eq!(dc_api.encode(), octets(values, "SessionTranscript_dcapi"));
}

fn exchange(values: &Value) {
    let data = json!({
        "deviceRequest": values["deviceRequestB64"],
        "encryptionInfo": values["encryptionInfoB64"],
    });
    let request = AnnexC::read(&data, values["origin"].as_str().unwrap()).unwrap();
    let transcript = request.transcript().encode();
    let expected = &values["expected"];
    let digest = Hash::Sha256.digest(&transcript);
    assert_eq!(digest, octets(expected, "sessionTranscriptCborSha256Hex"));

    let scalar = octets(values, "recipientPrivateKeyHex");
    let key = KeyPair::from_scalar(Algorithm::P256, &scalar).unwrap();
    assert_eq!(*request.recipient(), key.public());
    let envelope = values["encryptedResponseB64"].as_str().unwrap();
    let envelope = Cbor::decode(&URL_SAFE_NO_PAD.decode(envelope).unwrap()).unwrap();
    let part = |path| envelope.get(path).unwrap().as_bytes().unwrap();
    let sealed = Sealed {
        encapsulated: part("1/enc"),
        ciphertext: part("1/cipherText"),
    };
    assert_eq!(AnnexC::envelope(&sealed), envelope);
    let response = sealed.open(&key, &transcript).unwrap();
    let digest = Hash::Sha256.digest(&response);
    assert_eq!(digest, octets(expected, "deviceResponseCborSha256Hex"));
}
