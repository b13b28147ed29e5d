//! Connections: direct or through a proxy, and TLS over either.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower::Service;

use crate::transport::Proxy;

pub(super) type HttpClient = Client<HttpsConnector<Dialer>, Full<Bytes>>;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Header fields of an answer. What is served here needs a dozen.
const HEADERS: usize = 64;

/// Octets that the head of an answer may take.
const HEAD: usize = 64 * 1024;

/// How long an unused connection is kept: shorter than servers commonly do, so
/// that a request seldom meets a connection that is being closed.
const IDLE: Duration = Duration::from_secs(15);

pub(super) fn client(tls: ClientConfig, connect: Duration, proxy: Option<&Proxy>) -> HttpClient {
    let dialer = Dialer::new(connect, proxy);
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(dialer);
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http1_max_headers(HEADERS)
        .http1_max_buf_size(HEAD)
        .build(connector)
}

/// Opens the TCP connection that TLS or HTTP goes over.
#[derive(Clone)]
pub(super) enum Dialer {
    Direct(HttpConnector),
    Proxied(Tunnel<HttpConnector>),
}

impl Dialer {
    fn new(connect: Duration, proxy: Option<&Proxy>) -> Self {
        let mut direct = HttpConnector::new();
        direct.enforce_http(false);
        direct.set_nodelay(true);
        direct.set_connect_timeout(Some(connect));
        let Some(proxy) = proxy else {
            return Self::Direct(direct);
        };
        let tunnel = Tunnel::new(proxy.url().clone(), direct);
        Self::Proxied(match proxy.authorization() {
            Some(value) => tunnel.with_auth(value.clone()),
            None => tunnel,
        })
    }
}

impl Service<Uri> for Dialer {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Direct(direct) => direct.poll_ready(context).map_err(Into::into),
            Self::Proxied(tunnel) => tunnel.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        match self {
            Self::Direct(direct) => {
                let dialled = direct.call(url);
                Box::pin(async move { Ok(dialled.await?) })
            }
            Self::Proxied(tunnel) => {
                let dialled = tunnel.call(url);
                Box::pin(async move { Ok(dialled.await?) })
            }
        }
    }
}
