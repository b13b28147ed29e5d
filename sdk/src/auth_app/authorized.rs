//! From a code to tokens, and from an ID token to a person.

use std::cell::RefCell;
use std::fmt;

use bytes::Bytes;
use http::{Request, Response};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthorizationCode, ClientId, HttpRequest, HttpResponse, RedirectUrl, SyncHttpClient, TokenUrl,
};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::auth_app::exchange::{self, AccessToken};
use crate::auth_app::id_token::{Expected, IdClaims};
use crate::auth_app::{
    ClientAssertion, Fault, KeySet, PendingLogin, Registration, Scopes, SignedToken, TokenKind,
    VerifiedLogin,
};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::time::Time;
use crate::transaction::Binding;

/// A callback was ours and brought a code. Who the person is is not known yet.
pub struct Authorized {
    pending: PendingLogin,
    code: Zeroizing<String>,
    pub(super) trace: Trace,
}

/// The provider gave tokens. Nothing of them is verified.
pub struct Tokens {
    pending: PendingLogin,
    access_token: AccessToken,
    id_token: SignedToken,
    pub(super) trace: Trace,
}

/// The ID token is genuine, current and ours: it is known who logged in, and
/// nothing about them.
pub struct Authenticated {
    pub(super) pending: PendingLogin,
    pub(super) access_token: AccessToken,
    pub(super) claims: IdClaims,
    pub(super) trace: Trace,
}

impl Authorized {
    pub(super) fn new(pending: PendingLogin, code: Zeroizing<String>, trace: Trace) -> Self {
        Self {
            pending,
            code,
            trace,
        }
    }

    /// To whom, for what, in which transaction and until when.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.pending.binding
    }

    /// The request that exchanges the code for tokens (RFC 6749, 4.1.3; RFC
    /// 7523, 2.2). It must not be sent twice: a code serves once, and a
    /// provider that sees it again has to take it for stolen.
    ///
    /// # Errors
    /// `transaction.foreign` if the login began with another registration.
    pub fn token_request(
        &self,
        registration: &Registration,
        assertion: &ClientAssertion,
    ) -> Result<Request<Bytes>, Error> {
        self.pending.check_registration(registration)?;
        let misuse = |_| Error::new(Code::MisuseArgument);
        let provider = registration.provider();
        let redirect_uri = RedirectUrl::new(registration.redirect_uri().as_str().to_owned());
        let client = BasicClient::new(ClientId::new(registration.client_id().as_str().to_owned()))
            .set_token_uri(TokenUrl::new(provider.token_endpoint().to_owned()).map_err(misuse)?)
            .set_redirect_uri(redirect_uri.map_err(misuse)?);
        let exchange = client
            .exchange_code(AuthorizationCode::new(self.code.to_string()))
            .set_pkce_verifier(self.pending.verifier());
        let exchange = assertion
            .parameters()
            .into_iter()
            .fold(exchange, |exchange, (name, value)| {
                exchange.add_extra_param(name, value)
            });
        let written = Written::default();
        drop(exchange.request(&written));
        written.request()
    }

    /// Takes the answer to it.
    ///
    /// # Errors
    /// A code under `input.` or `auth_app.`, with the status of the answer and
    /// when to ask again: `auth_app.unavailable`, `auth_app.busy` and
    /// `auth_app.http` if there is no answer of the protocol,
    /// `auth_app.invalid_client`, `auth_app.client_refused` and
    /// `auth_app.code_refused` if it is a refusal, `input.token_response`,
    /// `auth_app.token_type`, `auth_app.id_token_missing`, `auth_app.scope`,
    /// and those of [`SignedToken::read`].
    pub fn tokens(
        self,
        registration: &Registration,
        response: &Response<Bytes>,
    ) -> Result<Tokens, Fault> {
        let Self {
            pending, mut trace, ..
        } = self;
        let members = exchange::TOKEN.read(response);
        let members = members.map_err(|fault| fault.after(trace))?;
        trace.pass(CheckId::AuthAppAnswered);
        trace.pass(CheckId::AuthAppClient);
        let granted = Granted::read(&members, pending.scopes);
        let granted = trace.check(CheckId::AuthAppTokenResponse, granted)?;
        let algorithms = &registration.tokens().algorithms;
        let id_token = SignedToken::read(granted.id_token, TokenKind::IdToken, algorithms);
        Ok(Tokens {
            pending,
            access_token: granted.access_token,
            id_token: id_token.map_err(|error| error.after(trace))?,
            trace,
        })
    }
}

/// Takes the request that the protocol's library would send: it writes it
/// whole, and has no other way to give it away.
#[derive(Default)]
pub(super) struct Written(RefCell<Option<HttpRequest>>);

impl SyncHttpClient for Written {
    type Error = fmt::Error;

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, fmt::Error> {
        self.0.replace(Some(request));
        Err(fmt::Error)
    }
}

impl Written {
    pub(super) fn request(self) -> Result<Request<Bytes>, Error> {
        let request = self.0.into_inner().ok_or(Code::MisuseArgument)?;
        Ok(request.map(Bytes::from))
    }
}

/// What a token response has to have.
struct Granted<'r> {
    access_token: AccessToken,
    id_token: &'r str,
}

impl<'r> Granted<'r> {
    /// RFC 6749, 5.1; OpenID Connect Core 1.0, 3.1.3.3.
    fn read(members: &'r Map<String, Value>, asked: Scopes) -> Result<Self, Code> {
        let access_token = bearer(members)?;
        let id_token = match members.get("id_token") {
            Some(Value::String(token)) => token,
            Some(_) => return Err(Code::InputTokenResponse),
            None => return Err(Code::AuthAppIdTokenMissing),
        };
        let granted = match members.get("scope") {
            // What is granted is named where it is not what was asked for.
            None => Some(asked),
            Some(Value::String(list)) => Scopes::granted(list),
            Some(_) => return Err(Code::InputTokenResponse),
        };
        if !granted.is_some_and(|granted| granted.includes(asked)) {
            return Err(Code::AuthAppScope);
        }
        Ok(Self {
            access_token,
            id_token,
        })
    }
}

/// The access token of a token response; its type has no case (RFC 6749, 7.1).
pub(super) fn bearer(members: &Map<String, Value>) -> Result<AccessToken, Code> {
    let malformed = Code::InputTokenResponse;
    let text = |name: &str| members.get(name).and_then(Value::as_str).ok_or(malformed);
    let token = AccessToken::read(text("access_token")?).ok_or(malformed)?;
    if !text("token_type")?.eq_ignore_ascii_case("Bearer") {
        return Err(Code::AuthAppTokenType);
    }
    Ok(token)
}

impl Tokens {
    /// The name of the key that signed the ID token, by which it can be seen
    /// whether the provider's keys have to be fetched again.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.id_token.key_id()
    }

    /// Checks the ID token with the provider's `keys` at `now`.
    ///
    /// # Errors
    /// `transaction.foreign` if the login began with another registration,
    /// those of [`SignedToken::danger_verify`], `auth_app.issuer`,
    /// `auth_app.audience`, `auth_app.authorized_party`,
    /// `auth_app.token_expired`, `auth_app.issued_at`, `auth_app.auth_time`,
    /// `auth_app.nonce`, `auth_app.at_hash`, `auth_app.at_hash_missing`,
    /// `auth_app.acr`, `auth_app.acr_missing`, `input.id_token`.
    pub fn verify(
        self,
        registration: &Registration,
        keys: &KeySet,
        now: Time,
    ) -> Result<Authenticated, Error> {
        let Self {
            pending,
            access_token,
            id_token,
            mut trace,
        } = self;
        let ours = pending.check_registration(registration);
        trace.check(CheckId::Transaction, ours)?;
        let claims = id_token.verify(keys, &mut trace)?;
        let expected = Expected {
            provider: registration.provider(),
            client_id: registration.client_id().as_str(),
            nonce: &pending.nonce(),
            access_token: access_token.as_str(),
            acr: &pending.acr,
            policy: registration.tokens(),
        };
        let claims = expected.check(&claims, now, &mut trace)?;
        Ok(Authenticated {
            pending,
            access_token,
            claims,
            trace,
        })
    }
}

impl Authenticated {
    /// To whom, for what, in which transaction and until when.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.pending.binding
    }

    /// The request for what the provider tells of the person; none if nothing
    /// was asked for: then [`without_userinfo`](Self::without_userinfo).
    ///
    /// # Errors
    /// `transaction.foreign` if the login began with another registration.
    pub fn userinfo_request(
        &self,
        registration: &Registration,
    ) -> Result<Option<Request<Bytes>>, Error> {
        self.pending.check_registration(registration)?;
        if !self.pending.scopes.has_claims() {
            return Ok(None);
        }
        let url = registration.provider().userinfo_endpoint();
        self.access_token.get(url).map(Some)
    }

    /// Takes the answer to it.
    ///
    /// # Errors
    /// As [`Authorized::tokens`] if there is no answer of the protocol,
    /// `auth_app.token_refused`, `input.userinfo`, `auth_app.subject` if it is
    /// about another person than the one who logged in,
    /// `auth_app.claim_missing` and `auth_app.claim_form`.
    pub fn userinfo(self, response: &Response<Bytes>) -> Result<VerifiedLogin, Fault> {
        let members = exchange::USERINFO.read(response);
        let members = members.map_err(|fault| fault.after(self.trace))?;
        Ok(VerifiedLogin::of(self, &members)?)
    }

    /// The login of a person of whom nothing was asked.
    ///
    /// # Errors
    /// `auth_app.claim_missing` if something was.
    pub fn without_userinfo(self) -> Result<VerifiedLogin, Error> {
        VerifiedLogin::without_claims(self)
    }
}

macro_rules! redacted {
    ($($step:ident),+) => {
        // Codes and tokens are worth a login.
        $(impl fmt::Debug for $step {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($step))
                    .field("binding", &self.pending.binding)
                    .finish_non_exhaustive()
            }
        })+
    };
}

redacted!(Authorized, Tokens, Authenticated);
