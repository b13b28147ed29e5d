//! The roots of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tashika::jpki::Kind;
use tashika::trust::{Environment, Purpose, TrustStore, TrustStoreBuilder};

use crate::party::StartError;
use crate::settings::Certificates;

/// The roots of cards.
pub(super) fn cards(settings: &Certificates) -> Result<TrustStore, StartError> {
    Ok(with_cards(builder(settings), settings)?.build()?)
}

/// The roots over documents of a type.
pub(super) fn issuers(settings: &Certificates, doc_type: &str) -> Result<TrustStore, StartError> {
    Ok(with_issuers(builder(settings), settings, doc_type)?.build()?)
}

/// All of them: whoever signs revocation lists.
pub(super) fn all(settings: &Certificates, doc_type: &str) -> Result<TrustStore, StartError> {
    let cards = with_cards(builder(settings), settings)?;
    Ok(with_issuers(cards, settings, doc_type)?.build()?)
}

fn builder(settings: &Certificates) -> TrustStoreBuilder {
    TrustStore::builder(match settings.test {
        true => Environment::Test,
        false => Environment::Production,
    })
}

fn with_cards(
    mut builder: TrustStoreBuilder,
    settings: &Certificates,
) -> Result<TrustStoreBuilder, StartError> {
    for (path, der) in certificates(&settings.anchors)? {
        let kind = Kind::of_ca(&der).map_err(|error| unfit(&path, error))?;
        let added = builder.anchor(kind.purpose(), &der);
        builder = added.map_err(|error| unfit(&path, error))?;
    }
    Ok(builder)
}

fn with_issuers(
    mut builder: TrustStoreBuilder,
    settings: &Certificates,
    doc_type: &str,
) -> Result<TrustStoreBuilder, StartError> {
    for (path, der) in certificates(&settings.anchors.join("mdoc-issuer").join(doc_type))? {
        let added = builder.anchor(Purpose::MdocIssuer, &der);
        builder = added.map_err(|error| unfit(&path, error))?;
    }
    Ok(builder)
}

/// The certificates of a folder, in the order of their files.
fn certificates(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, StartError> {
    let entries = fs::read_dir(folder);
    let entries = entries.map_err(|error| unfit(folder, error))?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let octets = fs::read(&path)?;
        if octets.first() == Some(&0x30) {
            found.push((path, octets));
            continue;
        }
        for certificate in CertificateDer::pem_slice_iter(&octets) {
            let certificate = certificate.map_err(|error| unfit(&path, error.to_string()))?;
            found.push((path.clone(), certificate.as_ref().to_vec()));
        }
    }
    Ok(found)
}

fn unfit(path: &Path, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StartError {
    StartError::unfit(path.display().to_string(), why)
}
