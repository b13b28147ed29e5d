//! Whole sessions in proximity: engagement, request and response, sealed both
//! ways.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use tashika::mdoc::engagement::NfcHandover;
use tashika::mdoc::session::{Engaged, ReaderSession, Received};
use tashika::mdoc::{
    DeviceRequest, Edition, EphemeralKey, ISO_18013, MDL, ReaderAuthentication, Requested,
};
use tashika_testbed::mdoc::{Engagement, Handover, Proof, ReaderTrust, Wallet};
use tashika_testbed::{Algorithm, Rng};

use crate::bench::{Bench, trial};
use crate::peer::Name::Isomdl;
use crate::peer::Peer;
use crate::reader::{Purpose, Reader, Wish, wishes};
use crate::requests::{engage, engagement};
use crate::scene::{Document, Keys, Scene, Signer};
use crate::{sdk, testbed};

/// By reader and holder.
pub(crate) fn trials(bench: &Arc<Bench>) -> Vec<Trial> {
    let name = |pair: &str| format!("session::{pair}");
    let wallet = |pair: &str, run: fn(&Scene) -> Result<(), Failed>| {
        trial(bench, name(pair), &[], move |bench| run(scene(bench)?))
    };
    let isomdl = |pair: &str, run: fn(&Scene, &Peer) -> Result<(), Failed>| {
        trial(bench, name(pair), &[Isomdl], move |bench| {
            // It has one session at a time.
            run(scene(bench)?, &Peer::start(Isomdl))
        })
    };
    vec![
        isomdl("ours::isomdl", with_isomdl),
        isomdl("isomdl::isomdl", isomdl_alone),
        isomdl("isomdl::ours", isomdl_with_a_wallet),
        wallet("ours::ours::qr", |scene| {
            with_a_wallet(scene, Way::Qr, Proof::Signature)
        }),
        wallet("ours::ours::nfc", |scene| {
            with_a_wallet(scene, Way::Nfc, Proof::Signature)
        }),
        wallet("ours::ours::qr_with_mac", |scene| {
            with_a_wallet(scene, Way::Qr, Proof::Mac)
        }),
        wallet("ours::ours::nfc_with_mac", |scene| {
            with_a_wallet(scene, Way::Nfc, Proof::Mac)
        }),
    ]
}

fn scene(bench: &Bench) -> Result<&Scene, Failed> {
    bench.scene(Document::Licence, Keys::P256)
}

const WISHES: &[Wish] = &[
    (ISO_18013, "family_name", true),
    (ISO_18013, "driving_privileges", false),
    (ISO_18013, "age_over_21", false),
];
const MORE_WISHES: &[Wish] = &[(ISO_18013, "portrait", false)];

/// Two requests in one session, and its end.
fn with_isomdl(scene: &Scene, isomdl: &Peer) -> Result<(), Failed> {
    let reader = Reader::new(Algorithm::P256, Purpose::Reading, scene.now);
    let mut order = scene.order(Signer::Sound);
    order["op"] = json!("engage");
    order["reader_anchors"] = json!([reader.anchor()]);
    let qr = isomdl.ask(&order)?;
    let engaged = engage(qr["qr"].as_str().ok_or("no code")?)?;

    let asking = Asking {
        scene,
        reader: &reader,
        order: &order,
    };
    let (requested, request) = asking.request(WISHES, engaged.transcript())?;
    let (session, establishment) = engaged.establish(request.octets())?;
    let answer = respond(isomdl, &establishment)?;
    let mut session = asking.receive(session, &answer, &requested)?;

    let (requested, request) = asking.request(MORE_WISHES, session.transcript())?;
    let answer = respond(isomdl, &session.send(request.octets())?)?;
    let session = asking.receive(session, &answer, &requested)?;

    let (end, _) = session.terminate();
    let message = STANDARD.encode(end);
    match isomdl.ask(&json!({"op": "respond", "message": message})) {
        Ok(_) => Err("it answers after the end".into()),
        Err(_) => Ok(()),
    }
}

/// isomdl's response, if it knows the reader.
fn respond(isomdl: &Peer, message: &[u8]) -> Result<Vec<u8>, Failed> {
    let message = STANDARD.encode(message);
    let answer = isomdl.ask(&json!({"op": "respond", "message": message}))?;
    if answer["request"]["reader_authentication"] != "Valid" {
        return Err(answer["request"].to_string().into());
    }
    testbed::octets(&answer["response"])
}

/// A reader that asks for parts of an order.
struct Asking<'a> {
    scene: &'a Scene,
    reader: &'a Reader,
    order: &'a Value,
}

impl Asking<'_> {
    fn request(
        &self,
        elements: &[Wish],
        transcript: &tashika::mdoc::SessionTranscript,
    ) -> Result<(Requested, DeviceRequest), Failed> {
        let requested = Requested::one(wishes(MDL, elements)?)?;
        let identity = [self.reader.identity()?];
        let signed = ReaderAuthentication::Signed(&identity);
        let request = DeviceRequest::new(&requested, &Edition::First, signed, transcript)?;
        Ok((requested, request))
    }

    /// Opens, verifies and compares; a MAC is as good as a signature.
    fn receive(
        &self,
        session: ReaderSession,
        message: &[u8],
        requested: &Requested,
    ) -> Result<ReaderSession, Failed> {
        let Received::Message(response, session) = session.receive(message)? else {
            return Err("the session ended".into());
        };
        let anchor = self.scene.anchor();
        let proof =
            sdk::verify_in_session(&anchor, requested, &response, &session, self.scene.now)?;
        sdk::compare(&proof, self.order)?;
        Ok(session)
    }
}

#[derive(Clone, Copy)]
enum Way {
    Qr,
    Nfc,
}

fn with_a_wallet(scene: &Scene, way: Way, proof: Proof) -> Result<(), Failed> {
    let reader = Reader::new(Algorithm::P256, Purpose::Reading, scene.now);
    let order = scene.order(Signer::Sound);
    let engagement = engagement();
    let wallet = wallet(reader.trust(), &order)?.proof(proof);
    let (engaged, handover) = match way {
        Way::Qr => (engage(&engagement.uri())?, Handover::Qr),
        Way::Nfc => touch(&engagement)?,
    };
    let asking = Asking {
        scene,
        reader: &reader,
        order: &order,
    };
    let (requested, request) = asking.request(WISHES, engaged.transcript())?;
    let (session, establishment) = engaged.establish(request.octets())?;
    let (_, answer) = wallet.answer_proximity(&engagement, &handover, &establishment)?;
    asking.receive(session, &answer.encode(), &requested)?;
    Ok(())
}

fn wallet(trust: ReaderTrust, order: &Value) -> Result<Wallet, Failed> {
    let wallet = Wallet::new(trust, Rng::from_seed(11));
    Ok(wallet.holder(testbed::holder(order)?))
}

/// Static handover by NFC.
fn touch(engagement: &Engagement) -> Result<(Engaged, Handover), Failed> {
    let select = engagement.handover_select(b"\x02\x1c\x01");
    let handover = NfcHandover::from_select(&select)?;
    let key = EphemeralKey::generate(handover.engagement().curve())?;
    Ok((
        Engaged::by_nfc(&handover, key)?,
        Handover::Nfc(select, None),
    ))
}

/// isomdl on both sides.
fn isomdl_alone(scene: &Scene, isomdl: &Peer) -> Result<(), Failed> {
    let mut order = scene.order(Signer::Sound);
    order["op"] = json!("engage");
    let engaged = isomdl.ask(&order)?;
    let message = ask(scene, isomdl, &engaged["qr"])?;
    let responded = isomdl.ask(&json!({"op": "respond", "message": message}))?;
    read(isomdl, &responded["response"])
}

/// isomdl's reader, which does not sign.
fn isomdl_with_a_wallet(scene: &Scene, isomdl: &Peer) -> Result<(), Failed> {
    let order = scene.order(Signer::Sound);
    let engagement = engagement();
    let message = testbed::octets(&ask(scene, isomdl, &json!(engagement.uri()))?)?;
    let wallet = wallet(ReaderTrust::new(scene.now), &order)?.answer_anybody();
    let (_, answer) = wallet.answer_proximity(&engagement, &Handover::Qr, &message)?;
    read(isomdl, &json!(STANDARD.encode(answer.encode())))
}

fn ask(scene: &Scene, isomdl: &Peer, qr: &Value) -> Result<Value, Failed> {
    let asked = isomdl.ask(&json!({
        "op": "ask",
        "qr": qr,
        "requested": {ISO_18013: ["age_over_21"]},
        "anchors": [STANDARD.encode(scene.anchor())],
    }))?;
    Ok(asked["message"].clone())
}

fn read(isomdl: &Peer, response: &Value) -> Result<(), Failed> {
    let read = json!({"op": "read", "response": response});
    isomdl.verify(&read)?.map_err(Failed::from)
}
