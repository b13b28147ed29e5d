//! The first request of a transaction.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Map, Value};
use tashika::mdoc::engagement::{DeviceEngagement, NfcHandover};
use tashika::mdoc::session::{Engaged, SessionStatus};
use tashika::mdoc::{AppleMerchant, EphemeralKey, PendingPresentation, Requested};
use tashika::seal::Sealer;
use tashika::transaction::Binding;
use tashika::{Code, Error, Time};
use zeroize::Zeroizing;

use crate::answer::{self, Base64};
use crate::presentation::channels::{BrowserOffer, Channel, Means, Terminal};
use crate::presentation::{PresentationDesk, Requirement};

/// What goes out, and what is kept until its answer comes.
struct Asked {
    /// The members of the response.
    members: Map<String, Value>,
    state: Zeroizing<Vec<u8>>,
}

/// A request in the making, on whatever thread.
struct Asking {
    binding: Binding,
    requested: Requested,
    sealer: Arc<Sealer>,
}

/// What a terminal heard when a phone engaged it (ISO/IEC 18013-5, 8.2.2).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heard {
    /// The text of a QR code.
    qr: Option<String>,
    /// The Handover Select message of NFC.
    handover_select: Option<Base64>,
    /// The Handover Request message that the terminal had sent, if any.
    handover_request: Option<Base64>,
}

impl<R: Requirement> PresentationDesk<R> {
    pub(super) async fn begin(
        &self,
        channel: &Channel,
        parts: &Parts,
        body: &[u8],
        now: Time,
    ) -> Result<Response<Bytes>, Error> {
        let cross_device = self.cross_device(channel);
        let opening = self.site.open(&self.purpose, cross_device, parts, now)?;
        let asking = Asking {
            binding: opening.binding().clone(),
            requested: self.requirement.requested().clone(),
            sealer: Arc::clone(self.site.sealer()),
        };
        let asked = match &channel.means {
            Means::Browser(offers) => {
                let offers = Arc::clone(offers);
                self.site.work(move || asking.browser(&offers)).await
            }
            Means::Apple(merchant) => {
                let merchant = Arc::clone(merchant);
                self.site.work(move || asking.apple(&merchant)).await
            }
            Means::Proximity(terminal) => {
                let heard: Heard = answer::json(parts, body)?;
                let terminal = Arc::clone(terminal);
                let ask = move || asking.proximity(&terminal, &heard);
                self.site.work(ask).await
            }
        };
        let Asked { members, state } = asked?;
        let members = answer::offered(opening.binding(), &channel.paths, members);
        let cookie = opening.keep(&channel.paths.mark(&state)).await?;
        Ok(answer::respond_json(members.into(), cookie))
    }
}

impl Asking {
    fn browser(self, offers: &[BrowserOffer]) -> Result<Asked, Error> {
        let offers: Vec<_> = offers.iter().map(BrowserOffer::offer).collect();
        let (pending, request) =
            PendingPresentation::begin_digital_credentials(self.binding, self.requested, &offers)?;
        Asked::of(pending, &self.sealer, &request.to_json())
    }

    fn apple(self, merchant: &AppleMerchant) -> Result<Asked, Error> {
        let (pending, request) =
            PendingPresentation::begin_apple(self.binding, self.requested, merchant)?;
        Asked::of(pending, &self.sealer, &request.to_json())
    }

    fn proximity(self, terminal: &Terminal, heard: &Heard) -> Result<Asked, Error> {
        let engaged = heard.engage()?;
        let request = terminal.request(&self.requested, engaged.transcript())?;
        let (session, establishment) = engaged.establish(request.octets())?;
        let termination = SessionStatus::Termination.session_data();
        let members = [
            ("establishment", establishment),
            ("termination", termination),
        ];
        let member =
            |(name, octets): (&str, Vec<u8>)| (name.to_owned(), STANDARD.encode(octets).into());
        Ok(Asked {
            members: members.map(member).into_iter().collect(),
            state: session.into_octets()?,
        })
    }
}

impl Asked {
    fn of(pending: PendingPresentation, sealer: &Sealer, request: &str) -> Result<Self, Error> {
        // It was written a moment ago.
        let request = serde_json::from_str(request).map_err(|_| Code::MisuseRequest)?;
        Ok(Self {
            members: Map::from_iter([("request".to_owned(), request)]),
            state: pending.seal(sealer)?.into(),
        })
    }
}

impl Heard {
    /// `input.answer` if it is neither a QR code nor a handover, or both.
    fn engage(&self) -> Result<Engaged, Error> {
        let Self {
            qr,
            handover_select,
            handover_request,
        } = self;
        let handover = match (qr, handover_select, handover_request) {
            (Some(qr), None, None) => {
                let engagement = DeviceEngagement::from_uri(qr)?;
                let key = EphemeralKey::generate(engagement.curve())?;
                return Engaged::by_qr(&engagement, key);
            }
            (None, Some(Base64(select)), Some(Base64(request))) => {
                NfcHandover::negotiated(request, select)
            }
            (None, Some(Base64(select)), None) => NfcHandover::from_select(select),
            (None, None, _) | (Some(_), Some(_), _) | (Some(_), None, Some(_)) => {
                Err(Code::InputAnswer.into())
            }
        }?;
        let key = EphemeralKey::generate(handover.engagement().curve())?;
        Engaged::by_nfc(&handover, key)
    }
}
