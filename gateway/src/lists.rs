//! Revocation lists from files and folders.

use std::path::PathBuf;

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{CertificateList, ListSet};
use tashika::trust::{Purpose, TrustStore};

use crate::exit::Failure;
use crate::input;

/// Loads and verifies every list of these paths.
///
/// A list that does not verify, or is older than another one here, says
/// nothing; it is named on standard error, since one that is missing for that
/// reason may be the one that was needed.
pub(crate) fn load(
    paths: &[PathBuf],
    trust: &TrustStore,
    purpose: Purpose,
) -> Result<ListSet, Failure> {
    let algorithms = AlgorithmTable::standard();
    let mut set = ListSet::new();
    for path in paths {
        for file in input::files(path, &["crl", "der", "pem"])? {
            let der = input::revocation_list(&file)?;
            let verified = CertificateList::from_der(&der)
                .and_then(|list| list.verify(trust, purpose, &algorithms));
            if let Err(error) = verified.and_then(|list| set.add(list)) {
                eprintln!("tashika: {}: {error}", file.display());
            }
        }
    }
    Ok(set)
}
