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
