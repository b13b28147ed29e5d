//! Who we are, at the token endpoint: `private_key_jwt` (OpenID Connect Core
//! 1.0, 9; RFC 7523).

use std::fmt;

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::auth_app::endpoint::{names_somebody, registered};
use crate::auth_app::{AssertionKey, AssertionKeys, ClientId};
use crate::code::Code;
use crate::error::Error;
use crate::jose::{encode, sign};
use crate::time::{Duration, Time};
use crate::transaction::random;

/// Proves at a provider's token endpoint that it is us who asks: with a
/// signature, and with no secret that the provider knows too.
#[derive(Clone, Debug)]
pub struct PrivateKeyJwt {
    client: ClientId,
    audience: AssertionAudience,
    keys: AssertionKeys,
    lifetime: AssertionLifetime,
}

impl PrivateKeyJwt {
    /// For this client and this provider, with assertions that live for
    /// [`AssertionLifetime::LONGEST`].
    #[must_use]
    pub const fn new(client: ClientId, audience: AssertionAudience, keys: AssertionKeys) -> Self {
        Self {
            client,
            audience,
            keys,
            lifetime: AssertionLifetime::LONGEST,
        }
    }

    /// The same with another lifetime.
    #[must_use]
    pub const fn with_lifetime(mut self, lifetime: AssertionLifetime) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The assertion for one request at `now`, before it is signed.
    ///
    /// # Errors
    /// `misuse.argument` if no key has begun to sign yet.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an identifier is for one assertion"
    )]
    pub fn prepare(&self, id: AssertionId, now: Time) -> Result<UnsignedAssertion<'_>, Error> {
        let key = self.keys.active(now)?;
        let client = self.client.as_str();
        let claims = json!({
            "iss": client,
            "sub": client,
            "aud": self.audience.0,
            "jti": encode(&id.0),
            "iat": now.as_unix(),
            "exp": now.plus(self.lifetime.0).as_unix(),
        });
        let message = sign::Unsigned::new(&header(key), &claims);
        Ok(UnsignedAssertion { message, key })
    }
}

fn header(key: &AssertionKey) -> Value {
    let kid = key.kid().map(|kid| ("kid", kid));
    let members = [("alg", sign::algorithm(key.kind())), ("typ", "JWT")];
    let members = members.into_iter().chain(kid);
    let members: Map<_, _> = members
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    Value::Object(members)
}

/// A client assertion that nobody has signed yet. Two of the same identifier
/// and time are the same.
pub struct UnsignedAssertion<'k> {
    message: sign::Unsigned,
    key: &'k AssertionKey,
}

impl UnsignedAssertion<'_> {
    /// Lets the key sign it.
    ///
    /// # Errors
    /// `misuse.signer` or `misuse.entropy` if the key cannot, and
    /// `misuse.argument` if what it gives is no signature of its kind.
    pub async fn sign(self) -> Result<ClientAssertion, Error> {
        let assertion = self.message.sign(self.key.signer()).await?;
        Ok(ClientAssertion(Zeroizing::new(assertion)))
    }
}

/// A signed client assertion, for one request. Whoever has it is us until it
/// expires: it goes to the token endpoint and nowhere else.
pub struct ClientAssertion(Zeroizing<String>);

impl ClientAssertion {
    /// The value of the parameter `client_assertion_type` (RFC 7523, 2.2).
    pub const TYPE: &'static str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// The value of the parameter `client_assertion`: a JWT in compact
    /// serialization.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parameters of a token request that carry it (RFC 7523, 2.2).
    pub(super) fn parameters(&self) -> [(&'static str, &str); 2] {
        [
            ("client_assertion_type", Self::TYPE),
            ("client_assertion", self.as_str()),
        ]
    }

    #[cfg(test)]
    pub(super) fn of_text(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

/// To whom assertions are addressed (`aud`): the URL of the provider's token
/// endpoint, or what else the provider states.
///
/// It is configured, and never taken from a discovery document: whoever could
/// change that would have us sign assertions that another provider takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionAudience(String);

impl AssertionAudience {
    /// This URL, to the letter. Plain HTTP is for providers on this machine.
    ///
    /// # Errors
    /// `misuse.argument` if it is no absolute URL with `https`, or with `http`
    /// and a loopback host; or has a user or a fragment, or more than 255
    /// octets.
    pub fn new(url: &str) -> Result<Self, Error> {
        if names_somebody(&registered(url)?) {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(url.to_owned()))
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long an assertion lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssertionLifetime(Duration);

impl AssertionLifetime {
    /// A minute: the auth app takes none that lives longer. Where our clock may
    /// be ahead of the provider's, let them live that much shorter.
    pub const LONGEST: Self = Self(Duration::minutes(1));

    /// So many seconds, from 1 to 60.
    ///
    /// # Errors
    /// `misuse.argument` if there are none, or more.
    pub fn seconds(seconds: u32) -> Result<Self, Error> {
        match seconds {
            1..=60 => Ok(Self(Duration::seconds(seconds.into()))),
            _ => Err(Code::MisuseArgument.into()),
        }
    }
}

/// What tells one assertion from all others (`jti`): 128 random bits.
pub struct AssertionId([u8; 16]);

impl AssertionId {
    /// A fresh one.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        random().map(Self)
    }

    /// The twin of [`AssertionId::generate`] for tests: 16 octets of the
    /// caller's own entropy.
    #[must_use]
    pub const fn from_entropy(octets: [u8; 16]) -> Self {
        Self(octets)
    }
}

// An assertion stands for us until it expires: neither it nor its parts are printed.
impl fmt::Debug for ClientAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientAssertion(…)")
    }
}

impl fmt::Debug for UnsignedAssertion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedAssertion")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AssertionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AssertionId(…)")
    }
}

#[cfg(test)]
mod tests;
