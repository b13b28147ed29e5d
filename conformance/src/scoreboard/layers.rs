//! `layer.*`: what it costs to stand in front of a service.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration as Span, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{
    AuthenticationVerifier, Challenge, ChallengeResponse, ProfileTable, VerifiedAuthentication,
};
use tashika::revocation::{
    CertificateList, CheckPurpose, Checker, ListSet, Lists, Plan, Policy, ScopePolicy,
    TombstoneKey, Tombstones,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::{self, Environment, TrustStore};
use tashika::{Duration, Error, Time};
use tashika_testbed::{Algorithm, Card, Generation, Kind, Register, Testbed};
use tashika_tower::{
    Certificates, ChallengeLayer, ChallengeService, Clients, Clock, FlowPaths, MemorySessions,
    MemoryTransactions, Nodes, Recheck, Revocation, SessionKeys, SessionLayer, SessionMode,
    SessionPolicy, Site, SitePath, Verified, Visitors, WhenUndetermined,
};
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, Service};

use crate::scoreboard::cards::NOW;
use crate::scoreboard::clock::{cpu_time, on_all_cores};
use crate::scoreboard::contest::{Cases, Contender, Contest, Effort, Figures};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::store::Swaps;
use crate::scoreboard::{Measurement, Row};

pub(crate) const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        path: "layer.passthrough",
        goal: 1.0,
        prepare: |_, _| passthrough(),
    },
    Measurement {
        path: "layer.passthrough.session",
        goal: 1.0,
        prepare: |_, _| passthrough_with_session(),
    },
    Measurement {
        path: "layer.verify.rsa2048",
        goal: 1.11,
        prepare: |_, _| verify(Algorithm::RSA_2048),
    },
    Measurement {
        path: "layer.verify.p384",
        goal: 1.11,
        prepare: |_, _| verify(Algorithm::P384),
    },
];

const NAME: &str = "tashika";

/// For a request that is not for the layer, over the bare service, in
/// nanoseconds.
const BUDGET: f64 = 500.0;

/// The same with the look-up of the browser's session, in memory.
const SESSION_BUDGET: f64 = 5000.0;

const POLICY: Policy = Policy::strict(Duration::hours(48));

const UNPREPARED: Faulty = Faulty {
    contender: NAME,
    fault: Fault::Unprepared,
};

/// A service that has nothing to do, and says whether it got a proof.
#[derive(Clone)]
struct Bare;

impl<B> Service<Request<B>> for Bare {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let proof = request
            .extensions()
            .get::<Verified<VerifiedAuthentication>>();
        let text: &[u8] = proof.map_or(b"", |_| b"proof");
        ready(Ok(Response::new(Full::new(Bytes::from_static(text)))))
    }
}

/// The relying party.
struct House {
    runtime: Runtime,
    card: Card,
    site: Site,
    trust: TrustStore,
    audience: Audience,
    verifier: AuthenticationVerifier,
    checker: Checker,
    service: ChallengeService<Bare>,
}

impl House {
    fn open(algorithm: Algorithm) -> Result<Self, Error> {
        let (testbed, kind) = (Testbed::from_seed(1, NOW).algorithm(algorithm), KIND);
        let purpose = trust::Purpose::JpkiAuthentication;
        let root = testbed.authority(kind, Generation::Third).certificate();
        let trust = TrustStore::builder(Environment::Test);
        let trust = trust.anchor(purpose, root)?.build()?;
        let mut lists = ListSet::new();
        for list in testbed.lists(&Register::new(), kind, Generation::Third) {
            let list = CertificateList::from_der(&list.der)?;
            let list = list.verify(&trust, purpose, &AlgorithmTable::standard())?;
            let _ = lists.add(list)?;
        }
        let lists = Lists::of_set(Arc::new(lists), ScopePolicy::production());
        let tombstones = Arc::new(Tombstones::in_memory(TombstoneKey::generate()?));
        let checker = Checker::new(Plan::Crl(lists), POLICY, tombstones);
        let (profiles, table) = (ProfileTable::standard(), AlgorithmTable::standard());
        let verifier = AuthenticationVerifier::new(trust.clone(), profiles, table)?;
        let sealer = Arc::new(Sealer::new(SealingKey::generate("a")?, Vec::new())?);
        let relying_party = RelyingParty::from_origin("https://bank.example")?;
        let store = Arc::new(MemoryTransactions::standard());
        let site = Site::new(
            relying_party.clone(),
            store,
            sealer,
            Nodes::One,
            Clients::by_peer(),
        )?;
        let login = Purpose::named("login")?;
        let site = site.with_clock(Clock::told(|| Time::from_unix(NOW)));
        let layer = ChallengeLayer::new(
            site.clone(),
            FlowPaths::under("/login")?,
            login.clone(),
            verifier.clone(),
            Revocation::new(checker.clone(), POLICY),
        )?;
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self {
            runtime: runtime.map_err(|_| tashika::Code::MisuseArgument)?,
            card: testbed.card(0),
            site,
            trust,
            audience: Audience {
                relying_party,
                purpose: login,
            },
            verifier,
            checker,
            service: layer.layer(Bare),
        })
    }

    /// What somebody with a card sends, in a transaction that has begun.
    fn answer(&self, genuine: Genuine) -> Option<Request<Full<Bytes>>> {
        let (cookie, request) = self.request()?;
        let octets = STANDARD
            .decode(request.get("to_be_signed")?.as_str()?)
            .ok()?;
        let certificate = self.card.authentication().certificate();
        let body = json!({
            "certificate": STANDARD.encode(certificate),
            "signature": STANDARD.encode(self.sign(&octets, genuine)),
        });
        let answer = Request::post(request.get("answer")?.as_str()?)
            .header(CONTENT_TYPE, "application/json")
            .header(COOKIE, cookie);
        answer.body(Full::from(body.to_string())).ok()
    }

    fn request(&self) -> Option<(HeaderValue, Value)> {
        let request = Request::post("/login/request").body(Full::default()).ok()?;
        let response = call(&mut self.service.clone(), request);
        let cookie = response.headers().get(SET_COOKIE)?.clone();
        let body = now(response.into_body().collect()).ok()?.to_bytes();
        Some((cookie, serde_json::from_slice(&body).ok()?))
    }

    /// Whether the service got a proof with it.
    fn passes(&self, answer: Request<Full<Bytes>>) -> bool {
        let response = call(&mut self.service.clone(), answer);
        response.status().is_success()
    }

    /// Sessions in front, which everybody needs who is not about to log in.
    fn sessions(&self) -> Result<SessionLayer, Error> {
        let open = [
            SitePath::new("/login/request")?,
            SitePath::new("/login/answer")?,
        ];
        let revocation = Revocation::new(self.checker.clone(), POLICY);
        let kind = tashika::jpki::Kind::Authentication;
        let certificates = Certificates::none().with(kind, self.trust.clone(), revocation);
        SessionLayer::new(
            self.site.clone(),
            Arc::new(MemorySessions::standard()),
            SessionKeys::generate()?,
            certificates,
            SessionPolicy {
                idle: Duration::minutes(10),
                absolute: Duration::hours(8),
                recheck: Recheck::After(Duration::hours(1), WhenUndetermined::Refuse),
                mode: SessionMode::Web,
                visitors: Visitors::Refused {
                    open: open.to_vec(),
                },
            },
        )
    }

    /// The cookie of a browser that has logged in.
    fn logged_in<S, R>(&self, service: &S) -> Option<HeaderValue>
    where
        S: Service<Request<Full<Bytes>>, Response = Response<R>, Error = Infallible> + Clone,
    {
        let _runtime = self.runtime.enter();
        let answer = self.answer(Genuine::Yes)?;
        let response = call(&mut service.clone(), answer);
        let cookies = response.headers().get_all(SET_COOKIE).into_iter();
        let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let session = cookies.find(|cookie| !cookie.ends_with('='))?;
        HeaderValue::from_str(session).ok()
    }

    /// The same by the sdk alone.
    fn verifies(&self, (challenge, response): (Vec<u8>, ChallengeResponse)) -> bool {
        let at = Time::from_unix(NOW);
        let proof = Challenge::from_bytes(&challenge).and_then(|challenge| {
            let unconfirmed = self
                .verifier
                .check(challenge, &self.audience, &response, at)?;
            let purpose = CheckPurpose::SignatureVerification;
            let answer = now(self.checker.check(unconfirmed.query(), purpose, at));
            unconfirmed.confirm(answer.status(), &POLICY, at)
        });
        proof.is_ok()
    }

    fn challenge(&self, genuine: Genuine) -> Option<(Vec<u8>, ChallengeResponse)> {
        let challenge = Challenge::generate(Binding {
            audience: self.audience.clone(),
            transaction: TransactionId::generate().ok()?,
            expires: Time::from_unix(NOW).plus(Duration::minutes(10)),
        });
        let octets = challenge.ok()?.to_bytes();
        let response = ChallengeResponse {
            certificate: Bytes::copy_from_slice(self.card.authentication().certificate()),
            signature: self.sign(&octets, genuine).into(),
        };
        Some((octets, response))
    }

    fn sign(&self, octets: &[u8], genuine: Genuine) -> Vec<u8> {
        match genuine {
            Genuine::Yes => self.card.answer(octets),
            Genuine::No => self.card.answer(b"something else"),
        }
    }
}

const KIND: Kind = Kind::Authentication;

/// A request that is not for the layer: what the layer adds.
fn passthrough() -> Result<Contest, Faulty> {
    let house = House::open(Algorithm::P256).map_err(|_| UNPREPARED)?;
    let service = house.service.clone();
    let request = |genuine| match genuine {
        Genuine::Yes => get("/", None),
        Genuine::No => get("/login/answer", None),
    };
    over_bare(house, service, request, BUDGET)
}

/// The same by a browser that has logged in, with nobody else's session and with
/// none: neither may pass here.
fn passthrough_with_session() -> Result<Contest, Faulty> {
    let house = House::open(Algorithm::P256).map_err(|_| UNPREPARED)?;
    let layer = house.sessions().map_err(|_| UNPREPARED)?;
    let service = layer.layer(house.service.clone());
    let cookie = house.logged_in(&service).ok_or(UNPREPARED)?;
    let request = move |genuine| match genuine {
        Genuine::Yes => get("/", Some(&cookie)),
        Genuine::No => get("/", None),
    };
    over_bare(house, service, request, SESSION_BUDGET)
}

/// What a service costs over the bare one, for the same requests.
///
/// The difference of two things that take about as long is small beside either, so
/// the best of many short spans is taken of both.
fn over_bare<S, R>(
    house: House,
    service: S,
    request: impl Fn(Genuine) -> Request<Full<Bytes>> + Clone + 'static,
    budget: f64,
) -> Result<Contest, Faulty>
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>, Error = Infallible>,
    S: Clone + 'static,
{
    let cases = Cases {
        genuine: vec![Genuine::Yes; SPANS * SPAN],
        flipped: vec![Genuine::No],
    };
    let (layered, of_all) = (service.clone(), request.clone());
    let passes = move |genuine: &Genuine| {
        let _runtime = house.runtime.enter();
        let response = call(&mut service.clone(), request(*genuine));
        response.status().is_success()
    };
    let prepare = |genuine: &Genuine| Some(*genuine);
    let ours = Contender::timed(NAME, &cases, prepare, passes, move |_, _, times| {
        let (mut bare, mut layered) = (Bare, layered.clone());
        let (mut least_bare, mut least_layered) = (Span::MAX, Span::MAX);
        for _ in 0..SPANS {
            let start = cpu_time();
            for _ in 0..SPAN {
                black_box(call(&mut bare, black_box(of_all(Genuine::Yes))));
            }
            let middle = cpu_time();
            for _ in 0..SPAN {
                black_box(call(&mut layered, black_box(of_all(Genuine::Yes))));
            }
            least_bare = least_bare.min(middle.saturating_sub(start));
            least_layered = least_layered.min(cpu_time().saturating_sub(middle));
        }
        let added = least_layered.saturating_sub(least_bare);
        let spans = u32::try_from(SPANS).ok()?.checked_mul(times)?;
        // Not nothing, however the two came out.
        Some(added.max(Span::from_nanos(1)).saturating_mul(spans))
    })?;
    Ok(Contest::within(budget, ours))
}

/// `layer.passthrough.swap`: the slowest request in a hundred by a browser that has
/// logged in, while the lists of a whole country are exchanged on another core,
/// against the same while they are not.
pub(crate) fn measure_swap(effort: Effort) -> Result<Row, Faulty> {
    let swaps = Swaps::new(effort).ok_or(UNPREPARED)?;
    let house = House::open(Algorithm::P256).map_err(|_| UNPREPARED)?;
    let layer = house.sessions().map_err(|_| UNPREPARED)?;
    let service = layer.layer(house.service.clone());
    let cookie = house.logged_in(&service).ok_or(UNPREPARED)?;
    let slow = || slow_request(&service, &cookie);
    let (mut quiet, mut swapping, mut times) = (f64::MAX, f64::MAX, 0);
    for _ in 0..effort.long_rounds() {
        quiet = quiet.min(slow());
        let enough = AtomicBool::new(false);
        let (took, swapped) = thread::scope(|scope| {
            let swapped = scope.spawn(|| on_all_cores(|| swaps.until(&enough)));
            let took = slow();
            enough.store(true, Ordering::Relaxed);
            (took, swapped.join().ok().flatten())
        });
        swapping = swapping.min(took);
        times += swapped.ok_or(UNPREPARED)?;
    }
    let figures = Figures {
        limit: quiet,
        ours: swapping,
        peers: Vec::new(),
    };
    let more = BTreeMap::from([("swaps", times as f64)]);
    Ok(Row::new(SWAP, 1.25, &figures).with(more))
}

pub(crate) const SWAP: &str = "layer.passthrough.swap";

/// What one request in a hundred takes longer than, in nanoseconds by the clock on
/// the wall.
fn slow_request<S, R>(service: &S, cookie: &HeaderValue) -> f64
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>, Error = Infallible> + Clone,
{
    let mut service = service.clone();
    let mut times: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let request = get("/", Some(cookie));
            let start = Instant::now();
            black_box(call(&mut service, request));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let slow = times.get(REQUESTS * 99 / 100);
    slow.map_or(f64::MAX, |slow| slow.as_secs_f64() * 1e9)
}

/// Enough that the slowest in a hundred are many.
const REQUESTS: usize = 50_000;

/// Spans of one turn, and requests of one span.
const SPANS: usize = 16;
const SPAN: usize = 256;

fn get(path: &'static str, cookie: Option<&HeaderValue>) -> Request<Full<Bytes>> {
    let mut request = Request::get(path);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    request.body(Full::default()).unwrap_or_default()
}

/// An answer, from its request to the service behind the layer, against what the
/// sdk does of it by itself.
fn verify(algorithm: Algorithm) -> Result<Contest, Faulty> {
    let house = Arc::new(House::open(algorithm).map_err(|_| UNPREPARED)?);
    let cases = Cases {
        genuine: vec![Genuine::Yes],
        flipped: vec![Genuine::No],
    };
    let ours = each_afresh(NAME, &cases, &house, House::answer, House::passes)?;
    let limit = each_afresh("sdk", &cases, &house, House::challenge, House::verifies)?;
    Ok(Contest::new(limit, ours, Vec::new()))
}

/// A contender whose every input serves once, and is made while the clock stands.
fn each_afresh<T>(
    name: &'static str,
    cases: &Cases<Genuine>,
    house: &Arc<House>,
    make: fn(&House, Genuine) -> Option<T>,
    verify: fn(&House, T) -> bool,
) -> Result<Contender, Faulty>
where
    T: 'static,
{
    let (judge, timer) = (Arc::clone(house), Arc::clone(house));
    Contender::timed(
        name,
        cases,
        |genuine| Some(*genuine),
        move |genuine: &Genuine| {
            let _runtime = judge.runtime.enter();
            make(&judge, *genuine).is_some_and(|input| verify(&judge, input))
        },
        move |_, _, times| {
            let _runtime = timer.runtime.enter();
            let inputs = (0..times).map(|_| make(&timer, Genuine::Yes));
            let inputs: Vec<_> = inputs.collect::<Option<_>>()?;
            let start = cpu_time();
            let mut sound = true;
            for input in inputs {
                sound &= verify(&timer, black_box(input));
            }
            sound.then(|| cpu_time().saturating_sub(start))
        },
    )
}

/// Whether it is what a person with a card sends.
#[derive(Clone, Copy)]
enum Genuine {
    Yes,
    No,
}

fn call<S, R>(service: &mut S, request: Request<Full<Bytes>>) -> Response<R>
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>, Error = Infallible>,
{
    match now(service.call(request)) {
        Ok(response) => response,
        Err(infallible) => match infallible {},
    }
}

/// The outcome of a future that waits for nobody.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
            return outcome;
        }
    }
}
