//! Logins at the simulated provider, step by step and without a socket.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use tashika::auth_app::{
    AssertionAudience, AssertionId, AssertionKey, AssertionKeys, AuthApp, Authenticated,
    Authorized, Begun, Callback, ClientId, Fault, IdTokenPolicy, KeySet, LoginRequest,
    LoginSecrets, PendingLogin, PrivateKeyJwt, Provider, RedirectUri, Registration, Scope, Scopes,
    Tokens, VerifiedLogin,
};
use tashika::signer::{EcdsaSigner, Immediate};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::transport::{Tls, TransportError};
use tashika::{Duration, Error};
use tashika_testbed::auth_app::{
    self as testbed, Choice, Citizen, ClientKey, RegisteredClient, Settings,
};
use tashika_testbed::{Algorithm, KeyPair, Person, Rng};
use tokio::runtime;

use crate::desk::NOW;

const CLIENT: &str = "Shop1";
const REDIRECT_URI: &str = "https://shop.example/callback";

/// A relying party, and the provider at which it is registered.
#[derive(Debug)]
pub struct LoginDesk {
    provider: testbed::Provider,
    registration: Registration,
    client: PrivateKeyJwt,
}

/// A relying party that takes each step itself.
#[derive(Debug)]
pub struct Steps<'p> {
    /// The provider.
    pub provider: &'p testbed::Provider,
    /// Who we are there.
    pub registration: Registration,
    /// How we prove it.
    pub client: PrivateKeyJwt,
}

/// What a provider gave for one login, from which it can be finished again.
#[derive(Debug)]
pub struct Evidence {
    number: u8,
    query: String,
    /// The answer of the token endpoint.
    pub tokens: Response<Bytes>,
    /// The key set.
    pub jwks: Bytes,
    /// The answer of the userinfo endpoint.
    pub userinfo: Response<Bytes>,
}

impl LoginDesk {
    /// A provider with these settings that knows us.
    ///
    /// # Errors
    ///
    /// If no loopback port can be had.
    pub fn new(settings: Settings) -> io::Result<Self> {
        Self::at(REDIRECT_URI, settings)
    }

    /// The same for us at another redirect URI.
    ///
    /// # Errors
    ///
    /// If no loopback port can be had.
    pub fn at(redirect_uri: &str, settings: Settings) -> io::Result<Self> {
        let provider = testbed::Provider::start(settings)?;
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(5));
        let registered = RegisteredClient::new(CLIENT, redirect_uri, ClientKey::of(&key));
        provider.register(registered);
        let registration = registration(&provider, redirect_uri).map_err(io::Error::other)?;
        let client = client(&registration, &key).map_err(io::Error::other)?;
        Ok(Self {
            provider,
            registration,
            client,
        })
    }

    /// The same with another policy for ID tokens.
    #[must_use]
    pub fn judging_by(mut self, policy: IdTokenPolicy) -> Self {
        self.registration = self.registration.with_tokens(policy);
        self
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &testbed::Provider {
        &self.provider
    }

    /// Who we are there.
    #[must_use]
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The relying party, which asks the provider over loopback.
    ///
    /// # Errors
    ///
    /// If the system gives no transport.
    pub fn auth_app(&self) -> Result<AuthApp, TransportError> {
        let (registration, client) = (self.registration.clone(), self.client.clone());
        AuthApp::over(registration, client, Tls::no_roots())
    }

    /// The relying party.
    #[must_use]
    pub fn steps(&self) -> Steps<'_> {
        Steps {
            provider: &self.provider,
            registration: self.registration.clone(),
            client: self.client.clone(),
        }
    }

    /// Begins the login of a number, for everything: always the same.
    ///
    /// # Errors
    ///
    /// Never: the request is one that can be made.
    pub fn begin(&self, number: u8) -> Result<Begun, Error> {
        let transaction = TransactionId::from_entropy([!number; 16]);
        let secrets = LoginSecrets::from_entropy(
            [number; 16],
            [number.wrapping_add(1); 32],
            [number.wrapping_add(2); 32],
            [number.wrapping_add(3); 32],
        );
        let request = LoginRequest::new(everything());
        let binding = binding(transaction)?;
        PendingLogin::begin_with_secrets(binding, &self.registration, request, secrets)
    }

    /// Lets somebody of a number, who is enrolled for it, log in.
    ///
    /// # Errors
    ///
    /// What the login is refused for.
    pub fn evidence(&self, number: u8) -> Result<Evidence, Fault> {
        let mut person = Person::everybody(NOW.as_unix()).swap_remove(0);
        person.name = format!("架空　{number}");
        let id = number.to_string();
        self.provider.enrol(Citizen::new(&id, &person));
        let begun = self.begin(number)?;
        let query = sent_back(&self.provider, &begun.url, &Choice::citizen(&id));
        let steps = self.steps();
        let (tokens, jwks, userinfo) = block_on(async {
            let cookie = Some(begun.browser.value());
            let authorized = steps.receive(begun.pending, &query, cookie)?;
            let tokens = steps.ask_for_tokens(&authorized).await?;
            let jwks = steps.jwks();
            let person = authorized.tokens(&self.registration, &tokens)?;
            let keys = KeySet::read(&jwks)?;
            let person = person.verify(&self.registration, &keys, NOW)?;
            let userinfo = steps.ask_about(&person)?;
            Ok::<_, Fault>((tokens, jwks, userinfo.unwrap_or_default()))
        })?;
        Ok(Evidence {
            number,
            query,
            tokens,
            jwks,
            userinfo,
        })
    }

    /// The login of which there is evidence, as it stood before its code was
    /// exchanged.
    ///
    /// # Errors
    ///
    /// Never: the evidence is genuine.
    pub fn authorized(&self, evidence: &Evidence) -> Result<Authorized, Error> {
        let begun = self.begin(evidence.number)?;
        let cookie = Some(begun.browser.value());
        let callback = Callback::from_query(&evidence.query)?;
        let pending = begun.pending;
        pending.receive(callback, cookie, &self.registration, NOW)
    }

    /// The proof that tokens and userinfo make.
    ///
    /// # Errors
    ///
    /// What the login is refused for.
    pub fn finish(
        &self,
        authorized: Authorized,
        tokens: &Response<Bytes>,
        keys: &KeySet,
        userinfo: &Response<Bytes>,
    ) -> Result<VerifiedLogin, Fault> {
        let tokens: Tokens = authorized.tokens(&self.registration, tokens)?;
        let person = tokens.verify(&self.registration, keys, NOW)?;
        person.userinfo(userinfo)
    }
}

impl Steps<'_> {
    /// From the callback to the proof.
    ///
    /// # Errors
    ///
    /// What the login is refused for.
    pub async fn finish(
        &self,
        pending: PendingLogin,
        query: &str,
        cookie: Option<&str>,
    ) -> Result<VerifiedLogin, Fault> {
        let authorized = self.receive(pending, query, cookie)?;
        let answer = self.ask_for_tokens(&authorized).await?;
        let tokens = authorized.tokens(&self.registration, &answer)?;
        let keys = KeySet::read(&self.jwks())?;
        let person = tokens.verify(&self.registration, &keys, NOW)?;
        match self.ask_about(&person)? {
            Some(answer) => person.userinfo(&answer),
            None => Ok(person.without_userinfo()?),
        }
    }

    /// Takes a callback.
    ///
    /// # Errors
    ///
    /// What it is refused for.
    pub fn receive(
        &self,
        pending: PendingLogin,
        query: &str,
        cookie: Option<&str>,
    ) -> Result<Authorized, Error> {
        let callback = Callback::from_query(query)?;
        pending.receive(callback, cookie, &self.registration, NOW)
    }

    /// The answer of the token endpoint.
    ///
    /// # Errors
    ///
    /// If our key does not sign.
    pub async fn ask_for_tokens(&self, login: &Authorized) -> Result<Response<Bytes>, Error> {
        let assertion = self.client.prepare(AssertionId::generate()?, NOW)?;
        let assertion = assertion.sign().await?;
        let request = login.token_request(&self.registration, &assertion)?;
        Ok(self.exchange(&request))
    }

    /// What the provider publishes as its keys.
    #[must_use]
    pub fn jwks(&self) -> Bytes {
        let mut request = Request::new(Bytes::new());
        let uri = self.registration.provider().jwks_uri().parse();
        *request.uri_mut() = uri.unwrap_or_default();
        self.exchange(&request).into_body()
    }

    /// The answer of the userinfo endpoint, if anything is asked there.
    ///
    /// # Errors
    ///
    /// If the login is another registration's.
    pub fn ask_about(&self, person: &Authenticated) -> Result<Option<Response<Bytes>>, Error> {
        let request = person.userinfo_request(&self.registration)?;
        Ok(request.map(|request| self.exchange(&request)))
    }

    fn exchange(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        });
        let target = request.uri().path_and_query().map(|target| target.as_str());
        let (status, headers, body) = self.provider.handle(
            request.method().as_str(),
            target.unwrap_or_default(),
            &headers.collect::<Vec<_>>(),
            request.body(),
        );
        let answer = Response::builder().status(status);
        let answer = headers.iter().fold(answer, |answer, (name, value)| {
            answer.header(name.as_str(), value.as_str())
        });
        answer.body(body.into()).unwrap_or_default()
    }
}

/// The query with which a browser comes back that follows a URL.
///
/// # Panics
///
/// If the provider sends it nowhere.
#[must_use]
pub fn sent_back(provider: &testbed::Provider, url: &str, choice: &Choice) -> String {
    let back = provider.authorize(url, choice.clone());
    let query = back.split_once('?').map(|(_, query)| query.to_owned());
    query.unwrap_or_default()
}

/// Name, address, date of birth and sex.
#[must_use]
pub fn everything() -> Scopes {
    let items = [Scope::Name, Scope::Address, Scope::Birthdate, Scope::Gender];
    items.into_iter().fold(Scopes::openid(), Scopes::with)
}

fn registration(provider: &testbed::Provider, redirect_uri: &str) -> Result<Registration, Error> {
    let client_id = ClientId::new(CLIENT)?;
    let redirect_uri = RedirectUri::new(redirect_uri)?;
    let provider = Provider::at(&provider.base())?;
    Ok(Registration::new(provider, client_id, redirect_uri))
}

fn client(registration: &Registration, key: &KeyPair) -> Result<PrivateKeyJwt, Error> {
    let signer = EcdsaSigner::from_pkcs8(&key.pkcs8())?;
    let begins = NOW.minus(Duration::hours(1));
    let key = AssertionKey::new(Arc::new(Immediate::new(signer)), begins)?;
    let audience = AssertionAudience::new(registration.provider().token_endpoint())?;
    let keys = AssertionKeys::new(vec![key])?;
    let client_id = registration.client_id().clone();
    Ok(PrivateKeyJwt::new(client_id, audience, keys))
}

/// A transaction of ours, for ten minutes.
///
/// # Errors
///
/// Never: origin and purpose are ones.
pub fn binding(transaction: TransactionId) -> Result<Binding, Error> {
    Ok(Binding {
        audience: Audience {
            relying_party: RelyingParty::from_origin("https://shop.example")?,
            purpose: Purpose::named("login")?,
        },
        transaction,
        expires: NOW.plus(Duration::minutes(10)),
    })
}

/// What needs no more than a thread.
///
/// # Panics
///
/// If the system gives no runtime.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = runtime::Builder::new_current_thread().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    runtime.block_on(future)
}
