//! Many people at once, before one verifier that remembers signers: every proof
//! holds what its own person has shown, and nobody else's.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::sync::Barrier;
use std::thread;

use bytes::Bytes;
use tashika::Time;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::{
    IssuerProfile, Need, PresentationVerifier, Presented, Requested, RequestedDocument, Retention,
    SessionTranscript, TextItem, VerifiedPresentation,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika_testbed::mdoc::elements::{JAPAN, JAPAN_NAME_SPACE};
use tashika_testbed::mdoc::{CoseKey, Elements, Holder, MdocTestbed, Response, Transcript};
use tashika_testbed::{Algorithm, Municipality, Person};

const NOW: Time = Time::from_unix(1_800_000_000);
const ORIGIN: &str = "https://rp.test.example";

const THREADS: usize = 64;
const PEOPLE: usize = 256;
/// How often a thread verifies, one person after the other.
const TURNS: usize = 48;

/// Somebody who shows a card, in a transaction of their own.
struct Visitor {
    name: String,
    address: String,
    portrait: Vec<u8>,
    response: Bytes,
    transcript: SessionTranscript,
}

/// What a thread got for the visitor of a number.
type Proven = (usize, VerifiedPresentation);

#[test]
fn nobody_is_taken_for_another() {
    let testbed = MdocTestbed::from_seed(1, NOW.as_unix());
    let visitors: Vec<Visitor> = (0..PEOPLE).map(|n| Visitor::new(&testbed, n)).collect();
    let verifier = verifier(&testbed);
    let together = Barrier::new(THREADS);
    let mut proven: Vec<Proven> = thread::scope(|scope| {
        let start = |number: usize| {
            let (visitors, verifier, together) = (&*visitors, &verifier, &together);
            scope.spawn(move || {
                together.wait();
                let turn = |turn: usize| {
                    // A stride of its own, so that neighbours meet everybody.
                    let who = (number + turn * (2 * number + 1)) % PEOPLE;
                    (who, visitors[who].verify(verifier))
                };
                (0..TURNS).map(turn).collect::<Vec<_>>()
            })
        };
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });
    assert_eq!(proven.len(), THREADS * TURNS);
    assert_eq!(mistaken(&visitors, &proven), 0);

    // The same look finds two that were exchanged on purpose.
    let other = proven.iter().position(|(who, _)| *who != proven[0].0);
    let other = other.unwrap();
    let (left, right) = proven.split_at_mut(other);
    std::mem::swap(&mut left[0].1, &mut right[0].1);
    assert_eq!(mistaken(&visitors, &proven), 2);
}

/// A presentation made in one person's transaction is none in another's.
#[test]
fn transactions_are_not_exchanged() {
    let testbed = MdocTestbed::from_seed(1, NOW.as_unix());
    let verifier = verifier(&testbed);
    let [one, other] = [0, 1].map(|number| Visitor::new(&testbed, number));
    let presented = Presented::new(&one.response, &other.transcript);
    let refused = verifier.check(&presented, &requested(), NOW).unwrap_err();
    assert_eq!(refused.code().as_str(), "mdoc.device_signature");
}

/// How many proofs are not of the visitor whom they were made for.
fn mistaken(visitors: &[Visitor], proven: &[Proven]) -> usize {
    let wrong = |(who, proof): &&Proven| !visitors.get(*who).is_some_and(|v| v.is_in(proof));
    proven.iter().filter(wrong).count()
}

impl Visitor {
    fn new(testbed: &MdocTestbed, number: usize) -> Self {
        let name = format!("架空　{number}子");
        let address = format!("東京都清瀬市架空町{number}");
        let municipality = Municipality::KIYOSE;
        let person = Person::new(&name, "319850704", "2", &address, municipality);
        let portrait = testbed.rng(&format!("portrait {number}")).bytes(300);
        let portrait = [&[0xFF, 0xD8, 0xFF][..], &portrait].concat();
        let key = testbed.key(Algorithm::P256, &format!("device {number}"));
        let elements = Elements::japan(&person, NOW.as_unix(), &portrait);
        let issuance = testbed.issuance(JAPAN, &elements);
        let issuance = issuance.device_key(CoseKey::of(&key.public()));
        let holder = Holder::new(issuance.sign(testbed.japan_signer()), key);
        let nonce = format!("nonce {number}");
        let transcript = Transcript::openid4vp_dc_api(ORIGIN, &nonce, None);
        let presentation = holder.present(&transcript);
        let presentation = presentation.select(JAPAN_NAME_SPACE, &ELEMENTS);
        Self {
            response: Response::of(presentation.signed()).encode().into(),
            transcript: SessionTranscript::openid4vp_dc_api(ORIGIN, &nonce, None),
            name,
            address,
            portrait,
        }
    }

    fn verify(&self, verifier: &PresentationVerifier) -> VerifiedPresentation {
        let presented = Presented::new(&self.response, &self.transcript);
        let checked = verifier.check(&presented, &requested(), NOW);
        checked.unwrap().danger_unchecked()
    }

    fn is_in(&self, proof: &VerifiedPresentation) -> bool {
        let values = proof.document(JAPAN).unwrap().values();
        let text = |item| values.text(item).unwrap();
        let portrait = values.portrait().unwrap();
        text(TextItem::FullName).as_deref() == Some(&*self.name)
            && text(TextItem::ResidentAddress).as_deref() == Some(&*self.address)
            && portrait.is_some_and(|portrait| portrait.octets() == self.portrait)
    }
}

const ELEMENTS: [&str; 3] = ["full_name_unicode", "resident_address_unicode", "portrait"];

fn verifier(testbed: &MdocTestbed) -> PresentationVerifier {
    let anchor = testbed.japan_authority().certificate();
    let trust = TrustStore::builder(Environment::Test)
        .anchor(Purpose::MdocIssuer, anchor)
        .and_then(|builder| builder.build())
        .unwrap();
    let verifier = PresentationVerifier::new(AlgorithmTable::standard());
    let verifier = verifier.with_issuers(IssuerProfile::jp_mnc(), trust);
    verifier.unwrap().remember(16)
}

fn requested() -> Requested {
    let document = RequestedDocument::new(JAPAN).unwrap();
    let document = ELEMENTS.iter().fold(document, |document, name| {
        let (kept, need) = (Retention::Retained, Need::Mandatory);
        document
            .element(JAPAN_NAME_SPACE, name, kept, need)
            .unwrap()
    });
    Requested::one(document).unwrap()
}
