//! The steps of a login, with somebody who is asked.

use std::fmt;
use std::time::Duration;

use tokio::time::timeout;

use crate::auth_app::guarded::Guarded;
use crate::auth_app::key_cache::{KeyCache, KeyCachePolicy};
use crate::auth_app::{
    AssertionId, Authenticated, Authorized, Begun, Callback, ClientAssertion, Fault, LoginRequest,
    PendingLogin, PrivateKeyJwt, Registration, VerifiedLogin,
};
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::time::Time;
use crate::transaction::Binding;
use crate::transport::{
    BreakerPolicy, Budget, Client, EndpointState, HttpService, Load, Origins, Tls, Transport,
    TransportError,
};

/// A relying party at one provider: takes logins from their beginning to their
/// end, and asks the provider on the way.
///
/// It is made once and serves everybody at once; it holds no person. The
/// service that sends its requests is a
/// [`transport::Client`](crate::transport::Client), or any other
/// `tower::Service` of that shape.
///
/// ```no_run
/// use tashika::auth_app::{
///     AuthApp, Begun, Callback, Fault, LoginRequest, PendingLogin, PrivateKeyJwt, Registration,
///     Scope, Scopes, VerifiedLogin,
/// };
/// use tashika::transaction::Binding;
/// use tashika::transport::{Tls, TransportError};
/// use tashika::{Error, Time};
///
/// fn relying_party(
///     registration: Registration,
///     client: PrivateKeyJwt,
///     roots: &[u8],
/// ) -> Result<AuthApp, TransportError> {
///     AuthApp::over(registration, client, Tls::no_roots().roots_pem(roots)?)
/// }
///
/// fn begin(auth_app: &AuthApp, binding: Binding) -> Result<Begun, Error> {
///     let scopes = Scopes::openid().with(Scope::Birthdate);
///     auth_app.begin(binding, LoginRequest::new(scopes))
/// }
///
/// async fn finish(
///     auth_app: &AuthApp,
///     pending: PendingLogin,
///     query: &str,
///     cookie: Option<&str>,
///     now: Time,
/// ) -> Result<VerifiedLogin, Fault> {
///     let callback = Callback::from_query(query)?;
///     auth_app.finish(pending, callback, cookie, now).await
/// }
/// ```
///
/// # What is asked again
///
/// The token endpoint is asked once for each login and never again, whatever
/// became of it: a code serves once, and a provider that sees it a second time
/// has to take it for stolen. If the answer is lost, the person starts again.
/// Userinfo and the provider's keys are read with `GET`, which the service may
/// repeat: [`Load`] says how often a [`Client`] does.
///
/// The keys are kept, for everybody, and fetched again if an ID token is signed
/// with one that is not among them: [`KeyCachePolicy`].
///
/// # When the provider fails
///
/// Each of its endpoints has a breaker of its own. One that failed several
/// times, or asked to be left alone, is left alone (`auth_app.paused`), and
/// every refusal says when to ask again, if that is known. A refusal by the
/// provider, such as of a code, is no failure of its.
pub struct AuthApp<S = Client> {
    pub(super) registration: Registration,
    client: PrivateKeyJwt,
    pub(super) token: Guarded<S>,
    userinfo: Guarded<S>,
    pub(super) signing: Guarded<S>,
    keys: KeyCache<S>,
    timeout: Duration,
}

/// How a provider is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthAppSettings {
    /// How long one question may take, from the call to the last octet of the
    /// answer, with every time that it is asked again. A login has two or three.
    /// So long, too, our key may take to sign.
    pub timeout: Duration,
    /// When an endpoint is left alone.
    pub breaker: BreakerPolicy,
    /// How long keys are used.
    pub keys: KeyCachePolicy,
}

impl AuthAppSettings {
    /// Ten seconds, and the standards of the others.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            breaker: BreakerPolicy::standard(),
            keys: KeyCachePolicy::standard(),
        }
    }
}

/// What is known about a provider's endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthAppState {
    /// The token endpoint.
    pub token: EndpointState,
    /// The userinfo endpoint.
    pub userinfo: EndpointState,
    /// Where documents are signed.
    pub signing: EndpointState,
    /// The endpoint of its keys.
    pub keys: EndpointState,
}

impl AuthApp {
    /// As this client, over a transport of its own that may ask the provider's
    /// origins and no others.
    ///
    /// # Errors
    /// As [`TransportBuilder::build`](crate::transport::TransportBuilder::build).
    pub fn over(
        registration: Registration,
        client: PrivateKeyJwt,
        tls: Tls,
    ) -> Result<Self, TransportError> {
        let origins = origins(registration.provider().origins())?;
        let transport = Transport::builder(origins, tls).build()?;
        let service = transport.under(&Load::standard());
        Ok(Self::new(registration, client, service))
    }
}

/// These and no others.
pub(super) fn origins(all: impl IntoIterator<Item = String>) -> Result<Origins, TransportError> {
    let mut origins = Origins::none();
    for origin in all {
        origins = match origin.starts_with("https:") {
            true => origins.https(&origin)?,
            // On this machine.
            false => origins.plain_http(&origin)?,
        };
    }
    Ok(origins)
}

impl<S: HttpService> AuthApp<S> {
    /// As this client, through this service, by
    /// [`AuthAppSettings::standard`].
    #[must_use]
    pub fn new(registration: Registration, client: PrivateKeyJwt, service: S) -> Self {
        Self::with_settings(registration, client, service, AuthAppSettings::standard())
    }

    /// The same by other settings.
    #[must_use]
    pub fn with_settings(
        registration: Registration,
        client: PrivateKeyJwt,
        service: S,
        AuthAppSettings {
            timeout,
            breaker,
            keys,
        }: AuthAppSettings,
    ) -> Self {
        // Not what an answer may have, which is counted when it is read: the
        // page of a gateway that is out of service has a status to be seen.
        let body = limits::HTTP_BODY;
        let total = timeout;
        let guarded = |service| Guarded::new(service, breaker, Budget { total, body });
        let jwks_uri = registration.provider().jwks_uri().to_owned();
        Self {
            token: guarded(service.clone()),
            userinfo: guarded(service.clone()),
            signing: guarded(service.clone()),
            keys: KeyCache::new(jwks_uri, guarded(service), keys, timeout),
            registration,
            client,
            timeout,
        }
    }

    /// Begins a login: as [`PendingLogin::begin`].
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness, `misuse.argument` if
    /// a signature is asked for.
    pub fn begin(&self, binding: Binding, request: LoginRequest) -> Result<Begun, Error> {
        PendingLogin::begin(binding, &self.registration, request)
    }

    /// Finishes a login at `now`: checks what the browser brought back, as
    /// [`PendingLogin::receive`] does with `browser`, exchanges the code, checks
    /// the ID token, and reads what was asked about the person.
    ///
    /// Needs a tokio runtime with time, and with I/O if the service does.
    ///
    /// # Errors
    /// A code under `auth_app.`, `input.` or `transaction.`, with the checks
    /// that had passed, and with the status and when to ask again if an answer
    /// of the provider's was at fault: those of [`PendingLogin::receive`],
    /// [`Authorized::tokens`],
    /// [`Tokens::verify`](crate::auth_app::Tokens::verify) and
    /// [`Authenticated::userinfo`]; `auth_app.unreachable`, `auth_app.timeout`,
    /// `auth_app.busy` and `auth_app.paused` if there is no answer,
    /// `auth_app.keys_missing`, `input.jwks` and `auth_app.jwks` if the keys
    /// cannot be had; `misuse.argument`, `misuse.signer` or `misuse.entropy` if
    /// no key of ours signs.
    pub async fn finish(
        &self,
        pending: PendingLogin,
        callback: Callback,
        browser: Option<&str>,
        now: Time,
    ) -> Result<VerifiedLogin, Fault> {
        let authorized = pending.receive(callback, browser, &self.registration, now)?;
        let authenticated = self.authenticate(authorized, now).await?;
        let Some(request) = authenticated.userinfo_request(&self.registration)? else {
            return Ok(authenticated.without_userinfo()?);
        };
        let passed = authenticated.trace;
        let asked = async {
            let leave = self.userinfo.leave()?;
            let read = |response: &_| authenticated.userinfo(response);
            self.userinfo.ask(leave, request, read).await
        };
        asked.await.map_err(|fault: Fault| fault.after(passed))
    }

    /// Exchanges the code, and checks the ID token at `now`.
    pub(super) async fn authenticate(
        &self,
        authorized: Authorized,
        now: Time,
    ) -> Result<Authenticated, Fault> {
        let passed = authorized.trace;
        let asked = self.exchange(authorized, now).await;
        asked.map_err(|fault| fault.after(passed))
    }

    async fn exchange(&self, authorized: Authorized, now: Time) -> Result<Authenticated, Fault> {
        let registration = &self.registration;
        let leave = self.token.leave()?;
        let assertion = self.assertion(now).await?;
        let request = authorized.token_request(registration, &assertion)?;
        let read = |response: &_| authorized.tokens(registration, response);
        let tokens = self.token.ask(leave, request, read).await?;
        let keys = self.keys.keys(tokens.key_id()).await;
        let keys = keys.map_err(|fault| fault.after(tokens.trace))?;
        Ok(tokens.verify(registration, &keys, now)?)
    }

    /// A proof of who asks, for one request.
    ///
    /// A key that never signs would keep its leave to ask, and everybody out.
    pub(super) async fn assertion(&self, now: Time) -> Result<ClientAssertion, Error> {
        let unsigned = self.client.prepare(AssertionId::generate()?, now)?;
        let signed = timeout(self.timeout, unsigned.sign()).await;
        signed.unwrap_or(Err(Code::MisuseSigner.into()))
    }

    /// The provider and who we are there.
    #[must_use]
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// Whether the provider's endpoints are asked, and when they answered: for
    /// whoever watches.
    #[must_use]
    pub fn state(&self) -> AuthAppState {
        AuthAppState {
            token: self.token.state(),
            userinfo: self.userinfo.state(),
            signing: self.signing.state(),
            keys: self.keys.state(),
        }
    }
}

impl<S: HttpService> fmt::Debug for AuthApp<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthApp")
            .field("issuer", &self.registration.provider().issuer())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
