//! Whatever sends requests.

use std::future::Future;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use tokio::time::timeout;
use tower::{Service, ServiceExt};

use crate::transport::{Budget, TransportError, check, error};

/// A `tower::Service<http::Request<Bytes>>` whose answers have a body of
/// octets, which can be cloned and sent to other threads: a
/// [`Client`](crate::transport::Client), or anything else that sends requests.
///
/// A name for these bounds: every service that fulfils them has it. What it is
/// asked through here is bounded by a [`Budget`], which stands in the request's
/// extensions and is kept to whether the service looks at it or not. Redirects
/// and compressed bodies are refused, as a
/// [`Transport`](crate::transport::Transport) does.
pub trait HttpService: sealed::Exchange + Clone + Send + Sync + 'static {}

impl<S: sealed::Exchange + Clone + Send + Sync + 'static> HttpService for S {}

mod sealed {
    use super::{Budget, Bytes, Future, Request, Response, TransportError};

    pub trait Exchange {
        /// Sends a request and reads its answer into memory.
        fn exchange(
            self,
            request: Request<Bytes>,
            budget: Budget,
        ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send;
    }
}

impl<S, B> sealed::Exchange for S
where
    S: Service<Request<Bytes>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<error::Source>,
    S::Future: Send,
    B: Body<Data = Bytes> + Send,
    B::Error: Into<error::Source>,
{
    async fn exchange(
        self,
        mut request: Request<Bytes>,
        budget: Budget,
    ) -> Result<Response<Bytes>, TransportError> {
        request.extensions_mut().insert(budget);
        let exchanged = async {
            let response = self.oneshot(request).await;
            let response = response.map_err(|e| TransportError::of_layer(e.into()))?;
            check(&response, budget.body)?;
            let (head, body) = response.into_parts();
            let cap = usize::try_from(budget.body).unwrap_or(usize::MAX);
            let whole = Limited::new(body, cap).collect().await;
            let whole = whole.map_err(TransportError::of_layer)?;
            Ok(Response::from_parts(head, whole.to_bytes()))
        };
        let whole = timeout(budget.total, exchanged).await;
        whole.unwrap_or(Err(TransportError::Timeout))
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::io;
    use std::time::Duration;

    use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
    use http_body_util::Full;
    use tower::service_fn;

    use super::*;
    use crate::transport::service::sealed::Exchange;

    const BUDGET: Budget = Budget {
        total: Duration::from_secs(10),
        body: 10,
    };

    type Answer = Result<Response<Full<Bytes>>, error::Source>;

    /// What comes of an exchange with a service that does nothing by itself.
    async fn exchanged<F>(
        answer: impl Fn() -> F + Clone + Send + Sync + 'static,
    ) -> Result<Bytes, &'static str>
    where
        F: Future<Output = Answer> + Send,
    {
        let service = service_fn(move |request: Request<Bytes>| {
            assert_eq!(request.extensions().get(), Some(&BUDGET));
            answer()
        });
        let response = service.exchange(Request::default(), BUDGET).await;
        response
            .map(Response::into_body)
            .map_err(|error| error.kind())
    }

    fn ok(body: &'static str) -> Response<Full<Bytes>> {
        Response::new(Full::from(body))
    }

    #[tokio::test]
    async fn a_budget_is_kept_to_for_services_that_do_not() {
        let exact = exchanged(async || Ok(ok("0123456789"))).await;
        assert_eq!(exact.unwrap(), "0123456789");
        let more = exchanged(async || Ok(ok("0123456789a"))).await;
        assert_eq!(more.unwrap_err(), "too_large");
        let claimed = exchanged(async || {
            let mut response = ok("");
            response.headers_mut().insert(CONTENT_LENGTH, 11.into());
            Ok(response)
        });
        assert_eq!(claimed.await.unwrap_err(), "too_large");
    }

    #[tokio::test(start_paused = true)]
    async fn time_is_up_for_a_service_that_takes_it() {
        let never = exchanged(async || pending().await).await;
        assert_eq!(never.unwrap_err(), "timeout");
    }

    #[tokio::test]
    async fn what_a_transport_refuses_is_refused_from_anybody() {
        let redirect = exchanged(async || {
            let mut response = ok("");
            *response.status_mut() = http::StatusCode::FOUND;
            Ok(response)
        });
        assert_eq!(redirect.await.unwrap_err(), "redirect");
        let compressed = exchanged(async || {
            let mut response = ok("");
            let gzip = http::HeaderValue::from_static("gzip");
            response.headers_mut().insert(CONTENT_ENCODING, gzip);
            Ok(response)
        });
        assert_eq!(compressed.await.unwrap_err(), "encoding");
    }

    #[tokio::test]
    async fn an_error_in_a_box_is_still_known() {
        let ours = exchanged(async || Err(TransportError::Origin.into())).await;
        assert_eq!(ours.unwrap_err(), "origin");
        let theirs = exchanged(async || Err(io::Error::other("theirs").into())).await;
        assert_eq!(theirs.unwrap_err(), "broken");
        let layers = exchanged(async || Err(tower::timeout::error::Elapsed::new().into())).await;
        assert_eq!(layers.unwrap_err(), "timeout");
    }
}
