//! Who we are at the auth app's provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use tashika::Time;
use tashika::auth_app::signing::SigningProfile;
use tashika::auth_app::{
    AcrPolicy, AssertionAudience, AssertionKey, AssertionKeys, AuthApp, ClientId, PrivateKeyJwt,
    Provider, RedirectUri, RefusalTable, Registration,
};
use tashika::jpki::Kind;
use tashika::signer::{EcdsaSigner, Immediate};
use tashika::transaction::Purpose;
use tashika_tower::{AuthAppSigningLayer, Signers, SigningJudge, SigningPaths, Signings};

use super::Backing;
use crate::party::StartError;

impl Backing {
    /// The provider, with us as its client, which sends people back to this path
    /// of the site; none if the settings know no provider.
    ///
    /// # Errors
    /// If what the settings say of it is unfit.
    pub fn auth_app(&self, callback: &str) -> Result<Option<AuthApp>, StartError> {
        let Some(settings) = &self.settings().auth_app else {
            return Ok(None);
        };
        let provider = Provider::at(&settings.base)?;
        let client_id = ClientId::new(&settings.client_id)?;
        let redirect_uri = format!("{}{callback}", self.settings().origin);
        let signer = EcdsaSigner::from_pkcs8(&std::fs::read(&settings.key)?)?;
        let key = AssertionKey::new(Arc::new(Immediate::new(signer)), Time::from_unix(0))?;
        let audience = AssertionAudience::new(provider.token_endpoint())?;
        let client =
            PrivateKeyJwt::new(client_id.clone(), audience, AssertionKeys::new(vec![key])?);
        let registration = Registration::new(provider, client_id, RedirectUri::new(&redirect_uri)?)
            .with_refusals(refusals(&settings.refusals)?);
        let auth_app = AuthApp::over(registration, client, super::tls(self.settings())?);
        let unfit = |error| StartError::unfit(settings.base.clone(), error);
        Ok(Some(auth_app.map_err(unfit)?))
    }

    /// Documents that somebody signs through the auth app below this path, for
    /// whoever it is; we verify them ourselves. None if the settings know no
    /// provider.
    ///
    /// # Errors
    /// If what the settings say of it is unfit.
    pub fn signing_app(
        &self,
        path: &str,
        purpose: Purpose,
    ) -> Result<Option<AuthAppSigningLayer>, StartError> {
        let paths = SigningPaths::under(path)?;
        let Some(auth_app) = self.auth_app(&format!("{path}/callback"))? else {
            return Ok(None);
        };
        let signings = Signings {
            paths,
            purpose,
            signers: Signers::Whoever,
            acr: AcrPolicy::standard(),
            profile: SigningProfile::standard(),
        };
        let (verifier, revocation) = (self.signing()?, self.revocation(Kind::Signing)?);
        let judge = SigningJudge::Ourselves(Arc::new(verifier), revocation);
        let layer = AuthAppSigningLayer::new(self.site().clone(), auth_app, signings, judge)?;
        Ok(Some(layer))
    }
}

fn refusals(words: &BTreeMap<String, String>) -> Result<RefusalTable, StartError> {
    let mut table = RefusalTable::standard();
    for (word, meaning) in words {
        let refusal = meaning.parse();
        let unfit = |_| StartError::unfit(word.clone(), "no such refusal");
        table = table.with(word, refusal.map_err(unfit)?)?;
    }
    Ok(table)
}
