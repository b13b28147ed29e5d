//! A wallet of the tests' own answers: it reads the JSON that was sent, and
//! seals with another implementation of HPKE.

mod openid4vp;
mod sealing;
mod wallet;

use super::*;
use crate::code::Code;
use crate::jose::decode;
use crate::mdoc::envelope::DcApiAnswer;
use crate::mdoc::{
    AppleMerchant, ClientAuthentication, Curve, Edition, EphemeralKey, Flow, Need, Purposes,
    ReaderAuthentication, RequestedDocument, ResponseMode, Retention, SessionTranscript,
};
use crate::transaction::{Purpose, RelyingParty};
use serde_json::Value;
use wallet::{answer_annex_c, seal_apple};

const NOW: Time = Time::from_unix(1_800_000_000);
const LATE: Time = Time::from_unix(1_800_000_001);
const ORIGIN: &str = "https://rp.example";
/// What the wallet presents. It is not looked at here.
const RESPONSE: &[u8] = &[0xa0];

fn audience(origin: &str, purpose: &str) -> Audience {
    Audience {
        relying_party: RelyingParty::from_origin(origin).unwrap(),
        purpose: Purpose::named(purpose).unwrap(),
    }
}

fn binding_at(origin: &str) -> Binding {
    Binding {
        audience: audience(origin, "login"),
        transaction: TransactionId::from_entropy([7; 16]),
        expires: NOW,
    }
}

fn binding() -> Binding {
    binding_at(ORIGIN)
}

fn document(doc_type: &str) -> RequestedDocument {
    let document = RequestedDocument::new(doc_type).unwrap();
    let document = document.element("n", "e", Retention::NotRetained, Need::Mandatory);
    document.unwrap()
}

fn requested() -> Requested {
    Requested::one(document("d0")).unwrap()
}

/// A presentation by annex C, and the JSON that the page gets.
fn annex_c(origin: &str) -> (PendingPresentation, Value) {
    let unsigned = ReaderAuthentication::Unsigned;
    let edition = Edition::Second(Purposes::none());
    let begun =
        PendingPresentation::begin_annex_c(binding_at(origin), requested(), &edition, unsigned);
    let (pending, request) = begun.unwrap();
    (pending, serde_json::from_str(&request.to_json()).unwrap())
}

fn refused(outcome: Result<Received, Error>) -> Code {
    outcome.unwrap_err().code()
}

fn merchant() -> AppleMerchant {
    let key = EphemeralKey::generate(Curve::P256).unwrap();
    AppleMerchant::new("merchant.example", "TEAM123456", key).unwrap()
}

#[test]
fn an_answer_opens_in_its_own_transaction() {
    let (pending, request) = annex_c(ORIGIN);
    let answer = answer_annex_c(&request, ORIGIN);
    let received = pending.finish(&answer, NOW).unwrap();
    assert_eq!(received.binding(), &binding());
    let [response] = received.responses() else {
        panic!("{received:?}");
    };
    assert_eq!(&response.octets()[..], RESPONSE);
    assert_eq!(response.requested(), &requested());
    let info = &request["digital"]["requests"][0]["data"]["encryptionInfo"];
    let expected = SessionTranscript::annex_c(info.as_str().unwrap(), ORIGIN);
    assert_eq!(response.transcript(), &expected);
}

#[test]
fn an_answer_opens_in_no_other_transaction_and_for_no_other_origin() {
    let (_, other) = annex_c(ORIGIN);
    let (pending, _) = annex_c(ORIGIN);
    let outcome = pending.finish(&answer_annex_c(&other, ORIGIN), NOW);
    assert_eq!(refused(outcome), Code::MdocEnvelopeSeal);

    // A page of another origin relayed our request to the wallet.
    for origin in ["https://evil.example", "https://rp.example/"] {
        let (pending, request) = annex_c(ORIGIN);
        let outcome = pending.finish(&answer_annex_c(&request, origin), NOW);
        assert_eq!(refused(outcome), Code::MdocEnvelopeSeal, "{origin}");
    }
}

#[test]
fn an_answer_to_another_nonce_does_not_open() {
    let (pending, mut request) = annex_c(ORIGIN);
    let info = &mut request["digital"]["requests"][0]["data"]["encryptionInfo"];
    let mut octets = decode(info.as_str().unwrap()).unwrap();
    // The nonce is the first string of 32 octets.
    let start = octets.windows(2).position(|w| w == [0x58, 0x20]).unwrap();
    octets[start + 2] ^= 1;
    *info = crate::jose::encode(&octets).into();
    let outcome = pending.finish(&answer_annex_c(&request, ORIGIN), NOW);
    assert_eq!(refused(outcome), Code::MdocEnvelopeSeal);
}

#[test]
fn an_answer_has_its_time() {
    let (pending, request) = annex_c(ORIGIN);
    let outcome = pending.finish(&answer_annex_c(&request, ORIGIN), LATE);
    assert_eq!(refused(outcome), Code::TransactionExpired);
    let (pending, _) =
        PendingPresentation::begin_apple(binding(), requested(), &merchant()).unwrap();
    let outcome = pending.finish_apple(&[], &merchant(), LATE);
    assert_eq!(refused(outcome), Code::TransactionExpired);
}

#[test]
fn an_answer_comes_the_way_it_was_asked_for() {
    let (pending, request) = annex_c(ORIGIN);
    let answer = answer_annex_c(&request, ORIGIN);
    let outcome = pending.finish_apple(&[], &merchant(), NOW);
    assert_eq!(refused(outcome), Code::TransactionForeign);
    let (pending, _) =
        PendingPresentation::begin_apple(binding(), requested(), &merchant()).unwrap();
    assert_eq!(
        refused(pending.finish(&answer, NOW)),
        Code::TransactionForeign
    );
    let (unsigned, mode) = (ClientAuthentication::Unsigned, ResponseMode::DangerDcApi);
    let begun = PendingPresentation::begin_openid4vp(binding(), requested(), unsigned, mode);
    let (pending, _) = begun.unwrap();
    assert_eq!(
        refused(pending.finish(&answer, NOW)),
        Code::TransactionForeign
    );
}

#[test]
fn several_protocols_are_offered_at_once() {
    let edition = Edition::First;
    let iso = Offer::IsoMdoc(&edition, ReaderAuthentication::Unsigned);
    let openid4vp = Offer::Openid4vp(ClientAuthentication::Unsigned, ResponseMode::DcApiJwt);
    let begin = |offers: &[Offer<'_>]| {
        PendingPresentation::begin_digital_credentials(binding(), requested(), offers)
    };
    let (pending, request) = begin(&[iso, openid4vp]).unwrap();
    let request: Value = serde_json::from_str(&request.to_json()).unwrap();
    let requests = request["digital"]["requests"].as_array().unwrap();
    let protocols: Vec<_> = requests.iter().map(|r| &r["protocol"]).collect();
    assert_eq!(protocols, ["org-iso-mdoc", "openid4vp-v1-unsigned"]);
    // Each has a key of its own.
    let jwk = &requests[1]["data"]["client_metadata"]["jwks"]["keys"][0];
    let x = decode(jwk["x"].as_str().unwrap()).unwrap();
    let info = decode(requests[0]["data"]["encryptionInfo"].as_str().unwrap()).unwrap();
    assert!(!info.windows(32).any(|part| part == x));
    let received = pending
        .finish(&answer_annex_c(&request, ORIGIN), NOW)
        .unwrap();
    assert_eq!(received.responses()[0].transcript().flow(), Flow::AnnexC);

    for offers in [&[][..], &[iso, iso], &[openid4vp, iso, openid4vp]] {
        assert_eq!(begin(offers).unwrap_err().code(), Code::MisuseRequest);
    }
}

/// A presentation in an app, and the nonce that the app gets.
fn apple(merchant: &AppleMerchant) -> (PendingPresentation, Vec<u8>) {
    let begun = PendingPresentation::begin_apple(binding(), requested(), merchant);
    let (pending, request) = begun.unwrap();
    let request: Value = serde_json::from_str(&request.to_json()).unwrap();
    (pending, wallet::base64(request["nonce"].as_str().unwrap()))
}

#[test]
fn an_app_is_answered_in_its_own_transaction() {
    let merchant = merchant();
    let hash = merchant.public_key_hash();
    let transcript =
        |nonce: &[u8]| SessionTranscript::apple(nonce, "merchant.example", "TEAM123456", &hash);
    let (pending, nonce) = apple(&merchant);
    let envelope = seal_apple(merchant.key().point(), &transcript(&nonce));
    let received = pending.finish_apple(&envelope, &merchant, NOW).unwrap();
    assert_eq!(&received.responses()[0].octets()[..], RESPONSE);
    assert_eq!(received.responses()[0].transcript(), &transcript(&nonce));

    let (pending, _) = apple(&merchant);
    let outcome = pending.finish_apple(&envelope, &merchant, NOW);
    assert_eq!(refused(outcome), Code::MdocEnvelopeRecipient);
    let (pending, _) = apple(&merchant);
    let outcome = pending.finish_apple(&envelope, &self::merchant(), NOW);
    assert_eq!(refused(outcome), Code::MisuseArgument);
}

#[test]
fn nothing_of_it_is_printed() {
    let (pending, request) = annex_c(ORIGIN);
    let printed = format!("{pending:?}");
    assert!(printed.ends_with("channels: [AnnexC], .. }"), "{printed}");
    let received = pending
        .finish(&answer_annex_c(&request, ORIGIN), NOW)
        .unwrap();
    let printed = format!("{received:?}");
    assert!(
        printed.ends_with("responses: [ReceivedResponse(annex-c)] }"),
        "{printed}"
    );
}
