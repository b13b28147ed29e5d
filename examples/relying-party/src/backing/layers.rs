//! Layers that are the same for several relying parties.

use tashika::audit::{ChainKey, Role, Terms};
use tashika::auth_app::{LoginRequest, Scopes};
use tashika::jpki::{Kind, LookupKey};
use tashika::mdoc::Requested;
use tashika::transaction::Purpose;
use tashika_tower::{
    AgeLayer, AgeRequirement, AuthAppLayer, ChainKeys, ChallengeLayer, Channels, FileOptions,
    FileSink, FlowPaths, Landing, LoginPaths, Logins, PresentationLayer,
};

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

    /// Asks phones whether this age is reached, in these ways.
    ///
    /// # Errors
    /// As [`AgeLayer::new`], and as [`documents`](Self::documents).
    pub fn age(
        &self,
        purpose: &str,
        age: AgeRequirement,
        channels: Channels,
    ) -> Result<AgeLayer, StartError> {
        let (site, purpose) = (self.site().clone(), Purpose::named(purpose)?);
        let documents = self.documents()?;
        Ok(AgeLayer::new(site, purpose, age, channels, documents)?)
    }

    /// Has people log in with the auth app below this path, and come to the handler
    /// of its `callback`; none if the settings know no provider.
    ///
    /// # Errors
    /// As [`AuthAppLayer::optional`], and as [`auth_app`](Self::auth_app).
    pub fn login(&self, path: &str, scopes: Scopes) -> Result<Option<AuthAppLayer>, StartError> {
        let Some(auth_app) = self.auth_app(&format!("{path}/callback"))? else {
            return Ok(None);
        };
        let logins = Logins {
            paths: LoginPaths::under(path)?,
            purpose: Purpose::named("login")?,
            request: LoginRequest::new(scopes),
            landing: Landing::Handler,
        };
        let layer = AuthAppLayer::optional(self.site().clone(), auth_app, logins)?;
        Ok(Some(layer))
    }

    /// A chain of records of this name, in a folder of its own, under a key of its
    /// own.
    ///
    /// # Errors
    /// As [`FileSink::open`], and if a key cannot be had.
    pub fn records(&self, name: &str, role: Role) -> Result<FileSink, StartError> {
        let key = ChainKey::from_octets(&self.keys().get(name)?);
        let lookup = LookupKey::from_octets(&self.keys().get("lookup")?);
        let (keys, terms) = (ChainKeys::new(key, Vec::new()), Terms::new(lookup, role));
        let folder = self.settings().data.join(name);
        Ok(FileSink::open(
            &folder,
            keys,
            terms,
            FileOptions::standard(),
        )?)
    }
}
