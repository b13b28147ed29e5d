//! `hpke.open`: answers that are sealed to us.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tashika::mdoc::{Curve, EphemeralKey, SessionTranscript, envelope};
use tashika_testbed::mdoc::{AnnexC, Cbor, Sealed};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::scoreboard::Measurement;
use crate::scoreboard::cards::flip;
use crate::scoreboard::contest::{Cases, Contender, Contest};
use crate::scoreboard::failure::Faulty;
use crate::scoreboard::wallets::ORIGIN;

pub(crate) const MEASUREMENTS: &[Measurement] = &[Measurement {
    path: "hpke.open",
    goal: 1.2,
    prepare: |_, _| open(),
}];

/// Different enough that no branch predictor or cache learns one of them.
const ENVELOPES: u8 = 16;

/// A device response of ten small elements, in octets.
const RESPONSE: usize = 3000;

/// An envelope of annex C, and the private key that it was sealed to.
#[derive(Clone)]
struct Sealing {
    scalar: Vec<u8>,
    transcript: SessionTranscript,
    encapsulated: Vec<u8>,
    ciphertext: Vec<u8>,
}

/// From base64url to the response: the envelope's CBOR, the agreement, the key
/// schedule and the cipher. The limit is the agreement alone.
fn open() -> Result<Contest, Faulty> {
    let genuine: Vec<_> = (0..ENVELOPES).map(Sealing::new).collect();
    let off_curve = genuine.iter().map(|sealing| Sealing {
        encapsulated: flip(&sealing.encapsulated),
        ..sealing.clone()
    });
    let mut cases = Cases {
        flipped: off_curve.collect(),
        genuine,
    };
    let limit = Contender::new("limit", &cases, agreed, |(key, point)| {
        let peer = UnparsedPublicKey::new(&ECDH_P256, point);
        agree(key, peer, (), |secret| Ok(secret.len() == 32)) == Ok(true)
    })?;
    // What no agreement notices.
    let changed = cases.genuine.iter().map(|sealing| Sealing {
        ciphertext: flip(&sealing.ciphertext),
        ..sealing.clone()
    });
    cases.flipped.extend(changed.collect::<Vec<_>>());
    let ours = Contender::new("tashika", &cases, Sealing::received, |sealing| {
        let (text, key, transcript) = sealing;
        let opened = envelope::annex_c::open(text, key, transcript);
        opened.is_ok_and(|response| response.len() == RESPONSE)
    })?;
    Ok(Contest::new(limit, ours, Vec::new()))
}

/// The private key, parsed, and the wallet's point.
fn agreed(sealing: &Sealing) -> Option<(PrivateKey, Vec<u8>)> {
    let key = PrivateKey::from_private_key(&ECDH_P256, &sealing.scalar).ok()?;
    Some((key, sealing.encapsulated.clone()))
}

impl Sealing {
    fn new(number: u8) -> Self {
        let mut rng = Rng::from_seed(number.into());
        let key = KeyPair::generate(Algorithm::P256, &mut rng);
        let transcript = SessionTranscript::annex_c(&format!("info {number}"), ORIGIN);
        let response = vec![number; RESPONSE];
        let sealed = Sealed::new(&key.public(), transcript.octets(), &response, &mut rng);
        Self {
            scalar: key.scalar().unwrap_or_default(),
            transcript,
            encapsulated: sealed.encapsulated,
            ciphertext: sealed.ciphertext,
        }
    }

    /// The envelope as a page hands it on, and what is kept for it.
    fn received(&self) -> Option<(String, EphemeralKey, SessionTranscript)> {
        let sealed = Sealed {
            encapsulated: self.encapsulated.clone(),
            ciphertext: self.ciphertext.clone(),
        };
        let envelope: Cbor = AnnexC::envelope(&sealed);
        let text = URL_SAFE_NO_PAD.encode(envelope.encode());
        let key = EphemeralKey::from_entropy(Curve::P256, &self.scalar).ok()?;
        Some((text, key, self.transcript.clone()))
    }
}
