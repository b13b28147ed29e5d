//! Status tokens, about documents that are revoked.

use std::sync::LazyLock;

use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::{
    RecordState, StatusPolicy, StatusReference, StatusVerifier, signer_profile,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::ExtendedKeyUsageRule;
use tashika::{Duration, Error};
use tashika_testbed::Credential;
use tashika_testbed::mdoc::{Cbor, MdocTestbed, StatusToken};

use super::only_a_code;
use super::presentation::{IDENTIFIER, INDEX, PHONE, URI};
use super::script::Script;
use super::tree::Notation;
use crate::desk::NOW;

static LISTS: LazyLock<Lists> = LazyLock::new(Lists::new);

struct Lists {
    verifier: StatusVerifier,
    signer: Credential,
    /// A list of either kind on which a document is revoked.
    lists: [StatusToken; 2],
    genuine: [Vec<u8>; 2],
}

/// Verifies tokens that the octets have changed after they were signed and
/// before.
///
/// # Panics
///
/// If a document is good by a token that says the opposite.
pub fn status_token(input: &[u8]) {
    let lists = &*LISTS;
    let scripted = |genuine: &[u8]| Script(input).apply_in(Notation::Cbor, genuine);
    for reference in &PHONE.references {
        for genuine in &lists.genuine {
            for octets in [input, &scripted(genuine)] {
                assert_ne!(lists.state(reference, octets), RecordState::Good);
            }
        }
        for list in &lists.lists {
            let list = list.clone().claims(|claims| {
                *claims = Cbor::Raw(scripted(&claims.encode()));
                claims
            });
            let _ = lists.state(reference, &list.sign(&lists.signer));
        }
    }
}

impl Lists {
    #[expect(clippy::expect_used, reason = "the testbed makes genuine evidence")]
    fn new() -> Self {
        let testbed = MdocTestbed::from_seed(31, NOW.as_unix());
        let signer = testbed.status_signer();
        let mut statuses = [0; 16];
        statuses[INDEX] = 1;
        let during = (NOW.as_unix() - 60, NOW.as_unix() + 3600);
        let lists = [
            StatusToken::status_list(URI, 1, &statuses, during),
            StatusToken::identifier_list(URI, &[IDENTIFIER], during),
        ];
        Self {
            verifier: verifier(&testbed).expect("an anchor"),
            genuine: lists.each_ref().map(|list| list.sign(signer)),
            signer: signer.clone(),
            lists,
        }
    }

    fn state(&self, reference: &StatusReference, token: &[u8]) -> RecordState {
        only_a_code(self.verifier.verify(token, NOW));
        let policy = StatusPolicy::strict(Duration::hours(24));
        let status = self.verifier.status(reference, token, &policy, NOW);
        status.state()
    }
}

fn verifier(testbed: &MdocTestbed) -> Result<StatusVerifier, Error> {
    let anchor = testbed.status_authority().certificate();
    let builder = TrustStore::builder(Environment::Test);
    let trust = builder.anchor(Purpose::MdocStatus, anchor)?.build()?;
    let profile = signer_profile(ExtendedKeyUsageRule::Absent);
    Ok(StatusVerifier::new(
        trust,
        profile,
        AlgorithmTable::standard(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of the two documents is on one of the two lists.
    #[test]
    fn what_is_genuine_revokes() {
        let lists = &*LISTS;
        for (reference, token) in PHONE.references.iter().zip(&lists.genuine) {
            assert_eq!(lists.state(reference, token), RecordState::Revoked);
        }
        assert_eq!(PHONE.references.len(), 2);
    }
}
