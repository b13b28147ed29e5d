//! `org-iso-mdoc`, and the checks of DeviceRequests.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika_testbed::{
    Algorithm, Credential, Extension, Hash, KeyPair, Scheme,
    mdoc::{Cbor, CoseKey, MdocTestbed, Refusal, Sealed, Sign1, Transcript, elements},
    oid,
};

use crate::reader::{Ask, NOW, ORIGIN, Signed, items};

fn encryption_info(recipient: &KeyPair) -> Cbor {
    let parameters = Cbor::map([
        ("nonce", Cbor::from(vec![7; 16])),
        ("recipientPublicKey", CoseKey::of(&recipient.public())),
    ]);
    Cbor::array(["dcapi".into(), parameters])
}

fn text(item: &Cbor) -> String {
    URL_SAFE_NO_PAD.encode(item.encode())
}

struct Exchange {
    testbed: MdocTestbed,
    recipient: KeyPair,
    info: String,
    transcript: Transcript,
}

impl Exchange {
    fn new() -> Self {
        let testbed = MdocTestbed::from_seed(5, NOW);
        let recipient = testbed.key(Algorithm::P256, "recipient");
        let info = text(&encryption_info(&recipient));
        let transcript = Transcript::annex_c(&info, ORIGIN);
        Self {
            testbed,
            recipient,
            info,
            transcript,
        }
    }

    fn ask(&self, signed: Signed) -> Ask<'_> {
        Ask::new(&self.testbed, &self.transcript, signed)
    }

    fn data(&self, request: &Cbor) -> Value {
        json!({ "deviceRequest": text(request), "encryptionInfo": self.info })
    }

    fn answer(&self, request: &Cbor) -> Result<Value, Refusal> {
        self.testbed
            .wallet()
            .answer_annex_c(&self.data(request), ORIGIN)
    }

    fn refusal(&self, request: &Cbor) -> Option<Refusal> {
        self.answer(request).err()
    }

    fn open(&self, answer: &Value) -> Cbor {
        let envelope = URL_SAFE_NO_PAD.decode(answer["response"].as_str().unwrap());
        let envelope = Cbor::decode(&envelope.unwrap()).unwrap();
        let part = |path| envelope.get(path).unwrap().as_bytes().unwrap();
        let sealed = Sealed {
            encapsulated: part("1/enc"),
            ciphertext: part("1/cipherText"),
        };
        let response = sealed.open(&self.recipient, &self.transcript.encode());
        Cbor::decode(&response.unwrap()).unwrap()
    }
}

#[test]
fn what_is_asked_is_answered() {
    let exchange = Exchange::new();
    for signed in [Signed::ByDocument, Signed::Whole] {
        let response = exchange.open(&exchange.answer(&exchange.ask(signed).build()).unwrap());
        let document = response.get("documents/0").unwrap();
        assert_eq!(
            document.get("docType").unwrap().as_text(),
            Some(elements::JAPAN)
        );
        let name_spaces = document.get("issuerSigned/nameSpaces").unwrap();
        let count = |(_, items): &(Cbor, Cbor)| items.as_array().unwrap().len();
        let counts: Vec<_> = name_spaces.as_map().unwrap().iter().map(count).collect();
        assert_eq!(counts, [1, 1]);
    }
}

#[test]
fn documents_that_are_not_there_are_errors() {
    let exchange = Exchange::new();
    let mut other = items();
    other.set("docType", "org.example.other");
    let request = exchange
        .ask(Signed::Whole)
        .build_with(&other, |sign1| sign1);
    let response = exchange.open(&exchange.answer(&request).unwrap());
    assert_eq!(response.get("documents"), None);
    assert_eq!(
        response.get("documentErrors/0/org.example.other"),
        Some(0.into())
    );
}

#[test]
fn unsigned_requests_are_for_wallets_that_answer_anybody() {
    let exchange = Exchange::new();
    let request = exchange.ask(Signed::Nowhere).build();
    assert_eq!(exchange.refusal(&request), Some(Refusal::Unsigned));
    let mut wallet = exchange.testbed.wallet().answer_anybody();
    assert!(
        wallet
            .answer_annex_c(&exchange.data(&request), ORIGIN)
            .is_ok()
    );
}

#[test]
fn another_transcript_is_another_signature() {
    let exchange = Exchange::new();
    for signed in [Signed::ByDocument, Signed::Whole] {
        let slash = Transcript::annex_c(&exchange.info, "https://rp.test.example/");
        let ask = Ask {
            transcript: &slash,
            ..exchange.ask(signed)
        };
        assert_eq!(exchange.refusal(&ask.build()), Some(Refusal::Signature));
    }
}

#[test]
fn what_is_changed_after_signing_is_noticed() {
    let exchange = Exchange::new();
    let element = "docRequests/0/itemsRequest/nameSpaces/org.iso.23220.1/age_over_20";
    for signed in [Signed::ByDocument, Signed::Whole] {
        let mut request = exchange.ask(signed).build();
        request.set(element, true);
        assert_eq!(exchange.refusal(&request), Some(Refusal::Signature));
    }
    let mut request = exchange.ask(Signed::Whole).build();
    request.set("deviceRequestInfo/useCases", Cbor::NULL);
    assert_eq!(exchange.refusal(&request), Some(Refusal::Signature));
}

#[test]
fn signatures_of_another_form() {
    let exchange = Exchange::new();
    let refusal = |change: fn(Sign1) -> Sign1| {
        let request = exchange
            .ask(Signed::ByDocument)
            .build_with(&items(), change);
        exchange.refusal(&request)
    };
    assert_eq!(refusal(|sign1| sign1), None);
    assert_eq!(refusal(Sign1::without_chain), Some(Refusal::Chain));
    assert_eq!(
        refusal(|sign1| sign1.algorithm(-35)),
        Some(Refusal::Algorithm)
    );
    assert_eq!(refusal(Sign1::corrupt_signature), Some(Refusal::Signature));
    let der = |sign1: Sign1| sign1.scheme(Scheme::Ecdsa(Hash::Sha256));
    assert_eq!(refusal(der), Some(Refusal::Signature));
    let attached = |sign1: Sign1| sign1.attached(tashika_testbed::mdoc::Attached::Signed);
    assert_eq!(refusal(attached), Some(Refusal::Malformed));
}

#[test]
fn readers_that_are_not_known() {
    let exchange = Exchange::new();
    let testbed = &exchange.testbed;
    let refusal = |reader: &Credential| {
        let ask = Ask {
            reader,
            ..exchange.ask(Signed::Whole)
        };
        exchange.refusal(&ask.build())
    };
    let authority = testbed.reader_authority();
    let reader = testbed.reader();
    let leaf = || authority.reader(reader.key(), &[MdocTestbed::READER_HOST]);
    let with = |certificate| reader.with_certificate(certificate);

    let stranger = testbed.status_authority();
    assert_eq!(
        refusal(&with(leaf().sign(stranger.key()))),
        Some(Refusal::Untrusted)
    );
    let renamed = leaf().issuer(stranger.name()).sign(authority.key());
    assert_eq!(refusal(&with(renamed)), Some(Refusal::Untrusted));
    let expired = leaf().not_after(NOW - 1).sign(authority.key());
    assert_eq!(refusal(&with(expired)), Some(Refusal::Expired));
    let early = leaf().not_before(NOW + 1).sign(authority.key());
    assert_eq!(refusal(&with(early)), Some(Refusal::Expired));
    let purpose = Extension::extended_key_usage(&[oid::MDL_DOCUMENT_SIGNER]);
    let signer = leaf().extension(purpose).sign(authority.key());
    assert_eq!(refusal(&with(signer)), Some(Refusal::Purpose));
    let usage = leaf()
        .extension(Extension::key_usage(&[4]))
        .sign(authority.key());
    assert_eq!(refusal(&with(usage)), Some(Refusal::Purpose));
    let edge = leaf().validity(NOW, NOW).sign(authority.key());
    assert_eq!(refusal(&with(edge)), None);
}

#[test]
fn requests_of_another_form() {
    let exchange = Exchange::new();
    let refusal = |change: fn(&mut Cbor) -> &mut Cbor| {
        let mut request = exchange.ask(Signed::Whole).build();
        change(&mut request);
        exchange.refusal(&request)
    };
    let age = "docRequests/0/itemsRequest/nameSpaces/org.iso.23220.1/age_over_20";
    assert_eq!(
        refusal(|request| request.set("version", "1.0")),
        Some(Refusal::Version)
    );
    assert_eq!(
        refusal(|request| request.set("version", "2.0")),
        Some(Refusal::Version)
    );
    let none = refusal(|request| request.set("docRequests", Cbor::array([])));
    assert_eq!(none, Some(Refusal::Items));
    let untagged = refusal(|request| {
        request.edit("docRequests/0/itemsRequest", |items| match items {
            Cbor::Tag(_, wrapped) => *wrapped,
            other => other,
        })
    });
    assert_eq!(untagged, Some(Refusal::Malformed));
    let ages = refusal(|request| {
        let path = "docRequests/0/itemsRequest/nameSpaces/org.iso.23220.1";
        request
            .set(&format!("{path}/age_over_18"), false)
            .set(&format!("{path}/age_over_21"), false)
    });
    assert_eq!(ages, Some(Refusal::Items));
    let mut twice = exchange.ask(Signed::Whole).build();
    twice.duplicate(age);
    assert_eq!(exchange.refusal(&twice), Some(Refusal::Items));
    let trailing = Cbor::Raw([exchange.ask(Signed::Whole).build().encode(), vec![0]].concat());
    assert_eq!(exchange.refusal(&trailing), Some(Refusal::Malformed));
}

#[test]
fn encryption_info_of_another_form() {
    let exchange = Exchange::new();
    let refusal = |change: fn(&mut Cbor) -> &mut Cbor| {
        let mut info = encryption_info(&exchange.recipient);
        change(&mut info);
        let mut data = exchange.data(&exchange.ask(Signed::Whole).build());
        data["encryptionInfo"] = text(&info).into();
        exchange
            .testbed
            .wallet()
            .answer_annex_c(&data, ORIGIN)
            .err()
    };
    assert_eq!(
        refusal(|info| info.set("0", "other")),
        Some(Refusal::Malformed)
    );
    let longer = refusal(|info| info.add("1", Cbor::NULL));
    assert_eq!(longer, Some(Refusal::Malformed));
    assert_eq!(
        refusal(|info| info.set("1/nonce", vec![7; 15])),
        Some(Refusal::Nonce)
    );
    assert_eq!(
        refusal(|info| info.remove("1/recipientPublicKey")),
        Some(Refusal::Key)
    );
    let off_the_curve = refusal(|info| info.set("1/recipientPublicKey/-3", vec![1; 32]));
    assert_eq!(off_the_curve, Some(Refusal::Key));
}
