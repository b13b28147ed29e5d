//! Where lists come from.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;
use tashika::revocation::mirror::MirrorError;
use tashika::revocation::{Binding, IngestError, ListOrigin, StoreUpdate, TakeError, Taken};
use tashika::{Code, Time, limits};

use super::mirrors::{self, Location, Mirrors};
use crate::cli::crl::Sync;
use crate::exit::Failure;
use crate::{input, transport};

/// What a list is read from.
pub(super) enum Source {
    /// A file in DER or PEM.
    File(PathBuf),
    /// A mirror's URL.
    Mirror(Location),
}

/// What became of a source.
pub(super) enum Brought {
    Taken(Taken),
    /// The mirror has the list that is in the store.
    Unchanged,
}

/// Why a source brought nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    #[error("{}: the list says itself what it covers: it needs no line in --bindings", .0.code())]
    Bound(#[source] TakeError),
    #[error(transparent)]
    Take(TakeError),
    #[error(transparent)]
    Fetch(#[from] MirrorError),
}

impl SourceError {
    /// What to tell the operator, without the code.
    pub(super) fn description(&self) -> String {
        match self {
            Self::Take(TakeError::Ingest(error @ IngestError::Read(cause))) => {
                format!("{error}: {cause}")
            }
            Self::Bound(_) | Self::Take(_) | Self::Fetch(_) => {
                without(self.code(), &self.to_string())
            }
        }
    }

    pub(super) fn code(&self) -> Code {
        match self {
            Self::Bound(error) | Self::Take(error) => error.code(),
            Self::Fetch(error) => error.code(),
        }
    }
}

/// A text that may begin with its code.
fn without(code: Code, text: &str) -> String {
    let bare = text.strip_prefix(code.as_str());
    let bare = bare.and_then(|text| text.strip_prefix(": "));
    bare.unwrap_or(text).to_owned()
}

impl From<TakeError> for SourceError {
    fn from(error: TakeError) -> Self {
        // Of all arguments only a binding can be at odds with a list.
        match error.code() {
            Code::MisuseArgument => Self::Bound(error),
            _ => Self::Take(error),
        }
    }
}

impl Source {
    /// All sources that the arguments name: files, the files of folders, and
    /// URLs.
    pub(super) fn all(options: &Sync) -> Result<Vec<Self>, Failure> {
        let mut sources = Vec::new();
        for path in &options.sources {
            if let Some(url) = path.to_str().filter(|path| transport::is_url(path)) {
                sources.push(Self::Mirror(Location::parse(url)?));
                continue;
            }
            let files = input::files(path, &["crl", "der", "pem"])?;
            if files.is_empty() {
                let text = "no list is in this folder (.crl .der .pem)";
                return Err(Failure::unreadable(path, io::Error::other(text)));
            }
            sources.extend(files.into_iter().map(Self::File));
        }
        for path in &options.urls {
            let locations = mirrors::read(path)?;
            if locations.is_empty() {
                let text = format!("{}: no URL is in this file", path.display());
                return Err(Failure::Usage(text));
            }
            sources.extend(locations.into_iter().map(Self::Mirror));
        }
        Ok(sources)
    }

    /// How many octets it is, if that is known beforehand.
    pub(super) fn octets(&self) -> Option<u64> {
        match self {
            Self::File(path) => Some(path.metadata().map_or(0, |m| m.len())),
            Self::Mirror(_) => None,
        }
    }

    /// Where it is, if that is a mirror.
    pub(super) fn location(&self) -> Option<&Location> {
        match self {
            Self::File(_) => None,
            Self::Mirror(location) => Some(location),
        }
    }

    /// Brings the list into the store.
    pub(super) fn take(
        &self,
        update: &StoreUpdate,
        mirrors: &Mirrors,
        binding: Binding,
        now: Time,
    ) -> Result<Brought, SourceError> {
        match self {
            Self::File(path) => {
                let origin = ListOrigin {
                    label: self.to_string(),
                    binding,
                    ..ListOrigin::default()
                };
                let opened = open(path).map_err(IngestError::Read);
                let (source, length) = opened.map_err(TakeError::from)?;
                Ok(Brought::Taken(update.take(source, length, &origin, now)?))
            }
            Self::Mirror(location) => mirrors.take(location, update, binding, now),
        }
    }
}

/// As the operator named it.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Mirror(location) => f.write_str(location.label()),
        }
    }
}

/// The DER of a list, and its length. PEM is read into memory first.
pub(super) fn open(path: &Path) -> io::Result<(Box<dyn Read + Send>, u64)> {
    let mut file = File::open(path)?;
    let mut start = Vec::new();
    (&mut file).take(2).read_to_end(&mut start)?;
    let length = file.metadata()?.len();
    if input::is_der(&start) || length > 2 * limits::CRL as u64 {
        return Ok((Box::new(Cursor::new(start).chain(file)), length));
    }
    file.take(length).read_to_end(&mut start)?;
    let der = match CertificateRevocationListDer::from_pem_slice(&start) {
        Ok(list) => list.as_ref().to_vec(),
        Err(_) => start,
    };
    let length = der.len() as u64;
    Ok((Box::new(Cursor::new(der)), length))
}
