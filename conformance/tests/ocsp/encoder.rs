//! A responder out of the crate `ocsp`: it reads our request, and writes and
//! encodes what the testbed's CA then signs.

use ocsp::common::asn1::{CertId, GeneralizedTime, Oid};
use ocsp::common::ocsp::OcspExtI;
use ocsp::oid::{ALGO_SHA256_WITH_RSA_ENCRYPTION_DOT, OCSP_RESPONSE_BASIC_DOT};
use ocsp::request::OcspRequest as Read;
use ocsp::response::{
    BasicResponse, CertStatus, CertStatusCode, CrlReason, OcspRespStatus, OcspResponse, OneResp,
    ResponderId, ResponseBytes, ResponseData, RevokedInfo,
};
use tashika::algorithm::IdentifierHash;
use tashika::revocation::{NonceRule, OcspRequest};
use tashika::{Code, Time};
use tashika_testbed::{Hash, Scheme};

use crate::scene::{RSA, Scene, word};

fn time(time: Time) -> GeneralizedTime {
    let text = time.to_string();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    let mut next = || -> u32 {
        numbers
            .next()
            .and_then(|n| n.parse().ok())
            .expect("a number")
    };
    let year = i32::try_from(next()).expect("a year");
    GeneralizedTime::new(year, next(), next(), next(), next(), next()).expect("a time")
}

fn oid(dotted: &str) -> Oid {
    Oid::new_from_dot(dotted).expect("one that it knows")
}

/// What the CA itself says, signed and encoded.
fn respond(scene: &Scene, answers: Vec<OneResp>, extensions: Option<Vec<OcspExtI>>) -> Vec<u8> {
    let key = scene.authority().key();
    let id = ResponderId::new_key_hash(&Hash::Sha1.digest(&key.public_bits()));
    let data = ResponseData::new(id, time(scene.now), answers, extensions);
    let signed = data.to_der().expect("an encoding");
    let signature = key.sign(Scheme::Pkcs1(Hash::Sha256), &signed);
    let algorithm = oid(ALGO_SHA256_WITH_RSA_ENCRYPTION_DOT);
    let basic = BasicResponse::new(data, algorithm, signature, None);
    let bytes = ResponseBytes::new_basic(oid(OCSP_RESPONSE_BASIC_DOT), basic);
    let response = OcspResponse::new_success(bytes.expect("a basic one"));
    response.to_der().expect("an encoding")
}

fn answer(scene: &Scene, id: CertId, status: CertStatus) -> OneResp {
    OneResp {
        cid: id,
        cert_status: status,
        this_update: time(scene.now),
        next_update: Some(time(scene.now.plus(tashika::Duration::hours(1)))),
        one_resp_ext: None,
    }
}

/// The answer of such a responder to a request of ours.
fn ask(scene: &Scene, status: CertStatus) -> String {
    let request = OcspRequest::generate(&scene.of_card(), IdentifierHash::Sha1).expect("entropy");
    let read = Read::parse(request.der()).expect("a request");
    let nonce = read.extract_ext().cloned();
    let [id] = &read.extract_certid_owned()[..] else {
        panic!("one certificate");
    };
    let answers = vec![answer(scene, id.clone(), status)];
    let response = respond(scene, answers, nonce);
    let verifier = scene.verifier(NonceRule::Required);
    let status = verifier.verify(&request, &response, scene.now);
    word(&status.expect("a status"))
}

#[test]
fn what_it_encodes_is_understood() {
    let scene = Scene::new(RSA);
    let good = CertStatus::new(CertStatusCode::Good, None);
    assert_eq!(ask(&scene, good), "good");
    let unknown = CertStatus::new(CertStatusCode::Unknown, None);
    assert_eq!(ask(&scene, unknown), "revocation.ocsp_unknown");
}

#[test]
fn every_reason_is_understood() {
    let scene = Scene::new(RSA);
    for (reason, name) in [
        (None, "unspecified"),
        (Some(CrlReason::OcspRevokeUnspecified), "unspecified"),
        (Some(CrlReason::OcspRevokeKeyCompromise), "keyCompromise"),
        (Some(CrlReason::OcspRevokeCaCompromise), "cACompromise"),
        (Some(CrlReason::OcspRevokeAffChanged), "affiliationChanged"),
        (Some(CrlReason::OcspRevokeSuperseded), "superseded"),
        (
            Some(CrlReason::OcspRevokeCessOperation),
            "cessationOfOperation",
        ),
        (Some(CrlReason::OcspRevokeCertHold), "certificateHold"),
        (Some(CrlReason::OcspRevokeRemoveFromCrl), "removeFromCRL"),
        (
            Some(CrlReason::OcspRevokePrivWithdrawn),
            "privilegeWithdrawn",
        ),
        (Some(CrlReason::OcspRevokeAaCompromise), "aACompromise"),
    ] {
        let info = RevokedInfo::new(time(scene.now), reason);
        let revoked = CertStatus::new(CertStatusCode::Revoked, Some(info));
        assert_eq!(ask(&scene, revoked), name);
    }
}

#[test]
fn a_response_without_answers_says_nothing() {
    let scene = Scene::new(RSA);
    let request = OcspRequest::generate(&scene.of_card(), IdentifierHash::Sha1).expect("entropy");
    let response = respond(&scene, Vec::new(), None);
    let verifier = scene.verifier(NonceRule::OrMaxAge);
    let refused = verifier.verify(&request, &response, scene.now);
    let code = refused.expect_err("nothing is said").code();
    assert_eq!(code, Code::RevocationOcspCertificate);
}

#[test]
fn every_status_has_its_code() {
    let scene = Scene::new(RSA);
    let request = OcspRequest::without_nonce(&scene.of_card(), IdentifierHash::Sha1);
    for (status, code) in [
        (
            OcspRespStatus::MalformedReq,
            Code::RevocationOcspMalformedRequest,
        ),
        (
            OcspRespStatus::InternalError,
            Code::RevocationOcspInternalError,
        ),
        (OcspRespStatus::TryLater, Code::RevocationOcspTryLater),
        (
            OcspRespStatus::SigRequired,
            Code::RevocationOcspSignatureRequired,
        ),
        (
            OcspRespStatus::Unauthorized,
            Code::RevocationOcspUnauthorized,
        ),
    ] {
        let response = OcspResponse::new_non_success(status).expect("a status");
        let response = response.to_der().expect("an encoding");
        let verifier = scene.verifier(NonceRule::OrMaxAge);
        let refused = verifier.verify(&request, &response, scene.now);
        assert_eq!(refused.expect_err("no answer").code(), code);
    }
}
