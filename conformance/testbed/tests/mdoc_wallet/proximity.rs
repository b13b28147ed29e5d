//! Sessions with a reader nearby.

use tashika_testbed::{
    Algorithm, KeyPair,
    mdoc::{Cbor, CoseKey, Form, Handover, MdocTestbed, Proof, Refusal, Session, Side, Transcript},
};

use crate::reader::{Ask, NOW, Signed};

struct Nearby {
    testbed: MdocTestbed,
    reader: KeyPair,
    handover: Handover,
}

impl Nearby {
    fn new() -> Self {
        let testbed = MdocTestbed::from_seed(7, NOW);
        Self {
            reader: testbed.key(Algorithm::P256, "reader session"),
            handover: Handover::Qr,
            testbed,
        }
    }

    fn reader_key(&self) -> Cbor {
        Cbor::tag24(CoseKey::of(&self.reader.public()))
    }

    /// The reader's side.
    fn session(&self) -> Session {
        let engagement = self.testbed.engagement();
        let key = self.reader_key();
        let transcript = match &self.handover {
            Handover::Qr => Transcript::qr(&engagement.tagged(), &key),
            Handover::Nfc(select, request) => {
                Transcript::nfc(&engagement.tagged(), &key, select, request.as_deref())
            }
        };
        Session::with_keys(
            Side::Reader,
            transcript,
            &self.reader,
            &engagement.key().public(),
        )
    }

    fn establishment(&self, session: &mut Session) -> Cbor {
        let transcript = session.transcript().clone();
        let request = Ask::new(&self.testbed, &transcript, Signed::ByDocument).build();
        let data = session.seal(&request.encode());
        Cbor::map([("eReaderKey", self.reader_key()), ("data", data.into())])
    }

    fn answer(&self, establishment: &Cbor, proof: Proof) -> Result<(Session, Cbor), Refusal> {
        let wallet = self.testbed.wallet().proof(proof);
        wallet.answer_proximity(
            &self.testbed.engagement(),
            &self.handover,
            &establishment.encode(),
        )
    }
}

#[test]
fn a_session_from_request_to_response() {
    for handover in [Handover::Qr, Handover::Nfc(b"select".to_vec(), None)] {
        for (proof, name) in [
            (Proof::Signature, "deviceSignature"),
            (Proof::Mac, "deviceMac"),
        ] {
            let nearby = Nearby {
                handover: handover.clone(),
                ..Nearby::new()
            };
            let mut session = nearby.session();
            let establishment = nearby.establishment(&mut session);
            let (mut device, answer) = nearby.answer(&establishment, proof).unwrap();
            let response = Cbor::decode(&session.receive(&answer.encode()).unwrap()).unwrap();
            let path = format!("documents/0/deviceSigned/deviceAuth/{name}");
            assert!(response.get(&path).is_some());

            assert_eq!(
                device.receive(&session.send(b"more").encode()),
                Ok(b"more".to_vec())
            );
            assert_eq!(
                device.receive(&Session::status(20).encode()),
                Err(Refusal::Ended)
            );
        }
    }
}

#[test]
fn sessions_that_do_not_begin() {
    let nearby = Nearby::new();
    let refusal = |change: fn(&mut Cbor) -> &mut Cbor| {
        let mut establishment = nearby.establishment(&mut nearby.session());
        change(&mut establishment);
        nearby.answer(&establishment, Proof::Mac).err()
    };
    assert_eq!(refusal(|message| message), None);
    let no_key = refusal(|message| message.remove("eReaderKey"));
    assert_eq!(no_key, Some(Refusal::Malformed));
    let off_the_curve = refusal(|message| message.set("eReaderKey/-3", vec![1; 32]));
    assert_eq!(off_the_curve, Some(Refusal::Key));
    let cut = refusal(|message| message.set("data", vec![1; 32]));
    assert_eq!(cut, Some(Refusal::Decryption));
    // The transcript covers the key as it was written.
    let encoded_again = refusal(|message| message.edit("eReaderKey", |key| key.formed(Form::Four)));
    assert_eq!(encoded_again, Some(Refusal::Decryption));
}

#[test]
fn counters_tell_messages_apart() {
    let nearby = Nearby::new();
    let mut session = nearby.session();
    let establishment = nearby.establishment(&mut session);
    let (mut device, answer) = nearby.answer(&establishment, Proof::Signature).unwrap();
    let answer = answer.encode();
    assert!(session.receive(&answer).is_ok());
    assert_eq!(session.receive(&answer), Err(Refusal::Decryption));
    device.set_counters(7, 2);
    assert_eq!(
        session.receive(&device.send(b"late").encode()),
        Err(Refusal::Decryption)
    );
    session.set_counters(2, 7);
    device.set_counters(7, 2);
    assert_eq!(
        session.receive(&device.send(b"late").encode()),
        Ok(b"late".to_vec())
    );
}
