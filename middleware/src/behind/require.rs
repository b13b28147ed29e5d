//! What a service cannot run without.

use std::fmt;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

use crate::behind::{self, FromLayer};
use crate::body::Body;
use crate::front::ResponseFuture;

/// Refuses every request that does not carry a `T`, so that the service behind
/// it cannot run without one.
///
/// It stands between the layer that gains the proof and a service that is no
/// handler of axum:
///
/// ```
/// use tashika::jpki::VerifiedAuthentication;
/// use tashika_tower::{ChallengeLayer, RequireLayer, Verified};
/// use tower::Layer;
///
/// fn behind<S>(login: &ChallengeLayer, members_only: S) -> impl Sized {
///     let required = RequireLayer::<Verified<VerifiedAuthentication>>::new();
///     login.layer(required.layer(members_only))
/// }
/// ```
///
/// A request without a proof is answered with 500 and `misuse.layer`, because
/// the service is put together wrongly; one without a session with 403 and
/// `transaction.session`.
pub struct RequireLayer<T>(PhantomData<fn() -> T>);

/// The service that [`RequireLayer`] makes of the one behind it.
pub struct RequireService<S, T> {
    inner: S,
    required: RequireLayer<T>,
}

impl<T: FromLayer> RequireLayer<T> {
    /// Refuses requests without a `T`.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: FromLayer> Default for RequireLayer<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S, T> Layer<S> for RequireLayer<T> {
    type Service = RequireService<S, T>;

    fn layer(&self, inner: S) -> RequireService<S, T> {
        let required = self.clone();
        RequireService { inner, required }
    }
}

impl<S, T, Q, R> Service<Request<Q>> for RequireService<S, T>
where
    S: Service<Request<Q>, Response = Response<R>>,
    T: FromLayer,
    R: HttpBody<Data = Bytes> + 'static,
    S::Error: 'static,
{
    type Response = Response<Body<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let (parts, body) = request.into_parts();
        match behind::demand::<T>(&parts) {
            Ok(_) => {
                let request = Request::from_parts(parts, body);
                ResponseFuture::passing(self.inner.call(request))
            }
            Err(refusal) => {
                let response = refusal.into_response();
                ResponseFuture::answering(async move { Ok(response.map(Body::own)) })
            }
        }
    }
}

// Whatever is required, it is not held: no `T: Clone`.
impl<T> Clone for RequireLayer<T> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<S: Clone, T> Clone for RequireService<S, T> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            required: self.required.clone(),
        }
    }
}

impl<T> fmt::Debug for RequireLayer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequireLayer")
    }
}

impl<S, T> fmt::Debug for RequireService<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireService").finish_non_exhaustive()
    }
}
