//! ISO/IEC TS 18013-7:2024, annex B.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use tashika::mdoc::explain::{AnnexBInputs, FlowInputs};
use tashika_testbed::Hash;
use tashika_testbed::mdoc::{Cbor, Transcript};

use crate::texts::{CLIENT, CLIENTS, NONCE, RESPONSE, RESPONSES, nonces};
use crate::{Mistake, Scene, base64url, hashed, hex, remote};

/// The wallet's nonce: base64url of a text.
const GENERATED: &str = "TU1NTU1NTU1NTU1NTU1NTQ";

fn inputs(client_id: &str, response_uri: &str) -> AnnexBInputs {
    AnnexBInputs {
        client_id: client_id.to_owned(),
        response_uri: response_uri.to_owned(),
        nonce: NONCE.to_owned(),
        mdoc_generated_nonce: GENERATED.to_owned(),
    }
}

/// A handover in which every item can be something else.
fn transcript(client: &str, response: &str, nonce: Cbor, generated: &Cbor) -> Transcript {
    let hash = |text: &str| {
        let pair = Cbor::array([text.into(), generated.clone()]);
        Cbor::from(Hash::Sha256.digest(&pair.encode()))
    };
    remote(Cbor::array([hash(client), hash(response), nonce]))
}

#[test]
fn every_mistake_is_named() {
    let scene = Scene::new();
    let given = || FlowInputs::AnnexB(inputs(CLIENT, RESPONSE));
    let mut mistakes = Vec::new();
    for (id, client, theirs) in CLIENTS {
        let given = FlowInputs::AnnexB(inputs(client, RESPONSE));
        let transcript = Transcript::annex_b(theirs, RESPONSE, NONCE, GENERATED);
        mistakes.push(Mistake::new(id, given, transcript));
    }
    for (id, response, theirs) in RESPONSES {
        let given = FlowInputs::AnnexB(inputs(CLIENT, response));
        let transcript = Transcript::annex_b(CLIENT, theirs, NONCE, GENERATED);
        mistakes.push(Mistake::new(id, given, transcript));
    }
    for (id, nonce) in nonces() {
        let transcript = transcript(CLIENT, RESPONSE, nonce, &GENERATED.into());
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    let text = |text: &str| Cbor::from(text);
    for (id, generated) in [
        (
            "mdoc-generated-nonce.encoded",
            text(&base64url(GENERATED.as_bytes())),
        ),
        (
            "mdoc-generated-nonce.encoded",
            text(&URL_SAFE.encode(GENERATED)),
        ),
        ("mdoc-generated-nonce.decoded", text("MMMMMMMMMMMMMMMM")),
        (
            "mdoc-generated-nonce.decoded",
            b"MMMMMMMMMMMMMMMM"[..].into(),
        ),
        (
            "mdoc-generated-nonce.byte-string",
            GENERATED.as_bytes().into(),
        ),
        (
            "mdoc-generated-nonce.hexadecimal",
            text(&hex(GENERATED.as_bytes())),
        ),
        ("mdoc-generated-nonce.apv", text(NONCE)),
        (
            "mdoc-generated-nonce.apv",
            text(&base64url(NONCE.as_bytes())),
        ),
        ("mdoc-generated-nonce.empty", text("")),
    ] {
        let transcript = transcript(CLIENT, RESPONSE, NONCE.into(), &generated);
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    mistakes.extend(
        handovers()
            .into_iter()
            .map(|(id, t)| Mistake::new(id, given(), t)),
    );

    let other = AnnexBInputs {
        nonce: "another".to_owned(),
        mdoc_generated_nonce: "theirs".to_owned(),
        ..inputs("other", "https://elsewhere.example")
    };
    for (id, nonce, generated) in [
        ("nonce.other", "another", GENERATED),
        ("mdoc-generated-nonce.other", NONCE, "theirs"),
    ] {
        let transcript = Transcript::annex_b(CLIENT, RESPONSE, nonce, generated);
        let mistake = Mistake::new(id, given(), transcript);
        mistakes.push(mistake.other(FlowInputs::AnnexB(other.clone())));
    }
    scene.names(&mistakes);
}

fn handovers() -> Vec<(&'static str, Transcript)> {
    let digest = |octets: &[u8]| Cbor::from(Hash::Sha256.digest(octets));
    let pair = |text: &str| Cbor::array([text.into(), GENERATED.into()]);
    let hash = |text: &str| digest(&pair(text).encode());
    let reversed = |text: &str| digest(&Cbor::array([GENERATED.into(), text.into()]).encode());
    let joined = |text: &str| digest(format!("{text}{GENERATED}").as_bytes());
    let of = |items: [Cbor; 3]| remote(Cbor::array(items));
    let openid4vp = [CLIENT.into(), NONCE.into(), Cbor::NULL, RESPONSE.into()];
    vec![
        (
            "nonces.swapped",
            Transcript::annex_b(CLIENT, RESPONSE, GENERATED, NONCE),
        ),
        (
            "handover.order",
            Transcript::annex_b(RESPONSE, CLIENT, NONCE, GENERATED),
        ),
        (
            "handover.order",
            of([NONCE.into(), hash(CLIENT), hash(RESPONSE)]),
        ),
        (
            "handover.hash",
            of([joined(CLIENT), joined(RESPONSE), NONCE.into()]),
        ),
        (
            "handover.hash",
            of([reversed(CLIENT), reversed(RESPONSE), NONCE.into()]),
        ),
        (
            "handover.hash-missing",
            of([pair(CLIENT), pair(RESPONSE), NONCE.into()]),
        ),
        (
            "handover.hash-missing",
            of([CLIENT.into(), RESPONSE.into(), NONCE.into()]),
        ),
        ("handover.openid4vp", hashed("OpenID4VPHandover", openid4vp)),
    ]
}
