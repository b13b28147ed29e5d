//! `ocsp.*`: what a delegated responder says about a card.

use tashika::algorithm::{AlgorithmTable, IdentifierHash};
use tashika::revocation::{
    NonceRule, OcspPolicy, OcspRequest, OcspVerifier, RevocationQuery, State,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::SerialNumber;
use tashika::{Duration, Error, Time};

use crate::scoreboard::cards::{Cards, Key, NONCE, NOW, Response};
use crate::scoreboard::contest::{Contender, Contest};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::{Measurement, Peers, limit, peers};

pub(crate) const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        path: "ocsp.verify",
        goal: 1.12,
        prepare: |cards, peers| verify(cards, Memory::None, peers),
    },
    Measurement {
        path: "ocsp.verify.seen",
        goal: 0.60,
        prepare: |cards, peers| verify(cards, Memory::Seen, peers),
    },
];

const NAME: &str = "tashika";

/// Whether the verifier has met the responders before.
#[derive(Clone, Copy)]
enum Memory {
    None,
    Seen,
}

/// A response in DER: the responder's certificate, the signature, the status.
fn verify(cards: &Cards, memory: Memory, peers: Peers) -> Result<Contest, Faulty> {
    let deck = cards.of(Key::Rsa2048);
    let cases = deck.responses();
    let unprepared = |_| Faulty {
        contender: NAME,
        fault: Fault::Unprepared,
    };
    let trust = trust(deck.anchor()).map_err(unprepared)?;
    let prepare = |response: &Response| Some((request(&trust, response)?, response.der.clone()));
    let policy = OcspPolicy::new(NonceRule::Required, Duration::hours(1));
    let table = AlgorithmTable::standard();
    let verifier = OcspVerifier::new(trust.clone(), Purpose::JpkiSigning, table, policy);
    let verifier = match memory {
        Memory::None => verifier,
        Memory::Seen => verifier.remember(1024),
    };
    let now = Time::from_unix(NOW);
    let ours = Contender::new(NAME, &cases, prepare, move |(request, response)| {
        let status = verifier.verify(request, response, now);
        status.is_ok_and(|status| status.state() == State::Good)
    })?;
    let peers = match memory {
        Memory::None => peers::response(peers, &cases)?,
        Memory::Seen => Vec::new(),
    };
    Ok(Contest::new(limit::response(&cases)?, ours, peers))
}

fn trust(anchor: &[u8]) -> Result<TrustStore, Error> {
    let store = TrustStore::builder(Environment::Test);
    store.anchor(Purpose::JpkiSigning, anchor)?.build()
}

fn request(trust: &TrustStore, response: &Response) -> Option<OcspRequest> {
    let anchor = trust.anchors().next()?;
    let serial = SerialNumber::from_unsigned(&response.serial).ok()?;
    let query = RevocationQuery::of_serial(anchor, serial);
    let hash = IdentifierHash::Sha1;
    Some(OcspRequest::from_entropy(&query, hash, NONCE))
}
