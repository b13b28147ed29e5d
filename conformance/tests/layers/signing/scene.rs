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
use tashika::auth_app::{
    AcrPolicy, AuthApp, ClientId, Provider, RedirectUri, Refusal, RefusalTable, Registration,
};
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
pub(crate) const CALLBACK: &str = "/sign/callback";
pub(super) const DOCUMENT: &str = "申込書\n\nopen an account\r\n";

/// Cards with keys of RSA: the service signs with no others.
static DESK: LazyLock<Arc<Desk>> =
    LazyLock::new(|| Arc::new(Desk::new(71, Algorithm::RSA_2048).unwrap()));

pub(crate) struct Bank {
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
        let many = NonZeroUsize::new(4000).unwrap();
        Self::over(Arc::new(MemoryTransactions::new(many, many)), form)
    }

    pub(crate) fn over(store: Arc<MemoryTransactions>, form: ResultForm) -> Self {
        let operator = testbed::SigningOperator::start(72).unwrap();
        let settings = Settings {
            signing: SigningSettings {
                form,
                operator: Some(operator.public_key()),
                ..SigningSettings::default()
            },
            ..Settings::default()
        };
        let login = LoginDesk::at(&format!("{ORIGIN}{CALLBACK}"), settings).unwrap();
        for (number, id) in (0..).zip(["hanako", "taro"]) {
            let card = DESK.testbed().card(number);
            let citizen = Citizen::new(id, card.person()).signing(card.signing());
            login.provider().enrol(citizen);
        }
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

    /// For whoever comes, with these certificates revoked, in a process of its own.
    pub(super) fn own_layer(&self, register: &Register) -> AuthAppSigningLayer {
        self.judged_by(self.judge(self.form, register))
    }

    /// The same with results that are expected in this form.
    pub(super) fn judged_as(&self, form: ResultForm) -> AuthAppSigningLayer {
        self.judged_by(self.judge(form, &Register::new()))
    }

    fn judged_by(&self, judge: SigningJudge) -> AuthAppSigningLayer {
        let signings = signings(Signers::Whoever);
        self.layer_of(self.another_site(), signings, judge).unwrap()
    }

    /// Another process of the same site.
    fn another_site(&self) -> Site {
        let kept: Arc<dyn TransactionStore> = Arc::clone(&self.store) as _;
        let house = House::of(Arc::clone(&DESK), ORIGIN, kept, Nodes::One);
        house.by(&self.watch).site
    }

    /// The same service at other paths.
    pub(super) fn elsewhere(&self) -> Router {
        let registration = self.login.registration();
        let (provider, client) = (registration.provider(), registration.client_id());
        let auth_app = self.auth_app_at(provider.clone(), client.clone(), "/other/callback");
        let signings = Signings {
            paths: SigningPaths::under("/other").unwrap(),
            ..signings(Signers::Whoever)
        };
        let judge = self.judge(self.form, &Register::new());
        let layer = AuthAppSigningLayer::new(self.another_site(), auth_app, signings, judge);
        Router::new()
            .route("/other/callback", get(seen))
            .layer(layer.unwrap())
    }

    /// A layer before a provider of another kind.
    pub(super) fn without_signing_api(&self) -> Result<AuthAppSigningLayer, tashika::Error> {
        let provider = self.login.provider();
        let path = "/api/realms/main/.well-known/openid-configuration";
        let (status, _, document) = provider.handle("GET", path, &[], b"");
        assert_eq!(status, 200);
        let provider = Provider::from_discovery(&provider.issuer(), &document).unwrap();
        let client = self.login.registration().client_id().clone();
        let auth_app = self.auth_app_at(provider, client, CALLBACK);
        let judge = self.judge(self.form, &Register::new());
        let signings = signings(Signers::Whoever);
        AuthAppSigningLayer::new(self.another_site(), auth_app, signings, judge)
    }

    pub(crate) fn layer_of(
        &self,
        site: Site,
        signings: Signings,
        judge: SigningJudge,
    ) -> Result<AuthAppSigningLayer, tashika::Error> {
        AuthAppSigningLayer::new(site, self.auth_app(), signings, judge)
    }

    /// Who verifies results of a form.
    pub(crate) fn judge(&self, form: ResultForm, register: &Register) -> SigningJudge {
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
        self.relying_party(registration.with_refusals(table.unwrap()))
    }

    fn auth_app_at(&self, provider: Provider, client: ClientId, callback: &str) -> AuthApp {
        let callback = RedirectUri::new(&format!("{ORIGIN}{callback}")).unwrap();
        self.relying_party(Registration::new(provider, client, callback))
    }

    fn relying_party(&self, registration: Registration) -> AuthApp {
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
    pub(crate) fn sent_back(&self, offer: &Value, choice: &Choice) -> String {
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

pub(crate) fn signings(signers: Signers) -> Signings {
    Signings {
        paths: SigningPaths::under("/sign").unwrap(),
        purpose: Purpose::named("open-account").unwrap(),
        signers,
        acr: AcrPolicy::standard(),
        profile: SigningProfile::standard(),
    }
}
