//! Documents that people present from their phones.

mod age;
mod begin;
mod channels;
mod documents;
mod finish;
mod layer;
mod requirement;

use std::future::ready;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use tashika::audit::Flow;
use tashika::transaction::Purpose;
use tashika::{Code, Error};

use crate::body::BodyLimit;
use crate::front::{Desk, Route, Step};
use crate::refusal::Refusal;
use crate::site::{CrossDevice, Site};

pub use age::{AgeRequirement, EvidenceId, VerifiedAge};
pub use channels::{BrowserOffer, Channels, OpenidClient, Readers};
pub use documents::{Documents, Records};
pub use layer::{AgeLayer, AgeService, PresentationLayer, PresentationService};

pub(crate) use requirement::Requirement;

use channels::{Channel, Means};

/// What stands behind [`PresentationLayer`] and [`AgeLayer`].
#[derive(Debug)]
pub(crate) struct PresentationDesk<R> {
    site: Site,
    purpose: Purpose,
    requirement: R,
    channels: Channels,
    documents: Documents,
}

/// What a request is for, on the channel of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Request(usize),
    Answer(usize),
}

impl<R: Requirement> PresentationDesk<R> {
    /// `misuse.request` if there is no channel, or one in which it cannot be
    /// asked so; `trust.empty` if no issuer of a document is known;
    /// `misuse.layer` if another layer of the site has one of the paths.
    fn new(
        site: Site,
        purpose: Purpose,
        requirement: R,
        channels: Channels,
        documents: Documents,
    ) -> Result<Self, Error> {
        let requested = requirement.requested();
        documents.check(requested)?;
        channels.check(&site.audience(&purpose), requested)?;
        site.claim(channels.paths())?;
        Ok(Self {
            site,
            purpose,
            requirement,
            channels,
            documents,
        })
    }

    async fn answer(&self, ask: Ask, parts: &Parts, body: Bytes) -> Result<Step<R::Proof>, Error> {
        let now = self.site.now();
        match ask {
            Ask::Request(number) => {
                let channel = self.channel(number)?;
                let response = self.begin(channel, parts, &body, now).await?;
                Ok(Step::Respond(response))
            }
            Ask::Answer(number) => {
                let channel = self.channel(number)?;
                self.finish(channel, parts, body, now).await
            }
        }
    }

    fn channel(&self, number: usize) -> Result<&Channel, Error> {
        let channel = self.channels.get(number);
        channel.ok_or(Code::MisuseLayer.into())
    }

    /// An app and a terminal keep what they began with. Only who stands before
    /// a code that a browser shows comes with another device.
    fn cross_device(&self, channel: &Channel) -> CrossDevice {
        match channel.means {
            Means::Browser(_) => self.requirement.cross_device(),
            Means::Apple(_) | Means::Proximity(_) => CrossDevice::Refused,
        }
    }
}

impl<R: Requirement> Desk for PresentationDesk<R> {
    type Proof = R::Proof;
    type Route = Ask;

    fn site(&self) -> &Site {
        &self.site
    }

    fn route(&self, parts: &Parts) -> Option<Route<Ask>> {
        self.channels.find(parts).map(Route::Answers)
    }

    fn limit(&self, ask: Ask) -> BodyLimit {
        let octets = match ask {
            Ask::Request(number) => self.channels.get(number).map(Channel::most_to_begin),
            Ask::Answer(number) => self.channels.get(number).map(Channel::most_to_answer),
        };
        BodyLimit::octets(octets.unwrap_or_default())
    }

    fn flow(&self, ask: Ask) -> Option<Flow> {
        matches!(ask, Ask::Answer(_)).then(|| self.requirement.flow())
    }

    async fn handle(
        &self,
        ask: Ask,
        parts: &Parts,
        body: Bytes,
    ) -> Result<Step<R::Proof>, Refusal> {
        let step = self.answer(ask, parts, body).await;
        step.map_err(|error| self.site.refusal(error, parts).about_document())
    }

    fn wrap(
        &self,
        _: Ask,
        _: &Parts,
        response: Response<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Refusal>> + Send {
        ready(Ok(response))
    }
}
