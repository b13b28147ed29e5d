//! What the authorities know: who was issued what, and who is revoked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tashika_testbed::{
    Authority, Card, Credential, Hash, Kind, Link, OperatorRegister, Partition, Reason, Register,
    Word, calendar::rfc3339,
};

use super::{GENERATION, World};

/// A certificate by kind and serial number.
type Issued = (Kind, Vec<u8>);

/// By issuer's key and serial number, both in hexadecimal.
type Subject = (String, String);

pub(crate) struct Registry(Mutex<Known>);

#[derive(Default)]
pub(super) struct Known {
    pub(super) cards: Register,
    issued: BTreeSet<Issued>,
    /// Signers of documents in phones, with dates.
    pub(super) signers: Vec<(Vec<u8>, i64)>,
    /// Relation and the certificate at the other end, by certificate.
    links: BTreeMap<Issued, Vec<(&'static str, Issued)>>,
    /// How often something was revoked.
    pub(super) revision: u64,
}

/// What a responder says.
pub(super) enum Said {
    Good,
    Revoked(i64, Reason),
    Unknown,
}

impl Registry {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something was revoked.
    pub(crate) fn revision(&self) -> u64 {
        self.lock().revision
    }

    /// Somebody has a card: of its certificates each knows of the other.
    pub(super) fn enter(&self, card: &Card) {
        let of = |kind| (kind, magnitude(card.credential(kind).serial()));
        let [one, other] = Kind::ALL.map(of);
        let mut known = self.lock();
        for (from, to) in [(&one, &other), (&other, &one)] {
            known.issued.insert(from.clone());
            let links = known.links.entry(from.clone()).or_default();
            links.push(("counterpart", to.clone()));
        }
    }

    pub(crate) fn revoke(&self, partition: Partition, serial: &[u8], reason: Reason, date: i64) {
        let serial = magnitude(serial);
        let mut known = self.lock();
        known.cards.revoke_serial(partition, &serial, reason, date);
        known.issued.insert((partition.kind, serial));
        known.revision += 1;
    }

    pub(crate) fn revoke_signer(&self, signer: &Credential, date: i64) {
        let mut known = self.lock();
        known.signers.push((signer.serial().to_vec(), date));
        known.revision += 1;
    }

    /// Says which certificates of two cards came one after the other.
    pub(super) fn link(&self, old: &Card, new: &Card) {
        let mut known = self.lock();
        let mut add = |from: &Issued, relation, to: &Issued| {
            let links = known.links.entry(from.clone()).or_default();
            links.push((relation, to.clone()));
        };
        let of =
            |card: &Card| Kind::ALL.map(|kind| (kind, magnitude(card.credential(kind).serial())));
        let (before, after) = (of(old), of(new));
        for (before, after) in before.iter().zip(&after) {
            add(before, "successor", after);
            add(after, "predecessor", before);
        }
    }

    /// What a responder says about a serial number.
    pub(super) fn say(&self, kind: Kind, serial: &[u8]) -> Said {
        let known = self.lock();
        match known.cards.find(kind, GENERATION, serial) {
            Some((date, reason)) => Said::Revoked(date, reason),
            None if known.issued.contains(&(kind, serial.to_vec())) => Said::Good,
            None => Said::Unknown,
        }
    }
}

impl World {
    /// What the platform operator knows at this moment.
    pub(super) fn operator(&self) -> OperatorRegister {
        let known = self.registry.lock();
        // It asked a minute ago.
        let as_of = rfc3339(self.clock.now() - 60);
        let keys = Kind::ALL.map(|kind| key(self.cards.authority(kind, GENERATION)));
        let subject = |kind: Kind, serial: &[u8]| -> Subject {
            let [signing, authentication] = &keys;
            let key = match kind {
                Kind::Signing => signing,
                Kind::Authentication => authentication,
            };
            (key.clone(), hexadecimal(serial))
        };
        let word = |(kind, serial): &Issued| {
            let word = match known.cards.find(*kind, GENERATION, serial) {
                Some((date, reason)) => Word::revoked(&as_of, &rfc3339(date), reason as u8),
                None => Word::good(&as_of),
            };
            (subject(*kind, serial), word)
        };
        let link = |(relation, (kind, serial)): &(&str, Issued)| {
            let (issuer_key_sha256, serial) = subject(*kind, serial);
            Link {
                relation: (*relation).to_owned(),
                certificate_kind: match kind {
                    Kind::Signing => "jpki-signing".to_owned(),
                    Kind::Authentication => "jpki-authentication".to_owned(),
                },
                issuer_key_sha256,
                serial,
            }
        };
        let links = known.issued.iter().map(|(kind, serial)| {
            let of = known.links.get(&(*kind, serial.clone()));
            let links = of.into_iter().flatten().map(link).collect();
            (subject(*kind, serial), links)
        });
        OperatorRegister {
            token: None,
            words: known.issued.iter().map(word).collect(),
            links: links.collect(),
            links_as_of: Some(as_of.clone()),
        }
    }
}

/// Without leading zeros, as those write it who ask.
fn magnitude(serial: &[u8]) -> Vec<u8> {
    let octets = serial.iter().copied();
    octets.skip_while(|octet| *octet == 0).collect()
}

/// SHA-256 over an issuer's public key.
fn key(authority: &Authority) -> String {
    hexadecimal(&Hash::Sha256.digest(&authority.key().spki()))
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        // Writing to a string does not fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}
