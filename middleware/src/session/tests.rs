use std::future::{Ready, poll_fn, ready};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, COOKIE, SET_COOKIE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use tashika::audit::{Flow, Record};
use tashika::transaction::{ClientKey, Purpose, TransactionId};
use tashika::{Code, Duration, Error, Time};
use tower_layer::Layer;
use tower_service::Service;

use super::*;
use crate::audit::{AuditSink, Recorder};
use crate::body::Body;
use crate::front::Stands;
use crate::site::tests::{NOW, Shared, site, site_over};
use crate::site::{Nodes, SitePath};
use crate::store::{Reach, StoreFuture};
use crate::verified::{Device, Gaining};

const POLICY: SessionPolicy = SessionPolicy {
    idle: Duration::minutes(10),
    absolute: Duration::hours(1),
    recheck: Recheck::DangerNever,
    mode: SessionMode::Web,
    visitors: Visitors::Pass,
};

fn layer(store: Arc<dyn SessionStore>) -> SessionLayer {
    let keys = SessionKeys::from_octets(&[1; 32]);
    SessionLayer::new(site(), store, keys, Certificates::none(), POLICY).unwrap()
}

/// Somebody logs in by asking for `/begin`, and out by `/end` or `/out`.
#[derive(Clone)]
struct Inner {
    ready: bool,
}

impl Service<Request<()>> for Inner {
    type Response = Response<http_body_util::Full<Bytes>>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "another was ready");
        let extensions = request.extensions();
        assert!(extensions.get::<Stands<Session>>().is_some());
        let (slot, session) = (extensions.get::<SessionSlot>(), extensions.get::<Session>());
        match (request.uri().path(), session) {
            ("/fails", _) => return ready(Err("its own error")),
            ("/begin", _) => slot.unwrap().offer(gained(), ClientKey::of(b"client")),
            ("/end", Some(session)) => session.end(),
            // A layer within ends it whether or not the request sees it.
            ("/out", _) => slot.unwrap().end(),
            _ => {}
        }
        let session = session.map_or("nobody", |session| match session.gained().identity() {
            Identity::Login { .. } => "somebody",
            _ => "somebody else",
        });
        let mut response = Response::new(session.into());
        if request.uri().query() == Some("cached") {
            let public = HeaderValue::from_static("public, max-age=60");
            response.headers_mut().insert(CACHE_CONTROL, public);
        }
        ready(Ok(response))
    }
}

fn gained() -> Gained {
    let transaction = TransactionId::from_entropy([7; 16]);
    let identity = Identity::Login {
        issuer: "https://issuer.example".to_owned(),
        subject: "subject".to_owned(),
        acr: None,
    };
    Gained::new(identity, Gaining::new(transaction, NOW, Device::Same))
}

type Answer = Response<Body<http_body_util::Full<Bytes>>>;

async fn send(layer: &SessionLayer, request: Request<()>) -> Result<Answer, &'static str> {
    let mut service = layer.layer(Inner { ready: false });
    poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(request).await
}

async fn get(layer: &SessionLayer, uri: &str, cookie: &str) -> Answer {
    send(layer, request(uri, cookie)).await.unwrap()
}

fn request(uri: &str, cookie: &str) -> Request<()> {
    let request = Request::get(uri).header(COOKIE, cookie);
    request.body(()).unwrap()
}

async fn text(answer: Answer) -> String {
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

/// The cookie that an answer sets, as it is sent back.
fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn refused(answer: &Answer) -> Code {
    answer.extensions().get::<Error>().unwrap().code()
}

fn memory() -> Arc<MemorySessions> {
    Arc::new(MemorySessions::standard())
}

#[tokio::test]
async fn what_was_gained_is_there_for_later_requests() {
    let layer = layer(memory());
    assert_eq!(text(get(&layer, "/", "").await).await, "nobody");
    let begun = get(&layer, "/begin", "").await;
    assert_eq!(begun.headers()[CACHE_CONTROL], "no-store");
    let cookie = cookie(&begun);
    let answer = get(&layer, "/", &cookie).await;
    assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
    assert!(!answer.headers().contains_key(SET_COOKIE));
    assert_eq!(text(answer).await, "somebody");
    let answer = get(&layer, "/?cached", &cookie).await;
    assert_eq!(answer.headers()[CACHE_CONTROL], "public, max-age=60");

    let ended = get(&layer, "/end", &cookie).await;
    let cleared = ended.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cleared.starts_with("__Host-tashika-session=; Max-Age=0"));
    let gone = get(&layer, "/", &cookie).await;
    assert_eq!(gone.headers()[SET_COOKIE], cleared);
    assert_eq!(text(gone).await, "nobody");
}

/// A logout that is open to everybody sees no session of a kiosk, and ends it.
#[tokio::test]
async fn whoever_logs_out_at_an_open_path_of_a_kiosk_is_out() {
    let open = ["/begin", "/out"].map(|path| SitePath::new(path).unwrap());
    let policy = SessionPolicy {
        mode: SessionMode::Kiosk,
        visitors: Visitors::Refused { open: open.into() },
        ..POLICY
    };
    let (store, keys) = (memory(), SessionKeys::from_octets(&[1; 32]));
    let sessions: Arc<dyn SessionStore> = Arc::clone(&store) as _;
    let layer = SessionLayer::new(site(), sessions, keys, Certificates::none(), policy).unwrap();
    let secret = cookie(&get(&layer, "/begin", "").await);
    assert_eq!(store.len(NOW), 1);
    let out = get(&layer, "/out", &secret).await;
    assert!(store.is_empty(NOW));
    assert!(out.headers().contains_key("clear-site-data"));
    assert!(cookie(&out).ends_with('='));
    let after = get(&layer, "/", &secret).await;
    assert_eq!(refused(&after), Code::TransactionSession);
}

#[tokio::test]
async fn the_inner_error_passes_and_ends_nothing() {
    let layer = layer(memory());
    let cookie = cookie(&get(&layer, "/begin", "").await);
    for cookie in ["", &cookie] {
        let error = send(&layer, request("/fails", cookie)).await.unwrap_err();
        assert_eq!(error, "its own error");
    }
    assert_eq!(text(get(&layer, "/", &cookie).await).await, "somebody");
}

/// What memory knows costs neither a box nor a clone of the service.
#[tokio::test]
async fn what_is_known_at_once_is_in_no_box() {
    let layer = layer(memory());
    let cookie = cookie(&get(&layer, "/begin", "").await);
    let mut service = layer.layer(Inner { ready: true });
    let future = service.call(request("/", &cookie));
    assert_eq!(format!("{future:?}"), "SessionFuture(passing)");
    assert_eq!(text(future.await.unwrap()).await, "somebody");
}

#[tokio::test]
async fn a_session_that_somebody_else_put_there_is_none() {
    let (layer, slot) = (layer(memory()), SessionSlot::default());
    let key = SessionKey::from_octets([1; 32]);
    let mut request = request("/", "");
    let session = Session::new(SessionId::of(key), gained(), NOW, slot);
    request.extensions_mut().insert(session);
    let answer = send(&layer, request).await.unwrap();
    assert_eq!(text(answer).await, "nobody");
}

#[derive(Debug, Default)]
struct Sink(Mutex<Vec<(Flow, Option<Code>)>>);

impl AuditSink for Sink {
    fn write(&self, record: Record) -> StoreFuture<()> {
        let told = (record.flow(), record.refusal());
        self.0.lock().unwrap().push(told);
        StoreFuture::known(Err(Code::TransactionUnrecorded.into()))
    }
}

/// Hands out one state for whatever is asked.
#[derive(Debug)]
struct Swapped(Bytes);

impl SessionStore for Swapped {
    fn reach(&self) -> Reach {
        Reach::Shared
    }
    fn create(&self, _: SessionKey, _: SessionEntry, _: ClientKey, _: Time) -> StoreFuture<()> {
        StoreFuture::known(Err(Code::TransactionFull.into()))
    }
    fn read(&self, _: SessionKey, _: Time) -> StoreFuture<Option<SessionEntry>> {
        StoreFuture::known(Ok(Some(SessionEntry {
            state: self.0.clone(),
            idle_until: NOW,
            ends: NOW,
        })))
    }
    fn touch(&self, _: SessionKey, _: Time, _: Time) -> StoreFuture<()> {
        StoreFuture::known(Ok(()))
    }
    fn rewrite(&self, _: SessionKey, _: Bytes, _: Time) -> StoreFuture<()> {
        StoreFuture::known(Ok(()))
    }
    fn take(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        self.read(key, now)
    }
    fn end(&self, _: SessionKey) -> StoreFuture<()> {
        StoreFuture::known(Ok(()))
    }
}

#[tokio::test]
async fn the_state_of_another_session_opens_for_nobody_and_is_on_record() {
    let secret = cookie::Secret::generate().unwrap();
    let secret = secret.set().unwrap();
    let secret = secret.to_str().unwrap().split(';').next().unwrap();
    let sealed = {
        let other = SessionId::of(SessionKey::from_octets([9; 32]));
        let (site, purpose) = (site(), Purpose::named("session"));
        let state = state::State {
            gained: gained(),
            begun: NOW,
            checked: NOW,
        };
        let bound = TransactionId::from_entropy(*other.octets());
        let octets = state.to_octets().unwrap();
        let sealed = site.sealer().seal(&purpose.unwrap(), &bound, NOW, &octets);
        Bytes::from(sealed.unwrap())
    };
    let (layer, sink) = (layer(Arc::new(Swapped(sealed))), Arc::new(Sink::default()));
    let mut request = request("/", secret);
    let recorder: Arc<dyn AuditSink> = Arc::clone(&sink) as _;
    request.extensions_mut().insert(Recorder::new(recorder));
    let answer = send(&layer, request).await.unwrap();
    assert_eq!(refused(&answer), Code::TransactionSeal);
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(cookie(&answer).ends_with('='));
    let told = [(Flow::Session, Some(Code::TransactionSeal))];
    assert_eq!(*sink.0.lock().unwrap(), told);
}

#[tokio::test]
async fn a_refusal_after_the_response_speaks_the_language_of_the_request() {
    let layer = layer(Arc::new(Swapped(Bytes::new())));
    for (asked, told) in [("en", "later"), ("ja", "しばらく")] {
        let mut request = request("/begin", "");
        let asked = HeaderValue::from_static(asked);
        request.headers_mut().insert(ACCEPT_LANGUAGE, asked);
        let answer = send(&layer, request).await.unwrap();
        assert_eq!(refused(&answer), Code::TransactionFull);
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!answer.headers().contains_key(SET_COOKIE));
        let text = text(answer).await;
        assert!(text.contains(told), "{text}");
    }
}

#[tokio::test]
async fn one_client_begins_no_more_than_its_share() {
    let one = NonZeroUsize::MIN;
    let layer = layer(Arc::new(MemorySessions::new(one.saturating_add(9), one)));
    let cookie = cookie(&get(&layer, "/begin", "").await);
    let full = get(&layer, "/begin", "").await;
    assert_eq!(refused(&full), Code::TransactionFull);
    // Whose session is replaced needs no more room.
    assert_eq!(text(get(&layer, "/begin", &cookie).await).await, "somebody");
}

#[test]
fn a_layer_fits_its_site_and_its_times_are_sound() {
    let many = site_over(Arc::new(Shared), Nodes::Many).unwrap();
    let made = |site, store: Arc<dyn SessionStore>, policy| {
        let keys = SessionKeys::from_octets(&[1; 32]);
        let made = SessionLayer::new(site, store, keys, Certificates::none(), policy);
        made.map(|_| ()).map_err(|error| error.code())
    };
    let shared = || Arc::new(Swapped(Bytes::new()));
    assert_eq!(made(many.clone(), memory(), POLICY), Err(Code::MisuseStore));
    assert_eq!(made(many, shared(), POLICY), Ok(()));
    assert_eq!(made(site(), shared(), POLICY), Ok(()));
    let idle = Duration::hours(2);
    let unsound = SessionPolicy { idle, ..POLICY };
    assert_eq!(made(site(), memory(), unsound), Err(Code::MisuseArgument));
}

#[test]
fn nothing_printed_tells_whose_a_session_is() {
    let key = SessionKey::from_octets([9; 32]);
    let session = Session::new(SessionId::of(key), gained(), NOW, SessionSlot::default());
    let printed = format!("{session:?} {:?} {:?}", session.id(), layer(memory()));
    for told in ["issuer.example", "subject\"", "9, 9", "09"] {
        assert!(!printed.contains(told), "{printed}");
    }
}
