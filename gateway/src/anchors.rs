//! Trust directories.
//!
//! | where | what |
//! |---|---|
//! | the directory itself | roots of the card's certificates; the kind of each follows from its name |
//! | `mdoc-issuer/TYPE/` | roots (IACA) over documents of one type in phones |
//! | `mdoc-status/` | roots over signers of their status lists |

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tashika::jpki::Kind;
use tashika::trust::{Environment, Fingerprint, Purpose, TrustStore};

use crate::cli::EnvironmentArgument;
use crate::exit::Failure;
use crate::input;

/// An anchor as it was found.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) der: Bytes,
    pub(crate) purpose: Purpose,
}

/// The roots over one type of document.
pub(crate) struct Issuers {
    pub(crate) doc_type: String,
    pub(crate) roots: Vec<Found>,
}

/// Which world anchors are of, and which of them were confirmed.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) environment: EnvironmentArgument,
    pub(crate) pins: &'a [Fingerprint],
}

const MDOC_ISSUER: &str = "mdoc-issuer";
const MDOC_STATUS: &str = "mdoc-status";

/// Loads every anchor of a directory over certificates of cards. The kind of
/// each follows from its name; a file that is no anchor is an error, not
/// skipped.
pub(crate) fn load(dir: &Path, terms: Terms<'_>) -> Result<TrustStore, Failure> {
    store(dir, &cards(dir)?, terms)
}

/// Loads every anchor of a directory that signs revocation lists.
pub(crate) fn load_all(dir: &Path, terms: Terms<'_>) -> Result<TrustStore, Failure> {
    let mut all = cards(dir)?;
    for issuers in issuers(dir)? {
        all.extend(issuers.roots);
    }
    store(dir, &all, terms)
}

/// Loads the roots over one type of document: those of its folder, or of the
/// one file that was named.
pub(crate) fn load_issuers(
    dir: &Path,
    doc_type: &str,
    terms: Terms<'_>,
) -> Result<TrustStore, Failure> {
    if dir.is_file() {
        return store(dir, &of_purpose(dir, Purpose::MdocIssuer)?, terms);
    }
    let mut issuers = issuers(dir)?.into_iter();
    let found = issuers.find(|issuers| issuers.doc_type == doc_type);
    let found = found.ok_or_else(|| {
        let folder = dir.join(MDOC_ISSUER);
        let text = format!("{}: no folder {doc_type:?} there", folder.display());
        let next = "Put the roots over documents of this type into a folder of its name.";
        Failure::Usage(format!("{text}\n{next}"))
    })?;
    store(dir, &found.roots, terms)
}

/// Loads the roots over signers of status lists.
pub(crate) fn load_status(dir: &Path, terms: Terms<'_>) -> Result<TrustStore, Failure> {
    let folder = dir.join(MDOC_STATUS);
    store(&folder, &of_purpose(&folder, Purpose::MdocStatus)?, terms)
}

/// A store of these anchors.
pub(crate) fn store(
    dir: &Path,
    anchors: &[Found],
    terms: Terms<'_>,
) -> Result<TrustStore, Failure> {
    let mut builder = TrustStore::builder(terms.environment.into());
    for found in anchors {
        let fingerprint = Fingerprint::of(&found.der);
        if terms.pins.contains(&fingerprint) {
            builder = builder.pin(found.purpose, fingerprint);
        }
        builder = builder
            .anchor(found.purpose, &found.der)
            .map_err(|error| Failure::unfit(&found.path, error))?;
    }
    builder.build().map_err(|error| Failure::unfit(dir, error))
}

/// The anchors over certificates of cards, sorted by file.
pub(crate) fn cards(dir: &Path) -> Result<Vec<Found>, Failure> {
    let of_kind = |path: &Path, der: &Bytes| {
        let kind = Kind::of_ca(der).map_err(|error| Failure::unfit(path, error))?;
        Ok(kind.purpose())
    };
    find(dir, of_kind)
}

/// The roots over documents, by type.
pub(crate) fn issuers(dir: &Path) -> Result<Vec<Issuers>, Failure> {
    let mut found = Vec::new();
    for folder in folders(&dir.join(MDOC_ISSUER))? {
        let Some(doc_type) = folder.file_name().and_then(OsStr::to_str) else {
            continue;
        };
        found.push(Issuers {
            doc_type: doc_type.to_owned(),
            roots: of_purpose(&folder, Purpose::MdocIssuer)?,
        });
    }
    Ok(found)
}

/// The roots over signers of status lists, if the directory has any.
pub(crate) fn status(dir: &Path) -> Result<Vec<Found>, Failure> {
    let folder = dir.join(MDOC_STATUS);
    match folder.is_dir() {
        true => of_purpose(&folder, Purpose::MdocStatus),
        false => Ok(Vec::new()),
    }
}

fn of_purpose(dir: &Path, purpose: Purpose) -> Result<Vec<Found>, Failure> {
    find(dir, |_, _| Ok(purpose))
}

fn find(
    dir: &Path,
    purpose: impl Fn(&Path, &Bytes) -> Result<Purpose, Failure>,
) -> Result<Vec<Found>, Failure> {
    let mut anchors = Vec::new();
    for path in input::files(dir, &["cer", "crt", "der", "pem"])? {
        for der in input::certificates(&path)? {
            let purpose = purpose(&path, &der)?;
            let path = path.clone();
            anchors.push(Found { path, der, purpose });
        }
    }
    Ok(anchors)
}

/// The folders in a folder, in the order of their names; none if it is not there.
fn folders(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |source| Failure::unreadable(path, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?.path();
        if entry.is_dir() {
            found.push(entry);
        }
    }
    found.sort();
    Ok(found)
}

impl From<EnvironmentArgument> for Environment {
    fn from(argument: EnvironmentArgument) -> Self {
        match argument {
            EnvironmentArgument::Production => Self::Production,
            EnvironmentArgument::Test => Self::Test,
        }
    }
}
