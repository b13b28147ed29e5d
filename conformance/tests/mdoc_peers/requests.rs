//! The sdk's device requests before those who are asked: isomdl's holder, the
//! testbed's wallet, and @owf/mdoc.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use tashika::mdoc::engagement::DeviceEngagement;
use tashika::mdoc::session::Engaged;
use tashika::mdoc::{
    DeviceRequest, Edition, EphemeralKey, ISO_18013, ISO_23220, ISO_23220_JP, JP_MNC, MDL,
    Purposes, ReaderAuthentication, Requested, SessionTranscript,
};
use tashika_testbed::mdoc::{self as testbed, Engagement, Transcript};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::bench::{Bench, Outcome, trial};
use crate::peer::Name::{self, Isomdl, Ours, Owf};
use crate::peer::Peer;
use crate::reader::{Purpose, Reader, Wish, in_json, wishes};
use crate::scene::{Document, Keys, Signer};

/// A request, and who takes it otherwise than as a sound one.
struct Request {
    name: &'static str,
    reader: Algorithm,
    edition: fn() -> Result<Edition, Failed>,
    signed: Signed,
    refused_by: &'static [(Name, &'static str)],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signed {
    Soundly,
    /// By a reader whose authority nobody knows.
    ByAStranger,
    /// With a certificate that is for something else.
    WithoutPurpose,
    /// For another session.
    Elsewhere,
    Not,
}

use Signed::{ByAStranger, Elsewhere, Not, Soundly, WithoutPurpose};

const FIRST: fn() -> Result<Edition, Failed> = || Ok(Edition::First);
const SECOND: fn() -> Result<Edition, Failed> = || {
    let purposes = Purposes::none().with("org.iso.jtc1.sc17", 1)?;
    Ok(Edition::Second(purposes))
};
/// isomdl tells the holder that, and no reason.
const INVALID: &str = "Invalid";
const VERSION: &str = "unsupported DeviceRequest version";

/// isomdl reads version 1.0, knows of `readerAuth` alone, and of readers with keys
/// on P-256. @owf/mdoc verifies each `readerAuth` that is there, and no
/// certificate; of the second edition it sees no signature.
#[rustfmt::skip]
const REQUESTS: &[Request] = &[
    request("first_edition", Algorithm::P256, FIRST, Soundly, &[]),
    request("second_edition", Algorithm::P256, SECOND, Soundly, &[
        (Isomdl, VERSION),
    ]),
    request("reader_on_p384", Algorithm::P384, FIRST, Soundly, &[(Isomdl, INVALID)]),
    request("reader_on_p384_second", Algorithm::P384, SECOND, Soundly, &[
        (Isomdl, VERSION),
    ]),
    request("unsigned", Algorithm::P256, FIRST, Not, &[
        (Ours, "nobody signed it"), (Isomdl, INVALID),
    ]),
    request("unsigned_second", Algorithm::P256, SECOND, Not, &[
        (Ours, "nobody signed it"), (Isomdl, VERSION),
    ]),
    request("unknown_reader", Algorithm::P256, FIRST, ByAStranger, &[
        (Ours, "reader unknown"), (Isomdl, INVALID),
    ]),
    request("reader_without_purpose", Algorithm::P256, FIRST, WithoutPurpose, &[
        (Ours, "not a reader's certificate"), (Isomdl, INVALID),
    ]),
    request("signed_elsewhere", Algorithm::P256, FIRST, Elsewhere, &[
        (Ours, "signature does not fit"), (Isomdl, INVALID), (Owf, "Signature is invalid"),
    ]),
    request("signed_elsewhere_second", Algorithm::P256, SECOND, Elsewhere, &[
        (Ours, "signature does not fit"), (Isomdl, VERSION),
    ]),
];

const fn request(
    name: &'static str,
    reader: Algorithm,
    edition: fn() -> Result<Edition, Failed>,
    signed: Signed,
    refused_by: &'static [(Name, &'static str)],
) -> Request {
    Request {
        name,
        reader,
        edition,
        signed,
        refused_by,
    }
}

pub(crate) fn trials(bench: &Arc<Bench>) -> Vec<Trial> {
    let holders = [Ours, Owf, Isomdl].into_iter();
    holders
        .flat_map(|holder| REQUESTS.iter().map(move |request| (holder, request)))
        .map(|(holder, request)| {
            let name = format!("request::{}::{}", request.name, holder.label());
            trial(bench, name, &[holder], move |bench| {
                let outcome = request.outcome(bench, holder)?;
                request.compare(holder, &outcome)
            })
        })
        .collect()
}

impl Request {
    fn outcome(&self, bench: &Bench, holder: Name) -> Result<Outcome, Failed> {
        let scene = bench.scene(Document::Licence, Keys::P256)?;
        let purpose = match self.signed {
            WithoutPurpose => Purpose::Issuing,
            Soundly | ByAStranger | Elsewhere | Not => Purpose::Reading,
        };
        let reader = Reader::new(self.reader, purpose, scene.now);
        match holder {
            Isomdl => {
                let mut order = scene.order(Signer::Sound);
                order["op"] = json!("engage");
                order["reader_anchors"] = match self.signed {
                    ByAStranger => json!([]),
                    _ => json!([reader.anchor()]),
                };
                self.before_isomdl(&Peer::start(Isomdl), &order, &reader)
            }
            Owf => self.before_owf(bench.peer(Owf)?, &reader),
            _ => self.before_the_testbed(&reader, scene.now),
        }
    }

    /// In a session, which alone lets isomdl see a request.
    fn before_isomdl(
        &self,
        isomdl: &Peer,
        order: &Value,
        reader: &Reader,
    ) -> Result<Outcome, Failed> {
        let qr = isomdl.ask(order)?;
        let engaged = engage(qr["qr"].as_str().ok_or("no code")?)?;
        let request = self.write(reader, engaged.transcript())?;
        let (_, establishment) = engaged.establish(request.octets())?;
        let message = STANDARD.encode(establishment);
        let answer = isomdl.ask(&json!({"op": "respond", "message": message}))?;
        let read = &answer["request"];
        is_understood(&read["items_request"])?;
        if read["errors"] != json!({}) {
            return Ok(Outcome::Refused(read["errors"].to_string()));
        }
        match read["reader_authentication"].as_str() {
            Some("Valid") => Ok(Outcome::Accepted),
            other => Ok(Outcome::Refused(other.unwrap_or("nothing said").to_owned())),
        }
    }

    fn before_owf(&self, owf: &Peer, reader: &Reader) -> Result<Outcome, Failed> {
        let engaged = engage(&engagement().uri())?;
        let request = self.write(reader, engaged.transcript())?;
        let answer = owf.ask(&json!({
            "op": "request",
            "request": STANDARD.encode(request.octets()),
            "transcript": STANDARD.encode(engaged.transcript().octets()),
        }))?;
        is_understood(&answer["items"])?;
        match answer["verdict"].as_str() {
            Some("accept") => Ok(Outcome::Accepted),
            _ => Ok(Outcome::Refused(answer["reason"].to_string())),
        }
    }

    fn before_the_testbed(&self, reader: &Reader, now: i64) -> Result<Outcome, Failed> {
        let engaged = engage(&engagement().uri())?;
        let request = self.write(reader, engaged.transcript())?;
        let transcript = testbed::Cbor::decode(engaged.transcript().octets());
        let transcript = Transcript::new(transcript.ok_or("no transcript")?);
        let request = testbed::DeviceRequest::read(request.octets())?;
        let items = request.documents().iter().map(|document| {
            let asked = document.asked();
            let mut name_spaces = json!({});
            for asked in &asked.elements {
                name_spaces[&asked.name_space][&asked.element] = json!(asked.retain);
            }
            json!({"docType": asked.doc_type, "nameSpaces": name_spaces})
        });
        is_understood(&items.collect())?;
        let trust = match self.signed {
            ByAStranger => testbed::ReaderTrust::new(now),
            _ => reader.trust(),
        };
        Ok(match request.authenticate(&transcript, &trust) {
            Ok(_) => Outcome::Accepted,
            Err(refusal) => Outcome::Refused(refusal.to_string()),
        })
    }

    fn write(
        &self,
        reader: &Reader,
        transcript: &SessionTranscript,
    ) -> Result<DeviceRequest, Failed> {
        let identity = [reader.identity()?];
        let authentication = match self.signed {
            Not => ReaderAuthentication::Unsigned,
            _ => ReaderAuthentication::Signed(&identity),
        };
        let elsewhere = SessionTranscript::annex_c("", "");
        let transcript = match self.signed {
            Elsewhere => &elsewhere,
            _ => transcript,
        };
        let edition = (self.edition)()?;
        Ok(DeviceRequest::new(
            &requested()?,
            &edition,
            authentication,
            transcript,
        )?)
    }

    fn compare(&self, holder: Name, outcome: &Outcome) -> Result<(), Failed> {
        let mut refused_by = self.refused_by.iter();
        let says = refused_by.find(|(name, _)| *name == holder);
        match (outcome, says) {
            (Outcome::Accepted, None) => Ok(()),
            (Outcome::Refused(reason), Some((_, says))) if reason.contains(says) => Ok(()),
            (Outcome::Accepted, Some(_)) => Err("accepted".into()),
            (Outcome::Refused(reason) | Outcome::NotMade(reason), _) => Err(reason.into()),
        }
    }
}

const OF_LICENCE: &[Wish] = &[
    (ISO_18013, "family_name", true),
    (ISO_18013, "age_over_21", false),
];
const OF_CARD: &[Wish] = &[
    (ISO_23220_JP, "full_name_unicode", false),
    (ISO_23220, "birth_date", true),
];

/// Of a licence and of a card.
fn requested() -> Result<Requested, Failed> {
    let documents = vec![wishes(MDL, OF_LICENCE)?, wishes(JP_MNC, OF_CARD)?];
    Ok(Requested::new(documents)?)
}

/// Whether that is what was asked.
fn is_understood(items: &Value) -> Result<(), Failed> {
    let mut items = items.clone();
    for document in items.as_array_mut().into_iter().flatten() {
        if let Some(document) = document.as_object_mut() {
            document.retain(|_, value| !value.is_null());
        }
    }
    if items == in_json(&requested()?) {
        Ok(())
    } else {
        Err(format!("understood otherwise: {items}").into())
    }
}

/// The sdk's side of an engagement by QR code.
pub(crate) fn engage(qr: &str) -> Result<Engaged, Failed> {
    let engagement = DeviceEngagement::from_uri(qr)?;
    let key = EphemeralKey::generate(engagement.curve())?;
    Ok(Engaged::by_qr(&engagement, key)?)
}

/// The testbed's.
pub(crate) fn engagement() -> Engagement {
    let mut rng = Rng::from_seed(9);
    Engagement::new(KeyPair::generate(Algorithm::P256, &mut rng))
}
