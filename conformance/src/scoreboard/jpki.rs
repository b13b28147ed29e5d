//! `jpki.*`: documents signed with a card.

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{ProfileTable, SignedDocument, SigningVerifier};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Error, Time};

use crate::scoreboard::cards::{Cards, Deck, Key, Message, NOW, Signed};
use crate::scoreboard::contest::{Cases, Contender, Contest};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::{Measurement, Peers, limit, peers};

pub(crate) const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        path: "jpki.raw.rsa2048",
        goal: 1.10,
        prepare: |cards, peers| raw(cards.of(Key::Rsa2048), Memory::None, peers),
    },
    Measurement {
        path: "jpki.raw.rsa2048.seen",
        goal: 0.60,
        prepare: |cards, peers| raw(cards.of(Key::Rsa2048), Memory::Seen, peers),
    },
    Measurement {
        path: "jpki.raw.p384",
        goal: 1.05,
        prepare: |cards, peers| raw(cards.of(Key::P384), Memory::None, peers),
    },
    Measurement {
        path: "jpki.cms.rsa2048",
        goal: 1.15,
        prepare: cms,
    },
];

const NAME: &str = "tashika";

/// Whether the verifier has met the certificates before.
#[derive(Clone, Copy)]
enum Memory {
    None,
    Seen,
}

/// Certificate in DER, one hop and a signature over a short message.
fn raw(deck: &Deck, memory: Memory, peers: Peers) -> Result<Contest, Faulty> {
    let cases = deck.signed();
    let document = |signed: &Signed| {
        SignedDocument::raw(
            Bytes::copy_from_slice(&signed.certificate),
            Bytes::copy_from_slice(&signed.signature),
            Bytes::copy_from_slice(&signed.message),
        )
    };
    let ours = ours(deck, memory, &cases, document)?;
    // What is seen before is ours alone: a peer would have to be given a cache.
    let peers = match memory {
        Memory::None => peers::signed(peers, &cases)?,
        Memory::Seen => Vec::new(),
    };
    Ok(Contest::new(limit::signed(&cases)?, ours, peers))
}

/// A CMS message with content and signed attributes.
fn cms(cards: &Cards, peers: Peers) -> Result<Contest, Faulty> {
    let deck = cards.of(Key::Rsa2048);
    let cases = deck.messages();
    let document = |message: &Message| SignedDocument::cms(Bytes::copy_from_slice(&message.der));
    let ours = ours(deck, Memory::None, &cases, document)?;
    let peers = peers::message(peers, &cases)?;
    Ok(Contest::new(limit::message(&cases)?, ours, peers))
}

fn ours<E>(
    deck: &Deck,
    memory: Memory,
    cases: &Cases<E>,
    document: impl Fn(&E) -> SignedDocument,
) -> Result<Contender, Faulty> {
    let verifier = verifier(deck, memory).map_err(|_| Faulty {
        contender: NAME,
        fault: Fault::Unprepared,
    })?;
    let now = Time::from_unix(NOW);
    let prepare = |case: &E| Some(document(case));
    Contender::new(NAME, cases, prepare, move |document| {
        let checked = verifier.check(document, now);
        // As if its status had come and were good: the proof with its content.
        checked.is_ok_and(|unconfirmed| unconfirmed.danger_unchecked().content().is_some())
    })
}

fn verifier(deck: &Deck, memory: Memory) -> Result<SigningVerifier, Error> {
    let trust = TrustStore::builder(Environment::Test)
        .anchor(Purpose::JpkiSigning, deck.anchor())?
        .build()?;
    let table = AlgorithmTable::standard();
    let verifier = SigningVerifier::new(trust, ProfileTable::standard(), table)?;
    Ok(match memory {
        Memory::None => verifier,
        Memory::Seen => verifier.remember(1024),
    })
}
