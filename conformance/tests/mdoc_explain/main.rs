//! Scripted mistakes: the testbed's device signs over a transcript in which one
//! thing was taken for another, and the explainer names that thing.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]

mod annex_b;
mod annex_c;
mod apple;
mod around;
mod openid4vp;
mod origins;
mod proximity;
mod texts;

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use tashika::mdoc::explain::{Explainer, Explanation, FlowInputs};
use tashika::mdoc::{Curve, DeviceResponse, EphemeralKey};
use tashika_testbed::mdoc::elements::COMMON_NAME_SPACE;
use tashika_testbed::mdoc::openid4vp::Jwk;
use tashika_testbed::mdoc::{Cbor, Holder, MdocTestbed, Presentation, Response, Transcript};
use tashika_testbed::{Algorithm, Hash, KeyPair};

const NOW: i64 = 1_800_000_000;

/// One mistake: what the relying party believes, what the device signed, and
/// the name of the difference.
struct Mistake {
    id: &'static str,
    inputs: FlowInputs,
    others: Vec<FlowInputs>,
    transcript: Transcript,
}

impl Mistake {
    fn new(id: &'static str, inputs: FlowInputs, transcript: Transcript) -> Self {
        let others = Vec::new();
        Self {
            id,
            inputs,
            others,
            transcript,
        }
    }

    fn other(mut self, inputs: FlowInputs) -> Self {
        self.others.push(inputs);
        self
    }
}

struct Scene {
    testbed: MdocTestbed,
    holder: Holder,
    session: KeyPair,
}

impl Scene {
    fn new() -> Self {
        let testbed = MdocTestbed::from_seed(3, NOW);
        Self {
            holder: testbed.japan(),
            session: testbed.key(Algorithm::P256, "reader's session"),
            testbed,
        }
    }

    fn present(&self, transcript: &Transcript) -> Presentation<'_> {
        let presentation = self.holder.present(transcript);
        presentation.select(COMMON_NAME_SPACE, &["age_over_20"])
    }

    /// The key of the session, as the relying party has it.
    fn session_key(&self) -> EphemeralKey {
        EphemeralKey::from_entropy(Curve::P256, &self.session.scalar().unwrap()).unwrap()
    }

    /// What the device signed is explained by exactly this name, for each of the
    /// mistakes; and every mistake that the explainer knows is among them.
    fn names(&self, mistakes: &[Mistake]) {
        let (mut tried, mut named) = (BTreeSet::new(), BTreeSet::new());
        for Mistake {
            id,
            inputs,
            others,
            transcript,
        } in mistakes
        {
            let mut explainer = Explainer::new(inputs.clone()).unwrap();
            for other in others {
                explainer = explainer.with_other(other.clone()).unwrap();
            }
            tried.extend(explainer.mistakes().iter().map(|mistake| mistake.id()));
            let response = Response::of(self.present(transcript).signed()).encode();
            let explanation = explain(&explainer, &response);
            let Explanation::Differs(flow, mistake) = explanation else {
                panic!("{id}: {explanation:?}");
            };
            assert_eq!((mistake.id(), flow), (*id, inputs.flow()));
            named.insert(*id);
        }
        tried.retain(|id| !id.starts_with("device-authentication.") && *id != "mac-salt.bare");
        assert!(named.len() >= 10);
        assert_eq!(named, tried);
    }
}

/// What the explainer says of the one document of a response.
fn explain(explainer: &Explainer<'_>, response: &[u8]) -> Explanation {
    let response = DeviceResponse::read(&Bytes::copy_from_slice(response)).unwrap();
    let explained = explainer.explain(&response).unwrap();
    assert_eq!(explained.len(), 1);
    explained[0]
}

/// `[null, null, Handover]`.
fn remote(handover: Cbor) -> Transcript {
    Transcript::new(Cbor::array([Cbor::NULL, Cbor::NULL, handover]))
}

/// A handover of a name and the SHA-256 of an array.
fn hashed<const N: usize>(name: &str, info: [Cbor; N]) -> Transcript {
    let digest = Hash::Sha256.digest(&Cbor::array(info).encode());
    remote(Cbor::array([name.into(), digest.into()]))
}

fn base64url(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// A key of the relying party, as it stands in a request.
fn published(key: &KeyPair) -> String {
    let mut jwk = Jwk::of(&key.public());
    jwk["kid"] = "1".into();
    jwk["use"] = "enc".into();
    jwk.to_string()
}
