//! The sdk as a relying party: as a whole, and step by step where a test stands
//! in between.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, Response};
use libtest_mimic::Failed;
use tashika::auth_app::{
    AccessTokenHash, AssertionAudience, AssertionId, AssertionKey, AssertionKeys, AuthApp,
    AuthAppSettings, Authenticated, Authorized, Begun, Callback, ClientAssertion, ClientId,
    ClientPublicKey, IdTokenPolicy, JwsAlgorithm, KeySet, LoginRequest, PendingLogin,
    PrivateKeyJwt, Provider, RedirectUri, Registration, Scope, Scopes, Tokens, VerifiedLogin,
};
use tashika::signer::{Immediate, MemorySigner};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::transport::{Load, Origins, Tls, Transport};
use tashika::{Code, Duration, Time};
use tashika_testbed::KeyPair;
use tokio::runtime::{Builder, Runtime};

use crate::http::send;

pub(crate) const CLIENT: &str = "shop";
pub(crate) const CALLBACK: &str = "https://rp.example/callback";

/// A code where we refuse, beside what went wrong with the test.
pub(crate) type Verdict<T> = Result<Result<T, Code>, Failed>;

pub(crate) struct Ours {
    pub(crate) registration: Registration,
    proof: PrivateKeyJwt,
    runtime: Runtime,
}

/// A login of which the callback has not come yet.
pub(crate) struct Login {
    pending: PendingLogin,
    cookie: String,
    pub(crate) url: String,
}

pub(crate) fn now() -> Result<Time, Failed> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Time::from_unix(i64::try_from(since.as_secs())?))
}

/// The key as the provider gets to know it.
pub(crate) fn public_key(key: &KeyPair) -> Result<ClientPublicKey, Failed> {
    Ok(ClientPublicKey::from_spki(&key.spki())?)
}

/// What signs for us, under the name that the provider gives the key.
pub(crate) fn signing(key: &KeyPair, audience: &str) -> Result<PrivateKeyJwt, Failed> {
    signing_as(key, &public_key(key)?.kid(), audience)
}

/// The same under another name.
pub(crate) fn signing_as(
    key: &KeyPair,
    kid: &str,
    audience: &str,
) -> Result<PrivateKeyJwt, Failed> {
    let signer = MemorySigner::from_pkcs8(&key.pkcs8())?;
    let key = AssertionKey::new(Arc::new(Immediate::new(signer)), Time::from_unix(0))?;
    let keys = AssertionKeys::new(vec![key.with_kid(kid)?])?;
    let audience = AssertionAudience::new(audience)?;
    Ok(PrivateKeyJwt::new(ClientId::new(CLIENT)?, audience, keys))
}

impl Ours {
    /// At the provider of this name, as it describes itself.
    pub(crate) fn discover(issuer: &str, key: &KeyPair) -> Result<Self, Failed> {
        // With a thread of its own, which sees connections end that nobody uses.
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build()?;
        let origins = Origins::none().plain_http(issuer)?;
        let transport = Transport::builder(origins, Tls::no_roots()).build()?;
        let service = transport.under(&Load::standard());
        let provider = runtime.block_on(Provider::discover(service, issuer))?;
        let proof = signing(key, provider.token_endpoint())?;
        let redirect_uri = RedirectUri::new(CALLBACK)?;
        Ok(Self {
            registration: Registration::new(provider, ClientId::new(CLIENT)?, redirect_uri),
            proof,
            runtime,
        })
    }

    /// In the code flow `at_hash` is optional.
    pub(crate) fn without_at_hash(mut self) -> Self {
        let policy = IdTokenPolicy::standard().with_access_token_hash(AccessTokenHash::IfPresent);
        self.registration = self.registration.with_tokens(policy);
        self
    }

    /// ID tokens signed with RSA.
    pub(crate) fn with_rs256(mut self) -> Result<Self, Failed> {
        let policy = IdTokenPolicy::standard().with_access_token_hash(AccessTokenHash::IfPresent);
        let policy = policy.with_algorithms(vec![JwsAlgorithm::Rs256])?;
        self.registration = self.registration.with_tokens(policy);
        Ok(self)
    }

    pub(crate) fn with_proof(mut self, proof: PrivateKeyJwt) -> Self {
        self.proof = proof;
        self
    }

    /// With everything that can be asked for.
    pub(crate) fn begin(&self) -> Result<Login, Failed> {
        let scopes = Scopes::openid()
            .with(Scope::Name)
            .with(Scope::Address)
            .with(Scope::Birthdate)
            .with(Scope::Gender);
        let audience = Audience {
            relying_party: RelyingParty::from_origin("https://rp.example")?,
            purpose: Purpose::named("login")?,
        };
        let binding = Binding {
            audience,
            transaction: TransactionId::generate()?,
            expires: now()?.plus(Duration::minutes(10)),
        };
        let begun = PendingLogin::begin(binding, &self.registration, LoginRequest::new(scopes))?;
        let Begun {
            pending,
            browser,
            url,
        } = begun;
        Ok(Login {
            pending,
            cookie: browser.value().to_owned(),
            url,
        })
    }

    pub(crate) fn receive(&self, login: Login, callback: &str) -> Verdict<Authorized> {
        let (_, query) = callback.split_once('?').ok_or("no query")?;
        let Login {
            pending, cookie, ..
        } = login;
        let now = now()?;
        let received = Callback::from_query(query)
            .and_then(|callback| pending.receive(callback, Some(&cookie), &self.registration, now));
        Ok(received.map_err(|error| error.code()))
    }

    pub(crate) fn assertion(&self) -> Result<ClientAssertion, Failed> {
        self.assertion_at(AssertionId::generate()?, now()?)
    }

    pub(crate) fn assertion_at(
        &self,
        id: AssertionId,
        at: Time,
    ) -> Result<ClientAssertion, Failed> {
        let assertion = self.proof.prepare(id, at)?;
        Ok(self.runtime.block_on(assertion.sign())?)
    }

    pub(crate) fn tokens(
        &self,
        authorized: Authorized,
        answer: &Response<Bytes>,
    ) -> Result<Tokens, Code> {
        let tokens = authorized.tokens(&self.registration, answer);
        tokens.map_err(|fault| fault.code())
    }

    /// Asks with an assertion of its own.
    pub(crate) fn exchange(&self, authorized: Authorized) -> Verdict<Tokens> {
        let request = authorized.token_request(&self.registration, &self.assertion()?)?;
        Ok(self.tokens(authorized, &send(&request)?))
    }

    pub(crate) fn keys(&self) -> Verdict<KeySet> {
        let url = self.registration.provider().jwks_uri();
        let response = send(&Request::get(url).body(Bytes::new())?)?;
        Ok(KeySet::read(response.body()).map_err(|error| error.code()))
    }

    pub(crate) fn verify(&self, tokens: Tokens) -> Verdict<Authenticated> {
        let keys = match self.keys()? {
            Ok(keys) => keys,
            Err(code) => return Ok(Err(code)),
        };
        let verified = tokens.verify(&self.registration, &keys, now()?);
        Ok(verified.map_err(|error| error.code()))
    }

    pub(crate) fn userinfo(&self, login: Authenticated) -> Verdict<VerifiedLogin> {
        let request = login.userinfo_request(&self.registration)?;
        let response = send(&request.ok_or("nothing was asked for")?)?;
        Ok(login.userinfo(&response).map_err(|fault| fault.code()))
    }

    /// A whole client, which asks anew for a key that it does not know.
    pub(crate) fn app(&self) -> Result<AuthApp, Failed> {
        let (registration, proof) = (self.registration.clone(), self.proof.clone());
        let mut origins = Origins::none();
        for origin in registration.provider().origins() {
            origins = origins.plain_http(&origin)?;
        }
        let transport = Transport::builder(origins, Tls::no_roots()).build()?;
        let service = transport.under(&Load::standard());
        let mut settings = AuthAppSettings::standard();
        settings.keys.interval = std::time::Duration::ZERO;
        Ok(AuthApp::with_settings(
            registration,
            proof,
            service,
            settings,
        ))
    }

    /// From the callback to the end.
    pub(crate) fn finish(&self, login: Login, callback: &str) -> Verdict<VerifiedLogin> {
        self.finish_by(&self.app()?, login, callback)
    }

    /// The same by a client that has been there before.
    pub(crate) fn finish_by(
        &self,
        app: &AuthApp,
        login: Login,
        callback: &str,
    ) -> Verdict<VerifiedLogin> {
        let (_, query) = callback.split_once('?').ok_or("no query")?;
        let Login {
            pending, cookie, ..
        } = login;
        let callback = match Callback::from_query(query) {
            Ok(callback) => callback,
            Err(error) => return Ok(Err(error.code())),
        };
        let finished = app.finish(pending, callback, Some(&cookie), now()?);
        let finished = self.runtime.block_on(finished);
        Ok(finished.map_err(|fault| fault.code()))
    }
}
