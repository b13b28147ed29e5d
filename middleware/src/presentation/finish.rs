//! The answer of a transaction.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use tashika::mdoc::envelope::DcApiAnswer;
use tashika::mdoc::session::{ReaderSession, Received};
use tashika::mdoc::{
    AppleMerchant, PendingPresentation, PresentationVerifier, Presented, Requested,
    UnconfirmedPresentation,
};
use tashika::seal::Sealer;
use tashika::transaction::{Audience, TransactionId};
use tashika::{Code, Error, Time};
use zeroize::Zeroizing;

use crate::answer;
use crate::front::{Proceed, Step};
use crate::presentation::channels::{Channel, Means};
use crate::presentation::requirement::Conclusion;
use crate::presentation::{PresentationDesk, Requirement};

/// What came back.
enum Answer {
    Browser(DcApiAnswer),
    Apple(Bytes, Arc<AppleMerchant>),
    Proximity(Bytes),
}

/// A transaction that was taken, and all that its answer is checked with, on
/// whatever thread.
struct Taken {
    transaction: TransactionId,
    state: Zeroizing<Vec<u8>>,
    audience: Audience,
    sealer: Arc<Sealer>,
    requested: Requested,
    verifier: Arc<PresentationVerifier>,
    now: Time,
}

/// What apps and terminals send.
const CBOR: &str = "application/cbor";

impl<R: Requirement> PresentationDesk<R> {
    pub(super) async fn finish(
        &self,
        channel: &Channel,
        parts: &Parts,
        body: Bytes,
        now: Time,
    ) -> Result<Step<R::Proof>, Error> {
        let answer = channel.read(parts, body)?;
        let cross_device = self.cross_device(channel);
        let redeemed = self
            .site
            .redeem(&self.purpose, cross_device, parts, now)
            .await?;
        let transaction = redeemed.transaction;
        let taken = Taken {
            transaction,
            state: Zeroizing::new(channel.paths.unmark(&redeemed.state)?.to_vec()),
            audience: self.site.audience(&self.purpose),
            sealer: Arc::clone(self.site.sealer()),
            requested: self.requirement.requested().clone(),
            verifier: Arc::clone(self.documents.verifier()),
            now,
        };
        let unconfirmed = self.site.work(move || taken.check(answer)).await?;
        let presentation = self.documents.confirm(unconfirmed, now).await?;
        let Conclusion {
            proof,
            identity,
            record,
        } = self.requirement.conclude(presentation, transaction, now)?;
        let proceed = Proceed::new(proof, identity, Some(record), redeemed, now)?;
        Ok(Step::Proceed(Box::new(proceed)))
    }
}

impl Channel {
    /// The body of an answer. Before the transaction is taken, so that what
    /// cannot be read does not end it.
    fn read(&self, parts: &Parts, body: Bytes) -> Result<Answer, Error> {
        match &self.means {
            Means::Browser(_) => {
                answer::check_media_type(parts, "application/json")?;
                let json = std::str::from_utf8(&body).map_err(|_| Code::InputAnswer)?;
                Ok(Answer::Browser(DcApiAnswer::from_json(json)?))
            }
            Means::Apple(merchant) => {
                answer::check_media_type(parts, CBOR)?;
                Ok(Answer::Apple(body, Arc::clone(merchant)))
            }
            Means::Proximity(_) => {
                answer::check_media_type(parts, CBOR)?;
                Ok(Answer::Proximity(body))
            }
        }
    }
}

impl Taken {
    /// Everything but revocation.
    fn check(self, answer: Answer) -> Result<UnconfirmedPresentation, Error> {
        match answer {
            Answer::Browser(answer) => {
                let received = self.pending()?.finish(&answer, self.now)?;
                received.check(&self.verifier, self.now)
            }
            Answer::Apple(envelope, merchant) => {
                let pending = self.pending()?;
                let received = pending.finish_apple(&envelope, &merchant, self.now)?;
                received.check(&self.verifier, self.now)
            }
            Answer::Proximity(message) => self.check_session(&message),
        }
    }

    /// `transaction.foreign` if it is one that asked for something else: the
    /// layer may have been changed since.
    fn pending(&self) -> Result<PendingPresentation, Error> {
        let Self {
            sealer,
            audience,
            transaction,
            state,
            now,
            ..
        } = self;
        let pending = PendingPresentation::open(sealer, audience, transaction, state, *now)?;
        if *pending.requested() == self.requested {
            Ok(pending)
        } else {
            Err(Code::TransactionForeign.into())
        }
    }

    fn check_session(&self, message: &[u8]) -> Result<UnconfirmedPresentation, Error> {
        let received = ReaderSession::from_octets(&self.state)?.receive(message)?;
        let (response, transcript, key) = match &received {
            Received::Message(response, session) => (response, session.transcript(), session.key()),
            Received::Last(response, session) => (response, session.transcript(), session.key()),
        };
        let presented = Presented::in_session(response, transcript, key);
        self.verifier.check(&presented, &self.requested, self.now)
    }
}
