//! Between request and answer.

use super::*;
use crate::mdoc::AgeEvidence;
use crate::mdoc::cbor::write;
use crate::seal::SealingKey;
use crate::transaction::{ClientKey, MemoryStore};
use std::num::NonZeroUsize;

/// One machine of several: they have the same key.
fn machine() -> Sealer {
    Sealer::new(SealingKey::new("k", &[1; 32]).unwrap(), Vec::new()).unwrap()
}

fn open(sealed: &[u8], now: Time) -> Result<PendingPresentation, Error> {
    let transaction = binding().transaction;
    PendingPresentation::open(
        &machine(),
        &audience(ORIGIN, "login"),
        &transaction,
        sealed,
        now,
    )
}

#[test]
fn any_machine_finishes_what_another_began_once() {
    let one = NonZeroUsize::new(1).unwrap();
    let store = MemoryStore::new(one, one);
    let (transaction, client) = (binding().transaction, ClientKey::of(b"cookie"));
    let (pending, request) = annex_c(ORIGIN);
    let sealed = pending.seal(&machine()).unwrap();
    store.put(transaction, client, NOW, sealed, NOW).unwrap();

    let pending = open(&store.take(&transaction, NOW).unwrap(), NOW).unwrap();
    assert_eq!(pending.binding(), &binding());
    assert_eq!(pending.requested(), &requested());
    let received = pending
        .finish(&answer_annex_c(&request, ORIGIN), NOW)
        .unwrap();
    assert_eq!(&received.responses()[0].octets()[..], RESPONSE);

    let error = store.take(&transaction, NOW).unwrap_err();
    assert_eq!(error.code(), Code::TransactionUnknown);
}

#[test]
fn it_opens_for_those_who_asked_while_it_lasts() {
    let sealed = annex_c(ORIGIN).0.seal(&machine()).unwrap();
    let code = |audience: &Audience, transaction: u8, now| {
        let transaction = TransactionId::from_entropy([transaction; 16]);
        let opened = PendingPresentation::open(&machine(), audience, &transaction, &sealed, now);
        opened.map(drop).map_err(|error| error.code())
    };
    let ours = audience(ORIGIN, "login");
    assert_eq!(code(&ours, 7, NOW), Ok(()));
    assert_eq!(code(&ours, 8, NOW), Err(Code::TransactionSeal));
    assert_eq!(code(&ours, 7, LATE), Err(Code::TransactionExpired));
    let other = audience(ORIGIN, "open-account");
    assert_eq!(code(&other, 7, NOW), Err(Code::TransactionSeal));
    let other = audience("https://shop.example", "login");
    assert_eq!(code(&other, 7, NOW), Err(Code::TransactionForeign));
}

#[test]
fn what_stands_in_for_an_age_is_remembered() {
    for evidence in [
        AgeEvidence::OverOnly,
        AgeEvidence::OrAgeInYears,
        AgeEvidence::OrBirthDate,
    ] {
        let (kept, need) = (Retention::Retained, Need::Mandatory);
        let document = document("d").age_over("n", 5, kept, need, evidence);
        let requested = Requested::one(document.unwrap()).unwrap();
        let offer = Offer::IsoMdoc(&Edition::First, ReaderAuthentication::Unsigned);
        let asked = requested.clone();
        let begun = PendingPresentation::begin_digital_credentials(binding(), asked, &[offer]);
        let sealed = begun.unwrap().0.seal(&machine()).unwrap();
        let pending = open(&sealed, NOW).unwrap();
        assert_eq!(pending.requested(), &requested);
    }
}

#[test]
fn all_that_was_asked_for_is_remembered() {
    let (kept, forgotten) = (Retention::Retained, Retention::NotRetained);
    let ages = document("d0")
        .age_over(
            "n",
            20,
            forgotten,
            Need::Optional,
            AgeEvidence::OrAgeInYears,
        )
        .unwrap();
    let plain = document("d1")
        .element("n", "age_over_18", forgotten, Need::Optional)
        .and_then(|d| d.element("m", "e", kept, Need::Optional))
        .unwrap();
    let requested = Requested::new(vec![ages, plain.optional()]).unwrap();
    let iso = Offer::IsoMdoc(&Edition::First, ReaderAuthentication::Unsigned);
    let openid4vp = Offer::Openid4vp(ClientAuthentication::Unsigned, ResponseMode::DangerDcApi);
    let begun = PendingPresentation::begin_digital_credentials(
        binding(),
        requested.clone(),
        &[openid4vp, iso],
    );
    let (pending, request) = begun.unwrap();
    let sealed = pending.seal(&machine()).unwrap();
    let pending = open(&sealed, NOW).unwrap();
    assert_eq!(pending.requested(), &requested);
    assert_eq!(format!("{:?}", pending.channels), "[Openid4vp, AnnexC]");

    let mut request: Value = serde_json::from_str(&request.to_json()).unwrap();
    let requests = request["digital"]["requests"].as_array_mut().unwrap();
    let nonce = requests.remove(0)["data"]["nonce"].clone();
    let answer =
        r#"{"protocol":"openid4vp-v1-unsigned","data":{"vp_token":{"document-0":["oA"]}}}"#;
    let answer = DcApiAnswer::from_json(answer).unwrap();
    let received = pending.finish(&answer, NOW).unwrap();
    let expected = SessionTranscript::openid4vp_dc_api(ORIGIN, nonce.as_str().unwrap(), None);
    assert_eq!(received.responses()[0].transcript(), &expected);
    let pending = open(&sealed, NOW).unwrap();
    assert!(
        pending
            .finish(&answer_annex_c(&request, ORIGIN), NOW)
            .is_ok()
    );
}

#[test]
fn the_other_channels_are_remembered_too() {
    let merchant = merchant();
    let (pending, nonce) = apple(&merchant);
    let pending = open(&pending.seal(&machine()).unwrap(), NOW).unwrap();
    let hash = merchant.public_key_hash();
    let transcript = SessionTranscript::apple(&nonce, "merchant.example", "TEAM123456", &hash);
    let envelope = seal_apple(merchant.key().point(), &transcript);
    assert!(pending.finish_apple(&envelope, &merchant, NOW).is_ok());
}

/// Opens what was sealed with our key for the same purpose and transaction, by
/// another part or another version.
fn open_state(state: &[u8]) -> Result<(), Code> {
    let Binding {
        audience,
        transaction,
        expires,
    } = binding();
    let sealed = machine().seal(&audience.purpose, &transaction, expires, state);
    let opened = open(&sealed.unwrap(), NOW);
    opened.map(drop).map_err(|error| error.code())
}

#[test]
fn what_is_no_presentation_is_refused() {
    let state = |documents: &[u8], channels: &[u8]| {
        write::array(&[
            &write::text("tashika-pending-presentation/1"),
            &write::text(ORIGIN),
            &write::text("login"),
            &write::bytes(&[&[7; 16]]),
            &write::integer(NOW.as_unix()),
            documents,
            channels,
        ])
    };
    let element = |identifier: &str, age: Vec<u8>| {
        write::array(&[
            write::text("n"),
            write::text(identifier),
            write::boolean(false),
            write::boolean(true),
            age,
        ])
    };
    let documents = |element: Vec<u8>| {
        let elements = write::array(&[element]);
        let document = [write::text("d0"), write::boolean(true), elements];
        write::array(&[write::array(&document)])
    };
    let sound = documents(element("e", write::null()));
    let none = write::array::<&[u8]>(&[]);
    let channel = |kind: u64, parts: &[Vec<u8>]| {
        let channel = [write::unsigned(kind), write::array(parts)];
        write::array(&[write::array(&channel)])
    };
    let apple = [
        write::bytes(&[&[1; 32]]),
        write::text("m"),
        write::text("t"),
        write::bytes(&[&[2; 32]]),
    ];
    // The others differ from this one in one thing.
    assert_eq!(open_state(&state(&sound, &channel(2, &apple))), Ok(()));

    let whole = state(&sound, &none);
    let number = whole.windows(2).position(|w| w == b"/1").unwrap() + 1;
    let mut other_form = whole.clone();
    other_form[number] = b'2';
    for bad in [
        Vec::new(),
        b"other state".to_vec(),
        other_form,
        [&whole[..], &[0]].concat(),
        // My Number, an age that is none, a policy that is none.
        state(
            &documents(element("individual_number", write::null())),
            &none,
        ),
        state(&documents(element("e", write::unsigned(0))), &none),
        state(&documents(element("age_over_20", write::null())), &none),
        state(
            &documents(element("age_over_20", write::unsigned(3))),
            &none,
        ),
        // Nothing is asked for; an unknown channel; a key off the curve.
        state(&none, &none),
        state(&sound, &channel(3, &apple)),
        state(&sound, &channel(2, &apple[..3])),
        state(
            &sound,
            &channel(0, &[write::text("i"), write::bytes(&[&[0; 32]])]),
        ),
    ] {
        assert_eq!(open_state(&bad), Err(Code::TransactionForm), "{bad:02x?}");
    }
}
