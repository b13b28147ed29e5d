//! How a device response arrives: as it is, in an envelope, or in a session.

use bytes::Bytes;
use tashika::mdoc::engagement::{DeviceEngagement, NfcHandover};
use tashika::mdoc::envelope::{self, DcApiAnswer, Openid4vpAnswer, openid4vp};
use tashika::mdoc::session::{Engaged, Received};
use tashika::mdoc::{Curve, EphemeralKey, Presented, SessionTranscript};
use tashika::{Code, Error};

use super::{Step, at};
use crate::vectors::Octets;
use crate::vectors::presentation::{Engagement, Envelope, Presentation, Session};

/// A device response with what it is verified with.
pub(super) enum Arrived {
    /// On its own. A MAC counts if there is a key.
    Bare(Bytes, SessionTranscript, Option<EphemeralKey>),
    /// In a session, with its transcript and its key.
    InSession(Received),
}

impl Arrived {
    pub(super) fn presented(&self) -> Presented<'_> {
        match self {
            Self::Bare(response, transcript, Some(key)) => {
                Presented::in_session(response, transcript, key)
            }
            Self::Bare(response, transcript, None) => Presented::new(response, transcript),
            Self::InSession(Received::Message(response, session)) => {
                Presented::in_session(response, session.transcript(), session.key())
            }
            Self::InSession(Received::Last(response, session)) => {
                Presented::in_session(response, session.transcript(), session.key())
            }
        }
    }
}

impl Presentation {
    pub(super) fn arrive(&self) -> Result<Arrived, (Step, Error)> {
        let key = self.reader_key.as_ref().map(reader_key);
        let key = key.transpose().map_err(at(Step::Setup))?;
        if let Some(session) = &self.session {
            let received = given(key).and_then(|key| session.receive(key));
            return received.map(Arrived::InSession).map_err(at(Step::Envelope));
        }
        let transcript = given(self.transcript.as_ref()).and_then(|t| t.value());
        let transcript = transcript.map_err(at(Step::Setup))?;
        let Some(envelope) = &self.envelope else {
            let response = given(self.response.as_ref()).map_err(at(Step::Setup))?;
            let response = response.0.clone().into();
            return Ok(Arrived::Bare(response, transcript, key));
        };
        let opened = given(key).and_then(|key| envelope.open(&key, &transcript));
        let response = opened.map_err(at(Step::Envelope))?;
        Ok(Arrived::Bare(response, transcript, None))
    }
}

impl Envelope {
    fn open(&self, key: &EphemeralKey, transcript: &SessionTranscript) -> Result<Bytes, Error> {
        match self {
            Self::AnnexC { response } => envelope::annex_c::open(response, key, transcript),
            Self::Apple { octets } => envelope::apple::open(octets.as_ref(), key, transcript),
            Self::Openid4vp { jwe, kid } => first(&openid4vp::open(jwe, key, kid)?),
            Self::DigitalCredentials { json, kid } => match DcApiAnswer::from_json(json)? {
                DcApiAnswer::AnnexC(response) => {
                    envelope::annex_c::open(&response, key, transcript)
                }
                DcApiAnswer::Openid4vp(_, Openid4vpAnswer::Encrypted(jwe)) => {
                    first(&openid4vp::open(&jwe, key, kid)?)
                }
                DcApiAnswer::Openid4vp(_, Openid4vpAnswer::Plain(token)) => first(&token),
                _ => Err(Error::new(Code::MisuseArgument)),
            },
        }
    }
}

/// Vectors have one presentation each.
fn first(token: &openid4vp::VpToken) -> Result<Bytes, Error> {
    let presentation = given(token.presentations().first())?;
    Ok(presentation.device_response().clone())
}

impl Session {
    /// What the last message with data brings, once the session is established.
    fn receive(&self, key: EphemeralKey) -> Result<Received, Error> {
        let engaged = match &self.engagement {
            Engagement::Qr { uri } => Engaged::by_qr(&DeviceEngagement::from_uri(uri)?, key)?,
            Engagement::Nfc { select, request } => {
                let select = select.as_ref();
                let handover = match request {
                    Some(request) => NfcHandover::negotiated(request.as_ref(), select)?,
                    None => NfcHandover::from_select(select)?,
                };
                Engaged::by_nfc(&handover, key)?
            }
        };
        // What is asked for does not matter to the session.
        let (mut session, _) = engaged.establish(&[0xA0])?;
        let (last, before) = given(self.messages.split_last())?;
        for message in before {
            session = match session.receive(message.as_ref())? {
                Received::Message(_, session) => session,
                Received::Last(..) => return Err(Error::new(Code::MisuseArgument)),
            };
        }
        session.receive(last.as_ref())
    }
}

fn reader_key(scalar: &Octets) -> Result<EphemeralKey, Error> {
    let scalar = scalar.as_ref();
    let curve = match scalar.len() {
        48 => Curve::P384,
        _ => Curve::P256,
    };
    EphemeralKey::from_entropy(curve, scalar)
}

fn given<T>(value: Option<T>) -> Result<T, Error> {
    value.ok_or(Error::new(Code::MisuseArgument))
}
