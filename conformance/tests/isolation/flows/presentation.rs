//! Documents from phones, each of its own person.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{get, post};
use tashika::Code;
use tashika::mdoc::{JP_MNC, TextItem, VerifiedPresentation};
use tashika::transaction::TransactionId;
use tashika_conformance::desk::NOW;
use tashika_testbed::mdoc::elements::JAPAN;
use tashika_testbed::mdoc::{CoseKey, Elements, Holder, Wallet};
use tashika_testbed::{Algorithm, Municipality, Person};
use tashika_tower::Verified;

use super::cards;
use crate::browser::Answer;
use crate::flow::{Flow, Sent};
use crate::house::House;
use crate::phones::{ISO_MDOC, Phones, answer_page, to};
use crate::service::{NOBODY, Service};

type Shown = Verified<VerifiedPresentation>;

/// The documents are issued when somebody first shows theirs.
pub(crate) struct Presentations {
    phones: Phones,
    holders: RefCell<BTreeMap<usize, Holder>>,
}

impl Presentations {
    pub(crate) fn new() -> Self {
        Self {
            phones: Phones::new(),
            holders: RefCell::default(),
        }
    }

    fn wallet(&self, who: usize) -> Wallet {
        let mut holders = self.holders.borrow_mut();
        let holder = holders.entry(who).or_insert_with(|| self.issue(who));
        self.phones.wallet_with(holder.clone())
    }

    fn issue(&self, who: usize) -> Holder {
        let testbed = &self.phones.testbed;
        let key = testbed.key(Algorithm::P256, &format!("device {who}"));
        let (birth, address) = ("319850704", "東京都清瀬市架空町1");
        let person = Person::new(&self.name(who), birth, "2", address, Municipality::KIYOSE);
        let elements = Elements::japan(&person, NOW.as_unix(), &[0xFF, 0xD8, 0xFF]);
        let issuance = testbed.issuance(JAPAN, &elements);
        let issuance = issuance.device_key(CoseKey::of(&key.public()));
        Holder::new(issuance.sign(testbed.japan_signer()), key)
    }
}

impl Flow for Presentations {
    fn app(&self, node: &House, service: Service) -> Router {
        let house = House {
            site: node.site.clone(),
            desk: House::new().desk,
        };
        let phones = Phones::before(house);
        let layer = phones.layer(phones.channels("/open"));
        let within = service.within;
        let greet = |proof: Shown| {
            let name = proof.document(JP_MNC).unwrap().values();
            let name = name.text(TextItem::FullName).unwrap().unwrap().into_owned();
            service.greet(proof, name)
        };
        let app = Router::new()
            .route("/open/response", post(greet))
            .route("/", get(front));
        within(app).layer(layer)
    }

    fn begin(&self, _: usize) -> Sent {
        Sent::post("/open/request", "text/plain", "")
    }

    fn transaction(&self, begun: &Answer) -> TransactionId {
        cards::transaction(begun)
    }

    fn answer(&self, who: usize, begun: &Answer) -> Sent {
        let offered = begun.json();
        let answer = answer_page(&mut self.wallet(who), &offered, ISO_MDOC);
        Sent::post(to(&offered), "application/json", answer.to_string())
    }

    fn name(&self, who: usize) -> String {
        format!("架空　{who}子")
    }

    fn swapped(&self) -> Code {
        Code::MdocEnvelopeSeal
    }
}

async fn front(proof: Option<Shown>) -> &'static str {
    proof.map_or(NOBODY, |_| "somebody")
}
