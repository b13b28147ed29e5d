//! The wallet.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_128;
use rustls::crypto::hpke::{Hpke, HpkePublicKey};
use serde_json::{Value, json};

use super::RESPONSE;
use crate::jose::{decode, encode};
use crate::mdoc::SessionTranscript;
use crate::mdoc::envelope::DcApiAnswer;
use crate::trust::sha256;

pub(super) fn base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

fn seal(point: &[u8], info: &[u8], plaintext: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let suite: &dyn Hpke = DH_KEM_P256_HKDF_SHA256_AES_128;
    let recipient = HpkePublicKey(point.to_vec());
    let (enc, sealed) = suite.seal(info, &[], plaintext, &recipient).unwrap();
    (enc.0, sealed)
}

/// A string of at most 255 octets.
fn bytes(octets: &[u8]) -> Vec<u8> {
    [&[0x58, u8::try_from(octets.len()).unwrap()], octets].concat()
}

/// Answers the first request of a page of `origin`.
pub(super) fn answer_annex_c(request: &Value, origin: &str) -> DcApiAnswer {
    let data = &request["digital"]["requests"][0]["data"];
    let info = data["encryptionInfo"].as_str().unwrap();
    let octets = decode(info).unwrap();
    // The coordinates are the last two strings, with a label between them.
    let (rest, y) = octets.split_at(octets.len() - 32);
    let x = &rest[rest.len() - 35..rest.len() - 3];
    let point = [&[4], x, y].concat();
    let transcript = SessionTranscript::annex_c(info, origin);
    let (enc, sealed) = seal(&point, transcript.octets(), RESPONSE);
    let response = [
        b"\x82\x65dcapi\xa2\x63enc",
        &bytes(&enc)[..],
        b"\x6acipherText",
        &bytes(&sealed),
    ]
    .concat();
    let answer = json!({
        "protocol": "org-iso-mdoc",
        "data": { "response": encode(&response) },
    });
    DcApiAnswer::from_json(&answer.to_string()).unwrap()
}

/// The envelope for this key and this transcript.
pub(super) fn seal_apple(point: &[u8], transcript: &SessionTranscript) -> Vec<u8> {
    let plaintext = [b"\xa1\x68identity", RESPONSE].concat();
    let (enc, sealed) = seal(point, transcript.octets(), &plaintext);
    [
        b"\xa3\x69algorithm\x6dAPPLE-HPKE-v1\x64data",
        &bytes(&sealed)[..],
        b"\x66params\xa4\x64mode\x00\x64pkEm",
        &bytes(&enc),
        b"\x67pkRHash",
        &bytes(&sha256(&[point])),
        b"\x68infoHash",
        &bytes(&sha256(&[transcript.octets()])),
    ]
    .concat()
}
