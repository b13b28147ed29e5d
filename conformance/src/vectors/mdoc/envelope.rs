//! The envelopes in which responses come over the web and in apps: sealed to
//! our key, for this transaction (ISO/IEC TS 18013-7, annex C; Apple; OpenID4VP
//! 1.0, 8.3; RFC 7516; RFC 9180).

mod openid4vp;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use tashika_testbed::{
    Algorithm, KeyPair, Rng,
    mdoc::{AnnexC, Apple, Cbor, CoseKey, Response, Transcript as Made},
};

use super::{Case, Desk, ORIGIN, Procedure, Transcript, Vector};
use crate::vectors::presentation::Envelope;

const CHECK: &str = "mdoc.envelope";
const MALFORMED: &str = "input.envelope";
const ALGORITHM: &str = "mdoc.envelope_algorithm";
const RECIPIENT: &str = "mdoc.envelope_recipient";
const SEAL: &str = "mdoc.envelope_seal";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [annex_c(desk), apple(desk), openid4vp::vectors(desk)].concat()
}

/// Our key, and another of ours.
fn keys(desk: &Desk<'_>) -> [KeyPair; 2] {
    ["mdoc recipient", "mdoc recipient of another transaction"]
        .map(|label| desk.testbed.key(Algorithm::P256, label))
}

fn rng() -> Rng {
    Rng::from_seed(180_137)
}

/// The response of a card in the session of this transcript.
fn response(desk: &Desk<'_>, transcript: &Made) -> Cbor {
    let document = desk.present_in(transcript, desk.card(), |p| p.signed());
    Response::of(document).build()
}

/// An answer in an envelope, for whoever has this key.
fn case(
    desk: &Desk<'_>,
    text: [&str; 3],
    key: &KeyPair,
    transcript: Transcript,
    envelope: Envelope,
) -> Case {
    desk.case(text, Vec::new())
        .procedure(Procedure::MdocEnvelope)
        .asked(|asked| {
            asked.response = None;
            asked.transcript = Some(transcript);
            asked.reader_key = key.scalar().map(Into::into);
            asked.envelope = Some(envelope);
        })
}

/// EncryptionInfo with this key, as it is sent.
fn encryption_info(key: &KeyPair, nonce: u8) -> String {
    let parameters = Cbor::map([
        ("nonce", Cbor::from(vec![nonce; 16])),
        ("recipientPublicKey", CoseKey::of(&key.public())),
    ]);
    URL_SAFE_NO_PAD.encode(Cbor::array(["dcapi".into(), parameters]).encode())
}

fn asked(info: &str, origin: &str) -> Option<AnnexC> {
    let data = json!({ "deviceRequest": "oA", "encryptionInfo": info });
    AnnexC::read(&data, origin).ok()
}

fn annex_c(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC TS 18013-7, C.4";
    let [key, other] = keys(desk);
    let info = encryption_info(&key, 1);
    let known = || Transcript::AnnexC {
        encryption_info: info.clone(),
        origin: ORIGIN.to_owned(),
    };
    // What the wallet was asked, and the envelope that it makes of it.
    let sealed = |info: &str, origin: &str| {
        let request = asked(info, origin);
        request.map_or(Cbor::NULL, |request| {
            let response = response(desk, &request.transcript());
            request.seal(&response.encode(), &mut rng())
        })
    };
    let text = |envelope: &Cbor| URL_SAFE_NO_PAD.encode(envelope.encode());
    let given = |id, note, key: &KeyPair, response: String| {
        case(
            desk,
            [id, clause, note],
            key,
            known(),
            Envelope::AnnexC { response },
        )
    };
    let changed = |id, note, change: &dyn Fn(&mut Cbor)| {
        let mut envelope = sealed(&info, ORIGIN);
        change(&mut envelope);
        given(id, note, &key, text(&envelope))
    };
    let sound = || text(&sealed(&info, ORIGIN));
    vec![
        given("mdoc_envelope/annex_c", "By annex C.", &key, sound()).accepted("mdoc.device_auth"),
        given(
            "mdoc_envelope/annex_c_padded",
            "The answer is padded.",
            &key,
            format!("{}=", sound()),
        )
        .refused(CHECK, MALFORMED),
        given(
            "mdoc_envelope/annex_c_no_base64url",
            "The answer is no base64url.",
            &key,
            "+/+/".to_owned(),
        )
        .refused(CHECK, MALFORMED),
        given(
            "mdoc_envelope/annex_c_empty",
            "The answer is empty.",
            &key,
            String::new(),
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/annex_c_name",
            "The envelope has another name.",
            &|e| {
                *e.at("0") = "DCAPI".into();
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/annex_c_three",
            "The envelope has a third part.",
            &|e| {
                e.add("2", Cbor::NULL);
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/annex_c_no_key",
            "The encapsulated key is not there.",
            &|e| {
                e.remove("1/enc");
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/annex_c_no_ciphertext",
            "The ciphertext is not there.",
            &|e| {
                e.remove("1/cipherText");
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/annex_c_off_curve",
            "The encapsulated key is off its curve.",
            &|e| {
                e.set("1/enc", [&[4][..], &[7; 64]].concat());
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/annex_c_compressed",
            "The encapsulated key is compressed.",
            &|e| {
                let point = e.at("1/enc").as_bytes().unwrap_or_default();
                let x: Vec<u8> = point.iter().skip(1).take(32).copied().collect();
                e.set("1/enc", [&[2][..], &x].concat());
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/annex_c_twice",
            "The ciphertext stands twice.",
            &|e| {
                e.duplicate("1/cipherText");
            },
        )
        .refused("mdoc.encoding", "input.cbor_duplicate"),
        changed(
            "mdoc_envelope/annex_c_changed",
            "A bit of the ciphertext is flipped.",
            &|e| {
                e.edit("1/cipherText", |octets| flipped(&octets));
            },
        )
        .refused(CHECK, SEAL),
        given(
            "mdoc_envelope/annex_c_other_key",
            "The answer is sealed to another key of ours.",
            &other,
            sound(),
        )
        .refused(CHECK, SEAL),
        given(
            "mdoc_envelope/annex_c_other_transaction",
            "The answer is sealed in another transaction, whose nonce is another.",
            &key,
            text(&sealed(&encryption_info(&key, 2), ORIGIN)),
        )
        .refused(CHECK, SEAL),
        given(
            "mdoc_envelope/annex_c_other_origin",
            "The answer is sealed for another page.",
            &key,
            text(&sealed(&info, "https://elsewhere.test.example")),
        )
        .refused(CHECK, SEAL),
        given(
            "mdoc_envelope/annex_c_response_of_another",
            "The envelope is for us, and the response in it for another page.",
            &key,
            {
                let elsewhere = asked(&info, "https://elsewhere.test.example");
                let taken =
                    elsewhere.map_or(Cbor::NULL, |request| response(desk, &request.transcript()));
                let envelope =
                    asked(&info, ORIGIN).map(|request| request.seal(&taken.encode(), &mut rng()));
                text(&envelope.unwrap_or(Cbor::NULL))
            },
        )
        .refused("mdoc.device_auth", "mdoc.device_signature"),
        case(
            desk,
            [
                "mdoc_envelope/digital_credential",
                "W3C, Digital Credentials, 4",
                "By annex C, as the page gets it.",
            ],
            &key,
            known(),
            digital_credential("org-iso-mdoc", &json!({ "response": sound() })),
        )
        .accepted("mdoc.device_auth"),
        case(
            desk,
            [
                "mdoc_envelope/protocol_unknown",
                "W3C, Digital Credentials, 4",
                "The page gets an answer of an unknown protocol.",
            ],
            &key,
            known(),
            digital_credential("org-iso-mdoc-2", &json!({ "response": sound() })),
        )
        .refused(CHECK, MALFORMED),
    ]
}

fn digital_credential(protocol: &str, data: &serde_json::Value) -> Envelope {
    Envelope::DigitalCredentials {
        json: json!({ "protocol": protocol, "data": data }).to_string(),
        kid: openid4vp::KID.to_owned(),
    }
}

/// The last bit flipped.
fn flipped(octets: &Cbor) -> Cbor {
    let mut octets = octets.as_bytes().unwrap_or_default();
    octets
        .iter_mut()
        .rev()
        .take(1)
        .for_each(|octet| *octet ^= 1);
    octets.into()
}

fn apple(desk: &Desk<'_>) -> Vec<Vector> {
    const MERCHANT: &str = "merchant.test.example";
    const TEAM: &str = "TEAM000000";
    let clause = "Apple, PassKit: Verifying Wallet identity requests";
    let [key, other] = keys(desk);
    let request =
        |nonce: u8, key: &KeyPair| Apple::new(&[nonce; 16], MERCHANT, TEAM, &key.public());
    let ours = request(1, &key);
    let known = || Transcript::Apple {
        nonce: vec![1; 16].into(),
        merchant_id: MERCHANT.to_owned(),
        team_id: TEAM.to_owned(),
        public_key_hash: ours.recipient_hash().into(),
    };
    let sealed = |request: &Apple| {
        let response = response(desk, &request.transcript());
        request.seal(&response, &mut rng())
    };
    let given = |id, note, envelope: &Cbor| {
        let octets = envelope.encode().into();
        case(
            desk,
            [id, clause, note],
            &key,
            known(),
            Envelope::Apple { octets },
        )
    };
    let changed = |id, note, change: &dyn Fn(&mut Cbor)| {
        let mut envelope = sealed(&ours);
        change(&mut envelope);
        given(id, note, &envelope)
    };
    let set = |id, note, path: &str, value: Cbor| {
        changed(id, note, &|e| {
            e.set(path, value.clone());
        })
    };
    let plaintext = |id, note, plaintext: Cbor| {
        given(
            id,
            note,
            &ours.seal_plaintext(&plaintext.encode(), &mut rng()),
        )
    };
    let hash = |path: &str| flipped(&sealed(&ours).get(path).unwrap_or(Cbor::NULL));
    vec![
        given("mdoc_envelope/apple", "In an app.", &sealed(&ours)).accepted("mdoc.device_auth"),
        set(
            "mdoc_envelope/apple_algorithm",
            "The algorithm has another name.",
            "algorithm",
            "APPLE-HPKE-v2".into(),
        )
        .refused(CHECK, ALGORITHM),
        set(
            "mdoc_envelope/apple_mode",
            "The mode is that with a shared key.",
            "params/mode",
            1.into(),
        )
        .refused(CHECK, ALGORITHM),
        set(
            "mdoc_envelope/apple_recipient",
            "The hash of our key is another.",
            "params/pkRHash",
            hash("params/pkRHash"),
        )
        .refused(CHECK, RECIPIENT),
        set(
            "mdoc_envelope/apple_info",
            "The hash of the transcript is another.",
            "params/infoHash",
            hash("params/infoHash"),
        )
        .refused(CHECK, RECIPIENT),
        changed(
            "mdoc_envelope/apple_no_data",
            "The ciphertext is not there.",
            &|e| {
                e.remove("data");
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/apple_no_params",
            "The parameters are not there.",
            &|e| {
                e.remove("params");
            },
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/apple_no_algorithm",
            "The algorithm is not there.",
            &|e| {
                e.remove("algorithm");
            },
        )
        .refused(CHECK, MALFORMED),
        set(
            "mdoc_envelope/apple_off_curve",
            "The encapsulated key is off its curve.",
            "params/pkEm",
            [&[4][..], &[7; 64]].concat().into(),
        )
        .refused(CHECK, MALFORMED),
        changed(
            "mdoc_envelope/apple_changed",
            "A bit of the ciphertext is flipped.",
            &|e| {
                e.edit("data", |octets| flipped(&octets));
            },
        )
        .refused(CHECK, SEAL),
        given(
            "mdoc_envelope/apple_other_key",
            "The answer is sealed to another key.",
            &sealed(&request(1, &other)),
        )
        .refused(CHECK, RECIPIENT),
        given(
            "mdoc_envelope/apple_other_transaction",
            "The answer is sealed in another transaction, whose nonce is another.",
            &sealed(&request(2, &key)),
        )
        .refused(CHECK, RECIPIENT),
        given(
            "mdoc_envelope/apple_relabelled",
            "The answer of another transaction bears the hashes of this one.",
            &{
                let mut envelope = sealed(&request(2, &key));
                let info = sealed(&ours).get("params/infoHash");
                envelope.set("params/infoHash", info.unwrap_or(Cbor::NULL));
                envelope
            },
        )
        .refused(CHECK, SEAL),
        plaintext(
            "mdoc_envelope/apple_no_identity",
            "There is no response in the envelope.",
            Cbor::empty_map(),
        )
        .refused(CHECK, MALFORMED),
        plaintext(
            "mdoc_envelope/apple_bare",
            "The response stands in the envelope as it is.",
            response(desk, &ours.transcript()),
        )
        .refused(CHECK, MALFORMED),
    ]
}
