//! Trust directories.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use tashika::jpki::Kind;
use tashika::trust::{Environment, Fingerprint, TrustStore};

use crate::cli::EnvironmentArgument;
use crate::exit::Failure;
use crate::input;

/// An anchor as it was found.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) der: Bytes,
    pub(crate) kind: Kind,
}

/// Loads every anchor of a directory. The kind of each follows from its name;
/// a file that is no anchor is an error, not skipped.
pub(crate) fn load(
    dir: &Path,
    environment: EnvironmentArgument,
    pins: &[Fingerprint],
) -> Result<TrustStore, Failure> {
    let mut builder = TrustStore::builder(environment.into());
    for found in find(dir)? {
        let purpose = found.kind.purpose();
        let fingerprint = Fingerprint::of(&found.der);
        if pins.contains(&fingerprint) {
            builder = builder.pin(purpose, fingerprint);
        }
        builder = builder
            .anchor(purpose, &found.der)
            .map_err(|error| Failure::unfit(&found.path, error))?;
    }
    builder.build().map_err(|error| Failure::unfit(dir, error))
}

/// The anchors of a directory, sorted by file.
pub(crate) fn find(dir: &Path) -> Result<Vec<Found>, Failure> {
    let mut anchors = Vec::new();
    for path in input::files(dir, &["cer", "crt", "der", "pem"])? {
        for der in input::certificates(&path)? {
            let kind = Kind::of_ca(&der).map_err(|error| Failure::unfit(&path, error))?;
            let path = path.clone();
            anchors.push(Found { path, der, kind });
        }
    }
    Ok(anchors)
}

impl From<EnvironmentArgument> for Environment {
    fn from(argument: EnvironmentArgument) -> Self {
        match argument {
            EnvironmentArgument::Production => Self::Production,
            EnvironmentArgument::Test => Self::Test,
        }
    }
}
