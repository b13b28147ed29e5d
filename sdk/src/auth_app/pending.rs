//! A login that began and has not come back yet.

use std::fmt;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJsonWebKeySet};
use openidconnect::{
    AuthUrl, AuthenticationContextClass, ClientId, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope,
};
use zeroize::Zeroizing;

use crate::auth_app::scope;
use crate::auth_app::sealed::{self, Sealed};
use crate::auth_app::state::{BrowserDigest, State};
use crate::auth_app::{AcrPolicy, Authorized, Callback, LoginRequest, Registration, Scopes};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::jose;
use crate::seal::Sealer;
use crate::time::Time;
use crate::transaction::{Audience, Binding, BrowserSecret, TransactionId, random};

/// All that has to be remembered between a login's request and its callback:
/// whom it was asked of and for what, the transaction and when it ends, and the
/// secrets that were made for it.
///
/// It is consumed by the callback. Between the two it is sealed, and waits in a
/// store that hands it out once, under the transaction that the callback's
/// state names ([`Callback::transaction`]). A person goes to the app and back in
/// the meantime, on a PC with a QR code and six digits to type: the transaction
/// should live for ten minutes at least.
pub struct PendingLogin {
    pub(super) binding: Binding,
    pub(super) registered: Registered,
    pub(super) scopes: Scopes,
    pub(super) acr: AcrPolicy,
    pub(super) state: State,
    pub(super) nonce: Zeroizing<[u8; 32]>,
    pub(super) verifier: Zeroizing<[u8; 32]>,
    pub(super) browser: BrowserDigest,
    /// The provider's signing transaction, if it is for a signature.
    pub(super) sign_transaction: Option<String>,
}

/// What nobody may guess, made afresh for every login.
pub struct LoginSecrets {
    state: Zeroizing<[u8; 16]>,
    nonce: Zeroizing<[u8; 32]>,
    verifier: Zeroizing<[u8; 32]>,
    browser: Zeroizing<[u8; 32]>,
}

impl LoginSecrets {
    /// Fresh ones.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        Ok(Self::from_entropy(
            random()?,
            random()?,
            random()?,
            random()?,
        ))
    }

    /// The twin of [`LoginSecrets::generate`] for tests.
    #[must_use]
    pub fn from_entropy(
        state: [u8; 16],
        nonce: [u8; 32],
        code_verifier: [u8; 32],
        browser: [u8; 32],
    ) -> Self {
        Self {
            state: Zeroizing::new(state),
            nonce: Zeroizing::new(nonce),
            verifier: Zeroizing::new(code_verifier),
            browser: Zeroizing::new(browser),
        }
    }
}

/// With which registration a login began.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Registered {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
}

/// A login that has begun.
pub struct Begun {
    /// What has to be remembered.
    pub pending: PendingLogin,
    /// What the browser has to remember.
    pub browser: BrowserSecret,
    /// Where the browser goes, at the top level and in no frame: the
    /// authorization request (OpenID Connect Core 1.0, 3.1.2.1).
    pub url: String,
}

impl PendingLogin {
    /// Begins a login.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness, `misuse.argument` if
    /// a signature is asked for, which needs a signing transaction.
    pub fn begin(
        binding: Binding,
        registration: &Registration,
        request: LoginRequest,
    ) -> Result<Begun, Error> {
        let secrets = LoginSecrets::generate()?;
        Self::begin_with_secrets(binding, registration, request, secrets)
    }

    /// The same with secrets of the caller's own.
    ///
    /// # Errors
    /// `misuse.argument` if a signature is asked for.
    pub fn begin_with_secrets(
        binding: Binding,
        registration: &Registration,
        request: LoginRequest,
        secrets: LoginSecrets,
    ) -> Result<Begun, Error> {
        if request.scopes.contains(scope::Scope::Sign) {
            return Err(Code::MisuseArgument.into());
        }
        Self::begin_with(binding, registration, request, secrets, None)
    }

    pub(super) fn begin_with(
        binding: Binding,
        registration: &Registration,
        LoginRequest { scopes, acr }: LoginRequest,
        secrets: LoginSecrets,
        sign_transaction: Option<String>,
    ) -> Result<Begun, Error> {
        let browser = BrowserSecret::from_entropy(&binding.transaction, &secrets.browser);
        let pending = Self {
            state: State::new(binding.transaction, *secrets.state),
            binding,
            registered: Registered::of(registration),
            scopes,
            acr,
            nonce: secrets.nonce,
            verifier: secrets.verifier,
            browser: BrowserDigest::of(browser.value()),
            sign_transaction,
        };
        let url = pending.url(registration)?;
        Ok(Begun {
            pending,
            browser,
            url,
        })
    }

    /// To whom, for what, in which transaction and until when.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// This login, sealed for its purpose and its transaction until it expires.
    ///
    /// # Errors
    /// As [`Sealer::seal`].
    pub fn seal(self, sealer: &Sealer) -> Result<Vec<u8>, Error> {
        self.seal_state(sealer, &sealed::write(&Sealed::of(&self))?)
    }

    pub(super) fn seal_state(&self, sealer: &Sealer, state: &[u8]) -> Result<Vec<u8>, Error> {
        sealer.seal_bound(&self.binding, state)
    }

    /// The login that was sealed in `transaction`, for `audience`.
    ///
    /// # Errors
    /// `transaction.seal` if it was sealed for another purpose or transaction
    /// or has been changed, `transaction.expired` if its time is over at `now`,
    /// `transaction.foreign` if another relying party began it,
    /// `transaction.form` if what was sealed is no login.
    pub fn open(
        sealer: &Sealer,
        audience: &Audience,
        transaction: &TransactionId,
        sealed: &[u8],
        now: Time,
    ) -> Result<Self, Error> {
        let state = sealer.open(&audience.purpose, transaction, sealed, now)?;
        let pending = sealed::read::<Sealed>(&state)?.login()?;
        pending.binding.check(audience, now)?;
        Ok(pending)
    }

    /// Takes what a browser brought back: `browser` is the value of its cookie
    /// for this transaction ([`BrowserSecret::find`]).
    ///
    /// Nothing that the callback says is believed, not even that somebody
    /// stopped, before it is known that it belongs here.
    ///
    /// # Errors
    /// `transaction.expired` if the transaction's time is over at `now`,
    /// `transaction.foreign` if it began with another registration,
    /// `auth_app.state`, `auth_app.browser`, `auth_app.response_issuer`,
    /// `auth_app.response_issuer_missing`; then what the
    /// [table](crate::auth_app::RefusalTable) says of the error that the
    /// callback names, such as `auth_app.cancelled`.
    pub fn receive(
        self,
        callback: Callback,
        browser: Option<&str>,
        registration: &Registration,
        now: Time,
    ) -> Result<Authorized, Error> {
        let mut trace = Trace::default();
        trace.pass(CheckId::AuthAppCallback);
        let ours = self.check_registration(registration);
        let ours = ours.and(self.binding.check_time(now));
        trace.check(CheckId::Transaction, ours)?;
        trace.check(CheckId::AuthAppState, callback.check_state(&self.state))?;
        trace.check(CheckId::AuthAppBrowser, self.check_browser(browser))?;
        let issuer = callback.check_issuer(registration.provider());
        trace.check(CheckId::AuthAppResponseIssuer, issuer)?;
        let code = callback.into_code();
        let code = code.map_err(|error| registration.refusals().code(&error));
        let code = trace.check(CheckId::AuthAppAuthorized, code)?;
        Ok(Authorized::new(self, code, trace))
    }

    pub(super) fn check_registration(&self, registration: &Registration) -> Result<(), Code> {
        if !self.registered.is(registration) {
            return Err(Code::TransactionForeign);
        }
        Ok(())
    }

    fn check_browser(&self, browser: Option<&str>) -> Result<(), Code> {
        match browser {
            Some(value) if BrowserDigest::of(value) == self.browser => Ok(()),
            Some(_) | None => Err(Code::AuthAppBrowser),
        }
    }

    pub(super) fn nonce(&self) -> String {
        jose::encode(&*self.nonce)
    }

    /// RFC 7636, 4.1.
    pub(super) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(jose::encode(&*self.verifier))
    }

    /// What the reference names, and nothing else.
    fn url(&self, registration: &Registration) -> Result<String, Error> {
        let misuse = |_| Error::new(Code::MisuseArgument);
        let (provider, redirect_uri) = (registration.provider(), registration.redirect_uri());
        let endpoint = AuthUrl::new(provider.authorization_endpoint().to_owned());
        let client = CoreClient::new(
            ClientId::new(registration.client_id().as_str().to_owned()),
            IssuerUrl::new(provider.issuer().to_owned()).map_err(misuse)?,
            CoreJsonWebKeySet::new(Vec::new()),
        );
        let client = client
            .set_auth_uri(endpoint.map_err(misuse)?)
            .set_redirect_uri(RedirectUrl::new(redirect_uri.as_str().to_owned()).map_err(misuse)?);
        let (state, nonce) = (
            CsrfToken::new(self.state.text().to_string()),
            Nonce::new(self.nonce()),
        );
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, move || state, move || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(
                &self.verifier(),
            ));
        for scope in self.scopes.iter() {
            request = request.add_scope(Scope::new(scope.as_str().to_owned()));
        }
        for acr in self.acr.asked() {
            let class = AuthenticationContextClass::new(acr.as_str().to_owned());
            request = request.add_auth_context_value(class);
        }
        if let Some(transaction) = &self.sign_transaction {
            request = request.add_extra_param("sign_transaction_id", transaction.clone());
        }
        let (url, _, _) = request.url();
        Ok(url.into())
    }
}

impl Registered {
    pub(super) fn of(registration: &Registration) -> Self {
        Self {
            issuer: registration.provider().issuer().to_owned(),
            client_id: registration.client_id().as_str().to_owned(),
            redirect_uri: registration.redirect_uri().as_str().to_owned(),
        }
    }

    fn is(&self, registration: &Registration) -> bool {
        self.issuer == registration.provider().issuer()
            && self.client_id == registration.client_id().as_str()
            && self.redirect_uri == registration.redirect_uri().as_str()
    }
}

// Its secrets, and what a person is asked for.
impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingLogin")
            .field("binding", &self.binding)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LoginSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginSecrets(…)")
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun")
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}
