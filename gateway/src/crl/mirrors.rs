//! Lists from mirrors.

use std::path::{Path, PathBuf};

use http::Uri;
use tashika::Time;
use tashika::revocation::mirror::{Fetched, Mirror, MirrorLimits, Validators};
use tashika::revocation::{Binding, ListOrigin, StoreUpdate};
use tashika::transport::{Origins, Proxy, Tls, Transport, TransportError};
use tashika::trust::Fingerprint;
use tokio::runtime::{Builder, Runtime};

use super::source::{Brought, Source, SourceError};
use crate::cli::crl::{Http, Sync};
use crate::exit::Failure;
use crate::input;

/// Octets of a file of URLs: thousands of them.
const URLS: usize = 16 * 1024 * 1024;
/// Octets of a file of certificates or of a key.
const PEM: usize = 1024 * 1024;

/// Where a mirror has a list.
pub(super) struct Location {
    url: Uri,
    label: String,
}

/// Whether an argument is meant as a URL.
pub(super) fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The URLs of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Location>, Failure> {
    let mut locations = Vec::new();
    input::lines(path, URLS, |line| {
        locations.push(Location::parse(line)?);
        Ok(())
    })?;
    Ok(locations)
}

impl Location {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let url: Option<Uri> = text.parse().ok().filter(|_| is_url(text));
        let url = url.ok_or_else(|| Failure::Usage("not an http or https URL".to_owned()))?;
        Ok(Self {
            label: label(&url),
            url,
        })
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn url(&self) -> &Uri {
        &self.url
    }

    pub(super) fn into_url(self) -> Uri {
        self.url
    }
}

/// A URL without what may be a secret in it: of a query only a digest.
fn label(url: &Uri) -> String {
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

/// The way to all mirrors of a run.
pub(super) struct Mirrors {
    mirror: Option<(Mirror, Runtime)>,
    /// Where lists lie until they are verified, in files without a name.
    folder: PathBuf,
}

impl Mirrors {
    pub(super) fn new(options: &Sync, sources: &[Source]) -> Result<Self, Failure> {
        let folder = options.store.store.clone();
        let mut locations = sources.iter().filter_map(Source::location).peekable();
        if locations.peek().is_none() {
            let mirror = None;
            return Ok(Self { mirror, folder });
        }
        let transport = options.http.transport(locations)?;
        let mirror = Mirror::new(transport, MirrorLimits::standard());
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build()?;
        Ok(Self {
            mirror: Some((mirror, runtime)),
            folder,
        })
    }

    /// Fetches a list, unless it is the one that is there, and takes it into
    /// the store.
    pub(super) fn take(
        &self,
        location: &Location,
        update: &StoreUpdate,
        binding: Binding,
        now: Time,
    ) -> Result<Brought, SourceError> {
        let Some((mirror, runtime)) = &self.mirror else {
            return Err(SourceError::Fetch(TransportError::Origin.into()));
        };
        let written = SourceError::Fetch;
        let mut file = tempfile::tempfile_in(&self.folder).map_err(|e| written(e.into()))?;
        let mut fetch = |known| runtime.block_on(mirror.fetch(&location.url, &known, &mut file));
        let label = location.label();
        let known = update.validators(label, &binding).unwrap_or_default();
        let mut fetched = fetch(Validators::from_octets(&known))?;
        if fetched == Fetched::Unchanged {
            if update.unchanged(label, &binding, now) {
                return Ok(Brought::Unchanged);
            }
            // What is there is damaged: the mirror has to send it all the same.
            fetched = fetch(Validators::none())?;
        }
        let Fetched::List {
            octets, validators, ..
        } = fetched
        else {
            return Ok(Brought::Unchanged);
        };
        let origin = ListOrigin {
            label: label.to_owned(),
            validators: validators.to_octets(),
            binding,
        };
        Ok(Brought::Taken(update.take(file, octets, &origin, now)?))
    }
}

impl Http {
    /// A transport to the origins of these locations and no others.
    fn transport<'l>(
        &self,
        locations: impl Iterator<Item = &'l Location>,
    ) -> Result<Transport, Failure> {
        let misuse = |error: TransportError| Failure::Usage(error.to_string());
        let mut origins = Origins::none();
        for origin in &self.plain_http {
            origins = origins.plain_http(origin).map_err(misuse)?;
        }
        for Location { url, label } in locations {
            if origins.allow(url) {
                continue;
            }
            if url.scheme_str() != Some("https") {
                let text = "is without TLS: name its origin with --plain-http if that is right";
                return Err(Failure::Usage(format!("{label} {text}")));
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
