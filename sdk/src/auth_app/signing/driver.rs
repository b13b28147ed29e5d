//! The steps of a signature, with those who are asked.

use std::fmt;
use std::time::Duration;

use crate::auth_app::guarded::Guarded;
use crate::auth_app::signing::{
    AuthenticatedSigner, PendingSigning, SealedResult, SignInput, SignTransaction, SigningOperator,
    SigningProfile, SigningResult, SigningToken, VerifiedSigning,
};
use crate::auth_app::{AuthApp, Callback, Fault};
use crate::code::Code;
use crate::limits;
use crate::time::Time;
use crate::transport::{
    BreakerPolicy, Budget, Client, EndpointState, HttpService, Load, Tls, Transport, TransportError,
};

impl<S: HttpService> AuthApp<S> {
    /// The client's own token, for transactions that begin while it
    /// [is current](SigningToken::is_current).
    ///
    /// # Errors
    /// Those of [`SigningToken::read`]; `auth_app.unreachable`,
    /// `auth_app.timeout`, `auth_app.busy` and `auth_app.paused` if there is no
    /// answer; `misuse.argument`, `misuse.signer` or `misuse.entropy` if no key of
    /// ours signs.
    pub async fn signing_token(
        &self,
        profile: &SigningProfile,
        now: Time,
    ) -> Result<SigningToken, Fault> {
        let leave = self.token.leave()?;
        let assertion = self.assertion(now).await?;
        let request = SigningToken::request(&self.registration, profile, &assertion)?;
        let read = |response: &_| SigningToken::read(&self.registration, response, now);
        self.token.ask(leave, request, read).await
    }

    /// Begins one of the provider's transactions for `input`:
    /// [`PendingSigning::begin`] sends the person there.
    ///
    /// It is asked once. If the answer is lost, a transaction is left behind that
    /// nobody signs in, and expires.
    ///
    /// # Errors
    /// Those of [`SignTransaction::read`], and of a provider that does not answer.
    pub async fn start_signing(
        &self,
        token: &SigningToken,
        profile: &SigningProfile,
        input: SignInput,
    ) -> Result<SignTransaction, Fault> {
        let registration = &self.registration;
        let leave = self.signing.leave()?;
        let request = token.transaction_request(registration, profile, &input)?;
        let read = |response: &_| SignTransaction::read(registration, profile, input, response);
        self.signing.ask(leave, request, read).await
    }

    /// Finishes the part of the person, at `now`: checks what the browser brought
    /// back, exchanges the code, and checks who signed.
    ///
    /// # Errors
    /// Those of [`AuthApp::finish`] without userinfo's;
    /// `auth_app.signing_subject` if it is not who was expected.
    pub async fn finish_signing(
        &self,
        pending: PendingSigning,
        callback: Callback,
        browser: Option<&str>,
        now: Time,
    ) -> Result<AuthenticatedSigner, Fault> {
        let authorized = pending.receive(callback, browser, &self.registration, now)?;
        let (login, input, expected) = authorized.into_parts();
        let login = self.authenticate(login, now).await?;
        Ok(AuthenticatedSigner::new(login, input, &expected)?)
    }

    /// Fetches the result. It may be called again, as long as nothing is signed
    /// yet (`auth_app.signing_pending`) or no answer came.
    ///
    /// # Errors
    /// Those of [`AuthenticatedSigner::result`], and of a provider that does not
    /// answer.
    pub async fn signing_result(
        &self,
        signer: &AuthenticatedSigner,
        profile: &SigningProfile,
    ) -> Result<SigningResult, Fault> {
        let leave = self.signing.leave()?;
        let request = signer.result_request(&self.registration, profile)?;
        let read = |response: &_| told(signer.result(profile, response));
        self.signing.ask(leave, request, read).await?
    }
}

/// That it is not known yet is an answer, and no failure of who gives it.
fn told<T>(outcome: Result<T, Fault>) -> Result<Result<T, Fault>, Fault> {
    match outcome.as_ref().map_err(Fault::code) {
        Err(Code::AuthAppSigningPending | Code::AuthAppSigningUndetermined) => Ok(outcome),
        Ok(_) | Err(_) => outcome.map(Ok),
    }
}

/// Asks a platform operator to verify results: made once, for everybody.
pub struct OperatorClient<S = Client> {
    operator: SigningOperator,
    guarded: Guarded<S>,
}

impl OperatorClient {
    /// Over a transport of its own that may ask the operator's origin and no
    /// other. A client certificate, where the operator wants one, is part of
    /// `tls`.
    ///
    /// # Errors
    /// As [`TransportBuilder::build`](crate::transport::TransportBuilder::build).
    pub fn over(operator: SigningOperator, tls: Tls) -> Result<Self, TransportError> {
        let origins = crate::auth_app::client::origins([operator.origin().to_owned()])?;
        let transport = Transport::builder(origins, tls).build()?;
        let service = transport.under(&Load::standard());
        Ok(Self::new(
            operator,
            service,
            BreakerPolicy::standard(),
            TIMEOUT,
        ))
    }
}

/// How long an operator may take, as for any question in a login.
const TIMEOUT: Duration = Duration::from_secs(10);

impl<S: HttpService> OperatorClient<S> {
    /// Through this service, which is left alone as `breaker` says and may take
    /// `timeout` for each question.
    #[must_use]
    pub fn new(
        operator: SigningOperator,
        service: S,
        breaker: BreakerPolicy,
        timeout: Duration,
    ) -> Self {
        let budget = Budget {
            total: timeout,
            body: limits::HTTP_BODY,
        };
        Self {
            operator,
            guarded: Guarded::new(service, breaker, budget),
        }
    }

    /// Has the operator verify a result. It may be called again if the answer is
    /// that it cannot be known now.
    ///
    /// # Errors
    /// Those of [`SealedResult::verify`], and of an operator that does not answer:
    /// `auth_app.unreachable`, `auth_app.timeout`, `auth_app.busy`,
    /// `auth_app.paused`.
    pub async fn verify(&self, result: &SealedResult) -> Result<VerifiedSigning, Fault> {
        let leave = self.guarded.leave()?;
        let request = result.request(&self.operator)?;
        let read = |response: &_| told(result.verify(&self.operator, response));
        self.guarded.ask(leave, request, read).await?
    }

    /// Whether the operator is asked, and when it answered.
    #[must_use]
    pub fn state(&self) -> EndpointState {
        self.guarded.state()
    }
}

impl<S: HttpService> fmt::Debug for OperatorClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorClient")
            .field("operator", &self.operator)
            .field("state", &self.state())
            .finish()
    }
}
