//! The future of a response.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use pin_project_lite::pin_project;

use crate::body::Body;

/// A response that is waited for.
pub(crate) type Answering<R, E> =
    Pin<Box<dyn Future<Output = Result<Response<Body<R>>, E>> + Send>>;

pin_project! {
    /// The response of the inner service, or of the layer in front of it.
    ///
    /// What passes is the inner service's own future; what the layer answers, or
    /// verifies first, is in a box.
    pub struct ResponseFuture<F, R, E> {
        #[pin]
        kind: Kind<F, R, E>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<F, R, E> {
        Passing { #[pin] future: F },
        Answering { future: Answering<R, E> },
    }
}

impl<F, R, E> ResponseFuture<F, R, E> {
    pub(crate) fn passing(future: F) -> Self {
        let kind = Kind::Passing { future };
        Self { kind }
    }

    pub(crate) fn answering(
        future: impl Future<Output = Result<Response<Body<R>>, E>> + Send + 'static,
    ) -> Self {
        let future = Box::pin(future);
        let kind = Kind::Answering { future };
        Self { kind }
    }
}

impl<F, R, E> Future for ResponseFuture<F, R, E>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<Body<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProj::Passing { future } => future.poll(cx).map_ok(|r| r.map(Body::passing)),
            KindProj::Answering { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, R, E> fmt::Debug for ResponseFuture<F, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Passing { .. } => "ResponseFuture(passing)",
            Kind::Answering { .. } => "ResponseFuture(answering)",
        })
    }
}
