//! A browser on its way to the provider and back, and a relying party that
//! takes each step itself.

use bytes::Bytes;
use http::{Request, Response};
use tashika::auth_app::{
    AssertionId, AuthApp, Begun, Callback, Fault, KeySet, LoginRequest, PendingLogin,
    PrivateKeyJwt, Registration, VerifiedLogin,
};
use tashika::transport::HttpService;
use tashika_conformance::desk::NOW;
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
        let back = provider.authorize(&begun.url, choice.clone());
        let (_, query) = back.split_once('?').unwrap();
        let query = query.to_owned();
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

/// A relying party that asks its provider without a socket.
pub(crate) struct Steps<'p> {
    provider: &'p Provider,
    registration: Registration,
    client: PrivateKeyJwt,
}

impl<'p> Steps<'p> {
    pub(crate) fn of(scene: &'p Scene, registration: Registration) -> Self {
        Self {
            provider: &scene.provider,
            registration,
            client: scene.client(),
        }
    }

    pub(crate) async fn finish(
        &self,
        pending: PendingLogin,
        query: &str,
        cookie: Option<&str>,
    ) -> Result<VerifiedLogin, Fault> {
        let registration = &self.registration;
        let callback = Callback::from_query(query)?;
        let authorized = pending.receive(callback, cookie, registration, NOW)?;
        let assertion = self.client.prepare(AssertionId::generate()?, NOW)?;
        let assertion = assertion.sign().await?;
        let request = authorized.token_request(registration, &assertion)?;
        let tokens = authorized.tokens(registration, &self.exchange(&request))?;
        let certs = Request::get(registration.provider().jwks_uri());
        let certs = self.exchange(&certs.body(Bytes::new()).unwrap());
        let keys = KeySet::read(certs.body())?;
        let person = tokens.verify(registration, &keys, NOW)?;
        match person.userinfo_request(registration)? {
            Some(request) => person.userinfo(&self.exchange(&request)),
            None => Ok(person.without_userinfo()?),
        }
    }

    fn exchange(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = value.to_str().unwrap().to_owned();
            (name.as_str().to_owned(), value)
        });
        let (status, headers, body) = self.provider.handle(
            request.method().as_str(),
            request.uri().path_and_query().unwrap().as_str(),
            &headers.collect::<Vec<_>>(),
            request.body(),
        );
        let answer = Response::builder().status(status);
        let answer = headers.iter().fold(answer, |answer, (name, value)| {
            answer.header(name.as_str(), value.as_str())
        });
        answer.body(body.into()).unwrap()
    }
}
