//! Answers by OpenID4VP.

use super::*;
use crate::hex;
use crate::mdoc::ClientIdentifier;
use crate::mdoc::pending::begin::Secrets;
use crate::mdoc::request::testing::TestReader;
use serde_json::json;

/// RFC 5903, 8.1.
const SCALAR: &str = "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433";
/// `{"vp_token":{"document-0":["oA"]}}`, encrypted to that key by jwcrypto 1.5.
const JWE: &str = "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6IkpHUkMwalBnYXFKazl6VUFvakQ4blMyMlhTeFBWTHZXaV9kTjhfckNtWTQiLCJ5IjoiVldPeG1iSUN3RV9jWTdqb3g4YktfWXNZeUJpM3V6MzFGX2NiYlBTaHplayJ9LCJraWQiOiI2ekNvYnNsTGsycXFXUngxWmRBM3ZjeE5fYmVOLS1QMkFXX2h6TWx1aGZJIn0..RBj3xfXa4vQp52H9.BG61GVfxkM7yYjwlcG3Xrb8OPCQqQoA4GNRhMLX8jL0ERQ.Cwn6fM2guanzwkXDUk823A";
/// The thumbprint of that key (RFC 7638), computed by jwcrypto as well.
const THUMBPRINT: &str = "6zCobslLk2qqWRx1ZdA3vcxN_beN--P2AW_hzMluhfI";

/// A presentation with that key and a nonce of these octets.
fn begin(
    origin: &str,
    nonce: u8,
    client: ClientAuthentication<'_>,
    mode: ResponseMode,
    requested: Requested,
) -> PendingPresentation {
    let scalar: [u8; 32] = hex::decode(SCALAR).unwrap();
    let secrets = Secrets {
        key: EphemeralKey::from_entropy(Curve::P256, &scalar).unwrap(),
        nonce: [nonce; 32],
    };
    let binding = binding_at(origin);
    let offer = Offer::Openid4vp(client, mode);
    let made = offer.make(&binding.audience.relying_party, &requested, secrets);
    let (channel, _) = made.unwrap();
    PendingPresentation {
        binding,
        requested,
        channels: vec![channel],
    }
}

fn encrypted(origin: &str, nonce: u8) -> PendingPresentation {
    let (client, mode) = (ClientAuthentication::Unsigned, ResponseMode::DcApiJwt);
    begin(origin, nonce, client, mode, requested())
}

fn clear(requested: Requested) -> PendingPresentation {
    let (client, mode) = (ClientAuthentication::Unsigned, ResponseMode::DangerDcApi);
    begin(ORIGIN, 7, client, mode, requested)
}

fn answer(protocol: &str, data: &Value) -> DcApiAnswer {
    let credential = json!({ "protocol": protocol, "data": data });
    DcApiAnswer::from_json(&credential.to_string()).unwrap()
}

const UNSIGNED: &str = "openid4vp-v1-unsigned";
const SIGNED: &str = "openid4vp-v1-signed";

fn jwe() -> Value {
    json!({ "response": JWE })
}

fn token(token: &Value) -> DcApiAnswer {
    answer(UNSIGNED, &json!({ "vp_token": token }))
}

#[test]
fn what_another_encrypted_opens() {
    let pending = encrypted(ORIGIN, 7);
    let received = pending.finish(&answer(UNSIGNED, &jwe()), NOW).unwrap();
    let [response] = received.responses() else {
        panic!("{received:?}");
    };
    assert_eq!(&response.octets()[..], RESPONSE);
    assert_eq!(response.requested(), &requested());
    let nonce = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let thumbprint = decode(THUMBPRINT).unwrap().try_into().unwrap();
    let transcript = |origin, nonce, key| SessionTranscript::openid4vp_dc_api(origin, nonce, key);
    let expected = transcript(ORIGIN, nonce, Some(&thumbprint));
    assert_eq!(response.transcript(), &expected);
    // Another origin and another nonce are another transcript, for which no
    // device has signed.
    for other in [encrypted("https://evil.example", 7), encrypted(ORIGIN, 8)] {
        let received = other.finish(&answer(UNSIGNED, &jwe()), NOW).unwrap();
        assert_ne!(received.responses()[0].transcript(), &expected);
    }
}

#[test]
fn another_key_does_not_open_it() {
    let (client, mode) = (ClientAuthentication::Unsigned, ResponseMode::DcApiJwt);
    let begun = PendingPresentation::begin_openid4vp(binding(), requested(), client, mode);
    let outcome = begun.unwrap().0.finish(&answer(UNSIGNED, &jwe()), NOW);
    assert_eq!(refused(outcome), Code::MdocEnvelopeRecipient);
}

#[test]
fn an_answer_is_to_the_request_that_was_sent() {
    let outcome = encrypted(ORIGIN, 7).finish(&answer(SIGNED, &jwe()), NOW);
    assert_eq!(refused(outcome), Code::TransactionForeign);

    let reader = TestReader::p256();
    let signed = || {
        let client = ClientAuthentication::Signed(&reader.identity, ClientIdentifier::X509Hash);
        begin(ORIGIN, 7, client, ResponseMode::DcApiJwt, requested())
    };
    let outcome = signed().finish(&answer(UNSIGNED, &jwe()), NOW);
    assert_eq!(refused(outcome), Code::TransactionForeign);
    assert!(signed().finish(&answer(SIGNED, &jwe()), NOW).is_ok());
}

#[test]
fn what_was_to_be_encrypted_is() {
    let plain = token(&json!({ "document-0": ["oA"] }));
    let outcome = encrypted(ORIGIN, 7).finish(&plain, NOW);
    assert_eq!(refused(outcome), Code::MdocEnvelopeAlgorithm);
    let outcome = clear(requested()).finish(&answer(UNSIGNED, &jwe()), NOW);
    assert_eq!(refused(outcome), Code::MdocEnvelopeRecipient);
    let received = clear(requested()).finish(&plain, NOW).unwrap();
    let nonce = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let expected = SessionTranscript::openid4vp_dc_api(ORIGIN, nonce, None);
    assert_eq!(received.responses()[0].transcript(), &expected);
}

#[test]
fn every_document_has_its_own_response() {
    let documents = || vec![document("d0"), document("d1").optional(), document("d2")];
    let finish = |presented: &Value| {
        let requested = Requested::new(documents()).unwrap();
        clear(requested).finish(&token(presented), NOW)
    };
    let all = json!({ "document-2": ["oQIC"], "document-0": ["oA"], "document-1": ["oQEB"] });
    let received = finish(&all).unwrap();
    let mut types: Vec<_> = received.responses().iter().map(doc_type).collect();
    types.sort_unstable();
    let expected: [(&str, &[u8]); 3] = [
        ("d0", &[0xa0]),
        ("d1", &[0xa1, 1, 1]),
        ("d2", &[0xa1, 2, 2]),
    ];
    assert_eq!(types, expected);
    assert!(finish(&json!({ "document-0": ["oA"], "document-2": ["oA"] })).is_ok());

    for (presented, code) in [
        (json!({ "document-0": ["oA"] }), Code::MdocDocumentMissing),
        (
            json!({ "document-0": ["oA"], "document-2": ["oA"], "document-3": ["oA"] }),
            Code::MdocDocumentUnrequested,
        ),
        (
            json!({ "document-0": ["oA"], "document-2": ["oA"], "d1": ["oA"] }),
            Code::MdocDocumentUnrequested,
        ),
    ] {
        assert_eq!(refused(finish(&presented)), code, "{presented}");
    }
}

fn doc_type(response: &ReceivedResponse) -> (&str, &[u8]) {
    let [document] = response.requested().documents() else {
        panic!("{response:?}");
    };
    (document.doc_type(), response.octets())
}

#[test]
fn a_document_is_presented_once() {
    let twice = json!({ "document-0": ["oA", "oA"] });
    let credential = json!({ "protocol": UNSIGNED, "data": { "vp_token": twice } });
    let answer = DcApiAnswer::from_json(&credential.to_string()).unwrap();
    let outcome = clear(requested()).finish(&answer, NOW);
    assert_eq!(refused(outcome), Code::MdocDocumentUnrequested);
}
