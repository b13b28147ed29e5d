//! A shop in which people are asked in every way at once, over one store.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tashika::transaction::Purpose;
use tashika_testbed::auth_app::{AccessTokenForm, Choice, ResultForm, Settings};
use tashika_testbed::{Kind, Register};
use tashika_tower::{
    AuthAppLayer, AuthAppSigningLayer, Carried, Carry, ChallengeLayer, FlowPaths, Landing,
    MemoryTransactions, Nodes, PresentationLayer, SignatureLayer, Signers, TransactionStore,
};

use crate::auth_app::scene as logins;
use crate::browser::{Answer, Browser, request};
use crate::flow;
use crate::house::House;
use crate::phones::{ISO_MDOC, Phones, answer_page, open, requested, to};
use crate::signing::scene as signing;

/// What is told where nothing was carried.
pub(super) const NOTHING: &str = "nothing was carried";

/// How somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Challenge,
    Signature,
    Presentation,
    Login,
    Signing,
}

impl Way {
    pub(super) const ALL: [Self; 5] = [
        Self::Challenge,
        Self::Signature,
        Self::Presentation,
        Self::Login,
        Self::Signing,
    ];

    /// Where it begins.
    pub(super) const fn begins(self) -> &'static str {
        match self {
            Self::Challenge => "/login/request",
            Self::Signature => "/paper/request",
            Self::Presentation => "/open/request",
            Self::Login => "/auth/login",
            Self::Signing => "/sign/request",
        }
    }
}

pub(super) struct Shop {
    phones: Phones,
    logins: logins::Bank,
    signing: signing::Bank,
    pub(super) app: Router,
}

/// Every answer is told what was known when it was asked for.
async fn told(carried: Option<Extension<Carried>>) -> String {
    let carried = carried.map(|carried| carried.octets().to_vec());
    carried.map_or(NOTHING.to_owned(), |octets| {
        String::from_utf8(octets).unwrap()
    })
}

/// Has the transaction carry the form with which it begins.
async fn carrying(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let begins = |way: &Way| way.begins() == parts.uri.path();
    if !Way::ALL.iter().any(begins) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let form = body.collect().await.unwrap().to_bytes();
    match Carry::new(form) {
        Ok(carry) => parts.extensions.insert(carry),
        Err(_) => return (StatusCode::PAYLOAD_TOO_LARGE, "too long").into_response(),
    };
    next.run(Request::from_parts(parts, Body::empty())).await
}

impl Shop {
    pub(super) fn new() -> Self {
        let many = NonZeroUsize::new(4000).unwrap();
        Self::over(Arc::new(MemoryTransactions::new(many, many)))
    }

    pub(super) fn over(store: Arc<dyn TransactionStore>) -> Self {
        let document = || async { "a contract" };
        let documents = Router::new()
            .route("/paper/request", post(document))
            .route("/sign/request", post(document));
        Self::with(store, documents)
    }

    /// With documents of another making.
    pub(super) fn with(store: Arc<dyn TransactionStore>, documents: Router) -> Self {
        let phones = Phones::before(House::over(store, Nodes::One));
        let settings = Settings {
            access_tokens: AccessTokenForm::Opaque,
            ..Settings::default()
        };
        let few = Arc::new(MemoryTransactions::standard());
        let mut shop = Self {
            phones,
            logins: logins::Bank::with(logins::CALLBACK, settings),
            signing: signing::Bank::over(few, ResultForm::Jwe),
            app: Router::new(),
        };
        shop.app = documents
            .route("/login/answer", post(told))
            .route("/paper/answer", post(told))
            .route("/open/response", post(told))
            .route(logins::CALLBACK, get(told))
            .route(signing::CALLBACK, get(told))
            .layer(shop.challenges())
            .layer(shop.signatures())
            .layer(shop.presentations())
            .layer(shop.app_logins())
            .layer(shop.app_signatures())
            .layer(middleware::from_fn(carrying));
        shop
    }

    fn house(&self) -> &House {
        &self.phones.house
    }

    fn challenges(&self) -> ChallengeLayer {
        let (site, paths) = (self.phones.site(), FlowPaths::under("/login").unwrap());
        let verifier = self.house().desk.authentication().unwrap();
        let revocation = self.house().revocation(&Register::new());
        ChallengeLayer::new(site, paths, purpose(), verifier, revocation).unwrap()
    }

    fn signatures(&self) -> SignatureLayer {
        let (site, paths) = (self.phones.site(), FlowPaths::under("/paper").unwrap());
        let revocation = self.house().revocation(&Register::new());
        SignatureLayer::new(site, paths, purpose(), self.house().signing(), revocation).unwrap()
    }

    fn presentations(&self) -> PresentationLayer {
        let (channels, documents) = (self.phones.channels("/open"), self.phones.documents());
        let site = self.phones.site();
        PresentationLayer::new(site, open(), requested(), channels, documents).unwrap()
    }

    fn app_logins(&self) -> AuthAppLayer {
        let logins = logins::logins("/auth", Landing::Handler);
        AuthAppLayer::optional(self.phones.site(), self.logins.auth_app(), logins).unwrap()
    }

    fn app_signatures(&self) -> AuthAppSigningLayer {
        let judge = self.signing.judge(ResultForm::Jwe, &Register::new());
        let signings = signing::signings(Signers::Whoever);
        let site = self.phones.site();
        self.signing.layer_of(site, signings, judge).unwrap()
    }

    /// Hands a form in.
    pub(super) async fn request(&self, browser: &mut Browser, way: Way, form: &str) -> Answer {
        let octets = Body::from(form.to_owned());
        let mut request = request(Method::POST, way.begins(), octets);
        let length = HeaderValue::from(form.len());
        request.headers_mut().insert(CONTENT_LENGTH, length);
        browser.send(&self.app, request).await
    }

    /// The same where it is taken: what came back.
    pub(super) async fn ask(&self, browser: &mut Browser, way: Way, form: &str) -> Answer {
        let asked = self.request(browser, way, form).await;
        let due = if way == Way::Login { 303 } else { 200 };
        assert_eq!(asked.status, due, "{asked:?}");
        asked
    }

    /// Answers what was asked: where, and with what.
    pub(super) fn reply(&self, way: Way, asked: &Answer) -> (String, Option<Value>) {
        let card = self.house().desk.card();
        let signed = |kind| {
            let request = asked.json();
            let answer = flow::answer(card.credential(kind), &request);
            (to(&request).to_owned(), Some(answer))
        };
        let hanako = Choice::citizen("hanako");
        match way {
            Way::Challenge => signed(Kind::Authentication),
            Way::Signature => signed(Kind::Signing),
            Way::Presentation => {
                let offered = asked.json();
                let mut wallet = self.phones.testbed.wallet();
                let answer = answer_page(&mut wallet, &offered, ISO_MDOC);
                (to(&offered).to_owned(), Some(answer))
            }
            Way::Login => {
                let location = asked.headers["location"].to_str().unwrap();
                (self.logins.sent_back(location, &hanako), None)
            }
            Way::Signing => (self.signing.sent_back(&asked.json(), &hanako), None),
        }
    }

    pub(super) async fn answer(&self, browser: &mut Browser, way: Way, asked: &Answer) -> Answer {
        let answer = match self.reply(way, asked) {
            (path, Some(json)) => browser.post_json(&self.app, &path, &json).await,
            (path, None) => browser.get(&self.app, &path).await,
        };
        assert_eq!(answer.status, 200, "{way:?}: {answer:?}");
        answer
    }
}

/// One for all: what stands in a transaction tells them apart, not this.
fn purpose() -> Purpose {
    Purpose::named("open-account").unwrap()
}
