//! Layers that are the same for several relying parties.

use tashika::Duration;
use tashika::auth_app::{LoginRequest, Scopes};
use tashika::jpki::Kind;
use tashika::mdoc::Requested;
use tashika::transaction::Purpose;
use tashika_tower::{
    AgeLayer, AgeRequirement, AuthAppLayer, ChallengeLayer, Channels, FlowPaths, Landing,
    LoginPaths, Logins, PresentationLayer, Recheck, SessionLayer, SessionMode, SessionPolicy,
    Visitors, WhenUndetermined,
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

    /// Sessions of people who look at an outcome, and go: ten minutes, in which the
    /// certificate of this kind is asked about again.
    ///
    /// # Errors
    /// As [`sessions`](Self::sessions).
    pub fn visits(&self, kind: Kind) -> Result<SessionLayer, StartError> {
        let recheck = Recheck::After(Duration::minutes(5), WhenUndetermined::Refuse);
        let policy = SessionPolicy {
            idle: Duration::minutes(10),
            absolute: Duration::minutes(30),
            recheck,
            mode: SessionMode::Web,
            visitors: Visitors::Pass,
        };
        self.sessions(self.certificates(kind)?, policy)
    }
}
