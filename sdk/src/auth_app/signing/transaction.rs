//! The client's own token, and the transaction that it begins.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use oauth2::basic::BasicClient;
use oauth2::{ClientId, Scope, TokenUrl};
use serde_json::json;

use crate::auth_app::authorized::{Written, bearer};
use crate::auth_app::exchange::{self, AccessToken, Reading, is_forbidden};
use crate::auth_app::pending::Registered;
use crate::auth_app::signing::{SignInput, SigningMember, SigningProfile};
use crate::auth_app::{ClientAssertion, Fault, Registration};
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::time::{Duration, Time};

/// The relying party's own access token, with which transactions begin. It
/// stands for nobody: results are not handed out for it.
pub struct SigningToken {
    token: AccessToken,
    expires: Time,
    registered: Registered,
}

/// How long before its end a token is not used any more: the request is under
/// way for a while, and clocks differ.
const MARGIN: Duration = Duration::seconds(30);

impl SigningToken {
    /// The request for one (RFC 6749, 4.4.2; RFC 7523, 2.2).
    ///
    /// # Errors
    /// `misuse.argument` if the provider's URL cannot be written.
    pub fn request(
        registration: &Registration,
        profile: &SigningProfile,
        assertion: &ClientAssertion,
    ) -> Result<Request<Bytes>, Error> {
        let misuse = |_| Error::new(Code::MisuseArgument);
        let endpoint = registration.provider().token_endpoint().to_owned();
        let client_id = registration.client_id().as_str().to_owned();
        let client = BasicClient::new(ClientId::new(client_id))
            .set_token_uri(TokenUrl::new(endpoint).map_err(misuse)?);
        let mut exchange = client.exchange_client_credentials();
        if let Some(scope) = profile.token_scope() {
            exchange = exchange.add_scope(Scope::new(scope.to_owned()));
        }
        for (name, value) in assertion.parameters() {
            exchange = exchange.add_extra_param(name, value);
        }
        let written = Written::default();
        drop(exchange.request(&written));
        written.request()
    }

    /// Takes the answer to it at `now`. A token that does not say for how long it
    /// is valid is current for no second.
    ///
    /// # Errors
    /// As [`Authorized::tokens`](crate::auth_app::Authorized::tokens), without
    /// what is said there of codes, scopes and ID tokens.
    pub fn read(
        registration: &Registration,
        response: &Response<Bytes>,
        now: Time,
    ) -> Result<Self, Fault> {
        let members = exchange::TOKEN.read(response)?;
        let token = bearer(&members)?;
        let seconds = match members.get("expires_in") {
            None => 0,
            Some(seconds) => seconds.as_u64().ok_or(Code::InputTokenResponse)?,
        };
        // A day is longer than any of them is valid.
        let seconds = i64::try_from(seconds.min(DAY)).unwrap_or_default();
        let expires = now.plus(Duration::seconds(seconds)).minus(MARGIN);
        Ok(Self {
            token,
            expires,
            registered: Registered::of(registration),
        })
    }

    /// Whether it can be used for another transaction at `now`, instead of a new
    /// one.
    #[must_use]
    pub fn is_current(&self, now: Time) -> bool {
        now < self.expires
    }

    /// The request that begins a transaction for `input`. Each that is sent
    /// begins one of its own.
    ///
    /// # Errors
    /// `transaction.foreign` if the token was given with another registration,
    /// `misuse.argument` if the provider has no signing API.
    pub fn transaction_request(
        &self,
        registration: &Registration,
        profile: &SigningProfile,
        input: &SignInput,
    ) -> Result<Request<Bytes>, Error> {
        if self.registered != Registered::of(registration) {
            return Err(Code::TransactionForeign.into());
        }
        let url = registration.provider().sign_transactions();
        let data = profile.encode(&input.octets());
        let body = json!({ profile.name(SigningMember::Data): data });
        self.token.post(url.ok_or(Code::MisuseArgument)?, &body)
    }
}

const DAY: u64 = 86_400;

/// What the signing API says when something begins.
const START: Reading = Reading {
    good: &[StatusCode::OK, StatusCode::CREATED],
    cap: limits::SIGNING_ANSWER,
    malformed: Code::InputSigningAnswer,
    refused: |_| Code::AuthAppClientRefused,
    unauthorized: Code::AuthAppTokenRefused,
};

/// A transaction that has begun: what is to be signed, and the provider's name
/// for it.
pub struct SignTransaction {
    pub(super) id: String,
    pub(super) input: SignInput,
    pub(super) registered: Registered,
}

impl SignTransaction {
    /// Takes the answer to the request that began it for `input`.
    ///
    /// # Errors
    /// `auth_app.unavailable`, `auth_app.busy` and `auth_app.http` if there is
    /// no answer of the protocol, `auth_app.token_refused` if the token is not
    /// taken, `auth_app.client_refused` if we may not ask so,
    /// `input.signing_answer` if it names no transaction, `input.too_large`.
    pub fn read(
        registration: &Registration,
        profile: &SigningProfile,
        input: SignInput,
        response: &Response<Bytes>,
    ) -> Result<Self, Fault> {
        match response.status() {
            StatusCode::UNAUTHORIZED => {
                return Err(Fault::of(Code::AuthAppTokenRefused, response));
            }
            // It is our own, and stands for nobody who could start again.
            _ if is_forbidden(response) => {
                return Err(Fault::of(Code::AuthAppClientRefused, response));
            }
            _ => {}
        }
        let members = START.read(response)?;
        let id = profile.text(&members, SigningMember::Transaction)?;
        let id = id.filter(|id| is_uuid(id));
        Ok(Self {
            id: id.ok_or(Code::InputSigningAnswer)?.to_owned(),
            input,
            registered: Registered::of(registration),
        })
    }

    /// The provider's name for it: a UUID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// RFC 9562, 4: the name goes into a path, so nothing else passes.
pub(super) fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    let sound = [8, 4, 4, 4, 12].into_iter().all(|length| {
        let group = groups.next().unwrap_or_default();
        group.len() == length && group.bytes().all(|b| b.is_ascii_hexdigit())
    });
    sound && groups.next().is_none()
}

impl fmt::Debug for SigningToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningToken")
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignTransaction")
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_named_by_a_uuid() {
        let good = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        assert!(is_uuid(good));
        assert!(is_uuid(&good.to_uppercase()));
        for bad in [
            "",
            "f81d4fae7dec11d0a76500a0c91e6bf6",
            "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6-",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6/",
            "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "f81d4fa-e7dec-11d0-a765-00a0c91e6bf6",
            "../../../../../../../../../../../../",
        ] {
            assert!(!is_uuid(bad), "{bad}");
        }
    }
}
