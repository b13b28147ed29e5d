//! HTTP to where configuration allows, and nowhere else.
//!
//! [`Transport`] is a tower service over hyper and rustls. It asks
//! [configured origins](Origins) alone, follows no redirect, and gives up when
//! its time or its octets are used up. TLS roots, the client certificate and
//! the proxy are configuration: nothing is taken from the system. What arrives
//! is not believed for having arrived: whoever reads it verifies it.
//!
//! [`Client`] is the same under tower's own layers: an overall time-out,
//! retries with jitter of `GET`, a limit of concurrent requests that sheds
//! what goes over it.
//!
//! ```
//! # fn main() -> Result<(), tashika::transport::TransportError> {
//! use tashika::transport::{Load, Origins, Tls, Transport};
//!
//! let origins = Origins::none()
//!     .plain_http("http://ocsp.internal.example")?;
//! let transport = Transport::builder(origins, Tls::no_roots()).build()?;
//! let client = transport.under(&Load::standard());
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! # No compressed bodies
//!
//! Requests say `Accept-Encoding: identity`, and an answer with another
//! `Content-Encoding` is refused before its body is read. There is nothing
//! here that decompresses, so there is nothing to bomb.

mod body;
pub(crate) mod breaker;
mod builder;
mod client;
mod connect;
mod error;
mod origin;
mod service;
mod tls;

pub use body::Body;
pub use breaker::{BreakerPolicy, BreakerState, EndpointState};
pub use builder::{Proxy, Timeouts, TransportBuilder};
pub use client::{Client, Load};
#[cfg(feature = "auth-app")]
pub(crate) use error::Codes;
pub use error::TransportError;
pub use origin::Origins;
pub use service::HttpService;
pub use tls::Tls;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use tokio::time::{Instant, timeout_at};
use tower::Service;

use connect::HttpClient;

/// An HTTP/1.1 client for configured origins: a
/// `tower::Service<http::Request<Bytes>>`.
///
/// A clone shares the connections of the original.
#[derive(Clone)]
pub struct Transport {
    http: HttpClient,
    origins: Arc<Origins>,
    budget: Budget,
}

/// What one exchange may cost. Put into a request's extensions, it replaces
/// the transport's own for that request: a list of a gigabyte needs another
/// than an answer of a kilobyte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// From the call to the last octet of the body.
    pub total: Duration,
    /// Octets of the body.
    pub body: u64,
}

impl Transport {
    /// Begins the configuration of a transport to `origins`.
    pub fn builder(origins: Origins, tls: Tls) -> TransportBuilder {
        TransportBuilder::new(origins, tls)
    }

    /// This transport under tower's layers.
    #[must_use]
    pub fn under(self, load: &Load) -> Client {
        Client::new(self, load)
    }

    fn prepare(&self, request: &mut Request<Bytes>) -> Result<Budget, TransportError> {
        if !self.origins.allow(request.uri()) {
            return Err(TransportError::Origin);
        }
        let identity = HeaderValue::from_static("identity");
        request.headers_mut().insert(ACCEPT_ENCODING, identity);
        let own = request.extensions_mut().remove::<Budget>();
        Ok(own.unwrap_or(self.budget))
    }
}

impl Service<Request<Bytes>> for Transport {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Bytes>) -> Self::Future {
        let prepared = self.prepare(&mut request);
        let http = self.http.clone();
        Box::pin(async move { exchange(http, request, prepared?).await })
    }
}

async fn exchange(
    http: HttpClient,
    request: Request<Bytes>,
    budget: Budget,
) -> Result<Response<Body>, TransportError> {
    let deadline = Instant::now() + budget.total;
    let sent = http.request(request.map(Full::new));
    let response = timeout_at(deadline, sent)
        .await
        .map_err(|_| TransportError::Timeout)?
        .map_err(TransportError::of_exchange)?;
    check(&response, budget.body)?;
    Ok(response.map(|incoming| Body::new(incoming, budget.body, deadline)))
}

/// What can be refused before the body is read.
fn check<B>(response: &Response<B>, cap: u64) -> Result<(), TransportError> {
    let status = response.status();
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        return Err(TransportError::Redirect);
    }
    let mut encodings = response.headers().get_all(CONTENT_ENCODING).iter();
    if !encodings.all(|e| e.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(TransportError::Encoding);
    }
    let length = response.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|l| l.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > cap) {
        return Err(TransportError::TooLarge);
    }
    Ok(())
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("origins", &self.origins)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
