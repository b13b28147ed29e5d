//! Layers that are the same for several relying parties.

use tashika::jpki::Kind;
use tashika::mdoc::Requested;
use tashika::transaction::Purpose;
use tashika_tower::{ChallengeLayer, Channels, FlowPaths, PresentationLayer};

use super::Backing;
use crate::party::StartError;

impl Backing {
    /// Asks cards for the 利用者証明用 certificate, below this path.
    ///
    /// # Errors
    /// As [`ChallengeLayer::new`], and as [`revocation`](Self::revocation).
    pub fn challenge(&self, path: &str, purpose: &str) -> Result<ChallengeLayer, StartError> {
        let (site, paths) = (self.site().clone(), FlowPaths::under(path)?);
        let (purpose, verifier) = (Purpose::named(purpose)?, self.authentication()?);
        let revocation = self.revocation(Kind::Authentication)?;
        let layer = ChallengeLayer::new(site, paths, purpose, verifier, revocation)?;
        Ok(layer)
    }

    /// Asks phones for this of their documents, in these ways.
    ///
    /// # Errors
    /// As [`PresentationLayer::new`], and as [`documents`](Self::documents).
    pub fn presentation(
        &self,
        purpose: &str,
        requested: Requested,
        channels: Channels,
    ) -> Result<PresentationLayer, StartError> {
        let (site, purpose) = (self.site().clone(), Purpose::named(purpose)?);
        let documents = self.documents()?;
        let layer = PresentationLayer::new(site, purpose, requested, channels, documents)?;
        Ok(layer)
    }
}
