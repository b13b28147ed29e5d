//! Logins with the cards of a thousand people.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use axum::Router;
use axum::routing::{get, post};
use serde_json::json;
use tashika::Code;
use tashika::jpki::{CertificateIdentity, LookupKey, VerifiedAuthentication};
use tashika::transaction::{Purpose, TransactionId};
use tashika::x509::Certificate;
use tashika_conformance::desk::Desk;
use tashika_testbed::{Algorithm, Card, Register};
use tashika_tower::{ChallengeLayer, FlowPaths, Verified};

use crate::browser::{Answer, base64, octets};
use crate::flow::{Flow, Sent};
use crate::house::House;
use crate::service::{NOBODY, Service};

type Login = Verified<VerifiedAuthentication>;

/// The cards are made when somebody first holds theirs.
pub(crate) struct Challenge {
    desk: Desk,
    cards: RefCell<BTreeMap<usize, Rc<Card>>>,
}

impl Challenge {
    pub(crate) fn new() -> Self {
        Self {
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
}

impl Flow for Challenge {
    fn app(&self, node: &House, service: Service) -> Router {
        let layer = ChallengeLayer::new(
            node.site.clone(),
            FlowPaths::under("/login").unwrap(),
            Purpose::named("login").unwrap(),
            node.desk.authentication().unwrap(),
            node.revocation(&Register::new()),
        );
        let within = service.within;
        let greet = |proof: Login| {
            let name = name_of(proof.leaf().identity());
            service.greet(proof, name)
        };
        let app = Router::new()
            .route("/login/answer", post(greet))
            .route("/", get(front));
        within(app).layer(layer.unwrap())
    }

    fn begin(&self, _: usize) -> Sent {
        Sent::post("/login/request", "text/plain", "")
    }

    fn transaction(&self, begun: &Answer) -> TransactionId {
        begun.json()["transaction"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    }

    fn answer(&self, who: usize, begun: &Answer) -> Sent {
        let (card, begun) = (self.card(who), begun.json());
        let signature = card.answer(&octets(&begun["to_be_signed"]));
        let certificate = card.authentication().certificate();
        let answer = json!({
            "certificate": base64(certificate),
            "signature": base64(&signature),
        });
        let path = begun["answer"].as_str().unwrap();
        Sent::post(path, "application/json", answer.to_string())
    }

    fn name(&self, who: usize) -> String {
        let card = self.card(who);
        let certificate = card.authentication().certificate();
        let certificate = Certificate::from_der(certificate).unwrap();
        name_of(&CertificateIdentity::danger_stated_by(&certificate))
    }

    fn swapped(&self) -> Code {
        Code::SignatureInvalid
    }
}

async fn front(proof: Option<Login>) -> &'static str {
    proof.map_or(NOBODY, |_| "somebody")
}

fn name_of(identity: &CertificateIdentity) -> String {
    identity
        .lookup(&LookupKey::from_octets(&[1; 32]))
        .to_string()
}
