//! The last step: the answer, out of its envelope.

use std::fmt;

use bytes::Bytes;

use crate::code::Code;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::mdoc::envelope::openid4vp::VpToken;
use crate::mdoc::envelope::{self, DcApiAnswer, Openid4vpAnswer, RequestForm};
use crate::mdoc::pending::PendingPresentation;
use crate::mdoc::pending::channel::{AnnexC, Apple, Channel, Openid4vp};
use crate::mdoc::request::document_of;
use crate::mdoc::{
    AppleMerchant, Need, PresentationVerifier, Presented, Requested, SessionTranscript,
    UnconfirmedPresentation,
};
use crate::time::Time;
use crate::transaction::Binding;

/// What a wallet answered in a transaction. Nothing of it is verified.
pub struct Received {
    binding: Binding,
    responses: Vec<ReceivedResponse>,
}

/// A device response, the transcript with which it has to verify, and what it
/// was asked for.
pub struct ReceivedResponse {
    response: Bytes,
    transcript: SessionTranscript,
    requested: Requested,
}

impl PendingPresentation {
    /// Takes the answer that a browser got, opened with the keys of this
    /// transaction.
    ///
    /// # Errors
    /// `transaction.expired` if its time is over at `now`,
    /// `transaction.foreign` if this was not asked of a browser or not in that
    /// protocol, `mdoc.envelope_algorithm` if the answer is in the clear and
    /// was to be encrypted, `mdoc.envelope_recipient` if it is encrypted and
    /// was not to be, `mdoc.document_missing` and `mdoc.document_unrequested`
    /// if it has too little or too much, and those of the envelope
    /// ([`annex_c`](envelope::annex_c::open),
    /// [`openid4vp`](envelope::openid4vp::open)).
    pub fn finish(self, answer: &DcApiAnswer, now: Time) -> Result<Received, Error> {
        self.binding.check_time(now)?;
        let foreign = Error::new(Code::TransactionForeign);
        let mut channels = self.channels.iter();
        let responses = match answer {
            DcApiAnswer::AnnexC(response) => {
                let channel = channels.find_map(Channel::annex_c).ok_or(foreign)?;
                self.annex_c(channel, response)?
            }
            DcApiAnswer::Openid4vp(form, answer) => {
                let channel = channels.find_map(|c| c.openid4vp(*form)).ok_or(foreign)?;
                self.openid4vp(channel, answer)?
            }
        };
        Ok(self.received(responses))
    }

    /// Takes the envelope that an app on an iPhone got, opened with the key of
    /// `merchant`.
    ///
    /// # Errors
    /// `transaction.expired` if its time is over at `now`,
    /// `transaction.foreign` if this was not asked of an app,
    /// `misuse.argument` if it was asked with another key, and those of the
    /// [envelope](envelope::apple::open).
    pub fn finish_apple(
        self,
        envelope: &[u8],
        merchant: &AppleMerchant,
        now: Time,
    ) -> Result<Received, Error> {
        self.binding.check_time(now)?;
        let channel = self.channels.iter().find_map(Channel::apple);
        let channel = channel.ok_or(Code::TransactionForeign)?;
        if channel.public_key_hash != merchant.public_key_hash() {
            return Err(Code::MisuseArgument.into());
        }
        let transcript = channel.transcript();
        let response = envelope::apple::open(envelope, merchant.key(), &transcript)?;
        let response = self.whole(response, transcript);
        Ok(self.received(vec![response]))
    }

    fn annex_c(&self, channel: &AnnexC, response: &str) -> Result<Vec<ReceivedResponse>, Error> {
        let transcript = channel.transcript(&self.binding.audience.relying_party);
        let response = envelope::annex_c::open(response, &channel.key, &transcript)?;
        Ok(vec![self.whole(response, transcript)])
    }

    fn openid4vp(
        &self,
        channel: &Openid4vp,
        answer: &Openid4vpAnswer,
    ) -> Result<Vec<ReceivedResponse>, Error> {
        let transcript = channel.transcript(&self.binding.audience.relying_party);
        match (&channel.key, answer) {
            (Some(key), Openid4vpAnswer::Encrypted(jwe)) => {
                let kid = Jwk::of_p256_point(key.point()).kid();
                let token = envelope::openid4vp::open(jwe, key, &kid)?;
                self.presentations(&token, &transcript)
            }
            (None, Openid4vpAnswer::Plain(token)) => self.presentations(token, &transcript),
            (Some(_), Openid4vpAnswer::Plain(_)) => Err(Code::MdocEnvelopeAlgorithm.into()),
            (None, Openid4vpAnswer::Encrypted(_)) => Err(Code::MdocEnvelopeRecipient.into()),
        }
    }

    /// One device response for each document that was asked for, and no other.
    fn presentations(
        &self,
        token: &VpToken,
        transcript: &SessionTranscript,
    ) -> Result<Vec<ReceivedResponse>, Error> {
        let mut responses: Vec<ReceivedResponse> = Vec::new();
        for presentation in token.presentations() {
            let document = document_of(&self.requested, presentation.query());
            let document = document.ok_or(Code::MdocDocumentUnrequested)?;
            let requested = Requested::one(document.clone())?;
            if responses.iter().any(|known| known.requested == requested) {
                return Err(Code::MdocDocumentUnrequested.into());
            }
            responses.push(ReceivedResponse {
                response: presentation.device_response().clone(),
                transcript: transcript.clone(),
                requested,
            });
        }
        let has = |doc_type| {
            let mut documents = responses.iter().map(|response| &response.requested);
            documents.any(|requested| requested.document(doc_type).is_some())
        };
        let documents = self.requested.documents().iter();
        let mut mandatory = documents.filter(|document| document.need() == Need::Mandatory);
        if responses.is_empty() || !mandatory.all(|document| has(document.doc_type())) {
            return Err(Code::MdocDocumentMissing.into());
        }
        Ok(responses)
    }

    /// A response to all that was asked for.
    fn whole(&self, response: Bytes, transcript: SessionTranscript) -> ReceivedResponse {
        ReceivedResponse {
            response,
            transcript,
            requested: self.requested.clone(),
        }
    }

    fn received(self, responses: Vec<ReceivedResponse>) -> Received {
        Received {
            binding: self.binding,
            responses,
        }
    }
}

impl Channel {
    fn annex_c(&self) -> Option<&AnnexC> {
        match self {
            Self::AnnexC(channel) => Some(channel),
            Self::Openid4vp(_) | Self::Apple(_) => None,
        }
    }

    fn openid4vp(&self, form: RequestForm) -> Option<&Openid4vp> {
        match self {
            Self::Openid4vp(channel) if channel.form == form => Some(channel),
            Self::AnnexC(_) | Self::Openid4vp(_) | Self::Apple(_) => None,
        }
    }

    fn apple(&self) -> Option<&Apple> {
        match self {
            Self::Apple(channel) => Some(channel),
            Self::AnnexC(_) | Self::Openid4vp(_) => None,
        }
    }
}

impl Received {
    /// To whom, for what and in which transaction it is an answer.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Checks everything but revocation at `now`: every response for what it was
    /// asked for, in its session. One that is bad refuses the whole.
    ///
    /// # Errors
    /// As [`PresentationVerifier::check`].
    pub fn check(
        &self,
        verifier: &PresentationVerifier,
        now: Time,
    ) -> Result<UnconfirmedPresentation, Error> {
        let responses = self.responses.iter();
        let checked = responses.map(|r| verifier.check(&r.presented(), &r.requested, now));
        let checked: Result<Vec<_>, Error> = checked.collect();
        Ok(UnconfirmedPresentation::together(checked?))
    }

    /// The device responses: one, or in OpenID4VP one for each document. The
    /// answer is good if all of them are: [`check`](Self::check) sees to it.
    #[must_use]
    pub fn responses(&self) -> &[ReceivedResponse] {
        &self.responses
    }
}

impl ReceivedResponse {
    /// What goes to the [verifier](PresentationVerifier::check), with [`requested`](Self::requested).
    #[must_use]
    pub fn presented(&self) -> Presented<'_> {
        Presented::new(&self.response, &self.transcript)
    }

    /// What this response was asked for.
    #[must_use]
    pub fn requested(&self) -> &Requested {
        &self.requested
    }

    /// `DeviceResponse` as it came.
    #[must_use]
    pub fn octets(&self) -> &Bytes {
        &self.response
    }

    /// The transcript of the session.
    #[must_use]
    pub fn transcript(&self) -> &SessionTranscript {
        &self.transcript
    }
}

// What somebody presented.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("binding", &self.binding)
            .field("responses", &self.responses)
            .finish()
    }
}

impl fmt::Debug for ReceivedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivedResponse({})", self.transcript.flow().as_str())
    }
}
