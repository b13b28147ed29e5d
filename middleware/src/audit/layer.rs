//! The layer.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use tashika::audit::MethodTable;
use tower_layer::Layer;
use tower_service::Service;

use crate::audit::{AuditSink, Recorder};

/// Puts on record what the layers within it find, before it has an effect.
///
/// It stands outside of the layers that verify. When one of them has a proof, the
/// record is written first, and the service behind it hears of the request when
/// the sink says that the record is safe; if it is not, the response is 503 with
/// `transaction.unrecorded`, and the transaction is spent. Refusals are put on
/// record too, and are refusals whether or not that works.
///
/// A record says that the evidence was accepted. That the service behind then
/// answered, it does not say.
#[derive(Clone, Debug)]
pub struct AuditLayer {
    recorder: Recorder,
}

/// The service that [`AuditLayer`] makes of the one behind it.
#[derive(Clone, Debug)]
pub struct AuditService<S> {
    inner: S,
    recorder: Recorder,
}

impl AuditLayer {
    /// Writes to `sink`.
    #[must_use]
    pub fn new(sink: Arc<dyn AuditSink>) -> Self {
        let recorder = Recorder::new(sink);
        Self { recorder }
    }

    /// This layer, for services that identify people as 犯収法 wants it: records
    /// tell what `table` calls the method on the day.
    #[must_use]
    pub fn with_methods(mut self, table: MethodTable) -> Self {
        self.recorder.methods = Some(Arc::new(table));
        self
    }
}

impl<S> Layer<S> for AuditLayer {
    type Service = AuditService<S>;

    fn layer(&self, inner: S) -> AuditService<S> {
        let recorder = self.recorder.clone();
        AuditService { inner, recorder }
    }
}

impl<S, B> Service<Request<B>> for AuditService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        request.extensions_mut().insert(self.recorder.clone());
        self.inner.call(request)
    }
}
