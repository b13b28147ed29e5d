//! A signature that was asked for and has not come back yet.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::auth_app::sealed::{self, Sealed};
use crate::auth_app::signing::{AuthorizedSigning, SignInput, SignTransaction};
use crate::auth_app::{
    AcrPolicy, Begun, Callback, LoginRequest, LoginSecrets, PendingLogin, Registration, Scope,
    Scopes, Subject,
};
use crate::code::Code;
use crate::error::Error;
use crate::seal::Sealer;
use crate::time::Time;
use crate::transaction::{Audience, Binding, BrowserSecret, TransactionId};

/// All that has to be remembered between the request for a signature and its
/// callback: what [`PendingLogin`] holds, what is to be signed, in which of the
/// provider's transactions, and by whom.
///
/// It is sealed, stored and taken once, as a login is.
pub struct PendingSigning {
    login: PendingLogin,
    input: SignInput,
    signer: SignerExpectation,
}

/// Who has to sign.
#[derive(Clone, PartialEq, Eq)]
pub enum SignerExpectation {
    /// The person who logged in before, at the same provider and for the same
    /// relying party.
    SameAs(Subject),
    /// Whoever has the browser in which it begins, and a card: the proof says
    /// who that was. For a relying party that meets the person here first.
    Whoever,
}

/// By whom a signature is asked for, and how the person is to be authenticated.
#[derive(Clone, Debug)]
pub struct SignatureRequest {
    signer: SignerExpectation,
    acr: AcrPolicy,
}

impl SignatureRequest {
    /// By this person, authenticated as [`AcrPolicy::standard`] demands.
    #[must_use]
    pub fn new(signer: SignerExpectation) -> Self {
        let acr = AcrPolicy::standard();
        Self { signer, acr }
    }

    /// The same, of a person who is authenticated in another way.
    #[must_use]
    pub fn with_acr(mut self, acr: AcrPolicy) -> Self {
        self.acr = acr;
        self
    }
}

/// A request for a signature that has begun; see [`Begun`].
pub struct BegunSigning {
    /// What has to be remembered.
    pub pending: PendingSigning,
    /// What the browser has to remember.
    pub browser: BrowserSecret,
    /// Where the browser goes: the authorization request, for the scopes
    /// `openid` and `sign` and the provider's transaction.
    pub url: String,
}

impl PendingSigning {
    /// Begins the part of the signature in which the person signs.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness, `transaction.foreign`
    /// if the provider's transaction began with another registration.
    pub fn begin(
        binding: Binding,
        registration: &Registration,
        transaction: SignTransaction,
        request: SignatureRequest,
    ) -> Result<BegunSigning, Error> {
        let secrets = LoginSecrets::generate()?;
        Self::begin_with_secrets(binding, registration, transaction, request, secrets)
    }

    /// The same with secrets of the caller's own.
    ///
    /// # Errors
    /// `transaction.foreign`.
    pub fn begin_with_secrets(
        binding: Binding,
        registration: &Registration,
        transaction: SignTransaction,
        SignatureRequest { signer, acr }: SignatureRequest,
        secrets: LoginSecrets,
    ) -> Result<BegunSigning, Error> {
        let SignTransaction {
            id,
            input,
            registered,
        } = transaction;
        let scopes = Scopes::openid().with(Scope::Sign);
        let request = LoginRequest::new(scopes).with_acr(acr);
        let begun = PendingLogin::begin_with(binding, registration, request, secrets, Some(id))?;
        let Begun {
            pending: login,
            browser,
            url,
        } = begun;
        if login.registered != registered {
            return Err(Code::TransactionForeign.into());
        }
        let pending = Self {
            login,
            input,
            signer,
        };
        Ok(BegunSigning {
            pending,
            browser,
            url,
        })
    }

    /// To whom, for what, in which transaction and until when.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        self.login.binding()
    }

    /// This signature, sealed for its purpose and its transaction until it
    /// expires.
    ///
    /// # Errors
    /// As [`Sealer::seal`].
    pub fn seal(self, sealer: &Sealer) -> Result<Vec<u8>, Error> {
        let (form, content) = self.input.parts();
        let state = SealedSigning {
            form: FORM.to_owned(),
            login: Sealed::of(&self.login),
            input: form.to_owned(),
            content: content.to_vec(),
            signer: match &self.signer {
                SignerExpectation::SameAs(subject) => Some(subject.as_str().to_owned()),
                SignerExpectation::Whoever => None,
            },
        };
        self.login.seal_state(sealer, &sealed::write(&state)?)
    }

    /// The signature that was sealed in `transaction`, for `audience`.
    ///
    /// # Errors
    /// As [`PendingLogin::open`]; `transaction.form` also if what was sealed is a
    /// login.
    pub fn open(
        sealer: &Sealer,
        audience: &Audience,
        transaction: &TransactionId,
        sealed: &[u8],
        now: Time,
    ) -> Result<Self, Error> {
        let state = sealer.open(&audience.purpose, transaction, sealed, now)?;
        let pending = sealed::read::<SealedSigning>(&state)?.signing();
        let pending = pending.map_err(|_| Code::TransactionForm)?;
        pending.login.binding.check(audience, now)?;
        Ok(pending)
    }

    /// Takes what a browser brought back; see [`PendingLogin::receive`].
    ///
    /// # Errors
    /// Those of [`PendingLogin::receive`].
    pub fn receive(
        self,
        callback: Callback,
        browser: Option<&str>,
        registration: &Registration,
        now: Time,
    ) -> Result<AuthorizedSigning, Error> {
        let login = self.login.receive(callback, browser, registration, now)?;
        Ok(AuthorizedSigning::new(login, self.input, self.signer))
    }
}

/// Another layout has another name.
const FORM: &str = "tashika-pending-signing/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedSigning {
    form: String,
    login: Sealed,
    input: String,
    content: Vec<u8>,
    signer: Option<String>,
}

impl SealedSigning {
    fn signing(&self) -> Result<PendingSigning, Error> {
        let login = self.login.login()?;
        if self.form != FORM || login.sign_transaction.is_none() {
            return Err(Code::TransactionForm.into());
        }
        let signer = match &self.signer {
            Some(subject) => SignerExpectation::SameAs(Subject::known(subject)?),
            None => SignerExpectation::Whoever,
        };
        Ok(PendingSigning {
            login,
            input: SignInput::from_parts(&self.input, &self.content)?,
            signer,
        })
    }
}

// It names a person.
impl fmt::Debug for SignerExpectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameAs(_) => "SameAs(…)",
            Self::Whoever => "Whoever",
        })
    }
}

impl fmt::Debug for PendingSigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSigning")
            .field("binding", self.binding())
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BegunSigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BegunSigning")
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}
