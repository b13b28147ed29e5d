//! The way to servers.

use std::path::Path;

use http::Uri;
use tashika::transport::{Origins, Proxy, Tls, Transport, TransportError};
use tashika::trust::Fingerprint;

use crate::cli::Http;
use crate::exit::Failure;
use crate::input;

/// Octets of a file of certificates or of a key.
const PEM: usize = 1024 * 1024;

const NO_URL: &str = "not an http or https URL";

/// Whether an argument is meant as a URL, be it one that can be asked or not.
pub(crate) fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// The URL that an argument is.
///
/// # Errors
/// Why it is none, without any of it: there may be a secret in it.
pub(crate) fn url(text: &str) -> Result<Uri, &'static str> {
    let url: Uri = text.parse().map_err(|_| NO_URL)?;
    if !matches!(url.scheme_str(), Some("http" | "https")) {
        return Err(NO_URL);
    }
    let authority = url.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err("a URL with a user's name or password is not asked");
    }
    Ok(url)
}

/// A URL without what may be a secret in it: of a query only a digest.
pub(crate) fn label(url: &Uri) -> String {
    let scheme = url.scheme_str().unwrap_or_default();
    let host = url.host().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}"));
    let (port, path) = (port.unwrap_or_default(), url.path());
    let query = url.query().map(|query| {
        let digest = Fingerprint::of(query.as_bytes()).to_string();
        format!("?{}", digest.get(..8).unwrap_or_default())
    });
    format!("{scheme}://{host}{port}{path}{}", query.unwrap_or_default())
}

impl Http {
    /// A transport to the origins of these URLs and no others.
    pub(crate) fn transport<'u>(
        &self,
        urls: impl Iterator<Item = &'u Uri>,
    ) -> Result<Transport, Failure> {
        let misuse = |error: TransportError| Failure::Usage(error.to_string());
        let mut origins = Origins::none();
        for origin in &self.plain_http {
            origins = origins.plain_http(origin).map_err(misuse)?;
        }
        for url in urls {
            if origins.allow(url) {
                continue;
            }
            if url.scheme_str() != Some("https") {
                let text = "is without TLS: name its origin with --plain-http if that is right";
                return Err(Failure::Usage(format!("{} {text}", label(url))));
            }
            if self.tls_root.is_empty() {
                let text = "is asked over TLS: name the root of its certificate with --tls-root";
                return Err(Failure::Usage(format!("{} {text}", label(url))));
            }
            origins = origins.https(&url.to_string()).map_err(misuse)?;
        }
        let mut builder = Transport::builder(origins, self.tls()?);
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(Proxy::http(proxy).map_err(misuse)?);
        }
        builder.build().map_err(misuse)
    }

    fn tls(&self) -> Result<Tls, Failure> {
        let misuse = |path: &Path, error: TransportError| {
            Failure::Usage(format!("{}: {error}", path.display()))
        };
        let mut tls = Tls::no_roots();
        for path in &self.tls_root {
            let octets = input::read(path, PEM)?;
            let added = if input::is_der(&octets) {
                tls.root_der(&octets)
            } else {
                tls.roots_pem(&octets)
            };
            tls = added.map_err(|error| misuse(path, error))?;
        }
        if let (Some(certificate), Some(key)) = (&self.tls_certificate, &self.tls_key) {
            let (chain, key) = (input::read(certificate, PEM)?, input::read(key, PEM)?);
            let added = tls.client_certificate_pem(&chain, &key);
            tls = added.map_err(|error| misuse(certificate, error))?;
        }
        Ok(tls)
    }
}
