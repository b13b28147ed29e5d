//! From a callback to the result of a signature.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::auth_app::exchange::{JSON, Reading, is_forbidden};
use crate::auth_app::signing::result;
use crate::auth_app::signing::{
    SignInput, SignerExpectation, SigningMember, SigningProfile, SigningResult, SigningState,
};
use crate::auth_app::{
    Authenticated, Authorized, ClientAssertion, Fault, KeySet, Registration, Subject, Tokens,
};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::head::is_of_type;
use crate::limits;
use crate::time::Time;
use crate::transaction::Binding;

/// A callback was ours and brought a code; see [`Authorized`].
pub struct AuthorizedSigning {
    login: Authorized,
    input: SignInput,
    signer: SignerExpectation,
}

/// The provider gave tokens, of which nothing is verified; see [`Tokens`].
pub struct SigningTokens {
    login: Tokens,
    input: SignInput,
    signer: SignerExpectation,
}

/// It is known who was to sign, and is the one who was expected. Whether and what
/// they signed is not known.
pub struct AuthenticatedSigner {
    login: Authenticated,
    signed: Signed,
}

/// What a result has to be about.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) binding: Binding,
    pub(super) issuer: String,
    pub(super) subject: Subject,
    pub(super) acr: Option<String>,
    /// The provider's transaction.
    pub(super) transaction: String,
    pub(super) input: SignInput,
    pub(super) trace: Trace,
}

impl AuthorizedSigning {
    pub(super) fn new(login: Authorized, input: SignInput, signer: SignerExpectation) -> Self {
        Self {
            login,
            input,
            signer,
        }
    }

    /// What belongs to any login, what is to be signed, and by whom.
    #[cfg(feature = "fetch")]
    pub(super) fn into_parts(self) -> (Authorized, SignInput, SignerExpectation) {
        (self.login, self.input, self.signer)
    }

    /// To whom, for what, in which transaction and until when.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        self.login.binding()
    }

    /// The request that exchanges the code for tokens; see
    /// [`Authorized::token_request`].
    ///
    /// # Errors
    /// Those of [`Authorized::token_request`].
    pub fn token_request(
        &self,
        registration: &Registration,
        assertion: &ClientAssertion,
    ) -> Result<Request<Bytes>, Error> {
        self.login.token_request(registration, assertion)
    }

    /// Takes the answer to it; see [`Authorized::tokens`].
    ///
    /// # Errors
    /// Those of [`Authorized::tokens`].
    pub fn tokens(
        self,
        registration: &Registration,
        response: &Response<Bytes>,
    ) -> Result<SigningTokens, Fault> {
        Ok(SigningTokens {
            login: self.login.tokens(registration, response)?,
            input: self.input,
            signer: self.signer,
        })
    }
}

impl SigningTokens {
    /// The name of the key that signed the ID token; see [`Tokens::key_id`].
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.login.key_id()
    }

    /// Checks the ID token with the provider's `keys` at `now`, and that it is
    /// about the person who was to sign.
    ///
    /// # Errors
    /// Those of [`Tokens::verify`], `auth_app.signing_subject`.
    pub fn verify(
        self,
        registration: &Registration,
        keys: &KeySet,
        now: Time,
    ) -> Result<AuthenticatedSigner, Error> {
        let login = self.login.verify(registration, keys, now)?;
        AuthenticatedSigner::new(login, self.input, &self.signer)
    }
}

/// What the signing API says of a result.
const RESULT: Reading = Reading {
    good: &[StatusCode::OK],
    cap: limits::SIGNING_ANSWER,
    malformed: Code::InputSigningAnswer,
    refused: |_| Code::AuthAppHttp,
    unauthorized: Code::AuthAppTokenRefused,
};

impl AuthenticatedSigner {
    pub(super) fn new(
        login: Authenticated,
        input: SignInput,
        expected: &SignerExpectation,
    ) -> Result<Self, Error> {
        let (pending, mut trace) = (&login.pending, login.trace);
        let expected = match expected {
            SignerExpectation::SameAs(subject) if *subject != login.claims.subject => {
                Err(Code::AuthAppSigningSubject)
            }
            SignerExpectation::SameAs(_) | SignerExpectation::Whoever => Ok(()),
        };
        let transaction = pending.sign_transaction.clone();
        let transaction = transaction.ok_or(Code::AuthAppSigningTransaction);
        let transaction = expected.and(transaction);
        let signed = Signed {
            binding: pending.binding.clone(),
            issuer: pending.registered.issuer.clone(),
            subject: login.claims.subject.clone(),
            acr: login.claims.acr.clone(),
            transaction: trace.check(CheckId::AuthAppSigning, transaction)?,
            input,
            trace: login.trace,
        };
        Ok(Self { login, signed })
    }

    /// To whom, for what, in which transaction and until when.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.signed.binding
    }

    /// Who was to sign.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.signed.subject
    }

    /// The request for the result, with the access token of the person. It may
    /// be sent again, as long as that is valid.
    ///
    /// # Errors
    /// `transaction.foreign` if it began with another registration,
    /// `misuse.argument` if the provider has no signing API.
    pub fn result_request(
        &self,
        registration: &Registration,
        profile: &SigningProfile,
    ) -> Result<Request<Bytes>, Error> {
        self.login.pending.check_registration(registration)?;
        let base = registration.provider().sign_transactions();
        let base = base.ok_or(Code::MisuseArgument)?;
        let (id, path) = (&self.signed.transaction, profile.result_path());
        self.login.access_token.get(&format!("{base}/{id}/{path}"))
    }

    /// Takes the answer to it. It proves nothing yet; see [`SigningResult`].
    ///
    /// # Errors
    /// `auth_app.signing_pending` if nothing is signed yet: ask again, with this
    /// same value. `auth_app.signing_unknown` if the transaction is over or
    /// unknown, `auth_app.token_refused`, `auth_app.certificate`,
    /// `auth_app.signing_transaction` if it names another transaction,
    /// `input.signing_answer`, `input.too_large`, and those of an answer that is
    /// none of the protocol.
    pub fn result(
        &self,
        profile: &SigningProfile,
        response: &Response<Bytes>,
    ) -> Result<SigningResult, Fault> {
        let read = self.read(profile, response);
        read.map_err(|fault| fault.after(self.signed.trace))
    }

    fn read(
        &self,
        profile: &SigningProfile,
        response: &Response<Bytes>,
    ) -> Result<SigningResult, Fault> {
        let fault = |code| Fault::of(code, response);
        self.check_status(profile, response).map_err(fault)?;
        let members = RESULT.read(response)?;
        match profile.state(&members).map_err(fault)? {
            Some(SigningState::NotYet) => return Err(fault(Code::AuthAppSigningPending)),
            Some(SigningState::Expired) => return Err(fault(Code::AuthAppSigningUnknown)),
            Some(SigningState::CertificateNotValid) => return Err(fault(Code::AuthAppCertificate)),
            Some(SigningState::Signed) | None => {}
        }
        let named = profile.text(&members, SigningMember::Transaction);
        let named = named.map_err(fault)?;
        if named.is_some_and(|id| !id.eq_ignore_ascii_case(&self.signed.transaction)) {
            return Err(fault(Code::AuthAppSigningTransaction));
        }
        result::read(profile, &members, self.signed.clone()).map_err(fault)
    }

    /// What a status says whatever the body is. A page that something before the
    /// service gives says nothing of the transaction, nor of the token.
    fn check_status(
        &self,
        profile: &SigningProfile,
        response: &Response<Bytes>,
    ) -> Result<(), Code> {
        match response.status() {
            status if profile.is_not_yet(status) => Err(Code::AuthAppSigningPending),
            StatusCode::GONE => Err(Code::AuthAppSigningUnknown),
            StatusCode::NOT_FOUND if is_of_type(response, JSON) => Err(Code::AuthAppSigningUnknown),
            _ if is_forbidden(response) => Err(Code::AuthAppTokenRefused),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("binding", &self.binding)
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}

macro_rules! redacted {
    ($($step:ident),+) => {
        // Codes and tokens are worth a signature.
        $(impl fmt::Debug for $step {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($step))
                    .field("login", &self.login)
                    .finish_non_exhaustive()
            }
        })+
    };
}

redacted!(AuthorizedSigning, SigningTokens, AuthenticatedSigner);
