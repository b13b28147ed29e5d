//! The two flows in which a card signs something: what goes wrong in one goes
//! wrong in the other.

use axum::Router;
use serde_json::{Value, json};
use tashika_testbed::{Card, Credential, Kind};
use tashika_tower::Revocation;

use crate::browser::{Browser, base64, octets};
use crate::challenge;
use crate::house::House;
use crate::signature;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Login,
    Signature,
}

impl Flow {
    pub(crate) const BOTH: [Self; 2] = [Self::Login, Self::Signature];

    /// A service behind the layer of this flow.
    pub(crate) fn service(self, house: &House, revocation: Revocation) -> Router {
        match self {
            Self::Login => challenge::service(house, revocation, "login"),
            Self::Signature => signature::service(house, revocation, "sign"),
        }
    }

    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Login => Kind::Authentication,
            Self::Signature => Kind::Signing,
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Login => Self::Signature,
            Self::Signature => Self::Login,
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Login => "/login",
            Self::Signature => "/sign",
        }
    }

    /// What is to be signed.
    pub(crate) async fn begin(self, browser: &mut Browser, app: &Router) -> Value {
        let path = format!("{}/request", self.path());
        let answer = browser.post(app, &path, "text/plain", "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.json()
    }

    /// What the person's card makes of it.
    pub(crate) fn answer(self, card: &Card, request: &Value) -> Value {
        answer(card.credential(self.kind()), request)
    }
}

/// A signature over what is to be signed, and its certificate.
pub(crate) fn answer(credential: &Credential, request: &Value) -> Value {
    answer_over(credential, &octets(&request["to_be_signed"]))
}

/// A signature over something else, and its certificate.
pub(crate) fn answer_over(credential: &Credential, octets: &[u8]) -> Value {
    let scheme = credential.key().default_scheme();
    let signature = credential.sign_raw(scheme, octets);
    json!({ "certificate": base64(credential.certificate()), "signature": base64(&signature) })
}
