//! Certificates that a session hangs on.

use tashika::jpki::Kind;
use tashika::revocation::{CheckPurpose, RevocationQuery};
use tashika::trust::TrustStore;
use tashika::{Code, Error, Time};

use crate::revocation::Revocation;

/// Whose certificates a session may hang on, and who is asked about them again.
///
/// A session of a certificate lives as long as its issuer is an anchor here and
/// the certificate has not expired, whatever else is configured.
#[derive(Clone, Debug)]
pub struct Certificates {
    kinds: Vec<(Kind, Known)>,
}

#[derive(Clone, Debug)]
struct Known {
    trust: TrustStore,
    revocation: Revocation,
}

impl Certificates {
    /// None: for sites where nobody logs in with a card. A session that would
    /// hang on a certificate does not begin.
    #[must_use]
    pub const fn none() -> Self {
        let kinds = Vec::new();
        Self { kinds }
    }

    /// Those of a kind too, by the anchors and the checker of the layer with
    /// which people log in. A kind that is given again replaces what was.
    #[must_use]
    pub fn with(mut self, kind: Kind, trust: TrustStore, revocation: Revocation) -> Self {
        self.kinds.retain(|(known, _)| *known != kind);
        self.kinds.push((kind, Known { trust, revocation }));
        self
    }

    /// The question that was kept as these octets.
    ///
    /// `misuse.layer` if nobody is known to ask; else as
    /// [`RevocationQuery::from_octets`].
    pub(super) fn query(&self, kind: Kind, octets: &[u8]) -> Result<RevocationQuery, Error> {
        let trust = &self.of(kind)?.trust;
        RevocationQuery::from_octets(octets, trust, kind.purpose())
    }

    /// Whether there is somebody to ask about certificates of a kind.
    ///
    /// `misuse.layer` if there is not.
    pub(super) fn check_known(&self, kind: Kind) -> Result<(), Error> {
        self.of(kind).map(|_| ())
    }

    /// Asks again whether a certificate is revoked.
    ///
    /// As [`RevocationQuery::confirm`].
    pub(super) async fn confirm(
        &self,
        kind: Kind,
        query: &RevocationQuery,
        now: Time,
    ) -> Result<(), Error> {
        let revocation = &self.of(kind)?.revocation;
        revocation
            .confirm_again(query, CheckPurpose::LivenessCheck, now)
            .await
    }

    fn of(&self, kind: Kind) -> Result<&Known, Error> {
        let mut kinds = self.kinds.iter();
        let known = kinds.find_map(|(of, known)| (*of == kind).then_some(known));
        known.ok_or(Code::MisuseLayer.into())
    }
}
