use super::*;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{self, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tashika::Time;
use tashika::transaction::TransactionId;
use tower::{Layer, Service, ServiceExt};

use crate::verified::{Device, Gaining};

/// A proof as good as any.
#[derive(Debug, PartialEq)]
struct Proof(u8);

impl FromLayer for Verified<Proof> {
    const LAYER: &'static str = "TestLayer";
}

fn parts() -> Parts {
    Request::new(()).into_parts().0
}

/// As a layer leaves a request that it has nothing to do with.
fn passed() -> Parts {
    let mut parts = parts();
    parts.extensions.insert(Stands::<Proof>::HERE);
    parts
}

fn proven() -> Parts {
    let transaction = TransactionId::from_entropy([7; 16]);
    let gained = Gaining::new(transaction, Time::from_unix(1), Device::Same);
    let mut parts = passed();
    parts.extensions.insert(Verified::new(Proof(7), gained));
    parts
}

fn told(refusal: Refusal) -> (u16, Code, Value, Option<Lack>) {
    let response = refusal.into_response();
    let lack = response.extensions().get::<MissingLayer>();
    let told: Value = serde_json::from_slice(response.body()).unwrap();
    (
        response.status().as_u16(),
        refusal.error().code(),
        told["missing"].clone(),
        lack.map(MissingLayer::lack),
    )
}

#[test]
fn what_is_missing_is_named() {
    let absent = "TestLayer is missing: it does not stand before this handler";
    let elsewhere = "TestLayer stands before this handler, and lets no proof through to this path";
    let misuse = |text: &str, lack| (500, Code::MisuseLayer, text.into(), Some(lack));
    let refused = demand::<Verified<Proof>>(&parts()).unwrap_err();
    assert_eq!(told(refused), misuse(absent, Lack::Absent));
    let refused = find::<Verified<Proof>>(&parts()).unwrap_err();
    assert_eq!(told(refused), misuse(absent, Lack::Absent));
    let refused = demand::<Verified<Proof>>(&passed()).unwrap_err();
    assert_eq!(told(refused), misuse(elsewhere, Lack::Elsewhere));
    assert!(find::<Verified<Proof>>(&passed()).unwrap().is_none());
    assert_eq!(*demand::<Verified<Proof>>(&proven()).unwrap(), Proof(7));
}

#[test]
fn no_session_is_no_fault_of_ours() {
    let absent = "SessionLayer is missing: it does not stand before this handler";
    let expected = (500, Code::MisuseLayer, absent.into(), Some(Lack::Absent));
    let refused = demand::<Session>(&proven()).unwrap_err();
    assert_eq!(told(refused), expected);
    let mut parts = parts();
    parts.extensions.insert(Stands::<Session>::HERE);
    let refused = demand::<Session>(&parts).unwrap_err();
    let expected = (403, Code::TransactionSession, Value::Null, None);
    assert_eq!(told(refused), expected);
    assert!(find::<Session>(&parts).unwrap().is_none());
}

#[test]
fn what_was_put_nowhere_is_known_before_the_first_request() {
    let site = crate::site::tests::site();
    let missing = site.expect::<Verified<Proof>>().unwrap_err();
    assert_eq!(
        (missing.layer(), missing.lack()),
        ("TestLayer", Lack::Unplaced)
    );
    site.clone().placed::<Verified<Proof>>();
    site.expect::<Verified<Proof>>().unwrap();
    assert!(site.expect::<Session>().is_err());
}

/// Answers with the proof; who calls it without asking whether it is ready has
/// done wrong.
#[derive(Default)]
struct Members {
    ready: bool,
}

impl Service<Request<Full<Bytes>>> for Members {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "not ready");
        let proof = request.extensions().get::<Verified<Proof>>().unwrap();
        let answer = Bytes::copy_from_slice(&[proof.0]);
        ready(Ok(Response::new(Full::new(answer))))
    }
}

#[tokio::test]
async fn a_service_does_not_run_without_a_proof() {
    let layer = RequireLayer::<Verified<Proof>>::default();
    let mut service = layer.layer(Members::default());
    for (parts, status) in [(proven(), 200), (passed(), 500), (parts(), 500)] {
        let request = Request::from_parts(parts, Full::default());
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), status);
        let code = response.extensions().get::<tashika::Error>();
        let code = code.map(tashika::Error::code);
        assert_eq!(code, (status == 500).then_some(Code::MisuseLayer));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body == [7][..], status == 200);
    }
    assert_eq!(format!("{layer:?}"), "RequireLayer");
}
