//! Documents that are signed through the app.

mod judge;
mod kept;
mod layer;
mod paths;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::request::Parts;
use http::{Extensions, Method, Response};
use serde_json::json;
use tashika::audit::{Evidence, Flow, Record};
use tashika::auth_app::signing::{
    AuthenticatedSigner, PendingSigning, SignInput, SignTransaction, SignatureRequest,
    SignerExpectation, SigningProfile, SigningResult, SigningToken, ToSign, VerifiedSigning,
};
use tashika::auth_app::{AcrPolicy, AuthApp, Callback, Fault};
use tashika::jpki::{SignedDocument, SigningRequest};
use tashika::limits;
use tashika::transaction::{Purpose, TransactionId};
use tashika::transport::HttpService;
use tashika::{Code, Error, Time};
use tokio::time::sleep;

use super::{called_back, query_of, refusal};
use crate::answer;
use crate::body::BodyLimit;
use crate::flow::FlowPaths;
use crate::front::{Desk, Proceed, Route, Step, recorded};
use crate::refusal::Refusal;
use crate::session::Identity;
use crate::signature::SignedRequest;
use crate::site::{CrossDevice, Redeemed, Site, cookie_of};

use kept::Kept;

pub use judge::SigningJudge;
pub use layer::{AuthAppSigningLayer, AuthAppSigningService};
pub use paths::SigningPaths;

/// What stands behind [`AuthAppSigningLayer`].
pub(crate) struct SigningDesk<H> {
    site: Site,
    auth_app: AuthApp<H>,
    signings: Signings,
    paths: FlowPaths,
    judge: SigningJudge<H>,
    /// Our own, with which transactions begin at the provider.
    token: Mutex<Option<Arc<SigningToken>>>,
}

/// What documents are signed for, by whom, and how the provider speaks.
#[derive(Clone, Debug)]
pub struct Signings {
    /// Where the layer answers.
    pub paths: SigningPaths,
    /// What a signature is for.
    pub purpose: Purpose,
    /// Who signs.
    pub signers: Signers,
    /// How the person is to be authenticated.
    pub acr: AcrPolicy,
    /// What is under contract of the provider's signing API.
    pub profile: SigningProfile,
}

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signers {
    /// Whoever has the browser in which it begins, and a card: the proof says who
    /// that was. For a relying party that meets people here first.
    Whoever,
    /// Whom the service behind the layer names, with a
    /// [`SignerExpectation`] in the extensions of its response, beside the
    /// document. Where it names nobody, the response is 500 with
    /// `misuse.argument`.
    Named,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    Document,
    Callback,
}

/// What is left of the state of a transaction for the document, where there stand
/// in it what the sdk remembers, twice sealed, and the path of the callback.
const DOCUMENT: usize = limits::TRANSACTION_STATE - 8 * 1024;

/// Whoever comes back brings nothing but a query.
const NOTHING: BodyLimit = BodyLimit::octets(1024);

/// How long a result is waited for that is not there yet: somebody who has come
/// back has signed, and would have to sign again.
const WAITS: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

impl<H: HttpService> Desk for SigningDesk<H> {
    type Proof = VerifiedSigning;
    type Route = Ask;

    fn site(&self) -> &Site {
        &self.site
    }

    fn route(&self, parts: &Parts) -> Option<Route<Ask>> {
        let (document, callback) = (Route::Wraps(Ask::Document), Route::Answers(Ask::Callback));
        self.paths.find(parts, document, callback)
    }

    fn limit(&self, ask: Ask) -> BodyLimit {
        match ask {
            Ask::Document => BodyLimit::octets(DOCUMENT),
            Ask::Callback => NOTHING,
        }
    }

    fn methods(&self, ask: Ask) -> &'static [Method] {
        match ask {
            Ask::Document => &[Method::POST],
            Ask::Callback => &[Method::GET],
        }
    }

    fn flow(&self, ask: Ask) -> Option<Flow> {
        matches!(ask, Ask::Callback).then_some(Flow::Signing)
    }

    fn transaction(&self, _: Ask, parts: &Parts) -> Option<TransactionId> {
        called_back(parts)
    }

    async fn handle(
        &self,
        _: Ask,
        parts: &Parts,
        _: Bytes,
    ) -> Result<Step<VerifiedSigning>, Refusal> {
        let landed = self.land(parts, self.site.now()).await;
        landed.map_err(|fault| refusal(&self.site, fault, parts))
    }

    async fn wrap(
        &self,
        _: Ask,
        parts: &Parts,
        response: Response<Bytes>,
    ) -> Result<Response<Bytes>, Refusal> {
        let begun = self.begin(parts, response, self.site.now()).await;
        begun.map_err(|fault| refusal(&self.site, fault, parts))
    }
}

impl<H: HttpService> SigningDesk<H> {
    /// Has a document signed that the inner service handed out.
    async fn begin(
        &self,
        parts: &Parts,
        document: Response<Bytes>,
        now: Time,
    ) -> Result<Response<Bytes>, Fault> {
        let (head, document) = document.into_parts();
        // It is to be signed as people read it.
        if head.headers.contains_key(CONTENT_ENCODING) {
            return Err(Code::MisuseArgument.into());
        }
        let signer = self.signings.signers.expected(&head.extensions)?;
        let opening = self
            .site
            .open(&self.signings.purpose, CrossDevice::Refused, parts, now)?
            .carrying(head.extensions.get().cloned());
        let binding = opening.binding().clone();
        let request = SigningRequest::new(binding.clone(), document.into());
        let to_sign = ToSign::document(&request.to_bytes());
        let transaction = self.start(to_sign, now).await?;
        let asked = SignatureRequest::new(signer).with_acr(self.signings.acr.clone());
        let registration = self.auth_app.registration();
        let begun = PendingSigning::begin(binding.clone(), registration, transaction, asked)?;
        let kept = Kept {
            pending: begun.pending.seal(self.site.sealer())?,
            document: request.document().to_vec(),
        };
        let opening = opening.for_browser(begun.browser);
        let cookie = opening.keep(&self.paths.mark(&kept.to_octets())).await?;
        let offer = json!({
            "transaction": binding.transaction.to_string(),
            "location": begun.url,
            "expires": binding.expires.to_string(),
        });
        let response = answer::respond_json(offer.to_string().into(), cookie);
        Ok(answer::passing_cookies(response, &head.headers))
    }

    /// Begins a transaction at the provider, with the token that is there or, if
    /// it is not taken any more, with a new one.
    async fn start(&self, document: ToSign, now: Time) -> Result<SignTransaction, Fault> {
        let (profile, input) = (
            &self.signings.profile,
            SignInput::Sha256DigestInfo(document),
        );
        if let Some(token) = self.current_token(now) {
            let started = self.auth_app.start_signing(&token, profile, input.clone());
            match started.await {
                Err(fault) if fault.code() == Code::AuthAppTokenRefused => {}
                started => return started,
            }
        }
        let token = self.auth_app.signing_token(profile, now).await?;
        let started = self.auth_app.start_signing(&token, profile, input).await?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(token));
        Ok(started)
    }

    fn current_token(&self, now: Time) -> Option<Arc<SigningToken>> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token
            .as_ref()
            .filter(|token| token.is_current(now))
            .cloned()
    }

    /// Takes what the browser brought back.
    async fn land(&self, parts: &Parts, now: Time) -> Result<Step<VerifiedSigning>, Fault> {
        let callback = Callback::from_query(query_of(parts))?;
        let transaction = callback.transaction()?;
        let browser = cookie_of(parts, &transaction).ok_or(Code::AuthAppBrowser)?;
        let redeemed = self.redeem(transaction, parts, now).await?;
        let kept = Kept::read(self.paths.unmark(&redeemed.state)?)?;
        let (sealer, audience) = (
            self.site.sealer(),
            self.site.audience(&self.signings.purpose),
        );
        let pending = PendingSigning::open(sealer, &audience, &transaction, &kept.pending, now)?;
        let signer = self
            .auth_app
            .finish_signing(pending, callback, Some(browser), now)
            .await?;
        let result = self.result(&signer).await?;
        let request = SigningRequest::new(signer.binding().clone(), kept.document);
        let issued = Bytes::from(request.to_bytes());
        let judged = self.judge.judge(&self.site, result, issued.clone(), now);
        let (proof, seen) = judged.await?;
        if !proof.is_of(&issued) {
            return Err(Code::TransactionForeign.into());
        }
        let record = recorded(parts, || Record::of_signing(&proof, transaction, now));
        let record = with_evidence(record, seen.as_ref())?;
        Ok(proceed(proof, record, request, redeemed, now)?)
    }

    async fn redeem(
        &self,
        transaction: TransactionId,
        parts: &Parts,
        now: Time,
    ) -> Result<Redeemed, Error> {
        let (site, purpose) = (&self.site, &self.signings.purpose);
        site.redeem_named(transaction, purpose, CrossDevice::Refused, parts, now)
            .await
    }

    /// What was signed, which the provider may know a moment after the browser
    /// has come back.
    async fn result(&self, signer: &AuthenticatedSigner) -> Result<SigningResult, Fault> {
        let profile = &self.signings.profile;
        for wait in WAITS {
            match self.auth_app.signing_result(signer, profile).await {
                Err(fault) if fault.code() == Code::AuthAppSigningPending => sleep(wait).await,
                result => return result,
            }
        }
        self.auth_app.signing_result(signer, profile).await
    }
}

impl Signers {
    /// Who is to sign the document of a response.
    fn expected(self, response: &Extensions) -> Result<SignerExpectation, Error> {
        match self {
            Self::Whoever => Ok(SignerExpectation::Whoever),
            Self::Named => {
                let named = response.get::<SignerExpectation>().cloned();
                named.ok_or(Code::MisuseArgument.into())
            }
        }
    }
}

/// The record with what we have seen of the signature, where records are kept.
fn with_evidence(
    record: Option<Record>,
    seen: Option<&SignedDocument>,
) -> Result<Option<Record>, Error> {
    match (record, seen) {
        (Some(record), Some(document)) => {
            Ok(Some(record.with_evidence(Evidence::generate(document)?)))
        }
        (record, _) => Ok(record),
    }
}

fn proceed(
    proof: VerifiedSigning,
    record: Option<Record>,
    request: SigningRequest,
    redeemed: Redeemed,
    now: Time,
) -> Result<Step<VerifiedSigning>, Error> {
    let identity = Identity::Login {
        issuer: proof.issuer().to_owned(),
        subject: proof.subject().as_str().to_owned(),
        acr: proof.acr().map(str::to_owned),
    };
    let mut proceed = Proceed::new(proof, identity, record, redeemed, now)?;
    proceed.extensions.insert(SignedRequest::new(request));
    Ok(Step::Proceed(Box::new(proceed)))
}

impl<H: HttpService> fmt::Debug for SigningDesk<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningDesk")
            .field("site", &self.site)
            .field("auth_app", &self.auth_app)
            .field("signings", &self.signings)
            .field("judge", &self.judge)
            .finish_non_exhaustive()
    }
}
