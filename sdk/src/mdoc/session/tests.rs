//! A session against a wallet that is written out here.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};

use super::*;
use crate::mdoc::cbor::Reader;
use crate::mdoc::cose::CoseKey;
use crate::mdoc::engagement::tests::{engagement, select};
use crate::mdoc::{Curve, Flow};

/// The other side, by RFC 5869 and NIST SP 800-38D spelled out.
pub(super) struct Wallet {
    keys: [LessSafeKey; 2],
    counts: [u32; 2],
}

const READER: usize = 0;
const DEVICE: usize = 1;

impl Wallet {
    fn new(key: &EphemeralKey, session: &ReaderSession) -> Self {
        let point = session.key().point();
        let agreed = key.agree(point, Code::MdocEngagement).unwrap();
        let transcript = [
            &[0xd8, 0x18][..],
            &write::bytes(&[session.transcript().octets()]),
        ];
        let salt = digest::digest(&digest::SHA256, &transcript.concat());
        let mac = |key: &[u8], data: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key);
            hmac::sign(&key, data).as_ref().to_vec()
        };
        let extracted = mac(salt.as_ref(), &agreed);
        let keys = ["SKReader\x01", "SKDevice\x01"].map(|info| {
            let key = mac(&extracted, info.as_bytes());
            LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap())
        });
        let counts = [0; 2];
        Self { keys, counts }
    }

    fn nonce(&mut self, side: usize) -> Nonce {
        self.counts[side] += 1;
        let mut nonce = [0; 12];
        nonce[7] = u8::try_from(side).unwrap();
        nonce[8..].copy_from_slice(&self.counts[side].to_be_bytes());
        Nonce::assume_unique_for_key(nonce)
    }

    /// A message with `status` beside what is sealed in it.
    fn sealed(&mut self, message: &[u8], status: Option<u64>) -> Vec<u8> {
        let nonce = self.nonce(DEVICE);
        let mut data = message.to_vec();
        self.keys[DEVICE]
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut data)
            .unwrap();
        let mut entries = vec![(write::text("data"), write::bytes(&[&data]))];
        let status = status.map(|number| (write::text("status"), write::unsigned(number)));
        entries.extend(status);
        write::map(entries)
    }

    pub(super) fn seal(&mut self, message: &[u8]) -> Vec<u8> {
        self.sealed(message, None)
    }

    /// What the reader sealed into a message.
    pub(super) fn open(&mut self, message: &[u8]) -> Vec<u8> {
        let mut data = None;
        let mut reader = Reader::only(message, Code::InputSession).unwrap();
        let outcome = reader.map(|key, value| {
            if key.is("data") {
                data = Some(value.bytes()?.into_owned());
            }
            Ok(())
        });
        outcome.unwrap();
        let nonce = self.nonce(READER);
        let mut data = data.unwrap();
        let opened = self.keys[READER].open_in_place(nonce, Aad::empty(), &mut data);
        opened.unwrap().to_vec()
    }
}

fn engaged(curve: Curve) -> (Engaged, EphemeralKey) {
    let device = EphemeralKey::generate(curve).unwrap();
    let engagement = DeviceEngagement::from_cbor(&engagement(&device)).unwrap();
    let key = EphemeralKey::generate(engagement.curve()).unwrap();
    (Engaged::by_qr(&engagement, key).unwrap(), device)
}

/// A session whose first request has been read.
pub(super) fn established(curve: Curve) -> (ReaderSession, Wallet) {
    let (engaged, device) = engaged(curve);
    let (session, establishment) = engaged.establish(b"request").unwrap();
    let mut wallet = Wallet::new(&device, &session);
    assert_eq!(wallet.open(&establishment), b"request");
    (session, wallet)
}

fn message(received: Received) -> (Bytes, ReaderSession) {
    match received {
        Received::Message(message, session) => (message, session),
        Received::Last(..) => panic!("{received:?}"),
    }
}

fn refused(session: ReaderSession, message: &[u8]) -> Code {
    session.receive(message).unwrap_err().code()
}

#[test]
fn messages_go_back_and_forth() {
    for curve in [Curve::P256, Curve::P384] {
        let (mut session, mut wallet) = established(curve);
        for round in 0..3_u8 {
            let received = session.receive(&wallet.seal(&[round]));
            let (response, next) = message(received.unwrap());
            assert_eq!(*response, [round]);
            session = next;
            let request = session.send(&[round, round]).unwrap();
            assert_eq!(wallet.open(&request), [round, round]);
        }
        let point = session.key().point().to_vec();
        let (termination, closed) = session.terminate();
        assert_eq!(termination, SessionStatus::Termination.session_data());
        assert_eq!(closed.key().point(), point);
    }
}

#[test]
fn the_establishment_names_our_key_and_the_transcript_both() {
    let (engaged, _) = engaged(Curve::P256);
    let transcript = engaged.transcript().clone();
    assert_eq!(transcript.flow(), Flow::Qr);
    let (session, establishment) = engaged.establish(b"request").unwrap();
    assert_eq!(*session.transcript(), transcript);
    let mut key = None;
    let mut reader = Reader::only(&establishment, Code::InputSession).unwrap();
    let outcome = reader.map(|name, value| {
        if name.is("eReaderKey") {
            key = Some(value.embedded()?);
        }
        Ok(())
    });
    outcome.unwrap();
    let key = key.unwrap();
    let octets = transcript.octets();
    assert!(octets.windows(key.raw.len()).any(|part| part == key.raw));
    let mut reader = key.reader(Code::InputSession).unwrap();
    let key = CoseKey::read(&mut reader, Code::InputSession).unwrap();
    assert_eq!(key.point(), session.key().point());
}

#[test]
fn nfc_has_a_transcript_of_its_own() {
    let device = EphemeralKey::generate(Curve::P256).unwrap();
    let message = select(&device);
    let engaged = |handover: &NfcHandover| {
        let key = EphemeralKey::from_entropy(Curve::P256, &[1; 32]).unwrap();
        Engaged::by_nfc(handover, key).unwrap()
    };
    let fixed = engaged(&NfcHandover::from_select(&message).unwrap());
    assert_eq!(fixed.transcript().flow(), Flow::Nfc);
    let negotiated = engaged(&NfcHandover::negotiated(&[7], &message).unwrap());
    assert_ne!(fixed.transcript(), negotiated.transcript());
    let (session, establishment) = fixed.establish(b"request").unwrap();
    let mut wallet = Wallet::new(&device, &session);
    assert_eq!(wallet.open(&establishment), b"request");
}

#[test]
fn the_wallet_may_end_the_session() {
    let (session, mut wallet) = established(Curve::P256);
    let transcript = session.transcript().clone();
    let last = session.receive(&wallet.sealed(b"response", Some(20)));
    let Ok(Received::Last(response, closed)) = last else {
        panic!("{last:?}");
    };
    assert_eq!(response, "response");
    assert_eq!(*closed.transcript(), transcript);

    let status = |status: SessionStatus| {
        let (session, _) = established(Curve::P256);
        refused(session, &status.session_data())
    };
    assert_eq!(status(SessionStatus::Termination), Code::MdocSessionEnded);
    assert_eq!(
        status(SessionStatus::EncryptionError),
        Code::MdocSessionError
    );
    assert_eq!(status(SessionStatus::DecodingError), Code::MdocSessionError);
}

#[test]
fn messages_open_once_and_in_order() {
    let seal = Code::MdocSessionSeal;
    let (session, mut wallet) = established(Curve::P256);
    let first = wallet.seal(b"first");
    let (_, session) = message(session.receive(&first).unwrap());
    assert_eq!(refused(session, &first), seal);

    let (session, mut wallet) = established(Curve::P256);
    let _first = wallet.seal(b"first");
    assert_eq!(refused(session, &wallet.seal(b"second")), seal);

    // The reader's own message, turned back.
    let (mut session, _) = established(Curve::P256);
    let request = session.send(b"request").unwrap();
    assert_eq!(refused(session, &request), seal);
}

#[test]
fn what_was_changed_or_is_of_another_session_does_not_open() {
    let seal = Code::MdocSessionSeal;
    let (session, mut wallet) = established(Curve::P256);
    let mut changed = wallet.seal(b"response");
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(refused(session, &changed), seal);
    let (session, _) = established(Curve::P256);
    let (_, mut wallet) = established(Curve::P256);
    assert_eq!(refused(session, &wallet.seal(b"response")), seal);
    let (session, _) = established(Curve::P256);
    assert_eq!(refused(session, &message::data(&[0; 15])), seal);
}

#[test]
fn what_is_no_message_ends_the_session() {
    let (session, _) = established(Curve::P256);
    assert_eq!(refused(session, &[0xa0]), Code::InputSession);
}

#[test]
fn no_nonce_is_used_twice() {
    let (mut session, _) = established(Curve::P256);
    session.cipher.reader.count = u32::MAX - 1;
    assert!(session.send(b"last").is_ok());
    for _ in 0..2 {
        let error = session.send(b"one more").unwrap_err();
        assert_eq!(error.code(), Code::MdocSessionEnded);
    }
    let (mut session, mut wallet) = established(Curve::P256);
    session.cipher.device.count = u32::MAX;
    let response = wallet.seal(b"response");
    assert_eq!(refused(session, &response), Code::MdocSessionEnded);
}

#[test]
fn the_keys_are_of_one_curve() {
    let device = EphemeralKey::generate(Curve::P256).unwrap();
    let octets = engagement(&device);
    let sound = DeviceEngagement::from_cbor(&octets).unwrap();
    let key = EphemeralKey::generate(Curve::P384).unwrap();
    let error = Engaged::by_qr(&sound, key).unwrap_err();
    assert_eq!(error.code(), Code::MisuseArgument);

    let point = device.point();
    let at = octets.windows(32).position(|w| *w == point[33..]).unwrap();
    let mut octets = octets;
    octets[at] ^= 1;
    let off_curve = DeviceEngagement::from_cbor(&octets).unwrap();
    let key = EphemeralKey::generate(Curve::P256).unwrap();
    let error = Engaged::by_qr(&off_curve, key).unwrap_err();
    assert_eq!(error.code(), Code::MdocEngagement);
}

#[test]
fn nothing_of_a_session_is_printed() {
    let (engaged, _) = engaged(Curve::P256);
    let printed = format!("{engaged:?}");
    assert_eq!(printed, "Engaged(SessionTranscript(qr))");
    let (session, mut wallet) = established(Curve::P256);
    let printed = format!("{session:?}");
    assert_eq!(printed, "ReaderSession(SessionTranscript(qr))");
    let received = session.receive(&wallet.seal(b"secret")).unwrap();
    assert_eq!(
        format!("{received:?}"),
        "Message([redacted], ReaderSession(SessionTranscript(qr)))"
    );
    let (_, closed) = message(received).1.terminate();
    let last = Received::Last(Bytes::from_static(b"secret"), closed);
    assert_eq!(
        format!("{last:?}"),
        "Last([redacted], ClosedSession(SessionTranscript(qr)))"
    );
}
