//! What is done, told as it is done: to standard error, without anything that
//! is worth a login.

use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tashika::transport::{Body, Client, TransportError};
use tower::Service;

use crate::transport::label;

/// Tells of a step. Nobody needs to listen.
pub(super) fn say(step: &str) {
    let _ = writeln!(io::stderr(), "{step}");
}

/// A client that tells what it asks, and whether it was answered.
#[derive(Clone)]
pub(super) struct Announced(Client);

impl Announced {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }
}

impl Service<Request<Bytes>> for Announced {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        say(&format!("→ {} {}", request.method(), label(request.uri())));
        let sent = self.0.call(request);
        Box::pin(async {
            let answer = sent.await;
            match &answer {
                Ok(response) => say(&format!("← {}", response.status())),
                Err(error) => say(&format!("← {error}")),
            }
            answer
        })
    }
}
