//! The service that looks a session up.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::request::Parts;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tashika::Time;
use tashika::audit::{Flow, Record};
use tower_service::Service;

use crate::audit::Recorder;
use crate::body::Body;
use crate::front::Answering;
use crate::session::desk::{Arrival, OnRecord, SessionDesk, Turned};
use crate::session::ticket::{Duty, Ticket};

/// The service that [`SessionLayer`](crate::SessionLayer) makes of the one behind
/// it.
pub struct SessionService<S> {
    inner: S,
    desk: Arc<SessionDesk>,
}

impl<S> SessionService<S> {
    pub(super) const fn new(inner: S, desk: Arc<SessionDesk>) -> Self {
        Self { inner, desk }
    }
}

impl<S, Q, R> Service<Request<Q>> for SessionService<S>
where
    S: Service<Request<Q>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    Q: Send + 'static,
    R: Send + 'static,
{
    type Response = Response<Body<R>>;
    type Error = S::Error;
    type Future = SessionFuture<S::Future, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let desk = &self.desk;
        let now = desk.site.now();
        let turned = match desk.arrive(&parts, now) {
            Arrival::Known(Ok(admitted)) => match admitted.enter(desk, &mut parts) {
                Ok(ticket) => {
                    let request = Request::from_parts(parts, body);
                    return SessionFuture::passing(self.inner.call(request), ticket);
                }
                Err(turned) => Arrival::Known(Err(turned)),
            },
            arrival => arrival,
        };
        // The service that is ready is the one that is called.
        let next = self.inner.clone();
        let inner = mem::replace(&mut self.inner, next);
        let desk = Arc::clone(desk);
        SessionFuture::answering(wait(desk, inner, turned, parts, body, now))
    }
}

/// What is not known at once.
async fn wait<S, Q, R>(
    desk: Arc<SessionDesk>,
    mut inner: S,
    arrival: Arrival,
    mut parts: Parts,
    body: Q,
    now: Time,
) -> Result<Response<Body<R>>, S::Error>
where
    S: Service<Request<Q>, Response = Response<R>>,
{
    let admitted = desk.wait(arrival, now).await;
    match admitted.and_then(|admitted| admitted.enter(&desk, &mut parts)) {
        Ok(ticket) => {
            let response = inner.call(Request::from_parts(parts, body)).await?;
            let duty = ticket.duty(response.status());
            Ok(ticket.perform(duty, response).await)
        }
        Err(turned) => Ok(refuse(&desk, turned, &parts, now).await),
    }
}

/// A refusal is one whether or not it can be put on record.
async fn refuse<R>(
    desk: &SessionDesk,
    turned: Turned,
    parts: &Parts,
    now: Time,
) -> Response<Body<R>> {
    let Turned {
        error,
        came,
        record,
    } = turned;
    if let OnRecord::Yes(transaction) = record
        && let Some(recorder) = parts.extensions.get::<Recorder>()
    {
        let record = Record::refused(Flow::Session, error, transaction, now);
        // The sink has told its operator.
        let _ = recorder.record(Some(record)).await;
    }
    let response = desk.site.refusal(error, parts).into_response();
    came.mark(response).map(Body::own)
}

pin_project! {
    /// The response of the inner service, whose session is looked after.
    ///
    /// Where the store knows at once, it is the inner service's own future; what
    /// waits for a store, or changes something in it, is in a box.
    pub struct SessionFuture<F, R, E> {
        #[pin]
        kind: Kind<F, R, E>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<F, R, E> {
        Passing { #[pin] future: F, ticket: Option<Ticket> },
        Answering { future: Answering<R, E> },
    }
}

impl<F, R, E> SessionFuture<F, R, E> {
    fn passing(future: F, ticket: Ticket) -> Self {
        let ticket = Some(ticket);
        let kind = Kind::Passing { future, ticket };
        Self { kind }
    }

    fn answering(
        future: impl Future<Output = Result<Response<Body<R>>, E>> + Send + 'static,
    ) -> Self {
        let future = Box::pin(future);
        let kind = Kind::Answering { future };
        Self { kind }
    }
}

impl<F, R, E> Future for SessionFuture<F, R, E>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Send + 'static,
{
    type Output = Result<Response<Body<R>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut kind = self.as_mut().project().kind;
        let (response, ticket) = match kind.as_mut().project() {
            KindProj::Passing { future, ticket } => (ready!(future.poll(cx))?, ticket.take()),
            KindProj::Answering { future } => return future.as_mut().poll(cx),
        };
        // It is there until the response is.
        let Some(ticket) = ticket else {
            return Poll::Ready(Ok(response.map(Body::passing)));
        };
        let duty = match ticket.duty(response.status()) {
            Duty::Mark => {
                let response = response.map(Body::passing);
                return Poll::Ready(Ok(ticket.mark(response)));
            }
            duty @ (Duty::Begin(..) | Duty::End) => duty,
        };
        let performed = async move { Ok(ticket.perform(duty, response).await) };
        let mut future: Answering<R, E> = Box::pin(performed);
        let polled = future.as_mut().poll(cx);
        kind.set(Kind::Answering { future });
        polled
    }
}

// The desk is one for all.
impl<S: Clone> Clone for SessionService<S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), Arc::clone(&self.desk))
    }
}

impl<S> fmt::Debug for SessionService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService").finish_non_exhaustive()
    }
}

impl<F, R, E> fmt::Debug for SessionFuture<F, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Passing { .. } => "SessionFuture(passing)",
            Kind::Answering { .. } => "SessionFuture(answering)",
        })
    }
}
