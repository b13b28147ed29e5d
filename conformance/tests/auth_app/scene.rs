//! A relying party, its provider, and somebody who logs in.

use std::sync::Arc;
use std::time::Duration as Span;

use tashika::auth_app::{
    AssertionAudience, AssertionKey, AssertionKeys, AuthApp, AuthAppSettings, Callback, ClientId,
    Fault, LoginRequest, PendingLogin, PrivateKeyJwt, Provider, RedirectUri, Registration, Scope,
    Scopes, VerifiedLogin,
};
use tashika::signer::{EcdsaSigner, Immediate};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::transport::{Client, HttpService, Load, Origins, Tls, Transport};
use tashika::{Duration, Time};
use tashika_conformance::desk::NOW;
use tashika_testbed::auth_app::{
    self as testbed, Choice, Citizen, ClientKey, Endpoint, RegisteredClient, Settings,
};
use tashika_testbed::{Algorithm, KeyPair, Person, Rng};

pub(crate) const CLIENT: &str = "Bank1";
pub(crate) const REDIRECT_URI: &str = "https://bank.example/auth-app/callback";

/// The day on which our key begins to sign.
pub(crate) const OPENED: Time = Time::from_unix(1_700_000_000);

pub(crate) struct Scene {
    pub(crate) provider: testbed::Provider,
    /// What the provider calls the person.
    pub(crate) subject: String,
    key: KeyPair,
}

/// A browser that came back.
pub(crate) struct Returned {
    pub(crate) pending: PendingLogin,
    pub(crate) cookie: String,
    pub(crate) callback: Callback,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let provider = testbed::Provider::start(settings).unwrap();
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(5));
        let registered = RegisteredClient::new(CLIENT, REDIRECT_URI, ClientKey::of(&key));
        provider.register(registered);
        let people = Person::everybody(NOW.as_unix());
        let subject = provider.enrol(Citizen::new("hanako", people.first().unwrap()));
        Self {
            provider,
            subject,
            key,
        }
    }

    pub(crate) fn registration(&self) -> Registration {
        let provider = Provider::at(&self.provider.base()).unwrap();
        self.registration_at(provider)
    }

    pub(crate) fn registration_at(&self, provider: Provider) -> Registration {
        let client_id = ClientId::new(CLIENT).unwrap();
        let redirect_uri = RedirectUri::new(REDIRECT_URI).unwrap();
        Registration::new(provider, client_id, redirect_uri)
    }

    pub(crate) fn client(&self) -> PrivateKeyJwt {
        let signer = EcdsaSigner::from_pkcs8(&self.key.pkcs8()).unwrap();
        let key = AssertionKey::new(Arc::new(Immediate::new(signer)), OPENED).unwrap();
        let audience = AssertionAudience::new(&self.provider.url(Endpoint::Token)).unwrap();
        let keys = AssertionKeys::new(vec![key]).unwrap();
        PrivateKeyJwt::new(ClientId::new(CLIENT).unwrap(), audience, keys)
    }

    /// A transport to the provider.
    pub(crate) fn transport(&self, load: &Load) -> Client {
        let origins = Origins::none().plain_http(&self.provider.base()).unwrap();
        let transport = Transport::builder(origins, Tls::no_roots()).build();
        transport.unwrap().under(load)
    }

    /// A relying party whose transport asks everything once.
    pub(crate) fn auth_app(&self) -> AuthApp {
        self.auth_app_by(AuthAppSettings::standard())
    }

    pub(crate) fn auth_app_by(&self, settings: AuthAppSettings) -> AuthApp {
        let once = Load {
            retries: 0,
            ..Load::standard()
        };
        self.auth_app_over(self.transport(&once), settings)
    }

    pub(crate) fn auth_app_over<S: HttpService>(
        &self,
        service: S,
        settings: AuthAppSettings,
    ) -> AuthApp<S> {
        AuthApp::with_settings(self.registration(), self.client(), service, settings)
    }

    /// Begins a login for everything, and lets the person say yes.
    pub(crate) fn return_to<S: HttpService>(&self, auth_app: &AuthApp<S>) -> Returned {
        self.return_with(auth_app, everything())
    }

    pub(crate) fn return_with<S: HttpService>(
        &self,
        auth_app: &AuthApp<S>,
        scopes: Scopes,
    ) -> Returned {
        let begun = auth_app
            .begin(binding(), LoginRequest::new(scopes))
            .unwrap();
        let back = self
            .provider
            .authorize(&begun.url, Choice::citizen("hanako"));
        let (_, query) = back.split_once('?').unwrap();
        Returned {
            pending: begun.pending,
            cookie: begun.browser.value().to_owned(),
            callback: Callback::from_query(query).unwrap(),
        }
    }

    /// A whole login.
    pub(crate) async fn log_in<S: HttpService>(
        &self,
        auth_app: &AuthApp<S>,
    ) -> Result<VerifiedLogin, Fault> {
        self.return_to(auth_app).finish(auth_app).await
    }

    /// How often an endpoint was asked.
    pub(crate) fn asked(&self, endpoint: Endpoint) -> usize {
        let log = self.provider.log();
        log.iter()
            .filter(|event| event.endpoint == endpoint)
            .count()
    }
}

impl Returned {
    pub(crate) async fn finish<S: HttpService>(
        self,
        auth_app: &AuthApp<S>,
    ) -> Result<VerifiedLogin, Fault> {
        let Self {
            pending,
            cookie,
            callback,
        } = self;
        auth_app.finish(pending, callback, Some(&cookie), NOW).await
    }
}

pub(crate) fn everything() -> Scopes {
    Scopes::openid()
        .with(Scope::Name)
        .with(Scope::Address)
        .with(Scope::Birthdate)
        .with(Scope::Gender)
}

pub(crate) fn binding() -> Binding {
    Binding {
        audience: Audience {
            relying_party: RelyingParty::from_origin("https://bank.example").unwrap(),
            purpose: Purpose::named("login").unwrap(),
        },
        transaction: TransactionId::generate().unwrap(),
        expires: NOW.plus(Duration::minutes(10)),
    }
}

/// Settings under which nobody waits long.
pub(crate) fn impatient() -> AuthAppSettings {
    AuthAppSettings {
        timeout: Span::from_millis(300),
        ..AuthAppSettings::standard()
    }
}
