//! Documents in an app on an iPhone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tashika::mdoc::explain::{AppleInputs, FlowInputs};
use tashika_testbed::mdoc::{Cbor, CoseKey, Transcript};
use tashika_testbed::{Algorithm, Hash};

use crate::{Mistake, Scene, base64url, hex, remote};

const NONCE: [u8; 32] = [0xfb; 32];
const MERCHANT: &str = "merchant.example.Shop";
const TEAM: &str = "Team123456";

fn inputs(scene: &Scene) -> AppleInputs {
    AppleInputs {
        nonce: NONCE.to_vec().into(),
        merchant_id: MERCHANT.to_owned(),
        team_id: TEAM.to_owned(),
        public_key: scene.session.public().point().into(),
    }
}

fn handover(nonce: Cbor, merchant: &str, team: &str, hash: Cbor) -> Transcript {
    let name = "AppleIdentityPresentment_1.0";
    let items = [name.into(), nonce, merchant.into(), team.into(), hash];
    remote(Cbor::array(items))
}

#[test]
fn every_mistake_is_named() {
    let scene = Scene::new();
    let given = || FlowInputs::Apple(inputs(&scene));
    let point = scene.session.public().point();
    let digest = |octets: &[u8]| Cbor::from(Hash::Sha256.digest(octets));
    let hash = Hash::Sha256.digest(&point);
    let mut mistakes = Vec::new();
    for (id, merchant, team) in [
        ("identifiers.swapped", TEAM, MERCHANT),
        ("merchant-id.prefix", "example.Shop", TEAM),
        ("merchant-id.team", "Team123456.merchant.example.Shop", TEAM),
        ("merchant-id.case", "merchant.example.shop", TEAM),
        ("team-id.missing", MERCHANT, ""),
        ("team-id.case", MERCHANT, "TEAM123456"),
    ] {
        let transcript = Transcript::apple(&NONCE, merchant, team, &hash);
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    let later = Cbor::array([
        "AppleIdentityPresentment_1.1".into(),
        NONCE[..].into(),
        MERCHANT.into(),
        TEAM.into(),
        hash.clone().into(),
    ]);
    mistakes.push(Mistake::new("handover.name", given(), remote(later)));

    for (id, nonce) in [
        ("nonce.text", Cbor::from(base64url(&NONCE).as_str())),
        ("nonce.text", base64url(&NONCE).as_bytes().into()),
        ("nonce.text", STANDARD.encode(NONCE).as_bytes().into()),
        ("nonce.text", hex(&NONCE).as_bytes().into()),
        ("nonce.hashed", digest(&NONCE)),
    ] {
        let transcript = handover(nonce, MERCHANT, TEAM, hash.clone().into());
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    let as_text = AppleInputs {
        nonce: STANDARD.encode(NONCE).into(),
        ..inputs(&scene)
    };
    let decoded = Transcript::apple(&NONCE, MERCHANT, TEAM, &hash);
    mistakes.push(Mistake::new(
        "nonce.decoded",
        FlowInputs::Apple(as_text),
        decoded,
    ));

    let parity = 2 + (point[64] & 1);
    let compressed = [&[parity], &point[1..33]].concat();
    for (id, other) in [
        ("public-key-hash.compressed", digest(&compressed)),
        ("public-key-hash.spki", digest(&scene.session.spki())),
        ("public-key-hash.coordinates", digest(&point[1..])),
        ("public-key-hash.coordinates", digest(&point[1..33])),
        (
            "public-key-hash.cose-key",
            digest(&CoseKey::of(&scene.session.public()).encode()),
        ),
        ("public-key-hash.missing", point.clone().into()),
        ("public-key-hash.text", base64url(&hash).as_str().into()),
        ("public-key-hash.text", hex(&hash).as_bytes().into()),
    ] {
        let transcript = handover(NONCE[..].into(), MERCHANT, TEAM, other);
        mistakes.push(Mistake::new(id, given(), transcript));
    }

    let another = scene
        .testbed
        .key(Algorithm::P256, "another")
        .public()
        .point();
    let other = FlowInputs::Apple(AppleInputs {
        nonce: vec![1; 32].into(),
        merchant_id: "merchant.elsewhere".to_owned(),
        public_key: another.clone().into(),
        ..inputs(&scene)
    });
    let their_hash = Hash::Sha256.digest(&another);
    for (id, nonce, hash) in [
        ("nonce.other", [1; 32], &hash),
        ("public-key-hash.other", NONCE, &their_hash),
    ] {
        let transcript = Transcript::apple(&nonce, MERCHANT, TEAM, hash);
        mistakes.push(Mistake::new(id, given(), transcript).other(other.clone()));
    }
    scene.names(&mistakes);
}
