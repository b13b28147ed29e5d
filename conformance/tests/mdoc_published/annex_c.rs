//! ISO/IEC 18013-7, annex C: a request and its answer.

use libtest_mimic::Failed;
use serde::Deserialize;
use tashika::Code;
use tashika::mdoc::envelope::annex_c;
use tashika::mdoc::{Curve, DeviceResponse, EphemeralKey, SessionTranscript};

use crate::{Check, hex, same, sha256};

pub(crate) const CHECKS: &[(&str, Check)] = &[
    ("transcript", transcript),
    ("response", response),
    ("another_origin", another_origin),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    origin: String,
    #[serde(rename = "encryptionInfoB64")]
    encryption_info: String,
    #[serde(rename = "encryptedResponseB64")]
    encrypted_response: String,
    recipient_private_key_hex: String,
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    session_transcript_cbor_sha256_hex: String,
    device_response_cbor_sha256_hex: String,
}

impl Values {
    fn transcript(&self) -> SessionTranscript {
        SessionTranscript::annex_c(&self.encryption_info, &self.origin)
    }

    fn key(&self) -> Result<EphemeralKey, Failed> {
        let scalar = hex(&self.recipient_private_key_hex)?;
        Ok(EphemeralKey::from_entropy(Curve::P256, &scalar)?)
    }
}

fn transcript(text: &str) -> Result<(), Failed> {
    let values: Values = serde_json::from_str(text)?;
    let expected = hex(&values.expected.session_transcript_cbor_sha256_hex)?;
    same(
        "the transcript",
        &sha256(values.transcript().octets()),
        &expected,
    )
}

fn response(text: &str) -> Result<(), Failed> {
    let values: Values = serde_json::from_str(text)?;
    let transcript = values.transcript();
    let opened = annex_c::open(&values.encrypted_response, &values.key()?, &transcript)?;
    let expected = hex(&values.expected.device_response_cbor_sha256_hex)?;
    same("the response", &sha256(&opened), &expected)?;
    DeviceResponse::read(&opened)?;
    Ok(())
}

fn another_origin(text: &str) -> Result<(), Failed> {
    let mut values: Values = serde_json::from_str(text)?;
    values.origin.push('/');
    let transcript = values.transcript();
    let opened = annex_c::open(&values.encrypted_response, &values.key()?, &transcript);
    let code = opened.err().map(|error| error.code());
    same("the refusal", &code, &Some(Code::MdocEnvelopeSeal))
}
