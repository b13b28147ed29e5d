//! ISO/IEC 18013-5, annex D: an engagement by NFC, and the session after it.
//!
//! Their document signer comes without its issuer, so that a root of the
//! judge's stands over its key.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ciborium::Value;
use libtest_mimic::Failed;
use serde_json::json;
use tashika::mdoc::engagement::{DeviceEngagement, NfcHandover, RetrievalMethod};
use tashika::mdoc::session::{Engaged, ReaderSession, Received};
use tashika::mdoc::{Curve, DeviceResponse, EphemeralKey, SessionTranscript};
use tashika::{Code, Time};
use tashika_conformance::judge;

use crate::{Check, hex, same};

pub(crate) const CHECKS: &[(&str, Check)] = &[
    ("engagement_by_qr", engagement_by_qr),
    ("transcript", transcript),
    ("establishment", establishment),
    ("response", response),
    ("judged", judged),
    ("goes_on_elsewhere", goes_on_elsewhere),
    ("termination", termination),
];

struct Values(BTreeMap<String, String>);

impl Values {
    fn read(text: &str) -> Result<Self, Failed> {
        Ok(Self(serde_json::from_str(text)?))
    }

    fn get(&self, name: &str) -> Result<Vec<u8>, Failed> {
        let value = self.0.get(name);
        hex(value.ok_or_else(|| format!("no {name}"))?)
    }

    /// The session transcript without the tag and head around it.
    fn transcript(&self) -> Result<Vec<u8>, Failed> {
        let tagged: Value = ciborium::from_reader(&*self.get("session_transcript_bytes")?)?;
        let content = tagged.as_tag().and_then(|(_, value)| value.as_bytes());
        Ok(content.ok_or("no transcript")?.clone())
    }

    /// The handover, whose messages stand in the transcript.
    fn handover(&self) -> Result<NfcHandover, Failed> {
        let transcript: Value = ciborium::from_reader(&*self.transcript()?)?;
        let handover = transcript.as_array().and_then(|parts| parts.last());
        match &**handover.and_then(Value::as_array).ok_or("no handover")? {
            [Value::Bytes(select), Value::Bytes(request)] => {
                Ok(NfcHandover::negotiated(request, select)?)
            }
            [Value::Bytes(select), Value::Null] => Ok(NfcHandover::from_select(select)?),
            _ => Err("no handover".into()),
        }
    }

    fn engaged(&self) -> Result<Engaged, Failed> {
        let scalar = self.get("ephemeral_reader_key_d")?;
        let key = EphemeralKey::from_entropy(Curve::P256, &scalar)?;
        Ok(Engaged::by_nfc(&self.handover()?, key)?)
    }

    fn session(&self) -> Result<ReaderSession, Failed> {
        let request = self.get("device_request")?;
        Ok(self.engaged()?.establish(&request)?.0)
    }
}

fn engagement_by_qr(text: &str) -> Result<(), Failed> {
    let values = Values::read(text)?;
    let octets = values.get("device_engagement")?;
    let engagement = DeviceEngagement::from_cbor(&octets)?;
    same("the engagement", engagement.octets(), &octets)?;
    let [RetrievalMethod::Ble(options)] = engagement.retrieval_methods() else {
        return Err("not reached over BLE alone".into());
    };
    let modes = (options.peripheral_server(), options.central_client());
    same("the mode", &modes, &(false, true))?;
    let uuid = options.central_client_uuid().is_some();
    same("the UUID", &uuid, &true)
}

fn transcript(text: &str) -> Result<(), Failed> {
    let values = Values::read(text)?;
    let expected = values.transcript()?;
    let engaged = values.engaged()?;
    same("the transcript", engaged.transcript().octets(), &expected)?;
    let tagged = values.get("session_transcript_bytes")?;
    same("its bytes", &engaged.transcript().embedded(), &tagged)?;
    let stored = SessionTranscript::stored(&tagged)?;
    same("the stored one", &stored, engaged.transcript())
}

/// What is sealed is the same to the octet; the order of the two entries is
/// not.
fn establishment(text: &str) -> Result<(), Failed> {
    let values = Values::read(text)?;
    let request = values.get("device_request")?;
    let (_, establishment) = values.engaged()?.establish(&request)?;
    let entries = |octets: &[u8]| -> Result<Vec<(Value, Value)>, Failed> {
        let map: Value = ciborium::from_reader(octets)?;
        let mut entries = map.into_map().map_err(|_| "not a map")?;
        entries.sort_by_key(|(key, _)| key.as_text().map(str::to_owned));
        Ok(entries)
    };
    let expected = entries(&values.get("session_establishment")?)?;
    same("the establishment", &entries(&establishment)?, &expected)
}

fn response(text: &str) -> Result<(), Failed> {
    let values = Values::read(text)?;
    let received = values.session()?.receive(&values.get("session_data")?)?;
    let Received::Message(response, _) = received else {
        return Err("the session has ended".into());
    };
    let expected = values.get("device_response")?;
    same("the response", &*response, &*expected)?;
    DeviceResponse::read(&response)?;
    Ok(())
}

/// From the first second of the document to its last, with the MAC that the
/// device made for their reader.
fn judged(text: &str) -> Result<(), Failed> {
    let values = Values::read(text)?;
    let base64 = |name| Ok::<_, Failed>(STANDARD.encode(values.get(name)?));
    let question = json!({
        "op": "mdoc",
        "target": base64("device_response")?,
        "transcript": base64("session_transcript_bytes")?,
        "doctype": "org.iso.18013.5.1.mDL",
        "reader_private_key": base64("ephemeral_reader_key_d")?,
        "flags": { "issuer_from_x5chain": true },
    });
    let question = question.as_object().ok_or("no object")?;
    let asked = |at: &str, field: &str, value: serde_json::Value| {
        let mut question = question.clone();
        question.insert("time".to_owned(), at.parse::<Time>()?.as_unix().into());
        question.insert(field.to_owned(), value);
        let answer = judge::answer(json!(question).to_string().as_bytes());
        Ok::<_, Failed>(answer.code.unwrap_or("accepted"))
    };
    let at = |time| asked(time, "id", 1.into());
    same(
        "the last second before",
        at("2020-10-01T13:30:01Z")?,
        "mdoc.signed_outside",
    )?;
    same("the first second", at("2020-10-01T13:30:02Z")?, "accepted")?;
    same("the last second", at("2021-10-01T00:00:00Z")?, "accepted")?;
    same(
        "the second after",
        at("2021-10-01T00:00:01Z")?,
        "x509.expired",
    )?;
    let key = base64("ephemeral_device_key_d")?.into();
    let other = asked("2021-01-01T00:00:00Z", "reader_private_key", key)?;
    same("another reader's key", other, "mdoc.device_mac")?;
    let other = base64("device_engagement")?.into();
    let other = asked("2021-01-01T00:00:00Z", "transcript", other)?;
    same("no transcript", other, "input.session")
}

fn goes_on_elsewhere(text: &str) -> Result<(), Failed> {
    let values = Values::read(text)?;
    let octets = values.session()?.into_octets()?;
    let session = ReaderSession::from_octets(&octets)?;
    let received = session.receive(&values.get("session_data")?)?;
    let is_message = matches!(received, Received::Message(..));
    same("what was received", &is_message, &true)
}

fn termination(text: &str) -> Result<(), Failed> {
    let values = Values::read(text)?;
    let expected = values.get("session_termination")?;
    let received = values.session()?.receive(&expected);
    let code = received.err().map(|error| error.code());
    same("the refusal", &code, &Some(Code::MdocSessionEnded))?;
    let (message, _) = values.session()?.terminate();
    same("the message", &message, &expected)
}
