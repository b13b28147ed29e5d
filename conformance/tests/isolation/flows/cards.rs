//! Cards of a thousand people.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::json;
use tashika::jpki::CertificateIdentity;
use tashika::transaction::TransactionId;
use tashika::x509::{Certificate, SerialNumber};
use tashika_conformance::desk::Desk;
use tashika_testbed::{Algorithm, Card, Kind};

use crate::browser::{Answer, base64, octets};
use crate::flow::Sent;

/// The cards are made when somebody first holds theirs.
pub(crate) struct Cards {
    kind: Kind,
    desk: Desk,
    cards: RefCell<BTreeMap<usize, Rc<Card>>>,
}

impl Cards {
    /// Of whose certificates this one is used.
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            // As every house has it.
            desk: Desk::new(7, Algorithm::P256).unwrap(),
            cards: RefCell::default(),
        }
    }

    fn card(&self, who: usize) -> Rc<Card> {
        let mut cards = self.cards.borrow_mut();
        let card = || Rc::new(self.desk.testbed().card(u32::try_from(who).unwrap()));
        Rc::clone(cards.entry(who).or_insert_with(card))
    }

    /// What a card makes of what is to be signed.
    pub(crate) fn answer(&self, who: usize, begun: &Answer) -> Sent {
        let (card, begun) = (self.card(who), begun.json());
        let credential = card.credential(self.kind);
        let scheme = credential.key().default_scheme();
        let signature = credential.sign_raw(scheme, &octets(&begun["to_be_signed"]));
        let answer = json!({
            "certificate": base64(credential.certificate()),
            "signature": base64(&signature),
        });
        let path = begun["answer"].as_str().unwrap();
        Sent::post(path, "application/json", answer.to_string())
    }

    pub(crate) fn name(&self, who: usize) -> String {
        let card = self.card(who);
        let certificate = card.credential(self.kind).certificate();
        let certificate = Certificate::from_der(certificate).unwrap();
        name_of(CertificateIdentity::danger_stated_by(&certificate).serial())
    }
}

/// How services call the holder of a certificate: by its serial number.
pub(crate) fn name_of(serial: &SerialNumber) -> String {
    let octets = serial.as_unsigned().iter();
    octets.map(|octet| format!("{octet:02x}")).collect()
}

/// The transaction that a response in JSON names.
pub(crate) fn transaction(begun: &Answer) -> TransactionId {
    let transaction = &begun.json()["transaction"];
    transaction.as_str().unwrap().parse().unwrap()
}
