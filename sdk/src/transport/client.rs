//! The transport under load.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{Method, Request, Response, StatusCode};
use tower::retry::Policy;
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::util::{BoxCloneSyncService, rng::HasherRng};
use tower::{Service, ServiceBuilder, ServiceExt};

use crate::transport::{Body, Transport, TransportError};

/// How much at once, how often again, how long together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Requests whose answer has not begun. Those over it are refused at once
    /// and not queued: whoever waits would wait for what is too slow already.
    pub concurrent: usize,
    /// How often a `GET` is tried again whose connection failed or whose answer
    /// was 502, 503 or 504 without `Retry-After`. Nothing else is ever tried
    /// again here.
    pub retries: u32,
    /// The pause before the first of them; it doubles, and half of it again is
    /// left to chance.
    pub pause: Duration,
    /// From the call to the beginning of the answer, all tries together.
    pub overall: Duration,
}

impl Load {
    /// 64 at once, two retries after 100 ms, 30 seconds together.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            concurrent: 64,
            retries: 2,
            pause: Duration::from_millis(100),
            overall: Duration::from_secs(30),
        }
    }
}

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How much of a pause is added by chance at most, so that many machines that
/// lost the same server do not come back in step.
const JITTER: f64 = 0.5;

/// A [`Transport`] under tower's layers: a `tower::Service` again.
///
/// A clone shares the limit with the original.
#[derive(Clone)]
pub struct Client {
    service: BoxCloneSyncService<Request<Bytes>, Response<Body>, TransportError>,
}

impl Client {
    pub(super) fn new(transport: Transport, load: &Load) -> Self {
        let service = ServiceBuilder::new()
            .map_err(TransportError::of_layer)
            .load_shed()
            .concurrency_limit(load.concurrent)
            .timeout(load.overall)
            .retry(Retries::new(load))
            .service(transport);
        let service = BoxCloneSyncService::new(service);
        Self { service }
    }

    /// Sends a request and gives the head of its answer, of whatever status;
    /// the body is read from it.
    ///
    /// # Errors
    /// Any [`TransportError`].
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        self.service.clone().oneshot(request).await
    }

    /// Sends a request and reads its answer into memory.
    ///
    /// # Errors
    /// Any [`TransportError`].
    pub async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (head, body) = self.send(request).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?))
    }
}

impl Service<Request<Bytes>> for Client {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        self.service.call(request)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(…)")
    }
}

/// Which requests are tried again, and when.
#[derive(Clone)]
struct Retries {
    left: u32,
    /// None if the pause is zero, or too long to be one.
    backoff: Option<ExponentialBackoff>,
}

impl Retries {
    fn new(load: &Load) -> Self {
        let rng = HasherRng::default();
        let maker = ExponentialBackoffMaker::new(load.pause, LONGEST_PAUSE, JITTER, rng);
        Self {
            left: load.retries,
            backoff: maker.ok().map(|mut m| m.make_backoff()),
        }
    }
}

impl Policy<Request<Bytes>, Response<Body>, TransportError> for Retries {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _: &mut Request<Bytes>,
        outcome: &mut Result<Response<Body>, TransportError>,
    ) -> Option<Self::Future> {
        let again = match outcome {
            Ok(response) => is_passing(response),
            Err(error) => error.may_pass(),
        };
        if !again {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        Some(self.backoff.as_mut()?.next_backoff())
    }

    /// A `POST` asks about a person, and is counted where it arrives.
    fn clone_request(&mut self, request: &Request<Bytes>) -> Option<Request<Bytes>> {
        (request.method() == Method::GET).then(|| request.clone())
    }
}

/// Whether the server is in a trouble of its own, and does not say for how long.
fn is_passing(response: &Response<Body>) -> bool {
    let troubled = matches!(
        response.status(),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    );
    troubled && !response.headers().contains_key(RETRY_AFTER)
}
