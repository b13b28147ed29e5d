//! The service that every layer here is: what is for it is answered in front,
//! and the rest passes as it is.

mod future;
mod macros;

use std::future::{Future, ready};
use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, HeaderName, SET_COOKIE, TRAILER,
    TRANSFER_ENCODING,
};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use http_body::Body as HttpBody;
use tashika::audit::{Flow, Record};
use tashika::transaction::TransactionId;
use tashika::{Code, Error, Time};
use tower_service::Service;

use crate::audit::Recorder;
use crate::body::{Body, BodyLimit};
use crate::refusal::Refusal;
use crate::session::{Gained, Identity, SessionSlot};
use crate::site::{Redeemed, Site, clear_cookie, transaction_of};
use crate::verified::{Device, Verified};

pub(crate) use future::Answering;
pub use future::ResponseFuture;
pub(crate) use macros::layer;

/// Anything that a body may fail with.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a layer does with the requests that are for it.
pub(crate) trait Desk: Send + Sync + 'static {
    /// What is gained here.
    type Proof: Send + Sync + 'static;
    /// What a request is for.
    type Route: Copy + Send + 'static;

    fn site(&self) -> &Site;

    /// What a request is for; none if it is not for this layer.
    fn route(&self, parts: &Parts) -> Option<Route<Self::Route>>;

    /// How much the body of such a request may have.
    fn limit(&self, route: Self::Route) -> BodyLimit;

    /// Which methods are taken; a form and a script send `POST`, a link `GET`.
    fn methods(&self, _: Self::Route) -> &'static [Method] {
        &[Method::POST]
    }

    /// What an answer on this route is put on record as; none if there is
    /// nothing to tell of.
    fn flow(&self, route: Self::Route) -> Option<Flow>;

    /// The transaction that a request answers, for the record of a refusal.
    fn transaction(&self, _: Self::Route, parts: &Parts) -> Option<TransactionId> {
        transaction_of(parts).ok()
    }

    /// Answers a request, or lets it go on with a proof.
    fn handle(
        &self,
        route: Self::Route,
        parts: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Result<Step<Self::Proof>, Refusal>> + Send;

    /// Makes something of the inner service's response, where the route is one
    /// that [wraps](Route::Wraps) it.
    fn wrap(
        &self,
        _: Self::Route,
        _: &Parts,
        response: Response<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Refusal>> + Send {
        ready(Ok(response))
    }
}

/// Who answers a request that is for a layer.
#[derive(Clone, Copy)]
pub(crate) enum Route<R> {
    /// The layer, which may let it go on.
    Answers(R),
    /// The layer, whatever the method is, and without a look at the body.
    #[cfg_attr(not(feature = "auth-app"), allow(dead_code, reason = "for logins"))]
    Unread(R),
    /// The inner service, and the layer makes something of its response.
    Wraps(R),
}

/// How a request goes on.
pub(crate) enum Step<P> {
    /// It does not: this is the response.
    Respond(Response<Bytes>),
    /// The inner service answers it, with this proof.
    Proceed(Box<Proceed<P>>),
    /// It has passed, and the inner service does not hear of it: this is the
    /// response.
    #[cfg_attr(not(feature = "auth-app"), allow(dead_code, reason = "for logins"))]
    Conclude(Box<Proceed<P>>, Response<Bytes>),
}

/// A request that has passed.
pub(crate) struct Proceed<P> {
    pub(crate) proof: Verified<P>,
    /// What a session would carry of it, in the browser that asked.
    pub(crate) gained: Option<Gained>,
    /// What is put on record before the inner service hears of it; none where
    /// nobody keeps records ([`recorded`]).
    pub(crate) record: Option<Record>,
    /// The headers `Set-Cookie` of the response.
    pub(crate) cookies: Vec<HeaderValue>,
    /// What else the inner service finds in the extensions.
    pub(crate) extensions: http::Extensions,
}

impl<P> Proceed<P> {
    /// With a proof that was gained now in this transaction, by somebody who is
    /// this; the transaction's cookie has served.
    pub(crate) fn new(
        proof: P,
        identity: Identity,
        record: Option<Record>,
        redeemed: Redeemed,
        now: Time,
    ) -> Result<Self, Error> {
        let gaining = redeemed.gaining(now);
        let mut extensions = http::Extensions::new();
        if let Some(carried) = redeemed.carried {
            extensions.insert(carried);
        }
        Ok(Self {
            proof: Verified::new(proof, gaining),
            gained: Some(Gained::new(identity, gaining)),
            record,
            cookies: vec![clear_cookie(&gaining.transaction)?],
            extensions,
        })
    }
}

/// That a layer stands before a handler, whether or not it has let a proof
/// through.
pub(crate) struct Stands<P>(PhantomData<fn() -> P>);

impl<P> Stands<P> {
    pub(crate) const HERE: Self = Self(PhantomData);
}

impl<P> Clone for Stands<P> {
    fn clone(&self) -> Self {
        Self::HERE
    }
}

/// A desk in front of a service.
#[derive(Debug)]
pub(crate) struct Front<S, D> {
    inner: S,
    desk: Arc<D>,
}

// The desk is one for all.
impl<S: Clone, D> Clone for Front<S, D> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            desk: Arc::clone(&self.desk),
        }
    }
}

impl<S, D: Desk> Front<S, D> {
    pub(crate) fn new(inner: S, desk: Arc<D>) -> Self {
        desk.site().placed::<Verified<D::Proof>>();
        Self { inner, desk }
    }
}

impl<S, D, Q, R> Service<Request<Q>> for Front<S, D>
where
    S: Service<Request<Body<Q>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    D: Desk,
    Q: HttpBody<Data = Bytes> + Send + 'static,
    Q::Error: Into<BoxError>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(Stands::<D::Proof>::HERE);
        let Some(route) = self.desk.route(&parts) else {
            let request = Request::from_parts(parts, Body::passing(body));
            return ResponseFuture::passing(self.inner.call(request));
        };
        // The service that is ready is the one that is called.
        let next = self.inner.clone();
        let inner = mem::replace(&mut self.inner, next);
        let desk = Arc::clone(&self.desk);
        ResponseFuture::answering(async move {
            match route {
                Route::Answers(route) => {
                    let body = read(&*desk, route, &parts, body).await;
                    answer(desk, inner, route, parts, body).await
                }
                Route::Unread(route) => answer(desk, inner, route, parts, Ok(Bytes::new())).await,
                Route::Wraps(route) => wrap(desk, inner, route, parts, body).await,
            }
        })
    }
}

/// What says how a body comes. When the layer has read it, the request must not
/// promise one: a service that forwards it would be taken at its word, and the
/// next request on its connection for the body.
const BODY: [HeaderName; 5] = [
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    EXPECT,
    TRAILER,
    TRANSFER_ENCODING,
];

/// The layer's own routes.
async fn answer<S, D, Q, R>(
    desk: Arc<D>,
    mut inner: S,
    route: D::Route,
    mut parts: Parts,
    body: Result<Bytes, Error>,
) -> Result<Response<Body<R>>, S::Error>
where
    S: Service<Request<Body<Q>>, Response = Response<R>>,
    D: Desk,
{
    let step = match body {
        Ok(body) => desk.handle(route, &parts, body).await,
        Err(error) => Err(desk.site().refusal(error, &parts)),
    };
    let (proceed, conclusion) = match step {
        Ok(Step::Proceed(proceed)) => (*proceed, None),
        Ok(Step::Conclude(proceed, response)) => (*proceed, Some(response)),
        Ok(Step::Respond(response)) => return Ok(own(response)),
        Err(refusal) => {
            record_refusal(&*desk, route, &parts, refusal.error()).await;
            let refusal = refusal.allowing(desk.methods(route));
            return Ok(own(refusal.into_response()));
        }
    };
    if let Some(recorder) = parts.extensions.get::<Recorder>().cloned()
        && let Err(error) = recorder.record(proceed.record).await
    {
        return Ok(own(desk.site().refusal(error, &parts).into_response()));
    }
    // Another device has shown no secret of the transaction.
    let gained = proceed.gained;
    let gained = gained.filter(|gained| gained.gaining().device == Device::Same);
    if let (Some(slot), Some(gained)) = (parts.extensions.get::<SessionSlot>(), gained) {
        slot.offer(gained, desk.site().clients().of(&parts));
    }
    let mut response = if let Some(response) = conclusion {
        own(response)
    } else {
        parts.extensions.insert(proceed.proof);
        parts.extensions.extend(proceed.extensions);
        for name in BODY {
            parts.headers.remove(name);
        }
        let request = Request::from_parts(parts, Body::empty());
        inner.call(request).await?.map(Body::passing)
    };
    let headers = response.headers_mut();
    for cookie in proceed.cookies {
        headers.append(SET_COOKIE, cookie);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The routes on which the inner service speaks first.
async fn wrap<S, D, Q, R>(
    desk: Arc<D>,
    mut inner: S,
    route: D::Route,
    parts: Parts,
    body: Q,
) -> Result<Response<Body<R>>, S::Error>
where
    S: Service<Request<Body<Q>>, Response = Response<R>>,
    D: Desk,
    R: HttpBody<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    if let Err(error) = check_method(&*desk, route, &parts) {
        let refusal = desk.site().refusal(error, &parts);
        let refusal = refusal.allowing(desk.methods(route));
        return Ok(own(refusal.into_response()));
    }
    let request = Request::from_parts(parts.clone(), Body::passing(body));
    let response = inner.call(request).await?;
    if !response.status().is_success() {
        return Ok(response.map(Body::passing));
    }
    let (head, body) = response.into_parts();
    let limit = desk.limit(route);
    let wrapped = match limit.read(&head.headers, body).await {
        Ok(body) => {
            let response = Response::from_parts(head, body);
            desk.wrap(route, &parts, response).await
        }
        // It is the service's own that was too long, or broke off.
        Err(_) => Err(desk.site().refusal(Code::MisuseArgument.into(), &parts)),
    };
    Ok(own(wrapped.unwrap_or_else(Refusal::into_response)))
}

async fn read<D, Q>(desk: &D, route: D::Route, parts: &Parts, body: Q) -> Result<Bytes, Error>
where
    D: Desk,
    Q: HttpBody<Data = Bytes>,
    Q::Error: Into<BoxError>,
{
    check_method(desk, route, parts)?;
    desk.limit(route).read(&parts.headers, body).await
}

fn check_method<D: Desk>(desk: &D, route: D::Route, parts: &Parts) -> Result<(), Error> {
    if !desk.methods(route).contains(&parts.method) {
        return Err(Code::InputMethod.into());
    }
    Ok(())
}

/// A refusal is one whether or not it can be put on record.
async fn record_refusal<D: Desk>(desk: &D, route: D::Route, parts: &Parts, error: Error) {
    let (Some(flow), Some(recorder)) = (desk.flow(route), parts.extensions.get::<Recorder>())
    else {
        return;
    };
    let recorder = recorder.clone();
    let transaction = desk.transaction(route, parts);
    let record = Record::refused(flow, error, transaction, desk.site().now());
    // The sink has told its operator.
    let _ = recorder.record(Some(record)).await;
}

/// What is put on record of this request, if anybody keeps records.
pub(crate) fn recorded(parts: &Parts, record: impl FnOnce() -> Record) -> Option<Record> {
    let recorder = parts.extensions.get::<Recorder>();
    recorder.map(|_| record())
}

/// A response of ours, which nobody may keep.
fn own<R>(mut response: Response<Bytes>) -> Response<Body<R>> {
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response.map(Body::own)
}

#[cfg(test)]
mod tests;
