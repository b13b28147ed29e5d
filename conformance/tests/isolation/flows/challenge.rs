//! Logins with a card.

use axum::Router;
use axum::routing::{get, post};
use tashika::Code;
use tashika::jpki::VerifiedAuthentication;
use tashika::transaction::{Purpose, TransactionId};
use tashika_testbed::{Kind, Register};
use tashika_tower::{ChallengeLayer, FlowPaths, Verified};

use super::cards::{self, Cards, name_of};
use crate::browser::Answer;
use crate::flow::{Flow, Sent};
use crate::house::House;
use crate::service::{NOBODY, Service};

type Login = Verified<VerifiedAuthentication>;

pub(crate) struct Challenge(Cards);

impl Challenge {
    pub(crate) fn new() -> Self {
        Self(Cards::new(Kind::Authentication))
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
            let name = name_of(proof.leaf().identity().serial());
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
        cards::transaction(begun)
    }

    fn answer(&self, who: usize, begun: &Answer) -> Sent {
        self.0.answer(who, begun)
    }

    fn name(&self, who: usize) -> String {
        self.0.name(who)
    }

    fn swapped(&self) -> Code {
        Code::SignatureInvalid
    }
}

async fn front(proof: Option<Login>) -> &'static str {
    proof.map_or(NOBODY, |_| "somebody")
}
