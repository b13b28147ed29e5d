use std::future::{Ready, ready};
use std::sync::Mutex;

use bytes::Bytes;
use http::header::{ALLOW, HeaderName};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, Full};
use tashika::Language;
use tashika::transaction::TransactionId;

use super::*;
use crate::audit::AuditSink;
use crate::session::Identity;
use crate::session::testing::word;
use crate::site::tests::{NOW, site};
use crate::store::StoreFuture;
use crate::verified::Gaining;

/// What happened, in its order.
type Log = Arc<Mutex<Vec<&'static str>>>;

const ID: TransactionId = TransactionId::from_entropy([7; 16]);

/// Paths say what becomes of a request.
#[derive(Debug)]
struct TestDesk {
    site: Site,
}

impl Desk for TestDesk {
    type Proof = &'static str;
    type Route = &'static str;

    fn site(&self) -> &Site {
        &self.site
    }

    fn route(&self, parts: &Parts) -> Option<Route<&'static str>> {
        match parts.uri.path() {
            "/responds" => Some(Route::Answers("responds")),
            "/proceeds" => Some(Route::Answers("proceeds")),
            "/elsewhere" => Some(Route::Answers("elsewhere")),
            "/concludes" => Some(Route::Answers("concludes")),
            "/refuses" => Some(Route::Answers("refuses")),
            "/unread" => Some(Route::Unread("refuses")),
            "/wraps" => Some(Route::Wraps("wraps")),
            "/wraps-not" => Some(Route::Wraps("refuses")),
            _ => None,
        }
    }

    fn limit(&self, _: &'static str) -> BodyLimit {
        BodyLimit::octets(8)
    }

    fn methods(&self, route: &'static str) -> &'static [Method] {
        match route {
            "refuses" => &[Method::PUT, Method::POST],
            _ => &[Method::POST],
        }
    }

    fn flow(&self, route: &'static str) -> Option<Flow> {
        (route != "responds").then_some(Flow::Authentication)
    }

    async fn handle(
        &self,
        route: &'static str,
        _: &Parts,
        body: Bytes,
    ) -> Result<Step<&'static str>, Refusal> {
        match route {
            "responds" => Ok(Step::Respond(Response::new(body))),
            "proceeds" => Ok(Step::Proceed(proceed(Device::Same))),
            "elsewhere" => Ok(Step::Proceed(proceed(Device::Other))),
            "concludes" => Ok(Step::Conclude(proceed(Device::Same), Response::new(body))),
            _ => Err(refusal()),
        }
    }

    async fn wrap(
        &self,
        route: &'static str,
        _: &Parts,
        response: Response<Bytes>,
    ) -> Result<Response<Bytes>, Refusal> {
        match route {
            "wraps" => Ok(response.map(|body| [&b"<"[..], &body, b">"].concat().into())),
            _ => Err(refusal()),
        }
    }
}

fn proceed(device: Device) -> Box<Proceed<&'static str>> {
    let gaining = Gaining::new(ID, NOW, device);
    let identity = Identity::Presentation {
        doc_types: Vec::new(),
    };
    Box::new(Proceed {
        proof: Verified::new("proof", gaining),
        gained: Some(Gained::new(identity, gaining)),
        record: Some(Record::refused(
            Flow::Authentication,
            Code::MisuseLayer.into(),
            None,
            NOW,
        )),
        cookies: vec![
            HeaderValue::from_static("a=b"),
            HeaderValue::from_static("c=d"),
        ],
        extensions: http::Extensions::new(),
    })
}

fn refusal() -> Refusal {
    Refusal::new(Code::SignatureInvalid.into(), Language::English)
}

/// A service that has to be asked whether it is ready, and may be called once
/// after.
#[derive(Clone)]
struct Inner {
    ready: bool,
    log: Log,
}

impl Service<Request<Body<Full<Bytes>>>> for Inner {
    type Response = Response<Full<Bytes>>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body<Full<Bytes>>>) -> Self::Future {
        assert!(mem::take(&mut self.ready), "it was not asked");
        self.log.lock().unwrap().push("inner");
        let proof = request.extensions().get::<Verified<&str>>();
        let length = request.body().size_hint().exact().unwrap();
        let text = match (request.uri().path(), proof) {
            ("/fails", _) => return ready(Err("its own error")),
            _ if request.uri().query() == Some("headers") => names(request.headers()),
            ("/wraps", _) if request.uri().query() == Some("long") => "123456789".to_owned(),
            (_, Some(proof)) => format!("{} {length}", **proof),
            (_, None) => format!("none {length}"),
        };
        let mut response = Response::new(Full::from(text));
        if request.uri().query() == Some("refuse") {
            *response.status_mut() = StatusCode::FORBIDDEN;
        }
        ready(Ok(response))
    }
}

/// The names of these headers.
fn names(headers: &HeaderMap) -> String {
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}

/// Writes into the log, and says that it has or that it could not.
#[derive(Debug)]
struct Sink(Log, Result<(), Code>);

impl AuditSink for Sink {
    fn write(&self, record: Record) -> StoreFuture<()> {
        self.0.lock().unwrap().push(match record.refusal() {
            Some(Code::SignatureInvalid) => "refusal",
            _ => "record",
        });
        StoreFuture::known(self.1.map_err(Error::from))
    }
}

struct Scene {
    log: Log,
    slot: SessionSlot,
    sink: Option<Result<(), Code>>,
}

impl Scene {
    fn new() -> Self {
        Self {
            log: Log::default(),
            slot: SessionSlot::default(),
            sink: Some(Ok(())),
        }
    }

    fn service(&self) -> Front<Inner, TestDesk> {
        let inner = Inner {
            ready: false,
            log: Arc::clone(&self.log),
        };
        Front::new(inner, Arc::new(TestDesk { site: site() }))
    }

    async fn send(
        &self,
        method: Method,
        uri: &str,
        body: &'static str,
    ) -> Result<(Response<()>, String), &'static str> {
        let request = Request::builder().method(method).uri(uri);
        self.send_request(request.body(Full::from(body)).unwrap())
            .await
    }

    async fn send_request(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Response<()>, String), &'static str> {
        request.extensions_mut().insert(self.slot.clone());
        if let Some(outcome) = self.sink {
            let sink = Sink(Arc::clone(&self.log), outcome);
            request
                .extensions_mut()
                .insert(Recorder::new(Arc::new(sink)));
        }
        let mut service = self.service();
        std::future::poll_fn(|cx| Service::<Request<Full<Bytes>>>::poll_ready(&mut service, cx))
            .await?;
        let (head, body) = service.call(request).await?.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Ok((Response::from_parts(head, ()), text))
    }

    async fn post(&self, uri: &str, body: &'static str) -> (Response<()>, String) {
        self.send(Method::POST, uri, body).await.unwrap()
    }

    fn log(&self) -> Vec<&'static str> {
        mem::take(&mut *self.log.lock().unwrap())
    }
}

fn code(response: &Response<()>) -> Code {
    response.extensions().get::<Error>().unwrap().code()
}

#[tokio::test]
async fn what_is_for_nobody_here_passes_as_it_is() {
    let scene = Scene::new();
    for method in [Method::GET, Method::PUT] {
        let long = "longer than the layer would read";
        let (response, text) = scene.send(method, "/other", long).await.unwrap();
        assert_eq!(text, "none 32");
        assert!(!response.headers().contains_key(CACHE_CONTROL));
    }
    let error = scene.send(Method::GET, "/fails", "").await.unwrap_err();
    assert_eq!(error, "its own error");
    assert_eq!(scene.log(), ["inner"; 3]);
}

#[tokio::test]
async fn the_layer_answers_for_itself() {
    let scene = Scene::new();
    let (response, text) = scene.post("/responds", "body").await;
    assert_eq!((response.status(), text.as_str()), (StatusCode::OK, "body"));
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    assert!(scene.log().is_empty());
}

#[tokio::test]
async fn an_outcome_is_on_record_before_anybody_acts_on_it() {
    let scene = Scene::new();
    let (response, text) = scene.post("/proceeds", "body").await;
    // The body is the layer's, and gone.
    assert_eq!(text, "proof 0");
    assert_eq!(scene.log(), ["record", "inner"]);
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
    assert_eq!(cookies, ["a=b", "c=d"]);
    assert_eq!(word(&scene.slot), "begin");
}

/// It has shown no secret of the transaction, and whoever stood by is not there
/// when it comes again.
#[tokio::test]
async fn another_device_than_the_one_that_asked_gets_no_session() {
    let scene = Scene::new();
    let (_, text) = scene.post("/elsewhere", "body").await;
    assert_eq!(text, "proof 0");
    assert_eq!(scene.log(), ["record", "inner"]);
    assert_eq!(word(&scene.slot), "none");
}

/// Whoever forwards the request would promise octets that do not come, and the
/// next person's request would be read in their place.
#[tokio::test]
async fn nothing_speaks_of_a_body_that_is_gone() {
    let framing = [
        "content-encoding",
        "content-length",
        "expect",
        "trailer",
        "transfer-encoding",
    ];
    let scene = Scene::new();
    for (path, sent_on) in [
        ("/proceeds?headers", "x-other"),
        (
            "/other?headers",
            "content-encoding content-length expect trailer transfer-encoding x-other",
        ),
    ] {
        let mut request = Request::post(path).body(Full::from("body")).unwrap();
        for name in framing.into_iter().chain(["x-other"]) {
            let value = HeaderValue::from_static("4");
            request.headers_mut().insert(name, value);
        }
        let (_, names) = scene.send_request(request).await.unwrap();
        assert_eq!(names, sent_on);
    }
}

/// As it would be if the inner service had answered.
#[tokio::test]
async fn an_outcome_may_be_concluded_by_the_layer() {
    let mut scene = Scene::new();
    let (response, text) = scene.post("/concludes", "body").await;
    assert_eq!(text, "body");
    assert_eq!(scene.log(), ["record"]);
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
    assert_eq!(word(&scene.slot), "begin");

    scene.sink = Some(Err(Code::MisuseArgument));
    let (response, _) = scene.post("/concludes", "body").await;
    assert_eq!(code(&response), Code::TransactionUnrecorded);
    assert!(!response.headers().contains_key(SET_COOKIE));
    assert_eq!(word(&scene.slot), "none");
}

#[tokio::test]
async fn what_is_not_read_has_no_limit_and_any_method() {
    let scene = Scene::new();
    for method in [Method::PUT, Method::POST] {
        let (response, _) = scene.send(method, "/unread", "9 octets.").await.unwrap();
        assert_eq!(code(&response), Code::SignatureInvalid);
    }
    assert_eq!(scene.log(), ["refusal"; 2]);
}

#[tokio::test]
async fn what_cannot_be_recorded_has_no_effect() {
    let mut scene = Scene::new();
    scene.sink = Some(Err(Code::MisuseArgument));
    let (response, _) = scene.post("/proceeds", "").await;
    assert_eq!(code(&response), Code::TransactionUnrecorded);
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(scene.log(), ["record"]);
    assert_eq!(word(&scene.slot), "none");
    assert!(!response.headers().contains_key(SET_COOKIE));

    // A refusal stands, recorded or not.
    let (response, _) = scene.post("/refuses", "").await;
    assert_eq!(code(&response), Code::SignatureInvalid);
    assert_eq!(scene.log(), ["refusal"]);
}

#[tokio::test]
async fn without_an_audit_layer_nothing_is_recorded() {
    let mut scene = Scene::new();
    scene.sink = None;
    scene.post("/proceeds", "").await;
    scene.post("/refuses", "").await;
    assert_eq!(scene.log(), ["inner"]);
}

#[tokio::test]
async fn methods_and_bodies_have_limits() {
    let scene = Scene::new();
    for (method, body, refused) in [
        (Method::GET, "", Code::InputMethod),
        (Method::HEAD, "", Code::InputMethod),
        (Method::POST, "9 octets.", Code::InputTooLarge),
    ] {
        let (response, _) = scene.send(method, "/proceeds", body).await.unwrap();
        assert_eq!(code(&response), refused);
        let allow = response.headers().get(ALLOW);
        let names_them = refused == Code::InputMethod;
        assert_eq!(allow.is_some_and(|allow| allow == "POST"), names_them);
    }
    assert_eq!(scene.log(), ["record"; 3]);

    let (response, _) = scene.send(Method::GET, "/wraps", "").await.unwrap();
    assert_eq!(code(&response), Code::InputMethod);
    assert!(scene.log().is_empty());

    for path in ["/refuses", "/wraps-not"] {
        let (response, _) = scene.send(Method::GET, path, "").await.unwrap();
        assert_eq!(response.headers()[ALLOW], "PUT, POST");
    }
}

#[tokio::test]
async fn the_inner_service_speaks_first_where_it_is_wrapped() {
    let scene = Scene::new();
    let (response, text) = scene.post("/wraps", "body").await;
    assert_eq!(
        (response.status(), text.as_str()),
        (StatusCode::OK, "<none 4>")
    );
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");

    let (response, text) = scene.post("/wraps?refuse", "body").await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(text, "none 4");

    let (response, _) = scene.post("/wraps?long", "body").await;
    assert_eq!(code(&response), Code::MisuseArgument);
    let (response, _) = scene.post("/wraps-not", "body").await;
    assert_eq!(code(&response), Code::SignatureInvalid);
    assert_eq!(scene.log(), ["inner"; 4]);
}
