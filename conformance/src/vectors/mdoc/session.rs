//! Sessions in proximity: engagement, keys, order and end (ISO/IEC 18013-5, 8.2
//! and 9.1.1).

use tashika_testbed::{
    Algorithm, KeyPair,
    mdoc::{Cbor, Engagement, Response, Session, Side, Transcript as Made},
};

use super::{Case, Desk, Procedure, Vector};
use crate::vectors::presentation;

const CHECK: &str = "mdoc.session";
const MALFORMED: &str = "input.session";
const ENGAGEMENT: &str = "mdoc.engagement";
const SEAL: &str = "mdoc.session_seal";
const ENDED: &str = "mdoc.session_ended";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        sound(desk),
        engagements(desk),
        handovers(desk),
        messages(desk),
        order(desk),
        ends(desk),
    ]
    .concat()
}

/// What both sides have: the device's engagement, and our key.
struct Scene<'d> {
    desk: &'d Desk<'d>,
    engagement: Engagement,
    key: KeyPair,
}

impl<'d> Scene<'d> {
    fn new(desk: &'d Desk<'d>, algorithm: Algorithm) -> Self {
        let engagement = Engagement::new(desk.testbed.key(algorithm, "mdoc device in session"));
        let key = desk.testbed.key(algorithm, "mdoc session");
        Self {
            desk,
            engagement,
            key,
        }
    }

    fn transcript(&self) -> Made {
        let key = Cbor::Raw(super::transcript::reader_key(&self.key));
        Made::qr(&self.engagement.tagged(), &key)
    }

    /// The device's side of the session.
    fn device(&self) -> Session {
        let key = self.engagement.key();
        Session::with_keys(Side::Device, self.transcript(), key, &self.key.public())
    }

    fn response(&self) -> Vec<u8> {
        let transcript = self.transcript();
        let document = self
            .desk
            .present_in(&transcript, self.desk.card(), |p| p.signed());
        Response::of(document).encode()
    }

    fn sent(&self) -> Cbor {
        self.device().send(&self.response())
    }

    fn case(&self, text: [&str; 3], engaged: presentation::Engagement, messages: &[Cbor]) -> Case {
        let session = presentation::Session {
            engagement: engaged,
            messages: messages.iter().map(|m| m.encode().into()).collect(),
        };
        self.desk
            .case(text, Vec::new())
            .procedure(Procedure::MdocSession)
            .asked(|asked| {
                asked.response = None;
                asked.transcript = None;
                asked.reader_key = self.key.scalar().map(Into::into);
                asked.session = Some(session);
            })
    }

    fn qr(&self) -> presentation::Engagement {
        presentation::Engagement::Qr {
            uri: self.engagement.uri(),
        }
    }

    fn given(&self, id: &str, note: &str, messages: &[Cbor]) -> Case {
        let clause = "ISO/IEC 18013-5, 9.1.1.4 and 9.1.1.5";
        self.case([id, clause, note], self.qr(), messages)
    }
}

fn nfc(select: &[u8], request: Option<&[u8]>) -> presentation::Engagement {
    presentation::Engagement::Nfc {
        select: select.to_vec().into(),
        request: request.map(|request| request.to_vec().into()),
    }
}

fn sound(desk: &Desk<'_>) -> Vec<Vector> {
    let accepted = "mdoc.device_auth";
    let scene = Scene::new(desk, Algorithm::P256);
    let on_p384 = Scene::new(desk, Algorithm::P384);
    let reader = scene.key.public();
    let mac = desk.present_in(&scene.transcript(), desk.card(), |p| {
        p.authenticated(&reader)
    });
    let mac = Response::of(mac).encode();
    let mut device = scene.device();
    let two = [device.send(&[0xA0]), device.send(&scene.response())];
    let last = scene.device().send_with_status(&scene.response(), 20);
    vec![
        scene
            .given(
                "mdoc_session/qr",
                "In a session, engaged by a QR code.",
                &[scene.sent()],
            )
            .accepted(accepted),
        on_p384
            .given(
                "mdoc_session/p384",
                "In a session, with keys on P-384.",
                &[on_p384.sent()],
            )
            .accepted(accepted),
        scene
            .given(
                "mdoc_session/mac",
                "In a session, with a MAC.",
                &[scene.device().send(&mac)],
            )
            .accepted(accepted),
        scene
            .given(
                "mdoc_session/second",
                "In a session, as its second message.",
                &two,
            )
            .accepted(accepted),
        scene
            .given(
                "mdoc_session/last",
                "In a session, as its last message.",
                &[last],
            )
            .accepted(accepted),
    ]
}

fn engagements(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC 18013-5, 8.2.1.1 and 8.2.2.3";
    let scene = Scene::new(desk, Algorithm::P256);
    let sent = [scene.sent()];
    let uri = |id, note, uri: String| {
        scene.case(
            [id, clause, note],
            presentation::Engagement::Qr { uri },
            &sent,
        )
    };
    let edited = |id, note, change: &dyn Fn(&mut Cbor)| {
        let engagement = scene.engagement.clone().edit(|item| {
            change(item);
            item
        });
        uri(id, note, engagement.uri())
    };
    let mut minor = Scene::new(desk, Algorithm::P256);
    minor.engagement = minor.engagement.edit(|item| item.set("0", "1.1"));
    let whole = scene.engagement.uri();
    let bare = whole.strip_prefix("mdoc:").unwrap_or_default();
    vec![
        uri(
            "mdoc_session/scheme_capitals",
            "The scheme is in capitals.",
            format!("MDOC:{bare}"),
        )
        .accepted("mdoc.device_auth"),
        uri(
            "mdoc_session/scheme_other",
            "The scheme is another.",
            format!("https:{bare}"),
        )
        .refused(CHECK, MALFORMED),
        uri(
            "mdoc_session/scheme_absent",
            "There is no scheme.",
            bare.to_owned(),
        )
        .refused(CHECK, MALFORMED),
        uri(
            "mdoc_session/uri_slashes",
            "Slashes follow the scheme.",
            format!("mdoc://{bare}"),
        )
        .refused(CHECK, MALFORMED),
        uri(
            "mdoc_session/uri_padded",
            "The engagement is padded.",
            format!("{whole}="),
        )
        .refused(CHECK, MALFORMED),
        minor
            .given(
                "mdoc_session/engagement_version_1_1",
                "The engagement is of version 1.1.",
                &[minor.sent()],
            )
            .accepted("mdoc.device_auth"),
        edited(
            "mdoc_session/engagement_version_2",
            "The engagement is of version 2.0.",
            &|e| {
                e.set("0", "2.0");
            },
        )
        .refused(CHECK, ENGAGEMENT),
        edited(
            "mdoc_session/engagement_no_version",
            "The engagement has no version.",
            &|e| {
                e.remove("0");
            },
        )
        .refused(CHECK, MALFORMED),
        edited(
            "mdoc_session/engagement_no_security",
            "The engagement has no key.",
            &|e| {
                e.remove("1");
            },
        )
        .refused(CHECK, MALFORMED),
        edited(
            "mdoc_session/engagement_suite",
            "The cipher suite is unknown.",
            &|e| {
                e.set("1/0", 2);
            },
        )
        .refused(CHECK, ENGAGEMENT),
        edited(
            "mdoc_session/engagement_curve",
            "The key of the device is on a curve that is unknown.",
            &|e| {
                e.set("1/1/-1", Cbor::from(4));
            },
        )
        .refused(CHECK, ENGAGEMENT),
        edited(
            "mdoc_session/engagement_off_curve",
            "The key of the device is off its curve.",
            &|e| {
                e.set("1/1/-2", vec![7; 32]);
            },
        )
        .refused(CHECK, ENGAGEMENT),
        edited(
            "mdoc_session/engagement_key_bare",
            "The key of the device stands without its tag.",
            &|e| {
                let key = e.at("1/1").as_bytes();
                *e.at("1/1") = key.map_or(Cbor::NULL, Cbor::from);
            },
        )
        .refused(CHECK, MALFORMED),
        edited(
            "mdoc_session/engagement_twice",
            "The version stands twice.",
            &|e| {
                e.duplicate("0");
            },
        )
        .refused("mdoc.encoding", "input.cbor_duplicate"),
    ]
}

fn handovers(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC 18013-5, 8.2.2.1; NFC Forum, Connection Handover 1.5";
    let mut scene = Scene::new(desk, Algorithm::P256);
    scene.engagement = Engagement::for_nfc(scene.engagement.key().clone());
    let select = scene.engagement.handover_select(&[0x02, 0x1C, 0x01]);
    let request = b"\x91\x02\x0aHr\x15";
    let sent = |request: Option<&[u8]>, select: &[u8]| {
        let key = Cbor::Raw(super::transcript::reader_key(&scene.key));
        let transcript = Made::nfc(&scene.engagement.tagged(), &key, select, request);
        let document = desk.present_in(&transcript, desk.card(), |p| p.signed());
        let own = scene.engagement.key();
        let mut device = Session::with_keys(Side::Device, transcript, own, &scene.key.public());
        [device.send(&Response::of(document).encode())]
    };
    let case =
        |id, note, engaged, messages: &[Cbor]| scene.case([id, clause, note], engaged, messages);
    let changed = |from: u8, to: u8| {
        let mut select = select.clone();
        if let Some(octet) = select.iter_mut().find(|octet| **octet == from) {
            *octet = to;
        }
        select
    };
    let mut cut = select.clone();
    cut.pop();
    vec![
        case(
            "mdoc_session/nfc",
            "In a session, engaged by NFC.",
            nfc(&select, None),
            &sent(None, &select),
        )
        .accepted("mdoc.device_auth"),
        case(
            "mdoc_session/nfc_negotiated",
            "In a session, engaged by NFC with negotiation.",
            nfc(&select, Some(request)),
            &sent(Some(request), &select),
        )
        .accepted("mdoc.device_auth"),
        case(
            "mdoc_session/nfc_request_unknown",
            "The device was engaged with negotiation, of which we do not know.",
            nfc(&select, None),
            &sent(Some(request), &select),
        )
        .refused(CHECK, SEAL),
        case(
            "mdoc_session/nfc_version",
            "The handover is of version 2.",
            nfc(&changed(0x15, 0x25), None),
            &sent(None, &select),
        )
        .refused(CHECK, ENGAGEMENT),
        case(
            "mdoc_session/nfc_cut",
            "The Handover Select message lacks its last octet.",
            nfc(&cut, None),
            &sent(None, &select),
        )
        .refused(CHECK, MALFORMED),
        case(
            "mdoc_session/nfc_trailing",
            "An octet follows the Handover Select message.",
            nfc(&[&select[..], &[0]].concat(), None),
            &sent(None, &select),
        )
        .refused(CHECK, MALFORMED),
        case(
            "mdoc_session/nfc_empty",
            "There is no Handover Select message.",
            nfc(&[], None),
            &sent(None, &select),
        )
        .refused(CHECK, MALFORMED),
    ]
}

/// What is no message.
fn messages(desk: &Desk<'_>) -> Vec<Vector> {
    let scene = Scene::new(desk, Algorithm::P256);
    let bad = |id, note, message: Cbor| scene.given(id, note, &[message]).refused(CHECK, MALFORMED);
    let data = || scene.sent().get("data").unwrap_or(Cbor::NULL);
    let sealed = |change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let octets = change(data().as_bytes().unwrap_or_default());
        Cbor::map([("data", Cbor::from(octets))])
    };
    let seal = |id, note, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        scene
            .given(id, note, &[sealed(change)])
            .refused(CHECK, SEAL)
    };
    let flip = |mut octets: Vec<u8>| {
        octets.iter_mut().take(1).for_each(|octet| *octet ^= 1);
        octets
    };
    vec![
        bad(
            "mdoc_session/message_empty",
            "A message is an empty map.",
            Cbor::empty_map(),
        ),
        bad(
            "mdoc_session/message_array",
            "A message is an array.",
            Cbor::array([data()]),
        ),
        bad(
            "mdoc_session/message_text",
            "The data of a message is text.",
            Cbor::map([("data", Cbor::from("a"))]),
        ),
        bad(
            "mdoc_session/message_none",
            "A message has no octets.",
            Cbor::Raw(Vec::new()),
        ),
        bad(
            "mdoc_session/status_unknown",
            "A message has an unknown status.",
            scene.device().send_with_status(&scene.response(), 12),
        ),
        bad(
            "mdoc_session/status_text",
            "The status of a message is text.",
            Cbor::map([("status", Cbor::from("20"))]),
        ),
        seal(
            "mdoc_session/changed",
            "A bit of a message is flipped.",
            &flip,
        ),
        seal(
            "mdoc_session/cut",
            "A message is shorter than its tag.",
            &|octets| octets.into_iter().take(8).collect(),
        ),
        seal(
            "mdoc_session/cleartext",
            "A message is not encrypted.",
            &|_| scene.response(),
        ),
        seal(
            "mdoc_session/empty",
            "The data of a message is empty.",
            &|_| Vec::new(),
        ),
        scene
            .given(
                "mdoc_session/response_of_another",
                "The response in a message is another session's.",
                &[{
                    let taken = desk.document(desk.card());
                    scene.device().send(&Response::of(taken).encode())
                }],
            )
            .refused("mdoc.device_auth", "mdoc.device_signature"),
    ]
}

/// Keys and counters.
fn order(desk: &Desk<'_>) -> Vec<Vector> {
    let scene = Scene::new(desk, Algorithm::P256);
    let seal = |id, note, messages: &[Cbor]| scene.given(id, note, messages).refused(CHECK, SEAL);
    let counted = |counter| {
        let mut device = scene.device();
        device.set_counters(counter, 1);
        device.send(&scene.response())
    };
    let with = |transcript: Made, own: &KeyPair| {
        let mut device = Session::with_keys(Side::Device, transcript, own, &scene.key.public());
        device.send(&scene.response())
    };
    let device_key = scene.engagement.key();
    let other = desk.testbed.key(Algorithm::P256, "mdoc device of another");
    let mut as_reader = Session::with_keys(
        Side::Reader,
        scene.transcript(),
        device_key,
        &scene.key.public(),
    );
    vec![
        seal(
            "mdoc_session/replayed",
            "A message comes twice.",
            &[scene.sent(), scene.sent()],
        ),
        seal(
            "mdoc_session/skipped",
            "The first message is counted as the second.",
            &[counted(2)],
        ),
        seal(
            "mdoc_session/from_zero",
            "The first message is counted as none.",
            &[counted(0)],
        ),
        seal(
            "mdoc_session/reflected",
            "A message of the reader comes back.",
            &[as_reader.send(&scene.response())],
        ),
        seal(
            "mdoc_session/other_device",
            "Another device sends a message.",
            &[with(scene.transcript(), &other)],
        ),
        seal(
            "mdoc_session/other_transcript",
            "The keys are derived from another transcript.",
            &[with(
                Made::qr(
                    &scene.engagement.tagged(),
                    &Cbor::Raw(super::transcript::reader_key(&other)),
                ),
                device_key,
            )],
        ),
    ]
}

fn ends(desk: &Desk<'_>) -> Vec<Vector> {
    let scene = Scene::new(desk, Algorithm::P256);
    let status = |id, note, status, code| {
        scene
            .given(id, note, &[Session::status(status)])
            .refused(CHECK, code)
    };
    let failed = "mdoc.session_error";
    vec![
        status(
            "mdoc_session/ended",
            "The device ends the session.",
            20,
            ENDED,
        ),
        status(
            "mdoc_session/could_not_decrypt",
            "The device could not decrypt.",
            10,
            failed,
        ),
        status(
            "mdoc_session/could_not_decode",
            "The device could not decode.",
            11,
            failed,
        ),
        scene
            .given(
                "mdoc_session/error_with_data",
                "The device sends data, and that it could not decrypt.",
                &[scene.device().send_with_status(&scene.response(), 10)],
            )
            .refused(CHECK, failed),
    ]
}
