//! A bank that people log in to with their card, and stay.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::routing::{get, post};
use axum::{Extension, Router};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use tashika::jpki::Kind;
use tashika::revocation::{ListSet, Lists, ScopePolicy};
use tashika::transaction::Purpose;
use tashika::{Duration, Time};
use tashika_conformance::desk::NOW;
use tashika_testbed::Register;
use tashika_tower::{
    Certificates, ChallengeLayer, Clients, Clock, FlowPaths, Identity, Nodes, Recheck, Revocation,
    Session, SessionKeys, SessionLayer, SessionMode, SessionPolicy, SessionStore, Site, SitePath,
    Visitors,
};

use super::watched::{Pace, Watched};
use crate::browser::{Answer, Browser};
use crate::challenge::{answer, begin, to};
use crate::house::House;

pub(crate) struct Scene {
    pub(crate) house: House,
    pub(crate) store: Arc<Watched>,
    pub(crate) policy: SessionPolicy,
    now: Arc<AtomicI64>,
    /// What the sessions' checker asks, which is exchanged meanwhile.
    lists: Arc<Mutex<ListSet>>,
    asked: Arc<AtomicUsize>,
}

pub(crate) const IDLE: i64 = 600;
pub(crate) const ABSOLUTE: i64 = 3600;

/// The cookie of a session.
pub(crate) const COOKIE: &str = "__Host-tashika-session";

impl Scene {
    pub(crate) fn new(pace: Pace) -> Self {
        let house = House::new();
        Self {
            lists: Arc::new(Mutex::new(house.lists(&Register::new()))),
            house,
            store: Arc::new(Watched::new(pace)),
            policy: SessionPolicy {
                idle: Duration::seconds(IDLE),
                absolute: Duration::seconds(ABSOLUTE),
                recheck: Recheck::DangerNever,
                mode: SessionMode::Web,
                visitors: Visitors::Pass,
            },
            now: Arc::new(AtomicI64::new(NOW.as_unix())),
            asked: Arc::default(),
        }
    }

    pub(crate) fn kiosk(pace: Pace) -> Self {
        let mut scene = Self::new(pace);
        scene.policy.mode = SessionMode::Kiosk;
        scene
    }

    /// Nobody passes without a session, but to what is needed to log in.
    pub(crate) fn required(mut self) -> Self {
        let open = ["/login/request", "/login/answer", "/welcome"];
        let open = open.map(|path| SitePath::new(path).unwrap()).to_vec();
        self.policy.visitors = Visitors::Refused { open };
        self
    }

    pub(crate) fn at(&self, seconds: i64) {
        let now = NOW.as_unix() + seconds;
        self.now.store(now, Ordering::SeqCst);
    }

    /// From now on these lists are asked.
    pub(crate) fn exchange(&self, lists: ListSet) {
        *self.lists.lock().unwrap() = lists;
    }

    /// How often they were asked since this was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }

    /// The site of one more app.
    pub(crate) fn site(&self) -> Site {
        let now = Arc::clone(&self.now);
        let clock = Clock::told(move || Time::from_unix(now.load(Ordering::SeqCst)));
        let House { site, .. } = &self.house;
        let (bank, store) = (site.relying_party().clone(), Arc::clone(site.store()));
        let (sealer, clients) = (Arc::clone(site.sealer()), Clients::by_peer());
        let site = Site::new(bank, store, sealer, Nodes::One, clients);
        site.unwrap().with_clock(clock)
    }

    pub(crate) fn revocation(&self) -> Revocation {
        let (lists, asked) = (Arc::clone(&self.lists), Arc::clone(&self.asked));
        self.house.asking_whoever(Lists::new(move |query, now| {
            asked.fetch_add(1, Ordering::SeqCst);
            let lists = lists.lock().unwrap();
            lists.status(query, &ScopePolicy::production(), now)
        }))
    }

    pub(crate) fn certificates(&self) -> Certificates {
        let trust = self.house.desk.trust().clone();
        Certificates::none().with(Kind::Authentication, trust, self.revocation())
    }

    pub(crate) fn app(&self) -> Router {
        self.app_with(self.site(), keys(), self.certificates())
    }

    /// An app of this site, by these keys.
    pub(crate) fn app_with(
        &self,
        site: Site,
        keys: SessionKeys,
        certificates: Certificates,
    ) -> Router {
        let paths = FlowPaths::under("/login").unwrap();
        let login = ChallengeLayer::new(
            site.clone(),
            paths,
            Purpose::named("login").unwrap(),
            self.house.desk.authentication().unwrap(),
            self.house.revocation(&Register::new()),
        );
        let store: Arc<dyn SessionStore> = Arc::clone(&self.store) as _;
        let sessions = SessionLayer::new(site, store, keys, certificates, self.policy.clone());
        Router::new()
            .route("/login/answer", post(logged_in))
            .route("/me", get(me).post(me))
            .route("/welcome", get(me))
            .route("/logout", post(log_out))
            .layer(login.unwrap())
            .layer(sessions.unwrap())
    }
}

pub(crate) fn keys() -> SessionKeys {
    SessionKeys::from_octets(&[1; 32])
}

/// Somebody whose login the service refuses after all, or sends elsewhere, if
/// the request says so.
async fn logged_in(headers: HeaderMap) -> StatusCode {
    let status = headers
        .get("x-status")
        .map(|status| status.to_str().unwrap());
    status.map_or(StatusCode::OK, |status| status.parse().unwrap())
}

/// The session's name, when it began and when its proof was gained.
async fn me(session: Option<Extension<Session>>) -> String {
    let Some(Extension(session)) = session else {
        return "nobody".to_owned();
    };
    let Identity::Certificate(Kind::Authentication, query) = session.gained().identity() else {
        panic!("{session:?}");
    };
    assert!(query.not_after().unwrap() > session.begun());
    assert!(session.gained().at() <= session.begun());
    let since = session.begun().since(NOW).as_seconds();
    format!("{:02x?} since {since}", session.id().octets())
}

async fn log_out(session: Extension<Session>) {
    session.end();
}

/// Logs the person at the desk in.
pub(crate) async fn log_in(scene: &Scene, app: &Router, browser: &mut Browser) -> Answer {
    let request = begin(browser, app).await;
    let answer = answer(scene.house.desk.card(), &request);
    browser.post_json(app, to(&request), &answer).await
}

/// The cookie of a session, as a browser has it.
pub(crate) fn cookie(browser: &mut Browser) -> Option<String> {
    browser.cookies().get(COOKIE).cloned()
}

/// A browser with a cookie that it was given elsewhere.
pub(crate) fn planted(cookie: &str) -> Browser {
    let mut browser = Browser::new();
    browser
        .cookies()
        .insert(COOKIE.to_owned(), cookie.to_owned());
    browser
}

/// Whom the bank sees.
pub(crate) async fn seen(app: &Router, browser: &mut Browser) -> String {
    let answer = browser.get(app, "/me").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text().to_owned()
}

/// Whether an answer sets or clears the cookie of a session.
pub(crate) fn sets_cookie(answer: &Answer) -> bool {
    let cookies = answer.headers.get_all(SET_COOKIE).iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    cookies.any(|cookie| cookie.starts_with(COOKIE))
}
