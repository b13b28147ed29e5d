//! Documents that people sign with a card, each their own.

use axum::routing::{get, post};
use axum::{Extension, Router};
use tashika::Code;
use tashika::jpki::VerifiedSignature;
use tashika::transaction::{Purpose, TransactionId};
use tashika_testbed::{Kind, Register};
use tashika_tower::{FlowPaths, SignatureLayer, SignedRequest, Verified};

use super::cards::{self, Cards, name_of};
use crate::browser::Answer;
use crate::flow::{Flow, Sent};
use crate::house::House;
use crate::service::{NOBODY, Service};

type Signed = Verified<VerifiedSignature>;

pub(crate) struct Signature(Cards);

impl Signature {
    pub(crate) fn new() -> Self {
        Self(Cards::new(Kind::Signing))
    }
}

/// What somebody has signed counts as they do.
fn called(name: &str, document: &str) -> String {
    format!("{name} who signed {document}")
}

fn document(who: usize) -> String {
    format!("the application of person {who}")
}

impl Flow for Signature {
    fn app(&self, node: &House, service: Service) -> Router {
        let layer = SignatureLayer::new(
            node.site.clone(),
            FlowPaths::under("/sign").unwrap(),
            Purpose::named("sign").unwrap(),
            node.signing(),
            node.revocation(&Register::new()),
        );
        let (within, forms) = (service.within, service.clone());
        let fill_in = |form: String| async move { forms.takes_its_time(form).await };
        let greet = |proof: Signed, Extension(signed): Extension<SignedRequest>| {
            let document = String::from_utf8_lossy(signed.document()).into_owned();
            let name = called(&name_of(proof.leaf().identity().serial()), &document);
            service.greet(proof, name)
        };
        let app = Router::new()
            .route("/sign/request", post(fill_in))
            .route("/sign/answer", post(greet))
            .route("/", get(front));
        within(app).layer(layer.unwrap())
    }

    fn begin(&self, who: usize) -> Sent {
        Sent::post("/sign/request", "text/plain", document(who))
    }

    fn transaction(&self, begun: &Answer) -> TransactionId {
        cards::transaction(begun)
    }

    fn answer(&self, who: usize, begun: &Answer) -> Sent {
        self.0.answer(who, begun)
    }

    fn name(&self, who: usize) -> String {
        called(&self.0.name(who), &document(who))
    }

    fn swapped(&self) -> Code {
        Code::SignatureInvalid
    }
}

async fn front(proof: Option<Signed>) -> &'static str {
    proof.map_or(NOBODY, |_| "somebody")
}
