//! `org-iso-mdoc` over the Digital Credentials API.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};
use tashika::mdoc::explain::{AnnexCInputs, FlowInputs};
use tashika_testbed::Hash;
use tashika_testbed::mdoc::{Cbor, CoseKey, Transcript};

use crate::origins::{APP, ORIGINS};
use crate::{Mistake, Scene, base64url, hashed, hex, remote};

const ORIGIN: &str = "https://rp.example";
const REQUEST: &[u8] = &[0xa1, 0x61, b'v', 0xfb, 0xff];

/// `EncryptionInfo` with its key before its nonce, which is not their order.
fn info(scene: &Scene) -> Vec<u8> {
    let key = CoseKey::of(&scene.session.public());
    let nonce = Cbor::from(&[0xfb; 18][..]);
    let members = Cbor::map([("recipientPublicKey", key), ("nonce", nonce)]);
    Cbor::array(["dcapi".into(), members]).encode()
}

/// The same in the order of RFC 8949, 4.2.1.
fn sorted(scene: &Scene) -> Vec<u8> {
    let key = CoseKey::of(&scene.session.public());
    let (curve, x, y) = ("-1", "-2", "-3");
    let part = |name: &str| key.get(name).unwrap();
    let key = Cbor::map([
        (Cbor::from(1), part("1")),
        (Cbor::from(-1), part(curve)),
        (Cbor::from(-2), part(x)),
        (Cbor::from(-3), part(y)),
    ]);
    let nonce = Cbor::from(&[0xfb; 18][..]);
    let members = Cbor::map([("nonce", nonce), ("recipientPublicKey", key)]);
    Cbor::array(["dcapi".into(), members]).encode()
}

fn inputs(info: &str, origin: &str) -> AnnexCInputs {
    AnnexCInputs {
        encryption_info: info.to_owned(),
        origin: origin.to_owned(),
        device_request: Some(base64url(REQUEST)),
        app_origin: Some(APP.to_owned()),
    }
}

#[test]
fn every_mistake_is_named() {
    let scene = Scene::new();
    let octets = info(&scene);
    let info = base64url(&octets);
    let given = || FlowInputs::AnnexC(inputs(&info, ORIGIN));
    let mut mistakes: Vec<_> = ORIGINS
        .iter()
        .map(|(id, origin, signed)| {
            let given = FlowInputs::AnnexC(inputs(&info, origin));
            Mistake::new(id, given, Transcript::annex_c(&info, signed))
        })
        .collect();

    let sorted = base64url(&sorted(&scene));
    let (padded, standard) = (URL_SAFE.encode(&octets), STANDARD_NO_PAD.encode(&octets));
    for other in [&sorted, &padded, &standard] {
        assert_ne!(*other, info);
    }
    let item = Cbor::decode(&octets).unwrap();
    let infos: Vec<(&str, Cbor)> = vec![
        ("encryption-info.bytes", octets.clone().into()),
        ("encryption-info.re-encoded", sorted.as_str().into()),
        ("encryption-info.padding", padded.as_str().into()),
        ("encryption-info.alphabet", standard.as_str().into()),
        ("encryption-info.hexadecimal", hex(&octets).as_str().into()),
        (
            "encryption-info.encoded-again",
            base64url(info.as_bytes()).as_str().into(),
        ),
        ("encryption-info.item", item.clone()),
        ("encryption-info.item", Cbor::tag24(item.clone())),
        (
            "encryption-info.part",
            item.get("1/recipientPublicKey").unwrap(),
        ),
        ("encryption-info.part", item.get("1/nonce").unwrap()),
        (
            "encryption-info.quoted",
            format!("\"{info}\"").as_str().into(),
        ),
        ("device-request.instead", base64url(REQUEST).as_str().into()),
        ("device-request.instead", REQUEST.into()),
    ];
    let of_info = infos.into_iter().map(|(id, item)| {
        let transcript = hashed("dcapi", [item, ORIGIN.into()]);
        Mistake::new(id, given(), transcript)
    });
    mistakes.extend(of_info);

    let pair = || [Cbor::from(info.as_str()), ORIGIN.into()];
    let encoded = Cbor::array(pair()).encode();
    let digest = Hash::Sha256.digest(&encoded);
    let named = |content: Cbor| remote(Cbor::array(["dcapi".into(), content]));
    let handovers = vec![
        ("handover.hash-missing", named(Cbor::array(pair()))),
        ("handover.hash-missing", named(encoded.clone().into())),
        ("handover.hash", named(Hash::Sha384.digest(&encoded).into())),
        ("handover.hash", named(base64url(&digest).as_str().into())),
        ("handover.name", hashed("dc_api", pair())),
        ("handover.name", hashed("OpenID4VPDCAPIHandover", pair())),
        (
            "handover.order",
            hashed("dcapi", [ORIGIN.into(), info.as_str().into()]),
        ),
        ("handover.bare", remote(digest.into())),
    ];
    let of_handover = handovers.into_iter();
    mistakes.extend(of_handover.map(|(id, transcript)| Mistake::new(id, given(), transcript)));

    // Another transaction at another place: its EncryptionInfo alone is taken.
    let other = inputs("gmVkY2FwaaA", "https://elsewhere.example");
    let theirs = Transcript::annex_c("gmVkY2FwaaA", ORIGIN);
    let mixed = Mistake::new("encryption-info.other", given(), theirs);
    mistakes.push(mixed.other(FlowInputs::AnnexC(other)));
    scene.names(&mistakes);
}
