//! What a transport is made of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use http::{HeaderValue, Uri};

use crate::limits;
use crate::transport::connect::client;
use crate::transport::{Budget, Origins, Tls, Transport, TransportError};

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a TCP connection, to each of the addresses of a name together.
    pub connect: Duration,
    /// From the call to the last octet of the body: name look-up, connection,
    /// TLS, request and answer.
    pub total: Duration,
}

impl Timeouts {
    /// Two seconds for a connection, ten for everything: somebody stands
    /// at a counter and waits.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            connect: Duration::from_secs(2),
            total: Duration::from_secs(10),
        }
    }
}

/// Configures a [`Transport`].
#[derive(Debug)]
#[must_use]
pub struct TransportBuilder {
    origins: Origins,
    tls: Tls,
    proxy: Option<Proxy>,
    timeouts: Timeouts,
    body: u64,
}

impl TransportBuilder {
    pub(super) fn new(origins: Origins, tls: Tls) -> Self {
        Self {
            origins,
            tls,
            proxy: None,
            timeouts: Timeouts::standard(),
            body: limits::HTTP_BODY,
        }
    }

    /// Through a proxy, for every origin.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Other time-outs than [`Timeouts::standard`].
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Octets that a body may have, if not [`limits::HTTP_BODY`].
    pub fn body_cap(mut self, octets: u64) -> Self {
        self.body = octets;
        self
    }

    /// The transport. Nothing is connected to yet.
    ///
    /// # Errors
    /// [`TransportError::Configuration`] if there are no TLS roots although an
    /// origin is `https`, and [`TransportError::TlsConfiguration`] if key and
    /// certificate do not fit together.
    pub fn build(self) -> Result<Transport, TransportError> {
        if self.origins.need_tls() && !self.tls.has_roots() {
            return Err(TransportError::Configuration("https needs TLS roots"));
        }
        let tls = self.tls.client_config()?;
        Ok(Transport {
            http: client(tls, self.timeouts.connect, self.proxy.as_ref()),
            origins: Arc::new(self.origins),
            budget: Budget {
                total: self.timeouts.total,
                body: self.body,
            },
        })
    }
}

/// A proxy that opens tunnels (`CONNECT`, RFC 9110, 9.3.6), for `http`
/// origins too: it sees where a request goes and, over TLS, nothing else.
#[derive(Clone)]
pub struct Proxy {
    url: Uri,
    authorization: Option<HeaderValue>,
}

impl Proxy {
    /// The proxy at an `http` URL, for example `http://proxy.internal:3128`.
    /// The way to the proxy itself is not encrypted.
    ///
    /// # Errors
    /// [`TransportError::Configuration`] if it is no such URL.
    pub fn http(url: &str) -> Result<Self, TransportError> {
        let url: Option<Uri> = url.parse().ok();
        let url = url
            .filter(|u| u.scheme() == Some(&Scheme::HTTP) && u.host().is_some())
            .ok_or(TransportError::Configuration("not an http URL of a proxy"))?;
        let authorization = None;
        Ok(Self { url, authorization })
    }

    /// The same with a value for `Proxy-Authorization`.
    #[must_use]
    pub fn with_authorization(mut self, value: HeaderValue) -> Self {
        self.authorization = Some(value);
        self
    }

    pub(super) fn url(&self) -> &Uri {
        &self.url
    }

    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy(…)")
    }
}
