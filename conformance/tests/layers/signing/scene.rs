//! A bank that has people sign, the provider with its signing API, and the
//! operator that can read its results.

use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use http::header::SET_COOKIE;
use serde_json::{Value, json};
use tashika::auth_app::signing::{
    OperatorClient, OperatorProfile, SigningOperator, SigningProfile, Verification, VerifiedSigning,
};
use tashika::auth_app::{AcrPolicy, AuthApp, Refusal, RefusalTable};
use tashika::transaction::Purpose;
use tashika::transport::Tls;
use tashika_conformance::desk::{Desk, NOW};
use tashika_conformance::logins::LoginDesk;
use tashika_testbed::auth_app::{
    self as testbed, Choice, Citizen, Endpoint, ResultForm, Settings, SigningSettings,
};
use tashika_testbed::{Algorithm, Register};
use tashika_tower::{
    AuthAppSigningLayer, Carried, Device, MemoryTransactions, Nodes, SignedRequest, Signers,
    SigningJudge, SigningPaths, Signings, Site, TransactionStore, Verified,
};

use crate::browser::{Answer, Browser};
use crate::house::{House, ORIGIN, Watch};

pub(super) const REQUEST: &str = "/sign/request";
pub(super) const CALLBACK: &str = "/sign/callback";
pub(super) const DOCUMENT: &str = "申込書\n\nopen an account\r\n";

/// Cards with keys of RSA: the service signs with no others.
static DESK: LazyLock<Arc<Desk>> =
    LazyLock::new(|| Arc::new(Desk::new(71, Algorithm::RSA_2048).unwrap()));

pub(super) struct Bank {
    pub(super) house: House,
    /// The provider, and who the bank is there.
    pub(super) login: LoginDesk,
    pub(super) operator: testbed::SigningOperator,
    form: ResultForm,
    store: Arc<MemoryTransactions>,
    watch: Watch,
}

/// The handler tells who signed what, and who says so.
async fn seen(
    proof: Extension<Verified<VerifiedSigning>>,
    request: Extension<SignedRequest>,
    carried: Option<Extension<Carried>>,
    body: Bytes,
) -> Json<Value> {
    assert!(body.is_empty());
    assert_eq!(proof.gained().device, Device::Same);
    assert_eq!(proof.transaction(), proof.binding().transaction);
    assert_eq!(request.binding(), proof.binding());
    assert!(proof.is_of(&request.to_bytes()));
    let (verified, name) = match proof.verification() {
        Verification::Ourselves(proof) => {
            let name = proof.holder().name().as_str().to_owned();
            ("ourselves", Some(name))
        }
        Verification::Operator(_) => ("operator", None),
    };
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    Json(json!({
        "transaction": proof.transaction().to_string(),
        "subject": proof.subject().as_str(),
        "acr": proof.acr(),
        "document": text(request.document()),
        "verified": verified,
        "name": name,
        "carried": carried.map(|carried| text(carried.octets())),
    }))
}

async fn passed(proof: Option<Extension<Verified<VerifiedSigning>>>) -> &'static str {
    match proof {
        None => "passed without a proof",
        Some(_) => "passed with a proof",
    }
}

/// The document is what somebody has filled in.
async fn document(form: Bytes) -> impl IntoResponse {
    let cookie = "__Host-draft=1; Path=/; Secure; HttpOnly; SameSite=Lax";
    ([(SET_COOKIE, cookie)], form)
}

impl Bank {
    pub(super) fn new(form: ResultForm) -> Self {
        Self::with(form, |_| ())
    }

    pub(super) fn with(form: ResultForm, change: impl FnOnce(&mut Settings)) -> Self {
        let operator = testbed::SigningOperator::start(72).unwrap();
        let mut settings = Settings {
            signing: SigningSettings {
                form,
                operator: Some(operator.public_key()),
                ..SigningSettings::default()
            },
            ..Settings::default()
        };
        change(&mut settings);
        let login = LoginDesk::at(&format!("{ORIGIN}{CALLBACK}"), settings).unwrap();
        for (number, id) in (0..).zip(["hanako", "taro"]) {
            let card = DESK.testbed().card(number);
            let citizen = Citizen::new(id, card.person()).signing(card.signing());
            login.provider().enrol(citizen);
        }
        let many = NonZeroUsize::new(4000).unwrap();
        let store = Arc::new(MemoryTransactions::new(many, many));
        let kept: Arc<dyn TransactionStore> = Arc::clone(&store) as _;
        let watch = Watch::new();
        let house = House::of(Arc::clone(&DESK), ORIGIN, kept, Nodes::One).by(&watch);
        Self {
            house,
            login,
            operator,
            form,
            store,
            watch,
        }
    }

    /// Documents that whoever comes signs, verified as the form of results has it.
    pub(super) fn app(&self) -> Router {
        self.app_of(self.layer(Signers::Whoever, &Register::new()))
    }

    pub(super) fn app_of(&self, layer: AuthAppSigningLayer) -> Router {
        let documents = Router::new().route(REQUEST, post(document));
        self.behind(layer, documents)
    }

    /// The same with documents of another making.
    pub(super) fn behind(&self, layer: AuthAppSigningLayer, documents: Router) -> Router {
        documents
            .route(CALLBACK, get(seen))
            .route("/", get(passed))
            .layer(layer)
    }

    pub(super) fn layer(&self, signers: Signers, register: &Register) -> AuthAppSigningLayer {
        let judge = self.judge(self.form, register);
        self.layer_of(self.house.site.clone(), signings(signers), judge)
            .unwrap()
    }

    pub(super) fn layer_of(
        &self,
        site: Site,
        signings: Signings,
        judge: SigningJudge,
    ) -> Result<AuthAppSigningLayer, tashika::Error> {
        AuthAppSigningLayer::new(site, self.auth_app(), signings, judge)
    }

    /// Who verifies results of a form.
    pub(super) fn judge(&self, form: ResultForm, register: &Register) -> SigningJudge {
        match form {
            ResultForm::Plain => {
                let verifier = Arc::new(self.house.signing());
                SigningJudge::Ourselves(verifier, self.house.revocation(register))
            }
            ResultForm::Jwe => {
                let (url, profile) = (self.operator.url(), OperatorProfile::standard());
                let operator = SigningOperator::at(&url, profile).unwrap();
                let operator = OperatorClient::over(operator, Tls::no_roots()).unwrap();
                SigningJudge::Operator(Arc::new(operator))
            }
        }
    }

    /// A relying party that has learnt how the provider tells of what.
    fn auth_app(&self) -> AuthApp {
        let table = RefusalTable::standard()
            .with("transaction_expired", Refusal::Expired)
            .and_then(|table| table.with("no_pin", Refusal::NoPin));
        let registration = self.login.registration().clone();
        let registration = registration.with_refusals(table.unwrap());
        AuthApp::over(registration, self.login.steps().client, Tls::no_roots()).unwrap()
    }

    /// Hands a document in: what the page is told.
    pub(super) async fn begin(&self, app: &Router, browser: &mut Browser, text: &str) -> Value {
        let answer = browser
            .post(app, REQUEST, "text/plain", text.to_owned())
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["content-type"], "application/json");
        answer.json()
    }

    /// Where a browser comes back to that was sent to the app.
    pub(super) fn sent_back(&self, offer: &Value, choice: &Choice) -> String {
        let location = offer["location"].as_str().unwrap();
        let back = self.login.provider().authorize(location, choice.clone());
        back.strip_prefix(ORIGIN).unwrap().to_owned()
    }

    /// A whole signature.
    pub(super) async fn sign(&self, app: &Router, person: &str) -> Answer {
        let mut browser = Browser::new();
        let offer = self.begin(app, &mut browser, DOCUMENT).await;
        let back = self.sent_back(&offer, &Choice::citizen(person));
        browser.get(app, &back).await
    }

    /// What the provider calls somebody.
    pub(super) fn subject(&self, person: &str) -> String {
        let client_id = self.login.registration().client_id().as_str();
        self.login.provider().sub_for(client_id, person)
    }

    /// How often an endpoint was asked.
    pub(super) fn asked(&self, endpoint: Endpoint) -> usize {
        let log = self.login.provider().log();
        let asked = log.iter().filter(|event| event.endpoint == endpoint);
        asked.count()
    }

    /// Time passes, here and at the provider.
    pub(super) fn wait(&self, seconds: i64) {
        self.watch.put_forward(seconds);
        let now = self.house.site.now().as_unix();
        self.login.provider().set_time(now);
    }

    pub(super) fn nothing_waits(&self) -> bool {
        self.store.is_empty(NOW)
    }
}

pub(super) fn signings(signers: Signers) -> Signings {
    Signings {
        paths: SigningPaths::under("/sign").unwrap(),
        purpose: Purpose::named("open-account").unwrap(),
        signers,
        acr: AcrPolicy::standard(),
        profile: SigningProfile::standard(),
    }
}
