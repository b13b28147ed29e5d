//! A bank with logins, and the provider of its people.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::Request;
use axum::routing::get;
use axum::{Extension, Json, Router};
use http::StatusCode;
use serde_json::{Value, json};
use tashika::auth_app::{AuthApp, LoginRequest, Refusal, RefusalTable, VerifiedLogin};
use tashika::transaction::Purpose;
use tashika::transport::Tls;
use tashika::{Duration, Time};
use tashika_conformance::desk::NOW;
use tashika_conformance::logins::{LoginDesk, everything};
use tashika_testbed::Person;
use tashika_testbed::auth_app::{Choice, Citizen, Endpoint, Settings};
use tashika_tower::{
    Arrival, AuthAppLayer, Certificates, Clock, Device, Identity, Landing, LoginPaths, Logins,
    MemorySessions, MemoryTransactions, Nodes, Recheck, ReturnTo, Session, SessionKeys,
    SessionLayer, SessionMode, SessionPolicy, Site, SitePath, TransactionStore, Verified, Visitors,
};

use crate::browser::{Answer, Browser};
use crate::house::{House, ORIGIN};

pub(crate) const CALLBACK: &str = "/auth/callback";

pub(crate) struct Bank {
    pub(crate) desk: LoginDesk,
    pub(super) site: Site,
    store: Arc<MemoryTransactions>,
    now: Arc<AtomicI64>,
}

/// The handler tells whom it saw, and why, unless it has to refuse them.
async fn arrived(
    proof: Extension<Verified<VerifiedLogin>>,
    return_to: Extension<ReturnTo>,
    arrival: Extension<Arrival>,
) -> Result<Json<Value>, (StatusCode, &'static str)> {
    assert_eq!(proof.gained().device, Device::Same);
    assert_eq!(proof.transaction(), proof.binding().transaction);
    if return_to.as_str() == "/refuse" {
        return Err((StatusCode::FORBIDDEN, "no account"));
    }
    let (arrival, account) = match &*arrival {
        Arrival::Login => ("login", None),
        Arrival::Relink(session) => ("relink", Some(of(session))),
    };
    Ok(Json(json!({
        "subject": proof.subject().as_str(),
        "name": proof.claims().name(),
        "return_to": return_to.as_str(),
        "arrival": arrival,
        "account": account,
    })))
}

/// Whom a session is of.
fn of(session: &Session) -> String {
    match session.gained().identity() {
        Identity::Login { subject, .. } => subject.clone(),
        other => panic!("{other:?}"),
    }
}

async fn account(request: Request) -> String {
    let session = request.extensions().get::<Session>();
    session.map_or("nobody".to_owned(), of)
}

const POLICY: SessionPolicy = SessionPolicy {
    idle: Duration::hours(1),
    absolute: Duration::hours(8),
    recheck: Recheck::DangerNever,
    mode: SessionMode::Web,
    visitors: Visitors::Pass,
};

impl Bank {
    pub(super) fn new() -> Self {
        Self::with(CALLBACK, Settings::default())
    }

    /// Hanako and Taro can log in.
    pub(crate) fn with(callback: &str, settings: Settings) -> Self {
        let many = NonZeroUsize::new(1000).unwrap();
        Self::over(MemoryTransactions::new(many, many), callback, settings)
    }

    pub(super) fn over(store: MemoryTransactions, callback: &str, settings: Settings) -> Self {
        let desk = LoginDesk::at(&format!("{ORIGIN}{callback}"), settings).unwrap();
        let people = Person::everybody(NOW.as_unix());
        for (id, person) in ["hanako", "taro"].into_iter().zip(&people) {
            desk.provider().enrol(Citizen::new(id, person));
        }
        let now = Arc::new(AtomicI64::new(NOW.as_unix()));
        let (store, clock) = (Arc::new(store), Arc::clone(&now));
        let kept: Arc<dyn TransactionStore> = Arc::clone(&store) as _;
        let clock = Clock::told(move || Time::from_unix(clock.load(Ordering::SeqCst)));
        let site = House::over(kept, Nodes::One).site.with_clock(clock);
        Self {
            desk,
            site,
            store,
            now,
        }
    }

    /// Lets every request pass that it is not for.
    pub(super) fn layer(&self, landing: Landing) -> AuthAppLayer {
        self.layer_of(self.site.clone(), landing)
    }

    /// Lets those pass alone who have a session.
    pub(super) fn forcing(&self, landing: Landing) -> AuthAppLayer {
        let logins = logins("/auth", landing);
        AuthAppLayer::forcing(self.site.clone(), self.auth_app(), logins).unwrap()
    }

    /// The same over another store.
    pub(super) fn layer_over(&self, store: Arc<dyn TransactionStore>) -> AuthAppLayer {
        self.layer_of(House::over(store, Nodes::One).site, Landing::Handler)
    }

    fn layer_of(&self, site: Site, landing: Landing) -> AuthAppLayer {
        let logins = logins("/auth", landing);
        AuthAppLayer::optional(site, self.auth_app(), logins).unwrap()
    }

    /// A relying party that has learnt how the provider tells of a locked PIN.
    pub(crate) fn auth_app(&self) -> AuthApp {
        let table = RefusalTable::standard().with("pin_locked", Refusal::PinLocked);
        let registration = self.desk.registration().clone();
        let registration = registration.with_refusals(table.unwrap());
        AuthApp::over(registration, self.desk.steps().client, Tls::no_roots()).unwrap()
    }

    pub(super) fn app(&self, layer: AuthAppLayer) -> Router {
        Router::new()
            .route(CALLBACK, get(arrived))
            .route("/", get(|| async { "home" }))
            .route("/account", get(account).post(account))
            .layer(layer)
    }

    /// The same where a session is remembered.
    pub(super) fn app_with_sessions(&self, layer: AuthAppLayer) -> Router {
        let (keys, store) = (
            SessionKeys::generate(),
            Arc::new(MemorySessions::standard()),
        );
        let (site, certificates) = (self.site.clone(), Certificates::none());
        let sessions = SessionLayer::new(site, store, keys.unwrap(), certificates, POLICY);
        self.app(layer).layer(sessions.unwrap())
    }

    /// Goes to the login: where it sends the browser.
    pub(super) async fn begin(&self, app: &Router, browser: &mut Browser, query: &str) -> String {
        let answer = browser.get(app, &format!("/auth/login{query}")).await;
        let url = sent_on(&answer);
        assert!(url.starts_with(&self.desk.provider().base()), "{url}");
        url.to_owned()
    }

    /// Where a browser comes back to that follows a URL.
    pub(crate) fn sent_back(&self, url: &str, choice: &Choice) -> String {
        let back = self.desk.provider().authorize(url, choice.clone());
        back.strip_prefix(ORIGIN).unwrap().to_owned()
    }

    /// A whole login.
    pub(super) async fn log_in(
        &self,
        app: &Router,
        browser: &mut Browser,
        query: &str,
        person: &str,
    ) -> Answer {
        let url = self.begin(app, browser, query).await;
        let back = self.sent_back(&url, &Choice::citizen(person));
        browser.get(app, &back).await
    }

    /// What the provider calls somebody.
    pub(super) fn subject(&self, person: &str) -> String {
        let client_id = self.desk.registration().client_id().as_str();
        self.desk.provider().sub_for(client_id, person)
    }

    /// How often an endpoint was asked.
    pub(super) fn asked(&self, endpoint: Endpoint) -> usize {
        let log = self.desk.provider().log();
        let asked = log.iter().filter(|event| event.endpoint == endpoint);
        asked.count()
    }

    /// Time passes, here and at the provider.
    pub(super) fn wait(&self, seconds: i64) {
        let now = self.now.fetch_add(seconds, Ordering::SeqCst) + seconds;
        self.desk.provider().set_time(now);
    }

    pub(super) fn nothing_waits(&self) -> bool {
        self.store.is_empty(self.site.now())
    }
}

/// Logins for everything.
pub(crate) fn logins(under: &str, landing: Landing) -> Logins {
    let home = SitePath::new("/home").unwrap();
    let logged_out = SitePath::new("/bye").unwrap();
    let paths = LoginPaths::under(under).unwrap();
    Logins {
        paths: paths.with_home(home).with_logged_out(logged_out),
        purpose: Purpose::named("login").unwrap(),
        request: LoginRequest::new(everything()),
        landing,
    }
}

/// Where an answer sends the browser: nobody keeps or logs it, and the next does
/// not hear where it comes from.
pub(super) fn sent_on(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{answer:?}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    let location = &answer.headers["location"];
    assert!(location.is_sensitive());
    location.to_str().unwrap()
}
