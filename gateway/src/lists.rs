//! Revocation lists from files and folders.

use std::fmt::Display;
use std::path::PathBuf;

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{Added, CertificateList, ListSet};
use tashika::trust::{Purpose, TrustStore};

use crate::exit::Failure;
use crate::input;

/// Loads and verifies every list of these paths.
///
/// A list that does not verify, or is older than another one here, says
/// nothing; it is named on standard error, since one that is missing for that
/// reason may be the one that was needed. So is one that contradicts itself,
/// or drops certificates that its predecessor revoked: they stay revoked, and
/// somebody should ask the issuer why.
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
            let note = |text: &dyn Display| eprintln!("tashika: {}: {text}", file.display());
            let list = match verified {
                Ok(list) => list,
                Err(error) => {
                    note(&error);
                    continue;
                }
            };
            if list.conflicts() > 0 {
                let conflicts = list.conflicts();
                note(&format_args!(
                    "ALERT: {conflicts} entries contradict others"
                ));
            }
            match set.add(list) {
                Ok(Added::Replaced { dropped, .. }) if dropped > 0 => {
                    let text = format_args!("ALERT: {dropped} revoked certificates were dropped");
                    note(&text);
                }
                Ok(_) => {}
                Err(error) => note(&error),
            }
        }
    }
    Ok(set)
}
