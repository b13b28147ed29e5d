//! Layers of tower around and behind ours: what they shed, hold up or give up
//! leaves nothing half done, and errors that are not ours pass as they are.

mod faults;

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Frame;
use serde_json::Value;
use tashika::Code;
use tashika_conformance::desk::NOW;
use tashika_tower::{MemoryTransactions, Nodes};
use tokio::sync::Notify;
use tokio::time::timeout;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::load_shed::error::Overloaded;
use tower::timeout::TimeoutLayer;
use tower::timeout::error::Elapsed;
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

use crate::browser::{Answer, Browser, request};
use crate::challenge::{answer, logins, to};
use crate::house::House;

/// Requests as the service behind a layer gets them.
type Passed = Request<tashika_tower::Body<Body>>;

const SOON: Duration = Duration::from_secs(5);

/// A house whose open transactions can be counted.
struct Scene {
    house: House,
    store: MemoryTransactions,
}

impl Scene {
    fn new() -> Self {
        let store = MemoryTransactions::standard();
        let house = House::over(Arc::new(store.clone()), Nodes::One);
        Self { house, store }
    }

    /// The layer in front of a service.
    fn before<S>(&self, inner: S) -> tashika_tower::ChallengeService<S> {
        logins(&self.house).layer(inner)
    }

    fn open(&self) -> usize {
        self.store.len(NOW)
    }

    /// The request with the card's answer.
    fn answer(&self, begun: &Value) -> Request<Body> {
        let answer = answer(self.house.desk.card(), begun).to_string();
        posted(to(begun), "application/json", Body::from(answer))
    }
}

fn posted(path: &str, media_type: &'static str, body: Body) -> Request<Body> {
    let mut request = request(Method::POST, path, body);
    let media_type = media_type.parse().unwrap();
    request.headers_mut().insert(CONTENT_TYPE, media_type);
    request
}

/// Sends a browser's request to any service.
async fn send<S, B>(
    service: &S,
    browser: &mut Browser,
    request: Request<Body>,
) -> Result<Answer, S::Error>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let request = browser.with_cookies(request);
    let response = service.clone().oneshot(request).await?;
    browser.remember(response.headers());
    Ok(Answer::of(response.map(Body::new)).await)
}

async fn begin<S, B>(service: &S, browser: &mut Browser) -> Value
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: std::fmt::Debug,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let request = posted("/login/request", "text/plain", Body::empty());
    let begun = send(service, browser, request).await.unwrap();
    assert_eq!(begun.status, 200, "{begun:?}");
    begun.json()
}

async fn seen(_: Passed) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::from("seen")))
}

async fn hangs(_: Passed) -> Result<Response<Body>, Infallible> {
    pending().await
}

/// A body that begins and never ends.
struct Endless(Option<Bytes>);

impl Endless {
    fn body() -> Body {
        Body::new(Self(Some(Bytes::from_static(b"{"))))
    }
}

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.0.take() {
            Some(octets) => Poll::Ready(Some(Ok(Frame::data(octets)))),
            None => Poll::Pending,
        }
    }
}

/// Bodies that do not end hold no more places than there are, and for no longer
/// than they may.
#[tokio::test(start_paused = true)]
async fn what_is_shed_outside_was_never_begun() {
    let scene = Scene::new();
    let limited = ConcurrencyLimitLayer::new(2).layer(scene.before(service_fn(seen)));
    let service = LoadShedLayer::new().layer(limited);
    let mut browser = Browser::new();
    let begun = begin(&service, &mut browser).await;
    let slow = || {
        let request = posted("/login/answer", "application/json", Endless::body());
        let service = service.clone();
        tokio::spawn(async move { send(&service, &mut Browser::new(), request).await })
    };
    let (first, second) = (slow(), slow());
    tokio::task::yield_now().await;
    let shed = send(&service, &mut browser, scene.answer(&begun)).await;
    assert!(shed.unwrap_err().is::<Overloaded>());
    assert_eq!(scene.open(), 1);

    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let let_in = send(&service, &mut browser, scene.answer(&begun)).await;
    assert_eq!(let_in.unwrap().text(), "seen");
    let slow = second.await.unwrap().unwrap();
    assert_eq!(
        (slow.refused(), slow.status.as_u16()),
        (Code::InputSlow, 408)
    );
}

/// A proof for which the service has no time is spent; people begin again.
#[tokio::test]
async fn what_is_shed_inside_has_spent_its_transaction() {
    let scene = Scene::new();
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let busy = {
        let (arrived, go_on) = (Arc::clone(&arrived), Arc::clone(&go_on));
        service_fn(move |request: Passed| {
            let (arrived, go_on) = (Arc::clone(&arrived), Arc::clone(&go_on));
            async move {
                arrived.notify_one();
                go_on.notified().await;
                seen(request).await
            }
        })
    };
    let limited = ConcurrencyLimitLayer::new(1).layer(busy);
    let service = scene.before(LoadShedLayer::new().layer(limited));
    let (mut first, mut second) = (Browser::new(), Browser::new());
    let begun = begin(&service, &mut first).await;
    let serving = {
        let (service, request) = (service.clone(), scene.answer(&begun));
        tokio::spawn(async move { send(&service, &mut first, request).await })
    };
    arrived.notified().await;
    // The layer answers what it can without the service.
    let begun = begin(&service, &mut second).await;
    let shed = send(&service, &mut second, scene.answer(&begun)).await;
    assert!(shed.unwrap_err().is::<Overloaded>());
    assert_eq!(scene.open(), 0);

    go_on.notify_one();
    assert_eq!(serving.await.unwrap().unwrap().text(), "seen");
    let again = send(&service, &mut second, scene.answer(&begun)).await;
    assert_eq!(again.unwrap().refused(), Code::TransactionUnknown);
    go_on.notify_one();
    let begun = begin(&service, &mut second).await;
    let let_in = send(&service, &mut second, scene.answer(&begun)).await;
    assert_eq!(let_in.unwrap().text(), "seen");
}

/// A service that takes no more is not overrun through the layer.
#[tokio::test(start_paused = true)]
async fn a_service_that_is_not_ready_holds_the_layer_up() {
    let scene = Scene::new();
    let limited = ConcurrencyLimitLayer::new(1).layer(service_fn(hangs));
    let service = scene.before(limited);
    let passing = request(Method::GET, "/", Body::empty());
    let mut held = service.clone();
    let serving = held.ready().await.unwrap().call(passing);
    let mut other = service.clone();
    let ready = timeout(SOON, ServiceExt::<Request<Body>>::ready(&mut other)).await;
    assert!(ready.is_err());
    drop(serving);
    assert!(ServiceExt::<Request<Body>>::ready(&mut other).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_outside_ends_whatever_is_waited_for() {
    let scene = Scene::new();
    let service = TimeoutLayer::new(SOON).layer(scene.before(service_fn(hangs)));
    let mut browser = Browser::new();
    // A body that is slow has spent nothing when it is given up.
    let begun = begin(&service, &mut browser).await;
    let slow = posted(to(&begun), "application/json", Endless::body());
    let slow = send(&service, &mut browser, slow).await;
    assert!(slow.unwrap_err().is::<Elapsed>());
    assert_eq!(scene.open(), 1);
    // A service that does not answer had the proof.
    let hung = send(&service, &mut browser, scene.answer(&begun)).await;
    assert!(hung.unwrap_err().is::<Elapsed>());
    assert_eq!(scene.open(), 0);
    let again = send(&service, &mut browser, scene.answer(&begun)).await;
    assert_eq!(again.unwrap().refused(), Code::TransactionUnknown);
}

/// That of tower-http is a response, and none of ours.
#[tokio::test(start_paused = true)]
async fn a_timeout_with_a_status_is_no_refusal_of_ours() {
    let scene = Scene::new();
    let status = StatusCode::GATEWAY_TIMEOUT;
    let layer = tower_http::timeout::TimeoutLayer::with_status_code(status, SOON);
    let service = layer.layer(scene.before(service_fn(hangs)));
    let mut browser = Browser::new();
    let begun = begin(&service, &mut browser).await;
    let hung = send(&service, &mut browser, scene.answer(&begun))
        .await
        .unwrap();
    assert_eq!((hung.status, hung.refusal), (status, None));
    assert_eq!(scene.open(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_inside_passes_as_the_error_that_it_is() {
    let scene = Scene::new();
    let service = scene.before(TimeoutLayer::new(SOON).layer(service_fn(hangs)));
    let mut browser = Browser::new();
    let begun = begin(&service, &mut browser).await;
    let hung = send(&service, &mut browser, scene.answer(&begun)).await;
    assert!(hung.unwrap_err().is::<Elapsed>());
    let passing = request(Method::GET, "/", Body::empty());
    let hung = send(&service, &mut browser, passing).await;
    assert!(hung.unwrap_err().is::<Elapsed>());
    // The time to read a body is the layer's own.
    let slow = posted(to(&begun), "application/json", Endless::body());
    let slow = send(&service, &mut browser, slow).await.unwrap();
    assert_eq!(
        (slow.refused(), slow.status.as_u16()),
        (Code::InputSlow, 408)
    );
}
