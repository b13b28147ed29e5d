//! Where lists come from.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;
use tashika::revocation::{IngestError, ListOrigin, StoreUpdate, TakeError, Taken};
use tashika::{Time, limits};

use crate::exit::Failure;
use crate::input;

/// What a list is read from.
pub(super) enum Source {
    /// A file in DER or PEM.
    File(PathBuf),
}

impl Source {
    /// All sources that these arguments name: files, and the files of folders.
    pub(super) fn all(paths: &[PathBuf]) -> Result<Vec<Self>, Failure> {
        let mut sources = Vec::new();
        for path in paths {
            let files = input::files(path, &["crl", "der", "pem"])?;
            sources.extend(files.into_iter().map(Self::File));
        }
        Ok(sources)
    }

    /// How many octets it is, as far as that is known beforehand.
    pub(super) fn octets(&self) -> u64 {
        match self {
            Self::File(path) => path.metadata().map_or(0, |m| m.len()),
        }
    }

    /// Brings the list into the store.
    pub(super) fn take(&self, update: &StoreUpdate, now: Time) -> Result<Taken, TakeError> {
        match self {
            Self::File(path) => {
                let origin = ListOrigin {
                    label: self.to_string(),
                    ..ListOrigin::default()
                };
                let (source, length) = open(path).map_err(IngestError::Read)?;
                update.take(source, length, &origin, now)
            }
        }
    }
}

/// As the operator named it.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
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
