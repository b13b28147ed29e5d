//! OCSP over HTTP (RFC 6960, appendix A).

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};

use crate::algorithm::IdentifierHash;
use crate::code::{CheckId, Code};
use crate::error::Error;
use crate::head::is_of_type;
use crate::revocation::checker::Lists;
use crate::revocation::endpoint::Fault;
use crate::revocation::{
    Endpoint, OcspRequest, OcspVerifier, PendingIssued, Policy, RevocationQuery, State, Status,
    Unconfirmed, Unrevoked,
};
use crate::signer::Signer;
use crate::time::Time;
use crate::transport::EndpointState;
use crate::trust::Purpose;

const REQUEST: HeaderValue = HeaderValue::from_static("application/ocsp-request");
const RESPONSE: &str = "application/ocsp-response";

/// Asks OCSP responders: one for each purpose of certificates.
///
/// Questions are posted and never put into a URL, where the serial number would
/// end in the logs of every proxy.
#[derive(Debug, Default)]
pub struct OcspClient {
    responders: Vec<OcspResponder>,
}

impl OcspClient {
    /// A client that nobody is configured for yet.
    #[must_use]
    pub const fn new() -> Self {
        let responders = Vec::new();
        Self { responders }
    }

    /// The same with a responder more. The first one for a purpose is asked.
    #[must_use]
    pub fn with(mut self, responder: OcspResponder) -> Self {
        self.responders.push(responder);
        self
    }

    /// The states of the responders, with what they answer for.
    pub fn states(&self) -> impl Iterator<Item = (Purpose, EndpointState)> {
        let responders = self.responders.iter();
        responders.map(|r| (r.purpose(), r.endpoint.state()))
    }

    pub(crate) async fn ask(&self, query: &RevocationQuery, now: Time) -> Result<Status, Fault> {
        let mut responders = self.responders.iter();
        match responders.find(|r| r.purpose() == query.purpose()) {
            Some(responder) => responder.ask(query, now).await,
            None => Err(Code::RevocationNoEndpoint.into()),
        }
    }
}

/// One responder: where it is, how it is asked, and whether its answer is
/// believed.
pub struct OcspResponder {
    endpoint: Endpoint,
    verifier: OcspVerifier,
    hash: IdentifierHash,
    nonce: Nonce,
    signer: Option<RequestSigner>,
    delegates: Option<(Lists, Policy)>,
}

#[derive(Clone, Copy)]
enum Nonce {
    Fresh,
    None,
}

struct RequestSigner {
    signer: Arc<dyn Signer>,
    certificates: Vec<Vec<u8>>,
}

impl OcspResponder {
    /// A responder for the certificates that `verifier` verifies answers
    /// about. Requests name the issuer by SHA-1, which every responder knows
    /// (RFC 5019, 2.1.1), carry a nonce and are not signed.
    #[must_use]
    pub fn new(endpoint: Endpoint, verifier: OcspVerifier) -> Self {
        Self {
            endpoint,
            verifier,
            hash: IdentifierHash::Sha1,
            nonce: Nonce::Fresh,
            signer: None,
            delegates: None,
        }
    }

    /// The same, naming the issuer by another hash.
    #[must_use]
    pub fn with_hash(mut self, hash: IdentifierHash) -> Self {
        self.hash = hash;
        self
    }

    /// The same without nonces, for a responder that has its answers made in
    /// advance. The verifier's policy has to be content with that.
    #[must_use]
    pub fn without_nonce(mut self) -> Self {
        self.nonce = Nonce::None;
        self
    }

    /// The same with requests signed in the name of the first of the
    /// certificates, in DER.
    #[must_use]
    pub fn with_signer(mut self, signer: Arc<dyn Signer>, certificates: Vec<Vec<u8>>) -> Self {
        self.signer = Some(RequestSigner {
            signer,
            certificates,
        });
        self
    }

    /// The same with lists that are asked about delegates which do not say
    /// that they need no check. Without lists, their answers are not believed.
    #[must_use]
    pub fn with_delegate_lists(mut self, lists: Lists, policy: Policy) -> Self {
        self.delegates = Some((lists, policy));
        self
    }

    /// What the certificates are for that it is asked about.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.verifier.purpose()
    }

    async fn ask(&self, query: &RevocationQuery, now: Time) -> Result<Status, Fault> {
        let request = self.request(query).map_err(|e| Fault::from(e.code()))?;
        let http = Request::post(self.endpoint.url().clone())
            .header(CONTENT_TYPE, REQUEST)
            .header(ACCEPT, RESPONSE)
            .body(Bytes::copy_from_slice(request.der()))
            .map_err(|_| Code::MisuseArgument)?;
        let leave = self.endpoint.leave()?;
        let (leave, response) = self.endpoint.post(leave, http).await?;
        if response.status() != StatusCode::OK || !is_of_type(&response, RESPONSE) {
            leave.failed();
            return Err(Code::RevocationHttp.into());
        }
        let status = self.verify(&request, response.body(), now).answered();
        match status.state() {
            State::Undetermined(code) if is_of_the_responder(code) => leave.failed(),
            State::Undetermined(_) | State::Good | State::Revoked { .. } => leave.succeeded(),
        }
        Ok(status)
    }

    fn request(&self, query: &RevocationQuery) -> Result<OcspRequest, Error> {
        let request = match self.nonce {
            Nonce::Fresh => OcspRequest::generate(query, self.hash)?,
            Nonce::None => OcspRequest::without_nonce(query, self.hash),
        };
        let Some(own) = &self.signer else {
            return Ok(request);
        };
        let certificates: Vec<_> = own.certificates.iter().map(Vec::as_slice).collect();
        request.sign(&*own.signer, &certificates)
    }

    fn verify(&self, request: &OcspRequest, response: &[u8], now: Time) -> Status {
        let confirm = |delegate: Unconfirmed<PendingIssued>| -> Result<Unrevoked, Error> {
            let Some((lists, policy)) = &self.delegates else {
                return Err(Code::RevocationOcspDelegateStatus.into());
            };
            let status = lists.status(delegate.query(), now);
            delegate.confirm(&status, policy, now)
        };
        self.verifier
            .verify_with(request, response, now, confirm)
            .unwrap_or_else(|error| Status::undetermined(request.query(), &error))
    }
}

/// Whether an undetermined answer is a failure of the responder. What depends
/// on the certificate that was asked about is none: else anybody with an odd
/// certificate could have the responder left alone.
fn is_of_the_responder(code: Code) -> bool {
    match code {
        Code::RevocationOcspInternalError | Code::RevocationOcspTryLater => true,
        _ => matches!(
            code.check(),
            CheckId::OcspEncoding
                | CheckId::OcspProfile
                | CheckId::OcspExtensions
                | CheckId::OcspNonce
                | CheckId::OcspResponder
                | CheckId::OcspSignature
        ),
    }
}

impl fmt::Debug for OcspResponder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspResponder")
            .field("endpoint", &self.endpoint)
            .field("purpose", &self.purpose())
            .finish_non_exhaustive()
    }
}
