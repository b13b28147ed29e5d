//! Logins with a 利用者証明用 certificate.

mod layer;

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde::Deserialize;
use tashika::audit::{Flow, Record};
use tashika::jpki::{
    AuthenticationVerifier, Challenge, ChallengeResponse, Kind, VerifiedAuthentication,
};
use tashika::revocation::CheckPurpose;
use tashika::transaction::Purpose;
use tashika::{Error, Time};

use crate::answer::{self, Base64};
use crate::body::BodyLimit;
use crate::flow::FlowPaths;
use crate::front::{Desk, Proceed, Route, Step, recorded};
use crate::refusal::Refusal;
use crate::revocation::Revocation;
use crate::session::Identity;
use crate::site::{CrossDevice, Site};

pub use layer::{ChallengeLayer, ChallengeService};

/// What stands behind [`ChallengeLayer`].
#[derive(Debug)]
pub(crate) struct ChallengeDesk {
    site: Site,
    paths: FlowPaths,
    purpose: Purpose,
    verifier: Arc<AuthenticationVerifier>,
    revocation: Revocation,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    Challenge,
    Answer,
}

/// The envelope of an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    certificate: Base64,
    signature: Base64,
}

/// A certificate and a signature with the longest key, twice over in base64.
const ANSWER: usize = 64 * 1024;

impl Desk for ChallengeDesk {
    type Proof = VerifiedAuthentication;
    type Route = Ask;

    fn site(&self) -> &Site {
        &self.site
    }

    fn route(&self, parts: &Parts) -> Option<Route<Ask>> {
        let ask = self.paths.find(parts, Ask::Challenge, Ask::Answer)?;
        Some(Route::Answers(ask))
    }

    fn limit(&self, ask: Ask) -> BodyLimit {
        BodyLimit::octets(match ask {
            Ask::Challenge => 1024,
            Ask::Answer => ANSWER,
        })
    }

    fn flow(&self, ask: Ask) -> Option<Flow> {
        matches!(ask, Ask::Answer).then_some(Flow::Authentication)
    }

    async fn handle(
        &self,
        ask: Ask,
        parts: &Parts,
        body: Bytes,
    ) -> Result<Step<VerifiedAuthentication>, Refusal> {
        let now = self.site.now();
        let step = match ask {
            Ask::Challenge => self.begin(parts, now).await.map(Step::Respond),
            Ask::Answer => self.finish(parts, &body, now).await,
        };
        step.map_err(|error| self.site.refusal(error, parts))
    }
}

impl ChallengeDesk {
    async fn begin(&self, parts: &Parts, now: Time) -> Result<Response<Bytes>, Error> {
        let opening = self
            .site
            .open(&self.purpose, CrossDevice::Refused, parts, now)?;
        let challenge = Challenge::generate(opening.binding().clone())?.to_bytes();
        let offer = answer::ToBeSigned::new(opening.binding(), &self.paths, &challenge);
        let cookie = opening.keep(&self.paths.mark(&challenge)).await?;
        Ok(offer.into_response(cookie))
    }

    async fn finish(
        &self,
        parts: &Parts,
        body: &[u8],
        now: Time,
    ) -> Result<Step<VerifiedAuthentication>, Error> {
        let Envelope {
            certificate: Base64(certificate),
            signature: Base64(signature),
        } = answer::json(parts, body)?;
        let redeemed = self
            .site
            .redeem(&self.purpose, CrossDevice::Refused, parts, now)
            .await?;
        let challenge = Challenge::from_bytes(self.paths.unmark(&redeemed.state)?)?;
        let response = ChallengeResponse {
            certificate,
            signature,
        };
        let audience = self.site.audience(&self.purpose);
        let verifier = Arc::clone(&self.verifier);
        let check = move || verifier.check(challenge, &audience, &response, now);
        let unconfirmed = self.site.work(check).await?;
        let query = unconfirmed.query().clone();
        let purpose = CheckPurpose::SignatureVerification;
        let proof = self.revocation.confirm(unconfirmed, purpose, now).await?;
        let identity = Identity::Certificate(Kind::Authentication, query);
        let record = recorded(parts, || {
            Record::of_authentication(&proof, redeemed.transaction, now)
        });
        let proceed = Proceed::new(proof, identity, record, redeemed, now)?;
        Ok(Step::Proceed(Box::new(proceed)))
    }
}
