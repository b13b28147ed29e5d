//! デジタル認証アプリ: login and signing with the Digital Agency's auth app, and
//! login with other OpenID providers that clients of this kind can ask.
//!
//! # A login in steps
//!
//! Every step is a value that is made of the one before it and of what arrived,
//! and nothing here asks anybody or reads a clock:
//!
//! ```text
//! PendingLogin::begin ─→ URL, browser's secret, PendingLogin ─→ sealed, in a store
//!     .receive(callback, cookie)   ─→ Authorized      ─→ token request
//!     .tokens(response)            ─→ Tokens          ─→ keys, by the key's name
//!     .verify(keys, now)           ─→ Authenticated   ─→ userinfo request
//!     .userinfo(response)          ─→ VerifiedLogin
//! ```
//!
//! A step consumes the one before it, so that nothing is answered twice, and
//! whatever fails leaves nothing to read.
//!
//! ```
//! use tashika::auth_app::{
//!     Callback, ClientId, Fault, KeySet, LoginRequest, PendingLogin, Provider,
//!     RedirectUri, Registration, Scope, Scopes, VerifiedLogin,
//! };
//! # use tashika::auth_app::ClientAssertion;
//! use tashika::seal::Sealer;
//! use tashika::transaction::{Audience, Binding, BrowserSecret, ClientKey, MemoryStore};
//! use tashika::{Duration, Error, Time};
//! # type Answer = http::Response<bytes::Bytes>;
//! # type Request = http::Request<bytes::Bytes>;
//!
//! fn registration() -> Result<Registration, Error> {
//!     let redirect_uri = RedirectUri::new("https://bank.example/auth-app/callback")?;
//!     let client_id = ClientId::new("yourClientId")?;
//!     Ok(Registration::new(Provider::sandbox()?, client_id, redirect_uri))
//! }
//!
//! /// The URL to send the browser to, and its cookie.
//! fn begin(
//!     (registration, binding): (&Registration, Binding),
//!     (store, sealer): (&MemoryStore, &Sealer),
//!     client: ClientKey,
//!     now: Time,
//! ) -> Result<(String, String), Error> {
//!     let (transaction, expires) = (binding.transaction, binding.expires);
//!     let request = LoginRequest::new(Scopes::openid().with(Scope::Birthdate));
//!     let begun = PendingLogin::begin(binding, registration, request)?;
//!     store.put(transaction, client, expires, begun.pending.seal(sealer)?, now)?;
//!     Ok((begun.url, begun.browser.set_cookie(Duration::minutes(10))))
//! }
//!
//! fn finish(
//!     (query, cookies): (&str, &str),
//!     (registration, audience): (&Registration, &Audience),
//!     (store, sealer): (&MemoryStore, &Sealer),
//!     (assertion, keys): (&ClientAssertion, &KeySet),
//!     ask: impl Fn(Request) -> Answer,
//!     now: Time,
//! ) -> Result<VerifiedLogin, Fault> {
//!     let callback = Callback::from_query(query)?;
//!     let transaction = callback.transaction()?;
//!     let sealed = store.take(&transaction, now)?;
//!     let pending = PendingLogin::open(sealer, audience, &transaction, &sealed, now)?;
//!     let browser = BrowserSecret::find(cookies, &transaction);
//!     let authorized = pending.receive(callback, browser, registration, now)?;
//!     let answer = ask(authorized.token_request(registration, assertion)?);
//!     let tokens = authorized.tokens(registration, &answer)?;
//!     let login = tokens.verify(registration, keys, now)?;
//!     match login.userinfo_request(registration)? {
//!         Some(request) => login.userinfo(&ask(request)),
//!         None => Ok(login.without_userinfo()?),
//!     }
//! }
//! ```
//!
//! # What is and is not learnt
//!
//! Who logged in is a [`Subject`]: a name that the provider gives a person for
//! this relying party. The items that can be asked for come from the face of
//! the card. No certificate reaches the relying party, and none of the reasons
//! for which one is revoked: that it is not valid is all that can be known, if
//! the provider says so.
//!
//! # What is not published
//!
//! Public copies of the auth app's reference show a part of it. What it says
//! elsewhere is configuration here, with a default that refuses: which classes
//! an ID token names ([`AcrPolicy`]), whether callbacks name the provider
//! ([`ResponseIssuer`]), by which names errors come ([`RefusalTable`]), whether
//! a token tells when the person was authenticated ([`AuthenticationAge`]).
//!
//! # What a phishing page can still do
//!
//! A page in the middle can show a person a login of the real provider that an
//! attacker began elsewhere. The person's callback then comes to the relying
//! party in the person's browser, which has no secret of that transaction, and
//! is refused as `auth_app.browser`. What remains is a page that relays
//! everything, cookies too, from under another name: against that helps only
//! what the browser itself ties to the name of the site.

mod acr;
mod assertion;
mod assertion_key;
mod authorized;
mod callback;
mod claims;
#[cfg(feature = "fetch")]
mod client;
mod client_id;
mod client_public_key;
#[cfg(feature = "fetch")]
mod discovery;
mod endpoint;
mod exchange;
mod fault;
#[cfg(feature = "fetch")]
mod guarded;
mod id_token;
#[cfg(feature = "fetch")]
mod key_cache;
mod keys;
mod login;
mod pending;
mod provider;
mod refusal;
mod registration;
mod scope;
mod sealed;
pub mod signing;
mod state;
#[cfg(test)]
mod tests;
mod token;

pub use acr::{Acr, AcrPolicy, OtherAcr};
pub use assertion::{
    AssertionAudience, AssertionId, AssertionLifetime, ClientAssertion, PrivateKeyJwt,
    UnsignedAssertion,
};
pub use assertion_key::{AssertionKey, AssertionKeys};
pub use authorized::{Authenticated, Authorized, Tokens};
pub use callback::Callback;
pub use claims::{Birthdate, Gender, LoginClaims};
#[cfg(feature = "fetch")]
pub use client::{AuthApp, AuthAppSettings, AuthAppState};
pub use client_id::ClientId;
pub use client_public_key::ClientPublicKey;
pub use endpoint::RedirectUri;
pub use fault::Fault;
pub use id_token::{AccessTokenHash, AuthenticationAge, IdTokenPolicy, Subject};
#[cfg(feature = "fetch")]
pub use key_cache::KeyCachePolicy;
pub use keys::{JwsAlgorithm, KeySet};
pub use login::VerifiedLogin;
pub use pending::{Begun, LoginSecrets, PendingLogin};
pub use provider::{Provider, ResponseIssuer};
pub use refusal::{Refusal, RefusalTable};
pub use registration::{LoginRequest, Registration};
pub use scope::{Scope, Scopes};
pub use token::{SignedToken, TokenKind};
