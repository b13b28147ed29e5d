//! Documents signed with a 署名用 certificate.

mod envelope;
mod layer;
mod multipart;
mod signed_request;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Response};
use tashika::audit::{Evidence, Flow, Record};
use tashika::jpki::{Kind, SignedDocument, SigningRequest, SigningVerifier, VerifiedSignature};
use tashika::limits;
use tashika::revocation::{CheckPurpose, RevocationQuery};
use tashika::transaction::Purpose;
use tashika::{Code, Error, Time};

use crate::answer;
use crate::body::BodyLimit;
use crate::flow::FlowPaths;
use crate::front::{Desk, Proceed, Route, Step, recorded};
use crate::refusal::Refusal;
use crate::revocation::Revocation;
use crate::session::Identity;
use crate::signature::envelope::Envelope;
use crate::site::{CrossDevice, Redeemed, Site};

pub use layer::{SignatureLayer, SignatureService};
pub use signed_request::SignedRequest;

/// What stands behind [`SignatureLayer`].
#[derive(Debug)]
pub(crate) struct SignatureDesk {
    site: Site,
    paths: FlowPaths,
    purpose: Purpose,
    verifier: Arc<SigningVerifier>,
    revocation: Revocation,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    Document,
    Answer,
}

/// What is left of the state of a transaction when it is sealed, and there stand
/// in it the path of its answer and the lines that a request begins with, some
/// 750 octets at their longest.
const DOCUMENT: usize = limits::TRANSACTION_STATE - 1024;

/// A message that carries the longest document in twice as many octets, as BER in
/// small pieces does, and as many certificates as it may; 16 KiB for its
/// signature and attributes; and all of it in base64.
const ANSWER: usize =
    (2 * limits::TRANSACTION_STATE + limits::CMS_CERTIFICATES * limits::CERTIFICATE + 16 * 1024)
        / 3
        * 4;

impl Desk for SignatureDesk {
    type Proof = VerifiedSignature;
    type Route = Ask;

    fn site(&self) -> &Site {
        &self.site
    }

    fn route(&self, parts: &Parts) -> Option<Route<Ask>> {
        let (document, answer) = (Route::Wraps(Ask::Document), Route::Answers(Ask::Answer));
        self.paths.find(parts, document, answer)
    }

    fn limit(&self, ask: Ask) -> BodyLimit {
        BodyLimit::octets(match ask {
            Ask::Document => DOCUMENT,
            Ask::Answer => ANSWER,
        })
    }

    fn flow(&self, ask: Ask) -> Option<Flow> {
        matches!(ask, Ask::Answer).then_some(Flow::Signature)
    }

    async fn handle(
        &self,
        _: Ask,
        parts: &Parts,
        body: Bytes,
    ) -> Result<Step<VerifiedSignature>, Refusal> {
        let finished = self.finish(parts, body, self.site.now()).await;
        finished.map_err(|error| self.site.refusal(error, parts))
    }

    async fn wrap(
        &self,
        _: Ask,
        parts: &Parts,
        response: Response<Bytes>,
    ) -> Result<Response<Bytes>, Refusal> {
        let begun = self.begin(parts, response, self.site.now()).await;
        begun.map_err(|error| self.site.refusal(error, parts))
    }
}

impl SignatureDesk {
    async fn begin(
        &self,
        parts: &Parts,
        document: Response<Bytes>,
        now: Time,
    ) -> Result<Response<Bytes>, Error> {
        let (head, document) = document.into_parts();
        let media_type = media_type(&head.headers)?;
        let opening = self
            .site
            .open(&self.purpose, CrossDevice::Refused, parts, now)?
            .carrying(head.extensions.get().cloned());
        let request = SigningRequest::new(opening.binding().clone(), document.into()).to_bytes();
        let offer = answer::ToBeSigned::new(opening.binding(), &self.paths, &request);
        let cookie = opening.keep(&self.paths.mark(&request)).await?;
        let response = offer.with_media_type(media_type).into_response(cookie);
        Ok(answer::passing_cookies(response, &head.headers))
    }

    async fn finish(
        &self,
        parts: &Parts,
        body: Bytes,
        now: Time,
    ) -> Result<Step<VerifiedSignature>, Error> {
        let envelope = Envelope::read(parts, body).await?;
        let redeemed = self
            .site
            .redeem(&self.purpose, CrossDevice::Refused, parts, now)
            .await?;
        let issued = Bytes::copy_from_slice(self.paths.unmark(&redeemed.state)?);
        let (proof, query, document) = self.verify(envelope, issued.clone(), now).await?;
        let request = self.read_back(&proof, &issued, now)?;
        let record = recorded(parts, || {
            Record::of_signature(&proof, redeemed.transaction, now)
        });
        let with_evidence = |record: Record| {
            let evidence = Evidence::generate(&document)?;
            Ok::<_, Error>(record.with_evidence(evidence))
        };
        let record = record.map(with_evidence).transpose()?;
        proceed((proof, record), query, request, redeemed, now)
    }

    /// Everything that is to be known of a signature over octets that were
    /// issued, or over whatever the answer itself carries.
    async fn verify(
        &self,
        envelope: Envelope,
        issued: Bytes,
        now: Time,
    ) -> Result<(VerifiedSignature, RevocationQuery, SignedDocument), Error> {
        let verifier = Arc::clone(&self.verifier);
        let check = move || envelope.check(&verifier, issued, now);
        let (unconfirmed, document) = self.site.work(check).await?;
        let query = unconfirmed.query().clone();
        let purpose = CheckPurpose::SignatureVerification;
        let proof = self.revocation.confirm(unconfirmed, purpose, now).await?;
        Ok((proof, query, document))
    }

    /// What was signed, if it is what was issued in this transaction: to its last
    /// octet, the transaction's name among them.
    fn read_back(
        &self,
        proof: &VerifiedSignature,
        issued: &Bytes,
        now: Time,
    ) -> Result<SignedRequest, Error> {
        let audience = self.site.audience(&self.purpose);
        let request = proof.request(&audience, now)?;
        if proof.content() != Some(issued) {
            return Err(Code::TransactionForeign.into());
        }
        Ok(SignedRequest::new(request))
    }
}

fn proceed(
    (proof, record): (VerifiedSignature, Option<Record>),
    query: RevocationQuery,
    request: SignedRequest,
    redeemed: Redeemed,
    now: Time,
) -> Result<Step<VerifiedSignature>, Error> {
    let identity = Identity::Certificate(Kind::Signing, query);
    let mut proceed = Proceed::new(proof, identity, record, redeemed, now)?;
    proceed.extensions.insert(request);
    Ok(Step::Proceed(Box::new(proceed)))
}

/// How to show a document (RFC 9110, 8.3).
///
/// `misuse.argument` if it is encoded for its way: it is to be signed as people
/// read it.
fn media_type(headers: &HeaderMap) -> Result<String, Error> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Code::MisuseArgument.into());
    }
    let Some(media_type) = headers.get(CONTENT_TYPE) else {
        return Ok("application/octet-stream".to_owned());
    };
    let media_type = media_type.to_str().map_err(|_| Code::MisuseArgument)?;
    Ok(media_type.to_owned())
}
