//! How people are asked: in a browser, in an app, or face to face.

use std::sync::Arc;

use http::request::Parts;
use tashika::mdoc::{
    AppleMerchant, ClientAuthentication, ClientIdentifier, DeviceRequest, Edition, Offer,
    PendingPresentation, ReaderAuthentication, ReaderIdentity, Requested, ResponseMode,
    SessionTranscript,
};
use tashika::transaction::{Audience, Binding, TransactionId};
use tashika::{Code, Error, Time, limits};

use crate::flow::FlowPaths;
use crate::presentation::Ask;
use crate::site::SitePath;

/// The ways in which people are asked. Those that are not here do not exist:
/// requests for their paths pass.
///
/// | way | where it begins | where its answer comes |
/// |---|---|---|
/// | [`browser`](Self::browser) | `…/request` | `…/response` |
/// | [`apple`](Self::apple) | `…/apple/request` | `…/apple/response` |
/// | [`proximity`](Self::proximity) | `…/proximity/request` | `…/proximity/response` |
#[derive(Debug)]
pub struct Channels {
    base: SitePath,
    all: Vec<Channel>,
}

/// A protocol in which browsers are asked: an [`Offer`] that owns what it is made
/// of.
#[derive(Clone, Debug)]
pub enum BrowserOffer {
    /// `org-iso-mdoc` (ISO/IEC 18013-7, annex C), by this edition, signed so.
    IsoMdoc(Edition, Readers),
    /// OpenID4VP 1.0, from this client.
    Openid4vp(OpenidClient, ResponseMode),
}

/// In whose names device requests are signed.
#[derive(Clone, Debug)]
pub enum Readers {
    /// In nobody's: [`ReaderAuthentication::Unsigned`].
    Unsigned,
    /// In these: [`ReaderAuthentication::Signed`].
    Signed(Vec<ReaderIdentity>),
}

/// Who asks in OpenID4VP.
#[derive(Clone, Debug)]
pub enum OpenidClient {
    /// Whoever the page belongs to.
    Unsigned,
    /// This reader, named by the digest of its certificate
    /// ([`ClientIdentifier::X509Hash`]).
    X509Hash(ReaderIdentity),
    /// This reader, named by this DNS name of its certificate
    /// ([`ClientIdentifier::X509SanDns`]).
    X509SanDns(ReaderIdentity, String),
}

/// One way of asking, and its paths.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) paths: FlowPaths,
    pub(super) means: Means,
}

#[derive(Debug)]
pub(super) enum Means {
    Browser(Arc<[BrowserOffer]>),
    Apple(Arc<AppleMerchant>),
    Proximity(Arc<Terminal>),
}

/// How a terminal asks.
#[derive(Debug)]
pub(super) struct Terminal {
    edition: Edition,
    readers: Readers,
}

impl Channels {
    /// None yet, below this path.
    ///
    /// # Errors
    /// As [`SitePath::new`].
    pub fn under(path: &str) -> Result<Self, Error> {
        let base = SitePath::new(path)?;
        let all = Vec::new();
        Ok(Self { base, all })
    }

    /// These, and browsers with the Digital Credentials API, in all the protocols
    /// that are offered.
    ///
    /// # Errors
    /// `misuse.argument` if the paths become too long.
    pub fn browser(self, offers: Vec<BrowserOffer>) -> Result<Self, Error> {
        let base = self.base.clone();
        self.with(&base, Means::Browser(offers.into()))
    }

    /// These, and apps on an iPhone, for this merchant.
    ///
    /// # Errors
    /// `misuse.argument` if the paths become too long.
    pub fn apple(self, merchant: AppleMerchant) -> Result<Self, Error> {
        let base = self.base.join("apple")?;
        self.with(&base, Means::Apple(Arc::new(merchant)))
    }

    /// These, and phones before a terminal of the relying party's own, which
    /// hands over what it hears.
    ///
    /// The terminal is trusted: it says what it heard from the phone in front of
    /// it, and it keeps the transaction's cookie. Nothing here tells it from any
    /// other client, so the two paths are for terminals alone: on the public
    /// network, somebody could relay what a phone says to a terminal of their own.
    ///
    /// # Errors
    /// `misuse.argument` if the paths become too long.
    pub fn proximity(self, edition: Edition, readers: Readers) -> Result<Self, Error> {
        let base = self.base.join("proximity")?;
        let terminal = Terminal { edition, readers };
        self.with(&base, Means::Proximity(Arc::new(terminal)))
    }

    fn with(mut self, base: &SitePath, means: Means) -> Result<Self, Error> {
        let paths = FlowPaths {
            request: base.join("request")?,
            answer: base.join("response")?,
        };
        self.all.push(Channel { paths, means });
        Ok(self)
    }

    pub(super) fn get(&self, number: usize) -> Option<&Channel> {
        self.all.get(number)
    }

    pub(super) fn find(&self, parts: &Parts) -> Option<Ask> {
        let mut all = self.all.iter().enumerate();
        all.find_map(|(number, channel)| {
            let (request, answer) = (Ask::Request(number), Ask::Answer(number));
            channel.paths.find(parts, request, answer)
        })
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &SitePath> {
        self.all.iter().flat_map(|channel| channel.paths.all())
    }

    /// Asks once in every way, so that one in which it cannot be asked is found
    /// when the service starts.
    ///
    /// `misuse.request` if there is none; else as the requests themselves.
    pub(super) fn check(&self, audience: &Audience, requested: &Requested) -> Result<(), Error> {
        if self.all.is_empty() {
            return Err(Code::MisuseRequest.into());
        }
        let mut all = self.all.iter();
        all.try_for_each(|channel| channel.check(audience, requested))
    }
}

impl Channel {
    /// How much the body of a request may have that begins a transaction: a
    /// terminal's has two handover messages in base64, the others nothing.
    pub(super) fn most_to_begin(&self) -> usize {
        match self.means {
            Means::Browser(_) | Means::Apple(_) => 1024,
            Means::Proximity(_) => 1024 + 4 * limits::NFC_HANDOVER,
        }
    }

    pub(super) fn most_to_answer(&self) -> usize {
        match self.means {
            Means::Browser(_) | Means::Apple(_) => limits::MDOC_ENVELOPE,
            Means::Proximity(_) => limits::SESSION_DATA,
        }
    }

    fn check(&self, audience: &Audience, requested: &Requested) -> Result<(), Error> {
        let binding = Binding {
            audience: audience.clone(),
            transaction: TransactionId::generate()?,
            expires: Time::from_unix(0),
        };
        match &self.means {
            Means::Browser(offers) => {
                let offers: Vec<_> = offers.iter().map(BrowserOffer::offer).collect();
                let requested = requested.clone();
                PendingPresentation::begin_digital_credentials(binding, requested, &offers)?;
            }
            Means::Apple(merchant) => {
                PendingPresentation::begin_apple(binding, requested.clone(), merchant)?;
            }
            Means::Proximity(terminal) => {
                // Whichever it is signed over.
                let origin = audience.relying_party.as_str();
                terminal.request(requested, &SessionTranscript::annex_c("", origin))?;
            }
        }
        Ok(())
    }
}

impl Terminal {
    pub(super) fn request(
        &self,
        requested: &Requested,
        transcript: &SessionTranscript,
    ) -> Result<DeviceRequest, Error> {
        let readers = self.readers.authentication();
        DeviceRequest::new(requested, &self.edition, readers, transcript)
    }
}

impl BrowserOffer {
    pub(super) fn offer(&self) -> Offer<'_> {
        match self {
            Self::IsoMdoc(edition, readers) => Offer::IsoMdoc(edition, readers.authentication()),
            Self::Openid4vp(client, mode) => Offer::Openid4vp(client.authentication(), *mode),
        }
    }
}

impl Readers {
    fn authentication(&self) -> ReaderAuthentication<'_> {
        match self {
            Self::Unsigned => ReaderAuthentication::Unsigned,
            Self::Signed(readers) => ReaderAuthentication::Signed(readers),
        }
    }
}

impl OpenidClient {
    fn authentication(&self) -> ClientAuthentication<'_> {
        match self {
            Self::Unsigned => ClientAuthentication::Unsigned,
            Self::X509Hash(reader) => {
                ClientAuthentication::Signed(reader, ClientIdentifier::X509Hash)
            }
            Self::X509SanDns(reader, name) => {
                ClientAuthentication::Signed(reader, ClientIdentifier::X509SanDns(name))
            }
        }
    }
}
