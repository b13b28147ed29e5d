//! Lists from mirrors.

use std::path::{Path, PathBuf};

use http::Uri;
use tashika::Time;
use tashika::revocation::mirror::{Fetched, Mirror, MirrorLimits, Validators};
use tashika::revocation::{Binding, ListOrigin, StoreUpdate};
use tashika::transport::TransportError;
use tokio::runtime::{Builder, Runtime};

use super::source::{Brought, Source, SourceError};
use crate::cli::crl::Sync;
use crate::exit::Failure;
use crate::transport::label;
use crate::{input, transport};

/// Octets of a file of URLs: thousands of them.
const URLS: usize = 16 * 1024 * 1024;

/// Where a mirror has a list.
pub(super) struct Location {
    url: Uri,
    label: String,
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
        let url = transport::url(text).map_err(|text| Failure::Usage(text.to_owned()))?;
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

/// The way to all mirrors of a run.
pub(super) struct Mirrors {
    mirror: Option<(Mirror, Runtime)>,
    /// Where lists lie until they are verified, in files without a name.
    folder: PathBuf,
}

impl Mirrors {
    pub(super) fn new(options: &Sync, sources: &[Source]) -> Result<Self, Failure> {
        let folder = options.store.store.clone();
        let locations = sources.iter().filter_map(Source::location);
        let mut urls = locations.map(|location| &location.url).peekable();
        if urls.peek().is_none() {
            let mirror = None;
            return Ok(Self { mirror, folder });
        }
        let transport = options.http.transport(urls)?;
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
