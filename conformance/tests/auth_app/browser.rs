//! A browser on its way to the provider and back.

use tashika::auth_app::{
    AuthApp, Begun, Callback, Fault, LoginRequest, PendingLogin, Registration, VerifiedLogin,
};
use tashika::transport::HttpService;
use tashika_conformance::desk::NOW;
use tashika_conformance::logins::{Steps, sent_back};
use tashika_testbed::auth_app::{Choice, Provider};

use crate::scene::{Scene, binding, everything};

/// Somebody who said yes and was sent back.
pub(crate) struct Browser {
    pub(crate) begun: Begun,
    /// The query of the callback.
    pub(crate) query: String,
}

impl Browser {
    /// Begins a login for everything with a registration, and lets a person of
    /// this provider say yes.
    pub(crate) fn of(provider: &Provider, registration: &Registration, person: &str) -> Self {
        let request = LoginRequest::new(everything());
        let begun = PendingLogin::begin(binding(), registration, request).unwrap();
        Self::sent(provider, begun, &Choice::citizen(person))
    }

    /// Follows the URL of a login, and chooses.
    pub(crate) fn sent(provider: &Provider, begun: Begun, choice: &Choice) -> Self {
        let query = sent_back(provider, &begun.url, choice);
        Self { begun, query }
    }

    /// Comes to a relying party.
    pub(crate) async fn finish<S: HttpService>(
        self,
        auth_app: &AuthApp<S>,
    ) -> Result<VerifiedLogin, Fault> {
        let Begun {
            pending, browser, ..
        } = self.begun;
        let callback = Callback::from_query(&self.query)?;
        let cookie = Some(browser.value());
        auth_app.finish(pending, callback, cookie, NOW).await
    }

    /// Comes to a relying party that takes the steps itself.
    pub(crate) async fn step(self, steps: &Steps<'_>) -> Result<VerifiedLogin, Fault> {
        let Begun {
            pending, browser, ..
        } = self.begun;
        steps
            .finish(pending, &self.query, Some(browser.value()))
            .await
    }
}

/// The relying party of a scene, which asks its provider without a socket.
pub(crate) fn steps(scene: &Scene, registration: Registration) -> Steps<'_> {
    Steps {
        provider: &scene.provider,
        registration,
        client: scene.client(),
    }
}
